"""The records: kept in SQLite, a parsed copy at hand so that listings need not parse them again."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path

from pipeline.sandbox.tables import Record

SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    ordinal INTEGER PRIMARY KEY AUTOINCREMENT,
    entity TEXT NOT NULL,
    id INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (entity, id)
)
"""
FIRST_ID = 1_415_390_000  # ten digits, above those of the seed
ENDINGS = (201, 301, 302, 202)  # as seen live: ids are not in the order of creation


class Store:
    """All records by entity and id. Hold `lock` from a look to the write that depends on it.

    With a file, a write is on the disk before its method returns.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.lock = threading.RLock()
        self.version = 0  # another one after every write
        self._database = sqlite3.connect(
            path or ":memory:", check_same_thread=False, isolation_level=None
        )
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.execute(SCHEMA)
        self._records: dict[str, dict[int, Record]] = {}
        for entity, number, body in self._database.execute("SELECT entity, id, body FROM records"):
            self._records.setdefault(entity, {})[number] = json.loads(body)
        row = self._database.execute("SELECT seq FROM sqlite_sequence").fetchone()
        self._ordinal: int = row[0] if row else 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever stored."""
        return self._ordinal == 0

    def next_id(self, entity: str, ahead: int = 0) -> int:
        """Return the id of the record that is stored next, or so many `ahead`; never one in use."""
        while True:
            block, place = divmod(self._ordinal + ahead, len(ENDINGS))
            number = FIRST_ID + 1_000 * block + ENDINGS[place]
            if self.get(entity, number) is None:
                return number
            ahead += 1

    def all(self, entity: str) -> list[Record]:
        """Return the records by id. They are the stored ones: never change them."""
        with self.lock:
            kept = self._records.get(entity, {})
            return [kept[number] for number in sorted(kept)]

    def get(self, entity: str, number: int) -> Record | None:
        """Return one record as stored, never to be changed."""
        return self._records.get(entity, {}).get(number)

    def put(self, entity: str, *records: Record) -> None:
        """Store records, all or none, new or in the place of those with the same id."""
        with self.lock, self._database:
            self._database.execute("BEGIN IMMEDIATE")
            for record in records:
                self._write(entity, record)

    def _write(self, entity: str, record: Record) -> None:
        self.version += 1
        kept = self._records.setdefault(entity, {})
        body = json.dumps(record)
        if record["Id"] in kept:
            self._database.execute(
                "UPDATE records SET body = ? WHERE entity = ? AND id = ?",
                (body, entity, record["Id"]),
            )
        else:
            self._ordinal += 1
            self._database.execute(
                "INSERT INTO records VALUES (?, ?, ?, ?)",
                (self._ordinal, entity, record["Id"], body),
            )
        kept[record["Id"]] = record

    def delete(self, entity: str, numbers: Iterable[int]) -> None:
        """Remove records; those that are not there do not matter."""
        with self.lock:
            self.version += 1
            for number in numbers:
                self._database.execute(
                    "DELETE FROM records WHERE entity = ? AND id = ?", (entity, number)
                )
                self._records.get(entity, {}).pop(number, None)

    def close(self) -> None:
        """Close the file."""
        with self.lock:
            self._database.close()
