"""The parts of a workbook's zip archive: opened with care, found by their relationships."""

from __future__ import annotations

import posixpath
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape
from zipfile import BadZipFile, ZipFile

from pipeline.errors import WorkbookError

MAX_INFLATED = 2**30  # bytes
MAX_RATIO, RATIO_FROM = 200, 100 * 2**20  # a sheet of 50,000 full rows is 94 MB, 6 times its zip
SAVE_AGAIN = "Open it in Excel or LibreOffice and save it again as .xlsx."

ASIDE = re.compile(rb"<!--.*?-->|<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
UNREADABLE = (BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError)


@dataclass(frozen=True)
class Tab:
    """One sheet as the workbook lists it; `part` is its file in the archive."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True)
class Contents:
    """What a workbook says of itself; `asks_to_calculate` marks a file no Excel has saved yet."""

    tabs: tuple[Tab, ...]
    asks_to_calculate: bool


def damaged(path: Path) -> WorkbookError:
    """Say that a workbook cannot be read."""
    return WorkbookError(f"{path.name}: the workbook is damaged. {SAVE_AGAIN}")


def open_archive(path: Path) -> ZipFile:
    """Open a workbook's archive; refuse what is damaged, protected, too large or none."""
    try:
        archive = ZipFile(path)
    except UNREADABLE as error:
        raise damaged(path) from error
    try:
        _check_archive(path, archive)
    except WorkbookError:
        archive.close()
        raise
    return archive


def _check_archive(path: Path, archive: ZipFile) -> None:
    entries = archive.infolist()
    inflated = sum(each.file_size for each in entries)
    packed = sum(each.compress_size for each in entries)
    names = {each.filename for each in entries}
    if inflated > MAX_INFLATED or (inflated > RATIO_FROM and inflated > MAX_RATIO * packed):
        raise WorkbookError(
            f"{path.name}: the workbook would unpack to {inflated / 2**20:,.0f} MB, which is more "
            "than is read. Split it into smaller workbooks."
        )
    if any(each.flag_bits & 1 for each in entries):
        raise WorkbookError(f"{path.name}: {PROTECTED}")
    if "xl/workbook.bin" in names:
        raise WorkbookError(f"{path.name}: this is a binary workbook (.xlsb). {SAVE_AGAIN}")
    if "mimetype" in names and "content.xml" in names:
        raise WorkbookError(f"{path.name}: this is an OpenDocument file (.ods). {SAVE_AGAIN}")
    if not any(name.lower() == "_rels/.rels" or name.startswith("xl/") for name in names):
        raise WorkbookError(f"{path.name}: this is a zip archive, not a workbook. {SAVE_AGAIN}")


PROTECTED = (
    "the workbook is protected with a password. Remove the password in Excel "
    "(File, Info, Protect Workbook) and save it."
)


def read_part(path: Path, archive: ZipFile, name: str) -> bytes:
    """Return a part as UTF-8 XML without comments and CDATA; a part with a DTD is refused."""
    try:
        xml = archive.read(_spelling(archive, name))
        if xml[:2] in (b"\xff\xfe", b"\xfe\xff"):
            xml = xml.decode("utf-16").encode()
    except (*UNREADABLE, KeyError) as error:
        raise damaged(path) from error
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise WorkbookError(
            f"{path.name}: the workbook defines XML entities, which no spreadsheet program does. "
            f"{SAVE_AGAIN}"
        )
    if b"<!" in xml:
        xml = ASIDE.sub(lambda found: escape((found[1] or b"").decode()).encode(), xml)
    return xml


def check_parts(path: Path, archive: ZipFile) -> None:
    """Read every part a reader needs besides the sheets, so that a lie about a size shows here."""
    for entry in archive.infolist():
        if entry.filename.endswith(".xml") and "/worksheets/" not in entry.filename:
            try:
                with archive.open(entry) as part:
                    while part.read(2**20):
                        pass
            except UNREADABLE as error:
                raise damaged(path) from error


def read_contents(path: Path, archive: ZipFile) -> Contents:
    """Return the worksheets in the workbook's order; charts and macro sheets are left out."""
    package = _relationships(path, archive, "", "_rels/.rels")
    book = next((part for kind, part in package.values() if kind == "officeDocument"), None)
    if book is None or _spelling(archive, book) not in archive.namelist():
        raise WorkbookError(f"{path.name}: this is a zip archive, not a workbook. {SAVE_AGAIN}")
    folder, name = posixpath.split(book)
    targets = _relationships(path, archive, folder, f"{folder}/_rels/{name}.rels".lstrip("/"))
    root = _tree(path, archive, book)
    if _local(root.tag) != "workbook":
        raise WorkbookError(f"{path.name}: this is another kind of document. {SAVE_AGAIN}")
    tabs = []
    for sheet in root.iterfind(".//{*}sheets/{*}sheet"):
        link = next((value for key, value in sheet.items() if key.endswith("}id")), "")
        kind, part = targets.get(link, ("", ""))
        if kind == "worksheet":
            hidden = sheet.get("state", "visible") != "visible"
            tabs.append(Tab(sheet.get("name", ""), part, hidden))
    calculation = root.find("{*}calcPr")
    asks = calculation is not None and calculation.get("fullCalcOnLoad") in ("1", "true")
    return Contents(tuple(tabs), asks)


def _relationships(
    path: Path, archive: ZipFile, folder: str, name: str
) -> dict[str, tuple[str, str]]:
    """Map each relationship's id to the last word of its type and the part it leads to."""
    found = {}
    for each in _tree(path, archive, name).iterfind("{*}Relationship"):
        target = posixpath.normpath(posixpath.join("/" + folder, each.get("Target", "")))
        kind = each.get("Type", "").rpartition("/")[2]
        found[each.get("Id", "")] = (kind, target.lstrip("/"))
    return found


def _tree(path: Path, archive: ZipFile, name: str) -> ET.Element:
    try:
        return ET.fromstring(read_part(path, archive, name))
    except ET.ParseError as error:
        raise damaged(path) from error


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _spelling(archive: ZipFile, name: str) -> str:
    """Return the part's name as the archive spells it; names of parts have no case."""
    if name in archive.NameToInfo:
        return name
    return next((each for each in archive.namelist() if each.lower() == name.lower()), name)
