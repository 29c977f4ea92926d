"""The cells of one sheet of an old workbook, read from its records."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from pipeline.schema import Cell
from pipeline.sheets.biff import BoundSheet, Globals, records, text_of, u16
from pipeline.sheets.biff_dates import date_styles, moment
from pipeline.sheets.compound import BrokenError
from pipeline.sheets.hazards import ErrorCell, Uncalculated
from pipeline.sheets.merged import Area

NUMBER, RK, MULRK, LABELSST, LABEL, RSTRING = 0x203, 0x27E, 0xBD, 0xFD, 0x204, 0xD6
BOOLERR, FORMULA, STRING, ROW, MERGED = 0x205, 0x06, 0x207, 0x208, 0xE5
MAX_COLUMNS = 256
MAX_MERGED = 100_000
ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}


@dataclass
class Cells:
    """What the records of one sheet hold."""

    rows: list[list[Cell]] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    merged: list[Area] = field(default_factory=list)
    count: int = 0

    def put(self, row: int, column: int, value: Cell) -> None:
        """Put a value into its cell; both numbers count from 0."""
        if column >= MAX_COLUMNS:
            raise BrokenError
        if row >= len(self.rows):
            self.rows.extend([] for _ in range(row + 1 - len(self.rows)))
        cells = self.rows[row]
        if column >= len(cells):
            cells.extend([None] * (column + 1 - len(cells)))
        cells[column] = value
        self.count += 1


def read_cells(stream: bytes, sheet: BoundSheet, known: Globals) -> Cells:
    """Read the cells of one sheet. Raises BrokenError."""
    return _CellReader(known).read(records(stream, sheet.offset))


class _CellReader:
    """Turns the records of a sheet into cells; a text that a formula gives follows in its own."""

    def __init__(self, known: Globals) -> None:
        self._known = known
        self._cells = Cells()
        self._awaiting: tuple[int, int] | None = None
        self._dates = date_styles(known.styles, known.formats)
        self._takes: dict[int, Callable[[bytes], None]] = {
            NUMBER: self._number,
            RK: self._rk,
            MULRK: self._rks,
            LABELSST: self._shared,
            LABEL: self._label,
            RSTRING: self._label,
            BOOLERR: self._flag,
            FORMULA: self._formula,
            STRING: self._result,
            ROW: self._row,
            MERGED: self._merged,
        }

    def read(self, found: Iterator[tuple[int, bytes]]) -> Cells:
        """Read all records."""
        take = self._takes.get
        for code, content in found:
            if taker := take(code):
                taker(content)
        return self._cells

    def _number(self, content: bytes) -> None:
        row, column, style, number = struct.unpack_from("<HHHd", content)
        self._cells.put(row, column, self._value(number, style))

    def _rk(self, content: bytes) -> None:
        row, column, style, number = struct.unpack_from("<HHHI", content)
        self._cells.put(row, column, self._value(_from_rk(number), style))

    def _rks(self, content: bytes) -> None:
        row, first = struct.unpack_from("<HH", content)
        pairs = content[4 : 4 + (len(content) - 6) // 6 * 6]
        for column, (style, number) in enumerate(struct.iter_unpack("<HI", pairs), first):
            self._cells.put(row, column, self._value(_from_rk(number), style))

    def _shared(self, content: bytes) -> None:
        row, column, _, number = struct.unpack_from("<HHHI", content)
        if number >= len(self._known.texts):
            raise BrokenError
        self._cells.put(row, column, self._known.texts[number])

    def _label(self, content: bytes) -> None:
        row, column, _, length = struct.unpack_from("<4H", content)
        self._cells.put(row, column, text_of(self._known, content[8:], length))

    def _flag(self, content: bytes) -> None:
        row, column, _, value, is_error = struct.unpack_from("<HHHBB", content)
        self._cells.put(row, column, _error(value) if is_error else bool(value))

    def _formula(self, content: bytes) -> None:
        row, column, style = struct.unpack_from("<HHH", content)
        result = content[6:14]
        if result[6:] != b"\xff\xff":
            number = struct.unpack("<d", result)[0]
            self._cells.put(row, column, self._value(number, style))
        elif result[0] == 0:
            self._awaiting = row, column
        elif result[0] in {1, 2}:
            value = bool(result[2]) if result[0] == 1 else _error(result[2])
            self._cells.put(row, column, value)
        elif self._known.never_calculates:
            self._cells.put(row, column, Uncalculated("=…"))

    def _result(self, content: bytes) -> None:
        if self._awaiting:
            self._cells.put(*self._awaiting, text_of(self._known, content[2:], u16(content, 0)))
            self._awaiting = None

    def _row(self, content: bytes) -> None:
        if u16(content, 12) & 0x20:
            self._cells.hidden.append(u16(content, 0) + 1)

    def _merged(self, content: bytes) -> None:
        count = min(u16(content, 0), (len(content) - 2) // 8)
        if len(self._cells.merged) + count > MAX_MERGED:
            raise BrokenError
        for top, bottom, left, right in struct.iter_unpack("<4H", content[2 : 2 + 8 * count]):
            self._cells.merged.append(Area(top + 1, left + 1, bottom + 1, right + 1))

    def _value(self, number: float, style: int) -> Cell:
        if not math.isfinite(number):
            return ErrorCell("#NUM!")
        if style not in self._dates:
            return number
        return moment(number, is_1904=self._known.is_1904, is_duration=self._dates[style])


def _from_rk(bits: int) -> float:
    """Unpack a number of 30 bits: whole or the upper half of a float, maybe in hundredths."""
    if bits & 2:
        number = float((bits >> 2) - (1 << 30 if bits >> 31 else 0))
    else:
        number = struct.unpack("<d", struct.pack("<II", 0, bits & 0xFFFFFFFC))[0]
    return number / 100 if bits & 1 else number


def _error(code: int) -> ErrorCell:
    return ErrorCell(ERRORS.get(code, "#N/A"))
