"""A sheet's filled cells over a stored record: what differs, and what is to be sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.guard import guarded
from pipeline.planning.plan import Difference
from pipeline.planning.stored import Record
from pipeline.rows import CLEAR, Filled, Row
from pipeline.schema import Entity, Field, Value


def wanted(entity: Entity, row: Row, record: Record) -> dict[str, Value]:
    """Return the values the row asks for, by field: lists worked out, `<clear>` made empty."""
    settable = entity.settable
    values: dict[str, Value] = {n: value for n, value in row.values.items() if n in settable}
    for name in [name for name, value in values.items() if value is CLEAR]:
        values[name] = entity.by_name[name].kind.empty
    for field in entity.list_changes:
        if field.name in row.values:
            target = field.adds_to or field.takes_from
            items = values.get(target, stored_value(entity, target, record))
            values[target] = _changed_list(field, items or [], row.value(field.name) or [])
    return values


def without_guards(entity: Entity, values: Mapping[str, Value], record: Record) -> dict[str, Value]:
    """Return the values with stored texts where only the apostrophe of a csv stands before them.

    A csv export that somebody saves as a workbook keeps it.
    """
    found = dict(values)
    for name, value in values.items():
        old = stored_value(entity, name, record)
        if isinstance(old, str) and isinstance(value, str) and value == guarded(old):
            found[name] = old
    return found


def _changed_list(field: Field, items: list[Value], more: list[Value]) -> list[Value]:
    if field.adds_to:
        return list(dict.fromkeys([*items, *more]))
    return [each for each in items if each not in more]


def stored_value(entity: Entity, name: str, record: Record) -> Value:
    """Return a record's value; children stand there under another spelling."""
    for child in entity.children:
        if child.field == name:
            found = record.get(child.read_name)
            return record.get(name) if found is None else found
    return record.get(name)


def differences(
    entity: Entity, values: Mapping[str, Value], record: Record
) -> tuple[Difference, ...]:
    """Return what would change on the server, in the table's order."""
    found = []
    for field in entity.fields:
        if field.name not in values:
            continue
        old, new = stored_value(entity, field.name, record), values[field.name]
        if not same(field, old, new):
            found.append(Difference(field.name, field.kind.show(old), field.kind.show(new)))
    return tuple(found)


def same(field: Field, old: Value, new: Value) -> bool:
    """Whether two values mean the same; the service's own "never set" counts as blank."""
    if new is None and old == field.unset:
        return True
    return field.kind.sameness(old) == field.kind.sameness(new)


def update_payload(
    entity: Entity, values: Mapping[str, Value], changed: tuple[str, ...], record: Record
) -> dict[str, Any]:
    """Lay what changed over the whole record: what an update leaves out, the service clears.

    Children are sent under the spelling for writing. A view of a list that changed is left out,
    since it would contradict the list.
    """
    payload = dict(record)
    for child in entity.children:
        children = payload.pop(child.read_name, None)
        if children:
            payload[child.field] = [_child(each, child.columns) for each in children]
    payload |= {name: values[name] for name in changed}
    for field in entity.fields:
        if field.view_of in changed:
            payload.pop(field.name, None)
    return payload


def _child(record: Mapping[str, Any], columns: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    return {key: record[key] for _, key in columns}


def sent_as_it_is(entity: Entity, row: Row) -> bool:
    """Whether `create_payload` of what is `wanted` would be nothing but the row's own cells."""
    return isinstance(row.values, Filled) and row.values.can_be_sent(entity.settable)


def create_payload(values: Mapping[str, Value]) -> dict[str, Any]:
    """Return what a new record is made from: the filled cells and nothing else."""
    return {name: value for name, value in values.items() if value not in (None, [])}
