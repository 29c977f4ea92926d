"""Threads that send: each takes one call after the other, and what came of it is passed back.

They live in a `ThreadPoolExecutor`, which hands on what nobody foresaw. There is one of its futures
for each thread: one for each row, with its lock and callback, costs some 40 µs more a row.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Generic, NamedTuple, TypeVar

Key = TypeVar("Key")
Result = TypeVar("Result")


class Landed(NamedTuple, Generic[Key, Result]):
    """What a call gave, or else what it raised."""

    key: Key
    result: Result | None
    strange: BaseException | None = None


class Senders(Generic[Key, Result]):
    """As many threads as calls were ever under way at once, `most` at most.

    One thread starts calls and takes in what landed; a key says which call it was.
    """

    def __init__(self, most: int) -> None:
        self._pool = ThreadPoolExecutor(most, thread_name_prefix="sender")
        self._calls: SimpleQueue[tuple[Key, Callable[[], Result]] | None] = SimpleQueue()
        self._landed: SimpleQueue[tuple[Key, Result | None, bool]] = SimpleQueue()
        self._threads: set[Future[None]] = set()
        self._under_way = 0

    def start(self, key: Key, call: Callable[[], Result]) -> None:
        """Have a call made by the next thread that is free."""
        self._under_way += 1
        self._calls.put((key, call))
        if self._under_way > len(self._threads):
            self._threads.add(self._pool.submit(self._work))

    def next_landed(self, seconds: float) -> Landed[Key, Result] | None:
        """Wait so long for a call that has ended; None when none has."""
        try:
            key, result, has_ended = self._landed.get(timeout=seconds)
        except Empty:
            return None
        self._under_way -= 1
        return Landed(key, result, None if has_ended else self._reason())

    def close(self) -> None:
        """Let the threads end with what they do just now."""
        with suppress(Empty):
            while True:
                self._calls.get_nowait()
        for _ in self._threads:
            self._calls.put(None)
        self._pool.shutdown(wait=False)

    def _work(self) -> None:
        while (task := self._calls.get()) is not None:
            key, call = task
            result, has_ended = None, False
            try:
                result = call()
                has_ended = True
            finally:
                self._landed.put((key, result, has_ended))

    def _reason(self) -> BaseException | None:
        """Return what a thread died of."""
        dead = wait(self._threads, return_when=FIRST_COMPLETED).done.pop()
        self._threads.discard(dead)
        return dead.exception()
