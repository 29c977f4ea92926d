"""A sheet into typed rows and problems: the header, then every column in one lazy pandera pass.

Kinds parse first, each distinct cell once; pandera then checks whole columns, so that one bad cell
costs one failure. Rules across fields are in `rules.py`, because they need the stored record.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from types import NoneType
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
from pipeline.rows import ACTION_COLUMN, ACTIONS, CLEAR, KEPT, Action, Filled, Mark, Row
from pipeline.schema import Cell, Entity, Field, Unreadable, Value
from pipeline.sheets.markers import is_clear, is_kept
from pipeline.sheets.read import ErrorCell, Sheet, Uncalculated

BLANK = -1  # pandas' own place for what is no value
UNREADABLE = "unreadable"
NONE: frozenset[str] = frozenset()
MARKED = "<"  # in every text that means something to the program


@dataclass(frozen=True)
class Checked:
    """What became of a sheet's cells: typed rows in sheet order, and all problems of cells."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class _Parsed:
    """One column. `cells` are its distinct ones, `readings` what each says.

    `places` tells by row which of them stands there, BLANK for none. `broken` are the places of
    those that cannot be meant, by the code of what is wrong with them.
    """

    field: Field
    cells: Sequence[Cell]
    readings: Sequence[Value | Mark | Unreadable]
    places: pd.Series[int]
    broken: Mapping[str, set[int]]

    def values(self) -> list[Value | Mark]:
        """Return what the rows ask for, in their order; None where that is nothing, or unclear."""
        unsound = set().union(*self.broken.values())
        sound = [
            None if place in unsound or reading is KEPT else reading
            for place, reading in enumerate(self.readings)
        ]
        sound.append(None)  # stands at BLANK
        taken: list[Value | Mark] = pd.Series(sound, dtype=object).to_numpy()[self.places].tolist()
        return taken

    def kept_rows(self) -> Iterable[int]:
        """Return the rows whose cells ask to leave the stored value as it is."""
        kept = [place for place, reading in enumerate(self.readings) if reading is KEPT]
        return self.places.index[self.places.isin(kept)] if kept else ()


def check_cells(
    sheet: Sheet, header: Header, entity: Entity, *, decimal_comma: bool = False
) -> Checked:
    """Read every known column of `sheet` and check it; never raises for what a cell holds.

    With `decimal_comma` texts such as 1.234,5 are numbers in columns of numbers.
    """
    parsed = [
        _parse(sheet.cells[number], entity.by_name[name], decimal_comma=decimal_comma)
        for name, number in header.fields.items()
        if entity.by_name[name].in_sheet
    ]
    actions, action_problems = _actions(sheet, header)
    found = [*_failures(sheet, parsed, entity), *action_problems]
    bad = _by_row((each.row or 0, each.column or "") for each in found)
    return Checked(tuple(_rows(sheet, parsed, actions, bad)), tuple(found))


def _rows(
    sheet: Sheet,
    parsed: Sequence[_Parsed],
    actions: Mapping[int, Action],
    bad: Mapping[int, frozenset[str]],
) -> Iterator[Row]:
    kept = _by_row((row, column.field.name) for column in parsed for row in column.kept_rows())
    columns = {column.field.name: column.values() for column in parsed}
    places = {name: place for place, name in enumerate(columns)}
    lines = zip(*columns.values(), strict=True) if columns else repeat(())
    for number, line in zip(sheet.cells.index.to_list(), lines, strict=False):
        yield Row(
            number,
            actions.get(number, ""),
            Filled(places, line),
            bad.get(number, NONE),
            kept.get(number, NONE),
        )


def _by_row(pairs: Iterable[tuple[int, str]]) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    for row, name in pairs:
        found.setdefault(row, set()).add(name)
    return {row: frozenset(names) for row, names in found.items()}


def _parse(cells: pd.Series[Any], field: Field, *, decimal_comma: bool = False) -> _Parsed:
    comma = decimal_comma and field.kind.name in NUMBER_KINDS
    places, distinct = _distinct(cells)
    readings = [read_cell(cell, field, comma=comma) for cell in distinct]
    return _Parsed(field, distinct, readings, places, _broken_places(field, readings))


def _distinct(cells: pd.Series[Any]) -> tuple[pd.Series[int], list[Cell]]:
    """Return for each row the place of its cell among the distinct ones, BLANK for none.

    1, 1.0 and True are equal, but not the same cell.
    """
    held = cells.to_list()
    places, found = pd.factorize(cells.to_numpy())
    distinct = list(found)
    kinds = set(map(type, distinct)) - {str}
    if kinds:  # of equal cells only the first is among the distinct ones
        kinds = set(map(type, held)) - {NoneType, str}
    has_nan = (places == BLANK).sum() != held.count(None)  # which is no blank
    if len(kinds) > 1 or has_nan:
        typed = [None if cell is None else (type(cell), cell) for cell in held]
        places, pairs = pd.factorize(pd.Series(typed, dtype=object).to_numpy())
        distinct = [cell for _, cell in pairs]
    return pd.Series(places, index=cells.index), distinct


def _broken_places(
    field: Field, readings: Sequence[Value | Mark | Unreadable]
) -> dict[str, set[int]]:
    broken = {
        UNREADABLE: {n for n, each in enumerate(readings) if isinstance(each, Unreadable)},
    }
    for code, holds in _limits(field):
        broken[code] = {
            place
            for place, value in enumerate(readings)
            if not (isinstance(value, Mark | Unreadable) or holds(value))
        }
    return broken


def read_cell(cell: Cell, field: Field, *, comma: bool = False) -> Value | Unreadable:
    """Read one filled cell; a verdict instead of a value says why it cannot be read.

    With `comma` a text is a number with a decimal comma.
    """
    if not isinstance(cell, str):
        if (broken := _broken(cell)) is not None:
            return broken
    elif MARKED in cell:
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
        broken = ((code, each) for code, each in column.broken.items() if each)
        checks = [pa.Check(_none_of(each), error=code) for code, each in broken]
        columns[column.field.name] = pa.Column(checks=checks)
    return pa.DataFrameSchema(columns)


def _none_of(places: set[int]) -> Callable[[pd.Series[int]], pd.Series[bool]]:
    return lambda column: ~column.isin(places)


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
    unsound = [column for column in parsed if any(column.broken.values())]
    if not unsound:
        return []
    try:
        _schema(unsound).validate(_faulty_rows(unsound), lazy=True)
    except pa.errors.SchemaErrors as failures:
        cases = failures.failure_cases
    else:
        return []
    by_name = {column.field.name: column for column in parsed}
    found = zip(*(cases[each] for each in ("column", "check", "failure_case")), strict=True)
    said: dict[tuple[str, str, int], Problem] = {}  # the same cell is worded once
    problems = []
    for row, case in zip(cases["index"], found, strict=True):
        if case not in said:
            name, code, place = case
            said[case] = _problem(sheet, by_name[name], code, int(place), entity)
        problems.append(replace(said[case], row=int(row)))
    return problems


def _faulty_rows(parsed: Sequence[_Parsed]) -> pd.DataFrame:
    """Return the places of those rows in which some cell is broken: pandera copies what it sees."""
    is_faulty = pd.Series(data=False, index=parsed[0].places.index)
    for column in parsed:
        is_faulty |= column.places.isin(set().union(*column.broken.values()))
    return pd.DataFrame({column.field.name: column.places[is_faulty] for column in parsed})


def _problem(sheet: Sheet, column: _Parsed, code: str, place: int, entity: Entity) -> Problem:
    """Word what is wrong with a cell, whichever row it stands in."""
    field, cell, verdict = column.field, column.cells[place], column.readings[place]
    words: dict[str, Any] = {"noun": entity.noun, "least": field.least, "most": field.most}
    words |= {"longest": field.longest, "length": len(str(cell))}
    if isinstance(verdict, Unreadable):
        code = verdict.code
        words |= verdict.words
    if code == "not_a_choice":
        names = [choice.name for choice in field.kind.choices]
        words |= {"choices": ", ".join(names), "nearest": suggestion(cell, names)}
    return problem(code, sheet.name, column=field.name, value=cell, **words)


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
