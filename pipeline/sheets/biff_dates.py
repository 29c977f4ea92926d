"""Days since 1900 or 1904 as dates and times, where a format shows them so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from pipeline.schema import Cell

DATES = {*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)}  # built-in formats
DURATIONS = {46}
LAST_DAY = 2_958_466  # the day after 31 December 9999
FEIGNED_DAY = 60  # 29 February 1900, which only Excel knows
DAY_MILLISECONDS = 86_400_000
EPOCH_1904 = 1462  # days between the two date systems


def date_styles(styles: Sequence[int], formats: Mapping[int, str]) -> dict[int, bool]:
    """Map the styles that show dates to whether they show a duration.

    `styles` are the numbers of their formats, `formats` those that are not built in.
    """
    # openpyxl takes a quarter of a second to load
    from openpyxl.styles.numbers import is_date_format, is_timedelta_format  # noqa: PLC0415

    found: dict[int, bool] = {}
    for style, number in enumerate(styles):
        text = formats.get(number)
        if text is None:
            if number in DATES:
                found[style] = number in DURATIONS
        elif is_date_format(text):
            found[style] = bool(is_timedelta_format(text))
    return found


def moment(number: float, *, is_1904: bool, is_duration: bool) -> Cell:
    """Turn a number of days into a date, a time or both; what lies outside the calendar stays."""
    if not 0 <= number < LAST_DAY - (EPOCH_1904 if is_1904 else 0):
        return number
    span = timedelta(milliseconds=round(number * DAY_MILLISECONDS))
    if is_duration:
        return span
    if number < 1:
        return (datetime(1900, 1, 1) + span).time() if span < timedelta(1) else time()  # noqa: DTZ001 - no zone
    if is_1904:
        start = datetime(1904, 1, 1)  # noqa: DTZ001 - a cell has no time zone
    else:
        start = datetime(1899, 12, 31 if number < FEIGNED_DAY else 30)  # noqa: DTZ001 - as above
    found = start + span
    return date(found.year, found.month, found.day) if number.is_integer() else found
