"""A mapping: how the columns and values of a foreign file become fields of an entity.

Values only. Reading and writing the files they stand in, and laying them over a sheet, are done by
their neighbours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Pick = Literal["first", "largest", "smallest", "sum"]
Links = Literal["back", "both"]


@dataclass(frozen=True)
class Rule:
    """Where a field's value comes from, and what is done to it on the way, in this order.

    `columns` are headers of the source; of `either` the first that the file has is taken. Several
    filled cells are joined with `join`, or one is picked. `split` and `part` (from 1, or from the
    end: -1) take a piece, `contains` asks whether a list in the cell names something. `values`
    translates (compared without case and blanks), `otherwise` stands for all others. `unit` is the
    source's, where the field has another; `monday` the number that the source gives that day;
    `dates` a format of its dates as strptime takes it. With `links` a column names other rows, and
    those take this row's name: `back` only those, `both` this row theirs as well. A blank cell
    counts as `blank`. Where there is nothing, a new record takes `default`, or the row's place
    times `count_by`; an existing one is left as it is. `constant` counts for every row.
    """

    columns: tuple[str, ...] = ()
    either: tuple[str, ...] = ()
    join: str | None = None
    pick: Pick | None = None
    split: str | None = None
    part: int = 1
    contains: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    otherwise: str | None = None
    unit: str | None = None
    monday: int | None = None
    dates: str | None = None
    links: Links | None = None
    blank: str | None = None
    default: str | None = None
    constant: str | None = None
    count_by: int | None = None


@dataclass(frozen=True)
class LeaveOut:
    """Rows that are not imported: those whose cell in `column` says one of `values`, or is blank.

    With `unless` it is the other way round: all rows but those.
    """

    column: str
    values: tuple[str, ...] = ()
    blank: bool = False
    unless: bool = False


@dataclass(frozen=True)
class Profile:
    """A mapping with its name. `fields` leads from our field to its rule.

    `recognised_by` are headers that only this source has, `ignored` those that are left out on
    purpose. `source` names the program the file comes from, and `source_id` the column of its own
    numbers, for the ledger. `sheet` is where the program puts the list, if it has a name for that.
    """

    name: str
    fields: Mapping[str, Rule]
    title: str = ""
    entity: str = "Resource"
    source: str = ""
    source_id: str = ""
    sheet: str = ""
    recognised_by: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    leave_out: tuple[LeaveOut, ...] = ()
    decimal_comma: bool = False
