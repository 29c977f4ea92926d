"""Files that appear whole or not at all: made in a folder of their own and moved at the end."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.exceptions import XlsxFileError

from pipeline.errors import UsageError

ENDING = ".xlsx"


def refuse_to_overwrite(path: Path, *, overwrite: bool) -> None:
    """Raise UsageError if there is such a file already, unless it is meant to be replaced."""
    if path.is_dir():
        raise UsageError(f"{path}: is a folder. Give the name of a file.")
    if path.exists() and not overwrite:
        raise UsageError(f"{path}: exists already. Give another name, or --overwrite.")


def refuse_own_input(option: str, path: Path, source: Path) -> None:
    """Raise UsageError if `path`, given with `option`, is the file that is read, by any name."""
    same = path.exists() and source.exists() and path.samefile(source)
    if same or path.resolve() == source.resolve():
        raise UsageError(f"{option}: '{path}' is the file itself. Choose another name.")


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Give the path of an unfinished file beside `path`; it is at `path` after the block.

    Raises UsageError when the file cannot be written. What the block raises passes through, and a
    file of that name stays as it was.
    """
    path = path.resolve()  # a link stays one
    try:
        with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as folder:
            unfinished = Path(folder, path.name)
            yield unfinished
            unfinished.replace(path)
    except (OSError, XlsxFileError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(
            f"{path}: cannot be written ({reason}). Choose another place, "
            "or close the file if another program has it open."
        ) from error


@contextmanager
def new_workbook(path: Path) -> Iterator[Workbook]:
    """Give a workbook in constant memory (rows in order only); it is at `path` after the block.

    Raises UsageError when the name is no workbook's or the file cannot be written. What the block
    raises passes through, and a file of that name stays as it was.
    """
    if path.suffix.lower() != ENDING:
        raise UsageError(f"{path.name}: a workbook's name ends in {ENDING}. Choose such a name.")
    with new_file(path) as unfinished:
        # tmpdir: records that wait to be packed stay in that folder too, and go with it.
        options = {"constant_memory": True, "tmpdir": str(unfinished.parent)}
        with Workbook(str(unfinished), options) as book:
            yield book
