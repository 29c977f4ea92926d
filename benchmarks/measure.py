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
from contextlib import ExitStack
from dataclasses import dataclass, field


class Failed(RuntimeError):  # noqa: N818 - a verdict on a process
    """A measured process ended otherwise than it should have."""


@dataclass(frozen=True)
class Run:
    """One process: seconds of the clock and of the processor, peak memory in kB, what it printed.

    `told` is the standard output, `said` the standard error.
    """

    wall: float
    cpu: float
    peak: int
    told: str = field(repr=False, default="")
    said: str = field(repr=False, default="")

    def figure(self, name: str) -> float:
        """Return wall, cpu or peak by its name."""
        return {"wall": self.wall, "cpu": self.cpu, "peak": self.peak}[name]


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
        with ExitStack() as stopping:
            stopping.callback(process.kill)
            _, status, usage = os.wait4(process.pid, 0)
            stopping.pop_all()
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        told.seek(0)
        said.seek(0)
        words_said = said.read().decode()
        if process.returncode not in codes:
            raise Failed(f"{' '.join(words)}: exit code {process.returncode}: {words_said[-2000:]}")
        cpu = usage.ru_utime + usage.ru_stime
        return Run(wall, cpu, usage.ru_maxrss, told.read().decode(), words_said)


def in_turn(
    rounds: int, runs: Mapping[str, Callable[[], Run]], say: Callable[[str], None] = lambda _: None
) -> dict[str, list[Run]]:
    """Run the alternatives A B C A B C; returns the runs of each by its name."""
    found: dict[str, list[Run]] = {name: [] for name in runs}
    for number in range(1, rounds + 1):
        for name, each in runs.items():
            say(f"round {number} of {rounds}: {name}")
            found[name].append(each())
    return found


def median(runs: Sequence[Run], figure: str) -> float:
    """Return the median of one figure: wall, cpu or peak."""
    return statistics.median(each.figure(figure) for each in runs)


def ratio(ours: Sequence[Run], theirs: Sequence[Run], figure: str) -> float:
    """Return the median of the ratios within each round: what slows a machine slows both."""
    return statistics.median(
        one.figure(figure) / other.figure(figure) for one, other in zip(ours, theirs, strict=True)
    )
