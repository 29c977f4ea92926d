"""Reading ahead: one item is fetched while another is worked on, and nothing else changes."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from pipeline.api.ahead import ahead


def test_items_come_in_their_order():
    """All of them, once."""
    assert list(ahead(iter(range(1, 100)))) == list(range(1, 100))
    assert list(ahead(iter([]))) == []


def test_the_next_item_is_fetched_meanwhile():
    """While the first is worked on the second is fetched, and not the third."""
    begun = [threading.Event() for _ in range(3)]

    def items() -> Iterator[int]:
        for number, event in enumerate(begun, start=1):
            event.set()
            yield number

    coming = ahead(items())

    assert next(coming) == 1
    assert begun[1].wait(10)
    assert not begun[2].is_set()
    assert list(coming) == [2, 3]


def test_an_error_comes_in_its_place():
    """What was fetched before it is given first."""

    def items() -> Iterator[int]:
        yield 1
        raise LookupError("the page is gone")

    coming = ahead(items())

    assert next(coming) == 1
    with pytest.raises(LookupError, match="the page is gone"):
        next(coming)


def test_whoever_stops_ends_the_thread():
    """No thread waits for somebody who asks no more."""
    coming = ahead(iter(range(1, 100)))
    next(coming)
    mine = [each for each in threading.enumerate() if each.name == "reading ahead"]
    coming.close()
    for each in mine:
        each.join(10)

    assert mine
    assert not [each for each in mine if each.is_alive()]
