"""Carries a plan out, row by row: intent to the journal, send, outcome to the journal.

With `journal.py` the only code that writes to an account. No POST is ever sent twice without a
look-up between: after a lost answer the record is looked for first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.api import reading
from pipeline.api.client import Answer, Client
from pipeline.api.limits import DAY
from pipeline.api.replies import Verdict
from pipeline.errors import PipelineError, ProtocolError, StoppedError
from pipeline.planning.overlay import same, stored_value
from pipeline.planning.plan import Change, Plan
from pipeline.planning.stored import same_name
from pipeline.runs.journal import Journal
from pipeline.runs.outcome import Outcome
from pipeline.schema import Child, Entity

SETTLE_SECONDS = (
    1.0,
    3.0,
)  # pauses before a lost record is looked for: reads may lag behind writes
METHODS = {"create": "POST", "update": "PUT", "delete": "DELETE"}


@dataclass(frozen=True)
class Applied:
    """One outcome per row of the plan; `stopped` is the error that ended the run early, if any."""

    outcomes: tuple[Outcome, ...]
    stopped: PipelineError | None = None


def without_sending(plan: Plan, stopped: PipelineError | None = None) -> Applied:
    """Return the outcomes of a plan of which nothing is sent."""
    return Applied(tuple(_unsent(change) for change in plan.changes), stopped)


def apply(  # noqa: PLR0913 - the two hooks are by keyword
    plan: Plan,
    entity: Entity,
    client: Client,
    journal: Journal,
    run: int,
    *,
    tell: Callable[[Outcome], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> Applied:
    """Send every change that writes, in sheet order; `stop` is asked between two rows.

    Never raises for what the service or the network does: the run then ends early, with every row
    that was not sent marked so.
    """
    client.pacer.spent("write", journal.seconds_since_writes(DAY))
    client.on_write = journal.wrote
    sender = _Sender(entity, client, journal, run, set(plan.known_ids))
    outcomes: list[Outcome] = []
    stopped: PipelineError | None = None
    for change in plan.changes:
        if stopped is None and change.writes and stop():
            stopped = StoppedError("Stopped on request.")
        outcome, error = _unsent(change), None
        if stopped is None and change.writes:
            outcome, error = sender.send(change)
        stopped = stopped or error
        journal.settle(run, [outcome])
        outcomes.append(outcome)
        tell(outcome)
    journal.end(run, str(stopped) if stopped else None)
    return Applied(tuple(outcomes), stopped)


def _unsent(change: Change) -> Outcome:
    """Return the outcome of a row for which nothing is sent (or not any more)."""
    words = " ".join(
        f"{each.column}: {each.message} {each.hint}".strip() if each.column else each.message
        for each in change.problems
    )
    if change.action in {"blocked", "invalid", "unchanged"}:
        return Outcome(change.row, change.action, words, change.record_id)
    if change.action == "skip":
        return Outcome(change.row, "unchanged", "Left out: Action is skip.", change.record_id)
    return Outcome(change.row, "unsent", words, change.record_id)


class _Sender:
    """Sends one change after another; remembers what is known of the account meanwhile."""

    def __init__(
        self, entity: Entity, client: Client, journal: Journal, run: int, known: set[int]
    ) -> None:
        self._entity = entity
        self._client = client
        self._journal = journal
        self._run = run
        self._known = known
        self._children_proven = False
        self._maybe_written = False

    def send(self, change: Change) -> tuple[Outcome, PipelineError | None]:
        """Carry out one change; an error besides the outcome means that the run has to stop."""
        self._maybe_written = False
        try:
            if change.action == "create":
                return self._create(change), None
            if change.action == "delete":
                return self._delete(change), None
            return self._update(change)
        except PipelineError as error:
            return self._cut_off(change, error), error

    def _request(self, change: Change, path: str) -> Answer:
        method = METHODS[change.action]
        attempt = self._journal.intend(self._run, change.row, method)
        answer = self._client.send(method, path, payload=change.payload)
        self._journal.answered(attempt, answer.verdict.name, answer.reply.status)
        self._maybe_written = answer.verdict in {Verdict.DONE, Verdict.IN_DOUBT}
        return answer

    def _cut_off(self, change: Change, error: PipelineError) -> Outcome:
        """Tell a row that surely was not written from one of which nobody knows."""
        if self._maybe_written or isinstance(error, ProtocolError):
            return Outcome(change.row, "in_doubt", f"Sent, but: {error}", change.record_id)
        return _unsent(change)

    # ---- create

    def _create(self, change: Change) -> Outcome:
        answer = self._request(change, self._entity.path)
        if answer.verdict is Verdict.IN_DOUBT:
            if fresh := self._look_for(change):
                return self._adopt(change, fresh)
            answer = self._request(change, self._entity.path)
        if answer.verdict is Verdict.IN_DOUBT:
            return self._adopt(change, self._look_for(change))
        if answer.verdict is Verdict.REJECTED:
            return _rejected(change, answer)
        record_id = answer.reply.record_id
        assert record_id is not None
        self._known.add(record_id)
        return Outcome(change.row, "created", _warnings(change), record_id)

    def _look_for(self, change: Change) -> list[int]:
        """Return the ids of records of this name that were not there before."""
        for pause in SETTLE_SECONDS:
            self._client.sleep(pause)
            if fresh := self._fresh(change):
                return fresh
        return []

    def _fresh(self, change: Change) -> list[int]:
        place, name = self._entity.key
        filters = {self._entity.filter_name(place): change.place}
        return [
            int(each["Id"])
            for each in reading.listing(self._client, self._entity.path, filters)
            if each["Id"] not in self._known
            and each.get(place) == change.place
            and same_name(each.get(name)) == same_name(change.name)
        ]

    def _holds(self, record: Mapping[str, Any], payload: Mapping[str, Any]) -> bool:
        by_name = self._entity.by_name
        return all(
            same(by_name[name], stored_value(self._entity, name, record), value)
            for name, value in payload.items()
            if by_name[name].on_read or name in {each.field for each in self._entity.children}
        )

    def _adopt(self, change: Change, fresh: list[int]) -> Outcome:
        """Take the one new record that holds what was sent; the rest is for a person to see."""
        records = list(reading.whole_records(self._client, self._entity, fresh))
        ours = [each for each in records if self._holds(each, change.payload or {})]
        if len(fresh) == len(ours) == 1:
            self._known.add(fresh[0])
            words = "The answer was lost; the record was looked up and is there, once."
            return Outcome(change.row, "created", words, fresh[0])
        if fresh:
            ids = ", ".join(map(str, fresh))
            words = f"Sent, but no answer came. New records of this name: {ids}. Compare them."
        else:
            words = (
                "Sent twice, but no answer came and no such record was found. "
                "Import the file again: what exists is found by its name."
            )
        return Outcome(change.row, "in_doubt", words)

    # ---- update and delete

    def _update(self, change: Change) -> tuple[Outcome, PipelineError | None]:
        answer = self._request(change, self._entity.path)
        if answer.verdict is Verdict.REJECTED:
            return _rejected(change, answer), None
        if answer.verdict is Verdict.IN_DOUBT and not self._arrived(change):
            words = "Sent, but no answer came, and the record does not hold the new values yet."
            return Outcome(change.row, "in_doubt", words, change.record_id), None
        for child in self._entity.children:
            if wrong := self._children_lost(change, child):
                return Outcome(change.row, "in_doubt", wrong, change.record_id), StoppedError(wrong)
        return Outcome(change.row, "updated", _warnings(change), change.record_id), None

    def _arrived(self, change: Change) -> bool:
        record = self._read(change)
        return record is not None and self._holds(
            record, {each.field: (change.payload or {})[each.field] for each in change.differences}
        )

    def _children_lost(self, change: Change, child: Child) -> str | None:
        """Read back the first update with children: no document says what becomes of them."""
        field = self._entity.by_name[child.field]
        before = stored_value(self._entity, child.field, change.before or {})
        sent = (change.payload or {}).get(child.field)
        if self._children_proven or not (before or sent):
            return None
        record = self._read(change) or {}
        now = stored_value(self._entity, child.field, record)
        if same(field, now, sent):
            self._children_proven = True
            return None
        return (
            f"The update went through, but {child.field} came back different: sent "
            f"'{field.kind.show(sent) or 'none'}', now '{field.kind.show(now) or 'none'}', before "
            f"'{field.kind.show(before) or 'none'}'. The run stops before more are touched; "
            f"set them by hand for '{change.name}'."
        )

    def _delete(self, change: Change) -> Outcome:
        answer = self._request(change, f"{self._entity.path}/{change.record_id}")
        gone = answer.reply.status == 404  # noqa: PLR2004 - already gone is what was wanted
        if answer.verdict is Verdict.REJECTED and not gone:
            return _rejected(change, answer)
        if answer.verdict is Verdict.IN_DOUBT and self._read(change) is not None:
            words = "Sent, but no answer came, and the record is still there."
            return Outcome(change.row, "in_doubt", words, change.record_id)
        return Outcome(change.row, "deleted", "", change.record_id)

    def _read(self, change: Change) -> Mapping[str, Any] | None:
        ids = [change.record_id or 0]
        return next(iter(reading.whole_records(self._client, self._entity, ids)), None)


def _rejected(change: Change, answer: Answer) -> Outcome:
    words = f"The server refused it: {answer.words}" if answer.words else "The server refused it."
    return Outcome(change.row, "rejected", words, change.record_id)


def _warnings(change: Change) -> str:
    return " ".join(f"{each.column}: {each.message}" for each in change.problems)
