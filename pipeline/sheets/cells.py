"""A stored value as a cell that an import reads back, or a marker with the reason why not."""

from __future__ import annotations

import re
import sys
from datetime import datetime

from pipeline.problems import CATALOGUE, quoted
from pipeline.schema import Cell, Field, Unreadable, Value
from pipeline.sheets.markers import is_clear, is_kept, kept

MAX_CELL_TEXT = 32_767  # UTF-16 units, Excel's specification
# Excel counts 1900 as a leap year: only from this day on do all programs agree on a date's number.
FIRST_SURE_DAY = datetime(1900, 3, 1)  # noqa: DTZ001 - a cell has no time zone
# Half a character pair, or a code point that XML cannot carry.
UNWRITABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")
# XlsxWriter escapes every other of such codes when they share an underscore.
CHAINED_CODES = re.compile("_x[0-9a-fA-F]{4}(?=_x[0-9a-fA-F]{4}_)")
# All but the length that can be wrong with a text, found in one pass: almost no text has any.
SUSPECT = re.compile(rf"\A\s*<|{UNWRITABLE.pattern}|{CHAINED_CODES.pattern}")


def to_cell(field: Field, value: Value) -> tuple[Cell, str | None]:
    """Return the cell that shows `value`, and the reason if a marker had to take its place.

    The cell is None (nothing to write), a text, a number or a date without a zone.
    """
    try:
        cell = field.kind.show(value)
        if isinstance(cell, datetime) and cell < FIRST_SURE_DAY:
            cell = cell.isoformat(" ")
        if cell is None or cell == "":
            return None, None
        reason = _why_unfit(cell) if isinstance(cell, str) else None
        reason = reason or _why_misread(field, cell, value)
    except (AttributeError, KeyError, TypeError, ValueError):
        reason = f"{quoted(value)} has an unknown shape"
    return _marked(reason) if reason else (cell, None)


def _marked(reason: str) -> tuple[Cell, str | None]:
    # A reason quotes the value, and what cannot be written cannot be quoted either.
    safe = CHAINED_CODES.sub("…", UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", reason))
    return kept(safe), safe


def _why_unfit(cell: str) -> str | None:
    if len(cell) > MAX_CELL_TEXT // 2 and _units(cell) > MAX_CELL_TEXT:
        return f"{len(cell):,} characters do not fit into a cell"
    return _why_suspect(cell) if SUSPECT.search(cell) else None


def _why_suspect(cell: str) -> str | None:
    if UNWRITABLE.search(cell) or CHAINED_CODES.search(cell):
        return "it has characters that a workbook does not keep"
    # XlsxWriter takes such a text for markup of its own.
    if cell.startswith("<r>") and cell.endswith("</r>"):
        return "a workbook takes a text from <r> to </r> for its own markup"
    if is_clear(cell) or is_kept(cell):
        return f"{quoted(cell)} has a meaning of its own here"
    return None


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _why_misread(field: Field, cell: Cell, value: Value) -> str | None:
    """Tell why importing the cell would refuse or change the value."""
    kind = field.kind
    if isinstance(cell, int | float) and not abs(cell) <= sys.float_info.max:
        return f"{quoted(cell)} is not a number that a cell holds"
    try:
        read = kind.read(cell)
    except Unreadable as verdict:
        words = {"value": quoted(cell), **verdict.words}
        return CATALOGUE[verdict.code].message.format(**words).rstrip(".")
    if read is not value and kind.sameness(read) != kind.sameness(value):
        return f"{quoted(value)} would not come back the same"
    return _why_out_of_bounds(field, cell, read)


def _why_out_of_bounds(field: Field, cell: Cell, read: Value) -> str | None:
    if field.least is not None and read < field.least:
        return f"{quoted(cell)} is below {field.least:g}, the least that is allowed"
    if field.most is not None and read > field.most:
        return f"{quoted(cell)} is above {field.most:g}, the most that is allowed"
    if field.longest is not None and len(read) > field.longest:
        return f"{len(read):,} characters are more than {field.longest:,}, the most allowed"
    return None
