"""From rows of cells to a sheet: where its header is, which columns and rows hold something."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.errors import HeaderError
from pipeline.kinds import plain
from pipeline.schema import Cell
from pipeline.sheets.extent import MAX_COLUMNS
from pipeline.sheets.matrix import Matrix, is_filled
from pipeline.sheets.merged import Area, column_letters, fill_down

HEADER_ROWS = 50  # a header stands among the first rows, below a title at most
NEW_RESULTS = "results will be a new .xlsx"  # said of files that only .xlsx can mark
SHOWN_CELLS, SHOWN_RANGES = 5, 5


@dataclass(frozen=True)
class Column:
    """A column with a header; `number` counts from 1 = A, `text` is as the user wrote it."""

    number: int
    text: str

    @property
    def letter(self) -> str:
        """The column as Excel names it: A, AB."""
        return column_letters(self.number)


@dataclass(frozen=True)
class Grid:
    """The cells of one sheet from A1 on, as its reader gave them; rows may differ in length.

    `kind` says what the file turned out to be, `oddities` what is worth a remark.
    """

    rows: Sequence[Sequence[Cell]]
    kind: tuple[str, ...] = ()
    oddities: tuple[str, ...] = ()
    hidden_rows: tuple[int, ...] = ()
    merged: tuple[Area, ...] = ()

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
    Uncalculated. `remarks` say in one line what was detected, if that is worth saying. `rest` is
    what else stands on the sheet, by row and column: title lines, columns without a header, rows
    that repeat it.
    """

    path: Path
    name: str
    header_row: int
    columns: tuple[Column, ...]
    nameless: tuple[int, ...]
    repeated: tuple[int, ...]
    cells: pd.DataFrame
    remarks: tuple[str, ...]
    rest: Mapping[int, Mapping[int, Cell]] = field(default_factory=dict)


def known_in(rows: Iterable[Sequence[Cell]], known: Collection[str]) -> Iterator[set[str]]:
    """Yield, for each of the rows a header may stand on, the known names in it."""
    names = {plain(name) for name in known}
    for row in islice(rows, HEADER_ROWS):
        texts = (cell for cell in islice(row, MAX_COLUMNS) if isinstance(cell, str) and cell)
        yield {plain(text) for text in texts} & names


def make_sheet(
    path: Path, name: str, grid: Grid, known: Collection[str], *, fill: bool = True
) -> Sheet:
    """Find the header and what is below it; raise WorkbookError when there is no header.

    With `fill` a cell that is merged over several rows counts for each of them.
    """
    header = _header_index(path, name, grid, known)
    columns = _columns(_spanning(grid, header))
    values, rows = _values(grid.rows, columns, header + 2)
    merged = [each for each in grid.merged if each.last_row > header + 1]
    numbers = [column.number for column in columns]
    filled = fill_down(values, rows, numbers, merged) if fill else []
    cells = pd.DataFrame(values, index=pd.Index(rows), columns=numbers, dtype=object, copy=False)
    repeated = _repeated(cells, columns)
    cells = cells[~cells.index.isin(repeated)] if repeated else cells
    oddities = (*grid.oddities, *_oddities(grid.hidden_rows, merged, filled, cells))
    nameless = _nameless(grid.rows, columns, header + 2)
    return Sheet(
        path=path,
        name=name,
        header_row=header + 1,
        columns=columns,
        nameless=nameless,
        repeated=repeated,
        cells=cells,
        remarks=_remarks(path, grid.kind, oddities, header + 1, len(cells)),
        rest=dict(_rest(grid.rows, header, columns, {*nameless}, repeated)),
    )


def _rest(
    rows: Sequence[Sequence[Cell]],
    header: int,
    columns: Sequence[Column],
    nameless: Collection[int],
    repeated: Iterable[int],
) -> Iterator[tuple[int, dict[int, Cell]]]:
    """Yield what is no row of the sheet: lines above and like the header, nameless columns."""
    whole = {*range(1, header + 1), *repeated}
    own = {number for number, cell in enumerate(rows[header], 1) if is_filled(cell)}
    spanning = {each.number for each in columns} - own  # their names stand above, merged down
    for number in range(1, len(rows) + 1) if nameless else sorted(whole):
        found = {
            column: cell
            for column, cell in enumerate(rows[number - 1], start=1)
            if is_filled(cell)
            and (column in nameless or number in whole)
            and not (column in spanning and number <= header)
        }
        if found:
            yield number, found


def _header_index(path: Path, name: str, grid: Grid, known: Collection[str]) -> int:
    counts = [len(found) for found in known_in(grid.rows, known)]
    best = max(counts, default=0)
    if best == 0:
        raise HeaderError(_no_header(path, name, grid, known), _texts(grid))
    first = counts.index(best)
    # A header whose cells are merged over two rows ends with the lower one.
    for each in grid.merged:
        if each.first_row == first + 1 < each.last_row <= len(counts):
            return each.last_row - 1
    return first


def _spanning(grid: Grid, header: int) -> list[Cell]:
    """Return the header's cells, with those that are merged down into it from rows above."""
    cells = list(grid.rows[header])
    for each in grid.merged:
        if each.first_row <= header < each.last_row:
            above = grid.rows[each.first_row - 1]
            place = each.first_column - 1
            if place < len(above):
                cells += [None] * (place + 1 - len(cells))
                cells[place] = cells[place] if is_filled(cells[place]) else above[place]
    return cells


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


def _columns(header: Sequence[Cell]) -> tuple[Column, ...]:
    filled = ((number, cell) for number, cell in enumerate(header, 1) if is_filled(cell))
    return tuple(Column(number, _words(cell)) for number, cell in filled)


def _words(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _values(
    rows: Sequence[Sequence[Cell]], columns: Sequence[Column], first_row: int
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.int64]]:
    """Return the cells of the columns in rows that hold any, and the numbers of those rows.

    They are copies, and each column stands in one piece.
    """
    if isinstance(rows, Matrix):
        cells, numbers = rows.below(first_row, [column.number for column in columns])
    else:
        cells, numbers = _arranged(rows[first_row - 1 :], columns, first_row)
    filled = _hold_any(cells)
    return (cells, numbers) if filled.all() else (cells[filled], numbers[filled])


def _hold_any(cells: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    """Tell which rows hold something: most of them do so in the first columns."""
    filled = np.zeros(len(cells), dtype=bool)
    for column in range(cells.shape[1]):
        blank = np.flatnonzero(~filled)
        if not len(blank):
            break
        filled[blank] = cells[blank, column] != None  # noqa: E711 - cell by cell
    return filled


def _arranged(
    below: Sequence[Sequence[Cell]], columns: Sequence[Column], first_row: int
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.int64]]:
    width = columns[-1].number
    places = [place for place, row in enumerate(below) if row]  # thousands may be blank
    rows = [
        row if len(row) >= width else [*row, *[None] * (width - len(row))]
        for row in map(below.__getitem__, places)
    ]
    cells = np.empty((len(rows), len(columns)), dtype=object, order="F")
    for place, column in enumerate(columns):
        cells[:, place] = _blanks_to_none(rows, column.number - 1)
    return cells, np.array(places, dtype=np.int64) + first_row


def _blanks_to_none(rows: Sequence[Sequence[Cell]], place: int) -> list[Cell]:
    """Take one column out of the rows; written for speed, a sheet may have four million cells."""
    return [
        None if (cell := row[place]) == "" or (cell.__class__ is str and cell.isspace()) else cell
        for row in rows
    ]


def _repeated(cells: pd.DataFrame, columns: Sequence[Column]) -> tuple[int, ...]:
    """Find the rows that hold the texts of at least half of the header."""
    least = max(2, math.ceil(len(columns) / 2))
    texts = np.array([column.text for column in columns], dtype=object)
    values = cells.to_numpy()
    # One that has so many of them has one among the first columns; looking there is half the work.
    first = range(len(columns) - least + 1)
    some = np.zeros(len(values), dtype=bool)
    for place in first:
        some |= values[:, place] == texts[place]
    same = (values[some] == texts).sum(axis=1)
    return tuple(int(row) for row in cells.index[some][same >= least])


def _nameless(
    rows: Sequence[Sequence[Cell]], columns: Sequence[Column], first_row: int
) -> tuple[int, ...]:
    named = {column.number for column in columns}
    if isinstance(rows, Matrix):
        return tuple(each for each in rows.filled_columns(first_row) if each not in named)
    below = rows[first_row - 1 :]
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


def _remarks(
    path: Path, kind: Sequence[str], oddities: Sequence[str], header_row: int, rows: int
) -> tuple[str, ...]:
    """Say in one line what was detected; of a plain workbook there is nothing to say."""
    if not kind and not oddities and header_row == 1:
        return ()
    facts = (*kind, f"header in row {header_row}", "1 row" if rows == 1 else f"{rows:,} rows")
    return (f"{path.name}: {'; '.join((', '.join(facts), *oddities))}",)


def _oddities(
    hidden_rows: Collection[int], merged: list[Area], filled: list[Area], cells: pd.DataFrame
) -> Iterator[str]:
    hidden = [row for row in hidden_rows if row in cells.index]
    if hidden:
        yield f"hidden {_spans(hidden)} read too"
    if filled:
        yield f"merged {_listed(filled)} filled down"
    done = set(filled)
    others = [each for each in merged if each not in done or each.first_column < each.last_column]
    if others:
        yield f"merged {_listed(others)}: only the first {_part(others, done)} read"


def _part(merged: list[Area], filled: Collection[Area]) -> str:
    """Name what of merged cells holds their value: that which is filled down has it in a column."""
    return "column is" if all(each in filled for each in merged) else "cell is"


def _listed(merged: Sequence[Area]) -> str:
    more = f" and {len(merged) - SHOWN_RANGES} more" if len(merged) > SHOWN_RANGES else ""
    return ", ".join(map(str, merged[:SHOWN_RANGES])) + more


def _spans(rows: Sequence[int]) -> str:
    """Word row numbers as people do: row 4, rows 4-9, 12."""
    spans: list[list[int]] = []
    for row in rows:
        if spans and row == spans[-1][-1] + 1:
            spans[-1].append(row)
        else:
            spans.append([row])
    text = ", ".join(str(s[0]) if len(s) == 1 else f"{s[0]}-{s[-1]}" for s in spans[:SHOWN_RANGES])
    more = " and others" if len(spans) > SHOWN_RANGES else ""
    return f"row {text}" if len(rows) == 1 else f"rows {text}{more}"
