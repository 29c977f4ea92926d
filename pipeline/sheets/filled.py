"""A workbook of which XlsxWriter makes everything but the rows of its long sheets.

Each long sheet is made with a header and a row for show, in whose place the rows are put that were
written as XML while records came.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from pipeline.sheets.deflated import Deflated, write_part

SHOWN = re.compile(rb'<row r="2">(.*)</row><row r="3">.*?</row>(?=</sheetData>)', re.DOTALL)
STYLE = re.compile(rb'<c r="[A-Z]+2"( s="\d+")?>')
NUMBER = "\0"  # in the XML of a row, where nothing else is that sign
LAST_OF_DIMENSION = re.compile(rb'(?<=<dimension ref="A1:)([A-Z]+)\d+')


class LongRows:
    """The rows below a long sheet's header; `styles` are the style attributes of its columns."""

    def __init__(self, path: Path, styles: Sequence[str]) -> None:
        self.text = Deflated(path)
        self.count = 0
        self.styles = styles

    def add(self, cells: str) -> None:
        """Add a row of cells, with NUMBER for its number in their references."""
        self.count += 1
        if cells:
            number = str(self.count + 1)
            self.text.add(f'<row r="{number}">{cells.replace(NUMBER, number)}</row>')


@contextmanager
def workbook(path: Path) -> Iterator[Workbook]:
    """Give a workbook in constant memory; its temporary files stand beside it."""
    with Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent)}) as book:
        yield book


def show_row(sheet: Worksheet, columns: int) -> None:
    """Write the row for show, and one behind it: only then is it written, and its styles known."""
    for column in range(columns):
        sheet.write_number(1, column, 0)
    sheet.write_number(2, 0, 0)


def part_of(book: Workbook, sheet: Worksheet) -> str:
    """Return the name of a sheet's part: they are numbered in the order of the sheets."""
    return f"xl/worksheets/sheet{book.worksheets().index(sheet) + 1}.xml"


def styles_of(path: Path, part: str) -> list[str]:
    """Return the style attributes of the row for show, by column."""
    with ZipFile(path) as archive:
        return _styles(_shown(archive.read(part)))


def fill(blank: Path, target: Path, parts: Mapping[str, LongRows]) -> None:
    """Copy the workbook `blank` to `target`, with rows in the place of those for show."""
    with ZipFile(blank) as source, ZipFile(target, "w", ZIP_DEFLATED) as filled:
        for entry in source.infolist():
            xml = source.read(entry)
            rows = parts.get(entry.filename)
            if rows is None:
                filled.writestr(entry, xml)
                continue
            shown = _shown(xml)
            # The same calls in the same order give the same styles; else all looks would be wrong.
            assert _styles(shown) == rows.styles, entry.filename
            head = LAST_OF_DIMENSION.sub(rb"\g<1>%d" % (rows.count + 1), xml[: shown.start()], 1)
            write_part(filled, entry, head, rows.text, xml[shown.end() :])


def _shown(xml: bytes) -> re.Match[bytes]:
    found = SHOWN.search(xml)
    assert found is not None
    return found


def _styles(shown: re.Match[bytes]) -> list[str]:
    return [each.decode() for each in STYLE.findall(shown[1])]


def references(columns: int) -> list[str]:
    """Return how the cells of each column begin, with NUMBER for the row's."""
    return [f'<c r="{xl_col_to_name(column)}{NUMBER}"' for column in range(columns)]
