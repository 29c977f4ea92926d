"""What the raw XML of a sheet tells: errors, formulas without a result, merged and hidden cells."""

from __future__ import annotations

import pytest

from pipeline.sheets.hazards import ErrorCell, Hazards, Uncalculated, column_number, find_hazards

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def hazards(rows: str, after: str = "", **options: bool) -> Hazards:
    xml = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'
    return find_hazards(xml.encode(), **options)


def test_a_clean_sheet_has_no_hazards():
    """Values, texts and calculated formulas are no hazards; the last cell is known."""
    found = hazards(
        '<row r="2"><c r="B2"><v>1</v></c><c r="C2" t="s"><v>0</v></c></row>'
        '<row r="5"><c r="A5"><f>1+1</f><v>2</v></c><c r="AB5" s="3"/></row>'
    )

    assert found == Hazards({}, (), (), (5, 3), 3)


def test_the_last_cell_may_stand_anywhere():
    """A filled cell far out counts even if it is not the last of its row; blank ones do not."""
    found = hazards(
        '<row r="1"><c r="ABC1"><v>1</v></c><c r="A700000" t="inlineStr"><is><t>x</t></is></c>'
        '<c r="XFD1" s="1"/><c r="XFC1" s="1"></c><c r="B1"><v>1</v></c></row>'
    )

    assert found.last == (700_000, 731)


def test_error_cells_are_found():
    """An error is found with or without a formula, whatever the order and quotes of attributes."""
    found = hazards(
        '<row r="3"><c r="A3" t="e"><v>#N/A</v></c><c t="e" s="1" r="B3"><f>1/0</f>'
        "<v>#DIV/0!</v></c><c r='C3' t='e'><v>#REF!</v></c>"
        '<c r = "D3" t = "e" ><v>#SPILL!</v></c></row>'
    )

    assert found.cells == {
        (3, 1): ErrorCell("#N/A"),
        (3, 2): ErrorCell("#DIV/0!"),
        (3, 3): ErrorCell("#REF!"),
        (3, 4): ErrorCell("#SPILL!"),
    }


def test_the_words_of_an_error_in_a_text_are_no_error():
    """A text that reads like the mark of an error cell is a text; an empty error cell is blank."""
    found = hazards(
        '<row r="1"><c r="A1" t="inlineStr"><is><t> t="e" </t></is></c><c r="B1" t="e"/>'
        '<c r="C1" t="e"></c><c r="D1" t="str"><v>#N/A</v></c></row>'
    )

    assert found.cells == {}


def test_formulas_without_a_result_are_found():
    """No value and an empty value both mean that nobody calculated the formula."""
    found = hazards(
        '<row r="1"><c r="A1"><f>1+1</f></c><c r="B1"><f>A1&amp;"x"</f><v></v></c>'
        '<c r="C1"><f>SUM(A1:B1)</f><v/></c><c r="D1"><f ca="1">NOW()</f><v /></c>'
        '<c r="E1" t="str"><f>A1</f></c></row>'
    )

    assert found.cells == {
        (1, 1): Uncalculated("=1+1"),
        (1, 2): Uncalculated('=A1&"x"'),
        (1, 3): Uncalculated("=SUM(A1:B1)"),
        (1, 4): Uncalculated("=NOW()"),
        (1, 5): Uncalculated("=A1"),
    }


def test_a_calculated_empty_text_is_a_blank():
    """A formula whose result is a text of no characters was calculated."""
    found = hazards(
        '<row r="1"><c r="A1" t="str"><f>IF(B1="","",B1)</f><v></v></c>'
        '<c r="C1" t="str"><f>""</f><v/></c><c r="D1"><f></f><v></v></c></row>'
    )

    assert found.cells == {}


def test_shared_formulas_are_worded_for_their_cell():
    """A cell that shares a formula shows it as Excel would; an unknown share is left blank."""
    found = hazards(
        '<row r="1"><c r="B1"><f t="shared" ref="B1:B3" si="0">A1*2</f></c></row>'
        '<row r="2"><c r="B2"><f t="shared" si="0"/></c></row>'
        '<row r="3"><c r="B3"><f si="0" t="shared"/><v/></c><c r="C3"><f si="7" t="shared"/></c>'
        "</row>"
    )

    assert found.cells == {
        (1, 2): Uncalculated("=A1*2"),
        (2, 2): Uncalculated("=A2*2"),
        (3, 2): Uncalculated("=A3*2"),
    }


def test_an_error_wins_over_its_formula():
    """A formula that failed is an error cell; one that names no error was never calculated."""
    found = hazards(
        '<row r="1"><c r="A1" t="e"><f>NA()</f><v>#N/A</v></c>'
        '<c r="B1" t="e"><f>NA()</f><v></v></c></row>'
    )

    assert found.cells == {(1, 1): ErrorCell("#N/A"), (1, 2): Uncalculated("=NA()")}


def test_zeros_of_programs_are_guesses():
    """Where a program asked Excel to calculate, a 0 under a formula is no result."""
    row = '<row r="1"><c r="A1"><f>B1</f><v>0</v></c><c r="C1"><f>B1</f><v>10</v></c></row>'

    assert hazards(row).cells == {}
    assert hazards(row, zeros_are_guesses=True).cells == {(1, 1): Uncalculated("=B1")}


def test_cells_without_references_are_counted():
    """Rows and cells without a reference follow the one before them."""
    found = hazards(
        '<row><c><v>1</v></c><c t="e"><v>#N/A</v></c></row>'
        '<row r="4"><c r="C4"><v>1</v></c><c/><c t="e"><v>#REF!</v></c></row>'
        '<row><c t="e"><v>#NUM!</v></c></row>'
    )

    assert found == Hazards(
        {(1, 2): ErrorCell("#N/A"), (4, 5): ErrorCell("#REF!"), (5, 1): ErrorCell("#NUM!")},
        (),
        (),
        (5, 5),
        5,
    )


def test_a_namespace_prefix_does_not_matter():
    """Sheets whose elements carry a prefix are scanned alike."""
    found = find_hazards(
        f'<x:worksheet xmlns:x="{MAIN}"><x:cols><x:col min="1"/></x:cols><x:sheetData>'
        '<x:row r="1" hidden="1"><x:c r="A1" t="e"><x:v>#N/A</x:v></x:c>'
        '<x:c r="B1"><x:f>1+1</x:f></x:c></x:row></x:sheetData>'
        '<x:mergeCells><x:mergeCell ref="A1:B1"/></x:mergeCells></x:worksheet>'.encode()
    )

    assert found == Hazards(
        {(1, 1): ErrorCell("#N/A"), (1, 2): Uncalculated("=1+1")}, ("A1:B1",), (1,), (1, 2), 1
    )


def test_merged_and_hidden_are_found():
    """Merged ranges and hidden rows are given as the sheet has them."""
    found = hazards(
        '<row r="1"/><row r="2" hidden="1"><c r="A2"><v>1</v></c></row>'
        "<row r='3' ht='0' hidden='true'/>",
        '<mergeCells count="2"><mergeCell ref="A1:B2"/><mergeCell ref="C3:C9"/></mergeCells>',
    )

    assert found == Hazards({}, ("A1:B2", "C3:C9"), (2, 3), (2, 1), 1)


def test_what_is_no_sheet_holds_nothing():
    """An empty sheet and XML of another kind have neither hazards nor cells."""
    assert hazards("") == find_hazards(b"<chartsheet/>") == Hazards({}, (), (), (0, 0), 0)


@pytest.mark.parametrize(("letters", "number"), [("A", 1), ("Z", 26), ("AA", 27), ("XFD", 16384)])
def test_letters_are_numbers(letters: str, number: int):
    """Column letters count from A = 1."""
    assert column_number(letters) == number


def test_hazards_read_as_their_text():
    """Messages show the error or the formula itself."""
    assert [str(ErrorCell("#N/A")), str(Uncalculated("=A1"))] == ["#N/A", "=A1"]
