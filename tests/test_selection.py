"""Which columns an export has, and the order of its rows."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.entities import RESOURCE
from pipeline.errors import UsageError
from pipeline.selection import parse_order, select_fields
from pipeline.sheets.columns import companion_fields, export_fields

OFFERED = (*export_fields(RESOURCE), *companion_fields(RESOURCE))


def columns(*names: str, groups: tuple[str, ...] = ()) -> list[str]:
    return [each.name for each in select_fields(RESOURCE, OFFERED, names, groups)]


def refusal(*names: str, groups: tuple[str, ...] = ()) -> list[str]:
    with pytest.raises(UsageError) as caught:
        select_fields(RESOURCE, OFFERED, names, groups)
    return str(caught.value).split("\n")


def ordered(text: str, *records: dict[str, Any]) -> list[int]:
    """Return the ids of the records, in order."""
    order = parse_order(RESOURCE, text)
    return [each["Id"] for each in sorted(records, key=order.key)]


def order_refusal(text: str) -> list[str]:
    with pytest.raises(UsageError) as caught:
        parse_order(RESOURCE, text)
    return str(caught.value).split("\n")


def test_nothing_asked_for_means_all():
    """An export without a selection has every column it can have."""
    assert select_fields(RESOURCE, OFFERED, [], []) == OFFERED


def test_columns_stand_in_the_order_given_behind_the_id():
    """Names may be written as in a sheet; what is asked for twice stands once."""
    assert columns("Name, allocation", "business name", "Id,Name", "TariffNames") == [
        "Id",
        "Name",
        "Allocation",
        "BusinessName",
        "TariffNames",
    ]


def test_a_group_brings_what_tells_which_record_a_row_means():
    """Beside its own columns, in the table's order, a group has id, location and name."""
    assert columns(groups=("place on the map",)) == [
        "Id",
        "BusinessId",
        "BusinessName",
        "Name",
        "Latitude",
        "Longitude",
    ]


def test_columns_stand_before_groups():
    """Both together are a union; nothing stands twice."""
    assert columns("Longitude", "Visible", groups=("Place on the map", "Picture and e-mail")) == [
        "Id",
        "Longitude",
        "Visible",
        "BusinessId",
        "BusinessName",
        "Name",
        "NewPictureUrl",
        "ClearPictureFile",
        "PictureFileName",
        "EmailConfirmationContent",
        "Latitude",
    ]


def test_unknown_names_are_told_at_once():
    """Each has its line, with the nearest name; secrets and changes to lists are no columns."""
    assert refusal(
        "Nam,Allocaton,ZoomAccessToken", "AddedTeams", groups=("Ammenities", "Parking")
    ) == [
        "--columns: 'Nam' is not a column of an export. Did you mean 'Name'?",
        "--columns: 'Allocaton' is not a column of an export. Did you mean 'Allocation'?",
        "--columns: 'ZoomAccessToken' is not a column of an export.",
        "--columns: 'AddedTeams' is not a column of an export.",
        "--group: 'Ammenities' is not a group. Did you mean 'Amenities'? Groups: Record, Basics, "
        "Capacity and visibility, Booking limits, Cancellation, Who may book, Opening times, "
        "Amenities, Picture and e-mail, Place on the map, Calendars and access systems, "
        "Set by the service.",
        "--group: 'Parking' is not a group. Groups: Record, Basics, Capacity and visibility, "
        "Booking limits, Cancellation, Who may book, Opening times, Amenities, "
        "Picture and e-mail, Place on the map, Calendars and access systems, Set by the service.",
    ]


def test_texts_are_ordered_as_people_count():
    """Case does not count, and numbers inside a text are numbers; equals are ordered by id."""
    assert ordered(
        "Name",
        {"Id": 1, "Name": "Room 10"},
        {"Id": 2, "Name": "room 2"},
        {"Id": 4, "Name": "ROOM 2"},
        {"Id": 3, "Name": "room 2"},
        {"Id": 5, "Name": "Annexe"},
        {"Id": 6, "Name": "007"},
        {"Id": 7, "Name": "9" * 5000},
    ) == [6, 7, 5, 2, 3, 4, 1]


@pytest.mark.parametrize(
    ("text", "expected"), [("Allocation", [2, 1, 3]), ("-Allocation", [1, 2, 3])]
)
def test_blanks_come_last_either_way(text, expected):
    """The greatest first does not mean the empty ones first."""
    records = [
        {"Id": 3, "Allocation": None},
        {"Id": 1, "Allocation": 12},
        {"Id": 2, "Allocation": 4},
    ]

    assert ordered(text, *records) == expected


def test_several_fields_are_ordered_one_after_the_other():
    """Each has its own direction."""
    rooms = [(1, 4, "B"), (2, 4, "A"), (3, 12, "C"), (4, 12, "D")]
    records = [{"Id": n, "Allocation": size, "Name": name} for n, size, name in rooms]

    assert ordered("-Allocation, name", *records) == [3, 4, 2, 1]
    assert ordered("Allocation, -name", *records) == [1, 2, 4, 3]


def test_choices_and_moments_are_ordered_as_they_are_shown():
    """A choice counts by its name, a moment by its time, whatever the zone it is written in."""
    kinds = [{"Id": 1, "SystemResourceType": 1}, {"Id": 2, "SystemResourceType": 2}]
    moments = [
        {"Id": 1, "UpdatedOn": "2026-03-01T10:00:00.2000000Z"},
        {"Id": 2, "UpdatedOn": "2026-03-01T10:00:00.1000000Z"},
        {"Id": 3, "UpdatedOn": "2026-03-01T11:00:00+02:00"},
        {"Id": 4},
    ]

    assert ordered("SystemResourceType", *kinds) == [2, 1]
    assert ordered("UpdatedOn", *moments) == [3, 2, 1, 4]


def test_values_of_a_foreign_type_stop_no_export():
    """What the service should never send is put behind the numbers."""
    assert ordered("Allocation", {"Id": 1, "Allocation": "many"}, {"Id": 2, "Allocation": 4}) == [
        2,
        1,
    ]


def test_what_cannot_be_ordered_by_is_told_at_once():
    """Lists are not in a listing; unknown and secret fields are none to order by."""
    assert order_refusal("Nam, -Tariffs, TimeSlots, ZoomAccessToken") == [
        "--order-by: 'Nam' is not a field that resources can be ordered by. Did you mean 'Name'?",
        "--order-by: 'Tariffs' is a list, and lists have no order. Name another field.",
        "--order-by: 'TimeSlots' is a list, and lists have no order. Name another field.",
        "--order-by: 'ZoomAccessToken' is not a field that resources can be ordered by.",
    ]
    assert order_refusal("Name,-name") == [
        "--order-by: Name stands more than once. Keep one of them."
    ]
    assert order_refusal(" , ") == [
        "--order-by: no field is named. Write such as Name, or -Allocation."
    ]
