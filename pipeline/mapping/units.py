"""Lengths of time from one unit into another, exactly."""

from __future__ import annotations

import re
from fractions import Fraction

MINUTES = {"minutes": 1, "hours": 60, "days": 24 * 60, "weeks": 7 * 24 * 60}
WRITTEN = {  # as headers and cells write them; months have no length of their own
    "minutes": ("minutes", "minute", "mins", "min", "minuten"),
    "hours": ("hours", "hour", "hrs", "hr", "h", "stunden", "std"),
    "days": ("days", "day", "d", "tage"),
    "weeks": ("weeks", "week", "wks", "wk"),
    "months": ("months", "month", "mths", "mth"),
}
UNIT_OF = {word: name for name, words in WRITTEN.items() for word in words}
AMOUNT = re.compile(r"(?P<number>[+-]?\d+(?:\.\d+)?)\s*(?P<unit>[a-z]*)\.?", re.IGNORECASE)
CLOCK = re.compile(r"(?P<hours>\d+):(?P<minutes>[0-5]\d)(?::00)?")


def unit_of(text: str) -> str | None:
    """Return the unit that a text begins with, in the plural; None when it is no unit of time.

    The field table's units carry remarks: `days (says the API)`.
    """
    name = UNIT_OF.get(text.strip().split(" ")[0].strip(".").lower())
    return name if name in MINUTES else None


def convert(text: str, source: str, target: str) -> int | float | None:
    """Convert an amount from `source` into `target`; None when the text is no amount.

    An amount may name its unit itself (`90 min`), or be hours and minutes (`1:30`).
    """
    found = _minutes(text.strip(), source)
    if found is None:
        return None
    amount = found / MINUTES[target]
    return as_number(amount)


def as_number(amount: Fraction) -> int | float:
    """Return an amount as a cell holds it."""
    return amount.numerator if amount.denominator == 1 else float(amount)


def _minutes(text: str, source: str) -> Fraction | None:
    if match := CLOCK.fullmatch(text):
        return Fraction(int(match["hours"]) * 60 + int(match["minutes"]))
    match = AMOUNT.fullmatch(text)
    unit = unit_of(match["unit"]) if match and match["unit"] else source
    return Fraction(match["number"]) * MINUTES[unit] if match and unit else None
