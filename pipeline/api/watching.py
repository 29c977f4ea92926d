"""What is told of every request that leaves: the journal and the log file listen here."""

from __future__ import annotations

from typing import Any, Protocol

from pipeline.api.replies import Reply, Verdict


class HeldBack(Exception):  # noqa: N818 - no failure: the request is to be made anew
    """Raised by a watcher for a request that must not leave any more; it takes no slot."""


class Watcher(Protocol):
    """Told of each single sending; `sending` returns only when the request may leave."""

    def sending(self, method: str, path: str) -> Any:
        """Return what names this sending when it ends."""

    def ended(self, sending: Any, verdict: Verdict, reply: Reply, seconds: float) -> None:
        """Hear how it ended, after so many seconds."""


class Unwatched:
    """Nobody listens."""

    def sending(self, method: str, path: str) -> None:
        """Let it leave."""

    def ended(self, sending: None, verdict: Verdict, reply: Reply, seconds: float) -> None:
        """Forget it."""
