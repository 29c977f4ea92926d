"""Reading ahead: the next answer is awaited while the last one is worked on."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
from typing import TypeVar

Item = TypeVar("Item")

LOOK_SECONDS = 0.1  # how soon Ctrl-C is noticed where waiting for a thread cannot be interrupted


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """Yield `items`, each fetched in a thread while the one before it is worked on.

    They are fetched in their order, one at a time. What fetching raises is raised where the item
    would have come. No item may be None.
    """
    asked: SimpleQueue[Future[Item | None] | None] = SimpleQueue()
    # Nobody waits for the thread when the program ends: it may be waiting for an answer.
    Thread(target=_fetch, args=(items, asked), name="reading ahead", daemon=True).start()
    try:
        coming = _ask(asked)
        while (item := _awaited(coming)) is not None:
            coming = _ask(asked)
            yield item
            del item  # a page is large: it does not stay while the next is awaited
    finally:
        asked.put(None)


def _ask(asked: SimpleQueue[Future[Item | None] | None]) -> Future[Item | None]:
    future: Future[Item | None] = Future()
    asked.put(future)
    return future


def _fetch(items: Iterator[Item], asked: SimpleQueue[Future[Item | None] | None]) -> None:
    """Fetch an item each time one is asked for; None after the last."""
    while (future := asked.get()) is not None:
        try:
            future.set_result(next(items, None))
        except BaseException as error:  # raised again where the item is awaited
            future.set_exception(error)


def _awaited(future: Future[Item | None]) -> Item | None:
    while True:
        try:
            return future.result(LOOK_SECONDS)
        except TimeoutError:
            if future.done():
                return future.result()
