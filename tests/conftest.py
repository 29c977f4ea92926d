"""Fixtures that every test may use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter


def _write(worksheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, text: str) -> None:
    if text in ("", '""'):
        return
    if text in ("TRUE", "FALSE"):
        worksheet.write_boolean(row, column, text == "TRUE")
        return
    try:
        worksheet.write_number(row, column, float(text))
    except (ValueError, TypeError):  # TypeError: XlsxWriter's answer to nan and inf
        worksheet.write_string(row, column, text)


@pytest.fixture
def sheet(tmp_path: Path) -> Callable[..., Path]:
    """Make a workbook from a table written as text, cells separated by `|`.

    Numbers are written as numbers, TRUE and FALSE as booleans, the rest as text; `""` and nothing
    are blank. Blank lines before and after the table do not count.
    """

    def make(text: str, name: str = "rooms.xlsx", sheet: str = "Resources") -> Path:
        path = tmp_path / name
        with xlsxwriter.Workbook(path) as book:
            worksheet = book.add_worksheet(sheet)
            for row, line in enumerate(text.strip("\n").rstrip().split("\n")):
                for column, cell in enumerate(line.split("|")):
                    _write(worksheet, row, column, cell.strip())
        return path

    return make
