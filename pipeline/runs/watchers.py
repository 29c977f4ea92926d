"""Who listens to every request of a run: the journal before it leaves, the log when it ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.api.client import Client
from pipeline.api.limits import DAY
from pipeline.api.replies import Reply, Verdict, server_words
from pipeline.api.watching import HeldBack
from pipeline.runs.journal import HOUR, Journal


@dataclass(frozen=True)
class Exchange:
    """One sending, as the log file tells it: no address, no body, no secret."""

    row: int | None
    attempt: int
    method: str
    verdict: str
    status: int  # 0: no answer came
    seconds: float


Log = Callable[[Exchange], None]


class RowWatcher:
    """Writes every sending of one row to the journal, before it leaves and when it ended."""

    def __init__(
        self, journal: Journal, run: int, row: int, log: Log, is_old: Callable[[], bool]
    ) -> None:
        self._journal = journal
        self._run = run
        self._row = row
        self._log = log
        self._is_old = is_old
        self._count = 0

    def sending(self, method: str, path: str) -> tuple[int, str]:
        """Write the intent down. Raises HeldBack for what was made from an old record."""
        if self._is_old():
            raise HeldBack
        self._count += 1
        return self._journal.intend(self._run, self._row, method), method

    def ended(
        self, sending: tuple[int, str], verdict: Verdict, reply: Reply, seconds: float
    ) -> None:
        """Write down how it ended."""
        attempt, method = sending
        if verdict is Verdict.AGAIN and reply.failure != "unconnected":
            verdict = Verdict.IN_DOUBT  # it may be repeated, and may have been carried out
        self._journal.ended(
            attempt, verdict.name, reply.status, reply.record_id, server_words(reply)
        )
        self._log(Exchange(self._row, self._count, method, verdict.name, reply.status, seconds))


class RunWatcher:
    """Counts and logs what is no row's: reads, and requests for a token."""

    def __init__(self, journal: Journal, log: Log) -> None:
        self._journal = journal
        self._log = log

    def sending(self, method: str, path: str) -> str:
        """Count it."""
        self._journal.count("read" if method == "GET" else "write")
        return method

    def ended(self, sending: str, verdict: Verdict, reply: Reply, seconds: float) -> None:
        """Log it."""
        self._log(Exchange(None, 1, sending, verdict.name, reply.status, seconds))


def watch_requests(client: Client, journal: Journal, log: Log) -> None:
    """Count every request from now on, and begin with what earlier processes used and found."""
    client.pacer.spent("write", journal.seconds_since("write", DAY))
    client.pacer.spent("read", journal.seconds_since("read", HOUR))
    client.pacer.remember(journal.found_rates())
    client.watcher = RunWatcher(journal, log)
