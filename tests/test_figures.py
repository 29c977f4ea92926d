"""What a report counts, beside the same records counted by hand (issue 4, item 7)."""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest

from pipeline.entities import RESOURCE
from pipeline.figures import (
    Covered,
    Example,
    Figures,
    Noted,
    Tally,
    Total,
    heading,
    in_words,
)

RECORDS: list[dict[str, Any]] = [
    {
        "Id": 1,
        "Name": "Anchor",
        "BusinessId": 17,
        "BusinessName": "Harbour House",
        "ResourceTypeName": "Meeting Room",
        "SystemResourceType": 1,
        "Allocation": 8,
        "Visible": True,
        "Internet": True,
        "Projector": True,
    },
    {
        "Id": 2,
        "Name": "Desks",
        "BusinessId": 17,
        "BusinessName": "Harbour House ",
        "ResourceTypeName": "Desk",
        "SystemResourceType": 2,
        "Allocation": None,
        "Visible": False,
        "HideInCalendar": True,
        "Internet": True,
    },
    {
        "Id": 3,
        "Name": "Loom",
        "BusinessId": 18,
        "BusinessName": "Mill Yard",
        "ResourceTypeName": "Meeting Room",
        "SystemResourceType": 1,
        "Allocation": 2,
        "Visible": True,
        "OnlyForMembers": True,
        "OnlyForContacts": True,
        "MinBookingLength": 60,
        "MaxBookingLength": 30,
        "Archived": True,
        "Internet": False,
        "Projector": None,
    },
]


def figures(*records: dict[str, Any]) -> Figures:
    counted = Figures(RESOURCE)
    for record in records:
        counted.add(record)
    return counted


def rows(counted: Figures) -> dict[str, tuple[Tally, ...]]:
    return {total.title: total.rows for total in counted.totals()}


def test_records_are_counted_by_location_type_and_category() -> None:
    """Each total has every record once, the most frequent value first, with the capacities."""
    counted = figures(*RECORDS)

    assert counted.totals() == (
        Total("Location", (Tally("Harbour House", 2, 8), Tally("Mill Yard", 1, 2))),
        Total("Type", (Tally("Meeting Room", 2, 10), Tally("Desk", 1, 0))),
        Total("Category", (Tally("Meeting room", 2, 10), Tally("Hot desk", 1, 0))),
    )
    assert (counted.records, counted.capacity) == (3, 10)


def test_coverage_is_counted_in_all_and_by_location() -> None:
    """Every amenity of the table has its count, also those that no record has."""
    coverage = figures(*RECORDS).coverage()

    assert coverage.places == (Tally("Harbour House", 2, 8), Tally("Mill Yard", 1, 2))
    assert coverage.title == "Amenities"
    assert coverage.rows[:3] == (
        Covered("Internet", 2, (2, 0)),
        Covered("Projector", 1, (1, 0)),
        Covered("Air conditioning", 0, (0, 0)),
    )
    assert len(coverage.rows) == 28


def test_remarks_name_their_records() -> None:
    """Each remark has its count and the records it holds of, with location and name."""
    desks, loom = Example(2, "Harbour House", "Desks"), Example(3, "Mill Yard", "Loom")

    assert figures(*RECORDS).remarks() == (
        Noted("Archived: shown nowhere, cannot be booked", 1, (loom,)),
        Noted("Hidden: customers do not see it", 1, (desks,)),
        Noted("Left out of the calendar", 1, (desks,)),
        Noted("Cannot be booked: the shortest booking is longer than the longest", 1, (loom,)),
        Noted("Cannot be booked: nobody is left who may", 1, (loom,)),
    )


def test_no_records_give_empty_figures() -> None:
    """Without a record there are no values, no places and no remark that holds."""
    counted = figures()

    assert [total.rows for total in counted.totals()] == [(), (), ()]
    assert counted.coverage().places == ()
    assert {row.records for row in counted.coverage().rows} == {0}
    assert {(each.count, each.examples) for each in counted.remarks()} == {(0, ())}
    assert (counted.records, counted.capacity) == (0, 0)


def test_blank_values_are_counted_together() -> None:
    """A missing key, null, an empty name and one of spaces are all (none)."""
    counted = figures({}, {"BusinessName": None}, {"BusinessName": ""}, {"BusinessName": "  "})

    assert rows(counted) == {
        "Location": (Tally("(none)", 4, 0),),
        "Type": (Tally("(none)", 4, 0),),
        "Category": (Tally("(none)", 4, 0),),
    }


def test_a_missing_name_is_told_by_its_id() -> None:
    """A location or type of which only the id is known is counted by that id."""
    counted = figures({"BusinessId": 17, "ResourceTypeId": 5}, {"BusinessId": 17})

    assert rows(counted)["Location"] == (Tally("Location 17", 2, 0),)
    assert rows(counted)["Type"] == (Tally("(none)", 1, 0), Tally("Type 5", 1, 0))


@pytest.mark.parametrize(
    ("value", "shown"),
    [(77, "77"), (0, "None"), ("Odd", "Odd"), (None, "(none)"), ([1, 2], "[1, 2]")],
)
def test_an_unknown_choice_is_shown_as_it_is(value: object, shown: str) -> None:
    """A category that the table does not have is counted under what the service said."""
    assert rows(figures({"SystemResourceType": value}))["Category"] == (Tally(shown, 1, 0),)


@pytest.mark.parametrize("value", [None, "8", float("nan"), float("inf"), [8]])
def test_a_capacity_that_is_no_number_adds_nothing(value: object) -> None:
    """One odd value does not spoil the sum of the others."""
    assert figures({"Allocation": value}, {"Allocation": 4}).capacity == 4


def test_values_of_an_unknown_kind_break_no_remark() -> None:
    """A text where a number was expected makes no remark hold and stops nothing."""
    counted = figures({"MinBookingLength": "60", "MaxBookingLength": 30, "Visible": True})

    assert [each.count for each in counted.remarks()] == [0, 0, 0, 0, 0]


def test_names_lose_what_no_file_can_hold() -> None:
    """Line breaks become spaces; control characters and half pairs a sign that they were there."""
    counted = figures(
        {"BusinessName": "Mill\r\n Yard", "Name": "A\x00\ud800", "Archived": True, "Id": 4}
    )

    assert rows(counted)["Location"][0].value == "Mill Yard"
    assert counted.remarks()[0].examples == (Example(4, "Mill Yard", "A\ufffd\ufffd"),)


def test_only_a_hundred_examples_are_kept() -> None:
    """All records are counted, the first hundred named: memory does not grow with them."""
    counted = figures(
        *({"Id": n, "Name": f"R{n}", "BusinessName": "A", "Archived": True} for n in range(1_000))
    )
    archived = counted.remarks()[0]

    assert (archived.count, len(archived.examples)) == (1_000, 100)
    assert archived.examples[-1] == Example(99, "A", "R99")


def test_memory_does_not_grow_with_the_records() -> None:
    """Twenty thousand more records of the same locations take no room of their own."""
    counted = figures(*(dict(RECORDS[2], Id=n) for n in range(1_000)))
    tracemalloc.start()
    for number in range(20_000):
        counted.add({**RECORDS[number % 2], "Id": number, "Name": f"Room {number}"})
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert counted.records == 21_000
    assert kept < 100_000


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("HideInCalendar", "Hide in calendar"),
        ("CCTV", "CCTV"),
        ("PhoneBooth", "Phone booth"),
        ("Office365CalendarId", "Office 365 calendar id"),
        ("OnlyForInvoicingBusiness", "Only for invoicing location"),
        ("TariffNames", "Plan names"),
        ("BusinessId", "Location id"),
    ],
)
def test_names_are_split_into_words(name: str, words: str) -> None:
    """A column's name becomes words, with the user's word for what it points to."""
    assert in_words(name) == words


def test_headings_follow_the_table() -> None:
    """Where the table has a title for reports, that is used; other columns by their words."""
    names = ("SystemResourceType", "Allocation", "PaSystem", "TariffNames", "Visible")

    assert [heading(RESOURCE, name) for name in names] == [
        "Category",
        "Capacity",
        "PA system",
        "Plan names",
        "Visible",
    ]
