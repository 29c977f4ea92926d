"""The tables of a series, version by version: a later program reads what an earlier one wrote."""

from __future__ import annotations

import sqlite3

MIGRATIONS = (
    # A record's content stands apart from it: what did not change is not written again.
    """
    CREATE TABLE series (account TEXT NOT NULL, entity TEXT NOT NULL, name TEXT NOT NULL);
    CREATE TABLE holder (pid INTEGER NOT NULL, host TEXT NOT NULL, since REAL NOT NULL);
    CREATE TABLE export (started REAL NOT NULL, signature TEXT NOT NULL);
    CREATE TABLE layout (id INTEGER PRIMARY KEY, fields TEXT NOT NULL UNIQUE);
    CREATE TABLE content (
        id INTEGER PRIMARY KEY, layout INTEGER NOT NULL REFERENCES layout(id), packed BLOB NOT NULL
    );
    CREATE TABLE record (
        id INTEGER PRIMARY KEY, stamp TEXT, digest BLOB NOT NULL,
        content INTEGER NOT NULL REFERENCES content(id)
    );
    CREATE TABLE staged (
        id INTEGER PRIMARY KEY, stamp TEXT, digest BLOB NOT NULL,
        content INTEGER NOT NULL REFERENCES content(id), is_edited INTEGER NOT NULL
    );
    """,
)


class DamagedError(sqlite3.DatabaseError):
    """Something in the file is not what was written."""
