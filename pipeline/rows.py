"""A row of a sheet, typed: what checks give and planning takes."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Literal

from pipeline.schema import Entity, Value

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


DIGEST_BYTES = 6  # enough to tell two texts of one cell apart; more would swell the file


@dataclass(frozen=True)
class Digest:
    """What the base of an export keeps of a long text."""

    code: str

    @classmethod
    def of(cls, text: str) -> Digest:
        """Return the digest of a text; the spelling of its line breaks does not count."""
        lines = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "surrogatepass")
        return cls(base64.b64encode(hashlib.sha256(lines).digest()[:DIGEST_BYTES]).decode())


@dataclass(frozen=True)
class Base:
    """What an export wrote into a row, as far as it bears on the row as it is now.

    `stamp` is when the record had last been changed. `untouched` holds the values of cells that
    still say what was written: nobody wishes them. `edited` tells what other filled cells held:
    None for a blank, a Digest for a long text, KEPT where it is not known.
    """

    stamp: str
    untouched: Mapping[str, Value | Mark]
    edited: Mapping[str, Value | Digest | Mark]


@dataclass(frozen=True)
class Row:
    """One row. `values` holds what is asked for, filled cells only: field name -> value or CLEAR.

    Ids may still be names (texts). `bad` names the fields whose cells have a problem, `kept` those
    whose cells ask to leave the stored value as it is. Values that an export wrote and nobody
    edited stand in `base` instead. `defaults` count for what a new record leaves blank; `source_id`
    is the number that the program the file comes from gave the row, "" where there is none.
    """

    number: int
    action: Action
    values: Mapping[str, Value | Mark]
    bad: frozenset[str] = field(default=frozenset())
    kept: frozenset[str] = field(default=frozenset())
    base: Base | None = None
    defaults: Mapping[str, Value] = field(default_factory=dict)
    source_id: str = ""

    def value(self, name: str) -> Value:
        """Return the cell's value; None where it is blank or says clear."""
        value = self.values.get(name)
        return None if value is CLEAR else value

    def with_defaults(self, entity: Entity) -> Row:
        """Return the row of a new record: what it leaves blank is filled with its defaults.

        A name beside an id counts as the id, and the other way round.
        """
        values = dict(self.values)
        for name, value in self.defaults.items():
            twin = entity.by_name[name].names or entity.name_columns.get(name, "")
            if not self.fills(name) and not self.fills(twin):
                values[name] = value
        return replace(self, values=values)

    def shown(self) -> dict[str, Value]:
        """Return all values the row shows, those that nobody edited included."""
        shown = {**(self.base.untouched if self.base else {}), **self.values}
        return {name: None if value is CLEAR else value for name, value in shown.items()}

    def fills(self, name: str) -> bool:
        """Whether the cell says anything, be it right or wrong."""
        return name in self.values or name in self.bad or name in self.kept
