"""Plain cells of a workbook's sheet, taken out of its XML while that streams by.

Almost all cells of a large sheet are blanks, references to shared texts, yes or no, and numbers
that are no dates. They are read many at once; what they take out of the XML is what makes it large.
Whatever looks different in the least stays in the XML, for a reader that knows all of it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.sheets.digits import (
    BITS,
    MARGIN,
    WIDTH,
    Places,
    Reals,
    Truths,
    begin_with,
    decimals,
    lengths_until,
    whole_numbers,
    words_of,
)
from pipeline.sheets.extent import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, MIN_FILLED, SPARSE_FROM
from pipeline.sheets.hazards import MAX_FILLED_ROWS
from pipeline.sheets.markup import has_declaration, is_utf8
from pipeline.sheets.weight import SHORT

Cells = npt.NDArray[np.object_]

ROW_END = b"</row>"
LONGEST_ROW = 8 * 2**20  # bytes
LAST_OF_NO_NAME = ord(">")  # characters up to it cannot go on with the name of a tag
LETTERS, BEFORE_A = 3, ord("A") - 1
CELL, VALUE, VALUE_END, CELL_END = b'<c r="', b"<v>", b"</v>", b"</c>"
TEXT, TRUTH, NUMERIC, STYLE = b' t="s"', b' t="b"', b' t="n"', b' s="'
NUMBER = re.compile(rb"-?[0-9]{1,20}(?:\.[0-9]{1,20})?(?:[eE][+-]?[0-9]{1,3})?")
SMALL, MEMORABLE = 2**12, 2**16  # so many whole and other numbers are one object wherever they are


class OddError(ValueError):
    """A sheet that spreadsheet programs do not write like this, or one that seems too large."""


@dataclass(frozen=True)
class Known:
    """What cells refer to: the shared texts (None for blanks), and the length of each in its XML.

    `is_number` tells of which styles a number is none that stands for a date.
    """

    texts: Cells
    lengths: npt.NDArray[np.int64]
    is_number: Truths


class Block(NamedTuple):
    """Cells of rows that hold some; `rows` are the numbers of those, columns count from A on."""

    rows: Places
    cells: Cells


def take_plain(pieces: Iterable[bytes], known: Known) -> tuple[PlainCells, bytes]:
    """Read a sheet's XML; returns its plain cells, and the XML without them.

    Raises OddError when nobody should rely on what was taken.
    """
    plain, left, kept = PlainCells(known), io.BytesIO(), b""
    for number, piece in enumerate(pieces):
        if number == 0 and not is_utf8(piece):
            raise OddError
        plain.length += len(piece)
        kept += piece
        end = kept.rfind(ROW_END) + len(ROW_END)
        if end >= len(ROW_END):
            left.write(plain.take(kept[:end]))
            kept = kept[end:]
        elif len(kept) > LONGEST_ROW:
            raise OddError
    if has_declaration(kept):
        raise OddError
    left.write(kept)
    return plain, left.getvalue()


class PlainCells:
    """The plain cells of a sheet, taken out of its XML."""

    def __init__(self, known: Known) -> None:
        self.blocks: list[Block] = []
        self.last = (0, 0)  # row and column
        self.values = 0
        self.weight = 0  # bytes of the long texts, each as often as it is referred to
        self.length = 0  # bytes of the XML
        self._known = known
        self._weights = np.where(known.lengths > SHORT, known.lengths, 0)
        self._small = np.array([float(each) for each in range(SMALL)], dtype=object)
        self._numbers: dict[bytes, float | None] = {}
        self._last_row = 0  # with or without a value
        self._filled_rows = 0

    def take(self, rows: bytes) -> bytes:
        """Take the cells out of whole rows; returns what is left of those."""
        if has_declaration(rows):
            raise OddError
        piece = _Piece(rows)
        if not len(piece.starts):
            return rows
        self._check_order(piece)
        values, is_filled = self._values(piece)
        if is_filled.any():
            self._keep(piece.rows[is_filled], piece.columns[is_filled], values[is_filled])
        return piece.without(is_filled | piece.is_blank)

    def _check_order(self, piece: _Piece) -> None:
        rows = piece.rows
        if rows[0] <= self._last_row or (rows[1:] < rows[:-1]).any() or rows[-1] > MAX_ROWS:
            raise OddError
        self._last_row = int(rows[-1])

    def _values(self, piece: _Piece) -> tuple[Cells, Truths]:
        """Return the value of each cell, and tell where there is one that is plain."""
        values = np.empty(len(piece.starts), dtype=object)
        whole = piece.wholes
        is_text = piece.is_text & piece.is_whole
        texts = whole[is_text]
        if len(texts) and texts.max() >= len(self._known.texts):
            raise OddError
        values[is_text] = self._known.texts[texts]
        self.weight += int(self._weights[texts].sum())
        is_truth = piece.is_truth & piece.is_whole & (whole <= 1)
        values[is_truth] = np.array([False, True], dtype=object)[whole[is_truth]]
        styles = np.minimum(piece.styles, len(self._known.is_number) - 1)
        is_number = piece.is_number & self._known.is_number[styles]
        is_small = is_number & piece.is_whole & (whole < SMALL)
        values[is_small] = self._small[whole[is_small]]
        others = np.flatnonzero(is_number & ~is_small)
        reals, are_short = piece.decimals(others)
        values[others[are_short]] = reals[are_short]
        others = others[~are_short]
        texts_of_others = piece.value_texts(others)
        numbers = {text: self._number(text) for text in set(texts_of_others)}
        values[others] = [numbers[text] for text in texts_of_others]
        if None in numbers.values():
            is_number[others] = [numbers[text] is not None for text in texts_of_others]
        return values, is_text | is_truth | is_number

    def _number(self, text: bytes) -> float | None:
        if text in self._numbers:
            return self._numbers[text]
        number = float(text) if NUMBER.fullmatch(text) else None
        if len(self._numbers) < MEMORABLE:
            self._numbers[text] = number
        return number

    def _keep(self, rows: Places, columns: Places, values: Cells) -> None:
        is_next = np.append(True, rows[1:] != rows[:-1])
        numbers, places = rows[is_next], np.cumsum(is_next) - 1
        width = int(columns.max())
        self.last = int(numbers[-1]), max(self.last[1], width)
        self.values += len(values)
        self._filled_rows += len(numbers)
        room = self._filled_rows * self.last[1]
        is_sparse = room > SPARSE_FROM and self.values < MIN_FILLED * room
        if width > MAX_COLUMNS or is_sparse or room > MAX_CELLS:
            raise OddError
        if self._filled_rows > MAX_FILLED_ROWS:
            raise OddError
        cells = np.empty((len(numbers), width), dtype=object)
        cells[places, columns - 1] = values
        self.blocks.append(Block(numbers, cells))


class _Piece:
    """Whole rows of XML as numbers; each array has one of them for every cell.

    Raises OddError when a cell does not say where it stands.
    """

    def __init__(self, xml: bytes) -> None:
        self._xml = xml
        padded = xml + MARGIN
        self._codes, self._words = np.frombuffer(padded, np.uint8), words_of(padded)
        tags = np.flatnonzero(self._codes == ord("<"))
        cells = np.flatnonzero(self._codes[tags + 1] == ord("c"))
        found = self._words[tags[cells]]
        ends_name = (found >> np.uint64(16)) & np.uint64(255) <= LAST_OF_NO_NAME
        is_cell = begin_with(found, CELL)
        if (ends_name & ~is_cell).any():
            raise OddError
        cells = cells[is_cell]
        self._is_first = self._codes[tags[cells - 1] + 1] == ord("r")  # in its row
        self._is_first[:1] = True
        tags = np.append(tags, [len(xml)] * 3)
        self.starts = tags[cells]
        self._next = tags[cells + 1], tags[cells + 2], tags[cells + 3]
        if len(cells):
            self._read_tags()
            self._read_values()

    def _read_tags(self) -> None:
        """Find out where the cells stand, their styles and types, and which tags are simple."""
        at = self._read_references() + 1
        end = self._next[0] - 1
        self._is_closed = self._codes[end - 1] == ord("/")
        stop = end - self._is_closed
        stop -= self._is_closed & (self._codes[stop - 1] == ord(" "))
        last = self._words[stop - len(TEXT)]
        self.is_text, self.is_truth, numeric = (
            begin_with(last, each) for each in (TEXT, TRUTH, NUMERIC)
        )
        stop = stop - len(TEXT) * (self.is_text | self.is_truth | numeric)
        self._is_simple = self._codes[end] == ord(">")
        self.styles = np.zeros(len(at), np.int64)
        has_more = stop != at
        if has_more.any():
            self._read_styles(at, stop, has_more)

    def _read_styles(self, at: Places, stop: Places, has_more: Truths) -> None:
        styles, are_whole = whole_numbers(self._words, at + len(STYLE), stop - 1)
        is_styled = begin_with(self._words[at], STYLE) & are_whole
        is_styled &= self._codes[stop - 1] == ord('"')
        self.styles = np.where(is_styled, styles, 0)
        self._is_simple &= is_styled | ~has_more

    def _read_references(self) -> Places:
        """Read rows and columns; returns where the references end."""
        at = self.starts + len(CELL)
        is_letter = np.ones(len(at), dtype=bool)
        self.columns = np.zeros(len(at), np.int64)
        for _ in range(LETTERS):
            letter = self._codes[at].astype(np.int64) - BEFORE_A
            is_letter = is_letter & (letter > 0) & (letter <= 26)  # noqa: PLR2004 - A to Z
            self.columns = np.where(is_letter, self.columns * 26 + letter, self.columns)
            at = at + is_letter
        if not self.columns.all():
            raise OddError
        return at + self._read_rows(at)

    def _read_rows(self, at: Places) -> Places:
        """Read the numbers of rows in their first cells, which the others have to repeat.

        Returns how many digits each has.
        """
        firsts = np.flatnonzero(self._is_first)
        numbers = self._words[at[firsts]]
        digits = lengths_until(numbers, b'"')
        rows, are_whole = whole_numbers(self._words, at[firsts], at[firsts] + digits)
        beyond = (BITS * (WIDTH - 1 - digits)).astype(np.uint64)  # the quote counts as well
        own = np.cumsum(self._is_first) - 1
        are_same = self._words[at] << beyond[own] == (numbers << beyond)[own]
        if not (are_whole & (digits < WIDTH) & (rows > 0)).all() or not are_same.all():
            raise OddError
        self.rows = rows[own]
        lengths: Places = digits[own]
        return lengths

    def _read_values(self) -> None:
        first, second, third = self._next
        words = self._words
        has_value = self._is_simple & ~self._is_closed & begin_with(words[first], VALUE)
        has_value &= begin_with(words[second], VALUE_END) & (third == second + len(VALUE_END))
        has_value &= begin_with(words[third], CELL_END)
        self.wholes, are_whole = whole_numbers(words, first + len(VALUE), second)
        self.is_whole = are_whole & has_value
        is_typed = self.is_text | self.is_truth
        is_ended = ~self._is_closed & begin_with(words[first], CELL_END)
        self.is_blank = self._is_simple & ~is_typed & (self._is_closed | is_ended)
        self.is_number = has_value & ~is_typed
        self._ends = np.where(has_value, third, first) + len(CELL_END) * ~self._is_closed

    def decimals(self, cells: Places) -> tuple[Reals, Truths]:
        """Return what stands between the tags of values as numbers, and where it could be read."""
        return decimals(self._words, self._next[0][cells] + len(VALUE), self._next[1][cells])

    def value_texts(self, cells: Places) -> list[bytes]:
        """Return what stands between the tags of values."""
        starts = (self._next[0][cells] + len(VALUE)).tolist()
        ends = self._next[1][cells].tolist()
        return [self._xml[start:end] for start, end in zip(starts, ends, strict=True)]

    def without(self, cells: Truths) -> bytes:
        """Return the XML without some of its cells."""
        begins = np.append(0, self._ends[cells])
        ends = np.append(self.starts[cells], len(self._xml))
        gaps = np.flatnonzero(begins < ends)
        pairs = zip(begins[gaps].tolist(), ends[gaps].tolist(), strict=True)
        return b"".join([self._xml[begin:end] for begin, end in pairs])
