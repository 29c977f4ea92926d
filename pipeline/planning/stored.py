"""What the account holds, as far as a plan needs it: a value that the look-up fills."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.planning.ledger import Ledger

Record = Mapping[str, Any]
Key = tuple[int, str]  # location, name


def same_name(text: object) -> str:
    """Reduce a name to the form in which two are compared: trimmed, else to the letter.

    Accents may be stored in two ways that look alike; both count as the same letter.
    """
    return unicodedata.normalize("NFC", str(text)).strip()


@dataclass(frozen=True)
class Named:
    """One entry of a look-up list; `place` is its location, None where it has none."""

    id: int
    name: str
    place: int | None


@dataclass(frozen=True)
class NewRow:
    """A row of the file that becomes a record: in a list of links it stands until it has an id."""

    row: int
    name: str
    place: int | None

    def __str__(self) -> str:
        return f"row {self.row} '{self.name}'"


Target = Named | NewRow


@dataclass(frozen=True)
class Stored:
    """Whole records by id, ids by (location, name) for every location listed, look-up lists.

    `near` are the records of the locations listed, by name: enough where nothing else is meant.
    `archived` are those among the listed that are put away, `ledger` what is known of the source.
    """

    records: Mapping[int, Record] = field(default_factory=dict)
    ids: Mapping[Key, tuple[int, ...]] = field(default_factory=dict)
    names: Mapping[str, tuple[Named, ...]] = field(default_factory=dict)
    near: tuple[Named, ...] = ()
    archived: frozenset[int] = frozenset()
    ledger: Ledger = field(default_factory=dict)


def ids_by_key(listed: Iterable[Record], key: tuple[str, ...]) -> dict[Key, tuple[int, ...]]:
    """Group listed records by location and name; several ids under one key are kept."""
    found: dict[Key, tuple[int, ...]] = {}
    place, name = key
    for record in listed:
        at = (int(record[place]), same_name(record[name]))
        found[at] = (*found.get(at, ()), int(record["Id"]))
    return found
