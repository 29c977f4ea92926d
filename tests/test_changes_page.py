"""The sheets and the csv that show what is different from the last export."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, datetime

import openpyxl
import pytest

from pipeline.comparison import Comparison, Edit, Presence
from pipeline.entities import RESOURCE
from pipeline.errors import UsageError
from pipeline.prepared import prepare
from pipeline.sheets.changes_page import write_changes
from pipeline.sheets.changes_text import write_changes_csv
from pipeline.sheets.whole import new_workbook

SINCE = datetime(2026, 10, 31, 2, 30, tzinfo=UTC)
CEDAR, MAPLE = Presence(31, "Harbour House", "Room Cedar"), Presence(32, "Mill Yard", "=1+1")
NOTHING = Comparison("nightly", SINCE)
FULL = Comparison(
    "nightly",
    SINCE,
    added=(CEDAR, MAPLE),
    changed=(
        Edit(41, "Mill Yard", "Loom Room", "Allocation", 4, 6),
        Edit(41, "Mill Yard", "Loom Room", "Visible", "Yes", None),
        Edit(42, "Mill Yard", "@home", "Description", "=SUM(A1)", "http://spaces.example"),
        Edit(42, "Mill Yard", "@home", "CreatedOn", datetime(2026, 10, 30, 2), -1.5),  # noqa: DTZ001
    ),
    removed=(Presence(10**16, "Harbour House", "Booth"),),
)


def written(path, comparison, **options):
    with new_workbook(path) as book:
        book.add_worksheet("Resources").write_string(0, 0, "Name")
        write_changes(book, RESOURCE, comparison, **options)
    return openpyxl.load_workbook(path)


def lines(book, name):
    return [list(line) for line in book[name].iter_rows(values_only=True)]


def test_the_three_sheets(tmp_path):
    """Records that came, cells that changed and records that went, texts never as formulas."""
    book = written(tmp_path / "x.xlsx", FULL)

    assert book.sheetnames == ["Resources", "Added", "Changed", "Removed"]
    assert lines(book, "Added") == [
        ["Id", "Location", "Name"],
        [31, "Harbour House", "Room Cedar"],
        [32, "Mill Yard", "=1+1"],
    ]
    assert lines(book, "Changed") == [
        ["Id", "Location", "Name", "Field", "Old", "New"],
        [41, "Mill Yard", "Loom Room", "Allocation", 4, 6],
        [41, "Mill Yard", "Loom Room", "Visible", "Yes", None],
        [42, "Mill Yard", "@home", "Description", "=SUM(A1)", "http://spaces.example"],
        [42, "Mill Yard", "@home", "CreatedOn", "2026-10-30 02:00:00", -1.5],
    ]
    assert lines(book, "Removed") == [
        ["Id", "Location", "Name"],
        ["10000000000000000", "Harbour House", "Booth"],
    ]
    cells = [cell for name in book.sheetnames for row in book[name] for cell in row]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert not any(cell.hyperlink for cell in cells)


def test_how_the_sheets_look(tmp_path):
    """The header stays in sight, rows can be filtered, a page says since when."""
    book = written(tmp_path / "x.xlsx", FULL)
    looks = {
        name: (book[name].freeze_panes, book[name].auto_filter.ref, book[name].print_title_rows)
        for name in ("Added", "Changed", "Removed")
    }

    assert looks == {
        "Added": ("A2", "A1:C3", "$1:$1"),
        "Changed": ("D2", "A1:F5", "$1:$1"),
        "Removed": ("A2", "A1:C2", "$1:$1"),
    }
    assert book["Changed"].oddHeader.left.text == "Resources changed since 2026-10-31 02:30 UTC"
    assert all(cell.font.bold for cell in book["Changed"][1])


def test_empty_sheets_say_so(tmp_path):
    """One line under the header, so that nobody wonders."""
    book = written(tmp_path / "x.xlsx", NOTHING)

    assert [lines(book, name)[1][0] for name in ("Added", "Changed", "Removed")] == [
        "Nothing was added since 2026-10-31 02:30 UTC.",
        "Nothing was changed since 2026-10-31 02:30 UTC.",
        "Nothing was removed since 2026-10-31 02:30 UTC.",
    ]


def test_what_is_not_known_is_not_called_nothing(tmp_path):
    """After an export that listed recent records only, nobody can say what was removed."""
    book = written(tmp_path / "x.xlsx", replace(NOTHING, tells_removed=False))

    assert lines(book, "Removed")[1][0] == (
        "What was removed since 2026-10-31 02:30 UTC is not known: not all resources were listed."
    )


def test_the_first_export_has_no_such_sheets(tmp_path):
    """There is nothing to compare with."""
    assert written(tmp_path / "x.xlsx", None).sheetnames == ["Resources"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x" * 32_767, "x" * 32_767),
        ("x" * 32_768, "x" * 32_766 + "…"),
        ("x" * 32_765 + "\N{ROLLING ON THE FLOOR LAUGHING}" * 2, "x" * 32_765 + "…"),
        ("half \ud83e a pair", "half \N{REPLACEMENT CHARACTER} a pair"),
        ("<r>not ours</r>", " <r>not ours</r>"),
        ("007", "007"),
        ("one\ntwo", "one\ntwo"),
        (datetime(2026, 10, 31, 2, 30), "2026-10-31 02:30:00"),  # noqa: DTZ001 - as cells are
        (float("inf"), "inf"),
        (-1.5, -1.5),
    ],
    ids=range(10),
)
def test_every_value_finds_a_cell(tmp_path, text, shown):
    """Too long ones are cut with a mark; what no workbook keeps is replaced."""
    edit = Edit(41, "Mill Yard", "Loom Room", "Description", None, text)
    book = written(tmp_path / "x.xlsx", replace(NOTHING, changed=(edit,)))

    assert lines(book, "Changed")[1][-1] == shown


def test_a_long_text_leaves_the_table_a_table(tmp_path):
    """Its row is as high as six lines, a short one's as usual."""
    texts = ("short", "two\nlines", "words " * 400)
    edits = tuple(Edit(n, "", "", "Description", None, text) for n, text in enumerate(texts))
    book = written(tmp_path / "x.xlsx", replace(NOTHING, changed=edits))

    heights = [book["Changed"].row_dimensions[row].height for row in (2, 3, 4)]
    assert heights == [None, 30, 90]


@pytest.mark.parametrize(
    ("most", "numbers", "said"),
    [
        (4, [41, 41, 42, 42], []),
        (3, [41, 41], ["2 more lines do not fit into a sheet. Export to .csv to see all of them."]),
    ],
)
def test_more_lines_than_a_sheet_has(tmp_path, most, numbers, said):
    """The first stand there; how many do not is said in the last row."""
    book = written(tmp_path / "x.xlsx", FULL, most_rows=most)

    assert [line[0] for line in lines(book, "Changed")[1:]] == [*numbers, *said]


def test_other_sheets_do_not_disturb_importing(tmp_path):
    """A workbook with the sheets of an export, wherever they stand, is read by its own one."""
    path = tmp_path / "x.xlsx"
    with new_workbook(path) as book:
        write_changes(book, RESOURCE, FULL)
        for name in ("Summary", "Certificate", "Base", "Lists"):
            book.add_worksheet(name).write_string(0, 0, "Name")
        sheet = book.add_worksheet("Resources")
        sheet.write_row(0, 0, ("Id", "Name"))
        sheet.write_row(1, 0, (31, "Room Cedar"))

    prepared = prepare(path, RESOURCE)
    assert prepared.sheet.name == "Resources"
    assert [each.values for each in prepared.rows] == [{"Id": 31, "Name": "Room Cedar"}]
    assert prepared.problems == ()


def test_the_csv(tmp_path):
    """One line per record that came or went and per changed cell; formulas are defused."""
    path = tmp_path / "changes.csv"
    write_changes_csv(path, RESOURCE, FULL)

    with path.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [
            ["Change", "Id", "Location", "Name", "Field", "Old", "New"],
            ["added", "31", "Harbour House", "Room Cedar", "", "", ""],
            ["added", "32", "Mill Yard", "'=1+1", "", "", ""],
            ["changed", "41", "Mill Yard", "Loom Room", "Allocation", "4", "6"],
            ["changed", "41", "Mill Yard", "Loom Room", "Visible", "Yes", ""],
            [
                "changed",
                "42",
                "Mill Yard",
                "'@home",
                "Description",
                "'=SUM(A1)",
                "http://spaces.example",
            ],
            ["changed", "42", "Mill Yard", "'@home", "CreatedOn", "2026-10-30T02:00:00Z", "-1.5"],
            ["removed", "10000000000000000", "Harbour House", "Booth", "", "", ""],
        ]
    assert [each.name for each in tmp_path.iterdir()] == ["changes.csv"]


def test_the_csv_for_excel(tmp_path):
    """With the mark in front, Excel reads it as UTF-8; half a pair of characters ends nothing."""
    path = tmp_path / "changes.csv"
    odd = Presence(1, "Café", "half \ud83e")
    write_changes_csv(path, RESOURCE, replace(NOTHING, added=(odd,)), bom=True)

    assert path.read_bytes().decode("utf-8") == (
        "\ufeffChange,Id,Location,Name,Field,Old,New\r\nadded,1,Café,half ?,,,\r\n"
    )


def test_a_csv_that_cannot_be_written(tmp_path):
    """One sentence, and the folder is as it was."""
    path = tmp_path / "missing" / "changes.csv"

    with pytest.raises(UsageError, match="cannot be written"):
        write_changes_csv(path, RESOURCE, FULL)
