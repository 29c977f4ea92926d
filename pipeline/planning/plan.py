"""The plan: what is to become of every row, as a value that can be read before anything is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from pipeline.problems import Problem, said_once
from pipeline.schema import Cell

ChangeAction = Literal["create", "update", "delete", "unchanged", "skip", "blocked", "invalid"]
NEAR_RECORD = "near_record"  # the problem of a new row that resembles a record
WRITES: tuple[ChangeAction, ...] = ("create", "update", "delete")


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell of an update, as it is and as it will be."""

    field: str
    old: Cell
    new: Cell


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of one row.

    `before` is the stored record, `payload` the JSON to send, `place` the location's id. `links`
    leads from a field to rows of the same file that are created by the same plan, and whose ids go
    into its list; `source_id` is the row's number in the program that the file comes from.
    """

    row: int
    action: ChangeAction
    name: str
    record_id: int | None = None
    place: int | None = None
    before: Mapping[str, Any] | None = None
    payload: Mapping[str, Any] | None = None
    differences: tuple[Difference, ...] = ()
    problems: tuple[Problem, ...] = ()
    links: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    source_id: str = ""

    @property
    def writes(self) -> bool:
        """Whether carrying out the change sends a request that writes."""
        return self.action in WRITES


@dataclass(frozen=True)
class Plan:
    """All changes in sheet order, and every problem of the file, those of single rows included.

    `known_ids` are the records that were there under the rows' locations, `read_at` is when (on the
    clock that measures). The creates in rows `twice` take a second request: they link to rows that
    are created after them.
    """

    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    known_ids: frozenset[int] = frozenset()
    read_at: float = 0.0
    twice: frozenset[int] = frozenset()

    def counts(self) -> Counter[str]:
        """Count the rows by what is to become of them."""
        return Counter(each.action for each in self.changes)

    @property
    def writes(self) -> int:
        """How many requests that write the plan takes."""
        return sum(each.writes for each in self.changes) + len(self.twice)

    @property
    def told(self) -> list[Problem]:
        """The problems as they are shown: the same of many rows stands there once."""
        return said_once(self.problems)

    def link_words(self, change: Change) -> dict[str, str]:
        """Say, by field, which rows of the file a create links to, and what that takes."""
        later = ", by a second request" if change.row in self.twice else ""
        return {
            field: ", ".join(f"row {row} '{self._names[row]}'" for row in rows) + later
            for field, rows in change.links.items()
        }

    @cached_property
    def _names(self) -> dict[int, str]:
        return {each.row: each.name for each in self.changes}

    @property
    def near_creates(self) -> int:
        """How many rows would create what seems to be there under another spelling."""
        return sum(
            each.action == "create" and any(p.code == NEAR_RECORD for p in each.problems)
            for each in self.changes
        )

    @property
    def is_clean(self) -> bool:
        """Whether no row and no column has a problem that keeps something from being sent."""
        return not any(each.severity == "error" for each in self.problems)
