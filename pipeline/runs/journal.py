"""The journal: what a run wanted, tried and reached, in SQLite; intents before each request.

How a request ended and what became of its row wait for the next transaction, which is that of the
next intent, or for `flush`: one write to the disk a row. Whoever reads here, reads them. What a
killed process had not written yet is a request without an end, as if its answer had been lost.
Secrets never reach it: fields marked secret are left out of what is kept of records and payloads.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import Any

from pipeline.api.tokens import make_home
from pipeline.errors import StoppedError, UsageError
from pipeline.json_text import write_json
from pipeline.planning.ledger import Known
from pipeline.planning.plan import Change, Plan
from pipeline.problems import Problem
from pipeline.runs import ledger
from pipeline.runs.ledger import NO_RUN
from pipeline.runs.lines import (
    CHANGE_COLUMNS,
    DOUBTFUL_VERDICTS,
    RUN_COLUMNS,
    Attempt,
    Run,
    Source,
    change_line,
    read_change,
    read_run,
)
from pipeline.runs.outcome import Outcome
from pipeline.runs.tables import MIGRATIONS
from pipeline.schema import Entity
from pipeline.state import NewerError, migrate

FILE = "journal.sqlite"
HOUR = 3_600.0  # seconds
RATE_SECONDS = 7 * 86_400.0  # a limit found so long ago is looked for anew
FORGET_SECONDS = 30 * 86_400.0  # copies of files are dropped so long after their run is done
WAL_TRIES = 50
OPEN = (  # rows that a resume looks at; of what was created only links may be missing
    "(status IS NULL OR status IN ('unsent', 'in_doubt') "
    "OR (action = 'create' AND status = 'created' AND links <> '{}'))"
)
DOUBTFUL = f"(verdict IS NULL OR verdict IN {DOUBTFUL_VERDICTS})"
ENDED = (
    "UPDATE attempt SET ended = ?, verdict = ?, status = ?, record_id = ?, words = ? "
    "WHERE rowid = ?"
)
SETTLED = (
    "UPDATE change SET status = ?, message = ?, record_id = coalesce(?, record_id) "
    "WHERE run = ? AND row = ?"
)
RUN = f"SELECT {RUN_COLUMNS} FROM run"

_Statement = tuple[str, tuple[Any, ...]]


class Journal:
    """One account's runs, for any number of threads. `now` is the wall clock."""

    def __init__(self, home: Path, account: str, *, now: Callable[[], float] = time.time) -> None:
        self.account = account
        self._now = now
        self._lock = threading.RLock()
        self._ends: deque[_Statement] = deque()  # not written yet
        self._with_ledger: dict[int, bool] = {}  # by run
        self._creating: set[int] = set()  # sendings whose records the ledger is to know
        try:
            make_home(home)
            self._db = sqlite3.connect(
                home / FILE, isolation_level=None, timeout=30, check_same_thread=False
            )
            migrate(self._db, MIGRATIONS)
            _use_wal(self._db)
            self._db.execute("PRAGMA synchronous = FULL")  # an intent must outlive a power cut
        except NewerError as error:
            raise UsageError(
                f"{home / FILE}: a newer version of nexudus-bulk wrote this journal. Use that one."
            ) from error
        except (OSError, sqlite3.Error) as error:
            raise UsageError(
                f"{home / FILE}: the journal cannot be opened ({error}). "
                "Set NEXUDUS_BULK_HOME to a folder that can be written."
            ) from error

    def close(self) -> None:
        """Write what is not written yet, and close the file."""
        with self._lock:
            with suppress(StoppedError):  # who closes has said why it ends
                self.flush()
            self._db.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ---- writing down

    def begin(self, entity: Entity, plan: Plan, source: Source, settled: Iterable[Outcome]) -> int:
        """Write down a whole plan with what is settled already; returns the run's number."""
        values = {
            "account": self.account,
            "entity": entity.name,
            "file": str(source.file),
            "digest": source.digest,
            "sheet": source.sheet,
            "started": self._now(),
            "known": json.dumps(sorted(plan.known_ids)),
            "problems": json.dumps([vars(each) for each in plan.problems], default=str),
            "results": str(source.results),
            "reading": source.reading,
            "program": source.program,
        }
        names = ", ".join(values)
        marks = ", ".join("?" for _ in values)
        with self._on_disk():
            run = self._db.execute(
                f"INSERT INTO run ({names}) VALUES ({marks})", tuple(values.values())
            ).lastrowid
            assert run is not None
            self._take_up(entity, source, run)
            self._forget()
            self._db.execute("INSERT INTO source VALUES (?, ?)", (run, source.content))
            self._db.executemany(
                f"INSERT INTO change (run, {CHANGE_COLUMNS}) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (change_line(run, entity, change) for change in plan.changes),
            )
            self._with_ledger[run] = bool(source.program)
            self._execute(chain.from_iterable(self._settled(run, each) for each in settled))
        return run

    def take_up(self, source: Source, entity: Entity, changes: Iterable[Change] = ()) -> None:
        """Close the earlier runs of a file that was imported again with nothing left to write.

        What its good rows were found to be is kept in the ledger.
        """
        found = [each for each in changes if each.action == "unchanged"]
        kept = [each for each in found if each.source_id and each.record_id is not None]
        with self._on_disk():
            self._take_up(entity, source, NO_RUN)
            if source.program:
                head, now = (self.account, entity.name, source.program), self._now()
                self._db.executemany(
                    ledger.DROP_OTHERS, ((*head, c.record_id, c.source_id) for c in kept)
                )
                self._db.executemany(
                    ledger.KEEP, ((*head, c.source_id, c.name, c.record_id, now) for c in kept)
                )

    def _take_up(self, entity: Entity, source: Source, run: int) -> None:
        """Close the earlier runs of a file, also of what it said before: they must not go on."""
        self._db.execute(
            "UPDATE run SET taken_up_by = ? WHERE account = ? AND entity = ? AND sheet = ? "
            "AND (digest = ? OR file = ?) AND id <> ? AND taken_up_by IS NULL "
            f"AND (ended IS NULL OR EXISTS (SELECT 1 FROM change WHERE run = run.id AND {OPEN}))",
            (run, self.account, entity.name, source.sheet, source.digest, str(source.file), run),
        )

    def _forget(self) -> None:
        """Drop what no run needs any more: files of runs long done, writes of days long past."""
        self._db.execute(
            "DELETE FROM source WHERE run IN (SELECT id FROM run "
            "WHERE coalesce(ended, started) < ? AND (taken_up_by IS NOT NULL OR NOT EXISTS "
            f"(SELECT 1 FROM change WHERE run = run.id AND {OPEN})))",
            (self._now() - FORGET_SECONDS,),
        )
        self._db.execute(
            "DELETE FROM written WHERE at < ? OR (kind = 'read' AND at < ?)",
            (self._now() - FORGET_SECONDS, self._now() - HOUR),
        )

    def ready(self, run: int, entity: Entity, change: Change, links: Mapping[str, Any]) -> None:
        """Write down what of a row is about to leave, and which links are not in it yet.

        The ids of rows that were created meanwhile stand in its payload now.
        """
        *_, payload, fields, _, _ = change_line(run, entity, change)
        with self._on_disk():
            self._db.execute(
                "UPDATE change SET payload = ?, fields = ?, links = ? WHERE run = ? AND row = ?",
                (payload, fields, write_json(dict(links)), run, change.row),
            )

    def linked(self, run: int, row: int) -> None:
        """Write down that no link of a row is missing any more."""
        with self._on_disk():
            self._db.execute("UPDATE change SET links = '{}' WHERE run = ? AND row = ?", (run, row))

    def intend(self, run: int, row: int, method: str) -> int:
        """Write down that a request leaves now; it is on the disk when this returns."""
        creates = method == "POST" and self._has_ledger(run)
        with self._on_disk():
            attempt = self._db.execute(
                "INSERT INTO attempt (run, row, at, method) VALUES (?, ?, ?, ?)",
                (run, row, self._now(), method),
            ).lastrowid
            self._count("write")
        assert attempt is not None
        if creates:
            self._creating.add(attempt)
        return attempt

    def count(self, kind: str) -> None:
        """Count a request that is no row's: a read, or one for a token, which is a write."""
        with self._on_disk():
            self._count(kind)

    def _count(self, kind: str) -> None:
        self._db.execute("INSERT INTO written VALUES (?, ?, ?)", (self.account, self._now(), kind))

    def ended(
        self, attempt: int, verdict: str, status: int, record_id: int | None, words: str
    ) -> None:
        """Write down how a sending ended, with the next transaction."""
        now = self._now()
        self._ends.append((ENDED, (now, verdict, status, record_id, words, attempt)))
        if attempt in self._creating:
            self._creating.discard(attempt)
            self._ends.append((ledger.KEEP_CREATED, (now, attempt)))

    def not_stored(self, run: int, row: int) -> None:
        """Write down that what was in doubt is proven not to be on the service."""
        with self._on_disk():
            self._db.execute(
                "UPDATE attempt SET verdict = 'NOT_STORED' WHERE run = ? AND row = ? AND "
                f"{DOUBTFUL}",
                (run, row),
            )

    def settle(self, run: int, outcomes: Iterable[Outcome]) -> None:
        """Write down what became of rows, with the next transaction."""
        for each in outcomes:
            self._ends += self._settled(run, each)

    def _settled(self, run: int, outcome: Outcome) -> Iterator[_Statement]:
        row = (run, outcome.row)
        yield SETTLED, (outcome.status, outcome.message, outcome.record_id, *row)
        if self._has_ledger(run):
            yield ledger.DROP_OTHERS_SETTLED, row
            yield ledger.KEEP_SETTLED, (self._now(), *row)
            yield ledger.DROP_DELETED, row

    def _has_ledger(self, run: int) -> bool:
        """Whether the rows of a run have numbers of their own, by which the ledger knows them."""
        if run not in self._with_ledger:
            ((program,),) = self._all("SELECT program FROM run WHERE id = ?", run)
            self._with_ledger[run] = bool(program)
        return self._with_ledger[run]

    def flush(self) -> None:
        """Write what waits for a transaction."""
        if self._ends:
            with self._on_disk():
                pass

    def reopen(self, run: int) -> None:
        """Write down that a run goes on: until it ends again it can be resumed."""
        with self._on_disk():
            self._db.execute("UPDATE run SET ended = NULL, stopped = NULL WHERE id = ?", (run,))

    def note(self, run: int, stopped: str) -> None:
        """Write down why a run stopped that has not ended: its results are missing."""
        with self._on_disk():
            self._db.execute("UPDATE run SET stopped = ? WHERE id = ?", (stopped, run))

    def end(self, run: int, stopped: str | None) -> None:
        """Write down that a run ended, its results written; and why, if before its last row."""
        with self._on_disk():
            self._db.execute(
                "UPDATE run SET ended = ?, stopped = ? WHERE id = ?", (self._now(), stopped, run)
            )

    # ---- reading back

    def runs(self) -> list[Run]:
        """Return the account's runs, oldest first."""
        lines = self._all(f"{RUN} WHERE account = ? ORDER BY id", self.account)
        return [read_run(line) for line in lines]

    def run(self, number: int) -> Run | None:
        """Return one run of any account."""
        return next((read_run(line) for line in self._all(f"{RUN} WHERE id = ?", number)), None)

    def open_runs(self) -> list[Run]:
        """Return the runs that can be gone on with, oldest first.

        They have rows that are not settled, or died before their results were written.
        """
        lines = self._all(
            f"{RUN} WHERE account = ? AND taken_up_by IS NULL AND (ended IS NULL OR "
            f"EXISTS (SELECT 1 FROM change WHERE run = run.id AND {OPEN})) ORDER BY id",
            self.account,
        )
        return [read_run(line) for line in lines]

    def content(self, run: int) -> bytes | None:
        """Return the bytes of the file a run was made from; None for runs of the first version."""
        lines = self._all("SELECT content FROM source WHERE run = ?", run)
        return lines[0][0] if lines else None

    def problems(self, run: int) -> tuple[Problem, ...]:
        """Return the problems that the run's plan had; values as text."""
        ((text,),) = self._all("SELECT problems FROM run WHERE id = ?", run)
        return tuple(Problem(**each) for each in json.loads(text))

    def outcomes(self, run: int) -> tuple[Outcome, ...]:
        """Return one outcome per row of the file: without a status it is in doubt, or unsent."""
        lines = self._all(
            "SELECT row, coalesce(status, CASE WHEN EXISTS (SELECT 1 FROM attempt "
            f"WHERE attempt.run = change.run AND attempt.row = change.row AND {DOUBTFUL}) "
            "THEN 'in_doubt' ELSE 'unsent' END), coalesce(message, ''), record_id "
            "FROM change WHERE run = ? ORDER BY row",
            run,
        )
        return tuple(Outcome(*line) for line in lines)

    def kept_back(self, run: int) -> set[int]:
        """Return the rows that the plan would have sent, and that were blocked by another row."""
        query = (
            "SELECT row FROM change WHERE run = ? AND status = 'blocked' AND action <> 'blocked'"
        )
        return {row for (row,) in self._all(query, run)}

    def names(self, run: int) -> dict[int, str]:
        """Return what the rows of a run are called."""
        return dict(self._all("SELECT row, name FROM change WHERE run = ?", run))

    def open_changes(self, run: int) -> list[Change]:
        """Return the changes that are not settled, in sheet order; secrets are not in them."""
        lines = self._all(
            f"SELECT {CHANGE_COLUMNS} FROM change WHERE run = ? AND {OPEN} ORDER BY row",
            run,
        )
        return [read_change(*line) for line in lines]

    def attempts(self, run: int, row: int | None = None) -> list[Attempt]:
        """Return the sendings of a run's open rows, or of one row, in their order."""
        lines = self._all(
            "SELECT row, at, method, verdict, coalesce(status, 0), ended, record_id FROM attempt "
            f"WHERE run = ? AND row IN (SELECT row FROM change WHERE run = ? AND {OPEN}) "
            "AND (? IS NULL OR row = ?) ORDER BY rowid",
            run,
            run,
            row,
            row,
        )
        return [Attempt(*line) for line in lines]

    def seconds_since(self, kind: str, within_seconds: float) -> list[float]:
        """Return how long ago each request of a kind was sent, by any run or process."""
        now = self._now()
        lines = self._all(
            "SELECT at FROM written WHERE account = ? AND kind = ? AND at > ?",
            self.account,
            kind,
            now - within_seconds,
        )
        return [max(now - at, 0.0) for (at,) in lines]

    def just_created(self, entity: Entity, within_seconds: float) -> set[tuple[int, int]]:
        """Return (id, location) of the records that any run created so short ago."""
        lines = self._all(
            "SELECT attempt.record_id, change.place FROM attempt "
            "JOIN change ON change.run = attempt.run AND change.row = attempt.row "
            "JOIN run ON run.id = attempt.run "
            "WHERE run.account = ? AND run.entity = ? AND attempt.method = 'POST' "
            "AND attempt.ended > ? "
            "AND attempt.record_id IS NOT NULL AND change.place IS NOT NULL",
            self.account,
            entity.name,
            self._now() - within_seconds,
        )
        return {(int(number), int(place)) for number, place in lines}

    def just_updated(self, entity: Entity, within_seconds: float) -> dict[int, dict[str, Any]]:
        """Return what any run changed so short ago: the values sent, by record and field."""
        lines = self._all(
            "SELECT change.record_id, change.payload, change.fields FROM attempt "
            "JOIN change ON change.run = attempt.run AND change.row = attempt.row "
            "JOIN run ON run.id = attempt.run "
            "WHERE run.account = ? AND run.entity = ? AND attempt.method = 'PUT' "
            "AND attempt.ended > ? AND attempt.verdict = 'DONE' ORDER BY attempt.rowid",
            self.account,
            entity.name,
            self._now() - within_seconds,
        )
        found: dict[int, dict[str, Any]] = {}
        for number, payload, fields in lines:
            sent = json.loads(payload)
            found.setdefault(number, {}).update({each: sent[each] for each in json.loads(fields)})
        return found

    # ---- the ledger

    def known(self, entity: Entity, source: str) -> dict[str, Known]:
        """Return what became of a source's rows, by their numbers there."""
        lines = self._all(ledger.KNOWN, self.account, entity.name, source)
        return {number: Known(record_id, name) for number, record_id, name in lines}

    def ledger_lines(self, source: str | None = None) -> list[ledger.Line]:
        """Return the account's ledger, or what it keeps of one source."""
        lines = self._all(ledger.LINES, self.account, source, source)
        return [ledger.Line(*each) for each in lines]

    def forget(self, source: str) -> None:
        """Drop what the ledger keeps of a source."""
        with self._on_disk():
            self._db.execute(ledger.FORGET, (self.account, source))

    # ---- limits that were found, and who writes

    def found_rates(self) -> dict[str, float]:
        """Return the rates found lower than configured, by kind; old ones are forgotten."""
        lines = self._all(
            "SELECT kind, rate FROM found WHERE account = ? AND at > ?",
            self.account,
            self._now() - RATE_SECONDS,
        )
        return dict(lines)

    def keep_rates(self, rates: Mapping[str, float]) -> None:
        """Remember rates for the next run; a kind that is not there any more is forgotten.

        A rate that is as it was keeps its date, so that one day it is looked for anew.
        """
        kept = self.found_rates()
        with self._on_disk():
            self._db.executemany(
                "DELETE FROM found WHERE account = ? AND kind = ?",
                ((self.account, kind) for kind in kept.keys() - rates.keys()),
            )
            self._db.executemany(
                "INSERT OR REPLACE INTO found VALUES (?, ?, ?, ?)",
                (
                    (self.account, kind, rate, self._now())
                    for kind, rate in rates.items()
                    if kept.get(kind) != rate
                ),
            )

    def writer(self) -> tuple[int, str, float] | None:
        """Return who wrote last: process, machine, since when."""
        lines = self._all("SELECT pid, host, since FROM writer WHERE account = ?", self.account)
        return next(iter(lines), None)

    def set_writer(self, pid: int, host: str) -> None:
        """Write down who writes from now on."""
        with self._on_disk():
            self._db.execute(
                "INSERT OR REPLACE INTO writer VALUES (?, ?, ?, ?)",
                (self.account, pid, host, self._now()),
            )

    # ---- transactions

    def _all(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock, self._told():
            with suppress(StoppedError):  # a full disk: what was written can still be read
                self.flush()
            return self._db.execute(query, values).fetchall()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say in words when the disk is full or the file is gone: nothing is sent unwritten."""
        try:
            yield
        except sqlite3.Error as error:
            raise StoppedError(
                f"The journal cannot be used ({error}): see to the disk and to NEXUDUS_BULK_HOME."
            ) from error

    @contextmanager
    def _on_disk(self) -> Iterator[None]:
        """Write all or nothing, with what waits; it is on the disk at the end."""
        with self._lock, self._told():
            try:
                self._db.execute("BEGIN IMMEDIATE")
                written = tuple(self._ends)  # other threads add to them meanwhile
                self._execute(written)
                yield
            except BaseException:
                if self._db.in_transaction:  # SQLite itself rolls back when the disk is full
                    self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
            for _ in written:
                self._ends.popleft()

    def _execute(self, statements: Iterable[_Statement]) -> None:
        for statement, values in statements:
            self._db.execute(statement, values)


def _use_wal(database: sqlite3.Connection) -> None:
    """Switch to a write-ahead log; SQLite does not wait for another process that does the same."""
    for _ in range(WAL_TRIES):
        with suppress(sqlite3.OperationalError):
            database.execute("PRAGMA journal_mode = WAL")
            return
        time.sleep(0.1)
    database.execute("PRAGMA journal_mode = WAL")
