"""Workbooks (.xlsx, .xlsm) as rows of cells, completed by what only the XML tells.

Of a large sheet almost all cells are plain and read as numbers are; calamine reads the rest, and
every sheet that looks odd.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipeline.errors import WorkbookError
from pipeline.schema import Cell
from pipeline.sheets.archive import open_archive, refused
from pipeline.sheets.calamine import ask, copy_with, read_cells
from pipeline.sheets.extent import check_extent
from pipeline.sheets.grid import Grid
from pipeline.sheets.hazards import (
    MANY,
    MAX_FILLED_ROWS,
    ErrorCell,
    Hazards,
    TooMany,
    find_hazards,
)
from pipeline.sheets.matrix import gather
from pipeline.sheets.merged import areas
from pipeline.sheets.parts import Contents, part_pieces, read_contents, read_part
from pipeline.sheets.plain_cells import VALUE_END, Known, OddError, PlainCells, take_plain
from pipeline.sheets.tabs import Tab, Workbook
from pipeline.sheets.weight import BESIDE, LEAST, is_too_heavy

MAX_INFLATION = 16  # times its file: a sheet above that may not have a value in every byte
KNOWN_ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA"}

ANY_CELL = re.compile(rb"<(?:[\w.-]+:)?c[\s/>]")
ERROR_VALUE = re.compile(
    rb"""(<(?:[\w.-]+:)?c(?=\s)[^<>]*\st\s*=\s*["']e["'][^<>]*(?<!/)>\s*"""
    rb"(?:<[^<>]*/>|<[^/<>]*>[^<]*</[^<>]*f>)?\s*<(?:[\w.-]+:)?v(?:\s[^<>]*)?>)[^<]*"
)


def open_workbook(path: Path) -> Workbook:
    """List the sheets of a workbook. Raises WorkbookError when it is none, or none that is safe."""
    with open_archive(path) as archive:
        contents = read_contents(path, archive)
        packed = sum(each.compress_size for each in archive.infolist())
    return Workbook(path, contents.tabs, _Reader(path, contents, packed).grid)


@dataclass(frozen=True)
class _Reader:
    """Reads the sheets of one workbook; `packed` are the bytes of its parts in the file."""

    path: Path
    contents: Contents
    packed: int

    @cached_property
    def _known(self) -> Known | None:
        return ask(self.path, self.contents)

    def grid(self, tab: Tab) -> Grid:
        """Read one sheet; hazards stand where calamine gives blanks. Raises WorkbookError."""
        if self._known is not None:
            try:
                return self._streamed(tab, self._known)
            except OddError:  # whether and why it is to be refused is told by the other way
                pass
        return self._whole(tab)

    def _streamed(self, tab: Tab, known: Known) -> Grid:
        """Read a sheet whose XML is never there as a whole. Raises OddError."""
        with open_archive(self.path) as archive:
            plain, xml = take_plain(part_pieces(self.path, archive, tab.key), known)
        if not plain.blocks or self._is_heavy(plain, xml):
            raise OddError
        hazards = self._hazards(tab, xml)
        rows = self._rest(tab, xml, hazards)
        last = max(plain.last[0], hazards.last[0]), max(plain.last[1], hazards.last[1])
        check_extent(self.path, tab.name, last, plain.values + hazards.values)
        matrix = gather(plain.blocks, rows)
        if len(matrix.numbers) > MAX_FILLED_ROWS:
            raise OddError
        return _grid(matrix, hazards)

    def _is_heavy(self, plain: PlainCells, xml: bytes) -> bool:
        """Whether a sheet may be one that repeats its cells or texts to fill the memory."""
        values = plain.values + xml.count(VALUE_END)
        is_dense = values >= MANY and plain.length > MAX_INFLATION * self.packed
        return (
            (is_dense and values > self.packed)
            or plain.weight > LEAST + BESIDE * plain.length
            or is_too_heavy(xml, self.contents.lengths.all)
        )

    def _rest(self, tab: Tab, xml: bytes, hazards: Hazards) -> list[list[Cell]]:
        """Let calamine read the cells that are left, if there are any."""
        if not ANY_CELL.search(xml):
            return []
        copy = copy_with(self.path, self.contents, tab, _mended(xml, hazards) or xml)
        rows = read_cells(self.path, tab, copy)
        _lay_over(rows, hazards)
        return rows

    def _whole(self, tab: Tab) -> Grid:
        """Read a sheet of any form; calamine holds five kilobytes for a full row."""
        hazards, source = self._scan(tab)
        rows = read_cells(self.path, tab, source)
        _lay_over(rows, hazards)
        return _grid(rows, hazards)

    def _scan(self, tab: Tab) -> tuple[Hazards, Path | io.BytesIO]:
        """Find the hazards, and what calamine may read; the XML (100 MB) is gone before it does."""
        with open_archive(self.path) as archive:
            xml = read_part(self.path, archive, tab.key)
        hazards = self._hazards(tab, xml)
        check_extent(self.path, tab.name, hazards.last, hazards.values)
        is_dense = hazards.values >= MANY and len(xml) > MAX_INFLATION * self.packed
        if (is_dense and xml.count(b"v>") > 2 * self.packed) or is_too_heavy(
            xml, self.contents.lengths.all
        ):
            raise refused(
                self.path,
                f"sheet {tab.name} repeats its cells or texts so often that they fill the memory",
            )
        mended = _mended(xml, hazards)
        if mended is None:
            return hazards, self.path
        return hazards, copy_with(self.path, self.contents, tab, mended)

    def _hazards(self, tab: Tab, xml: bytes) -> Hazards:
        try:
            return find_hazards(xml, zeros_are_guesses=self.contents.asks_to_calculate)
        except TooMany as error:
            what, most = error.args
            raise WorkbookError(
                f"{self.path.name}: sheet {tab.name} has more than {most:,} {what}, which is more "
                "than is read. Split it, or remove what is not needed."
            ) from error


def _grid(rows: Sequence[Sequence[Cell]], hazards: Hazards) -> Grid:
    return Grid(rows, hidden_rows=hazards.hidden_rows, merged=areas(hazards.merged))


def _mended(xml: bytes, hazards: Hazards) -> bytes | None:
    """Write what calamine can read: it gives up a whole sheet for one error such as #SPILL!."""
    texts = {str(cell) for cell in hazards.cells.values() if isinstance(cell, ErrorCell)}
    return ERROR_VALUE.sub(rb"\1#N/A", xml) if texts - KNOWN_ERRORS else None


def _lay_over(rows: list[list[Cell]], hazards: Hazards) -> None:
    """Put each hazard into its cell; rows and columns that calamine dropped are added."""
    for (row, column), hazard in hazards.cells.items():
        rows.extend([] for _ in range(row - len(rows)))
        cells = rows[row - 1]
        cells.extend([None] * (column - len(cells)))
        cells[column - 1] = hazard
