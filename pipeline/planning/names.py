"""Names into ids: exact first, then whatever the case if only one fits; never a guess."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from pipeline.entities import LOOKUPS
from pipeline.planning.directory import Directory, is_row
from pipeline.planning.stored import Named, NewRow, Record, Stored, Target, same_name
from pipeline.problems import Problem, problem
from pipeline.rows import CLEAR, Mark, Row
from pipeline.schema import Entity, Field, Value


@dataclass(frozen=True)
class Resolved:
    """A row whose links are ids; `problems` are names that led nowhere or to several."""

    row: Row
    problems: tuple[Problem, ...]


def lists_needed(entity: Entity, rows: Iterable[Row], stored: Stored) -> set[str]:
    """Return the look-up lists without which the names in `rows` cannot become ids."""
    needed = set()
    for row in (each.with_defaults(entity) for each in rows):
        for name, value in row.values.items():
            field = entity.by_name[name]
            if field.link and any(isinstance(each, str) for each in _items(value)):
                needed.add(field.link)
            if field.names and name_counts(entity, row, field, stored):
                needed.add(entity.by_name[field.names].link)
    return needed


def name_counts(entity: Entity, row: Row, field: Field, stored: Stored) -> bool:
    """Whether a name column says anything: not when it merely repeats what the record has."""
    text = row.value(field.name)
    if text is None:
        return False
    record = stored.records.get(row.value(entity.id_field.name) or 0)
    return record is None or same_name(record.get(field.name) or "") != same_name(text)


def is_own_list(entity: Entity, field: Field) -> bool:
    """Whether the field lists records of the entity itself: rows of one file may be meant."""
    return field.link == entity.name and isinstance(field.kind.empty, list)


@dataclass(frozen=True)
class Resolver:
    """Replaces the names in a row's links by ids, with the lists that the account holds.

    A list of records of the entity itself may also name `newcomers`: rows of the file that become
    records, which then stand in the list themselves, or records under the names that the file
    gives them. Only where nothing else is meant a row that is `left_out` is: that is told of later.
    """

    sheet: str
    entity: Entity
    stored: Stored
    newcomers: tuple[Target, ...] = ()
    left_out: tuple[NewRow, ...] = ()

    def place_of(self, row: Row) -> int | None:
        """Return the location's id; None where it is blank, or no location has the name."""
        place, _ = self._link(row, self.entity.by_name[self.entity.key[0]], None)
        return place if isinstance(place, int) else None

    def matches(self, link: Field, text: object, place: int | None) -> list[Target]:
        """Return what a name in a field may mean."""
        found = self._directory(link).find(text, place)
        if not found and is_own_list(self.entity, link):
            return self._left.find(text, place)
        return found

    @cached_property
    def _left(self) -> Directory:
        return Directory(self.left_out)

    @cached_property
    def _directories(self) -> dict[str, Directory]:
        return {}

    def _directory(self, link: Field) -> Directory:
        own = is_own_list(self.entity, link)
        key = f"{link.link} and rows" if own else link.link
        if key not in self._directories:
            entries = self.stored.names.get(link.link, self.stored.near if own else ())
            places = self.stored.names.get(self.entity.by_name[self.entity.key[0]].link, ())
            self._directories[key] = Directory(
                (*entries, *(self.newcomers if own else ())),
                {each.id: each.name for each in places},
            )
        return self._directories[key]

    def resolve(self, row: Row) -> Resolved:
        """Return the row with ids only; the location is settled first, since it guides the rest."""
        if not self._names_any(row):
            return Resolved(row, ())
        values = dict(row.values.items())
        row = replace(row, values=values)
        found: list[Problem] = []
        place: int | None = None
        for field, name in self._links:
            value = values.get(field.name)
            if name in values or names_any(value):
                value, problems = self._link(row, field, place)
                if field.name in values or value is not None:
                    values[field.name] = value
                # While the location is not known, that is why a name fits several of them.
                found += [e for e in problems if not (found and e.code == "ambiguous_name")]
            if LOOKUPS[field.link].place is None:
                place = value if isinstance(value, int) else self._record(row).get(field.name)
        return Resolved(row, tuple(found))

    def _names_any(self, row: Row) -> bool:
        """Whether a link of the row holds a name, or one stands beside it."""
        beside, links = self._cells_with_names
        get = row.values.get
        return any(map(names_any, map(get, links))) or any(get(each) is not None for each in beside)

    @cached_property
    def _cells_with_names(self) -> tuple[list[str], list[str]]:
        """The columns of names beside links, and the links themselves."""
        return [name for _, name in self._links if name], [each.name for each, _ in self._links]

    @cached_property
    def _links(self) -> list[tuple[Field, str]]:
        """The links, those first that guide the others, with the names that may stand for them."""
        links = [each for each in self.entity.fields if each.link]
        links.sort(key=lambda each: LOOKUPS[each.link].place is not None)
        return [(each, self.entity.name_columns.get(each.name, "")) for each in links]

    def _record(self, row: Row) -> Record:
        return self.stored.records.get(row.value(self.entity.id_field.name) or 0, {})

    def _link(self, row: Row, field: Field, place: int | None) -> tuple[Value, list[Problem]]:
        value, problems = self._ids(row, field, place)
        stand_in = self.entity.by_name.get(self.entity.name_columns.get(field.name, ""))
        if stand_in and name_counts(self.entity, row, stand_in, self.stored):
            value, more = self._stand_in(row, field, stand_in.name, value, place)
            problems += more
        return value, problems

    def _ids(self, row: Row, field: Field, place: int | None) -> tuple[Value, list[Problem]]:
        value = row.values.get(field.name)
        if value is None or value is CLEAR:
            return value, []
        ids: list[Value] = []
        problems = []
        for item in _items(value):
            matches = [item] if isinstance(item, int) else self._ids_of(field, item, place)
            if len(matches) == 1:
                ids += matches
            else:
                problems.append(self._unclear(row, field.name, field, item, place))
        if isinstance(value, list):
            return list(dict.fromkeys(ids)), problems
        return (ids[0] if ids else None), problems

    def _ids_of(self, field: Field, text: object, place: int | None) -> list[Value]:
        """Return what a name means: ids, or rows that have none yet."""
        found = self.matches(field, text, place)
        return list(dict.fromkeys(each.id if isinstance(each, Named) else each for each in found))

    def _stand_in(
        self, row: Row, field: Field, column: str, given: Value, place: int | None
    ) -> tuple[Value, list[Problem]]:
        """Take the id from the name column, or see that id and name mean the same."""
        text = row.value(column)
        matches = self._ids_of(field, text, place)
        if given in matches or (given is None and len(matches) == 1):
            return given or matches[0], []
        if given is None or not matches:
            return given, [self._unclear(row, column, field, text, place)]
        if isinstance(given, Mark):
            words = {"field": f"{field.name} <{given.name.lower()}>", "actual": "blank"}
        else:
            names = self.stored.names.get(field.link, ())
            actual = next((each.name for each in names if each.id == given), given)
            words = {"field": f"{field.name} {given}", "actual": f"'{actual}'"}
        return given, [self._problem("names_disagree", row, column, text, **words)]

    def _unclear(
        self, row: Row, column: str, field: Field, text: object, place: int | None
    ) -> Problem:
        lookup, directory = LOOKUPS[field.link], self._directory(field)
        if matches := self.matches(field, text, place):
            instead = "Write the id instead."
            if any(map(is_row, matches)):
                instead = f"Give each {lookup.noun} a name of its own."
            return self._problem(
                "ambiguous_name",
                row,
                column,
                text,
                what=lookup.nouns,
                count=len(matches),
                candidates=directory.words(matches),
                instead=instead,
            )
        near, whole = directory.near(text, place), directory.holds_part(text)
        hint = f"It has {len(self.stored.names.get(field.link, ()))} {lookup.nouns}."
        if whole is not None and isinstance(field.kind.empty, list):
            hint = (
                f"A name with a comma, such as {directory.words([whole])}, cannot stand in a list: "
                f"{'rename it' if is_row(whole) else 'write its id'}."
            )
        elif near:
            hint = f"Did you mean {directory.words(near)}?"
        return self._problem("unknown_name", row, column, text, what=lookup.noun, nearest=hint)

    def _problem(self, code: str, row: Row, column: str, text: object, **words: object) -> Problem:
        return problem(code, self.sheet, row=row.number, column=column, value=text, **words)


def names_any(value: Value) -> bool:
    """Whether the value of a link holds a name: ids lead to themselves."""
    if isinstance(value, list):
        return str in map(type, value)
    return isinstance(value, str)


def _items(value: Value) -> Sequence[Value]:
    if value is None or value is CLEAR:
        return ()
    return value if isinstance(value, list) else (value,)
