"""The file that a command was given, read as its options say."""

from __future__ import annotations

from pathlib import Path

from pipeline.entities import RESOURCE
from pipeline.prepared import Prepared, Reading, prepare


def open_file(
    file: Path,
    *,
    sheet: str | None,
    unknown_columns: str,
    decimal_comma: bool = False,
    ignore_base: bool = False,
) -> Prepared:
    """Read and check a file; the options are those of `shared.file_options` and `base_option`.

    Raises UsageError or WorkbookError when there is no sheet to read.
    """
    reading = Reading(
        sheet=sheet,
        unknown_columns=unknown_columns,
        decimal_comma=decimal_comma,
        ignore_base=ignore_base,
    )
    return prepare(file, RESOURCE, reading)
