"""One worksheet marked: its rows are changed one at a time while they are copied."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO

from pipeline.kinds import MAX_EXACT_NUMBER
from pipeline.sheets.frame import Frame
from pipeline.sheets.package import Element, Package
from pipeline.sheets.row import Row, empty, write_number, write_text
from pipeline.sheets.row_stream import RowStream, Survey
from pipeline.sheets.styles import Styles

STATUS, MESSAGE, ID = "Status", "Message", "Id"
WIDTHS = {STATUS: 12.0, MESSAGE: 70.0, ID: 14.0}
DONE = {"created", "updated", "unchanged", "deleted"}
WAITING = {"unsent", "stale"}

Place = tuple[int, int]  # row and column, from 1


@dataclass(frozen=True)
class Mark:
    """What became of one row."""

    status: str
    message: str = ""
    record_id: int | None = None

    def look(self) -> str:
        """Return how the status is coloured."""
        return "done" if self.status in DONE else "waiting" if self.status in WAITING else "bad"


@dataclass(frozen=True)
class Wanted:
    """What is to be marked; `looks` says by row and column how cells are coloured."""

    header_row: int
    columns: Mapping[str, int]  # those of ours that stand there already
    marks: Mapping[int, Mark]
    looks: Mapping[int, Mapping[int, str]]

    def rows(self) -> set[int]:
        """Return the rows that are written to."""
        headings = set() if self.columns.keys() >= WIDTHS.keys() else {self.header_row}
        return headings.union(self.marks, self.looks)

    def clears(self, row: int) -> bool:
        """Whether Status and Message of an earlier run may stand in a row."""
        return row > self.header_row and not self.columns.keys().isdisjoint((STATUS, MESSAGE))


class Page:
    """A worksheet's XML, read twice: what its first row needs depends on its last."""

    def __init__(self, sheet: Survey, styles: Styles, wanted: Wanted) -> None:
        self.frame = Frame(sheet.root)
        self._sheet = sheet
        self._styles = styles
        self._wanted = wanted
        self._rows = wanted.rows()
        self._columns = dict(wanted.columns)
        self._headings: dict[str, str | None] = {}  # with the style their column had so far
        last_column = self._add_columns(sheet.last_column)
        self.frame.reach(max({sheet.last_row} | self._rows), last_column)
        written = {*self._columns.values()}.union(*wanted.looks.values())
        self._defaults = {column: self.frame.column_style(column) for column in written}
        self._filled = {str(style) for style in styles.filled()}
        self._plain: dict[str, str] = {}

    def _add_columns(self, last: int) -> int:
        """Make room for those of our columns that are missing; returns the last column then."""
        for name, width in WIDTHS.items():
            if name not in self._columns:
                last += 1
                self._columns[name] = last
                self._headings[name] = self.frame.column_style(last)
                self.frame.widen(last, width)
        return last

    def pieces(self, package: Package, part: str) -> Iterator[bytes]:
        """Write the sheet's XML a row at a time."""
        before, after = self.frame.split()
        yield before
        with package.read(part) as xml:
            yield from map(self.frame.row_text, self._changed(xml))
        yield after

    def _changed(self, xml: IO[bytes]) -> Iterator[Element]:
        """Give every row as it is to be, those that come into being in their places."""
        standing = self._sheet.standing
        new = deque(sorted(self._rows - standing.keys()))
        for place, (number, element) in enumerate(RowStream(xml)):
            while new and new[0] < number:
                yield self._made(new.popleft())
            self._change(number, element, is_wanted=standing.get(number) == place)
            yield element
        yield from map(self._made, new)

    def _made(self, number: int) -> Element:
        element = self.frame.new_row(number)
        self._change(number, element, is_wanted=True)
        return element

    def _change(self, number: int, element: Element, *, is_wanted: bool) -> None:
        clears = self._wanted.clears(number)
        if not (is_wanted or clears or self._filled or element.get("r") is None):
            return  # most rows of a sheet of which few are marked
        row = Row(number, element)
        if self._filled:
            self._take_off_fills(row)
        if is_wanted and number == self._wanted.header_row:
            self._write_headings(row)
        if clears:
            self._clear(row)
        if is_wanted:
            self._mark(number, row)

    def _take_off_fills(self, row: Row) -> None:
        """Give cells that an earlier run coloured their style without the colour."""
        for cell in row.cells():
            style = cell.get("s", "0")
            if style in self._filled:
                if style not in self._plain:
                    self._plain[style] = str(self._styles.without_fill(int(style)))
                cell.set("s", self._plain[style])

    def _write_headings(self, row: Row) -> None:
        for name, style in self._headings.items():
            column = self._columns[name]
            left = row.find(column - 1)
            cell = row.cell(column, style)
            if left is not None and left.get("s"):
                cell.set("s", left.get("s", "0"))
            write_text(cell, name)

    def _clear(self, row: Row) -> None:
        """Empty the two columns that are ours alone."""
        for name in (STATUS, MESSAGE):
            if (cell := row.find(self._columns[name])) is not None:
                empty(cell)

    def _mark(self, number: int, row: Row) -> None:
        """Write what became of a row and colour its cells."""
        if mark := self._wanted.marks.get(number):
            write_text(self._cell(row, self._columns[STATUS]), mark.status)
            self._fill(row, self._columns[STATUS], mark.look())
            if mark.message:
                write_text(self._cell(row, self._columns[MESSAGE]), mark.message)
            if mark.record_id is not None:
                self._write_id(self._cell(row, self._columns[ID]), mark.record_id)
        for column, look in self._wanted.looks.get(number, {}).items():
            self._fill(row, column, look)

    @staticmethod
    def _write_id(cell: Element, record_id: int) -> None:
        if record_id < MAX_EXACT_NUMBER:
            write_number(cell, record_id)
        else:
            write_text(cell, str(record_id))

    def _fill(self, row: Row, column: int, look: str) -> None:
        """Colour a cell; what else its style says stays."""
        cell = self._cell(row, column)
        cell.set("s", str(self._styles.with_fill(int(cell.get("s", "0")), look)))

    def _cell(self, row: Row, column: int) -> Element:
        return row.cell(column, self._defaults[column])
