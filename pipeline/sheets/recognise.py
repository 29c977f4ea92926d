"""What kind of file this is, by its content as well as by its name."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pipeline.errors import UsageError, WorkbookError
from pipeline.sheets.archive import PROTECTED, SAVE_AGAIN

Sort = Literal["workbook", "old workbook", "document", "text"]

SORTS: dict[str, Sort] = {
    ".xlsx": "workbook",
    ".xlsm": "workbook",
    ".xls": "old workbook",
    ".ods": "document",
    ".csv": "text",
    ".tsv": "text",
    ".txt": "text",
}
BINARY = ".xlsb"
HEAD = 4096  # bytes that tell a file's kind
MAX_SEARCHED = 64 * 2**20  # bytes
ZIP, OLE = b"PK\x03\x04", bytes.fromhex("D0CF11E0A1B11AE1")
FOREIGN = {
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"%PDF-": "a PDF document",
    b"{\\rtf": "a text document",
}
WEB_PAGE = (b"<!doctype html", b"<html", b"<head", b"<body", b"<table", b"<meta", b"<style")


def recognise(path: Path) -> Sort:
    """Say how to read the file, or raise an error that says what it is and what to do."""
    head = _head(path)
    ending = path.suffix.lower()
    if ending not in {*SORTS, BINARY}:
        raise WorkbookError(
            f"{path.name}: files that end in '{path.suffix}' are not read. "
            "Use .xlsx, .xlsm, .xls, .ods or .csv."
        )
    if not head.strip():
        raise WorkbookError(f"{path.name}: the file is empty. Save it again where it came from.")
    if (what := _foreign(head)) is not None:
        raise WorkbookError(
            f"{path.name}: this is {what}, whatever its name says. "
            "If Excel opens it, save it there as .xlsx."
        )
    if ending == BINARY:
        raise WorkbookError(f"{path.name}: {BINARY} files are not read. {SAVE_AGAIN}")
    return _agreed(path, SORTS[ending], head)


def _agreed(path: Path, sort: Sort, head: bytes) -> Sort:
    """Return the sort that the name promises, if the content keeps it."""
    if head.startswith(OLE):
        if sort != "old workbook":
            raise WorkbookError(f"{path.name}: {_old_container(path)}")
        return sort
    if head.startswith(ZIP):
        if sort in {"workbook", "document"}:
            return sort
        raise WorkbookError(
            f"{path.name}: this is a workbook or an archive, not "
            f"{'text' if sort == 'text' else 'an old workbook'}. Rename it to end in .xlsx."
        )
    if sort == "text":
        return sort
    if b"\0" not in head and not head.startswith(b"PK"):
        raise WorkbookError(
            f"{path.name}: the file holds text, not a workbook. Rename it to end in .csv."
        )
    raise WorkbookError(f"{path.name}: this is no workbook, or a damaged one. {SAVE_AGAIN}")


def _head(path: Path) -> bytes:
    """Read the first bytes; a file that is not there is the caller's mistake."""
    try:
        if path.is_dir():
            raise UsageError(f"{path}: this is a folder. Name the file in it.")
        if path.exists() and not path.is_file():
            raise UsageError(f"{path}: this is not a file. Name a workbook or a csv.")
        with path.open("rb") as file:
            return file.read(HEAD)
    except FileNotFoundError as error:
        raise UsageError(
            f"{path}: there is no such file. Check the name and the folder."
        ) from error
    except PermissionError as error:
        raise UsageError(
            f"{path}: the file may not be read. Close it elsewhere and check its permissions."
        ) from error
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: the file cannot be opened. Check its name.") from error


def _foreign(head: bytes) -> str | None:
    for signature, what in FOREIGN.items():
        if head.startswith(signature):
            return what
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(WEB_PAGE) or (start.startswith(b"<?xml") and b"<html" in start):
        return "a web page"
    return "an XML file" if start.startswith(b"<?xml") else None


def _old_container(path: Path) -> str:
    """Word what an OLE container is: Excel packs both old and protected workbooks into one."""
    with path.open("rb") as file:
        content = file.read(MAX_SEARCHED)
    if "EncryptedPackage".encode("utf-16-le") in content:
        return PROTECTED
    if any(name.encode("utf-16-le") in content for name in ("Workbook", "Book")):
        return "this is an old workbook. Rename it to end in .xls."
    return f"this is an old Office document, not a workbook. {SAVE_AGAIN}"
