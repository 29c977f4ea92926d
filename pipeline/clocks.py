"""Where time comes from: handed in, so that a test needs no waiting and nothing is patched."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass


def _wait(event: threading.Event, seconds: float) -> bool:
    return event.wait(seconds)


@dataclass(frozen=True)
class Clocks:
    """`monotonic` measures, `wall` dates (both in seconds, `wall` since 1970).

    `wait` sleeps until an event is set, at most so many seconds, and returns whether it is set.
    """

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    wait: Callable[[threading.Event, float], bool] = _wait


SYSTEM = Clocks()
