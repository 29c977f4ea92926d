"""Sending within a limit: how much of it is used, and whether a request is ever refused.

Whole imports of creates, in real time over the loopback, configured with the limit that the server
enforces. What is used is measured by the server, from its last write of the first full window to
the last of all: start-up, and a first burst, count neither as writes nor as time.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from benchmarks.case import Case, Material, Result, Setting, Size
from benchmarks.limited_server import POLICIES
from benchmarks.service import Figures, imported, rooms, serving

ANSWERS = (0.02, 0.2, 1.0)  # seconds
JITTER = 0.02  # seconds
STALLS = 0.002  # of the requests
MINUTE, SHORT = 60, 15  # seconds
AT_ONCE = 2  # imports that keep a processor busy
ALONE_FROM = 1.0  # seconds of an answer for which more than a hundred senders wait


@dataclass(frozen=True)
class Paced:
    """A limit of writes, how many of its windows are measured, and what share is to be used."""

    count: int
    seconds: int
    windows: int
    at_least: float

    @property
    def slow(self) -> bool:
        """Whether keeping it leaves the processor alone."""
        return self.count / self.seconds < 10  # noqa: PLR2004 - a second

    def rows(self, size: Size) -> int:
        """Return how many rows are imported; the first window is not measured."""
        windows = self.windows if size.judged else SHORT // self.seconds
        return self.count * (windows + 1)


LIMITS = (
    Paced(10, 5, windows=40, at_least=0.98),
    Paced(60, 60, windows=4, at_least=0.98),
    Paced(100, 1, windows=20, at_least=0.97),
)


@dataclass(frozen=True)
class _Combination:
    limit: Paced
    policy: str
    answer: float

    @property
    def name(self) -> str:
        return (
            f"{self.limit.count} per {self.limit.seconds} s, {self.policy}, "
            f"{self.answer * 1_000:g} ms"
        )

    def figures(self, setting: Setting) -> Figures:
        limit = self.limit
        options = ("--limit", f"{limit.count}/{limit.seconds}", "--policy", self.policy)
        ways = ("--answer", self.answer, "--jitter", JITTER, "--stalls", STALLS)
        with serving(*options, *ways) as server:
            book = rooms("creates", limit.rows(setting.size))
            imported(setting, server, book, "--limit", f"write:{limit.count}/{limit.seconds}")
            setting.say(self.name)
            return server.figures()

    def results(self, setting: Setting) -> list[Result]:
        limit, tries = self.limit, list[Figures]()

        def once() -> Figures:
            tries.append(self.figures(setting))
            return tries[-1]

        found = setting.calm.run(once, setting.say)
        used = found.used(limit.count, limit.seconds)
        refused = sum(len(each.refused) for each in tries)
        return [
            Result(self.name, "the limit itself", "of the limit", used, at_least=limit.at_least),
            Result(f"{self.name}: refused", "", "requests", refused, at_most=0),
        ]


def _limits(size: Size) -> list[Paced]:
    """Return the limits; a window of a minute is too long for the small size."""
    return [each for each in LIMITS if size.judged or each.seconds < MINUTE]


def _combinations(size: Size, *, slow: bool) -> list[_Combination]:
    return [
        _Combination(limit, policy, answer)
        for limit in _limits(size)
        if limit.slow == slow
        for policy in POLICIES
        for answer in ANSWERS
    ]


def _needs(size: Size) -> list[Material]:
    return [rooms("creates", limit.rows(size)) for limit in _limits(size)]


def _side_by_side(
    combinations: Iterable[_Combination], setting: Setting, at_once: int
) -> list[Result]:
    with ThreadPoolExecutor(at_once) as runners:
        found = runners.map(lambda each: each.results(setting), combinations)
        return [result for results in found for result in results]


def _slow(setting: Setting) -> list[Result]:
    each = _combinations(setting.size, slow=True)
    return _side_by_side(each, setting, len(each))


def _fast(setting: Setting) -> list[Result]:
    each = _combinations(setting.size, slow=False)
    quick = [one for one in each if one.answer < ALONE_FROM]
    slow = [one for one in each if one.answer >= ALONE_FROM]
    return [*_side_by_side(quick, setting, AT_ONCE), *_side_by_side(slow, setting, 1)]


ALONE = (Case("fast-limits", "100 writes in a second, kept and used", _fast, _needs),)
BESIDE = (
    Case("limits", "10 writes in 5 s and 60 in 60 s, kept and used", _slow, _needs, beside=True),
)
