"""What is kept of a record: the values that are compared, packed; and what tells them apart."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable

from pipeline.comparison import Values
from pipeline.schema import Field, Value
from pipeline.series.tables import DamagedError

LEVEL = 1  # of zlib: the highest ones take half as long again, and save a fiftieth
DIGEST_BYTES = 16


def layout_of(fields: Iterable[Field]) -> str:
    """Return the names of the values, in their order: they are kept once for all records."""
    return json.dumps([each.name for each in fields])


def encode(values: Values) -> bytes:
    """Return the values without their names."""
    return json.dumps(list(values.values()), separators=(",", ":")).encode()


def digest(layout: str, encoded: bytes) -> bytes:
    """Return what is equal where the same values stand under the same names."""
    return hashlib.blake2b(layout.encode() + encoded, digest_size=DIGEST_BYTES).digest()


def pack(encoded: bytes) -> bytes:
    """Make values small."""
    return zlib.compress(encoded, LEVEL)


def unpack(layout: str, packed: bytes) -> dict[str, Value]:
    """Return the values by their names. Raises DamagedError."""
    try:
        return dict(zip(json.loads(layout), json.loads(zlib.decompress(packed)), strict=True))
    except (TypeError, ValueError, zlib.error) as error:
        raise DamagedError(str(error)) from error
