"""Which records there are, provably: a listing read until it adds up, whatever moves meanwhile.

Rows move between pages when records are added or deleted while the pages are read. Deleting shows
in the announced total; deleting and adding as many does not, so what was created meanwhile is asked
for. As long as anything moved, the listing is read again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipeline.api.client import Client
from pipeline.api.paging import MAX_PAGE_SIZE, ORDER, Record, pages
from pipeline.api.reading import MAX_LISTINGS
from pipeline.api.replies import Verdict
from pipeline.kinds import parse_moment
from pipeline.schema import Entity

# So far back is asked for what was added meanwhile: clocks differ, and in which time zone the
# service reads a date in a filter is not documented.
CLOCK_MARGIN = timedelta(days=1)
MOMENT_FORMAT = "%Y-%m-%dT%H:%M"  # of a date in a filter, vendor docs


@dataclass
class _Pass:
    """One reading of all pages."""

    ids: set[int] = field(default_factory=set)
    rows: int = 0
    announced: set[int] = field(default_factory=set)
    last_announced: int = 0

    @property
    def adds_up(self) -> bool:
        """Whether as many different rows came as every page announced."""
        return self.announced == {len(self.ids)} and self.rows == len(self.ids)


@dataclass
class Census:
    """A listing while it is read, and what is known of it afterwards.

    `began` is the moment before the first request. Ids and moments of the rows are kept, the rows
    themselves are not.
    """

    client: Client
    entity: Entity
    filters: Mapping[str, str]
    began: datetime
    stamps: dict[int, str | None] = field(default_factory=dict)
    announced: int = 0
    pages: int = 0
    reread: int = 0
    settled: bool = False
    found_again: list[int] = field(default_factory=list)
    added: list[int] = field(default_factory=list)

    def rows(self) -> Iterator[Record]:
        """Yield every row once, as soon as it is seen. Raises ApiError."""
        before: set[int] | None = None
        for number in range(MAX_LISTINGS):
            self.reread = number
            reading = _Pass()
            yield from self._read(reading, again=before is not None)
            self.announced = reading.last_announced
            if reading.adds_up and (reading.ids == before or not self._was_added_to()):
                self.settled = True
                return
            before = reading.ids

    def _read(self, reading: _Pass, *, again: bool) -> Iterator[Record]:
        for page in pages(self.client, self.entity.path, self.filters):
            self.pages += 1
            reading.rows += len(page.rows)
            reading.announced.add(page.announced)
            reading.last_announced = page.announced
            for row in page.rows:
                reading.ids.add(row["Id"])
                if row["Id"] not in self.stamps:
                    self._note(row, again=again)
                    yield row

    def _note(self, row: Record, *, again: bool) -> None:
        self.stamps[row["Id"]] = row.get(self.entity.stamp_field.name)
        if self._is_younger(row, self.began):
            self.added.append(row["Id"])
        elif again:
            self.found_again.append(row["Id"])

    def _was_added_to(self) -> bool:
        """Whether a record was created since a while before the listing began, or may have been.

        One request tells, if the service heeds the filter; if not, nothing is certain.
        """
        birth = self.entity.birth_field
        if birth is None or not birth.range_filter:
            return True
        since = self.began - CLOCK_MARGIN
        name = self.entity.range_name(birth.name, lowest=True)
        query = {
            **self.filters,
            name: since.strftime(MOMENT_FORMAT),
            "orderBy": ORDER,
            "page": 1,
            "size": MAX_PAGE_SIZE,
        }
        answer = self.client.send("GET", self.entity.path, params=query)
        body = answer.reply.body if answer.verdict is Verdict.DONE else None
        return not isinstance(body, dict) or body.get("TotalItems") != 0

    def _is_younger(self, row: Record, moment: datetime) -> bool:
        birth = self.entity.birth_field
        try:
            return birth is not None and parse_moment(str(row.get(birth.name))) >= moment
        except ValueError:
            return False
