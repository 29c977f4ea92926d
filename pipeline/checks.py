"""A sheet into typed rows and problems: the header, then every column in one lazy pandera pass.

Kinds parse first, each distinct cell once; pandera then checks whole columns, so that one bad cell
costs one failure. Rules across fields are in `rules.py`, because they need the stored record.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pandas as pd

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # pandera announces its own plans on import
    import pandera.pandas as pa

from pipeline.header import Header
from pipeline.kinds import NUMBER_KINDS, with_point
from pipeline.mapping.near import suggestion
from pipeline.mapping.unread import Unread
from pipeline.problems import Problem, problem
from pipeline.rows import ACTION_COLUMN, ACTIONS, CLEAR, KEPT, Action, Mark, Row
from pipeline.schema import Cell, Entity, Field, Unreadable, Value
from pipeline.sheets.markers import is_clear, is_kept
from pipeline.sheets.read import ErrorCell, Sheet, Uncalculated


@dataclass(frozen=True)
class Checked:
    """What became of a sheet's cells: typed rows in sheet order, and all problems of cells."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class _Parsed:
    """One column: values by row (None = blank) and the cells that could not be read."""

    field: Field
    number: int
    values: pd.Series[Any]
    refused: Mapping[int, Unreadable]


def check_cells(
    sheet: Sheet, header: Header, entity: Entity, *, decimal_comma: bool = False
) -> Checked:
    """Read every known column of `sheet` and check it; never raises for what a cell holds.

    With `decimal_comma` texts such as 1.234,5 are numbers in columns of numbers.
    """
    parsed = [
        _parse(number, sheet.cells[number], entity.by_name[name], decimal_comma=decimal_comma)
        for name, number in header.fields.items()
        if entity.by_name[name].in_sheet
    ]
    actions, action_problems = _actions(sheet, header)
    found = [*_failures(sheet, parsed, entity), *action_problems]
    bad: dict[int, set[str]] = {}
    for each in found:
        bad.setdefault(each.row or 0, set()).add(each.column or "")
    filled: dict[int, dict[str, Value]] = {number: {} for number in sheet.cells.index}
    for column in parsed:
        name = column.field.name
        for number, value in column.values.dropna().items():
            filled[int(number)][name] = value  # type: ignore[call-overload]
    rows = tuple(
        _row(number, actions.get(number, ""), values, frozenset(bad.get(number, ())))
        for number, values in filled.items()
    )
    return Checked(rows, tuple(found))


def _row(number: int, action: Action, values: Mapping[str, Value], bad: frozenset[str]) -> Row:
    kept = frozenset(name for name, value in values.items() if value is KEPT)
    sound = {n: value for n, value in values.items() if n not in bad and n not in kept}
    return Row(number, action, sound, bad, kept)


def _parse(
    number: int, cells: pd.Series[Any], field: Field, *, decimal_comma: bool = False
) -> _Parsed:
    comma = decimal_comma and field.kind.name in NUMBER_KINDS
    seen: dict[object, Value | Unreadable] = {}
    values: list[Value] = []
    refused: dict[int, Unreadable] = {}
    for row, cell in zip(cells.index, cells.to_numpy(), strict=True):
        if cell is None:
            values.append(None)
            continue
        memo = (type(cell), cell)  # 1, 1.0 and True are equal, but not the same cell
        if memo not in seen:
            seen[memo] = read_cell(cell, field, comma=comma)
        value = seen[memo]
        if isinstance(value, Unreadable):
            refused[row] = value
        values.append(value)
    return _Parsed(field, number, pd.Series(values, index=cells.index, dtype=object), refused)


def read_cell(cell: Cell, field: Field, *, comma: bool = False) -> Value | Unreadable:
    """Read one filled cell; a verdict instead of a value says why it cannot be read.

    With `comma` a text is a number with a decimal comma.
    """
    if (broken := _broken(cell)) is not None:
        return broken
    if is_clear(cell):
        return _cleared(field)
    if is_kept(cell):
        return KEPT
    try:
        return field.kind.read(with_point(cell) if comma and isinstance(cell, str) else cell)
    except Unreadable as verdict:
        return verdict


def _broken(cell: Cell) -> Unreadable | None:
    if isinstance(cell, Unread):
        return cell.verdict
    if isinstance(cell, ErrorCell):
        return Unreadable("error_cell")
    return Unreadable("uncalculated_formula") if isinstance(cell, Uncalculated) else None


def _cleared(field: Field) -> Value | Unreadable:
    if field.names:
        return Unreadable("cannot_clear_name", id=field.names)
    return Unreadable("cannot_clear") if field.required or field.key else CLEAR


def _schema(parsed: Iterable[_Parsed]) -> pa.DataFrameSchema:
    columns = {}
    for column in parsed:
        checks = [pa.Check(_outside(column.refused), error="unreadable")]
        for code, holds in _limits(column.field):
            checks.append(pa.Check(_values(holds), error=code))
        columns[column.field.name] = pa.Column(object, checks=checks, nullable=True)
    return pa.DataFrameSchema(columns)


def _outside(refused: Mapping[int, Unreadable]) -> Callable[[pd.Series[Any]], pd.Series[bool]]:
    rows = set(refused)
    return lambda column: pd.Series(~column.index.isin(rows), index=column.index)


def _values(holds: Callable[[Value], bool]) -> Callable[[pd.Series[Any]], pd.Series[bool]]:
    """Apply `holds` to values only: blanks, marks and what could not be read pass."""

    def passes(value: Value) -> bool:
        return isinstance(value, Mark | Unreadable | None) or holds(value)

    return lambda column: pd.Series([passes(each) for each in column], index=column.index)


def _limits(field: Field) -> list[tuple[str, Callable[[Value], bool]]]:
    limits: list[tuple[str, Callable[[Value], bool]]] = []
    if (least := field.least) is not None:
        limits.append(("too_small", lambda value: isinstance(value, str) or value >= least))
    if (most := field.most) is not None:
        limits.append(("too_large", lambda value: isinstance(value, str) or value <= most))
    if (longest := field.longest) is not None:
        limits.append(("too_long", lambda value: len(value) <= longest))
    return limits


def _failures(sheet: Sheet, parsed: list[_Parsed], entity: Entity) -> list[Problem]:
    frame = pd.DataFrame({column.field.name: column.values for column in parsed})
    try:
        with _without_inventing():
            _schema(parsed).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as failures:
        cases = failures.failure_cases
    else:
        return []
    by_name = {column.field.name: column for column in parsed}
    found = zip(cases["column"], cases["check"], cases["index"], strict=True)
    return [
        _problem(sheet, by_name[name], str(code), int(row), entity) for name, code, row in found
    ]


@contextmanager
def _without_inventing() -> Iterator[None]:
    """Keep pandera from loading hypothesis, which it does where developers have it installed.

    Its first check would: 0.1 s, to be able to invent frames, which nobody here asks of it.
    """
    if "hypothesis" in sys.modules:
        yield
        return
    sys.modules["hypothesis"] = None  # type: ignore[assignment]  # the import system's own "no"
    try:
        yield
    finally:
        del sys.modules["hypothesis"]


def _problem(sheet: Sheet, column: _Parsed, code: str, row: int, entity: Entity) -> Problem:
    field = column.field
    cell = sheet.cells.at[row, column.number]
    verdict = column.refused.get(row) if code == "unreadable" else None
    words: dict[str, object] = {"noun": entity.noun, "least": field.least, "most": field.most}
    words |= {"longest": field.longest, "length": len(str(cell))}
    if verdict is not None:
        code = verdict.code
        words |= verdict.words
    if code == "not_a_choice":
        names = [choice.name for choice in field.kind.choices]
        words |= {"choices": ", ".join(names), "nearest": suggestion(cell, names)}
    return problem(code, sheet.name, row=row, column=field.name, value=cell, **words)


def _actions(sheet: Sheet, header: Header) -> tuple[dict[int, Action], list[Problem]]:
    if header.action is None:
        return {}, []
    actions: dict[int, Action] = {}
    found = []
    for number, cell in zip(sheet.cells.index, sheet.cells[header.action], strict=True):
        text = "" if cell is None else str(cell).strip().lower()
        if text in ACTIONS:
            actions[int(number)] = text
        else:
            found.append(
                problem(
                    "not_an_action",
                    sheet.name,
                    row=int(number),
                    column=ACTION_COLUMN,
                    value=cell,
                    nearest=suggestion(cell, ACTIONS[1:]),
                )
            )
    return actions, found
