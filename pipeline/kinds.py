"""The kinds of value a field can hold, each with both directions: cell to value, value to cell.

A value is what JSON carries. What every kind shares (blanks, `<clear>`, broken cells) is settled
before a kind is asked.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Hashable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from pipeline.schema import Cell, Choice, Kind, Unreadable, Value

NUMBER_KINDS = {"whole", "decimal"}
LIST_KINDS = {"ids", "time slots"}  # of fields that rows of a listing do not carry
MAX_EXACT_NUMBER = 10**15  # a number cell of a workbook keeps 15 digits
MAX_WHOLE = 2**63 - 1  # the API's ids are 64-bit

WHOLE_TEXT = re.compile(r"[+-]?\d+(\.0*)?")
DECIMAL_TEXT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
# Digits in groups of three stand for thousands: 1.234 is 1234 where a comma begins the decimals.
THOUSANDS_TEXT = re.compile(r"[+-]?\d{1,3}(\.\d{3})+")
COMMA_TEXT = re.compile(r"([+-]?)(\d{1,3}(?:[.\s'\u2019]\d{3})+|\d*)(?:,(\d*))?")
# An address that needs no closer look; a bracket may be one that is never closed.
PLAIN_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(?:/[!-Z^-~]*)?")
YES_NO = {
    **dict.fromkeys(("true", "yes", "y", "1", "x"), True),
    **dict.fromkeys(("false", "no", "n", "0"), False),
}
DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
WEEK = (1, 2, 3, 4, 5, 6, 0)  # the order in which people read a week
SLOT_DATE = "1976-01-01"  # the date part of every slot time, vendor docs


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


# ---- text


def _read_text(cell: Cell) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if _is_number(cell):
        if abs(cell) >= MAX_EXACT_NUMBER:
            raise Unreadable("inexact_number")
        return str(int(cell)) if float(cell).is_integer() else repr(cell)
    raise Unreadable("date_in_text")


def _same_text(value: Value) -> Hashable:
    # Line breaks have two spellings, and an empty text reads as a blank cell.
    return str(value).replace("\r\n", "\n").replace("\r", "\n") if value else None


def _show_text(value: Value) -> Cell:
    return None if value is None else str(value)


TEXT = Kind("text", "text", _read_text, _show_text, _same_text)


def _read_address(cell: Cell) -> str:
    text = _read_text(cell).strip()
    if PLAIN_ADDRESS.fullmatch(text):
        return text
    try:
        parts = urlsplit(text)
    except ValueError:  # a bracket that is never closed, as in http://[x
        raise Unreadable("not_an_address") from None
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname or " " in text:
        raise Unreadable("not_an_address")
    return text


ADDRESS = Kind("address", "an http or https address", _read_address, _show_text, _same_text)


# ---- numbers


def with_point(text: str) -> str:
    """Write a number with a decimal comma, such as 1.234,5, with a point; other texts stay.

    Raises Unreadable for a number that has a point already, such as 12.5: nobody can tell whether
    it is a slip or a thousand.
    """
    trimmed = text.strip()
    found = COMMA_TEXT.fullmatch(trimmed)
    if found and (found[2] or found[3]):
        whole = re.sub(r"\D", "", found[2]) or "0"
        return f"{found[1]}{whole}.{found[3]}" if found[3] else f"{found[1]}{whole}"
    if DECIMAL_TEXT.fullmatch(trimmed):
        raise Unreadable("decimal_point", example=trimmed.replace(".", ","))
    return text


def _read_whole(cell: Cell) -> int:
    if isinstance(cell, str) and WHOLE_TEXT.fullmatch(cell.strip()):
        whole = int(cell.strip().partition(".")[0])
    elif _is_number(cell) and math.isfinite(cell) and float(cell).is_integer():
        if abs(cell) >= MAX_EXACT_NUMBER and isinstance(cell, float):
            raise Unreadable("inexact_number")
        whole = int(cell)
    else:
        if isinstance(cell, str) and THOUSANDS_TEXT.fullmatch(cell.strip()):
            raise Unreadable("thousands", example=cell.strip().replace(".", ""))
        raise Unreadable("not_whole", example=_whole_example(cell))
    if abs(whole) > MAX_WHOLE:
        raise Unreadable("too_long_number")
    return whole


def _whole_example(cell: Cell) -> int:
    try:
        return int(float(cell))
    except (TypeError, ValueError, OverflowError):
        return 12


def _show_whole(value: Value) -> Cell:
    """Give numbers past 15 digits as text: a number cell would round them."""
    if isinstance(value, int) and abs(value) >= MAX_EXACT_NUMBER:
        return str(value)
    return value


WHOLE = Kind("whole", "a whole number", _read_whole, _show_whole, lambda value: value)


def _read_decimal(cell: Cell) -> float | int:
    if (isinstance(cell, str) and DECIMAL_TEXT.fullmatch(cell.strip())) or _is_number(cell):
        number = float(cell)
    else:
        text = str(cell).strip()
        code = "decimal_comma" if re.fullmatch(r"[+-]?[\d.]*\d,\d+", text) else "not_decimal"
        raise Unreadable(code, example=text.replace(".", "").replace(",", "."))
    if not math.isfinite(number):
        raise Unreadable("not_decimal", example="12.5")
    return int(number) if number.is_integer() else number


def _same_decimal(value: Value) -> Hashable:
    return None if value is None else float(f"{float(value):.15g}")


DECIMAL = Kind("decimal", "a number", _read_decimal, lambda value: value, _same_decimal)


# ---- yes or no


def _read_flag(cell: Cell) -> bool:
    if isinstance(cell, bool):
        return cell
    text = str(int(cell)) if _is_number(cell) and cell in {0, 1} else str(cell)
    try:
        return YES_NO[text.strip().lower()]
    except KeyError:
        raise Unreadable("not_yes_no") from None


def _show_flag(value: Value) -> Cell:
    return None if value is None else ("Yes" if value else "No")


FLAG = Kind("yes/no", "Yes or No", _read_flag, _show_flag, bool, empty=False)


# ---- one of a list of choices


def plain(text: str) -> str:
    """Reduce a name to what counts when names are compared: letters and digits, in lower case."""
    return re.sub(r"[\W_]+", "", text).lower()


def choice(*names: tuple[int, str, *tuple[str, ...]]) -> Kind:
    """Make the kind of a field whose values are the numbers in `names`, shown by their names.

    What stands behind a name are its aliases: mappings know them, cells do not.
    """
    choices = tuple(Choice(number, name, tuple(aliases)) for number, name, *aliases in names)
    by_name = {plain(each.name): each.number for each in choices}
    by_number = {each.number: each.name for each in choices}

    def read(cell: Cell) -> int:
        if isinstance(cell, str) and plain(cell) in by_name:
            return by_name[plain(cell)]
        try:
            number = _read_whole(cell)
        except Unreadable:
            raise Unreadable("not_a_choice") from None
        if number not in by_number:
            raise Unreadable("not_a_choice")
        return number

    def show(value: Value) -> Cell:
        return None if value is None else by_number.get(value, value)

    return Kind("choice", "a choice", read, show, lambda value: value, choices=choices)


# ---- ids


def _read_id(cell: Cell) -> int | str:
    """Read a number, or keep the text: a name that is looked up in the account."""
    if isinstance(cell, str) and not WHOLE_TEXT.fullmatch(cell.strip()):
        return cell.strip()
    if isinstance(cell, bool | date | timedelta) or not isinstance(cell, str | int | float):
        raise Unreadable("not_an_id")
    number = _read_whole(cell)
    if number < 1:
        raise Unreadable("not_an_id")
    return number


ID = Kind("id", "an id or a name", _read_id, _show_whole, lambda value: value)


def _read_ids(cell: Cell) -> list[int | str]:
    if not isinstance(cell, str):
        return [number] if (number := _read_id(cell)) else []
    parts = (part.strip() for part in re.split(r"[;,\n\r]", cell))
    return list(dict.fromkeys(_read_id(part) for part in parts if part))


def _show_ids(value: Value) -> Cell:
    return ", ".join(str(each) for each in value or ()) or None


def _same_ids(value: Value) -> Hashable:
    return frozenset(value or ())


IDS = Kind("ids", "ids or names, separated by commas", _read_ids, _show_ids, _same_ids, empty=[])


# ---- moments


@lru_cache(maxsize=64)  # showing, reading back and comparing parse the same text
def parse_moment(text: str) -> datetime:
    """Read an ISO 8601 moment into UTC; without an offset it is UTC. Raises ValueError.

    The service writes seven fractional digits, Python reads six: the rest is dropped.
    """
    trimmed = re.sub(r"(\.\d{6})\d+", r"\1", text.strip())
    moment = datetime.fromisoformat(trimmed)
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text} leads out of the calendar") from error


def filter_text(moment: datetime) -> str:
    """Write a moment in UTC as a range filter wants it: cut to the minute, vendor docs."""
    return moment.replace(tzinfo=None).isoformat(timespec="minutes")


def _moment_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _read_moment(cell: Cell) -> str:
    if isinstance(cell, datetime):
        # A workbook's moment is a fraction of a day: settle the last digit before cutting.
        return _moment_text((cell + timedelta(microseconds=500)).replace(tzinfo=UTC))
    if isinstance(cell, date):
        return _moment_text(datetime(cell.year, cell.month, cell.day, tzinfo=UTC))
    if isinstance(cell, str) and re.match(r"\s*\d{4}-?\d\d-?\d\d", cell):
        try:
            return _moment_text(parse_moment(cell))
        except ValueError:
            pass
    raise Unreadable("not_a_moment")


def _show_moment(value: Value) -> Cell:
    """Give a date for a cell, zoneless and cut to the millisecond; other texts as they are."""
    try:
        moment = parse_moment(str(value)) if value else None
    except ValueError:
        return str(value)
    if moment is None:
        return None
    return moment.replace(tzinfo=None, microsecond=moment.microsecond // 1000 * 1000)


def _same_moment(value: Value) -> Hashable:
    try:
        return _moment_text(parse_moment(str(value))) if value else None
    except ValueError:
        return str(value)


MOMENT = Kind("moment", "a date and time (UTC)", _read_moment, _show_moment, _same_moment)


# ---- time slots

SLOT_PART = re.compile(
    r"(?P<days>[^\d]+?|\d(?:\s*-\s*\d)?)\s+"
    r"(?P<from>\d{1,2}[:.]\d\d(?:[:.]\d\d)?)\s*(?:-|–|to)\s*(?P<to>\d{1,2}[:.]\d\d(?:[:.]\d\d)?)",  # noqa: RUF001 - people type it
    re.IGNORECASE,
)


def read_day(text: str) -> int:
    """Read a day's name, its first letters (two or more) or its number (0 = Sunday) into 0 to 6."""
    wanted = text.strip().strip(".").lower()
    if wanted.isdigit() and int(wanted) < len(DAYS):
        return int(wanted)
    for number, name in enumerate(DAYS):
        if len(wanted) > 1 and name.lower().startswith(wanted):
            return number
    raise Unreadable("not_a_day", day=text.strip())


def read_clock(text: str) -> str:
    """Read `9:00`, `09.00` or `09:00:30` into the API's text for a time of day."""
    parts = [int(part) for part in re.split(r"[:.]", text.strip())]
    hour, minute, second = (*parts, 0)[:3] if len(parts) == 2 else parts  # noqa: PLR2004 - h:m
    if hour > 23 or minute > 59 or second > 59:  # noqa: PLR2004 - a clock's own limits
        raise Unreadable("not_a_time", time=text.strip())
    return f"{SLOT_DATE}T{hour:02}:{minute:02}:{second:02}Z"


def slot(day: int, start: str, end: str) -> dict[str, Any]:
    """Make one time slot as the API wants it."""
    return {"DayOfWeek": day, "FromTime": start, "ToTime": end}


def _days(text: str) -> list[int]:
    days: list[int] = []
    for part in re.split(r"[,&+/]|\band\b", text):
        first, dash, last = re.sub("[–—]", "-", part).partition("-")  # noqa: RUF001 - people type it
        start = WEEK.index(read_day(first))
        count = (WEEK.index(read_day(last)) - start) % len(WEEK) + 1 if dash else 1
        days += [WEEK[(start + step) % len(WEEK)] for step in range(count)]
    return days


def _read_slots(cell: Cell) -> list[dict[str, Any]]:
    if not isinstance(cell, str):
        raise Unreadable("not_slots", part=str(cell))
    slots = []
    for part in filter(None, (part.strip() for part in re.split(r"[;\n\r]", cell))):
        match = SLOT_PART.fullmatch(part)
        if not match:
            raise Unreadable("not_slots", part=part)
        start, end = read_clock(match["from"]), read_clock(match["to"])
        slots += [slot(day, start, end) for day in _days(match["days"])]
    return slots


def clock(text: str) -> str:
    """Cut `1976-01-01T09:00:00Z` to `09:00`; seconds stay when there are any."""
    return _clock(str(text))


@lru_cache(maxsize=2_048)  # a day has fewer minutes
def _clock(text: str) -> str:
    time = re.sub(r"\.\d+", "", text.partition("T")[2]).removesuffix("Z")[:8]
    return time.removesuffix(":00") if time.count(":") > 1 else time


def slot_key(each: dict[str, Any]) -> tuple[int, str, str]:
    """Reduce a slot to day, from and to: what makes two slots the same."""
    return int(each["DayOfWeek"]), clock(each["FromTime"]), clock(each["ToTime"])


def _show_days(days: Sequence[int]) -> str:
    runs: list[list[int]] = []
    for position in sorted(WEEK.index(day) for day in days):
        if runs and runs[-1][-1] == position - 1:
            runs[-1].append(position)
        else:
            runs.append([position])
    names = [DAYS[day][:3] for day in WEEK]
    return ",".join(
        names[run[0]] + (f"{'-' if len(run) > 2 else ','}{names[run[-1]]}" if len(run) > 1 else "")  # noqa: PLR2004 - two days are no span
        for run in runs
    )


def _show_slots(value: Value) -> Cell:
    days_of: dict[tuple[str, str], list[int]] = {}
    for day, start, end in sorted(map(slot_key, value or ()), key=lambda s: (s[1], s[2])):
        days_of.setdefault((start, end), []).append(day)
    return "; ".join(f"{_show_days(days)} {a}-{b}" for (a, b), days in days_of.items()) or None


def _same_slots(value: Value) -> Hashable:
    return tuple(sorted(map(slot_key, value or ())))


SLOTS = Kind(
    "time slots",
    "times such as Mon-Fri 09:00-18:00; Sat 10:00-14:00",
    _read_slots,
    _show_slots,
    _same_slots,
    empty=[],
)


def is_json(text: Value) -> bool:
    """Whether `text` can be read as JSON."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def named(kind: Kind, expects: str) -> Kind:
    """Return `kind` under other words, for the help of a single field."""
    return replace(kind, expects=expects)
