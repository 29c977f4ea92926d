"""What became of the names that a template offered: two lists laid beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.planning.numbered import meant
from pipeline.planning.stored import Named
from pipeline.problems import quoted
from pipeline.sheets.stamp import spoken

MAX_SHOWN = 3  # names of one sort that a message repeats


class NameIndex:
    """The entries of a list by their names; each is looked for as an import does."""

    def __init__(self, entries: Sequence[Named]) -> None:
        self._entries = entries
        self._by_name: dict[str, list[Named]] = {}
        for each in entries:
            self._by_name.setdefault(spoken(each.name).lower(), []).append(each)

    def find(self, text: str, place: int | None) -> list[Named]:
        """Return the entries that a text names: in the location first, the exact spelling first."""
        said = spoken(text)
        everywhere = self._by_name.get(said.lower(), [])
        near = [each for each in everywhere if each.place in {place, None}] if place else []
        pool = near or everywhere
        exact = [each for each in pool if spoken(each.name) == said]
        return exact or pool or meant(self._entries, said)


def changes(offered: Sequence[Named], now: Sequence[Named]) -> str:
    """Say which names came, went, were changed, or now belong to another record."""
    before, after = ({each.id: spoken(each.name) for each in side} for side in (offered, now))
    taken = _swapped(offered, now)
    moved = {each for ids, others in taken.values() for each in ids | others}
    renamed = {each for each in before.keys() & after.keys() if before[each] != after[each]}
    told = (
        ("renamed", [f"{quoted(before[n])} to {quoted(after[n])}" for n in before if n in renamed]),
        ("gone", [quoted(before[n]) for n in before if n not in after and n not in moved]),
        ("new", [quoted(after[n]) for n in after if n not in before and n not in moved]),
        (
            "now another record",
            [
                f"{quoted(name)} was {numbers(ids)}, is {numbers(others)}"
                for (_, name), (ids, others) in taken.items()
            ],
        ),
    )
    return ", ".join(f"{len(names):,} {what} ({_few(names)})" for what, names in told if names)


def _swapped(
    offered: Sequence[Named], now: Sequence[Named]
) -> dict[tuple[int | None, str], tuple[set[int], set[int]]]:
    """Return the names that belong to other records of the same location than they did."""
    before, after = _ids_by_name(offered), _ids_by_name(now)
    return {
        key: (before[key], after[key])
        for key in before
        if key in after and not before[key] & after[key]
    }


def numbers(ids: Iterable[int]) -> str:
    """List ids, in order."""
    return ", ".join(map(str, sorted(ids)))


def listed(entries: Iterable[Named], between: str = ", ") -> str:
    """List entries by name and id."""
    return between.join(f"{quoted(each.name)} ({each.id})" for each in entries)


def _ids_by_name(entries: Iterable[Named]) -> dict[tuple[int | None, str], set[int]]:
    found: dict[tuple[int | None, str], set[int]] = {}
    for each in entries:
        found.setdefault((each.place, spoken(each.name)), set()).add(each.id)
    return found


def _few(names: Sequence[str]) -> str:
    shown = list(dict.fromkeys(names))
    return ", ".join(shown[:MAX_SHOWN]) + (", …" if len(shown) > MAX_SHOWN else "")
