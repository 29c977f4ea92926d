"""The sheet's own XML, marked row by row: what programs write differently comes through."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest
from lxml import etree
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from pipeline.sheets.annotate import Mark, annotate
from pipeline.sheets.row_stream import survey
from pipeline.sheets.styles import MAIN

PART = "xl/worksheets/sheet1.xml"
ROOT = (
    f'<worksheet xmlns="{MAIN}" xmlns:mc="urn:mc" mc:Ignorable="x14ac xr" '
    'xmlns:x14ac="urn:x14ac" xmlns:xr="urn:xr" xr:uid="{00000000}">'
)
HEADER = '<row r="1" spans="1:2" x14ac:dyDescent="0.25"><c r="A1"><v>10</v></c><c r="B1"/></row>'
SECOND = '<row r="2" x14ac:dyDescent="0.25"><c r="A2"><f>A1*2</f><v>20</v></c></row>'
MARKS = {2: Mark("created", "", 7)}
OURS = ("Status", "Message", "Id")


@pytest.fixture
def mark(tmp_path: Path):
    """Give a function that marks a workbook whose sheet is this XML, and returns the new XML."""

    def run(xml: str, marks=MARKS, notes=None, columns=None) -> bytes:
        plain, source, target = (tmp_path / f"{n}.xlsx" for n in ("plain", "source", "target"))
        with Workbook(str(plain)) as book:
            book.add_worksheet("Resources")
        with ZipFile(plain) as old, ZipFile(source, "w") as new:
            for name in old.namelist():
                new.writestr(name, xml if name == PART else old.read(name))
        annotate(
            source,
            target,
            sheet="Resources",
            header_row=1,
            marks=marks,
            notes=notes or {},
            warnings={},
            columns=columns or {},
        )
        CalamineWorkbook.from_path(str(target)).get_sheet_by_name("Resources").to_python()
        with ZipFile(target) as package:
            assert package.testzip() is None
            return package.read(PART)

    return run


def refs(xml: bytes) -> list[str]:
    """Name the rows and, behind each, its cells."""
    return [
        each.get("r", "") for each in etree.fromstring(xml).iter(f"{{{MAIN}}}row", f"{{{MAIN}}}c")
    ]


def test_namespaces_are_declared_by_the_root_alone(mark):
    """Every prefix that mc:Ignorable names stays declared, once; rows keep their attributes."""
    marked = mark(f"{ROOT}<sheetData>{HEADER}{SECOND}</sheetData></worksheet>")

    root = etree.fromstring(marked)
    assert root.nsmap == {None: MAIN, "mc": "urn:mc", "x14ac": "urn:x14ac", "xr": "urn:xr"}
    assert dict(root.attrib) == {"{urn:mc}Ignorable": "x14ac xr", "{urn:xr}uid": "{00000000}"}
    assert marked.count(b"xmlns") == 4
    assert marked.count(b'<row r="2" x14ac:dyDescent="0.25">') == 1


def test_a_namespace_that_only_a_row_declares_stays(mark):
    """A program's own attribute on a row or a cell is not lost."""
    row = '<row r="2" xmlns:q="urn:q" q:a="1"><c r="A2" xmlns:w="urn:w" w:b="2"><v>1</v></c></row>'

    root = etree.fromstring(mark(f"{ROOT}<sheetData>{HEADER}{row}</sheetData></worksheet>"))

    row_element = root.find(f"{{{MAIN}}}sheetData")[1]
    assert row_element.get("{urn:q}a") == "1"
    assert row_element[0].get("{urn:w}b") == "2"


def test_a_sheet_whose_elements_have_a_prefix_is_marked(mark):
    """Some libraries write x:row instead of row."""
    xml = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c>'
        "</x:row></x:sheetData></x:worksheet>"
    )

    marked = mark(xml)

    assert refs(marked) == ["1", "A1", "B1", "C1", "D1", "2", "B2", "D2"]
    assert marked.count(b"xmlns") == 1
    assert b"<row" not in marked


def test_an_unmarked_row_is_copied_as_it_is(mark):
    """Text, cached values and attributes of a row that nobody marks are the same to the byte."""
    row = (
        '<row r="3" spans="1:2" ht="20" customHeight="1" x14ac:dyDescent="0.25">'
        '<c r="A3" t="str"><f t="shared" ref="A3:A4" si="0">"a &amp; b"</f><v>a &amp; b</v></c>'
        '<c r="B3" t="inlineStr"><is><r><t xml:space="preserve"> é </t></r></is></c></row>'
    )

    marked = mark(f"{ROOT}<sheetData>{HEADER}{SECOND}{row}</sheetData></worksheet>")

    assert row.encode() in marked


def test_rows_and_cells_without_references_are_counted(mark):
    """References are optional; a marked sheet has them where cells were added."""
    rows = "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row><row><c/></row>"

    marked = mark(f"{ROOT}<sheetData>{rows}</sheetData></worksheet>")

    assert refs(marked) == ["1", "A1", "B1", "C1", "D1", "E1", "2", "A2", "C2", "E2", "3", "A3"]


def test_cells_are_found_in_any_order(mark):
    """A cell stands at its reference, not at its place in the XML."""
    row = '<row r="2"><c r="C2"><v>3</v></c><c r="A2"><v>1</v></c></row>'
    columns = {"Status": 3, "Message": 2, "Id": 1}

    marked = mark(f"{ROOT}<sheetData>{HEADER}{row}</sheetData></worksheet>", columns=columns)

    assert refs(marked) == ["1", "A1", "B1", "2", "C2", "A2"]
    assert b'<c r="A2"><v>7</v></c>' in marked


@pytest.mark.parametrize(
    "data", ["<sheetData/>", "<sheetData></sheetData>", "<sheetData>\n </sheetData>"]
)
def test_a_sheet_without_rows_gets_them(mark, data):
    """A note or a mark may stand where the sheet has nothing."""
    marked = mark(f'{ROOT}<dimension ref="A1"/>{data}</worksheet>')

    assert refs(marked) == ["1", "A1", "B1", "C1", "2", "A2", "C2"]
    assert b'<dimension ref="A1:C2"/>' in marked


def test_rows_that_are_missing_come_into_being_in_their_places(mark):
    """A sheet leaves out rows that hold nothing."""
    rows = f'{HEADER}<row r="4"><c r="A4"/></row>'
    marks = {number: Mark("unsent") for number in (2, 4, 6)}

    marked = mark(f"{ROOT}<sheetData>{rows}</sheetData></worksheet>", marks, {(3, 1): "is blank"})

    assert refs(marked)[6:] == ["2", "C2", "3", "A3", "4", "A4", "C4", "6", "C6"]


def test_of_rows_with_one_number_the_last_is_marked(mark):
    """Such a file is broken, but marks do not break it further: no third row is made."""
    rows = f'{HEADER}{SECOND}<row r="2"><c r="A2"/></row>'

    marked = mark(f"{ROOT}<sheetData>{rows}</sheetData></worksheet>")

    assert refs(marked)[6:] == ["2", "A2", "2", "A2", "C2", "E2"]


def test_what_stands_round_the_rows_keeps_its_order(mark):
    """Elements behind the rows stay there, and the notes' drawing stands where it is allowed."""
    before = (
        '<sheetPr/><dimension ref="A1:B2"/><sheetViews><sheetView workbookViewId="0"/></sheetViews>'
    )
    behind = (
        '<autoFilter ref="A1:B2"/><!-- of a program --><conditionalFormatting sqref="A2"/>'
        '<dataValidations count="0"/><pageMargins left="1" right="1" top="1" bottom="1" header="0" '
        'footer="0"/><tableParts count="0"/><extLst/>'
    )

    marked = mark(
        f"{ROOT}{before}<sheetData>{HEADER}{SECOND}</sheetData>{behind}</worksheet>",
        notes={(2, 1): "is odd"},
    )

    names = [etree.QName(each).localname for each in etree.fromstring(marked).iterchildren("*")]
    assert names == [
        *("sheetPr", "dimension", "sheetViews", "cols", "sheetData"),
        *("autoFilter", "conditionalFormatting", "dataValidations", "pageMargins"),
        *("legacyDrawing", "tableParts", "extLst"),
    ]
    assert b"<!-- of a program -->" in marked


def test_a_text_that_looks_like_a_row_is_none(mark):
    """Only markup ends a row, not what stands in CDATA or in a comment."""
    row = (
        '<row r="2"><c r="A2" t="inlineStr"><is><t><![CDATA[</row><row r="9">]]></t></is></c>'
        "<!-- </row> --></row>"
    )

    marked = mark(f"{ROOT}<sheetData>{HEADER}{row}</sheetData></worksheet>")

    assert refs(marked)[6:] == ["2", "A2", "C2", "E2"]
    assert b'&lt;/row&gt;&lt;row r="9"&gt;' in marked


def test_new_cells_have_the_style_of_their_row_or_column(mark):
    """A new heading looks like its neighbour; other new cells have what was there for them."""
    cols = '<cols><col min="3" max="16384" width="9" style="0"/></cols>'
    rows = f'{HEADER}<row r="2" s="0" customFormat="1"><c r="A2"/></row>'

    marked = mark(f"{ROOT}{cols}<sheetData>{rows}</sheetData></worksheet>")

    assert b'<c r="C1" s="0" t="inlineStr">' in marked
    assert b'<c r="E2" s="0"><v>7</v></c>' in marked
    assert marked.count(b"<col ") == 4


def test_marks_of_an_earlier_run_go_from_rows_that_have_none_now(mark):
    """Status, Message and colour do not stay beside a row that was left out this time."""
    first = mark(f"{ROOT}<sheetData>{HEADER}{SECOND}</sheetData></worksheet>").decode()

    second = mark(first, {}, columns=dict(zip(OURS, (3, 4, 5), strict=True)))

    assert b"created" not in second
    assert b'<c r="E2"><v>7</v></c>' in second


def test_a_sheet_that_was_read_through_holds_no_rows(tmp_path):
    """What a survey keeps of a sheet does not grow with its rows."""
    path = tmp_path / "sheet.xml"
    rows = "\n".join(f'<row r="{n}"><c r="B{n}"/></row>' for n in range(1, 5001))
    path.write_text(f"{ROOT}<sheetData>{rows}</sheetData><pageMargins/></worksheet>", "utf-8")

    with path.open("rb") as xml:
        found = survey(xml, {3, 6000})

    assert (found.standing, found.last_row, found.last_column) == ({3: 2}, 5000, 2)
    assert len(list(found.root.iter())) <= 4
