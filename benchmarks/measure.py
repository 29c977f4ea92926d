"""Whole processes measured: what each took of the clock, of the processor and of memory.

This module and whoever starts processes with it must stay small: a child's peak memory begins with
its parent's.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field


class Failed(RuntimeError):  # noqa: N818 - a verdict on a process
    """A measured process ended otherwise than it should have."""


@dataclass(frozen=True)
class Run:
    """One process: seconds of the clock and of the processor, peak memory in kB, what it said."""

    wall: float
    cpu: float
    peak: int
    told: str = field(repr=False, default="")


def run(
    words: Sequence[str],
    environment: Mapping[str, str] | None = None,
    *,
    codes: Sequence[int] = (0,),
) -> Run:
    """Run a process to its end. Raises Failed when its exit code is none of `codes`."""
    with tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        process = subprocess.Popen(words, env=environment, stdout=told, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        told.seek(0)
        if process.returncode not in codes:
            said.seek(0)
            raise Failed(f"{' '.join(words)}: {said.read().decode()[-2000:]}")
        cpu = usage.ru_utime + usage.ru_stime
        return Run(wall, cpu, usage.ru_maxrss, told.read().decode())


def in_turn(rounds: int, *runs: Callable[[], Run]) -> list[list[Run]]:
    """Run the alternatives A B C A B C; returns the runs of each."""
    found: list[list[Run]] = [[] for _ in runs]
    for _ in range(rounds):
        for place, each in enumerate(runs):
            found[place].append(each())
    return found


def median(runs: Sequence[Run], what: str) -> float:
    """Return the median of one figure: wall, cpu or peak."""
    return statistics.median(getattr(each, what) for each in runs)
