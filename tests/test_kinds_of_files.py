"""The files people really have: the same rows whatever the kind, the encoding and the layout."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import hostile_files
import kinds_of_files
import openpyxl
import pytest
import xlsxwriter
from flows import ROOMS, SAMPLES, by_name, counts, read_rows, writes

from pipeline.entities import RESOURCE
from pipeline.errors import WorkbookError
from pipeline.prepared import Reading, check, prepare
from pipeline.sheets.biff_dates import moment
from pipeline.sheets.read import ErrorCell, Sheet, Uncalculated, open_book

FILES = Path(__file__).parent / "files"
KNOWN = ("Id", "BusinessId", "Name", "Notes", "Allocation")
NEW = "results will be a new .xlsx"


def read(path: Path, wanted: str | None = None) -> Sheet:
    return open_book(path).sheet(wanted=wanted, default="Resources", known=KNOWN)


def table(sheet: Sheet) -> dict[int, list[object]]:
    return {int(row): list(cells) for row, *cells in sheet.cells.itertuples(name=None)}


# ---- every kind of file


EVERY_TYPE = {
    4: [
        datetime(2026, 3, 31, 14, 30, 15),  # noqa: DTZ001 - a cell has no time zone
        date(2026, 3, 31),
        time(9, 45),
        timedelta(hours=36),
        123456789012345.0,
        False,
        0.25,
        12.5,
        ErrorCell("#N/A"),
    ],
    5: ["NA", "007", " lead", "two\nlines", "=1+1", "😀 é", "#N/A", "TRUE", "a  b"],
    6: [ErrorCell("#DIV/0!"), 2.0, -7.25, *[None] * 6],
    8: [8.0, "merged down", *[None] * 7],
    9: [9.0, "merged down", *[None] * 7],
    10: [10.0, "merged down", *[None] * 7],
    14: [14.0, *[None] * 8],
}


def of_every_type(tmp_path: Path, ending: str, system: int) -> Path:
    name = f"every-type-{system}{ending}"
    if (FILES / name).exists():
        return FILES / name
    return kinds_of_files.every_type(tmp_path / name, date_1904=system == 1904)


@pytest.mark.parametrize("system", [1900, 1904])
@pytest.mark.parametrize("ending", [".xlsx", ".xlsm", ".xls", ".ods"])
def test_cells_of_every_type(tmp_path: Path, ending: str, system: int):
    """Dates of both systems, errors, merged and hidden cells are alike in all workbooks."""
    path = of_every_type(tmp_path, ending, system)
    kind = {".xls": "xls, ", ".ods": "ods, "}.get(ending, "")
    new = f" {NEW};" if kind else ""

    found = read(path)

    assert found.header_row == 3
    assert [each.text for each in found.columns] == list(kinds_of_files.NAMES)
    assert table(found) == EVERY_TYPE
    assert [type(cell) for cell in table(found)[4]] == [type(cell) for cell in EVERY_TYPE[4]]
    assert found.remarks == (
        f"{path.name}: {kind}header in row 3, 7 rows;{new} hidden row 9 read too; "
        "merged B8:C10 filled down; merged B8:C10: only the first column is read",
    )


@pytest.mark.parametrize("ending", [".xlsx", ".xls", ".ods"])
def test_sheets_of_every_kind(tmp_path: Path, ending: str):
    """Sheets are listed, hidden ones marked and readable, in every kind of workbook."""
    path = of_every_type(tmp_path, ending, 1900)

    with pytest.raises(WorkbookError) as refused:
        read(path, "Rooms")

    assert str(refused.value) == (
        f"{path.name}: there is no sheet 'Rooms'. Sheets of this workbook: Resources, "
        "Lists (hidden), Secret (hidden). Name one of them with --sheet."
    )
    assert open_book(path).rows("Lists") == [["x"]]
    assert open_book(path).optional("Secret", KNOWN) is None


ROWS = {
    2: {
        "BusinessId": 7,
        "Name": 'Café Größe, €5; "A"',
        "SystemResourceType": 1,
        "ResourceTypeId": 21,
        "Allocation": 10,
        "Visible": True,
    },
    3: {
        "BusinessId": 7,
        "Name": "007",
        "SystemResourceType": 2,
        "ResourceTypeId": 22,
        "Allocation": 1,
        "Visible": False,
    },
    4: {
        "BusinessId": 8,
        "Name": "Room | C",
        "SystemResourceType": 0,
        "ResourceTypeId": 21,
        "Visible": True,
    },
}


def values(path: Path) -> dict[int, dict[str, object]]:
    return {row.number: dict(row.values) for row in prepare(path, RESOURCE).rows}


@pytest.mark.parametrize("ending", [".xlsx", ".xlsm", ".xls", ".ods"])
def test_rooms_of_every_workbook(tmp_path: Path, ending: str):
    """The same rooms come from every kind of workbook."""
    given = FILES / f"rooms{ending}"
    path = given if given.exists() else kinds_of_files.rooms(tmp_path / f"rooms{ending}")

    assert values(path) == ROWS


ENCODINGS = {
    "utf-8": (b"", "UTF-8"),
    "utf-8-sig": (b"", "UTF-8"),
    "utf-16-le": (b"", "UTF-16"),
    "utf-16-be": (b"", "UTF-16"),
    "utf-16-le with a mark": (b"\xff\xfe", "UTF-16"),
    "utf-16-be with a mark": (b"\xfe\xff", "UTF-16"),
    "cp1252": (b"", "Windows-1252"),
}


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".txt"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_rooms_of_every_text(tmp_path: Path, encoding: str, separator: str, ending: str):
    """The same rooms come from a text in every encoding, with every separator."""
    mark, said = ENCODINGS[encoding]
    lines = (
        separator.join('"{}"'.format(cell.replace('"', '""')) for cell in row)
        for row in kinds_of_files.ROOMS
    )
    path = tmp_path / f"rooms{ending}"
    path.write_bytes(mark + "\r\n".join(lines).encode(encoding.partition(" ")[0]))
    shown = "tab" if separator == "\t" else separator

    assert values(path) == ROWS
    assert prepare(path, RESOURCE).sheet.remarks == (
        f"{path.name}: csv, {said}, separator {shown}, header in row 1, 3 rows",
    )


def test_a_plain_workbook_is_read_without_a_word(tmp_path: Path):
    """Of a workbook with its header in row 1 and nothing odd there is nothing to say."""
    assert read(kinds_of_files.rooms(tmp_path / "rooms.xlsx")).remarks == ()


# ---- OpenDocument


def document(tmp_path: Path, rows: str, before: str = "") -> Path:
    content = hostile_files.ODS_BEFORE.replace("<office:body>", f"{before}<office:body>")
    return hostile_files.ods(tmp_path / "a.ods", content + rows + hostile_files.ODS_AFTER)


def ods_row(*cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def ods_cell(kind: str = "", content: str = "", **attributes: str) -> str:
    words = "".join(
        f' {name.replace("_", ":", 1).replace("_", "-")}="{value}"'
        for name, value in attributes.items()
    )
    value_type = f' office:value-type="{kind}"' if kind else ""
    return f"<table:table-cell{value_type}{words}>{content}</table:table-cell>"


def test_values_of_a_document(tmp_path: Path):
    """Percentages, amounts of money and yes/no are values; a text is what the cell shows."""
    path = document(
        tmp_path,
        ods_row(
            ods_cell("percentage", office_value="0.5"),
            ods_cell("currency", office_value="12.5", office_currency="EUR"),
        )
        + ods_row(
            ods_cell("boolean", office_boolean_value="true"),
            ods_cell("string", office_string_value="kept", content="<text:p>shown</text:p>"),
        )
        + ods_row(
            ods_cell("time", office_time_value="-PT01H00M00S"),
            ods_cell("date", office_date_value="31.3.2026", content="<text:p>odd</text:p>"),
        )
        + ods_row(
            ods_cell("float", office_value="nan", content="<text:p>nan</text:p>"),
            ods_cell("date", office_date_value="2026-03-31T14:30:15.1234567"),
        ),
    )

    assert table(read(path)) == {
        2: [0.5, 12.5],
        3: [True, "kept"],
        4: [timedelta(hours=-1), "odd"],
        5: ["nan", datetime(2026, 3, 31, 14, 30, 15, 123456)],  # noqa: DTZ001 - as a cell
    }


def test_texts_of_a_document(tmp_path: Path):
    """Blanks, tabs and breaks are kept, formats and notes are no part of a text."""
    spaced = "a<text:s text:c='3'/>b <text:span>\n c</text:span><text:tab/><text:line-break/>d"
    noted = (
        "<office:annotation><text:p>a note</text:p></office:annotation><text:p>x</text:p><text:p/>"
        "<text:p><text:a>y</text:a></text:p>"
    )
    path = document(
        tmp_path,
        ods_row(ods_cell("string", f"<text:p>{spaced}</text:p>"), ods_cell("string", noted)),
    )

    assert table(read(path)) == {2: ["a   b c\t\nd", "x\n\ny"]}


def test_broken_cells_of_a_document(tmp_path: Path):
    """Errors of any program and formulas without a result are no values and no blanks."""
    formula = "of:=[.A1]"
    path = document(
        tmp_path,
        ods_row(
            ods_cell(table_formula=formula),
            ods_cell("float", "<text:p>Err:502</text:p>", office_value="0", table_formula=formula),
        )
        + ods_row(
            ods_cell(table_formula=formula, content="<text:p/>"),
            ods_cell("string", "<text:p>#REF!</text:p>", table_formula=formula),
        )
        + ods_row(ods_cell("string", "<text:p>#REF!</text:p>"), ods_cell()),
    )

    assert table(read(path)) == {
        2: [Uncalculated("=[.A1]"), ErrorCell("Err:502")],
        3: [None, ErrorCell("#REF!")],
        4: ["#REF!", None],
    }


def test_repeated_cells_and_rows_of_a_document(tmp_path: Path):
    """What a document writes once for many cells stands in each of them; blanks cost nothing."""
    many = 'table:number-rows-repeated="{}"'
    path = document(
        tmp_path,
        ods_row(ods_cell(table_style_name="grey"), attributes=many.format(3000))
        + ods_row(
            ods_cell("float", office_value="7", table_number_columns_repeated="2"),
            attributes=many.format(3) + ' table:visibility="filter"',
        )
        + ods_row(ods_cell(table_number_columns_repeated="16384"), attributes=many.format(1045573)),
    )

    found = read(path)

    assert table(found) == {3002: [7.0, 7.0], 3003: [7.0, 7.0], 3004: [7.0, 7.0]}
    assert found.remarks == (
        f"a.ods: ods, header in row 1, 3 rows; {NEW}; hidden rows 3002-3004 read too",
    )


def test_what_is_below_merged_cells_of_a_document_is_not_seen(tmp_path: Path):
    """A covered cell may hold a text that nobody sees: the merged one counts."""
    covered = (
        '<table:covered-table-cell office:value-type="string"><text:p>unseen</text:p>'
        "</table:covered-table-cell>"
    )
    merged = ods_cell(
        "string",
        "<text:p>seen</text:p>",
        table_number_rows_spanned="2",
        table_number_columns_spanned="1",
    )
    number = ods_cell("float", office_value="1")
    path = document(tmp_path, ods_row(number, merged) + ods_row(number, covered))

    assert table(read(path)) == {2: [1.0, "seen"], 3: [1.0, "seen"]}


def test_documents_that_are_none(tmp_path: Path):
    """Workbooks of another kind, locked ones and other documents are told apart."""
    save = "Open it in Excel or LibreOffice and save it again as .xlsx."
    locked = '<a><encryption-data xmlns="x"/></a>'
    for parts, sentence in (
        (hostile_files.parts(), "this is an Excel workbook. Rename it to end in .xlsx."),
        ({"content.xml": "<a/>"}, f"this is another kind of document. {save}"),
        (
            {"content.xml": "<a/>", "META-INF/manifest.xml": locked},
            "the workbook is protected with a password. Remove the password in Excel "
            "(File, Info, Protect Workbook) and save it.",
        ),
    ):
        path = hostile_files.write(tmp_path / "a.ods", parts)
        with pytest.raises(WorkbookError) as refused:
            read(path)
        assert str(refused.value) == f"a.ods: {sentence}"


# ---- layouts


def book(tmp_path: Path, write: Callable[[xlsxwriter.worksheet.Worksheet], object]) -> Path:
    path = tmp_path / "rooms.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        write(workbook.add_worksheet("Resources"))
    return path


def test_a_header_of_two_lines(tmp_path: Path):
    """Names merged over two lines belong to the lower one, where the others stand."""

    def write(page: xlsxwriter.worksheet.Worksheet) -> None:
        page.merge_range("A1:D1", "All our rooms")
        page.merge_range("A3:A4", "Id")
        page.merge_range("B3:C3", "About the room")
        page.write_row("B4", ["Name", "Notes"])
        page.merge_range("D3:D4", "Allocation")
        page.write_row("A5", [1, "A", "x", 4])
        page.write_row("A6", [2, "B", "y", 5])

    found = read(book(tmp_path, write))

    assert found.header_row == 4
    assert [each.text for each in found.columns] == ["Id", "Name", "Notes", "Allocation"]
    assert table(found) == {5: [1.0, "A", "x", 4.0], 6: [2.0, "B", "y", 5.0]}
    assert found.remarks == ("rooms.xlsx: header in row 4, 2 rows",)


def test_a_header_whose_names_are_all_merged_down(tmp_path: Path):
    """Two lines that are one header make no second header, and no row."""

    def write(page: xlsxwriter.worksheet.Worksheet) -> None:
        page.merge_range("A1:A2", "Id")
        page.merge_range("B1:B2", "Name")
        page.write_row("A3", [1, "A"])

    found = read(book(tmp_path, write))

    assert (found.header_row, found.repeated, table(found)) == (2, (), {3: [1.0, "A"]})


def test_merged_cells_make_no_rows_and_overwrite_nothing(tmp_path: Path):
    """A merged cell counts for rows that hold something; what stands to its right is its own."""

    def write(page: xlsxwriter.worksheet.Worksheet) -> None:
        page.write_row("A1", ["Id", "Name", "Notes"])
        page.merge_range("B2:B6", "Wing")
        page.write_column("A2", [1, 2])
        page.write_number("A5", 4)
        page.merge_range("B7:C7", "wide")
        page.write_number("A7", 6)

    found = read(book(tmp_path, write))

    assert table(found) == {
        2: [1.0, "Wing", None],
        3: [2.0, "Wing", None],
        5: [4.0, "Wing", None],
        7: [6.0, "wide", None],
    }
    assert found.remarks == (
        "rooms.xlsx: header in row 1, 4 rows; merged B2:B6 filled down; "
        "merged B7:C7: only the first cell is read",
    )


def test_exports_are_not_filled_down(tmp_path: Path):
    """Where a hidden base says what each cell held, a merge is no edit of the rows below."""
    path = tmp_path / "rooms.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        page = workbook.add_worksheet("Resources")
        page.write_row("A1", ["Id", "Name"])
        page.write_column("A2", [1, 2])
        page.merge_range("B2:B3", "Wing")
        workbook.add_worksheet("Base").hide()

    found = read(path)

    assert table(found) == {2: [1.0, "Wing"], 3: [2.0, None]}
    assert found.remarks == (
        "rooms.xlsx: header in row 1, 2 rows; merged B2:B3: only the first cell is read",
    )


def test_thousands_of_blank_lines_of_a_csv(tmp_path: Path):
    """Lines of nothing but separators are no rows, and columns of nothing no columns."""
    path = tmp_path / "rooms.csv"
    path.write_text(
        "Our rooms,,,,\n,,,,\nId,Name,,,\n" + ",,,,\n" * 9000 + "1,A,,,\n" + ",,,,\n" * 9000
    )

    found = read(path)

    assert (found.header_row, found.nameless) == (3, ())
    assert table(found) == {9004: ["1", "A"]}
    assert found.remarks == ("rooms.csv: csv, UTF-8, separator ,, header in row 3, 1 row",)


# ---- decimal comma

HEAD = "BusinessId;Name;SystemResourceType;ResourceTypeId;DisplayOrder;Visible"
GOOD = "7;Room A;1;21;0;Yes"


def numbers(tmp_path: Path, *cells: str, column: str, **reading: bool) -> list[object]:
    """Return what the column says, or the problem."""
    path = tmp_path / "rooms.csv"
    rows = "\n".join(
        f"{GOOD.replace('Room A', f'Room {n}')};{cell}" for n, cell in enumerate(cells)
    )
    path.write_text(f"{HEAD};{column}\n{rows}\n", encoding="utf-8")
    prepared = prepare(path, RESOURCE, Reading(**reading))  # type: ignore[arg-type]
    told = {
        each.row: f"{each.message} {each.hint}" for each in check(prepared) if each.column == column
    }
    return [told.get(row.number, row.value(column)) for row in prepared.rows]


def test_decimal_commas_by_choice(tmp_path: Path):
    """With the option commas begin decimals, and points, blanks or apostrophes part thousands."""
    cells = ("12,5", "1.234,5", "1.234", "1 234 567,25", "1\u2019234", ",5", "12", "+3,0")

    assert numbers(tmp_path, *cells, column="CancellationFeeAmount", decimal_comma=True) == [
        *(12.5, 1234.5, 1234, 1234567.25, 1234, 0.5, 12, 3)
    ]


def test_numbers_that_are_none_with_a_decimal_comma(tmp_path: Path):
    """A point that cannot part thousands is never guessed at."""
    cells = ("12.5", "1.23.4", "1,2,3", "x")
    other = "is not a number. Write digits and a point, such as 12.5."

    assert numbers(tmp_path, *cells, column="CancellationFeeAmount", decimal_comma=True) == [
        "'12.5' has a point, and with --decimal-comma that stands for thousands only. "
        "Write a comma: 12,5. Or leave out --decimal-comma.",
        *(f"'{cell}' {other}" for cell in cells[1:]),
    ]


def test_whole_numbers_with_a_decimal_comma(tmp_path: Path):
    """Thousands are read in whole numbers too, and a fraction is still refused."""
    assert numbers(tmp_path, "1.234", "4,0", "4,5", column="Allocation", decimal_comma=True) == [
        1234,
        4,
        "'4,5' is not a whole number. Write it without decimals, such as 4.",
    ]


def test_without_the_option_a_comma_is_named(tmp_path: Path):
    """The problem says that the option exists."""
    assert numbers(tmp_path, "12,5", "1.234,5", column="CancellationFeeAmount") == [
        "'12,5' is not a number. Write a point: 12.5. Or read the whole file with --decimal-comma.",
        "'1.234,5' is not a number. Write a point: 1234.5. "
        "Or read the whole file with --decimal-comma.",
    ]


def test_without_the_option_thousands_are_named(tmp_path: Path):
    """A whole number with a point in it is not said to be a fraction."""
    assert numbers(tmp_path, "1.234", "1.5", column="Allocation") == [
        "'1.234' is not a whole number. Write it without a point: 1234. "
        "Or read the whole file with --decimal-comma.",
        "'1.5' is not a whole number. Write it without decimals, such as 1.",
    ]


def test_number_cells_are_what_they_are(tmp_path: Path):
    """The option is for texts: a workbook's number has no comma, whatever it shows."""

    def write(page: xlsxwriter.worksheet.Worksheet) -> None:
        page.write_row("A1", ["BusinessId", "Name", "CancellationFeeAmount"])
        page.write_row("A2", [7, "A", 1.234])
        page.write_row("A3", [7, "1,5", "1.234"])

    prepared = prepare(book(tmp_path, write), RESOURCE, Reading(decimal_comma=True))

    assert [dict(row.values) for row in prepared.rows] == [
        {"BusinessId": 7, "Name": "A", "CancellationFeeAmount": 1.234},
        {"BusinessId": 7, "Name": "1,5", "CancellationFeeAmount": 1234},
    ]


def test_the_option_of_the_command(shell, tmp_path):
    """`check --decimal-comma` accepts what `check` refuses."""
    path = tmp_path / "rooms.csv"
    path.write_text(
        f"{HEAD};CancellationFeeType;CancellationFeeAmount\n{GOOD};0;12,50\n", encoding="utf-8"
    )

    assert shell("check", path).code == 1
    assert shell("check", path, "--decimal-comma").code == 0


# ---- results


def as_document(path: Path, sheet: Path) -> Path:
    """Write a workbook's rows as an OpenDocument file, numbers as numbers."""
    rows = []
    for line in openpyxl.load_workbook(sheet)["Resources"].iter_rows(values_only=True):
        rows.append("<table:table-row>" + "".join(map(_ods, line)) + "</table:table-row>")
    start = hostile_files.ODS_BEFORE.index("<table:table-row>")
    content = hostile_files.ODS_BEFORE[:start] + "".join(rows) + hostile_files.ODS_AFTER
    return hostile_files.ods(path, content)


def _ods(value: object) -> str:
    if value is None:
        return ods_cell()
    if isinstance(value, bool):
        return ods_cell("boolean", office_boolean_value=str(value).lower())
    if isinstance(value, int | float):
        return ods_cell("float", office_value=str(value))
    if isinstance(value, datetime):
        return ods_cell("date", office_date_value=value.isoformat())
    text = str(value).replace("&", "&amp;").replace("<", "&lt;")
    return ods_cell("string", "".join(f"<text:p>{part}</text:p>" for part in text.split("\n")))


def as_old_workbook(path: Path, sheet: Path) -> Path:
    """Write a workbook's rows as an old one, all cells as texts."""
    lines = openpyxl.load_workbook(sheet)["Resources"].iter_rows(values_only=True)
    records = [
        hostile_files.label(row, column, str(value))
        for row, line in enumerate(lines)
        for column, value in enumerate(line)
        if value is not None
    ]
    path.write_bytes(hostile_files.compound(hostile_files.old_book(*records)))
    return path


@pytest.mark.parametrize(("ending", "make"), [(".ods", as_document), (".xls", as_old_workbook)])
def test_results_of_other_workbooks(shell, sandbox, tmp_path, ending, make):
    """Rooms of an .ods or .xls are created; the results are an .xlsx that changes nothing."""
    source = make(tmp_path / f"rooms{ending}", SAMPLES / "rooms.xlsx")

    first = shell.run_import(source)

    assert (first.code, first.json["counts"]) == (0, counts(created=ROOMS))
    assert first.json["results"] == str(tmp_path / "rooms.results.xlsx")
    assert f"rooms{ending}: {ending[1:]}, header in row 1, 39 rows; {NEW}" in first.err
    rows = read_rows(tmp_path / "rooms.results.xlsx")
    assert {row["Status"] for row in rows} == {"created"}
    assert {row["Id"] for row in rows} == {
        each["Id"]
        for each in by_name(sandbox).values()
        if each["Name"] in {row["Name"] for row in rows}
    }
    sandbox.requests.clear()

    again = shell.run_import(tmp_path / "rooms.results.xlsx")

    assert (again.code, again.json["counts"]) == (0, counts(unchanged=ROOMS))
    assert writes(sandbox) == []


@pytest.mark.parametrize("ending", [".xls", ".ods"])
def test_cells_of_results_are_read_again_as_they_were(shell, tmp_path, ending):
    """Numbers, dates, times, errors and texts of another workbook survive in its results."""
    path = tmp_path / f"every{ending}"
    path.write_bytes((FILES / f"every-type-1900{ending}").read_bytes())

    done = shell.run_import(path, "--valid-rows-only")

    assert done.code == 1
    found = read(tmp_path / "every.results.xlsx")
    cells = found.cells[
        [each.number for each in found.columns if each.text in kinds_of_files.NAMES]
    ]
    assert {int(row): list(rest) for row, *rest in cells.itertuples(name=None)} == EVERY_TYPE


def test_results_of_a_csv_keep_its_title_and_its_columns_without_a_name(shell, tmp_path):
    """What is no row comes back where it stood: lines above the header, cells without one."""
    path = tmp_path / "rooms.csv"
    path.write_text(
        "Our rooms 2026,,,\nasked for by the owner,,,\n"
        "BusinessName,,Name,ResourceTypeName,,SystemResourceType,DisplayOrder,CancellationFeeType\n"
        "Harbour House,ask Ada,Room A,Meeting Room,12 m,MeetingRoom,10,None\n"
        ",,,,a remark of its own,,,\n"
        "Harbour House,,Room B,Meeting Room,,MeetingRoom,20,None\n"
    )

    done = shell.run_import(path)
    again = shell.run_import(tmp_path / "rooms.results.xlsx")

    lines = openpyxl.load_workbook(tmp_path / "rooms.results.xlsx")["Resources"].values
    assert [line[:5] for line in lines] == [
        ("Our rooms 2026", None, None, None, None),
        ("asked for by the owner", None, None, None, None),
        ("BusinessName", None, "Name", "ResourceTypeName", None),
        ("Harbour House", "ask Ada", "Room A", "Meeting Room", "12 m"),
        (None, None, None, None, "a remark of its own"),
        ("Harbour House", None, "Room B", "Meeting Room", None),
    ]
    assert (done.json["counts"], again.json["counts"]) == (counts(created=2), counts(unchanged=2))


def test_results_of_a_header_that_is_merged_over_two_lines(shell, tmp_path):
    """Its names are written once, so that the results have one header."""
    cells = ["BusinessName", "Name", "ResourceTypeName", "SystemResourceType", "DisplayOrder"]
    cells.append("CancellationFeeType")
    values = ["Harbour House", "Room A", "Meeting Room", "MeetingRoom", "10", "None"]
    tall = {"table_number_rows_spanned": "2"}
    path = document(
        tmp_path,
        ods_row(*(ods_cell("string", f"<text:p>{each}</text:p>", **tall) for each in cells))
        + ods_row(*("<table:covered-table-cell/>" for _ in cells))
        + ods_row(*(ods_cell("string", f"<text:p>{each}</text:p>") for each in values)),
    )

    done = shell.run_import(path)
    again = shell.run_import(Path(done.json["results"]))

    assert (done.json["counts"], again.json["counts"]) == (counts(created=1), counts(unchanged=1))


# ---- old workbooks


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_old_workbook_never_breaks_the_program(tmp_path: Path, seed: int):
    """Whatever bytes are changed, an .xls is read or refused in one sentence."""
    dice = random.Random(seed)
    whole = (FILES / "every-type-1900.xls").read_bytes()
    path = tmp_path / "a.xls"
    outcomes = set()
    for _ in range(150):
        content = bytearray(whole)
        for _ in range(dice.randint(1, 6)):
            at = dice.randrange(8, len(content))
            content[at : at + 2] = dice.choice((b"\xff\xff", b"\0\0", bytes([dice.randrange(256)])))
        path.write_bytes(content)
        try:
            outcomes.add(type(read(path)))
        except WorkbookError as error:
            outcomes.add(str(error).partition(":")[0])

    assert outcomes == {Sheet, "a.xls"}


@pytest.mark.parametrize(
    ("number", "is_1904", "cell"),
    [
        (1.0, False, date(1900, 1, 1)),
        (59.0, False, date(1900, 2, 28)),
        (61.0, False, date(1900, 3, 1)),
        (46112.5, False, datetime(2026, 3, 31, 12)),  # noqa: DTZ001 - a cell has no time zone
        (44650.0, True, date(2026, 3, 31)),
        (0.75, True, time(18)),
        (-1.0, False, -1.0),
        (3e9, False, 3e9),
    ],
)
def test_days_of_both_systems(number: float, is_1904: bool, cell: object):
    """A number of days is the date that Excel shows; what lies outside its calendar stays."""
    assert moment(number, is_1904=is_1904, is_duration=False) == cell


def test_texts_of_excel_5(tmp_path: Path):
    """Before Excel 97 texts had one byte a character, and the file says in which alphabet."""
    cells = [
        (0x204, struct.pack("<4H", row, column, 0, len(text)) + text.encode("cp1251"))
        for row, line in enumerate((("Id", "Name"), ("1", "Зал")))
        for column, text in enumerate(line)
    ]
    stream = hostile_files.old_book(*cells, version=0x500, codepage=1251)
    path = tmp_path / "a.xls"
    path.write_bytes(hostile_files.compound(stream, "Book"))

    assert table(read(path)) == {2: ["1", "Зал"]}


def test_old_workbooks_that_are_not_read(tmp_path: Path):
    """Locked workbooks, those before Excel 5 and other documents are told apart."""
    save = "Open it in Excel or LibreOffice and save it again as .xlsx."
    stream = hostile_files.old_book()
    locked = stream[:20] + struct.pack("<HHI", 0x2F, 4, 0) + stream[20:]
    for content, name, sentence in (
        (
            locked,
            "Workbook",
            "the workbook is protected with a password. Remove the password in Excel "
            "(File, Info, Protect Workbook) and save it.",
        ),
        (b"\x09\x04" + stream[2:], "Book", f"this workbook is older than Excel 5. {save}"),
        (stream, "WordDocument", f"this is an old Office document, not a workbook. {save}"),
    ):
        path = tmp_path / "a.xls"
        path.write_bytes(hostile_files.compound(content, name))
        with pytest.raises(WorkbookError) as refused:
            read(path)
        assert str(refused.value) == f"a.xls: {sentence}"
