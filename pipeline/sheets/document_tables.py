"""The tables of an OpenDocument spreadsheet, read in one pass over its XML without a tree."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers.expat import ParserCreate

from pipeline.schema import Cell
from pipeline.sheets.document_cells import (
    BREAK,
    COUNTED_BLANK,
    OFFICE,
    PARAGRAPH,
    TAB,
    TABLE,
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

TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 "
STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0 "
MAX_REPEATED = 1_000_000  # cells that are there only because another one is repeated
MAX_TABLES = 10_000  # sheets of a document
MAX_TEXT = 2**20  # characters of one cell
FOREIGN_TABLE = re.compile(r"'[a-z]+:.*'#")  # what LibreOffice keeps of another file
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
        self._row_attributes: dict[str, str] = {}
        self._cell: DocumentCell | None = None
        self._column = 0
        self._depth = 0
        self._aside = 0  # the depth at which a note or a picture within a cell began
        self._nested = 0
        self._hazards = self._repeated = self._cells = 0
        self._parser = ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._starts: dict[str, Callable[[dict[str, str]], None]] = {
            OFFICE + "spreadsheet": self._start_book,
            STYLE + "style": self._start_style,
            STYLE + "table-properties": self._start_properties,
            TABLE + "table": self._start_table,
            TABLE + "table-row": self._start_row,
            TABLE + "table-cell": self._start_cell,
            TABLE + "covered-table-cell": self._start_covered,
        }
        self._ends: dict[str, Callable[[], None]] = {
            TABLE + "table": self._end_table,
            TABLE + "table-row": self._end_row,
            TABLE + "table-cell": self._end_cell,
            TABLE + "covered-table-cell": self._end_cell,
        }

    def feed(self, piece: bytes) -> None:
        """Read on. Raises ExpatError and TooMany."""
        self._parser.Parse(piece, False)

    def close(self) -> None:
        """Read to the end. Raises ExpatError where the XML breaks off."""
        self._parser.Parse(b"", True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._aside:
            return
        if self._cell is not None:
            self._start_within(self._cell, name, attributes)
        elif start := self._starts.get(name):
            start(attributes)

    def _start_within(self, cell: DocumentCell, name: str, attributes: dict[str, str]) -> None:
        if name == TEXT + "p":
            self._add(cell, PARAGRAPH)
        elif name == TEXT + "s":
            self._add(cell, COUNTED_BLANK * count_of(attributes.get(TEXT + "c"), MAX_TEXT))
        elif name == TEXT + "tab":
            self._add(cell, TAB)
        elif name == TEXT + "line-break":
            self._add(cell, BREAK)
        elif not name.startswith(TEXT) or name == TEXT + "list":
            self._aside = self._depth  # a note, a picture, a shape: no part of the value

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._aside:
            if self._depth < self._aside:
                self._aside = 0
        elif end := self._ends.get(name):
            end()

    def _characters(self, text: str) -> None:
        if self._cell is not None and not self._aside and self._cell.pieces:
            self._add(self._cell, text)

    @staticmethod
    def _add(cell: DocumentCell, text: str) -> None:
        cell.pieces.append(text)
        cell.length += len(text)
        if cell.length > MAX_TEXT:
            raise TooMany(f"a cell has more than {MAX_TEXT:,} characters")

    def _start_book(self, _: dict[str, str]) -> None:
        self.tables = []

    def _start_style(self, attributes: dict[str, str]) -> None:
        self._style = attributes.get(STYLE + "name", "")

    def _start_properties(self, attributes: dict[str, str]) -> None:
        if attributes.get(TABLE + "display") == "false":
            self._hidden_styles.add(self._style)

    def _start_table(self, attributes: dict[str, str]) -> None:
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

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._row, self._row_attributes, self._column = [], attributes, 0

    def _end_row(self) -> None:
        table = self._table
        if table is None or self._nested:
            return
        count = count_of(self._row_attributes.get(TABLE + "number-rows-repeated"), MAX_ROWS)
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
        if self._row_attributes.get(TABLE + "visibility", "visible") != "visible":
            table.hidden_rows.extend(range(first + 1, first + count + 1))

    def _repeat(self, table: Table, repeated: int, cells: int) -> None:
        self._repeated += repeated
        self._cells += cells
        if self._repeated > MAX_REPEATED:
            raise TooMany(f"sheet {table.name} repeats cells more than {MAX_REPEATED:,} times")
        if self._cells > MAX_CELLS:
            raise TooMany(f"sheet {table.name} has more than {MAX_CELLS:,} cells")

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._cell = DocumentCell(attributes, covered=False)

    def _start_covered(self, attributes: dict[str, str]) -> None:
        self._cell = DocumentCell(attributes, covered=True)

    def _end_cell(self) -> None:
        cell, table = self._cell, self._table
        self._cell = None
        if cell is None or table is None or self._nested:
            return
        attributes = cell.attributes
        count = count_of(attributes.get(TABLE + "number-columns-repeated"), MAX_COLUMNS)
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

    def _merge(self, table: Table, attributes: dict[str, str]) -> None:
        row = len(table.rows) + table.blank_rows + 1
        down, right = (count_of(attributes.get(each), MAX_ROWS) for each in SPANS)
        if down * right > 1:
            column = self._column
            table.merged.append(Area(row, column, row + down - 1, column + right - 1))
        if len(table.merged) > MAX_MERGED:
            raise TooMany(f"sheet {table.name} has more than {MAX_MERGED:,} merged ranges")
