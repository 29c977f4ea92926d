"""The log file: a line of JSON for every request, without addresses, bodies or secrets."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from pipeline.errors import UsageError
from pipeline.runs.watchers import Exchange


class LogFile:
    """Adds lines to a file, for any number of threads; without a path it writes nothing.

    `run` is put into every line once it is known.
    """

    def __init__(
        self,
        path: Path | None,
        now: Callable[[], float],
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.run: str | None = None
        self._now = now
        self._tell = tell
        self._lock = threading.Lock()
        self._file: TextIO | None = None
        if path is not None:
            try:
                self._file = path.open("a", encoding="utf-8")
            except OSError as error:
                raise UsageError(
                    f"--log-file: '{path}' cannot be written ({error.strerror})."
                ) from error

    def __enter__(self) -> LogFile:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock, suppress(OSError):
            if self._file:
                self._file.close()

    def __call__(self, exchange: Exchange) -> None:
        """Write one line."""
        line = {
            "at": datetime.fromtimestamp(self._now(), UTC).isoformat(timespec="milliseconds"),
            "run": self.run,
            "row": exchange.row,
            "attempt": exchange.attempt,
            "method": exchange.method,
            "verdict": exchange.verdict.lower(),
            "status": exchange.status,
            "milliseconds": round(exchange.seconds * 1_000),
        }
        with self._lock:
            if self._file:
                try:
                    self._file.write(json.dumps(line) + "\n")
                    self._file.flush()
                except OSError as error:
                    with suppress(OSError):
                        self._file.close()
                    self._file = None  # no log is worth a run
                    self._tell(f"The log file cannot be written any more ({error.strerror}).")
