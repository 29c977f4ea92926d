"""Reading an account: listings page by page, whole records by ids, look-up lists.

List rows carry no lists (plans, teams, time slots); only whole records may be laid under an update.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from pipeline.api.client import Client
from pipeline.api.replies import Verdict
from pipeline.errors import ProtocolError
from pipeline.schema import Child, Entity

Record = dict[str, Any]

MAX_PAGE_SIZE = 1_000  # records, vendor docs
MAX_LISTINGS = 4  # of the same, while its records change
ORDER = "Id"  # new records come last, and move no others
MAX_PAGES = 10_000  # more is an endless loop, not an account
BATCH_SIZE = 100  # ids in one read: 100 ten-digit ids stay well below a 2,048-character query
FEW_PARENTS = 3  # up to here a listing each is no more than one of everything
TOO_LONG = {400, 404, 413, 414}  # how a service refuses a long query


def listing(client: Client, path: str, filters: Mapping[str, Any] | None = None) -> list[Record]:
    """Return every row of a listing once, by id. Raises ProtocolError when it does not add up.

    Rows move between pages when records are added or deleted meanwhile: a listing whose rows are
    not as many as announced, on every page the same number, is asked for again.
    """
    for _ in range(MAX_LISTINGS):
        announced: list[int] = []
        rows = [row for page in pages(client, path, filters, announced.append) for row in page]
        if set(announced) == {len(rows)}:
            return rows
    raise ProtocolError(
        f"GET {path}: {len(rows)} records came, {announced[-1]} were announced, "
        f"{MAX_LISTINGS} times in a row. Somebody may be changing many of them just now."
    )


def pages(
    client: Client,
    path: str,
    filters: Mapping[str, Any] | None = None,
    announced: Callable[[int], None] = lambda _: None,
) -> Iterator[list[Record]]:
    """Yield the pages of a listing, rows that were seen before left out.

    The service ignores parameters it does not know, so page and size are compared with its echo.
    Raises ProtocolError.
    """
    seen: set[int] = set()
    size = MAX_PAGE_SIZE
    for number in range(1, MAX_PAGES):
        query = {**(filters or {}), "orderBy": ORDER, "page": number, "size": size}
        envelope = client.get(path, query)
        records = _records(path, envelope, number)
        # A service may grant less than was asked; from then on that is what is asked.
        size = int(envelope["CurrentPageSize"])
        announced(int(envelope.get("TotalItems") or 0))
        fresh = [each for each in records if each["Id"] not in seen]
        seen.update(each["Id"] for each in fresh)
        yield fresh
        if _is_last(path, envelope, number):
            return
        if not fresh:
            raise ProtocolError(f"GET {path}: page {number} brought nothing new.")
    raise ProtocolError(f"GET {path}: more than {MAX_PAGES} pages.")


def _records(path: str, envelope: Any, page: int) -> list[Record]:
    if not isinstance(envelope, dict) or not isinstance(envelope.get("Records"), list):
        raise ProtocolError(f"GET {path}: the answer is not a page of records.")
    if envelope.get("CurrentPage") != page or not envelope.get("CurrentPageSize"):
        raise ProtocolError(
            f"GET {path}: page {page} was asked for, page {envelope.get('CurrentPage')} came."
        )
    return _checked(path, envelope["Records"])


def _checked(path: str, records: list[Any]) -> list[Record]:
    """Return the records. Raises ProtocolError for one that has no number."""
    if all(isinstance(each, dict) and isinstance(each.get("Id"), int) for each in records):
        return records
    raise ProtocolError(f"GET {path}: a record in the answer has no Id.")


def _is_last(path: str, envelope: Mapping[str, Any], page: int) -> bool:
    total = int(envelope.get("TotalPages") or 0)
    more = bool(envelope.get("HasNextPage"))
    if more != (page < total):
        raise ProtocolError(
            f"GET {path}: page {page} of {total}, HasNextPage {more}: they disagree."
        )
    return not more


def whole_records(client: Client, entity: Entity, ids: Iterable[int]) -> Iterator[Record]:
    """Yield whole records in batches; ids that no longer exist are left out.

    Children that a record does not carry are read from their own listing.
    """
    wanted = list(dict.fromkeys(ids))
    children = [_Children(client, each, len(wanted)) for each in entity.children]
    for start in range(0, len(wanted), BATCH_SIZE):
        batch = wanted[start : start + BATCH_SIZE]
        records = {each["Id"]: each for each in _batch(client, entity.path, batch)}
        for missing in (each for each in batch if each not in records):
            if (record := one_record(client, entity.path, missing)) is not None:
                records[missing] = record
        found = [records[each] for each in batch if each in records]
        for child in children:
            child.complete(found)
        yield from found


def one_record(client: Client, path: str, record_id: int) -> Record | None:
    """Read one record; None when there is none with this id."""
    answer = client.send("GET", f"{path}/{record_id}")
    if answer.verdict is Verdict.DONE and isinstance(answer.reply.body, dict):
        return dict(answer.reply.body)
    if answer.reply.status == 404:  # noqa: PLR2004 - the service's word for "gone"
        return None
    raise ProtocolError(f"GET {path}/{record_id}: the server answered '{answer.words}'.")


def _batch(client: Client, path: str, ids: list[int]) -> list[Record]:
    """Read some records at once; a query that the service finds too long is halved."""
    query = {"id": json.dumps(ids, separators=(",", ":"))}
    answer = client.send("GET", path, params=query)
    if answer.verdict is not Verdict.DONE:
        if answer.reply.status in TOO_LONG and len(ids) > 1:
            middle = len(ids) // 2
            return [*_batch(client, path, ids[:middle]), *_batch(client, path, ids[middle:])]
        return []  # each id is asked for by itself, which tells what is wrong
    body = answer.reply.body
    records = body.get("Records") if isinstance(body, dict) else body
    if not isinstance(records, list):
        raise ProtocolError(f"GET {path}: the answer to a read by ids is not a list of records.")
    asked = set(ids)
    return [each for each in _checked(path, records) if each["Id"] in asked]


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
