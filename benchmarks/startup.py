"""Start-up: what is paid before a command begins, and a check so short that little else counts."""

from __future__ import annotations

import sys
from collections.abc import Callable

from benchmarks.case import Case, Material, Result, Setting, Size, beside
from benchmarks.materials import workbook
from benchmarks.measure import Failed, Run, run

ROUNDS = 9
OURS = (sys.executable, "-m", "pipeline")
USAGE = 2
# What is typed, and the exit code.
TYPED = {
    "--help": 0,
    "--version": 0,
    "--wrong": USAGE,
    "check --help": 0,
    "check --wrong": USAGE,
    "import --help": 0,
    "import --wrong": USAGE,
    "export --help": 0,
    "export --wrong": USAGE,
}
HEAVY = (
    "pandas",
    "numpy",
    "pandera",
    "httpx",
    "openpyxl",
    "xlsxwriter",
    "python_calamine",
    "lxml",
    "matplotlib",
    "pyarrow",
    "flask",
)
LIBRARIES = "import pandas, pandera.pandas"
FEW = 10


def _quick(setting: Setting) -> list[Result]:
    """Time what does no work beside an interpreter that does none either."""
    environment = setting.environment()

    def ours(typed: str, code: int) -> Callable[[], Run]:
        return lambda: run([*OURS, *typed.split()], environment, codes=[code])

    runs = {typed: ours(typed, code) for typed, code in TYPED.items()}
    runs["python -c pass"] = lambda: run([sys.executable, "-c", "pass"], environment)
    found = _warm_in_turn(setting, runs)
    floor = found["python -c pass"]
    return [
        *(beside(each, "python -c pass", found[each], floor, at_most=6) for each in TYPED),
        *(_imported(each, code, environment) for each, code in TYPED.items()),
    ]


def _imported(typed: str, code: int, environment: dict[str, str]) -> Result:
    """Count the heavy libraries that are imported."""
    words = [sys.executable, "-X", "importtime", "-m", "pipeline", *typed.split()]
    told = run(words, environment, codes=[code]).said.splitlines()
    modules = {each.rpartition("|")[2].strip().partition(".")[0] for each in told if "|" in each}
    if "click" not in modules:
        raise Failed(f"{typed}: the imports are not told")
    found = sorted(modules & set(HEAVY))
    return Result(
        f"{typed}: heavy imports", "", "libraries", len(found), at_most=0, remark=", ".join(found)
    )


def _short_check(setting: Setting) -> list[Result]:
    """Time a check of ten rows beside the import of the libraries that it may need."""
    environment = setting.environment()
    path = str(setting.path(workbook("clean", FEW)))
    runs = {
        "check of 10 rows": lambda: run([*OURS, "check", path], environment),
        LIBRARIES: lambda: run([sys.executable, "-c", LIBRARIES], environment),
    }
    found = _warm_in_turn(setting, runs)
    ours = found["check of 10 rows"]
    return [beside("check of 10 rows", LIBRARIES, ours, found[LIBRARIES], at_most=1.25)]


def _warm_in_turn(setting: Setting, runs: dict[str, Callable[[], Run]]) -> dict[str, list[Run]]:
    if setting.size.judged:
        for each in runs.values():
            each()  # the very first run of all compiles
    return setting.in_turn(ROUNDS, runs)


def _ten_rows(_: Size) -> list[Material]:
    return [workbook("clean", FEW)]


CASES = (
    Case("start-up", "help, version and wrong options", _quick),
    Case("short-check", "check of 10 rows, the whole process", _short_check, _ten_rows),
)
