"""In which order changes are sent, so that rows which are linked to have their ids first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

from pipeline.planning.plan import Change

Graph = dict[int, set[int]]


@dataclass(frozen=True)
class Sequence:
    """The changes in the order of sending. The creates `twice` are sent before rows they link to.

    These are updated once all ids are known: rows may link to each other, or to themselves.
    `unlinked` tells of deletes which updates take the record out of their lists before.
    """

    changes: tuple[Change, ...]
    twice: frozenset[int]
    unlinked: Mapping[int, set[int]] = field(default_factory=dict)


def in_sequence(changes: Iterable[Change]) -> Sequence:
    """Return sheet order but for links: first who is linked to; few rows are sent twice."""
    by_row = {each.row: each for each in changes}
    needs = {row: _linked(each) & by_row.keys() for row, each in by_row.items()}
    unlinked = _unlinked(by_row.values())
    if not any(needs.values()) and not unlinked:
        return Sequence(tuple(by_row.values()), frozenset())
    new = {row for row, each in by_row.items() if is_unborn(each)}
    twice = _cut({row: needs[row] & new for row in new})
    waits = {row: set() if row in twice else needs[row] & new for row in by_row}
    order = _sorted({**waits, **unlinked})
    return Sequence(tuple(by_row[row] for row in order), frozenset(twice), unlinked)


def is_unborn(change: Change) -> bool:
    """Whether the change creates a record that is not there yet."""
    return change.action == "create" and change.record_id is None


def is_half_done(change: Change) -> bool:
    """Whether a record was created, and has not all its links yet: it is to be updated."""
    return change.action == "create" and change.record_id is not None


def _unlinked(changes: Iterable[Change]) -> Graph:
    """Return, by delete, the updates without which the service refuses it: others use the record.

    "You must delete all X using this record before you can delete it." (reference, section 5)
    """
    changes = list(changes)
    deletes: dict[object, int] = {
        each.record_id: each.row for each in changes if each.action == "delete"
    }
    found: Graph = {}
    for change in changes if deletes else ():
        for number in _taken_out(change) & deletes.keys() if change.action == "update" else ():
            found.setdefault(deletes[number], set()).add(change.row)
    return found


def _taken_out(change: Change) -> set[object]:
    """Return what an update takes out of lists."""
    before, payload = change.before or {}, change.payload or {}
    lists = (each.field for each in change.differences if isinstance(before.get(each.field), list))
    return {
        item for name in lists for item in before[name] if item not in (payload.get(name) or ())
    }


def _linked(change: Change) -> set[int]:
    return {row for rows in change.links.values() for row in rows}


def _sorted(waits: Mapping[int, set[int]]) -> list[int]:
    """Return the rows so that each comes after those it waits for, lower numbers first."""
    left = {row: set(others) for row, others in waits.items()}
    waiting = _turned(left)
    ready = [row for row, others in left.items() if not others]
    heapify(ready)
    found = []
    while ready:
        row = heappop(ready)
        found.append(row)
        for other in waiting[row]:
            left[other].discard(row)
            if not left[other]:
                heappush(ready, other)
    return found


def _cut(needs: Graph) -> set[int]:
    """Return rows without whose links no row waits in a circle: as few as a quick look finds.

    Whoever needs nobody, or is needed by nobody, is on no circle. Of the others the one with the
    most ties is taken out, such as the hall whose parts all link to it, and the first of equals.
    """
    needed = _turned(needs)
    cut = {row for row, others in needs.items() if row in others}
    _take_out(cut, needs, needed)
    _take_out({r for r in needs if not (needs[r] and needed[r])}, needs, needed)
    most = [(-_ties(row, needs, needed), row) for row in needs]
    heapify(most)
    while most:
        ties, row = heappop(most)
        if row in needs and -ties != _ties(row, needs, needed):
            heappush(most, (-_ties(row, needs, needed), row))  # others were taken out meanwhile
        elif row in needs:
            cut.add(row)
            _take_out({row}, needs, needed)
    return cut


def _ties(row: int, needs: Graph, needed: Graph) -> int:
    return len(needs[row]) * len(needed[row])


def _take_out(rows: set[int], needs: Graph, needed: Graph) -> None:
    """Take rows out, and whoever is on no circle then."""
    queue = sorted(rows)
    while queue:
        row = queue.pop()
        if row not in needs:
            continue
        others = needs.pop(row) | needed.pop(row)
        for other in others - {row}:
            needs[other].discard(row)
            needed[other].discard(row)
            if not (needs[other] and needed[other]):
                queue.append(other)


def _turned(graph: Mapping[int, set[int]]) -> Graph:
    turned: Graph = {row: set() for row in graph}
    for row, others in graph.items():
        for other in others:
            turned[other].add(row)
    return turned
