"""One cell of an OpenDocument spreadsheet: its value, read from attributes and paragraphs."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from pipeline.schema import Cell
from pipeline.sheets.hazards import ErrorCell, Uncalculated

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
EXTRA = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
VALUE_TYPE, FORMULA = OFFICE + "value-type", TABLE + "formula"
ERROR_TYPE = EXTRA + "value-type"
NUMBERS = {"float", "percentage", "currency"}
# Programs that do not name errors as LibreOffice does write them as what a formula shows.
SHOWN_ERROR = re.compile(r"#(?:N/A|DIV/0!|NAME\?|NULL!|NUM!|REF!|VALUE!)|Err:\d{3}")
DURATION = re.compile(r"(-?)P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?")
BLANKS = re.compile(r"[ \t\r\n]+")
MIDNIGHT = datetime(1900, 1, 1)  # noqa: DTZ001 - a cell has no time zone
COUNTED_BLANK, TAB, BREAK, PARAGRAPH = "\0", "\1", "\2", "\3"  # no XML holds these characters


@dataclass
class DocumentCell:
    """One cell while it is read."""

    attributes: Mapping[str, str]
    covered: bool
    pieces: list[str] = field(default_factory=list)
    length: int = 0


def count_of(text: str | None, most: int) -> int:
    """Read how often something stands there; nonsense means once."""
    if text is None or not text.isdecimal():
        return 1
    return min(int(text[: len(str(most)) + 1]), most + 1) if text.strip("0") else 1


def value_of(cell: DocumentCell) -> Cell:
    attributes = cell.attributes
    kind = attributes.get(VALUE_TYPE)
    formula = attributes.get(FORMULA)
    if kind is None and formula is None:
        return _text(cell) or None
    shown = _text(cell)
    if attributes.get(ERROR_TYPE) == "error" or (
        formula is not None and SHOWN_ERROR.fullmatch(shown)
    ):
        return ErrorCell(shown or "#N/A")
    if kind is None:
        return None if cell.pieces else Uncalculated(_formula(formula or ""))
    return _typed(kind, attributes, formula, shown)


def _typed(kind: str, attributes: Mapping[str, str], formula: str | None, shown: str) -> Cell:
    """Read a value by its type; one that does not fit it is what the cell shows."""
    if kind in {"boolean", "date", "time"} | NUMBERS:
        try:
            return _scalar(kind, attributes, formula)
        except (KeyError, ValueError, OverflowError):
            return shown or None
    return attributes.get(OFFICE + "string-value", shown) or None


def _scalar(kind: str, attributes: Mapping[str, str], formula: str | None) -> Cell:
    """Read a value that is no text. Raises KeyError, ValueError or OverflowError."""
    if kind == "boolean":
        return attributes[OFFICE + "boolean-value"] == "true"
    if kind == "date":
        return _moment(attributes[OFFICE + "date-value"])
    if kind == "time":
        return _span(attributes[OFFICE + "time-value"])
    number = float(attributes[OFFICE + "value"])
    if not math.isfinite(number):
        raise ValueError(number)
    # LibreOffice writes what it reads as yes or no from an .xlsx as a formula.
    return {"of:=TRUE()": True, "of:=FALSE()": False}.get(formula or "", number)


def _moment(text: str) -> date | datetime:
    found = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
    return found if "T" in text else found.date()


def _span(text: str) -> time | timedelta:
    found = DURATION.fullmatch(text)
    if found is None:
        raise ValueError(text)
    days, hours, minutes = (int(part or 0) for part in found.groups()[1:4])
    span = timedelta(days=days, hours=hours, minutes=minutes, seconds=float(found[5] or 0))
    if found[1]:
        return -span
    return (MIDNIGHT + span).time() if span < timedelta(1) else span


def _formula(text: str) -> str:
    """Take off the name of the formula's language: of:=A1 is =A1."""
    return "=" + text.partition("=")[2]


def _text(cell: DocumentCell) -> str:
    """Join a cell's paragraphs; blanks within are one, unless they are counted."""
    return "\n".join(map(_paragraph, "".join(cell.pieces).split(PARAGRAPH)[1:]))


def _paragraph(text: str) -> str:
    plain = BLANKS.sub(" ", text).removeprefix(" ")
    return plain.replace(COUNTED_BLANK, " ").replace(TAB, "\t").replace(BREAK, "\n")
