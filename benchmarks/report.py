"""The table of what was found, for the terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.case import Result, Size
from benchmarks.machine import machine, versions
from benchmarks.measure import AGAIN_SECONDS, MOST_STOLEN

HEADS = ("case", "beside", "ours", "theirs", "unit", "ratio", "bar", "reached", "goal")
MORE = ("by the clock", "peak, MB", "theirs, MB", "rounds", "remark")
THOUSAND = 1_000
LEFT = {"case", "beside", "unit", "reached", "remark"}  # the other columns are numbers
MEANING = f"""\
Every figure is of a whole process, start to exit, the alternatives run in turn (A B C A B C) on
the same machine. What takes a short time beside its rival is run several times a round, before and
after it, and the mean counts. `ours` and `theirs` are medians over the rounds; `ratio` is one
divided by the other. What slows the machine for a while slows both, for their runs are interleaved.
A run during which the machine's host gave more than {MOST_STOLEN:.0%} of its processors to others
is made again, for {AGAIN_SECONDS:.0f} s a case at most, whatever its figures; of its tries the one
counts that lost least.

- *s of processor*: user and system time of the process and its children. What happens on this
  machine alone is judged by it, for the clock of a shared machine measures the neighbours too;
  `by the clock` is the ratio of the clock's time in the same runs.
- *s of clock*: the clock's time, where waiting is the subject.
- *peak*: the largest resident memory of the process, as the system's `ru_maxrss` tells it.
- *growth* rows compare ten times the rows with themselves.
"""


@dataclass(frozen=True)
class Report:
    """One run of the benchmarks: what was found, and what failed to run."""

    size: Size
    date: str
    minutes: float
    results: Sequence[Result]
    failures: Sequence[str]
    again: int = 0  # runs made again

    @property
    def missed(self) -> list[Result]:
        """Return the results whose bar is not reached."""
        return [each for each in self.results if each.reached is False]


def terminal(report: Report) -> str:
    """Return the table for a terminal, and its verdict."""
    rows = [HEADS, *(_cells(each, report.size)[: len(HEADS)] for each in report.results)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) if head in LEFT else cell.rjust(width)
            for head, cell, width in zip(HEADS, row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]
    return "\n".join([*lines, "", *verdict(report)])


def line(result: Result) -> str:
    """Return a result in one line, for who watches."""
    beside = f", beside {result.rival}" if result.rival else ""
    found = result.ours if result.ratio is None else result.ratio
    unit = result.unit if result.ratio is None else "times"
    return f"{result.case}{beside}: {_number(found)} {unit} ({_bar(result) or 'no bar'})"


def verdict(report: Report) -> list[str]:
    """Say what failed, and how many bars are reached."""
    failed = [f"FAILED {each}" for each in report.failures]
    if not report.size.judged:
        return [*failed, f"The {report.size.name} size proves that the cases work; no bar is held."]
    held = [each for each in report.results if each.reached is not None]
    missed = report.missed
    names = "".join(f" Not reached: {each.case}, beside {each.rival}." for each in missed)
    return [*failed, f"{len(held) - len(missed)} of {len(held)} bars reached.{names}"]


def markdown(report: Report) -> str:
    """Return the file: the table, how it was measured and with what."""
    heads = (*HEADS, *MORE)
    marks = ("---" if each in LEFT else "---:" for each in heads)
    rows = (heads, marks, *(_cells(each, report.size) for each in report.results))
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    found = ", ".join(f"{name} {version}" for name, version in versions().items())
    return f"""\
# Benchmarks

`python -m benchmarks --size {report.size.name}`, {report.date}, {report.minutes:.0f} minutes;
runs made again, for the machine's host had disturbed them: {report.again}.
Measured on {machine()}.
{found}.

{chr(10).join(verdict(report))}

{table}

## What the figures are

{MEANING}"""


def _cells(result: Result, size: Size) -> tuple[str, ...]:
    verdicts = {True: "yes", False: "NO", None: ""}
    return (
        result.case,
        result.rival,
        _number(result.ours),
        _number(result.theirs),
        result.unit,
        _number(result.ratio),
        _bar(result),
        verdicts[result.reached] if size.judged else "",
        "" if result.goal is None else f"≤ {result.goal:g}",
        _number(result.clock_ratio),
        _megabytes(result.peak),
        _megabytes(result.rival_peak),
        _number(result.rounds),
        result.remark,
    )


def _number(value: float | None) -> str:
    """Show three digits that count, and three behind the point of what is below 1."""
    if value is None:
        return ""
    if value == int(value) or value > THOUSAND:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value > 1 else f"{value:.3f}"


def _megabytes(peak: float | None) -> str:
    return "" if peak is None else f"{peak / 1024:,.0f}"


def _bar(result: Result) -> str:
    if result.at_most is not None and result.at_most == result.at_least:
        return f"= {result.at_most:g}"
    parts = (("≤", result.at_most), ("≥", result.at_least))
    return ", ".join(f"{sign} {value:g}" for sign, value in parts if value is not None)
