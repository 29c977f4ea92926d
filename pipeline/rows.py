"""A row of a sheet, typed: what checks give and planning takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

from pipeline.schema import Value

Action = Literal["", "create", "update", "skip", "delete"]
ACTIONS: tuple[Action, ...] = ("", "create", "update", "skip", "delete")
ACTION_COLUMN = "Action"
RESULT_COLUMNS = ("Status", "Message")  # with the record's own Id: what a results file adds


class Mark(Enum):
    """What a cell may say instead of a value."""

    CLEAR = "clear"
    KEPT = "kept"  # stands for a stored value that no cell could hold


CLEAR = Mark.CLEAR
KEPT = Mark.KEPT


@dataclass(frozen=True)
class Row:
    """One row. `values` holds the filled cells only: field name -> value or CLEAR.

    Ids may still be names (texts). `bad` names the fields whose cells have a problem, `kept` those
    whose cells ask to leave the stored value as it is.
    """

    number: int
    action: Action
    values: Mapping[str, Value | Mark]
    bad: frozenset[str] = field(default=frozenset())
    kept: frozenset[str] = field(default=frozenset())

    def value(self, name: str) -> Value:
        """Return the cell's value; None where it is blank or says clear."""
        value = self.values.get(name)
        return None if value is CLEAR else value

    def fills(self, name: str) -> bool:
        """Whether the cell says anything, be it right or wrong."""
        return name in self.values or name in self.bad or name in self.kept
