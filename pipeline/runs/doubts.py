"""Creates whose answer was lost: looked for until it is certain what became of them.

A record is ours when it was not there before the run, is not older than our request, stands under
the row's location and name and holds what was sent; never because its number is the highest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, repeat
from typing import Any

from pipeline.api import reading
from pipeline.api.client import Client
from pipeline.config import Settings
from pipeline.planning.plan import Change
from pipeline.planning.stored import same_name
from pipeline.runs.lines import Attempt, is_doubtful
from pipeline.runs.outcome import Outcome
from pipeline.runs.send import holds, warnings
from pipeline.runs.terms import Terms
from pipeline.schema import Entity

PAUSES = (1.0, 2.0, 4.0, 8.0)  # seconds between two looks for a record; the last one repeats
CLOCKS_DIFFER_SECONDS = 900.0  # how far this machine's clock and the service's may be apart


@dataclass(frozen=True)
class Doubt:
    """A create that may have been stored.

    `since` is when it was first sent (wall-clock seconds). From `certain_at` on (on the clock that
    measures) a record that is not found counts as not stored: see `certain_in`.
    """

    change: Change
    since: float
    certain_at: float


def certain_in(attempts: Iterable[Attempt], settings: Settings, now: float) -> float:
    """Return the seconds until it is certain what became of sendings in doubt.

    The service may still be at work, for as long as an answer may take, even after a gateway has
    answered for it; and it may show what it stored only later. `now` is the wall clock, which may
    have been set back.
    """
    ends = [
        max(each.at + settings.timeout_seconds, each.ended or 0.0)
        for each in attempts
        if is_doubtful(each)
    ]
    longest = settings.timeout_seconds + settings.settle_seconds
    return min(max(max(ends, default=0.0) + settings.settle_seconds - now, 0.0), longest)


class Doubts:
    """The creates in doubt of one run, and how they are settled."""

    def __init__(self, search: Search, client: Client, terms: Terms) -> None:
        self._search = search
        self._client = client
        self._terms = terms
        self._doubts: dict[int, Doubt] = {}

    def __len__(self) -> int:
        return len(self._doubts)

    def add(self, change: Change, attempts: Iterable[Attempt]) -> None:
        """Take up a create that may have been stored, by this process or an earlier one."""
        sent, clocks = list(attempts), self._client.clocks
        wait = certain_in(sent, self._client.settings, clocks.wall())
        since = min(each.at for each in sent)
        self._doubts[change.row] = Doubt(change, since, clocks.monotonic() + wait)

    def settle(self) -> Iterator[Change | Outcome]:
        """Look until each is found, or certain not to be stored.

        Yields the outcomes of the rows that were found or stay unclear, and the changes that were
        certainly not stored.
        """
        pauses = chain(PAUSES, repeat(PAUSES[-1]))
        while self._doubts:
            self._terms.watch.tick()
            self._terms.brake.sleep(min(next(pauses), max(self._uncertain_seconds(), 0.1)))
            looked_at = self._client.clocks.monotonic()
            found = self._search.look(self._doubts.values())
            for row, outcome in found.items():
                if outcome.status != "in_doubt" or looked_at >= self._doubts[row].certain_at:
                    del self._doubts[row]
                    yield outcome
            for row in [r for r, d in self._doubts.items() if looked_at >= d.certain_at]:
                yield self._doubts.pop(row).change

    def give_up(self) -> Iterator[Change]:
        """Yield what stays in doubt because the run stops."""
        for doubt in self._doubts.values():
            yield doubt.change

    def _uncertain_seconds(self) -> float:
        """Return how long it takes until the first doubt is certain."""
        first = min(each.certain_at for each in self._doubts.values())
        return first - self._client.clocks.monotonic()


class Search:
    """Looks for records in few requests: one listing per location, however many rows."""

    def __init__(self, entity: Entity, client: Client, known: set[int]) -> None:
        self._entity = entity
        self._client = client
        self._known = known

    def look(self, doubts: Iterable[Doubt]) -> dict[int, Outcome]:
        """Return an outcome for each row of which something was found: created, or in doubt."""
        wanted = list(doubts)
        listed = self.namesakes(each.change for each in wanted)
        ids = [number for numbers in listed.values() for number in numbers]
        records = {
            each["Id"]: each for each in reading.whole_records(self._client, self._entity, ids)
        }
        found = {}
        for doubt in wanted:
            if numbers := listed.get(doubt.change.row):
                found[doubt.change.row] = self._settled(doubt, numbers, records)
        return found

    def namesakes(self, changes: Iterable[Change]) -> dict[int, list[int]]:
        """Return, by row, the ids of records of its location and name that nobody knew of."""
        place, name = self._entity.key
        wanted: dict[tuple[int | None, str], int] = {
            (each.place, same_name(each.name)): each.row for each in changes
        }
        found: dict[int, list[int]] = {}
        for where in sorted({each or 0 for each, _ in wanted}):
            filters = {self._entity.filter_name(place): where}
            for record in reading.listing(self._client, self._entity.path, filters):
                row = wanted.get((record.get(place), same_name(record.get(name))))
                if row is not None and record["Id"] not in self._known:
                    found.setdefault(row, []).append(int(record["Id"]))
        return found

    def _settled(
        self, doubt: Doubt, numbers: list[int], records: Mapping[int, Mapping[str, Any]]
    ) -> Outcome:
        change = doubt.change
        # One that is listed but cannot be read yet is there all the same.
        ours = [each for each in numbers if each in records and self._is_ours(doubt, records[each])]
        if len(numbers) == len(ours) == 1:
            self._known.add(ours[0])
            words = "The answer was lost; the record was looked up and is there, once."
            words = f"{words} {warnings(change)}".strip()
            return Outcome(change.row, "created", words, ours[0])
        ids = ", ".join(map(str, numbers))
        words = f"Sent, but no answer came. New records of this name: {ids}. Compare them."
        return Outcome(change.row, "in_doubt", words)

    def _is_ours(self, doubt: Doubt, record: Mapping[str, Any]) -> bool:
        born = self._born(record)
        recent = born is None or born >= doubt.since - CLOCKS_DIFFER_SECONDS
        return recent and holds(self._entity, record, doubt.change.payload or {})

    def _born(self, record: Mapping[str, Any]) -> float | None:
        """Return when the record was made; None where it does not tell: the values decide then."""
        field = self._entity.birth_field
        try:
            made = datetime.fromisoformat(str(record.get(field.name) if field else None))
        except ValueError:
            return None
        return (made if made.tzinfo else made.replace(tzinfo=UTC)).timestamp()
