"""What a name in a cell may mean: one look-up list, searched by name and by likeness."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property

from pipeline.mapping.near import MAX_NAMES, nearest
from pipeline.planning.stored import Named, NewRow, Target, same_name

SEPARATORS = re.compile(r"[;,\n\r]")  # of a list in a cell


class Directory:
    """The entries that a name may mean; each name is looked for once.

    An entry without a location belongs to all of them. `places` are the names of locations by id.
    """

    def __init__(self, entries: Iterable[Target], places: Mapping[int, str] | None = None) -> None:
        self.entries = tuple(entries)
        self._places = places or {}
        self._near: dict[tuple[str, int | None], tuple[Target, ...]] = {}

    def find(self, text: object, place: int | None) -> list[Target]:
        """Return the entries that `text` names: in the location first, the exact spelling first."""
        wanted = same_name(text)
        everywhere = self._by_name.get(wanted.lower(), [])
        near = [each for each in everywhere if each.place in {place, None}]
        for pool in (near, everywhere) if place is not None else (everywhere,):
            if pool:
                return [each for each in pool if same_name(each.name) == wanted] or pool
        return []

    def near(self, text: object, place: int | None) -> tuple[Target, ...]:
        """Return up to three entries whose names resemble `text`, the location's own first.

        What the location has itself is not offered again from another one.
        """
        key = str(text), place
        if key not in self._near:
            own = [each for each in self.entries if each.place in {place, None}]
            own_names = {each.name for each in own}
            others = [each for each in self.entries if each.name not in own_names]
            found = [each for pool in (own, others) for each in _resembling(text, pool)]
            self._near[key] = tuple(found[:MAX_NAMES])
        return self._near[key]

    def holds_part(self, text: object) -> Target | None:
        """Return an entry of whose name a list's separators leave only such a piece."""
        return self._by_part.get(same_name(text).lower())

    def words(self, entries: Iterable[Target]) -> str:
        """Name entries with their ids; with their locations where these are not all the same."""
        shown = list(entries)
        several = len({each.place for each in shown} - {None}) > 1
        return ", ".join(
            f"'{each.name}' ({_number(each)}{self._place(each) if several else ''})"
            for each in shown
        )

    def _place(self, entry: Target) -> str:
        if entry.place is None:
            return ""
        return f", {self._places.get(entry.place) or f'location {entry.place}'}"

    @cached_property
    def _by_name(self) -> dict[str, list[Target]]:
        found: dict[str, list[Target]] = {}
        for each in self.entries:
            found.setdefault(same_name(each.name).lower(), []).append(each)
        return found

    @cached_property
    def _by_part(self) -> dict[str, Target]:
        return {
            part.strip().lower(): each
            for each in self.entries
            if SEPARATORS.search(each.name)
            for part in SEPARATORS.split(same_name(each.name))
        }


def _resembling(text: object, entries: list[Target]) -> list[Target]:
    names = nearest(text, dict.fromkeys(each.name for each in entries))
    return [each for name in names for each in entries if each.name == name]


def _number(entry: Target) -> str:
    return f"row {entry.row}" if isinstance(entry, NewRow) else str(entry.id)


def is_row(entry: Target) -> bool:
    """Whether it has no id yet."""
    return not isinstance(entry, Named)
