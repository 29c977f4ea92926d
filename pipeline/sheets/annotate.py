"""The user's own workbook, marked: Status, Message and Id by row, bad cells coloured with a note.

The package is changed in place, part by part: rewriting a whole workbook loses charts, rich text,
validations and the cached values of formulas, without which the results could not be imported.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline.sheets.base import BASE_SHEET, CELLS_PLACE, Edited
from pipeline.sheets.extent import MAX_COLUMNS
from pipeline.sheets.frame import Frame
from pipeline.sheets.notes import write_notes
from pipeline.sheets.package import Package, rewritten
from pipeline.sheets.page import Mark, Page, Place, Wanted
from pipeline.sheets.rewriting import CellWriter
from pipeline.sheets.row import Row, reference, write_text
from pipeline.sheets.row_stream import RowStream, survey
from pipeline.sheets.styles import Styles
from pipeline.sheets.whole import new_workbook

__all__ = ["Mark", "annotate", "annotate_rows"]


def annotate(  # noqa: PLR0913 - the parts of a marked workbook, all by keyword
    source: Path,
    target: Path,
    *,
    sheet: str,
    header_row: int,
    marks: Mapping[int, Mark],
    notes: Mapping[Place, str],
    warnings: Mapping[Place, str],
    columns: Mapping[str, int],
    settled: Mapping[int, Edited | None] | None = None,
) -> None:
    """Write a marked copy of `source` to `target`.

    `columns` says where Status, Message and Id stand already; the others are appended. Marks of an
    earlier run are replaced. `settled` are the rows of the hidden base that hold no longer, since
    the account has what the sheet says: what they keep from now on, None for those that are left
    out. Raises UsageError when the target cannot be written.
    """
    wanted = Wanted(header_row, columns, marks, _looks(warnings, notes))
    words = {**warnings, **notes}
    for place in warnings.keys() & notes.keys():
        words[place] = f"{notes[place]}\n{warnings[place]}"
    with rewritten(source, target) as package:
        part = package.sheet_part(sheet)
        book = package.related("", "officeDocument") or "xl/workbook.xml"
        styles_part = package.related(book, "styles") or "xl/styles.xml"
        styles = Styles(package.tree(styles_part))
        with package.read(part) as xml:
            page = Page(survey(xml, wanted.rows()), styles, wanted)
        root = page.frame.root
        write_notes(package, part, root, words, {place: reference(*place) for place in words})
        package.stream(part, page.pieces(package, part))
        package.put_last(styles_part, styles.root)
        if settled:
            base = package.sheet_part(BASE_SHEET)
            package.stream(base, _settled(package, base, settled))


def _settled(package: Package, part: str, settled: Mapping[int, Edited | None]) -> Iterator[bytes]:
    """Write the XML of the base with some rows changed or left out; all keep their numbers."""
    with package.read(part) as xml:
        frame = Frame(survey(xml, ()).root)
    before, after = frame.split()
    yield before
    with package.read(part) as xml:
        for number, row in RowStream(xml):
            now = settled.get(number)
            if now is None and number in settled:
                continue
            row.set("r", str(number))
            if now is not None:
                write_text(Row(number, row).cell(CELLS_PLACE, None), now.text())
            yield frame.row_text(row)
    yield after


def _looks(warnings: Iterable[Place], notes: Iterable[Place]) -> dict[int, dict[int, str]]:
    looks: dict[int, dict[int, str]] = {}
    for look, places in (("warned", warnings), ("bad", notes)):
        for row, column in places:
            looks.setdefault(row, {})[column] = look
    return looks


def annotate_rows(
    target: Path,
    *,
    sheet: str,
    lines: Iterable[tuple[int, Mapping[int, Any]]],
    header_row: int,
    **marked: Any,
) -> None:
    """Write the lines of another kind of file as a workbook and mark it.

    Each is its row's number and its cells by column; they come in the order of their rows.
    """
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder, "rows.xlsx")
        with new_workbook(plain) as book:
            page = book.add_worksheet(sheet)
            page.freeze_panes(header_row, 0)
            page.set_column(0, MAX_COLUMNS - 1, 18)
            bold = book.add_format({"bold": True})
            cells = CellWriter(book, page)
            for row, line in lines:
                for column, cell in line.items():
                    if row == header_row:
                        page.write_string(row - 1, column - 1, str(cell), bold)
                    elif cell is not None:
                        cells.write(row - 1, column - 1, cell)
        annotate(plain, target, sheet=sheet, header_row=header_row, **marked)
