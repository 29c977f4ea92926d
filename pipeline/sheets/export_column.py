"""A column of an exported workbook: what is written of each value, on its sheet and in the base."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from pipeline.schema import Cell, Field, Value
from pipeline.sheets.base import longest_kept, packed_cell
from pipeline.sheets.cell_xml import cell_xml
from pipeline.sheets.cells import to_cell

Piece = tuple[str, str]  # the cell's XML, and its JSON in the base

BLANK: Piece = ("", "null")
MAX_REMEMBERED = 256  # pieces of a column
# The class of nearly all values of a kind; no value of another class is ever looked up.
USUAL: dict[str, type] = {
    **dict.fromkeys(("text", "address", "moment"), str),
    **dict.fromkeys(("whole", "choice", "id"), int),
    "decimal": float,
    "yes/no": bool,
}


class ExportColumn:
    """Makes pieces; those of values that repeat are made once.

    `reference` is how the XML of a cell begins, `style` its attribute; `marked` is told the
    column's name and the reason of each marker.
    """

    def __init__(
        self, field: Field, reference: str, style: str, marked: Callable[[str, str], None]
    ) -> None:
        self.longest = longest_kept(field)
        self.usual = USUAL.get(field.kind.name)
        self.remembered: dict[Value, Piece] = {}
        self._lists: dict[str, Piece] = {}
        self._begin = reference + style
        self._name = field.name
        self._marked = marked
        self._make = partial(to_cell, field)

    def cell(self, value: Value) -> Cell:
        """Return the cell that shows `value`."""
        return None if value is None else self._make(value)[0]

    def piece(self, value: Value) -> Piece:
        """Return the piece of a value that is not remembered, and remember it."""
        if value.__class__ is list:  # cannot be a key: its text is
            return self._piece_of_list(value) if value else BLANK
        return self._new(value, value, self.remembered if value.__class__ is self.usual else None)

    def _piece_of_list(self, value: list[Value]) -> Piece:
        text = repr(value)
        return self._lists.get(text) or self._new(value, text, self._lists)

    def _new(self, value: Value, key: Value, remembered: dict[Value, Piece] | None) -> Piece:
        cell, reason = self._make(value)
        if cell is None:
            return BLANK
        piece = (cell_xml(self._begin, cell), packed_cell(cell, self.longest))
        if reason is not None:
            self._marked(self._name, reason)
        elif remembered is not None and len(remembered) < MAX_REMEMBERED:
            remembered[key] = piece
        return piece
