"""What a sheet names and the account lacks, and what can be made from no more than that name.

Such records are planned before the rows: under numbers that nothing has, until they have their own.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from pipeline.entities import ENTITIES, LOOKUPS
from pipeline.mapping.near import nearest
from pipeline.planning.names import Resolver, name_counts
from pipeline.planning.stored import Named, Stored, same_name
from pipeline.rows import Row
from pipeline.schema import Entity, Field

OPTION = "--create-missing"
ALIKE = 90  # of 100: from here on two names are rather one that is misspelt
Renamed = Callable[[str, str, int | None], Iterable[Named]]  # by link, former name, location


def creatable(entity: Entity) -> dict[str, Entity]:
    """Return, by link, the entities of which a sheet of `entity` tells all that is required."""
    links = dict.fromkeys(each.link for each in entity.fields if each.link != entity.name)
    found = {link: ENTITIES[link] for link in links if link in ENTITIES}
    return {
        link: other
        for link, other in found.items()
        if {each.name for each in other.required} <= set(other.key)
    }


@dataclass(frozen=True)
class Wanted:
    """Links of which the missing records are to be created.

    `names` are created even if another is called nearly so; in the form of `_plain`.
    """

    links: frozenset[str] = frozenset()
    names: frozenset[tuple[str, str]] = frozenset()  # link, name

    @classmethod
    def of(cls, links: Iterable[str], names: Iterable[tuple[str, str]]) -> Wanted:
        """Return what is wanted, with names as they were typed."""
        return cls(frozenset(links), frozenset((link, _plain(name)) for link, name in names))


@dataclass(frozen=True)
class Missing:
    """A record to create, or one that is not created since another one is called nearly so.

    `number` stands in for its id, `rows` use it, `near` are called nearly so, in the location or
    among the missing (those have negative numbers); `elsewhere` have its name in other locations,
    `renamed` had it when the file's template was made.
    """

    link: str
    number: int
    name: str
    place: int
    place_name: str = ""
    rows: tuple[int, ...] = ()
    near: tuple[Named, ...] = ()
    elsewhere: tuple[Named, ...] = ()
    renamed: tuple[Named, ...] = ()

    @property
    def entity(self) -> Entity:
        """What the record is."""
        return ENTITIES[self.link]

    @property
    def noun(self) -> str:
        """What people call it."""
        return LOOKUPS[self.link].noun


@dataclass(frozen=True)
class Lacking:
    """All that is missing: what will be created, and what is so alike that it will not."""

    created: tuple[Missing, ...] = ()
    doubtful: tuple[Missing, ...] = ()


@dataclass(frozen=True)
class Places:
    """The account's locations: their names, and which one each belongs to."""

    names: Mapping[int, str]
    above: Mapping[int, int]

    def up(self, place: int) -> set[int | None]:
        """Return the places whose records fit a location: it, those above it, and everywhere."""
        found: set[int | None] = {None}
        while place not in found:
            found.add(place)
            place = self.above.get(place, place)
        return found


def none_renamed(*_: object) -> tuple[Named, ...]:
    """Say that nobody knows of former names: the file is of no template."""
    return ()


def find_missing(  # noqa: PLR0913, PLR0917 - the rows, and what is known of the account
    entity: Entity,
    rows: Iterable[Row],
    stored: Stored,
    wanted: Wanted,
    places: Places,
    renamed: Renamed = none_renamed,
) -> Lacking:
    """Return what rows name and their location lacks. Numbers are negative, in the rows' order.

    Another location's record of that name is not the one that is meant: each has its own prices.
    One that had the name when the template of the file was made is: `renamed` tells of it.
    """
    found: dict[tuple[str, int, str], Missing] = {}
    resolver = Resolver("", entity, stored)
    filled = [_filled(entity, each, stored, resolver) for each in rows]
    for row, link, text in _named(entity, filled, stored, wanted):
        place = resolver.place_of(row) or _stored_place(entity, row, stored)
        if place is None or _is_here(stored, link, text, places.up(place)):
            continue
        key = (link, place, _plain(text))
        if key not in found:
            here = [each for each in found.values() if (each.link, each.place) == key[:2]]
            number, where = -len(found) - 1, places.names.get(place, "")
            had = (each for each in renamed(link, text, place) if each.place in places.up(place))
            made = Missing(link, number, same_name(text), place, where, renamed=tuple(had))
            found[key] = _with_namesakes(made, stored, here, places.up(place))
        found[key] = replace(found[key], rows=(*found[key].rows, row.number))
    doubtful = [each for each in found.values() if _is_doubtful(each, wanted)]
    return Lacking(tuple(each for each in found.values() if each not in doubtful), tuple(doubtful))


def _plain(text: object) -> str:
    return same_name(text).lower()


def _named(
    entity: Entity, rows: Iterable[Row], stored: Stored, wanted: Wanted
) -> Iterator[tuple[Row, str, str]]:
    """Yield each name that rows give to what can be created, with its link."""
    fields = [each for each in entity.fields if each.link in wanted.links]
    for row in rows:
        if row.action in {"skip", "delete"}:
            continue
        for each in fields:
            text = _text(entity, row, each, stored)
            if text is not None:
                yield row, each.link, text


def _text(entity: Entity, row: Row, field: Field, stored: Stored) -> str | None:
    """Return the name under a link, or under its stand-in where the link itself is blank."""
    if row.fills(field.name):
        value = row.value(field.name)
        return value if isinstance(value, str) else None
    stand_in = entity.by_name.get(entity.name_columns.get(field.name, ""))
    if stand_in is None or not name_counts(entity, row, stand_in, stored):
        return None
    return str(row.value(stand_in.name))


def _filled(entity: Entity, row: Row, stored: Stored, resolver: Resolver) -> Row:
    """Return a row that becomes a new record with what such a one takes by default."""
    if not row.defaults or row.fills(entity.id_field.name):
        return row
    there = stored.ids.get((resolver.place_of(row) or 0, same_name(row.value(entity.key[-1]))))
    return row if there else row.with_defaults(entity)


def _stored_place(entity: Entity, row: Row, stored: Stored) -> int | None:
    """Return where the record of a row is that does not say it."""
    place = stored.records.get(row.value(entity.id_field.name) or 0, {}).get(entity.key[0])
    return place if isinstance(place, int) else None


def _is_here(stored: Stored, link: str, text: str, places: Container[int | None]) -> bool:
    entries = stored.names.get(link, ())
    return any(_plain(each.name) == _plain(text) for each in entries if each.place in places)


def _with_namesakes(
    missing: Missing, stored: Stored, others: Iterable[Missing], places: Container[int | None]
) -> Missing:
    entries = stored.names.get(missing.link, ())
    here = [each for each in entries if each.place in places]
    here += [Named(each.number, each.name, each.place) for each in others]
    names = nearest(missing.name, dict.fromkeys(each.name for each in here))
    return replace(
        missing,
        near=tuple(next(each for each in here if each.name == name) for name in names),
        elsewhere=tuple(each for each in entries if _plain(each.name) == _plain(missing.name)),
    )


def _is_doubtful(missing: Missing, wanted: Wanted) -> bool:
    if (missing.link, _plain(missing.name)) in wanted.names:
        return False
    if missing.renamed:
        return True
    return bool(nearest(missing.name, [each.name for each in missing.near], least=ALIKE))
