"""The results workbook: the user's own file, marked, with nothing of theirs lost."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from pipeline.errors import UsageError
from pipeline.sheets.annotate import Mark, annotate, annotate_rows
from pipeline.sheets.notes import AUTHOR

MARKS = {2: Mark("created", "", 1415383201), 3: Mark("invalid", "Allocation: '4.5' is not whole.")}
NOTES = {(3, 2): "'4.5' is not whole.", (3, 4): "is blank"}


@pytest.fixture
def rich(tmp_path: Path) -> Path:
    """A workbook with much that a careless program loses."""
    path = tmp_path / "rich.xlsx"
    with Workbook(str(path)) as book:
        sheet = book.add_worksheet("Resources")
        bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "0.00"})
        sheet.write_row(0, 0, ["Name", "Allocation", "Sum", "Notes"], bold)
        sheet.write_rich_string(1, 0, "Room ", bold, "A")
        sheet.write_number(1, 1, 4, money)
        sheet.write_formula(1, 2, "=B2*2", None, 8)
        sheet.write_string(2, 0, "=1+1")
        sheet.write_number(2, 1, 4.5, money)
        sheet.write_comment(0, 0, "The room's name", {"author": "Somebody"})
        sheet.write_comment(2, 1, "Ask first", {"author": "Somebody"})
        sheet.data_validation(1, 1, 9, 1, {"validate": "integer", "criteria": ">", "value": 0})
        sheet.conditional_format(1, 1, 9, 1, {"type": "data_bar"})
        sheet.autofilter(0, 0, 2, 3)
        sheet.merge_range(4, 0, 4, 2, "merged")
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=Resources!$B$2:$B$3"})
        sheet.insert_chart("F5", chart)
        other = book.add_worksheet("Other")
        other.write_comment(0, 0, "elsewhere", {"author": "Somebody"})
        book.define_name("Rooms", "=Resources!$A$2:$A$3")
    return path


def marked(source: Path, target: Path, marks=None, notes=None, columns=None) -> Path:
    annotate(
        source,
        target,
        sheet="Resources",
        header_row=1,
        marks=MARKS if marks is None else marks,
        notes=NOTES if notes is None else notes,
        warnings={},
        columns=columns or {},
    )
    return target


def cells(path: Path, sheet: str = "Resources") -> list[list[object]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python()


def notes(path: Path) -> dict[str, tuple[str, str]]:
    sheet = openpyxl.load_workbook(path)["Resources"]
    return {
        cell.coordinate: (cell.comment.author, cell.comment.text)
        for row in sheet
        for cell in row
        if cell.comment
    }


def test_three_columns_are_added_and_the_rest_stays(rich, tmp_path):
    """Status, Message and Id stand right of the last column; every other cell is as it was."""
    before = cells(rich)
    after = cells(marked(rich, tmp_path / "out.xlsx"))

    assert [row[:4] for row in after] == [row[:4] for row in before]
    assert [row[4:] for row in after[:3]] == [
        ["Status", "Message", "Id"],
        ["created", "", 1415383201.0],
        ["invalid", "Allocation: '4.5' is not whole.", ""],
    ]


def test_all_other_parts_are_the_same_to_the_byte(rich, tmp_path):
    """Charts, drawings, shared strings and other sheets are copied, not rewritten."""
    target = marked(rich, tmp_path / "out.xlsx")

    with ZipFile(rich) as old, ZipFile(target) as new:
        changed = {name for name in old.namelist() if old.read(name) != new.read(name)}
        assert set(new.namelist()) == set(old.namelist())
    assert changed == {
        "xl/worksheets/sheet1.xml",
        "xl/styles.xml",
        "xl/comments1.xml",
        "xl/drawings/vmlDrawing1.vml",
    }


def test_bad_cells_are_coloured_and_keep_their_format(rich, tmp_path):
    """A bad cell has our fill over its own number format; a bad blank cell comes into being."""
    sheet = openpyxl.load_workbook(marked(rich, tmp_path / "out.xlsx"))["Resources"]

    assert (sheet["B3"].fill.fgColor.rgb, sheet["B3"].number_format) == ("FFFFC9CB", "0.00")
    assert sheet["D3"].fill.fgColor.rgb == "FFFFC9CB"
    assert sheet["B2"].fill.fgColor.rgb == "00000000"


def test_notes_are_added_beside_those_of_others(rich, tmp_path):
    """Ours are new notes, or words below somebody else's note; theirs stay."""
    found = notes(marked(rich, tmp_path / "out.xlsx"))

    assert found == {
        "A1": ("Somebody", "The room's name"),
        "B3": ("Somebody", "Ask first\n[nexudus-bulk] '4.5' is not whole."),
        "D3": (AUTHOR, "is blank"),
    }


def test_a_second_run_replaces_the_marks_of_the_first(rich, tmp_path):
    """Mended and imported again: the columns are used again, old colours and notes are gone."""
    first = marked(rich, tmp_path / "first.xlsx")
    columns = {"Status": 5, "Message": 6, "Id": 7}
    good = {row: Mark("unchanged", "", 1415383201) for row in (2, 3)}

    second = marked(first, tmp_path / "second.xlsx", good, {}, columns)

    assert [row[4:] for row in cells(second)[:3]] == [
        ["Status", "Message", "Id"],
        ["unchanged", "", 1415383201.0],
        ["unchanged", "", 1415383201.0],
    ]
    assert notes(second) == {
        "A1": ("Somebody", "The room's name"),
        "B3": ("Somebody", "Ask first"),
    }
    sheet = openpyxl.load_workbook(second)["Resources"]
    assert sheet["B3"].fill.fill_type is None
    assert sheet["B3"].number_format == "0.00"


def test_a_workbook_without_notes_gets_its_first(tmp_path):
    """Comments, drawing, relationship and content type are made where none were."""
    path = tmp_path / "plain.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "Resources"
    book.active.append(["Name", "Allocation"])
    book.active.append(["Room A", 4.5])
    book.save(path)

    target = marked(path, tmp_path / "out.xlsx", {2: Mark("invalid")}, {(2, 2): "not whole"})

    assert notes(target) == {"B2": (AUTHOR, "not whole")}


def test_rows_of_a_text_file_become_a_workbook(tmp_path):
    """A csv comes back as .xlsx with its own row numbers and its texts as texts."""
    target = tmp_path / "out.xlsx"
    lines = [(1, {1: "Name", 2: "Code"}), (2, {1: "=1+1", 2: "007"}), (4, {1: "NA", 2: None})]

    annotate_rows(
        target,
        sheet="Resources",
        lines=lines,
        header_row=1,
        marks={2: Mark("created", "", 10**16), 4: Mark("unsent")},
        notes={},
        warnings={},
        columns={},
    )

    assert cells(target) == [
        ["Name", "Code", "Status", "Message", "Id"],
        ["=1+1", "007", "created", "", "10000000000000000"],
        ["", "", "", "", ""],
        ["NA", "", "unsent", "", ""],
    ]


def test_a_place_that_cannot_be_written_is_one_sentence(rich, tmp_path):
    """A missing folder is told with the way out, and nothing is left behind."""
    target = tmp_path / "nowhere" / "out.xlsx"

    with pytest.raises(UsageError, match="give another name with --results"):
        marked(rich, target)


def test_texts_that_xml_cannot_hold_are_written_as_workbooks_write_them(rich, tmp_path):
    """A control character in a server's message does not damage the file."""
    target = marked(rich, tmp_path / "out.xlsx", {2: Mark("rejected", "a\x07b")}, {})

    assert cells(target)[1][5] == "a\x07b"
