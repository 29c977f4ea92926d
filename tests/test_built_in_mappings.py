"""Files of other programs, imported in one command with the mappings that come with the program.

What is expected of the account was written by hand, as a person would have typed it from the file.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flows import SAMPLES, Shell, counts, read_rows

from pipeline.cli.import_command import command as import_command
from pipeline.sandbox import Sandbox

HARBOUR, MILL = 1410010001, 1410010002
WEEKDAYS = (1, 2, 3, 4, 5)

# Of the seeded account's types.
MEETING, BOARD, HOT, OFFICE, BOOTH, EVENT = range(1410020001, 1410020007)
MILL_MEETING, _, _, MILL_OFFICE, MILL_BOOTH, MILL_EVENT = range(1410020101, 1410020107)

OFFICERND = {
    "Regatta Room": {
        "BusinessId": HARBOUR,
        "ResourceTypeId": MEETING,
        "SystemResourceType": 1,
        "DisplayOrder": 10,
        "GroupName": "Second floor",
        "Allocation": 12,
        "Visible": True,
    },
    "Boardroom Halyard": {
        "BusinessId": HARBOUR,
        "ResourceTypeId": BOARD,
        "SystemResourceType": 1,
        "DisplayOrder": 20,
        "GroupName": "First floor",
        "Allocation": 14,
        "Visible": True,
        "OnlyForMembers": True,
    },
    'Office "Crow\'s Nest"': {
        "BusinessId": HARBOUR,
        "ResourceTypeId": OFFICE,
        "SystemResourceType": 3,
        "DisplayOrder": 30,
        "GroupName": "Third floor",
        "Allocation": 6,
    },
    "Lower Deck Hotdesks": {
        "BusinessId": HARBOUR,
        "ResourceTypeId": HOT,
        "SystemResourceType": 2,
        "DisplayOrder": 40,
        "GroupName": "Ground floor",
        "Allocation": 16,
        "Visible": True,
    },
    "Phone Booth 3": {
        "BusinessId": HARBOUR,
        "ResourceTypeId": BOOTH,
        "SystemResourceType": 12,
        "DisplayOrder": 50,
        "Allocation": 1,
        "Visible": True,
        "OnlyForMembers": True,
    },
    "Carding Room": {
        "BusinessId": MILL,
        "ResourceTypeId": MILL_MEETING,
        "SystemResourceType": 1,
        "DisplayOrder": 60,
        "GroupName": "Weaving shed",
        "Allocation": 8,
        "Visible": True,
    },
    "Bobbin Hall": {
        "BusinessId": MILL,
        "ResourceTypeId": MILL_EVENT,
        "SystemResourceType": 4,
        "DisplayOrder": 70,
        "GroupName": "Weaving shed",
        "Visible": True,
    },
}
OFFICERND_EXPORT = {
    "Office 21": {
        "BusinessId": HARBOUR,
        "ResourceTypeId": OFFICE,
        "SystemResourceType": 3,
        "DisplayOrder": 10,
        "GroupName": "Second floor",
        "Allocation": 5,
        "Visible": True,
        "OnlyForMembers": True,
    },
    "Office 22": {
        "BusinessId": HARBOUR,
        "ResourceTypeId": OFFICE,
        "SystemResourceType": 3,
        "DisplayOrder": 20,
        "GroupName": "Second floor",
        "Allocation": 6,
        "Visible": True,
        "OnlyForMembers": True,
    },
    "Office 1": {  # was there before: what the export does not say stays as it is
        "BusinessId": HARBOUR,
        "ResourceTypeId": OFFICE,
        "SystemResourceType": 3,
        "DisplayOrder": 40,
        "GroupName": "First floor",
        "Allocation": 6,
        "Visible": True,
        "OnlyForMembers": True,
        "SecurityLock": True,
        "Internet": True,
        "Tariffs": [1410030003, 1410030004],
        "Teams": [1410040001],
    },
    "Shed Office A": {
        "BusinessId": MILL,
        "ResourceTypeId": MILL_OFFICE,
        "SystemResourceType": 3,
        "DisplayOrder": 40,
        "Allocation": 4,
        "Visible": True,
        "OnlyForMembers": True,
    },
}
COBOT = {
    "A. Quay Room": {
        "BusinessId": HARBOUR,
        "ResourceTypeId": MEETING,
        "SystemResourceType": 1,
        "DisplayOrder": 10,
        "Description": "Fits up to 10 people.\nCoffee next door.",
        "Allocation": 10,
        "Visible": True,
        "MinBookingLength": 30,
        "MaxBookingLength": 240,
        "LateCancellationLimit": 1440,
        "slots": {
            *((day, "09:00", "18:00") for day in WEEKDAYS),
            (6, "10:00", "14:00"),
            (0, "10:00", "14:00"),
        },
    },
    "B. Pier Desks": {
        "BusinessId": HARBOUR,
        "ResourceTypeId": HOT,
        "SystemResourceType": 2,
        "DisplayOrder": 20,
        "Allocation": 12,
        "AllowMultipleBookings": True,
        "Visible": True,
        "LateCancellationLimit": 90,
    },
    "C. Staff Store": {
        "BusinessId": HARBOUR,
        "ResourceTypeId": OFFICE,
        "SystemResourceType": 3,
        "DisplayOrder": 30,
        "Description": "Keys at the desk",
        "Allocation": 1,
        "slots": {(day, "08:00", "23:59") for day in range(7)},
    },
    "OR01. Warp Booth": {
        "BusinessId": MILL,
        "ResourceTypeId": MILL_BOOTH,
        "SystemResourceType": 12,
        "DisplayOrder": 40,
        "Description": "One person",
        "Allocation": 1,
        "Visible": True,
        "MinBookingLength": 15,
        "MaxBookingLength": 60,
    },
}
CONDECO = {
    "Capstan-HH": {
        "BusinessId": HARBOUR,
        "ResourceTypeId": MEETING,
        "SystemResourceType": 1,
        "DisplayOrder": 10,
        "GroupName": "1",
        "Description": "Blinds stick: ask at the desk.",
        "Allocation": 18,
        "Visible": True,
        "AirConditioning": True,
        "NaturalLight": True,
        "VideoConferencing": True,
        "WhiteBoard": True,
        "Internet": True,
    },
    "Bosun-HH": {
        "BusinessId": HARBOUR,
        "ResourceTypeId": BOARD,
        "SystemResourceType": 1,
        "DisplayOrder": 20,
        "GroupName": "2",
        "Allocation": 16,
        "Visible": True,
        "Catering": True,
        "Projector": True,
        "Internet": True,
    },
    "Galley-HH": {
        "BusinessId": HARBOUR,
        "ResourceTypeId": EVENT,
        "SystemResourceType": 1,
        "DisplayOrder": 30,
        "GroupName": "G",
        "Allocation": 90,
        "Visible": True,
        "Catering": True,
        "FlipChart": True,
        "Projector": True,
        "Internet": True,
    },
    "Treadle-MY": {
        "BusinessId": MILL,
        "ResourceTypeId": MILL_MEETING,
        "SystemResourceType": 1,
        "DisplayOrder": 40,
        "GroupName": "0",
        "Description": "No layout agreed yet",
        "Visible": True,
        "WhiteBoard": True,
        "Internet": True,
    },
}
HOMELESS = {  # columns that the report lists
    "officernd.csv": "7 columns have no home: Target Plan, Price, Deposit, Resource Rate, "
    "Size (Area), Available From *, Available To.",
    "officernd-export.csv": "12 columns have no home: Target Plan, List Price, Deposit, "
    "Size (Area), Available From, Available To, Status, Member, Period, Sold Price, "
    "Sold Price Per Desk, List Price Per Desk.",
    "cobot.csv": "5 columns have no home: price_per_hour, tax_rate, currency, color, photo.",
    "condeco.xlsx": "2 columns have no home: Country, Wheelchair Access.",
}
SET_BY_SERVICE = {
    "Id",
    "UniqueId",
    "Name",
    "CreatedOn",
    "UpdatedOn",
    "UpdatedBy",
    "IsNew",
    "BusinessName",
    "ResourceTypeName",
    "ToStringText",
}


def said_of(record: dict[str, Any]) -> dict[str, Any]:
    """Return what a record says beyond what the service fills in by itself."""
    told = {
        name: value
        for name, value in record.items()
        if name not in SET_BY_SERVICE and value not in (None, False, 0.0, "", [], "Timeslots")
    }
    slots = told.pop("Timeslots", None) or told.pop("TimeSlots", None)
    if slots:
        told["slots"] = {
            (each["DayOfWeek"], each["FromTime"][11:16], each["ToTime"][11:16]) for each in slots
        }
    return told


def by_names(sandbox: Sandbox, names: Any) -> dict[str, dict[str, Any]]:
    found = {each["Name"]: said_of(each) for each in sandbox.records()}
    return {name: found[name] for name in names}


def sample(name: str, tmp_path: Path) -> Path:
    return Path(shutil.copy(SAMPLES / name, tmp_path))


@pytest.mark.parametrize(
    ("file", "mapping", "created", "expected"),
    [
        ("officernd.csv", "officernd", 7, OFFICERND),
        ("officernd-export.csv", "officernd-export", 3, OFFICERND_EXPORT),
        ("cobot.csv", "cobot", 4, COBOT),
        ("condeco.xlsx", "condeco", 4, CONDECO),
    ],
)
def test_a_sample_is_imported_as_a_person_would_have_typed_it(  # noqa: PLR0913, PLR0917 - a table
    file, mapping, created, expected, shell, sandbox, tmp_path
):
    """One command; every record field by field; imported again its results change nothing."""
    path = sample(file, tmp_path)

    said = shell.run_import(path, "--mapping", mapping)
    results = path.with_name(f"{path.stem}.results.xlsx")
    again = shell.run_import(results, "--mapping", mapping)
    anew = shell.run_import(path, "--mapping", mapping)

    assert said.json["counts"] == counts(created=created, updated=len(expected) - created)
    assert by_names(sandbox, expected) == expected
    assert HOMELESS[file] in said.err
    assert (again.code, again.json["counts"]) == (0, counts(unchanged=len(expected)))
    assert anew.json["counts"] == counts(unchanged=len(expected))


def test_the_report_lists_columns_without_a_home_in_json_too(shell, tmp_path):
    """A script finds them among the problems, as a warning."""
    said = shell("check", sample("cobot.csv", tmp_path), "--mapping", "cobot", "--json")

    assert [(each["code"], each["severity"]) for each in said.json["problems"]] == [
        ("homeless", "warning")
    ]
    assert (said.code, said.json["rows"]) == (0, 4)


@pytest.mark.parametrize(
    ("name", "mapping"),
    [
        ("officernd.csv", "officernd"),
        ("officernd-new-types.csv", "officernd"),
        ("officernd-export.csv", "officernd-export"),
        ("cobot.csv", "cobot"),
        ("condeco.xlsx", "condeco"),
    ],
)
def test_each_sample_is_told_its_mapping_when_none_is_given(shell, name, mapping, tmp_path):
    """By the commands, below title lines and on whatever sheet; its columns are not blamed."""
    said = shell("check", sample(name, tmp_path))
    words = said.out + said.err

    assert said.code != 0
    assert words.casefold().count(f"add --mapping {mapping}.") == 1
    assert "is not a known column" not in words


def test_results_are_the_users_own_file_with_three_columns(shell, sandbox, tmp_path):
    """The source's own Status stays where it is and as it is; ours stand at the end."""
    path = sample("officernd-export.csv", tmp_path)
    shell.run_import(path, "--mapping", "officernd-export")
    book = openpyxl.load_workbook(tmp_path / "officernd-export.results.xlsx")
    lines = list(book["Resources"].iter_rows(values_only=True))

    assert lines[0][11] == "Status"
    assert [line[11] for line in lines[1:]] == ["occupied", "available", "occupied", "unavailable"]
    assert lines[0][-3:] == ("Status", "Message", "Id")
    assert [line[-3] for line in lines[1:]] == ["created", "created", "updated", "created"]
    ids = {each["Name"]: each["Id"] for each in sandbox.records()}
    assert [line[-1] for line in lines[1:]] == [ids[line[0]] for line in lines[1:]]


def test_a_source_may_have_an_id_of_its_own(shell, sandbox, tmp_path):
    """Cobot's `id` is its own number, and no id of a record here, also in the results."""
    path = sample("cobot.csv", tmp_path)
    shell.run_import(path, "--mapping", "cobot")
    rows = read_rows(tmp_path / "cobot.results.xlsx")

    assert [row["id"] for row in rows] == ["12355", "12356", "00417", "12358"]
    assert [row["Id"] for row in rows] == [
        next(each["Id"] for each in sandbox.records() if each["Name"] == row["name"])
        for row in rows
    ]


def test_a_renamed_room_is_found_by_the_id_of_its_results(shell, sandbox, tmp_path):
    """The results know the record, so that a name may change."""
    path = sample("cobot.csv", tmp_path)
    shell.run_import(path, "--mapping", "cobot")
    book = openpyxl.load_workbook(tmp_path / "cobot.results.xlsx")
    book["Resources"]["B2"] = "Quay Room"
    book.save(tmp_path / "renamed.xlsx")

    said = shell.run_import(tmp_path / "renamed.xlsx", "--mapping", "cobot")

    assert said.json["counts"] == counts(updated=1, unchanged=3)
    assert {"Quay Room"} <= {each["Name"] for each in sandbox.records()}


def test_problems_stand_at_the_users_own_cells(shell, sandbox, tmp_path):
    """On the screen, in --json and as notes: the file's own header, row and value."""
    path = tmp_path / "rooms.csv"
    text = (SAMPLES / "officernd.csv").read_text(encoding="utf-8")
    path.write_text(
        text.replace(",12,2021", ",4.5,2021").replace("Phone Booth,Harb", "Fone Booth,Harb"),
        encoding="utf-8",
    )
    said = shell.run_import(path, "--mapping", "officernd")
    checked = shell("check", path, "--mapping", "officernd", "--json")
    book = openpyxl.load_workbook(tmp_path / "rooms.results.xlsx")
    page = book["Resources"]

    size = (
        "Resources row 4, column Size (People): '4.5' is not a whole number. Write it without "
        "decimals, such as 4."
    )
    assert size in said.err.splitlines()
    assert [
        (each["row"], each["column"], each["value"])
        for each in checked.json["problems"]
        if each["severity"] == "error"
    ] == [
        (4, "Size (People)", "4.5"),
        (8, "Resource Type *", "Fone Booth"),
    ]
    assert page["K4"].comment.text.endswith(
        "'4.5' is not a whole number. Write it without decimals, such as 4."
    )
    assert "Did you mean 'Phone Booth'?" in page["B8"].comment.text
    assert said.json["counts"] == counts(invalid=2, unsent=5)


def test_a_name_that_the_account_does_not_have_is_told_with_its_column(shell, tmp_path):
    """A location is looked up; the problem names the source's column."""
    path = tmp_path / "rooms.csv"
    text = (SAMPLES / "cobot.csv").read_text(encoding="utf-8")
    path.write_text(text.replace("Mill Yard", "Mill Jard"), encoding="utf-8")

    said = shell("plan", path, "--mapping", "cobot", "--limit", "none")

    assert [line for line in said.err.splitlines() if "Jard" in line] == [
        "Resources row 5, column space: 'Mill Jard' is no location of this account. Did you mean "
        "'Mill Yard' (1410010002)?"
    ]


def test_a_row_without_its_location_is_told_of_that_alone(shell, tmp_path):
    """The type it takes by default has namesakes elsewhere: they are no problem of the row's."""
    path = tmp_path / "rooms.csv"
    text = (SAMPLES / "cobot.csv").read_text(encoding="utf-8")
    path.write_text(text.replace("Mill Yard,Phone Booth", "Mill Jard,"), encoding="utf-8")

    said = shell("plan", path, "--mapping", "cobot", "--limit", "none")

    assert [line[:38] for line in said.err.splitlines() if line.startswith("Resources row")] == [
        "Resources row 5, column space: 'Mill J"
    ]


def test_a_default_name_is_looked_up_for_new_records_only(shell, sandbox, tmp_path):
    """A misspelt default is told of the rows that would be new, at the field it fills."""
    mapping = tmp_path / "site.toml"
    mapping.write_text(
        '[fields]\nBusinessName = "Site"\nName = "Room"\nGroupName = "Floor"\n'
        'ResourceTypeName = { default = "Metting Room" }\n'
        'SystemResourceType = { default = "MeetingRoom" }\nDisplayOrder = { count-by = 10 }\n'
        'CancellationFeeType = { default = "None" }\nVisible = { default = "No" }\n',
        encoding="utf-8",
    )
    path = tmp_path / "rooms.csv"
    path.write_text("Site,Room,Floor\nHarbour House,Room Anchor,4\nHarbour House,New,5\n", "utf-8")

    said = shell("import", path, "--mapping", mapping, "--yes", "--valid-rows-only", "--json")

    assert said.json["counts"] == counts(updated=1, blocked=1)
    assert [line for line in said.err.splitlines() if "Metting" in line] == [
        "Resources row 3, column ResourceTypeName: 'Metting Room' (given by the mapping site) is "
        "no type of this account. Did you mean 'Meeting Room' (1410020001)? "
        "To create it, add --create-missing types."
    ]
    anchor = next(each for each in sandbox.records() if each["Name"] == "Room Anchor")
    assert (anchor["GroupName"], anchor["Visible"], anchor["DisplayOrder"]) == ("4", True, 10)


def test_a_stopped_run_goes_on_without_its_mapping_and_its_file(shell, sandbox, tmp_path):
    """The journal keeps both as they were; the results are marked as if nothing had happened."""
    mapping = tmp_path / "mine.toml"
    shutil.copy(Path(SAMPLES.parent, "pipeline/mapping/profiles/officernd.toml"), mapping)
    path = sample("officernd.csv", tmp_path)
    stopped = shell.run_import(path, "--mapping", mapping, "--max-requests", 3)
    mapping.unlink()
    path.unlink()

    resumed = shell("resume", "--json", "--limit", "none")

    assert (stopped.code, resumed.code) == (3, 0)
    assert resumed.json["counts"] == counts(created=7)
    book = openpyxl.load_workbook(tmp_path / "officernd.results.xlsx")
    lines = list(book["Resources"].iter_rows(min_row=3, values_only=True))
    assert lines[0][-3:] == ("Status", "Message", "Id")
    assert [line[-3] for line in lines[1:]] == ["created"] * 7
    assert by_names(sandbox, OFFICERND) == OFFICERND


def test_another_mapping_is_another_plan(shell, sandbox, tmp_path):
    """The earlier run of the file is closed, as when the file itself was changed."""
    path = sample("officernd.csv", tmp_path)
    shell.run_import(path, "--mapping", "officernd", "--max-requests", 3)
    mapping = tmp_path / "mine.toml"
    text = Path(SAMPLES.parent, "pipeline/mapping/profiles/officernd.toml").read_text("utf-8")
    mapping.write_text(text.replace('GroupName = "Floor"\n', ""), encoding="utf-8")

    said = shell.run_import(path, "--mapping", mapping)

    assert (
        "The file is read with another mapping than then: it is planned anew, and that run is "
        "closed by this import."
    ) in said.err
    assert said.json["counts"] == counts(created=4, unchanged=3)


def test_the_journal_keeps_how_a_file_was_read(shell, tmp_path):
    """As JSON with the whole mapping; a file of our own needs no words."""
    shell.run_import(sample("cobot.csv", tmp_path), "--mapping", "cobot")
    shell.run_import(sample("rooms.xlsx", tmp_path))
    with closing(sqlite3.connect(tmp_path / "home" / "journal.sqlite")) as journal:
        kept = [text for (text,) in journal.execute("SELECT reading FROM run ORDER BY id")]

    assert '"source-id": "id"' in kept[0]
    assert kept[1] == "{}"


MERGED = "--create-missing" in [option for each in import_command.params for option in each.opts]


@pytest.mark.skipif(not MERGED, reason="needs import --create-missing, and links between rows")
def test_a_divisible_room_and_new_types(shell: Shell, sandbox: Sandbox, tmp_path: Path):
    """Parent and children block each other; a type that is not there is made first."""
    path = sample("officernd-new-types.csv", tmp_path)

    said = shell.run_import(path, "--mapping", "officernd", "--create-missing", "types")

    assert said.code == 0
    records = {each["Name"]: each for each in sandbox.records()}
    ids = {name: each["Id"] for name, each in records.items()}
    assert {name: set(records[name]["LinkedResources"]) for name in ids if "Loom Hall" in name} == {
        "Loom Hall": {ids["Loom Hall East"], ids["Loom Hall West"]},
        "Loom Hall East": {ids["Loom Hall"]},
        "Loom Hall West": {ids["Loom Hall"]},
    }
    assert [
        (
            records[name]["ResourceTypeName"],
            records[name]["SystemResourceType"],
            records[name]["BusinessId"],
        )
        for name in ("Desk W1", "Desk W2")
    ] == [("Dedicated Desk", 99, MILL)] * 2
