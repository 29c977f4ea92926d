"""Reading an account: whole listings, whole records by ids.

List rows carry no lists (plans, teams, time slots); only whole records may be laid under an update.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from pipeline.api.client import Client
from pipeline.api.paging import Record, checked, pages
from pipeline.api.replies import Verdict
from pipeline.errors import ProtocolError
from pipeline.schema import Child, Entity

MAX_LISTINGS = 4  # of the same, while its records change
BATCH_SIZE = 100  # ids in one read: 100 ten-digit ids stay well below a 2,048-character query
FEW_MISSING = 10  # of a batch; they are asked for one by one
FEW_PARENTS = 3  # up to here a listing each is no more than one of everything
TOO_LONG = {400, 404, 413, 414}  # how a service refuses a long query


def listing(client: Client, path: str, filters: Mapping[str, Any] | None = None) -> list[Record]:
    """Return every row of a listing once, by id. Raises ProtocolError when it does not add up.

    Rows move between pages when records are added or deleted meanwhile: a listing whose rows are
    not as many as announced, on every page the same number, is asked for again.
    """
    for _ in range(MAX_LISTINGS):
        announced: list[int] = []
        rows: dict[int, Record] = {}
        for page in pages(client, path, filters):
            announced.append(page.announced)
            rows |= {each["Id"]: each for each in page.rows}
        if set(announced) == {len(rows)}:
            return list(rows.values())
    raise ProtocolError(
        f"GET {path}: {len(rows)} records came, {announced[-1]} were announced, "
        f"{MAX_LISTINGS} times in a row. Somebody may be changing many of them just now."
    )


def whole_records(client: Client, entity: Entity, ids: Iterable[int]) -> Iterator[Record]:
    """Yield whole records, as `whole_batches` does, one by one."""
    return chain.from_iterable(whole_batches(client, entity, list(dict.fromkeys(ids))))


def whole_batches(client: Client, entity: Entity, ids: Sequence[int]) -> Iterator[list[Record]]:
    """Yield whole records in batches, of ids that differ; those that no longer exist are left out.

    A service that finds the query too long is asked for fewer at a time from then on. Children
    that a record does not carry are read from their own listing.
    """
    waiting = array("q", reversed(ids))  # the next stand last
    children = [_Children(client, each, len(waiting)) for each in entity.children]
    size = BATCH_SIZE
    while waiting:
        batch = [waiting.pop() for _ in range(min(size, len(waiting)))]
        records = _batch(client, entity.path, batch)
        if records is None:
            size = len(batch) // 2
            waiting.extend(reversed(batch))
            continue
        if records and len(batch) - len(records) > FEW_MISSING:  # it answers only so many
            size = len(records)
            waiting.extend(each for each in reversed(batch) if each not in records)
            batch = [each for each in batch if each in records]
        found = [record for each in batch if (record := _found(client, entity, each, records))]
        for child in children:
            child.complete(found)
        yield found


def _found(
    client: Client, entity: Entity, record_id: int, records: Mapping[int, Record]
) -> Record | None:
    """Return the record of a batch; one that the batch left out is asked for by itself."""
    return records.get(record_id) or one_record(client, entity.path, record_id)


def one_record(client: Client, path: str, record_id: int) -> Record | None:
    """Read one record; None when there is none with this id."""
    answer = client.send("GET", f"{path}/{record_id}")
    body = answer.reply.body
    if answer.verdict is Verdict.DONE and isinstance(body, dict) and body.get("Id") == record_id:
        return dict(body)
    if answer.reply.status == 404:  # noqa: PLR2004 - the service's word for "gone"
        return None
    raise ProtocolError(f"GET {path}/{record_id}: the server answered '{answer.words}'.")


def _batch(client: Client, path: str, ids: list[int]) -> dict[int, Record] | None:
    """Read some records at once, by id; None when the service finds the query too long."""
    query = {"id": json.dumps(ids, separators=(",", ":"))}
    answer = client.send("GET", path, params=query)
    if answer.verdict is not Verdict.DONE:
        if answer.reply.status in TOO_LONG and len(ids) > 1:
            return None
        return {}  # each id is asked for by itself, which tells what is wrong
    body = answer.reply.body
    records = body.get("Records") if isinstance(body, dict) else body
    if not isinstance(records, list):
        raise ProtocolError(f"GET {path}: the answer to a read by ids is not a list of records.")
    asked = set(ids)
    return {each["Id"]: each for each in checked(path, records) if each["Id"] in asked}


class _Children:
    """Fills in children that records do not carry, with as few listings as the service allows."""

    def __init__(self, client: Client, child: Child, parents: int) -> None:
        self._client = client
        self._child = child
        self._one_by_one = parents <= FEW_PARENTS
        self._by_parent: dict[int, list[Record]] | None = None

    def complete(self, records: Iterable[Record]) -> None:
        """Add the children to those of `records` that lack them."""
        child = self._child
        for record in records:
            if record.get(child.read_name) is None and record.get(child.field) is None:
                record[child.read_name] = self._of(record["Id"])

    def _of(self, parent: int) -> list[Record]:
        if self._by_parent is None and not self._one_by_one:
            self._read_all()
        if self._by_parent is not None:
            return self._by_parent.get(parent, [])
        filters = {self._child.filter_name: parent}
        rows = listing(self._client, self._child.path, filters)
        return [each for each in rows if each.get(self._child.parent) == parent]

    def _read_all(self) -> None:
        """Read the whole list at once; some lists are only given with their parent's filter."""
        try:
            rows = list(listing(self._client, self._child.path))
        except ProtocolError:
            self._one_by_one = True
            return
        self._by_parent = {}
        for row in rows:
            self._by_parent.setdefault(row[self._child.parent], []).append(row)
