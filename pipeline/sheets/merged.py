"""Merged cells: which there are, and what a person who looks at them takes them to say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.schema import Cell
from pipeline.sheets.hazards import column_number

RANGE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7}):([A-Za-z]{1,3})([0-9]{1,7})")


class Area(NamedTuple):
    """A range of merged cells, all numbers from 1."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    def __str__(self) -> str:
        first = cell_name(self.first_row, self.first_column)
        return f"{first}:{cell_name(self.last_row, self.last_column)}"


def column_letters(number: int) -> str:
    """Name a column as Excel does: A, AB."""
    letters = ""
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """Name a cell as A1."""
    return f"{column_letters(column)}{row}"


def areas(references: Iterable[str]) -> tuple[Area, ...]:
    """Read ranges such as B3:B7."""
    return tuple(_areas(references))


def _areas(references: Iterable[str]) -> Iterator[Area]:
    for reference in references:
        if found := RANGE.fullmatch(reference):
            left, right = column_number(found[1]), column_number(found[3])
            top, bottom = int(found[2]), int(found[4])
            yield Area(min(top, bottom), min(left, right), max(top, bottom), max(left, right))


def fill_down(
    cells: npt.NDArray[np.object_],
    rows: npt.NDArray[np.int64],
    columns: Sequence[int],
    merged: Iterable[Area],
) -> list[Area]:
    """Let a merged cell count for each of its rows that hold something; returns those it does.

    `rows` and `columns` number the cells, which are changed. Only blank cells are filled.
    """
    places = {number: place for place, number in enumerate(columns)}
    filled = []
    left = cells.size  # overlapping ranges, which nobody can make in Excel, take no more time
    for area in merged:
        if left < 0:
            break
        place = places.get(area.first_column)
        begin, end = np.searchsorted(rows, (area.first_row, area.last_row + 1))
        if place is None or end - begin < 2 or rows[begin] != area.first_row:  # noqa: PLR2004 - two rows make a span
            continue
        left -= int(end - begin)
        value: Cell = cells[begin, place]
        below = cells[begin + 1 : end, place]
        blank = np.array([cell is None for cell in below], dtype=bool)
        if value is not None and blank.any():
            below[blank] = value
            filled.append(area)
    return filled
