"""The Certificate sheet: what an export announced, wrote and saw moving, a line for each."""

from __future__ import annotations

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from pipeline.certificate import Certificate
from pipeline.sheets.guide_page import INK, LINE_HEIGHT, PADDING, RULE
from pipeline.sheets.layout import fit_on_paper
from pipeline.sheets.printable import lines_of, printable

CERTIFICATE_SHEET = "Certificate"
LABEL_WIDTH, TEXT_WIDTH = 46, 84  # characters
BAD = "B3261E"
TITLE_HEIGHT = 30  # points


def write_certificate(book: Workbook, sheet: Worksheet, certificate: Certificate) -> None:
    """Fill the sheet, top to bottom; that an export is not complete stands there in red."""
    sheet.set_column(0, 0, LABEL_WIDTH)
    sheet.set_column(1, 1, TEXT_WIDTH)
    base = {"font_color": INK, "valign": "top", "bottom": 1, "bottom_color": RULE}
    label_look = book.add_format({**base, "bold": True})
    text_look = book.add_format({**base, "text_wrap": True, "num_format": "@", "align": "left"})
    bad_look = book.add_format({**base, "bold": True, "font_color": "FFFFFF", "bg_color": BAD})
    sheet.set_row(0, TITLE_HEIGHT)
    title_look = book.add_format({"bold": True, "font_size": 16, "font_color": INK})
    sheet.write_string(0, 0, "Certificate of the export", title_look)
    for row, (label, words) in enumerate(certificate.lines(), start=1):
        is_bad = not certificate.complete and row == 1
        sheet.set_row(row, lines_of(words, TEXT_WIDTH) * LINE_HEIGHT + PADDING)
        sheet.write_string(row, 0, label or "Reason", label_look)
        sheet.write_string(row, 1, printable(words), bad_look if is_bad else text_look)
    fit_on_paper(sheet)
