"""All of an exported workbook but the rows: its sheets, how they look, the pages beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from pipeline.sheets.base import CELLS_PLACE, add_base
from pipeline.sheets.certificate_page import CERTIFICATE_SHEET, write_certificate
from pipeline.sheets.changes_page import write_changes
from pipeline.sheets.exports import Columns, Ending
from pipeline.sheets.filled import part_of, show_row, styles_of, workbook
from pipeline.sheets.layout import lay_out
from pipeline.sheets.summary_page import SUMMARY_SHEET, write_summary
from pipeline.sheets.template import describe, write_words


@dataclass(frozen=True)
class _Begun:
    """The sheets of a workbook that has no pages yet, and the defined names of its lists."""

    sheet: Worksheet
    summary: Worksheet
    certificate: Worksheet
    base: Worksheet
    lists: Mapping[str, str]


@dataclass(frozen=True)
class ExportPages:
    """Makes the workbook that rows are put into."""

    columns: Columns

    def styles(self, path: Path) -> tuple[list[str], list[str]]:
        """Return the style attributes of the records' columns and of the base's.

        A workbook without pages is made for it at `path`: XlsxWriter tells them nowhere else.
        """
        with workbook(path) as book:
            begun = self._begin(book)
        parts = (part_of(book, begun.sheet), part_of(book, begun.base))
        return styles_of(path, parts[0]), styles_of(path, parts[1])

    def write(self, path: Path, ending: Ending, sheets: int) -> tuple[list[str], str]:
        """Write the workbook with so many sheets of records.

        Returns the names of their parts, and of the base's.
        """
        entity = self.columns.entity
        with workbook(path) as book:
            begun = self._begin(book)
            more = [self._further(book, begun, number) for number in range(2, sheets + 1)]
            write_summary(
                book, begun.summary, entity, ending.figures, ending.certificate, ending.comparison
            )
            write_certificate(book, begun.certificate, ending.certificate)
            if ending.comparison is not None:
                write_changes(book, entity, ending.comparison)
        return [part_of(book, each) for each in (begun.sheet, *more)], part_of(book, begun.base)

    def _begin(self, book: Workbook) -> _Begun:
        """Make what comes before the pages; the same calls each time, for the same styles."""
        entity, fields = self.columns.entity, self.columns.fields
        describe(book, entity)
        sheet = book.add_worksheet(entity.sheet)
        summary = book.add_worksheet(SUMMARY_SHEET)
        certificate = book.add_worksheet(CERTIFICATE_SHEET)
        lists = write_words(book, entity, fields)
        lay_out(book, sheet, entity, fields, lists)
        show_row(sheet, len(fields))
        base = add_base(book, fields, entity)
        show_row(base, CELLS_PLACE)
        return _Begun(sheet, summary, certificate, base, lists)

    def _further(self, book: Workbook, begun: _Begun, number: int) -> Worksheet:
        entity, fields = self.columns.entity, self.columns.fields
        sheet = book.add_worksheet(f"{entity.sheet} {number}")
        lay_out(book, sheet, entity, fields, begun.lists)
        show_row(sheet, len(fields))
        return sheet
