"""Which columns an export has, and the order of its rows. Nothing here asks the service."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import total_ordering
from typing import Any

from pipeline.errors import UsageError
from pipeline.kinds import LIST_KINDS, plain
from pipeline.mapping.near import suggestion
from pipeline.problems import quoted
from pipeline.schema import Entity, Field, Value

COLUMNS, GROUP, ORDER_BY = "--columns", "--group", "--order-by"
NUMBERS = re.compile(r"(\d{1,18})")  # longer ones are codes; int() refuses thousands of digits


def select_fields(
    entity: Entity, offered: Sequence[Field], columns: Iterable[str], groups: Iterable[str]
) -> tuple[Field, ...]:
    """Return the columns that are asked for: those named, in that order, then those of groups.

    The record's id comes first: without it no row could be imported again. A group brings what
    says which record a row means. Nothing asked for means all that is `offered`. Raises UsageError,
    which tells of all unknown names, a line each.
    """
    named, wrong = _named(columns, {each.name: each for each in offered}, _no_column)
    wanted, more = _named(groups, {each.group.name: each.group for each in offered}, _no_group)
    if wrong or more:
        raise UsageError("\n".join(wrong + more))
    if not named and not wanted:
        return tuple(offered)
    keys = {*entity.key, *(entity.name_columns.get(each) for each in entity.key)}
    grouped = [each for each in offered if wanted and (each.group in wanted or each.name in keys)]
    return tuple({each.name: each for each in (entity.id_field, *named, *grouped)}.values())


def _named(
    texts: Iterable[str], known: Mapping[str, Any], refuse: Callable[[str, Iterable[str]], str]
) -> tuple[list[Any], list[str]]:
    """Return what the names mean, and a sentence for each that means nothing."""
    by_name = {plain(name): each for name, each in known.items()}
    names = [name.strip() for text in texts for name in text.split(",") if name.strip()]
    wrong = [refuse(name, known) for name in names if plain(name) not in by_name]
    return [by_name[plain(name)] for name in names if plain(name) in by_name], wrong


def _no_column(name: str, known: Iterable[str]) -> str:
    near = suggestion(name, known)
    return f"{COLUMNS}: {quoted(name)} is not a column of an export. {near}".strip()


def _no_group(name: str, known: Iterable[str]) -> str:
    near = suggestion(name, known)
    return f"{GROUP}: {quoted(name)} is not a group. {near}Groups: {', '.join(known)}."


@total_ordering
@dataclass(frozen=True)
class _Backwards:
    """A value that sorts the other way round."""

    value: Any

    def __lt__(self, other: _Backwards) -> bool:
        return bool(other.value < self.value)


@dataclass(frozen=True)
class Order:
    """The order of an export's rows: fields, each with whether the greatest comes first.

    It is kept here and not asked of the service, whose documents contradict each other.
    """

    id_name: str
    fields: tuple[tuple[Field, bool], ...]

    def key(self, record: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return what to sort a record by: blanks last either way, then by id."""
        ranks = [_rank(field, record.get(field.name), down) for field, down in self.fields]
        return (*ranks, record[self.id_name])


def _rank(field: Field, value: Value, down: bool) -> tuple[Any, ...]:
    if value is None or value == "":
        return (True,)
    weight = _weight(field, value)
    return False, _Backwards(weight) if down else weight


def _weight(field: Field, value: Value) -> tuple[Any, ...]:
    """Return what a filled value weighs; numbers stand before moments, moments before texts."""
    try:
        shown = field.kind.show(value) if field.kind.choices or isinstance(value, str) else value
    except TypeError:  # a value of a shape that no document describes
        shown = str(value)
    if isinstance(shown, int | float):
        return 0, shown
    if isinstance(shown, datetime):
        return 1, shown
    return 2, _with_numbers(str(shown))


def _with_numbers(text: str) -> list[Any]:
    """Split a text so that 'Room 2' comes before 'Room 10'; case does not count."""
    parts: list[Any] = NUMBERS.split(text.casefold())
    parts[1::2] = map(int, parts[1::2])
    return parts


def parse_order(entity: Entity, text: str) -> Order:
    """Read `Name` or `-Allocation,Name`. Raises UsageError, which tells of all that is wrong."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise UsageError(f"{ORDER_BY}: no field is named. Write such as Name, or -Allocation.")
    wrong = [words for name in names if (words := _cannot_order(entity, name))]
    fields = [] if wrong else [_ordered(entity, name) for name in names]
    twice = dict.fromkeys(
        each.name for each, _ in fields if sum(each is other for other, _ in fields) > 1
    )
    wrong += [f"{ORDER_BY}: {name} stands more than once. Keep one of them." for name in twice]
    if wrong:
        raise UsageError("\n".join(wrong))
    return Order(entity.id_field.name, tuple(fields))


def _ordered(entity: Entity, name: str) -> tuple[Field, bool]:
    field = next(each for each in entity.fields if plain(each.name) == plain(name))
    return field, name.startswith("-")


def _cannot_order(entity: Entity, name: str) -> str:
    """Say why rows cannot be ordered by that field; nothing when they can."""
    shown = {plain(each.name): each for each in entity.fields if each.in_sheet and each.on_read}
    found = shown.get(plain(name))
    if found and found.kind.name not in LIST_KINDS:
        return ""
    if found or plain(name) in {plain(child.field) for child in entity.children}:
        listed = quoted(name.lstrip("-"))
        return f"{ORDER_BY}: {listed} is a list, and lists have no order. Name another field."
    scalars = [each.name for each in shown.values() if each.kind.name not in LIST_KINDS]
    near = suggestion(name, scalars)
    words = f"is not a field that {entity.nouns} can be ordered by. {near}"
    return f"{ORDER_BY}: {quoted(name)} {words}".strip()
