"""Old workbooks (.xls) as rows of cells, read from their records."""

from __future__ import annotations

import struct
from functools import partial
from pathlib import Path

from pipeline.errors import WorkbookError
from pipeline.sheets import biff
from pipeline.sheets.archive import PROTECTED, SAVE_AGAIN, damaged
from pipeline.sheets.biff_cells import read_cells
from pipeline.sheets.compound import BrokenError, Compound
from pipeline.sheets.extent import check_extent
from pipeline.sheets.grid import NEW_RESULTS, Grid
from pipeline.sheets.tabs import Tab, Workbook

MAX_SIZE = 64 * 2**20  # bytes; 65,536 rows are the most it can have
STREAMS = ("workbook", "book")  # of Excel 97 and of Excel 5; some files have both
BROKEN = (BrokenError, struct.error, IndexError, OverflowError)


def open_old_workbook(path: Path) -> Workbook:
    """List the sheets of an old workbook. Raises WorkbookError when it is none."""
    size = path.stat().st_size
    if size > MAX_SIZE:
        raise WorkbookError(
            f"{path.name}: the file has {size / 2**20:,.0f} MB, and at most {MAX_SIZE // 2**20} MB "
            f"of an .xls are read. {SAVE_AGAIN}"
        )
    try:
        stream = _stream(path)
        known = biff.read_globals(stream)
    except biff.ProtectedError as error:
        raise WorkbookError(f"{path.name}: {PROTECTED}") from error
    except biff.TooOldError as error:
        raise WorkbookError(
            f"{path.name}: this workbook is older than Excel 5. {SAVE_AGAIN}"
        ) from error
    except BROKEN as error:
        raise damaged(path) from error
    tabs = tuple(
        Tab(each.name, str(number), each.hidden) for number, each in enumerate(known.sheets)
    )
    return Workbook(path, tabs, partial(_grid, path, stream, known))


def _stream(path: Path) -> bytes:
    compound = Compound(path.read_bytes())
    for name in STREAMS:
        if (found := compound.stream(name)) is not None:
            return found
    if "encryptedpackage" in compound.names():
        raise WorkbookError(f"{path.name}: {PROTECTED}")
    raise WorkbookError(
        f"{path.name}: this is an old Office document, not a workbook. {SAVE_AGAIN}"
    )


def _grid(path: Path, stream: bytes, known: biff.Globals, tab: Tab) -> Grid:
    try:
        cells = read_cells(stream, known.sheets[int(tab.key)], known)
    except BROKEN as error:
        raise damaged(path) from error
    last = len(cells.rows), max(map(len, cells.rows), default=0)
    check_extent(path, tab.name, last, cells.count)
    return Grid(
        cells.rows,
        kind=("xls",),
        oddities=(NEW_RESULTS,),
        hidden_rows=tuple(sorted(set(cells.hidden))),
        merged=tuple(cells.merged),
    )
