"""Going on with a stopped run, as a person sees it."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from pipeline.cli.again import kept, shown
from pipeline.cli.session import RunChoices, Session, writing
from pipeline.cli.shared import Screen
from pipeline.clocks import SYSTEM, Clocks
from pipeline.config import Settings
from pipeline.entities import ENTITIES
from pipeline.errors import DONE, UNFINISHED_ROWS, UsageError
from pipeline.prepared import Reading, prepare
from pipeline.report.results import results_path, write_results
from pipeline.report.text import written_line
from pipeline.runs.journal import Journal
from pipeline.runs.lines import Run
from pipeline.runs.outcome import count
from pipeline.runs.resume import resume
from pipeline.runs.terms import Applied
from pipeline.sheets.whole import refuse_own_input


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
        if number is None and not session.journal.open_runs():
            session.give(None, None, Applied(()), None)
            screen.say(f"Nothing to resume: all runs into {session.journal.account} have ended.")
            screen.warn(_perhaps_to_import(session.journal))
            return DONE
        return carry_on(pick(session.journal, number), session, results)


def pick(journal: Journal, number: int | None) -> Run:
    """Return the run that is meant. Raises UsageError when it cannot be gone on with."""
    run = journal.open_runs()[-1] if number is None else journal.run(number)
    if run is None:
        raise UsageError(f"resume: there is no run {number:04}. See: nexudus-bulk runs")
    if run.account != journal.account:
        raise UsageError(
            f"resume: run {run.number} writes to {run.account}, the settings name "
            f"{journal.account}. Set them as they were."
        )
    if run.taken_up_by is not None:
        by = f"by run {run.taken_up_by:04}" if run.taken_up_by else "and nothing was left to do"
        raise UsageError(f"resume: the file of run {run.number} was imported again since, {by}.")
    return run


def carry_on(run: Run, session: Session, results: Path | None = None) -> int:
    """Carry out what is left of a run and mark its whole file; returns the exit code."""
    entity, journal = ENTITIES[run.entity], session.journal
    if results:
        refuse_own_input("--results", results, run.file)
    left = len(journal.open_changes(run.id))
    rows = len(journal.outcomes(run.id))
    session.screen.say(f"Run {run.number} of {run.file.name}: {left:,} of {rows:,} rows to go.")
    if not left and run.ended is not None and results is None:
        return session.close(run, Applied(journal.outcomes(run.id)), None)
    session.screen.warn(_changes_since(run, journal))
    session.wait_for_the_dead(but=run.id)
    journal.reopen(run.id)
    made_for = kept(run.reading)
    session.again = shown(made_for) or None
    with session.running(run, left) as terms:
        applied = (
            resume(run, entity, session.client, journal, terms)
            if left
            else Applied(journal.outcomes(run.id))
        )
        target = results or run.results
        written = session.results(run, lambda: _write_results(run, session, applied, target))
        code = session.close(run, applied, written)
    if made_for and not applied.stopped:
        session.screen.warn(_still_to_import(applied, made_for))
        code = max(code, UNFINISHED_ROWS)
    return code if written or target is None else max(code, UNFINISHED_ROWS)


def _perhaps_to_import(journal: Journal) -> list[str]:
    """Say how to go on where the last run created what rows need, and theirs never began."""
    last = next(reversed(journal.runs()), None)
    made_for = kept(last.reading) if last is not None else ()
    if last is None or not made_for:
        return []
    if any(each.status != "created" for each in journal.outcomes(last.id)):
        return []  # what was refused is told by that run, and no row can go before it is mended
    return [
        f"Run {last.number} created what the rows of {_file_of(made_for)} need, and no run of "
        f"theirs has begun since. If they are still to be imported: {shown(made_for)}"
    ]


def _still_to_import(applied: Applied, made_for: Sequence[str]) -> str:
    """Say that a run only created what the rows of another file need, and how to send those."""
    return (
        f"{written_line(count(applied.outcomes))} They are for the rows of {_file_of(made_for)}, "
        f"which are still to be imported. To go on: {shown(made_for)}"
    )


def _file_of(made_for: Sequence[str]) -> str:
    return next((each.name for each in map(Path, made_for) if each.is_absolute()), "the file")


def _changes_since(run: Run, journal: Journal) -> list[str]:
    """Say what has happened since the run began and has no part in it."""
    lines = []
    with suppress(OSError):  # it may be gone: the journal has its own copy
        if hashlib.sha256(run.file.read_bytes()).hexdigest() != run.digest:
            lines.append(
                f"{run.file.name} was changed since: the run goes on with the file as it was. "
                "To send the changes, import it afterwards."
            )
    if later := [each.number for each in journal.runs() if each.id > run.id]:
        lines.append(f"Runs into the account since then: {', '.join(later)}.")
    return lines


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
        reading = Reading(sheet=run.sheet, unknown_columns="ignore").as_kept(run.reading)
        prepared = prepare(copy, ENTITIES[run.entity], reading)
        target = results_path(prepared, target)
        write_results(prepared, session.journal.problems(run.id), applied, target)
    return str(target)
