"""A stored value as a cell that an import reads back, or a marker with the reason why not."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial

from pipeline.problems import CATALOGUE, quoted
from pipeline.schema import STRANGE, Cell, Field, Unreadable, Value
from pipeline.sheets.markers import is_clear, is_kept, kept

MAX_REMEMBERED = 256  # values of one column
MAX_CELL_TEXT = 32_767  # UTF-16 units, Excel's specification
# Excel counts 1900 as a leap year: only from this day on do all programs agree on a date's number.
FIRST_SURE_DAY = datetime(1900, 3, 1)  # noqa: DTZ001 - a cell has no time zone
# Half a character pair, or a code point that XML cannot carry.
UNWRITABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")
# XlsxWriter escapes every other of such codes when they share an underscore.
CHAINED_CODES = re.compile("_x[0-9a-fA-F]{4}(?=_x[0-9a-fA-F]{4}_)")
# What ends a text file's line of bytes early, or has no bytes: half a character pair, and zero.
UNQUOTABLE = re.compile(f"{UNWRITABLE.pattern}|\0")
UNENCODABLE = re.compile("[\ud800-\udfff\0]")


@dataclass(frozen=True)
class Holder:
    """What a cell of a kind of file can hold.

    `suspect` finds, in one pass, almost no text; `why_unfit` tells what is wrong with one it found.
    """

    suspect: re.Pattern[str]
    why_unfit: Callable[[str], str | None]
    longest: int | None  # UTF-16 units
    first_day: datetime | None  # dates before it are written as text


def _why_unfit_in_workbook(cell: str) -> str | None:
    if UNWRITABLE.search(cell) or CHAINED_CODES.search(cell):
        return "it has characters that a workbook does not keep"
    # XlsxWriter takes such a text for markup of its own.
    if cell.startswith("<r>") and cell.endswith("</r>"):
        return "a workbook takes a text from <r> to </r> for its own markup"
    return _why_a_marker(cell)


def _why_unfit_in_text(cell: str) -> str | None:
    if UNENCODABLE.search(cell):
        return "it has characters that a text file does not keep"
    return _why_a_marker(cell)


def _why_a_marker(cell: str) -> str | None:
    if is_clear(cell) or is_kept(cell):
        return f"{quoted(cell)} has a meaning of its own here"
    return None


WORKBOOK = Holder(
    re.compile(rf"\A\s*<|{UNWRITABLE.pattern}|{CHAINED_CODES.pattern}"),
    _why_unfit_in_workbook,
    MAX_CELL_TEXT,
    FIRST_SURE_DAY,
)
TEXT_FILE = Holder(re.compile(rf"\A\s*<|{UNENCODABLE.pattern}"), _why_unfit_in_text, None, None)


def cell_maker(
    field: Field, holder: Holder = WORKBOOK
) -> Callable[[Value], tuple[Cell, str | None]]:
    """Return `to_cell` for one field; numbers and yes/no repeat so often that it remembers them."""
    make = partial(to_cell, field, holder=holder)
    remembered = lru_cache(maxsize=MAX_REMEMBERED, typed=True)(make)  # typed: 1 is not True

    def cell(value: Value) -> tuple[Cell, str | None]:
        if value is None:
            return None, None
        return remembered(value) if isinstance(value, bool | int | float) else make(value)

    return cell


def to_cell(field: Field, value: Value, holder: Holder = WORKBOOK) -> tuple[Cell, str | None]:
    """Return the cell that shows `value`, and the reason if a marker had to take its place.

    The cell is None (nothing to write), a text, a number or a date without a zone.
    """
    try:
        cell = field.kind.show(value)
        if isinstance(cell, datetime) and holder.first_day and cell < holder.first_day:
            cell = cell.isoformat(" ")
        if cell is None or cell == "":
            return None, None
        reason = _why_unfit(cell, holder) if isinstance(cell, str) else None
        reason = reason or _why_misread(field, cell, value)
    except STRANGE:
        reason = f"{quoted(value)} has an unknown shape"
    return _marked(reason) if reason else (cell, None)


def _marked(reason: str) -> tuple[Cell, str | None]:
    # A reason quotes the value, and what cannot be written cannot be quoted either.
    safe = CHAINED_CODES.sub("…", UNQUOTABLE.sub("\N{REPLACEMENT CHARACTER}", reason))
    return kept(safe), safe


def _why_unfit(cell: str, holder: Holder) -> str | None:
    longest = holder.longest
    if longest is not None and len(cell) > longest // 2 and _units(cell) > longest:
        return f"{len(cell):,} characters do not fit into a cell"
    return holder.why_unfit(cell) if holder.suspect.search(cell) else None


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
