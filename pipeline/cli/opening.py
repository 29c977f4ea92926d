"""The file that a command was given, read as its options say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cli.recognising import recognise, unread_sheets
from pipeline.entities import ENTITIES
from pipeline.errors import UsageError
from pipeline.mapping.entity_names import entity_named, short_name
from pipeline.prepared import Prepared, Reading, prepare, prepare_book
from pipeline.schema import Entity
from pipeline.sheets.read import open_book

if TYPE_CHECKING:
    from pipeline.mapping.profile import Profile


def open_file(
    file: Path,
    *,
    sheet: str | None,
    unknown_columns: str,
    mapping: str | None = None,
    entity: str | None = None,
    decimal_comma: bool = False,
    ignore_base: bool = False,
) -> Prepared:
    """Read and check a file; the options are those of `shared.file_options` and `base_option`.

    Raises UsageError or WorkbookError when there is no sheet to read, or nobody can tell what its
    rows are.
    """
    profile = _profile(mapping) if mapping is not None else None
    reading = Reading(
        sheet=sheet,
        unknown_columns=unknown_columns,
        decimal_comma=decimal_comma,
        ignore_base=ignore_base,
        mapping=profile,
    )
    chosen = _entity(entity, profile)
    return prepare(file, chosen, reading) if chosen else _recognised(file, reading)


def _profile(mapping: str) -> Profile:
    from pipeline.mapping.reading import read_mapping  # noqa: PLC0415 - only a foreign file needs it

    return read_mapping(mapping)


def _entity(given: str | None, profile: Profile | None) -> Entity | None:
    """Return what the options say that the rows are. Raises UsageError where two disagree."""
    chosen = entity_named("--entity", given) if given is not None else None
    if profile is None:
        return chosen
    made_for = ENTITIES[profile.entity]
    if chosen not in (None, made_for):
        raise UsageError(
            f"--entity: the mapping {profile.name} is for {made_for.nouns}. Leave one out."
        )
    return made_for


def _recognised(file: Path, reading: Reading) -> Prepared:
    """Read the rows that the file itself tells, and name the sheets that are left unread."""
    book = open_book(file)
    found = recognise(book, reading.sheet)
    prepared = prepare_book(book, found, reading)
    unread = [] if reading.sheet else unread_sheets(book, found)
    remarks = [
        f"{file.name}: sheet {each.sheet} was not read; to import it, add "
        f"--entity {short_name(each)}."
        for each in unread
    ]
    return replace(
        prepared,
        sheet=replace(prepared.sheet, remarks=(*prepared.sheet.remarks, *remarks)),
    )
