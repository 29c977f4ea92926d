"""What is kept and listed: one table per entity, with its path, role, filters and blank record.

Filter names follow the vendor's pages: `Entity_Field`, a link without its Id, `from_` and `to_`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.entities import ENTITIES, LOOKUPS
from pipeline.schema import Child, Entity, Field

Record = dict[str, Any]

PLACE = "BusinessId"
UNPREFIXED = ("Id", "UniqueId")

STAMPS: Record = {
    "Id": 0,
    "UniqueId": None,
    "CreatedOn": None,
    "UpdatedOn": None,
    "UpdatedBy": None,
    "IsNew": False,
    "SystemId": None,
}
PLACED: Record = {"BusinessId": None, "Name": "", **STAMPS}
LOOKUP_BLANKS: Mapping[str, Record] = {  # of lists that have no table of fields
    "Business": {"Name": "", "RootLocationId": None, **STAMPS},
    "Tariff": {**PLACED, "Price": 0.0, "Visible": True, "Archived": False},
    "Product": {**PLACED, "Description": "", "Price": 0.0, "Archived": False},
    "BookingAvailabilityException": {
        "BusinessId": None,
        "Message": "",
        "FromTime": None,
        "ToTime": None,
        "EveryYear": False,
        "Active": True,
        "Resources": [],
        **STAMPS,
    },
}


@dataclass(frozen=True)
class Table:
    """One entity of the service.

    `entity` is its table of fields, without which it can only be read; `child` says that these are
    the children of another one. `exact` and the `ranges` lead from a query parameter to the key of
    the record it filters by; `lists` are the keys that rows of a listing do not carry.
    """

    name: str
    path: str
    role: str
    blank: Record
    lists: frozenset[str]
    exact: Mapping[str, str] = field(repr=False)
    ranges: Mapping[str, str] = field(repr=False)
    entity: Entity | None = field(default=None, repr=False)
    child: Child | None = field(default=None, repr=False)


def empty(each: Field) -> Any:
    """Return what a field holds that was never given: false, no items, 0.0 or null."""
    kind = each.kind.name
    return False if kind == "yes/no" else [] if kind == "ids" else each.unset


def is_list_change(each: Field) -> bool:
    """Whether the field changes a list instead of holding one."""
    return bool(each.adds_to or each.takes_from)


def _blank(entity: Entity) -> Record:
    # The vendor's example of a record shows 0 and "" for what is required and was not given.
    zeros = {"text": "", "whole": 0, "choice": 0}
    blank: Record = {
        each.name: zeros.get(each.kind.name) if each.required else empty(each)
        for each in entity.fields
        if each.on_read
    }
    blank |= {each.name: None for each in entity.fields if is_list_change(each)}
    blank |= dict.fromkeys(sorted(entity.screen_keys))
    return {**blank, **STAMPS, **{each.read_name: [] for each in entity.children}}


def _full(entity: Entity) -> Table:
    exact = {name: name for name in UNPREFIXED}
    for each in (each for each in entity.fields if each.exact_filter):
        name = each.name.removesuffix("Id") if each.link else each.name
        exact[f"{entity.name}_{name}"] = each.name
        if each.names:
            exact[f"{entity.name}_{each.names.removesuffix('Id')}_Name"] = each.name
    lists = [each.name for each in entity.fields if each.kind.name == "ids"]
    return Table(
        name=entity.name,
        path=entity.path,
        role=entity.role,
        blank=_blank(entity),
        lists=frozenset((*lists, *(each.read_name for each in entity.children))),
        exact=exact,
        ranges=_ranges(entity.name, (e.name for e in entity.fields if e.range_filter)),
        entity=entity,
    )


def _ranges(name: str, keys: Iterable[str]) -> dict[str, str]:
    return {f"{end}_{name}_{key}": key for key in keys for end in ("from", "to")}


def _plain(name: str, path: str, role: str, blank: Record, link: str = PLACE) -> Table:
    lists = frozenset(key for key, value in blank.items() if isinstance(value, list))
    keys = [key for key in blank if key not in lists and key not in UNPREFIXED]
    filters = {f"{name}_{key.removesuffix('Id') if key == link else key}": key for key in keys}
    exact = {**{key: key for key in UNPREFIXED}, **filters}
    return Table(name, path, role, blank, lists, exact, _ranges(name, keys))


def _children(entity: Entity, child: Child) -> Table:
    name = child.filter_name.partition("_")[0]
    blank = {"Id": 0, child.parent: 0, **dict.fromkeys(key for _, key in child.columns)}
    table = _plain(name, child.path, name, blank, link=child.parent)
    return replace(table, entity=entity, child=child)


def _tables() -> Iterator[Table]:
    for entity in ENTITIES.values():
        yield _full(entity)
        yield from (_children(entity, each) for each in entity.children)
    for each in LOOKUPS.values():
        if each.name not in ENTITIES:
            blank = LOOKUP_BLANKS.get(each.name, PLACED)
            yield _plain(each.name, each.path, each.role.removesuffix("-List"), blank)


TABLES: Mapping[str, Table] = {table.name: table for table in _tables()}
BY_PATH: Mapping[str, Table] = {table.path: table for table in TABLES.values()}
