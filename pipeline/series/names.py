"""Where the state of an export's name is kept: a file in the user's own state folder."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.schema import Entity
from pipeline.state import OWNER_ONLY

FOLDER = "exports"
ENDING = ".sqlite"
LONGEST = 60  # characters of a name
ALLOWED = re.compile(r"[\w .-]+")
SLUG_LENGTH = 40
OWNER_ONLY_FOLDER = 0o700


def clean_name(name: str) -> str:
    """Return the name without blanks around it. Raises UsageError for one that is not allowed."""
    clean = unicodedata.normalize("NFC", name).strip()
    if not ALLOWED.fullmatch(clean) or len(clean) > LONGEST:
        raise UsageError(
            f"Name of the export: '{name}' cannot be one. Allowed are 1 to {LONGEST} letters, "
            "digits, blanks and - _ . characters. Choose such as 'monthly report'."
        )
    return clean


def state_file(home: Path, account: str, name: str, entity: Entity) -> Path:
    """Return the file of a clean name; whether its letters are small or large does not matter.

    Accounts and entities have files of their own.
    """
    plain = name.casefold()
    own = hashlib.sha256("\n".join((account, entity.name, plain)).encode()).hexdigest()[:16]
    slug = re.sub(r"[^a-z0-9]+", "-", plain)[:SLUG_LENGTH].strip("-") or "export"
    return home / FOLDER / f"{slug}-{own}{ENDING}"


def make_file(path: Path) -> None:
    """Make file and folders, for their owner only, where they are missing. Raises UsageError."""
    with _in_words(path):
        for folder in (path.parent.parent, path.parent):
            folder.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
            if os.name == "posix" and folder.stat().st_mode & 0o077:
                folder.chmod(OWNER_ONLY_FOLDER)
        # SQLite gives the files beside this one the same rights.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, OWNER_ONLY))


def remove_file(path: Path) -> None:
    """Remove a file and those that SQLite keeps beside it. Raises UsageError."""
    with _in_words(path):
        for ending in ("", "-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be written ({error.strerror}). "
            "Set NEXUDUS_BULK_HOME to a folder that can be written."
        ) from error
