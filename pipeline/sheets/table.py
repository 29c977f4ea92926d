"""A plain table as a file: one header, one row for each line, as .xlsx or .csv."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from pipeline.errors import UsageError
from pipeline.kinds import MAX_EXACT_NUMBER
from pipeline.schema import Cell
from pipeline.sheets.export_text import text_of
from pipeline.sheets.whole import new_file, new_workbook

A4 = 9


class Column(NamedTuple):
    """A column of a table, with its width in characters."""

    name: str
    width: int


Rows = Iterable[Sequence[Cell]]
Writer = Callable[[Path, str, Sequence[Column], Rows], None]


def writer_of(path: Path) -> Writer:
    """Return what writes a file of this ending. Raises UsageError for another one."""
    writers: dict[str, Writer] = {".xlsx": _write_book, ".csv": _write_text}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise UsageError(f"-o: '{path}' ends in no format that is known. Write .xlsx or .csv.")
    return writer


def _write_book(path: Path, title: str, columns: Sequence[Column], rows: Rows) -> None:
    with new_workbook(path) as book:
        sheet = book.add_worksheet(title)
        _lay_out(book, sheet, columns)
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"})
        left = book.add_format({"align": "left"})  # ids are names, not amounts
        last = 0
        for last, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(last, column, cell, moment)
                elif isinstance(cell, int) and abs(cell) < MAX_EXACT_NUMBER:
                    sheet.write_number(last, column, cell, left)
                elif cell is not None:
                    sheet.write_string(last, column, str(cell))
        sheet.autofilter(0, 0, last, len(columns) - 1)
        sheet.ignore_errors({"number_stored_as_text": f"A1:Z{last + 1}"})


def _lay_out(book: Workbook, sheet: Worksheet, columns: Sequence[Column]) -> None:
    header = book.add_format({"bold": True, "bg_color": "#44546A", "font_color": "#FFFFFF"})
    for number, column in enumerate(columns):
        sheet.set_column(number, number, column.width)
        sheet.write_string(0, number, column.name, header)
    sheet.freeze_panes(1, 0)
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _write_text(path: Path, _: str, columns: Sequence[Column], rows: Rows) -> None:
    with new_file(path) as unfinished, unfinished.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([each.name for each in columns])
        writer.writerows([text_of(cell) for cell in row] for row in rows)
