"""What the service refuses in a body: every failure at once, each with its property."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pipeline.sandbox.moments import read_moment
from pipeline.sandbox.tables import Record
from pipeline.schema import Child, Entity, Field

REQUIRED = "is a required field"
NOT_VALID = "is not valid"
DAYS = range(7)  # 0 = Sunday, vendor docs

Exists = Callable[[str, int], bool]  # entity, id


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _are_wholes(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_whole, value))


TYPES: Mapping[str, Callable[[Any], bool]] = {  # kind of field: what its JSON must be
    "text": _is_text,
    "address": _is_text,
    "whole": _is_whole,
    "choice": _is_whole,
    "id": _is_whole,
    "decimal": _is_number,
    "yes/no": lambda value: isinstance(value, bool),
    "ids": _are_wholes,
    "moment": lambda value: read_moment(value) is not None,
}


def failure(name: str, message: str, attempted: Any) -> Record:
    """Make one entry of `Errors`."""
    return {"AttemptedValue": attempted, "Message": message, "PropertyName": name}


def failures(entity: Entity, body: Record, exists: Exists, *, creating: bool) -> list[Record]:
    """Return all that is wrong in the body of a create or an update, in the table's order."""
    found: list[Record] = []
    children = {each.field: each for each in entity.children}
    for each in entity.fields:
        if not each.writable or not (each.on_create if creating else each.on_update):
            continue
        value = body.get(each.name)
        if value is None or (each.required and isinstance(value, str) and not value.strip()):
            if each.required:
                # A missing link is named without its Id: "ResourceType: is a required field".
                name = each.name.removesuffix("Id") if each.link else each.name
                found.append(failure(name, REQUIRED, value))
        elif each.name in children:
            found += _child_failures(children[each.name], value)
        elif not _is_valid(each, value, exists):
            found.append(failure(each.name, NOT_VALID, value))
    return found


def _is_valid(each: Field, value: Any, exists: Exists) -> bool:
    if not TYPES[each.kind.name](value):
        return False
    if each.kind.choices:
        return value in {choice.number for choice in each.kind.choices}
    if each.link:
        return all(
            exists(each.link, number) for number in (value if _are_wholes(value) else [value])
        )
    return True


def _child_failures(child: Child, value: Any) -> list[Record]:
    if not isinstance(value, list):
        return [failure(child.field, NOT_VALID, value)]
    found = []
    for place, each in enumerate(value):
        if not isinstance(each, dict):
            found.append(failure(f"{child.field}[{place}]", NOT_VALID, each))
            continue
        for _, key in child.columns:
            given = each.get(key)
            if given is None:
                found.append(failure(f"{child.field}[{place}].{key}", REQUIRED, None))
            elif not (_is_day(given) if key == "DayOfWeek" else read_moment(given)):
                found.append(failure(f"{child.field}[{place}].{key}", NOT_VALID, given))
    return found


def _is_day(value: Any) -> bool:
    return _is_whole(value) and value in DAYS
