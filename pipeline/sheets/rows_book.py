"""A small workbook of rows that nobody typed, made in memory."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from xlsxwriter import Workbook

from pipeline.schema import Cell


def rows_workbook(sheet: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a workbook of one sheet. All cells are texts: numbers of records stay exact."""
    content = io.BytesIO()
    with Workbook(content, {"in_memory": True}) as book:
        page = book.add_worksheet(sheet)
        page.set_column(0, len(header) - 1, 24)
        for number, row in enumerate((header, *rows)):
            for column, cell in enumerate(row):
                if cell is not None:
                    page.write_string(number, column, str(cell))
    return content.getvalue()
