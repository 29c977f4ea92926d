"""Rows laid beside the base of the export they come from: which cells did somebody edit?

An import must not take a value that merely stood in the file for a wish: somebody else may have
changed it in the account since.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import compress
from operator import ne
from typing import Any

from pipeline.checks import read_cell
from pipeline.errors import WorkbookError
from pipeline.header import Header
from pipeline.problems import Problem, problem
from pipeline.rows import KEPT, Base, Digest, Mark, Row
from pipeline.schema import Cell, Entity, Field, Unreadable, Value
from pipeline.sheets.base import BASE_SHEET, UNKNOWN, BaseSheet, Edited, Line, is_unkept, parse_base
from pipeline.sheets.columns import companion_fields, is_shown_only
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

    A file that has no base, or none that can be read, leaves the rows as they are.
    """
    try:
        kept = book.rows(BASE_SHEET)
        base = None if kept is None else parse_base(kept, entity)
    except WorkbookError:
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


def _compared(
    rows: Sequence[Row], sheet: Sheet, header: Header, entity: Entity, base: BaseSheet
) -> Compared:
    columns = _columns(sheet, header, entity, base)
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
        *_edited_companions(sheet.name, columns.values()),
        *_emptied(sheet.name, columns.values(), entity),
    )
    strange = max(strange, 0) + _known_by_name(nameless, columns, entity, base)
    remarks = tuple(_remarks(sheet.name, unreadable, strange))
    return Compared(tuple(compared), problems, remarks, base_rows)


def _known_by_name(
    nameless: Sequence[Sequence[Cell]],
    columns: Mapping[str, _Column],
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


def _stand_ins(entity: Entity) -> dict[str, set[str]]:
    """Return for each field those by which a row may say the same."""
    found: dict[str, set[str]] = {}
    for each in entity.fields:
        if target := each.names or each.adds_to or each.takes_from:
            found.setdefault(target, set()).add(each.name)
        if each.names:
            found.setdefault(each.name, set()).add(each.names)
    return found


@dataclass
class _Column:
    """A column of the sheet that the export wrote; `place` is where it stands in the base."""

    meaning: Field
    place: int
    cells: Iterable[Cell]
    is_companion: bool
    edits: list[tuple[int, Cell]] = field(default_factory=list)  # of a companion, by row
    emptied: list[int] = field(default_factory=list)  # rows
    _read: dict[Cell, Value | Mark] = field(default_factory=dict)

    def holds(self, cell: Cell, value: Value | Mark, old: Any) -> bool:
        """Whether a cell says in other words what the export wrote: programs rewrite dates."""
        if isinstance(old, Digest):
            return isinstance(cell, str) and Digest.of(cell) == old
        if isinstance(cell, datetime) and cell.isoformat() == old:
            return True
        before = self.exported(old)
        if before is None or value is None or isinstance(before, Mark) or isinstance(value, Mark):
            return False
        return self.meaning.kind.sameness(before) == self.meaning.kind.sameness(value)

    def exported(self, old: Any) -> Value | Digest | Mark:
        """Return the value that the export wrote, KEPT where the cell does not tell it."""
        if old is None or isinstance(old, Digest):
            return KEPT if old == UNKNOWN else old
        if old not in self._read:
            found = read_cell(old, self.meaning)
            self._read[old] = KEPT if isinstance(found, Unreadable) else found
        return self._read[old]


def _columns(sheet: Sheet, header: Header, entity: Entity, base: BaseSheet) -> dict[str, _Column]:
    places = {name: place for place, name in enumerate(base.columns)}
    companions = {each.name: each for each in companion_fields(entity)}
    known = {**companions, **entity.by_name}
    return {
        name: _Column(known[name], places[name], sheet.cells[number].to_numpy(), name in companions)
        for name, number in {**header.fields, **header.shown}.items()
        if name in places and not is_unkept(known[name])
    }


class _Comparison:
    """Lays one row after the other beside the base; `others` are fields that it does not keep."""

    def __init__(
        self, columns: Mapping[str, _Column], others: Sequence[str], entity: Entity
    ) -> None:
        self._columns = list(columns.items())
        self._others = others
        children = {each.field for each in entity.children}
        self._children = [(n, place) for place, n in enumerate(columns) if n in children]
        self._instead = _stand_ins(entity)
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
        untouched = dict(row.values)
        # Children that stand on a sheet of their own are no cell of the export.
        elsewhere = [name for name, place in self._children if cells[place] is None]
        asked = (*self._others, *edited, *elsewhere, *self._elsewhere)
        values = {name: untouched.pop(name) for name in asked if name in untouched}
        if row.action not in {"skip", "delete"}:
            self._note_emptied(row, emptied, edited)
        # Of four million cells only those of edited rows stay in memory.
        now = Edited(line.number, kept, edits) if edits else Edited(line.number)
        return replace(row, values=values, base=Base(line.stamp, untouched, edited)), now

    def _note_emptied(self, row: Row, places: Iterable[int], edited: Container[str]) -> None:
        """Keep which cells were emptied; not those instead of which another one is filled."""
        for place in places:
            name, column = self._columns[place]
            instead = self._instead.get(name, ())
            typed = (each for each in instead if each in edited or each in self._others)
            is_told = name in row.values or any(map(row.fills, typed))
            if not is_told and not is_shown_only(column.meaning):
                column.emptied.append(row.number)


def _emptied(sheet: str, columns: Iterable[_Column], entity: Entity) -> Iterator[Problem]:
    for each in columns:
        if each.emptied:
            name = each.meaning.names or each.meaning.name
            target = entity.by_name[name]
            under = f"under {name} " if each.meaning.names else ""
            yield problem(
                "emptied",
                sheet,
                column=each.meaning.name,
                count=f"{len(each.emptied):,} cell{'s were' if len(each.emptied) > 1 else ' was'}",
                first=each.emptied[0],
                instead="" if target.required else f"Write <clear> {under}to empty it.",
            )


def _edited_companions(sheet: str, columns: Iterable[_Column]) -> Iterator[Problem]:
    for each in columns:
        if each.edits:
            row, cell = each.edits[0]
            yield problem(
                "shown_edited",
                sheet,
                column=each.meaning.name,
                value=cell,
                count=f"{len(each.edits)} cell{'s' if len(each.edits) > 1 else ''}",
                first=row,
                field=each.meaning.view_of,
            )
