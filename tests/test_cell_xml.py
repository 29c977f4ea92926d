"""Rows of an export as XML of our own: the same as XlsxWriter writes, and read back the same."""

from __future__ import annotations

import re
import zlib
from datetime import datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import openpyxl
import pytest
import xlsxwriter
from flows import write_export
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from pipeline.sheets.cell_xml import cell_xml
from pipeline.sheets.deflated import Deflated, joined, write_part

# What a workbook keeps: half of a character pair and non-characters become markers before.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"))
HARD = [
    *("=1+1", "+1", "-1", "@x", "https://example.org/?a=b&c=<d>", "'", '"', "]]>", "<!--", "&amp;"),
    *(" ", "\n", "\t", "\r", "\r\n", " a", "a ", "\u00a0a", "a\u2003", "\x85", "\x1fa", "a\n"),
    *(
        "_x000D_",
        "_x005F_x000D_",
        "_X000D_",
        "_x00",
        "_xD83D_",
        "\x00",
        "\x0b\x0c",
        "\x7f",
        "\u2028",
    ),
    *("x" * 32_767, "😀" * 16_383, "007", "1e5", "TRUE", "#N/A", "é", "e\u0301"),
]
NUMBERS = st.one_of(
    st.integers(-(10**15) + 1, 10**15 - 1), st.floats(allow_nan=False, allow_infinity=False)
)
MOMENTS = st.datetimes(datetime(1900, 3, 1), datetime(9999, 12, 31, 23, 59, 59))  # noqa: DTZ001 - a cell has no zone


def by_xlsxwriter(path: Path, cell: object) -> str:
    """The XML of a cell that XlsxWriter wrote in constant memory."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        if isinstance(cell, str):
            sheet.write_string(0, 0, cell)
        elif isinstance(cell, datetime):
            sheet.write_datetime(0, 0, cell)
        else:
            sheet.write_number(0, 0, cell)
    with ZipFile(path) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    found = re.search(r"<c .*</c>", xml, re.DOTALL)
    assert found is not None
    return found[0]


@pytest.mark.parametrize("text", HARD, ids=lambda text: ascii(text)[:20])
def test_hard_texts_are_written_as_xlsxwriter_does(tmp_path, text):
    """What Excel would take for a formula, a link, a code or markup has the same XML."""
    assert cell_xml('<c r="A1"', text) == by_xlsxwriter(tmp_path / "x.xlsx", text)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cell=st.one_of(TEXTS.filter(lambda text: not text.startswith("<r>")), NUMBERS, MOMENTS))
def test_any_cell_is_written_as_xlsxwriter_does(tmp_path, cell):
    """Whatever the text, the number or the date: not a byte differs."""
    assert cell_xml('<c r="A1"', cell) == by_xlsxwriter(tmp_path / "x.xlsx", cell)


@settings(
    deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rooms=st.lists(
        st.fixed_dictionaries({"Name": TEXTS, "Allocation": st.integers(0, 10**9)}), max_size=8
    )
)
def test_any_records_come_back_from_a_workbook(tmp_path, rooms):
    """Calamine reads each text and number as it was stored; only a marker stands for another."""
    path = tmp_path / "out.xlsx"
    written = write_export(path, [{"Id": n, **each} for n, each in enumerate(rooms, start=1)])
    header, *rows = CalamineWorkbook.from_path(path).get_sheet_by_name("Resources").to_python()
    marked = {each.row for each in written.markers.first}

    assert len(rows) == len(rooms)
    for number, (row, room) in enumerate(zip(rows, rooms, strict=True), start=2):
        found = dict(zip(header, row, strict=True))
        assert found["Allocation"] == room["Allocation"]
        if number not in marked:
            assert found["Name"] == room["Name"]


def test_openpyxl_reads_what_calamine_reads(tmp_path):
    """Blanks at the edges, line breaks, numbers and dates come back in another reader too."""
    texts = [each for each in HARD if not re.search("_x|[\x00-\x08\x0b-\x1f]", each)]
    path = tmp_path / "out.xlsx"
    moment = "2026-03-31T14:30:05.123Z"
    records = [
        {"Id": number, "Name": text, "Latitude": number / 8, "LastCleanedAt": moment}
        for number, text in enumerate(texts, start=1)
    ]
    write_export(path, records)
    sheet = openpyxl.load_workbook(path)["Resources"]
    column = {cell.value: cell.column for cell in sheet[1]}
    rows = range(2, len(texts) + 2)

    assert [sheet.cell(row, column["Name"]).value for row in rows] == texts
    assert [sheet.cell(row, column["Latitude"]).value for row in rows] == [
        each["Latitude"] for each in records
    ]
    cleaned = sheet.cell(2, column["LastCleanedAt"])
    assert cleaned.value == datetime(2026, 3, 31, 14, 30, 5, 123000)  # noqa: DTZ001 - as above
    assert cleaned.number_format == "yyyy-mm-dd hh:mm:ss"
    assert sheet.dimensions == f"A1:CT{len(texts) + 1}"


def test_a_style_is_that_of_its_column(tmp_path):
    """Each cell below the header looks as its column does: format, alignment, edges."""
    path = tmp_path / "out.xlsx"
    write_export(path, [{"Id": 1, "Name": "x", "Allocation": 4, "Visible": True}])
    with ZipFile(path) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    looks = {
        column: style
        for first, last, style in re.findall(
            r'<col min="(\d+)" max="(\d+)"[^>]* style="(\d+)"', xml
        )
        for column in range(int(first), int(last) + 1)
    }
    cells = re.findall(r'<c r="([A-Z]+)2" s="(\d+)"', xml)

    assert len(cells) == 4
    for letters, style in cells:
        column = openpyxl.utils.column_index_from_string(letters)
        assert looks[column] == style


# ---- texts that are compressed as they come


@given(first=st.binary(), second=st.binary(max_size=2_000))
def test_checksums_are_joined(first, second):
    """The checksum of two texts in a row follows from those of each, whatever their lengths."""
    assert joined(zlib.crc32(first), zlib.crc32(second), len(second)) == zlib.crc32(first + second)


def test_a_text_that_came_in_pieces_is_a_part(tmp_path):
    """It is unpacked whole, between head and tail, with other parts before and behind it."""
    text = Deflated(tmp_path / "text")
    pieces = [f"row {number}, Größe\n" for number in range(40_000)]
    for each in pieces:
        text.add(each)
    with ZipFile(tmp_path / "x.zip", "w", ZIP_DEFLATED) as archive:
        archive.writestr("first", "1")
        write_part(archive, ZipInfo("middle"), b"<head>", text, b"<tail>")
        archive.writestr("last", "3")

    with ZipFile(tmp_path / "x.zip") as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["first", "middle", "last"]
        assert archive.read("middle").decode() == f"<head>{''.join(pieces)}<tail>"
        assert archive.getinfo("middle").compress_size < archive.getinfo("middle").file_size / 4
