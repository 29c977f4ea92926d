"""Reading ahead: the next answer is awaited while the last one is worked on."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

Item = TypeVar("Item")

LOOK_SECONDS = 0.1  # how soon Ctrl-C is noticed where waiting for a thread cannot be interrupted


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """Yield `items`, each fetched in a thread while the one before it is worked on.

    Never more than one is fetched at a time, in their order. What fetching raises is raised where
    the item would have come. None of the items may be None.
    """
    coming = _fetched(items)
    while (item := _awaited(coming)) is not None:
        coming = _fetched(items)
        yield item


def _fetched(items: Iterator[Item]) -> Future[Item | None]:
    """Begin to fetch an item; None after the last.

    Nobody waits for the thread when the program ends: it may be waiting for an answer.
    """
    future: Future[Item | None] = Future()

    def fetch() -> None:
        try:
            future.set_result(next(items, None))
        except BaseException as error:  # raised again where the item is awaited
            future.set_exception(error)

    Thread(target=fetch, name="reading ahead", daemon=True).start()
    return future


def _awaited(future: Future[Item | None]) -> Item | None:
    while True:
        try:
            return future.result(LOOK_SECONDS)
        except TimeoutError:
            if future.done():
                return future.result()
