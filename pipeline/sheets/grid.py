"""From rows of cells to a sheet: where its header is, which columns and rows hold something."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.errors import HeaderError, WorkbookError
from pipeline.kinds import plain
from pipeline.schema import Cell

HEADER_ROWS = 50  # a header stands among the first rows, below a title at most
MAX_COLUMNS = 16_384  # Excel's own limit, XFD
SHOWN_CELLS, SHOWN_RANGES = 5, 5


@dataclass(frozen=True)
class Column:
    """A column with a header; `number` counts from 1 = A, `text` is as the user wrote it."""

    number: int
    text: str

    @property
    def letter(self) -> str:
        """The column as Excel names it: A, AB."""
        letters, rest = "", self.number
        while rest:
            rest, letter = divmod(rest - 1, 26)
            letters = chr(ord("A") + letter) + letters
        return letters


@dataclass(frozen=True)
class Grid:
    """The cells of one sheet from A1 on, as its reader gave them; rows may differ in length."""

    rows: list[list[Cell]]
    remarks: tuple[str, ...] = ()
    hidden_rows: tuple[int, ...] = ()
    merged: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether no cell holds anything."""
        return not any(is_filled(cell) for row in self.rows for cell in row)


@dataclass(frozen=True)
class Sheet:
    """One sheet.

    `header_row` is Excel's own number. `nameless` are columns with values but no header, `repeated`
    the rows that repeat the header. `cells` is indexed by Excel's row numbers and column numbers,
    dtype object: None is a blank, anything else is what the reader gave, an ErrorCell or an
    Uncalculated. `remarks` say what was detected, a line each.
    """

    path: Path
    name: str
    header_row: int
    columns: tuple[Column, ...]
    nameless: tuple[int, ...]
    repeated: tuple[int, ...]
    cells: pd.DataFrame
    remarks: tuple[str, ...]


def is_filled(cell: Cell) -> bool:
    """Whether a cell holds more than blanks (no-break spaces are blanks too)."""
    return cell is not None and not (isinstance(cell, str) and not cell.strip())


def known_in(rows: Iterable[Sequence[Cell]], known: Collection[str]) -> Iterator[set[str]]:
    """Yield, for each of the rows a header may stand on, the known names in it."""
    names = {plain(name) for name in known}
    for row in islice(rows, HEADER_ROWS):
        texts = (cell for cell in islice(row, MAX_COLUMNS) if isinstance(cell, str) and cell)
        yield {plain(text) for text in texts} & names


def make_sheet(path: Path, name: str, grid: Grid, known: Collection[str]) -> Sheet:
    """Find the header and what is below it; raise WorkbookError when there is no header."""
    header = _header_index(path, name, grid, known)
    columns = _columns(path, grid.rows[header])
    below = grid.rows[header + 1 :]
    cells = _frame(below, columns, header + 2)
    repeated = _repeated(cells, columns)
    cells = cells[cells.notna().any(axis=1) & ~cells.index.isin(repeated)]
    return Sheet(
        path=path,
        name=name,
        header_row=header + 1,
        columns=columns,
        nameless=_nameless(below, columns),
        repeated=repeated,
        cells=cells,
        remarks=(*grid.remarks, *_remarks(grid, header + 1, cells)),
    )


def _header_index(path: Path, name: str, grid: Grid, known: Collection[str]) -> int:
    counts = [len(found) for found in known_in(grid.rows, known)]
    best = max(counts, default=0)
    if best == 0:
        raise HeaderError(_no_header(path, name, grid, known), _texts(grid))
    return counts.index(best)


def _texts(grid: Grid) -> list[list[str]]:
    rows = islice(grid.rows, HEADER_ROWS)
    return [[_words(cell) for cell in row if is_filled(cell)] for row in rows]


def _no_header(path: Path, name: str, grid: Grid, known: Collection[str]) -> str:
    expected = ", ".join(list(known if isinstance(known, Sequence) else sorted(known))[:3])
    way = (
        f"Its header has to hold column names such as {expected}. "
        "`nexudus-bulk template` writes a sheet that has them."
    )
    for number, row in enumerate(islice(grid.rows, HEADER_ROWS), 1):
        shown = [_words(cell) for cell in row if is_filled(cell)][:SHOWN_CELLS]
        if shown:
            found = ", ".join(f"'{text[:30]}'" for text in shown)
            return (
                f"{path.name}: sheet {name} has no known column; row {number} holds {found}. {way}"
            )
    return f"{path.name}: sheet {name} is empty. {way}"


def _columns(path: Path, header: Sequence[Cell]) -> tuple[Column, ...]:
    filled = [(number, cell) for number, cell in enumerate(header, 1) if is_filled(cell)]
    if filled[-1][0] > MAX_COLUMNS:
        raise WorkbookError(
            f"{path.name}: the header has {filled[-1][0]:,} columns, and a sheet has at most "
            f"{MAX_COLUMNS:,}. Remove the columns that are not needed."
        )
    return tuple(Column(number, _words(cell)) for number, cell in filled)


def _words(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _frame(below: list[list[Cell]], columns: Sequence[Column], first_row: int) -> pd.DataFrame:
    width = columns[-1].number
    rows = [row if len(row) >= width else [*row, *[None] * (width - len(row))] for row in below]
    cells = np.empty((len(rows), len(columns)), dtype=object, order="F")
    for place, column in enumerate(columns):
        cells[:, place] = _blanks_to_none(rows, column.number - 1)
    index = pd.RangeIndex(first_row, first_row + len(rows))
    numbers = [column.number for column in columns]
    return pd.DataFrame(cells, index=index, columns=numbers, dtype=object)


def _blanks_to_none(rows: list[list[Cell]], place: int) -> list[Cell]:
    """Take one column out of the rows; written for speed, a sheet may have four million cells."""
    return [
        None if (cell := row[place]) == "" or (cell.__class__ is str and cell.isspace()) else cell
        for row in rows
    ]


def _repeated(cells: pd.DataFrame, columns: Sequence[Column]) -> tuple[int, ...]:
    """Find the rows that hold the texts of at least half of the header."""
    least = max(2, math.ceil(len(columns) / 2))
    texts = np.array([column.text for column in columns], dtype=object)
    same = (cells.to_numpy() == texts).sum(axis=1)
    return tuple(int(row) for row in cells.index[same >= least])


def _nameless(below: list[list[Cell]], columns: Sequence[Column]) -> tuple[int, ...]:
    named = {column.number for column in columns}
    width = max(map(len, below), default=0)
    open_places = [number - 1 for number in range(1, width + 1) if number not in named]
    found: set[int] = set()
    for row in below:
        if not open_places:
            break
        here = {place for place in open_places if place < len(row) and is_filled(row[place])}
        found |= here
        if here:
            open_places = [place for place in open_places if place not in here]
    return tuple(place + 1 for place in sorted(found))


def _remarks(grid: Grid, header_row: int, cells: pd.DataFrame) -> Iterator[str]:
    hidden = [row for row in grid.hidden_rows if row in cells.index]
    if hidden:
        yield f"hidden {_spans(hidden)} read too"
    merged = [each for each in grid.merged if _last_row(each) > header_row]
    if merged:
        more = f" and {len(merged) - SHOWN_RANGES} more" if len(merged) > SHOWN_RANGES else ""
        shown = ", ".join(merged[:SHOWN_RANGES])
        yield f"merged cells {shown}{more}: only the first cell of each holds a value"


def _last_row(reference: str) -> int:
    digits = "".join(filter(str.isdigit, reference.rpartition(":")[2]))
    return int(digits or 0)


def _spans(rows: Sequence[int]) -> str:
    """Word row numbers as people do: row 4 was, rows 4-9, 12 were."""
    spans: list[list[int]] = []
    for row in rows:
        if spans and row == spans[-1][-1] + 1:
            spans[-1].append(row)
        else:
            spans.append([row])
    text = ", ".join(str(s[0]) if len(s) == 1 else f"{s[0]}-{s[-1]}" for s in spans[:SHOWN_RANGES])
    more = " and others" if len(spans) > SHOWN_RANGES else ""
    return f"row {text} was" if len(rows) == 1 else f"rows {text}{more} were"
