"""The import as a person sees it: the plan, the question, the progress, the results."""

from __future__ import annotations

import time
from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import click

from pipeline import importing
from pipeline.api.client import connect
from pipeline.cli.again import shown
from pipeline.cli.creating import (
    changed_meanwhile,
    close_earlier,
    create_missing,
    read_wanted,
)
from pipeline.cli.planned import NOTHING, Planned, ledger_owner, look_up_and_plan
from pipeline.cli.resumer import carry_on
from pipeline.cli.session import RunChoices, Session, go_on, run_json, writing
from pipeline.cli.shared import Screen
from pipeline.clocks import SYSTEM, Clocks
from pipeline.config import Settings
from pipeline.errors import DONE, UNFINISHED_ROWS, PipelineError, StoppedError
from pipeline.planning.expected import is_as_expected
from pipeline.planning.missing import Wanted
from pipeline.planning.plan import Plan
from pipeline.prepared import Prepared
from pipeline.report import text
from pipeline.report.results import results_path, write_results
from pipeline.runs.lines import Run, Source
from pipeline.runs.outcome import UNFINISHED, count
from pipeline.runs.terms import Applied
from pipeline.schema import Entity
from pipeline.sheets.whole import refuse_own_input

LOOK_AGAIN_SECONDS = 2.0


@dataclass(frozen=True)
class ImportChoices:
    """What the user chose on the command line."""

    dry_run: bool = False
    ask: bool = True
    valid_rows_only: bool = False
    allow_delete: bool = False
    create_missing: tuple[str, ...] = ()
    results: Path | None = None
    run: RunChoices = field(default_factory=RunChoices)
    again: tuple[str, ...] = ()  # the command as it was typed


def run_import(
    prepared: Prepared,
    settings: Settings,
    screen: Screen,
    choices: ImportChoices,
    clocks: Clocks = SYSTEM,
) -> int:
    """Import a file that was read and checked; returns the exit code. Raises PipelineError."""
    wanted = read_wanted(prepared.entity, choices.create_missing)
    target = results_path(prepared, choices.results)
    if choices.run.log_file:
        refuse_own_input("--log-file", choices.run.log_file, prepared.sheet.path)
    if choices.dry_run:
        return _dry_run(prepared, settings, screen, choices, clocks, wanted)
    with writing(settings, screen, choices.run, clocks) as session:
        source = importing.source_of(prepared, target)
        earlier = _stopped_before(session, prepared.entity, source)
        if earlier and _would_rather_resume(earlier, source, screen, choices):
            return carry_on(earlier, session, choices.results)
        return _import(prepared, session, choices, source, wanted)


def _dry_run(
    prepared: Prepared,
    settings: Settings,
    screen: Screen,
    choices: ImportChoices,
    clocks: Clocks,
    wanted: Wanted,
) -> int:
    began = time.monotonic()
    owner = ledger_owner(prepared, settings, clocks)
    with connect(owner, clocks, tell=screen.warn) as client:
        found = look_up_and_plan(
            prepared, client, screen, allow_delete=choices.allow_delete, wanted=wanted
        )
        found.show()
    applied = importing.leave_alone(found.plan)
    seconds = time.monotonic() - began
    told = run_json(None, prepared.sheet.path.resolve(), applied, None, client.tally, seconds)
    screen.give({**told, "missing": found.as_json()} if choices.create_missing else told)
    counts = count(applied.outcomes)
    screen.say(f"{text.counts_line(counts)} Dry run: nothing was written.")
    return _exit_code(found.plan, applied)


def _import(
    prepared: Prepared, session: Session, choices: ImportChoices, source: Source, wanted: Wanted
) -> int:
    try:
        session.wait_for_the_dead()
        found = _planned(prepared, session, choices, wanted)
        found.show()
        session.before = found.as_json() if choices.create_missing else None
        may_write = _may_write(found, choices, session)
    except (KeyboardInterrupt, click.Abort) as error:
        raise StoppedError("Stopped. Nothing was written.") from error
    if not may_write:
        if not found.plan.writes and _is_sendable(found, choices):
            session.journal.take_up(source, prepared.entity, found.plan.changes)
            close_earlier(wanted.links, session, source)
        return _leave_alone(found, session, source)
    close_earlier(wanted.links, session, source)
    if found.missing:
        ids, code = create_missing(found, session, source, choices.again)
        if code is not None:
            return code
        found = _with_ids(prepared, found, session, choices, ids)
    entity, journal = prepared.entity, session.journal
    run = importing.begin(found.plan, entity, journal, source)
    rows = found.plan.writes - len(found.plan.twice)
    with session.running(run, rows) as terms:
        applied = importing.carry_out(found.plan, run, entity, session.client, journal, terms)
        results = session.results(run, lambda: _write(found, applied, source.results))
        code = max(session.close(run, applied, results), _exit_code(found.plan, applied))
    return code if results else max(code, UNFINISHED_ROWS)


def _with_ids(
    prepared: Prepared,
    found: Planned,
    session: Session,
    choices: ImportChoices,
    ids: Mapping[int, int],
) -> Planned:
    """Plan the rows anew, with what was created. Raises StoppedError if it is another plan."""
    again, created = shown(choices.again), text.many(len(ids), "record")
    written = f"Written so far: {created} for the rows to use, and no row."
    try:
        now = _planned(_silent(prepared), session, choices, NOTHING, frozenset(ids.values()))
    except KeyboardInterrupt as error:
        raise StoppedError(f"Stopped. {written} To go on: {again}") from error
    except PipelineError as error:  # the account holds something by now: the last line says so
        raise type(error)(f"{error} {written} To go on: {again}") from error
    if not is_as_expected(found.plan, now.plan, ids):
        raise changed_meanwhile(written, again)
    return replace(now, prepared=found.prepared)


def _write(found: Planned, applied: Applied, target: Path) -> str:
    write_results(found.prepared, found.plan.problems, applied, target)
    return str(target)


def _planned(
    prepared: Prepared,
    session: Session,
    choices: ImportChoices,
    wanted: Wanted,
    made: Container[int] = (),
) -> Planned:
    """Plan the file, once the service shows what a run wrote a moment ago."""
    settle = session.settings.settle_seconds
    ends_at = session.clocks.monotonic() + settle
    while True:
        found = look_up_and_plan(
            prepared,
            session.client,
            session.screen,
            allow_delete=choices.allow_delete,
            wanted=wanted,
            made=made,
        )
        if not _is_behind(found, session, settle) or session.clocks.monotonic() > ends_at:
            return found
        session.screen.warn("Waiting until the service shows what was written a moment ago.")
        session.brake.sleep(LOOK_AGAIN_SECONDS)
        prepared = _silent(prepared)


def _silent(prepared: Prepared) -> Prepared:
    """Return a file without the remarks on how it was read: they were made once."""
    return replace(prepared, sheet=replace(prepared.sheet, remarks=()))


def _is_behind(found: Planned, session: Session, settle_seconds: float) -> bool:
    entity, journal = found.prepared.entity, session.journal
    return importing.is_behind(found.plan, entity, journal, settle_seconds) or (
        found.lacks_names
        and importing.are_names_behind(entity, found.stored, journal, settle_seconds)
    )


def _leave_alone(found: Planned, session: Session, source: Source) -> int:
    """Write nothing to the account; the results say what is to be mended."""
    applied = importing.leave_alone(found.plan)
    results = None
    if found.prepared.rows:
        results = _write(found, applied, source.results)
    session.give(None, source.file, applied, results)
    see = f" See {text.shown_path(results)}." if results else ""
    session.screen.say(f"{text.counts_line(count(applied.outcomes))} Nothing was written.{see}")
    return _exit_code(found.plan, applied)


def _exit_code(plan: Plan, applied: Applied) -> int:
    counts = count(applied.outcomes)
    unfinished = any(counts[status] for status in UNFINISHED) or not plan.is_clean
    return UNFINISHED_ROWS if unfinished else DONE


def _is_sendable(found: Planned, choices: ImportChoices) -> bool:
    is_half_good = choices.valid_rows_only and not found.prepared.is_hopeless
    return found.plan.is_clean or is_half_good


def _may_write(found: Planned, choices: ImportChoices, session: Session) -> bool:
    plan, settings = found.plan, session.settings
    sendable = _is_sendable(found, choices)
    if choices.valid_rows_only and not sendable:
        session.screen.warn(
            "--valid-rows-only leaves out rows, not columns: what is wrong with a whole column has "
            "to be mended first."
        )
    if not (sendable and plan.writes):
        return False
    question = (
        f"Send {found.writes:,} writes to {settings.base_url} as {settings.username or 'token'}?"
    )
    return not choices.ask or click.confirm(question, err=True)


def _stopped_before(session: Session, entity: Entity, source: Source) -> Run | None:
    """Return the last run of the same file that stopped with rows left."""
    runs = [
        each
        for each in session.journal.open_runs()
        if (each.entity, each.sheet) == (entity.name, source.sheet)
        and (each.digest == source.digest or each.file == source.file)
    ]
    return runs[-1] if runs else None


def _would_rather_resume(run: Run, source: Source, screen: Screen, choices: ImportChoices) -> bool:
    at = datetime.fromtimestamp(run.started).astimezone()
    screen.warn(f"Run {run.number} of this file, of {at:%Y-%m-%d %H:%M}, stopped before its end.")
    if run.digest != source.digest:
        screen.warn(
            "The file was changed since: it is planned anew from what it says now, and that run is "
            "closed by this import."
        )
        return False
    if run.reading != source.reading:
        screen.warn(
            "The file is read with another mapping than then: it is planned anew, and that run is "
            "closed by this import."
        )
        return False
    screen.warn(f"To go on with it: {go_on(run)}")
    if not choices.ask:
        screen.warn("--yes was given: it is planned anew, and that run is closed by this import.")
        return False
    return click.confirm("Go on with that run, instead of planning anew?", default=True, err=True)
