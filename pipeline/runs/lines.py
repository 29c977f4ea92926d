"""What the journal keeps as values: runs, changes, sendings, and the file a run was made from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.api.replies import Verdict
from pipeline.json_text import write_json
from pipeline.planning.plan import Change, Difference
from pipeline.schema import Entity

DOUBTFUL_VERDICTS = (Verdict.IN_DOUBT.name, Verdict.STOP.name)
RUN_COLUMNS = (
    "id, account, entity, file, digest, sheet, started, ended, stopped, known, results, "
    "taken_up_by, reading"
)
CHANGE_COLUMNS = (  # as `read_change` takes them; `change_line` has the run before them
    "row, action, name, place, record_id, before, payload, fields, links, source_id"
)


@dataclass(frozen=True)
class Source:
    """The file of a run: where it lay, its bytes, the sheet, where its results go.

    `reading` tells how it was read, as JSON; `program` where its rows come from, if they have
    numbers of their own there.
    """

    file: Path
    content: bytes
    digest: str
    sheet: str
    results: Path
    reading: str = "{}"
    program: str = ""


@dataclass(frozen=True)
class Run:
    """One run as the journal knows it; times are wall-clock seconds."""

    id: int
    account: str
    entity: str
    file: Path
    digest: str
    sheet: str
    started: float
    ended: float | None
    stopped: str | None
    known: frozenset[int]
    results: Path | None
    taken_up_by: int | None
    reading: str = "{}"

    @property
    def number(self) -> str:
        """The run's number as people type it."""
        return f"{self.id:04}"


@dataclass(frozen=True)
class Attempt:
    """One sending. Without `ended` the process died before it heard of the end."""

    row: int
    at: float
    method: str
    verdict: str | None
    status: int
    ended: float | None
    record_id: int | None


def is_doubtful(attempt: Attempt) -> bool:
    """Whether nobody knows if the request was carried out."""
    return attempt.verdict is None or attempt.verdict in DOUBTFUL_VERDICTS


def read_run(line: tuple[Any, ...]) -> Run:
    """Make a run of its line; see `RUN_COLUMNS`."""
    run = Run(*line)
    known = frozenset(json.loads(line[9]))
    results = Path(line[10]) if line[10] else None
    return Run(**{**vars(run), "file": Path(line[3]), "known": known, "results": results})


def change_line(run: int, entity: Entity, change: Change) -> tuple[Any, ...]:
    """Return the line that is kept of a change; secrets are left out."""
    return (
        run,
        change.row,
        change.action,
        change.name,
        change.place,
        change.record_id,
        _kept(entity, change.before),
        _kept(entity, change.payload),
        write_json([each.field for each in change.differences]) if change.differences else "[]",
        write_json(dict(change.links)) if change.links else "{}",
        change.source_id,
    )


def read_change(  # noqa: PLR0913, PLR0917 - the columns of a table
    row: int,
    action: Any,
    name: str,
    place: int | None,
    record_id: int | None,
    before: str | None,
    payload: str | None,
    fields: str,
    links: str,
    source_id: str,
) -> Change:
    """Make a change of its line; what its cells held is not known any more."""
    return Change(
        row,
        action,
        name,
        record_id=record_id,
        place=place,
        before=json.loads(before) if before else None,
        payload=json.loads(payload) if payload else None,
        differences=tuple(Difference(each, None, None) for each in json.loads(fields)),
        links={name: tuple(rows) for name, rows in json.loads(links).items()},
        source_id=source_id,
    )


def _kept(entity: Entity, record: Mapping[str, Any] | None) -> str | None:
    if record is None:
        return None
    kept = dict(record.items())
    if not kept.keys().isdisjoint(entity.secrets):
        kept = {name: value for name, value in kept.items() if name not in entity.secrets}
    return write_json(kept)
