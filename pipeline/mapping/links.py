"""Links that a source writes down at their other end, turned round."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.kinds import IDS
from pipeline.mapping.profile import Links
from pipeline.mapping.unread import Unread
from pipeline.mapping.values import same_value
from pipeline.problems import plain_text
from pipeline.schema import Cell, Unreadable
from pipeline.sheets.markers import is_clear, is_kept


def link_back(
    cells: Sequence[Cell], keys: Sequence[Sequence[Cell]], links: Links
) -> tuple[list[Cell], dict[int, str]]:
    """Return a list of names for each row: those of the rows whose cells name it.

    With `both` the names in its own cell stay before them. `keys` are the columns of location (by
    id, by name) and name; a name is looked for in the row's own location. Returned too, by place:
    names that are no row of the file, whose other end therefore stays as it is.
    """
    names = [_text(each) for each in keys[-1]]
    places = [_place(keys[:-1], row) for row in range(len(cells))]
    rows = {(places[row], same_value(name)): row for row, name in enumerate(names)}
    found: list[list[str]] = [[] for _ in cells]
    lost: dict[int, str] = {}
    for row, cell in enumerate(cells):
        for item in _items(cell):
            other = rows.get((places[row], same_value(item)))
            if other is None:
                lost[row] = item
            else:
                found[other].append(names[row])
            if links == "both":
                found[row].append(item if other is None else names[other])
    laid = [
        cell if isinstance(cell, Unread) or (_is_mark(cell) and not own) else _joined(own)
        for cell, own in zip(cells, found, strict=True)
    ]
    return laid, lost


def _place(keys: Sequence[Sequence[Cell]], row: int) -> str:
    return next((same_value(_text(each[row])) for each in keys if each and each[row]), "")


def _items(cell: Cell) -> list[str]:
    if cell is None or isinstance(cell, Unread) or _is_mark(cell):
        return []
    try:
        return [str(each) for each in IDS.read(cell)]
    except Unreadable:
        return [plain_text(cell)]


def _is_mark(cell: Cell) -> bool:
    """Whether a cell says what is to be done with the list, and names nothing."""
    return is_clear(cell) or is_kept(cell)


def _joined(names: Sequence[str]) -> Cell:
    return "; ".join(dict.fromkeys(names)) or None


def _text(cell: Cell) -> str:
    return "" if cell is None else plain_text(cell)
