"""What a fast reader loses, found in the raw XML: error cells, formulas without a result.

calamine reads both as blanks, and a row that holds nothing else disappears at the end of a sheet.
The scan touches only the places it searches for: it never builds a tree of four million cells.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from itertools import chain, pairwise
from typing import NamedTuple

ROOT = re.compile(rb"<(?:([\w.-]+):)?worksheet[\s>/]")
# Excel, openpyxl and XlsxWriter write `t="e"`; blanks and single quotes are legal as well. Both are
# searched for as they stand: of four million cells almost none has one.
ERROR_TYPES = (b'"e"', b"'e'")
NAMED_TYPE = re.compile(rb"\st\s*=\s*\Z")
TEXT_TYPE = re.compile(rb"""\st\s*=\s*["']str["']""")
REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)(\d*)["']""")
HIDDEN = re.compile(rb"""\shidden\s*=\s*["'](?:1|true)["']""")
# Beyond column ZZ or row 99,999: few sheets have any.
FAR_OUT = re.compile(rb"""r=["'](?=[A-Za-z])(?![A-Za-z]{1,2}[0-9]{1,5}["'])""")
SHARED = re.compile(rb"""\ssi\s*=\s*["'](\d+)["']""")
SHORT = 16  # bytes; so far back the name of an attribute begins
LOOKBACK = 1024  # bytes; a cell's tag is far shorter
MAX_ROWS = 1_048_576  # Excel's own limit
# Rows that hold something: the service takes some 2,400 writes a day, and an account has some
# thousands of resources. A million short rows would take a gigabyte to check.
MAX_FILLED_ROWS = 100_000
BEYOND = MAX_ROWS + 1  # of row numbers, which may have any number of digits
MANY, PIECE = 2**20, 2**22  # cells, bytes in which they are counted
MAX_HAZARDS = 100_000  # a sheet with more is none that could be imported
MAX_MERGED = 100_000
MAX_FORMULA = 8192  # characters, Excel's own limit
MAX_SHIFTED, SHIFTED_TEXT = 2_000, 256  # so many, so long are worded for their own cell


@dataclass(frozen=True)
class ErrorCell:
    """A cell that shows an error such as #N/A."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Uncalculated:
    """A formula whose result the file does not hold; `formula` begins with an equals sign."""

    formula: str

    def __str__(self) -> str:
        return self.formula


Hazard = ErrorCell | Uncalculated
Place = tuple[int, int]  # row and column, both from 1


@dataclass(frozen=True)
class Hazards:
    """What the raw XML of one sheet tells; `last` is the row and the column where cells end.

    `values` is the number of cells that hold one; beyond a million nobody counts on.
    """

    cells: Mapping[Place, Hazard]
    merged: tuple[str, ...]
    hidden_rows: tuple[int, ...]
    last: Place
    values: int


class TooMany(ValueError):  # noqa: N818 - a verdict on a sheet, worded by its reader
    """A sheet of which one thing is there more often than in any sound one; says which."""


class _Formula(NamedTuple):
    cell: int  # offset of the cell's tag
    tag: bytes
    text: str
    has_value: bool


def find_hazards(xml: bytes, *, zeros_are_guesses: bool = False) -> Hazards:
    """Scan a sheet's XML (UTF-8, without comments and CDATA).

    `zeros_are_guesses` says that a program wrote the file and asked Excel to calculate it: such
    programs put a 0 where a result belongs. Raises TooMany.
    """
    scan = _Scan(xml)
    cells: dict[Place, Hazard] = {}
    found: Iterator[tuple[Place, Hazard]] = chain(
        scan.uncalculated(zeros_are_guesses), scan.errors()
    )
    for place, hazard in found:
        cells[place] = hazard
        if len(cells) > MAX_HAZARDS:
            raise TooMany("cells with errors or formulas without a result", MAX_HAZARDS)
    row, column = scan.extent()
    last = max([row, *(place[0] for place in cells)]), max([column, *(p[1] for p in cells)])
    return Hazards(cells, tuple(scan.merged()), tuple(scan.hidden()), last, scan.values())


def column_number(letters: str) -> int:
    """Turn A into 1, AB into 28."""
    number = 0
    for letter in letters[:4].upper():  # four are beyond any sheet already
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


class _Rows(NamedTuple):
    starts: array[int]  # offsets of their tags
    numbers: array[int]
    hidden: array[int]


class _Scan:
    """One sheet's XML."""

    def __init__(self, xml: bytes) -> None:
        root = ROOT.search(xml)
        prefix = root[1] + b":" if root and root[1] else b""
        self.xml = xml
        self.cell = b"<" + prefix + b"c"
        self.prefix = re.escape(prefix)
        self.cell_tag = self.pattern(rb"<{p}c(?:\s[^<>]*)?/?>")
        # an error's value, where it stands right behind its tag and formula
        self.value = self.pattern(
            rb"\s*(?:<{p}f(?:\s[^<>]*)?(?:/>|>[^<]*</{p}f\s*>)\s*)?<{p}v(?:\s[^<>]*)?>([^<]*)<"
        )
        self.value_tags = (b"<" + prefix + b"v", b"<" + prefix + b"is")
        self._counted = (0, 0, 0)  # row's offset, where its cells are counted to, the last column

    def pattern(self, template: bytes) -> re.Pattern[bytes]:
        """Compile `template` with the namespace prefix of this sheet in place of {p}."""
        return re.compile(template.replace(b"{p}", self.prefix))

    @cached_property
    def rows(self) -> _Rows:
        """The rows; of a large sheet whose plain cells were taken out hardly any is asked for."""
        starts, numbers, hidden = array("q"), array("q"), array("q")
        number = 0
        for found in self.pattern(rb"<{p}row(?:\s[^<>]*)?/?>").finditer(self.xml):
            reference = REFERENCE.search(found[0])
            number = _row(reference[2]) if reference and reference[2] else number + 1
            starts.append(found.start())
            if len(starts) > MAX_ROWS:
                raise TooMany("rows", MAX_ROWS)
            numbers.append(number)
            if HIDDEN.search(found[0]):
                hidden.append(number)
        return _Rows(starts, numbers, hidden)

    def hidden(self) -> Sequence[int]:
        """Return the numbers of the hidden rows."""
        return self.rows.hidden if b"hidden" in self.xml else ()

    def values(self) -> int:
        """Count the cells that hold something, until there are many."""
        count = 0
        for start in range(0, len(self.xml), PIECE):
            count += sum(self.xml.count(tag, start, start + PIECE) for tag in self.value_tags)
            if count >= MANY:
                break
        return count

    def tag_before(self, offset: int) -> tuple[int, re.Match[bytes] | None]:
        """Find the tag of the cell that begins before an offset, and where it begins."""
        start = self.xml.rfind(self.cell, max(offset - LOOKBACK, 0), offset)
        return start, self.cell_tag.match(self.xml, start) if start >= 0 else None

    def errors(self) -> Iterator[tuple[Place, ErrorCell]]:
        """Find the cells that hold an error."""
        for at in self._error_types():
            start, tag = self.tag_before(at)
            if tag is None or tag.end() < at or tag[0].endswith(b"/>"):
                continue  # the words stood in a text, or the cell is empty
            value = self.value.match(self.xml, tag.end())
            if value and value[1].strip():
                yield self.place(start, tag[0]), ErrorCell(_text(value[1]).strip())

    def _error_types(self) -> Iterator[int]:
        for value in ERROR_TYPES:
            at = self.xml.find(value)
            while at >= 0:
                if NAMED_TYPE.search(self.xml, max(at - SHORT, 0), at):
                    yield at
                at = self.xml.find(value, at + len(value))

    def uncalculated(self, zeros_are_guesses: bool) -> Iterator[tuple[Place, Uncalculated]]:
        """Find the formulas without a result; a text of no characters is a result."""
        sources: dict[bytes, tuple[Place, str]] | None = None
        shifted = 0
        for formula in self._formulas(zeros_are_guesses):
            tag = self.cell_tag.match(self.xml, max(formula.cell, 0))
            if tag is None or (formula.has_value and TEXT_TYPE.search(tag[0])):
                continue
            place = self.place(formula.cell, tag[0])
            text = formula.text
            if not text and (shared := SHARED.search(formula.tag)):
                sources = self._shared() if sources is None else sources
                shifted += 1
                text = _shifted(sources.get(shared[1]), place if shifted <= MAX_SHIFTED else None)
            if text:
                yield place, Uncalculated(f"={text}")

    def _formulas(self, zeros_are_guesses: bool) -> Iterator[_Formula]:
        zero = rb"0?" if zeros_are_guesses else rb""
        pattern = self.pattern(
            rb"<{p}f(\s[^<>]*)?(?:/>|>([^<]*)</{p}f\s*>)\s*"
            rb"(?:(<{p}v\s*/>|<{p}v(?:\s[^<>]*)?>\s*" + zero + rb"\s*</{p}v\s*>)|(?=</{p}c\s*>))"
        )
        for found in pattern.finditer(self.xml):
            cell = self.tag_before(found.start())[0]
            yield _Formula(cell, found[1] or b"", _text(found[2] or b""), found[3] is not None)

    def _shared(self) -> dict[bytes, tuple[Place, str]]:
        """Map the number of each shared formula to the cell that spells it out."""
        sources = {}
        for found in self.pattern(rb"<{p}f(\s[^<>]*)>([^<]+)</{p}f").finditer(self.xml):
            if shared := SHARED.search(found[1]):
                cell, tag = self.tag_before(found.start())
                if tag:
                    sources[shared[1]] = self.place(cell, tag[0]), _text(found[2])
        return sources

    def extent(self) -> Place:
        """Return the last row and the last column that hold a value."""
        last_row = last_column = 0
        for filled, (row, column) in enumerate(self._last_of_rows(), 1):
            if filled > MAX_FILLED_ROWS:
                raise TooMany("rows", MAX_FILLED_ROWS)
            last_row, last_column = max(last_row, row), max(last_column, column)
        for row, column in self._far_out():
            last_row, last_column = max(last_row, row), max(last_column, column)
        return last_row, last_column

    def _last_of_rows(self) -> Iterator[Place]:
        value, inline = self.value_tags
        if not (value in self.xml or inline in self.xml):
            return
        for start, end in pairwise(chain(self.rows.starts, (len(self.xml),))):
            last = self.xml.rfind(value, start, end)
            last = max(last, self.xml.rfind(inline, max(last, start), end))
            cell = self.xml.rfind(self.cell, start, last) if last >= 0 else -1
            tag = self.cell_tag.match(self.xml, cell) if cell >= 0 else None
            if tag:
                yield self.place(cell, tag[0])

    def _far_out(self) -> Iterator[Place]:
        """Find filled cells with large numbers, which in a broken sheet may stand in any row."""
        for found in FAR_OUT.finditer(self.xml):
            cell, tag = self.tag_before(found.start())
            if tag is None or tag.end() <= found.end() or tag[0].endswith(b"/>"):
                continue
            if not self.xml.startswith(b"</", tag.end()):  # otherwise the cell is blank
                yield self.place(cell, tag[0])

    def merged(self) -> Iterator[str]:
        """Find the ranges of merged cells."""
        begin = max(self.xml.rfind(b"sheetData>"), 0)
        if self.xml.count(b"mergeCell ", begin) > MAX_MERGED:
            raise TooMany("merged ranges", MAX_MERGED)
        for found in self.pattern(rb"<{p}mergeCell\s[^<>]*>").finditer(self.xml, begin):
            if reference := re.search(rb"""\sref\s*=\s*["']([A-Za-z0-9:]+)["']""", found[0]):
                yield reference[1].decode()

    def place(self, cell: int, tag: bytes) -> Place:
        """Return the row and column of a cell; without a reference both are counted."""
        reference = REFERENCE.search(tag)
        if reference and reference[1] and reference[2]:
            return _row(reference[2]), column_number(reference[1].decode())
        starts, numbers, _ = self.rows
        index = bisect_right(starts, cell) - 1
        start, number = (starts[index], numbers[index]) if index >= 0 else (0, 1)
        begin, column = self._counted[1:] if self._counted[0] == start else (start, 0)
        if begin > cell:
            begin, column = start, 0
        for found in self.cell_tag.finditer(self.xml, begin, cell + len(tag)):
            reference = REFERENCE.search(found[0])
            column = column_number(reference[1].decode()) if reference else column + 1
        self._counted = start, cell + len(tag), column  # the next one is counted from here
        return number, column


def _row(digits: bytes) -> int:
    return int(digits) if len(digits) <= len(str(BEYOND)) else BEYOND


def _text(raw: bytes) -> str:
    return unescape(raw[:MAX_FORMULA].decode("utf-8", "replace"))


def _shifted(source: tuple[Place, str] | None, place: Place | None) -> str:
    """Word a shared formula as it reads in another cell than the one that spells it out."""
    if source is None:
        return ""
    if place is None or len(source[1]) > SHIFTED_TEXT:
        return source[1]
    # openpyxl takes a quarter of a second to load, and hardly a file needs it here
    from openpyxl.formula.translate import Translator  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    (row, column), text = source
    origin = f"{get_column_letter(column)}{row}"
    here = f"{get_column_letter(place[1])}{place[0]}"
    return str(Translator(f"={text}", origin).translate_formula(here))[1:]
