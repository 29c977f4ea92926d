"""The parts of an .xlsx workbook's zip archive, found by their relationships."""

from __future__ import annotations

import io
import posixpath
import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from xml.etree import ElementTree as ET
from zipfile import ZipFile, ZipInfo

from pipeline.errors import WorkbookError
from pipeline.sheets.archive import MARKUP, SAVE_AGAIN, UNREADABLE, damaged, pieces, refused
from pipeline.sheets.markup import HEAD, checked, has_declaration, looks_like_markup
from pipeline.sheets.tabs import Tab
from pipeline.sheets.weight import Lengths

MAX_TREE = 8 * 2**20  # bytes that become a tree of 10 times their size: 100,000 names, say
ASIDE = {b"<!--": b"-->", b"<![CDATA[": b"]]>"}
BEGINS_ASIDE = re.compile(rb"<!--|<!\[CDATA\[")


@dataclass(frozen=True)
class Contents:
    """What a workbook says of itself; `asks_to_calculate` marks a file no Excel has saved yet.

    The tabs' keys are the names of their parts; `lengths` are those of the shared texts.
    """

    tabs: tuple[Tab, ...]
    asks_to_calculate: bool
    lengths: Lengths


def read_part(path: Path, archive: ZipFile, name: str) -> bytes:
    """Return a part as UTF-8 XML without comments and CDATA.

    Raises WorkbookError for one that is missing, damaged, too large or made to do harm.
    """
    whole = io.BytesIO()  # a list of pieces would stand in memory beside what is made of it
    whole.writelines(part_pieces(path, archive, name))
    xml = whole.getvalue()
    return _without_asides(path, xml) if has_declaration(xml) else xml


def part_pieces(path: Path, archive: ZipFile, name: str) -> Iterator[bytes]:
    """Pass on a part's XML piece by piece, in UTF-8. Raises WorkbookError as `read_part` does."""
    try:
        entry = archive.getinfo(_spelling(archive, name))
    except KeyError as error:
        raise damaged(path) from error
    yield from checked(path, pieces(path, archive, entry))


def _without_asides(path: Path, xml: bytes) -> bytes:
    """Take comments away and write CDATA as text; in one go, since there may be millions."""
    kept, at = [], 0
    while found := BEGINS_ASIDE.search(xml, at):
        close = ASIDE[found[0]]
        end = xml.find(close, found.end())
        if end < 0:
            raise damaged(path)
        kept.append(xml[at : found.start()])
        if close == b"]]>":
            kept.append(
                escape(xml[found.end() : end].decode("utf-8", "replace"), quote=False).encode()
            )
        at = end + len(close)
    return b"".join([*kept, xml[at:]])


def _check_parts(path: Path, archive: ZipFile, tabs: Container[str]) -> Lengths:
    """Read every part that a reader needs besides the sheets, so that harm in it shows here.

    Returns how long the shared texts are.
    """
    lengths = Lengths()
    for entry in archive.infolist():
        if entry.filename.lower() in tabs or not _is_markup(path, archive, entry):
            continue
        is_shared = entry.filename.lower().endswith("sharedstrings.xml")
        for piece in checked(path, pieces(path, archive, entry)):
            if is_shared:
                lengths.add(piece)
    if lengths.is_lie:
        raise refused(path, "the workbook announces far more texts than it has")
    return lengths


def _is_markup(path: Path, archive: ZipFile, entry: ZipInfo) -> bool:
    """Whether a part is XML by its name or, whatever its name, by how it begins."""
    if entry.filename.lower().endswith(MARKUP):
        return True
    try:
        with archive.open(entry) as part:
            return looks_like_markup(part.read(HEAD))
    except UNREADABLE as error:
        raise damaged(path) from error


def read_contents(path: Path, archive: ZipFile) -> Contents:
    """Return the worksheets in the workbook's order; charts and macro sheets are left out.

    Raises WorkbookError for an archive that is no sound workbook.
    """
    names = {name.lower() for name in archive.namelist()}
    if "xl/workbook.bin" in names:
        raise WorkbookError(f"{path.name}: this is a binary workbook (.xlsb). {SAVE_AGAIN}")
    if "content.xml" in names:
        raise WorkbookError(f"{path.name}: this is an OpenDocument file. Rename it to end in .ods.")
    if not any(name == "_rels/.rels" or name.startswith("xl/") for name in names):
        raise WorkbookError(f"{path.name}: this is a zip archive, not a workbook. {SAVE_AGAIN}")
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
    lengths = _check_parts(path, archive, {tab.key.lower() for tab in tabs})
    return Contents(tuple(tabs), asks, lengths)


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
    xml = read_part(path, archive, name)
    if len(xml) > MAX_TREE:
        raise WorkbookError(
            f"{path.name}: {name} has {len(xml) / 2**20:,.0f} MB, which is more than is read. "
            "Copy the sheet into a new workbook: names and sheets that nobody needs stay behind."
        )
    try:
        return ET.fromstring(xml)
    except ET.ParseError as error:
        raise damaged(path) from error


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _spelling(archive: ZipFile, name: str) -> str:
    """Return the part's name as the archive spells it; names of parts have no case."""
    if name in archive.NameToInfo:
        return name
    return next((each for each in archive.namelist() if each.lower() == name.lower()), name)
