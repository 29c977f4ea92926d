"""How much memory the texts of a sheet would take: each cell gets a copy of its shared text."""

from __future__ import annotations

import random
import re
from array import array
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

SHORTEST = len('<c t="s"><v>0</v></c>')  # bytes of XML that refer to a text
SHORT = 100  # characters; texts up to it weigh little more than the XML that refers to them
LEAST = 64 * 2**20  # characters that any sheet may have
BESIDE = 4  # times the sheet's own XML, which a large sheet may have
ENDS = list(b"> /\t\r\n")  # what may stand behind a tag's name
STEP, SAMPLE = 2**18, 2**14  # bytes: of each step that much is looked at
OPENING = re.compile(rb"<([\w.-]+:)?sst(\s[^<>]*)?>")
COUNT = re.compile(rb"""uniqueCount\s*=\s*["']\s*(\d+)""")
ROOM = 2**20  # texts that may be announced in vain
REFERENCE = re.compile(
    rb"""\st\s*=\s*["']s["'][^<>]*>\s*<(?:[\w.-]+:)?v(?:\s[^<>]*)?>\s*(\d{1,9})\s*<"""
)


class Lengths:
    """The lengths of the shared texts, in bytes of XML, taken while their part is checked."""

    def __init__(self) -> None:
        self._tag = b""
        self._rest = b""
        self._read = 0  # bytes before the rest
        self._starts = array("q")
        self._announced = 0

    def add(self, piece: bytes) -> None:
        """Take the next piece of the part."""
        text = self._rest + piece
        if not self._tag:
            opening = OPENING.search(text)
            if opening is None:
                self._rest = text
                return
            self._tag = b"<" + (opening[1] or b"") + b"si"
            self._announced = max(
                (int(each[:12]) for each in COUNT.findall(opening[2] or b"")), default=0
            )
        self._starts.frombytes((_places(text, self._tag) + self._read).tobytes())
        cut = max(len(text) - len(self._tag), 0)  # a tag may go on in the next piece
        self._read += cut
        self._rest = text[cut:]

    @property
    def is_lie(self) -> bool:
        """Whether more texts are announced than there are: readers keep room for all of them."""
        return self._announced > max(ROOM, 2 * len(self._starts))

    @property
    def all(self) -> npt.NDArray[np.int64]:
        """The lengths by the number of the text."""
        starts: npt.NDArray[np.int64] = np.array(self._starts, np.int64)
        return np.diff(starts, append=self._read + len(self._rest))


def _places(text: bytes, tag: bytes) -> npt.NDArray[np.int64]:
    """Find where a tag stands in full, with the character that ends its name."""
    codes = np.frombuffer(text, np.uint8)
    places = np.flatnonzero(codes[: len(codes) - len(tag)] == tag[0])
    for offset, code in enumerate(tag[1:], 1):
        places = places[codes[places + offset] == code]
    return places[np.isin(codes[places + len(tag)], ENDS)]


def is_too_heavy(xml: bytes, lengths: npt.NDArray[np.int64]) -> bool:
    """Whether the shared texts of a sheet need far more memory than its XML."""
    most = LEAST + BESIDE * len(xml)
    if not len(lengths) or int(lengths.max()) * (len(xml) // SHORTEST) <= most:
        return False
    if _weight(_samples(xml), lengths, most) * STEP // SAMPLE <= most // 2:
        return False
    return _weight(iter([xml]), lengths, most) > most


def _weight(parts: Iterator[bytes], lengths: npt.NDArray[np.int64], most: int) -> int:
    """Add up the long texts that are referred to; gives up above `most`."""
    weight, count = 0, len(lengths)
    for part in parts:
        for found in REFERENCE.finditer(part):
            number = int(found[1])
            if number < count and lengths[number] > SHORT:
                weight += int(lengths[number])
                if weight > most:
                    return weight
    return weight


def _samples(xml: bytes) -> Iterator[bytes]:
    """Cut pieces at places that nobody can know beforehand."""
    for start in range(0, len(xml), STEP):
        at = start + random.randrange(STEP - SAMPLE)
        yield xml[at : at + SAMPLE]
