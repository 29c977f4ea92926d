"""One set of records in every format: what is read back is what was stored (issue 4, formats)."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flows import write_export

from pipeline.entities import RESOURCE
from pipeline.errors import UsageError
from pipeline.prepared import prepare
from pipeline.sheets.columns import export_fields

SLOTS = [
    {"DayOfWeek": day, "FromTime": "1976-01-01T09:00:00Z", "ToTime": "1976-01-01T18:30:00Z"}
    for day in (1, 2)
]
RECORDS: list[dict[str, Any]] = [
    {
        "Id": 2**53 + 1,
        "BusinessId": 17,
        "Name": "=1+1",
        "SystemResourceType": 12,
        "CancellationFeeType": 0,
        "Description": 'Two lines,\r\na "quote", é and 茶; \u00fcber',
        "GroupName": "'=quoted already",
        "Visible": True,
        "Archived": False,
        "Allocation": -0,
        "Longitude": -0.1275,
        "BookInAdvanceLimit": 1e-05,
        "Tariffs": [3, 2**40],
        "Teams": [],
        "LastCleanedAt": "2026-03-31T14:30:59.1230000Z",
        "Timeslots": SLOTS,
        "Invented": {"by": "the service"},
    },
    {"Id": 2, "Name": "007", "Description": "x" * 40_000, "GroupName": "NA"},
    {"Id": 3, "Name": "-5 people\t", "Description": "@home", "GroupName": "+1", "Visible": None},
]


def stored(record: dict[str, Any]) -> dict[str, object]:
    """Reduce the record to what is the same about equal values, by field."""
    shown = {each.name: each for each in RESOURCE.fields}
    values = {**record, "TimeSlots": record.get("Timeslots")}
    return {
        name: shown[name].kind.sameness(value)
        for name, value in values.items()
        if name in shown and value not in (None, "", [])
    }


def read_by_import(path: Path) -> list[dict[str, object]]:
    """Read a sheet as an import does, reduced likewise."""
    prepared = prepare(path, RESOURCE)
    assert [each for each in prepared.problems if each.severity == "error"] == []
    return [
        {name: RESOURCE.by_name[name].kind.sameness(value) for name, value in row.shown().items()}
        for row in prepared.rows
    ]


@pytest.mark.parametrize("bom", [False, True])
def test_a_csv_reads_back_as_what_was_stored(tmp_path, bom):
    """Every text to the letter, whatever sign it begins with and however long it is."""
    path = tmp_path / "rooms.csv"
    file = write_export(path, RECORDS, bom=bom)

    assert path.read_bytes().startswith(b"\xef\xbb\xbf") == bom
    assert (file.rows, file.markers.count) == (3, 0)
    assert read_by_import(path) == [stored(each) for each in RECORDS]


def test_a_workbook_reads_back_as_what_was_stored(tmp_path):
    """The same records, but for a text that no cell holds: a marker stands for it."""
    path = tmp_path / "rooms.xlsx"
    file = write_export(path, RECORDS)

    assert [(each.row, each.column) for each in file.markers.first] == [(3, "Description")]
    expected = [stored(each) for each in RECORDS]
    del expected[1]["Description"]
    assert read_by_import(path) == expected


def test_no_cell_of_a_csv_is_a_formula(tmp_path):
    """A spreadsheet that opens the file takes no text for a formula; numbers stay numbers."""
    path = tmp_path / "rooms.csv"
    write_export(path, RECORDS)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert [row["Name"] for row in rows] == ["'=1+1", "007", "'-5 people\t"]
    assert [row["GroupName"] for row in rows] == ["''=quoted already", "NA", "'+1"]
    assert [row["Longitude"] for row in rows] == ["-0.1275", "", ""]
    assert rows[0]["LastCleanedAt"] == "2026-03-31T14:30:59.123Z"
    assert rows[0]["Tariffs"] == f"3, {2**40}"


def test_parquet_has_real_types(tmp_path):
    """Numbers, flags, moments, lists and small records are themselves, not texts."""
    pyarrow = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "rooms.parquet"
    file = write_export(path, RECORDS)
    table = pyarrow.read_table(path)
    first, second, third = table.to_pylist()

    assert file.markers.count == 0
    assert table.column_names == [each.name for each in export_fields(RESOURCE)]
    assert {name: first[name] for name in first if first[name] is not None} == {
        "Id": 2**53 + 1,
        "BusinessId": 17,
        "Name": "=1+1",
        "SystemResourceType": "PhoneBooth",
        "CancellationFeeType": "None",
        "Description": RECORDS[0]["Description"],
        "GroupName": "'=quoted already",
        "Visible": True,
        "Archived": False,
        "Allocation": 0,
        "Longitude": -0.1275,
        "BookInAdvanceLimit": 1e-05,
        "Tariffs": [3, 2**40],
        "Teams": [],
        "LastCleanedAt": datetime(2026, 3, 31, 14, 30, 59, 123000, tzinfo=UTC),
        "TimeSlots": [
            {"DayOfWeek": 1, "FromTime": "09:00", "ToTime": "18:30"},
            {"DayOfWeek": 2, "FromTime": "09:00", "ToTime": "18:30"},
        ],
    }
    assert (len(second["Description"]), third["Visible"], third["Name"]) == (
        40_000,
        None,
        "-5 people\t",
    )


def test_parquet_carries_the_certificate(tmp_path):
    """Whoever has only the file can see what it is worth."""
    pyarrow = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "rooms.parquet"
    write_export(path, RECORDS)

    found = json.loads(pyarrow.read_metadata(path).metadata[b"nexudus-bulk.certificate"])
    assert (found["complete"], found["announced"]) == (True, 0)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("Allocation", "many", "'many' is not a whole number"),
        ("Allocation", 2.5, "'2.5' is not a whole number"),
        ("Allocation", 2**64, f"'{2**64}' is not a whole number"),
        ("Visible", "yes", "'yes' is not Yes or No"),
        ("LastCleanedAt", "soon", "'soon' is not a date and time (UTC)"),
        ("Tariffs", ["x"], "'['x']' is not ids or names, separated by commas"),
        ("Timeslots", [{}], "'[{}]' is not times such as Mon-Fri 09:00-18:00; Sat 10:00-14:00"),
    ],
)
def test_a_value_of_another_type_is_left_blank_and_told(tmp_path, name, value, reason):
    """A column of real types cannot hold everything: what it cannot is said by its row."""
    pytest.importorskip("pyarrow")
    file = write_export(tmp_path / "rooms.parquet", [{"Id": 1}, {"Id": 2, name: value}])

    (found,) = file.markers.first
    column = "TimeSlots" if name == "Timeslots" else name
    assert (found.row, found.column, found.reason) == (3, column, reason)


def test_more_records_than_a_group_are_all_there(tmp_path):
    """Records are written group by group, and markers keep their rows."""
    pyarrow = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "rooms.parquet"
    records = (
        {"Id": number, "Allocation": "x" if number == 2_345 else 1} for number in range(1, 2_501)
    )
    file = write_export(path, records)

    assert pyarrow.read_table(path).column("Id").to_pylist() == list(range(1, 2_501))
    assert [each.row for each in file.markers.first] == [2_346]


def test_json_lines_are_the_records_as_they_came(tmp_path):
    """Every key, known or not, but for the secrets; half a character pair is escaped."""
    path = tmp_path / "rooms.jsonl"
    records = [{**each, "ZoomAccessToken": "invented-and-secret"} for each in RECORDS]
    write_export(path, [*records, {"Id": 4, "Name": "\ud83d"}])

    lines = path.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [*RECORDS, {"Id": 4, "Name": "\ud83d"}]
    assert "secret" not in path.read_text(encoding="utf-8")


def test_another_ending_is_refused(tmp_path):
    """The formats are named in the message."""
    with pytest.raises(UsageError) as refused:
        write_export(tmp_path / "rooms.ods", [])

    assert str(refused.value) == (
        "export: 'rooms.ods' ends in no format that is known. "
        "End the name in .xlsx, .csv, .parquet or .jsonl."
    )
    assert list(tmp_path.iterdir()) == []
