"""What import and resume share: the account held by this process alone, and how a run ends."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.api.client import Client, Tally, connect, identified
from pipeline.cli.progress import Progress
from pipeline.cli.shared import Screen, stop_on_signal
from pipeline.clocks import Clocks
from pipeline.config import Settings
from pipeline.errors import DONE, UNFINISHED_ROWS, PipelineError, StoppedError, UsageError
from pipeline.report import text
from pipeline.report.log_file import LogFile
from pipeline.runs.brake import Bounds, Brake, Hours
from pipeline.runs.failures import FailureLimit
from pipeline.runs.journal import Journal
from pipeline.runs.lines import Run
from pipeline.runs.lock import only_writer
from pipeline.runs.outcome import UNFINISHED, WRITTEN, count
from pipeline.runs.resume import lost_requests_seconds
from pipeline.runs.terms import Applied, Terms
from pipeline.runs.watchers import watch_requests


@dataclass(frozen=True)
class RunChoices:
    """What the user chose of a run that writes."""

    bounds: Bounds = field(default_factory=Bounds)
    failures: FailureLimit = field(default_factory=FailureLimit)
    log_file: Path | None = None

    @classmethod
    def read(
        cls,
        *,
        max_failures: str | None,
        window: str | None,
        max_requests: int | None,
        max_minutes: float | None,
        log_file: Path | None,
    ) -> RunChoices:
        """Read the options. Raises UsageError."""
        if max_minutes is not None and math.isnan(max_minutes):
            raise UsageError("--max-minutes: 'nan' is not a number of minutes.")
        return cls(
            Bounds(Hours.parse(window) if window else None, max_requests, max_minutes),
            FailureLimit.parse(max_failures) if max_failures else FailureLimit(),
            log_file,
        )


@dataclass
class Session:
    """An account that only this process writes to, until the session ends."""

    settings: Settings
    screen: Screen
    clocks: Clocks
    client: Client
    journal: Journal
    brake: Brake
    log: LogFile
    failures: FailureLimit
    began: float = field(default_factory=time.monotonic)
    again: str | None = None  # the command that goes on, where it is not `resume`
    before: list[dict[str, Any]] | None = None  # for --json: what was created before the rows

    def go_on(self, run: Run) -> str:
        """Return the command that goes on with what a run was begun for."""
        return self.again or go_on(run)

    def wait_for_the_dead(self, *, but: int | None = None) -> None:
        """Wait for what runs that died have sent, except that of the run `but`."""
        now = self.clocks.wall()
        if wait := lost_requests_seconds(self.journal, self.settings, now, but=but):
            self.screen.warn(
                f"An earlier run died while it was sending: waiting {text.duration(wait)}, until "
                "it is certain what became of that."
            )
            self.brake.sleep(wait)

    def terms(self, progress: Progress) -> Terms:
        """Return the terms on which a run is carried out."""
        return Terms(self.brake, progress, self.log, self.failures)

    @contextmanager
    def running(self, run: Run, rows: int) -> Iterator[Terms]:
        """Heed signals and show the progress while a run writes.

        Raises StoppedError for a second Ctrl-C.
        """
        self.log.run = run.number
        try:
            with (
                stop_on_signal(self.brake.asked),
                Progress(self.client, self.screen, rows) as progress,
            ):
                yield self.terms(progress)
        except KeyboardInterrupt as error:
            counts = count(self.journal.outcomes(run.id))
            self.journal.note(run.id, "Stopped at once.")
            raise StoppedError(
                f"Stopped at once. {text.written_line(counts)} What was under way is looked up, "
                f"and the results are written, by: {self.go_on(run)}"
            ) from error

    def results(self, run: Run, write: Callable[[], str | None]) -> str | None:
        """Write the results; what goes wrong with them must not hide what became of the run."""
        try:
            written = write()
        except PipelineError as error:
            self.screen.warn(f"{error} Mend that, then write the results with: {go_on(run)}")
            return None
        self.journal.end(run.id, None)
        return written

    def close(self, run: Run, applied: Applied, results: str | None) -> int:
        """Say what became of a run, in the last line what was written; returns the exit code."""
        counts = count(applied.outcomes)
        if applied.stopped:
            self.journal.end(run.id, str(applied.stopped))
        self.give(run.number, run.file, applied, results)
        kept_back = self.journal.kept_back(run.id)
        self.screen.warn(text.outcome_lines(applied.outcomes, run.sheet, kept_back))
        see = f" See {text.shown_path(results)}." if results else ""
        if applied.stopped:
            self.screen.warn(
                f"{applied.stopped} {text.written_line(counts)}{see} To go on: {self.go_on(run)}"
            )
            return applied.stopped.exit_code
        sent = any(counts[each] for each in (*WRITTEN, "in_doubt", "rejected"))
        nothing = "" if sent else " Nothing was written."
        self.screen.say(f"{text.counts_line(counts)}{nothing}{see}")
        return UNFINISHED_ROWS if any(counts[each] for each in UNFINISHED) else DONE

    def give(
        self, number: str | None, file: Path | None, applied: Applied, results: str | None
    ) -> None:
        """Print the JSON object of a run."""
        seconds = time.monotonic() - self.began
        found = run_json(number, file, applied, results, self.client.tally, seconds)
        self.screen.give(found if self.before is None else {**found, "missing": self.before})


def run_json(
    number: str | None,
    file: Path | None,
    applied: Applied,
    results: str | None,
    tally: Tally,
    seconds: float,
) -> dict[str, Any]:
    """Return what --json tells of an import, a resume or a dry run."""
    return {
        "run": number,
        "file": str(file) if file else None,
        "counts": count(applied.outcomes),
        "results": results,
        "requests": {
            "sent": tally.sent,
            "throttled": tally.throttled,
            "retried": tally.retried,
        },
        "seconds": round(seconds, 3),
        "stopped": str(applied.stopped) if applied.stopped else None,
    }


def go_on(run: Run) -> str:
    """Return the command that goes on with a run."""
    return f"nexudus-bulk resume {run.number}"


@contextmanager
def writing(
    settings: Settings, screen: Screen, choices: RunChoices, clocks: Clocks
) -> Iterator[Session]:
    """Hold the account and open all that a run needs.

    Raises UsageError when another process writes to the account.
    """
    brake = Brake(clocks, choices.bounds)
    settings = identified(settings, clocks)
    with ExitStack() as stack:
        journal = stack.enter_context(Journal(settings.home, settings.account, now=clocks.wall))
        stack.enter_context(only_writer(settings.home, journal))
        client = stack.enter_context(connect(settings, clocks, brake.sleep))
        log = stack.enter_context(LogFile(choices.log_file, clocks.wall, screen.warn))
        watch_requests(client, journal, log)
        yield Session(settings, screen, clocks, client, journal, brake, log, choices.failures)
