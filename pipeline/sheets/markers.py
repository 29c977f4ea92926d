"""The two texts in angle brackets that mean something to the program instead of themselves."""

from __future__ import annotations

from pipeline.schema import Cell

CLEAR = "<clear>"
KEPT = "<kept as it is"


def is_clear(cell: Cell) -> bool:
    """Whether the cell asks for its field to be emptied."""
    return isinstance(cell, str) and cell.strip().lower() == CLEAR


def is_kept(cell: Cell) -> bool:
    """Whether the cell stands for a stored value that no cell could hold: it is left as it is."""
    return isinstance(cell, str) and cell.lstrip().lower().startswith(KEPT)


def kept(reason: str) -> str:
    """Make the text that stands for a value, with the reason why the value itself does not."""
    return f"{KEPT}: {reason}>"
