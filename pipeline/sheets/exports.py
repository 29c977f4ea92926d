"""The files an export can be, each filled record by record; the ending of the name chooses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from pipeline.certificate import Certificate
from pipeline.comparison import Comparison
from pipeline.errors import UsageError
from pipeline.figures import Figures
from pipeline.schema import Entity, Field

ENDINGS = (".xlsx", ".csv", ".parquet", ".jsonl")
MAX_KEPT = 20  # of the cells that a marker stands in; the others are counted


@dataclass(frozen=True)
class Kept:
    """A value that a marker stands for, because no cell could hold it; `row` is the sheet's own."""

    row: int
    column: str
    reason: str


@dataclass
class Markers:
    """The markers that were written: the first of them, and how many in all.

    `words` say what stands there; the reason is put into the braces.
    """

    words: str = "a marker stands for the value ({}); importing leaves the value as it is"
    first: list[Kept] = field(default_factory=list)
    count: int = 0

    def add(self, row: int, column: str, reason: str) -> None:
        """Count a marker."""
        self.count += 1
        if len(self.first) < MAX_KEPT:
            self.first.append(Kept(row, column, reason))


@dataclass(frozen=True)
class Columns:
    """What is written of each record.

    `fields` are the columns; `everything` says that nobody chose among them: where records are
    written as they came, they are then whole.
    """

    entity: Entity
    fields: tuple[Field, ...]
    everything: bool = True
    as_they_came: bool = False  # whether the format writes records instead of cells

    @property
    def keys(self) -> tuple[str, ...]:
        """Where the value of each column stands in a record: children have another spelling."""
        read_names = {child.field: child.read_name for child in self.entity.children}
        return tuple(read_names.get(each.name, each.name) for each in self.fields)


@dataclass(frozen=True)
class Ending:
    """What is known when all records are written."""

    certificate: Certificate
    figures: Figures
    comparison: Comparison | None = None


class ExportFile(Protocol):
    """A file that takes records one by one."""

    markers: Markers
    rows: int

    def write(self, record: Mapping[str, Any]) -> None:
        """Add a record. Raises UsageError when the file cannot hold it."""

    def finish(self, ending: Ending) -> None:
        """Add what stands beside the records, and close the file."""


# Gives a file for records; it is at its path after the block, whole or not at all.
Writer = Callable[[Path, Columns], AbstractContextManager[ExportFile]]


def writer_of(path: Path, *, bom: bool = False) -> Writer:
    """Return what writes the format that the ending chooses, loaded and ready.

    `bom` puts a byte order mark before a csv: Excel takes it for UTF-8 then. Raises UsageError for
    an ending that chooses none, and where the format's library is not installed.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        *others, last = ENDINGS
        raise UsageError(
            f"export: '{path.name}' ends in no format that is known. "
            f"End the name in {', '.join(others)} or {last}."
        )
    if bom and ending != ".csv":
        raise UsageError(f"--bom: '{path.name}' is not a .csv. Leave --bom out.")
    # Each format is loaded when it is asked for: pyarrow alone takes half a second.
    if ending == ".xlsx":
        from pipeline.sheets.export_book import new_book_export  # noqa: PLC0415 - as said

        return new_book_export
    if ending == ".parquet":
        from pipeline.sheets.export_parquet import new_parquet_export  # noqa: PLC0415 - as said

        return new_parquet_export
    from pipeline.sheets.export_text import new_text_export  # noqa: PLC0415 - as said

    return partial(new_text_export, bom=bom)
