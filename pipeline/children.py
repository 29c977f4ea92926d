"""A second sheet that holds children (time slots) of the first, joined to their parents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from pipeline.kinds import plain, read_clock, read_day, slot
from pipeline.planning.stored import same_name
from pipeline.problems import Problem, problem
from pipeline.rows import Row
from pipeline.schema import Cell, Child, Entity, Unreadable
from pipeline.sheets.read import ErrorCell, Sheet, Uncalculated

ROW_COLUMN = "Row"
MIDNIGHT = datetime(1976, 1, 1, tzinfo=UTC)


def child_names(entity: Entity, child: Child) -> tuple[str, ...]:
    """Return the column names of the second sheet."""
    place, name = entity.key
    stand_in = entity.name_columns.get(place, place)
    own = tuple(column for column, _ in child.columns)
    return (ROW_COLUMN, child.parent, place, stand_in, name, *own)


@dataclass(frozen=True)
class _Line:
    """One row of the second sheet: its cells by column name."""

    number: int
    cells: Mapping[str, Cell]


def join_children(
    parents: Sequence[Row], parent_sheet: str, sheet: Sheet, entity: Entity, child: Child
) -> tuple[list[Row], list[Problem]]:
    """Return the rows with their children filled in, and what is wrong on the second sheet."""
    finder = _Finder(entity, child, parents)
    found: dict[int, list[dict[str, Any]]] = {}
    problems: list[Problem] = []
    for line in _lines(sheet, child_names(entity, child)):
        row = finder.row_of(line)
        if row is None:
            problems.append(_lost(line, sheet, parent_sheet, entity, child))
            continue
        slots, verdicts = _read(line, sheet, child)
        problems += verdicts
        found.setdefault(row, []).extend(slots)
    joined = []
    for parent in parents:
        if parent.number not in found:
            joined.append(parent)
        elif parent.fills(child.field):
            problems.append(
                problem(
                    "child_both",
                    parent_sheet,
                    row=parent.number,
                    column=child.field,
                    other_sheet=sheet.name,
                )
            )
            joined.append(replace(parent, bad=parent.bad | {child.field}))
        else:
            joined.append(parent.with_values({child.field: found[parent.number]}))
    return joined, problems


def _lines(sheet: Sheet, names: Sequence[str]) -> list[_Line]:
    by_plain = {plain(name): name for name in names}
    columns = {
        by_plain[plain(each.text)]: each.number
        for each in reversed(sheet.columns)
        if plain(each.text) in by_plain
    }
    cells = {name: sheet.cells[number] for name, number in columns.items()}
    return [
        _Line(
            int(number),
            {
                name: column.at[number]
                for name, column in cells.items()
                if column.at[number] is not None
            },
        )
        for number in sheet.cells.index
    ]


class _Finder:
    """Finds the row of the first sheet that a line of the second means."""

    def __init__(self, entity: Entity, child: Child, parents: Sequence[Row]) -> None:
        self._entity = entity
        self._child = child
        place, name = entity.key
        stand_in = entity.name_columns.get(place, "")
        self._rows = {row.number for row in parents}
        self._by_id = {row.value(entity.id_field.name): row.number for row in parents}
        self._by_key: dict[tuple[str, str], int] = {}
        for row in parents:
            for column in (place, stand_in):
                if row.value(column) is not None and row.value(name) is not None:
                    key = same_name(row.value(column)), same_name(row.value(name))
                    self._by_key[key] = row.number

    def row_of(self, line: _Line) -> int | None:
        """Return the number of the row, or None when the line points nowhere."""
        if (number := line.cells.get(ROW_COLUMN)) is not None:
            whole = _whole(number)
            return whole if whole in self._rows else None
        if (record_id := line.cells.get(self._child.parent)) is not None:
            return self._by_id.get(_whole(record_id))
        place, name = self._entity.key
        for column in (place, self._entity.name_columns.get(place, "")):
            where = line.cells.get(column)
            if where is not None:
                text = str(_whole(where) or where)
                return self._by_key.get((same_name(text), same_name(line.cells.get(name, ""))))
        return None


def _whole(cell: Cell) -> int | None:
    try:
        return int(float(cell)) if float(cell).is_integer() else None
    except (TypeError, ValueError, OverflowError):
        return None


def _read(line: _Line, sheet: Sheet, child: Child) -> tuple[list[dict[str, Any]], list[Problem]]:
    day, start, end = (column for column, _ in child.columns)
    values: dict[str, Any] = {}
    problems = []
    for column, reader in ((day, _day), (start, _time), (end, _time)):
        cell = line.cells.get(column)
        try:
            values[column] = reader(cell)
        except Unreadable as verdict:
            problems.append(
                problem(
                    verdict.code,
                    sheet.name,
                    row=line.number,
                    column=column,
                    value=cell,
                    **verdict.words,
                )
            )
    if problems:
        return [], problems
    return [slot(values[day], values[start], values[end])], []


def _day(cell: Cell) -> int:
    _refuse_broken(cell)
    return read_day(str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell))


def _time(cell: Cell) -> str:
    """Read a time: text, a workbook's time of day, or its duration since midnight."""
    _refuse_broken(cell)
    if isinstance(cell, timedelta):
        cell = (MIDNIGHT + cell).time()
    if isinstance(cell, datetime):
        cell = cell.time()
    if isinstance(cell, time):
        return read_clock(cell.strftime("%H:%M:%S"))
    try:
        return read_clock(str(cell))
    except ValueError:  # Unreadable is one too, but says less of an empty or foreign text
        raise Unreadable("not_a_time", time="" if cell is None else str(cell)) from None


def _refuse_broken(cell: Cell) -> None:
    if isinstance(cell, ErrorCell):
        raise Unreadable("error_cell")
    if isinstance(cell, Uncalculated):
        raise Unreadable("uncalculated_formula")


def _lost(line: _Line, sheet: Sheet, parent_sheet: str, entity: Entity, child: Child) -> Problem:
    place, name = entity.key
    given = {k: v for k, v in line.cells.items() if k in {ROW_COLUMN, child.parent, place, name}}
    return problem(
        "child_row",
        sheet.name,
        row=line.number,
        value=", ".join(f"{column} {cell}" for column, cell in given.items()) or "the row",
        sheet_name=parent_sheet,
        ways=f"{child.parent}, {place} with {name}, or {ROW_COLUMN}",
    )
