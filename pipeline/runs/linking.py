"""Links between rows of one run: whose id is known, who waits for one, who waits in vain.

A row that links to rows created before it has their ids in its own request. Where rows link to each
other, or to themselves, a record lacks some links at first (`is_half_done`): it is updated when the
ids are known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from pipeline.planning.overlay import stored_value, update_payload
from pipeline.planning.plan import Change, Difference
from pipeline.planning.sequence import in_sequence, is_half_done, is_unborn
from pipeline.planning.stored import Record
from pipeline.runs.outcome import Outcome, Status, outcome_of
from pipeline.runs.send import warnings
from pipeline.schema import Entity

Links = Mapping[str, tuple[int, ...]]

WHY: dict[Status, str] = {  # why a row has no id that could be linked to
    "rejected": "which the server refused",
    "stale": "whose name was used by somebody else meanwhile",
    "blocked": "which is blocked",
    "invalid": "which is invalid",
    "in_doubt": "which is in doubt",
    "unsent": "which was not sent",
    "created": "of which the server did not say the Id",
}
MAY_STILL_COME: set[Status] = {"in_doubt", "unsent"}
DONE: set[Status] = {"created", "updated", "unchanged"}


class End(NamedTuple):
    """The end of a row, what is left to be sent of it, and whether it has got its last links."""

    outcome: Outcome
    rest: Change | None = None
    has_all_links: bool = False


class Linking:
    """What one run knows of the rows that others link to.

    `outcomes` and `names` are those of all rows of the file, as the journal has them.
    """

    def __init__(
        self, entity: Entity, outcomes: Iterable[Outcome], names: Mapping[int, str]
    ) -> None:
        self._entity = entity
        self._names = names
        self._ids: dict[int, int] = {}
        self._statuses: dict[int, Status] = {}
        self._pending: set[int] = set()
        self._twice: set[int] = set()
        self._unlinked: dict[int, set[int]] = {}  # deletes, with the updates that come first
        self._partial: dict[int, Change] = {}  # creates that were sent without all their links
        self._later: dict[int, Change] = {}  # records that get them now
        for each in outcomes:
            self.hear(each)

    def in_order(self, changes: Iterable[Change]) -> tuple[Change, ...]:
        """Return the changes in the order in which they are to be sent."""
        sequence = in_sequence(changes)
        self._pending |= {each.row for each in sequence.changes if is_unborn(each)}
        self._twice |= sequence.twice
        self._unlinked |= sequence.unlinked
        self._pending |= {row for rows in sequence.unlinked.values() for row in rows}
        return sequence.changes

    def expect(self, change: Change) -> None:
        """Hear of a create that may be stored: what it was sent without is added later."""
        self._pending.add(change.row)
        self._twice.add(change.row)
        self._partial[change.row] = change

    def leaves(self, planned: Change, change: Change) -> Links:
        """Hear that a change is sent now; returns the links that are missing until it ends."""
        if is_half_done(planned):
            return planned.links
        if change.links:
            self._partial[change.row] = change
        return change.links

    def after(self, outcome: Outcome) -> End:
        """Return how a request's outcome ends its row, and hear of it."""
        end = self._end(outcome)
        self.hear(end.outcome)
        return end

    def _end(self, outcome: Outcome) -> End:
        partial = self._partial.pop(outcome.row, None)
        if partial and partial.links and outcome.status == "created":
            half_done = self._half_done(partial, outcome)
            if outcome.record_id is None:
                return End(half_done)
            return End(half_done, rest=replace(partial, record_id=outcome.record_id))
        later = self._later.pop(outcome.row, None)
        if later is None:
            return End(outcome)
        told = self._told(later, outcome)
        return End(told, has_all_links=told.status == "created" and not self._lost(later))

    def hear(self, outcome: Outcome) -> None:
        """Hear what became of a row."""
        self._pending.discard(outcome.row)
        self._statuses[outcome.row] = outcome.status
        if outcome.record_id is not None and outcome.status != "deleted":
            self._ids[outcome.row] = outcome.record_id

    def is_ready(self, change: Change) -> bool:
        """Whether everything is known that the change has to wait for."""
        if not self._pending or (is_unborn(change) and change.row in self._twice):
            return True
        first = self._unlinked.get(change.row, set())
        return self._pending.isdisjoint({*_rows(change.links), *first})

    def give_up(self) -> None:
        """Count the rows that nothing was heard of as lost."""
        self._pending.clear()

    def filled(self, change: Change) -> Change | Outcome:
        """Return a change with the ids known by now, or its end if a row it needs is lost."""
        if not change.links:
            return change
        if lost := self._lost(change):
            words = f"Not sent: {self._words(change.links, lost)}. {_advice(lost)}"
            return outcome_of(change, "unsent" if self._may_come(lost) else "blocked", words)
        payload = dict(change.payload or {})
        for name, rows in change.links.items():
            payload[name] = list(dict.fromkeys([*(payload.get(name) or ()), *self._known(rows)]))
        payload = {
            name: value for name, value in payload.items() if value or name not in change.links
        }
        return replace(change, payload=payload, links=self._left(change.links))

    def begins(self, change: Change) -> bool:
        """Hear that the links of a half done record follow; False when no id can be added."""
        self._later[change.row] = change
        return any(self._known(rows) for rows in change.links.values())

    def completed(self, change: Change, record: Record) -> Change | None:
        """Return the update that gives a record its links; None when it has them."""
        values = {}
        for name, rows in change.links.items():
            items = stored_value(self._entity, name, record) or []
            if more := [each for each in self._known(rows) if each not in items]:
                values[name] = [*items, *more]
        if not values:
            return None
        names = tuple(values)
        return replace(
            change,
            action="update",
            before=record,
            payload=update_payload(self._entity, values, names, record),
            differences=tuple(Difference(each, None, None) for each in names),
        )

    def _half_done(self, change: Change, outcome: Outcome) -> Outcome:
        """Return the end of a row, for the time being: its links follow."""
        left = self._words(change.links, _rows(change.links), reasons=False)
        if outcome.record_id is None:
            words = f"Created, without an Id being told: {left} could not be added."
            return replace(outcome, status="blocked", message=f"{words} Import the results.")
        words = f"Created; {left} is still to be added: a resume does that. {outcome.message}"
        return replace(outcome, message=words.strip())

    def _told(self, change: Change, outcome: Outcome) -> Outcome:
        """Return the end of a row that was created first and then updated with its links."""
        if outcome.status not in DONE:
            words = self._words(change.links, _rows(change.links), reasons=False)
            words = f"It was created, but {words} could not be added. {outcome.message}"
            return replace(outcome, message=words)
        lost = self._lost(change)
        if not lost:
            return outcome_of(change, "created", warnings(change))
        words = f"It was created, but lacks links: {self._words(change.links, lost)}. "
        status: Status = "created" if self._may_come(lost) else "blocked"
        return outcome_of(change, status, words + _advice(lost))

    def _lost(self, change: Change) -> list[int]:
        """Return the rows of which no id is known, nor expected any more."""
        rows = _rows(change.links)
        return [each for each in rows if each not in self._ids and each not in self._pending]

    def _may_come(self, rows: Iterable[int]) -> bool:
        """Whether a resume may still find or create one of these rows."""
        return any(self._statuses.get(each) in MAY_STILL_COME for each in rows)

    def _known(self, rows: Iterable[int]) -> list[int]:
        return [self._ids[each] for each in rows if each in self._ids]

    def _left(self, links: Links) -> dict[str, tuple[int, ...]]:
        left = {name: tuple(r for r in rows if r not in self._ids) for name, rows in links.items()}
        return {name: rows for name, rows in left.items() if rows}

    def _words(self, links: Links, lost: Iterable[int], *, reasons: bool = True) -> str:
        """Name the rows in a row's lists, and why they are not there."""
        wanted = set(lost)
        return "; ".join(
            f"{name} {', '.join(self._row(each, reasons) for each in rows if each in wanted)}"
            for name, rows in links.items()
            if not wanted.isdisjoint(rows)
        )

    def _row(self, row: int, reasons: bool) -> str:
        why = f", {WHY.get(self._statuses.get(row, 'unsent'), 'which was not created')}"
        return f"row {row} '{self._names.get(row, '')}'{why if reasons else ''}"


def _rows(links: Links) -> list[int]:
    return list(dict.fromkeys(row for rows in links.values() for row in rows))


def _advice(rows: list[int]) -> str:
    named = " and ".join(f"row {each}" for each in rows)
    return f"See to {named}, or take the name out of the cell; then import the results."
