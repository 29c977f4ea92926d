"""Whether an account is the one that a template was made for: the login tells, or its records do.

Colleagues log in by other names, and an account may have several addresses: a record that both
sides know by id and name settles it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from pipeline.entities import LOOKUPS
from pipeline.planning.stored import Named, Stored
from pipeline.rows import Row
from pipeline.schema import Entity
from pipeline.sheets.stamp import Account, Stamp, spoken

Owner = Literal["same", "unsure", "other"]
Compared = tuple[str, Sequence[Named], Sequence[Named]]  # list, as offered, as it is now


def compared(stamp: Stamp, stored: Stored) -> list[Compared]:
    """Return the lists that both sides know."""
    return [
        (link, offered, stored.names[link])
        for link, offered in stamp.names.items()
        if link in stored.names
    ]


def owner(stamp: Stamp, stored: Stored, entity: Entity, account: Account) -> Owner:
    """Say whose the names of the template are; where nothing tells, another host is another one."""
    made_for = stamp.account
    if made_for is None or (made_for == account and account.login):
        return "same"
    if any(_known(offered) & _known(now) for _, offered, now in _records(stamp, stored, entity)):
        return "same"
    places = [each for each in compared(stamp, stored) if LOOKUPS[each[0]].place is None]
    if made_for.host != account.host or any(map(_is_strange, places)):
        return "other"
    return "unsure" if made_for.login and account.login else "same"


def _records(stamp: Stamp, stored: Stored, entity: Entity) -> Iterator[Compared]:
    yield from compared(stamp, stored)
    name = entity.key[-1]
    here = [Named(n, str(each.get(name) or ""), None) for n, each in stored.records.items()]
    yield entity.name, stamp.names.get(entity.name, ()), here


def _known(entries: Sequence[Named]) -> set[tuple[int, str]]:
    return {(each.id, spoken(each.name)) for each in entries}


def _is_strange(each: Compared) -> bool:
    _, offered, now = each
    return bool(offered and now) and not {e.id for e in offered} & {e.id for e in now}


def ids_given(entity: Entity, row: Row) -> Iterator[tuple[str, int]]:
    """Yield the ids that a row gives, with their columns."""
    for name, value in row.values.items():
        field = entity.by_name[name]
        if field.key or field.link:
            items = value if isinstance(value, list) else [value]
            yield from ((name, each) for each in items if isinstance(each, int))
