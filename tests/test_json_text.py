"""JSON is written and read as Python's own module does it, also what the quick one refuses."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.json_text import read_json, write_json
from pipeline.rows import CLEAR, KEPT

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(value=VALUES)
def test_what_is_written_is_read_again(value):
    """No value changes on its way to text and back, whoever reads it."""
    text = write_json(value)

    assert read_json(text.encode()) == value
    assert json.loads(text) == value


@pytest.mark.parametrize(
    "value",
    [2**63, 2**64, -(2**64), 12345678901234567890123, {"id": 10**30}, "half \ud83d", {"\ud83d": 1}],
)
def test_what_the_quick_one_would_lose_is_kept(value):
    """Numbers of any length and half a character pair come back as they went."""
    for text in (write_json(value), json.dumps(value)):
        found = read_json(text.encode())
        assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_json_is_read_in_every_encoding_that_it_may_have(encoding):
    """A mark at the beginning and wide characters are understood."""
    assert read_json('{"Name": "Größe"}'.encode(encoding)) == {"Name": "Größe"}


@pytest.mark.parametrize("text", [b"<html>", b"{", b"\xff\xfe\xfd", b"{'a': 1}"])
def test_what_is_no_json_is_refused(text):
    """With the error that says so."""
    with pytest.raises(ValueError):  # noqa: PT011 - decoding and parsing fail with different ones
        read_json(text)


@dataclass
class Room:
    name: str


@pytest.mark.parametrize(
    "value", [datetime(2026, 11, 21, tzinfo=UTC), b"x", {1, 2}, Room("Hall"), CLEAR, KEPT]
)
def test_what_json_does_not_know_is_not_written(value: Any):
    """Nothing turns into a text by chance."""
    with pytest.raises(TypeError):
        write_json({"Name": value})
