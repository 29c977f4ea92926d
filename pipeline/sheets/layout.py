"""How a sheet of records looks and what it offers: colours, widths, notes, folded columns.

Everything is set by column, before the first row: a format by cell would cost time for every cell.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from pipeline.schema import Entity, Field, Group
from pipeline.sheets import guide
from pipeline.sheets.validation import NUMBERS, validation

PROGRAM = "nexudus-bulk"
LAST_ROW = 1_048_575  # counted from 0, Excel's specification
MOST_FROZEN = 6  # columns; more would leave no room for the others
FOOTER = "&L&A&RPage &P of &N"  # the sheet's name, and which page it is
A4 = 9  # Excel's number of the paper
TEXT_FORMAT = "@"
HEADER_HEIGHT = 27  # points
NOTE_WIDTH, NOTE_LINE_HEIGHT, NOTE_LINE_LENGTH = 330, 16, 50  # pixels, pixels, characters
REQUIRED_EDGE = "FFC000"
GROUP_EDGE = "D0D0D0"


@dataclass(frozen=True)
class Look:
    """How the column of a kind looks; `width` in characters."""

    width: int
    number_format: str


LOOKS = {
    "text": Look(24, TEXT_FORMAT),
    "address": Look(36, TEXT_FORMAT),
    "id": Look(12, TEXT_FORMAT),
    "ids": Look(24, TEXT_FORMAT),
    "time slots": Look(36, TEXT_FORMAT),
    "choice": Look(16, "General"),
    "yes/no": Look(8, "General"),
    "whole": Look(10, "0"),
    "decimal": Look(10, "General"),
    "moment": Look(20, "yyyy-mm-dd hh:mm:ss"),
}


def blend(colour: str, other: str, share: float) -> str:
    """Mix `share` (0 to 1) of `other` into `colour`; both are RGB in hexadecimal."""
    pairs = ((int(colour[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (0, 2, 4))
    return "".join(f"{round(mine + (its - mine) * share):02X}" for mine, its in pairs)


def header_format(book: Workbook, group: Group, *, required: bool) -> Format:
    """Make the style of a column's name: dark with a yellow edge if required, else pale."""
    shared = {"valign": "vcenter", "indent": 1, "right": 1, "right_color": "FFFFFF"}
    if required:
        return book.add_format(
            {
                **shared,
                "bold": True,
                "font_color": "FFFFFF",
                "bg_color": blend(group.colour, "000000", 0.15),
                "bottom": 5,
                "bottom_color": REQUIRED_EDGE,
            }
        )
    return book.add_format(
        {
            **shared,
            "font_color": blend(group.colour, "000000", 0.45),
            "bg_color": blend(group.colour, "FFFFFF", 0.78),
            "bottom": 2,
            "bottom_color": group.colour,
        }
    )


def lay_out(
    book: Workbook,
    sheet: Worksheet,
    entity: Entity,
    fields: Sequence[Field],
    lists: Mapping[str, str],
) -> None:
    """Set up the sheet and write its header; `lists` holds the defined name of each drop-down."""
    _set_columns(book, sheet, fields)
    _write_header(book, sheet, entity, fields)
    for column, field in enumerate(fields):
        if rules := validation(field, lists.get(field.name)):
            sheet.data_validation(1, column, LAST_ROW, column, rules)
    names = [each.name for each in fields[:MOST_FROZEN]]
    frozen = max((names.index(key) for key in entity.key if key in names), default=0) + 1
    sheet.freeze_panes(1, frozen)
    sheet.autofilter(0, 0, 0, len(fields) - 1)
    # Ids and texts of digits are meant to be texts: no green corner in every cell.
    sheet.ignore_errors(
        {"number_stored_as_text": f"A2:{xl_col_to_name(len(fields) - 1)}{LAST_ROW + 1}"}
    )
    _set_print(sheet, frozen)


def _set_columns(book: Workbook, sheet: Worksheet, fields: Sequence[Field]) -> None:
    formats: dict[tuple[str, bool], Format] = {}
    before: Field | None = None
    for column, field in enumerate(fields):
        look = LOOKS[field.kind.name]
        first = before is not None and before.group != field.group
        style = (field.kind.name, first)
        if style not in formats:
            edge = {"left": 1, "left_color": GROUP_EDGE} if first else {}
            side = {} if field.kind.name in NUMBERS else {"align": "left", "indent": 1}
            formats[style] = book.add_format({"num_format": look.number_format, **edge, **side})
        # The arrow of the filter takes the room of about three characters.
        width = max(look.width, round(len(field.name) * 1.05) + 5)
        sheet.set_column(column, column, width, formats[style], _folding(field, before))
        before = field
    if before is not None and before.group.rare:
        sheet.set_column(len(fields), len(fields), None, None, {"collapsed": True})


def _folding(field: Field, before: Field | None) -> dict[str, Any]:
    if field.group.rare:
        return {"level": 1, "hidden": True}
    return {"collapsed": True} if before is not None and before.group.rare else {}


def _write_header(
    book: Workbook, sheet: Worksheet, entity: Entity, fields: Sequence[Field]
) -> None:
    sheet.set_row(0, HEADER_HEIGHT)
    sheet.set_comments_author(PROGRAM)
    formats: dict[tuple[Group, bool], Format] = {}
    for column, field in enumerate(fields):
        style = (field.group, field.required)
        if style not in formats:
            formats[style] = header_format(book, field.group, required=field.required)
        sheet.write_string(0, column, field.name, formats[style])
        text = guide.note(entity, field)
        sheet.write_comment(0, column, text, _note_look(text))


def _note_look(text: str) -> dict[str, Any]:
    lines = sum(len(textwrap.wrap(line, NOTE_LINE_LENGTH)) for line in text.splitlines())
    return {
        "font_name": "Calibri",
        "font_size": 9,
        "color": "#FFFBE6",
        "width": NOTE_WIDTH,
        "height": (lines + 1) * NOTE_LINE_HEIGHT,
    }


def fit_on_paper(sheet: Worksheet, *, upright: bool = False) -> None:
    """Let a page to be read come out one sheet of paper wide, without grid lines."""
    sheet.hide_gridlines(2)
    (sheet.set_portrait if upright else sheet.set_landscape)()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    side = 0.4 if upright else 0.5  # inches
    sheet.set_margins(left=side, right=side, top=0.5, bottom=0.6)
    sheet.set_footer(FOOTER)


def _set_print(sheet: Worksheet, frozen: int) -> None:
    # A hundred columns need many pages: the frozen ones stand on each, across before down.
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_print_scale(60)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.repeat_rows(0)
    sheet.repeat_columns(0, frozen - 1)
    sheet.print_across()
    sheet.set_footer(FOOTER)
