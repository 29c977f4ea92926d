"""Files that come from other programs: laid under their mapping, or told which one they need."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from pipeline.entities import RESOURCE
from pipeline.errors import HeaderError, WorkbookError
from pipeline.header import known_names
from pipeline.kinds import plain
from pipeline.mapping.laying import Laid, keys_lacking, lay, maps_nothing, source_names
from pipeline.mapping.profile import Profile
from pipeline.mapping.reading import built_in, recognise
from pipeline.problems import Problem, problem
from pipeline.schema import Entity
from pipeline.sheets.grid import HEADER_ROWS
from pipeline.sheets.matrix import is_filled
from pipeline.sheets.read import Book, Sheet


class Wish(Protocol):
    """What of a reading bears on finding the sheet and its columns."""

    @property
    def sheet(self) -> str | None: ...
    @property
    def unknown_columns(self) -> str: ...
    @property
    def mapping(self) -> Profile | None: ...
    @property
    def decimal_comma(self) -> bool: ...


def sheet_of(book: Book, entity: Entity, wish: Wish) -> tuple[Sheet, Laid | None]:
    """Read the sheet, and lay the mapping over it if one is given.

    A sheet whose header is our own is read without. Raises WorkbookError when there is no sheet,
    or when its header is neither ours nor the mapping's.
    """
    profile = wish.mapping
    if profile is None:
        return _own_sheet(book, entity, wish), None
    if profile.entity != entity.name:
        raise WorkbookError(
            f"{book.path.name}: the mapping {profile.name} is for {profile.entity}, and the file "
            f"is read as {entity.name}. Choose one of the two."
        )
    try:
        source = book.sheet(
            wanted=wish.sheet, default=profile.sheet or entity.sheet, known=source_names(profile)
        )
    except HeaderError:
        return _unmapped(book, entity, wish, profile, ""), None
    if maps_nothing(profile, source):
        return _unmapped(book, entity, wish, profile, ""), None
    if lacking := keys_lacking(profile, source, entity):
        return _unmapped(book, entity, wish, profile, lacking), None
    laid = lay(profile, source, entity, unknown=wish.unknown_columns, comma=wish.decimal_comma)
    return source, laid


def _own_sheet(book: Book, entity: Entity, wish: Wish) -> Sheet:
    known = known_names(entity)
    try:
        return book.sheet(wanted=wish.sheet, default=entity.sheet, known=known)
    except HeaderError as error:
        raise WorkbookError(f"{error} {_way(book, entity, wish, error.rows)}") from error


def _way(book: Book, entity: Entity, wish: Wish, rows: Iterable[Sequence[str]]) -> str:
    """Say which mapping rows look like that have no header of ours, else how to make one."""
    for texts in rows:
        profile = recognise(texts)
        if profile is not None and profile != wish.mapping:
            return f"This looks like {profile.title}: add --mapping {profile.name}."
    return f"If the file comes from another program: {_map_command(book.path, entity, wish)}"


def _map_command(path: Path, entity: Entity, wish: Wish) -> str:
    """Write the command that makes a mapping of the same sheet."""
    words = ["nexudus-bulk", "map", str(path)]
    words += ["--sheet", wish.sheet] if wish.sheet else []
    words += ["--entity", entity.name] if entity is not RESOURCE else []
    return shlex.join(words)


def foreign_sheet(book: Book) -> str:
    """Say which sheet of a workbook looks like another program's; "" where none does."""
    for each in built_in():
        rows = (book.rows(each.sheet) if each.sheet else None) or []
        texts = ([str(cell) for cell in row if is_filled(cell)] for row in rows[:HEADER_ROWS])
        if any(recognise(found) == each for found in texts):
            return f"{each.sheet} looks like {each.title}: add --mapping {each.name}."
    return ""


def _unmapped(book: Book, entity: Entity, wish: Wish, profile: Profile, lacking: str) -> Sheet:
    """Read a sheet of our own although a mapping was given; anything else is refused."""
    default = profile.sheet or entity.sheet
    try:
        sheet = book.sheet(wanted=wish.sheet, default=default, known=known_names(entity))
    except HeaderError as error:
        raise _unfit(book, entity, wish, lacking, error.rows) from error
    texts = [each.text for each in sheet.columns]
    if not names_key(texts, entity):
        raise _unfit(book, entity, wish, lacking, [texts])
    said = f"the mapping {profile.name} is left out: the header has our own names"
    return replace(sheet, remarks=(*sheet.remarks, said))


def _unfit(
    book: Book, entity: Entity, wish: Wish, lacking: str, rows: Iterable[Sequence[str]]
) -> WorkbookError:
    name = wish.mapping.name if wish.mapping else ""
    what = lacking or "its header has none of the columns that the mapping takes."
    return WorkbookError(
        f"{book.path.name}: the mapping {name} does not fit: {what} "
        f"{_way(book, entity, wish, rows)}"
    )


def names_key(texts: Iterable[str], entity: Entity) -> bool:
    """Whether a header tells by our own names which record a row means."""
    found = {plain(each) for each in texts}
    return all(
        plain(name) in found or plain(entity.name_columns.get(name, name)) in found
        for name in entity.key
    )


def name_source(
    sheet: Sheet, entity: Entity, wish: Wish, found: Sequence[Problem]
) -> list[Problem]:
    """Say which mapping a file needs that is read without one and does not look like ours.

    Returned are the problems `found` with it, but for those of a header that is not ours.
    """
    texts = [each.text for each in sheet.columns]
    if names_key(texts, entity):
        return list(found)
    profile = recognise(texts)
    if profile is not None:
        said = problem("foreign_file", sheet.name, title=profile.title, mapping=profile.name)
        return [said, *(each for each in found if each.row is not None)]
    known = {plain(each) for each in known_names(entity)}
    strangers = sum(plain(each) not in known for each in texts)
    if 2 * strangers < len(texts) or plain(entity.id_field.name) in map(plain, texts):
        return list(found)  # our own header, with a slip
    command = _map_command(sheet.path, entity, wish)
    return [*found, problem("unmapped_file", sheet.name, command=command)]
