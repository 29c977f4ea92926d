"""The search for a limit that nobody told us: doubling, then bisection, then holding.

Starts with the first refusal, or with what an earlier run found. Requests are then spaced evenly:
an even stream breaks a sliding, a fixed and a leaking window at the same rate, so that what is
found does not depend on how the service counts.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

CAUTION = 0.98  # of an estimate: what the service counts jitters
TOLERANCE = 1.06  # between the rate that held and the one that was refused: near enough
FIRST_STEP = 0.06  # the first step upwards; each one that holds doubles it
DWELL = 1.2  # windows that a rate has to last before it counts as held
MIN_REQUESTS = 12  # and so many requests
FEW_REQUESTS = 5  # fewer than these tell nothing about a limit
WINDOW_SECONDS = (1.0, 60.0)  # the shortest and the longest window that is thought of
WIDER = 12  # times a window that was thought too short
PROBE_SECONDS = 600.0  # after so long without a refusal the found rate is put to the test
SLOWEST = 1 / 60  # requests a second: below this it is no limit but a closed door


@dataclass
class RateSearch:
    """One kind's search. Rates are requests a second; `rate` None means: not restricted."""

    ceiling: float = float("inf")  # the configured rate, above which nobody asks
    held: float = 0.0  # the highest rate that was never refused for long enough
    refused: float = float("inf")  # the lowest rate that was refused
    rate: float | None = None
    window: float = WINDOW_SECONDS[1]
    _due: float = 0.0
    _since: float = 0.0
    _count: int = 0
    _step: float = FIRST_STEP
    _settled: bool = False
    _doubted: bool = False  # the rate held, but was refused once: a request may have come late
    _sent: deque[float] = field(default_factory=lambda: deque(maxlen=10_000))

    @classmethod
    def remembering(cls, rate: float, ceiling: float, now: float) -> RateSearch:
        """Begin with the rate that an earlier run found."""
        return cls(ceiling=ceiling, held=rate, rate=rate, _since=now, _due=now, _settled=True)

    def wait(self, now: float) -> float:
        """Return the seconds until the next request may leave."""
        return 0.0 if self.rate is None else max(self._due - now, 0.0)

    def leave(self, now: float) -> None:
        """Count a request that is to leave now."""
        if self.rate is not None:
            self._due = max(self._due, now) + 1 / self.rate

    def left(self, now: float) -> None:
        """Hear when it left: one that was late must not crowd with the next ones."""
        if self.rate is not None:
            self._due = max(self._due, now + 1 / self.rate)

    def accept(self, sent: float, now: float) -> None:
        """Learn from a request that was not refused."""
        self._sent.append(sent)
        if self.rate is None:
            return
        self._count += 1
        patience = PROBE_SECONDS if self._settled else DWELL * self.window
        if now - self._since >= patience and self._count >= MIN_REQUESTS:
            self._raise(now)

    def refuse(self, now: float, pause: float) -> None:
        """Learn from a refusal; no request leaves before the pause is over."""
        if self.rate is not None and self.rate <= self.held and not self._doubted:
            self._doubted = True
        else:
            self._settled = self._doubted = False
            self._lower(now, pause)
        self._restart(now + pause)

    def _lower(self, now: float, pause: float) -> None:
        if self.rate is None:
            self._begin(now, pause)
            return
        passed = self._count / max(now - self._since + pause, 1.0)
        self.refused = min(self.refused, self.rate)
        if self.rate <= self.held:  # it held only for too short: the window is a longer one
            self.held, self.refused = self.rate / TOLERANCE**2, self.rate
            self.window = min(self.window * WIDER, WINDOW_SECONDS[1])
        self._try(self._below(passed * CAUTION))

    def _begin(self, now: float, pause: float) -> None:
        """Estimate the limit from what was let through: a full window, and when it gets room."""
        longest = WINDOW_SECONDS[1]
        recent = [each for each in self._sent if each > now - longest]
        span = now - recent[0] + pause if recent else longest
        self.window = min(max(span, WINDOW_SECONDS[0]), longest)
        estimate = len(recent) / span
        if not self._was_busy(recent, now):  # somebody else may have used the limit up
            estimate = self.ceiling / 2 if math.isfinite(self.ceiling) else max(estimate, 1.0)
        self.refused = self.ceiling
        self._try(min(estimate * CAUTION, self.ceiling / TOLERANCE))

    def _was_busy(self, recent: list[float], now: float) -> bool:
        """Whether so much was sent that it may have filled a window of the service."""
        if len(recent) < FEW_REQUESTS:
            return False
        return math.isinf(self.ceiling) or len(recent) >= self.ceiling * (now - recent[0]) / 2

    def _below(self, passed: float) -> float:
        """Choose a rate below the refused one: what passed since the last change, or the middle."""
        if self._count >= MIN_REQUESTS and passed < self.refused / TOLERANCE:
            self.held = min(self.held, passed)
            return passed
        if not self.held:
            return self.refused / 2
        if self.refused / self.held <= TOLERANCE:
            return self.held
        return (self.held + self.refused) / 2

    def _raise(self, now: float) -> None:
        """A rate that lasted counts as held; go up until one is refused, then bisect."""
        assert self.rate is not None
        self.held = max(self.held, self.rate)
        if self._settled:  # a limit that was lifted meanwhile is found again by doubling
            self.refused, self._step = self.ceiling, FIRST_STEP
        self._doubted = False
        higher = min(self.held * (1 + self._step), (self.held + self.refused) / 2)
        self._step *= 2
        self._settled = self.refused / self.held <= TOLERANCE
        if self.held * TOLERANCE >= self.ceiling:
            self.rate = None
            return
        self._try(self.held if self._settled else higher)
        self._restart(now)

    def _try(self, rate: float) -> None:
        self.rate = max(rate, SLOWEST)

    def _restart(self, at: float) -> None:
        self._since, self._count, self._due = at, 0, max(self._due, at)
