"""A cell of a foreign file that its mapping could not read. The checks tell of it."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.problems import plain_text
from pipeline.schema import Cell, Unreadable


@dataclass(frozen=True)
class Unread:
    """A cell that a rule could not read: what it holds, and why as the catalogue words it."""

    cell: Cell
    code: str
    words: tuple[tuple[str, object], ...] = ()

    def __str__(self) -> str:
        return plain_text(self.cell)

    @property
    def verdict(self) -> Unreadable:
        """What a kind would have raised."""
        return Unreadable(self.code, **dict(self.words))
