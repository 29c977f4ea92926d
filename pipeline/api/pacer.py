"""The pacer: every request passes here, and none leaves before all windows have room for it.

A slot is freed a window's length after the *answer*, not after the sending: the service counted the
request before it answered, so no server with the same windows can ever refuse one, however answers
jitter. Once enough answers were timed, most of the shortest round trip is given back.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from pipeline.api.limits import Limit
from pipeline.errors import StoppedError

TIMED_ANSWERS = 20  # answers before the round trip is trusted
GIVEN_BACK = 0.9  # of the shortest round trip
IN_FLIGHT = float("inf")
MAX_WAIT_SECONDS = 900.0  # longer waits (the hour's or the day's budget) stop the run instead
POLL_SECONDS = 0.01  # how soon to look again when only an answer under way can free a slot


@dataclass
class _Window:
    limit: Limit
    freed_at: deque[list[float]] = field(default_factory=deque)  # one cell per request

    def wait(self, now: float) -> float:
        """Return the seconds until there is room; infinite when an answer has to come first."""
        while self.freed_at and self.freed_at[0][0] <= now:
            self.freed_at.popleft()
        if len(self.freed_at) < self.limit.count:
            return 0.0
        taken = sorted(cell[0] for cell in self.freed_at if cell[0] > now)
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
    ) -> None:
        self.limits = tuple(limits)
        self._windows = [_Window(limit) for limit in self.limits]
        self._clock = clock
        self._sleep = sleep
        self._lock = Lock()
        self._held_until = 0.0
        self._answers = 0
        self._shortest = IN_FLIGHT

    @contextmanager
    def slot(self, kind: str) -> Iterator[None]:
        """Wait until a request of `kind` may leave; the block is that request.

        Raises StoppedError when the wait would be longer than a quarter of an hour.
        """
        cells = self._take(kind)
        sent = self._clock()
        try:
            yield
        finally:
            self._free(cells, sent)

    def hold(self, seconds: float) -> None:
        """Let no request leave for so many seconds: the service asked for a pause."""
        with self._lock:
            self._held_until = max(self._held_until, self._clock() + seconds)

    def spent(self, kind: str, seconds_ago: Iterable[float]) -> None:
        """Count requests that were sent before this process began."""
        now = self._clock()
        with self._lock:
            for window in self._windows:
                if window.limit.counts(kind):
                    freed = sorted(now - ago + window.limit.seconds for ago in seconds_ago)
                    window.freed_at.extend([at] for at in freed if at > now)

    def _take(self, kind: str) -> list[tuple[_Window, list[float]]]:
        while True:
            with self._lock:
                wait = self._wait(kind)
                if wait <= 0:
                    return [self._enter(each) for each in self._windows if each.limit.counts(kind)]
            if wait != IN_FLIGHT and wait > MAX_WAIT_SECONDS:
                raise StoppedError(_budget_sentence(kind, wait))
            self._sleep(POLL_SECONDS if wait == IN_FLIGHT else wait)

    def _wait(self, kind: str) -> float:
        now = self._clock()
        waits = [each.wait(now) for each in self._windows if each.limit.counts(kind)]
        return max([self._held_until - now, *waits])

    def _enter(self, window: _Window) -> tuple[_Window, list[float]]:
        cell = [IN_FLIGHT]
        window.freed_at.append(cell)
        return window, cell

    def _free(self, cells: list[tuple[_Window, list[float]]], sent: float) -> None:
        now = self._clock()
        with self._lock:
            self._answers += 1
            self._shortest = min(self._shortest, now - sent)
            back = GIVEN_BACK * self._shortest if self._answers > TIMED_ANSWERS else 0.0
            for window, cell in cells:
                cell[0] = now - back + window.limit.seconds


def _budget_sentence(kind: str, wait: float) -> str:
    on = datetime.now().astimezone() + timedelta(seconds=wait)
    return f"The budget of {kind}s is used up; it goes on {on:%Y-%m-%d at %H:%M}."
