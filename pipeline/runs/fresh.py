"""Changes made from the account as it is when they are sent: hours may lie between plan and end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any

from pipeline.api import reading
from pipeline.api.client import Client
from pipeline.planning.overlay import same, stored_value
from pipeline.planning.plan import Change
from pipeline.planning.refresh import refreshed
from pipeline.planning.stored import Record
from pipeline.runs.doubts import Search
from pipeline.runs.outcome import Outcome, Status, outcome_of
from pipeline.schema import Entity

RECORD_SECONDS = 60.0  # how old a record may be under an update
NAMES_SECONDS = 300.0  # how long ago the names in use may have been listed for a create
LOOK_AGAIN_SECONDS = 1.0  # for a record that was created a moment ago
BATCH = 100  # records, as many as one read by ids brings


class Fresh:
    """Reads ahead what changes are made from, for many in one request.

    `planned_at` (clock seconds) is when the account was read for the plan.
    """

    def __init__(self, entity: Entity, client: Client, search: Search, planned_at: float) -> None:
        self._entity = entity
        self._client = client
        self._search = search
        self._planned_at = planned_at
        self._read_at: dict[int, float] = {}  # by record
        self._records: dict[int, Record] = {}
        self._listed_at = planned_at
        self._taken: dict[int, list[int]] = {}  # by row

    def current(
        self, change: Change, following: Iterable[Change], *, tried: bool
    ) -> Change | Outcome:
        """Return what is to be sent now, or the outcome of a row that needs no sending any more.

        `following` are the next changes, `change` among them, for which is read ahead with it;
        `tried` says that an earlier sending may have arrived.
        """
        if change.record_id is None:
            return self._unless_taken(change, following)
        if not self.is_old(change) and change.record_id not in self._read_at:
            return change  # as planned
        if self.is_old(change):
            self._read(following)
        record = self._records.get(change.record_id)
        if record is None:
            status: Status = "deleted" if change.action == "delete" else "stale"
            return outcome_of(change, status, "It was deleted meanwhile.")
        if change.action == "delete":
            return change
        fresh = refreshed(self._entity, change, record)
        return fresh.change or self._overtaken(change, record, fresh.moved, tried=tried)

    def made(
        self, change: Change, following: Iterable[Change], sleep: Callable[[float], None]
    ) -> Record | None:
        """Return a record that the run has created; None when it does not show in time."""
        clock = self._client.clocks.monotonic
        ends_at = clock() + self._client.settings.settle_seconds
        batch = list(following)
        while True:
            number = change.record_id or 0
            if number not in self._records or self._age(number) > RECORD_SECONDS:
                self._read(batch)
            if number in self._records or clock() >= ends_at:
                return self._records.get(number)
            sleep(LOOK_AGAIN_SECONDS)

    def is_old(self, change: Change) -> bool:
        """Whether the record was read too long ago to lay an update over it."""
        if change.action != "update":
            return False
        return self._age(change.record_id or 0) > RECORD_SECONDS

    def _age(self, number: int) -> float:
        """Return how many seconds ago a record was read."""
        read_at = self._read_at.get(number, self._planned_at)
        return self._client.clocks.monotonic() - read_at

    def _read(self, following: Iterable[Change]) -> None:
        ids = (each.record_id for each in following if each.record_id is not None)
        batch, now = list(islice(ids, BATCH)), self._client.clocks.monotonic()
        records = reading.whole_records(self._client, self._entity, batch)
        self._records = {each["Id"]: each for each in records}
        self._read_at = dict.fromkeys(batch, now)

    def _unless_taken(self, change: Change, following: Iterable[Change]) -> Change | Outcome:
        """Return the create, unless somebody else has used its name meanwhile."""
        now = self._client.clocks.monotonic()
        if now - self._listed_at > NAMES_SECONDS:
            creates = [each for each in following if each.action == "create"]
            self._taken, self._listed_at = self._search.namesakes(creates), now
        if numbers := self._taken.get(change.row):
            words = (
                "A record of this name was created since it was planned "
                f"({', '.join(map(str, numbers))}). Nothing was sent; import the file again to "
                "update it."
            )
            return outcome_of(change, "stale", words)
        return change

    def _overtaken(
        self, change: Change, record: Mapping[str, Any], moved: tuple[str, ...], *, tried: bool
    ) -> Outcome:
        if moved:
            words = (
                f"Changed by somebody else since it was planned: {', '.join(moved)}. "
                "Nothing was sent; import the file again to see what differs now."
            )
            return outcome_of(change, "stale", words)
        if not change.differences:
            words = "Begun by an earlier version, which did not keep enough to go on with."
            return outcome_of(change, "stale", f"{words} Import the file again.")
        if not tried:
            return outcome_of(change, "unchanged", "It holds the new values already.")
        if lost := self._lost_children(change, record):
            words = f"The new values are there, but {lost} came back different. Compare them."
            return outcome_of(change, "in_doubt", words)
        words = "It was sent before; the record was read and holds the new values."
        return outcome_of(change, "updated", words)

    def _lost_children(self, change: Change, record: Mapping[str, Any]) -> str:
        """Name the children that an update which may have arrived has lost or doubled."""
        wanted = {**(change.before or {}), **(change.payload or {})}
        return ", ".join(
            each.field
            for each in self._entity.children
            if not same(
                self._entity.by_name[each.field],
                stored_value(self._entity, each.field, record) or [],
                (change.payload or {}).get(each.field)
                or stored_value(self._entity, each.field, wanted)
                or [],
            )
        )
