"""Reading a file: every cell to the letter, by Excel's own row numbers, or one clear sentence."""

from __future__ import annotations

import os
import time as clock
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from pipeline.errors import PipelineError, UsageError, WorkbookError
from pipeline.sheets.read import Column, ErrorCell, Sheet, Uncalculated, open_book

KNOWN = ("Id", "BusinessId", "Name", "Notes", "Allocation")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
MakeSheet = Callable[..., Path]


def read(path: Path, wanted: str | None = None) -> Sheet:
    return open_book(path).sheet(wanted=wanted, default="Resources", known=KNOWN)


def table(sheet: Sheet) -> dict[int, list[object]]:
    return {int(row): list(cells) for row, *cells in sheet.cells.itertuples(name=None)}


def refusal(path: Path, wanted: str | None = None) -> str:
    with pytest.raises(PipelineError) as refused:
        read(path, wanted)
    assert isinstance(refused.value, WorkbookError)
    return str(refused.value)


def package(  # noqa: PLR0913 - each part of the archive may be another one
    path: Path,
    rows: str = "",
    *,
    strings: str = "",
    sheet: bytes | None = None,
    target: str = "worksheets/sheet1.xml",
    tabs: str = '<sheet name="Resources" sheetId="1" r:id="rId1"/>',
) -> Path:
    """Write a workbook part by part, as no library would."""
    xml = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'.encode()
    content = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{content}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="a" '
        f'Type="{LINKS}/officeDocument" Target="/xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>{tabs}</sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
        f'<Relationship Id="rId1" Type="{LINKS}/worksheet" Target="{target}"/>'
        f'<Relationship Id="rId2" Type="{LINKS}/sharedStrings" Target="sharedStrings.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": xml if sheet is None else sheet,
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return path


HEADER = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>Id</t></is></c>'
    '<c r="B1" t="inlineStr"><is><t>Name</t></is></c></row>'
)


# ---- the table


def test_a_table_is_read_whole(sheet: MakeSheet):
    """Columns, rows and cells come as they stand: blanks as None, numbers as floats."""
    path = sheet("""
        Id | Name   | Allocation | Notes
        1  | Room A | 4.5        | TRUE
        2  | ""     | 42         | FALSE
    """)

    found = read(path)

    assert (found.path, found.name, found.header_row) == (path, "Resources", 1)
    assert found.columns == (
        Column(1, "Id"),
        Column(2, "Name"),
        Column(3, "Allocation"),
        Column(4, "Notes"),
    )
    assert table(found) == {2: [1.0, "Room A", 4.5, True], 3: [2.0, None, 42.0, False]}
    assert (found.nameless, found.repeated, found.remarks) == ((), (), ())
    assert [dtype.kind for dtype in found.cells.dtypes] == ["O"] * 4
    assert list(found.cells.columns) == [1, 2, 3, 4]


def test_columns_have_letters():
    """A column's letter is Excel's."""
    letters = [Column(number, "").letter for number in (1, 26, 27, 702, 703, 16384)]

    assert letters == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


def test_rows_and_columns_keep_excels_numbers(tmp_path: Path):
    """Empty rows and columns before and between do not shift a number."""
    path = tmp_path / "rooms.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("Resources")
        page.write_string(4, 2, "Id")
        page.write_string(4, 3, "Name")
        page.write_string(7, 3, "Room A")
        page.write_string(9, 3, "\u00a0 \n")
        page.write_string(11, 2, "7")

    found = read(path)

    assert (found.header_row, found.columns) == (5, (Column(3, "Id"), Column(4, "Name")))
    assert table(found) == {8: [None, "Room A"], 12: ["7", None]}


def test_the_header_stands_below_titles(sheet: MakeSheet):
    """The row with the most known names is the header, whatever spelling it has."""
    path = sheet("""
        Our rooms
        Name | as of March
        ""
        BUSINESS ID * | na_me | Colour
        1             | A     | red
    """)

    found = read(path)

    assert found.header_row == 4
    assert [column.text for column in found.columns] == ["BUSINESS ID *", "na_me", "Colour"]
    assert table(found) == {5: [1.0, "A", "red"]}


def test_one_known_name_makes_a_header(sheet: MakeSheet):
    """A sheet with one known column is a sheet."""
    assert table(read(sheet("Name\nRoom A\nRoom B"))) == {2: ["Room A"], 3: ["Room B"]}


def test_a_second_header_is_named_and_left_out(sheet: MakeSheet):
    """A row that repeats half of the header is no record; one that shares a word is."""
    path = sheet("""
        Id | Name   | Notes
        1  | Room A | x
        Id | Name   | Notes
        2  | Name   | y
        Id | Name   | other
    """)

    found = read(path)

    assert found.repeated == (3, 5)
    assert table(found) == {2: [1.0, "Room A", "x"], 4: [2.0, "Name", "y"]}


def test_columns_without_a_name_are_told(sheet: MakeSheet):
    """Values under no header are told by column; titles above the header do not count."""
    path = sheet("""
        t  | t  | t      | t
        Id | "" | Name   | "" | ""
        1  | "" | Room A | ""
        2  | x  | Room B | "" | y
        "" | z
    """)

    found = read(path)

    assert found.nameless == (2, 5)
    assert table(found) == {3: [1.0, "Room A"], 4: [2.0, "Room B"]}


def test_headers_that_are_no_texts_are_worded(tmp_path: Path):
    """A number in the header is shown as Excel shows it."""
    path = tmp_path / "rooms.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Resources").write_row(0, 0, ["Id", "Name", 2026, 1.5])

    assert [column.text for column in read(path).columns] == ["Id", "Name", "2026", "1.5"]


# ---- cells

TEXTS = (
    *("NA", "N/A", "NULL", "nan", "None", "null", "007", "=1+1", "+1", "1.0", "TRUE", "#N/A"),
    *(" lead", "trail ", "two\nlines", "a\r\nb", "a\rb", "tab\tx", "😀 é 東京", "\u00a0x"),
    *("_x0041_", "_x000D_", "x_x005F_y", "_x0100_", "<b>&amp;\"'", "http://x.y", "\x01\x1f", "_x"),
)


@pytest.mark.parametrize("constant_memory", [False, True], ids=["shared", "inline"])
def test_texts_are_kept_to_the_letter(tmp_path: Path, constant_memory: bool):
    """What looks like a blank, a number, a formula or an escape is a text, shared or inline."""
    path = tmp_path / "rooms.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": constant_memory}) as book:
        page = book.add_worksheet("Resources")
        for row, text in enumerate(("Name", *TEXTS)):
            page.write_string(row, 0, text)

    assert [cell for (cell,) in table(read(path)).values()] == list(TEXTS)


def test_texts_of_openpyxl_are_kept(tmp_path: Path):
    """openpyxl writes texts as they are: an escape it did not mask means its character."""
    path = tmp_path / "rooms.xlsx"
    texts = ["None", "007", " lead", "two\nlines", "a\r\nb", "😀", "_x0041_", "_x005F_x0041_"]
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = "Resources"
    for row, text in enumerate(("Name", *texts), 1):
        page.cell(row, 1, text)
    book.save(path)

    assert [cell for (cell,) in table(read(path)).values()] == [*texts[:-2], "A", "_x0041_"]


def test_rich_texts_and_readings_are_texts(tmp_path: Path):
    """The runs of a rich text are joined; the reading above Japanese text is left out."""
    strings = (
        "<si><r><t>a</t></r><r><rPr><b/></rPr><t xml:space='preserve'> b</t></r></si>"
        "<si><t>東京</t><rPh sb='0' eb='2'><t>トウキョウ</t></rPh></si>"
    )
    row = '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c></row>'

    assert table(read(package(tmp_path / "a.xlsx", HEADER + row, strings=strings))) == {
        2: ["a b", "東京"]
    }


@pytest.mark.parametrize("date_1904", [False, True], ids=["1900", "1904"])
def test_dates_times_and_numbers(tmp_path: Path, date_1904: bool):
    """Dates are alike in both date systems; times, durations and large numbers stay."""
    path = tmp_path / "rooms.xlsx"
    moment, day = datetime(2026, 3, 31, 14, 30, 15), date(2026, 3, 31)  # noqa: DTZ001 - as a cell
    with xlsxwriter.Workbook(path, {"date_1904": date_1904}) as book:
        page = book.add_worksheet("Resources")
        page.write_row(0, 0, ["Id", "Name", "Notes", "Allocation", "a", "b"])
        page.write_datetime(1, 0, moment, book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}))
        page.write_datetime(1, 1, day, book.add_format({"num_format": "dd/mm/yyyy"}))
        page.write_datetime(1, 2, time(9, 45), book.add_format({"num_format": "hh:mm"}))
        page.write_number(1, 3, 1.5, book.add_format({"num_format": "[h]:mm"}))
        page.write_number(1, 4, 1234567890123456)
        page.write_boolean(1, 5, False)

    assert table(read(path)) == {
        2: [moment, day, time(9, 45), timedelta(hours=36), 1234567890123456.0, False]
    }


def test_errors_and_formulas_stand_in_their_cells(tmp_path: Path):
    """Errors and formulas nobody calculated are no blanks, also on the last rows and columns."""
    path = tmp_path / "rooms.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("Resources")
        page.write_row(0, 0, ["Id", "Name", "Notes"])
        page.write_formula(1, 0, "=1+1", None, 2)
        page.write_formula(1, 1, "=NA()", None, "#N/A")
        page.write_formula(1, 2, '="a"', None, "a")
        page.write_formula(2, 0, "=1+1", None, "")
        page.write_formula(3, 2, "=1/0", None, "#DIV/0!")
        page.write_formula(4, 1, "=B2", None, "")

    assert table(read(path)) == {
        2: [2.0, ErrorCell("#N/A"), "a"],
        3: [Uncalculated("=1+1"), None, None],
        4: [None, None, ErrorCell("#DIV/0!")],
        5: [None, Uncalculated("=B2"), None],
    }


def test_formulas_of_openpyxl_were_never_calculated(tmp_path: Path):
    """openpyxl writes formulas without results; XlsxWriter's zero is none either."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append(["Id", "Name"])
    page.append([1, "=A2+1"])
    page.append(["=A2", None])
    book.save(tmp_path / "openpyxl.xlsx")
    with xlsxwriter.Workbook(tmp_path / "xlsxwriter.xlsx") as other:
        sheet = other.add_worksheet()
        sheet.write_row(0, 0, ["Id", "Name"])
        sheet.write_formula(1, 0, "=1+1")

    assert table(read(tmp_path / "openpyxl.xlsx")) == {
        2: [1.0, Uncalculated("=A2+1")],
        3: [Uncalculated("=A2"), None],
    }
    assert table(read(tmp_path / "xlsxwriter.xlsx")) == {2: [Uncalculated("=1+1"), None]}


def test_errors_that_calamine_does_not_know(tmp_path: Path):
    """An error newer than the reader costs its own cell, not the sheet."""
    row = (
        '<row r="2"><c r="A2" t="e"><f>A1:A9</f><v>#SPILL!</v></c><c r="B2"><v>5</v></c></row>'
        '<row r="3"><c r="A3" t="e"/><c r="B3"><v>6</v></c></row>'
        '<row r="4"><c r="A4"><v>1</v></c><c r="B4" t="e"><v>#CALC!</v></c></row>'
    )

    assert table(read(package(tmp_path / "a.xlsx", HEADER + row))) == {
        2: [ErrorCell("#SPILL!"), 5.0],
        3: [None, 6.0],
        4: [1.0, ErrorCell("#CALC!")],
    }


def test_a_sheet_is_found_by_an_absolute_target(tmp_path: Path):
    """Comments, CDATA, absolute targets and cells without references are read like any others."""
    rows = (
        "<!-- <c t='e'> --><row><c t='inlineStr'><is><t>Id</t></is></c>"
        "<c t='inlineStr'><is><t>Name</t></is></c></row>"
        "<row><c t='inlineStr'><is><t><![CDATA[a<b]]></t></is></c><c t='e'><v>#N/A</v></c></row>"
    )
    path = package(tmp_path / "a.xlsx", rows, target="/xl/worksheets/sheet1.xml")

    assert table(read(path)) == {2: ["a<b", ErrorCell("#N/A")]}


def test_hidden_rows_and_merged_cells_are_remarked(tmp_path: Path):
    """Hidden rows are read like others, and said; merged cells are said below the header only."""
    path = tmp_path / "rooms.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("Resources")
        page.merge_range("A1:B1", "Title")
        page.write_row(1, 0, ["Id", "Name"])
        for row in range(2, 9):
            page.write_row(row, 0, [row, f"Room {row}"])
        for row in (3, 4, 6, 20):
            page.set_row(row, None, None, {"hidden": True})
        page.merge_range("C4:C6", "x")

    found = read(path)

    assert found.remarks == (
        "rooms.xlsx: header in row 2, 7 rows; hidden rows 4-5, 7 read too; "
        "merged C4:C6: only the first cell is read",
    )
    assert list(found.cells.index) == [3, 4, 5, 6, 7, 8, 9]


def test_one_hidden_row_and_many_merged_ranges(tmp_path: Path):
    """A remark stays one readable line."""
    path = tmp_path / "rooms.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("Resources")
        page.write_row(0, 0, ["Id", "Name"])
        page.write_row(1, 0, [1, "A"])
        page.set_row(1, None, None, {"hidden": True})
        for row in range(3, 17, 2):
            page.merge_range(row, 0, row, 1, "x")

    assert read(path).remarks == (
        "rooms.xlsx: header in row 1, 8 rows; hidden row 2 read too; "
        "merged A4:B4, A6:B6, A8:B8, A10:B10, A12:B12 and 2 more: only the first cell is read",
    )


# ---- which sheet


@pytest.fixture
def several(tmp_path: Path) -> Path:
    """Make a workbook with visible, hidden and very hidden sheets and a chart."""
    path = tmp_path / "rooms.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("Guide", "Rooms", "Lists", "Base", "TimeSlots", "Blank"):
            page = book.add_worksheet(name)
            if name != "Blank":
                page.write_row(0, 0, ["Id", "Name"])
                page.write_row(1, 0, [1, name])
        book.get_worksheet_by_name("Lists").hide()
        book.get_worksheet_by_name("Base").very_hidden()
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"values": "=Rooms!$A$2:$A$3"})
        book.add_chartsheet("Chart").set_chart(chart)
    return path


def test_the_wanted_sheet_is_read(several: Path):
    """A sheet is chosen by its name, without case if need be, hidden or not."""
    assert read(several, "rooms").name == "Rooms"
    assert table(read(several, "Base")) == {2: [1.0, "Base"]}
    assert read(several, "Lists").remarks == (
        "rooms.xlsx: header in row 1, 1 row; sheet Lists is hidden",
    )


def test_a_sheet_that_is_not_there(several: Path):
    """The sheets there are, are listed; charts are none."""
    listed = (
        "Sheets of this workbook: Guide, Rooms, Lists (hidden), Base (hidden), TimeSlots, Blank."
    )

    assert refusal(several, "Chart") == (
        f"rooms.xlsx: there is no sheet 'Chart'. {listed} Name one of them with --sheet."
    )
    assert refusal(several) == (
        f"rooms.xlsx: there is no sheet 'Resources'. {listed} Name the one to read with --sheet."
    )


def test_the_default_sheet_and_the_only_visible_one(tmp_path: Path):
    """The default wins without case; without it the only visible sheet is read."""
    for name, others in (("RESOURCES", ("Other",)), ("Anything", ())):
        path = tmp_path / f"{name}.xlsx"
        with xlsxwriter.Workbook(path) as book:
            for other in others:
                book.add_worksheet(other)
            book.add_worksheet(name).write_row(0, 0, ["Id", "Name"])
            book.add_worksheet("Lists").hide()

        assert read(path).name == name


def test_a_sheet_that_was_looked_at_is_read_once(tmp_path: Path):
    """Who looks at a sheet first, to know whose rows it holds, spares its reading the file."""
    book = openpyxl.Workbook()
    book.active.append(["BusinessId", "Name"])
    book.active.append([1, "Room A"])
    book.save(path := tmp_path / "rooms.xlsx")
    opened = open_book(path)
    wish = {"wanted": None, "default": "Resources", "known": KNOWN}
    seen = opened.look(**wish)
    path.unlink()

    read = opened.sheet(**wish)

    assert read.cells.to_numpy().tolist() == seen.cells.to_numpy().tolist() == [[1.0, "Room A"]]
    assert read.columns == seen.columns


def test_a_second_sheet_is_optional(several: Path):
    """A second sheet is read if it is there and holds something."""
    book = open_book(several)
    slots = book.optional("timeslots", KNOWN)

    assert slots is not None
    assert (slots.name, table(slots)) == ("TimeSlots", {2: [1.0, "TimeSlots"]})
    assert book.optional("Blank", KNOWN) is None
    assert book.optional("Nothing", KNOWN) is None


def test_no_header(sheet: MakeSheet):
    """A sheet without a known column says what it holds and what is expected."""
    way = (
        "Its header has to hold column names such as Id, BusinessId, Name. "
        "`nexudus-bulk template` writes a sheet that has them."
    )

    assert refusal(sheet('""\nFoo | 12 | Bar')) == (
        f"rooms.xlsx: sheet Resources has no known column; row 2 holds 'Foo', '12', 'Bar'. {way}"
    )
    assert refusal(sheet("")) == f"rooms.xlsx: sheet Resources is empty. {way}"


def test_a_header_too_far_down(tmp_path: Path):
    """A header is looked for in the first 50 rows."""
    for row in (49, 50):
        with xlsxwriter.Workbook(tmp_path / f"{row}.xlsx") as book:
            page = book.add_worksheet("Resources")
            page.write_string(0, 0, "Title")
            page.write_row(row, 0, ["Id", "Name"])

    assert read(tmp_path / "49.xlsx").header_row == 50
    assert "row 1 holds 'Title'" in refusal(tmp_path / "50.xlsx")


# ---- csv


def text_file(tmp_path: Path, content: str | bytes, name: str = "rooms.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("codec", "said"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("cp1252", "Windows-1252"),
    ],
)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encoding_and_separator_are_detected(tmp_path: Path, codec: str, said: str, separator: str):
    """Every usual encoding and separator is read, and said; all cells are texts."""
    lines = ["Id,Name,Notes", '1,"Café ""A"", 1st",=1+1', "007,,NA"]
    content = lines[0].replace(",", separator) + "\r\n"
    content += f'1{separator}"Café ""A"", 1st"{separator}=1+1\r\n007{separator}{separator}NA\r\n'

    found = read(text_file(tmp_path, content.encode(codec)))

    assert (found.name, found.header_row) == ("Resources", 1)
    assert table(found) == {2: ["1", 'Café "A", 1st', "=1+1"], 3: ["007", None, "NA"]}
    shown = "tab" if separator == "\t" else separator
    assert found.remarks == (f"rooms.csv: csv, {said}, separator {shown}, header in row 1, 2 rows",)


def test_utf_16_big_endian(tmp_path: Path):
    """The byte order mark decides."""
    found = read(text_file(tmp_path, b"\xfe\xff" + "Id\tName\n1\tÄ".encode("utf-16-be"), "a.txt"))

    assert table(found) == {2: ["1", "Ä"]}


def test_a_separator_in_texts_does_not_mislead(tmp_path: Path):
    """The separator that shows the known names wins over the one that occurs most."""
    content = "Rooms, as of March, by us, and others, too\nId;Name\n1;a, b, c, d, e, f\n"

    assert table(read(text_file(tmp_path, content))) == {3: ["1", "a, b, c, d, e, f"]}


def test_rows_of_a_csv_are_counted_as_excel_does(tmp_path: Path):
    """`sep=` is no row, blank lines are, and a line break in quotes adds none."""
    content = 'sep=|\r\n\r\nId|Name\r\n1|"two\r\nlines"\r\n\r\n2|B|extra\r\n3\r\n'

    found = read(text_file(tmp_path, content))

    assert found.header_row == 2
    assert table(found) == {3: ["1", "two\r\nlines"], 5: ["2", "B"], 6: ["3", None]}
    assert found.nameless == (3,)
    assert found.remarks == ("rooms.csv: csv, UTF-8, separator |, header in row 2, 3 rows",)


def test_a_csv_has_one_sheet(tmp_path: Path):
    """A csv goes by the default name; another one cannot be chosen, and there is no second one."""
    path = text_file(tmp_path, "Id,Name\n1,A\n")

    assert read(path, "resources").name == "Resources"
    assert open_book(path).optional("TimeSlots", KNOWN) is None
    with pytest.raises(UsageError) as refused:
        read(path, "Rooms")
    assert str(refused.value) == (
        "rooms.csv: a csv has no sheets, so 'Rooms' is not in it. Leave out --sheet."
    )


def test_a_long_cell_is_read(tmp_path: Path):
    """A cell may be longer than Python's csv reader allows by itself."""
    assert table(read(text_file(tmp_path, f"Id,Name\n1,{'x' * 200_000}\n"))) == {
        2: ["1", "x" * 200_000]
    }


def test_an_open_quote_swallows_no_rows(tmp_path: Path):
    """A quotation mark that is never closed is told with its row; one inside a text is a text."""
    assert refusal(text_file(tmp_path, 'Id,Name\n1,A\n2,"B\n3,C\n4,D\n')) == (
        "rooms.csv: a quotation mark that is opened on row 3 is never closed. "
        "Close it, or remove it."
    )
    assert table(read(text_file(tmp_path, 'Id,Name\n1,5" pipe\n'))) == {2: ["1", '5" pipe']}


def test_a_header_of_20_000_columns(tmp_path: Path):
    """Too many columns are refused at once; as many as a sheet can have are read."""
    wide = ",".join(["Id", "Name", *(f"c{number}" for number in range(19_998))])
    begin = clock.perf_counter()

    assert refusal(text_file(tmp_path, f"{wide}\n1,A\n")) == (
        "rooms.csv: row 1 has 20,000 columns, and a sheet has at most 16,384. "
        "Remove the columns that are not needed."
    )
    assert clock.perf_counter() - begin < 5

    fitting = ",".join(wide.split(",")[:16_384])
    assert len(read(text_file(tmp_path, f"{fitting}\n1,A\n")).columns) == 16_384


def test_texts_that_are_none(tmp_path: Path):
    """Binary content and unknown encodings are refused."""
    advice = "In Excel, save it as 'CSV UTF-8'."

    assert refusal(text_file(tmp_path, b"Id,Name\n1,\0\n")) == (
        f"rooms.csv: this is not a text file. {advice}"
    )
    assert refusal(text_file(tmp_path, b"Id,Name\n\xff\0\n")) == (
        f"rooms.csv: this is not a text file. {advice}"
    )
    assert refusal(text_file(tmp_path, b"Id,Name\n\x81\n")) == (
        f"rooms.csv: the text is neither UTF-8 nor Windows-1252. {advice}"
    )


# ---- files that are no sheets

SAVE = "Open it in Excel or LibreOffice and save it again as .xlsx."
FOREIGN = "whatever its name says. If Excel opens it, save it there as .xlsx."
FORMATS = "files that end in '.docx' are not read. Use .xlsx, .xlsm, .xls, .ods or .csv."
OLE = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(504)
PROTECTED = (
    "the workbook is protected with a password. Remove the password in Excel "
    "(File, Info, Protect Workbook) and save it."
)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.xlsx", b"", "the file is empty. Save it again where it came from."),
        ("a.csv", b" \n", "the file is empty. Save it again where it came from."),
        ("a.xlsx", b"\x89PNG\r\n\x1a\n\0\0", f"this is a picture, {FOREIGN}"),
        ("a.csv", b"%PDF-1.7\n", f"this is a PDF document, {FOREIGN}"),
        ("a.xls", b"\xef\xbb\xbf\n<HTML><table>", f"this is a web page, {FOREIGN}"),
        ("a.xlsx", b"<?xml version='1.0'?><Workbook/>", f"this is an XML file, {FOREIGN}"),
        ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), PROTECTED),
        (
            "a.xlsx",
            OLE + "Workbook".encode("utf-16-le"),
            "this is an old workbook. Rename it to end in .xls.",
        ),
        ("a.csv", OLE, f"this is an old Office document, not a workbook. {SAVE}"),
        ("a.xls", OLE, f"the workbook is damaged. {SAVE}"),
        ("a.ods", b"PK\x03\x04", f"the workbook is damaged. {SAVE}"),
        (
            "a.xls",
            b"PK\x03\x04",
            "this is a workbook or an archive, not an old workbook. Rename it to end in .xlsx.",
        ),
        (
            "a.xls",
            b"Id\tName\n1\tA\n",
            "the file holds text, not a workbook. Rename it to end in .csv.",
        ),
        ("a.xlsb", b"PK\x03\x04", f".xlsb files are not read. {SAVE}"),
        ("a.xlsx", b"PK\x03\x04 and no more", f"the workbook is damaged. {SAVE}"),
        (
            "a.csv",
            b"PK\x03\x04",
            "this is a workbook or an archive, not text. Rename it to end in .xlsx.",
        ),
        (
            "a.xlsx",
            b"Id,Name\n1,A\n",
            "the file holds text, not a workbook. Rename it to end in .csv.",
        ),
        ("a.xlsx", b"\0\1\2\3", f"this is no workbook, or a damaged one. {SAVE}"),
        ("a.docx", b"PK", FORMATS),
    ],
)
def test_foreign_files_are_named(tmp_path: Path, name: str, content: bytes, sentence: str):
    """A file is judged by what it holds, and the sentence says what it is and what to do."""
    assert refusal(text_file(tmp_path, content, name)) == f"{name}: {sentence}"


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        (["content.xml"], "this is an OpenDocument file. Rename it to end in .ods."),
        (["xl/workbook.bin"], f"this is a binary workbook (.xlsb). {SAVE}"),
        (["photo.txt"], f"this is a zip archive, not a workbook. {SAVE}"),
        (["xl/workbook.xml"], f"the workbook is damaged. {SAVE}"),
    ],
)
def test_foreign_archives_are_named(tmp_path: Path, parts: list[str], sentence: str):
    """An archive is judged by its parts."""
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        for part in parts:
            archive.writestr(part, "x")

    assert refusal(tmp_path / "a.xlsx") == f"a.xlsx: {sentence}"


def test_a_word_document_named_xlsx(tmp_path: Path):
    """A package that is no workbook is said to be another kind of document."""
    path = package(tmp_path / "a.xlsx")
    other = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(other, "w") as target:
        for entry in source.infolist():
            content = source.read(entry)
            target.writestr(
                entry.filename, b"<document/>" if entry.filename == "xl/workbook.xml" else content
            )

    assert refusal(other) == f"b.xlsx: this is another kind of document. {SAVE}"


def test_files_that_are_not_there(tmp_path: Path):
    """What cannot be opened is the caller's to mend."""
    fifo = tmp_path / "pipe.xlsx"
    os.mkfifo(fifo)
    for path, sentence in (
        (tmp_path / "no.xlsx", "there is no such file. Check the name and the folder."),
        (tmp_path, "this is a folder. Name the file in it."),
        (fifo, "this is not a file. Name a workbook or a csv."),
        (tmp_path / ("x" * 300), "the file cannot be opened. Check its name."),
    ):
        with pytest.raises(UsageError) as refused:
            open_book(path)
        assert str(refused.value) == f"{path}: {sentence}"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(sheet: MakeSheet):
    """A lack of permission is the caller's to mend."""
    path = sheet("Id | Name")
    path.chmod(0)

    with pytest.raises(UsageError) as refused:
        open_book(path)
    assert str(refused.value) == (
        f"{path}: the file may not be read. Close it elsewhere and check its permissions."
    )


def test_a_truncated_workbook_is_damaged(sheet: MakeSheet):
    """No part of a workbook is read when another part is broken."""
    path = sheet("Id | Name\n1 | A")
    whole = path.read_bytes()
    path.write_bytes(whole[:-100])

    assert refusal(path) == f"rooms.xlsx: the workbook is damaged. {SAVE}"


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
def test_a_changed_byte_is_noticed(sheet: MakeSheet, part: str):
    """A byte that went wrong in the archive is noticed, wherever it is."""
    path = sheet("Id | Name\n1 | A")
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo(part)
    content[entry.header_offset + 30 + len(part) + entry.compress_size // 2] ^= 0xFF
    path.write_bytes(content)

    assert refusal(path) == f"rooms.xlsx: the workbook is damaged. {SAVE}"


@pytest.mark.parametrize(
    "rows",
    [
        HEADER + '<row r="2"><c r="A2" t="s"><v>99</v></c></row>',
        HEADER + '<row r="2"><c r="A2" t="b"><v>x</v></c></row>',
        HEADER + '<row r="2"><c r="A2"><v>99</v>',
        HEADER + '<row r="2000000"><c r="A2000000"><v>99</v></c></row>',
    ],
)
def test_a_broken_sheet_is_damaged(tmp_path: Path, rows: str):
    """XML that no spreadsheet program writes is refused without a library's words."""
    path = package(tmp_path / "a.xlsx", rows)

    assert refusal(path) == f"a.xlsx: the workbook is damaged. {SAVE}"


def test_a_stray_cell_far_out_is_named(tmp_path: Path):
    """A cell at the far corner is named before memory is asked for."""
    row = '<row r="900000"><c r="XFD900000"><v>1</v></c></row>'

    assert refusal(package(tmp_path / "a.xlsx", HEADER + row)) == (
        "a.xlsx: sheet Resources reaches to cell XFD900000, which is too far to read. "
        "Delete the rows below and the columns beside the table."
    )


def test_styled_blanks_far_out_are_no_cells(tmp_path: Path):
    """Formats without values do not make a sheet large."""
    row = '<row r="1048576"><c r="XFD1048576" s="0"/></row>'

    assert table(read(package(tmp_path / "a.xlsx", HEADER + row))) == {}


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path):
    """An archive that declares an absurd size is refused before it is read."""
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_rels/.rels", "x")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(101):
                part.write(bytes(2**20))

    assert refusal(path) == (
        "a.xlsx: xl/worksheets/sheet1.xml would unpack to 101 MB, 1,028 times its size, "
        f"which no spreadsheet program does. {SAVE}"
    )


def test_entities_are_refused(tmp_path: Path):
    """A part with a document type is refused, in whatever encoding it hides."""
    bomb = f'<!DOCTYPE a [<!ENTITY b "c">]><worksheet xmlns="{MAIN}"><sheetData/></worksheet>'
    sentence = (
        f"a.xlsx: the workbook defines XML entities, which no spreadsheet program does. {SAVE}"
    )

    for codec in ("utf-8", "utf-16"):
        assert refusal(package(tmp_path / "a.xlsx", sheet=bomb.encode(codec))) == sentence


def test_a_password_on_the_archive(sheet: MakeSheet):
    """An archive with encrypted entries is a protected workbook."""
    path = sheet("Id | Name")
    content = bytearray(path.read_bytes())
    central = content.index(b"PK\x01\x02")
    content[central + 8] |= 1
    path.write_bytes(content)

    assert refusal(path) == f"rooms.xlsx: {PROTECTED}"


def test_a_sheet_whose_part_is_missing(tmp_path: Path):
    """A sheet that is listed but not there is damage."""
    path = package(tmp_path / "a.xlsx", target="worksheets/other.xml")

    assert refusal(path) == f"a.xlsx: the workbook is damaged. {SAVE}"


def test_a_workbook_without_sheets(tmp_path: Path):
    """A workbook that lists no sheet says so."""
    assert refusal(package(tmp_path / "a.xlsx", tabs="")) == (
        "a.xlsx: there is no sheet 'Resources'. Sheets of this workbook: none. "
        "Name the one to read with --sheet."
    )
