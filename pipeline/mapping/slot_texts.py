"""Opening times as people and programs write them, into time slots.

`Mon-Fri 9am-5pm`, `daily 08.00-20.00`, `24/7`, `9-12, 13-17 Mon & Wed`, a cell for each weekday, or
JSON. What can be read in two ways is not read at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pipeline.kinds import DAYS, WEEK, read_clock, read_day, slot
from pipeline.schema import STRANGE, Unreadable

ALL_DAYS, WORKDAYS, WEEKEND = WEEK, WEEK[:5], WEEK[5:]
MONDAY_IS_1 = 1
WHOLE_DAY = ("00:00", "23:59")  # the service's own end of a day
NOON = 12
NIGHT = 7  # 1-5 without am or pm may be the afternoon: hours before this one are not guessed
LETTERS = {"m": 1, "w": 3, "f": 5}  # of days that no other day begins with

TOKEN = re.compile(
    r"""\s*(?:
      (?P<always>24\s*[/x-]\s*7\b|always\b|around\ the\ clock\b)
    | (?P<whole>24\s*(?:hours|hrs|hr|h)\b|all\ day\b)
    | (?P<every>daily\b|every\s*day\b|each\ day\b|all\ week\b|7\ days(?:\ (?:a|per)\ week)?\b)
    | (?P<workdays>week\s?days?\b|working\ days\b|work\s?days\b|business\ days\b)
    | (?P<weekend>week-?ends?\b)
    | (?P<closed>closed\b|shut\b|not\ available\b|unavailable\b)
    | (?P<clock>noon\b|midday\b|midnight\b)
    | (?P<to>-|to\b|until\b|till\b|through\b|thru\b)
    | (?P<mark>and\b|[,;&+/|\n:()]|from\b|open\b|hours\b|between\b)
    | (?P<time>(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d\d)(?::00)?)?(?!\d)
        \s*(?P<half>[ap]\.?m\b\.?)?(?:\s*h\b)?)
    | (?P<digits>\d{4})(?!\d)(?:\s*h\b)?
    | (?P<day>[a-z]+)\.?
    )""",
    re.VERBOSE,
)
NUMBERED = re.compile(r"(?P<before>^|[;\n])\s*(?P<first>\d)(?:\s*-\s*(?P<last>\d))?\s+(?=\d+[:.h])")


class _Time(NamedTuple):
    """A time of day as it is written; `half` is a or p, "" where it is not said."""

    hour: int
    minute: int
    half: str
    is_24: bool  # written as a 24-hour clock does: 09:00, 17:00, 0900

    @property
    def text(self) -> str:
        """The time on a 24-hour clock."""
        hour = self.hour
        if self.half:
            if not 1 <= hour <= NOON:
                raise Unreadable("not_a_time", time=f"{hour}{self.half}m")
            hour = hour % NOON + (NOON if self.half == "p" else 0)
        return f"{hour:02}:{self.minute:02}"


@dataclass
class _Group:
    """Days and the times that hold for all of them."""

    days: list[int] = field(default_factory=list)
    times: list[tuple[str, str]] = field(default_factory=list)
    is_closed: bool = False
    is_whole: bool = False  # closed stood behind its days: what follows is another group


def read_times(text: str, monday: int | None = None) -> list[dict[str, Any]]:
    """Read opening times; `monday` is the number that the source gives that day.

    Times without days hold on every day. Raises Unreadable for what cannot be read, and for times
    that leave nothing open: no slots would mean always.
    """
    text = re.sub("[\u2010-\u2015\u2212]", "-", text.replace("\xa0", " ")).strip()
    if text[:1] in {"[", "{"}:
        slots = list(_of_json(text, monday))
    else:
        slots = list(_of_groups(text, _Reader(_named_days(text, monday)).read()))
    if not slots:
        raise Unreadable("never_open")
    return slots


def read_day_times(cells: Mapping[int, str]) -> list[dict[str, Any]]:
    """Read a text of times for each day (0 = Sunday); a day without a text is closed."""
    slots = []
    for day, text in cells.items():
        try:
            slots += [slot(day, each["FromTime"], each["ToTime"]) for each in _one_day(text)]
        except Unreadable as verdict:
            if verdict.code != "never_open":
                raise
    if not slots:
        raise Unreadable("never_open")
    return slots


def day_of_header(text: str) -> int | None:
    """Return the day that a column's header names: `Mon`, `Tuesday hours`; None for no day."""
    found = set()
    for word in re.findall(r"[^\W\d_]{3,}", text):
        try:
            found.add(read_day(word.removesuffix("s")))
        except Unreadable:
            continue
    return found.pop() if len(found) == 1 else None


def _one_day(text: str) -> list[dict[str, Any]]:
    slots = read_times(text)
    return [each for each in slots if each["DayOfWeek"] == slots[0]["DayOfWeek"]]


def _of_groups(text: str, groups: Iterable[_Group]) -> Iterator[dict[str, Any]]:
    for group in groups:
        if bool(group.times) == group.is_closed:
            raise Unreadable("not_slots", part=text)
        for day in dict.fromkeys(group.days or ALL_DAYS):
            for start, end in group.times:
                yield slot(day, read_clock(start), read_clock(end))


class _Reader:
    """Reads a text token by token; what it has of days and times stands in groups."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._groups = [_Group()]
        self._start: _Time | None = None
        self._to = False
        self._days_first: bool | None = None

    def read(self) -> list[_Group]:
        """Return the groups. Raises Unreadable."""
        at, text = 0, self._text.lower()
        while at < len(text):
            match = TOKEN.match(text, at)
            if not match or match.end() == at:
                self._refuse()
            assert match is not None
            self._take(match)
            at = match.end() + len(text[match.end() :]) - len(text[match.end() :].lstrip(" \t\r"))
        if self._start or self._to:
            self._refuse()
        return self._groups

    def _refuse(self) -> None:
        raise Unreadable("not_slots", part=self._text)

    @property
    def _group(self) -> _Group:
        return self._groups[-1]

    def _take(self, match: re.Match[str]) -> None:
        kind = match.lastgroup or ""
        if kind in DAY_SETS:
            self._days(DAY_SETS[kind])
        elif kind in {"always", "whole"}:
            self._hours(*WHOLE_DAY)
        elif kind == "closed":
            self._close()
        elif kind == "day":
            self._day(match["day"])
        elif kind in {"to", "mark"}:
            self._join(is_to=kind == "to", mark=match[0].strip())
        else:
            self._time(_time(match))

    def _join(self, *, is_to: bool, mark: str) -> None:
        if self._to and (is_to or mark != ":"):
            self._refuse()
        self._to = self._to or is_to

    def _day(self, word: str) -> None:
        day = LETTERS[word] if word in LETTERS else read_day(word.removesuffix("s") or word)
        if not self._to:
            self._days((day,))
            return
        self._to = False
        group = self._group
        if not group.days or self._start:
            self._refuse()
        first = WEEK.index(group.days[-1])
        count = (WEEK.index(day) - first) % len(WEEK)
        group.days += [WEEK[(first + step) % len(WEEK)] for step in range(1, count + 1)]

    def _days(self, days: Iterable[int]) -> None:
        if self._start or self._to:
            self._refuse()
        if self._days_first is None:
            self._days_first = not self._group.times
        if self._group.is_whole or (self._days_first and self._group.times):
            self._groups.append(_Group())
        self._group.days += days

    def _close(self) -> None:
        if self._group.times:
            self._groups.append(_Group())
        self._group.is_closed = True
        self._group.is_whole = bool(self._group.days)

    def _time(self, time: _Time) -> None:
        if self._start is None:
            if self._to:
                self._refuse()
            self._start = time
            return
        if not self._to:
            self._refuse()
        start, end = _span(self._start, time, self._text)
        self._start, self._to = None, False
        self._hours(start, end)

    def _hours(self, start: str, end: str) -> None:
        if self._days_first is None:
            self._days_first = bool(self._group.days)
        if not self._days_first and self._group.days:
            self._groups.append(_Group())
        self._group.times.append((start, end))


DAY_SETS = {"every": ALL_DAYS, "workdays": WORKDAYS, "weekend": WEEKEND}


def _time(match: re.Match[str]) -> _Time:
    if match["clock"]:
        return _Time(0 if match["clock"] == "midnight" else NOON, 0, "", is_24=True)
    if digits := match["digits"]:
        return _Time(int(digits[:2]), int(digits[2:]), "", is_24=True)
    hour = match["hour"]
    is_24 = int(hour) > NOON or hour.startswith("0")
    return _Time(int(hour), int(match["minute"] or 0), (match["half"] or "")[:1], is_24)


def _span(start: _Time, end: _Time, text: str) -> tuple[str, str]:
    """Settle the halves of the day of two times; a day ends at 23:59."""
    if end.half and not start.half and not start.is_24:
        start = start._replace(half=end.half)
        if start.text >= end.text:
            start = start._replace(half="a")
    elif start.half and not end.half and not end.is_24:
        if end.hour % NOON > start.hour % NOON:  # 8am-10: in the morning or at night?
            raise Unreadable("not_slots", part=text)
        end = end._replace(half="p" if start.half == "a" else "a")
    elif not (start.half or end.half or start.is_24 or end.is_24):
        start, end = _office_hours(start, end, text)
    closing = end.text
    return start.text, WHOLE_DAY[1] if closing in {"00:00", "24:00"} else closing


def _office_hours(start: _Time, end: _Time, text: str) -> tuple[_Time, _Time]:
    """Read 9-5 as people mean it, and refuse what may be day or night."""
    if end.hour <= start.hour and end.hour < NOON:
        return start, end._replace(hour=end.hour + NOON)
    if start.hour < NIGHT:
        raise Unreadable("not_slots", part=text)
    return start, end


def _named_days(text: str, monday: int | None) -> str:
    """Replace days given by numbers, such as `1-5 09:00-18:00`, by their names."""

    def name(match: re.Match[str]) -> str:
        numbers = [each for each in (match["first"], match["last"]) if each]
        days = "-".join(DAYS[_numbered(int(each), monday)] for each in numbers)
        return f"{match['before']}{days} "

    return NUMBERED.sub(name, text)


def _numbered(number: int, monday: int | None) -> int:
    """Turn a source's number of a day into ours, 0 = Sunday; 7 may be Sunday where Monday is 1."""
    first = MONDAY_IS_1 if monday is None else monday
    least, most = (0 if first <= MONDAY_IS_1 else 1), (7 if first else 6)
    if not least <= number <= most:
        raise Unreadable("not_a_day", day=str(number))
    return (number - first + 1) % len(WEEK)


def _of_json(text: str, monday: int | None) -> Iterator[dict[str, Any]]:
    """Read a list such as `[{"from": "09:00", "to": "18:00", "weekdays": [1, 2]}]`.

    No weekdays are all of them, says Cobot, whose form this is.
    """
    try:
        found = json.loads(text.replace("'", '"'))  # a table program may have changed the quotes
        for each in [found] if isinstance(found, dict) else found:
            days = [_numbered(int(day), monday) for day in each.get("weekdays") or ()]
            start, end = str(each["from"]), str(each["to"])
            closing = WHOLE_DAY[1] if end[:5] in {"24:00", "00:00"} else end
            for day in days or ALL_DAYS:
                yield slot(day, read_clock(start), read_clock(closing))
    except Unreadable:
        raise
    except STRANGE as error:
        raise Unreadable("not_slots", part=text) from error
