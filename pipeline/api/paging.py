"""One page after the other: what is asked, and what the echo has to say for a page to count."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.api.client import Client
from pipeline.errors import ProtocolError
from pipeline.kinds import MAX_WHOLE

Record = dict[str, Any]

MAX_PAGE_SIZE = 1_000  # records, vendor docs
MAX_PAGES = 10_000  # more is an endless loop, not an account
ORDER = "Id"  # new records come last, and move no others


@dataclass(frozen=True)
class Page:
    """The rows of one page, and how many the service announced in all."""

    rows: list[Record]
    announced: int

    @property
    def ids(self) -> list[int]:
        """The rows' ids, in the order in which they came."""
        return [each["Id"] for each in self.rows]


def pages(client: Client, path: str, filters: Mapping[str, Any] | None = None) -> Iterator[Page]:
    """Yield the pages of a listing as they come; a row that moved may stand on two of them.

    The service ignores parameters it does not know, so page and size are compared with its echo.
    Raises ProtocolError.
    """
    # Of the page before not even the numbers stay: each holds on to the memory around it.
    size, before = MAX_PAGE_SIZE, array("q", [0])
    for number in range(1, MAX_PAGES):
        query = {**(filters or {}), "orderBy": ORDER, "page": number, "size": size}
        envelope = client.get(path, query)
        page = _page(path, envelope, number)
        # A service may grant less than was asked; from then on that is what is asked.
        size = _number(path, envelope, "CurrentPageSize", least=1)
        ids = array("q", page.ids)
        if page.rows and ids == before:
            raise ProtocolError(f"GET {path}: page {number} brought nothing new.")
        before, is_last = ids, _is_last(path, envelope, number)
        del envelope  # a page is large: it does not stay while the next is awaited
        yield page
        del page
        if is_last:
            return
    raise ProtocolError(f"GET {path}: more than {MAX_PAGES} pages.")


def checked(path: str, records: list[Any]) -> list[Record]:
    """Return the records. Raises ProtocolError for one that has no number."""
    if all(isinstance(each, dict) and _is_id(each.get("Id")) for each in records):
        return records
    raise ProtocolError(f"GET {path}: a record in the answer has no Id.")


def _is_id(number: object) -> bool:
    return isinstance(number, int) and abs(number) <= MAX_WHOLE


def _page(path: str, envelope: Any, page: int) -> Page:
    if not isinstance(envelope, dict) or not isinstance(envelope.get("Records"), list):
        raise ProtocolError(f"GET {path}: the answer is not a page of records.")
    if envelope.get("CurrentPage") != page:
        raise ProtocolError(
            f"GET {path}: page {page} was asked for, page {envelope.get('CurrentPage')} came."
        )
    return Page(checked(path, envelope["Records"]), _number(path, envelope, "TotalItems"))


def _number(path: str, envelope: Mapping[str, Any], key: str, least: int = 0) -> int:
    number = envelope.get(key) or 0
    if not isinstance(number, int) or number < least:
        raise ProtocolError(f"GET {path}: {key} of a page is '{number}', which is no such number.")
    return number


def _is_last(path: str, envelope: Mapping[str, Any], page: int) -> bool:
    total = _number(path, envelope, "TotalPages")
    more = bool(envelope.get("HasNextPage"))
    if more != (page < total):
        raise ProtocolError(
            f"GET {path}: page {page} of {total}, HasNextPage {more}: they disagree."
        )
    return not more
