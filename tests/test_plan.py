"""Planning: rows and stored records into creates, updates, unchanged and blocked rows. Pure."""

from __future__ import annotations

from itertools import pairwise
from time import perf_counter
from typing import Any

import pytest

from pipeline.entities import RESOURCE
from pipeline.planning.build import Request, build
from pipeline.planning.doubled import doubled_rows
from pipeline.planning.plan import Change, Plan
from pipeline.planning.stored import Named, Stored, ids_by_key
from pipeline.rows import CLEAR, Base, Filled, Row

NEW = {
    "BusinessId": 7,
    "Name": "Room Cedar",
    "SystemResourceType": 1,
    "ResourceTypeId": 21,
    "DisplayOrder": 10,
    "CancellationFeeType": 0,
    "Visible": True,
}
RECORD: dict[str, Any] = {
    **{each.name: each.kind.empty for each in RESOURCE.fields if each.on_read},
    **NEW,
    "Id": 1415383201,
    "BusinessName": "Harbour House",
    "ResourceTypeName": "Meeting Room",
    "Tariffs": [31, 32],
    "Latitude": 0.0,
    "Longitude": 0.0,
    "MinBookingLength": 60,
    "ZoomAccessToken": "kept-as-read",
    "CustomFields": {"Data": []},
    "UpdatedOn": "2026-11-01T10:00:00.1234567Z",
    "Timeslots": [
        {
            "Id": 5,
            "ResourceId": 1415383201,
            "DayOfWeek": 1,
            "FromTime": "1976-01-01T09:00:00Z",
            "ToTime": "1976-01-01T18:00:00Z",
        }
    ],
}
NAMES = {
    "Business": (Named(7, "Harbour House", None), Named(8, "Mill Yard", None)),
    "ResourceType": (
        Named(21, "Meeting Room", 7),
        Named(22, "Meeting Room", 8),
        Named(23, "Boardroom", 7),
        Named(24, "boardroom", 8),
    ),
    "Tariff": (Named(31, "Flex 5", 7), Named(32, "Full Time", 7), Named(33, "Full Time", 7)),
}


def stored(*records: dict[str, Any]) -> Stored:
    return Stored(
        records={each["Id"]: each for each in records},
        ids=ids_by_key(records, RESOURCE.key),
        names=NAMES,
    )


def plan(*rows: Row, account: Stored | None = None, **options: Any) -> Plan:
    request = Request(
        sheet="Resources",
        entity=RESOURCE,
        columns=tuple(RESOURCE.by_name),
        rows=rows,
        problems=doubled_rows("Resources", RESOURCE, rows),
        **options,
    )
    return build(request, account if account is not None else stored(RECORD))


def only(found: Plan) -> Change:
    assert len(found.changes) == 1
    return found.changes[0]


def said(found: Plan) -> list[str]:
    return [str(each) for each in found.problems]


def test_a_row_that_is_new_creates_what_it_fills_in():
    """The payload of a create holds the filled cells and nothing else."""
    change = only(plan(Row(2, "", NEW), account=stored()))

    assert (change.action, change.payload, change.place) == ("create", NEW, 7)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"Description": "Bright", "Tariffs": [31]},
        {"Description": CLEAR},
        {"Tariffs": []},
        {"BusinessName": "Harbour House"},
        {"TariffNames": ["Flex 5"]},
        {"UpdatedBy": "somebody"},
        {"AddedTariffs": [31]},
    ],
)
def test_rows_of_a_sheet_create_what_rows_on_their_own_create(more):
    """Cells in shared columns are sent as they stand only where nothing is left out or added."""
    cells = {**NEW, "Image": None, **more}
    shared = Filled({name: place for place, name in enumerate(cells)}, tuple(cells.values()))

    change = only(plan(Row(2, "", shared), account=stored()))
    alone = only(plan(Row(2, "", {**NEW, **more}), account=stored()))

    assert dict(change.payload.items()) == dict(alone.payload.items())
    assert CLEAR not in change.payload.values()
    assert RESOURCE.settable.issuperset(change.payload)


def test_a_default_may_name_a_row_of_the_file():
    """A link that only a mapping gives is one to the record that the file creates."""
    hall = Row(2, "", {**NEW, "Name": "Hall"}, defaults={"LinkedResources": ["Wing"]})

    found = plan(hall, Row(3, "", {**NEW, "Name": "Wing"}), account=stored())

    assert said(found) == []
    assert [dict(each.links) for each in found.changes] == [{"LinkedResources": (3,)}, {}]


def test_an_update_sends_the_whole_record_with_what_changed_laid_over():
    """Every field goes back as read, secrets and unknown ones included; slots under TimeSlots."""
    change = only(plan(Row(2, "", {"Id": 1415383201, "Name": "Room Rowan"})))

    assert change.action == "update"
    assert [(d.field, d.old, d.new) for d in change.differences] == [
        ("Name", "Room Cedar", "Room Rowan")
    ]
    expected = {key: value for key, value in RECORD.items() if key != "Timeslots"}
    slot = {key: RECORD["Timeslots"][0][key] for key in ("DayOfWeek", "FromTime", "ToTime")}
    assert change.payload == {**expected, "Name": "Room Rowan", "TimeSlots": [slot]}


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"Tariffs": [32, 31]},
        {"Latitude": CLEAR},
        {"Description": CLEAR},
        {"Visible": True, "MinBookingLength": 60},
        {"BusinessName": "Harbour House"},
        {
            "TimeSlots": [
                {
                    "DayOfWeek": 1,
                    "FromTime": "1976-01-01T09:00:00Z",
                    "ToTime": "1976-01-01T18:00:00Z",
                }
            ]
        },
    ],
)
def test_what_the_record_has_already_is_unchanged(values):
    """Order in lists, clearing what is empty and the same slots in other words are no changes."""
    change = only(plan(Row(2, "", {"Id": 1415383201, **values})))

    assert (change.action, change.payload, change.differences) == ("unchanged", None, ())


@pytest.mark.parametrize(
    ("values", "field", "value"),
    [
        ({"Tariffs": [31]}, "Tariffs", [31]),
        ({"Tariffs": CLEAR}, "Tariffs", []),
        ({"AddedTariffs": [40, 31]}, "Tariffs", [31, 32, 40]),
        ({"RemovedTariffs": [31, 99]}, "Tariffs", [32]),
        ({"AddedTariffs": [40], "RemovedTariffs": [31]}, "Tariffs", [32, 40]),
        ({"MinBookingLength": CLEAR}, "MinBookingLength", None),
        ({"Visible": CLEAR}, "Visible", False),
        ({"TimeSlots": CLEAR}, "TimeSlots", []),
    ],
)
def test_what_a_cell_changes(values, field, value):
    """Lists are replaced, added to and taken from as whole lists; clear empties by kind."""
    change = only(plan(Row(2, "", {"Id": 1415383201, **values})))

    assert change.action == "update"
    assert change.payload is not None
    assert change.payload[field] == value


def test_the_apostrophe_of_a_csv_is_no_change():
    """A csv saved as a workbook keeps it before what looks like a formula; other texts count."""
    record = {**RECORD, "GroupName": "=1+1", "Description": "'-5"}
    cells = {"Id": 1415383201, "GroupName": "'=1+1", "Description": "''-5"}

    same = plan(Row(2, "", cells), account=stored(record))
    plain = plan(Row(2, "", {"Id": 1415383201, "GroupName": "'=1"}), account=stored(record))
    export = plan(Row(2, "", cells, base=Base("", {}, {})), account=stored(record))

    assert [only(each).action for each in (same, plain, export)] == [
        "unchanged",
        "update",
        "update",
    ]


def test_a_view_of_a_list_that_changed_is_not_sent():
    """LinkedResourceIds would contradict the changed list."""
    row = Row(2, "", {"Id": 1415383201, "LinkedResources": [9]})

    assert "LinkedResourceIds" not in (only(plan(row)).payload or {})


def test_a_record_is_found_by_location_and_name():
    """Trimmed, else to the letter: another case is another name."""
    same = Row(2, "", {**NEW, "Name": " Room Cedar "})
    other = Row(3, "", {**NEW, "Name": "room cedar"})

    found = plan(same, other)

    assert [(each.action, each.record_id) for each in found.changes] == [
        ("update", 1415383201),  # the stored name has no blanks around it
        ("create", None),
    ]


def test_names_become_ids_in_the_rows_own_location():
    """The same type name exists in both locations; each row gets its own location's."""
    base = {key: value for key, value in NEW.items() if key not in {"BusinessId", "ResourceTypeId"}}
    rows = [
        Row(2, "", {**base, "BusinessName": "Harbour House", "ResourceTypeName": "Meeting Room"}),
        Row(3, "", {**base, "BusinessId": "Mill Yard", "ResourceTypeId": "meeting room"}),
    ]

    found = plan(*rows, account=stored())

    assert [each.payload for each in found.changes] == [
        {**NEW},
        {**NEW, "BusinessId": 8, "ResourceTypeId": 22},
    ]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"ResourceTypeId": "Meting Room"},
            "Resources row 2, column ResourceTypeId: 'Meting Room' is no type of this account. "
            "Did you mean 'Meeting Room' (21)?",
        ),
        (
            {"Tariffs": ["Full Time"]},
            "Resources row 2, column Tariffs: 'Full Time' is the name of 2 plans: "
            "'Full Time' (32), 'Full Time' (33). Write the id instead.",
        ),
        (
            {"ResourceTypeName": "Boardroom"},
            "Resources row 2, column ResourceTypeName: 'Boardroom' does not fit ResourceTypeId 21: "
            "that is 'Meeting Room'. Make the two agree, or clear one of the two cells.",
        ),
        (
            {"ResourceTypeName": "Boardroom", "ResourceTypeId": CLEAR},
            "Resources row 2, column ResourceTypeName: 'Boardroom' does not fit ResourceTypeId "
            "<clear>: that is blank. Make the two agree, or clear one of the two cells.",
        ),
    ],
)
def test_names_that_lead_nowhere_block_the_row(values, message):
    """Unknown names get the nearest with its id, ambiguous ones all ids; nothing is guessed."""
    found = plan(Row(2, "", {**NEW, **values}), account=stored())

    assert said(found) == [message]
    assert only(found).payload is None
    assert only(found).action in {"blocked", "invalid"}


def test_two_records_of_one_name_block_the_row():
    """Several candidates are listed, none is picked."""
    twin = {**RECORD, "Id": 1415383202}

    found = plan(Row(2, "", NEW), account=stored(RECORD, twin))

    assert only(found).action == "blocked"
    assert said(found) == [
        "Resources row 2, column Name: 'Room Cedar' is the name of 2 resources there: 1415383201, "
        "1415383202. Write the id of the one that is meant under Id."
    ]


def test_an_id_that_is_not_there_blocks_the_row():
    """A wrong number never creates anything."""
    found = plan(Row(2, "", {**NEW, "Id": 404}))

    assert only(found).action == "blocked"
    assert said(found) == [
        "Resources row 2, column Id: no resource has Id '404' in this account. "
        "Check the number; leave it blank to create a new resource."
    ]


@pytest.mark.parametrize(
    ("action", "name", "expected"),
    [
        ("create", "Room Cedar", "blocked"),
        ("create", "Room New", "create"),
        ("update", "Room Cedar", "unchanged"),
        ("update", "Room New", "blocked"),
        ("delete", "Room Cedar", "blocked"),
        ("skip", "Room Cedar", "skip"),
    ],
)
def test_actions(action, name, expected):
    """An action that the account contradicts blocks the row; delete needs leave."""
    assert only(plan(Row(2, action, {**NEW, "Name": name}))).action == expected


def test_delete_with_leave():
    """With --allow-delete a row that says so is deleted."""
    change = only(plan(Row(2, "delete", NEW), allow_delete=True))

    assert (change.action, change.record_id, change.payload) == ("delete", 1415383201, None)


def test_two_rows_for_one_record_are_a_problem():
    """By id, by key, or one by each: the second row is named with the first."""
    by_id = plan(Row(2, "", {"Id": 1415383201}), Row(3, "", {"Id": 1415383201}))
    by_key = plan(Row(2, "", NEW), Row(3, "", NEW), account=stored())
    by_each = plan(Row(2, "", {"Id": 1415383201}), Row(3, "", NEW))
    by_name = plan(
        Row(2, "", NEW),
        Row(
            3,
            "",
            {k: v for k, v in NEW.items() if k != "BusinessId"} | {"BusinessName": "Harbour House"},
        ),
        account=stored(),
    )

    assert said(by_id) == [
        "Resources row 3, column Id: Id '1415383201' is already on row 2. Keep one of them."
    ]
    assert said(by_key) == [
        "Resources row 3, column Name: BusinessId '7' with Name 'Room Cedar' is already on row 2. "
        "Keep one of them."
    ]
    assert said(by_each) == [
        "Resources row 3: means the same resource as row 2: Id 1415383201. Keep one of them."
    ]
    assert said(by_name) == [
        "Resources row 3: means the same resource as row 2: 'Room Cedar'. Keep one of them."
    ]


def test_rules_look_at_the_record_as_it_will_be_stored():
    """A maximum below the stored minimum is a problem; a row that touches neither is not asked."""
    below = plan(Row(2, "", {"Id": 1415383201, "MaxBookingLength": 30}))
    record = {**RECORD, "MaxBookingLength": 30}
    untouched = plan(Row(2, "", {"Id": 1415383201, "GroupName": "Floor 2"}), account=stored(record))

    assert said(below) == [
        "Resources row 2, column MinBookingLength: '60' is more than MaxBookingLength, '30'. "
        "Make it smaller, or MaxBookingLength larger."
    ]
    assert only(below).action == "invalid"
    assert only(untouched).action == "update"


def test_a_new_row_says_what_it_lacks_and_warns_of_hidden_rooms():
    """Each missing required cell is named; a blank Visible is a warning only."""
    values = {key: NEW[key] for key in ("BusinessId", "Name", "DisplayOrder", "ResourceTypeId")}

    found = plan(Row(2, "", {**values, "CancellationFeeType": 0}), account=stored())

    assert [(each.column, each.code, each.severity) for each in found.problems] == [
        ("SystemResourceType", "required_blank", "error"),
        ("Visible", "will_be_hidden", "warning"),
    ]


def test_edited_read_only_cells_are_named_once_per_column():
    """An edit of what only the service sets is said and left out; what changes by itself is not."""
    row = Row(2, "", {"Id": 1415383201, "UniqueId": "mine", "UpdatedOn": "2020-01-01T00:00:00Z"})

    found = plan(row)

    assert only(found).action == "unchanged"
    assert said(found) == [
        "Resources, column UniqueId: is read-only: what was edited in 1 cell is left out "
        "(first: row 2, 'mine'). Only the service sets it."
    ]


def test_a_record_that_stood_still_since_the_export_is_not_compared():
    """Its stamp says that nobody changed it; with another stamp, every untouched cell is compared.

    A digest cannot tell a list in another order from another list, so the stamp is asked first.
    """
    then = {"MinBookingLength": 30}
    stood = plan(Row(2, "", {"Id": 1415383201}, base=Base(RECORD["UpdatedOn"], then, {})))
    moved = plan(Row(2, "", {"Id": 1415383201}, base=Base("2026-10-01T10:00:00Z", then, {})))

    assert said(stood) == []
    assert said(moved) == [
        "Resources row 2, column MinBookingLength: was changed in the account since the export, to "
        "'60'; it is left as it is. To write '30' anyway, import with --ignore-base, "
        "which writes every cell that differs: look at its plan first."
    ]
    assert only(moved).action == "unchanged"


def test_a_long_chain_of_rows_is_lost_in_no_time():
    """Each links to the next, the last to nobody: asked anew only is who links to a lost row."""
    names = [f"Room {number}" for number in range(2, 3003)]
    rows = [
        Row(number, "", {**NEW, "Name": name, "LinkedResources": [following]})
        for number, (name, following) in enumerate(pairwise(names), start=2)
    ]
    began = perf_counter()

    found = plan(*rows)

    assert perf_counter() - began < 8  # it takes some 1 s; all rows for each that is lost took 26
    assert found.counts() == {"blocked": 3000}
    assert found.changes[0].problems[-1].message == (
        "'Room 3' is on row 3, which is not created: it is blocked."
    )
