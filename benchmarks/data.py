"""Invented workbooks of rooms, seeded: the same size and kind give the same cells on any machine.

    python -m benchmarks.data KIND ROWS [PATH]

KIND is `clean`; `bad-cells`, one bad cell in every typed column; or `bad-rows`, one bad cell in
every row, the columns taking turns. Written as Excel writes them, with shared strings. Prints
how many bad cells there are, and writes nothing without PATH.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import xlsxwriter

from pipeline.entities import RESOURCE
from pipeline.schema import Field

KINDS = ("clean", "bad-cells", "bad-rows")
COLUMNS = 85
BLANK = 0.35  # of the cells that need not be filled
LOCATION, ROOM_TYPE, PRODUCT = 1410010001, 1410020001, 1410050001
# What a value of each kind may look like, and what is none.
BAD: dict[str, object] = {
    "yes/no": "perhaps",
    "whole": "about twelve",
    "decimal": "ten or so",
    "choice": "Meting rom",
    "id": 12.5,  # a text would be a name
    "ids": "12; -5",
    "time slots": "Mon 9 to 5",
    "moment": "last Friday",
    "address": "pictures/room.jpg",
}
WORDS = (
    "quiet",
    "bright",
    "corner",
    "window",
    "garden",
    "street",
    "courtyard",
    "upper",
    "lower",
    "double",
    "small",
    "large",
    "round",
    "oak",
    "glass",
    "brick",
    "attic",
    "harbour",
    "station",
    "market",
    "library",
    "workshop",
    "studio",
    "team",
    "call",
    "focus",
    "board",
    "event",
)
EVERY_DAY = ("Mon-Fri 09:00-18:00", "Mon-Fri 08:00-20:00; Sat 10:00-14:00", "Mon-Sun 00:00-23:59")
LISTS = ("1410060001", "1410060001, 1410060002", "1410060003, 1410060005, 1410060008")


def columns() -> list[Field]:
    """Return the 85 columns: the template's own, as far as a new room may fill them."""
    asked = [each for each in RESOURCE.fields if each.writable and each.in_sheet and not each.live]
    return [each for each in asked if each is not RESOURCE.id_field][:COLUMNS]


def rows(kind: str, count: int) -> Iterator[list[object]]:
    """Yield the cells of each row, None for a blank."""
    chance = random.Random(85)
    fields = columns()
    typed = [place for place, each in enumerate(fields) if each.kind.name in BAD]
    for number in range(1, count + 1):
        cells = _room(chance, fields, number)
        # Bad cells stand apart from each other, in the second half of a sheet and before its end.
        turn = number - count // 2 if kind == "bad-cells" else number
        if kind == "bad-rows" or (kind == "bad-cells" and 0 <= turn < len(typed)):
            place = typed[turn % len(typed)]
            cells[place] = BAD[fields[place].kind.name]
        yield cells


def bad_cells(kind: str, count: int) -> int:
    """Return how many bad cells the rows have."""
    typed = sum(each.kind.name in BAD for each in columns())
    return {"clean": 0, "bad-cells": typed, "bad-rows": count}[kind]


def _room(chance: random.Random, fields: list[Field], number: int) -> list[object]:
    words = chance.choices(WORDS, k=40)
    fixed: dict[str, object] = {
        "Name": f"{words[0].title()} {words[1]} {number:05}",
        "BusinessId": LOCATION,
        "ResourceTypeId": ROOM_TYPE,
        "CancellationFeeProductId": PRODUCT if chance.random() > BLANK else None,
        "DisplayOrder": number,
        "Visible": "Yes",
        "SystemResourceType": chance.choice(("MeetingRoom", "HotDesk", "PrivateOffice")),
        "CancellationFeeType": "None",
        "ChargeCancellationFee": "No",
        "MinBookingLength": chance.choice((15, 30)),
        "MaxBookingLength": chance.choice((240, 480)),
        "Allocation": chance.randint(1, 40),
        "GroupName": f"{words[2]} {words[3]}",
        "Description": " ".join(words[4 : chance.randint(12, 24)]).capitalize() + f", {number}.",
        "EmailConfirmationContent": " ".join(words[: chance.randint(20, 40)]) + ".",
        "LastCleanedAt": f"2026-0{chance.randint(1, 9)}-1{chance.randint(0, 9)} 08:30",
        "Latitude": round(chance.uniform(37, 38), 5),
        "Longitude": round(chance.uniform(-8, -7), 5),
    }
    # Two rules forbid that these stand beside each other, or there is nothing to say by default.
    silent = {
        "CancellationFeeAmount",
        "CancellationFeePercentage",
        "OnlyForContacts",
        "ClearPictureFile",
        "Shifts",
    }
    return [
        fixed[each.name]
        if each.name in fixed
        else None
        if each.name in silent or each.adds_to or each.takes_from or chance.random() < BLANK
        else _cell(chance, each, number)
        for each in fields
    ]


def _cell(chance: random.Random, field: Field, number: int) -> object:
    makers: dict[str, Callable[[], object]] = {
        "yes/no": lambda: chance.choice(("Yes", "No")),
        "whole": lambda: chance.randint(1, 60),
        "decimal": lambda: chance.randint(1, 300) / 10,
        "ids": lambda: chance.choice(LISTS),
        "time slots": lambda: chance.choice(EVERY_DAY),
        "address": lambda: f"https://pictures.example/{number}.jpg",
    }
    word = f"{field.name.lower()}-{chance.randint(0, 9999)}"
    return makers.get(field.kind.name, lambda: word)()


def write(kind: str, count: int, path: Path) -> None:
    """Write the workbook."""
    with xlsxwriter.Workbook(str(path), {"strings_to_urls": False}) as book:
        sheet = book.add_worksheet(RESOURCE.sheet)
        sheet.write_row(0, 0, [each.name for each in columns()])
        for number, cells in enumerate(rows(kind, count), start=1):
            sheet.write_row(number, 0, cells)


if __name__ == "__main__":
    for target in sys.argv[3:]:
        write(sys.argv[1], int(sys.argv[2]), Path(target))
    print(bad_cells(sys.argv[1], int(sys.argv[2])))
