"""One writer per account: a second start is told who writes; the dead hold nothing."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.errors import UsageError
from pipeline.runs.journal import Journal


@contextmanager
def only_writer(home: Path, journal: Journal) -> Iterator[None]:
    """Hold the account until the block ends. Raises UsageError when another process holds it.

    The system itself frees the lock of a process that died, however it died.
    """
    lock = _lock(home, journal)
    try:
        lock.acquire()
    except Timeout as error:
        raise UsageError(
            f"{_who(journal)} is writing to {journal.account}. Wait until it has ended, or end it "
            "with Ctrl-C. Nothing was sent."
        ) from error
    except (OSError, NotImplementedError) as error:  # filelock's words for "no locks here"
        raise UsageError(
            f"{lock.lock_file}: cannot be locked ({error}). "
            "Set NEXUDUS_BULK_HOME to a folder on this machine's own disk."
        ) from error
    try:
        journal.set_writer(os.getpid(), socket.gethostname())
        yield
    finally:
        lock.release()


def writer_now(home: Path, journal: Journal) -> int | None:
    """Return the process that holds the account just now, if any does."""
    lock = _lock(home, journal)
    try:
        with lock:
            return None
    except Timeout:
        return (journal.writer() or (0,))[0]
    except (OSError, NotImplementedError):  # no locks in this folder: nobody can hold one
        return None


def _lock(home: Path, journal: Journal) -> FileLock:
    name = hashlib.sha256(journal.account.encode()).hexdigest()[:16]
    return FileLock(home / f"writer-{name}.lock", timeout=0)


def _who(journal: Journal) -> str:
    writer = journal.writer()
    if writer is None:
        return "Another process"
    pid, host, since = writer
    at = datetime.fromtimestamp(since).astimezone()
    place = "" if host == socket.gethostname() else f" on {host}"
    return f"Process {pid}{place}, since {at:%Y-%m-%d %H:%M},"
