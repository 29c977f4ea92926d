"""How far a sheet reaches, and how far one may: readers keep room for every cell up to the last."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import WorkbookError
from pipeline.sheets.archive import damaged
from pipeline.sheets.merged import cell_name

MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384  # Excel's own limits
MAX_CELLS = 20_000_000  # filled or not: 100,000 rows of 200 columns
SPARSE_FROM, MIN_FILLED = 2_000_000, 1 / 20  # a larger table has a value in every 20th cell


def check_extent(path: Path, sheet: str, last: tuple[int, int], values: int) -> None:
    """Refuse a sheet that reaches too far for what it holds; `last` is its last row and column."""
    row, column = last
    if row > MAX_ROWS or column > MAX_COLUMNS:
        raise damaged(path)
    if row * column > MAX_CELLS or (
        row * column > SPARSE_FROM and values < MIN_FILLED * row * column
    ):
        raise WorkbookError(
            f"{path.name}: sheet {sheet} reaches to cell {cell_name(row, column)}, "
            "which is too far to read. Delete the rows below and the columns beside the table."
        )
