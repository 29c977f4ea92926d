"""A plan as a workbook: one line per cell that would change, one per row that would not be sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from math import ceil
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from pipeline.planning.plan import Change, Plan
from pipeline.schema import Cell
from pipeline.sheets.whole import new_workbook

COLUMNS = (
    ("Row", 8),
    ("Action", 12),
    ("Name", 30),
    ("Id", 14),
    ("Column", 26),
    ("Old", 34),
    ("New", 34),
    ("Problem", 80),
)
COLOURS = {
    "create": "#E2EFDA",
    "update": "#DDEBF7",
    "delete": "#F8CBAD",
    "blocked": "#FCE4D6",
    "invalid": "#FCE4D6",
}
LINE_CHARACTERS = 80  # that surely stand in one line of the summary
LINE_POINTS = 15
A4 = 9
MAX_TEXT = 32_767  # characters of a cell

Line = tuple[Cell, ...]


def write_plan(
    path: Path, plan: Plan, summary: str, account: str, before: Sequence[str] = ()
) -> None:
    """Write the plan for a person to read. Raises UsageError when the file cannot be written.

    `before` says what is done before the rows, a line each.
    """
    with new_workbook(path) as book:
        _write_summary(book, plan, (summary, *before), account)
        sheet = book.add_worksheet("Changes")
        _lay_out(book, sheet)
        formats = {name: book.add_format({"bg_color": c}) for name, c in COLOURS.items()}
        lines = (line for each in plan.changes for line in _lines(each, plan.link_words(each)))
        for row, line in enumerate(lines, start=1):
            for column, cell in enumerate(line):
                _put(sheet, row, column, cell, formats.get(str(line[1])) if column == 1 else None)


def _write_summary(book: Workbook, plan: Plan, summary: Sequence[str], account: str) -> None:
    sheet = book.add_worksheet("Summary")
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 85)
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    bold = book.add_format({"bold": True, "font_size": 14})
    lines = ["Plan", account, *summary, "Nothing was written yet.", ""]
    lines += [str(each) for each in plan.told]
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for row, line in enumerate(lines):
        if row:  # not every program fits the height of wrapped text by itself
            sheet.set_row(row, LINE_POINTS * max(ceil(len(line) / LINE_CHARACTERS), 1))
        sheet.write_string(row, 0, line[:MAX_TEXT], bold if row == 0 else wrapped)


def _lay_out(book: Workbook, sheet: Worksheet) -> None:
    header = book.add_format({"bold": True, "bg_color": "#44546A", "font_color": "#FFFFFF"})
    for column, (name, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, header)
    sheet.freeze_panes(1, 3)
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.autofilter(0, 0, 0, len(COLUMNS) - 1)


def _lines(change: Change, links: Mapping[str, str]) -> Iterator[Line]:
    head = (change.row, change.action, change.name, change.record_id)
    words = " ".join(f"{p.column or ''}: {p.message} {p.hint}".strip(": ") for p in change.problems)
    if not change.differences and not links:
        yield (*head, None, None, None, words or None)
    for field, rows in links.items() if not change.differences else ():
        yield (*head, field, None, rows, words or None)
    for each in change.differences:
        yield (*head, each.field, _text(each.old), _text(each.new), words or None)


def _text(cell: Cell) -> Cell:
    return str(cell) if isinstance(cell, date) else cell


def _put(sheet: Worksheet, row: int, column: int, cell: Cell, look: object) -> None:
    if cell is None:
        return
    if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) < 10**15:
        sheet.write_number(row, column, cell, look)
    else:
        sheet.write_string(row, column, str(cell)[:MAX_TEXT], look)
