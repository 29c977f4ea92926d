"""What is different from the last export, as three sheets of its workbook."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.comparison import Comparison
from pipeline.kinds import MAX_EXACT_NUMBER
from pipeline.schema import Cell, Entity
from pipeline.sheets.cells import MAX_CELL_TEXT, UNWRITABLE
from pipeline.sheets.changes import (
    edit_cells,
    edit_columns,
    moment_of,
    presence_cells,
    record_columns,
)
from pipeline.sheets.layout import A4, FOOTER, LAST_ROW

ADDED, CHANGED, REMOVED = "Added", "Changed", "Removed"
TABS = {ADDED: "#70AD47", CHANGED: "#4472C4", REMOVED: "#C55A11"}
WIDTHS = (14, 24, 30, 30, 44, 44)  # characters
FROZEN = 3  # columns: which record a line is about
LINE_POINTS, MOST_LINES = 15, 6  # a long text is shown in part, so that the table stays a table

Line = tuple[Cell, ...]


@dataclass(frozen=True)
class _Page:
    """One sheet: its lines, how many, and what it says when there are none."""

    name: str
    columns: tuple[str, ...]
    lines: Iterable[Line]
    count: int
    nothing: str
    title: str


@dataclass(frozen=True)
class _Looks:
    header: Format
    cell: Format
    note: Format


def write_changes(
    book: Workbook, entity: Entity, comparison: Comparison | None, *, most_rows: int = LAST_ROW
) -> None:
    """Add the sheets to a workbook in constant memory; none when there is nothing to compare with.

    Of more than `most_rows` lines the first stand there, and how many are left out.
    """
    if comparison is None:
        return
    looks = _Looks(
        header=book.add_format({"bold": True, "bg_color": "#44546A", "font_color": "#FFFFFF"}),
        cell=book.add_format({"text_wrap": True, "valign": "top", "align": "left"}),
        note=book.add_format({"italic": True, "font_color": "#595959"}),
    )
    for page in _pages(entity, comparison):
        sheet = book.add_worksheet(page.name)
        _lay_out(sheet, page, looks)
        _write_lines(sheet, page, looks, most_rows)


def _pages(entity: Entity, comparison: Comparison) -> tuple[_Page, ...]:
    columns = record_columns(entity)
    added, changed, removed = comparison.added, comparison.changed, comparison.removed
    since = f"since {moment_of(comparison)}"
    nouns = entity.nouns.capitalize()
    unknown = f"What was removed {since} is not known: not all {entity.nouns} were listed."
    return (
        _Page(
            ADDED,
            columns,
            map(presence_cells, added),
            len(added),
            nothing=f"Nothing was added {since}.",
            title=f"{nouns} added {since}",
        ),
        _Page(
            CHANGED,
            edit_columns(entity),
            map(edit_cells, changed),
            len(changed),
            nothing=f"Nothing was changed {since}.",
            title=f"{nouns} changed {since}",
        ),
        _Page(
            REMOVED,
            columns,
            map(presence_cells, removed),
            len(removed),
            nothing=f"Nothing was removed {since}." if comparison.tells_removed else unknown,
            title=f"{nouns} removed {since}",
        ),
    )


def _lay_out(sheet: Worksheet, page: _Page, looks: _Looks) -> None:
    sheet.set_tab_color(TABS[page.name])
    for column, (name, width) in enumerate(zip(page.columns, WIDTHS, strict=False)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, looks.header)
    sheet.freeze_panes(1, FROZEN if len(page.columns) > FROZEN else 0)
    sheet.ignore_errors({"number_stored_as_text": f"A1:F{LAST_ROW + 1}"})
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_header(f"&L{page.title}")
    sheet.set_footer(FOOTER)


def _write_lines(sheet: Worksheet, page: _Page, looks: _Looks, most_rows: int) -> None:
    if not page.count:
        sheet.write_string(1, 0, page.nothing, looks.note)
        return
    # The last row is kept free for the note.
    shown = page.count if page.count <= most_rows else most_rows - 1
    for row, line in enumerate(islice(page.lines, shown), start=1):
        _write_line(sheet, row, line, looks.cell)
    sheet.autofilter(0, 0, shown, len(page.columns) - 1)
    if left := page.count - shown:
        words = f"{left:,} more lines do not fit into a sheet. Export to .csv to see all of them."
        sheet.write_string(shown + 1, 0, words, looks.note)


def _write_line(sheet: Worksheet, row: int, line: Line, look: Format) -> None:
    height = max(map(_lines, line, WIDTHS))
    if height > 1:  # not every program fits the height of wrapped text by itself
        sheet.set_row(row, LINE_POINTS * min(height, MOST_LINES))
    for column, cell in enumerate(line):
        if cell is None:
            sheet.write_blank(row, column, None, look)
        elif _is_number(cell):
            sheet.write_number(row, column, cell, look)
        else:
            sheet.write_string(row, column, shown_text(str(cell)), look)


def _lines(cell: Cell, width: int) -> int:
    """Guess how many lines a text takes in its column."""
    if not isinstance(cell, str):
        return 1
    return sum(math.ceil(len(line) / width) or 1 for line in cell.splitlines()) or 1


def _is_number(cell: Cell) -> bool:
    """Whether a cell keeps it to the last digit as a number."""
    if not isinstance(cell, int | float) or isinstance(cell, bool):
        return False
    return abs(cell) < MAX_EXACT_NUMBER  # infinite ones and those that are none are not


def shown_text(text: str) -> str:
    """Return a text as a cell can show it; it is read by people only, and never comes back."""
    safe = UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)
    if safe.startswith("<r>"):
        safe = f" {safe}"  # XlsxWriter takes <r>…</r> for markup of its own
    units = safe.encode("utf-16-le")
    if len(units) // 2 <= MAX_CELL_TEXT:
        return safe
    # Half a character at the cut is dropped.
    return units[: 2 * (MAX_CELL_TEXT - 1)].decode("utf-16-le", "ignore") + "…"
