"""Listings as the service gives them: filters, order, pages, and rows without their lists."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.entities import RESOURCE

Record = dict[str, Any]
DEFAULT_SIZE = 25
LISTS = {each.name for each in RESOURCE.fields if each.kind.name in {"ids", "time slots"}}
LISTS |= {child.read_name for child in RESOURCE.children}


def asked_ids(query: Mapping[str, str]) -> list[int] | None:
    """Return the ids of a read by ids, None for a listing."""
    text = query.get("id", "")
    if not text.startswith("["):
        return None
    try:
        return [int(each) for each in json.loads(text)]
    except (ValueError, TypeError):
        return []


def chosen(records: Iterable[Record], entity: str, query: Mapping[str, str]) -> list[Record]:
    """Return the records that match all filters; parameters nobody knows are ignored."""
    found = list(records)
    for key, wanted in query.items():
        head, mark, name = key.rpartition(f"{entity}_")
        if key in {"Id", "UniqueId"}:
            found = [each for each in found if str(each.get(key)) == wanted]
        elif mark and head in {"", "from_", "to_"} and found:
            found = _filtered(found, head, _field(name, found[0]), wanted)
    return found


def _field(name: str, record: Record) -> str:
    """Return the key that a filter means: links drop their Id, names of links have a mark."""
    if name in record:
        return name
    return f"{name}Id" if f"{name}Id" in record else name.replace("_Name", "Name")


def _filtered(records: list[Record], head: str, field: str, wanted: str) -> list[Record]:
    if records and field not in records[0]:
        return records
    if not head:
        return [each for each in records if _same(each[field], wanted)]
    if head == "from_":
        return [each for each in records if _rank(each[field], wanted) >= 0]
    return [each for each in records if _rank(each[field], wanted) <= 0]


def _same(value: Any, wanted: str) -> bool:
    if isinstance(value, list):
        return wanted in map(str, value)
    if isinstance(value, bool):
        return str(value).lower() == wanted.lower()
    return str(value) == wanted


def _rank(value: Any, wanted: str) -> int:
    """Compare a value with a limit as text says it: -1, 0 or 1; a missing value is out of range."""
    if value is None:
        return 2 if wanted == "" else -2
    try:
        left: Any = float(value)
        right: Any = float(wanted)
    except ValueError:
        left, right = str(value)[: len(wanted)], wanted
    return int(left > right) - int(left < right)


def page(records: list[Record], query: Mapping[str, str], most: int) -> dict[str, Any]:
    """Return one page in the service's envelope. `PageSize` and `PageNumber` mean nothing to it."""
    number = max(_whole(query.get("page"), 1), 1)
    size = min(max(_whole(query.get("size"), DEFAULT_SIZE), 1), most)
    order = query.get("orderBy") or "Id"
    down = _whole(query.get("dir"), 0) == 1
    records = sorted(records, key=lambda each: _order(each.get(order)), reverse=down)
    total = len(records)
    pages = -(-total // size)
    rows = records[(number - 1) * size : number * size]
    return {
        "Records": [_row(each) for each in rows],
        "CurrentPage": number,
        "CurrentPageSize": size,
        "CurrentOrderField": order,
        "CurrentSortDirection": int(down),
        "FirstItem": (number - 1) * size + 1 if rows else 0,
        "LastItem": (number - 1) * size + len(rows),
        "TotalItems": total,
        "TotalPages": pages,
        "HasNextPage": number < pages,
        "HasPreviousPage": number > 1,
    }


def _row(record: Record) -> Record:
    return {key: value for key, value in record.items() if key not in LISTS}


def _order(value: Any) -> tuple[int, float, str]:
    if isinstance(value, int | float):
        return 0, float(value), ""
    return 1, 0.0, str(value or "")


def _whole(text: str | None, otherwise: int) -> int:
    try:
        return int(text or otherwise)
    except ValueError:
        return otherwise
