"""calamine, told what to read: a sheet of a workbook, or of a small copy made for the purpose."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import numpy as np
from python_calamine import CalamineError, CalamineWorkbook

from pipeline.errors import WorkbookError
from pipeline.schema import Cell
from pipeline.sheets.archive import damaged, open_archive
from pipeline.sheets.parts import Contents, read_part
from pipeline.sheets.plain_cells import Known
from pipeline.sheets.shared_texts import simple_texts
from pipeline.sheets.tabs import Tab

PANIC = "PanicException"
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}'
    "</sheetData></worksheet>"
)
SHARED_TEXTS = "xl/sharedstrings.xml"  # where calamine looks for them, in any case of letters
STYLES, MAX_TEXTS = 4096, 2**22  # so many are asked for
ACROSS = 64  # cells in a row of questions
PACKED_FROM = 64 * 2**20  # bytes of a part that a copy packs: it takes longer than reading does


def read_cells(path: Path, tab: Tab, source: Path | io.BytesIO) -> list[list[Cell]]:
    """Return all rows from row 1 and column A on, also where the first ones are empty."""
    try:
        with CalamineWorkbook.from_object(source) as book:
            return book.get_sheet_by_name(tab.name).to_python(skip_empty_area=False)
    except (CalamineError, OSError, OverflowError) as error:
        raise damaged(path) from error
    except BaseException as error:  # calamine's panics have a type that cannot be imported
        if type(error).__name__ != PANIC:
            raise
        raise damaged(path) from error


def copy_with(
    path: Path, contents: Contents, tab: Tab, xml: bytes, *, texts: bool = True
) -> io.BytesIO:
    """Return the workbook with another sheet in place of one, and without all the others.

    Without `texts` it has no shared ones either.
    """
    others = {each.key.lower() for each in contents.tabs}
    if not texts:
        others.add(SHARED_TEXTS)
    copy = io.BytesIO()
    with ZipFile(path) as source, ZipFile(copy, "w", ZIP_DEFLATED, compresslevel=1) as target:
        for entry in source.infolist():
            name = entry.filename.lower()
            if name == tab.key.lower():
                target.writestr(entry.filename, xml, _packing(len(xml)))
            elif name not in others and name.endswith((".xml", ".rels")):  # no pictures
                target.writestr(entry.filename, source.read(entry), _packing(entry.file_size))
    copy.seek(0)
    return copy


def _packing(size: int) -> int:
    return ZIP_STORED if size < PACKED_FROM else ZIP_DEFLATED


def ask(path: Path, contents: Contents) -> Known | None:
    """Find out what cells refer to by reading a sheet that refers to all of it once.

    None where that cannot be told. Whatever calamine makes of a text or a style, it is the same as
    in the sheet itself.
    """
    lengths = contents.lengths.all
    if not contents.tabs or len(lengths) > MAX_TEXTS:
        return None
    tab = contents.tabs[0]
    simple = _simple_texts(path, len(lengths))
    unknown = len(lengths) if simple is None else 0
    questions = SHEET.format("".join(_questions(unknown))).encode()
    copy = copy_with(path, contents, tab, questions, texts=simple is None)
    try:
        rows = read_cells(path, tab, copy)
    except WorkbookError:
        return None
    if len(rows) * ACROSS < STYLES + unknown:  # texts of no characters at the end
        rows += [[None] * ACROSS] * (-(-(STYLES + unknown) // ACROSS) - len(rows))
    answers = chain.from_iterable(rows)
    is_number = [isinstance(each, float) for each in islice(answers, STYLES)]
    texts = np.empty(len(lengths), dtype=object)
    texts[:] = [_text_or_none(each) for each in simple or islice(answers, unknown)]
    return Known(texts, lengths, np.array([*is_number, False]))


def _simple_texts(path: Path, count: int) -> list[str] | None:
    """Return the shared texts where they can be told without asking calamine for each."""
    with open_archive(path) as archive:
        name = next((each for each in archive.namelist() if each.lower() == SHARED_TEXTS), None)
        texts = simple_texts(read_part(path, archive, name)) if name else None
    return texts if texts is not None and len(texts) == count else None


def _questions(texts: int) -> Iterator[str]:
    """Write a cell for each of many styles, with a 1 in it, and one for each text."""
    yield from _rows('<c s="%d"><v>1</v></c>', STYLES)
    yield from _rows('<c t="s"><v>%d</v></c>', texts)


def _rows(cell: str, count: int) -> Iterator[str]:
    """Write a cell for each number below `count`, and as many as fit into each row."""
    full = f"<row>{cell * ACROSS}</row>"
    for first in range(0, count, ACROSS):
        numbers = tuple(range(first, min(first + ACROSS, count)))
        row = full if len(numbers) == ACROSS else f"<row>{cell * len(numbers)}</row>"
        yield row % numbers


def _text_or_none(cell: Cell) -> str | None:
    return cell if isinstance(cell, str) and cell and not cell.isspace() else None
