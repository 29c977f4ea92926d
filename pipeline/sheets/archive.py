"""A workbook's zip archive: bounded and sound before anything in it is unpacked."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from pipeline.errors import WorkbookError

MAX_PACKED = 256 * 2**20  # bytes of the file
MAX_INFLATED = 2**30  # bytes of all its parts
MAX_PART = 400 * 2**20  # bytes of one part; a sheet of 50,000 full rows is 94 MB
MAX_RATIO, RATIO_FROM = 100, 16 * 2**20  # spreadsheet programs pack their XML 5 to 25 times
MAX_DIRECTORY = 4 * 2**20  # bytes: some 40,000 parts
PIECE = 2**20  # bytes
LOCAL_HEADER = 30  # bytes of an entry before its name
MARKUP = (".xml", ".rels", ".vml")  # how the names of parts end that are read
ENCRYPTED = 1  # flag of an entry

SAVE_AGAIN = "Open it in Excel or LibreOffice and save it again as .xlsx."
PROTECTED = (
    "the workbook is protected with a password. Remove the password in Excel "
    "(File, Info, Protect Workbook) and save it."
)
UNREADABLE = (BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError)


def damaged(path: Path) -> WorkbookError:
    """Say that a workbook cannot be read."""
    return WorkbookError(f"{path.name}: the workbook is damaged. {SAVE_AGAIN}")


def refused(path: Path, reason: str) -> WorkbookError:
    """Say that a file was made to do harm, or by a program that knows no better."""
    return WorkbookError(f"{path.name}: {reason}, which no spreadsheet program does. {SAVE_AGAIN}")


class _ManyPartsError(BadZipFile):
    """A directory of an archive that is larger than that of any workbook."""


class _Frugal(io.FileIO):
    """A file of which a zip's directory is read only if it is no larger than any sound one."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Read, but never more at once than a directory may have."""
        if size is not None and size > MAX_DIRECTORY:
            raise _ManyPartsError
        return super().read(-1 if size is None else size) or b""


def open_archive(path: Path) -> ZipFile:
    """Open a workbook's archive; refuse what is damaged, protected, too large or none."""
    if path.stat().st_size > MAX_PACKED:
        raise WorkbookError(
            f"{path.name}: the file has {path.stat().st_size / 2**20:,.0f} MB, and at most "
            f"{MAX_PACKED // 2**20} MB are read. Split it into smaller workbooks."
        )
    file = _Frugal(path)
    try:
        archive = _Archive(file)
    except _ManyPartsError as error:
        file.close()
        raise refused(path, "the workbook has tens of thousands of parts") from error
    except UNREADABLE as error:
        file.close()
        raise damaged(path) from error
    try:
        _check(path, archive)
    except WorkbookError:
        archive.close()
        raise
    return archive


class _Archive(ZipFile):
    """A zip archive that closes the file it was given."""

    def __init__(self, file: IO[bytes]) -> None:
        self._given = file  # before the archive: it closes itself when it is none
        super().__init__(file)

    def close(self) -> None:
        """Close the archive and its file."""
        super().close()
        self._given.close()


def _check(path: Path, archive: ZipFile) -> None:
    entries = archive.infolist()
    inflated = sum(each.file_size for each in entries)
    if inflated > MAX_INFLATED:
        raise WorkbookError(
            f"{path.name}: the workbook would unpack to {inflated / 2**20:,.0f} MB, which is more "
            "than is read. Split it into smaller workbooks."
        )
    if any(each.flag_bits & ENCRYPTED for each in entries):
        raise WorkbookError(f"{path.name}: {PROTECTED}")
    if any(each.compress_type not in {ZIP_STORED, ZIP_DEFLATED} for each in entries):
        raise refused(path, "the workbook is packed in an unusual way")
    if len({each.filename.lower() for each in entries}) < len(entries):
        raise refused(path, "two parts of the workbook have the same name")
    if _overlap(entries):
        raise refused(path, "parts of the workbook overlap in the file")
    for each in entries:
        if each.filename.lower().endswith(MARKUP):  # pictures are never unpacked
            _check_size(path, each)


def _overlap(entries: list[ZipInfo]) -> bool:
    end = 0
    for each in sorted(entries, key=lambda entry: entry.header_offset):
        if each.header_offset < end:
            return True
        end = each.header_offset + LOCAL_HEADER + len(each.filename) + each.compress_size
    return False


def _check_size(path: Path, entry: ZipInfo) -> None:
    size = entry.file_size
    if size > MAX_PART:
        raise WorkbookError(
            f"{path.name}: {entry.filename} would unpack to {size / 2**20:,.0f} MB, which is more "
            "than is read. Split it into smaller workbooks."
        )
    if size > RATIO_FROM and size > MAX_RATIO * entry.compress_size:
        packed = size // max(entry.compress_size, 1)
        raise refused(
            path,
            f"{entry.filename} would unpack to {size / 2**20:,.0f} MB, {packed:,} times its size",
        )


def pieces(path: Path, archive: ZipFile, entry: ZipInfo) -> Iterator[bytes]:
    """Unpack a part piece by piece; one that is too large, or packed like a bomb, is refused."""
    _check_size(path, entry)
    try:
        with archive.open(entry) as part:
            while piece := part.read(PIECE):
                yield piece
    except UNREADABLE as error:
        raise damaged(path) from error
