"""Texts compressed as they come, and copied into an archive as they are when it is made."""

from __future__ import annotations

import zlib
from pathlib import Path
from shutil import copyfileobj
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

LEVEL = 3  # of 9: a third of the usual 6's time for files a quarter larger
GATHERED = 2**18  # characters that are compressed at once
LARGE = 2**31 - 1  # bytes; the sizes of a part beyond are written with 64 bits
POLYNOMIAL = 0xEDB88320  # of CRC-32, the highest power in the lowest bit
ONE, ONE_BYTE = 1 << 31, 1 << 23  # 1, and x to the 8th: what another byte multiplies by


class Deflated:
    """A text that waits in a file, compressed; it may stand in the middle of a part."""

    def __init__(self, path: Path) -> None:
        self.size = 0  # bytes of the text
        self.crc = 0
        self._file = path.open("w+b")
        self._compressor = _compressor()
        self._gathered: list[str] = []
        self._length = 0

    def add(self, text: str) -> None:
        """Add to the text."""
        self._gathered.append(text)
        self._length += len(text)
        if self._length >= GATHERED:
            self._compress()

    def move(self, target: IO[bytes]) -> None:
        """Write the compressed text to `target`; it is gone then."""
        self._compress()
        self._file.write(self._compressor.flush(zlib.Z_FULL_FLUSH))
        self._file.seek(0)
        copyfileobj(self._file, target)
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _compress(self) -> None:
        raw = "".join(self._gathered).encode()
        self._gathered, self._length = [], 0
        self.size += len(raw)
        self.crc = zlib.crc32(raw, self.crc)
        self._file.write(self._compressor.compress(raw))


def write_part(archive: ZipFile, entry: ZipInfo, head: bytes, text: Deflated, tail: bytes) -> None:
    """Write a part that begins with `head` and ends with `tail`; `text` is not compressed again.

    The archive must be new and its file open for seeking.
    """
    # zipfile stores or compresses. It stores what is compressed already, and is told so afterwards.
    entry.compress_type = ZIP_STORED
    is_large = len(head) + text.size + len(tail) > LARGE
    with archive.open(entry, "w", force_zip64=is_large) as part:
        part.write(_begun(head))
        text.move(part)
        part.write(_ended(tail))
    entry.compress_type = ZIP_DEFLATED
    entry.file_size = len(head) + text.size + len(tail)
    entry.CRC = zlib.crc32(tail, joined(zlib.crc32(head), text.crc, text.size))
    file = archive.fp
    assert file is not None
    file.seek(entry.header_offset)
    file.write(entry.FileHeader(is_large))


def _compressor() -> zlib._Compress:
    return zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)


def _begun(raw: bytes) -> bytes:
    compressor = _compressor()
    return compressor.compress(raw) + compressor.flush(zlib.Z_FULL_FLUSH)


def _ended(raw: bytes) -> bytes:
    compressor = _compressor()
    return compressor.compress(raw) + compressor.flush(zlib.Z_FINISH)


def joined(first: int, second: int, length: int) -> int:
    """Return the CRC-32 of two texts in a row from those of each; `length` is the second's.

    As zlib's crc32_combine does, which Python does not offer: every byte that follows multiplies
    the first remainder by the same polynomial.
    """
    factor, power = ONE, ONE_BYTE
    while length:
        if length & 1:
            factor = _product(factor, power)
        power = _product(power, power)
        length >>= 1
    return _product(factor, first) ^ second


def _product(one: int, other: int) -> int:
    """Multiply two polynomials with coefficients of one bit, modulo that of CRC-32."""
    product, bit = 0, ONE
    while bit:
        if one & bit:
            product ^= other
        other = other >> 1 ^ (POLYNOMIAL if other & 1 else 0)
        bit >>= 1
    return product
