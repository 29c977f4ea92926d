"""From a body to the record that is stored: what is left out is cleared, lists are replaced."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from pipeline.sandbox.tables import TABLES, Record, empty, is_list_change
from pipeline.schema import Child, Entity

ECHOED = ("LocalizationDetails", "CustomFields")  # cleared unless they are sent back
ACTIONS = ("NewPictureUrl", "ClearPictureFile")  # done at once, and read back as not set


def created(entity: Entity, body: Record) -> Record:
    """Return a new record, without its stamps."""
    record = dict(TABLES[entity.name].blank)
    record |= {each: _value(entity, body, each) for each in _settable(entity, creating=True)}
    record |= {each.read_name: children(each, body.get(each.field)) for each in entity.children}
    return _with_picture(record, body)


def updated(entity: Entity, stored: Record, body: Record, slots_mode: str) -> Record:
    """Return the record after an update: each writable field that is missing is cleared."""
    record = dict(stored)
    record |= {each: _value(entity, body, each) for each in _settable(entity, creating=False)}
    record |= _changed_lists(entity, stored, body)
    kept = [each for each in ECHOED if each in stored]
    record |= {key: stored[key] if key in body else None for key in kept}
    for each in entity.children:
        record[each.read_name] = _children_after(each, stored, body, slots_mode)
    return _with_picture(record, body)


def children(child: Child, given: list[Record] | None) -> list[Record]:
    """Return children (time slots) with the keys that are kept of them."""
    return [{key: each[key] for _, key in child.columns} for each in given or ()]


def _settable(entity: Entity, *, creating: bool) -> list[str]:
    apart = {*ACTIONS, *(each.field for each in entity.children)}
    return [
        each.name
        for each in entity.fields
        if each.writable
        and (each.on_create if creating else each.on_update)
        and not is_list_change(each)
        and each.name not in apart
    ]


def _value(entity: Entity, body: Record, name: str) -> Any:
    given = body.get(name)
    if given is None:
        return empty(entity.by_name[name])
    return list(dict.fromkeys(given)) if isinstance(given, list) else given


def _changed_lists(entity: Entity, stored: Record, body: Record) -> Record:
    """Return the lists that AddedX and RemovedX change: the one sent, or else the one stored."""
    lists: Record = {}
    for each in entity.fields:
        name, change = each.adds_to or each.takes_from, body.get(each.name)
        if not name or change is None:
            continue
        sent = body.get(name)
        base: list[int] = lists[name] if name in lists else (stored[name] if sent is None else sent)
        kept = [*base, *change] if each.adds_to else [one for one in base if one not in change]
        lists[name] = list(dict.fromkeys(kept))
    return lists


def _children_after(child: Child, record: Record, body: Record, mode: str) -> list[Record]:
    stored: list[Record] = record[child.read_name]
    given = body.get(child.field)
    if given is None:
        return [] if mode == "replace" else stored
    return stored + children(child, given) if mode == "append" else children(child, given)


def _with_picture(record: Record, body: Record) -> Record:
    if body.get("NewPictureUrl"):
        record["PictureFileName"] = urlsplit(body["NewPictureUrl"]).path.rpartition("/")[2] or None
    elif body.get("ClearPictureFile"):
        record["PictureFileName"] = None
    return record
