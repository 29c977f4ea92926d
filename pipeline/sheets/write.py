"""Write a workbook of records: a template is an export with no rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from pipeline.errors import UsageError
from pipeline.schema import Cell, Entity, Field, Value
from pipeline.sheets.base import BaseWriter
from pipeline.sheets.cells import to_cell
from pipeline.sheets.columns import export_fields, template_fields
from pipeline.sheets.guide_page import write_guide
from pipeline.sheets.layout import PROGRAM, lay_out
from pipeline.sheets.validation import lists_of, write_lists
from pipeline.sheets.whole import new_workbook

MADE = datetime(2026, 1, 1, tzinfo=UTC)  # fixed, so that the same table makes the same file
MAX_REMEMBERED = 256  # values of one column

__all__ = ["Kept", "Written", "export_fields", "template_fields", "write_export", "write_template"]


@dataclass(frozen=True)
class Kept:
    """A value that a marker stands for, because no cell could hold it; `row` is the sheet's own."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True)
class Written:
    """What a workbook holds: its rows below the header, and what markers stand for."""

    rows: int
    kept: tuple[Kept, ...]


def write_template(
    path: Path, entity: Entity, names: Mapping[str, Sequence[str]] | None = None
) -> None:
    """Write a blank workbook. `names` (linked entity -> its names) fills drop-downs of an account.

    Raises UsageError when the file cannot be written.
    """
    with new_workbook(path) as book:
        _begin(book, entity, template_fields(entity), names or {})


def write_export(path: Path, entity: Entity, records: Iterable[Mapping[str, object]]) -> Written:
    """Write records as they come, in constant memory.

    Raises UsageError when the file cannot be written; what `records` raises passes through, and a
    file of that name stays as it was.
    """
    fields = export_fields(entity)
    with new_workbook(path) as book:
        sheet = _begin(book, entity, fields, {})
        return _write_records(sheet, entity, fields, records, BaseWriter(book, fields, entity))


def _begin(
    book: Workbook, entity: Entity, fields: Sequence[Field], names: Mapping[str, Sequence[str]]
) -> Worksheet:
    """Write all but the records; returns the sheet they belong on."""
    book.set_properties({"title": entity.nouns.capitalize(), "author": PROGRAM, "created": MADE})
    sheet = book.add_worksheet(entity.sheet)
    write_guide(book, entity, fields)
    lists = write_lists(book, lists_of(entity, fields, names))
    lay_out(book, sheet, entity, fields, lists)
    return sheet


def _write_records(
    sheet: Worksheet,
    entity: Entity,
    fields: Sequence[Field],
    records: Iterable[Mapping[str, object]],
    base: BaseWriter,
) -> Written:
    read_names = {child.field: child.read_name for child in entity.children}
    columns = [
        (number, each, read_names.get(each.name, each.name), _remembering(each))
        for number, each in enumerate(fields)
    ]
    kept: list[Kept] = []
    row = 0
    for row, record in enumerate(records, start=1):
        cells: list[Cell] = [None] * len(fields)
        for number, field, key, remembered in columns:
            value = record.get(key)
            if value is None:
                continue
            known = isinstance(value, bool | int | float)
            cell, reason = remembered(value) if known else to_cell(field, value)
            if reason is not None:
                kept.append(Kept(row + 1, field.name, reason))
            if cell is not None and _put(sheet, row, number, cell) < 0:
                raise UsageError(
                    f"{entity.sheet}: row {row + 1:,} does not fit into a sheet. "
                    "Export to .csv or .parquet, or fewer records with filters."
                )
            cells[number] = cell
        base.add(record.get(entity.id_field.name), record.get(entity.stamp_field.name), cells)
    return Written(row, tuple(kept))


def _remembering(field: Field) -> Callable[[Value], tuple[Cell, str | None]]:
    """Return `to_cell` for numbers and yes/no: they repeat so often that it pays. 1 is not True."""
    return lru_cache(maxsize=MAX_REMEMBERED, typed=True)(partial(to_cell, field))


def _put(sheet: Worksheet, row: int, column: int, cell: Cell) -> int:
    """Write by type; never XlsxWriter's write(), which makes formulas and links of texts."""
    code: Any
    if isinstance(cell, str):
        code = sheet.write_string(row, column, cell)
    elif isinstance(cell, datetime):
        code = sheet.write_datetime(row, column, cell)
    else:
        code = sheet.write_number(row, column, cell)
    return int(code)
