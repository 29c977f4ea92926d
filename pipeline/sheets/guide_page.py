"""The Guide sheet: the words of guide.py on a page that reads and prints well."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.schema import Entity, Field
from pipeline.sheets import guide
from pipeline.sheets.layout import fit_on_paper, header_format

GUIDE_SHEET = "Guide"
WIDTHS = (37, 28, 10, 30, 21, 25, 44)  # characters, one for each heading of the table
TEXT_WIDTH = sum(WIDTHS[1:])
LAST = len(WIDTHS) - 1
LINE_HEIGHT, PADDING = 14.5, 3.5  # points
TEXT_PER_WIDTH = 1.12  # a width counts digits, and letters are narrower
INK, FAINT, RULE = "1F2933", "6B7785", "BFC7D1"
STYLES: dict[str, dict[str, object]] = {
    "title": {"bold": True, "font_size": 20},
    "heading": {"bold": True, "font_size": 13, "bottom": 1, "bottom_color": RULE},
    "label": {"bold": True},
    "text": {"text_wrap": True, "indent": 1},
    "step": {"text_wrap": True},
    "faint": {"font_color": FAINT},
    "head": {"bold": True, "font_color": "FFFFFF", "bg_color": INK},
    "name": {"bold": True, "bottom": 1, "bottom_color": RULE},
    "cell": {"text_wrap": True, "bottom": 1, "bottom_color": RULE},
}


class _Page:
    """A sheet that is filled from top to bottom; `row` is the next free one, counted from 0."""

    def __init__(self, book: Workbook, sheet: Worksheet) -> None:
        self.sheet = sheet
        self.row = 0
        base = {"font_color": INK, "valign": "vcenter"}
        self.styles = {name: book.add_format({**base, **own}) for name, own in STYLES.items()}

    def write_across(self, text: str, style: str, height: float) -> None:
        """Write one text over the whole width."""
        self.sheet.set_row(self.row, height)
        self.sheet.merge_range(self.row, 0, self.row, LAST, text, self.styles[style])
        self.row += 1

    def write_heading(self, text: str) -> None:
        """Leave a row free, then write a heading."""
        self.row += 1
        self.write_across(text, "heading", 22)

    def write_line(self, label: str, text: str, style: Format | None = None) -> None:
        """Write a label and a wrapped text beside it, over merged cells."""
        self.sheet.set_row(self.row, _height((text, TEXT_WIDTH)))
        self.sheet.write_string(self.row, 0, label, style or self.styles["label"])
        self.sheet.merge_range(self.row, 1, self.row, LAST, text, self.styles["text"])
        self.row += 1

    def write_cells(self, cells: Sequence[str], styles: Sequence[str]) -> None:
        """Write one row of the table."""
        self.sheet.set_row(self.row, _height(*zip(cells, WIDTHS, strict=True)))
        for column, (cell, style) in enumerate(zip(cells, styles, strict=True)):
            if cell:
                self.sheet.write_string(self.row, column, cell, self.styles[style])
            else:
                self.sheet.write_blank(self.row, column, None, self.styles[style])
        self.row += 1


def _height(*cells: tuple[str, int]) -> float:
    """Return a row's height in points; not every program fits it to wrapped texts by itself."""
    lines = max(len(textwrap.wrap(text, int(width * TEXT_PER_WIDTH))) for text, width in cells)
    return lines * LINE_HEIGHT + PADDING


def write_guide(
    book: Workbook,
    entity: Entity,
    fields: Sequence[Field],
    more: Sequence[guide.Section] = (),
) -> None:
    """Add the Guide sheet that explains `fields`, and `more` of this workbook alone."""
    sheet = book.add_worksheet(GUIDE_SHEET)
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    page = _Page(book, sheet)
    page.write_across(guide.title(entity), "title", 36)
    for line in guide.introduction(entity):
        page.write_across(line, "faint", LINE_HEIGHT + PADDING)
    page.write_heading("How to fill it in")
    for step in guide.steps(entity, fields):
        page.write_across(step, "step", _height((step, sum(WIDTHS))))
    _write_legend(book, page, fields)
    for section in (*more, *guide.sections(entity, fields)):
        page.write_heading(section.title)
        for label, text in section.lines:
            page.write_line(label, text)
    _write_columns(page, fields)
    fit_on_paper(sheet)


def _write_legend(book: Workbook, page: _Page, fields: Sequence[Field]) -> None:
    page.write_heading("Colours of the columns' names")
    required = next((each for each in fields if each.required), None)
    if required is not None:
        style = header_format(book, required.group, required=True)
        page.write_line(*guide.REQUIRED_MARK, style)
    for group, columns in guide.legend(fields):
        page.write_line(group.name, columns, header_format(book, group, required=False))


def _write_columns(page: _Page, fields: Sequence[Field]) -> None:
    page.write_heading("Every column")
    page.sheet.repeat_rows(page.row)
    page.write_cells(guide.COLUMN_HEADINGS, ["head"] * len(WIDTHS))
    for field in fields:
        page.write_cells(guide.column_words(field), ["name"] + ["cell"] * LAST)
