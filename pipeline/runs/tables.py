"""The journal's tables, version by version: a later program reads what an earlier one wrote."""

from __future__ import annotations

MIGRATIONS = (
    """
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
    """,
    # Resuming: what was known before, what a row would change, how each sending ended, the file.
    """
    ALTER TABLE run ADD COLUMN known TEXT NOT NULL DEFAULT '[]';
    ALTER TABLE run ADD COLUMN problems TEXT NOT NULL DEFAULT '[]';
    ALTER TABLE run ADD COLUMN results TEXT;
    ALTER TABLE run ADD COLUMN taken_up_by INTEGER;
    ALTER TABLE change ADD COLUMN fields TEXT NOT NULL DEFAULT '[]';
    ALTER TABLE written ADD COLUMN kind TEXT NOT NULL DEFAULT 'write';
    ALTER TABLE attempt ADD COLUMN ended REAL;
    ALTER TABLE attempt ADD COLUMN record_id INTEGER;
    ALTER TABLE attempt ADD COLUMN words TEXT;
    CREATE INDEX attempt_row ON attempt (run, row);
    CREATE TABLE source (run INTEGER PRIMARY KEY REFERENCES run(id), content BLOB NOT NULL);
    CREATE TABLE found (
        account TEXT NOT NULL, kind TEXT NOT NULL, rate REAL NOT NULL, at REAL NOT NULL,
        PRIMARY KEY (account, kind)
    );
    CREATE TABLE writer (
        account TEXT PRIMARY KEY, pid INTEGER NOT NULL, host TEXT NOT NULL, since REAL NOT NULL
    );
    """,
    # Migrating: how the file was read, which rows link to rows of the same file, from which program
    # they come, which number a row has there, and which record became of that.
    """
    ALTER TABLE run ADD COLUMN reading TEXT NOT NULL DEFAULT '{}';
    ALTER TABLE run ADD COLUMN program TEXT NOT NULL DEFAULT '';
    ALTER TABLE change ADD COLUMN links TEXT NOT NULL DEFAULT '{}';
    ALTER TABLE change ADD COLUMN source_id TEXT NOT NULL DEFAULT '';
    CREATE TABLE ledger (
        account TEXT NOT NULL, entity TEXT NOT NULL, source TEXT NOT NULL COLLATE NOCASE,
        source_id TEXT NOT NULL, name TEXT NOT NULL, record_id INTEGER NOT NULL,
        run INTEGER NOT NULL, at REAL NOT NULL,
        PRIMARY KEY (account, entity, source, source_id)
    );
    CREATE INDEX ledger_record ON ledger (account, entity, source, record_id);
    """,
)
