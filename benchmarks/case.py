"""What a case of the benchmarks is, what it is given, and the figures it finds."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.measure import Calm, Often, Run, in_turn, median, ratio

CPU, WALL = "s of processor", "s of clock"
AS_INSTALLED = Path(__file__).with_name("as_installed")
FIGURES = {CPU: "cpu", WALL: "wall"}


@dataclass(frozen=True)
class Size:
    """How much is moved. `few` is a tenth of `many`: the growth between both is judged."""

    name: str
    many: int
    few: int
    judged: bool


SIZES = {
    each.name: each
    for each in (
        Size("small", many=1_000, few=100, judged=False),
        Size("full", many=50_000, few=5_000, judged=True),
    )
}


@dataclass(frozen=True)
class Material:
    """A file that cases need, and the words after `python -m` that make it; its path is the last.

    The same words make the same file on any machine.
    """

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """A figure beside its rival's, or alone, and what it is held to.

    What is judged is the ratio, or the figure itself where there is no rival. Both peaks are in kB.
    """

    case: str
    rival: str
    unit: str
    ours: float
    theirs: float | None = None
    ratio: float | None = None
    at_most: float | None = None
    at_least: float | None = None
    goal: float | None = None
    peak: float | None = None
    rival_peak: float | None = None
    clock_ratio: float | None = None  # beside a ratio of processor time
    rounds: int | None = None
    remark: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether the bar is reached; None where there is none."""
        judged = self.ours if self.ratio is None else self.ratio
        if self.at_most is None and self.at_least is None:
            return None
        return (self.at_most is None or judged <= self.at_most) and (
            self.at_least is None or judged >= self.at_least
        )


@dataclass(frozen=True)
class Setting:
    """What a case is given: how much to move, where files lie, and whom to tell how far it is."""

    size: Size
    folder: Path  # the materials
    scratch: Path  # anything else a case writes
    asked_rounds: int | None
    say: Callable[[str], None]
    calm: Calm = field(default_factory=lambda: Calm(0))

    def rounds(self, full: int) -> int:
        """Return how often to run: as the user asked, or `full` times in the full size."""
        return self.asked_rounds or (full if self.size.judged else min(full, 2))

    def often(self, times: int, each: Callable[[], Run]) -> Often:
        """Return what is run several times a round; once where none judges."""
        return Often(times if self.size.judged else 1, each)

    def path(self, material: Material) -> Path:
        """Return where a material lies."""
        return self.folder / material.name

    def environment(self, **more: str) -> dict[str, str]:
        """Return the environment of a measured process: as a user has it, without any account."""
        kept = {name: text for name, text in os.environ.items() if not name.startswith("NEXUDUS_")}
        home = str(self.scratch / "home")
        return {**kept, "NEXUDUS_BULK_HOME": home, "PYTHONPATH": str(AS_INSTALLED), **more}

    def in_turn(
        self, rounds: int, runs: Mapping[str, Callable[[], Run] | Often]
    ) -> dict[str, list[Run]]:
        """Run the alternatives in turn; returns the runs of each by its name."""
        return in_turn(self.rounds(rounds), runs, self.say, self.calm)


@dataclass(frozen=True)
class Case:
    """Something to measure.

    Others are measured `beside` one that waits most of the time.
    """

    name: str
    about: str
    run: Callable[[Setting], list[Result]]
    needs: Callable[[Size], Sequence[Material]] = lambda _: ()
    beside: bool = False


def beside(
    case: str, rival: str, ours: Sequence[Run], theirs: Sequence[Run], at_most: float | None
) -> Result:
    """Compare the processor time of runs made in turn."""
    found = _compared(case, rival, CPU, ours, theirs)
    return replace(found, at_most=at_most, clock_ratio=ratio(ours, theirs, "wall"))


def by_clock(
    case: str, rival: str, ours: Sequence[Run], theirs: Sequence[Run], at_most: float | None
) -> Result:
    """Compare the clock's time of runs made in turn, where waiting is the subject."""
    return replace(_compared(case, rival, WALL, ours, theirs), at_most=at_most)


def _compared(
    case: str, rival: str, unit: str, ours: Sequence[Run], theirs: Sequence[Run]
) -> Result:
    figure = FIGURES[unit]
    return Result(
        case,
        rival,
        unit,
        ours=median(ours, figure),
        theirs=median(theirs, figure),
        ratio=ratio(ours, theirs, figure),
        peak=median(ours, "peak"),
        rival_peak=median(theirs, "peak"),
        rounds=len(ours),
    )


def growth(case: str, many: Sequence[Run], few: Sequence[Run], size: Size) -> Result:
    """Hold the time of ten times the rows to twelve times the time."""
    return beside(f"{case}, {size.many:,} rows", f"itself, {size.few:,}", many, few, at_most=12)


def peaks(
    case: str, rival: str, ours: Sequence[Run], theirs: Sequence[Run], at_most: float
) -> Result:
    """Compare the peak memory of runs made in turn."""
    return Result(
        f"{case}: peak memory",
        rival,
        "MB",
        ours=median(ours, "peak") / 1024,
        theirs=median(theirs, "peak") / 1024,
        ratio=ratio(ours, theirs, "peak"),
        at_most=at_most,
        rounds=len(ours),
    )


def exactly(case: str, rival: str, unit: str, found: int, expected: int) -> Result:
    """Hold a count to the one expected."""
    return Result(case, rival, unit, found, expected, ratio=found / expected, at_most=1, at_least=1)
