"""What is different from an earlier export: records added, cells changed, records removed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.schema import Cell

NOT_COMPARED = (
    "This export was not compared with an earlier one. Give it a name with --name and add "
    "--changes: from the second export of that name on, what was added, changed and removed "
    "stands here."
)


@dataclass(frozen=True)
class Presence:
    """A record that came or went; `place` is the name of its location."""

    record_id: int
    place: str
    name: str


@dataclass(frozen=True)
class Edit:
    """One cell of a record, as the earlier export had it and as it is."""

    record_id: int
    place: str
    name: str
    field: str
    old: Cell
    new: Cell


@dataclass(frozen=True)
class Comparison:
    """All that is different since the export of `since` (UTC); by record id."""

    series: str
    since: datetime
    added: tuple[Presence, ...] = ()
    changed: tuple[Edit, ...] = ()
    removed: tuple[Presence, ...] = ()

    @property
    def changed_records(self) -> int:
        """How many records have at least one changed cell."""
        return len({each.record_id for each in self.changed})

    def counts(self) -> tuple[tuple[str, int], ...]:
        """Return how much is different, each number with its label."""
        return (
            ("Added", len(self.added)),
            ("Changed", self.changed_records),
            ("Changed cells", len(self.changed)),
            ("Removed", len(self.removed)),
        )
