"""One small sheet with everything that kinds of files keep differently.

`python tests/kinds_of_files.py` writes it as .xlsx; `tests/files` has what LibreOffice made of it:
soffice --headless --convert-to xls (and ods) every-type-1900.xlsx every-type-1904.xlsx rooms.xlsx
"""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import xlsxwriter

NAMES = ("Id", "Name", "Notes", "Allocation", "a", "b", "c", "d", "e")
TEXTS = ("NA", "007", " lead", "two\nlines", "=1+1", "😀 é", "#N/A", "TRUE", "a  b")
ROOMS = (  # header and rows as texts
    ("BusinessId", "Name", "SystemResourceType", "ResourceTypeId", "Allocation", "Visible"),
    ("7", 'Café Größe, €5; "A"', "MeetingRoom", "21", "10", "Yes"),
    ("7", "007", "HotDesk", "22", "1", "No"),
    ("8", "Room | C", "None", "21", "", "x"),
)


def every_type(path: Path, *, date_1904: bool = False) -> Path:
    """Write a title, a header in row 3, cells of all types, hidden rows and merged cells."""
    with xlsxwriter.Workbook(path, {"date_1904": date_1904}) as book:
        page = book.add_worksheet("Resources")

        def look(form: str) -> xlsxwriter.format.Format:
            return book.add_format({"num_format": form})

        page.merge_range("A1:C1", "Our rooms")
        page.write_row(2, 0, NAMES)
        moment = datetime(2026, 3, 31, 14, 30, 15)  # noqa: DTZ001 - a cell has no time zone
        page.write_datetime(3, 0, moment, look("yyyy-mm-dd hh:mm:ss"))
        page.write_datetime(3, 1, date(2026, 3, 31), look("dd/mm/yyyy"))
        page.write_datetime(3, 2, time(9, 45), look("hh:mm"))
        page.write_number(3, 3, 1.5, look("[h]:mm"))
        page.write_number(3, 4, 123456789012345)
        page.write_boolean(3, 5, False)
        page.write_number(3, 6, 0.25, look("0%"))
        page.write_number(3, 7, 12.5, look("#,##0.00 [$€-407]"))
        page.write_formula(3, 8, "=NA()", None, "#N/A")
        for column, text in enumerate(TEXTS):
            page.write_string(4, column, text)
        page.write_formula(5, 0, "=1/0", None, "#DIV/0!")
        page.write_formula(5, 1, "=1+1", None, 2)
        page.write_number(5, 2, -7.25)
        page.merge_range("B8:C10", "merged down")
        for row in (7, 8, 9, 13):
            page.write_number(row, 0, row + 1)
        page.set_row(8, None, None, {"hidden": True})
        for row in range(20, 3000):
            page.set_row(row, None, book.add_format({"bg_color": "red"}))
        lists = book.add_worksheet("Lists")
        lists.write(0, 0, "x")
        lists.hide()
        book.add_worksheet("Secret").very_hidden()
    return path


def rooms(path: Path) -> Path:
    """Write the rooms, numbers as numbers."""
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("Resources")
        for row, cells in enumerate(ROOMS):
            for column, cell in enumerate(cells):
                is_number = cell.isdigit() and not cell.startswith("0")
                (page.write_number if is_number else page.write_string)(
                    row, column, float(cell) if is_number else cell
                )
    return path


if __name__ == "__main__":
    every_type(Path("every-type-1900.xlsx"))
    every_type(Path("every-type-1904.xlsx"), date_1904=True)
    rooms(Path("rooms.xlsx"))
