"""One export at a time under a name: a second one is told who exports; the dead hold nothing."""

from __future__ import annotations

import os
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from pipeline.state import held, process_words


@contextmanager
def only_export(path: Path, name: str) -> Iterator[None]:
    """Hold a series until the block ends. Raises UsageError when another process holds it."""

    def refusal() -> str:
        return (
            f"Export '{name}': {process_words(_holder(path))} is exporting under this name. "
            "Wait until it has ended, or choose another name. Nothing was written."
        )

    with held(path.with_suffix(".lock"), refusal):
        yield


def write_holder(database: sqlite3.Connection, since: float) -> None:
    """Write down who exports from now on; `since` in seconds since 1970."""
    database.execute("DELETE FROM holder")
    line = (os.getpid(), socket.gethostname(), since)
    database.execute("INSERT INTO holder VALUES (?, ?, ?)", line)


def _holder(path: Path) -> tuple[int, str, float] | None:
    try:
        with closing(sqlite3.connect(path)) as database:
            found: tuple[int, str, float] | None = database.execute(
                "SELECT pid, host, since FROM holder"
            ).fetchone()
    except sqlite3.Error:
        return None  # not made yet, or damaged
    return found
