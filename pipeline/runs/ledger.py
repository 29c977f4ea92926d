"""Which record became of which row of which source: its lines, and the statements that keep them.

A line is written in the transaction that says what became of a row, so that neither is ever known
without the other.
"""

from __future__ import annotations

from dataclasses import dataclass

NO_RUN = 0  # in place of a run's number: an import that had nothing to write


@dataclass(frozen=True)
class Line:
    """What the ledger keeps of a row; `at` is since when it is known (wall-clock seconds)."""

    source: str
    source_id: str
    entity: str
    name: str
    record_id: int
    run: int
    at: float

    @property
    def run_number(self) -> str | None:
        """The run's number as people type it."""
        return None if self.run == NO_RUN else f"{self.run:04}"


_INTO = "INSERT INTO ledger (account, entity, source, source_id, name, record_id, run, at)"
# A line that says what it said before keeps its date: it has been known since then.
_REPLACE = (
    "ON CONFLICT (account, entity, source, source_id) DO UPDATE SET "
    "run = CASE WHEN record_id = excluded.record_id THEN run ELSE excluded.run END, "
    "at = CASE WHEN record_id = excluded.record_id THEN at ELSE excluded.at END, "
    "name = excluded.name, record_id = excluded.record_id"
)
_OF_CHANGE = "JOIN run ON run.id = change.run WHERE run.program <> '' AND change.source_id <> ''"

# A record stands for one row of a source: the last that meant it.
DROP_OTHERS = (  # account, entity, source, record, number
    "DELETE FROM ledger WHERE account = ? AND entity = ? AND source = ? AND record_id = ? "
    "AND source_id <> ?"
)
DROP_OTHERS_SETTLED = (  # run, row
    "DELETE FROM ledger WHERE rowid IN (SELECT other.rowid FROM change "
    "JOIN run ON run.id = change.run JOIN ledger AS other ON other.account = run.account "
    "AND other.entity = run.entity AND other.source = run.program "
    "AND other.record_id = change.record_id AND other.source_id <> change.source_id "
    "WHERE change.source_id <> '' AND change.run = ? AND change.row = ? "
    "AND change.status IN ('created', 'updated', 'unchanged'))"
)
KEEP = f"{_INTO} VALUES (?, ?, ?, ?, ?, ?, {NO_RUN}, ?) {_REPLACE}"
KEEP_SETTLED = (  # time, run, row
    f"{_INTO} SELECT run.account, run.entity, run.program, change.source_id, change.name, "
    f"change.record_id, run.id, ? FROM change {_OF_CHANGE} AND change.run = ? AND change.row = ? "
    "AND change.record_id IS NOT NULL AND change.status IN ('created', 'updated', 'unchanged') "
    f"{_REPLACE}"
)
KEEP_CREATED = (  # time, sending: its answer was heard, the row may not be settled yet
    f"{_INTO} SELECT run.account, run.entity, run.program, change.source_id, change.name, "
    "attempt.record_id, run.id, ? FROM attempt "
    f"JOIN change ON change.run = attempt.run AND change.row = attempt.row {_OF_CHANGE} "
    "AND attempt.rowid = ? AND attempt.method = 'POST' AND attempt.verdict = 'DONE' "
    f"AND attempt.record_id IS NOT NULL {_REPLACE}"
)
DROP_DELETED = (  # run, row
    "DELETE FROM ledger WHERE (account, entity, source, source_id, record_id) = "
    "(SELECT run.account, run.entity, run.program, change.source_id, change.record_id "
    f"FROM change {_OF_CHANGE} AND change.run = ? AND change.row = ? "
    "AND change.status = 'deleted')"
)
KNOWN = (
    "SELECT source_id, record_id, name FROM ledger WHERE account = ? AND entity = ? AND source = ?"
)
LINES = (
    "SELECT source, source_id, entity, name, record_id, run, at FROM ledger WHERE account = ? "
    "AND (? IS NULL OR source = ?) ORDER BY source, entity, at, run, rowid"
)
FORGET = "DELETE FROM ledger WHERE account = ? AND source = ?"
