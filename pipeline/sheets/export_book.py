"""An export as a workbook: records in constant memory, with what a person needs beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from pipeline.schema import Cell
from pipeline.sheets.base import BaseWriter
from pipeline.sheets.cells import cell_maker
from pipeline.sheets.certificate_page import CERTIFICATE_SHEET, write_certificate
from pipeline.sheets.changes_page import write_changes
from pipeline.sheets.exports import Columns, Ending, Markers
from pipeline.sheets.layout import LAST_ROW, lay_out
from pipeline.sheets.summary_page import SUMMARY_SHEET, write_summary
from pipeline.sheets.template import describe, write_words
from pipeline.sheets.whole import new_workbook


class BookExport:
    """A workbook of records; those that do not fit on a sheet stand on the next one."""

    def __init__(self, book: Workbook, columns: Columns, rows_a_sheet: int = LAST_ROW) -> None:
        self.markers = Markers()
        self.rows = 0
        self._book = book
        self._columns = columns
        self._rows_a_sheet = rows_a_sheet
        entity, fields = columns.entity, columns.fields
        describe(book, entity)
        self._sheet = book.add_worksheet(entity.sheet)
        self._summary = book.add_worksheet(SUMMARY_SHEET)
        self._certificate = book.add_worksheet(CERTIFICATE_SHEET)
        self._lists = write_words(book, entity, fields)
        lay_out(book, self._sheet, entity, fields, self._lists)
        self._base = BaseWriter(book, fields, entity)
        self._makers = [
            (key, each.name, cell_maker(each))
            for key, each in zip(columns.keys, fields, strict=True)
        ]

    def write(self, record: Mapping[str, Any]) -> None:
        """Add a record as the next row."""
        if self.rows and self.rows % self._rows_a_sheet == 0:
            self._begin_sheet()
        row = self.rows % self._rows_a_sheet + 1
        self.rows += 1
        cells = []
        for column, (key, name, make) in enumerate(self._makers):
            cell, reason = make(record.get(key))
            cells.append(cell)
            if reason is not None:
                self.markers.add(row + 1, name, reason)
            if cell is not None:
                _put(self._sheet, row, column, cell)
        entity = self._columns.entity
        self._base.add(record.get(entity.id_field.name), record.get(entity.stamp_field.name), cells)

    def finish(self, ending: Ending) -> None:
        """Write the pages beside the records."""
        entity = self._columns.entity
        write_summary(
            self._book, self._summary, entity, ending.figures, ending.certificate, ending.comparison
        )
        write_certificate(self._book, self._certificate, ending.certificate)
        if ending.comparison is not None:
            write_changes(self._book, entity, ending.comparison)

    def _begin_sheet(self) -> None:
        entity = self._columns.entity
        number = self.rows // self._rows_a_sheet + 1
        self._sheet = self._book.add_worksheet(f"{entity.sheet} {number}")
        lay_out(self._book, self._sheet, entity, self._columns.fields, self._lists)


@contextmanager
def new_book_export(path: Path, columns: Columns) -> Iterator[BookExport]:
    """Give a workbook for records; it is at `path` after the block."""
    with new_workbook(path) as book:
        yield BookExport(book, columns)


def _put(sheet: Worksheet, row: int, column: int, cell: Cell) -> None:
    """Write by type; never XlsxWriter's write(), which makes formulas and links of texts."""
    if isinstance(cell, str):
        sheet.write_string(row, column, cell)
    elif isinstance(cell, datetime):
        sheet.write_datetime(row, column, cell)
    else:
        sheet.write_number(row, column, cell)
