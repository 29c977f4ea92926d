"""Going on with a stopped run, as a person sees it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from pipeline.cli.session import RunChoices, Session, writing
from pipeline.cli.shared import Screen
from pipeline.clocks import SYSTEM, Clocks
from pipeline.config import Settings
from pipeline.entities import ENTITIES
from pipeline.errors import UsageError
from pipeline.prepared import prepare
from pipeline.report.results import results_path, write_results
from pipeline.runs.journal import Journal
from pipeline.runs.lines import Run
from pipeline.runs.resume import resume
from pipeline.runs.terms import Applied


def run_resume(
    number: int | None,
    settings: Settings,
    screen: Screen,
    choices: RunChoices,
    *,
    results: Path | None = None,
    clocks: Clocks = SYSTEM,
) -> int:
    """Go on with a run, the last that stopped when none is named; returns the exit code.

    The results go to where the run's were to go, unless `results` says otherwise.
    """
    with writing(settings, screen, choices, clocks) as session:
        return carry_on(pick(session.journal, number), session, results)


def pick(journal: Journal, number: int | None) -> Run:
    """Return the run that is meant. Raises UsageError when it cannot be gone on with."""
    runs = journal.open_runs() if number is None else [journal.run(number)]
    run = runs[-1] if runs else None
    if run is None and number is None:
        raise UsageError(f"resume: no run into {journal.account} stopped before its end.")
    if run is None:
        raise UsageError(f"resume: there is no run {number:04}. See: nexudus-bulk runs")
    if run.account != journal.account:
        raise UsageError(
            f"resume: run {run.number} writes to {run.account}, the settings name "
            f"{journal.account}. Set them as they were."
        )
    if run.taken_up_by is not None:
        raise UsageError(
            f"resume: the file of run {run.number} was imported again by run "
            f"{run.taken_up_by:04}. Go on with that one."
        )
    return run


def carry_on(run: Run, session: Session, results: Path | None = None) -> int:
    """Carry out what is left of a run and mark its whole file; returns the exit code."""
    entity, journal = ENTITIES[run.entity], session.journal
    left = len(journal.open_changes(run.id))
    rows = len(journal.outcomes(run.id))
    session.screen.say(f"Run {run.number} of {run.file.name}: {left:,} of {rows:,} rows to go.")
    session.wait_for_the_dead(but=run.id)
    journal.reopen(run.id)
    with session.running(run, left) as terms:
        applied = (
            resume(run, entity, session.client, journal, terms)
            if left
            else Applied(journal.outcomes(run.id))
        )
        target = results or run.results
        written = session.results(run, lambda: _write_results(run, session, applied, target))
        return session.close(run, applied, written)


def _write_results(run: Run, session: Session, applied: Applied, target: Path | None) -> str | None:
    """Mark the file as it was when the run began, wherever it is now."""
    content = session.journal.content(run.id)
    if content is None or target is None:  # done long ago, or begun by the first version
        session.screen.warn(
            f"No results workbook: the journal has no copy of {run.file.name} any more."
        )
        return None
    with tempfile.TemporaryDirectory(prefix="nexudus-bulk-") as folder:
        copy = Path(folder) / run.file.name
        copy.write_bytes(content)
        prepared = prepare(copy, ENTITIES[run.entity], sheet=run.sheet, unknown_columns="ignore")
        target = results_path(prepared, target)
        write_results(prepared, session.journal.problems(run.id), applied, target)
    return str(target)
