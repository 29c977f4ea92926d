"""Whole processes measured: what each took of the clock, of the processor and of memory."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from benchmarks.machine import stolen_seconds

Found = TypeVar("Found")

LAUNCH = Path(__file__).with_name("launch.py")
MOST_STOLEN = 0.04  # of the processors' time, by their host: more disturbs a run
LEAST_STOLEN = 0.1  # seconds: the system counts in hundredths
AGAIN_SECONDS = 120.0  # what a case may take more for runs that were disturbed

RUNNING: set[subprocess.Popen[bytes]] = set()


def stop_all() -> None:
    """End the processes that are measured just now."""
    for each in list(RUNNING):
        each.terminate()


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
    with (
        tempfile.TemporaryFile() as told,
        tempfile.TemporaryFile() as said,
        tempfile.NamedTemporaryFile() as report,
    ):
        launched = [sys.executable, "-I", "-S", str(LAUNCH), report.name, *words]
        process = subprocess.Popen(launched, env=environment, stdout=told, stderr=said)
        RUNNING.add(process)
        try:
            process.wait()
        finally:
            RUNNING.discard(process)
        told.seek(0)
        said.seek(0)
        words_said = said.read().decode()
        found = json.loads(report.read() or "{}")
        if found.get("code") not in codes:
            code = found.get("code")
            raise Failed(f"{' '.join(words)}: exit code {code}: {words_said[-2000:]}")
        return Run(found["wall"], found["cpu"], found["peak"], told.read().decode(), words_said)


@dataclass(frozen=True)
class Often:
    """What is run several times a round, because one run takes too short a time to be relied on."""

    times: int
    run: Callable[[], Run]


def in_turn(
    rounds: int,
    runs: Mapping[str, Callable[[], Run] | Often],
    say: Callable[[str], None] = lambda _: None,
    calm: Calm | None = None,
) -> dict[str, list[Run]]:
    """Run the alternatives A B C A B C; returns the runs of each by its name, one of each round.

    What is run often is spread over the round, before and after the others, and its mean counts: a
    machine that is slower for some seconds then slows one as much as the other.
    """
    calm = calm or Calm(0)
    often = {
        name: each if isinstance(each, Often) else Often(1, each) for name, each in runs.items()
    }
    found: dict[str, list[Run]] = {name: [] for name in runs}
    for number in range(1, rounds + 1):
        of_round: dict[str, list[Run]] = {name: [] for name in runs}
        for name in _spread({name: each.times for name, each in often.items()}):
            say(f"round {number} of {rounds}: {name}")
            of_round[name].append(calm.run(often[name].run, say))
        for name, each in of_round.items():
            found[name].append(_mean(each))
    return found


def _spread(times: Mapping[str, int]) -> list[str]:
    """Return each name so often, all of them evenly spread."""
    places = [
        ((turn + 0.5) / count, name) for name, count in times.items() for turn in range(count)
    ]
    return [name for _, name in sorted(places, key=lambda place: place[0])]


def _mean(runs: Sequence[Run]) -> Run:
    wall, cpu, peak = (
        statistics.fmean(one.figure(name) for one in runs) for name in ("wall", "cpu", "peak")
    )
    return Run(wall, cpu, round(peak), runs[-1].told, runs[-1].said)


class Calm:
    """Runs again what was measured while the machine's host gave its processors to others.

    Whose figures it spoils is chance, and what they are plays no part in it: of the tries the one
    counts from which the least was taken. `seconds` is what the tries of all runs may take more.
    """

    def __init__(self, seconds: float, stolen: Callable[[], float] = stolen_seconds) -> None:
        self._left = seconds
        self._stolen = stolen
        self.again = 0  # so many tries more were made

    def run(self, each: Callable[[], Found], say: Callable[[str], None]) -> Found:
        """Run it once, and again as long as it was disturbed and time is left for it."""
        tries = [self._once(each)]
        while tries[-1].is_disturbed and tries[-1].seconds <= self._left:
            say(f"again: the host took {tries[-1].share:.0%} of the processors")
            self.again += 1
            tries.append(self._once(each))
            self._left -= tries[-1].seconds
        return min(tries, key=lambda one: one.share).found

    def _once(self, each: Callable[[], Found]) -> _Try[Found]:
        before, began = self._stolen(), time.monotonic()
        done = each()
        return _Try(done, time.monotonic() - began, self._stolen() - before)


@dataclass(frozen=True)
class _Try(Generic[Found]):
    found: Found
    seconds: float
    stolen: float  # seconds of all processors

    @property
    def share(self) -> float:
        return self.stolen / self.seconds / (os.cpu_count() or 1)

    @property
    def is_disturbed(self) -> bool:
        return self.share > MOST_STOLEN and self.stolen > LEAST_STOLEN


def median(runs: Sequence[Run], figure: str) -> float:
    """Return the median of one figure: wall, cpu or peak."""
    return statistics.median(each.figure(figure) for each in runs)


def ratio(ours: Sequence[Run], theirs: Sequence[Run], figure: str) -> float:
    """Return the ratio of the medians; the rounds are interleaved: what slows one slows both."""
    return median(ours, figure) / median(theirs, figure)
