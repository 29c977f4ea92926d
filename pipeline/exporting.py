"""The export, top to bottom: list the ids, read whole records, write rows, account for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.api import reading
from pipeline.api.client import Client
from pipeline.schema import Entity
from pipeline.sheets.write import Kept, write_export


@dataclass(frozen=True)
class Exported:
    """What was written, beside what the service announced."""

    rows: int
    announced: int
    complete: bool
    kept: tuple[Kept, ...] = ()
    gone: int = 0
    unknown_keys: tuple[str, ...] = ()


@dataclass
class _Account:
    """What is seen while records pass by on their way to the file."""

    known: frozenset[str]
    announced: list[int] = field(default_factory=list)
    strange: dict[str, None] = field(default_factory=dict)

    def watch(self, records: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for record in records:
            self.strange.update(dict.fromkeys(key for key in record if key not in self.known))
            yield record


def export(client: Client, entity: Entity, path: Path) -> Exported:
    """Write every record of the entity to `path`. Raises ApiError and UsageError."""
    account = _Account(_known_keys(entity))
    ids = [
        int(record["Id"])
        for page in reading.pages(client, entity.path, announced=account.announced.append)
        for record in page
    ]
    records = reading.whole_records(client, entity, ids)
    written = write_export(path, entity, account.watch(records))
    announced = account.announced[-1] if account.announced else 0
    return Exported(
        rows=written.rows,
        announced=announced,
        complete=written.rows == announced,
        kept=written.kept,
        gone=len(ids) - written.rows,
        unknown_keys=tuple(sorted(account.strange)),
    )


def _known_keys(entity: Entity) -> frozenset[str]:
    """Keys that need no word: fields, children, and what is only for the vendor's screens."""
    children = {name for each in entity.children for name in (each.field, each.read_name)}
    return frozenset({each.name for each in entity.fields} | children | entity.screen_keys)
