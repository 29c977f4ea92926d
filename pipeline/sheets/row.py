"""One row of a worksheet's XML, its cells found by their column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from lxml import etree

from pipeline.sheets.grid import Column
from pipeline.sheets.hazards import column_number
from pipeline.sheets.package import Element
from pipeline.sheets.styles import MAIN

ROW, CELL = f"{{{MAIN}}}row", f"{{{MAIN}}}c"
MAX_TEXT = 32_767  # characters of a cell
MAX_COLUMNS = 16_384
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")

_column = lru_cache(MAX_COLUMNS)(column_number)


def cells_of(row: Element) -> Iterator[tuple[int, Element]]:
    """Give each cell with its column; a cell without a reference stands right of the last."""
    column = 0
    for cell in row.iterchildren(CELL):
        ref = cell.get("r")
        column = _column(ref.rstrip("0123456789")) if ref else column + 1
        yield column, cell


class Row:
    """A row that is changed: every cell says where it stands."""

    def __init__(self, number: int, element: Element) -> None:
        self._number = number
        self._element = element
        named = element.get("r") is not None
        element.set("r", str(number))
        element.attrib.pop("spans", None)  # optional, and no longer true once cells are added
        self._cells: dict[int, Element] = {}
        for column, cell in cells_of(element):
            if not (named and cell.get("r")):
                cell.set("r", reference(number, column))
            self._cells[column] = cell

    def cells(self) -> Iterator[Element]:
        """Give the cells there are."""
        yield from self._cells.values()

    def find(self, column: int) -> Element | None:
        """Return a cell if there is one."""
        return self._cells.get(column)

    def cell(self, column: int, style: str | None) -> Element:
        """Return a cell, made if need be; `style` is what a new one has by its column."""
        if column not in self._cells:
            made = etree.Element(CELL, {"r": reference(self._number, column)})
            if inherited := self._style(style):
                made.set("s", inherited)
            before = max(filter(column.__gt__, self._cells), default=None)
            if before is None:
                self._element.insert(0, made)
            else:
                self._cells[before].addnext(made)
            self._cells[column] = made
        return self._cells[column]

    def _style(self, of_column: str | None) -> str | None:
        """Return the style a cell has by its row or column, since a new cell would lose it."""
        own = self._element.get("customFormat") in {"1", "true"}
        return self._element.get("s") if own else of_column


def reference(row: int, column: int) -> str:
    """Name a cell as A1."""
    return f"{Column(column, '').letter}{row}"


def empty(cell: Element) -> None:
    """Take a cell's value away; its style stays."""
    cell.attrib.pop("t", None)
    cell[:] = []


def write_text(cell: Element, text: str) -> None:
    """Make `text` the value of a cell."""
    empty(cell)
    cell.set("t", "inlineStr")
    held = etree.SubElement(etree.SubElement(cell, f"{{{MAIN}}}is"), f"{{{MAIN}}}t")
    held.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    held.text = ILLEGAL.sub(lambda found: f"_x{ord(found[0]):04X}_", text[:MAX_TEXT])


def write_number(cell: Element, number: int) -> None:
    """Make `number` the value of a cell."""
    empty(cell)
    etree.SubElement(cell, f"{{{MAIN}}}v").text = str(number)
