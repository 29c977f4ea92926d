"""Narrow workbooks of rooms, for what is about sending: reading them costs next to nothing.

    python -m benchmarks.rooms creates|updates|tenth ROWS PATH

`updates` change every room of `benchmarks.limited_server --rooms ROWS`, `tenth` one in ten.
"""

from __future__ import annotations

import sys
from pathlib import Path

import xlsxwriter

from benchmarks.limited_server import FIRST_ID, ROOM, name_of
from pipeline.entities import RESOURCE

SEATS = 7  # no room has so many to begin with
FULL = {"CancellationFeeType": "None", "Visible": "Yes", "Allocation": SEATS}


def cells(kind: str, number: int) -> dict[str, object]:
    """Return the cells of one row, by column."""
    if kind == "creates":
        return {**ROOM, **FULL, "Name": f"New {number:06}", "DisplayOrder": number + 1}
    seats = SEATS if kind == "updates" or number % 10 == 0 else None
    return {"Id": FIRST_ID + number, "Name": name_of(number), "Allocation": seats}


def write(kind: str, rows: int, path: Path) -> None:
    """Write the workbook."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet(RESOURCE.sheet)
        sheet.write_row(0, 0, cells(kind, 0))
        for number in range(rows):
            sheet.write_row(number + 1, 0, cells(kind, number).values())


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
