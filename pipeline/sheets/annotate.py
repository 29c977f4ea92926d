"""The user's own workbook, marked: Status, Message and Id by row, bad cells coloured with a note.

The package is changed in place, part by part: rewriting a whole workbook loses charts, rich text,
validations and the cached values of formulas, without which the results could not be imported.
"""

from __future__ import annotations

import copy
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from pipeline.kinds import MAX_EXACT_NUMBER
from pipeline.sheets.grid import Column
from pipeline.sheets.notes import write_notes
from pipeline.sheets.package import Element, rewritten
from pipeline.sheets.styles import MAIN, Styles
from pipeline.sheets.whole import new_workbook

STATUS, MESSAGE, ID = "Status", "Message", "Id"
WIDTHS = {STATUS: 12.0, MESSAGE: 70.0, ID: 14.0}
DONE = {"created", "updated", "unchanged", "deleted"}
WAITING = {"unsent", "stale"}
MAX_TEXT = 32_767  # characters of a cell
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")

Place = tuple[int, int]  # row and column, from 1


@dataclass(frozen=True)
class Mark:
    """What became of one row."""

    status: str
    message: str = ""
    record_id: int | None = None


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
) -> None:
    """Write a marked copy of `source` to `target`.

    `columns` says where Status, Message and Id stand already; the others are appended. Marks of an
    earlier run are replaced. Raises UsageError when the target cannot be written.
    """
    with rewritten(source, target) as package:
        part = package.sheet_part(sheet)
        root = package.tree(part)
        book = package.related("", "officeDocument") or "xl/workbook.xml"
        styles_part = package.related(book, "styles") or "xl/styles.xml"
        styles = Styles(package.tree(styles_part))
        page = _Page(root, styles)
        page.take_off_fills()
        places = page.add_columns(header_row, columns)
        page.clear(places, header_row)
        for row, mark in marks.items():
            page.mark(row, mark, places)
        for place in warnings:
            page.fill(place, "warned")
        for place in notes:
            page.fill(place, "bad")
        words = {**warnings, **notes}
        for place in warnings.keys() & notes.keys():
            words[place] = f"{notes[place]}\n{warnings[place]}"
        write_notes(package, part, root, words, {place: _ref(*place) for place in words})
        page.finish()
        package.put(part, root)
        package.put(styles_part, styles.root)


class _Page:
    """One worksheet's XML, with its rows and cells found by number."""

    def __init__(self, root: Element, styles: Styles) -> None:
        self._root = root
        self._styles = styles
        found = root.find(f"{{{MAIN}}}sheetData")
        assert found is not None
        self._rows_element = found
        self._rows: dict[int, Element] = {}
        self._cells: dict[int, dict[int, Element]] = {}
        for row in found:
            self._index(row)
        self._last = max((max(cells, default=0) for cells in self._cells.values()), default=0)

    def _index(self, row: Element) -> None:
        number = int(row.get("r") or max(self._rows, default=0) + 1)
        row.set("r", str(number))
        row.attrib.pop("spans", None)  # optional, and no longer true once cells are added
        cells: dict[int, Element] = {}
        column = 0
        for cell in row.iterchildren(f"{{{MAIN}}}c"):
            ref = cell.get("r")
            column = _column(ref) if ref else column + 1
            cell.set("r", _ref(number, column))
            cells[column] = cell
        self._rows[number] = row
        self._cells[number] = cells

    def take_off_fills(self) -> None:
        """Give cells that an earlier run coloured their style without the colour."""
        known: dict[int, int] = {}
        for cells in self._cells.values():
            for cell in cells.values():
                style = int(cell.get("s", "0"))
                if style not in known:
                    known[style] = self._styles.without_fill(style)
                if known[style] != style:
                    cell.set("s", str(known[style]))

    def add_columns(self, header_row: int, present: Mapping[str, int]) -> dict[str, int]:
        """Return the numbers of all three columns, those that were missing appended."""
        places = dict(present)
        for name in (STATUS, MESSAGE, ID):
            if name in places:
                continue
            left = self._cells.get(header_row, {}).get(self._last)
            self._last += 1
            places[name] = self._last
            cell = self._cell(header_row, self._last)
            if left is not None and left.get("s"):
                cell.set("s", left.get("s", "0"))
            _write_text(cell, name)
            self._widen(self._last, WIDTHS[name])
        return places

    def clear(self, places: Mapping[str, int], header_row: int) -> None:
        """Empty the two columns that are ours alone below the header."""
        for number, cells in self._cells.items():
            for name in (STATUS, MESSAGE):
                if number > header_row and (cell := cells.get(places[name])) is not None:
                    _empty(cell)

    def mark(self, row: int, mark: Mark, places: Mapping[str, int]) -> None:
        """Write what became of a row."""
        _write_text(self._cell(row, places[STATUS]), mark.status)
        look = "done" if mark.status in DONE else "waiting" if mark.status in WAITING else "bad"
        self.fill((row, places[STATUS]), look)
        if mark.message:
            _write_text(self._cell(row, places[MESSAGE]), mark.message)
        if mark.record_id is not None:
            cell = self._cell(row, places[ID])
            if mark.record_id < MAX_EXACT_NUMBER:
                _write_number(cell, mark.record_id)
            else:
                _write_text(cell, str(mark.record_id))

    def fill(self, place: Place, look: str) -> None:
        """Colour a cell; what else its style says stays."""
        cell = self._cell(*place)
        cell.set("s", str(self._styles.with_fill(int(cell.get("s", "0")), look)))

    def finish(self) -> None:
        """Say how far the sheet reaches now."""
        dimension = self._root.find(f"{{{MAIN}}}dimension")
        if dimension is not None and self._rows:
            dimension.set("ref", f"A1:{_ref(max(self._rows), self._last)}")

    def _cell(self, row: int, column: int) -> Element:
        cells = self._cells.setdefault(row, {})
        if column not in cells:
            element = self._row(row)
            made = etree.Element(f"{{{MAIN}}}c", {"r": _ref(row, column)})
            if style := self._style_of(element, column):
                made.set("s", style)
            before = max((each for each in cells if each < column), default=None)
            if before is None:
                element.insert(0, made)
            else:
                cells[before].addnext(made)
            cells[column] = made
        return cells[column]

    def _row(self, number: int) -> Element:
        if number not in self._rows:
            made = etree.Element(f"{{{MAIN}}}row", {"r": str(number)})
            before = max((each for each in self._rows if each < number), default=None)
            if before is None:
                self._rows_element.insert(0, made)
            else:
                self._rows[before].addnext(made)
            self._rows[number] = made
        return self._rows[number]

    def _style_of(self, row: Element, column: int) -> str | None:
        """Return the style a cell has by its row or column, since a new cell would lose it."""
        if row.get("customFormat") in {"1", "true"}:
            return row.get("s")
        for each in self._root.iterfind(f"{{{MAIN}}}cols/{{{MAIN}}}col"):
            if int(each.get("min", "0")) <= column <= int(each.get("max", "0")):
                return each.get("style")
        return None

    def _widen(self, column: int, width: float) -> None:
        cols = self._root.find(f"{{{MAIN}}}cols")
        if cols is None:
            cols = etree.Element(f"{{{MAIN}}}cols")
            self._rows_element.addprevious(cols)
        for each in list(cols):
            first, last = int(each.get("min", "0")), int(each.get("max", "0"))
            if not first <= column <= last:
                continue
            for start, end in ((first, column - 1), (column + 1, last)):
                if start <= end:
                    piece = copy.deepcopy(each)
                    piece.attrib.update({"min": str(start), "max": str(end)})
                    each.addprevious(piece)
            cols.remove(each)
        wide = {"min": str(column), "max": str(column), "width": str(width), "customWidth": "1"}
        etree.SubElement(cols, f"{{{MAIN}}}col", wide)
        cols[:] = sorted(cols, key=lambda each: int(each.get("min", "0")))


def _empty(cell: Element) -> None:
    cell.attrib.pop("t", None)
    cell[:] = []


def _write_text(cell: Element, text: str) -> None:
    _empty(cell)
    cell.set("t", "inlineStr")
    held = etree.SubElement(etree.SubElement(cell, f"{{{MAIN}}}is"), f"{{{MAIN}}}t")
    held.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    held.text = ILLEGAL.sub(lambda found: f"_x{ord(found[0]):04X}_", text[:MAX_TEXT])


def _write_number(cell: Element, number: int) -> None:
    _empty(cell)
    etree.SubElement(cell, f"{{{MAIN}}}v").text = str(number)


def _ref(row: int, column: int) -> str:
    return f"{Column(column, '').letter}{row}"


def _column(ref: str) -> int:
    column = 0
    for letter in ref.rstrip("0123456789"):
        column = column * 26 + ord(letter.upper()) - ord("A") + 1
    return column


def annotate_rows(
    target: Path,
    *,
    sheet: str,
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    header_row: int,
    **marked: Any,
) -> None:
    """Write the rows of a text file as a workbook and mark it; each row begins with its number."""
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder, "rows.xlsx")
        with new_workbook(plain) as book:
            page = book.add_worksheet(sheet)
            page.freeze_panes(header_row, 0)
            page.set_column(0, len(header) - 1, 18, book.add_format({"num_format": "@"}))
            bold = book.add_format({"bold": True})
            for column, name in enumerate(header):
                page.write_string(header_row - 1, column, name, bold)
            for number, *cells in rows:
                for column, cell in enumerate(cells):
                    if cell is not None:
                        page.write_string(number - 1, column, str(cell)[:MAX_TEXT])
        annotate(plain, target, sheet=sheet, header_row=header_row, **marked)
