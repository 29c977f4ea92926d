"""What became of a row: one status for each, from a closed set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from pipeline.planning.plan import Change

Status = Literal[
    "created",
    "updated",
    "unchanged",
    "rejected",
    "invalid",
    "blocked",
    "stale",
    "in_doubt",
    "unsent",
    "deleted",
]
STATUSES: tuple[Status, ...] = get_args(Status)
UNFINISHED: frozenset[Status] = frozenset(("rejected", "invalid", "blocked", "stale", "in_doubt"))
WRITTEN: tuple[Status, ...] = ("created", "updated", "deleted")


@dataclass(frozen=True)
class Outcome:
    """The end of one row, with what a person should know of it."""

    row: int
    status: Status
    message: str = ""
    record_id: int | None = None


def outcome_of(change: Change, status: Status, words: str = "") -> Outcome:
    """Return the end of a change's row."""
    return Outcome(change.row, status, words, change.record_id)


def count(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """Count the rows by status; every status is there, so that the counts add up to the rows."""
    found = Counter(each.status for each in outcomes)
    return {status: found[status] for status in STATUSES}
