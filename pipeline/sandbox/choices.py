"""How this copy of the service behaves where the documents are silent, or disagree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(eq=False)
class Choices:
    """Attributes that may be set while the service runs.

    `slots_mode` is what an update does with time slots: `replace` clears them when none are sent,
    `append` adds those that are sent, `keep` replaces only when some are sent. `meanwhile` is
    called with the path and query of a request before it is answered: what others do meanwhile.
    """

    slots_mode: str = "replace"
    slots_on_read: bool = True  # whether get-one and batch carry the time slots
    batch_envelope: bool = False  # whether a batch read answers a page instead of a list
    ignore_filters: bool = False  # as a service does with filters that it does not know
    max_size: int = 1_000  # records a page, vendor docs
    max_query: int = 2_048  # characters; a longer query is a 404, the default of IIS
    token_seconds: int = 604_799  # the life of an access token, vendor docs
    throttle_style: str = "409"  # or 429, 429-text, 503
    meanwhile: Callable[[str], None] = lambda _: None
