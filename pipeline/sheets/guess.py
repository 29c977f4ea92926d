"""Where the header of a foreign sheet stands, whose names nobody has told us."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import islice

from pipeline.kinds import plain
from pipeline.schema import Cell
from pipeline.sheets.grid import HEADER_ROWS, known_in
from pipeline.sheets.matrix import is_filled

LEAST_KNOWN, LEAST_TEXTS = 2, 2
WIDE = 0.6  # of the widest row; titles and remarks above a table are narrower
BELOW = 5  # rows that are looked at for something under a header


def guess_header(rows: Sequence[Sequence[Cell]], known: Collection[str]) -> list[str] | None:
    """Return the texts of the row that is most like a header, None when there is none.

    The row with the most known names, from two on; else the first wide row of distinct texts that
    has something below it; else the first with two of them.
    """
    counts = [len(found) for found in known_in(rows, known)]
    best = max(counts, default=0)
    if best >= LEAST_KNOWN:
        return _texts(rows[counts.index(best)])
    head = list(islice(rows, HEADER_ROWS))
    widest = max((sum(map(is_filled, row)) for row in head), default=0)
    headers = [
        (number, texts)
        for number, row in enumerate(head)
        if len(texts := _texts(row)) >= LEAST_TEXTS and _has_below(rows, number)
    ]
    wide = (texts for _, texts in headers if len(texts) >= WIDE * widest)
    return next(wide, None) or next((texts for _, texts in headers), None)


def _texts(row: Sequence[Cell]) -> list[str]:
    """Return the texts of a row that could be one; nothing where some stands twice or is long."""
    texts = [cell for cell in row if isinstance(cell, str) and is_filled(cell)]
    distinct = {plain(each) for each in texts}
    return texts if len(distinct) > len(texts) // 2 else []


def _has_below(rows: Sequence[Sequence[Cell]], number: int) -> bool:
    places = [place for place, cell in enumerate(rows[number]) if is_filled(cell)]
    below = rows[number + 1 : number + 1 + BELOW]
    filled = {p for row in below for p in places if p < len(row) and is_filled(row[p])}
    return 2 * len(filled) >= len(places)
