"""Exports of many records from a sandbox in a process of its own, whose time counts nowhere."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from benchmarks.case import Case, Result, Setting, beside, by_clock, growth, peaks
from benchmarks.export_account import served
from benchmarks.measure import Failed, Run, run

ROUNDS = 2
RIVAL = "json → DataFrame → to_excel (openpyxl)"
ALONE = "the same GETs alone"
MOST = 10  # requests a second: the most that the service documents
RATE = 10 * MOST  # the same, scaled
OURS = (sys.executable, "-m", "pipeline", "export", "--json", "--overwrite")


def _export(setting: Setting) -> list[Result]:
    size = setting.size
    with _account(setting, size.many) as many, _account(setting, size.few) as few:
        runs = {
            "export": _ours(setting, many, size.many),
            RIVAL: _rival(many, "export_pandas", str(setting.scratch / "rival.xlsx")),
            "export, few": _ours(setting, few, size.few),
        }
        found = setting.in_turn(ROUNDS, runs)
    ours, theirs, name = found["export"], found[RIVAL], f"export, {size.many:,} records"
    return [
        replace(beside(name, RIVAL, ours, theirs, at_most=0.5), goal=0.15),
        peaks(name, RIVAL, ours, theirs, at_most=0.15),
        peaks(name, f"itself, {size.few:,}", ours, found["export, few"], at_most=1.1),
        growth("export", ours, found["export, few"], size),
    ]


def _waiting(setting: Setting) -> list[Result]:
    """Time an export beside the GETs it sends, both as fast as the service lets anybody be."""
    count = setting.size.many
    log, asked = setting.scratch / "export.log", setting.scratch / "asked.log"
    with _account(setting, count, log) as account:
        ours = _ours(setting, account, count, f"all:{MOST}/1")
        words = [sys.executable, "-m", "benchmarks.gets_alone", str(asked), str(MOST)]

        def exported() -> Run:
            done = ours()
            shutil.copy(log, asked)  # what it has asked is what the GETs alone ask
            return done

        found = setting.in_turn(1, {"export": exported, ALONE: lambda: run(words, account)})
    name = f"export, {count:,} records, at {MOST} requests a second"
    return [by_clock(name, ALONE, found["export"], found[ALONE], at_most=1.1)]


def _requests(setting: Setting) -> list[Result]:
    """Count what an export of few records asks, beside a GET for each, within the same limit."""
    count = 3_000 if setting.size.judged else 300
    limit = f"all:{RATE}/1"
    with _account(setting, count, limits=[limit]) as account:
        runs = {
            "export": _ours(setting, account, count, limit),
            "GETs": _rival(account, "get_each", str(RATE)),
        }
        found = setting.in_turn(1, runs)
    ours = json.loads(found["export"][-1].told)["requests"]
    theirs = int(found["GETs"][-1].told)
    name = f"export, {count:,} records, {RATE} requests a second allowed"
    rival = "a GET for each record"
    return [
        Result(name, rival, "requests", ours, theirs, ratio=ours / theirs, at_most=0.02),
        by_clock(f"{name}: time", rival, found["export"], found["GETs"], at_most=None),
    ]


@contextmanager
def _account(
    setting: Setting, records: int, log: Path | None = None, limits: list[str] | None = None
) -> Iterator[dict[str, str]]:
    setting.say(f"an account of {records:,} records")
    with served(setting.folder, records, log=log, limits=limits or ()) as told:
        yield setting.environment(
            **{
                name: value
                for name, value in told.items()
                if name.startswith("NEXUDUS_") and name != "NEXUDUS_BULK_HOME"
            }
        )


def _ours(
    setting: Setting, account: dict[str, str], records: int, limit: str = "none"
) -> Callable[[], Run]:
    path = setting.scratch / f"ours-{records}.xlsx"

    def exported() -> Run:
        found = run([*OURS, "-o", str(path), "--limit", limit], account)
        if json.loads(found.told)["rows"] != records:
            raise Failed(f"export: {records} records were expected: {found.told}")
        return found

    return exported


def _rival(account: dict[str, str], module: str, *words: str) -> Callable[[], Run]:
    return lambda: run([sys.executable, "-m", f"benchmarks.rivals.{module}", *words], account)


CASES = (Case("export", "export of many records to .xlsx", _export),)
WAITING = (
    Case("export-requests", "requests of an export within a limit", _requests, beside=True),
    Case("export-time", "export of many records beside its GETs alone", _waiting),
)
