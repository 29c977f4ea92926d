"""The file of a series opened: made, brought to this version, or refused in words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.series.names import make_file, remove_file
from pipeline.series.tables import MIGRATIONS, DamagedError
from pipeline.state import NewerError, migrate

# What is wrong with the disk or the folder, not with the file.
OUTSIDE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}
TABLES = "SELECT name, sql FROM sqlite_master ORDER BY name"
PRIMARY = 0xFF  # the part of an extended result code that says its kind, SQLite docs


def connect(path: Path, *, anew: bool) -> sqlite3.Connection:
    """Open the file, made if missing; `anew` makes it again if it cannot be used.

    Raises sqlite3.Error, and UsageError when the file cannot be made.
    """
    try:
        return _connect(path, is_checked=anew)
    except sqlite3.Error as error:
        if not anew or _is_outside(error):
            raise
        remove_file(path)
        make_file(path)
        return _connect(path, is_checked=False)


def _connect(path: Path, *, is_checked: bool) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None, timeout=30)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        migrate(database, MIGRATIONS)
        if is_checked:
            _check(database)
    except sqlite3.Error:
        database.close()
        raise
    return database


def _check(database: sqlite3.Connection) -> None:
    """Raise DamagedError for a file whose pages or tables are not as they were made."""
    if database.execute("PRAGMA quick_check").fetchall() != [("ok",)]:
        raise DamagedError
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as whole:
        migrate(whole, MIGRATIONS)
        if database.execute(TABLES).fetchall() != whole.execute(TABLES).fetchall():
            raise DamagedError


@contextmanager
def told(path: Path, name: str) -> Iterator[None]:
    """Say in words what is wrong with the state of a series. Raises UsageError."""
    try:
        yield
    except NewerError as error:
        raise UsageError(
            f"{path}: a newer version of nexudus-bulk wrote what export '{name}' held last. "
            "Use that one, or --restart to begin anew."
        ) from error
    except sqlite3.Error as error:
        if _is_outside(error):
            raise UsageError(
                f"{path}: what export '{name}' held last cannot be used ({error}). "
                "See to the disk, or set NEXUDUS_BULK_HOME to a folder that can be written."
            ) from error
        raise UsageError(
            f"{path}: what export '{name}' held last is damaged ({error}). "
            "--restart forgets it and begins anew."
        ) from error


def _is_outside(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & PRIMARY in OUTSIDE
