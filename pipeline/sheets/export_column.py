"""A column of an exported workbook: what is written of each value, on its sheet and in the base."""

from __future__ import annotations

from pipeline.schema import Cell, Field, Value
from pipeline.sheets.base import longest_kept, packed_cell
from pipeline.sheets.cell_xml import cell_xml
from pipeline.sheets.cells import cell_maker

Piece = tuple[str, str, str | None]  # XML behind the reference, JSON of the base, why a marker

BLANK: Piece = ("", "null", None)
MAX_REMEMBERED = 256  # pieces of a column
# The class of nearly all values of a kind; a value of another equals none of them by chance.
USUAL: dict[str, type] = {
    **dict.fromkeys(("text", "address", "moment"), str),
    **dict.fromkeys(("whole", "choice", "id"), int),
    "decimal": float,
    "yes/no": bool,
}


class ExportColumn:
    """Makes pieces; those of values that repeat are made once."""

    def __init__(self, field: Field, key: str, style: str) -> None:
        self.key = key
        self.name = field.name
        self.longest = longest_kept(field)
        self.usual = USUAL.get(field.kind.name)
        self.remembered: dict[Value, Piece] = {}
        self._lists: dict[str, Piece] = {}
        self._style = style
        self._make = cell_maker(field)

    def cell(self, value: Value) -> Cell:
        """Return the cell that shows `value`."""
        return self._make(value)[0]

    def piece(self, value: Value) -> Piece:
        """Return the piece of a value that is not remembered as it is."""
        if value.__class__ is list:  # cannot be a key: its text is
            return self._piece_of_list(value) if value else BLANK
        piece = self._new(value)
        if value.__class__ is self.usual and len(self.remembered) < MAX_REMEMBERED:
            self.remembered[value] = piece
        return piece

    def _piece_of_list(self, value: list[Value]) -> Piece:
        text = repr(value)
        piece = self._lists.get(text)
        if piece is None:
            piece = self._new(value)
            if len(self._lists) < MAX_REMEMBERED:
                self._lists[text] = piece
        return piece

    def _new(self, value: Value) -> Piece:
        cell, reason = self._make(value)
        if cell is None:
            return BLANK
        return cell_xml(self._style, cell), packed_cell(cell, self.longest), reason
