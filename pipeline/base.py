"""Rows laid beside the base of the export they come from: which cells did somebody edit?

An import must not take a value that merely stood in the file for a wish: somebody else may have
changed it in the account since.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress
from operator import ne
from typing import Any

from pipeline.edits import (
    ExportColumn,
    columns_of,
    edited_companions,
    emptied_cells,
    stand_ins,
)
from pipeline.errors import WorkbookError
from pipeline.header import Header
from pipeline.problems import Problem
from pipeline.rows import Base, Digest, Mark, Row
from pipeline.schema import Cell, Entity, Value
from pipeline.sheets.base import (
    BASE_SHEET,
    BaseSheet,
    Edited,
    Line,
    foreign_ids,
    parse_base,
)
from pipeline.sheets.columns import is_shown_only
from pipeline.sheets.read import Book, Sheet


@dataclass(frozen=True)
class Compared:
    """Rows that know what of them was edited.

    `remarks` tell of a base that cannot be read. `base_rows` says by the sheet's rows where it
    keeps them, and what it should keep once their edits are written.
    """

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()
    remarks: tuple[str, ...] = ()
    base_rows: Mapping[int, Edited] = field(default_factory=dict)


def compare(  # noqa: PLR0913 - a sheet in all that was made of it
    book: Book,
    rows: Sequence[Row],
    sheet: Sheet,
    header: Header,
    entity: Entity,
    *,
    ignore_base: bool,
) -> Compared:
    """Lay rows, one for each of the sheet's and in its order, beside the base of their export.

    A file that has no base, or none that can be read, leaves the rows as they are. Raises
    WorkbookError when the base says that the rows are records of another entity.
    """
    kept: Sequence[Sequence[Cell]] | None = None
    try:
        kept = book.rows(BASE_SHEET)
        base = None if kept is None else parse_base(kept, entity)
    except WorkbookError:
        if foreign := foreign_ids(kept or (), entity):
            _refuse_foreign(sheet, rows, entity, foreign)
            return Compared(tuple(rows))  # it belongs to another sheet of the file
        words = "the base of the export cannot be read; every cell counts as typed."
        return Compared(tuple(rows), remarks=() if ignore_base else (f"{sheet.name}: {words}",))
    if base is None:
        return Compared(tuple(rows))
    id_name = entity.id_field.name
    if id_name not in header.fields:
        words = f"the column {id_name} was removed: without it no row can be laid beside the export"
        remarks = (
            () if ignore_base else (f"{sheet.name}: {words}, and every cell counts as typed.",)
        )
        return Compared(tuple(rows), remarks=remarks)
    compared = _compared(rows, sheet, header, entity, base)
    return Compared(tuple(rows), base_rows=compared.base_rows) if ignore_base else compared


def _refuse_foreign(
    sheet: Sheet, rows: Sequence[Row], entity: Entity, foreign: Container[int]
) -> None:
    """Numbers of records are not unique across entities: one would be written over another."""
    for row in rows:
        if (number := row.value(entity.id_field.name)) in foreign:
            raise WorkbookError(
                f"{sheet.path.name}: sheet {sheet.name} was exported, and not as {entity.nouns}: "
                f"{entity.id_field.name} {number} on row {row.number} is the number of something "
                "else. Import the sheet under the name it was exported with, without --entity."
            )


def _compared(
    rows: Sequence[Row], sheet: Sheet, header: Header, entity: Entity, base: BaseSheet
) -> Compared:
    columns = columns_of(sheet, header, entity, base)
    comparison = _Comparison(columns, [n for n in header.fields if n not in columns], entity)
    compared, unreadable, strange = [], base.unreadable, -base.unreadable
    nameless: list[Sequence[Cell]] = []
    base_rows: dict[int, Edited] = {}
    cells = zip(*(each.cells for each in columns.values()), strict=True)
    for row, row_cells in zip(rows, cells if columns else [()] * len(rows), strict=True):
        line = base.lines.get(row.value(entity.id_field.name) or 0)
        kept = line.cells(len(base.columns)) if line else None
        unreadable += line is not None and kept is None
        if line is None or kept is None:
            compared.append(row)
            if not row.fills(entity.id_field.name):
                nameless.append(row_cells)
            elif line is None and row.action != "skip":
                strange += 1
        else:
            laid, base_rows[row.number] = comparison.lay(row, row_cells, line, kept)
            compared.append(laid)
    problems = (
        *edited_companions(sheet.name, columns.values()),
        *emptied_cells(sheet.name, columns.values(), entity),
    )
    strange = max(strange, 0) + _known_by_name(nameless, columns, entity, base)
    remarks = tuple(_remarks(sheet.name, unreadable, strange))
    return Compared(tuple(compared), problems, remarks, base_rows)


def _known_by_name(
    nameless: Sequence[Sequence[Cell]],
    columns: Mapping[str, ExportColumn],
    entity: Entity,
    base: BaseSheet,
) -> int:
    """Count the rows without an id that mean a record of the base all the same: by its name."""
    place, name = entity.key
    where = place if place in columns else entity.name_columns.get(place, "")
    if not nameless or not {where, name} <= columns.keys():
        return 0
    kept = (line.cells(len(base.columns)) for line in base.lines.values())
    at = columns[where].place, columns[name].place
    known = {(cells[at[0]], cells[at[1]]) for cells in kept if cells is not None}
    names = list(columns)
    here = names.index(where), names.index(name)
    return sum((cells[here[0]], cells[here[1]]) in known for cells in nameless)


def _remarks(sheet: str, unreadable: int, strange: int) -> Iterator[str]:
    if unreadable:
        rows = "1 row" if unreadable == 1 else f"{unreadable:,} rows"
        yield f"{sheet}: {rows} of the export's base cannot be read; those cells count as typed."
    if strange:
        rows, whose = ("1 row is", "its") if strange == 1 else (f"{strange:,} rows are", "their")
        yield f"{sheet}: {rows} not in this export's base: {whose} cells count as typed."


class _Comparison:
    """Lays one row after the other beside the base; `others` are fields that it does not keep."""

    def __init__(
        self, columns: Mapping[str, ExportColumn], others: Sequence[str], entity: Entity
    ) -> None:
        self._columns = list(columns.items())
        self._others = others
        children = {each.field for each in entity.children}
        self._children = [(n, place) for place, n in enumerate(columns) if n in children]
        self._instead = stand_ins(entity)
        self._elsewhere = children - set(columns)  # such as a sheet of their own tells alone

    def lay(
        self, row: Row, cells: Sequence[Cell], line: Line, kept: Sequence[Any]
    ) -> tuple[Row, Edited]:
        """Return the row with what nobody edited taken out of what it asks for, and the edits."""
        old = [kept[each.place] for _, each in self._columns]
        edits: dict[int, Cell] = {}
        emptied: list[int] = []
        edited: dict[str, Value | Digest | Mark] = {}
        # Written for speed: of four million cells almost all equal what the base holds.
        for place in compress(range(len(old)), map(ne, cells, old)):
            (name, column), cell = self._columns[place], cells[place]
            value = cell if column.is_companion else row.values.get(name)
            if cell is None:
                emptied.append(place)  # it asks for nothing, and that is said
                continue
            if column.holds(cell, value, old[place]):
                continue
            if column.is_companion:
                column.edits.append((row.number, cell))
            else:
                edited[name] = column.exported(old[place])
                if value is not None and not is_shown_only(column.meaning):
                    edits[column.place] = cell
        untouched = dict(row.values.items())
        # Children that stand on a sheet of their own are no cell of the export.
        elsewhere = [name for name, place in self._children if cells[place] is None]
        asked = (*self._others, *edited, *elsewhere, *self._elsewhere)
        values = {name: untouched.pop(name) for name in asked if name in untouched}
        self._note_emptied(row, old, emptied, edited)
        # Of four million cells only those of edited rows stay in memory.
        now = Edited(line.number, kept, edits) if edits else Edited(line.number)
        return replace(row, values=values, base=Base(line.stamp, untouched, edited)), now

    def _note_emptied(
        self, row: Row, old: Sequence[Any], places: Iterable[int], edited: Container[str]
    ) -> None:
        """Keep which cells were emptied; not those instead of which another one is filled."""
        for place in places:
            name, column = self._columns[place]
            instead = self._instead.get(name, ())
            typed = (each for each in instead if each in edited or each in self._others)
            is_told = name in row.values or any(map(row.fills, typed))
            if not is_told:
                column.note_emptied(row, old[place])
