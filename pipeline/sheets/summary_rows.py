"""The rows of the Summary sheet, from top to bottom: headings, tables, charts beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from pipeline.kinds import MAX_EXACT_NUMBER
from pipeline.sheets.certificate_page import BAD
from pipeline.sheets.guide_page import INK, LINE_HEIGHT, PADDING, RULE
from pipeline.sheets.printable import lines_of, printable
from pipeline.sheets.summary_chart import POINTS_PER_PIXEL, Bars, height_of, insert_bars

NAME_WIDTH, NUMBER_WIDTH = 36, 11  # characters
LAST = 11  # column, counted from 0
CHART_COLUMN = 3
MOST_BARS = 15
ALL_WIDTH = NAME_WIDTH + LAST * NUMBER_WIDTH
ROW_HEIGHT = LINE_HEIGHT + PADDING  # points
PAGE_HEIGHT = 1_200  # points of rows that an A4 page holds once the sheet is fitted to its width
WHOLE, SHARE = "#,##0", "0%"
STYLES: dict[str, dict[str, object]] = {
    "title": {"bold": True, "font_size": 20},
    "heading": {"bold": True, "font_size": 13, "bottom": 1, "bottom_color": RULE},
    "bad": {"bold": True, "text_wrap": True, "font_color": "FFFFFF", "bg_color": BAD, "indent": 1},
    "text": {"text_wrap": True, "valign": "top"},
    "label": {"bold": True},
    "head": {"bold": True, "font_color": "FFFFFF", "bg_color": INK},
    "number head": {"bold": True, "font_color": "FFFFFF", "bg_color": INK, "align": "right"},
    "upright": {
        **{"bold": True, "font_color": "FFFFFF", "bg_color": INK},
        **{"rotation": 90, "text_wrap": True, "align": "center", "valign": "bottom"},
    },
    "cell": {"align": "left", "bottom": 1, "bottom_color": RULE},
    "id": {"num_format": "0", "align": "left", "bottom": 1, "bottom_color": RULE},
    "name": {"text_wrap": True, "align": "left", "bottom": 1, "bottom_color": RULE},
    WHOLE: {"num_format": WHOLE, "bottom": 1, "bottom_color": RULE},
    SHARE: {"num_format": SHARE, "bottom": 1, "bottom_color": RULE},
    "all": {"bold": True, "top": 1},
    "all number": {"bold": True, "top": 1, "num_format": WHOLE},
}


@dataclass(frozen=True)
class Table:
    """A name and one or two numbers by line; those in `drawn` (1 or 2) of the first are a chart."""

    title: str
    columns: tuple[str, ...]
    formats: tuple[str, ...]
    lines: Sequence[tuple[str, tuple[float, ...]]]
    total: tuple[float, ...] | None = None
    drawn: int = 1
    most_bars: int = MOST_BARS


class Rows:
    """A sheet filled from top to bottom; `row` is the next free one, counted from 0."""

    def __init__(self, book: Workbook, sheet: Worksheet) -> None:
        self._book = book
        self.sheet = sheet
        self.row = 0
        self._points = 0.0  # of all rows so far
        self._page_start = 0.0  # in points
        self._breaks: list[int] = []
        base = {"font_color": INK, "valign": "vcenter"}
        self.styles = {name: book.add_format({**base, **own}) for name, own in STYLES.items()}

    def end_row(self, height: float = ROW_HEIGHT) -> None:
        """Give the row its height and go on to the next."""
        self.sheet.set_row(self.row, height)
        self._points += height
        self.row += 1

    def write_across(self, text: str, style: str, height: float = 0) -> None:
        """Write one text over the whole width; without a height as many lines as it needs."""
        height = height or lines_of(text, ALL_WIDTH) * LINE_HEIGHT + PADDING
        self.merge(0, text, style)
        self.end_row(height)

    def merge(self, column: int, text: str, style: str) -> None:
        """Write one text from a column to the last; the row is not ended."""
        look = self.styles[style]
        self.sheet.merge_range(self.row, column, self.row, LAST, "", look)
        self.sheet.write_string(self.row, column, printable(text), look)

    def write_heading(self, text: str, height: float) -> None:
        """Leave a row free and write a heading; `height` points below it stay on one page."""
        self.end_row()
        if self._points + height > self._page_start + PAGE_HEIGHT:
            self._breaks.append(self.row)
            self.sheet.set_h_pagebreaks(self._breaks)
            self._page_start = self._points
        self.write_across(text, "heading", 22)

    def write_heads(
        self, texts: Sequence[str], style: str = "number head", height: float = ROW_HEIGHT
    ) -> None:
        """Write what the columns hold; `style` is that of all but the first."""
        for column, text in enumerate(texts):
            look = self.styles[style if column else "head"]
            self.sheet.write_string(self.row, column, printable(text), look)
        self.end_row(height)

    def write_numbers(self, name: str, numbers: Sequence[float], styles: Sequence[str]) -> None:
        """Write a name and its numbers; a long name takes several lines."""
        self.sheet.write_string(self.row, 0, printable(name), self.styles[styles[0]])
        for column, (number, style) in enumerate(zip(numbers, styles[1:], strict=True), start=1):
            self.sheet.write_number(self.row, column, number, self.styles[style])
        self.end_row(lines_of(name, NAME_WIDTH) * LINE_HEIGHT + PADDING)

    def write_record(self, name: str, record_id: int | None, place: str) -> None:
        """Write a record's name, number and location; a number too long for a cell as text."""
        if record_id is not None:
            is_exact = abs(record_id) < MAX_EXACT_NUMBER
            write = self.sheet.write_number if is_exact else self.sheet.write_string
            write(self.row, 1, record_id if is_exact else str(record_id), self.styles["id"])
        self.merge(2, place, "cell")
        self.write_numbers(name, [], ["name"])

    def write_table(self, table: Table) -> None:
        """Write a table with its chart beside it; what follows stands below both."""
        bars = min(len(table.lines), table.most_bars)
        names = [name for name, _ in table.lines[:bars]]
        beside = height_of(names) * POINTS_PER_PIXEL + ROW_HEIGHT if bars else 0
        rows = (len(table.lines) + 2) * ROW_HEIGHT
        self.write_heading(table.title, min(max(beside, rows), PAGE_HEIGHT / 2))
        top, end = self.row, self._points + beside
        self.write_heads(table.columns)
        first = self.row
        for name, numbers in table.lines:
            self.write_numbers(name, numbers, ("name", *table.formats))
        if table.total:
            self.write_numbers("All", table.total, ("all", *["all number"] * len(table.total)))
        if bars:
            self._insert(table, bars, first, top)
        while self._points < end:
            self.end_row()

    def _insert(self, table: Table, bars: int, first: int, top: int) -> None:
        shown, count = table.lines[:bars], len(table.lines)
        title = table.title if count == bars else f"{table.title}: the first {bars} of {count:,}"
        chart = Bars(
            title=title,
            names=[printable(name) for name, _ in shown],
            values=[numbers[table.drawn - 1] for _, numbers in shown],
            number_format=table.formats[table.drawn - 1],
            first_row=first,
            column=table.drawn,
        )
        insert_bars(self._book, self.sheet, chart, top, CHART_COLUMN)
