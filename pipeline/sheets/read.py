"""Sheets as they are: every cell to the letter, under its header, by Excel's own row numbers.

Judging what the cells say is left to `header.py` and `checks.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import WorkbookError
from pipeline.schema import Cell
from pipeline.sheets.base import BASE_SHEET
from pipeline.sheets.document import open_document
from pipeline.sheets.grid import Column, Grid, Sheet, make_sheet
from pipeline.sheets.guess import guess_header
from pipeline.sheets.hazards import ErrorCell, Uncalculated
from pipeline.sheets.old_workbook import open_old_workbook
from pipeline.sheets.recognise import Sort, recognise
from pipeline.sheets.tabs import Workbook
from pipeline.sheets.text import TextFile, open_text
from pipeline.sheets.workbook import open_workbook

__all__ = ["Book", "Column", "ErrorCell", "Sheet", "Uncalculated", "open_book"]


@dataclass(frozen=True)
class Book:
    """A file that holds sheets; `known` are the column names by which a header is recognised.

    `content` are the bytes of the file. A sheet that was only looked at is kept for its reading.
    """

    path: Path
    source: Workbook | TextFile
    content: bytes = field(repr=False)
    _seen: dict[str, Grid] = field(default_factory=dict, init=False, repr=False, compare=False)

    def look(self, *, wanted: str | None, default: str, known: Collection[str]) -> Sheet:
        """Read a sheet as `sheet` does, which is then spared the second reading of a large one.

        Raises WorkbookError as `sheet` does.
        """
        name = self.source.choose(wanted, default)
        self._seen[name] = grid = self.source.grid(name, known)
        return make_sheet(self.path, name, grid, known)

    def sheet(self, *, wanted: str | None, default: str, known: Collection[str]) -> Sheet:
        """Read the wanted sheet, else the default, else the only visible one.

        Raises WorkbookError when none of them is there or it has no header.
        """
        name = self.source.choose(wanted, default)
        # What an export wrote is never overwritten by what somebody merged.
        fill = self.source.find(BASE_SHEET) != BASE_SHEET
        # Taken away, so that the cells are not kept twice while they are checked.
        grid = self._seen.pop(name, None) or self.source.grid(name, known)
        return make_sheet(self.path, name, grid, known, fill=fill)

    def guess(self, *, wanted: str | None, default: str, known: Collection[str]) -> Sheet:
        """Read a foreign sheet; its header is found by names it may have, else by its looks.

        Raises WorkbookError when there is no such sheet, or nothing on it that is like a header.
        """
        name = self.source.choose(wanted, default)
        header = guess_header(self.source.grid(name, known).rows, known)
        if header is None:
            raise WorkbookError(
                f"{self.path.name}: sheet {name} has no row that is like a header: names of columns"
                " beside each other, and rows below them. Write one above the rows."
            )
        return self.sheet(wanted=wanted, default=default, known=header)

    def optional(self, name: str, known: Collection[str]) -> Sheet | None:
        """Read a second sheet; None when there is none or it is empty."""
        found = self.source.find(name)
        if found is None:
            return None
        grid = self.source.grid(found, known)
        return None if grid.is_empty else make_sheet(self.path, found, grid, known)

    def rows(self, name: str) -> list[list[Cell]] | None:
        """Return the rows of a sheet as they are, from row 1 on; None when there is no such sheet.

        Raises WorkbookError when it is damaged.
        """
        if self.source.find(name) != name:
            return None
        return [list(row) for row in self.source.grid(name, ()).rows]


def open_book(path: Path) -> Book:
    """Open a workbook or a csv for reading.

    Raises UsageError when there is no file to read, WorkbookError when it holds no sheet.
    """
    openers: dict[Sort, Callable[[Path], Workbook | TextFile]] = {
        "workbook": open_workbook,
        "old workbook": open_old_workbook,
        "document": open_document,
        "text": open_text,
    }
    source = openers[recognise(path)](path)
    return Book(path, source, path.read_bytes())
