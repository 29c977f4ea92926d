"""What a drop-down of a workbook shows in a row, worked out by hand as a spreadsheet would."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl

RANGE = r"Lists!\$([A-Z]+)\$(\d+):\$([A-Z]+)\$(\d+)"
OFFSET = re.compile(
    rf"OFFSET\(Lists!\$([A-Z]+)\$1,INDEX\({RANGE},Place_of_row\),0,INDEX\({RANGE},Place_of_row\),1\)"
)
PLACE = re.compile(
    r'IFERROR\(MATCH\(SUBSTITUTE\(SUBSTITUTE\(SUBSTITUTE\((.+)&"",'
    r'"~","~~"\),"\*","~\*"\),"\?","~\?"\),' + RANGE + r",0\)\+1,1\)"
)


class Lists:
    """The lists of a workbook. `said` are the cells of the row that asks, by column letter."""

    def __init__(self, path: Path, sheet: str = "Resources") -> None:
        book = openpyxl.load_workbook(path)
        self._lists = book["Lists"]
        self._names = {name: each.attr_text for name, each in book.defined_names.items()}
        header = {cell.value: cell.column_letter for cell in book[sheet][1]}
        self._columns = header
        self._sources = {
            letter: rule.formula1
            for rule in book[sheet].data_validations.dataValidation
            if rule.type == "list"
            for area in rule.sqref.ranges
            for letter in header.values()
            if area.min_col <= openpyxl.utils.column_index_from_string(letter) <= area.max_col
        }

    def has(self, column: str) -> bool:
        """Whether the column has a drop-down."""
        return self._columns[column] in self._sources

    def shown(self, column: str, **said: str) -> list[str | None]:
        """Return what the drop-down of a column shows in a row that says such of its location."""
        formula = self._names[self._sources[self._columns[column]]]
        found = OFFSET.fullmatch(formula)
        if not found:
            return self._cells(formula)
        place = self._place({self._columns[name]: words for name, words in said.items()})
        start, count = (
            int(self._cells(f"Lists!${a}${b}:${c}${d}")[place - 1])
            for a, b, c, d in (found.groups()[1:5], found.groups()[5:9])
        )
        letter = found[1]
        return self._cells(f"Lists!${letter}${start + 1}:${letter}${start + count}")

    def _place(self, said: dict[str, str]) -> int:
        found = PLACE.fullmatch(self._names["Place_of_row"])
        assert found, self._names["Place_of_row"]
        name, otherwise = re.fullmatch(
            r"IF\('?[\w ]+'?!\$([A-Z]+)1=\"\",'?[\w ]+'?!\$([A-Z]+)1,'?[\w ]+'?!\$\1(?=1\)).*",
            found[1],
        ).groups()
        words = said.get(name) or said.get(otherwise) or ""
        keys = [
            str(each).lower()
            for each in self._cells("Lists!${}${}:${}${}".format(*found.groups()[1:]))
        ]
        return keys.index(words.lower()) + 2 if words.lower() in keys else 1

    def _cells(self, formula: str) -> list:
        first, top, last, bottom = re.fullmatch(RANGE, formula).groups()
        return [row[0].value for row in self._lists[f"{first}{top}:{last}{bottom}"]]
