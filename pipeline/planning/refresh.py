"""A planned change over the record as it is now: hours may lie between planning and sending."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pipeline.planning.overlay import same, stored_value, update_payload
from pipeline.planning.plan import Change
from pipeline.planning.stored import Record
from pipeline.schema import Entity


@dataclass(frozen=True)
class Refreshed:
    """What is to be sent now; None: nothing. `moved` are fields that somebody else changed."""

    change: Change | None
    moved: tuple[str, ...] = ()


def refreshed(entity: Entity, change: Change, record: Record) -> Refreshed:
    """Lay an update over the record as it is now, so that nobody's change is taken back.

    Fields that hold the wanted value already are not sent; a field that holds neither that nor
    what was shown in the plan was changed by somebody else: nothing is sent.
    """
    payload = change.payload or {}
    wanted: dict[str, Any] = {each.field: payload[each.field] for each in change.differences}
    names = [
        name
        for name, value in wanted.items()
        if not same(entity.by_name[name], stored_value(entity, name, record), value)
    ]
    before = change.before or {}
    moved = tuple(
        name
        for name in names
        if not same(
            entity.by_name[name],
            stored_value(entity, name, record),
            stored_value(entity, name, before),
        )
    )
    if moved or not names:
        return Refreshed(None, moved)
    fresh = update_payload(entity, wanted, tuple(names), record)
    return Refreshed(replace(change, before=record, payload=fresh))
