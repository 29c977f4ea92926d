"""Which records there are, provably: a listing read until it adds up, whatever moves meanwhile.

Rows move between pages when records are added or deleted while the pages are read. Deleting shows
in the announced total; deleting and adding as many does not, so what was created meanwhile (with a
filter: what was changed) is asked for. As long as anything moved, the listing is read again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zlib import crc32

from pipeline.api.client import Client
from pipeline.api.marks import Marks
from pipeline.api.paging import ORDER, Record, pages
from pipeline.api.reading import MAX_LISTINGS
from pipeline.api.replies import Verdict
from pipeline.kinds import filter_text, parse_moment
from pipeline.schema import Entity

# So far back is asked for what was added meanwhile: clocks differ, and in which time zone the
# service reads a date in a filter is not documented.
CLOCK_MARGIN = timedelta(days=1)


@dataclass
class _Reading:
    """One reading of all pages: how many rows came, how many of them different, seen before."""

    number: int
    rows: int = 0
    different: int = 0
    seen_before: int = 0  # of the different ones, those that the reading before had too
    announced: set[int] = field(default_factory=set)
    last_announced: int = 0

    @property
    def adds_up(self) -> bool:
        """Whether as many different rows came as every page announced."""
        return self.announced == {self.different} and self.rows == self.different

    def equals(self, before: _Reading | None) -> bool:
        """Whether it saw the same records as the reading before."""
        return before is not None and self.seen_before == self.different == before.different


@dataclass
class Census:
    """A listing while it is read, and what is known of it afterwards.

    `began` is the moment before the first request. Of each row only its id is kept, with a mark of
    when it was changed and of the reading that saw it last: an account may have very many.
    """

    client: Client
    entity: Entity
    filters: Mapping[str, str]
    began: datetime
    announced: int = 0
    pages: int = 0
    reread: int = 0
    settled: bool = False
    found_again: list[int] = field(default_factory=list)
    added: list[int] = field(default_factory=list)
    _marks: Marks = field(default_factory=Marks)

    @property
    def seen(self) -> int:
        """How many different records were listed."""
        return len(self._marks)

    def rows(self) -> Iterator[Record]:
        """Yield every row once, as soon as it is seen. Raises ApiError."""
        before: _Reading | None = None
        for number in range(MAX_LISTINGS):
            self.reread = number
            reading = _Reading(number)
            yield from self._read(reading)
            self.announced = reading.last_announced
            if reading.adds_up and (reading.equals(before) or not self._was_added_to()):
                self.settled = True
                return
            before = reading

    def has_changed(self, record: Record) -> bool:
        """Whether the record was changed since it was listed."""
        mark = self._marks.get(record["Id"])
        return mark is None or mark // MAX_LISTINGS != self._stamp_mark(record)

    def _read(self, reading: _Reading) -> Iterator[Record]:
        for page in pages(self.client, self.entity.path, self.filters):
            self.pages += 1
            reading.rows += len(page.rows)
            reading.announced.add(page.announced)
            reading.last_announced = page.announced
            for row in page.rows:
                if self._is_first(row, reading):
                    yield row
            del page  # as in pages(): it is large

    def _is_first(self, row: Record, reading: _Reading) -> bool:
        """Note that a row was seen; whether no reading had seen it yet."""
        record_id, mark = row["Id"], self._marks.get(row["Id"])
        if mark is None:
            self._marks.put(record_id, self._stamp_mark(row) * MAX_LISTINGS + reading.number)
            self._classify(row, again=reading.number > 0)
            reading.different += 1
            return True
        if (last := mark % MAX_LISTINGS) != reading.number:
            self._marks.put(record_id, mark - last + reading.number)
            reading.different += 1
            reading.seen_before += last == reading.number - 1
        return False

    def _stamp_mark(self, row: Record) -> int:
        """Return a number that leaves room in a mark for that of a reading."""
        return crc32(str(row.get(self.entity.stamp_field.name)).encode()) // MAX_LISTINGS

    def _classify(self, row: Record, *, again: bool) -> None:
        if self._is_younger(row, self.began):
            self.added.append(row["Id"])
        elif again:
            self.found_again.append(row["Id"])

    def _was_added_to(self) -> bool:
        """Whether a record may have come into the listing since a while before it began.

        One request tells, if the service heeds the filter; if not, nothing is certain.
        """
        # Through a filter a record comes and goes also when it is edited.
        moved = self.entity.stamp_field if self.filters else self.entity.birth_field
        if moved is None or not moved.range_filter:
            return True
        since = self.began - CLOCK_MARGIN
        name = self.entity.range_name(moved.name, lowest=True)
        if name in self.filters:
            return True
        query = {
            **self.filters,
            name: filter_text(since),
            "orderBy": ORDER,
            "page": 1,
            "size": 1,  # only how many there are is asked
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
