"""The pacer: every request passes here, and none leaves before all windows have room for it.

A slot is freed a window's length after the *answer*, not after the sending: the service counted the
request before it answered, so no server with the same windows can ever refuse one, however answers
jitter. Once enough answers were timed, the shortest round trip is given back, less a margin.
Where answers take longer than the window, that would leave much of the rate unused: there a slot is
freed a window's length after the sending, plus what the way to the service may jitter.
The slots of a short window are spread over it: requests that leave together wait for each other on
this machine, and what they wait is lost from the rate.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from statistics import median
from threading import Lock

from pipeline.api.limits import Limit
from pipeline.api.search import RateSearch
from pipeline.api.watching import HeldBack
from pipeline.errors import StoppedError

FIRST_ANSWERS = 5  # answers before the round trip is trusted
TIMED_ANSWERS = 20  # answers after which it is trusted fully
LEAST_MARGIN_SECONDS = 0.002  # of the round trip, never given back
MAX_LEAD_SECONDS = 0.1  # a slot is taken no earlier than this before it is free
SLOW_SECONDS = 0.5  # from such answers on, slots of shorter windows are freed by the sending
SLOW_WINDOWS = 1.1  # answers that take so many windows are no answers to wait for
STALLED_TIMES = 3.0  # a request under way for so many times the usual has stalled
SPREAD_SECONDS = 2.0  # windows up to here are spread: a burst saves no more than that
SPREAD = 0.9  # of such a window: the rest makes up for what leaves late
CATCH_UP = 3  # requests that may leave together after a delay
JITTER_SECONDS = 0.03  # how much later than another a request may arrive
SENT_BEFORE_SECONDS = 1.0  # how long an answer of an earlier process may have taken
OVERDUE_SECONDS = 5.0  # a request without an answer for so long has arrived, or never will
IN_FLIGHT = float("inf")
MAX_WAIT_SECONDS = 3_700.0  # longer waits (the day's budget) stop the run instead
POLL_SECONDS = 0.002  # how soon to look again when an answer under way may free a slot
BUDGET_SECONDS = 600.0  # windows from here on are budgets: they set no pace


@dataclass(eq=False)
class Request:
    """A request in a window; times are the clock's seconds."""

    kind: str
    sent: float
    answered: float = IN_FLIGHT
    taken: float = 0.0  # when its slot was taken; `sent` may be a little later


@dataclass
class _Rounds:
    """How long answers of one kind take."""

    count: int = 0
    shortest: float = IN_FLIGHT
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=TIMED_ANSWERS + 1))
    busy: deque[float] = field(default_factory=lambda: deque(maxlen=TIMED_ANSWERS + 1))
    typical: float = 0.0  # seconds, the median of the recent ones

    def add(self, seconds: float, before: float) -> None:
        """Time an answer, and what came before its request left."""
        self.count += 1
        self.shortest = min(self.shortest, seconds)
        self.recent.append(seconds)
        self.typical = median(self.recent)
        self.busy.append(seconds + before)

    @property
    def given_back(self) -> float:
        """What a slot may be freed earlier than its answer: less the more answers jitter."""
        if self.count < FIRST_ANSWERS:
            return 0.0
        margin = max((self.typical - self.shortest) / 2, LEAST_MARGIN_SECONDS)
        return max(self.shortest - margin * max(TIMED_ANSWERS / self.count, 1.0), 0.0)


_UNTIMED = _Rounds()


@dataclass
class _Window:
    limit: Limit
    requests: deque[Request] = field(default_factory=deque)
    _due: float = 0.0  # when the next request may leave without a burst

    def add(self, request: Request) -> None:
        """Take a slot from when the request is to be sent."""
        self.requests.append(request)
        if self.limit.seconds <= SPREAD_SECONDS:
            step = SPREAD * self.limit.seconds / self.limit.count
            self._due = max(self._due, request.sent - CATCH_UP * step) + step

    def wait(self, now: float, free_at: Callable[[Request, float], float]) -> float:
        """Return the seconds until there is room; infinite when an answer has to come first."""
        span = self.limit.seconds
        while self.requests and free_at(self.requests[0], span) <= now:
            self.requests.popleft()
        due = self._due - now
        if len(self.requests) < self.limit.count:
            return due
        taken = sorted(at for each in self.requests if (at := free_at(each, span)) > now)
        if len(taken) < self.limit.count:
            return due
        return max(taken[len(taken) - self.limit.count] - now, due)


class Pacer:
    """Keeps all windows together, for any number of senders. `clock` is monotonic, in seconds.

    `sleep` may raise PipelineError, which ends a wait for a slot; `rest` never does: it is for the
    last moment, when the journal says already that the request leaves.
    """

    def __init__(
        self,
        limits: Iterable[Limit],
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        rest: Callable[[float], None] | None = None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.limits = tuple(limits)
        self._windows = [_Window(limit) for limit in self.limits]
        self._clock = clock
        self._sleep = sleep
        self._rest = rest or sleep
        self._wall = wall
        self._lock = Lock()
        # Of those who wait for a slot one looks for it, the others for their turn to look.
        self._turns: dict[str, Lock] = {"read": Lock(), "write": Lock()}
        self._under_way: set[Request] = set()
        self._held_until = 0.0
        self._refused_at = -IN_FLIGHT
        self._rounds: dict[str, _Rounds] = {}
        self._leads: deque[float] = deque(maxlen=TIMED_ANSWERS + 1)
        self._lead = 0.0  # seconds from a slot's being taken to the request's being ready
        self._searches: dict[str, RateSearch] = {}

    @contextmanager
    def slot(self, kind: str) -> Iterator[Callable[[], None]]:
        """Wait until a request of `kind` may leave; the block is that request.

        What is given is to be called when it leaves, if that is not at once.
        Raises StoppedError when the wait would be longer than an hour.
        """
        with self._turns[kind]:
            request = self._wait_for(kind)
        try:
            yield partial(self._leaves, request)
        except HeldBack:
            self._take_back(request)
            raise
        finally:
            self.done(request)

    def _wait_for(self, kind: str) -> Request:
        while (request := self.enter(kind)) is None:
            wait = self.wait_seconds(kind)
            if wait != IN_FLIGHT and wait > MAX_WAIT_SECONDS:
                raise StoppedError(self._budget_sentence(kind, wait))
            self._sleep(POLL_SECONDS if self._is_open(kind, wait) else wait)
        return request

    def _is_open(self, kind: str, wait: float) -> bool:
        """Whether answers under way may shorten a wait: no slot is free before, or they teach."""
        with self._lock:
            learns = self._rounds.get(kind, _UNTIMED).count < TIMED_ANSWERS
            return wait == IN_FLIGHT or (learns and bool(self._under_way))

    def enter(self, kind: str) -> Request | None:
        """Take a slot that is free by the time a request is ready; None when there is no room."""
        with self._lock:
            now = self._clock()
            wait = max(self._wait(kind, now), 0.0)
            return self._enter(kind, now, now + wait) if wait <= self._lead else None

    def _leaves(self, request: Request) -> None:
        """Wait until the slot is free, and date the request: what came before it jitters."""
        now = self._clock()
        if request.sent > now:
            self._rest(request.sent - now)
        with self._lock:
            request.sent = self._clock()
            self._search(request.kind).left(request.sent)
            self._leads.append(min(now - request.taken, MAX_LEAD_SECONDS))
            if len(self._leads) >= FIRST_ANSWERS:
                self._lead = median(self._leads)

    def _take_back(self, request: Request) -> None:
        with self._lock:
            self._under_way.discard(request)
            for window in self._windows:
                if request in window.requests:
                    window.requests.remove(request)

    def done(self, request: Request) -> None:
        """Give a slot back: the request was answered, or failed."""
        now = self._clock()
        with self._lock:
            if request not in self._under_way:
                return
            self._under_way.discard(request)
            request.answered = now
            rounds = self._rounds.setdefault(request.kind, _Rounds())
            rounds.add(now - request.sent, before=request.sent - request.taken)

    def wait_seconds(self, kind: str) -> float:
        """Return how long no slot can be taken; infinite when only an answer can free one."""
        with self._lock:
            return self._wait(kind, self._clock()) - self._lead

    # ---- what the service says

    def accepted(self, kind: str, seconds: float) -> None:
        """Learn from a request that the service let in, so many seconds after it was sent."""
        now = self._clock()
        with self._lock:
            self._search(kind).accept(now - seconds, now)

    def refused(self, kind: str, pause: float, seconds: float) -> None:
        """Hold everybody for `pause` seconds, and learn from it.

        Requests that were under way when the service first refused one teach nothing more.
        """
        now = self._clock()
        with self._lock:
            if now - seconds >= self._refused_at:
                self._search(kind).refuse(now, pause)
            self._refused_at = now
            self._held_until = max(self._held_until, now + pause)

    # ---- what other processes know

    def spent(self, kind: str, seconds_ago: Iterable[float]) -> None:
        """Count requests that were sent before this process began."""
        now = self._clock()
        before = sorted(now - ago for ago in seconds_ago)
        with self._lock:
            for window in (each for each in self._windows if each.limit.counts(kind)):
                window.requests.extend(
                    Request("", at, at + SENT_BEFORE_SECONDS)
                    for at in before
                    if at > now - window.limit.seconds
                )

    def remember(self, rates: Mapping[str, float]) -> None:
        """Begin with the rates (requests a second, by kind) that an earlier run found."""
        now = self._clock()
        for kind, rate in rates.items():
            if rate < self._configured(kind):
                self._searches[kind] = RateSearch.remembering(rate, self._configured(kind), now)

    def found(self) -> dict[str, float]:
        """Return the rates that were found lower than configured, and held, by kind."""
        with self._lock:
            return {
                kind: each.held
                for kind, each in self._searches.items()
                if each.rate is not None and each.held
            }

    # ---- how fast it goes

    def rate(self, kind: str) -> float:
        """Return the requests of a kind that may leave in a second; infinite without limits."""
        found = self._searches.get(kind)
        return min(self._configured(kind), found.rate if found and found.rate else IN_FLIGHT)

    def busy_seconds(self, kind: str) -> float:
        """Return how long a request keeps its sender of late; 0 while none was answered.

        On a machine that is busy with other things that is more than the answer takes.
        """
        with self._lock:
            return median(self._rounds[kind].busy) if kind in self._rounds else 0.0

    def stalled(self, kind: str) -> int:
        """Return how many requests are under way for much longer than is usual."""
        with self._lock:
            if kind not in self._rounds:
                return 0
            before = self._clock() - STALLED_TIMES * self._rounds[kind].typical
            return sum(each.kind == kind and each.sent < before for each in self._under_way)

    def remaining_seconds(self, kind: str, count: int) -> float:
        """Return the least time in which `count` more requests of a kind can leave."""
        if not count:
            return 0.0
        now = self._clock()
        with self._lock:
            waits = [
                self._remaining(each, count, now)
                for each in self._windows
                if each.limit.counts(kind)
            ]
            found = self._searches.get(kind)
        waits.append(count / found.rate if found and found.rate else 0.0)
        return max([self._held_until - now, *waits])

    def _remaining(self, window: _Window, count: int, now: float) -> float:
        free = sorted(
            max(self._free_at(now, each, window.limit.seconds), now) - now
            for each in window.requests
        )
        rounds, rest = divmod(count - 1, window.limit.count)
        empty = window.limit.count - len(free)
        first = free[rest - empty] if rest >= empty and rest - empty < len(free) else 0.0
        return rounds * window.limit.seconds + (0.0 if first == IN_FLIGHT else first)

    def _configured(self, kind: str) -> float:
        return min(
            (
                each.count / each.seconds
                for each in self.limits
                if each.counts(kind) and each.seconds < BUDGET_SECONDS
            ),
            default=IN_FLIGHT,
        )

    def _search(self, kind: str) -> RateSearch:
        if kind not in self._searches:
            self._searches[kind] = RateSearch(ceiling=self._configured(kind))
        return self._searches[kind]

    # ---- slots

    def _wait(self, kind: str, now: float) -> float:
        waits = [
            each.wait(now, partial(self._free_at, now))
            for each in self._windows
            if each.limit.counts(kind)
        ]
        return max([self._held_until - now, self._search(kind).wait(now), *waits])

    def _enter(self, kind: str, now: float, free: float) -> Request:
        request = Request(kind, sent=free, taken=now)
        self._under_way.add(request)
        for window in self._windows:
            if window.limit.counts(kind):
                window.add(request)
        self._search(kind).leave(free)
        return request

    def _free_at(self, now: float, request: Request, span: float) -> float:
        """Return when a slot is free in a window of `span` seconds; infinite while nobody knows."""
        rounds = self._rounds.get(request.kind, _UNTIMED)
        if rounds.typical >= max(SLOW_SECONDS, SLOW_WINDOWS * span):
            return min(request.answered, request.sent + JITTER_SECONDS) + span
        overdue = request.sent + OVERDUE_SECONDS
        if request.answered == IN_FLIGHT and now < overdue:
            return IN_FLIGHT
        return min(request.answered - rounds.given_back, overdue) + span

    def _budget_sentence(self, kind: str, wait: float) -> str:
        on = datetime.fromtimestamp(self._wall()).astimezone() + timedelta(seconds=wait)
        return f"The budget of {kind}s is used up; it goes on {on:%Y-%m-%d at %H:%M}."
