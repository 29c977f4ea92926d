"""Cell styles of a workbook: copies of the user's own, with our fill on top."""

from __future__ import annotations

import copy

from lxml import etree

from pipeline.sheets.package import Element

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
# Fills by what they say. The odd digits make them ours: they are found and taken off again.
COLOURS = {"bad": "FFFFC9CB", "warned": "FFFFEB9D", "done": "FFDFF1DB", "waiting": "FFECECED"}


class Styles:
    """The styles part, to which styles are only ever added."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self._fills = self._part("fills")
        self._formats = self._part("cellXfs")
        self._made: dict[tuple[int, str | None], int] = {}

    def filled(self) -> set[int]:
        """Return the styles that have a fill of ours."""
        ours = self._our_fills()
        return {n for n, each in enumerate(self._formats) if each.get("fillId") in ours}

    def with_fill(self, style: int, look: str) -> int:
        """Return a style like `style` with the fill of `look`."""
        return self._variant(style, look)

    def without_fill(self, style: int) -> int:
        """Return a style like `style` without our fill; others are returned as they are."""
        formats = list(self._formats)
        if style >= len(formats) or formats[style].get("fillId") not in self._our_fills():
            return style
        return self._variant(style, None)

    def _part(self, name: str) -> Element:
        found = self.root.find(f"{{{MAIN}}}{name}")
        if found is None:
            found = etree.SubElement(self.root, f"{{{MAIN}}}{name}")
        return found

    def _our_fills(self) -> set[str]:
        ours = set(COLOURS.values())
        return {
            str(number)
            for number, fill in enumerate(self._fills)
            if any(colour.get("rgb") in ours for colour in fill.iter(f"{{{MAIN}}}fgColor"))
        }

    def _variant(self, style: int, look: str | None) -> int:
        key = (style, look)
        if key not in self._made:
            formats = list(self._formats)
            made = copy.deepcopy(formats[min(style, len(formats) - 1)])
            made.set("fillId", "0" if look is None else self._fill(look))
            made.set("applyFill", "1")
            self._formats.append(made)
            self._formats.set("count", str(len(self._formats)))
            self._made[key] = len(self._formats) - 1
        return self._made[key]

    def _fill(self, look: str) -> str:
        for number, fill in enumerate(self._fills):
            if any(each.get("rgb") == COLOURS[look] for each in fill.iter(f"{{{MAIN}}}fgColor")):
                return str(number)
        fill = etree.SubElement(self._fills, f"{{{MAIN}}}fill")
        pattern = etree.SubElement(fill, f"{{{MAIN}}}patternFill", {"patternType": "solid"})
        etree.SubElement(pattern, f"{{{MAIN}}}fgColor", {"rgb": COLOURS[look]})
        etree.SubElement(pattern, f"{{{MAIN}}}bgColor", {"indexed": "64"})
        self._fills.set("count", str(len(self._fills)))
        return str(len(self._fills) - 1)
