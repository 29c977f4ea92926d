"""Cells that were read from any kind of file, written so that they are read again unchanged."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from pipeline.schema import Cell
from pipeline.sheets.hazards import ErrorCell, Uncalculated
from pipeline.sheets.row import MAX_TEXT

FIRST_YEAR = 1900  # a workbook's calendar begins there
NO_VALUE = "#N/A"
LOOKS = {
    datetime: "yyyy-mm-dd hh:mm:ss",
    date: "yyyy-mm-dd",
    time: "hh:mm:ss",
    timedelta: "[h]:mm:ss",
}


class CellWriter:
    """Writes cells of any type onto a page."""

    def __init__(self, book: Workbook, page: Worksheet) -> None:
        self._page = page
        self._text = book.add_format({"num_format": "@"})  # 007 stays 007 when it is edited
        self._looks = {kind: book.add_format({"num_format": form}) for kind, form in LOOKS.items()}

    def write(self, row: int, column: int, value: Cell) -> None:
        """Write a value; row and column count from 0."""
        page = self._page
        if isinstance(value, bool):
            page.write_boolean(row, column, value)
        elif isinstance(value, int | float):
            page.write_number(row, column, value)
        elif isinstance(value, ErrorCell):
            page.write_formula(row, column, f"={value}", None, str(value))
        elif isinstance(value, Uncalculated):
            # Its formula is in another program's words: what remains is that it has no value.
            page.write_formula(row, column, f"={NO_VALUE}", None, NO_VALUE)
        elif look := self._look(value):
            page.write_datetime(row, column, value, look)
        else:
            page.write_string(row, column, _words(value)[:MAX_TEXT], self._text)

    def _look(self, value: Cell) -> object | None:
        if isinstance(value, date) and value.year < FIRST_YEAR:
            return None
        if isinstance(value, timedelta) and value < timedelta():
            return None
        return self._looks.get(type(value))


def _words(value: Cell) -> str:
    return value.isoformat() if isinstance(value, date | time) else str(value)
