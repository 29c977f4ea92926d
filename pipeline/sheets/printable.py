"""Texts of the account on pages that are only read: shortened or altered rather than refused."""

from __future__ import annotations

import unicodedata
from math import ceil

from pipeline.sheets.cells import CHAINED_CODES, MAX_CELL_TEXT, UNWRITABLE


def printable(text: str) -> str:
    """Return `text` as a cell holds it: what no cell can hold is replaced, the length cut."""
    safe = CHAINED_CODES.sub("…", UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text))
    # XlsxWriter takes a text from <r> to </r> for markup of its own.
    return (
        f" {safe}"[: MAX_CELL_TEXT // 2] if safe.startswith("<r>") else safe[: MAX_CELL_TEXT // 2]
    )


def lines_of(text: str, width: int) -> int:
    """Return how many lines a wrapped text takes at most in a column of `width` characters.

    Not every program fits the height of a row to wrapped text by itself.
    """
    halves = sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
    # A line ends where a word ends: some of each line stays free.
    return max(ceil(halves * 1.05 / width), 1) if halves > width else 1
