"""Text files as rows of texts: their encoding and separator found out, and said."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import numpy as np

from pipeline.errors import UsageError, WorkbookError
from pipeline.guard import unguarded
from pipeline.sheets.extent import MAX_CELLS, MAX_COLUMNS, MAX_ROWS
from pipeline.sheets.grid import HEADER_ROWS, Grid, known_in
from pipeline.sheets.hazards import MAX_FILLED_ROWS

SEPARATORS = (",", ";", "\t", "|")
MAX_SIZE = 40 * 2**20  # bytes; 50,000 full rows are 25 MB
MAX_LINE = 4 * 2**20  # bytes
MAX_CELL = 2**20  # characters; Excel keeps 32,767
SAMPLE = 2000  # lines: 50 records, even if their cells have many lines
TOLD_BY = 2**16  # bytes that tell UTF-16 without a mark
END = "\0"  # no text file holds it: a last record that is swallowed by an open quote shows
SAVE_AS_TEXT = "In Excel, save it as 'CSV UTF-8'."

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)


@dataclass(frozen=True)
class TextFile:
    """A csv; it has one sheet, which goes by the entity's name.

    `codec` decodes it, `encoding` is what people call that.
    """

    path: Path
    raw: bytes
    codec: str
    encoding: str

    def choose(self, wanted: str | None, default: str) -> str:
        """Return the name of the only sheet."""
        if wanted is not None and wanted.casefold() != default.casefold():
            raise UsageError(
                f"{self.path.name}: a csv has no sheets, so '{wanted}' is not in it. "
                "Leave out --sheet."
            )
        return default

    def find(self, name: str) -> str | None:
        """Return None: there is no second sheet."""
        return None

    def grid(self, name: str, known: Collection[str]) -> Grid:
        """Split the text into cells; all of them stay texts."""
        csv.field_size_limit(MAX_CELL)
        self._check_lines()
        separator = self._announced()
        skipped = separator is not None
        if separator is None:
            separator = _separator(self._lines(), known)
        if self.raw.count(separator.encode()) > MAX_CELLS:
            raise WorkbookError(
                f"{self.path.name}: the text has more than {MAX_CELLS:,} cells, which is more than "
                "is read. Split it."
            )
        rows = _records(self.path, self._lines(skipped), separator)
        shown = "tab" if separator == "\t" else separator
        count = _take_off_guards(rows)
        cells = "1 cell" if count == 1 else f"{count:,} cells"
        guards = (f"an apostrophe that guards a sign such as = was taken off {cells}",)
        return Grid(
            rows,
            kind=("csv", self.encoding, f"separator {shown}"),
            oddities=guards if count else (),
        )

    def _lines(self, skip_first: bool = False) -> Iterator[str]:
        """Decode line by line: the text as a whole may take four times the file's size."""
        lines = io.TextIOWrapper(io.BytesIO(self.raw), self.codec, newline="")
        return islice(lines, int(skip_first), None)

    def _announced(self) -> str | None:
        """Return the separator of a line `sep=;`, which Excel obeys and does not count as a row."""
        line = next(self._lines(), "").strip("\r\n").strip('"')
        is_one = line.lower().startswith("sep=") and len(line) == len("sep=;")
        return line[-1] if is_one else None

    def _check_lines(self) -> None:
        """Refuse a line that is none, before it is split into millions of columns."""
        longest = _longest_line(self.raw)
        if longest > MAX_LINE:
            raise WorkbookError(
                f"{self.path.name}: a line of the text has {longest / 2**20:,.0f} MB, which is "
                f"more than any sheet has. {SAVE_AS_TEXT}"
            )


def _longest_line(raw: bytes) -> int:
    """Return the number of bytes between two line breaks, at most."""
    longest = begin = 0
    for start in range(0, len(raw), MAX_CELL):
        codes = np.frombuffer(raw[start : start + MAX_CELL], np.uint8)
        ends = np.flatnonzero((codes == ord("\n")) | (codes == ord("\r"))) + start
        if len(ends):
            longest = max(longest, int(np.diff(ends, prepend=begin).max()))
            begin = int(ends[-1])
    return max(longest, len(raw) - begin)


def open_text(path: Path) -> TextFile:
    """Read a text file and find out its encoding: by its mark, UTF-16, UTF-8, else Windows-1252."""
    size = path.stat().st_size
    if size > MAX_SIZE:
        raise WorkbookError(
            f"{path.name}: the file has {size / 2**20:,.0f} MB, and at most {MAX_SIZE // 2**20} MB "
            "of text are read. Split it into smaller files."
        )
    raw = path.read_bytes()
    codec, encoding = _encoding(raw)
    if not _decodes(raw, codec):
        raise WorkbookError(
            f"{path.name}: the text is neither UTF-8 nor Windows-1252. {SAVE_AS_TEXT}"
        )
    if _holds_zeros(raw, codec):
        raise WorkbookError(f"{path.name}: this is not a text file. {SAVE_AS_TEXT}")
    return TextFile(path, raw, codec, encoding)


def _encoding(raw: bytes) -> tuple[str, str]:
    """Name the codec, and what people call it."""
    for mark, codec, name in MARKS:
        if raw.startswith(mark):
            return codec, name
    head = raw[:TOLD_BY]
    for codec, zeros, others in (
        ("utf-16-le", head[1::2], head[::2]),
        ("utf-16-be", head[::2], head[1::2]),
    ):
        # names of columns and separators are ASCII: half of their bytes are zero
        if 2 * zeros.count(0) > len(zeros) and 0 not in others:
            return codec, "UTF-16"
    return ("utf-8", "UTF-8") if _decodes(raw, "utf-8") else ("cp1252", "Windows-1252")


def _decodes(raw: bytes, codec: str) -> bool:
    try:
        for _ in codecs.iterdecode(_pieces(raw), codec):
            pass
    except UnicodeError:
        return False
    return True


def _pieces(raw: bytes) -> Iterator[bytes]:
    return (raw[at : at + MAX_CELL] for at in range(0, len(raw), MAX_CELL))


def _holds_zeros(raw: bytes, codec: str) -> bool:
    if not codec.startswith("utf-16"):
        return 0 in raw
    return any(END in text for text in codecs.iterdecode(_pieces(raw), codec))


def _separator(lines: Iterator[str], known: Collection[str]) -> str:
    """Choose the separator that shows the most known names, else the most columns."""
    sample = list(islice(lines, SAMPLE))

    def worth(separator: str) -> tuple[int, int]:
        try:
            rows = list(islice(csv.reader(sample, delimiter=separator), HEADER_ROWS))
        except csv.Error:  # a cell without an end
            return 0, 0
        names = max((len(found) for found in known_in(rows, known)), default=0)
        return names, max(map(len, rows), default=0)

    return max(SEPARATORS, key=worth)


def _split(path: Path, lines: Iterator[str], separator: str) -> Iterator[list[str]]:
    rows = csv.reader(lines, delimiter=separator)
    count = 0
    try:
        for row in rows:
            count += 1
            yield row
    except csv.Error as error:
        raise WorkbookError(
            f"{path.name}: row {count + 1} has a cell of more than {MAX_CELL:,} characters. "
            "A quotation mark may be opened there and never closed: close it, or remove it."
        ) from error


def _records(path: Path, lines: Iterator[str], separator: str) -> list[list[str]]:
    rows: list[list[str]] = []
    filled = 0
    for row in _split(path, chain(lines, [END]), separator):
        if len(row) > MAX_COLUMNS:
            raise WorkbookError(
                f"{path.name}: row {len(rows) + 1} has {len(row):,} columns, and a sheet has at "
                f"most {MAX_COLUMNS:,}. Remove the columns that are not needed."
            )
        holds = any(row)
        filled += holds
        rows.append(row if holds else [])
        if filled > MAX_FILLED_ROWS + 1 or len(rows) > MAX_ROWS + 1:
            raise WorkbookError(_too_many_rows(path, filled))
    if rows.pop() != [END]:
        raise WorkbookError(
            f"{path.name}: a quotation mark that is opened on row {len(rows) + 1} is never closed. "
            "Close it, or remove it."
        )
    return rows


def _too_many_rows(path: Path, filled: int) -> str:
    if filled > MAX_FILLED_ROWS:
        words = f"more than {MAX_FILLED_ROWS:,} rows, which is more than is read"
    else:
        words = f"more than {MAX_ROWS:,} rows, which is more than a sheet has"
    return f"{path.name}: the text has {words}. Split it."


def _take_off_guards(rows: list[list[str]]) -> int:
    """Give guarded cells back their own text; returns how many there were."""
    count = 0
    for row in rows:
        for place, cell in enumerate(row):
            if cell.startswith("'") and (own := unguarded(cell)) != cell:
                row[place] = own
                count += 1
    return count
