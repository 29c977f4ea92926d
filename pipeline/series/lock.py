"""One export at a time under a name: a second one is told who exports; the dead hold nothing."""

from __future__ import annotations

import os
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.errors import UsageError
from pipeline.series.names import OWNER_ONLY


@contextmanager
def only_export(path: Path, name: str) -> Iterator[None]:
    """Hold a series until the block ends. Raises UsageError when another process holds it.

    The system itself frees the lock of a process that died, however it died.
    """
    lock = FileLock(path.with_suffix(".lock"), timeout=0, mode=OWNER_ONLY)
    try:
        lock.acquire()
    except Timeout as error:
        raise UsageError(
            f"Export '{name}': {_who(path)} is exporting under this name. "
            "Wait until it has ended, or choose another name. Nothing was written."
        ) from error
    except (OSError, NotImplementedError) as error:  # filelock's words for "no locks here"
        raise UsageError(
            f"{lock.lock_file}: cannot be locked ({error}). "
            "Set NEXUDUS_BULK_HOME to a folder on this machine's own disk."
        ) from error
    try:
        yield
    finally:
        lock.release()


def write_holder(database: sqlite3.Connection, since: float) -> None:
    """Write down who exports from now on; `since` in seconds since 1970."""
    database.execute("DELETE FROM holder")
    line = (os.getpid(), socket.gethostname(), since)
    database.execute("INSERT INTO holder VALUES (?, ?, ?)", line)


def _who(path: Path) -> str:
    try:
        with closing(sqlite3.connect(path)) as database:
            holder = database.execute("SELECT pid, host, since FROM holder").fetchone()
    except sqlite3.Error:
        holder = None  # not made yet, or damaged
    if holder is None:
        return "another process"
    pid, host, since = holder
    at = datetime.fromtimestamp(since).astimezone()
    place = "" if host == socket.gethostname() else f" on {host}"
    return f"process {pid}{place}, since {at:%Y-%m-%d %H:%M},"
