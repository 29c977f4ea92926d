"""What is kept and listed: one table per entity, with its path, role, filters and blank record.

Filter names follow the vendor's pages: `Entity_Field`, a link without its Id, `from_` and `to_`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.entities import LOOKUPS, RESOURCE
from pipeline.schema import Field

Record = dict[str, Any]

SLOTS = RESOURCE.children[0]
SLOTS_TABLE = SLOTS.filter_name.partition("_")[0]
LINK_KEYS = {"BusinessId", SLOTS.parent}  # of the entities that have no table of fields
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
LOOKUP_BLANKS: Mapping[str, Record] = {
    "Business": {"Name": "", "RootLocationId": None, **STAMPS},
    "ResourceType": PLACED,
    "Tariff": {**PLACED, "Price": 0.0, "Visible": True, "Archived": False},
    "Team": PLACED,
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

    `exact` and the `ranges` lead from a query parameter to the key of the record it filters by;
    `lists` are the keys that rows of a listing do not carry.
    """

    name: str
    path: str
    role: str
    blank: Record
    lists: frozenset[str]
    exact: Mapping[str, str] = field(repr=False)
    ranges: Mapping[str, str] = field(repr=False)
    writable: bool = False


def empty(each: Field) -> Any:
    """Return what a field holds that was never given: false, no items, 0.0 or null."""
    kind = each.kind.name
    return False if kind == "yes/no" else [] if kind == "ids" else each.unset


def is_list_change(each: Field) -> bool:
    """Whether the field changes a list instead of holding one."""
    return bool(each.adds_to or each.takes_from)


def _blank_resource() -> Record:
    # The vendor's example of a record shows 0 and "" for what is required and was not given.
    zeros = {"text": "", "whole": 0, "choice": 0}
    blank: Record = {
        each.name: zeros.get(each.kind.name) if each.required else empty(each)
        for each in RESOURCE.fields
        if each.on_read
    }
    blank |= {each.name: None for each in RESOURCE.fields if is_list_change(each)}
    blank |= dict.fromkeys(sorted(RESOURCE.screen_keys))
    return {**blank, **STAMPS, SLOTS.read_name: []}


def _resource() -> Table:
    exact = {name: name for name in UNPREFIXED}
    for each in (each for each in RESOURCE.fields if each.exact_filter):
        name = each.name.removesuffix("Id") if each.link else each.name
        exact[f"{RESOURCE.name}_{name}"] = each.name
        if each.names:
            exact[f"{RESOURCE.name}_{each.names.removesuffix('Id')}_Name"] = each.name
    return Table(
        name=RESOURCE.name,
        path=RESOURCE.path,
        role=RESOURCE.role,
        blank=_blank_resource(),
        lists=frozenset(
            [each.name for each in RESOURCE.fields if each.kind.name == "ids"] + [SLOTS.read_name]
        ),
        exact=exact,
        ranges=_ranges(RESOURCE.name, (e.name for e in RESOURCE.fields if e.range_filter)),
        writable=True,
    )


def _ranges(name: str, keys: Iterable[str]) -> dict[str, str]:
    return {f"{end}_{name}_{key}": key for key in keys for end in ("from", "to")}


def _plain(name: str, path: str, role: str, blank: Record) -> Table:
    lists = frozenset(key for key, value in blank.items() if isinstance(value, list))
    keys = [key for key in blank if key not in lists and key not in UNPREFIXED]
    filters = {f"{name}_{key.removesuffix('Id') if key in LINK_KEYS else key}": key for key in keys}
    exact = {**{key: key for key in UNPREFIXED}, **filters}
    return Table(name, path, role, blank, lists, exact, _ranges(name, keys))


TABLES: Mapping[str, Table] = {
    RESOURCE.name: _resource(),
    SLOTS_TABLE: _plain(
        SLOTS_TABLE,
        SLOTS.path,
        SLOTS_TABLE,
        {"Id": 0, SLOTS.parent: 0, **dict.fromkeys(key for _, key in SLOTS.columns)},
    ),
    **{
        name: _plain(name, LOOKUPS[name].path, LOOKUPS[name].role.removesuffix("-List"), blank)
        for name, blank in LOOKUP_BLANKS.items()
    },
}
BY_PATH: Mapping[str, Table] = {table.path: table for table in TABLES.values()}
