"""Mappings from where they stand: a file of the user's, one that is built in, or a journal."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path

from pipeline.entities import ENTITIES
from pipeline.errors import UsageError
from pipeline.kinds import plain
from pipeline.mapping.entity_names import find_entity
from pipeline.mapping.fitting import mistakes_of
from pipeline.mapping.near import suggestion
from pipeline.mapping.profile import Profile
from pipeline.mapping.tables import Table, profile_of

ENDING = ".toml"
FOLDER = "profiles"


def read_mapping(given: str) -> Profile:
    """Return the built-in mapping of that name, else the one in the file.

    Raises UsageError when there is neither, or when anything in it is wrong.
    """
    for each in built_in():
        if each.name == given.strip().lower():
            return each
    path = Path(given)
    if given.strip() and path.is_dir():
        raise UsageError(
            f"--mapping: '{given}' is a folder. Give the TOML file that nexudus-bulk map has "
            "written, or the name of a built-in mapping."
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, IsADirectoryError) as error:
        raise UsageError(_nowhere(given)) from error
    except (OSError, ValueError) as error:
        raise UsageError(
            f"--mapping: '{given}' cannot be read as a text in UTF-8. Give the TOML file that "
            "nexudus-bulk map has written, or the name of a built-in mapping."
        ) from error
    return read_text(text, path.name)


def read_text(text: str, name: str) -> Profile:
    """Read a mapping from the text of its file, all mistakes at once. Raises UsageError."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{name}: this is not TOML: {error}. Mend the line.") from error
    return read_table(table, name)


def read_table(table: Table, name: str) -> Profile:
    """Make a profile of a table and judge it. Raises UsageError that names every mistake."""
    mistakes: list[str] = []
    profile = profile_of(table, name.removesuffix(ENDING), mistakes)
    entity = find_entity(profile.entity)
    if entity is None:
        mistakes.append(f"entity '{profile.entity}' is not known. There are {', '.join(ENTITIES)}.")
    else:
        profile = replace(profile, entity=entity.name)
        known = {_place(each) for each in mistakes}  # a rule that could not be read
        mistakes += [each for each in mistakes_of(profile, entity) if not _follows(each, known)]
    if mistakes:
        raise UsageError("\n".join(f"{name}: {each}" for each in mistakes))
    return profile


def _place(mistake: str) -> str:
    """Return the key that a mistake names first."""
    return mistake.split(" ", maxsplit=1)[0]


def _follows(mistake: str, known: set[str]) -> bool:
    """Whether it is told already: a rule is empty since a key of it could not be read."""
    place = _place(mistake)
    is_empty = mistake.startswith(f"{place} says nothing of where")
    return place in known or (is_empty and any(each.startswith(f"{place}.") for each in known))


@cache
def built_in() -> tuple[Profile, ...]:
    """Return the mappings that come with the program, by name."""
    folder = files("pipeline.mapping") / FOLDER
    found = [
        read_text(each.read_text(encoding="utf-8"), each.name)
        for each in folder.iterdir()
        if each.name.endswith(ENDING)
    ]
    return tuple(sorted(found, key=lambda each: each.name))


def recognise(headers: Iterable[str]) -> Profile | None:
    """Return the built-in mapping whose source alone has such headers, the surest first."""
    names = {plain(each) for each in headers}
    known = [
        each
        for each in built_in()
        if each.recognised_by and all(plain(own) in names for own in each.recognised_by)
    ]
    return max(known, key=lambda each: len(each.recognised_by), default=None)


def _nowhere(given: str) -> str:
    names = [each.name for each in built_in()]
    return (
        f"--mapping: there is no file '{given}', and no built-in mapping of that name. "
        f"{suggestion(given, names)}Built in: {', '.join(names)}."
    )
