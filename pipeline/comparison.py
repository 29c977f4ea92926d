"""What is different from an earlier export: records added, cells changed, records removed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.planning.overlay import same, stored_value
from pipeline.planning.stored import Record
from pipeline.schema import STRANGE, Cell, Child, Entity, Field, Value

Values = Mapping[str, Value]  # by field, in the table's order: what of a record is compared


@dataclass(frozen=True, slots=True)
class Presence:
    """A record that came or went; `place` is the name of its location."""

    record_id: int
    place: str
    name: str


@dataclass(frozen=True, slots=True)
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
    """All that is different since the export of `since` (UTC); by record id.

    Without `tells_removed` not all records were listed: nobody knows which are gone.
    """

    series: str
    since: datetime
    added: tuple[Presence, ...] = ()
    changed: tuple[Edit, ...] = ()
    removed: tuple[Presence, ...] = ()
    tells_removed: bool = True

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


def why_not_compared(series: str) -> str:
    """Say why nothing stands where changes would; `series` is the name if one was asked for."""
    if series:
        return (
            f"This is the first export named '{series}': from the next one on, what was added, "
            "changed and removed stands here."
        )
    return (
        "This export was not compared with an earlier one. Give it a name with --name and add "
        "--changes: from the second export of that name on, what was added, changed and removed "
        "stands here."
    )


def compared_fields(entity: Entity) -> tuple[Field, ...]:
    """Return the fields whose change counts, in the table's order.

    What changes by itself does not, nor do secrets, and no change is told twice: a view of a list
    changes with the list.
    """
    children = {child.field for child in entity.children}
    return tuple(
        each
        for each in entity.fields
        if (each.shown or each.name in children)
        and not (each.live or each.secret or each.view_of or each.key)
    )


def values_of(entity: Entity, fields: tuple[Field, ...], record: Record) -> dict[str, Value]:
    """Return what of a record is compared; of its children the columns that a sheet has."""
    values = {each.name: record.get(each.name) for each in fields}
    for child in entity.children:
        if child.field in values:
            values[child.field] = _cut(child, stored_value(entity, child.field, record))
    return values


def _cut(child: Child, children: Value) -> Value:
    try:
        return [{key: each[key] for _, key in child.columns} for each in children or ()]
    except STRANGE:
        return children


def presence(entity: Entity, record_id: int, values: Values) -> Presence:
    """Return the record as one that came or went; a location without a name goes by its number."""
    place, name = entity.key
    label = values.get(entity.name_columns.get(place, "")) or values.get(place)
    return Presence(record_id, _word(label), _word(values.get(name)))


def _word(value: Value) -> str:
    return "" if value is None else str(value)


def edits(entity: Entity, record_id: int, old: Values, new: Values) -> Iterator[Edit]:
    """Yield the cells that differ, in the order of `new`.

    A field that `old` does not know at all, since an older table had none, is no difference.
    """
    here = presence(entity, record_id, new)
    for name, value in new.items():
        if name in old and old[name] != value:
            field = entity.by_name[name]
            if not _alike(field, old[name], value):
                cells = _cell(field, old[name]), _cell(field, value)
                yield Edit(record_id, here.place, here.name, name, *cells)


def differs(entity: Entity, old: Values, new: Values) -> bool:
    """Whether at least one cell differs."""
    return any(True for _ in edits(entity, 0, old, new))


def _alike(field: Field, old: Value, new: Value) -> bool:
    """Whether both mean the same; "never set" counts as blank on either side."""
    try:
        return same(field, old, new) or same(field, new, old)
    except STRANGE:
        return False


def _cell(field: Field, value: Value) -> Cell:
    """Return the cell that shows a value; a strange shape as it came, as JSON."""
    try:
        cell: Any = field.kind.show(value)
    except STRANGE:
        cell = value
    return json.dumps(cell) if isinstance(cell, dict | list) else cell
