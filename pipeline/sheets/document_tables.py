"""The tables of an OpenDocument spreadsheet, read in one pass, a row at a time."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

from lxml import etree

from pipeline.schema import Cell
from pipeline.sheets.document_cells import (
    BREAK,
    COUNTED_BLANK,
    ERROR_TYPE,
    OFFICE,
    PARAGRAPH,
    TAB,
    TABLE,
    VALUE_TYPE,
    DocumentCell,
    count_of,
    value_of,
)
from pipeline.sheets.extent import MAX_CELLS, MAX_COLUMNS, MAX_ROWS
from pipeline.sheets.hazards import (
    MAX_FILLED_ROWS,
    MAX_HAZARDS,
    MAX_MERGED,
    ErrorCell,
    TooMany,
    Uncalculated,
)
from pipeline.sheets.merged import Area
from pipeline.sheets.package import Element

TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
MAX_REPEATED = 1_000_000  # cells that are there only because another one is repeated
MAX_TABLES = 10_000  # sheets of a document
MAX_TEXT = 2**20  # characters of one cell
FOREIGN_TABLE = re.compile(r"'[a-z]+:.*'#")  # what LibreOffice keeps of another file
MAX_UNREAD = 16 * 2**20  # bytes of XML that are held as a tree; a row of all columns has 5 MB
ROW, CELL, COVERED = TABLE + "table-row", TABLE + "table-cell", TABLE + "covered-table-cell"
PARAGRAPH_TAG, COLUMNS_REPEATED = TEXT + "p", TABLE + "number-columns-repeated"
SIGNS = {PARAGRAPH_TAG: PARAGRAPH, TEXT + "tab": TAB, TEXT + "line-break": BREAK}
# Nine in ten cells say no more than this: their value, and in one paragraph what they show.
VALUE = OFFICE + "value"
SIMPLE = {VALUE_TYPE, VALUE, ERROR_TYPE, TABLE + "style-name"}
UNEVEN = re.compile(r"^ |[\t\r\n]|  ")
WATCHED = (
    OFFICE + "spreadsheet",
    STYLE + "style",
    STYLE + "table-properties",
    TABLE + "table",
    ROW,
)
SPANS = (TABLE + "number-rows-spanned", TABLE + "number-columns-spanned")


@dataclass
class Table:
    """One sheet while it is read."""

    name: str
    hidden: bool
    rows: list[list[Cell]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    merged: list[Area] = field(default_factory=list)
    values: int = 0
    filled_rows: int = 0
    blank_rows: int = 0  # since the last row that holds something


class TableReader:
    """Takes the XML in pieces, and keeps of it the tables' cells."""

    def __init__(self) -> None:
        self.tables: list[Table] | None = None
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._table: Table | None = None
        self._row: list[Cell] = []
        self._column = 0
        self._open_rows = 0  # more than one: a table within a cell
        self._nested = 0
        self._unread = 0  # bytes of the tree so far
        self._hazards = self._repeated = self._cells = 0
        self._parser = etree.XMLPullParser(
            ("start", "end"), tag=WATCHED, resolve_entities=False, no_network=True
        )
        self._starts: dict[str, Callable[[Mapping[str, str]], None]] = {
            OFFICE + "spreadsheet": self._start_book,
            STYLE + "style": self._start_style,
            STYLE + "table-properties": self._start_properties,
            TABLE + "table": self._start_table,
        }

    def feed(self, piece: bytes) -> None:
        """Read on. Raises XMLSyntaxError and TooMany."""
        self._unread += len(piece)
        if self._unread > MAX_UNREAD:
            raise TooMany(f"a row has more than {MAX_UNREAD // 2**20} MB")
        self._parser.feed(piece)
        self._take()

    def close(self) -> None:
        """Read to the end. Raises XMLSyntaxError where the XML breaks off."""
        self._parser.close()
        self._take()

    def _take(self) -> None:
        for event, element in self._parser.read_events():
            name = element.tag
            if event == "end":
                self._end(name, element)
            elif name == ROW:
                self._open_rows += 1
            elif not self._open_rows and (start := self._starts.get(str(name))):
                start(_attributes(element))

    def _end(self, name: object, element: Element) -> None:
        if name == ROW:
            self._open_rows -= 1
        if self._open_rows:
            return
        if name == ROW:
            self._read_row(element)
        elif name == TABLE + "table":
            self._end_table()
        else:
            return
        element.clear()  # the tree never holds more than a row
        self._unread = 0
        parent = element.getparent()
        while parent is not None and (before := element.getprevious()) is not None:
            parent.remove(before)

    def _read_row(self, row: Element) -> None:
        if self._table is None or self._nested:
            return
        self._row, self._column = [], 0
        for element in row.iterchildren(CELL, COVERED):
            self._read_cell(self._table, element, covered=element.tag == COVERED)
        self._end_row(self._table, _attributes(row))

    def _read_cell(self, table: Table, element: Element, *, covered: bool) -> None:
        attributes = _attributes(element)
        if not covered and (value := _simple(element, attributes)) is not None:
            self._column += 1
            if len(self._row) < self._column - 1:
                self._row.extend([None] * (self._column - 1 - len(self._row)))
            self._row.append(value)
            return
        cell = DocumentCell(attributes, covered)
        for each in element:
            self._read_within(cell, each)
        self._end_cell(table, cell)

    def _read_within(self, cell: DocumentCell, element: Element) -> None:
        name = element.tag
        # Others are no part of the value: a note, a picture, a shape, a comment.
        if isinstance(name, str) and name.startswith(TEXT) and name != TEXT + "list":
            if name == TEXT + "s":
                self._add(cell, COUNTED_BLANK * count_of(element.get(TEXT + "c"), MAX_TEXT))
            elif sign := SIGNS.get(name):
                self._add(cell, sign)
            if cell.pieces:
                self._add(cell, element.text or "")
            for each in element:
                self._read_within(cell, each)
        if cell.pieces:
            self._add(cell, element.tail or "")

    @staticmethod
    def _add(cell: DocumentCell, text: str) -> None:
        cell.pieces.append(text)
        cell.length += len(text)
        if cell.length > MAX_TEXT:
            raise TooMany(f"a cell has more than {MAX_TEXT:,} characters")

    def _start_book(self, _: Mapping[str, str]) -> None:
        self.tables = []

    def _start_style(self, attributes: Mapping[str, str]) -> None:
        self._style = attributes.get(STYLE + "name", "")

    def _start_properties(self, attributes: Mapping[str, str]) -> None:
        if attributes.get(TABLE + "display") == "false":
            self._hidden_styles.add(self._style)

    def _start_table(self, attributes: Mapping[str, str]) -> None:
        if self._table is not None or self.tables is None:
            self._nested += 1  # a table within a table, or one of another document
            return
        hidden = attributes.get(TABLE + "style-name") in self._hidden_styles
        self._table = Table(attributes.get(TABLE + "name", ""), hidden)

    def _end_table(self) -> None:
        if self._nested:
            self._nested -= 1
        elif self._table is not None and self.tables is not None:
            if not FOREIGN_TABLE.match(self._table.name):
                self.tables.append(self._table)
            if len(self.tables) > MAX_TABLES:
                raise TooMany(f"the document has more than {MAX_TABLES:,} sheets")
            self._table = None

    def _end_row(self, table: Table, attributes: Mapping[str, str]) -> None:
        count = count_of(attributes.get(TABLE + "number-rows-repeated"), MAX_ROWS)
        if not self._row:
            table.blank_rows += count
            return
        first = len(table.rows) + table.blank_rows
        if first + count > MAX_ROWS:
            raise TooMany(f"sheet {table.name} has more than {MAX_ROWS:,} rows")
        filled = sum(cell is not None for cell in self._row)
        self._repeat(table, filled * (count - 1), len(self._row) * count)
        table.filled_rows += count
        if table.filled_rows > MAX_FILLED_ROWS:
            raise TooMany(f"sheet {table.name} has more than {MAX_FILLED_ROWS:,} rows")
        table.rows.extend([] for _ in range(table.blank_rows))
        table.rows.extend(self._row for _ in range(count))
        table.blank_rows = 0
        table.values += filled * count
        if attributes.get(TABLE + "visibility", "visible") != "visible":
            table.hidden_rows.extend(range(first + 1, first + count + 1))

    def _repeat(self, table: Table, repeated: int, cells: int) -> None:
        self._repeated += repeated
        self._cells += cells
        if self._repeated > MAX_REPEATED:
            raise TooMany(f"sheet {table.name} repeats cells more than {MAX_REPEATED:,} times")
        if self._cells > MAX_CELLS:
            raise TooMany(f"sheet {table.name} has more than {MAX_CELLS:,} cells")

    def _end_cell(self, table: Table, cell: DocumentCell) -> None:
        attributes = cell.attributes
        count = count_of(attributes.get(COLUMNS_REPEATED), MAX_COLUMNS)
        # What lies below a merged cell cannot be seen.
        value = None if cell.covered else value_of(cell)
        self._column += count
        if value is None:
            return
        if self._column > MAX_COLUMNS:
            raise TooMany(f"sheet {table.name} has more than {MAX_COLUMNS:,} columns")
        self._repeat(table, count - 1, 0)
        if isinstance(value, ErrorCell | Uncalculated):
            self._hazards += count
            if self._hazards > MAX_HAZARDS:
                raise TooMany(f"sheet {table.name} has more than {MAX_HAZARDS:,} broken cells")
        self._row.extend([None] * (self._column - count - len(self._row)))
        self._row.extend([value] * count)
        if not attributes.keys().isdisjoint(SPANS):
            self._merge(table, attributes)

    def _merge(self, table: Table, attributes: Mapping[str, str]) -> None:
        row = len(table.rows) + table.blank_rows + 1
        down, right = (count_of(attributes.get(each), MAX_ROWS) for each in SPANS)
        if down * right > 1:
            column = self._column
            table.merged.append(Area(row, column, row + down - 1, column + right - 1))
        if len(table.merged) > MAX_MERGED:
            raise TooMany(f"sheet {table.name} has more than {MAX_MERGED:,} merged ranges")


def _attributes(element: Element) -> dict[str, str]:
    return cast(dict[str, str], dict(element.attrib))


def _simple(element: Element, attributes: Mapping[str, str]) -> Cell:
    """Return the value of a cell that needs no further thought; None for any other."""
    kind = attributes.get(VALUE_TYPE)
    if len(element) != 1 or not attributes.keys() <= SIMPLE or attributes.get(ERROR_TYPE) != kind:
        return None
    if kind == "float":
        return _finite(attributes.get(VALUE, ""))
    child = element[0]
    if kind != "string" or child.tag != PARAGRAPH_TAG or len(child):
        return None
    text = child.text
    is_plain = text and len(text) <= MAX_TEXT and not UNEVEN.search(text)
    return text if is_plain else None


def _finite(text: str) -> Cell:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
