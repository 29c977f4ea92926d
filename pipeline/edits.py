"""The columns of an export in a sheet: which of their cells were edited or emptied, and the words.

Laying whole rows beside the base is left to `base.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pipeline.checks import read_cell
from pipeline.header import Header
from pipeline.problems import Problem, problem
from pipeline.rows import CLEAR, KEPT, Digest, Mark, Row
from pipeline.schema import Cell, Entity, Field, Unreadable, Value
from pipeline.sheets.base import UNKNOWN, BaseSheet, is_unkept
from pipeline.sheets.columns import companion_fields, is_shown_only
from pipeline.sheets.read import Sheet

LEFT_OUT = ("skip", "delete")  # actions of rows whose cells do not count


@dataclass
class ExportColumn:
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

    def note_emptied(self, row: Row, old: Any) -> None:
        """Keep that the row's cell was emptied, if anything stood there that could be sent."""
        before = self.exported(old)
        is_nothing = before is None or before is CLEAR or before == ""
        if row.action not in LEFT_OUT and not is_nothing and not is_shown_only(self.meaning):
            self.emptied.append(row.number)

    def exported(self, old: Any) -> Value | Digest | Mark:
        """Return the value that the export wrote, KEPT where the cell does not tell it."""
        if old is None or isinstance(old, Digest):
            return KEPT if old == UNKNOWN else old
        if old not in self._read:
            found = read_cell(old, self.meaning)
            self._read[old] = KEPT if isinstance(found, Unreadable) else found
        return self._read[old]


def columns_of(
    sheet: Sheet, header: Header, entity: Entity, base: BaseSheet
) -> dict[str, ExportColumn]:
    """Return the columns that sheet and base have in common, by field."""
    places = {name: place for place, name in enumerate(base.columns)}
    companions = {each.name: each for each in companion_fields(entity)}
    known = {**companions, **entity.by_name}
    return {
        name: ExportColumn(
            known[name], places[name], sheet.cells[number].to_numpy(), name in companions
        )
        for name, number in {**header.fields, **header.shown}.items()
        if name in places and not is_unkept(known[name])
    }


def stand_ins(entity: Entity) -> dict[str, set[str]]:
    """Return for each field those by which a row may say the same."""
    found: dict[str, set[str]] = {}
    for each in entity.fields:
        if target := each.names or each.adds_to or each.takes_from:
            found.setdefault(target, set()).add(each.name)
        if each.names:
            found.setdefault(each.name, set()).add(each.names)
    return found


def emptied_cells(sheet: str, columns: Iterable[ExportColumn], entity: Entity) -> Iterator[Problem]:
    """Name the columns of which somebody emptied cells: that leaves their values."""
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


def edited_companions(sheet: str, columns: Iterable[ExportColumn]) -> Iterator[Problem]:
    """Name the columns of names beside ids in which somebody typed."""
    for each in columns:
        if each.edits:
            yield _only_shown(sheet, each.meaning, each.edits)


def lone_companions(
    sheet: Sheet, header: Header, entity: Entity, rows: Sequence[Row]
) -> Iterator[Problem]:
    """Name the columns of names that stand beside a blank list in rows that no base tells of."""
    instead = stand_ins(entity)
    for meaning in companion_fields(entity):
        target = meaning.view_of
        if meaning.name not in header.shown or target not in header.fields:
            continue
        cells = sheet.cells[header.shown[meaning.name]].to_numpy()
        others = (target, *instead.get(target, ()))
        edits = [
            (row.number, cell)
            for row, cell in zip(rows, cells, strict=True)
            if cell is not None
            and row.base is None
            and row.action not in LEFT_OUT
            and not any(map(row.fills, others))
        ]
        if edits:
            yield _only_shown(sheet.name, meaning, edits)


def _only_shown(sheet: str, meaning: Field, edits: Sequence[tuple[int, Cell]]) -> Problem:
    row, cell = edits[0]
    return problem(
        "shown_edited",
        sheet,
        column=meaning.name,
        value=cell,
        count=f"{len(edits)} cell{'s' if len(edits) > 1 else ''}",
        first=row,
        field=meaning.view_of,
    )
