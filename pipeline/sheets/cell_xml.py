"""A cell as a worksheet's XML, to the letter as XlsxWriter writes it, in a tenth of its time."""

from __future__ import annotations

import re
from datetime import datetime

from pipeline.schema import Cell

# Excel's day 1; it counts a 29 February 1900, so that all days after are one further.
EPOCH = datetime(1899, 12, 31)  # noqa: DTZ001 - a cell has no time zone
DAY_SECONDS = 86_400
CODED = re.compile("[\x00-\x08\x0b-\x1f]|_x")
CODE = re.compile("(_x[0-9a-fA-F]{4}_)")
CONTROL = re.compile("[\x00-\x08\x0b-\x1f]")


def cell_xml(begin: str, cell: Cell) -> str:
    """Write a cell; `begin` is its XML as far as its reference and its style.

    The cell is a text, a number or a date from March 1900 on, and a workbook can hold it.
    """
    if isinstance(cell, str):
        text = text_xml(cell)
        keep = ' xml:space="preserve"' if text[:1].isspace() or text[-1:].isspace() else ""
        return f'{begin} t="inlineStr"><is><t{keep}>{text}</t></is></c>'
    number = serial(cell) if isinstance(cell, datetime) else cell
    return f"{begin}><v>{number:.16G}</v></c>"


def text_xml(text: str) -> str:
    """Escape a text as Excel does: a control character, and what looks like its code, by a code."""
    if CODED.search(text):
        text = CODE.sub(r"_x005F\1", text)
        text = CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def serial(moment: datetime) -> float:
    """Return the number of a date from March 1900 on: days, and the fraction of the last."""
    passed = moment - EPOCH
    return passed.days + (passed.seconds + passed.microseconds / 1e6) / DAY_SECONDS + 1
