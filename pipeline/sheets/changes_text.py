"""What is different from the last export, as one csv beside an export that is no workbook."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from pipeline.comparison import Comparison
from pipeline.schema import Cell, Entity
from pipeline.sheets.changes import edit_cells, edit_columns, presence_cells
from pipeline.sheets.export_text import text_of
from pipeline.sheets.whole import new_file

CHANGE = "Change"
ADDED, CHANGED, REMOVED = "added", "changed", "removed"


def write_changes_csv(
    path: Path, entity: Entity, comparison: Comparison, *, bom: bool = False
) -> None:
    """Write one line per record that came or went and per changed cell, in UTF-8.

    `bom` puts the mark in front by which Excel knows UTF-8. Texts that look like formulas get an
    apostrophe. Raises UsageError when the file cannot be written; a file of that name then stays as
    it was.
    """
    encoding = "utf-8-sig" if bom else "utf-8"
    with (
        new_file(path) as unfinished,
        # Half a character pair can be in a record, but not in a file.
        unfinished.open("w", encoding=encoding, errors="replace", newline="") as file,
    ):
        writer = csv.writer(file)
        writer.writerow((CHANGE, *edit_columns(entity)))
        writer.writerows(map(text_of, line) for line in _lines(comparison))


def _lines(comparison: Comparison) -> Iterator[tuple[Cell, ...]]:
    for each in comparison.added:
        yield ADDED, *presence_cells(each), None, None, None
    for edit in comparison.changed:
        yield CHANGED, *edit_cells(edit)
    for each in comparison.removed:
        yield REMOVED, *presence_cells(each), None, None, None
