"""OpenDocument spreadsheets (.ods) as rows of cells, read in one pass over their XML.

Of the XML no more than a row is held as a tree. Layout: OpenDocument 1.3, part 3, section 9; what
LibreOffice adds to it (errors) as LibreOffice writes it.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from zipfile import ZipFile

from lxml.etree import XMLSyntaxError

from pipeline.errors import WorkbookError
from pipeline.sheets.archive import PROTECTED, SAVE_AGAIN, damaged, open_archive, pieces
from pipeline.sheets.document_tables import Table, TableReader
from pipeline.sheets.extent import check_extent
from pipeline.sheets.grid import NEW_RESULTS, Grid
from pipeline.sheets.hazards import TooMany
from pipeline.sheets.markup import checked
from pipeline.sheets.tabs import Tab, Workbook

CONTENT, MANIFEST = "content.xml", "META-INF/manifest.xml"


def open_document(path: Path) -> Workbook:
    """Read the sheets of an OpenDocument spreadsheet. Raises WorkbookError when it is none."""
    with open_archive(path) as archive:
        _check_kind(path, archive)
        reader = TableReader()
        try:
            for piece in checked(path, pieces(path, archive, archive.getinfo(CONTENT))):
                reader.feed(piece)
            reader.close()
        except XMLSyntaxError as error:
            raise damaged(path) from error
        except TooMany as error:
            raise WorkbookError(
                f"{path.name}: {error.args[0]}, which is more than is read. "
                "Split it, or remove what is not needed."
            ) from error
    tables = reader.tables
    if tables is None:
        raise WorkbookError(f"{path.name}: this is another kind of document. {SAVE_AGAIN}")
    tabs = tuple(Tab(each.name, str(number), each.hidden) for number, each in enumerate(tables))
    return Workbook(path, tabs, partial(_grid, path, tables))


def _check_kind(path: Path, archive: ZipFile) -> None:
    names = archive.NameToInfo
    if CONTENT not in names:
        if any(name.startswith("xl/") for name in names):
            words = "this is an Excel workbook. Rename it to end in .xlsx."
            raise WorkbookError(f"{path.name}: {words}")
        raise WorkbookError(f"{path.name}: this is a zip archive, not a workbook. {SAVE_AGAIN}")
    if MANIFEST in names:
        for piece in checked(path, pieces(path, archive, names[MANIFEST])):
            if b"encryption-data" in piece:
                raise WorkbookError(f"{path.name}: {PROTECTED}")


def _grid(path: Path, tables: list[Table], tab: Tab) -> Grid:
    table = tables[int(tab.key)]
    last = len(table.rows), max(map(len, table.rows), default=0)
    check_extent(path, table.name, last, table.values)
    # Each reading gets rows of its own.
    rows = [list(row) for row in table.rows]
    return Grid(
        rows,
        kind=("ods",),
        oddities=(NEW_RESULTS,),
        hidden_rows=tuple(table.hidden_rows),
        merged=tuple(table.merged),
    )
