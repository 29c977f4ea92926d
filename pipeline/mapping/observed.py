"""A column of a foreign file as it is seen: its header, and what its cells say how often."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.problems import plain_text
from pipeline.schema import Cell
from pipeline.sheets.read import ErrorCell, Uncalculated


@dataclass(frozen=True)
class Observed:
    """A column: `cells` leads from each distinct text to a cell that says it, `counts` to its rows.

    `letter` is the column's place as Excel names it.
    """

    text: str
    letter: str
    cells: Mapping[str, Cell]
    counts: Mapping[str, int]
    blanks: int

    @property
    def filled(self) -> int:
        """How many cells are filled."""
        return sum(self.counts.values())

    def samples(self, count: int) -> list[str]:
        """Return the first distinct texts."""
        return list(self.counts)[:count]


def observe(text: str, letter: str, cells: Iterable[Cell]) -> Observed:
    """Look at a column's cells, in the order of its rows; broken cells count as blank."""
    seen: dict[str, Cell] = {}
    counts: dict[str, int] = {}
    blanks = 0
    for cell in cells:
        if cell is None or isinstance(cell, ErrorCell | Uncalculated):
            blanks += 1
            continue
        words = text_of(cell)
        seen.setdefault(words, cell)
        counts[words] = counts.get(words, 0) + 1
    return Observed(text, letter, seen, counts, blanks)


def text_of(cell: Cell) -> str:
    """Write a cell as its user sees it, without blanks around."""
    return str(cell).upper() if isinstance(cell, bool) else plain_text(cell).strip()
