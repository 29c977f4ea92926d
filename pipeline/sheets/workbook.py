"""Workbooks as rows of cells: read by calamine, completed by what the raw XML tells."""

from __future__ import annotations

import io
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

from python_calamine import CalamineError, CalamineWorkbook

from pipeline.errors import WorkbookError
from pipeline.schema import Cell
from pipeline.sheets.grid import MAX_COLUMNS, Column, Grid
from pipeline.sheets.hazards import ErrorCell, Hazards, find_hazards
from pipeline.sheets.parts import (
    Contents,
    Tab,
    check_parts,
    damaged,
    open_archive,
    read_contents,
    read_part,
)

MAX_ROWS = 1_048_576  # Excel's own limit
MAX_CELLS = 40_000_000  # calamine keeps every cell up to the last one in memory, 24 bytes each
KNOWN_ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA"}

ERROR_VALUE = re.compile(
    rb"""(<(?:[\w.-]+:)?c(?=\s)[^>]*\st\s*=\s*["']e["'][^>]*(?<!/)>\s*"""
    rb"(?:<[^<>]*/>|<[^/<>]*>[^<]*</[^<>]*f>)?\s*<(?:[\w.-]+:)?v(?:\s[^>]*)?>)[^<]*"
)


@dataclass(frozen=True)
class Workbook:
    """A workbook's list of sheets; each is read when asked for."""

    path: Path
    contents: Contents

    def choose(self, wanted: str | None, default: str) -> str:
        """Name the sheet to read: the wanted one, else the default, else the only visible one."""
        if wanted is not None:
            if (found := self.find(wanted)) is not None:
                return found
            raise WorkbookError(
                f"{self.path.name}: there is no sheet '{wanted}'. {self._listed()} "
                "Name one of them with --sheet."
            )
        if (found := self.find(default)) is not None:
            return found
        visible = [tab.name for tab in self.contents.tabs if not tab.hidden]
        if len(visible) == 1:
            return visible[0]
        raise WorkbookError(
            f"{self.path.name}: there is no sheet '{default}'. {self._listed()} "
            "Name the one to read with --sheet."
        )

    def find(self, name: str) -> str | None:
        """Return the name of the sheet, exact before without case, or None."""
        names = [tab.name for tab in self.contents.tabs]
        if name in names:
            return name
        return next((each for each in names if each.casefold() == name.casefold()), None)

    def grid(self, name: str, known: Collection[str]) -> Grid:
        """Read one sheet; the hazards stand where calamine gave blanks."""
        tab = next(tab for tab in self.contents.tabs if tab.name == name)
        hazards, source = self._scan(tab)
        rows = _read_cells(self.path, tab, source)
        _lay_over(rows, hazards)
        remarks = (f"sheet {tab.name} is hidden, and was read",) if tab.hidden else ()
        return Grid(rows, remarks, hazards.hidden_rows, hazards.merged)

    def _scan(self, tab: Tab) -> tuple[Hazards, Path | io.BytesIO]:
        """Find the hazards, and what calamine may read; the XML (100 MB) is gone before it does."""
        with open_archive(self.path) as archive:
            check_parts(self.path, archive)
            xml = read_part(self.path, archive, tab.part)
        hazards = find_hazards(xml, zeros_are_guesses=self.contents.asks_to_calculate)
        _check_extent(self.path, tab, hazards)
        return hazards, _mended(self.path, tab, xml, hazards)

    def _listed(self) -> str:
        names = [tab.name + (" (hidden)" if tab.hidden else "") for tab in self.contents.tabs]
        return f"Sheets of this workbook: {', '.join(names) or 'none'}."


def open_workbook(path: Path) -> Workbook:
    """List the sheets of a workbook."""
    with open_archive(path) as archive:
        return Workbook(path, read_contents(path, archive))


def _check_extent(path: Path, tab: Tab, hazards: Hazards) -> None:
    """Refuse a sheet that reaches too far: for want of memory calamine ends the process."""
    row, column = hazards.last
    if row > MAX_ROWS or column > MAX_COLUMNS:
        raise damaged(path)
    if row * column > MAX_CELLS:
        raise WorkbookError(
            f"{path.name}: sheet {tab.name} reaches to cell {Column(column, '').letter}{row}, "
            "which is too far to read. Delete the rows below and the columns beside the table."
        )


def _read_cells(path: Path, tab: Tab, source: Path | io.BytesIO) -> list[list[Cell]]:
    """Return all rows from row 1 and column A on, also where the first ones are empty."""
    try:
        with CalamineWorkbook.from_object(source) as book:
            return book.get_sheet_by_name(tab.name).to_python(skip_empty_area=False)
    except (CalamineError, OSError) as error:
        raise damaged(path) from error


def _mended(path: Path, tab: Tab, xml: bytes, hazards: Hazards) -> Path | io.BytesIO:
    """Return what calamine can read: it gives up a whole sheet for one error such as #SPILL!."""
    texts = {str(cell) for cell in hazards.cells.values() if isinstance(cell, ErrorCell)}
    if not texts - KNOWN_ERRORS:
        return path
    copy = io.BytesIO()
    with ZipFile(path) as source, ZipFile(copy, "w") as target:
        for entry in source.infolist():
            changed = entry.filename.lower() == tab.part.lower()
            content = ERROR_VALUE.sub(rb"\1#N/A", xml) if changed else source.read(entry)
            target.writestr(entry.filename, content)
    copy.seek(0)
    return copy


def _lay_over(rows: list[list[Cell]], hazards: Hazards) -> None:
    """Put each hazard into its cell; rows and columns that calamine dropped are added."""
    for (row, column), hazard in hazards.cells.items():
        rows.extend([] for _ in range(row - len(rows)))
        cells = rows[row - 1]
        cells.extend([None] * (column - len(cells)))
        cells[column - 1] = hazard
