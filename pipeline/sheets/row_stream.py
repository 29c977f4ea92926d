"""A worksheet's XML read row by row, since a tree of four million cells takes gigabytes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import IO

from lxml import etree

from pipeline.sheets.package import Element
from pipeline.sheets.row import ROW, cells_of


class RowStream:
    """The rows one after the other, and in the end the sheet without them."""

    def __init__(self, xml: IO[bytes]) -> None:
        self._parser = etree.iterparse(
            xml, tag=ROW, resolve_entities=False, no_network=True, huge_tree=True, collect_ids=False
        )

    def __iter__(self) -> Iterator[tuple[int, Element]]:
        """Give each row with its number; it is gone once the next is asked for."""
        highest = 0
        for _, row in self._parser:
            number = int(row.get("r") or highest + 1)
            highest = max(highest, number)
            yield number, row
            row.clear()
            # the parser still holds on to this row: only those before it can be dropped
            parent = row.getparent()
            while parent is not None and row.getprevious() is not None:
                del parent[0]

    @property
    def root(self) -> Element:
        """The sheet, once all rows are read."""
        root = self._parser.root
        assert root is not None
        return root


@dataclass(frozen=True)
class Survey:
    """What must be known of a sheet before its first row can be written."""

    root: Element  # without rows
    standing: Mapping[int, int]  # of the rows asked for: how many rows of the XML stand before each
    last_row: int
    last_column: int


def survey(xml: IO[bytes], wanted: Collection[int]) -> Survey:
    """Read a sheet through; of rows that bear the same number the last one counts."""
    rows = RowStream(xml)
    standing: dict[int, int] = {}
    last_row = last_column = 0
    for place, (number, row) in enumerate(rows):
        if number in wanted:
            standing[number] = place
        last_row = max(last_row, number)
        last_column = max(last_column, max((column for column, _ in cells_of(row)), default=0))
    return Survey(rows.root, standing, last_row, last_column)
