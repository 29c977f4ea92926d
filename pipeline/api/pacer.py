"""The pacer: every request passes here, and none leaves before all windows have room for it.

A slot is freed a window's length after the *answer*, not after the sending: the service counted the
request before it answered, so no server with the same windows can ever refuse one, however answers
jitter. Once enough answers were timed, the shortest round trip is given back, less a margin.
Where answers take long, that would leave half of the rate unused: there a slot is freed a window's
length after the sending, plus what the way to the service may jitter.
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
LEAST_MARGIN_SECONDS = 0.005  # of the round trip, never given back
SLOW_SECONDS = 0.5  # from such answers on, slots are freed by the sending
JITTER_SECONDS = 0.03  # how much later than another a request may arrive
SENT_BEFORE_SECONDS = 1.0  # how long an answer of an earlier process may have taken
OVERDUE_SECONDS = 5.0  # a request without an answer for so long has arrived, or never will
IN_FLIGHT = float("inf")
MAX_WAIT_SECONDS = 3_700.0  # longer waits (the day's budget) stop the run instead
POLL_SECONDS = 0.01  # how soon to look again when only an answer under way can free a slot
BUDGET_SECONDS = 600.0  # windows from here on are budgets: they set no pace


@dataclass(eq=False)
class Request:
    """A request in a window; times are the clock's seconds."""

    kind: str
    sent: float
    answered: float = IN_FLIGHT
    left: bool = True  # False: it was held back after all


@dataclass
class _Rounds:
    """How long answers of one kind take."""

    count: int = 0
    shortest: float = IN_FLIGHT
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=TIMED_ANSWERS + 1))
    typical: float = 0.0  # seconds, the median of the recent ones

    def add(self, seconds: float) -> None:
        self.count += 1
        self.shortest = min(self.shortest, seconds)
        self.recent.append(seconds)
        self.typical = median(self.recent)

    @property
    def given_back(self) -> float:
        """What a slot may be freed earlier than its answer: less the more answers jitter."""
        if self.count < FIRST_ANSWERS:
            return 0.0
        margin = max((self.typical - self.shortest) / 2, LEAST_MARGIN_SECONDS)
        return max(self.shortest - margin * max(TIMED_ANSWERS / self.count, 1.0), 0.0)


@dataclass
class _Window:
    limit: Limit
    requests: deque[Request] = field(default_factory=deque)

    def wait(self, now: float, freed_at: Callable[[Request], float]) -> float:
        """Return the seconds until there is room; infinite when an answer has to come first."""
        span = self.limit.seconds
        while self.requests and freed_at(self.requests[0]) + span <= now:
            self.requests.popleft()
        if len(self.requests) < self.limit.count:
            return 0.0
        taken = sorted(at for each in self.requests if (at := freed_at(each) + span) > now)
        if len(taken) < self.limit.count:
            return 0.0
        return taken[len(taken) - self.limit.count] - now


class Pacer:
    """Keeps all windows together, for any number of senders. `clock` is monotonic, in seconds."""

    def __init__(
        self,
        limits: Iterable[Limit],
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.limits = tuple(limits)
        self._windows = [_Window(limit) for limit in self.limits]
        self._clock = clock
        self._sleep = sleep
        self._wall = wall
        self._lock = Lock()
        self._held_until = 0.0
        self._refused_at = -IN_FLIGHT
        self._rounds: dict[str, _Rounds] = {}
        self._searches: dict[str, RateSearch] = {}

    @contextmanager
    def slot(self, kind: str) -> Iterator[Callable[[], None]]:
        """Wait until a request of `kind` may leave; the block is that request.

        What is given is to be called when it leaves, if that is not at once.
        Raises StoppedError when the wait would be longer than an hour.
        """
        while (request := self.enter(kind)) is None:
            wait = self.wait_seconds(kind)
            if wait != IN_FLIGHT and wait > MAX_WAIT_SECONDS:
                raise StoppedError(self._budget_sentence(kind, wait))
            self._sleep(POLL_SECONDS if wait == IN_FLIGHT else wait)
        try:
            yield partial(self._leaves, request)
        except HeldBack:
            self._take_back(request)
            raise
        finally:
            self.done(request)

    def enter(self, kind: str) -> Request | None:
        """Take a slot now; None when there is no room."""
        with self._lock:
            now = self._clock()
            return self._enter(kind, now) if self._wait(kind, now) <= 0 else None

    def _leaves(self, request: Request) -> None:
        """Date a request by when it left: what came before, such as a journal, jitters."""
        with self._lock:
            request.sent = self._clock()

    def _take_back(self, request: Request) -> None:
        with self._lock:
            request.left = False
            for window in self._windows:
                if request in window.requests:
                    window.requests.remove(request)

    def done(self, request: Request) -> None:
        """Give a slot back: the request was answered, or failed."""
        now = self._clock()
        with self._lock:
            if not request.left:
                return
            request.answered = now
            self._rounds.setdefault(request.kind, _Rounds()).add(now - request.sent)

    def wait_seconds(self, kind: str) -> float:
        """Return how long there is no room; infinite when only an answer can make some."""
        with self._lock:
            return self._wait(kind, self._clock())

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

    def answer_seconds(self, kind: str) -> float:
        """Return how long an answer takes of late; 0 while none came."""
        with self._lock:
            return self._rounds[kind].typical if kind in self._rounds else 0.0

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
            max(self._freed_at(each) + window.limit.seconds, now) - now for each in window.requests
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
            each.wait(now, self._freed_at) for each in self._windows if each.limit.counts(kind)
        ]
        return max([self._held_until - now, self._search(kind).wait(now), *waits])

    def _enter(self, kind: str, now: float) -> Request:
        request = Request(kind, now)
        for window in self._windows:
            if window.limit.counts(kind):
                window.requests.append(request)
        self._search(kind).leave(now)
        return request

    def _freed_at(self, request: Request) -> float:
        """Return from when on a window's length has to pass before the slot is free."""
        rounds = self._rounds.get(request.kind)
        arrived = request.sent + OVERDUE_SECONDS
        if rounds is None:
            return min(request.answered, arrived)
        if rounds.typical >= SLOW_SECONDS:
            return min(request.answered, request.sent + JITTER_SECONDS)
        return min(request.answered - rounds.given_back, arrived)

    def _budget_sentence(self, kind: str, wait: float) -> str:
        on = datetime.fromtimestamp(self._wall()).astimezone() + timedelta(seconds=wait)
        return f"The budget of {kind}s is used up; it goes on {on:%Y-%m-%d at %H:%M}."
