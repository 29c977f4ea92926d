"""The user's own workbook, marked: Status, Message and Id by row, bad cells with a note."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import merge
from itertools import chain, filterfalse
from operator import itemgetter
from pathlib import Path
from typing import Any

from pipeline.errors import UsageError
from pipeline.prepared import Prepared
from pipeline.problems import Problem, is_error
from pipeline.runs.terms import Applied
from pipeline.sheets import annotate
from pipeline.sheets.base import Edited
from pipeline.sheets.read import Sheet
from pipeline.sheets.whole import refuse_own_input

ENDING = ".results"
WORKBOOKS = {".xlsx", ".xlsm"}
WRITTEN = {"updated", "unchanged"}  # the account has what the row says


def results_path(prepared: Prepared, given: Path | None) -> Path:
    """Return where the results go: beside the input, unless told otherwise.

    Raises UsageError for a name that is no workbook's, the input's own, or one that cannot be
    written to: that is told before anything is sent.
    """
    source = prepared.sheet.path
    suffix = source.suffix if source.suffix.lower() == ".xlsm" else ".xlsx"
    target = given or source.with_name(f"{source.stem.removesuffix(ENDING)}{ENDING}{suffix}")
    if target.suffix.lower() != suffix.lower():
        raise UsageError(f"--results: '{target}' does not end in {suffix}. Choose such a name.")
    if given:
        refuse_own_input("--results", target, source)
    if target.is_dir() or not target.absolute().parent.is_dir():
        raise UsageError(f"--results: '{target}' cannot be written. Choose another with --results.")
    return target


def write_results(
    prepared: Prepared, problems: Sequence[Problem], applied: Applied, target: Path
) -> None:
    """Write the results workbook: the file as it was read, wherever it is and whatever it says now.

    Raises UsageError when it cannot be written.
    """
    sheet = prepared.sheet
    is_rewritten = sheet.path.suffix.lower() not in WORKBOOKS
    columns = prepared.columns
    marked: dict[str, Any] = {
        "marks": {
            each.row: annotate.Mark(each.status.replace("_", " "), each.message, each.record_id)
            for each in applied.outcomes
        },
        "notes": _notes(filter(is_error, problems), columns, sheet.header_row),
        "warnings": _notes(filterfalse(is_error, problems), columns, sheet.header_row),
        "columns": prepared.results,
    }
    if is_rewritten:
        annotate.annotate_rows(
            target,
            sheet=sheet.name,
            lines=_lines(sheet),
            header_row=sheet.header_row,
            **marked,
        )
    else:
        with tempfile.TemporaryDirectory(prefix="nexudus-bulk-") as folder:
            copy = Path(folder) / sheet.path.name
            copy.write_bytes(prepared.content)
            annotate.annotate(
                copy,
                target,
                sheet=sheet.name,
                header_row=sheet.header_row,
                settled=_settled(prepared, applied),
                **marked,
            )


def _lines(sheet: Sheet) -> Iterator[tuple[int, Mapping[int, Any]]]:
    """Yield all that stands on a sheet, by row and column; the two parts of a row follow."""
    numbers = [each.number for each in sheet.columns]
    header = (sheet.header_row, {each.number: each.text for each in sheet.columns})
    rows = (
        (int(row), dict(zip(numbers, cells, strict=True)))
        for row, *cells in sheet.cells[numbers].itertuples(name=None)
    )
    return merge(chain([header], rows), sorted(sheet.rest.items()), key=itemgetter(0))


def _settled(prepared: Prepared, applied: Applied) -> dict[int, Edited | None]:
    """Return what an export's base keeps from now on of the rows that this import has written.

    A cell that is set back to what was exported is an edit then; what nobody edited is still none.
    """
    settled: dict[int, Edited | None] = {}
    for each in applied.outcomes:
        kept = prepared.base_rows.get(each.row)
        if kept is None:
            continue
        if each.status == "deleted":
            settled[kept.number] = None
        elif kept.edits and each.record_id is not None and each.status in WRITTEN:
            settled[kept.number] = kept
        elif kept.edits and each.status == "in_doubt":
            settled[kept.number] = kept.doubted()
    return settled


def _notes(
    problems: Iterable[Problem], columns: dict[str, int], header_row: int
) -> dict[tuple[int, int], str]:
    notes: dict[tuple[int, int], str] = {}
    for each in problems:
        number = columns.get(each.column or "")
        if number is None:
            continue
        at = (each.row or header_row, number)
        words = f"{each.message} {each.hint}".strip()
        notes[at] = f"{notes[at]}\n{words}" if at in notes else words
    return notes
