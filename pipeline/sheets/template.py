"""Write a blank workbook to fill in; an export's workbook begins the same way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from xlsxwriter import Workbook

from pipeline.schema import Entity, Field
from pipeline.sheets.columns import template_fields
from pipeline.sheets.guide import lists_section
from pipeline.sheets.guide_page import write_guide
from pipeline.sheets.layout import PROGRAM, lay_out
from pipeline.sheets.lists import write_lists
from pipeline.sheets.stamp import Stamp, columns_of, write_stamp
from pipeline.sheets.whole import new_workbook

MADE = datetime(2026, 1, 1, tzinfo=UTC)  # fixed, so that the same table makes the same file


def write_template(path: Path, entity: Entity, stamp: Stamp | None = None) -> None:
    """Write a blank workbook; the `stamp` of an account has the names for its drop-downs.

    Raises UsageError when the file cannot be written.
    """
    # Without a version, so that a release of the same table makes the same file.
    stamp = stamp or Stamp(entity.name, columns_of(entity), program="")
    fields = template_fields(entity)
    made = datetime.fromisoformat(stamp.made) if stamp.made else MADE
    with new_workbook(path) as book:
        describe(book, entity, made)
        sheet = book.add_worksheet(entity.sheet)
        lists = write_words(book, entity, fields, stamp)
        lay_out(book, sheet, entity, fields, lists)
        write_stamp(book, stamp)


def describe(book: Workbook, entity: Entity, made: datetime = MADE) -> None:
    """Say in the file's properties what it holds."""
    book.set_properties({"title": entity.nouns.capitalize(), "author": PROGRAM, "created": made})


def write_words(
    book: Workbook, entity: Entity, fields: Sequence[Field], stamp: Stamp | None = None
) -> dict[str, str]:
    """Write the guide and the lists behind drop-downs; returns the defined name of each list."""
    lists = []
    if stamp and stamp.account:
        lists.append(lists_section(entity, stamp.account.host, stamp.day))
    write_guide(book, entity, fields, lists)
    return write_lists(book, entity, fields, stamp.names if stamp else {})
