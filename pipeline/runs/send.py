"""Sends one change: intent to the journal, request, what came of it. Called from any thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from pipeline.api import reading
from pipeline.api.client import Answer, Client
from pipeline.api.replies import Verdict
from pipeline.api.watching import HeldBack
from pipeline.errors import PipelineError, StoppedError
from pipeline.planning.overlay import same, stored_value
from pipeline.planning.plan import Change
from pipeline.planning.sequence import is_half_done
from pipeline.runs.journal import Journal
from pipeline.runs.lines import is_doubtful
from pipeline.runs.outcome import Outcome, outcome_of
from pipeline.runs.watchers import Log, RowWatcher
from pipeline.schema import Child, Entity

METHODS = {"create": "POST", "update": "PUT", "delete": "DELETE"}


@dataclass(frozen=True)
class Sent:
    """What came of sending a change.

    Without an outcome it may have been carried out, or not: the journal's attempts tell. An error
    besides means that the run has to stop; `held_back` that the record is to be read again first.
    """

    change: Change
    outcome: Outcome | None
    error: PipelineError | None = None
    held_back: bool = False


class Sender:
    """Sends changes of one run; what it learns of the account serves all threads."""

    def __init__(
        self, entity: Entity, client: Client, journal: Journal, run: int, log: Log
    ) -> None:
        self._entity = entity
        self._client = client
        self._journal = journal
        self._run = run
        self._log = log
        self._proven = False

    def goes_alone(self, change: Change) -> bool:
        """Whether nothing else may be under way: the first update of a record with children.

        No document says what an update does to them, so that one is read back first.
        """
        return (
            not self._proven
            and (change.action == "update" or is_half_done(change))
            and any(self._has(change, each) for each in self._entity.children)
        )

    def send(self, change: Change, is_old: Callable[[], bool]) -> Sent:
        """Carry out one change; it is held back when `is_old` says so the moment it would leave."""
        watcher = RowWatcher(self._journal, self._run, change.row, self._log, is_old)
        try:
            answer = self._client.send(
                METHODS[change.action],
                self._path(change),
                payload=change.payload,
                watcher=watcher,
            )
            return self._judged(change, answer)
        except HeldBack:
            return Sent(change, None, held_back=True)
        except PipelineError as error:
            return Sent(change, None, error)

    def _path(self, change: Change) -> str:
        path = self._entity.path
        return f"{path}/{change.record_id}" if change.action == "delete" else path

    def _judged(self, change: Change, answer: Answer) -> Sent:
        gone = change.action == "delete" and answer.reply.status == HTTPStatus.NOT_FOUND
        if answer.verdict is Verdict.REJECTED and not gone:
            if change.action == "update" and self._had_doubts(change) and self._arrived(change):
                words = "An answer was lost; the record was read and holds the new values."
                return Sent(change, outcome_of(change, "updated", words))
            words = f" it: {answer.words}" if answer.words else " it."
            return Sent(change, outcome_of(change, "rejected", f"The server refused{words}"))
        if change.action == "create":
            return self._created(change, answer)
        if change.action == "delete":
            return Sent(change, self._deleted(change, answer))
        return self._updated(change, answer)

    def _created(self, change: Change, answer: Answer) -> Sent:
        if answer.verdict is Verdict.IN_DOUBT:
            return Sent(change, None)
        number = answer.reply.record_id
        return Sent(change, Outcome(change.row, "created", warnings(change), number))

    def _updated(self, change: Change, answer: Answer) -> Sent:
        if answer.verdict is Verdict.IN_DOUBT and not self._arrived(change):
            words = "Sent, but no answer came, and the record does not hold the new values yet."
            return Sent(change, outcome_of(change, "in_doubt", words))
        try:
            lost = [self._children_lost(change, each) for each in self._entity.children]
        except PipelineError as error:
            words = "The update went through, but could not be read back to see what became of it."
            return Sent(change, outcome_of(change, "in_doubt", words), error)
        if wrong := " ".join(filter(None, lost)):
            return Sent(change, outcome_of(change, "in_doubt", wrong), StoppedError(wrong))
        return Sent(change, outcome_of(change, "updated", warnings(change)))

    def _had_doubts(self, change: Change) -> bool:
        """Whether an earlier sending of the row may have been carried out."""
        return any(map(is_doubtful, self._journal.attempts(self._run, change.row)))

    def _arrived(self, change: Change) -> bool:
        record = self._read(change)
        fields = [each.field for each in change.differences]
        payload = change.payload or {}
        return record is not None and holds(
            self._entity, record, {each: payload[each] for each in fields}
        )

    def _has(self, change: Change, child: Child) -> bool:
        before = stored_value(self._entity, child.field, change.before or {})
        return bool(before or (change.payload or {}).get(child.field))

    def _children_lost(self, change: Change, child: Child) -> str | None:
        if self._proven or not self._has(change, child):
            return None
        field = self._entity.by_name[child.field]
        before = stored_value(self._entity, child.field, change.before or {})
        sent = (change.payload or {}).get(child.field)
        now = stored_value(self._entity, child.field, self._read(change) or {})
        if same(field, now, sent):
            self._proven = True
            return None
        return (
            f"The update went through, but {child.field} came back different: sent "
            f"'{field.kind.show(sent) or 'none'}', now '{field.kind.show(now) or 'none'}', before "
            f"'{field.kind.show(before) or 'none'}'. The run stops before more are touched; "
            f"set them by hand for '{change.name}'."
        )

    def _deleted(self, change: Change, answer: Answer) -> Outcome:
        if answer.verdict is Verdict.IN_DOUBT and self._read(change) is not None:
            words = "Sent, but no answer came, and the record is still there."
            return outcome_of(change, "in_doubt", words)
        return outcome_of(change, "deleted", "")

    def _read(self, change: Change) -> Mapping[str, Any] | None:
        ids = [change.record_id or 0]
        return next(iter(reading.whole_records(self._client, self._entity, ids)), None)


def method_of(change: Change) -> str:
    """Return the verb that carries a change out, or that adds the links a new record lacks."""
    return METHODS["update" if is_half_done(change) else change.action]


def holds(entity: Entity, record: Mapping[str, Any], payload: Mapping[str, Any]) -> bool:
    """Whether a record has all the values of a payload that can be read back."""
    children = {each.field for each in entity.children}
    return all(
        same(entity.by_name[name], stored_value(entity, name, record), value)
        for name, value in payload.items()
        if entity.by_name[name].on_read or name in children
    )


def warnings(change: Change) -> str:
    """Return the warnings of a row's plan in one line."""
    return " ".join(f"{each.column}: {each.message}" for each in change.problems)
