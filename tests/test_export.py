"""Exports from the command line against the sandbox (issue 4; contract, promises 1 and 5)."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flows import read_rows, writes
from python_calamine import CalamineWorkbook

from pipeline.entities import RESOURCE
from pipeline.sandbox import Sandbox
from pipeline.sandbox.seed import fill
from pipeline.sheets.columns import export_fields


def dump(sandbox: Sandbox) -> dict[int, dict[str, Any]]:
    """What the sandbox holds, by id, reduced to what is the same about equal values."""
    fields = [each for each in RESOURCE.fields if each.in_sheet and each.on_read]
    found = {}
    for record in sandbox.records():
        values = {each.name: each.kind.sameness(record[each.name]) for each in fields}
        values["TimeSlots"] = RESOURCE.by_name["TimeSlots"].kind.sameness(record["Timeslots"])
        found[record["Id"]] = values
    return found


def written(path: Path) -> dict[int, dict[str, Any]]:
    """What a workbook holds, read cell by cell, reduced likewise."""
    fields = [each for each in export_fields(RESOURCE) if each.name in RESOURCE.by_name]
    header, *rows = CalamineWorkbook.from_path(path).get_sheet_by_name("Resources").to_python()
    found = {}
    for row in rows:
        cells = dict(zip(header, row, strict=True))
        values = {}
        for each in fields:
            cell = cells[each.name]
            value = each.kind.empty if cell == "" else each.kind.read(cell)
            values[each.name] = each.kind.sameness(value)
        found[values["Id"]] = values
    return found


def listings(sandbox: Sandbox) -> list[str]:
    return [each.path for each in sandbox.requests if "orderBy=" in each.path]


def batches(sandbox: Sandbox) -> list[str]:
    return [each.path for each in sandbox.requests if "?id=" in each.path]


def test_three_thousand_resources_equal_the_account(shell, sandbox, tmp_path):
    """All fields of all records, in no more requests than pages, batches and ten others."""
    fill(sandbox, 2_994)
    sandbox.requests.clear()
    said = shell("export", "-o", tmp_path / "all.xlsx", "--json")

    assert said.code == 0
    assert len(sandbox.requests) <= 3_000 // 1_000 + 3_000 // 100 + 10
    assert len(batches(sandbox)) == 30
    assert sandbox.refused == 0
    assert writes(sandbox) == []
    assert (said.json["rows"], said.json["total_announced"]) == (3_000, 3_000)
    assert said.json["complete"] is True
    assert written(tmp_path / "all.xlsx") == dump(sandbox)


def test_records_that_move_while_they_are_exported(shell, sandbox, tmp_path):
    """Deleted, added and renamed meanwhile: each record once, in a state it had; all is told."""
    sandbox.max_size = 10
    rooms = fill(sandbox, 44)  # with the seed, 50
    first, second, late = rooms[0]["Id"], rooms[1]["Id"], rooms[-1]["Id"]
    before = dump(sandbox)
    seen = 0

    def meanwhile(path: str) -> None:
        nonlocal seen
        if "orderBy=" in path and "CreatedOn" not in path:
            seen += 1
            if seen == 3:
                sandbox.delete_record("Resource", first)
                sandbox.put_record("Resource", {"Id": 77, "Name": "New room"})
                sandbox.put_record("Resource", {"Id": second, "Name": "Renamed early"})
        elif "?id=" in path and not any(each["Name"] == "Late" for each in sandbox.records()):
            sandbox.put_record("Resource", {"Id": late, "Name": "Late"})
            sandbox.delete_record("Resource", second)

    sandbox.meanwhile = meanwhile
    said = shell("export", "-o", tmp_path / "all.xlsx", "--json", "--limit", "none")
    certificate = said.json["certificate"]
    found = written(tmp_path / "all.xlsx")

    assert said.code == 0
    assert found.keys() == dump(sandbox).keys() == before.keys() - {first, second} | {77}
    for number, values in found.items():
        assert values in (before.get(number), dump(sandbox)[number])
    assert certificate["added"] == [77]
    assert certificate["deleted"] == sorted([first, second])
    assert certificate["changed"] == [late]
    assert len(certificate["found_again"]) <= 2
    assert certificate["reread"] >= 1


def test_a_long_query_is_refused_once_and_then_never_again(shell, sandbox, tmp_path):
    """A service that takes fewer ids at a time is asked for fewer from then on."""
    fill(sandbox, 394)
    sandbox.max_query = 1_000
    said = shell("export", "-o", tmp_path / "all.xlsx", "--json", "--limit", "none")

    asked = [each for each in sandbox.requests if "?id=" in each.path]
    assert [each.status for each in asked] == [404, *[200] * 8]
    assert (said.json["rows"], said.json["complete"]) == (400, True)


def test_columns_that_a_listing_tells_need_no_more_requests(shell, sandbox, tmp_path):
    """Records are read whole only for their lists: names and numbers stand in the listing."""
    fill(sandbox, 294)
    said = shell(
        "export", "-o", tmp_path / "few.csv", "--columns", "Name,Allocation", "--limit", "none"
    )

    assert said.code == 0
    assert batches(sandbox) == []
    lines = (tmp_path / "few.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "Id,Name,Allocation"
    assert len(lines) == 301


def test_filters_columns_and_order(shell, sandbox, tmp_path):
    """What fits, in the columns and the order that were asked for; the certificate says so."""
    sandbox.put_record("Resource", {"Id": 1415383301, "Archived": True})
    said = shell(
        "export", "-o", tmp_path / "some.xlsx", "--json",
        "--where", "BusinessName=Harbour House", "--where", "Allocation>=6",
        "--archived", "no", "--columns", "Allocation", "--order-by", "-Allocation",
    )  # fmt: skip

    assert [tuple(row.values()) for row in read_rows(tmp_path / "some.xlsx")] == [
        (1415383302, 12),
        (1415383201, 8),
        (1415383202, 6),
    ]
    assert said.json["certificate"]["filters"] == [
        "BusinessName = Harbour House",
        "Allocation >= 6",
        "Archived = No",
    ]
    assert [each for each in listings(sandbox) if "Resource_Archived=false" in each]


def test_a_filter_the_service_ignores_still_filters(shell, sandbox, tmp_path):
    """What comes is looked at again, and the last line says that more was sent."""
    sandbox.ignore_filters = True
    said = shell("export", "-o", tmp_path / "some.csv", "--where", "Allocation>=12", "--json")

    assert (said.code, said.json["rows"], said.json["total_announced"]) == (0, 2, 6)
    assert said.json["certificate"]["left_out"] == 4
    assert (
        "The service sent records that do not fit the filters: it may not know them all."
        in said.json["certificate"]["notes"]
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--where", "Alocation>=4"], "Did you mean 'Allocation'?"),
        (["--columns", "Nmae"], "Did you mean 'Name'?"),
        (["--group", "Amenitis"], "Did you mean 'Amenities'?"),
        (["--columns", ","], "--columns: nothing is named. Leave it out to have all columns."),
        (["--group", ""], "--group: nothing is named. Leave it out to have all columns."),
        (["--order-by", "Tariffs"], "'Tariffs' is a list, and lists have no order."),
        (["--changes"], "--changes: which export is meant?"),
        (["--name", "a", "--since-last", "b"], "are two exports. Give one of them."),
        (["--report", "page.pdf"], "--report: 'page.pdf' does not end in .html."),
        (["--bom"], "--bom: 'out.xlsx' is not a .csv. Leave --bom out."),
    ],
)
def test_what_cannot_be_meant_is_told_before_any_request(shell, sandbox, tmp_path, words, sentence):
    """A wrong option is one message and exit code 2; nothing was asked, nothing written."""
    said = shell("export", "-o", tmp_path / "out.xlsx", *words)

    assert said.code == 2
    assert sentence in said.err
    assert sandbox.requests == []
    assert not (tmp_path / "out.xlsx").exists()


def test_an_existing_file_is_not_replaced_unasked(shell, sandbox, tmp_path):
    """Somebody may have edited it: only --overwrite replaces it."""
    path = tmp_path / "rooms.xlsx"
    path.write_text("edited for hours")
    said = shell("export", "-o", path)

    assert said.code == 2
    assert "exists already" in said.err
    assert path.read_text() == "edited for hours"
    assert shell("export", "-o", path, "--overwrite").code == 0
    assert len(read_rows(path)) == 6


def test_the_date_is_filled_in(shell, sandbox, skipping, tmp_path):
    """A nightly export has a new name each day without anybody's doing."""
    today = datetime.fromtimestamp(skipping.wall()).astimezone()
    said = shell("export", "-o", tmp_path / "rooms-{date}.csv")

    assert said.code == 0
    assert (tmp_path / f"rooms-{today:%Y-%m-%d}.csv").exists()


@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
def test_an_unedited_export_imports_without_a_change(shell, sandbox, tmp_path, ending):
    """Promise 5, in both formats, with every sign that a spreadsheet may take for a formula."""
    texts = ["=1+1", "+1", "-1", "@x", "'=x", "''", "NA", "007", " spaced ", "a\r\nb", "\tx", "\rx"]
    for number, text in enumerate(texts):
        sandbox.put_record(
            "Resource", {"Name": f"{text} {number}", "Description": text, "GroupName": text}
        )
    path = tmp_path / f"all{ending}"
    assert shell("export", "-o", path).code == 0
    before = sandbox.records()
    said = shell.run_import(path)

    assert said.json["counts"]["unchanged"] == len(before) == 18
    assert writes(sandbox) == []


def test_xlsx_csv_and_parquet_hold_the_same(shell, sandbox, tmp_path):
    """The same account in three formats is the same, value by value."""
    pyarrow = pytest.importorskip("pyarrow.parquet")
    fill(sandbox, 40)
    for ending in ("xlsx", "csv", "parquet"):
        assert shell("export", "-o", tmp_path / f"all.{ending}", "--limit", "none").code == 0
    book = read_rows(tmp_path / "all.xlsx")
    with (tmp_path / "all.csv").open(encoding="utf-8", newline="") as file:
        text = list(csv.DictReader(file))
    table = pyarrow.read_table(tmp_path / "all.parquet").to_pylist()

    assert len(book) == len(text) == len(table) == 46
    for from_book, from_text, from_table in zip(book, text, table, strict=True):
        for name, cell in from_book.items():
            kind = (RESOURCE.by_name.get(name) or RESOURCE.by_name["Name"]).kind
            value = None if cell is None else kind.read(cell)
            unguarded = from_text[name].removeprefix("'")
            assert value == (kind.read(unguarded) if unguarded else None), name
            assert kind.sameness(value) == kind.sameness(typed(kind.name, from_table[name])), name


def typed(kind: str, value: Any) -> Any:
    """Return a parquet's value as JSON has it."""
    if kind == "moment":
        return value and value.isoformat()
    if kind == "time slots":
        times = ("FromTime", "ToTime")
        return [{**each, **{key: f"1976-01-01T{each[key]}:00Z" for key in times}} for each in value]
    return RESOURCE.by_name["SystemResourceType"].kind.read(value) if kind == "choice" else value


def test_names_stand_beside_ids(shell, sandbox, tmp_path):
    """Plans, teams and linked resources by name; a list nobody uses is not asked for."""
    sandbox.put_record("Resource", {"Id": 1415384101, "LinkedResources": [1415384102, 1415383201]})
    said = shell(
        "export", "-o", tmp_path / "all.csv", "--where", "BusinessName=Mill Yard", "--limit", "none"
    )
    everything = shell("export", "-o", tmp_path / "all.xlsx", "--limit", "none")

    assert (said.code, everything.code) == (0, 0)
    with (tmp_path / "all.csv").open(encoding="utf-8", newline="") as file:
        mill = {row["Name"]: row for row in csv.DictReader(file)}
    rows = {row["Name"]: row for row in read_rows(tmp_path / "all.xlsx")}
    assert mill["Loom Room"]["LinkedResourceNames"] == "Booth Shuttle, Room Anchor"
    assert rows["Office 1"]["TariffNames"] == "Full Time, Team Room"
    assert rows["Office 1"]["TeamNames"] == "Blue Kite Studio"
    assert not [each for each in sandbox.requests if "bookingavailability" in each.path]


def test_names_that_may_not_be_listed_stay_blank(shell, sandbox, tmp_path, monkeypatch):
    """A login without the role for plans exports all the same, and is told."""
    sandbox.add_user(
        "desk@sandbox.example", "pw-of-desk-1", {"Resource-List", "Resource-Read", "Team-List"}
    )
    monkeypatch.setenv("NEXUDUS_USERNAME", "desk@sandbox.example")
    monkeypatch.setenv("NEXUDUS_PASSWORD", "pw-of-desk-1")
    said = shell("export", "-o", tmp_path / "all.xlsx")
    rows = {row["Name"]: row for row in read_rows(tmp_path / "all.xlsx")}

    assert said.code == 0
    assert (rows["Office 1"]["TariffNames"], rows["Office 1"]["TeamNames"]) == (
        None,
        "Blue Kite Studio",
    )
    assert "TariffNames is blank: plans cannot be listed." in said.err


def test_what_cannot_be_proved_complete_is_said(shell, sandbox, tmp_path):
    """A listing that never holds still: exit code 1, and the reason in the last line."""
    sandbox.max_size = 3
    names = iter(range(1_000))

    def meanwhile(path: str) -> None:
        if "page=2" in path:
            sandbox.put_record("Resource", {"Name": f"Room {next(names)}"})

    sandbox.meanwhile = meanwhile
    said = shell("export", "-o", tmp_path / "all.csv", "--limit", "none")

    assert said.code == 1
    last = said.out.splitlines()[-1]
    assert "INCOMPLETE. The listing did not settle:" in last
    assert (tmp_path / "all.csv").exists()


def test_json_keeps_the_contract(shell, sandbox, tmp_path):
    """One object with the promised keys, and nothing else on the standard output."""
    said = shell("export", "-o", tmp_path / "all.jsonl", "--json")

    found = json.loads(said.out)
    assert {key: found[key] for key in ("rows", "total_announced", "complete")} == {
        "rows": 6,
        "total_announced": 6,
        "complete": True,
    }
    assert found["requests"] == len(sandbox.requests)
    assert found["file"] == str(tmp_path / "all.jsonl")
    assert "invented-zoom" not in (tmp_path / "all.jsonl").read_text(encoding="utf-8")


def test_only_news_and_what_changed(shell, sandbox, tmp_path):
    """The first export of a name has all; the next one only news, and tells what is gone."""
    first = shell("export", "-o", tmp_path / "1.jsonl", "--since-last", "nightly", "--json")
    room, gone, same = 1415383201, 1415383301, 1415383302
    sandbox.put_record("Resource", {"Id": room, "Allocation": 9})
    sandbox.delete_record("Resource", gone)
    sandbox.put_record("Resource", {"Id": 77, "Name": "New room"})
    second = shell(
        "export", "-o", tmp_path / "2.xlsx", "--since-last", "nightly", "--changes", "--json"
    )
    third = shell("export", "-o", tmp_path / "3.jsonl", "--since-last", "nightly", "--json")

    assert (first.json["rows"], second.json["rows"], third.json["rows"]) == (6, 2, 0)
    assert {row["Id"] for row in read_rows(tmp_path / "2.xlsx")} == {room, 77}
    assert {key: second.json["changes"][key] for key in ("added", "changed", "removed")} == {
        "added": 1,
        "changed": 1,
        "removed": 1,
    }
    book = openpyxl.load_workbook(tmp_path / "2.xlsx")
    cells = [[cell.value for cell in row] for row in book["Changed"].iter_rows()]
    assert [room, "Harbour House", "Room Anchor", "Allocation", "8", "9"] in [
        [str(cell) if place > 3 else cell for place, cell in enumerate(row)] for row in cells
    ]
    assert same not in {row["Id"] for row in read_rows(tmp_path / "2.xlsx")}


def test_an_export_that_failed_is_not_remembered(shell, sandbox, tmp_path):
    """News are told until a file with them is in its place."""
    shell("export", "-o", tmp_path / "1.csv", "--since-last", "nightly")
    sandbox.put_record("Resource", {"Id": 77, "Name": "New room"})
    sandbox.add_fault("not-successful@GET*always+2")
    failed = shell("export", "-o", tmp_path / "2.csv", "--since-last", "nightly")
    sandbox.clear_faults()
    again = shell("export", "-o", tmp_path / "2.csv", "--since-last", "nightly", "--json")

    assert failed.code == 3
    assert again.json["rows"] == 1


def test_other_filters_under_the_same_name_are_refused(shell, sandbox, tmp_path):
    """What changed could not be told from what is filtered."""
    shell("export", "-o", tmp_path / "1.csv", "--name", "monthly")
    said = shell("export", "-o", tmp_path / "2.csv", "--name", "monthly", "--archived", "no")

    assert said.code == 2
    assert "Choose another name, or --restart to begin anew." in said.err


GROUPS = [each.name for each in RESOURCE.groups if each.name != "Changes to lists"]
LISTED = ["Tariffs", "Teams", "LinkedResources", "BookingAvailabilityExceptions", "TimeSlots"]


@pytest.mark.parametrize("words", [*(("--group", each) for each in GROUPS), ("--columns", "Name")])
def test_every_group_can_be_exported_and_imported_again(shell, sandbox, tmp_path, words):
    """Each group of columns, with what is needed to import it: nothing changes."""
    said = shell("export", "-o", tmp_path / "part.xlsx", *words, "--limit", "none")

    assert said.code == 0
    assert shell.run_import(tmp_path / "part.xlsx").json["counts"]["unchanged"] == 6


@pytest.mark.parametrize("ending", ["xlsx", "csv", "jsonl", "parquet"])
def test_every_list_can_be_a_column(shell, sandbox, tmp_path, ending):
    """Lists come from whole records, in every format."""
    said = shell("export", "-o", tmp_path / f"part.{ending}", "--columns", ",".join(LISTED))

    assert said.code == 0
    assert len(batches(sandbox)) == 1


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("BusinessName=Harbor House", "Did you mean 'Harbour House'?"),
        ("BusinessId=99", "'99' is no location of this account."),
        ("ResourceTypeName=Meeting Rom", "Did you mean 'Meeting Room'?"),
    ],
)
def test_a_place_or_type_that_is_none_is_refused(shell, sandbox, tmp_path, text, near):
    """An empty file that calls itself complete would be taken for the truth."""
    said = shell("export", "-o", tmp_path / "none.xlsx", "--where", text)

    assert said.code == 2
    assert near in said.err
    assert not (tmp_path / "none.xlsx").exists()


def test_a_filter_that_nothing_fits_says_so(shell, sandbox, tmp_path):
    """Nothing is a right answer too, but not one to be overlooked."""
    said = shell("export", "-o", tmp_path / "none.csv", "--where", "Allocation>=999")

    assert said.code == 0
    assert said.out.splitlines()[0] == "No resource fits the filters."


def test_edits_that_move_rows_through_a_filter_are_noticed(shell, sandbox, tmp_path):
    """One room archived and another taken back: the total is the same, no room is lost."""
    sandbox.max_size = 10
    rooms = [each["Id"] for each in fill(sandbox, 44)]
    sandbox.put_record("Resource", {"Id": rooms[-1], "Archived": True})
    seen = 0

    def meanwhile(path: str) -> None:
        nonlocal seen
        seen += "page=2" in path
        if "page=2" in path and seen == 1:
            sandbox.put_record("Resource", {"Id": rooms[0], "Archived": True})
            sandbox.put_record("Resource", {"Id": rooms[-1], "Archived": False})

    for each in sandbox.records():  # all are old
        sandbox.put_record("Resource", {**each, "CreatedOn": "2026-01-05T08:00:00Z"})
    sandbox.meanwhile = meanwhile
    said = shell(
        "export", "-o", tmp_path / "all.xlsx", "--archived", "no", "--limit", "none", "--json"
    )
    found = {row["Id"] for row in read_rows(tmp_path / "all.xlsx")}

    assert said.json["certificate"]["reread"] >= 1
    assert found >= {each["Id"] for each in sandbox.records() if not each["Archived"]}


def test_names_of_rooms_outside_a_filter_take_one_listing(shell, sandbox, tmp_path):
    """Sixty rooms that link to sixty others, and no request for each of them."""
    others = [each["Id"] for each in fill(sandbox, 60)]
    for number, other in enumerate(others):
        room = {"Name": f"Linked {number}", "GroupName": "Linked", "LinkedResources": [other]}
        sandbox.put_record("Resource", room)
    sandbox.requests.clear()
    said = shell(
        "export", "-o", tmp_path / "some.csv", "--where", "GroupName=Linked", "--limit", "none"
    )

    assert said.code == 0
    assert len(sandbox.requests) <= 8


def test_what_cannot_be_written_beside_is_told_again_next_time(shell, sandbox, tmp_path):
    """Changes count as told when the file that tells them is in its place, and not before."""
    shell("export", "-o", tmp_path / "1.csv", "--name", "monthly")
    sandbox.put_record("Resource", {"Id": 77, "Name": "New room"})
    blocked = tmp_path / "2.changes.csv"
    blocked.mkdir()
    words = ("export", "-o", tmp_path / "2.csv", "--name", "monthly", "--changes", "--overwrite")
    failed = shell(*words)
    blocked.rmdir()
    again = shell(*words, "--json")

    assert failed.code == 2
    assert again.json["changes"]["added"] == 1


def test_the_file_of_changes_is_not_replaced_unasked(shell, sandbox, tmp_path):
    """It may hold what was changed last month."""
    mine = tmp_path / "all.changes.csv"
    mine.write_text("mine")
    said = shell("export", "-o", tmp_path / "all.csv", "--name", "monthly", "--changes")

    assert (said.code, mine.read_text()) == (2, "mine")
    assert f"{mine}: exists already." in said.err


def test_changed_lists_are_told_by_name(shell, sandbox, tmp_path):
    """A person reads plans, not numbers."""
    shell("export", "-o", tmp_path / "1.csv", "--name", "monthly")
    sandbox.put_record("Resource", {"Id": 1415383202, "Tariffs": [1410030001]})
    said = shell("export", "-o", tmp_path / "2.csv", "--name", "monthly", "--changes")

    assert "0 added, 1 changed, 0 removed" in said.out
    lines = (tmp_path / "2.changes.csv").read_text(encoding="utf-8").splitlines()
    assert lines[1:] == [
        'changed,1415383202,Harbour House,Office 1,Tariffs,"Full Time, Team Room",Flex 5'
    ]


def test_the_first_export_of_a_name_says_so(shell, sandbox, tmp_path):
    """A misspelt name would otherwise pass for one without news."""
    shell("export", "-o", tmp_path / "1.csv", "--name", "monthly")
    said = shell("export", "-o", tmp_path / "2.csv", "--since-last", "montly")

    assert said.code == 0
    assert (
        "This is the first export named 'montly': there is nothing to compare with, and all "
        "resources are written. Other names: monthly."
    ) in said.err


def test_a_record_without_a_moment_of_change_is_news_once(shell, sandbox, tmp_path):
    """Where the service does not tell when a record changed, its content decides."""
    words = ("--since-last", "nightly", "--json")
    shell("export", "-o", tmp_path / "1.csv", *words)
    sandbox.ignore_filters = True  # else the service itself leaves it out
    sandbox.put_record("Resource", {"Id": 77, "Name": "Undated"})
    undated(sandbox, 77)
    second = shell("export", "-o", tmp_path / "2.csv", *words)
    third = shell("export", "-o", tmp_path / "3.csv", *words)

    assert (second.json["rows"], third.json["rows"]) == (1, 0)


def undated(sandbox: Sandbox, number: int) -> None:
    """Take the moment of its last change from a record."""
    store = sandbox._store
    store.put("Resource", {**store.get("Resource", number), "UpdatedOn": None})


@pytest.mark.parametrize("name", ["all-{dat}.csv", "all-{year}.csv", "{date}/all.csv"])
def test_braces_that_nothing_fills_in_are_refused(shell, sandbox, tmp_path, name):
    """They would be a name that works for one night."""
    said = shell("export", "-o", tmp_path / name)

    assert said.code == 2
    assert "is not filled in. {date} and {time} are, in the file's own name." in said.err


@pytest.mark.parametrize("ending", ["xlsx", "csv", "parquet", "jsonl"])
def test_strange_values_are_no_crash(shell, sandbox, tmp_path, ending):
    """What no document describes is told by its cell, or left blank."""
    strange = {
        "Tariffs": [{"Id": 3}],
        "Teams": 5,
        "Longitude": "abc",
        "CreatedOn": "0001-01-01T00:00:00+05:00",
        "Timeslots": [
            {"DayOfWeek": 300, "FromTime": "1976-01-01T09:00Z", "ToTime": "1976-01-01T10:00Z"}
        ],
    }
    sandbox.put_record("Resource", {"Name": "Strange", **strange})
    said = shell(
        "export", "-o", tmp_path / f"all.{ending}", "--order-by", "Longitude",
        "--report", tmp_path / "r.html", "--limit", "none",
    )  # fmt: skip

    assert said.code == 0, said.err
    assert "Traceback" not in said.err
