"""The formats in which people write dates, found out from the dates."""

from __future__ import annotations

from datetime import datetime

from pipeline.kinds import MOMENT
from pipeline.mapping.observed import Observed
from pipeline.schema import Unreadable

DAYS = ("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y")
WORDS = ("%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%Y", "%d-%b-%y", "%Y/%m/%d")
CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p")


def formats(column: Observed) -> list[str]:
    """Return the formats in which every text of a column is a date."""
    texts = list(column.counts)
    return [
        day + clock
        for day in (*DAYS, *WORDS)
        for clock in CLOCKS
        if texts and all(_is_date(each, day + clock) for each in texts)
    ]


def are_moments(column: Observed) -> bool:
    """Whether the cells can stay as they are."""
    try:
        for cell in column.cells.values():
            MOMENT.read(cell)
    except Unreadable:
        return False
    return True


def _is_date(text: str, format_: str) -> bool:
    try:
        datetime.strptime(text, format_)  # noqa: DTZ007 - only whether it can be read counts
    except ValueError:
        return False
    return True
