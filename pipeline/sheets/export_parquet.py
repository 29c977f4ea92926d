"""An export as parquet, with real types: for DuckDB, pandas, Spark. The only user of pyarrow."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.errors import UsageError
from pipeline.kinds import DAYS, parse_moment, slot_key
from pipeline.problems import quoted
from pipeline.schema import STRANGE, Field, Value
from pipeline.sheets.exports import Columns, Ending, Markers
from pipeline.sheets.whole import new_file

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError as error:
    raise UsageError(
        "export: .parquet needs the library pyarrow, which is not installed. Install it with: "
        "pip install pyarrow. Or export to .xlsx, .csv or .jsonl."
    ) from error

ROWS_A_GROUP = 1_000  # that many records are held at a time
HEADER_ROWS = 1  # markers are told as a sheet's rows
LARGEST = 2**63 - 1
CERTIFICATE_KEY = "nexudus-bulk.certificate"


def _whole(value: Value) -> int:
    if isinstance(value, bool) or int(value) != value or abs(value) > LARGEST:
        raise ValueError
    return int(value)


def _text(value: Value) -> str:
    text = str(value)
    text.encode()  # half a character pair has no bytes
    return text


def _flag(value: Value) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _ids(value: Value) -> list[int]:
    return [_whole(each) for each in value]


def _moment(value: Value) -> datetime | None:
    return parse_moment(value).astimezone(UTC) if value else None


# How a column of each kind is stored, and what makes a value of it.
TYPES: dict[str, tuple[pa.DataType, Callable[[Value], Any]]] = {
    "text": (pa.string(), _text),
    "address": (pa.string(), _text),
    "choice": (pa.string(), _text),
    "id": (pa.int64(), _whole),
    "whole": (pa.int64(), _whole),
    "ids": (pa.list_(pa.int64()), _ids),
    "decimal": (pa.float64(), float),
    "yes/no": (pa.bool_(), _flag),
    "moment": (pa.timestamp("us", tz="UTC"), _moment),
}


def _stored(columns: Columns, field: Field) -> tuple[pa.DataType, Callable[[Value], Any]]:
    """Return how the column is stored: time slots as a list of small records."""
    child = next((each for each in columns.entity.children if each.field == field.name), None)
    if child is None:
        return TYPES[field.kind.name]
    day, start, end = (column for column, _ in child.columns)

    def convert(value: Value) -> list[dict[str, Any]]:
        slots = [slot_key(each) for each in value]
        if not all(0 <= number < len(DAYS) for number, *_ in slots):
            raise ValueError
        return [dict(zip((day, start, end), each, strict=True)) for each in slots]

    parts = [(day, pa.int8()), (start, pa.string()), (end, pa.string())]
    return pa.list_(pa.struct(parts)), convert


class ParquetExport:
    """A parquet file that takes records group by group."""

    def __init__(self, writer: pq.ParquetWriter, columns: Columns) -> None:
        self.markers = Markers("left blank, since {}")
        self.rows = 0
        self._writer = writer
        self._makers = [
            (key, field, *_stored(columns, field))
            for key, field in zip(columns.keys, columns.fields, strict=True)
        ]
        self._held: list[Mapping[str, Any]] = []

    def write(self, record: Mapping[str, Any]) -> None:
        """Add a record."""
        self.rows += 1
        self._held.append(record)
        if len(self._held) == ROWS_A_GROUP:
            self._flush()

    def finish(self, ending: Ending) -> None:
        """Write what is still held; the certificate goes into the file's metadata."""
        self._flush()
        certificate = json.dumps(ending.certificate.as_dict(), ensure_ascii=False)
        self._writer.add_key_value_metadata({CERTIFICATE_KEY: certificate})

    def _flush(self) -> None:
        if not self._held:
            return
        first = self.rows - len(self._held) + HEADER_ROWS + 1
        arrays = [
            pa.array(
                [
                    self._value(first + place, field, convert, record.get(key))
                    for place, record in enumerate(self._held)
                ],
                type=kind,
            )
            for key, field, kind, convert in self._makers
        ]
        self._writer.write_batch(pa.record_batch(arrays, schema=self._writer.schema))
        self._held.clear()

    def _value(self, row: int, field: Field, convert: Callable[[Value], Any], value: Value) -> Any:
        """Return the typed value; one of another type is left blank and told."""
        if value is None:
            return None
        try:
            return convert(field.kind.show(value) if field.kind.choices else value)
        except (OverflowError, *STRANGE):
            self.markers.add(row, field.name, f"{quoted(value)} is not {field.kind.expects}")
            return None


@contextmanager
def new_parquet_export(path: Path, columns: Columns) -> Iterator[ParquetExport]:
    """Give a parquet file for records; it is at `path` after the block."""
    schema = pa.schema([(each.name, _stored(columns, each)[0]) for each in columns.fields])
    with new_file(path) as unfinished, pq.ParquetWriter(unfinished, schema) as writer:
        yield ParquetExport(writer, columns)
