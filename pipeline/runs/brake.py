"""What ends a run before its last row: a signal, the hours it may work in, and other bounds."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from pipeline.clocks import Clocks
from pipeline.errors import StoppedError, UsageError

WHOLE_DAY_SECONDS = 86_400.0
WINDOW_TEXT = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")


@dataclass(frozen=True)
class Hours:
    """The part of the day, by the clock of this machine, in which a run may write."""

    start: time
    end: time

    @classmethod
    def parse(cls, text: str) -> Hours:
        """Read `22:00-06:00`. Raises UsageError."""
        match = WINDOW_TEXT.fullmatch(text.strip())
        try:
            first, minutes, last, more = map(int, match.groups() if match else ())
            hours = cls(time(first, minutes), time(last % 24, more))
        except ValueError as error:
            raise UsageError(
                f"--window: '{text}' is not a part of the day. Write it as 22:00-06:00."
            ) from error
        if hours.start == hours.end and match and match[3] != "24":
            raise UsageError(f"--window: '{text}' has no length. Write it as 22:00-06:00.")
        return hours

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"

    def seconds_left(self, now: datetime) -> float:
        """Return how long the hours last from `now` on; 0 outside of them."""
        at = now.time().replace(tzinfo=None)
        inside = (
            self.start <= at < self.end
            if self.start < self.end
            else at >= self.start or at < self.end
        )
        if self.start == self.end:
            return WHOLE_DAY_SECONDS
        if not inside:
            return 0.0
        end = now.replace(hour=self.end.hour, minute=self.end.minute, second=0, microsecond=0)
        return ((end if end > now else end + timedelta(days=1)) - now).total_seconds()


@dataclass(frozen=True)
class Bounds:
    """What a run may use at most; None is no bound."""

    hours: Hours | None = None
    max_requests: int | None = None
    max_minutes: float | None = None


class Brake:
    """Asked before each row and in every wait. Until `release` only a request to stop counts."""

    def __init__(self, clocks: Clocks, bounds: Bounds = Bounds()) -> None:
        self.asked = threading.Event()
        self._clocks = clocks
        self._bounds = bounds
        self._began: float | None = None

    def release(self) -> None:
        """Begin to count: the run begins to write."""
        self._began = self._clocks.monotonic()

    def halt(self) -> None:
        """End every wait: the run stops for a reason of its own."""
        self.asked.set()

    def check(self, requests: int = 0) -> None:
        """Raise StoppedError, with the reason, when the run has to stop now.

        `requests` are those of the run that wrote.
        """
        if self.asked.is_set():
            raise StoppedError("Stopped on request.")
        bounds = self._bounds
        if bounds.max_requests is not None and requests >= bounds.max_requests:
            raise StoppedError(f"Stopped after {requests:,} writes, as --max-requests asks.")
        if self._began is not None and self._seconds_left() <= 0:
            if bounds.hours and not bounds.hours.seconds_left(self._local()):
                raise StoppedError(f"Stopped outside the hours {bounds.hours}, as --window asks.")
            raise StoppedError(
                f"Stopped after {bounds.max_minutes:g} minutes, as --max-minutes asks."
            )

    def allows(self, requests: int) -> bool:
        """Whether the run may write so often in all."""
        most = self._bounds.max_requests
        return most is None or requests <= most

    def sleep(self, seconds: float) -> None:
        """Wait; raises StoppedError as soon as the run has to stop."""
        left = self._seconds_left() if self._began is not None else float("inf")
        self._clocks.wait(self.asked, max(min(seconds, left), 0.0))
        if self._began is not None or self.asked.is_set():
            self.check()

    def _seconds_left(self) -> float:
        left = float("inf")
        if self._bounds.max_minutes is not None and self._began is not None:
            left = self._began + 60 * self._bounds.max_minutes - self._clocks.monotonic()
        if self._bounds.hours is not None:
            left = min(left, self._bounds.hours.seconds_left(self._local()))
        return left

    def _local(self) -> datetime:
        return datetime.fromtimestamp(self._clocks.wall()).astimezone()
