"""Carries changes out: in sheet order, by as many senders as the service's pace asks for.

With `send.py` the only code that writes to an account. No POST is ever sent twice without proof
that the first was not stored.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import NamedTuple

from pipeline.api.client import Client
from pipeline.api.replies import Verdict
from pipeline.errors import PipelineError, ProtocolError, StoppedError
from pipeline.planning.plan import Change
from pipeline.planning.sequence import is_half_done, is_unborn
from pipeline.runs.doubts import Doubts, Search
from pipeline.runs.fresh import Fresh
from pipeline.runs.journal import Journal
from pipeline.runs.lines import Attempt, Run, is_doubtful
from pipeline.runs.linking import Linking
from pipeline.runs.outcome import Outcome, outcome_of
from pipeline.runs.send import Sender, Sent, method_of
from pipeline.runs.senders import Landed, Senders
from pipeline.runs.terms import Applied, Terms
from pipeline.schema import Entity

MAX_SENDERS = 160  # what 100 requests a second ask for where an answer takes a second
SPARE = 1.5  # senders for each one that the pace asks for: answers jitter
MAX_SPARE = 20
DOUBTS_AT_ONCE = 5  # so many lost answers: look for them before more is sent
MAX_SENDINGS = 5  # of one create, each but the last proven not stored
MAX_FAILED_IN_A_ROW = 20  # sendings without one answer: the service is ill
TICK_SECONDS = 0.5  # how soon a signal is heeded while answers are waited for
SOON_SECONDS = 0.02  # an intent that comes so soon takes along what waits to be written
GRACE_SECONDS = 5.0  # over the time an answer may take, when a run is stopped


class Apply:
    """One run being carried out. Everything but `Sender.send` happens in the caller's thread.

    `planned_at` (clock seconds) is when the records of the plan were read.
    """

    def __init__(  # noqa: PLR0913 - what a run consists of
        self,
        run: Run,
        entity: Entity,
        client: Client,
        journal: Journal,
        terms: Terms,
        *,
        planned_at: float = -math.inf,
    ) -> None:
        self._run = run.id
        self._client = client
        self._journal = journal
        self._terms = terms
        self._known = set(run.known)
        self._sender = Sender(entity, client, journal, run.id, terms.log)
        search = Search(entity, client, self._known)
        self._fresh = Fresh(entity, client, search, planned_at)
        self._doubts = Doubts(search, client, terms)
        self._waiting: deque[Change] = deque()
        self._linking = Linking(entity, journal.outcomes(run.id), journal.names(run.id))
        self._entity = entity
        self._flying: dict[int, _Flight] = {}  # by row
        self._alone = False
        self._sendings: Counter[int] = Counter()
        self._tried: set[int] = set()
        self._held_back: set[int] = set()
        self._senders: Senders[int, Sent] = Senders(MAX_SENDERS)
        self._written_before = client.tally.written
        self._ended = self._failed = self._in_a_row = 0

    def carry_out(self, changes: Sequence[Change]) -> Applied:
        """Send what writes; returns one outcome per row of the run's file.

        Never raises for what the service, the network or a full disk does: the run then ends
        early, and what the journal knows of each row is true; a resume looks for the rest.
        """
        self._waiting = deque(self._linking.in_order(each for each in changes if each.writes))
        self._terms.brake.release()
        stopped: PipelineError | None = None
        try:
            while self._waiting or self._flying or self._doubts:
                self._step()
            self._journal.keep_rates(self._client.pacer.found())
        except PipelineError as error:
            stopped = error
            self._terms.brake.halt()
            with suppress(PipelineError):  # a full disk: the first reason is the one that is told
                self._wait_for_answers()
                self._give_up_doubts()
                self._journal.keep_rates(self._client.pacer.found())
        finally:
            self._senders.close()
        outcomes = self._journal.outcomes(self._run)
        return Applied(tuple(map(_in_words, outcomes)) if stopped else outcomes, stopped)

    def take_up(self, change: Change, attempts: Sequence[Attempt]) -> bool:
        """Hear of what an earlier process sent; True when the row has to be looked for first."""
        sent = _of(change, attempts)
        doubtful = any(map(is_doubtful, sent))
        if doubtful or any(each.verdict == Verdict.DONE.name for each in sent):
            self._tried.add(change.row)
        if doubtful and is_unborn(change):
            self._doubts.add(change, sent)
            self._linking.expect(change)
            return True
        return False

    # ---- one step of the loop

    def _step(self) -> None:
        self._terms.brake.check(self._written())
        self._check_failures()
        if self._flying and not self._may_send():
            self._land(TICK_SECONDS)
        elif self._doubts and (self._next() is None or len(self._doubts) >= DOUBTS_AT_ONCE):
            self._settle_doubts()
        else:
            self._launch()
        self._terms.watch.tick()

    def _written(self) -> int:
        return self._client.tally.written - self._written_before

    def _may_send(self) -> bool:
        if self._alone or len(self._doubts) >= DOUBTS_AT_ONCE:
            return False
        if len(self._flying) >= self._senders_wanted():
            return False
        if not self._terms.brake.allows(self._written() + len(self._flying) + 1):
            return False  # those under way may all be still to be counted
        place = self._next()
        return place is not None and not self._sender.goes_alone(self._waiting[place])

    def _next(self) -> int | None:
        """Return the place of the first change that need not wait for another row."""
        ready = (n for n, each in enumerate(self._waiting) if self._linking.is_ready(each))
        return next(ready, None)

    def _senders_wanted(self) -> int:
        """Return how many requests have to be under way for the pace to be kept."""
        pacer = self._client.pacer
        rate = pacer.rate("write")
        if math.isinf(rate) or not (seconds := pacer.busy_seconds("write")):
            return 1
        asked = rate * seconds
        wanted = max(math.ceil(min(asked * SPARE, asked + MAX_SPARE)), 1)
        return min(wanted + pacer.stalled("write"), MAX_SENDERS)

    def _launch(self) -> None:
        place = self._next()
        if place is None:  # nothing is under way that any of them could wait for
            self._linking.give_up()
            place = 0
        first = self._waiting[place]
        del self._waiting[place]
        change = self._current(first)
        if isinstance(change, Outcome):
            self._end(change)
            return
        if first.links:
            links = self._linking.leaves(first, change)
            self._journal.ready(self._run, self._entity, change, links)
        self._alone = self._sender.goes_alone(change)
        # Once only: a pace slower than records grow old must not keep a row for ever.
        is_old = _never if first.row in self._held_back else partial(self._fresh.is_old, change)
        self._flying[first.row] = _Flight(first, change)
        self._senders.start(first.row, partial(self._sender.send, change, is_old))

    def _current(self, first: Change) -> Change | Outcome:
        """Return what is to be sent of a change now, or the outcome that makes it needless."""
        following = chain((first,), self._waiting)
        if not is_half_done(first):
            change = self._linking.filled(first)
            if isinstance(change, Outcome):
                return change
            return self._fresh.current(change, following, tried=first.row in self._tried)
        if not self._linking.begins(first):
            return outcome_of(first, "unchanged")
        record = self._fresh.made(first, following, self._terms.brake.sleep)
        if record is None:
            return outcome_of(first, "stale", "It was deleted meanwhile.")
        return self._linking.completed(first, record) or outcome_of(first, "unchanged")

    # ---- answers

    def _land(self, seconds: float) -> bool:
        """Take in what has ended; False when nothing did in so many seconds."""
        if (first := self._landing(seconds)) is None:
            return False
        landed = [first]
        while len(landed) < len(self._flying) and (more := self._senders.next_landed(0)):
            landed.append(more)
        errors = [error for each in landed if (error := self._take_in(each)) is not None]
        if errors:
            raise errors[0]
        return True

    def _landing(self, seconds: float) -> Landed[int, Sent] | None:
        """Wait for what ends next; what the journal keeps for the next intent waits no longer."""
        if landed := self._senders.next_landed(SOON_SECONDS):
            return landed
        self._journal.flush()
        return self._senders.next_landed(seconds)

    def _take_in(self, landed: Landed[int, Sent]) -> PipelineError | None:
        planned, change = self._flying.pop(landed.key)
        self._alone = False
        sent = landed.result
        if sent is None:  # ours to mend; the run ends in order
            self._without_outcome(change)
            kind = type(landed.strange).__name__
            error = ProtocolError(f"Row {change.row}: {kind} ({landed.strange}).")
            error.__cause__ = landed.strange
            return error
        if sent.held_back:
            self._held_back.add(change.row)
            self._waiting.appendleft(planned)
            return None
        self._sendings[change.row] += 1
        if sent.outcome is not None:
            self._end(sent.outcome)
        else:
            self._without_outcome(change)
        return sent.error

    def _without_outcome(self, change: Change) -> None:
        """Tell a create that may be stored from a row of which nothing left."""
        attempts = _of(change, self._journal.attempts(self._run, change.row))
        if not any(map(is_doubtful, attempts)):
            return
        if change.action == "create":
            self._in_a_row += 1
            self._doubts.add(change, attempts)
            return
        words = "Sent, but no answer came. A resume reads the record before it sends again."
        self._end(outcome_of(change, "in_doubt", words))

    def _end(self, outcome: Outcome) -> None:
        outcome, rest, has_all_links = self._linking.after(outcome)
        self._journal.settle(self._run, [outcome])
        if has_all_links:
            self._journal.linked(self._run, outcome.row)
        if outcome.status == "created" and outcome.record_id is not None:
            self._known.add(outcome.record_id)
        if rest is not None:
            self._waiting.append(rest)
            self._in_a_row = 0
            return
        self._ended += 1
        self._failed += outcome.status in {"rejected", "in_doubt"}
        self._in_a_row = self._in_a_row + 1 if outcome.status == "in_doubt" else 0
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
        not_stored = []
        for settled in self._doubts.settle():
            if isinstance(settled, Outcome):
                self._end(settled)
            else:
                self._journal.not_stored(self._run, settled.row)
                not_stored.append(settled)
        self._waiting.extendleft(reversed(self._worth_sending(not_stored)))

    def _worth_sending(self, changes: Iterable[Change]) -> list[Change]:
        """Return the changes that were not sent too often; the others end as rejected."""
        again = []
        for change in changes:
            if self._sendings[change.row] < MAX_SENDINGS:
                again.append(change)
                continue
            words = f"The server failed all of {MAX_SENDINGS} times; nothing was stored."
            self._end(outcome_of(change, "rejected", words))
        return again

    # ---- the end before the end

    def _wait_for_answers(self) -> None:
        """Let the requests under way end, as long as an answer may take; journal them."""
        left = self._client.settings.timeout_seconds + GRACE_SECONDS
        while self._flying and left > 0:
            with suppress(PipelineError):  # the first reason to stop is the one that is told
                left -= 0 if self._land(TICK_SECONDS) else TICK_SECONDS
        for flight in list(self._flying.values()):
            self._without_outcome(flight.sent)

    def _give_up_doubts(self) -> None:
        for change in self._doubts.give_up():
            words = (
                "Sent, but no answer came, and no such record was found yet. "
                f"Run `nexudus-bulk resume {self._run:04}`: it checks before it sends."
            )
            self._end(outcome_of(change, "in_doubt", words))


class _Flight(NamedTuple):
    """A change under way, as it was planned and as it was sent."""

    planned: Change
    sent: Change


def _of(change: Change, attempts: Iterable[Attempt]) -> list[Attempt]:
    """Return the sendings of what is to be sent now: a new record's links follow by another."""
    return [each for each in attempts if each.method == method_of(change)]


def _never() -> bool:
    return False


def _in_words(outcome: Outcome) -> Outcome:
    if outcome.status != "unsent" or outcome.message:
        return outcome
    return replace(outcome, message="The run stopped before this row.")
