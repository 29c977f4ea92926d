"""What a drop-down offers for a record: its name where that leads back to it, else name and id."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.planning.numbered import numbered
from pipeline.planning.stored import Named, same_name
from pipeline.schema import Kind, Unreadable
from pipeline.sheets.markers import is_clear, is_kept

MAX_LABEL = 200  # characters; Excel does not pick an entry of more than 255
DIGITS = re.compile(r"([0-9]{1,18})")


@dataclass(frozen=True)
class Offer:
    """The entries of a drop-down: all of them, and by the location's id those that count there.

    `shared` count where a location has none of its own. A list that does not depend on the
    location has no `by_place`.
    """

    all: tuple[str, ...]
    by_place: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    shared: tuple[str, ...] = ()


def offer(entries: Sequence[Named], kind: Kind) -> Offer:
    """Return what a column of this kind offers of a look-up list, in the order of the alphabet."""
    labels = labelled(entries, kind)
    by_place: dict[int, list[str]] = {}
    shared = [labels[each.id] for each in entries if each.place is None]
    for each in entries:
        if each.place is not None:
            by_place.setdefault(each.place, [*shared]).append(labels[each.id])
    return Offer(
        _sorted(labels.values()),
        {place: _sorted(by_place[place]) for place in sorted(by_place)},
        _sorted(shared) if by_place else (),
    )


def labelled(entries: Sequence[Named], kind: Kind) -> dict[int, str]:
    """Return by id what a cell of this kind has to say to mean the record in its own location.

    Two names that differ in case alone are told apart by ids too: Excel takes them for one.
    """
    everywhere = Counter(_folded(each) for each in entries)
    within = Counter((each.place, _folded(each)) for each in entries)
    shared = Counter(_folded(each) for each in entries if each.place is None)

    def is_alone(each: Named) -> bool:
        if each.place is None:
            return everywhere[_folded(each)] == 1
        return within[each.place, _folded(each)] + shared[_folded(each)] == 1

    return {each.id: _label(each, kind, alone=is_alone(each)) for each in entries}


def _label(entry: Named, kind: Kind, *, alone: bool) -> str:
    name = same_name(entry.name)
    return name if alone and _is_plain(name, kind) else numbered(entry)


def _is_plain(name: str, kind: Kind) -> bool:
    """Whether a cell that holds the name is read as just that name."""
    if not name or len(name) > MAX_LABEL or not name.isprintable():
        return False
    if is_clear(name) or is_kept(name):
        return False
    try:
        return kind.read(name) in (name, [name])
    except Unreadable:
        return False


def _folded(entry: Named) -> str:
    return same_name(entry.name).lower()


def _sorted(labels: Iterable[str]) -> tuple[str, ...]:
    """Sort as people do: whatever the case, Room 2 before Room 10."""

    def key(label: str) -> tuple[list[str | int], str]:
        parts = DIGITS.split(label.casefold())
        return [int(part) if place % 2 else part for place, part in enumerate(parts)], label

    return tuple(sorted(dict.fromkeys(labels), key=key))
