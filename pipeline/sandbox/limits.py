"""Request limits: sliding windows over arrivals, and the four ways to say that one must wait."""

from __future__ import annotations

import math
import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from flask import Response

KINDS = ("all", "read", "write")
LIMIT_TEXT = re.compile(r"(?P<kind>[a-z]+):(?P<count>[1-9]\d*)/(?P<seconds>\d+(\.\d+)?)")
NONE = "none"
STYLES = ("409", "429", "429-text", "503")
MUST_WAIT = "409 You must wait before accessing this url again."  # vendor docs, with no body


@dataclass(frozen=True)
class Limit:
    """At most `count` requests of a kind within any `seconds`."""

    kind: str
    count: int
    seconds: float


def parse_limit(text: str) -> Limit:
    """Read `KIND:COUNT/SECONDS`, such as write:60/60. Raises ValueError."""
    match = LIMIT_TEXT.fullmatch(text)
    if not match or match["kind"] not in KINDS or not float(match["seconds"]):
        raise ValueError(
            f"limit '{text}' is not one. Write KIND:COUNT/SECONDS, such as write:60/60; "
            f"KIND is one of {', '.join(KINDS)}."
        )
    return Limit(match["kind"], int(match["count"]), float(match["seconds"]))


def parse_limits(texts: Iterable[str]) -> list[Limit]:
    """Read limits; `none` alone means that there are none. Raises ValueError."""
    given = list(texts)
    return [] if given == [NONE] else [parse_limit(each) for each in given]


class Limits:
    """Counts the requests that were let in. Not thread-safe: the gate holds its lock."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._arrivals: list[tuple[Limit, deque[float]]] = [
            (each, deque()) for each in parse_limits(texts)
        ]

    def wait_seconds(self, kind: str, now: float) -> float:
        """Return how long a request of this kind has to wait; 0 lets it in."""
        waits = [0.0]
        for limit, arrivals in self._of(kind):
            while arrivals and arrivals[0] <= now - limit.seconds:
                arrivals.popleft()
            if len(arrivals) >= limit.count:
                waits.append(arrivals[-limit.count] + limit.seconds - now)
        return max(waits)

    def count(self, kind: str, now: float) -> None:
        """Count a request that was let in."""
        for _, arrivals in self._of(kind):
            arrivals.append(now)

    def _of(self, kind: str) -> Iterable[tuple[Limit, deque[float]]]:
        return (each for each in self._arrivals if each[0].kind in {"all", kind})


def throttled(style: str, wait_seconds: float) -> Response:
    """Make the reply to a refused request: the documented one (409) or one that was seen."""
    if style == "429-text":
        text = f"Wait {math.ceil(wait_seconds * 10) / 10} seconds"
        return Response(text, status=429, content_type="text/plain")
    status = MUST_WAIT if style == "409" else style
    pause = max(1, math.ceil(wait_seconds))
    return Response(b"", status=status, headers={"Retry-After": str(pause)})
