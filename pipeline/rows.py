"""A row of a sheet, typed: what checks give and planning takes."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import ItemsView, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Literal

from pipeline.schema import Entity, Value

Action = Literal["", "create", "update", "skip", "delete"]
ACTIONS: tuple[Action, ...] = ("", "create", "update", "skip", "delete")
ACTION_COLUMN = "Action"
RESULT_COLUMNS = ("Status", "Message")  # with the record's own Id: what a results file adds


class Mark(Enum):
    """What a cell may say instead of a value. As JSON none of them can be written."""

    CLEAR = object()
    KEPT = object()  # stands for a stored value that no cell could hold


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


@dataclass(frozen=True, slots=True)
class Base:
    """What an export wrote into a row, as far as it bears on the row as it is now.

    `stamp` is when the record had last been changed. `untouched` holds the values of cells that
    still say what was written: nobody wishes them. `edited` tells what other filled cells held:
    None for a blank, a Digest for a long text, KEPT where it is not known.
    """

    stamp: str
    untouched: Mapping[str, Value | Mark]
    edited: Mapping[str, Value | Digest | Mark]


class Filled(Mapping[str, Value | Mark]):
    """The filled cells of one row; None stands for a blank one and is not told.

    `places` says which name each of the cells has. All rows of a sheet share it: that takes a third
    of what a dict for each row would.
    """

    __slots__ = ("_cells", "_places")

    def __init__(self, places: Mapping[str, int], cells: Sequence[Value | Mark]) -> None:
        self._places = places
        self._cells = cells

    @staticmethod
    def columns(rows: Sequence[Mapping[str, Value | Mark]]) -> dict[str, Sequence[Value | Mark]]:
        """Return the cells of all rows by name; {} if they do not share their names."""
        own = [each for each in rows if isinstance(each, Filled)]
        if len(own) < len(rows) or len({id(each._places) for each in own}) != 1:
            return {}
        return dict(
            zip(own[0]._places, zip(*(each._cells for each in own), strict=True), strict=True)
        )

    def can_be_sent(self, names: frozenset[str]) -> bool:
        """Whether all that is filled are values of the fields `names`, and none is empty."""
        cells, places = self._cells, self._places
        if CLEAR in cells or [] in cells:
            return False
        others = () if names.issuperset(places) else places.keys() - names
        return all(cells[places[name]] is None for name in others)

    def __getitem__(self, name: str) -> Value | Mark:
        value = self._cells[self._places[name]]
        if value is None:
            raise KeyError(name)
        return value

    def get(self, name: str, default: Any = None, /) -> Any:
        """Return the cell's value, or `default` where it is blank."""
        place = self._places.get(name)
        value = None if place is None else self._cells[place]
        return default if value is None else value

    def __contains__(self, name: object) -> bool:
        place = self._places.get(name)  # type: ignore[call-overload]
        return place is not None and self._cells[place] is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._filled())

    def __len__(self) -> int:
        return len(self._filled())

    def items(self) -> ItemsView[str, Value | Mark]:
        """Return names and values; `dict(filled.items())` is the fast way to a dict."""
        return self._filled().items()

    def _filled(self) -> dict[str, Value | Mark]:
        # Written for speed: a sheet may have four million cells.
        pairs = zip(self._places, self._cells)  # noqa: B905 - of equal length
        return {name: value for name, value in pairs if value is not None}


@dataclass(frozen=True, slots=True)
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
        if not self.defaults:
            return self
        values = dict(self.values.items())
        for name, value in self.defaults.items():
            twin = entity.by_name[name].names or entity.name_columns.get(name, "")
            if not self.fills(name) and not self.fills(twin):
                values[name] = value
        return replace(self, values=values)

    def with_values(self, more: Mapping[str, Value | Mark]) -> Row:
        """Return the row with `more` in its cells."""
        return replace(self, values={**dict(self.values.items()), **more})

    def written(self) -> dict[str, Value]:
        """Return the values asked for; those that say clear are None."""
        values = dict(self.values.items())
        cleared = [name for name, value in values.items() if value is CLEAR]
        return {**values, **dict.fromkeys(cleared)} if cleared else values

    def shows(self, name: str) -> Value:
        """Return the value the row shows in a cell, also where nobody edited it."""
        if self.base is not None and name not in self.values:
            return self.base.untouched.get(name)
        return self.value(name)

    def shown(self) -> dict[str, Value]:
        """Return all values the row shows, those that nobody edited included."""
        shown = dict(self.base.untouched) if self.base else {}
        shown.update(self.values.items())
        return {name: None if value is CLEAR else value for name, value in shown.items()}

    def fills(self, name: str) -> bool:
        """Whether the cell says anything, be it right or wrong."""
        return name in self.values or name in self.bad or name in self.kept


def columns_of(rows: Sequence[Row], names: Iterable[str]) -> dict[str, Sequence[Value]]:
    """Return what the rows ask for by name, in their order; None where that is nothing, or clear.

    The rows of a sheet as it was checked are turned at once.
    """
    whole = Filled.columns([row.values for row in rows])
    blank = [None] * len(rows)
    found: dict[str, Sequence[Value]] = {}
    for name in names:
        column = whole.get(name, blank) if whole else [row.values.get(name) for row in rows]
        cleared = CLEAR in column
        found[name] = [None if each is CLEAR else each for each in column] if cleared else column
    return found
