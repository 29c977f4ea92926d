"""The hidden sheet behind the drop-downs: each list once, under a defined name.

A list of things that belong to locations begins with all of them, then come those of each location.
Its defined name is a formula that, asked in a row, gives those of the location that the row names,
and all where it names none. It is made of functions that Excel 2010 and LibreOffice have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from xlsxwriter import Workbook
from xlsxwriter.utility import quote_sheetname, xl_col_to_name

from pipeline.planning.stored import Named
from pipeline.schema import Entity, Field
from pipeline.sheets.labels import Offer, labelled, offer

LISTS_SHEET = "Lists"
PLACE_OF_ROW = "Place_of_row"
YES_NO = ("Yes", "No")
MAX_WIDTH = 60  # characters of a column that nobody but a curious person sees

Names = Mapping[str, Sequence[Named]]


def link_of(entity: Entity, field: Field) -> str:
    """Name the look-up list that a column takes its entries from; "" where there is none."""
    return field.link or (entity.by_name[field.names].link if field.names else "")


def lists_of(entity: Entity, fields: Sequence[Field], names: Names) -> dict[str, Offer]:
    """Return each field's drop-down: its choices, or the `names` of the entity it links to."""
    lists: dict[str, Offer] = {}
    offers: dict[tuple[str, str], Offer] = {}
    for field in fields:
        link = link_of(entity, field)
        if field.kind.name == "yes/no":
            lists[field.name] = Offer(YES_NO)
        elif field.kind.choices:
            lists[field.name] = Offer(tuple(each.name for each in field.kind.choices))
        elif names.get(link):
            kind = (link, field.kind.name)
            if kind not in offers:
                offers[kind] = offer(names[link], field.kind)
            lists[field.name] = offers[kind]
    return lists


def write_lists(
    book: Workbook, entity: Entity, fields: Sequence[Field], names: Names
) -> dict[str, str]:
    """Write each list once on a hidden sheet; return the defined name of every field's list."""
    lists = lists_of(entity, fields, names)
    columns = _columns(lists)
    keys = _place_keys(entity, fields, names, columns)
    table = _PlaceTable(
        len(columns),
        keys,
        [each for each in columns if each.offer.by_place] if len({*keys.values()}) > 1 else [],
    )
    sheet = book.add_worksheet(LISTS_SHEET)
    sheet.hide()
    if table.columns:
        book.define_name(PLACE_OF_ROW, f"={table.place_of_row(_row_says(entity, fields))}")
    for each in columns:
        book.define_name(each.name, f"={table.entries(each)}")
    cells = [*(each.cells() for each in columns), *table.cells()]
    for number, column in enumerate(cells):
        width = max(len(str(each)) for each in column) + 2
        sheet.set_column(number, number, min(width, MAX_WIDTH))
    for row, line in enumerate(zip_longest(*cells)):
        for number, cell in enumerate(line):
            if cell is not None:
                (sheet.write_string if isinstance(cell, str) else sheet.write_number)(
                    row, number, cell
                )
    return {name: _named(columns, each) for name, each in lists.items()}


@dataclass(frozen=True)
class _Column:
    """A column of the sheet: its defined name, all entries, those by location, those of all."""

    number: int  # 0 = A
    name: str
    offer: Offer

    def cells(self) -> tuple[str, ...]:
        """Return what stands in the column, from the first row on."""
        blocks = (self.offer.all, *self.offer.by_place.values(), self.offer.shared)
        return (self.name, *(item for items in blocks for item in items))

    def blocks(self) -> dict[int | None, tuple[int, int]]:
        """Return by location how many rows below the first its entries begin, and how many.

        Under None stand all of them.
        """
        found: dict[int | None, tuple[int, int]] = {None: (1, len(self.offer.all))}
        start = len(self.offer.all) + 1
        for place, items in self.offer.by_place.items():
            found[place] = (start, len(items))
            start += len(items)
        return found


def _columns(lists: Mapping[str, Offer]) -> list[_Column]:
    columns: list[_Column] = []
    for field_name, each in lists.items():
        if not any(known.offer == each for known in columns):
            suffix = "YesNo" if each.all == YES_NO else field_name
            columns.append(_Column(len(columns), f"Choices_{suffix}", each))
    return columns


def _named(columns: Sequence[_Column], listed: Offer) -> str:
    return next(each.name for each in columns if each.offer == listed)


@dataclass(frozen=True)
class _PlaceTable:
    """What a row may say of its location, and where the entries of that location stand.

    `first` is its first column; the first row below the header is for rows that name no location.
    """

    first: int
    keys: Mapping[str, int]
    columns: Sequence[_Column]

    def cells(self) -> list[tuple[str | int, ...]]:
        """Return the table's columns, from the first row on."""
        if not self.columns:
            return []
        found: list[tuple[str | int, ...]] = [("Location", "(any)", *self.keys)]
        for column in self.columns:
            blocks = column.blocks()
            # A location that has none of its own; where nothing is shared, one blank cell.
            shared = len(column.offer.shared)
            others = (len(column.cells()) - shared, max(shared, 1))
            places = (None, *self.keys.values())
            starts, counts = zip(*(blocks.get(each, others) for each in places), strict=True)
            found += [(f"{column.name}: row", *starts), ("entries", *counts)]
        return found

    def place_of_row(self, says: str) -> str:
        """Return the formula that finds a row's line in the table; `says` gives the row's words.

        A tilde, a star or a question mark in a name would be a pattern to MATCH.
        """
        for sign in "~*?":
            says = f'SUBSTITUTE({says},"{sign}","~{sign}")'
        return f"IFERROR(MATCH({says},{_range(self.first, 2, len(self.keys))},0)+1,1)"

    def entries(self, column: _Column) -> str:
        """Return the formula that gives a column's entries, those of the row's location alone."""
        if column not in self.columns:
            return _range(column.number, 1, len(column.offer.all))
        at = self.first + 1 + 2 * self.columns.index(column)
        start, count = (
            f"INDEX({_range(each, 1, len(self.keys) + 1)},{PLACE_OF_ROW})" for each in (at, at + 1)
        )
        top = f"{LISTS_SHEET}!${xl_col_to_name(column.number)}$1"
        return f"OFFSET({top},{start},0,{count},1)"


def _range(column: int, first: int, count: int) -> str:
    letter = xl_col_to_name(column)
    return f"{LISTS_SHEET}!${letter}${first + 1}:${letter}${first + count}"


def _place_fields(entity: Entity, fields: Sequence[Field]) -> list[Field]:
    """Return the columns that name a row's location, the one that counts first in front."""
    place = entity.key[0]
    names = (entity.name_columns.get(place, ""), place)
    return [each for name in names for each in fields if each.name == name]


def _place_keys(
    entity: Entity, fields: Sequence[Field], names: Names, columns: Sequence[_Column]
) -> dict[str, int]:
    """Return everything that a row may say of its location, with the location's id."""
    keys = {str(place): place for each in columns for place in each.offer.by_place}
    for field in _place_fields(entity, fields):
        entries = names.get(link_of(entity, field), ())
        keys |= {str(each.id): each.id for each in entries}
        labels = labelled(entries, field.kind)
        for each in entries:
            keys.setdefault(labels[each.id], each.id)
    return keys


def _row_says(entity: Entity, fields: Sequence[Field]) -> str:
    """Return the formula for a row's location as text.

    A reference to row 1 is relative to the cell A1: each row that asks sees its own cells.
    """
    sheet = quote_sheetname(entity.sheet)
    said = '""'
    for field in reversed(_place_fields(entity, fields)):
        cell = f"{sheet}!${xl_col_to_name(fields.index(field))}1"
        said = cell if said == '""' else f'IF({cell}="",{said},{cell})'
    return f'{said}&""'
