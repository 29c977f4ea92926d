"""What is kept by id in few bytes answers as a dictionary would."""

from __future__ import annotations

import random

import pytest

from pipeline.api.marks import LONG, MANY, Marks, Texts


def test_marks_are_kept_by_id_in_whatever_order():
    """As a dictionary would, also where ids come out of order or once more."""
    marks = Marks()
    for number, mark in ((5, 1), (9, 2), (7, 3), (1, 4), (7, 5), (2**62, 6)):
        marks.put(number, mark)

    assert [marks.get(each) for each in (1, 5, 7, 9, 2**62)] == [4, 1, 5, 2, 6]
    assert [marks.get(each) for each in (0, 6, 8, 2**62 + 1)] == [None] * 4
    assert len(marks) == 5


@pytest.mark.parametrize("order", ["rising", "falling", "mixed"])
def test_very_many_marks_are_kept_by_id(order):
    """As a dictionary would, over several chunks and in whatever order ids come."""
    ids = list(range(1, 6 * MANY, 2))
    if order == "falling":
        ids.reverse()
    if order == "mixed":
        random.Random(6).shuffle(ids)
    kept = {number: mark for mark, number in enumerate(ids)} | dict.fromkeys(ids[::7], 2**32 - 1)
    marks = Marks()
    for mark, number in enumerate(ids):
        marks.put(number, mark)
    for number in ids[::7]:
        marks.put(number, 2**32 - 1)

    assert [marks.get(each) for each in range(6 * MANY)] == [
        kept.get(each) for each in range(6 * MANY)
    ]
    assert len(marks) == len(kept)


def test_texts_of_more_than_a_chunk_are_kept():
    """A text that is longer than a chunk, and those before and after it."""
    texts = {3: "x", 1: "long " * LONG, 2: "", **{n: f"Room {n}" for n in range(4, 3 * MANY)}}
    kept = Texts()
    for number, text in texts.items():
        kept.put(number, text)

    assert {number: kept.get(number) for number in texts} == texts


def test_texts_are_kept_by_id_whatever_they_are():
    """Empty ones, zeros, every width of character, half a character pair; the last one counts."""
    texts = {5: "Room A", 9: "", 1: "a\0b\n", 7: "Größe 東京 \N{CHAIR}ÿ", 3: "half \ud83d", 2: ""}
    kept = Texts()
    kept.put(7, "before")
    for number, text in texts.items():
        kept.put(number, text)

    assert {number: kept.get(number) for number in texts} == texts
    assert (len(kept), 9 in kept, 4 in kept, kept.get(4)) == (6, True, False, None)
    assert not Texts()
