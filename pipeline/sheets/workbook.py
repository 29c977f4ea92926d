"""Workbooks (.xlsx, .xlsm) as rows of cells: read by calamine, completed by what the XML tells."""

from __future__ import annotations

import io
import re
from functools import partial
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from python_calamine import CalamineError, CalamineWorkbook

from pipeline.errors import WorkbookError
from pipeline.schema import Cell
from pipeline.sheets.archive import damaged, open_archive, refused
from pipeline.sheets.extent import check_extent
from pipeline.sheets.grid import Grid
from pipeline.sheets.hazards import MANY, ErrorCell, Hazards, TooMany, find_hazards
from pipeline.sheets.merged import areas
from pipeline.sheets.parts import Contents, read_contents, read_part
from pipeline.sheets.tabs import Tab, Workbook
from pipeline.sheets.weight import is_too_heavy

MAX_INFLATION = 16  # times its file: a sheet above that may not have a value in every byte
PANIC = "PanicException"
KNOWN_ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA"}

ERROR_VALUE = re.compile(
    rb"""(<(?:[\w.-]+:)?c(?=\s)[^<>]*\st\s*=\s*["']e["'][^<>]*(?<!/)>\s*"""
    rb"(?:<[^<>]*/>|<[^/<>]*>[^<]*</[^<>]*f>)?\s*<(?:[\w.-]+:)?v(?:\s[^<>]*)?>)[^<]*"
)


def open_workbook(path: Path) -> Workbook:
    """List the sheets of a workbook. Raises WorkbookError when it is none, or none that is safe."""
    with open_archive(path) as archive:
        contents = read_contents(path, archive)
    return Workbook(path, contents.tabs, partial(_grid, path, contents))


def _grid(path: Path, contents: Contents, tab: Tab) -> Grid:
    """Read one sheet; the hazards stand where calamine gave blanks."""
    hazards, source = _scan(path, contents, tab)
    rows = _read_cells(path, tab, source)
    _lay_over(rows, hazards)
    return Grid(rows, hidden_rows=hazards.hidden_rows, merged=areas(hazards.merged))


def _scan(path: Path, contents: Contents, tab: Tab) -> tuple[Hazards, Path | io.BytesIO]:
    """Find the hazards, and what calamine may read; the XML (100 MB) is gone before it does."""
    with open_archive(path) as archive:
        xml = read_part(path, archive, tab.key)
        packed = sum(each.compress_size for each in archive.infolist())
    try:
        hazards = find_hazards(xml, zeros_are_guesses=contents.asks_to_calculate)
    except TooMany as error:
        what, most = error.args
        raise WorkbookError(
            f"{path.name}: sheet {tab.name} has more than {most:,} {what}, which is more than is "
            "read. Split it, or remove what is not needed."
        ) from error
    check_extent(path, tab.name, hazards.last, hazards.values)
    is_dense = hazards.values >= MANY and len(xml) > MAX_INFLATION * packed
    if (is_dense and xml.count(b"v>") > 2 * packed) or is_too_heavy(xml, contents.lengths.all):
        raise refused(
            path, f"sheet {tab.name} repeats its cells or texts so often that they fill the memory"
        )
    return hazards, _mended(path, tab, xml, hazards)


def _read_cells(path: Path, tab: Tab, source: Path | io.BytesIO) -> list[list[Cell]]:
    """Return all rows from row 1 and column A on, also where the first ones are empty."""
    try:
        with CalamineWorkbook.from_object(source) as book:
            return book.get_sheet_by_name(tab.name).to_python(skip_empty_area=False)
    except (CalamineError, OSError, OverflowError) as error:
        raise damaged(path) from error
    except BaseException as error:  # calamine's panics have a type that cannot be imported
        if type(error).__name__ != PANIC:
            raise
        raise damaged(path) from error


def _mended(path: Path, tab: Tab, xml: bytes, hazards: Hazards) -> Path | io.BytesIO:
    """Return what calamine can read: it gives up a whole sheet for one error such as #SPILL!."""
    texts = {str(cell) for cell in hazards.cells.values() if isinstance(cell, ErrorCell)}
    if not texts - KNOWN_ERRORS:
        return path
    copy = io.BytesIO()
    with ZipFile(path) as source, ZipFile(copy, "w", ZIP_DEFLATED, compresslevel=1) as target:
        for entry in source.infolist():
            name = entry.filename.lower()
            if name == tab.key.lower():
                target.writestr(entry.filename, ERROR_VALUE.sub(rb"\1#N/A", xml))
            elif name.endswith((".xml", ".rels")):  # pictures are not needed
                target.writestr(entry.filename, source.read(entry))
    copy.seek(0)
    return copy


def _lay_over(rows: list[list[Cell]], hazards: Hazards) -> None:
    """Put each hazard into its cell; rows and columns that calamine dropped are added."""
    for (row, column), hazard in hazards.cells.items():
        rows.extend([] for _ in range(row - len(rows)))
        cells = rows[row - 1]
        cells.extend([None] * (column - len(cells)))
        cells[column - 1] = hazard
