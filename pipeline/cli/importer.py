"""The import as a person sees it: the plan, the question, the progress, the results."""

from __future__ import annotations

import shlex
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import click
from tqdm import tqdm

from pipeline import importing
from pipeline.cli.planned import Planned, planned
from pipeline.cli.shared import Screen, stop_on_signal
from pipeline.config import Settings
from pipeline.errors import DONE, UNFINISHED_ROWS
from pipeline.prepared import Prepared
from pipeline.report import text
from pipeline.report.results import results_path, write_results
from pipeline.runs.apply import Applied
from pipeline.runs.journal import Journal
from pipeline.runs.outcome import UNFINISHED, WRITTEN, Outcome, count


@dataclass(frozen=True)
class ImportChoices:
    """What the user chose on the command line."""

    dry_run: bool = False
    ask: bool = True
    valid_rows_only: bool = False
    allow_delete: bool = False
    results: Path | None = None


def run_import(
    prepared: Prepared, settings: Settings, screen: Screen, choices: ImportChoices
) -> int:
    """Import a file that was read and checked; returns the exit code. Raises PipelineError."""
    began = time.monotonic()
    target = results_path(prepared, choices.results)
    with planned(prepared, settings, screen, allow_delete=choices.allow_delete) as found:
        found.show()
        run, applied = _decide(found, choices)
    counts = count(applied.outcomes)
    written = None
    if not choices.dry_run and prepared.rows:
        write_results(prepared, found.plan, applied, target)
        written = str(target)
    tally = found.client.tally
    screen.give(
        {
            "run": run,
            "file": str(prepared.sheet.path),
            "counts": counts,
            "results": written,
            "requests": {
                "sent": tally.sent,
                "throttled": tally.throttled,
                "retried": tally.retried,
            },
            "seconds": round(time.monotonic() - began, 3),
            "stopped": str(applied.stopped) if applied.stopped else None,
        }
    )
    _close(prepared, screen, applied, counts, written, choices)
    if applied.stopped:
        return applied.stopped.exit_code
    unfinished = any(counts[status] for status in UNFINISHED) or not found.plan.is_clean
    return UNFINISHED_ROWS if unfinished else DONE


def _decide(found: Planned, choices: ImportChoices) -> tuple[str | None, Applied]:
    plan = found.plan
    sendable = plan.is_clean or (choices.valid_rows_only and not found.prepared.is_hopeless)
    if choices.dry_run or not sendable or not plan.writes:
        return None, importing.leave_alone(plan)
    if choices.ask and not _confirmed(found):
        return None, importing.leave_alone(plan)
    return _carry_out(found)


def _confirmed(found: Planned) -> bool:
    settings = found.client.settings
    question = (
        f"Send {found.plan.writes} writes to {settings.base_url} as {settings.username or 'token'}?"
    )
    return click.confirm(question, err=True)


def _carry_out(found: Planned) -> tuple[str, Applied]:
    settings = found.client.settings
    bar = tqdm(
        total=found.plan.writes,
        unit="row",
        disable=None if sys.stderr is not None else True,  # None: no bar without a terminal
        file=sys.stderr,
    )

    writes = {change.row for change in found.plan.changes if change.writes}

    def tell(outcome: Outcome) -> None:
        if outcome.row in writes:
            bar.update()

    with bar, stop_on_signal() as stop, Journal(settings.home, settings.account) as journal:
        run, applied = importing.carry_out(
            found.plan, found.prepared, found.client, journal, tell=tell, stop=stop
        )
    return f"{run:04}", applied


def _close(
    prepared: Prepared,
    screen: Screen,
    applied: Applied,
    counts: dict[str, int],
    written: str | None,
    choices: ImportChoices,
) -> None:
    screen.warn(text.outcome_lines(applied.outcomes, prepared.sheet.name))
    see = f" See {written}." if written else ""
    if applied.stopped:
        again = f"nexudus-bulk import {shlex.quote(str(prepared.sheet.path))}"
        screen.warn(
            f"{applied.stopped} {text.written_line(counts)}{see} To go on: {again}  "
            "(what was written is found by its name, and not sent again)"
        )
        return
    nothing = " Nothing was written." if not any(counts[s] for s in WRITTEN) else ""
    nothing = "" if counts["in_doubt"] or counts["rejected"] else nothing
    dry = " Dry run: nothing was written." if choices.dry_run else nothing
    screen.say(f"{text.counts_line(counts)}{dry}{see}")
