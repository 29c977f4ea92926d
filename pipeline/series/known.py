"""Which names exports were made under."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.schema import Entity
from pipeline.series.names import ENDING, FOLDER

LAST = (
    "SELECT name, started, (SELECT count(*) FROM record) FROM series, export "
    "WHERE account = ? AND entity = ?"
)


@dataclass(frozen=True)
class Known:
    """A name, when its last export began (UTC), and how many records that held."""

    name: str
    started: datetime
    records: int


def list_series(home: Path, account: str, entity: Entity) -> list[Known]:
    """Return the account's series by name; those without an export that ended are none.

    A file that cannot be read is left out: it is told about when its name is used.
    """
    files = (home / FOLDER).glob(f"*{ENDING}")
    found = [each for path in files if (each := _last(path, account, entity)) is not None]
    return sorted(found, key=lambda each: each.name.casefold())


def _last(path: Path, account: str, entity: Entity) -> Known | None:
    try:
        with closing(sqlite3.connect(path)) as database:
            line = database.execute(LAST, (account, entity.name)).fetchone()
    except sqlite3.Error:
        return None
    return Known(line[0], datetime.fromtimestamp(line[1], UTC), line[2]) if line else None
