"""The records of an old workbook's stream (Excel 5 to 2003), and what they say of all sheets.

Layout: [MS-XLS], Excel Binary File Format. Formulas are not decoded, only their results are read.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from pipeline.sheets.biff_texts import SharedTexts
from pipeline.sheets.compound import BrokenError

BOF, EOF, CONTINUE, FILEPASS, CODEPAGE, DATEMODE = 0x809, 0x0A, 0x3C, 0x2F, 0x42, 0x22
BOUNDSHEET, SST, FORMAT, XF, WRITER = 0x85, 0xFC, 0x41E, 0xE0, 0x5C
EXCEL_97, EXCEL_5 = 0x600, 0x500
WORKSHEET = 0  # type of a sheet
MAX_RECORDS = 20_000_000


class ProtectedError(ValueError):
    """A stream that is encrypted with a password."""


class TooOldError(ValueError):
    """A stream of a version before Excel 5."""


@dataclass(frozen=True)
class BoundSheet:
    """A sheet as the stream lists it; `offset` is where its records begin."""

    name: str
    offset: int
    hidden: bool


@dataclass
class Globals:
    """What the first part of a stream says of all sheets; filled while it is read."""

    is_wide: bool = True  # texts are Unicode
    codec: str = "cp1252"
    is_1904: bool = False
    never_calculates: bool = False  # xlwt writes formulas without results
    sheets: list[BoundSheet] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    formats: dict[int, str] = field(default_factory=dict)
    styles: list[int] = field(default_factory=list)  # the format of each


def records(stream: bytes, at: int = 0) -> Iterator[tuple[int, bytes]]:
    """Give code and content of the records from an offset on, up to the end of their part.

    Parts within it, such as charts, are left out. Raises BrokenError when there is no end.
    """
    depth = 0
    unpack = struct.Struct("<HH").unpack_from
    for _ in range(MAX_RECORDS):
        if at + 4 > len(stream):
            raise BrokenError
        code, length = unpack(stream, at)
        at += 4 + length
        if code == BOF:
            depth += 1
        elif code == EOF:
            depth -= 1
            if depth <= 0:
                return
        if depth <= 1:
            yield code, stream[at - length : at]
    raise BrokenError


def read_globals(stream: bytes) -> Globals:
    """Read what comes before the sheets. Raises BrokenError, ProtectedError or TooOldError."""
    found = Globals()
    shared: list[bytes] = []
    previous = 0
    for number, (code, content) in enumerate(records(stream)):
        if number == 0:
            found.is_wide = _version(code, content) == EXCEL_97
        if code == CONTINUE and previous == SST:
            shared.append(content)
            continue
        previous = code
        if code == SST:
            shared.append(content)
        elif code in _GLOBAL:
            _GLOBAL[code](found, content)
    if shared:
        found.texts = SharedTexts(shared).read()
    return found


def _version(code: int, content: bytes) -> int:
    if code & 0xFF != BOF & 0xFF:
        raise BrokenError
    version = u16(content, 0) if code == BOF else 0
    if version not in {EXCEL_97, EXCEL_5}:
        raise TooOldError
    return version


def _refuse_password(_: Globals, __: bytes) -> None:
    raise ProtectedError


def _take_codepage(found: Globals, content: bytes) -> None:
    number = u16(content, 0)
    name = {10_000: "mac_roman", 32_768: "mac_roman", 32_769: "cp1252"}.get(number, f"cp{number}")
    try:
        b"".decode(name)
    except LookupError:
        return
    found.codec = name


def _take_datemode(found: Globals, content: bytes) -> None:
    found.is_1904 = u16(content, 0) == 1


def _take_writer(found: Globals, content: bytes) -> None:
    # Others begin with the length of the name: only xlwt writes it bare.
    found.never_calculates = content.startswith(b"None    ")


def _take_sheet(found: Globals, content: bytes) -> None:
    if len(content) < 8:  # noqa: PLR2004 - offset, state, type, length, one letter
        raise BrokenError
    offset, state, kind, length = struct.unpack_from("<IBBB", content)
    if kind == WORKSHEET:
        name = text_of(found, content[7:], length)
        found.sheets.append(BoundSheet(name, offset, bool(state & 3)))


def _take_format(found: Globals, content: bytes) -> None:
    if found.is_wide:
        found.formats[u16(content, 0)] = text_of(found, content[4:], u16(content, 2))
    else:
        found.formats[u16(content, 0)] = text_of(found, content[3:], content[2])


def _take_style(found: Globals, content: bytes) -> None:
    found.styles.append(u16(content, 2))


_GLOBAL: dict[int, Callable[[Globals, bytes], None]] = {
    FILEPASS: _refuse_password,
    CODEPAGE: _take_codepage,
    DATEMODE: _take_datemode,
    WRITER: _take_writer,
    BOUNDSHEET: _take_sheet,
    FORMAT: _take_format,
    XF: _take_style,
}


def text_of(known: Globals, content: bytes, length: int) -> str:
    """Read a text of so many characters; a wide one begins with a byte that tells its width."""
    if not known.is_wide:
        return content[:length].decode(known.codec, "replace")
    if content[:1] and content[0] & 1:
        return content[1 : 1 + 2 * length].decode("utf-16-le", "replace")
    return content[1 : 1 + length].decode("latin-1")


def u16(content: bytes, at: int) -> int:
    if at + 2 > len(content):
        raise BrokenError
    return int.from_bytes(content[at : at + 2], "little")
