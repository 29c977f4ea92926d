"""Text files as rows of texts: their encoding and separator found out, and said."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from pipeline.errors import UsageError, WorkbookError
from pipeline.guard import unguarded
from pipeline.sheets.grid import HEADER_ROWS, Grid, known_in

SEPARATORS = (",", ";", "\t", "|")
MAX_CELL = 2**31 - 1  # characters; more does not fit the C long of Windows
SAMPLE = 2000  # lines: 50 records, even if their cells have many lines
END = "\0"  # no text file holds it: a last record that is swallowed by an open quote shows
SAVE_AS_TEXT = "In Excel, save it as 'CSV UTF-8'."

ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)


@dataclass(frozen=True)
class TextFile:
    """A decoded csv; it has one sheet, which goes by the entity's name."""

    path: Path
    text: str
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
        text, separator = _announced(self.text)
        if separator is None:
            separator = _separator(text, known)
        rows = _records(self.path, text, separator)
        shown = "tab" if separator == "\t" else separator
        remarks = [f"csv: {self.encoding}, separator {shown}"]
        if count := _take_off_guards(rows):
            begin = "1 cell begins" if count == 1 else f"{count:,} cells begin"
            remarks.append(
                f"csv: {begin} with an apostrophe that guards a sign such as =; it was taken off"
            )
        return Grid(rows, remarks=tuple(remarks))


def open_text(path: Path) -> TextFile:
    """Decode a text file: by its byte order mark, else UTF-8, else Windows-1252."""
    raw = path.read_bytes()
    try:
        text, encoding = _decode(raw)
    except UnicodeDecodeError as error:
        raise WorkbookError(
            f"{path.name}: the text is neither UTF-8 nor Windows-1252. {SAVE_AS_TEXT}"
        ) from error
    if END in text:
        raise WorkbookError(f"{path.name}: this is not a text file. {SAVE_AS_TEXT}")
    return TextFile(path, text, encoding)


def _decode(raw: bytes) -> tuple[str, str]:
    for mark, codec, name in ENCODINGS:
        if raw.startswith(mark):
            return raw.decode(codec), name
    try:
        return raw.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        if END.encode() in raw:
            return END, ""
        return raw.decode("cp1252"), "Windows-1252 (it is not UTF-8)"


def _announced(text: str) -> tuple[str, str | None]:
    """Take off the line `sep=;`, which Excel obeys and does not count as a row."""
    line, _, rest = text.partition("\n")
    line = line.strip("\r").strip('"')
    if line.lower().startswith("sep=") and len(line) == len("sep=;"):
        return rest, line[-1]
    return text, None


def _separator(text: str, known: Collection[str]) -> str:
    """Choose the separator that shows the most known names, else the most columns."""
    lines = list(islice(io.StringIO(text, newline=""), SAMPLE))

    def worth(separator: str) -> tuple[int, int]:
        rows = list(islice(csv.reader(lines, delimiter=separator), HEADER_ROWS))
        names = max((len(found) for found in known_in(rows, known)), default=0)
        return names, max(map(len, rows), default=0)

    return max(SEPARATORS, key=worth)


def _records(path: Path, text: str, separator: str) -> list[list[str]]:
    lines: Iterable[str] = chain(io.StringIO(text, newline=""), [END])
    rows = list(csv.reader(lines, delimiter=separator))
    if rows.pop() != [END]:
        raise WorkbookError(
            f"{path.name}: a quotation mark that is opened on row {len(rows) + 1} is never closed. "
            "Close it, or remove it."
        )
    return rows


def _take_off_guards(rows: list[list[str]]) -> int:
    """Give guarded cells back their own text; returns how many there were."""
    count = 0
    for row in rows:
        for place, cell in enumerate(row):
            if cell.startswith("'") and (own := unguarded(cell)) != cell:
                row[place] = own
                count += 1
    return count
