"""Carries changes out: in sheet order, by as many senders as the service's pace asks for.

With `send.py` the only code that writes to an account. No POST is ever sent twice without proof
that the first was not stored.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Protocol

from pipeline.api import reading
from pipeline.api.client import Client
from pipeline.api.limits import DAY
from pipeline.errors import PipelineError, StoppedError
from pipeline.planning.plan import Change, Plan
from pipeline.planning.refresh import refreshed
from pipeline.planning.stored import Record
from pipeline.runs.brake import Brake
from pipeline.runs.doubts import Doubt, Search
from pipeline.runs.failures import FailureLimit
from pipeline.runs.journal import Attempt, Journal, Run, is_doubtful
from pipeline.runs.outcome import Outcome, Status
from pipeline.runs.send import Log, RunWatcher, Sender, Sent
from pipeline.schema import Entity

MAX_SENDERS = 16
SPARE = 1.5  # senders for each one that the pace asks for: answers jitter
FRESH_SECONDS = 60.0  # how old a record may be under an update: hours lie between plan and end
FRESH_BATCH = 100  # records, as many as one read by ids brings
DOUBTS_AT_ONCE = 5  # so many lost answers: look for them before more is sent
MAX_SENDINGS = 5  # of one create, each but the last proven not stored
MAX_FAILED_IN_A_ROW = 20  # sendings without one answer: the service is ill
TICK_SECONDS = 0.5  # how soon a signal is heeded while answers are waited for
GRACE_SECONDS = 5.0  # over the time an answer may take, when a run is stopped
PAUSES = (1.0, 2.0, 4.0, 8.0)  # seconds between two looks for a record; the last one repeats


class Watch(Protocol):
    """Sees the run go on."""

    def row(self, outcome: Outcome) -> None:
        """Hear of a row that ended."""

    def tick(self) -> None:
        """Hear that time passes."""


@dataclass(frozen=True)
class Applied:
    """One outcome per row of the file; `stopped` is the error that ended the run early, if any."""

    outcomes: tuple[Outcome, ...]
    stopped: PipelineError | None = None


@dataclass(frozen=True)
class Terms:
    """On what terms a run is carried out."""

    brake: Brake
    watch: Watch
    log: Log
    failures: FailureLimit


def unsent(change: Change) -> Outcome:
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


def without_sending(plan: Plan) -> Applied:
    """Return the outcomes of a plan of which nothing is sent."""
    return Applied(tuple(unsent(change) for change in plan.changes))


def watch_requests(client: Client, journal: Journal, log: Log) -> None:
    """Count every request from now on, and begin with what earlier processes used and found."""
    client.pacer.spent("write", journal.seconds_since_writes(DAY))
    client.pacer.remember(journal.found_rates())
    client.watcher = RunWatcher(journal, log)


@dataclass
class _Ahead:
    """Records read ahead of their updates, and when."""

    records: dict[int, Record] = field(default_factory=dict)
    read_at: float = -math.inf
    ids: frozenset[int] = frozenset()

    def knows(self, number: int | None, now: float) -> bool:
        return number in self.ids and now - self.read_at <= FRESH_SECONDS


class Apply:
    """One run being carried out. Everything but `Sender.send` happens in the caller's thread."""

    def __init__(
        self, run: Run, entity: Entity, client: Client, journal: Journal, terms: Terms
    ) -> None:
        self._run = run.id
        self._entity = entity
        self._client = client
        self._journal = journal
        self._terms = terms
        self._known = set(run.known)
        self._sender = Sender(entity, client, journal, run.id, terms.log)
        self._search = Search(entity, client, self._known)
        self._waiting: deque[Change] = deque()
        self._flying: dict[Future[Sent], Change] = {}
        self._alone = False
        self._doubts: dict[int, Doubt] = {}
        self._sendings: dict[int, int] = {}
        self._tried: set[int] = set()
        self._ahead = _Ahead()
        self._planned_at = -math.inf
        self._senders = ThreadPoolExecutor(MAX_SENDERS, thread_name_prefix="sender")
        self._ended = self._failed = self._in_a_row = 0

    def carry_out(self, changes: Sequence[Change], *, planned_at: float = -math.inf) -> Applied:
        """Send what writes; `planned_at` (clock seconds) is when the records were read.

        Never raises for what the service or the network does: the run then ends early, and the
        journal knows of each row what became of it.
        """
        self._waiting = deque(each for each in changes if each.writes)
        self._planned_at = planned_at
        self._terms.brake.release()
        stopped: PipelineError | None = None
        try:
            while self._waiting or self._flying or self._doubts:
                self._step()
        except PipelineError as error:
            stopped = error
            self._wait_for_answers()
            self._give_up_doubts()
        finally:
            self._senders.shutdown(wait=False, cancel_futures=True)
        self._journal.keep_rates(self._client.pacer.found())
        return Applied(self._journal.outcomes(self._run), stopped)

    def tried(self, rows: Iterable[int]) -> None:
        """Hear which rows an earlier process may have sent."""
        self._tried.update(rows)

    def doubt(self, change: Change, attempts: Iterable[Attempt]) -> None:
        """Take up a create that may have been stored, by this process or an earlier one."""
        settings = self._client.settings
        sent = list(attempts)
        certain_at = max(
            (each.ended if each.ended and each.status else each.at + settings.timeout_seconds)
            for each in sent
            if is_doubtful(each)
        )
        self._doubts[change.row] = Doubt(
            change, min(each.at for each in sent), certain_at + settings.settle_seconds
        )

    # ---- one step of the loop

    def _step(self) -> None:
        self._terms.brake.check(self._client.tally.sent + len(self._flying))
        if self._flying and not self._may_send():
            self._land(TICK_SECONDS)
        elif self._doubts and (not self._waiting or len(self._doubts) >= DOUBTS_AT_ONCE):
            self._settle_doubts()
        else:
            self._launch()
        self._terms.watch.tick()

    def _may_send(self) -> bool:
        if not self._waiting or self._alone or len(self._doubts) >= DOUBTS_AT_ONCE:
            return False
        if self._sender.goes_alone(self._waiting[0]):
            return False
        return len(self._flying) < self._senders_wanted()

    def _senders_wanted(self) -> int:
        """Return how many requests have to be under way for the pace to be kept."""
        pacer = self._client.pacer
        rate, seconds = pacer.rate("write"), pacer.answer_seconds("write")
        if math.isinf(rate) or not seconds:
            return 1
        return min(max(math.ceil(rate * seconds * SPARE), 1), MAX_SENDERS)

    def _launch(self) -> None:
        change = self._current(self._waiting[0])
        self._waiting.popleft()
        if change is None:
            return
        self._alone = self._sender.goes_alone(change)
        self._flying[self._senders.submit(self._sender.send, change)] = change

    # ---- updates: the record as it is now

    def _current(self, change: Change) -> Change | None:
        """Return what is to be sent now; None when the row has ended without."""
        now = self._client.clocks.monotonic()
        if change.record_id is None or now - self._planned_at <= FRESH_SECONDS:
            return change
        if not self._ahead.knows(change.record_id, now):
            self._read_ahead()
        record = self._ahead.records.get(change.record_id)
        if record is None:
            gone: Status = "deleted" if change.action == "delete" else "stale"
            self._end(Outcome(change.row, gone, "It was deleted meanwhile.", change.record_id))
            return None
        if change.action == "delete":
            return change
        fresh = refreshed(self._entity, change, record)
        if fresh.change is None:
            self._end(self._overtaken(change, fresh.moved))
        return fresh.change

    def _overtaken(self, change: Change, moved: tuple[str, ...]) -> Outcome:
        if moved:
            words = (
                f"Changed by somebody else since it was planned: {', '.join(moved)}. "
                "Nothing was sent; import the file again to see what differs now."
            )
            return Outcome(change.row, "stale", words, change.record_id)
        if change.row in self._tried:
            words = "The answer was lost; the record was read and holds the new values."
            return Outcome(change.row, "updated", words, change.record_id)
        return Outcome(
            change.row, "unchanged", "It holds the new values already.", change.record_id
        )

    def _read_ahead(self) -> None:
        ids = [each.record_id for each in self._waiting if each.record_id is not None]
        batch = ids[:FRESH_BATCH]
        began = self._client.clocks.monotonic()
        records = reading.whole_records(self._client, self._entity, batch)
        self._ahead = _Ahead({each["Id"]: each for each in records}, began, frozenset(batch))

    # ---- answers

    def _land(self, seconds: float) -> bool:
        """Take in what has ended; False when nothing did in so many seconds."""
        landed, _ = wait(self._flying, timeout=seconds, return_when=FIRST_COMPLETED)
        errors = [error for each in landed if (error := self._take_in(each)) is not None]
        if errors:
            raise errors[0]
        self._check_failures()
        return bool(landed)

    def _take_in(self, future: Future[Sent]) -> PipelineError | None:
        change = self._flying.pop(future)
        sent = future.result()
        self._alone = False
        self._tried.add(change.row)
        self._sendings[change.row] = self._sendings.get(change.row, 0) + 1
        if sent.outcome is not None:
            self._in_a_row = 0
            self._end(sent.outcome)
        else:
            self._without_outcome(change)
        return sent.error

    def _without_outcome(self, change: Change) -> None:
        """Tell a create that may be stored from a row of which nothing left."""
        attempts = [
            each for each in self._journal.attempts(self._run, change.row) if is_doubtful(each)
        ]
        if change.action == "create" and attempts:
            self._in_a_row += 1
            self.doubt(change, attempts)
        elif attempts:
            words = "Sent, but no answer came. A resume reads the record before it sends again."
            self._end(Outcome(change.row, "in_doubt", words, change.record_id))

    def _end(self, outcome: Outcome) -> None:
        self._journal.settle(self._run, [outcome])
        if outcome.status == "created" and outcome.record_id is not None:
            self._known.add(outcome.record_id)
        self._ended += 1
        self._failed += outcome.status in {"rejected", "in_doubt"}
        self._terms.watch.row(outcome)

    def _check_failures(self) -> None:
        if reason := self._terms.failures.reason(self._ended, self._failed):
            raise StoppedError(reason)
        if self._in_a_row >= MAX_FAILED_IN_A_ROW:
            raise StoppedError(
                f"The service failed {self._in_a_row} times in a row: it seems to be ill."
            )

    # ---- creates whose answer was lost

    def _settle_doubts(self) -> None:
        """Look until each is found, or certain not to be stored: then it may be sent again."""
        for pause in _pauses():
            wait = min(pause, max(self._uncertain_seconds(), 0.1))
            self._terms.watch.tick()
            self._terms.brake.sleep(wait)
            looked_at = self._client.clocks.wall()
            found = self._search.look(self._doubts.values())
            for row, outcome in found.items():
                del self._doubts[row]
                self._end(outcome)
            for doubt in [d for d in self._doubts.values() if looked_at >= d.certain_at]:
                self._not_stored(doubt.change)
            if not self._doubts:
                return

    def _uncertain_seconds(self) -> float:
        """Return how long it takes until the first doubt is certain."""
        return min(each.certain_at for each in self._doubts.values()) - self._client.clocks.wall()

    def _not_stored(self, change: Change) -> None:
        del self._doubts[change.row]
        self._journal.not_stored(self._run, change.row)
        if self._sendings.get(change.row, 0) < MAX_SENDINGS:
            self._waiting.appendleft(change)
            return
        words = f"The server failed all of {MAX_SENDINGS} times; nothing was stored."
        self._end(Outcome(change.row, "rejected", words))

    # ---- the end before the end

    def _wait_for_answers(self) -> None:
        """Let the requests under way end, as long as an answer may take; journal them."""
        left = self._client.settings.timeout_seconds + GRACE_SECONDS
        while self._flying and left > 0:
            try:
                left -= 0 if self._land(TICK_SECONDS) else TICK_SECONDS
            except PipelineError:
                continue  # the first reason to stop is the one that is told
        for change in list(self._flying.values()):
            self._without_outcome(change)

    def _give_up_doubts(self) -> None:
        for doubt in self._doubts.values():
            words = (
                "Sent, but no answer came, and no such record was found yet. "
                f"Run `nexudus-bulk resume {self._run:04}`: it checks before it sends."
            )
            self._end(Outcome(doubt.change.row, "in_doubt", words))


def _pauses() -> Iterator[float]:
    yield from PAUSES
    while True:
        yield PAUSES[-1]
