"""What is kept of each record by its id, in few bytes: an account may have very many records.

All of it stands in chunks: a long array that grows is copied again and again, and leaves holes in
the memory that are as large as itself.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from typing import NamedTuple

MANY = 4_096  # ids of a chunk at most
LONG = 65_536  # bytes of text after which another chunk is begun
END = 0xFF  # of a text: a byte that UTF-8 never uses


class _Chunk(NamedTuple):
    """Ids in their order, and the mark of each."""

    ids: array[int]
    marks: array[int]


class Marks:
    """A number below 2**32 for each id, in 12 bytes; adding is quick, quickest in their order."""

    def __init__(self) -> None:
        self._chunks = [_Chunk(array("q"), array("I"))]
        self._firsts: list[int] = []  # ids, of all chunks but the first
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def get(self, number: int) -> int | None:
        """Return the mark of an id, None if it has none."""
        ids, marks = self._chunks[bisect_right(self._firsts, number)]
        place = bisect_left(ids, number)
        return marks[place] if place < len(ids) and ids[place] == number else None

    def put(self, number: int, mark: int) -> None:
        """Set the mark of an id."""
        at = bisect_right(self._firsts, number)
        ids, marks = self._chunks[at]
        place = bisect_left(ids, number)
        if place < len(ids) and ids[place] == number:
            marks[place] = mark
            return
        ids.insert(place, number)
        marks.insert(place, mark)
        self._count += 1
        if len(ids) > MANY:
            # Ids that come in their order leave full chunks behind them.
            self._split(at, MANY if place == MANY else MANY // 2)

    def _split(self, at: int, place: int) -> None:
        ids, marks = self._chunks[at]
        self._firsts.insert(at, ids[place])
        self._chunks.insert(at + 1, _Chunk(ids[place:], marks[place:]))
        del ids[place:], marks[place:]


class Texts:
    """A text for each id: a dictionary of names would take five times the memory."""

    def __init__(self) -> None:
        self._begins = Marks()
        self._joined = [bytearray()]

    def __len__(self) -> int:
        return len(self._begins)

    def __contains__(self, number: int) -> bool:
        return self._begins.get(number) is not None

    def get(self, number: int) -> str | None:
        """Return the text of an id, None if it has none."""
        begin = self._begins.get(number)
        if begin is None:
            return None
        chunk, place = divmod(begin, LONG)
        joined = self._joined[chunk]
        return joined[place : joined.index(END, place)].decode(errors="surrogatepass")

    def put(self, number: int, text: str) -> None:
        """Set the text of an id."""
        if len(self._joined[-1]) >= LONG:
            self._joined.append(bytearray())
        joined = self._joined[-1]
        self._begins.put(number, (len(self._joined) - 1) * LONG + len(joined))
        joined += text.encode(errors="surrogatepass")
        joined.append(END)
