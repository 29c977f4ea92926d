"""Filters, order and pages of a listing, by the rules of the vendor's search page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.sandbox.moments import read_moment
from pipeline.sandbox.tables import Record, Table

DEFAULT_SIZE = 25  # records, vendor docs


def filtered(table: Table, records: Sequence[Record], query: Mapping[str, str]) -> list[Record]:
    """Return the records that all known filters let through; unknown parameters are ignored."""
    kept = list(records)
    for name, wanted in query.items():
        if not wanted:
            continue
        if name in table.exact:
            key = table.exact[name]
            kept = [each for each in kept if _equals(each[key], wanted)]
        elif name in table.ranges:
            key, lowest = table.ranges[name], name.startswith("from_")
            kept = [each for each in kept if _in_range(each[key], wanted, lowest=lowest)]
    return kept


def _equals(value: Any, wanted: str) -> bool:
    if isinstance(value, bool):
        return wanted.lower() == str(value).lower()
    if isinstance(value, int | float):
        number = _number(wanted)
        return number is not None and number == value
    if isinstance(value, str):
        moment = read_moment(value)
        return value == wanted or (moment is not None and moment == read_moment(wanted))
    return False


def _in_range(value: Any, wanted: str, *, lowest: bool) -> bool:
    if value is None:
        return read_moment(wanted) is None and _number(wanted) is None
    bound: Any = read_moment(wanted) if isinstance(value, str) else _number(wanted)
    actual: Any = read_moment(value) if isinstance(value, str) else value
    if bound is None:
        return True  # a bound that cannot be read is none
    if actual is None:
        return False
    return bool(actual >= bound if lowest else actual <= bound)


def _number(text: str) -> int | float | None:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return None


def page(table: Table, records: list[Record], query: Mapping[str, str], max_size: int) -> Record:
    """Return the envelope of one page; page 1 of 25 by id unless the query says otherwise."""
    number, size = _positive(query.get("page"), 1), _positive(query.get("size"), DEFAULT_SIZE)
    size = min(size, max_size)
    known = query.get("orderBy", "") in table.blank.keys() - table.lists
    order = query["orderBy"] if known else "Id"
    descending = query.get("dir") == "1"
    first = (number - 1) * size
    shown = _ordered(records, order, descending=descending)[first : first + size]
    total_pages = -(-len(records) // size)
    return {
        "Records": shown,
        "CurrentPageSize": size,
        "CurrentPage": number,
        "CurrentOrderField": order,
        "CurrentSortDirection": int(descending),
        "FirstItem": first + 1 if shown else 0,
        "LastItem": first + len(shown) if shown else 0,
        "TotalItems": len(records),
        "TotalPages": total_pages,
        "HasNextPage": number < total_pages,
        "HasPreviousPage": number > 1,
    }


def _ordered(records: list[Record], key: str, *, descending: bool) -> list[Record]:
    if key == "Id" and not descending:
        return records
    empty_first = [
        (each[key] is not None, "" if each[key] is None else each[key], each) for each in records
    ]
    empty_first.sort(key=lambda each: each[:2], reverse=descending)
    return [record for *_, record in empty_first]


def _positive(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and int(text) else otherwise
