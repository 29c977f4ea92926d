"""The export, top to bottom: list the ids, read whole records, write rows, account for them."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain
from operator import le
from pathlib import Path
from typing import Any

from pipeline.accounting import Account
from pipeline.api import reading
from pipeline.api.ahead import ahead
from pipeline.api.census import Census
from pipeline.api.client import Client
from pipeline.api.marks import Texts
from pipeline.certificate import Certificate
from pipeline.comparison import Comparison, Edit
from pipeline.entities import LOOKUPS
from pipeline.figures import Figures
from pipeline.filtering.filter import Filter, fits, label, query, signature
from pipeline.filtering.names import links_wanted, resolve
from pipeline.filtering.read import parse_filters
from pipeline.kinds import LIST_KINDS
from pipeline.naming import Names, read_names
from pipeline.selection import Order
from pipeline.series.state import Series
from pipeline.sheets.exports import Columns, Ending, Markers, Writer

# An export of news looks back so far: clocks differ, and in which time zone the service reads the
# date in a filter is not documented. What the last export had already is left out all the same.
OVERLAP = timedelta(days=1)

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Request:
    """What is to be exported.

    `only_news` leaves out what the series' last export had already; `all_listed` lists all records
    even then, so that removed ones are noticed.
    """

    columns: Columns
    writer: Writer
    filters: tuple[Filter, ...] = ()
    order: Order | None = None
    only_news: bool = False
    all_listed: bool = True
    changes: bool = False  # whether to tell what changed since the series' last export
    whole: bool = True  # whether records are wanted with their lists

    @property
    def signature(self) -> str:
        """The filters in words: two exports compare only if theirs are the same."""
        return "; ".join(sorted(map(signature, self.filters))) or "all"


@dataclass(frozen=True)
class Exported:
    """What was written, what can be proved of it, and what it says of the records."""

    certificate: Certificate
    figures: Figures
    markers: Markers
    comparison: Comparison | None = None


def export(  # noqa: PLR0913 - what goes along with an export has a name each
    client: Client,
    request: Request,
    path: Path,
    *,
    series: Series | None = None,
    beside: Callable[[Exported], None] = lambda exported: None,
    progress: Callable[[int, int], None] = lambda written, ahead: None,
) -> Exported:
    """Write the records that fit into `path`. Raises ApiError and UsageError.

    `beside` writes what belongs to the file, when it is in its place and before the series
    remembers it. `progress` is told, after each record, how many were looked at and how many there
    are.
    """
    flow = _Flow(client, request, series)
    with request.writer(path, request.columns) as file:
        as_they_came = request.columns.as_they_came
        for place, record in enumerate(flow.records(), start=1):
            told = flow.names.told(record)
            if flow.takes(told):
                file.write(record if as_they_came else flow.names.beside(told))
                flow.figures.add(told)
            progress(place, flow.ahead)
        comparison = flow.compared()
        ending = Ending(flow.certificate(path, file.rows), flow.figures, comparison)
        file.finish(ending)
    exported = Exported(ending.certificate, flow.figures, file.markers, ending.comparison)
    beside(exported)
    if series is not None and ending.certificate.complete:
        series.commit(started=flow.account.began)
    return exported


@dataclass
class _Flow:
    """One export while it goes on: what was listed, read, left out."""

    client: Client
    request: Request
    series: Series | None
    ahead: int = 0  # records that will be looked at, as soon as that is known

    def __post_init__(self) -> None:
        self.entity = self.request.columns.entity
        self.account = Account(self.client, self.request.columns)
        self.figures = Figures(self.entity)
        self.filters = _with_ids(self.client, self.request.filters)
        self.since = self._since()
        self.asked = [each for each in (*self.filters, *self.since) if each.query()]
        began = self.account.began
        self.census = Census(self.client, self.entity, query(self.asked), began)
        self.own_names = Texts()
        fields = self.request.columns.fields
        self.names = Names(self.client, self.entity, fields, self.own_names)

    def records(self) -> Iterator[Record]:
        """Yield the records that were listed, whole if their lists are wanted."""
        if not self.request.whole:
            yield from self._listed()
            return
        ids = self._ids()
        self.ahead = len(ids)
        awaited = iter(ids)
        batches = ahead(reading.whole_batches(self.client, self.entity, ids))
        for record in chain.from_iterable(batches):
            for record_id in awaited:
                if record_id == record["Id"]:
                    break
                self.account.deleted.append(record_id)
            if self.census.has_changed(record):
                self.account.changed.append(record["Id"])
            yield record
        self.account.deleted += awaited

    def takes(self, record: Record) -> bool:
        """Whether the record belongs into the file; counts the reason if not."""
        self.account.look_at(record)
        if self.request.whole and not self._fits(record):
            self.account.left_out += 1
            return False
        is_news = self.series is None or self.series.take(record)
        if self.request.only_news and not is_news:
            self.account.unchanged += 1
            return False
        return True

    def compared(self) -> Comparison | None:
        """Return what changed since the series' last export, if that is wanted."""
        if self.series is None:
            return None
        if self.request.all_listed and self.census.settled:
            self.series.drop_missing()
        found = self.series.compare() if self.request.changes else None
        return found and replace(found, changed=tuple(map(self._named, found.changed)))

    def _named(self, edit: Edit) -> Edit:
        """Return the edit of a list of links with names instead of ids."""
        names = {"old": self.names.words(edit.field, edit.old)}
        names["new"] = self.names.words(edit.field, edit.new)
        return replace(edit, **names)

    def certificate(self, path: Path, written: int) -> Certificate:
        """Account for the export, when all of it is written."""
        return self.account.certificate(
            path,
            self.census,
            written=written,
            filters=[label(each) for each in (*self.request.filters, *self.since)],
            remarks=self.names.remarks,
            compared_as=self.series.name if self.series and self.request.changes else "",
        )

    def _ids(self) -> array[int]:
        """List everything; returns the ids of whole records to read, in the order asked for."""
        if self.request.order is None:
            ids = array("q", (row["Id"] for row in self._unread()))
            is_sorted = all(map(le, ids, ids[1:]))  # it is asked for by id
            return ids if is_sorted else array("q", sorted(ids))
        key = self.request.order.key
        return array(
            "q", (number for _, number in sorted((key(r), r["Id"]) for r in self._unread()))
        )

    def _unread(self) -> Iterator[Record]:
        """Yield the listed rows but for those that are known to be as they were last time."""
        for row in self._listed():
            if self.request.only_news and self.series and self._is_known(row):
                self.series.keep(row["Id"])
                self.account.is_cut_short = True
                self.account.unchanged += 1
            else:
                yield row

    def _listed(self) -> Iterator[Record]:
        """Yield the rows of the listing that fit; the service may have sent others."""
        label_name = LOOKUPS[self.entity.name].label
        for row in self.census.rows():
            if self.names.needs_own:
                self.own_names.put(row["Id"], str(row.get(label_name) or ""))
            if self._fits(row):
                yield row
            else:
                self.account.left_out += 1
                self.account.is_ignored |= not fits(self.asked, row)

    def _is_known(self, row: Record) -> bool:
        assert self.series is not None
        stamp = row.get(self.entity.stamp_field.name)
        return stamp is not None and self.series.stamp_of(row["Id"]) == stamp

    def _fits(self, record: Record) -> bool:
        # A record that has no moment of its last change may be news all the same.
        is_dated = record.get(self.entity.stamp_field.name) is not None
        return fits((*self.filters, *(self.since if is_dated else ())), record)

    def _since(self) -> tuple[Filter, ...]:
        """Return the filter of an export of news: what was changed since the last one began."""
        if not self.request.only_news or self.request.all_listed or self.series is None:
            return ()
        since = self.series.since(OVERLAP)
        if since is None:
            return ()
        text = f"{self.entity.stamp_field.name}>={since:%Y-%m-%dT%H:%M:%SZ}"
        return parse_filters(self.entity, [text])


def is_whole_wanted(columns: Columns) -> bool:
    """Whether a column shows what only a whole record tells: a list, or the names beside it."""
    return columns.everything or any(
        each.kind.name in LIST_KINDS or each.view_of for each in columns.fields
    )


def _with_ids(client: Client, filters: Iterable[Filter]) -> tuple[Filter, ...]:
    """Replace the names of linked records in the filters by ids; asks only for lists needed."""
    filters = tuple(filters)
    lists = {name: read_names(client, name) for name in sorted(links_wanted(filters))}
    return resolve(filters, lists) if lists else filters
