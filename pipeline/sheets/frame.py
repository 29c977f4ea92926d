"""What stands round the rows of a worksheet's XML: a small tree, changed as a whole."""

from __future__ import annotations

import copy
import re

from lxml import etree

from pipeline.sheets.package import Element, serialised
from pipeline.sheets.row import ROW, reference
from pipeline.sheets.styles import MAIN

SLOT = "the rows of nexudus-bulk"  # a comment where the rows go
DECLARATION = re.compile(rb""" xmlns(?::[^\s=]+)?="[^"]*\"""")
ROW_TAG = re.compile(rb"(<[^\s/>]+)((?:" + DECLARATION.pattern + rb")*)")


class Frame:
    """A worksheet without its rows."""

    def __init__(self, root: Element) -> None:
        self.root = root
        found = root.find(f"{{{MAIN}}}sheetData")
        assert found is not None
        self._data = found
        self._data.text = None  # the line breaks between rows
        self._declared = set(DECLARATION.findall(etree.tostring(self.new_row(0), encoding="UTF-8")))

    def split(self) -> tuple[bytes, bytes]:
        """Return what is written before the rows and what behind them."""
        self._data[:] = [etree.Comment(SLOT)]
        before, _, after = serialised(self.root).partition(f"<!--{SLOT}-->".encode())
        return before, after

    def new_row(self, number: int) -> Element:
        """Return a row of no cells."""
        self._data[:] = []
        return etree.SubElement(self._data, ROW, {"r": str(number)})

    def row_text(self, row: Element) -> bytes:
        """Write a row without the namespaces that the root declares for all of them."""
        text = etree.tostring(row, encoding="UTF-8", with_tail=False)
        tag = ROW_TAG.match(text)
        assert tag is not None
        own = (each for each in DECLARATION.findall(tag[2]) if each not in self._declared)
        return tag[1] + b"".join(own) + text[tag.end() :]

    def reach(self, row: int, column: int) -> None:
        """Say how far the sheet reaches."""
        dimension = self.root.find(f"{{{MAIN}}}dimension")
        if dimension is not None and row:
            dimension.set("ref", f"A1:{reference(row, column)}")

    def column_style(self, column: int) -> str | None:
        """Return the style that cells of a column have when they say nothing."""
        for each in self.root.iterfind(f"{{{MAIN}}}cols/{{{MAIN}}}col"):
            if int(each.get("min", "0")) <= column <= int(each.get("max", "0")):
                return each.get("style")
        return None

    def widen(self, column: int, width: float) -> None:
        """Give a column a width of its own, and no style."""
        cols = self.root.find(f"{{{MAIN}}}cols")
        if cols is None:
            cols = etree.Element(f"{{{MAIN}}}cols")
            self._data.addprevious(cols)
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
