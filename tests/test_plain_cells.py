"""Plain cells are taken out of a sheet's XML; what they say is what calamine says of them."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from pathlib import Path
from random import Random

import numpy as np
import pytest
import xlsxwriter

from pipeline.sheets.calamine import read_cells
from pipeline.sheets.digits import MARGIN, decimals, lengths_until, words_of
from pipeline.sheets.plain_cells import Known, OddError, take_plain
from pipeline.sheets.shared_texts import simple_texts
from pipeline.sheets.tabs import Tab
from pipeline.sheets.workbook import open_workbook

SHORT_NUMBER = re.compile(r"-?(?=.{1,16}$)\d{1,8}(\.\d{1,8})?")
KNOWN = Known(
    np.array(["Room A", None], dtype=object), np.array([6, 2]), np.array([True, False, False])
)


def taken(rows: str) -> tuple[list[tuple[list[int], list[list[object]]]], str]:
    plain, left = take_plain([rows.encode()], KNOWN)
    return [(each.rows.tolist(), each.cells.tolist()) for each in plain.blocks], left.decode()


def test_plain_cells_leave_their_rows_empty():
    """Texts, numbers, yes or no and blanks are taken with their places; the row's tag stays."""
    cells = (
        '<c r="A7" t="s"><v>0</v></c><c r="B7" s="0"><v>4</v></c><c r="C7" t="b"><v>1</v></c>'
        '<c r="D7" s="3"/><c r="E7" t="n"><v>-1.5E3</v></c><c r="AB7"><v>1234567890</v></c>'
    )
    values = ["Room A", 4.0, True, None, -1500.0, *[None] * 22, 1234567890.0]

    assert taken(f'<row r="7">{cells}</row>') == ([([7], [values])], '<row r="7"></row>')


def test_rows_have_up_to_seven_digits():
    """Each row is told from the next where their numbers grow longer, and at the last of all."""
    numbers = [9, 10, 11, 100, 99_999, 100_000, 1_048_575, 1_048_576]
    rows = [f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="AB{n}"/></row>' for n in numbers]

    [(found, cells)], left = taken("".join(rows))

    assert found == numbers
    assert [row[0] for row in cells] == numbers
    assert left == "".join(f'<row r="{n}"></row>' for n in numbers)


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A2" s="1"><v>45000</v></c>',  # a date
        '<c r="A2" t="e"><v>#N/A</v></c>',
        '<c r="A2"><f>1+1</f><v>2</v></c>',
        '<c r="A2" t="str"><v>x</v></c>',
        '<c r="A2" cm="1"><v>2</v></c>',
        '<c r="A2"> <v>2</v></c>',
        '<c r="A2"><v>0x10</v></c>',
        '<c r="A2"><v>1_000</v></c>',
        '<c r="A2" t="s"/>',
    ],
)
def test_other_cells_stay(cell: str):
    """A date, an error, a formula or a cell written in an unusual way is left for calamine."""
    rows = f'<row r="2">{cell}</row>'

    assert taken(rows) == ([], rows)


def _written(random: Random) -> str:
    digits = ("".join(random.choices("0123456789", k=random.randrange(1, 11))) for _ in range(2))
    whole, fraction = digits
    sign, point = random.choice(["", "", "-"]), random.choice(["", ".", ".", ".", "-", "e"])
    return f"{sign}{whole}{point}{random.choice([fraction, ''])}"


def test_short_numbers_are_the_floats_that_python_reads():
    """Digits are added up many at once, to the last bit; what is no such number is not taken."""
    odd = [
        "-0",
        "-0.0",
        "12345678.1234567",
        "1234567890123456",
        "1.",
        ".5",
        "-.5",
        "1.2.3",
        "-",
        "",
    ]
    random = Random(1)
    texts = [*odd, "0.1", *(_written(random) for _ in range(20_000))]
    before = [b" " * 8, *(f"{text}</v>".encode() for text in texts)]
    starts = np.cumsum([len(each) for each in before])[:-1]
    ends = starts + [len(text) for text in texts]

    numbers, are_read = decimals(words_of(b"".join([*before, MARGIN])), starts, ends)

    read = [texts[place] for place in np.flatnonzero(are_read)]
    assert list(map(repr, numbers[are_read].tolist())) == [repr(float(text)) for text in read]
    assert read == [text for text in texts if SHORT_NUMBER.fullmatch(text)]


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c><v>1</v></c></row>',
        '<row r="1"><c r="a1"><v>1</v></c></row>',
        '<row r="1"><c r="1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="2"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="B2"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="B11"><v>1</v></c></row>',
        '<row r="11"><c r="A11"><v>1</v></c><c r="B1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1x"><v>1</v></c></row>',
        '<row r="1"><c r="A0"><v>1</v></c></row>',
        '<row r="1"><c r="A1 "><v>1</v></c></row>',
        '<row r="1"><c r="A000000001"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>2</v></c></row>',
        '<row><c r="A2"><v>1</v></c></row><row><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="XFE1"><v>1</v></c></row>',
        '<row r="1"><!-- x --><c r="A1"><v>1</v></c></row>',
        '<?xml version="1.0" encoding="windows-1252"?><row><c r="A1"><v>1</v></c></row>',
    ],
)
def test_an_odd_sheet_is_left_alone(rows: str):
    """Of a sheet with a cell out of place nothing is taken: calamine reads it, or nobody does."""
    with pytest.raises(OddError):
        taken(rows)


def test_what_stands_before_a_character_is_counted():
    """The first one counts; bytes next to it that differ by one bit do not (`!` and `#`)."""
    words = words_of(b'"1#2!"!" \xa2\xff\x00\x80 12345678"' + MARGIN)

    found = lengths_until(words, b'"').tolist()

    assert found == [0, 4, 3, 2, 1, 0, 1, 0, 8, 8, 8, 8, 8, 8, 8, 7, 6, 5, 4, 3, 2, 1, 0, *[8] * 9]


@pytest.mark.parametrize("date_1904", [False, True])
def test_both_ways_read_the_same(tmp_path: Path, date_1904: bool):
    """Each cell of a sheet is the same, whether it was taken or read by calamine."""
    path = tmp_path / "all.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": date_1904, "default_date_format": "d.m."}) as book:
        sheet = book.add_worksheet("Resources")
        sheet.write_row(0, 0, ["Name", "  ", "x_x0041_", "<&>", "é\n😀", "", True, 0.1, -2, 1e300])
        moment = dt.datetime(2026, 1, 2, 3, 4)  # noqa: DTZ001 - a sheet knows no zones
        sheet.write_row(2, 1, [moment, dt.time(5), 2**53, 99999999])
        sheet.write_rich_string(3, 0, book.add_format({"bold": True}), "bold", " and plain")
        sheet.write_formula(3, 12, "=1/0", None, "#DIV/0!")
        sheet.write_formula(3, 13, "=A1", None, "Name")
    workbook = open_workbook(path)
    reader = workbook.read.__self__
    whole, streamed = reader._whole(workbook.tabs[0]), workbook.grid("Resources", ())

    def cells(rows):
        return {
            (row, column): (type(cell), cell)
            for row, line in enumerate(rows)
            for column, cell in enumerate(line)
            if cell is not None and str(cell).strip()
        }

    assert type(streamed.rows).__name__ == "Matrix"
    assert cells(streamed.rows) == cells(whole.rows)


SST = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}</sst>'
KEPT = '<si><t xml:space="preserve">{}</t></si>'


@pytest.mark.parametrize(
    "items",
    [
        "<si><t>Room A</t></si>",
        "<si><t>R&amp;D &lt;b&gt; &quot;x&quot; &apos;y&apos; &amp;lt;</t></si><si><t></t></si>",
        KEPT.format(" ends with a space ") + "<si><t>a\nb\tc > d</t></si>" + KEPT.format("  "),
        "<si><t>Büro</t></si><si><t>\u00a0東京\u00a0</t></si>",
    ],
)
def test_simple_texts_are_what_calamine_reads(tmp_path: Path, items: str):
    """Entities, spaces that count, and characters of all kinds."""
    texts = simple_texts(SST.format(items).encode())

    assert texts is not None
    assert [each or None for each in texts] == _by_calamine(tmp_path, items, len(texts))


@pytest.mark.parametrize(
    "items",
    [
        "<si><t> trimmed</t></si>",
        "<si><t>trimmed </t></si>" + KEPT.format("kept "),
        KEPT.format("kept ") + "<si><t>trimmed\n</t></si>",
        "<si><r><t>bold</t></r></si>",
        "<si><t>Room</t><rPh><t>ruum</t></rPh></si>",
        "<si><t>a&#10;b</t></si>",
        "<si><t>a_x000D_b</t></si>",
        "<si><t>a\r\nb</t></si>",
        "<si><t/></si><si><t>Room</t></si>",
        "<si><t>Room</t></si>\n<si><t>Hall</t></si>",
        "<si><t>a&nbsp;b</t></si>",
        "<si></si>",
        "",
    ],
)
def test_other_texts_are_left_to_calamine(items: str):
    """Two readers might take them for two different texts."""
    assert simple_texts(SST.format(items).encode()) is None
    latin = "<?xml version='1.0' encoding='ISO-8859-1'?>" + SST.format("<si><t>a</t></si>")
    assert simple_texts(latin.encode()) is None
    assert simple_texts(SST.format("<si><t>ü</t></si>").encode("latin-1")) is None


def _by_calamine(folder: Path, items: str, count: int) -> list[object]:
    """Put the texts into a workbook and return what calamine makes of each."""
    plain, path = folder / "plain.xlsx", folder / "a.xlsx"
    with xlsxwriter.Workbook(plain) as book:
        sheet = book.add_worksheet("Resources")
        for number in range(count):
            sheet.write_string(number, 0, str(number))
        sheet.write_string(count, 0, "0")  # so that nothing at the end is cut off
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            is_shared = name == "xl/sharedStrings.xml"
            target.writestr(name, SST.format(items) if is_shared else source.read(name))
    rows = read_cells(path, Tab("Resources", "", hidden=False), path)
    return [cell or None for (cell,) in rows[:count]]
