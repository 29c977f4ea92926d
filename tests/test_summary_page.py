"""The sheets Summary and Certificate, read back cell by cell (issue 4, items 2 and 7)."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.certificate import Certificate
from pipeline.comparison import Comparison, Edit, Presence
from pipeline.entities import RESOURCE
from pipeline.figures import Figures
from pipeline.sheets.certificate_page import write_certificate
from pipeline.sheets.printable import lines_of, printable
from pipeline.sheets.summary_page import write_summary
from pipeline.sheets.whole import new_workbook

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
CERTIFICATE = Certificate(
    program="nexudus-bulk 0.2.0",
    account="https://spaces.example ana@venue.example",
    file="rooms.xlsx",
    nouns="resources",
    started=AT,
    ended=AT,
    announced=3,
    written=3,
    pages=1,
    requests=4,
)
RECORDS = (
    {"BusinessName": "Harbour House", "Allocation": 2, "Internet": True, "SystemResourceType": 1},
    {"BusinessName": "Harbour House", "Allocation": 3, "Internet": False, "SystemResourceType": 2},
    {"BusinessName": "Mill Yard", "Allocation": 15, "Internet": True, "SystemResourceType": 1},
)
PIXELS_PER_EMU = 1 / 9_525

Book = Callable[..., openpyxl.Workbook]


def counted(*records: dict[str, Any]) -> Figures:
    figures = Figures(RESOURCE)
    for number, record in enumerate(records, start=1):
        figures.add({"Id": number, "Name": f"Room {number}", "Visible": True, **record})
    return figures


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """Write both sheets and read them back."""

    def make(
        *records: dict[str, Any],
        certificate: Certificate = CERTIFICATE,
        comparison: Comparison | None = None,
    ) -> openpyxl.Workbook:
        path = tmp_path / "rooms.xlsx"
        with new_workbook(path) as made:
            summary, proof = made.add_worksheet("Summary"), made.add_worksheet("Certificate")
            write_summary(made, summary, RESOURCE, counted(*records), certificate, comparison)
            write_certificate(made, proof, certificate)
        return openpyxl.load_workbook(path)

    return make


def lines(sheet: Worksheet) -> list[tuple[Any, ...]]:
    """Return the filled cells of each row that has some."""
    rows = (tuple(c for c in row if c is not None) for row in sheet.iter_rows(values_only=True))
    return [row for row in rows if row]


def below(sheet: Worksheet, heading: str, count: int) -> list[tuple[Any, ...]]:
    """Return so many lines below a heading."""
    found = lines(sheet)
    place = found.index((heading,)) + 1
    return found[place : place + count]


# ---- tables


def test_the_tables_hold_the_numbers(book: Book) -> None:
    """Totals by location, type and category, and capacity largest first, as counted by hand."""
    sheet = book(*RECORDS)["Summary"]

    assert below(sheet, "Resources by location", 4) == [
        ("Location", "Resources", "Capacity"),
        ("Harbour House", 2, 5),
        ("Mill Yard", 1, 15),
        ("All", 3, 20),
    ]
    assert below(sheet, "Capacity by location", 3) == [
        ("Location", "Capacity", "Share"),
        ("Mill Yard", 15, 0.75),
        ("Harbour House", 5, 0.25),
    ]
    assert below(sheet, "Resources by type", 3) == [
        ("Type", "Resources", "Capacity"),
        ("(none)", 3, 20),
        ("All", 3, 20),
    ]
    assert below(sheet, "Resources by category", 4) == [
        ("Category", "Resources", "Capacity"),
        ("Meeting room", 2, 17),
        ("Hot desk", 1, 3),
        ("All", 3, 20),
    ]
    assert below(sheet, "Amenities: what share has each", 3) == [
        ("What", "Resources", "Share"),
        ("Internet", 2, pytest.approx(2 / 3)),
        ("Air conditioning", 0, 0),
    ]
    assert below(sheet, "Amenities by location: share of its own", 3) == [
        ("What", "Harbour House", "Mill Yard"),
        ("Internet", 0.5, 1),
        ("Air conditioning", 0, 0),
    ]


def test_the_head_says_whose_and_of_when(book: Book) -> None:
    """Title, account, moment, completeness, and the numbers of all."""
    assert lines(book(*RECORDS)["Summary"])[:8] == [
        ("Resources: summary",),
        ("https://spaces.example ana@venue.example, as of 2026-03-04 05:06 UTC",),
        ("Complete: nothing that was to be exported is missing.",),
        ("In all",),
        ("Resources", 3),
        ("Locations", 2),
        ("Capacity", 20),
        ("Every one of the resources in the file is counted, hidden and archived ones too.",),
    ]


def test_an_incomplete_export_is_unmistakable(book: Book) -> None:
    """INCOMPLETE stands in white on red at the top, with every reason below."""
    certificate = replace(CERTIFICATE, reasons=("Two never came.",), filters=("Visible = Yes",))
    sheet = book(*RECORDS, certificate=certificate)["Summary"]

    assert lines(sheet)[2:5] == [
        ("INCOMPLETE: export again before you rely on these numbers.",),
        ("Two never came.",),
        ("Only resources that fit: Visible = Yes.",),
    ]
    assert sheet["A3"].fill.fgColor.rgb == "FFB3261E"


def test_remarks_name_their_records(book: Book) -> None:
    """A hidden record stands there with its id, a number, and its location."""
    records = [*RECORDS, {"BusinessName": "Mill Yard", "Visible": False}]

    assert below(book(*records)["Summary"], "Worth a look: hidden, or cannot be booked", 3) == [
        ("Hidden: customers do not see it: 1",),
        ("Resource", "Id", "Location"),
        ("Room 4", 4, "Mill Yard"),
    ]


def test_a_long_id_is_exact(book: Book) -> None:
    """A number that a cell would round stands there as text; a missing one is left out."""
    records = ({"Id": 9_007_199_254_740_993, "Visible": False}, {"Id": None, "Visible": False})
    heading = "Hidden: customers do not see it: 2"

    assert below(book(*records)["Summary"], heading, 3)[1:] == [
        ("Room 1", "9007199254740993", "(none)"),
        ("Room 2", "(none)"),
    ]


def test_more_than_a_hundred_are_counted(book: Book) -> None:
    """After the hundredth record the sheet says how many more there are."""
    sheet = book(*({"Visible": False} for _ in range(103)))["Summary"]

    assert ("Room 100", 100, "(none)") in lines(sheet)
    assert ("and 3 more",) in lines(sheet)


def test_changes_are_counted(book: Book) -> None:
    """What is different since last time stands there in numbers; without, how to have it."""
    comparison = Comparison(
        "monthly",
        datetime(2026, 2, 4, 5, 6, tzinfo=UTC),
        added=(Presence(4, "Mill Yard", "Spindle"),),
        changed=(
            Edit(1, "Mill Yard", "Loom", "Allocation", 8, 10),
            Edit(1, "Mill Yard", "Loom", "Visible", "No", "Yes"),
        ),
    )

    assert below(
        book(*RECORDS, comparison=comparison)["Summary"], "What changed since last time", 5
    ) == [
        ("Compared with the export “monthly” of 2026-02-04 05:06 UTC.",),
        ("Added", 1),
        ("Changed", 1),
        ("Changed cells", 2),
        ("Removed", 0),
    ]
    ((words,),) = below(book(*RECORDS)["Summary"], "What changed since last time", 1)
    assert "--name" in words
    assert "--changes" in words


def test_texts_stay_texts(book: Book) -> None:
    """Formulas, markup and characters of no use in a name neither run nor break the file."""
    names = ["=1+1", "<r><t>bold</t></r>", "a & <b>", "half \ud800"]
    sheet = book(*({"BusinessName": name} for name in names))["Summary"]

    shown = {row[0] for row in below(sheet, "Resources by location", 5)[1:]}
    assert shown == {"=1+1", " <r><t>bold</t></r>", "a & <b>", "half \ufffd"}
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == "=1+1"]
    assert {cell.data_type for cell in cells} == {"s"}


# ---- charts


def references(sheet: Worksheet) -> list[tuple[str, str]]:
    """Return what each chart refers to: names and values."""
    series = [chart.series[0] for chart in sheet._charts]
    return [(each.cat.strRef.f, each.val.numRef.f) for each in series]


def test_charts_refer_to_the_tables(book: Book) -> None:
    """Five native charts, each of the names and numbers in the cells beside it."""
    sheet = book(*RECORDS)["Summary"]

    shown = []
    for names, values in references(sheet):
        cells = [sheet[area.split("!")[1].replace("$", "")] for area in (names, values)]
        columns = [[c[0].value for c in each] if isinstance(each, tuple) else [each.value]
                   for each in cells]  # fmt: skip
        shown.append(list(zip(*columns, strict=True))[:3])
    assert shown == [
        [("Harbour House", 2), ("Mill Yard", 1)],
        [("Mill Yard", 15), ("Harbour House", 5)],
        [("(none)", 3)],
        [("Meeting room", 2), ("Hot desk", 1)],
        [("Internet", pytest.approx(2 / 3)), ("Air conditioning", 0), ("Catering", 0)],
    ]


def test_charts_can_be_seen_where_nothing_is_calculated(book: Book, tmp_path: Path) -> None:
    """A chart carries its numbers itself, for programs that show a file and do not open it."""
    book(*RECORDS)
    with zipfile.ZipFile(tmp_path / "rooms.xlsx") as package:
        chart = package.read("xl/charts/chart1.xml").decode()

    assert re.findall("<c:v>([^<]*)</c:v>", chart) == ["Harbour House", "Mill Yard", "2", "1"]


@pytest.mark.parametrize(
    ("records", "charts"),
    [
        ((), 0),
        (({"BusinessName": "Mill Yard"},), 3),
        (({"BusinessName": "Mill Yard", "Allocation": 1},), 4),
        (({"BusinessName": "Mill Yard", "Allocation": 1, "Internet": True},), 5),
    ],
)
def test_nothing_makes_no_chart(book: Book, records: tuple[Any, ...], charts: int) -> None:
    """Where there is nothing to draw, words stand instead of an empty chart."""
    assert len(book(*records)["Summary"]._charts) == charts


def test_only_the_largest_are_drawn(book: Book) -> None:
    """All 35 locations are in the table; the chart shows the first 15 and says so."""
    sheet = book(*({"BusinessName": f"Place {n:02}", "Allocation": 1} for n in range(35)))[
        "Summary"
    ]

    assert len(below(sheet, "Resources by location", 37)) == 37
    assert below(sheet, "Resources by location", 37)[-1] == ("All", 35, 35)
    first, last = re.findall(r"\$A\$(\d+)", references(sheet)[0][0])
    assert int(last) - int(first) + 1 == 15
    title = sheet._charts[0].title.tx.rich.p[0].r[0].t
    assert title == "Resources by location: the first 15 of 35"


@pytest.mark.parametrize("count", [1, 2, 16, 60])
@pytest.mark.parametrize(
    "name", ["Place", "A name of a place that goes on for sixty characters or"]
)
def test_charts_cover_neither_tables_nor_each_other(book: Book, count: int, name: str) -> None:
    """Whatever the number of rows: charts stand right of the tables, each below the last."""
    records = ({"BusinessName": f"{name} {n}", "Allocation": n + 1} for n in range(count))
    sheet = book(*records)["Summary"]

    tops = [0.0]
    for row in range(1, sheet.max_row + 200):
        tops.append(tops[-1] + (sheet.row_dimensions[row].height or 15) * 4 / 3)
    spans = []
    for chart in sheet._charts:
        start = chart.anchor._from
        assert start.col == 3
        end = chart.anchor.to
        spans.append(
            (
                tops[start.row] + start.rowOff * PIXELS_PER_EMU,
                tops[end.row] + end.rowOff * PIXELS_PER_EMU,
                start.row,
                end.row,
            )
        )
    assert spans == sorted(spans)
    for (_, bottom, _, _), (top, _, _, _) in pairwise(spans):
        assert bottom < top
    for _, _, first, last in spans:
        beside = sheet.iter_rows(first + 1, last + 1, min_col=4, values_only=True)
        assert {cell for row in beside for cell in row} == {None}


def test_the_sheet_prints_on_a4(book: Book) -> None:
    """One page wide, upright, on A4."""
    sheet = book(*RECORDS)["Summary"]

    assert sheet.page_setup.paperSize == 9
    assert sheet.page_setup.orientation == "portrait"
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) in {(1, 0), (None, 0)}
    assert sheet.sheet_properties.pageSetUpPr.fitToPage


# ---- certificate


def test_the_certificate_is_written_line_by_line(book: Book) -> None:
    """Labels and words in their order; notes at the end."""
    certificate = replace(CERTIFICATE, notes=("One key is unknown.",))
    rows = lines(book(*RECORDS, certificate=certificate)["Certificate"])

    assert rows[:4] == [
        ("Certificate of the export",),
        ("Result", "complete"),
        ("Resources announced by the service", "3"),
        ("Resources written", "3"),
    ]
    assert rows[-2:] == [("Made by", "nexudus-bulk 0.2.0"), ("Note", "One key is unknown.")]


def test_an_incomplete_certificate_is_red(book: Book) -> None:
    """INCOMPLETE is white on red, the reasons below it; a complete one has no red."""
    sheet = book(*RECORDS, certificate=replace(CERTIFICATE, reasons=("One left.",)))["Certificate"]

    assert lines(sheet)[1:3] == [("Result", "INCOMPLETE"), ("Reason", "One left.")]
    assert sheet["B2"].fill.fgColor.rgb == "FFB3261E"
    assert book(*RECORDS)["Certificate"]["B2"].fill.fill_type is None


# ---- texts


def test_a_long_text_takes_the_lines_it_needs() -> None:
    """A row is as high as its text: broad letters count twice."""
    assert [lines_of(text, 20) for text in ("", "a" * 20, "a" * 30, "京" * 10, "京" * 11)] == [
        *(1, 1, 2),
        *(1, 2),
    ]


def test_a_text_is_cut_to_what_a_cell_holds() -> None:
    """Even characters that count twice in a workbook fit after the cut."""
    assert len(printable("\N{OFFICE BUILDING}" * 40_000).encode("utf-16-le")) // 2 <= 32_767
