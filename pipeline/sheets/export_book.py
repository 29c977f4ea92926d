"""An export as a workbook: records as they come, with what a person needs beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from operator import add
from pathlib import Path
from typing import Any

from pipeline.sheets.base import CELLS_PLACE, base_row, is_too_long, joined, packed
from pipeline.sheets.cell_xml import cell_xml
from pipeline.sheets.export_column import BLANK, ExportColumn
from pipeline.sheets.export_pages import ExportPages
from pipeline.sheets.exports import Columns, Ending, Markers
from pipeline.sheets.filled import LongRows, fill, references
from pipeline.sheets.layout import LAST_ROW
from pipeline.sheets.whole import new_file


class BookExport:
    """A workbook of records; those that do not fit on a sheet stand on the next one.

    Rows wait beside `path`, compressed, until `finish` makes the file.
    """

    def __init__(self, path: Path, columns: Columns, rows_a_sheet: int = LAST_ROW) -> None:
        self.markers = Markers()
        self.rows = 0
        self._path = path
        self._entity = columns.entity
        self._rows_a_sheet = rows_a_sheet
        self._pages = ExportPages(columns)
        self._styles, base_styles = self._pages.styles(path.with_name("shown"))
        self._base = LongRows(path.with_name("base"), base_styles)
        self._base_begins = list(map(add, references(CELLS_PLACE), base_styles))
        self._sheets: list[LongRows] = []
        self._begin_sheet()
        columns_of = zip(columns.fields, references(len(columns.fields)), self._styles, strict=True)
        made = [ExportColumn(*each, self._mark) for each in columns_of]
        self._columns = [
            (key, each.usual, each.remembered.get, each.piece)
            for key, each in zip(columns.keys, made, strict=True)
        ]
        self._keys_of_columns = list(zip(columns.keys, made, strict=True))

    def write(self, record: Mapping[str, Any]) -> None:
        """Add a record as the next row."""
        if self.rows and self.rows % self._rows_a_sheet == 0:
            self._begin_sheet()
        self.rows += 1
        get = record.get
        pieces = [
            BLANK
            if (value := get(key)) is None
            else (remembered(value) if value.__class__ is usual else None) or piece(value)
            for key, usual, remembered, piece in self._columns
        ]
        cells, kept = zip(*pieces, strict=True)
        self._sheets[-1].add("".join(cells))
        if self.rows <= LAST_ROW:  # cells of a record that is not in the base count as typed
            self._keep(record, joined(kept))

    def _mark(self, name: str, reason: str) -> None:
        self.markers.add(self._sheets[-1].count + 2, name, reason)

    def _keep(self, record: Mapping[str, Any], text: str) -> None:
        """Add a record's row to the base."""
        if is_too_long(text):
            text = self._shortened(record)
        entity = self._entity
        row = base_row(record.get(entity.id_field.name), record.get(entity.stamp_field.name), text)
        self._base.add("".join(map(cell_xml, self._base_begins, row)))

    def _shortened(self, record: Mapping[str, Any]) -> str:
        cells = [column.cell(record.get(key)) for key, column in self._keys_of_columns]
        return packed(cells, [column.longest for _, column in self._keys_of_columns])

    def finish(self, ending: Ending) -> None:
        """Make the file: the rows, and the pages beside them."""
        blank = self._path.with_name("blank")
        parts, base_part = self._pages.write(blank, ending, len(self._sheets))
        fill(
            blank,
            self._path,
            {**dict(zip(parts, self._sheets, strict=True)), base_part: self._base},
        )

    def close(self) -> None:
        """Close the files of rows."""
        for each in (*self._sheets, self._base):
            each.text.close()

    def _begin_sheet(self) -> None:
        path = self._path.with_name(f"rows{len(self._sheets) + 1}")
        self._sheets.append(LongRows(path, self._styles))


@contextmanager
def new_book_export(path: Path, columns: Columns) -> Iterator[BookExport]:
    """Give a workbook for records; it is at `path` after the block, if it was finished."""
    with new_file(path) as unfinished, closing(BookExport(unfinished, columns)) as file:
        yield file
