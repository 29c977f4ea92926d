"""The ledger as a person sees it: its sources with counts, its lines as rows of a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from pipeline.runs.ledger import Line
from pipeline.schema import Cell
from pipeline.sheets.table import Column

COLUMNS = (
    Column("Source", 20),
    Column("SourceId", 30),
    Column("Entity", 16),
    Column("Id", 16),
    Column("Run", 8),
    Column("Since", 20),
)


def cells(line: Line) -> tuple[Cell, ...]:
    """Return the row of a line; its moment in UTC."""
    since = datetime.fromtimestamp(line.at, UTC).replace(microsecond=0, tzinfo=None)
    ids = (line.source_id, line.entity, line.record_id)
    return (line.source, *ids, line.run_number, since)


def sources(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Return, as --json tells it, how many rows of each source are known; moments in UTC."""
    found = []
    for _, group in groupby(lines, key=lambda each: (each.source.lower(), each.entity)):
        of_source = list(group)
        moments = [datetime.fromtimestamp(each.at, UTC) for each in of_source]
        found.append(
            {
                "source": of_source[0].source,
                "entity": of_source[0].entity,
                "rows": len(moments),
                "first": min(moments).isoformat(timespec="seconds"),
                "last": max(moments).isoformat(timespec="seconds"),
            }
        )
    return found


def source_lines(found: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return one line per source and entity."""
    return [
        f"{each['source']}: {each['rows']:,} row{'' if each['rows'] == 1 else 's'} "
        f"({each['entity']}), the last {datetime.fromisoformat(each['last']).astimezone():%Y-%m-%d}"
        for each in found
    ]
