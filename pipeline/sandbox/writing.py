"""From a body to the record that is stored: what is left out is cleared, lists are replaced."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from pipeline.entities import RESOURCE
from pipeline.sandbox.tables import SLOTS, TABLES, Record, empty, is_list_change

SLOT_MODES = ("replace", "append", "keep")
ECHOED = ("LocalizationDetails", "CustomFields")  # cleared unless they are sent back
ACTIONS = ("NewPictureUrl", "ClearPictureFile")  # done at once, and read back as not set


def created(body: Record) -> Record:
    """Return a new record, without its stamps."""
    record = dict(TABLES[RESOURCE.name].blank)
    record |= {each: _value(body, each) for each in _settable(creating=True)}
    record[SLOTS.read_name] = slots(body.get(SLOTS.field))
    return _with_picture(record, body)


def updated(stored: Record, body: Record, slots_mode: str) -> Record:
    """Return the record after an update: each writable field that is missing is cleared."""
    record = dict(stored)
    record |= {each: _value(body, each) for each in _settable(creating=False)}
    record |= _changed_lists(stored, body)
    record |= {key: stored[key] if key in body else None for key in ECHOED}
    record[SLOTS.read_name] = _slots_after(stored[SLOTS.read_name], body, slots_mode)
    return _with_picture(record, body)


def slots(given: list[Record] | None) -> list[Record]:
    """Return time slots with the keys that are kept of them."""
    return [{key: each[key] for _, key in SLOTS.columns} for each in given or ()]


def _settable(*, creating: bool) -> list[str]:
    return [
        each.name
        for each in RESOURCE.fields
        if each.writable
        and (each.on_create if creating else each.on_update)
        and not is_list_change(each)
        and each.name not in (*ACTIONS, SLOTS.field)
    ]


def _value(body: Record, name: str) -> Any:
    given = body.get(name)
    if given is None:
        return empty(RESOURCE.by_name[name])
    return list(dict.fromkeys(given)) if isinstance(given, list) else given


def _changed_lists(stored: Record, body: Record) -> Record:
    """Return the lists that AddedX and RemovedX change: the one sent, or else the one stored."""
    lists: Record = {}
    for each in RESOURCE.fields:
        name, change = each.adds_to or each.takes_from, body.get(each.name)
        if not name or change is None:
            continue
        sent = body.get(name)
        base: list[int] = lists[name] if name in lists else (stored[name] if sent is None else sent)
        kept = [*base, *change] if each.adds_to else [one for one in base if one not in change]
        lists[name] = list(dict.fromkeys(kept))
    return lists


def _slots_after(stored: list[Record], body: Record, mode: str) -> list[Record]:
    given = body.get(SLOTS.field)
    if given is None:
        return [] if mode == "replace" else stored
    return stored + slots(given) if mode == "append" else slots(given)


def _with_picture(record: Record, body: Record) -> Record:
    if body.get("NewPictureUrl"):
        record["PictureFileName"] = urlsplit(body["NewPictureUrl"]).path.rpartition("/")[2] or None
    elif body.get("ClearPictureFile"):
        record["PictureFileName"] = None
    return record
