"""Names into ids: exact first, then whatever the case if only one fits; never a guess."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.entities import LOOKUPS
from pipeline.mapping.near import nearest
from pipeline.planning.stored import Named, Record, Stored, same_name
from pipeline.problems import Problem, problem
from pipeline.rows import CLEAR, Mark, Row
from pipeline.schema import Entity, Field, Value


@dataclass(frozen=True)
class Resolved:
    """A row whose links are ids; `problems` are names that led nowhere or to several."""

    row: Row
    problems: tuple[Problem, ...]


def find(entries: Iterable[Named], text: object, place: int | None) -> list[Named]:
    """Return the entries that `text` names: in the location first, the exact spelling first."""
    wanted = same_name(text)
    everywhere = list(entries)
    near = [each for each in everywhere if each.place in {place, None}]
    for pool in (near, everywhere) if place is not None else (everywhere,):
        exact = [each for each in pool if same_name(each.name) == wanted]
        loose = [each for each in pool if same_name(each.name).lower() == wanted.lower()]
        if exact or loose:
            return exact or loose
    return []


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


@dataclass(frozen=True)
class Resolver:
    """Replaces the names in a row's links by ids, with the lists that the account holds."""

    sheet: str
    entity: Entity
    stored: Stored

    def resolve(self, row: Row) -> Resolved:
        """Return the row with ids only; the location is settled first, since it guides the rest."""
        values = dict(row.values)
        found: list[Problem] = []
        place: int | None = None
        for field in self._links():
            value, problems = self._link(row, field, place)
            if field.name in values or value is not None:
                values[field.name] = value
            found += problems
            if LOOKUPS[field.link].place is None:
                place = value if isinstance(value, int) else self._record(row).get(field.name)
        return Resolved(replace(row, values=values), tuple(found))

    def _links(self) -> list[Field]:
        links = [each for each in self.entity.fields if each.link]
        return sorted(links, key=lambda each: LOOKUPS[each.link].place is not None)

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
        entries = self.stored.names.get(field.link, ())
        ids: list[int] = []
        problems = []
        for item in _items(value):
            matches = [item] if isinstance(item, int) else _matches(entries, item, place)
            if len(matches) == 1:
                ids += matches
            else:
                problems.append(self._unclear(row, field.name, field, item, place))
        if isinstance(value, list):
            return list(dict.fromkeys(ids)), problems
        return (ids[0] if ids else None), problems

    def _stand_in(
        self, row: Row, field: Field, column: str, given: Value, place: int | None
    ) -> tuple[Value, list[Problem]]:
        """Take the id from the name column, or see that id and name mean the same."""
        entries = self.stored.names.get(field.link, ())
        text = row.value(column)
        matches = _matches(entries, text, place)
        if given in matches or (given is None and len(matches) == 1):
            return given or matches[0], []
        if given is None or not matches:
            return given, [self._unclear(row, column, field, text, place)]
        if isinstance(given, Mark):
            words = {"field": f"{field.name} <{given.value}>", "actual": "blank"}
        else:
            actual = next((each.name for each in entries if each.id == given), given)
            words = {"field": f"{field.name} {given}", "actual": f"'{actual}'"}
        return given, [self._problem("names_disagree", row, column, text, **words)]

    def _unclear(
        self, row: Row, column: str, field: Field, text: object, place: int | None
    ) -> Problem:
        entries = self.stored.names.get(field.link, ())
        lookup = LOOKUPS[field.link]
        matches = find(entries, text, place)
        if matches:
            words = {"what": lookup.nouns, "count": len(matches), "candidates": _list(matches)}
            return self._problem("ambiguous_name", row, column, text, **words)
        near = nearest(text, {each.name for each in entries})
        close = [next(each for each in entries if each.name == name) for name in near]
        hint = (
            f"Did you mean {_list(close)}?" if close else f"It has {len(entries)} {lookup.nouns}."
        )
        return self._problem("unknown_name", row, column, text, what=lookup.noun, nearest=hint)

    def _problem(self, code: str, row: Row, column: str, text: object, **words: object) -> Problem:
        return problem(code, self.sheet, row=row.number, column=column, value=text, **words)


def _items(value: Value) -> Sequence[Value]:
    if value is None or value is CLEAR:
        return ()
    return value if isinstance(value, list) else (value,)


def _matches(entries: Iterable[Named], text: object, place: int | None) -> list[int]:
    return [each.id for each in find(entries, text, place)]


def _list(entries: Iterable[Named]) -> str:
    return ", ".join(f"'{each.name}' ({each.id})" for each in entries)
