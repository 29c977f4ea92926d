"""Everything before the first request: read, check, plan all creates, payloads, journal."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Sequence

from benchmarks.case import Case, Material, Result, Setting, Size, beside, growth, peaks
from benchmarks.materials import workbook
from benchmarks.measure import Failed, Run, median, run

ROUNDS = 3
TIMES = 2  # within a round, of a plan, which takes a quarter of its rival's time
NAME = "read, check, plan, payloads, journal"
RIVAL = "read_excel (openpyxl) + pandera + iterrows + json.dumps"
MOST_A_ROW = 6  # kB


def _plan(setting: Setting) -> list[Result]:
    size = setting.size
    path = str(setting.path(workbook("clean", size.many)))
    rival = [sys.executable, "-m", "benchmarks.rivals.plan_pandas", path]
    found = setting.in_turn(
        ROUNDS,
        {
            "plan": setting.often(TIMES, _ours(setting, size.many)),
            RIVAL: lambda: run(rival, setting.environment()),
            "plan, few": setting.often(TIMES, _ours(setting, size.few)),
        },
    )
    many, few, theirs = found["plan"], found["plan, few"], found[RIVAL]
    return [
        beside(f"{NAME}, {size.many:,} rows", RIVAL, many, theirs, at_most=0.3),
        peaks(f"{NAME}, {size.many:,} rows", RIVAL, many, theirs, at_most=1),
        _memory_a_row(size, many, few),
        growth(NAME, many, few, size),
    ]


def _ours(setting: Setting, rows: int) -> Callable[[], Run]:
    path = str(setting.path(workbook("clean", rows)))

    def planned() -> Run:
        home = tempfile.mkdtemp(dir=setting.scratch)  # a journal knows what it has seen already
        words = [sys.executable, "-m", "benchmarks.plan_offline", path, home]
        found = run(words, setting.environment())
        if found.told.split()[:3:2] != [str(rows), str(rows)]:
            raise Failed(f"plan: {rows} creates were expected: {found.told}")
        return found

    return planned


def _memory_a_row(size: Size, many: Sequence[Run], few: Sequence[Run]) -> Result:
    more = median(many, "peak") - median(few, "peak")
    return Result(
        f"{NAME}: memory",
        f"itself, {size.few:,}",
        "kB a row more",
        more / (size.many - size.few),
        at_most=MOST_A_ROW,
    )


def _needs(size: Size) -> list[Material]:
    return [workbook("clean", rows) for rows in (size.many, size.few)]


CASES = (Case("plan", "plan of many creates without network, to the journal", _plan, _needs),)
