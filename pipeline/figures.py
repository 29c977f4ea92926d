"""What a report tells of all records, counted as they stream by: none of them is kept."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.entities import LOOKUPS
from pipeline.schema import Entity, Field, Value

NONE = "(none)"
MOST_EXAMPLES = 100  # records of a remark that are named
# Before a capital after a small letter or digit, before the last capital of several, before digits.
WORD_STARTS = re.compile(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z])(?=\d)")
# Control characters, halves of character pairs and what XML has no room for.
UNREADABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

Key = Hashable  # a value as a record has it


@dataclass(frozen=True)
class Tally:
    """How many records have one value, and what their capacities add up to."""

    value: str
    records: int
    capacity: float


@dataclass(frozen=True)
class Total:
    """All records by the values of one field, the most frequent first, equals by name."""

    title: str
    rows: tuple[Tally, ...]


@dataclass(frozen=True)
class Covered:
    """How many records have one thing; `by_place` in the order of `Coverage.places`."""

    title: str
    records: int
    by_place: tuple[int, ...]


@dataclass(frozen=True)
class Coverage:
    """What records have and have not, by yes/no field: what most have first, equals by name."""

    title: str
    places: tuple[Tally, ...]
    rows: tuple[Covered, ...]


@dataclass(frozen=True)
class Example:
    """A record of which a remark holds; `place` is the name of its location."""

    record_id: int | None
    place: str
    name: str


@dataclass(frozen=True)
class Noted:
    """How many records a remark holds of, the first of them named."""

    title: str
    count: int
    examples: tuple[Example, ...]


def in_words(name: str) -> str:
    """Split `HideInCalendar` into `Hide in calendar`; what a link points to by its own noun."""
    for each in LOOKUPS.values():
        name = name.replace(each.name, each.noun.capitalize())
    first, *others = WORD_STARTS.split(name)
    return " ".join((first, *(word if word.isupper() else word.lower() for word in others)))


def heading(entity: Entity, name: str) -> str:
    """Return what a person calls the field or column `name`."""
    known = entity.by_name.get(name)
    return known.title if known and known.title else in_words(name)


def readable(value: Value) -> str:
    """Return `value` as text on one line, without characters that a file cannot hold."""
    text = " ".join(str(value).split())
    return UNREADABLE.sub("\N{REPLACEMENT CHARACTER}", text)


@dataclass(eq=False)
class _Counts:
    """Records and capacity by the values of one field, as the records have them.

    A name that is missing is counted by the id that it stands for.
    """

    by: Field
    title: str
    rows: dict[Key, list[float]] = field(default_factory=dict)

    def key(self, record: Mapping[str, Any]) -> Key:
        value = record.get(self.by.name)
        if not value and self.by.names:
            value = record.get(self.by.names)
        return str(value) if isinstance(value, list | dict) else value

    def add(self, key: Key, capacity: float) -> None:
        row = self.rows.get(key)
        if row is None:
            row = self.rows[key] = [0, 0]
        row[0] += 1
        row[1] += capacity

    def label(self, key: Key) -> str:
        """Return the key as a person reads it."""
        if self.by.names and isinstance(key, int):
            return f"{self.title} {key}"
        cell = self.by.kind.show(key)
        if self.by.kind.choices and isinstance(cell, str):
            cell = in_words(cell)
        return readable("" if cell is None else cell) or NONE

    def tallies(self) -> tuple[Tally, ...]:
        merged: dict[str, list[float]] = {}
        for key, (records, capacity) in self.rows.items():
            row = merged.setdefault(self.label(key), [0, 0])
            row[0] += records
            row[1] += capacity
        tallies = (Tally(value, int(records), size) for value, (records, size) in merged.items())
        return tuple(sorted(tallies, key=lambda each: (-each.records, each.value.casefold())))


@dataclass
class _Remarked:
    """What is kept of one remark; `keys` are those under which a record has its fields."""

    title: str
    keys: tuple[str, ...]
    holds: Callable[..., bool]
    count: int = 0
    examples: list[Example] = field(default_factory=list)

    def is_true_of(self, record: Mapping[str, Any]) -> bool:
        try:
            return self.holds(*map(record.get, self.keys))
        except TypeError:  # a value of an unknown kind tells nothing
            return False


class Figures:
    """Counts the records that it is shown; memory grows with their different values only."""

    def __init__(self, entity: Entity) -> None:
        self.entity = entity
        self.records = 0
        self.capacity: float = 0
        overview = entity.overview
        self._counts = [
            _Counts(entity.by_name[name], heading(entity, name)) for name in overview.totals
        ]
        place, self._name = entity.key
        self._place = self._place_counts(entity.name_columns.get(place, place))
        self._flags = [each for each in entity.fields if each.group == overview.coverage]
        self._flag_places = [(number, each.name) for number, each in enumerate(self._flags)]
        self._covered: dict[Key, list[int]] = {}
        read_names = {child.field: child.read_name for child in entity.children}
        self._remarks = [
            _Remarked(each.title, tuple(read_names.get(n, n) for n in each.fields), each.holds)
            for each in overview.remarks
        ]

    def _place_counts(self, name: str) -> _Counts:
        """Return the counts by location, which are kept in any case."""
        for each in self._counts:
            if each.by.name == name:
                return each
        return _Counts(self.entity.by_name[name], heading(self.entity, name))

    def add(self, record: Mapping[str, Any]) -> None:
        """Count one whole record, as the service gave it."""
        self.records += 1
        capacity = record.get(self.entity.overview.capacity)  # of no field there is none
        if not (isinstance(capacity, int | float) and math.isfinite(capacity)):
            capacity = 0
        self.capacity += capacity
        for each in self._counts:
            each.add(each.key(record), capacity)
        place = self._place.key(record)
        if self._place not in self._counts:
            self._place.add(place, capacity)
        self._add_flags(place, record)
        for remark in self._remarks:
            if remark.is_true_of(record):
                self._note(remark, place, record)

    def _add_flags(self, place: Key, record: Mapping[str, Any]) -> None:
        covered = self._covered.get(place)
        if covered is None:
            covered = self._covered[place] = [0] * len(self._flags)
        for number, name in self._flag_places:
            if record.get(name):
                covered[number] += 1

    def _note(self, remark: _Remarked, place: Key, record: Mapping[str, Any]) -> None:
        remark.count += 1
        if len(remark.examples) < MOST_EXAMPLES:
            name = readable(record.get(self._name) or "") or NONE
            record_id = record.get(self.entity.id_field.name)
            remark.examples.append(Example(record_id, self._place.label(place), name))

    # ---- what was counted

    @property
    def place_title(self) -> str:
        """What the place of a record is called."""
        return self._place.title

    @property
    def capacity_title(self) -> str:
        """What is added up; nothing where records have no capacity."""
        return heading(self.entity, self.entity.overview.capacity)

    @property
    def tells_remarks(self) -> bool:
        """Whether there is anything that could be pointed out."""
        return bool(self._remarks)

    def places(self) -> tuple[Tally, ...]:
        """Return the records by location, those with the most records first."""
        return self._place.tallies()

    def totals(self) -> tuple[Total, ...]:
        """Return the records by each field of the overview, the location among them."""
        return tuple(Total(each.title, each.tallies()) for each in self._counts)

    def coverage(self) -> Coverage | None:
        """Return how many records have each thing, in all and by location; None of no things."""
        group = self.entity.overview.coverage
        if group is None:
            return None
        places = self.places()
        by_place = {each.value: [0] * len(self._flags) for each in places}
        for key, covered in self._covered.items():
            row = by_place[self._place.label(key)]
            row[:] = [so_far + more for so_far, more in zip(row, covered, strict=True)]
        rows = []
        for number, flag in enumerate(self._flags):
            counts = tuple(by_place[each.value][number] for each in places)
            rows.append(Covered(heading(self.entity, flag.name), sum(counts), counts))
        rows.sort(key=lambda each: (-each.records, each.title.casefold()))
        return Coverage(group.name, places, tuple(rows))

    def remarks(self) -> tuple[Noted, ...]:
        """Return every remark, also those that hold of no record."""
        return tuple(Noted(each.title, each.count, tuple(each.examples)) for each in self._remarks)
