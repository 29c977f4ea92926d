"""What the service refuses in a record that is sent to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.entities import RESOURCE
from pipeline.sandbox.store import Store
from pipeline.schema import Field

TYPES: dict[str, tuple[type, ...]] = {
    "whole": (int,),
    "choice": (int,),
    "id": (int,),
    "decimal": (int, float),
    "yes/no": (bool,),
    "text": (str,),
    "address": (str,),
    "moment": (str,),
    "ids": (list,),
    "time slots": (list,),
}
Refusal = dict[str, Any]


def refusals(store: Store, body: Mapping[str, Any]) -> list[Refusal]:
    """Return every reason against the record, in the shape of the service's Errors."""
    return [refusal for field in RESOURCE.fields for refusal in _of(store, field, body)]


def _of(store: Store, field: Field, body: Mapping[str, Any]) -> Iterator[Refusal]:
    value = body.get(field.name)
    if value is None or (field.required and isinstance(value, str) and not value.strip()):
        if field.required:
            # A missing link is reported under the link's name, not under the id's.
            name = field.name.removesuffix("Id") if field.link else field.name
            yield _refusal(name, value, "is a required field")
        return
    if not (field.on_create or field.on_update) or field.key:
        return
    if not _fits(field, value):
        yield _refusal(field.name, value, "is not valid")
    elif field.kind.choices and value not in {each.number for each in field.kind.choices}:
        yield _refusal(field.name, value, "is not a valid choice")
    elif field.link and not all(store.get(field.link, each) for each in _items(value)):
        yield _refusal(field.name, value, "is not valid")
    elif field.kind.name == "time slots" and not all(map(_is_slot, value)):
        yield _refusal(field.name, None, "is not valid")


def _fits(field: Field, value: Any) -> bool:
    allowed = TYPES[field.kind.name]
    return isinstance(value, allowed) and (bool in allowed or not isinstance(value, bool))


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_slot(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.get("DayOfWeek") in range(7)
        and isinstance(value.get("FromTime"), str)
        and isinstance(value.get("ToTime"), str)
    )


def _refusal(name: str, value: Any, words: str) -> Refusal:
    return {"AttemptedValue": value, "Message": words, "PropertyName": name}
