"""The hidden sheet of an export that keeps what each cell held: written with it, read by imports.

Comparing the cells with it is left to `pipeline/base.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pipeline.errors import WorkbookError
from pipeline.kinds import WHOLE
from pipeline.rows import Digest
from pipeline.schema import Cell, Entity, Field, Unreadable
from pipeline.sheets.cells import MAX_CELL_TEXT, UNWRITABLE
from pipeline.sheets.columns import is_shown_only

if TYPE_CHECKING:  # who only reads a base needs no writer of workbooks
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

BASE_SHEET = "Base"
CELLS_COLUMN = "Cells"
CELLS_PLACE = 3  # of that column, 1 = A
VERSION = 1  # of the form in which cells are kept; another one is not read
# Characters of a text that is kept whole; of others a digest tells whether somebody edited them.
LONGEST, SHORTEST, NONE = 200, 16, -1
DIGEST = "sha256"
UNREADABLE = (ValueError, RecursionError)  # what JSON gives up with

UNKNOWN = Digest("")  # of a cell that held nobody knows what: no text has this digest


def _plain(cell: Any) -> object:
    return {DIGEST: cell.code} if isinstance(cell, Digest) else cell.isoformat()


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain)


def add_base(book: Workbook, fields: Sequence[Field], entity: Entity) -> Worksheet:
    """Add the hidden sheet of the base with its header; below it belongs a row for each record."""
    sheet = book.add_worksheet(BASE_SHEET)
    sheet.hide()
    columns = [each.name for each in fields]
    form = {"version": VERSION, "entity": entity.name, "columns": columns}
    for column, text in enumerate((*_heading(entity), json.dumps(form, ensure_ascii=False))):
        sheet.write_string(0, column, text)
    return sheet


def base_row(record_id: object, stamp: object, text: str) -> tuple[str, str, str]:
    """Return the cells that keep what stands in a record's row: `text` is it, packed."""
    safe = UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", str(stamp or ""))
    return str(record_id), safe, "" if is_too_long(text) else text


def longest_kept(meaning: Field) -> int:
    """Return how long a text of the field may be to be kept whole, NONE if nothing is kept."""
    if is_unkept(meaning):
        return NONE
    # What is only shown is never told again: whether it was edited is all that matters.
    return SHORTEST if is_shown_only(meaning) else LONGEST


def is_unkept(meaning: Field) -> bool:
    """Whether edits of the field mean nothing: the id says which record, what is live changes."""
    return meaning.key or meaning.live


def _heading(entity: Entity) -> tuple[str, str, str]:
    return entity.id_field.name, entity.stamp_field.name, CELLS_COLUMN


def packed(cells: Sequence[Cell], longest: Sequence[int]) -> str:
    """Write cells as JSON that one cell of a workbook holds; `longest` tells what is kept whole."""
    text = joined(map(packed_cell, cells, longest))
    if is_too_long(text):
        text = joined(packed_cell(each, SHORTEST) for each in cells)
    return text


def packed_cell(cell: Cell, longest: int) -> str:
    """Write one cell of a row as JSON."""
    kept = _kept(cell, longest)
    # The encoder is slow to begin with anything but a text.
    if kept.__class__ is int:
        return str(kept)
    if isinstance(kept, datetime):
        return f'"{_plain(kept)}"'
    # A workbook's own escapes begin so (_x000D_): none of them must stand here.
    return _ENCODER.encode(kept).replace("_x", "_\\u0078")


def joined(cells: Iterable[str]) -> str:
    """Join packed cells to those of a row."""
    return f"[{','.join(cells)}]"


def is_too_long(text: str) -> bool:
    """Whether no cell of a workbook holds the text."""
    return len(text) > MAX_CELL_TEXT // 2 and len(text.encode("utf-16-le")) > MAX_CELL_TEXT * 2


def _kept(cell: Cell, longest: int) -> object:
    if longest == NONE:
        return None
    is_long = cell.__class__ is str and len(cell) > longest
    return Digest.of(cell) if is_long else cell


@dataclass(frozen=True)
class Line:
    """A row of the base; `number` is its own, `stamp` when the record had last been changed."""

    number: int
    stamp: str
    text: str

    def cells(self, count: int) -> list[Any] | None:
        """Return what the cells held, a Digest for a long text; None when it cannot be read."""
        try:
            found = _DECODER.decode(self.text)
        except UNREADABLE:
            return None
        sound = isinstance(found, list) and len(found) == count and list not in map(type, found)
        return found if sound else None


@dataclass(frozen=True)
class Edited:
    """A line of the base, by its number, with what the sheet's row says otherwise.

    `cells` is what the line keeps, `edits` the filled cells by their place in it.
    """

    number: int
    cells: Sequence[Any] = ()
    edits: Mapping[int, Cell] = field(default_factory=dict)

    def doubted(self) -> Edited:
        """Return the line of which nobody knows whether the edits have been written."""
        return replace(self, edits=dict.fromkeys(self.edits, UNKNOWN))

    def text(self) -> str:
        """Write the line as if the export had found what the row says."""
        cells = list(self.cells)
        for place, cell in self.edits.items():
            cells[place] = cell
        return packed(cells, [LONGEST] * len(cells))


def _restored(cell: Mapping[str, Any]) -> Digest:
    return Digest(str(cell.get(DIGEST)))


# Cells hold no whole numbers but such as a float holds exactly; longer ones are somebody's joke.
_DECODER = json.JSONDecoder(object_hook=_restored, parse_int=float)


@dataclass(frozen=True)
class BaseSheet:
    """The base as it was read: the exported columns, and a line for every record's id."""

    columns: tuple[str, ...]
    lines: Mapping[int, Line]
    unreadable: int  # rows


def parse_base(rows: Sequence[Sequence[Cell]], entity: Entity) -> BaseSheet:
    """Read the rows of a base. Raises WorkbookError when they are not one, or of another form."""
    columns = _columns(rows[0] if rows else (), entity)
    lines: dict[int, Line] = {}
    twice: set[int] = set()
    unreadable = 0
    for number, row in enumerate(rows[1:], start=2):
        if not any(row):
            continue  # of a record that was imported since
        key, stamp, text, *_ = (*row, "", "")
        record_id = _id(key)
        if record_id is None or record_id in lines:
            unreadable += 1
            twice.add(record_id or 0)
        else:
            lines[record_id] = Line(number, str(stamp), str(text))
    return BaseSheet(columns, {n: lines[n] for n in lines if n not in twice}, unreadable)


def _columns(heading: Sequence[Cell], entity: Entity) -> tuple[str, ...]:
    texts = [str(each) for each in heading]
    form: dict[str, Any] = {}
    if tuple(texts[:3]) == _heading(entity) and len(texts) > len(_heading(entity)):
        form = _form(texts[3])
    names = form.get("columns")
    known = form.get("version") == VERSION and form.get("entity") == entity.name
    if not known or not isinstance(names, list) or len({*map(str, names)}) != len(names):
        raise WorkbookError(f"{BASE_SHEET}: this is not the base of an export.")
    return tuple(map(str, names))


def entity_of_base(rows: Sequence[Sequence[Cell]]) -> str:
    """Return the name of the entity whose export wrote a base; nothing if it is no base."""
    beside = [str(each) for each in rows[0][CELLS_PLACE:]] if rows else []
    return str(_form(beside[0]).get("entity", "")) if beside else ""


def foreign_ids(rows: Sequence[Sequence[Cell]], entity: Entity) -> frozenset[int]:
    """Return the ids of a base that another entity's export wrote; none if it is no such base."""
    if entity_of_base(rows) in {"", entity.name}:
        return frozenset()
    return frozenset(found for row in rows[1:] if row and (found := _id(row[0])) is not None)


def _form(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except UNREADABLE:
        return {}
    return found if isinstance(found, dict) else {}


def _id(cell: Cell) -> int | None:
    try:
        return int(WHOLE.read(cell))
    except Unreadable:
        return None
