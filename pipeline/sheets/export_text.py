"""An export as text: csv for spreadsheets, a line of JSON for each record for other programs."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from pipeline.guard import guarded
from pipeline.schema import Cell
from pipeline.sheets.cells import TEXT_FILE, cell_maker
from pipeline.sheets.exports import Columns, Ending, ExportFile, Markers
from pipeline.sheets.whole import new_file

HEADER_ROWS = 1


class CsvExport:
    """A csv: what the sheet of a workbook shows, without its limits."""

    def __init__(self, file: TextIO, columns: Columns) -> None:
        self.markers = Markers()
        self.rows = 0
        self._writer = csv.writer(file)
        self._makers = [
            (key, each.name, cell_maker(each, TEXT_FILE))
            for key, each in zip(columns.keys, columns.fields, strict=True)
        ]
        self._writer.writerow([each.name for each in columns.fields])

    def write(self, record: Mapping[str, Any]) -> None:
        """Add a record as the next row."""
        self.rows += 1
        texts = []
        for key, name, make in self._makers:
            cell, reason = make(record.get(key))
            if reason is not None:
                self.markers.add(self.rows + HEADER_ROWS, name, reason)
            texts.append(text_of(cell))
        self._writer.writerow(texts)

    def finish(self, ending: Ending) -> None:
        """Nothing stands beside the rows of a csv."""


class JsonlExport:
    """Records as they came, but for their secrets."""

    def __init__(self, file: TextIO, columns: Columns) -> None:
        self.markers = Markers()
        self.rows = 0
        self._file = file
        self._secrets = {each.name for each in columns.entity.fields if each.secret}
        self._keys = None if columns.everything else frozenset(columns.keys)

    def write(self, record: Mapping[str, Any]) -> None:
        """Add a record as the next line."""
        self.rows += 1
        shown = {
            key: value
            for key, value in record.items()
            if key not in self._secrets and (self._keys is None or key in self._keys)
        }
        self._file.write(_line(shown))

    def finish(self, ending: Ending) -> None:
        """Nothing stands beside the lines."""


def _line(record: Mapping[str, Any]) -> str:
    line = json.dumps(record, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:  # half a character pair: only its escape can be written
        line = json.dumps(record)
    return f"{line}\n"


def text_of(cell: Cell) -> str:
    """Write a cell as text: moments in UTC as ISO 8601, signs of formulas guarded."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return guarded(cell)
    if isinstance(cell, datetime):
        return f"{cell.isoformat(timespec='milliseconds' if cell.microsecond else 'seconds')}Z"
    return repr(cell)


@contextmanager
def new_text_export(path: Path, columns: Columns, *, bom: bool) -> Iterator[ExportFile]:
    """Give a csv or a file of JSON lines, by the ending; it is at `path` after the block."""
    is_csv = path.suffix.lower() == ".csv"
    encoding = "utf-8-sig" if bom and is_csv else "utf-8"
    with (
        new_file(path) as unfinished,
        unfinished.open("w", encoding=encoding, newline="") as file,
    ):
        yield CsvExport(file, columns) if is_csv else JsonlExport(file, columns)
