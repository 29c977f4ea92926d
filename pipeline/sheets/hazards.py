"""What a fast reader loses, found in the raw XML: error cells, formulas without a result.

calamine reads both as blanks, and a row that holds nothing else disappears at the end of a sheet.
The scan touches only the places it searches for: it never builds a tree of four million cells.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from itertools import chain, pairwise
from typing import NamedTuple

ROOT = re.compile(rb"<(?:([\w.-]+):)?worksheet[\s>/]")
# Excel, openpyxl and XlsxWriter write `t="e"`; blanks and single quotes are legal as well.
ERROR_TYPE = re.compile(rb"""t\s*=\s*["']e["']""")
TEXT_TYPE = re.compile(rb"""\st\s*=\s*["']str["']""")
REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)(\d*)["']""")
HIDDEN = re.compile(rb"""\shidden\s*=\s*["'](?:1|true)["']""")
# Beyond column ZZ or row 99,999: few sheets have any.
FAR_OUT = re.compile(rb"""r=["'](?=[A-Za-z])(?![A-Za-z]{1,2}[0-9]{1,5}["'])""")
SHARED = re.compile(rb"""\ssi\s*=\s*["'](\d+)["']""")


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
    """What the raw XML of one sheet tells; `last` is the row and the column where cells end."""

    cells: Mapping[Place, Hazard]
    merged: tuple[str, ...]
    hidden_rows: tuple[int, ...]
    last: Place


class _Row(NamedTuple):
    start: int  # offset of the tag
    number: int
    hidden: bool


class _Formula(NamedTuple):
    cell: int  # offset of the cell's tag
    tag: bytes
    text: str
    has_value: bool


def find_hazards(xml: bytes, *, zeros_are_guesses: bool = False) -> Hazards:
    """Scan a sheet's XML (UTF-8, without comments and CDATA).

    `zeros_are_guesses` says that a program wrote the file and asked Excel to calculate it: such
    programs put a 0 where a result belongs.
    """
    scan = _Scan(xml)
    cells: dict[Place, Hazard] = dict(scan.uncalculated(zeros_are_guesses))
    cells |= dict(scan.errors())
    rows, columns = zip((0, 0), scan.extent(), *cells, strict=True)
    hidden = tuple(row.number for row in scan.rows if row.hidden)
    return Hazards(cells, tuple(scan.merged()), hidden, (max(rows), max(columns)))


def column_number(letters: str) -> int:
    """Turn A into 1, AB into 28."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


class _Scan:
    """One sheet's XML with the offsets of its rows."""

    def __init__(self, xml: bytes) -> None:
        root = ROOT.search(xml)
        prefix = root[1] + b":" if root and root[1] else b""
        self.xml = xml
        self.cell = b"<" + prefix + b"c"
        self.prefix = re.escape(prefix)
        self.cell_tag = self.pattern(rb"<{p}c(?:\s[^>]*)?/?>")
        self.value = self.pattern(rb"<{p}v(?:\s[^>]*)?>([^<]*)<")
        self.value_tags = (b"<" + prefix + b"v", b"<" + prefix + b"is")
        self.cell_end = b"</" + prefix + b"c>"
        self.rows = list(self._rows())
        self.starts = [row.start for row in self.rows]

    def pattern(self, template: bytes) -> re.Pattern[bytes]:
        """Compile `template` with the namespace prefix of this sheet in place of {p}."""
        return re.compile(template.replace(b"{p}", self.prefix))

    def _rows(self) -> Iterator[_Row]:
        number = 0
        for found in self.pattern(rb"<{p}row(?:\s[^>]*)?/?>").finditer(self.xml):
            reference = REFERENCE.search(found[0])
            number = int(reference[2]) if reference and reference[2] else number + 1
            yield _Row(found.start(), number, bool(HIDDEN.search(found[0])))

    def errors(self) -> Iterator[tuple[Place, ErrorCell]]:
        """Find the cells that hold an error."""
        for found in ERROR_TYPE.finditer(self.xml):
            start = self.xml.rfind(self.cell, 0, found.start())
            tag = self.cell_tag.match(self.xml, start) if start >= 0 else None
            if tag is None or tag.end() < found.end() or tag[0].endswith(b"/>"):
                continue  # the words stood in a text, or the cell is empty
            end = self.xml.find(self.cell_end, tag.end())
            value = self.value.search(self.xml, tag.end(), end)
            if value and value[1].strip():
                yield self.place(start, tag[0]), ErrorCell(_text(value[1]).strip())

    def uncalculated(self, zeros_are_guesses: bool) -> Iterator[tuple[Place, Uncalculated]]:
        """Find the formulas without a result; a text of no characters is a result."""
        sources: dict[bytes, tuple[Place, str]] | None = None
        for formula in self._formulas(zeros_are_guesses):
            tag = self.cell_tag.match(self.xml, formula.cell)
            if tag is None or (formula.has_value and TEXT_TYPE.search(tag[0])):
                continue
            place = self.place(formula.cell, tag[0])
            text = formula.text
            if not text and (shared := SHARED.search(formula.tag)):
                sources = self._shared() if sources is None else sources
                text = _shifted(sources.get(shared[1]), place)
            if text:
                yield place, Uncalculated(f"={text}")

    def _formulas(self, zeros_are_guesses: bool) -> Iterator[_Formula]:
        zero = rb"0?" if zeros_are_guesses else rb""
        pattern = self.pattern(
            rb"<{p}f(\s[^>]*)?(?:/>|>([^<]*)</{p}f\s*>)\s*"
            rb"(?:(<{p}v\s*/>|<{p}v(?:\s[^>]*)?>\s*" + zero + rb"\s*</{p}v\s*>)|(?=</{p}c\s*>))"
        )
        for found in pattern.finditer(self.xml):
            cell = self.xml.rfind(self.cell, 0, found.start())
            yield _Formula(cell, found[1] or b"", _text(found[2] or b""), found[3] is not None)

    def _shared(self) -> dict[bytes, tuple[Place, str]]:
        """Map the number of each shared formula to the cell that spells it out."""
        sources = {}
        for found in self.pattern(rb"<{p}f(\s[^>]*)>([^<]+)</{p}f").finditer(self.xml):
            if shared := SHARED.search(found[1]):
                cell = self.xml.rfind(self.cell, 0, found.start())
                tag = self.cell_tag.match(self.xml, cell)
                if tag:
                    sources[shared[1]] = self.place(cell, tag[0]), _text(found[2])
        return sources

    def extent(self) -> Place:
        """Return the last row and the last column that hold a value."""
        last_row = last_column = 0
        for row, column in chain(self._last_of_rows(), self._far_out()):
            last_row, last_column = max(last_row, row), max(last_column, column)
        return last_row, last_column

    def _last_of_rows(self) -> Iterator[Place]:
        for start, end in pairwise([*self.starts, len(self.xml)]):
            value = max(self.xml.rfind(tag, start, end) for tag in self.value_tags)
            cell = self.xml.rfind(self.cell, start, value) if value >= 0 else -1
            tag = self.cell_tag.match(self.xml, cell) if cell >= 0 else None
            if tag:
                yield self.place(cell, tag[0])

    def _far_out(self) -> Iterator[Place]:
        """Find filled cells with large numbers, which in a broken sheet may stand in any row."""
        for found in FAR_OUT.finditer(self.xml):
            cell = self.xml.rfind(self.cell, 0, found.start())
            tag = self.cell_tag.match(self.xml, cell) if cell >= 0 else None
            if tag and tag.end() > found.end() and not tag[0].endswith(b"/>"):
                end = self.xml.find(self.cell_end, tag.end())
                if any(self.xml.find(each, tag.end(), end) >= 0 for each in self.value_tags):
                    yield self.place(cell, tag[0])

    def merged(self) -> Iterator[str]:
        """Find the ranges of merged cells."""
        begin = max(self.xml.rfind(b"sheetData>"), 0)
        for found in self.pattern(rb"<{p}mergeCell\s[^>]*>").finditer(self.xml, begin):
            if reference := re.search(rb"""\sref\s*=\s*["']([A-Za-z0-9:]+)["']""", found[0]):
                yield reference[1].decode()

    def place(self, cell: int, tag: bytes) -> Place:
        """Return the row and column of a cell; without a reference both are counted."""
        reference = REFERENCE.search(tag)
        if reference and reference[1] and reference[2]:
            return int(reference[2]), column_number(reference[1].decode())
        row = self.rows[bisect_right(self.starts, cell) - 1] if self.rows else _Row(0, 1, False)
        column = 0
        for found in self.cell_tag.finditer(self.xml, row.start, cell + len(tag)):
            reference = REFERENCE.search(found[0])
            column = column_number(reference[1].decode()) if reference else column + 1
        return row.number, column


def _text(raw: bytes) -> str:
    return unescape(raw.decode("utf-8", "replace"))


def _shifted(source: tuple[Place, str] | None, place: Place) -> str:
    """Word a shared formula as it reads in another cell than the one that spells it out."""
    if source is None:
        return ""
    # openpyxl takes a quarter of a second to load, and hardly a file needs it here
    from openpyxl.formula.translate import Translator  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    (row, column), text = source
    origin = f"{get_column_letter(column)}{row}"
    here = f"{get_column_letter(place[1])}{place[0]}"
    return str(Translator(f"={text}", origin).translate_formula(here))[1:]
