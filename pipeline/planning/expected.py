"""A plan as it will be once the missing records are there: what it needs, shows and does."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from typing import Any

from pipeline.planning.missing import Missing, creatable
from pipeline.planning.plan import Change, Difference, Plan
from pipeline.planning.stored import Named, Stored
from pipeline.schema import Entity


def expecting(stored: Stored, missing: Iterable[Missing]) -> Stored:
    """Return what the account will hold once the missing records are created."""
    names = dict(stored.names)
    for each in missing:
        made = Named(each.number, each.name, each.place)
        names[each.link] = (*names.get(each.link, ()), made)
    return replace(stored, names=names)


def without(entity: Entity, stored: Stored, made: Container[int]) -> Stored:
    """Return what the account held before records of these ids were created for the rows."""
    lists = {link: stored.names[link] for link in creatable(entity) if link in stored.names}
    before = {link: tuple(e for e in each if e.id not in made) for link, each in lists.items()}
    return replace(stored, names={**stored.names, **before})


def used(entity: Entity, plan: Plan, missing: Iterable[Missing]) -> tuple[Missing, ...]:
    """Return those that rows need which are sent, each with these rows."""
    found = []
    for each in missing:
        names = [f.name for f in entity.fields if f.link == each.link]
        rows = [
            change.row
            for change in plan.changes
            if change.writes and any((change.payload or {}).get(n) == each.number for n in names)
        ]
        if rows:
            found.append(replace(each, rows=tuple(rows)))
    return tuple(found)


def shown(plan: Plan, missing: Iterable[Missing]) -> Plan:
    """Return the plan as people read it: names where records have no number yet."""
    names = {each.number: f"{each.name} (new)" for each in missing}

    def told(each: Difference) -> Difference:
        is_new = isinstance(each.new, int) and each.new in names
        return replace(each, new=names[each.new]) if is_new else each

    changes = (
        replace(change, differences=tuple(map(told, change.differences))) for change in plan.changes
    )
    return replace(plan, changes=tuple(changes))


def is_as_expected(expected: Plan, plan: Plan, ids: Mapping[int, int]) -> bool:
    """Whether a plan does to every row what was shown; `ids` are those the missing have now."""
    return list(map(_meant, plan.changes, [{}] * len(plan.changes))) == [
        _meant(each, ids) for each in expected.changes
    ]


def _meant(change: Change, ids: Mapping[int, int]) -> tuple[Any, ...]:
    payload = change.payload or {}
    names = [each.field for each in change.differences] if change.differences else list(payload)
    values = {
        name: ids.get(value, value) if isinstance(value := payload.get(name), int) else value
        for name in names
    }
    links = dict(change.links)
    return change.row, change.action, change.record_id, (values, links) if change.writes else None
