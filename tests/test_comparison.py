"""What counts as a change between two exports, and what it is shown as."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipeline.comparison import (
    Edit,
    Presence,
    compared_fields,
    differs,
    edits,
    presence,
    values_of,
)
from pipeline.entities import RESOURCE

RECORD: dict[str, Any] = {
    "Id": 31,
    "BusinessId": 7,
    "BusinessName": "Harbour House",
    "Name": "Room Cedar",
    "SystemResourceType": 1,
    "Allocation": 4,
    "Description": "Two\nlines",
    "Visible": True,
    "Tariffs": [1, 2],
    "LinkedResources": [8],
    "LinkedResourceIds": "8",
    "Latitude": 0.0,
    "CreatedOn": "2026-01-02T03:04:05.1234567Z",
    "UpdatedOn": "2026-10-30T02:00:00Z",
    "UpdatedBy": "ops@spaces.example",
    "ZoomAccessToken": "secret-1",
    "Timeslots": [
        {"DayOfWeek": 1, "FromTime": "1976-01-01T09:00:00Z", "ToTime": "1976-01-01T18:00:00Z"},
        {"DayOfWeek": 2, "FromTime": "1976-01-01T09:00:00Z", "ToTime": "1976-01-01T18:00:00Z"},
    ],
}
FIELDS = compared_fields(RESOURCE)


def values(**changed: Any) -> dict[str, Any]:
    return values_of(RESOURCE, FIELDS, {**RECORD, **changed})


def found(**changed: Any) -> list[tuple[str, Any, Any]]:
    """Return field, old and new of what differs when these values change."""
    edited = edits(RESOURCE, 31, values(), values(**changed))
    return [(each.field, each.old, each.new) for each in edited]


@pytest.mark.parametrize(
    "changed",
    [
        {"Tariffs": [2, 1]},
        {"Description": "Two\r\nlines"},
        {"Allocation": 4.0},
        {"Latitude": None},
        {"CreatedOn": "2026-01-02T03:04:05Z"},
        {"Timeslots": RECORD["Timeslots"][::-1]},
        {"Timeslots": [{**each, "Id": 5, "Note": "x"} for each in RECORD["Timeslots"]]},
        {"IsNew": True, "SensorLastValue": "12", "IsSensorOccupied": True},
        {"UpdatedOn": "2026-10-31T02:00:00Z", "UpdatedBy": "someone@spaces.example"},
        {"ZoomAccessToken": "secret-2", "ZoomRefreshToken": "secret-3"},
        {"LinkedResourceIds": "8, 9"},
        {"ToStringText": "shown somewhere", "NobodyKnows": 1},
    ],
    ids=",".join,
)
def test_what_is_no_change(changed):
    """Spellings of one value, live fields, secrets, views and unknown keys."""
    assert found(**changed) == []
    assert not differs(RESOURCE, values(), values(**changed))


@pytest.mark.parametrize(
    ("changed", "edited"),
    [
        ({"Allocation": 6}, ("Allocation", 4, 6)),
        ({"SystemResourceType": 12}, ("SystemResourceType", "MeetingRoom", "PhoneBooth")),
        ({"Visible": False}, ("Visible", "Yes", "No")),
        ({"Tariffs": [2, 3]}, ("Tariffs", "1, 2", "2, 3")),
        ({"Tariffs": []}, ("Tariffs", "1, 2", None)),
        ({"Description": None}, ("Description", "Two\nlines", None)),
        (
            {"Timeslots": RECORD["Timeslots"][:1]},
            ("TimeSlots", "Mon,Tue 09:00-18:00", "Mon 09:00-18:00"),
        ),
        ({"BusinessName": "Quay House"}, ("BusinessName", "Harbour House", "Quay House")),
    ],
    ids=lambda each: ",".join(each) if isinstance(each, dict) else each[0],
)
def test_a_change_is_told_in_cells(changed, edited):
    """Old and new stand there as a sheet shows them: names of choices, ids, Yes and No."""
    assert found(**changed) == [edited]
    assert differs(RESOURCE, values(), values(**changed))


def test_changes_stand_in_the_order_of_the_table():
    """Several cells of a record, with its new name and its location's name."""
    changed = {"Tariffs": [1], "Allocation": 5, "Name": "Room Oak", "BusinessName": "Mill Yard"}

    assert list(edits(RESOURCE, 31, values(), values(**changed))) == [
        Edit(31, "Mill Yard", "Room Oak", "BusinessName", "Harbour House", "Mill Yard"),
        Edit(31, "Mill Yard", "Room Oak", "Name", "Room Cedar", "Room Oak"),
        Edit(31, "Mill Yard", "Room Oak", "Allocation", 4, 5),
        Edit(31, "Mill Yard", "Room Oak", "Tariffs", "1, 2", "1"),
    ]


def test_linked_resources_are_told_once():
    """The view that shows a list once more adds nothing."""
    assert found(LinkedResources=[8, 9], LinkedResourceIds="8,9") == [
        ("LinkedResources", "8", "8, 9")
    ]


def test_children_under_either_spelling_are_the_same():
    """What is read as Timeslots and what is kept as TimeSlots mean the same."""
    kept = values()

    assert "Timeslots" not in kept
    assert values_of(RESOURCE, FIELDS, kept)["TimeSlots"] == kept["TimeSlots"]


def test_a_field_that_an_older_table_lacks_is_no_change():
    """After an update of the program, not every record is changed."""
    old = values()
    del old["Allocation"]

    assert list(edits(RESOURCE, 31, old, values())) == []


@pytest.mark.parametrize(
    ("field", "value", "cell"),
    [
        ("Allocation", {"a": 1}, '{"a": 1}'),
        ("Tariffs", 5, 5),
        ("Timeslots", [{"Day": 1}], '[{"Day": 1}]'),
        ("Timeslots", "always", "always"),
    ],
)
def test_a_value_of_a_strange_shape_is_shown_as_it_came(field, value, cell):
    """What no document describes is a change like others, and ends no export."""
    ((_, _, new),) = found(**{field: value})

    assert new == cell
    assert list(edits(RESOURCE, 31, values(**{field: value}), values(**{field: value}))) == []


@pytest.mark.parametrize(
    ("changed", "place", "name"),
    [
        ({}, "Harbour House", "Room Cedar"),
        ({"BusinessName": None}, "7", "Room Cedar"),
        ({"BusinessName": None, "BusinessId": None, "Name": None}, "", ""),
    ],
)
def test_a_record_is_told_by_location_and_name(changed, place, name):
    """A location without a name goes by its number."""
    assert presence(RESOURCE, 31, values(**changed)) == Presence(31, place, name)


def test_the_fields_that_count_are_the_tables():
    """A field that the table marks as live does not count any more: nothing is named twice."""
    live = tuple(
        replace(each, live=True) if each.name == "Allocation" else each for each in RESOURCE.fields
    )
    names = {each.name for each in compared_fields(replace(RESOURCE, fields=live))}

    assert {each.name for each in FIELDS} - names == {"Allocation"}
    assert {"AddedTariffs", "Id", "UpdatedOn", "ZoomAccessToken"} & names == set()
