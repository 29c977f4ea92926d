"""The journal: what a run wanted, tried and reached, in SQLite; intents before each request.

Secrets never reach it: fields marked secret are left out of what is kept of records and payloads.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.api.tokens import make_home
from pipeline.errors import UsageError
from pipeline.planning.plan import Change, Plan
from pipeline.runs.outcome import Outcome
from pipeline.schema import Entity

FILE = "journal.sqlite"
VERSION = 1
TABLES = """
CREATE TABLE IF NOT EXISTS run (
    id INTEGER PRIMARY KEY, account TEXT NOT NULL, entity TEXT NOT NULL, file TEXT NOT NULL,
    digest TEXT NOT NULL, sheet TEXT NOT NULL, started REAL NOT NULL, ended REAL, stopped TEXT
);
CREATE TABLE IF NOT EXISTS change (
    run INTEGER NOT NULL REFERENCES run(id), row INTEGER NOT NULL, action TEXT NOT NULL,
    name TEXT NOT NULL, place INTEGER, record_id INTEGER, before TEXT, payload TEXT,
    status TEXT, message TEXT, PRIMARY KEY (run, row)
);
CREATE TABLE IF NOT EXISTS attempt (
    run INTEGER NOT NULL REFERENCES run(id), row INTEGER NOT NULL, at REAL NOT NULL,
    method TEXT NOT NULL, verdict TEXT, status INTEGER
);
CREATE TABLE IF NOT EXISTS written (account TEXT NOT NULL, at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS written_when ON written (account, at);
"""


class Journal:
    """One account's runs. `now` is the wall clock, in seconds since 1970."""

    def __init__(self, home: Path, account: str, *, now: Callable[[], float] = time.time) -> None:
        self._account = account
        self._now = now
        try:
            make_home(home)
            self._db = sqlite3.connect(home / FILE, isolation_level=None, timeout=30)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")  # an intent must outlive a power cut
            self._prepare(home)
        except (OSError, sqlite3.Error) as error:
            raise UsageError(
                f"{home / FILE}: the journal cannot be opened ({error}). "
                "Set NEXUDUS_BULK_HOME to a folder that can be written."
            ) from error

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def begin(self, entity: Entity, plan: Plan, *, file: Path, digest: str, sheet: str) -> int:
        """Write down a whole plan, and return the run's number."""
        with self._together():
            run = self._db.execute(
                "INSERT INTO run (account, entity, file, digest, sheet, started) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (self._account, entity.name, str(file), digest, sheet, self._now()),
            ).lastrowid
            assert run is not None
            self._db.executemany(
                "INSERT INTO change VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)",
                (_line(run, entity, change) for change in plan.changes),
            )
        return run

    def intend(self, run: int, row: int, method: str) -> int:
        """Write down that a request is about to be sent; it is on the disk when this returns."""
        with self._together():
            attempt = self._db.execute(
                "INSERT INTO attempt (run, row, at, method) VALUES (?, ?, ?, ?)",
                (run, row, self._now(), method),
            ).lastrowid
        assert attempt is not None
        return attempt

    def answered(self, attempt: int, verdict: str, status: int) -> None:
        """Write down how the service answered an intent."""
        self._db.execute(
            "UPDATE attempt SET verdict = ?, status = ? WHERE rowid = ?", (verdict, status, attempt)
        )

    def settle(self, run: int, outcomes: Iterable[Outcome]) -> None:
        """Write down what became of rows."""
        with self._together():
            self._db.executemany(
                "UPDATE change SET status = ?, message = ?, record_id = coalesce(?, record_id) "
                "WHERE run = ? AND row = ?",
                ((each.status, each.message, each.record_id, run, each.row) for each in outcomes),
            )

    def end(self, run: int, stopped: str | None) -> None:
        """Write down that a run ended, and why if it was before its last row."""
        self._db.execute(
            "UPDATE run SET ended = ?, stopped = ? WHERE id = ?", (self._now(), stopped, run)
        )

    def wrote(self) -> None:
        """Count one request that writes, whatever becomes of it."""
        self._db.execute("INSERT INTO written VALUES (?, ?)", (self._account, self._now()))

    def seconds_since_writes(self, within_seconds: float) -> list[float]:
        """Return how long ago each write of this account was sent, by any run or process."""
        now = self._now()
        rows = self._db.execute(
            "SELECT at FROM written WHERE account = ? AND at > ?",
            (self._account, now - within_seconds),
        )
        return [max(now - at, 0.0) for (at,) in rows]

    def _prepare(self, home: Path) -> None:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise UsageError(
                f"{home / FILE}: a newer version of nexudus-bulk wrote this journal. Use that one."
            )
        self._db.executescript(TABLES)
        self._db.execute(f"PRAGMA user_version = {VERSION}")

    @contextmanager
    def _together(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


def _line(run: int, entity: Entity, change: Change) -> tuple[Any, ...]:
    return (
        run,
        change.row,
        change.action,
        change.name,
        change.place,
        change.record_id,
        _kept(entity, change.before),
        _kept(entity, change.payload),
    )


def _kept(entity: Entity, record: Mapping[str, Any] | None) -> str | None:
    if record is None:
        return None
    secret = {each.name for each in entity.fields if each.secret}
    return json.dumps({name: value for name, value in record.items() if name not in secret})
