"""Whole imports: their time beside the limit's, their requests, and what a row costs here.

All into `benchmarks/limited_server.py` over the loopback, in real time.
"""

from __future__ import annotations

import functools
import json
import sqlite3
import statistics
import sys
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from benchmarks.case import CPU, Case, Material, Result, Setting, Size
from benchmarks.measure import Run, median, ratio, run
from benchmarks.sending import JITTER
from benchmarks.service import Figures, imported, rooms, serving

ROUNDS = 5  # a written row is told from the noise by many
TIMES = 2, 5  # within a round, of many rows, and of few: too short to be measured once
PER_ROW = Result("", "", "ms of processor", 0)
ROWS = 500
RATE = 20  # writes a second
START_SECONDS = 2.0  # what a process may take besides its writes
ANSWER = 0.02  # seconds
MINUTE = 60.0  # seconds
KNOWN = 0.98  # of the limit: what a client that knows it uses
LIMIT = 10  # writes a second: half of what the import is told
UNLIMITED = ("--limit", "none")


def _creates(setting: Setting) -> list[Result]:
    """Time an import beside the time in which the limit lets its writes in."""
    rows = ROWS if setting.size.judged else ROWS // 10
    options = ("--limit", f"{RATE}/1", "--answer", ANSWER, "--jitter", JITTER)
    name = f"import of {rows} creates at {RATE} writes a second"
    refused: list[tuple[float, float]] = []

    def once() -> Run:
        with serving(*options) as server:
            limit = ("--limit", f"write:{RATE}/1")
            done, _ = imported(setting, server, rooms("creates", rows), *limit)
            refused.extend(server.figures().refused)
        return done

    done = setting.in_turn(1, {name: once})[name]
    floor = rows / RATE
    most = 1.02 * floor + START_SECONDS
    return [
        Result(name, f"{rows}/{RATE} s", "s of clock", median(done, "wall"), floor, at_most=most),
        Result(f"{name}: refused", "", "requests", len(refused), at_most=0),
    ]


def _tenth(setting: Setting) -> list[Result]:
    """Count the requests of an import that changes one row in ten."""
    with serving("--rooms", ROWS) as server:
        _, told = imported(setting, server, rooms("tenth", ROWS), *UNLIMITED)
        asked = server.figures().asked
    name = f"import of {ROWS} updates, {told['counts']['unchanged']} of them unchanged"
    rival = f"{ROWS} GET + {ROWS} PUT"
    return [Result(name, rival, "requests", asked, 2 * ROWS, ratio=asked / 2 / ROWS, at_most=0.07)]


def _unknown(setting: Setting) -> list[Result]:
    """Look at the search for a limit that is half of what the import was told."""
    minutes = 4 if setting.size.judged else 0.25
    options = ("--limit", f"{LIMIT}/1", "--answer", ANSWER, "--jitter", JITTER)
    with serving(*options) as server:
        book = rooms("creates", int(LIMIT * minutes * MINUTE))
        imported(setting, server, book, "--limit", f"write:{2 * LIMIT}/1")
        found = server.figures()
    name = "limit unknown, half of what was configured"
    after = [each for each in found.accepted if each > found.accepted[0] + MINUTE] or [
        *found.accepted
    ]
    used = (len(after) - 1) / LIMIT / (after[-1] - after[0])
    writes = len(found.accepted) + len(found.refused)
    return [
        Result(
            f"{name}: used after the first minute",
            f"a client that knows it, at {KNOWN:.0%}",
            "of the limit",
            used,
            KNOWN,
            at_least=0.9 if setting.size.judged else None,
        ),
        Result(
            f"{name}: refused of 1,000",
            "",
            "requests",
            1_000 * len(found.refused) / writes,
            at_most=10 if setting.size.judged else None,
        ),
        Result(
            f"{name}: refused inside a Retry-After", "", "requests", _impatient(found), at_most=0
        ),
    ]


def _impatient(found: Figures) -> int:
    """Count the requests that were refused while the service had asked to wait."""
    pairs = zip(found.refused, found.refused[1:], strict=False)
    return sum(at < before + pause for (before, pause), (at, _) in pairs)


def _many(size: Size) -> int:
    return size.many // 10


def _few(size: Size) -> int:
    return _many(size) // 10


def _row(setting: Setting) -> list[Result]:
    """Measure what a written row costs, and ten times as many rows.

    Taken off are start-up, reading, planning and the results: a run of the same file that stops
    after its first write, and a loop of one.
    """
    many, few = _many(setting.size), _few(setting.size)
    bodies = _bodies(setting, many)
    every, often = (functools.partial(setting.often, times) for times in TIMES)
    found = setting.in_turn(
        ROUNDS,
        {
            "all": every(lambda: _import(setting, many)),
            "one": every(lambda: _import(setting, many, "--max-requests", "1")),
            "put all": every(lambda: _put(many, bodies)),
            "put one": every(lambda: _put(1, bodies)),
            "few": often(lambda: _import(setting, few)),
            "one of few": often(lambda: _import(setting, few, "--max-requests", "1")),
        },
    )
    ours = _beyond(found["all"], found["one"])
    theirs = _beyond(found["put all"], found["put one"])
    grown = ratio(found["all"], found["one"], "peak")
    name = f"sending of {many:,} rows"
    return [
        _compared(
            "a written row, with intent, pacing, log and progress",
            "httpx.Client.put in a bare loop",
            [1_000 * each / (many - 1) for each in ours],
            [1_000 * each / (many - 1) for each in theirs],
            replace(PER_ROW, at_most=2),
        ),
        _compared(
            name,
            f"of {few:,} rows",
            ours,
            _beyond(found["few"], found["one of few"]),
            replace(PER_ROW, unit=CPU, at_most=12),
        ),
        Result(
            f"{name}: peak memory",
            "the same, stopped after one write",
            "MB",
            median(found["all"], "peak") / 1024,
            median(found["one"], "peak") / 1024,
            ratio=grown,
            at_most=1.1,
        ),
    ]


def _compared(case: str, rival: str, ours: list[float], theirs: list[float], to: Result) -> Result:
    """Compare figures that were found in turn, as `to` says."""
    one, other = statistics.median(ours), statistics.median(theirs)
    return replace(to, case=case, rival=rival, ours=one, theirs=other, ratio=one / other)


def _beyond(all_rows: list[Run], one: list[Run]) -> list[float]:
    """Return the seconds of processor time that all rows but one took, of each round."""
    return [a.cpu - b.cpu for a, b in zip(all_rows, one, strict=True)]


def _bodies(setting: Setting, rows: int) -> Path:
    """Write down what an import of updates sends, a line for each."""
    home = Path(tempfile.mkdtemp(dir=setting.scratch))
    with serving("--rooms", rows) as server:
        imported(setting, server, rooms("updates", rows), *UNLIMITED, home=home)
    bodies = home / "bodies.jsonl"
    _write_bodies(home / "journal.sqlite", bodies)
    return bodies


def _import(setting: Setting, rows: int, *options: str) -> Run:
    home = Path(tempfile.mkdtemp(dir=setting.scratch))
    log = ("--log-file", str(home / "requests.jsonl"))
    with serving("--rooms", rows) as server:
        book = rooms("updates", rows)
        return imported(setting, server, book, *UNLIMITED, *log, *options, home=home)[0]


def _put(rows: int, bodies: Path) -> Run:
    with serving("--rooms", rows) as server:
        words = ["-m", "benchmarks.rivals.put_loop", server.url, str(rows), str(bodies)]
        return run([sys.executable, *words])


def _write_bodies(journal: Path, path: Path) -> None:
    with closing(sqlite3.connect(journal)) as kept:
        lines = kept.execute("SELECT payload FROM change ORDER BY row")
        bodies = (json.dumps(json.loads(text), separators=(",", ":")) for (text,) in lines)
        path.write_text("\n".join(bodies), encoding="utf-8")


def _needs_creates(size: Size) -> list[Material]:
    return [rooms("creates", ROWS if size.judged else ROWS // 10)]


def _needs_unknown(size: Size) -> list[Material]:
    return [rooms("creates", int(LIMIT * (4 if size.judged else 0.25) * MINUTE))]


def _needs_updates(size: Size) -> list[Material]:
    return [rooms("updates", each) for each in (_few(size), _many(size))]


ALONE = (Case("creates", "import of 500 creates at 20 a second", _creates, _needs_creates),)
WAITING = (Case("unknown-limit", "half of the configured limit", _unknown, _needs_unknown),)
CASES = (
    Case(
        "unchanged",
        "requests where 9 of 10 rows are unchanged",
        _tenth,
        lambda _: [rooms("tenth", ROWS)],
    ),
    Case("row", "processor time of a written row, and of ten times the rows", _row, _needs_updates),
)
