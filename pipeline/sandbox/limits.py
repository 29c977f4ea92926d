"""Limits as a strict server keeps them: sliding windows, counted when a request arrives."""

from __future__ import annotations

import math
import re
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from threading import Lock

FORM = re.compile(r"(all|read|write):([1-9]\d*)/(\d+(?:\.\d+)?)")


@dataclass
class Window:
    """At most `count` requests of `kind` in any `seconds` seconds."""

    kind: str
    count: int
    seconds: float
    arrivals: deque[float] = field(default_factory=deque)

    def wait(self, now: float) -> float:
        """Return the seconds until there is room, 0 when there is."""
        while self.arrivals and self.arrivals[0] <= now - self.seconds:
            self.arrivals.popleft()
        if len(self.arrivals) < self.count:
            return 0.0
        return self.arrivals[len(self.arrivals) - self.count] + self.seconds - now


class Limits:
    """All windows together. A request that is refused is not counted."""

    def __init__(self, texts: Iterable[str], now: Callable[[], float]) -> None:
        self._windows = [_window(text) for text in texts]
        self._now = now
        self._lock = Lock()

    def wait(self, method: str) -> float:
        """Count a request, or return the seconds for which it is refused."""
        kind = "read" if method == "GET" else "write"
        with self._lock:
            now = self._now()
            windows = [each for each in self._windows if each.kind in {"all", kind}]
            wait = max((each.wait(now) for each in windows), default=0.0)
            if wait <= 0:
                for each in windows:
                    each.arrivals.append(now)
            return wait


def whole_seconds(wait: float) -> str:
    """Return a pause as the header Retry-After writes it."""
    return str(max(1, math.ceil(wait)))


def _window(text: str) -> Window:
    match = FORM.fullmatch(text.strip().lower())
    if not match or not float(match[3]):
        raise ValueError(
            f"'{text}' is not a limit. Write KIND:COUNT/SECONDS, KIND being all, read or write."
        )
    return Window(match[1], int(match[2]), float(match[3]))
