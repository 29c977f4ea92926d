"""Which entity the rows of a file are, when nobody says it.

Two entities may have records of the same number, and a row must never be taken for the wrong one:
the name of a sheet tells, or the base that an export left, or the columns; else the user is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

from pipeline.entities import ENTITIES
from pipeline.errors import HeaderError, UsageError, WorkbookError
from pipeline.foreign import foreign_sheet
from pipeline.header import known_names
from pipeline.kinds import plain
from pipeline.mapping.entity_names import short_name
from pipeline.rows import ACTION_COLUMN
from pipeline.schema import Entity
from pipeline.sheets.base import BASE_SHEET, entity_of_base
from pipeline.sheets.columns import export_fields
from pipeline.sheets.matrix import is_filled
from pipeline.sheets.read import Book

MORE = re.compile(r"\s+\d+$")  # the second sheet of a long export is called `Resources 2`


def recognise(book: Book, sheet: str | None) -> Entity:
    """Return the entity of the sheet that will be read: the wanted one, or the usual one.

    Raises UsageError when its columns fit several entities alike, WorkbookError when there is no
    sheet to read.
    """
    named = _named(sheet) if sheet else next(_sheets(book), None)
    return named or _exported(book) or _fitting(book, sheet)


def unread_sheets(book: Book, read: Entity) -> list[Entity]:
    """Return the other entities of which the file has a sheet with rows."""
    return [each for each in _sheets(book) if each is not read and _has_rows(book, each.sheet)]


def _sheets(book: Book) -> Iterator[Entity]:
    return (each for each in ENTITIES.values() if book.source.find(each.sheet) is not None)


def _has_rows(book: Book, sheet: str) -> bool:
    with suppress(WorkbookError):  # what is not read need not be sound
        rows = book.rows(book.source.find(sheet) or sheet) or []
        return sum(any(map(is_filled, row)) for row in rows) > 1
    return False


def _named(sheet: str) -> Entity | None:
    name = MORE.sub("", sheet.strip()).casefold()
    return next((each for each in ENTITIES.values() if each.sheet.casefold() == name), None)


def _exported(book: Book) -> Entity | None:
    """Return the entity of the export that the file was, if it still has its base."""
    with suppress(WorkbookError):
        return ENTITIES.get(entity_of_base(book.rows(BASE_SHEET) or ()))
    return None


def _fitting(book: Book, sheet: str | None) -> Entity:
    """Return the entity that knows the most columns; the usual one where none knows any.

    Without a number or an action no record can be hit by mistake: the first one will do then.
    """
    first, *_ = ENTITIES.values()
    known = {each.name: {plain(name) for name in known_names(each)} for each in ENTITIES.values()}
    names = tuple(dict.fromkeys(n for each in ENTITIES.values() for n in known_names(each)))
    try:
        read = book.look(wanted=sheet, default=first.sheet, known=names)
    except HeaderError:
        return first  # its reading refuses the file, and tells of the mapping that it needs
    except WorkbookError as error:
        raise WorkbookError(f"{error} {foreign_sheet(book)}".rstrip()) from error
    columns = {plain(each.text) for each in read.columns}
    most = max(len(columns & own) for own in known.values())
    best = [each for each in ENTITIES.values() if len(columns & known[each.name]) == most]
    whole = [each for each in ENTITIES.values() if _exported_columns(each) <= columns]
    if len(best) == 1 and (best[0] in whole or not whole):
        return best[0]
    if len(whole) == 1 and whole[0] in best:
        return whole[0]
    if columns & {plain(ACTION_COLUMN), *(plain(each.id_field.name) for each in best)}:
        candidates = [each for each in ENTITIES.values() if each in (*best, *whole)]
        raise UsageError(_unclear(read.path.name, candidates))
    return best[0]


def _exported_columns(entity: Entity) -> set[str]:
    return {plain(each.name) for each in export_fields(entity)}


def _unclear(file: str, candidates: Iterable[Entity]) -> str:
    kinds = list(candidates)
    ways = " or ".join(f"--entity {short_name(each)}" for each in kinds)
    return (
        f"{file}: the columns fit {' and '.join(each.nouns for each in kinds)} alike, and two of "
        f"them may have the same number. Say which they are: {ways}."
    )
