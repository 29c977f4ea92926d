"""An edited export imported later: only what was edited is written (contract, promises 3 and 5)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from flows import Said, Shell, by_name, counts, edit, read_rows, writes
from hypothesis import given
from hypothesis import strategies as st

from pipeline.entities import RESOURCE
from pipeline.prepared import check, prepare
from pipeline.report.results import write_results
from pipeline.runs.outcome import Outcome
from pipeline.runs.terms import Applied
from pipeline.sandbox import Sandbox
from pipeline.sheets.base import Edited, add_base, base_row, longest_kept, packed
from pipeline.sheets.cells import MAX_CELL_TEXT
from pipeline.sheets.columns import companion_fields

ANCHOR, OFFICE, BEACON, LOOM = "Room Anchor", "Office 1", "Room Beacon", "Loom Room"
LONG = "A room with a view. " * 20  # 400 characters
UNREADABLE = "Resources: the base of the export cannot be read; every cell counts as typed."


def somebody_else(sandbox: Sandbox, name: str, **fields: Any) -> None:
    """Change a record in the account behind the sheet's back."""
    sandbox.put_record("Resource", {"Id": by_name(sandbox)[name]["Id"], **fields})


def fields(sandbox: Sandbox, name: str, *names: str) -> dict[str, Any]:
    return {each: by_name(sandbox)[name][each] for each in names}


def warnings(said: Said) -> list[str]:
    start = "warning: "
    return [line.removeprefix(start) for line in said.err.splitlines() if line.startswith(start)]


def rewrite(path: Path, change: Callable[[openpyxl.Workbook], object]) -> Path:
    """Change a workbook as a person would who knows its hidden sheets."""
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    return path


@pytest.fixture
def export(shell: Shell, sandbox: Sandbox, tmp_path: Path) -> Path:
    """A fresh export of the seeded account, its requests forgotten."""
    path = tmp_path / "export.xlsx"
    assert shell("export", "-o", path).code == 0
    sandbox.requests.clear()
    return path


def test_an_edited_export_leaves_what_somebody_else_changed(shell, sandbox, export):
    """Edited on Monday, imported on Friday: what others did meanwhile stays, and is said."""
    edit(export, export, {ANCHOR: {"Allocation": 12}})
    somebody_else(sandbox, ANCHOR, GroupName="First floor", DisplayOrder=90)
    somebody_else(sandbox, BEACON, Allocation=15)

    said = shell.run_import(export)

    assert (said.code, said.json["counts"]) == (0, counts(updated=1, unchanged=5))
    assert fields(sandbox, ANCHOR, "Allocation", "GroupName", "DisplayOrder") == {
        "Allocation": 12,
        "GroupName": "First floor",
        "DisplayOrder": 90,
    }
    assert by_name(sandbox)[BEACON]["Allocation"] == 15
    assert warnings(said) == [
        "Resources row 2, column DisplayOrder: was changed in the account since the export, to "
        "'90'; it is left as it is. To write '10' anyway, import with --ignore-base, "
        "which writes every cell that differs: look at its plan first.",
        "Resources row 4, column Allocation: was changed in the account since the export, to "
        "'15'; it is left as it is. To write '14' anyway, import with --ignore-base, "
        "which writes every cell that differs: look at its plan first.",
    ]


def test_an_unedited_export_changes_nothing_whatever_happened_since(shell, sandbox, export):
    """Values of every kind change in the account, one to blank, and nothing is written."""
    somebody_else(
        sandbox,
        OFFICE,
        Allocation=None,
        Description="Two lines,\r\nnew ones.",
        Visible=False,
        SystemResourceType=1,
        Tariffs=[1410030003],
        TimeSlots=[{"DayOfWeek": 1, "FromTime": "09:00:00", "ToTime": "10:00:00"}],
        LastCleanedAt="2026-11-01T10:00:00Z",
        Longitude=1.5,
        ResourceTypeId=1410020001,
    )
    before = by_name(sandbox)

    said = shell.run_import(export)

    assert (said.code, said.json["counts"]) == (0, counts(unchanged=6))
    assert writes(sandbox) == []
    assert by_name(sandbox) == before
    assert warnings(said) == [
        f"Resources row 3, column {column}: was changed in the account since the export, to "
        f"{now}; it is left as it is. To write '{then}' anyway, import with --ignore-base, "
        "which writes every cell that differs: look at its plan first."
        for column, now, then in (
            ("SystemResourceType", "'MeetingRoom'", "PrivateOffice"),
            ("ResourceTypeId", "'1410020001'", "1410020004"),
            ("Visible", "'No'", "Yes"),
            ("Allocation", "blank", "6"),
            ("Tariffs", "'1410030003'", "1410030003, 1410030004"),
            ("Longitude", "'1.5'", "0"),
        )
    ]


def test_ignore_base_writes_whatever_differs(shell, sandbox, export):
    """With --ignore-base an export counts as typed, cell by cell, in plan and in import."""
    somebody_else(sandbox, BEACON, Allocation=15)

    planned = shell("plan", export, "--ignore-base", "--json")
    said = shell.run_import(export, "--ignore-base")

    assert (planned.json["update"], warnings(planned)) == (1, [])
    assert (said.code, said.json["counts"]) == (0, counts(updated=1, unchanged=5))
    assert by_name(sandbox)[BEACON]["Allocation"] == 14
    assert warnings(said) == []


def test_what_both_changed_is_said_and_written(shell, sandbox, export):
    """The sheet's value is written; the plan shows it, and what somebody else had written."""
    edit(
        export,
        export,
        {ANCHOR: {"Allocation": 12, "GroupName": "Quay"}, OFFICE: {"Allocation": "<clear>"}},
    )
    somebody_else(sandbox, ANCHOR, Allocation=9, GroupName="First floor")
    somebody_else(sandbox, OFFICE, Allocation=7)

    said = shell("plan", export)

    assert warnings(said) == [
        "Resources row 2, column GroupName: was edited here, and changed in the account since the "
        "export, from blank to 'First floor'; 'Quay' replaces that. To keep what the account has, "
        "leave the cell blank.",
        "Resources row 2, column Allocation: was edited here, and changed in the account since "
        "the export, from '8' to '9'; '12' replaces that. To keep what the account has, leave the "
        "cell blank.",
        "Resources row 3, column Allocation: was edited here, and changed in the account since "
        "the export, from '6' to '7'; blank replaces that. To keep what the account has, leave "
        "the cell blank.",
    ]
    assert "    Allocation: '9' → '12'" in said.out.splitlines()
    assert shell.run_import(export).json["counts"] == counts(updated=2, unchanged=4)
    assert fields(sandbox, ANCHOR, "Allocation", "GroupName") == {
        "Allocation": 12,
        "GroupName": "Quay",
    }


def test_both_made_the_same_change(shell, sandbox, export):
    """An edit that the account has already is unchanged, without a word."""
    edit(export, export, {ANCHOR: {"Allocation": 9}})
    somebody_else(sandbox, ANCHOR, Allocation=9)

    said = shell.run_import(export)

    assert (said.json["counts"], warnings(said)) == (counts(unchanged=6), [])


def test_an_edit_of_a_record_that_stood_still_needs_no_word(shell, sandbox, export):
    """Only what was changed since is said: an edit alone is shown by the plan."""
    edit(export, export, {ANCHOR: {"Allocation": 12, "Tariffs": "Full Time"}})

    said = shell("plan", export, "--json")

    assert (said.json["update"], warnings(said)) == (1, [])


def test_of_a_long_text_only_the_change_is_known(shell, sandbox, export, tmp_path):
    """A long text is kept as a digest: untouched it is left, and its old words are not told."""
    somebody_else(sandbox, ANCHOR, Description=LONG)
    somebody_else(sandbox, BEACON, Description=LONG)
    somebody_else(sandbox, LOOM, Description=LONG)
    path = tmp_path / "long.xlsx"
    assert shell("export", "-o", path).code == 0
    edit(path, path, {ANCHOR: {"Description": "Mine"}, LOOM: {"Description": "Mine"}})
    somebody_else(sandbox, ANCHOR, Description=f"{LONG}Really.")
    somebody_else(sandbox, BEACON, Description="Short")
    somebody_else(sandbox, LOOM, Allocation=11)

    said = shell("plan", path)

    quoted = f"'{LONG[:59]}…'"
    assert warnings(said) == [
        "Resources row 2, column Description: was edited here, and changed in the account since "
        f"the export, to {quoted}; 'Mine' replaces that. To keep what the account has, leave the "
        "cell blank.",
        "Resources row 4, column Description: was changed in the account since the export, to "
        f"'Short'; it is left as it is. To write {quoted} anyway, import with --ignore-base, "
        "which writes every cell that differs: look at its plan first.",
        "Resources row 6, column Allocation: was changed in the account since the export, to "
        "'11'; it is left as it is. To write '10' anyway, import with --ignore-base, "
        "which writes every cell that differs: look at its plan first.",
    ]


def test_a_moment_comes_back_from_a_workbook_as_it_was(shell, sandbox, tmp_path):
    """A workbook keeps a fraction of a day: reading it back is no edit."""
    somebody_else(sandbox, ANCHOR, LastCleanedAt="2026-11-01T10:07:59.123Z")
    path = tmp_path / "moments.xlsx"
    assert shell("export", "-o", path).code == 0
    for saved in (path, rewrite(tmp_path / "moments.xlsx", lambda book: None)):
        somebody_else(sandbox, ANCHOR, LastCleanedAt="2026-12-01T10:00:00Z")

        said = shell("plan", saved, "--json")

        assert said.json["update"] == 0
        assert warnings(said) == [
            "Resources row 2, column LastCleanedAt: was changed in the account since the export, "
            "to '2026-12-01 10:00:00'; it is left as it is. To write '2026-11-01 10:07:59' "
            "anyway, import with --ignore-base, "
            "which writes every cell that differs: look at its plan first."
        ]


def test_many_cells_of_a_column_are_named_once(shell, sandbox, export):
    """More than five cells of a column that somebody else changed make one line."""
    for name in by_name(sandbox):
        somebody_else(sandbox, name, DisplayOrder=99)

    said = shell("plan", export)

    assert warnings(said) == [
        "Resources, column DisplayOrder: was changed in the account since the export for 6 rows "
        "(first: row 2); what the account has is left as it is. To write what the cells say "
        "anyway, import with --ignore-base, "
        "which writes every cell that differs: look at its plan first."
    ]


def test_results_edited_back_to_what_was_exported_are_written(shell, sandbox, export, tmp_path):
    """What an import wrote is no longer as exported: setting it back is an edit, now and later."""
    edit(export, export, {ANCHOR: {"Allocation": 12}})
    assert shell.run_import(export).json["counts"] == counts(updated=1, unchanged=5)
    results = tmp_path / "export.results.xlsx"
    assert shell.run_import(results).json["counts"] == counts(unchanged=6)
    rewrite(results, lambda book: book["Resources"].delete_cols(_column(book, "Status")))
    edit(results, results, {ANCHOR: {"Allocation": 8}})
    somebody_else(sandbox, BEACON, Allocation=15)

    said = shell.run_import(results)

    assert (said.code, said.json["counts"]) == (0, counts(updated=1, unchanged=5))
    assert fields(sandbox, ANCHOR, "Allocation") == {"Allocation": 8}
    assert fields(sandbox, BEACON, "Allocation") == {"Allocation": 15}, "its base still holds"


def test_the_export_itself_edited_back_needs_ignore_base(shell, sandbox, export):
    """In the file as exported nobody can see a cell that says what it said: that is told."""
    edit(export, export, {ANCHOR: {"Allocation": 12}})
    shell.run_import(export)
    edit(export, export, {ANCHOR: {"Allocation": 8}})

    said = shell.run_import(export)

    assert said.json["counts"] == counts(unchanged=6)
    assert warnings(said) == [
        "Resources row 2, column Allocation: was changed in the account since the export, to "
        "'12'; it is left as it is. To write '8' anyway, import with --ignore-base, "
        "which writes every cell that differs: look at its plan first."
    ]
    assert shell.run_import(export, "--ignore-base").json["counts"] == counts(
        updated=1, unchanged=5
    )
    assert by_name(sandbox)[ANCHOR]["Allocation"] == 8


def test_the_base_of_a_resumed_run_loses_what_all_of_it_wrote(shell, sandbox, export, tmp_path):
    """Stopped and resumed, the results know of every record that was written."""
    edit(export, export, {ANCHOR: {"Allocation": 12}, BEACON: {"Allocation": 15}})
    assert shell.run_import(export, "--max-requests", 1).code == 3
    export.unlink()
    assert shell("resume", "--limit", "none").code == 0
    results = tmp_path / "export.results.xlsx"
    edit(results, results, {ANCHOR: {"Allocation": 8}, BEACON: {"Allocation": 14}})

    said = shell.run_import(results)

    assert said.json["counts"] == counts(updated=2, unchanged=4)
    assert (by_name(sandbox)[ANCHOR]["Allocation"], by_name(sandbox)[BEACON]["Allocation"]) == (
        8,
        14,
    )


def test_results_leave_what_others_changed_in_rows_that_were_written(
    shell, sandbox, export, tmp_path
):
    """A written row keeps its base: imported again, nothing of it is sent; others' changes stay."""
    edit(export, export, {ANCHOR: {"Allocation": 12}})
    somebody_else(sandbox, ANCHOR, GroupName="First floor", DisplayOrder=90)
    assert shell.run_import(export).json["counts"] == counts(updated=1, unchanged=5)
    results = tmp_path / "export.results.xlsx"
    sandbox.requests.clear()

    again = shell.run_import(results)

    assert (again.json["counts"], writes(sandbox)) == (counts(unchanged=6), [])
    edit(results, results, {ANCHOR: {"Allocation": 8}})
    assert shell.run_import(results).json["counts"] == counts(updated=1, unchanged=5)
    assert fields(sandbox, ANCHOR, "Allocation", "GroupName", "DisplayOrder") == {
        "Allocation": 8,
        "GroupName": "First floor",
        "DisplayOrder": 90,
    }


def test_results_of_an_edit_the_account_had_already_know_of_it(shell, sandbox, export, tmp_path):
    """An unchanged row whose cell was edited holds what the account has: set back, it is sent."""
    edit(export, export, {ANCHOR: {"Allocation": 9}})
    somebody_else(sandbox, ANCHOR, Allocation=9)
    assert shell.run_import(export).json["counts"] == counts(unchanged=6)
    results = tmp_path / "export.results.xlsx"
    edit(results, results, {ANCHOR: {"Allocation": 8}})

    said = shell.run_import(results)

    assert (said.json["counts"], warnings(said)) == (counts(updated=1, unchanged=5), [])
    assert fields(sandbox, ANCHOR, "Allocation") == {"Allocation": 8}


def test_a_delete_of_what_others_changed_since_is_said(shell, sandbox, export):
    """Deleting loses what somebody else has written meanwhile: the plan says what that is."""

    def delete(book: openpyxl.Workbook) -> None:
        sheet = book["Resources"]
        sheet.cell(1, sheet.max_column + 1).value = "Action"
        for row in (2, 4):
            sheet.cell(row, sheet.max_column).value = "delete"

    rewrite(export, delete)
    somebody_else(sandbox, ANCHOR, Allocation=9, Visible=False)

    said = shell("plan", export, "--allow-delete")

    assert warnings(said) == [
        "Resources row 2, column Action: 'Room Anchor' is deleted, and was changed in the account "
        "since the export: Visible, Allocation. To keep it, clear the cell."
    ]


def test_a_row_that_was_skipped_keeps_its_edits(shell, sandbox, export, tmp_path):
    """Action skip wrote nothing: once it is taken away, the edit is one still."""

    def skip(book: openpyxl.Workbook) -> None:
        sheet = book["Resources"]
        sheet.cell(1, sheet.max_column + 1).value = "Action"
        sheet.cell(2, sheet.max_column).value = "skip"

    rewrite(edit(export, export, {ANCHOR: {"Allocation": 12}}), skip)
    assert shell.run_import(export).json["counts"] == counts(unchanged=6)
    results = tmp_path / "export.results.xlsx"
    edit(results, results, {ANCHOR: {"Action": None}})

    assert shell.run_import(results).json["counts"] == counts(updated=1, unchanged=5)


def _add_flex(book: openpyxl.Workbook) -> None:
    sheet = book["Resources"]
    sheet.cell(1, sheet.max_column + 1).value = "AddedTariffs"
    sheet.cell(3, sheet.max_column).value = "Flex 5"


def _cells(name: str, **cells: object) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        rows = {row[_column(book, "Name") - 1].value: row for row in book["Resources"].rows}
        for column, value in cells.items():
            rows[name][_column(book, column) - 1].value = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        _cells(ANCHOR, ResourceTypeName="Boardroom"),
        _cells(ANCHOR, ResourceTypeId=1410020002),
        _cells(ANCHOR, ResourceTypeId="Boardroom"),
        _cells(LOOM, Tariffs="full time"),
        _cells(ANCHOR, CancellationFeeProductId="<clear>"),
        _cells(ANCHOR, Allocation="<clear>", Description=LONG, Visible="no"),
        _add_flex,
    ],
)
def test_results_say_nothing_of_what_the_import_itself_wrote(shell, sandbox, tmp_path, change):
    """Ids changed by names, lists by what is added, cells cleared: unchanged, without a word."""
    somebody_else(sandbox, ANCHOR, CancellationFeeProductId=1410050001)
    path = tmp_path / "export.xlsx"
    assert shell("export", "-o", path).code == 0
    rewrite(path, change)
    assert shell.run_import(path).json["counts"] == counts(updated=1, unchanged=5)
    written = by_name(sandbox)

    again = shell.run_import(tmp_path / "export.results.xlsx")

    assert (again.json["counts"], warnings(again)) == (counts(unchanged=6), [])
    assert by_name(sandbox) == written


def test_a_type_set_back_by_its_name_in_the_results_is_written(shell, sandbox, export, tmp_path):
    """The id beside it still shows the export's type, and no word is said of its being changed."""
    rewrite(export, _cells(ANCHOR, ResourceTypeName="Boardroom"))
    assert shell.run_import(export).json["counts"] == counts(updated=1, unchanged=5)
    results = tmp_path / "export.results.xlsx"
    rewrite(results, _cells(ANCHOR, ResourceTypeName="Meeting Room"))

    said = shell.run_import(results)

    assert (said.json["counts"], warnings(said)) == (counts(updated=1, unchanged=5), [])
    assert fields(sandbox, ANCHOR, "ResourceTypeId") == {"ResourceTypeId": 1410020001}


def test_edits_in_doubt_are_asked_for_again(shell, sandbox, export, tmp_path):
    """What was sent without an answer is typed in the results, and so is what was exported."""
    prepared = prepare(edit(export, export, {ANCHOR: {"Allocation": 12}}), RESOURCE)
    anchor = by_name(sandbox)[ANCHOR]["Id"]
    results = tmp_path / "export.results.xlsx"
    write_results(prepared, (), Applied((Outcome(2, "in_doubt", record_id=anchor),)), results)
    somebody_else(sandbox, ANCHOR, Allocation=12)

    for cell, found in ((12, counts(unchanged=6)), (8, counts(updated=1, unchanged=5))):
        edit(results, results, {ANCHOR: {"Allocation": cell}})
        said = shell.run_import(results)
        assert (said.json["counts"], warnings(said)) == (found, [])
        assert fields(sandbox, ANCHOR, "Allocation") == {"Allocation": cell}


def test_a_base_of_long_texts_stays_within_a_cell():
    """What was edited is kept by digests where a whole row of it would not fit."""
    few = Edited(2, [None] * 95, {4: "\x01" * 200}).text()
    many = Edited(2, [None] * 95, dict.fromkeys(range(94), "\x01" * 200)).text()

    assert json.loads(few) == [None] * 4 + ["\x01" * 200] + [None] * 90
    assert json.loads(many) == [{"sha256": "V4CvPjHV"}] * 94 + [None]


def test_the_results_of_an_export_say_what_was_left(shell, sandbox, export, tmp_path):
    """Status and Message stand beside the row of which nothing is sent."""
    somebody_else(sandbox, BEACON, Allocation=15)

    shell.run_import(export)

    row = read_rows(tmp_path / "export.results.xlsx")[2]
    assert (row["Status"], row["Message"]) == (
        "unchanged",
        "Allocation: was changed in the account since the export, to '15'; it is left as it is. "
        "To write '14' anyway, import with --ignore-base, "
        "which writes every cell that differs: look at its plan first.",
    )


def _column(book: openpyxl.Workbook, name: str) -> int:
    return [cell.value for cell in book["Resources"][1]].index(name) + 1


def _lines(book: openpyxl.Workbook) -> list[tuple[Any, ...]]:
    return list(book["Resources"].iter_rows(values_only=True))


def _replace(book: openpyxl.Workbook, lines: Sequence[Sequence[Any]]) -> None:
    sheet = book["Resources"]
    sheet.delete_rows(1, sheet.max_row)
    for line in lines:
        sheet.append(list(line))


def _sort_rows(book: openpyxl.Workbook) -> None:
    head, *lines = _lines(book)
    _replace(book, [head, *reversed(lines)])


def _turn_columns(book: openpyxl.Workbook) -> None:
    _replace(book, [line[::-1] for line in _lines(book)])


def _drop_rows(book: openpyxl.Workbook) -> None:
    keep = (None, "Name", BEACON)
    place = _column(book, "Name") - 1
    _replace(book, [line for line in _lines(book) if line[place] in keep])


def _drop_columns(book: openpyxl.Workbook) -> None:
    book["Resources"].delete_cols(_column(book, "GroupName"), 3)


def _add_titles(book: openpyxl.Workbook) -> None:
    book["Resources"].insert_rows(1, 3)


@pytest.mark.parametrize(
    "change", [_sort_rows, _turn_columns, _drop_rows, _drop_columns, _add_titles]
)
def test_rows_and_columns_may_move(shell, sandbox, export, change):
    """A row is found by its Id and a cell by its column's name, wherever they stand."""
    rewrite(export, change)
    somebody_else(sandbox, BEACON, Allocation=15)

    said = shell("plan", export, "--json")

    assert (said.json["update"], said.json["create"]) == (0, 0)
    assert [each.partition(" row ")[2][1:] for each in warnings(said)] == [
        ", column Allocation: was changed in the account since the export, to '15'; it is left "
        "as it is. To write '14' anyway, import with --ignore-base, "
        "which writes every cell that differs: look at its plan first."
    ]


def test_rows_without_an_id_are_new(shell, sandbox, export):
    """A row copied in the export, without its Id, creates what it says."""

    def copy_row(book: openpyxl.Workbook) -> None:
        head, line, *_ = _lines(book)
        values = {**dict(zip(head, line, strict=True)), "Id": None, "Name": "Room Twin"}
        book["Resources"].append([values[name] for name in head])

    rewrite(export, copy_row)
    somebody_else(sandbox, ANCHOR, Allocation=9)

    said = shell.run_import(export)

    assert said.json["counts"] == counts(created=1, unchanged=6)
    assert fields(sandbox, "Room Twin", "Allocation") == {"Allocation": 8}


def test_a_copied_row_of_the_results_has_no_edited_read_only_cells(
    shell, sandbox, export, tmp_path
):
    """What was copied with the row is nobody's typing, once there is a record; other texts are."""

    def copy_row(book: openpyxl.Workbook) -> None:
        head, line, *_ = _lines(book)
        values = {**dict(zip(head, line, strict=True)), "Id": None, "Name": "Room Twin"}
        book["Resources"].append([values[name] for name in head])

    rewrite(export, copy_row)
    assert shell.run_import(export).json["counts"] == counts(created=1, unchanged=6)
    results = tmp_path / "export.results.xlsx"

    again = shell("plan", results)
    edit(results, results, {"Room Twin": {"UniqueId": "mine"}})
    edited = shell("plan", results)

    assert again.err.splitlines() == [
        "Resources: 1 row is not in this export's base: its cells count as typed."
    ]
    assert warnings(edited) == [
        "Resources, column UniqueId: is read-only: what was edited in 1 cell is left out "
        "(first: row 8, 'mine'). Only the service sets it."
    ]


def test_names_for_ids_are_no_edit_unless_they_name_others(shell, sandbox, export):
    """Plans written by name are what they were; a type is changed by its name alone."""
    edit(
        export,
        export,
        {
            OFFICE: {"Tariffs": "Team Room; Full Time"},
            ANCHOR: {"ResourceTypeName": "Boardroom"},
            BEACON: {"ResourceTypeId": "Meeting Room"},
        },
    )
    somebody_else(sandbox, OFFICE, Tariffs=[1410030001])

    said = shell.run_import(export)

    assert said.json["counts"] == counts(updated=2, unchanged=4)
    assert by_name(sandbox)[OFFICE]["Tariffs"] == [1410030001]
    assert by_name(sandbox)[ANCHOR]["ResourceTypeId"] == 1410020002
    assert by_name(sandbox)[BEACON]["ResourceTypeId"] == 1410020001
    assert warnings(said) == [
        "Resources row 3, column Tariffs: was changed in the account since the export, to "
        "'1410030001'; it is left as it is. To write '1410030004, 1410030003' anyway, import with "
        "--ignore-base, which writes every cell that differs: look at its plan first."
    ]


def test_a_list_may_be_added_to_beside_what_was_exported(shell, sandbox, export):
    """The untouched Tariffs are no wish, so AddedTariffs adds to what the account has now."""

    def add(book: openpyxl.Workbook) -> None:
        sheet = book["Resources"]
        sheet.cell(1, sheet.max_column + 1).value = "AddedTariffs"
        sheet.cell(3, sheet.max_column).value = "Flex 5"

    rewrite(export, add)
    somebody_else(sandbox, OFFICE, Tariffs=[1410030004])

    said = shell.run_import(export)

    assert said.json["counts"] == counts(updated=1, unchanged=5)
    assert sorted(by_name(sandbox)[OFFICE]["Tariffs"]) == [1410030001, 1410030004]
    assert warnings(said) == []


def test_times_on_a_sheet_of_their_own_are_asked_for(shell, sandbox, export):
    """A second sheet that somebody adds to an export counts: the export wrote no such sheet."""

    def add(book: openpyxl.Workbook) -> None:
        book["Resources"].cell(2, _column(book, "TimeSlots")).value = None
        sheet = book.create_sheet("TimeSlots")
        sheet.append(["Row", "DayOfWeek", "FromTime", "ToTime"])
        for row in (2, 3):
            sheet.append([row, "Monday", "08:00", "12:00"])

    rewrite(export, add)

    said = shell.run_import(export)

    assert said.json["counts"] == counts(updated=2, unchanged=4)
    assert [
        (each["DayOfWeek"], each["FromTime"][11:16], each["ToTime"][11:16])
        for name in (ANCHOR, OFFICE)
        for each in by_name(sandbox)[name]["Timeslots"]
    ] == [(1, "08:00", "12:00")] * 2


def test_times_on_a_sheet_of_their_own_need_no_column(shell, sandbox, export):
    """Without the column TimeSlots the added sheet is all that tells of the times."""

    def add(book: openpyxl.Workbook) -> None:
        book["Resources"].delete_cols(_column(book, "TimeSlots"))
        sheet = book.create_sheet("TimeSlots")
        sheet.append(["Row", "DayOfWeek", "FromTime", "ToTime"])
        sheet.append([2, "Monday", "08:00", "12:00"])

    rewrite(export, add)

    assert shell.run_import(export).json["counts"] == counts(updated=1, unchanged=5)
    assert [
        (each["DayOfWeek"], each["FromTime"][11:16], each["ToTime"][11:16])
        for each in by_name(sandbox)[ANCHOR]["Timeslots"]
    ] == [(1, "08:00", "12:00")]


def test_a_base_with_absurd_numbers_is_still_a_base(shell, sandbox, export):
    """What was kept is compared, and what cannot be meant is no error."""

    def swell(book: openpyxl.Workbook) -> None:
        cell = book["Base"]["C4"]
        cell.value = cell.value.replace(",14,", f",{'9' * 400},").replace(",0.0,", ",NaN,")

    rewrite(export, swell)
    somebody_else(sandbox, BEACON, Allocation=15)

    said = shell("plan", export)

    assert (said.code, warnings(said)) == (0, [])
    assert "    Allocation: '15' → '14'" in said.out.splitlines()


def test_blanks_and_markers_ask_for_nothing(shell, sandbox, export):
    """A cell that was emptied, or says that the value is kept, leaves what the account has."""
    edit(export, export, {ANCHOR: {"Allocation": None, "Visible": "<kept as it is: no matter>"}})
    somebody_else(sandbox, ANCHOR, Allocation=9, Visible=False)

    said = shell.run_import(export)

    assert (said.json["counts"], warnings(said)) == (
        counts(unchanged=6),
        [
            "Resources, column Allocation: 1 cell was emptied since the export (first: row 2); a "
            "blank leaves the value. Write <clear> to empty it."
        ],
    )


def test_emptied_cells_are_said_once_a_column(shell, sandbox, tmp_path):
    """Not those instead of which another cell is filled, nor those of which nothing is sent."""
    somebody_else(sandbox, ANCHOR, CancellationFeeProductId=1410050001)
    path = tmp_path / "export.xlsx"
    assert shell("export", "-o", path).code == 0
    rewrite(path, _add_flex)
    edit(
        path,
        path,
        {
            ANCHOR: {"CancellationFeeProductName": None, "DisplayOrder": None, "UniqueId": None},
            OFFICE: {"Tariffs": None, "DisplayOrder": None, "TariffNames": None},
            BEACON: {"ResourceTypeId": None, "ResourceTypeName": "Boardroom (Mill Yard)"},
        },
    )

    assert [str(each) for each in prepare(path, RESOURCE).problems] == [
        "Resources, column DisplayOrder: 2 cells were emptied since the export (first: row 2); a "
        "blank leaves the value.",
        "Resources, column CancellationFeeProductName: 1 cell was emptied since the export (first: "
        "row 2); a blank leaves the value. Write <clear> under CancellationFeeProductId to empty "
        "it.",
    ]


def test_a_name_is_not_cleared(shell, sandbox, tmp_path):
    """Only the id beside it is: <clear> under the name would be lost without a word."""
    somebody_else(sandbox, ANCHOR, CancellationFeeProductId=1410050001)
    path = tmp_path / "export.xlsx"
    assert shell("export", "-o", path).code == 0
    edit(path, path, {ANCHOR: {"CancellationFeeProductName": "<clear>"}})

    assert [str(each) for each in prepare(path, RESOURCE).problems] == [
        "Resources row 2, column CancellationFeeProductName: '<clear>' is not possible here: the "
        "name is only looked up. Write <clear> under CancellationFeeProductId."
    ]


def test_read_only_cells_are_named_only_if_they_were_edited(shell, sandbox, export):
    """What the service has set anew is no edit; what was typed over it is."""
    edit(export, export, {BEACON: {"UniqueId": "mine"}})
    somebody_else(
        sandbox, ANCHOR, UniqueId="another", SystemId="another", UpdatedBy="ann@x.example"
    )

    said = shell("plan", export)

    assert warnings(said) == [
        "Resources, column UniqueId: is read-only: what was edited in 1 cell is left out "
        "(first: row 4, 'mine'). Only the service sets it."
    ]


def test_a_record_deleted_since_matters_only_where_it_was_edited(shell, sandbox, export):
    """An unedited row of a deleted record keeps nobody from importing the others."""
    edit(export, export, {ANCHOR: {"Allocation": 12}})
    sandbox.delete_record("Resource", by_name(sandbox)[BEACON]["Id"])

    said = shell.run_import(export)

    assert (said.code, said.json["counts"]) == (0, counts(updated=1, unchanged=5))
    assert warnings(said) == [
        "Resources row 4, column Id: no resource has Id '1415383301' any more: it was deleted "
        "since the export. Nothing was edited in the row, so nothing is sent."
    ]
    edit(export, export, {BEACON: {"Allocation": 15}})
    assert shell.run_import(export).json["counts"] == counts(unchanged=5, blocked=1)


def test_rules_see_what_the_rows_show(shell, export):
    """Offline, an edit is judged beside cells that nobody edited; those alone are not judged."""
    edit(export, export, {ANCHOR: {"MaxBookingLength": 15}})

    assert [str(each) for each in check(prepare(export, RESOURCE))] == [
        "Resources row 2, column MinBookingLength: '30' is more than MaxBookingLength, '15'. "
        "Make it smaller, or MaxBookingLength larger."
    ]


def _set(cell: str, value: object) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        book["Base"][cell].value = value

    return change


def _foreign(book: openpyxl.Workbook) -> None:
    book["Base"].delete_rows(1, book["Base"].max_row)
    book["Base"]["A1"] = "Rents by floor"


def _version(book: openpyxl.Workbook) -> None:
    cell = book["Base"]["D1"]
    cell.value = cell.value.replace('"version": 1', '"version": 2')


@pytest.mark.parametrize(
    "change",
    [
        _foreign,
        _version,
        _set("A1", "Number"),
        _set("D1", None),
        _set("D1", "["),
        _set("D1", "[]"),
        _set("D1", '{"version": 1, "entity": "Resource", "columns": ["Name", "Name"]}'),
        lambda book: book["Base"].delete_rows(1),
        lambda book: book["Base"].delete_cols(4),
        lambda book: book["Base"].delete_rows(1, book["Base"].max_row),
    ],
)
def test_a_base_that_cannot_be_read_is_ignored_and_said(shell, sandbox, export, change):
    """Without a base every cell counts as typed, as in any other sheet."""
    rewrite(export, change)
    somebody_else(sandbox, BEACON, Allocation=15)

    said = shell("plan", export, "--json")

    assert (said.code, said.json["update"]) == (0, 1)
    assert said.err.splitlines()[0] == UNREADABLE


@pytest.mark.parametrize(
    "change",
    [
        _set("C4", "[1, 2"),
        _set("C4", "[1, 2]"),
        _set("C4", None),
        _set("C4", 12),
        _set("C4", "[" * 30_000),
        _set("C4", f"[{','.join(['[]'] * 94)}]"),
        _set("A4", "x"),
        _set("A3", 1415383301),
    ],
)
def test_rows_of_a_base_that_cannot_be_read_count_as_typed(shell, sandbox, export, change):
    """What is left of a base still holds."""
    rewrite(export, change)
    somebody_else(sandbox, BEACON, Allocation=15)
    somebody_else(sandbox, ANCHOR, Allocation=9)

    said = shell("plan", export, "--json")

    assert (said.code, said.json["update"]) == (0, 1)
    assert said.err.splitlines()[0] == (
        "Resources: 1 row of the export's base cannot be read; those cells count as typed."
    )


def test_a_base_with_half_its_rows_is_half_a_base(shell, sandbox, export):
    """Records whose line was deleted count as typed, and that is said; the others do not."""
    rewrite(export, lambda book: book["Base"].delete_rows(4, 3))
    somebody_else(sandbox, BEACON, Allocation=15)
    somebody_else(sandbox, ANCHOR, Allocation=9)

    said = shell.run_import(export)

    assert said.json["counts"] == counts(updated=1, unchanged=5)
    assert (by_name(sandbox)[BEACON]["Allocation"], by_name(sandbox)[ANCHOR]["Allocation"]) == (
        14,
        9,
    )
    assert said.err.splitlines()[0] == (
        "Resources: 3 rows are not in this export's base: their cells count as typed."
    )


def test_without_ids_every_cell_counts_as_typed_and_that_is_said(shell, sandbox, export):
    """Rows found by their names alone are not laid beside the export."""
    somebody_else(sandbox, BEACON, Allocation=15)
    edit(export, export, {ANCHOR: {"Id": None}, OFFICE: {"Id": None, "Name": "Office new"}})

    some = shell("plan", export)
    rewrite(export, lambda book: book["Resources"].delete_cols(_column(book, "Id")))
    none = shell("plan", export)
    ignoring = shell("plan", export, "--ignore-base")

    assert some.err.splitlines() == [
        "Resources: 1 row is not in this export's base: its cells count as typed.",
        "warning: Resources row 4, column Allocation: was changed in the account since the export, "
        "to '15'; it is left as it is. To write '14' anyway, import with --ignore-base, "
        "which writes every cell that differs: look at its plan first.",
    ]
    assert none.err.splitlines()[0] == (
        "Resources: the column Id was removed: without it no row can be laid beside the export, "
        "and every cell counts as typed."
    )
    assert ignoring.err == ""


def test_an_export_carries_its_base_hidden_and_the_drop_downs_of_a_template(export):
    """A person sees the records; lists, base and checks of what is typed come with them."""
    book = openpyxl.load_workbook(export)

    assert (book["Base"].sheet_state, book["Lists"].sheet_state) == ("hidden", "hidden")
    assert [cell.value for cell in book["Base"][1]][:3] == ["Id", "UpdatedOn", "Cells"]
    assert [row[0].value for row in book["Base"].iter_rows(min_row=2)] == [
        str(cell.value) for cell in book["Resources"]["A"][1:]
    ]
    lists = {
        str(each.sqref).partition(":")[0]: each.formula1
        for each in book["Resources"].data_validations.dataValidation
        if each.type == "list"
    }
    header = {cell.value: cell.column_letter for cell in book["Resources"][1]}
    assert lists[f"{header['SystemResourceType']}2"] == "Choices_SystemResourceType"
    assert lists[f"{header['Visible']}2"] == "Choices_YesNo"


# ---- columns of names beside ids, which are only shown


def with_names(path: Path, lines: Mapping[int, Sequence[Any]], kept: Sequence[Any] | None) -> Path:
    """Make an export of Id, Tariffs and TariffNames; `kept` is what its base holds of each row."""
    companion = next(each for each in companion_fields(RESOURCE) if each.view_of == "Tariffs")
    columns = (RESOURCE.by_name["Id"], RESOURCE.by_name["Tariffs"], companion)
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Resources")
        sheet.write_row(0, 0, [each.name for each in columns])
        base = add_base(book, columns, RESOURCE) if kept else None
        for row, (record_id, cells) in enumerate(lines.items(), start=1):
            sheet.write_row(row, 0, [record_id, *cells])
            if base:
                text = packed([str(record_id), *(kept or ())], [longest_kept(c) for c in columns])
                base.write_row(row, 0, base_row(record_id, "2026-11-01T10:00:00Z", text))
    return path


@pytest.mark.parametrize("names", ["Full Time", "Full Time, Team Room and many others besides"])
def test_columns_of_names_are_known_and_not_asked(tmp_path, names):
    """No word about them, with a base or without; nothing of them is sent."""
    line = ("1410030003", names)
    for kept in (line, None):
        prepared = prepare(with_names(tmp_path / "x.xlsx", {7: line}, kept), RESOURCE)

        assert prepared.problems == ()
        assert {name for row in prepared.rows for name in row.values} <= {"Id", "Tariffs"}


def test_an_edit_of_names_is_said_with_the_way_to_do_it(tmp_path):
    """The column of the ids is named: there the names may be written."""
    kept = ("1410030003", "Full Time")
    lines = {
        7: kept,
        8: ("1410030003", "Flex 5"),
        9: ("1410030003", "Flex 10"),
        10: ("1410030003", None),
    }

    prepared = prepare(with_names(tmp_path / "x.xlsx", lines, kept), RESOURCE)

    assert [(str(each), each.severity) for each in prepared.problems] == [
        (
            "Resources, column TariffNames: is only shown: what was edited in 2 cells is left out "
            "(first: row 3, 'Flex 5'). Change Tariffs, by ids or names.",
            "warning",
        )
    ]


def test_names_beside_a_blank_list_are_said_without_a_base(tmp_path):
    """In a copied row or a csv only the list is read: names beside a blank one would be lost."""
    lines = {7: ("1410030003", "Flex 5"), 8: (None, "Full Time"), 9: (None, None)}

    prepared = prepare(with_names(tmp_path / "x.xlsx", lines, None), RESOURCE)

    assert [str(each) for each in prepared.problems] == [
        "Resources, column TariffNames: is only shown: what was edited in 1 cell is left out "
        "(first: row 3, 'Full Time'). Change Tariffs, by ids or names."
    ]


# ---- how cells are kept

CELLS = st.one_of(
    st.none(),
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=300),
    st.text(st.sampled_from('_x0041\x01😀"\\'), max_size=300),
)


@given(st.lists(CELLS, max_size=120))
def test_any_row_fits_into_one_cell(cells):
    """Whatever a row holds, its base is short enough for a cell and no escape of a workbook."""
    text = packed(cells, [200] * len(cells))

    assert len(text.encode("utf-16-le")) // 2 <= MAX_CELL_TEXT
    assert "_x" not in text


def test_a_row_of_long_texts_is_kept_by_digests():
    """Ninety-five texts that would be kept whole, were there fewer, keep digests instead."""
    text = packed(["\x01" * 200] * 95, [200] * 95)

    assert json.loads(text) == [{"sha256": "V4CvPjHV"}] * 95
