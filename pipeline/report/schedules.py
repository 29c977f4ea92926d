"""Which command is to run when, as every system's entry needs it. Nothing is run here."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from pipeline.errors import UsageError
from pipeline.kinds import read_day
from pipeline.problems import quoted
from pipeline.schema import Unreadable

SAFE_DAYS = 28  # days that every month has
WORKDAYS = (1, 2, 3, 4, 5)
CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")  # no entry can carry them


@dataclass(frozen=True)
class When:
    """A time of day, on some days of the week (0 = Sunday) or one of the month, or every day."""

    hour: int
    minute: int
    days: tuple[int, ...] = ()
    day_of_month: int | None = None

    def __str__(self) -> str:
        return f"{self.hour:02}:{self.minute:02}"


@dataclass(frozen=True)
class Job:
    """What is to be run, when and where.

    `words` are the command, beginning with an absolute path; `credentials` is the file from which
    cron and systemd take the environment; `starts` is the first time, local.
    """

    title: str
    words: tuple[str, ...]
    folder: str
    credentials: str
    when: When
    starts: datetime

    @property
    def name(self) -> str:
        """The title as every system takes it for the name of a file, a unit or a task."""
        plain = unicodedata.normalize("NFKD", self.title).encode("ascii", "ignore").decode().lower()
        return re.sub(r"[^a-z0-9]+", "-", f"nexudus-bulk-{plain}").strip("-")

    @property
    def log(self) -> str:
        """The file into which cron writes what the command says."""
        return f"{self.folder.rstrip('/')}/{self.name}.log"


def read_when(at: str, every: str, day: int | None) -> When:
    """Read `--at 02:30 --every mon,thu`. Raises UsageError."""
    clock = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", at.strip())
    if clock is None:
        raise UsageError(f"--at: {quoted(at)} is not a time of day. Write 00:00 to 23:59.")
    hour, minute = int(clock[1]), int(clock[2])
    often = every.strip().lower()
    if often == "month":
        return When(hour, minute, day_of_month=_day_of_month(1 if day is None else day))
    if day is not None:
        raise UsageError("--day: it counts only with --every month. Leave it out, or write that.")
    return When(hour, minute, days=_days(often))


def _day_of_month(day: int) -> int:
    if 1 <= day <= SAFE_DAYS:
        return day
    raise UsageError(f"--day: '{day}' is not in every month. Write 1 to {SAFE_DAYS}.")


def _days(often: str) -> tuple[int, ...]:
    if often in {"day", "weekday"}:
        return WORKDAYS if often == "weekday" else ()
    try:
        return tuple(sorted({read_day(part) for part in often.split(",")}))
    except Unreadable:
        raise UsageError(
            f"--every: {quoted(often)} is not known. Write day, weekday, month, or days such as "
            "mon or mon,thu."
        ) from None


def refuse_control_characters(*texts: str) -> None:
    """Raise UsageError for a text that no entry can carry, such as one with a line break."""
    for text in texts:
        if CONTROL.search(text):
            raise UsageError(
                f"schedule: {quoted(text)} has a character that cannot stand in an entry, such as "
                "a line break. Use another name."
            )
