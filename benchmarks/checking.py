"""`check` of a large workbook: clean, with bad cells, and all bad, beside pandas and pandera."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

from benchmarks.case import Case, Material, Result, Setting, Size, beside, exactly, growth
from benchmarks.materials import workbook
from benchmarks.measure import Failed, Often, Run, run

ROUNDS = 5
TIMES = 3  # within a round, of a clean check, which takes a fifth of its rival's time
RIVAL = "read_excel (openpyxl) + pandera, coerce"
DATA = ("clean", "bad-cells", "bad-rows")
UNFINISHED = 1
NAMES = {
    "clean": "check, clean",
    "bad-cells": "check, a bad cell in every typed column",
    "bad-rows": "check, all rows bad",
}


def _check(setting: Setting) -> list[Result]:
    size = setting.size
    runs: dict[str, Callable[[], Run] | Often] = {RIVAL: _rival(setting)}
    for kind in DATA:
        for rows in (size.many, size.few):
            times = TIMES if kind == "clean" else 1
            runs[_named(kind, rows)] = setting.often(times, _ours(setting, kind, rows))
    found = setting.in_turn(ROUNDS, runs)
    many = {kind: found[_named(kind, size.many)] for kind in DATA}
    clean = many["clean"]
    of_many = f"{size.many:,} rows"
    return [
        beside(f"{NAMES['clean']}, {of_many}", RIVAL, clean, found[RIVAL], at_most=0.2),
        beside(f"{NAMES['bad-cells']}, {of_many}", "clean", many["bad-cells"], clean, at_most=1.3),
        beside(f"{NAMES['bad-rows']}, {of_many}", "clean", many["bad-rows"], clean, at_most=2),
        *(_problems(setting, kind, many[kind]) for kind in ("bad-cells", "bad-rows")),
        *(growth(NAMES[kind], many[kind], found[_named(kind, size.few)], size) for kind in DATA),
    ]


def _ours(setting: Setting, kind: str, rows: int) -> Callable[[], Run]:
    path = str(setting.path(workbook(kind, rows)))
    words = [sys.executable, "-m", "pipeline", "check", "--json", path]
    code = 0 if kind == "clean" else UNFINISHED
    return lambda: run(words, setting.environment(), codes=[code])


def _rival(setting: Setting) -> Callable[[], Run]:
    path = str(setting.path(workbook("clean", setting.size.many)))
    words = [sys.executable, "-m", "benchmarks.rivals.check_pandas", path]
    return lambda: run(words, setting.environment())


def _problems(setting: Setting, kind: str, runs: list[Run]) -> Result:
    """Count the problems, which must be one for each bad cell and each in a cell of its own."""
    expected = int(
        run([sys.executable, "-m", "benchmarks.data", kind, str(setting.size.many)]).told
    )
    told = json.loads(runs[-1].told)["problems"]
    errors = [each for each in told if each["severity"] == "error"]
    if len({(each["row"], each["column"]) for each in errors}) != len(errors):
        raise Failed(f"{kind}: a cell has two problems")
    return exactly(f"{NAMES[kind]}: problems", "bad cells", "problems", len(told), expected)


def _named(kind: str, rows: int) -> str:
    return f"check, {kind}, {rows:,}"


def _needs(size: Size) -> list[Material]:
    return [workbook(kind, rows) for kind in DATA for rows in (size.many, size.few)]


CASES = (Case("check", "check of many rows: clean, with bad cells, all bad", _check, _needs),)
