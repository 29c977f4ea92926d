"""The container of an old workbook (.xls): a small file system, of which one stream is read.

Every chain of sectors is followed for at most as many steps as the file has sectors. Layout:
[MS-CFB], Compound File Binary File Format.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from itertools import islice

HEADER = 512  # bytes
SECTOR_SHIFTS = {9, 12}
MINI_SHIFT = 6
FIRST_TABLES = 109  # sectors of the allocation table that the header lists
LAST_SECTOR = 0xFFFFFFF9  # what is above means an end or nothing
MAX_DIRECTORY = 4 * 2**20  # bytes, some 30,000 streams
MINIS = 8  # small sectors in one of the usual size
ENTRY = 128  # bytes of the directory
STREAM, ROOT = 2, 5  # types of entries


class BrokenError(ValueError):
    """A container or stream that contradicts itself."""


class Compound:
    """A compound file; its streams by name."""

    def __init__(self, content: bytes) -> None:
        if len(content) < HEADER:
            raise BrokenError
        shift, mini = struct.unpack_from("<HH", content, 30)
        if shift not in SECTOR_SHIFTS or mini != MINI_SHIFT:
            raise BrokenError
        self._content = content
        self._size = 1 << shift
        self._count = len(content) // self._size
        directory, _, self._cutoff, mini_table, _, more, _ = struct.unpack_from("<7I", content, 48)
        self._table = self._numbers(self._tables(more))
        steps = islice(self._chain(directory, self._table), MAX_DIRECTORY // self._size)
        entries = b"".join(map(self._sector, steps))
        self._entries = [entries[at : at + ENTRY] for at in range(0, len(entries), ENTRY)]
        self._mini_table = self._numbers(self._chain(mini_table, self._table))

    def names(self) -> set[str]:
        """Name all streams, in lower case."""
        return {_name(each) for each in self._entries if each[66:67] == bytes([STREAM])}

    def stream(self, name: str) -> bytes | None:
        """Return the outermost stream of this name (lower case), or None."""
        for entry in self._outermost():
            if entry[66] == STREAM and _name(entry) == name:
                start, size = struct.unpack_from("<II", entry, 116)
                return self._read(start, size)
        return None

    def _outermost(self) -> Iterator[bytes]:
        """Give the entries that hang on the root: a workbook within this one has its own streams.

        They form a tree; an entry that is met again is a loop.
        """
        if not self._entries or self._entries[0][66:67] != bytes([ROOT]):
            raise BrokenError
        seen: set[int] = set()
        open_numbers = [struct.unpack_from("<I", self._entries[0], 76)[0]]
        while open_numbers:
            number = open_numbers.pop()
            if number >= LAST_SECTOR:
                continue
            if number in seen or number >= len(self._entries):
                raise BrokenError
            seen.add(number)
            entry = self._entries[number]
            if len(entry) < ENTRY:
                raise BrokenError
            yield entry
            open_numbers += struct.unpack_from("<II", entry, 68)

    def _read(self, start: int, size: int) -> bytes:
        if size > len(self._content):
            raise BrokenError
        if size >= self._cutoff:
            content = b"".join(map(self._sector, self._chain(start, self._table)))
        else:
            first, length = struct.unpack_from("<II", self._entries[0], 116)
            if length > len(self._content):
                raise BrokenError
            small = b"".join(map(self._sector, self._chain(first, self._table)))
            content = b"".join(
                small[number << MINI_SHIFT : (number + 1) << MINI_SHIFT]
                for number in self._chain(start, self._mini_table)
            )
        if len(content) < size:
            raise BrokenError
        return content[:size]

    def _tables(self, number: int) -> Iterator[int]:
        """Give the sectors of the allocation table: some in the header, more in a chain."""
        yield from self._used(struct.unpack_from(f"<{FIRST_TABLES}I", self._content, 76))
        for _ in range(self._count):
            if number >= LAST_SECTOR or number >= self._count:
                return
            *listed, number = self._numbers([number])
            yield from self._used(listed)

    def _used(self, numbers: Sequence[int]) -> Iterator[int]:
        return (number for number in numbers if number < LAST_SECTOR)

    def _numbers(self, sectors: Iterator[int] | Sequence[int]) -> Sequence[int]:
        found: list[int] = []
        for number in sectors:
            if len(found) > MINIS * self._count + self._size:
                raise BrokenError
            sector = self._sector(number)
            found += struct.unpack(f"<{len(sector) // 4}I", sector[: len(sector) // 4 * 4])
        return found

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        if start >= len(self._content):
            raise BrokenError
        return self._content[start : start + self._size]

    @staticmethod
    def _chain(number: int, table: Sequence[int]) -> Iterator[int]:
        for _ in range(len(table) + 1):
            if number >= LAST_SECTOR:
                return
            if number >= len(table):
                raise BrokenError
            yield number
            number = table[number]
        raise BrokenError


def _name(entry: bytes) -> str:
    length = min(int.from_bytes(entry[64:66], "little"), 64)
    return entry[: max(length - 2, 0)].decode("utf-16-le", "replace").lower()
