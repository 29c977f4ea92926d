"""Updates laid over the record as it is when they are sent: hours may lie between plan and end."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import islice
from typing import Any

from pipeline.api import reading
from pipeline.api.client import Client
from pipeline.planning.plan import Change
from pipeline.planning.refresh import refreshed
from pipeline.planning.stored import Record
from pipeline.runs.outcome import Outcome
from pipeline.schema import Entity

FRESH_SECONDS = 60.0  # how old a record may be under an update
BATCH = 100  # records, as many as one read by ids brings


class Fresh:
    """Reads records ahead of their updates, many in one request.

    `planned_at` (clock seconds) is when the records of the plan were read.
    """

    def __init__(self, entity: Entity, client: Client, planned_at: float) -> None:
        self._entity = entity
        self._client = client
        self._planned_at = planned_at
        self._read_at = -math.inf
        self._ids: frozenset[int] = frozenset()
        self._records: dict[int, Record] = {}

    def current(
        self, change: Change, following: Iterable[Change], *, tried: bool
    ) -> Change | Outcome:
        """Return what is to be sent now, or the outcome of a row that needs no sending any more.

        `following` are the next changes, `change` among them, whose records are read with it;
        `tried` says that an earlier sending may have arrived.
        """
        now = self._client.clocks.monotonic()
        if change.record_id is None or now - self._planned_at <= FRESH_SECONDS:
            return change
        if change.record_id not in self._ids or now - self._read_at > FRESH_SECONDS:
            self._read(following, now)
        record = self._records.get(change.record_id)
        if record is None:
            status = "deleted" if change.action == "delete" else "stale"
            return _outcome(change, status, "It was deleted meanwhile.")
        if change.action == "delete":
            return change
        fresh = refreshed(self._entity, change, record)
        return fresh.change or _overtaken(change, fresh.moved, tried=tried)

    def _read(self, following: Iterable[Change], now: float) -> None:
        ids = (each.record_id for each in following if each.record_id is not None)
        batch = list(islice(ids, BATCH))
        records = reading.whole_records(self._client, self._entity, batch)
        self._records = {each["Id"]: each for each in records}
        self._ids, self._read_at = frozenset(batch), now


def _overtaken(change: Change, moved: tuple[str, ...], *, tried: bool) -> Outcome:
    if moved:
        words = (
            f"Changed by somebody else since it was planned: {', '.join(moved)}. "
            "Nothing was sent; import the file again to see what differs now."
        )
        return _outcome(change, "stale", words)
    if tried:
        words = "The answer was lost; the record was read and holds the new values."
        return _outcome(change, "updated", words)
    return _outcome(change, "unchanged", "It holds the new values already.")


def _outcome(change: Change, status: Any, words: str) -> Outcome:
    return Outcome(change.row, status, words, change.record_id)
