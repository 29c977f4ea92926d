"""The limited server as a process of its own, and imports into it: each the whole command."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.case import Material, Setting
from benchmarks.measure import Failed, Run, run


@dataclass(frozen=True)
class Figures:
    """What a server has counted: times are seconds of its clock."""

    asked: int  # requests of any kind
    accepted: tuple[float, ...]  # when each write was let in
    refused: tuple[tuple[float, float], ...]  # when, and the seconds it was told to wait

    def used(self, count: int, seconds: float) -> float:
        """Return the share of `count` writes in `seconds` that was used, once it began.

        The first `count` writes may come in a burst, and count neither as writes nor as time.
        """
        after = self.accepted[count - 1 :]
        return (len(after) - 1) * seconds / count / (after[-1] - after[0])


@dataclass(frozen=True)
class Server:
    """A server that runs."""

    url: str

    def figures(self) -> Figures:
        """Ask what it has counted."""
        with urllib.request.urlopen(f"{self.url}/figures") as answer:
            found = json.load(answer)
        refused = tuple((at, pause) for at, pause in found["refused"])
        return Figures(found["asked"], tuple(found["accepted"]), refused)


@contextmanager
def serving(*options: object) -> Iterator[Server]:
    """Serve with options of `benchmarks/limited_server.py`."""
    words = [sys.executable, "-m", "benchmarks.limited_server", *map(str, options)]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    assert process.stdout
    with process.stdin, process.stdout:
        ready, _, url = process.stdout.readline().strip().partition(" ")
        if ready != "READY":
            raise Failed("the limited server did not start")
        yield Server(url)
    process.wait()


def rooms(kind: str, count: int) -> Material:
    """A workbook of `benchmarks/rooms.py`."""
    return Material(f"{kind}-{count}.xlsx", ("benchmarks.rooms", kind, str(count)))


def imported(
    setting: Setting, server: Server, book: Material, *options: str, home: Path | None = None
) -> tuple[Run, dict[str, Any]]:
    """Import a workbook; returns the process and what it said with --json.

    A folder of its own holds state and results, unless `home` is given.
    """
    home = home or Path(tempfile.mkdtemp(dir=setting.scratch))
    environment = setting.environment(
        NEXUDUS_BASE_URL=server.url,
        NEXUDUS_USERNAME="bench@example.org",
        NEXUDUS_PASSWORD="benchmark",
        NEXUDUS_BULK_HOME=str(home),
    )
    words = ["import", str(setting.path(book)), "--yes", "--json"]
    words += ["--results", str(home / "results.xlsx"), *options]
    codes = [0, 3] if "--max-requests" in options else [0]
    done = run([sys.executable, "-m", "pipeline", *words], environment, codes=codes)
    return done, json.loads(done.told)
