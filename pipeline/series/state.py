"""Exports under one name: what the last one held, and what the next will find as the last.

All that an export stages is one transaction: until `commit` the former state is the only one, and
a process that dies leaves it as it was.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.comparison import (
    Comparison,
    Edit,
    Presence,
    compared_fields,
    differs,
    edits,
    presence,
    values_of,
)
from pipeline.errors import UsageError
from pipeline.planning.stored import Record
from pipeline.schema import Entity, Value
from pipeline.series.content import digest, encode, layout_of, pack, unpack
from pipeline.series.lock import only_export, write_holder
from pipeline.series.names import clean_name, make_file, state_file
from pipeline.series.opening import connect, told

ADDED = (
    "SELECT staged.id, staged.content FROM staged LEFT JOIN record USING (id) "
    "WHERE record.id IS NULL ORDER BY staged.id"
)
REMOVED = (
    "SELECT record.id, record.content FROM record LEFT JOIN staged USING (id) "
    "WHERE staged.id IS NULL ORDER BY record.id"
)
EDITED = (
    "SELECT id, record.content, staged.content FROM staged JOIN record USING (id) "
    "WHERE is_edited ORDER BY id"
)
FORMER = ("export", "record")  # the tables that hold the last export
FORGET_UNUSED = (
    "DELETE FROM content WHERE id NOT IN (SELECT content FROM record)",
    "DELETE FROM layout WHERE id NOT IN (SELECT layout FROM content)",
)


@dataclass(frozen=True)
class Previous:
    """The last export under a name: when it began (UTC), what it held, what it asked for."""

    started: datetime
    records: int
    signature: str


class Series:
    """The state of one name while an export runs, for one thread; `Series.open` makes it."""

    def __init__(self, database: sqlite3.Connection, name: str, entity: Entity) -> None:
        self.name = name
        self._db = database
        self._entity = entity
        self._fields = compared_fields(entity)
        self._layout = layout_of(self._fields)
        self._layout_id = self._number_of(self._layout)
        self._layouts = dict(database.execute("SELECT id, fields FROM layout"))
        self._lists_all = False
        self.previous = self._previous()
        self._signature = self.previous.signature if self.previous else ""

    @classmethod
    @contextmanager
    def open(  # noqa: PLR0913 - whose state it is takes four words
        cls,
        home: Path,
        account: str,
        name: str,
        entity: Entity,
        *,
        now: Callable[[], float] = time.time,
        restart: bool = False,
    ) -> Iterator[Series]:
        """Hold a name until the block ends; what was not committed then is gone.

        `restart` forgets the former state, as soon as the next one is committed; one that cannot be
        read is removed at once. Raises UsageError for a name that cannot be one, while another
        process exports under it, and when the state cannot be used, also within the block.
        """
        clean = clean_name(name)
        path = state_file(home, account, clean, entity)
        make_file(path)
        with (
            only_export(path, clean),
            told(path, clean),
            closing(connect(path, anew=restart)) as database,
        ):
            _sign(database, account, clean, entity, now())
            database.execute("BEGIN IMMEDIATE")
            for table in FORMER if restart else ():
                database.execute(f"DELETE FROM {table}")
            yield cls(database, clean, entity)

    # ---- before the export

    def check(self, signature: str) -> None:
        """Raise UsageError when the last export asked for something else; else keep what is asked.

        `signature` says filters, columns and so on in words, the same for the same.
        """
        if self.previous is not None and self.previous.signature != signature:
            raise UsageError(
                f"Export '{self.name}': '{signature}' is asked for, but "
                f"'{self.previous.signature}' last time: what changed cannot be told. "
                "Choose another name, or --restart to begin anew."
            )
        self._signature = signature

    def since(self, overlap: timedelta) -> datetime | None:
        """Return from when on an incremental export has to look (UTC); None: at everything."""
        return self.previous.started - overlap if self.previous else None

    def stamp_of(self, record_id: int) -> str | None:
        """Return when the stored record was last changed, in the service's own words."""
        line = self._one("SELECT stamp FROM record WHERE id = ?", record_id)
        return line[0] if line else None

    # ---- while it runs

    def take(self, record: Record) -> bool:
        """Stage a whole record; returns whether it is new, or another than the last export had."""
        number = int(record[self._entity.id_field.name])
        values = values_of(self._entity, self._fields, record)
        encoded = encode(values)
        own = digest(self._layout, encoded)
        former = self._one("SELECT digest, content FROM record WHERE id = ?", number)
        is_same = former is not None and former[0] == own
        is_edited = False
        if former is not None and not is_same:
            is_edited = differs(self._entity, self._values(former[1]), values)
        content = former[1] if former is not None and is_same else self._store(encoded)
        stamp = record.get(self._entity.stamp_field.name)
        self._db.execute(
            "INSERT OR REPLACE INTO staged VALUES (?, ?, ?, ?, ?)",
            (number, stamp and str(stamp), own, content, is_edited),
        )
        return is_edited or former is None

    def keep(self, record_id: int) -> None:
        """Stage a stored record as it is: it was listed with the same stamp, and not read."""
        self._db.execute(
            "INSERT OR IGNORE INTO staged "
            "SELECT id, stamp, digest, content, FALSE FROM record WHERE id = ?",
            (record_id,),
        )

    def drop_missing(self) -> None:
        """Take it that all records were listed: those neither taken nor kept are gone.

        Without this, as after listing only what is recent, they stay as they were.
        """
        self._lists_all = True

    # ---- after it

    def compare(self) -> Comparison | None:
        """Return what is different since the last export; None when this is the first one."""
        if self.previous is None:
            return None
        return Comparison(
            series=self.name,
            since=self.previous.started,
            added=tuple(self._presences(ADDED)),
            changed=tuple(self._edits()),
            removed=tuple(self._presences(REMOVED)) if self._lists_all else (),
            tells_removed=self._lists_all,
        )

    def commit(self, *, started: datetime) -> None:
        """Make what was staged the last export, begun at `started`; the series ends with it.

        Only for an export whose file is in its place: what is told as new here is not told again.
        """
        if self._lists_all:
            self._db.execute("DELETE FROM record WHERE id NOT IN (SELECT id FROM staged)")
        self._db.execute(
            "INSERT OR REPLACE INTO record SELECT id, stamp, digest, content FROM staged"
        )
        for statement in FORGET_UNUSED:
            self._db.execute(statement)
        self._db.execute("DELETE FROM staged")
        self._db.execute("DELETE FROM export")
        line = (started.timestamp(), self._signature)
        self._db.execute("INSERT INTO export VALUES (?, ?)", line)
        self._db.execute("COMMIT")

    # ---- the file

    def _one(self, query: str, *values: object) -> tuple[Any, ...] | None:
        line: tuple[Any, ...] | None = self._db.execute(query, values).fetchone()
        return line

    def _previous(self) -> Previous | None:
        line = self._one("SELECT started, signature, (SELECT count(*) FROM record) FROM export")
        if line is None:
            return None
        return Previous(datetime.fromtimestamp(line[0], UTC), line[2], line[1])

    def _number_of(self, layout: str) -> int:
        self._db.execute("INSERT OR IGNORE INTO layout (fields) VALUES (?)", (layout,))
        line = self._one("SELECT id FROM layout WHERE fields = ?", layout)
        assert line is not None
        return int(line[0])

    def _store(self, encoded: bytes) -> int:
        content = self._db.execute(
            "INSERT INTO content (layout, packed) VALUES (?, ?)", (self._layout_id, pack(encoded))
        ).lastrowid
        assert content is not None
        return content

    def _values(self, content: int) -> dict[str, Value]:
        line = self._one("SELECT layout, packed FROM content WHERE id = ?", content)
        layout, packed = line or (0, b"")
        return unpack(self._layouts.get(layout, ""), packed)

    def _presences(self, query: str) -> Iterator[Presence]:
        for number, content in self._db.execute(query):
            yield presence(self._entity, number, self._values(content))

    def _edits(self) -> Iterator[Edit]:
        for number, old, new in self._db.execute(EDITED):
            yield from edits(self._entity, number, self._values(old), self._values(new))


def _sign(
    database: sqlite3.Connection, account: str, name: str, entity: Entity, now: float
) -> None:
    """Write down whose file this is and who holds it, for others to read while it is held."""
    database.execute("DELETE FROM series")
    database.execute("INSERT INTO series VALUES (?, ?, ?)", (account, entity.name, name))
    write_holder(database, now)
