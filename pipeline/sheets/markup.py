"""XML bounded before it is parsed: its encoding, entities and nesting."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.sheets.archive import damaged, refused
from pipeline.sheets.digits import WIDTH

MAX_DEPTH = 200  # levels; lxml itself gives up at 256
TYPED = re.compile(rb"<!DOCTYPE|<!ENTITY", re.IGNORECASE)
BLOCK = 512  # bytes
HEAD = 64  # bytes that tell XML from a picture
LONGEST_WORD = len(b"<!DOCTYPE")
DECLARED = re.compile(rb"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)""")
ENCODINGS = {b"utf-8", b"utf8", b"us-ascii", b"ascii", b"utf-16", b"iso-8859-1", b"windows-1252"}
# What each character behind a `<`, or the `>` behind a `/`, does to the depth.
STEPS = np.ones(256, dtype=np.int8)
STEPS[[ord("/"), ord(">")]] = -1
STEPS[[ord("!"), ord("?")]] = 0


def looks_like_markup(head: bytes) -> bool:
    """Whether the first bytes of a part are those of XML, in whatever encoding."""
    return head.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<")


def is_utf8(xml: bytes) -> bool:
    """Whether XML says that it is UTF-8, or says nothing."""
    declared = DECLARED.match(xml)
    return declared is None or declared[1].lower() == b"utf-8"


def has_declaration(xml: bytes) -> bool:
    """Whether there is a comment, CDATA or a declaration in XML; one byte is found far sooner."""
    return b"!" in xml and b"<!" in xml


def checked(path: Path, content: Iterable[bytes]) -> Iterator[bytes]:
    """Pass XML on, piece by piece and in UTF-8; refuse entities, odd encodings, deep nesting."""
    depth, last = 0, b""
    for piece in _ascii_based(path, content):
        edge = (
            last + piece[:LONGEST_WORD]
        )  # a word or tag may begin in one piece and end in another
        if TYPED.search(edge) or (has_declaration(piece) and TYPED.search(piece)):
            raise refused(path, "the workbook defines XML entities")
        depth, at_edge = _depths(edge[len(last[:-1]) : len(last) + 1], depth)
        depth, within = _depths(piece, depth)
        if max(at_edge, within) > MAX_DEPTH:
            raise refused(path, f"the workbook nests its XML deeper than {MAX_DEPTH} levels")
        yield piece
        last = (
            (last + piece)[-LONGEST_WORD:] if len(piece) < LONGEST_WORD else piece[-LONGEST_WORD:]
        )


def _depths(text: bytes, depth: int) -> tuple[int, int]:
    """Return the depth at the end, and one that is never exceeded; a text `/>` only lessens them.

    Tags are counted by the block, as if all of it were opened before any is closed; only where that
    could be too deep is every tag followed by itself.
    """
    codes = np.frombuffer(text, np.uint8)
    counted = (len(text) - 1) // BLOCK * BLOCK
    if counted <= 0 or b"!" in text or b"?" in text:  # tags that do not count begin with these
        return _exact_depths(codes, depth)
    first, second = codes[:counted], codes[1 : counted + 1]
    begins = first == ord("<")
    closes = _by_block(begins & (second == ord("/"))) * 2  # it was taken for one that opens
    closes += _by_block((first == ord("/")) & (second == ord(">")))
    depths = depth + np.cumsum(_by_block(begins) - closes)
    most = int((depths + closes).max())
    if most > MAX_DEPTH:
        return _exact_depths(codes, depth)
    end, within_rest = _exact_depths(codes[counted:], max(int(depths[-1]), 0))
    return end, max(most, within_rest)


def _by_block(is_one: npt.NDArray[np.bool_]) -> npt.NDArray[np.int32]:
    # Eight at a time: no byte of a block's sum exceeds 64.
    sums = is_one.view(np.uint64).reshape(-1, BLOCK // WIDTH).sum(axis=1)
    counts: npt.NDArray[np.int32] = (
        sums.view(np.uint8).reshape(-1, WIDTH).sum(axis=1, dtype=np.int32)
    )
    return counts


def _exact_depths(codes: npt.NDArray[np.uint8], depth: int) -> tuple[int, int]:
    first, second = codes[:-1], codes[1:]
    steps = np.flatnonzero((first == ord("<")) | ((first == ord("/")) & (second == ord(">"))))
    if not len(steps):
        return depth, depth
    depths = np.cumsum(STEPS[second[steps]], dtype=np.int32)
    return max(depth + int(depths[-1]), 0), depth + int(depths.max())


def _ascii_based(path: Path, content: Iterable[bytes]) -> Iterator[bytes]:
    """Pass on bytes in which a tag looks as it does in ASCII; UTF-16 is turned into UTF-8."""
    decoder = None
    for number, piece in enumerate(content):
        if number == 0:
            if piece[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
                decoder = codecs.getincrementaldecoder("utf-16")()
            elif (found := DECLARED.match(piece.removeprefix(codecs.BOM_UTF8))) and (
                found[1].lower() not in ENCODINGS
            ):
                raise refused(path, f"the workbook is written in '{found[1].decode()}'")
        try:
            text = decoder.decode(piece).encode() if decoder else piece
        except UnicodeError as error:
            raise damaged(path) from error
        if number == 0 and (b"\0" in text[:HEAD] or not looks_like_markup(text)):
            raise damaged(path)
        yield text
