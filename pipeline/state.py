"""What files of state share: tables brought up to date, and one process at a time."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.errors import UsageError

OWNER_ONLY = 0o600  # the mode of a file


class NewerError(sqlite3.Error):
    """A later version of the program wrote this file."""


def migrate(database: sqlite3.Connection, scripts: Sequence[str]) -> None:
    """Bring the tables to the version of the last script, all steps or none.

    Other processes wait meanwhile. Raises NewerError.
    """
    database.execute("BEGIN IMMEDIATE")
    try:
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version > len(scripts):
            raise NewerError
        for script in scripts[version:]:
            for statement in filter(str.strip, script.split(";")):
                database.execute(statement)
        database.execute(f"PRAGMA user_version = {len(scripts)}")
    except sqlite3.Error:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


def lock_of(path: Path) -> FileLock:
    """Return the lock that is the file `path`; the system frees it when its process dies."""
    return FileLock(path, timeout=0, mode=OWNER_ONLY)


@contextmanager
def held(path: Path, refusal: Callable[[], str]) -> Iterator[None]:
    """Hold a lock until the block ends.

    Raises UsageError, with `refusal` as its words, when another process holds it.
    """
    lock = lock_of(path)
    try:
        lock.acquire()
    except Timeout as error:
        raise UsageError(refusal()) from error
    except (OSError, NotImplementedError) as error:  # filelock's words for "no locks here"
        raise UsageError(
            f"{lock.lock_file}: cannot be locked ({error}). "
            "Set NEXUDUS_BULK_HOME to a folder on this machine's own disk."
        ) from error
    try:
        yield
    finally:
        lock.release()


def is_held(path: Path) -> bool:
    """Whether some process holds the lock just now."""
    try:
        with lock_of(path):
            return False
    except Timeout:
        return True
    except (OSError, NotImplementedError):  # no locks in this folder: nobody can hold one
        return False


def process_words(holder: tuple[int, str, float] | None) -> str:
    """Name a process by its number, its machine and its start in seconds since 1970."""
    if holder is None:
        return "another process"
    pid, host, since = holder
    at = datetime.fromtimestamp(since).astimezone()
    place = "" if host == socket.gethostname() else f" on {host}"
    return f"process {pid}{place}, since {at:%Y-%m-%d %H:%M},"
