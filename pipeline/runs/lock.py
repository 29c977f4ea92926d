"""One writer per account: a second start is told who writes; the dead hold nothing."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.runs.journal import Journal
from pipeline.state import held, is_held, process_words


@contextmanager
def only_writer(home: Path, journal: Journal) -> Iterator[None]:
    """Hold the account until the block ends. Raises UsageError when another process holds it."""

    def refusal() -> str:
        who = process_words(journal.writer())
        return (
            f"{who[0].upper()}{who[1:]} is writing to {journal.account}. Wait until it has ended, "
            "or end it with Ctrl-C. Nothing was sent."
        )

    with held(_lock_file(home, journal), refusal):
        journal.set_writer(os.getpid(), socket.gethostname())
        yield


def writer_now(home: Path, journal: Journal) -> int | None:
    """Return the process that holds the account just now, if any does."""
    return (journal.writer() or (0,))[0] if is_held(_lock_file(home, journal)) else None


def _lock_file(home: Path, journal: Journal) -> Path:
    name = hashlib.sha256(journal.account.encode()).hexdigest()[:16]
    return home / f"writer-{name}.lock"
