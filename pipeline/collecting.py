"""Python's own search for objects that only refer to each other, and when it had better wait."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Hold the search while a large file becomes values: none of them refers in a circle.

    It would look at all of them again and again, for a third of the time that the work itself
    takes. What is not needed any more is given back at once all the same. What stays is not looked
    at afterwards either: the first look would be at everything there is.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.freeze()
            gc.enable()
