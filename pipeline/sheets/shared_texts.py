"""The texts that a workbook's cells share, read at once where their XML is as simple as can be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from pipeline.sheets.markup import is_utf8

BEFORE = re.compile(rb"\s*(?:<\?xml[^<>]*\?>\s*)?<sst(?:\s[^<>]*)?>")
AFTER = re.compile(rb"</sst>\s*")
ITEM, BEGIN, KEEPING, END = "<si>", "<si><t>", '<si><t xml:space="preserve">', "</t></si>"
TAGS = 4  # of each text
SPACES = " \n\t"
OTHER_ENTITY = re.compile("&(?!(?:lt|gt|quot|apos|amp);)")
ODD = "\r", "_x"  # one that XML turns into another, and Excel's own such as _x000D_


def simple_texts(xml: bytes) -> list[str] | None:
    """Return the shared texts; None where any of them needs a reader that knows all of XML.

    That is where one has formats or is written in an unusual way, refers to a character by its
    number, is escaped, or ends with a space that may not count.
    """
    body = _body(xml)
    if body is None or any(each in body for each in ODD) or any(_spaces_in_doubt(body)):
        return None
    body = body.replace(KEEPING, BEGIN)
    texts = body[len(BEGIN) : -len(END)].split(END + BEGIN)
    if not (body.startswith(BEGIN) and body.endswith(END) and body.count("<") == TAGS * len(texts)):
        return None
    if "&" not in body:
        return texts
    if OTHER_ENTITY.search(body):
        return None
    return [unescape(each) if "&" in each else each for each in texts]


def _body(xml: bytes) -> str | None:
    """Return what stands in the part's only element, if that is UTF-8 and begins as usual."""
    before, end = BEFORE.match(xml), xml.rfind(b"</sst>")
    if before is None or end < 0 or AFTER.fullmatch(xml, end) is None or not is_utf8(xml):
        return None
    try:
        return xml[before.end() : end].decode()
    except UnicodeDecodeError:
        return None


def _spaces_in_doubt(body: str) -> Iterator[bool]:
    """Tell of each space at an end of a text whether the text does not say that it counts."""
    for space in SPACES:
        yield BEGIN + space in body
        at = body.find(space + END)
        while at >= 0:
            yield not body.startswith(KEEPING, body.rfind(ITEM, 0, at))
            at = body.find(space + END, at + 1)
