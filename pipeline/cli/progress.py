"""How far a run is: a bar at a terminal, a line a minute elsewhere."""

from __future__ import annotations

import sys
from contextlib import suppress
from datetime import datetime

from tqdm import tqdm

from pipeline.api.client import Client
from pipeline.cli.shared import Screen
from pipeline.report.text import duration
from pipeline.runs.outcome import Outcome

LINE_SECONDS = 60.0
BAR_SECONDS = 1.0
FORMAT = "{n_fmt}/{total_fmt} rows |{bar}| {desc}"


class Progress:
    """Told of each row that ended and of passing time; shows rate, throttling and what is left."""

    def __init__(self, client: Client, screen: Screen, rows: int) -> None:
        self._client = client
        self._screen = screen
        self._rows = rows
        self._done = 0
        self._began = self._shown_at = client.clocks.monotonic()
        self._at_terminal = sys.stderr is not None and sys.stderr.isatty()
        self._bar = tqdm(
            total=rows,
            bar_format=FORMAT,
            disable=not self._at_terminal,
            file=sys.stderr,
            dynamic_ncols=True,
        )

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def row(self, outcome: Outcome) -> None:
        """Count a row."""
        self._done += 1
        with suppress(OSError):  # a terminal that was closed
            self._bar.update()

    def tick(self) -> None:
        """Show how it goes, if it is time to."""
        now = self._client.clocks.monotonic()
        if now - self._shown_at < (BAR_SECONDS if self._at_terminal else LINE_SECONDS):
            return
        self._shown_at = now
        if self._at_terminal:
            with suppress(OSError):
                self._bar.set_description_str(self.state(now))
            return
        at = datetime.fromtimestamp(self._client.clocks.wall()).astimezone()
        self._screen.warn(f"{at:%H:%M} {self._done:,} of {self._rows:,} rows, {self.state(now)}")

    def state(self, now: float) -> str:
        """Say the rate, what was throttled and the least time that is left."""
        minutes = max(now - self._began, 1.0) / 60
        left = self._client.pacer.remaining_seconds("write", self._rows - self._done)
        left = max(left, (self._rows - self._done) * self._seconds_a_row(now))
        since = self._client.silent_since
        ahead = (
            f"no answer for {duration(now - since)}" if since else f"about {duration(left)} left"
        )
        throttled = self._client.tally.throttled
        return f"{self._done / minutes:.0f} a minute, {throttled} throttled, {ahead}"

    def _seconds_a_row(self, now: float) -> float:
        """Return what a row takes where no limit slows it down: the last word has the slower."""
        pacer = self._client.pacer
        if self._done and pacer.rate("write") == float("inf"):
            return (now - self._began) / self._done
        return 0.0
