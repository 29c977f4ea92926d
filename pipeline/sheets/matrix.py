"""The cells of a sheet column by column, where they take the least memory, and as rows as well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np
import numpy.typing as npt

from pipeline.schema import Cell
from pipeline.sheets.plain_cells import Block

BLANK = ""  # what readers of workbooks give for a blank in a row


def is_filled(cell: Cell) -> bool:
    """Whether a cell holds more than blanks (no-break spaces are blanks too)."""
    return cell is not None and not (isinstance(cell, str) and not cell.strip())


class Matrix(Sequence[list[Cell]]):
    """Rows of cells from row 1 on, made when they are asked for.

    `numbers` are the numbers of the rows that hold something, and `cells` those rows, from column A
    on and with None for a blank; each of its columns stands in one piece.
    """

    def __init__(self, numbers: npt.NDArray[np.int64], cells: npt.NDArray[np.object_]) -> None:
        self.numbers = numbers
        self.cells = cells

    def __len__(self) -> int:
        return int(self.numbers[-1]) if len(self.numbers) else 0

    @overload
    def __getitem__(self, index: int) -> list[Cell]: ...
    @overload
    def __getitem__(self, index: slice) -> list[list[Cell]]: ...
    def __getitem__(self, index: int | slice) -> list[Cell] | list[list[Cell]]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        number = range(1, len(self) + 1)[index]
        place = int(np.searchsorted(self.numbers, number))
        if self.numbers[place] != number:
            return []
        return [BLANK if cell is None else cell for cell in self.cells[place].tolist()]

    def below(
        self, first_row: int, columns: Sequence[int]
    ) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.int64]]:
        """Copy some columns from a row on; returns the numbers of the rows as well."""
        begin = int(np.searchsorted(self.numbers, first_row))
        cells = np.empty((len(self.numbers) - begin, len(columns)), dtype=object, order="F")
        for place, column in enumerate(columns):
            cells[:, place] = self.cells[begin:, column - 1]
        return cells, self.numbers[begin:]

    def filled_columns(self, first_row: int) -> Iterator[int]:
        """Yield the numbers of the columns that hold something from a row on."""
        begin = int(np.searchsorted(self.numbers, first_row))
        for place in range(self.cells.shape[1]):
            if any(cell is not None for cell in self.cells[begin:, place]):
                yield place + 1


def gather(blocks: list[Block], rows: Sequence[Sequence[Cell]]) -> Matrix:
    """Lay blocks, which are used up, and single cells in rows from row 1 on into one matrix."""
    numbers = [each.rows for each in blocks]
    numbers.append(np.array([n for n, row in enumerate(rows, 1) if _is_any(row)], np.int64))
    joined = np.unique(np.concatenate(numbers))
    width = max(max((each.cells.shape[1] for each in blocks), default=0), *map(len, rows), 0)
    cells = np.empty((len(joined), width), dtype=object, order="F")
    while blocks:
        block = blocks.pop()
        cells[np.searchsorted(joined, block.rows), : block.cells.shape[1]] = block.cells
    for number in numbers[-1].tolist():
        here = cells[np.searchsorted(joined, number)]
        for place, cell in enumerate(rows[number - 1]):
            if is_filled(cell):
                here[place] = cell
    return Matrix(joined, cells)


def _is_any(row: Sequence[Cell]) -> bool:
    return len(row) > row.count(BLANK) and any(map(is_filled, row))
