"""The shared texts of an old workbook: one table that goes on in further records."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

from pipeline.sheets.compound import BrokenError

MAX_TEXTS = 1_500_000


class SharedTexts:
    """The shared texts: a table that goes on in further records, in the midst of a text."""

    def __init__(self, parts: Sequence[bytes]) -> None:
        self._parts = parts
        self._part = parts[0]
        self._number = 0
        self._at = 8

    def read(self) -> list[str]:
        """Read all texts, as many as are announced."""
        count = int.from_bytes(self._part[4:8], "little")
        if count > MAX_TEXTS:
            raise BrokenError
        texts: list[str] = []
        for _ in range(count):
            texts.append(self._text())
        return texts

    def _text(self) -> str:
        if self._at >= len(self._part):
            self._next()
        length, flags = self._header("<HB")
        runs = self._header("<H")[0] if flags & 8 else 0
        extra = self._header("<I")[0] if flags & 4 else 0
        text = self._characters(length, bool(flags & 1))
        self._skip(4 * runs + extra)
        return text

    def _header(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from(form, self._part, self._at)
        self._at += struct.calcsize(form)
        return values

    def _characters(self, length: int, is_wide: bool) -> str:
        found = b""
        while True:
            size = 1 + is_wide
            piece = self._part[self._at : self._at + size * (length - len(found) // 2)]
            piece = piece[: len(piece) // size * size]
            self._at += len(piece)
            found += piece if is_wide else piece.decode("latin-1").encode("utf-16-le")
            if len(found) >= 2 * length:
                return found.decode("utf-16-le", "replace")
            self._next()
            is_wide = bool(self._header("<B")[0] & 1)

    def _skip(self, count: int) -> None:
        while count > (left := len(self._part) - self._at):
            count -= max(left, 0)
            self._next()
        self._at += count

    def _next(self) -> None:
        self._number += 1
        if self._number >= len(self._parts):
            raise BrokenError
        self._part, self._at = self._parts[self._number], 0
