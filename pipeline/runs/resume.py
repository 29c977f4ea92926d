"""Going on with a run that stopped: what of each row is known, what has to be looked at first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pipeline.api.client import Client
from pipeline.api.replies import Verdict
from pipeline.config import Settings
from pipeline.planning.plan import Change
from pipeline.planning.sequence import is_unborn
from pipeline.runs.apply import Apply
from pipeline.runs.doubts import certain_in
from pipeline.runs.journal import Journal
from pipeline.runs.lines import Attempt, Run
from pipeline.runs.outcome import Outcome
from pipeline.runs.terms import Applied, Terms
from pipeline.schema import Entity


def resume(run: Run, entity: Entity, client: Client, journal: Journal, terms: Terms) -> Applied:
    """Carry out what is left of a run. Returns one outcome per row of its file.

    Creates that may have been stored are looked for, updates are laid over the records as they
    are now, and a name that somebody else took meanwhile is not used again.
    """
    changes, attempts = _left(run, journal), _by_row(journal.attempts(run.id))
    settled = _answered(changes, attempts)
    journal.settle(run.id, settled.values())
    made = {each.record_id for each in journal.outcomes(run.id)}
    run = replace(run, known=run.known | {each for each in made if each is not None})
    apply = Apply(run, entity, client, journal, terms)
    open_still = [_after(each, settled.get(each.row)) for each in changes]
    left = [
        each
        for each in open_still
        if each.row not in settled or (each.links and each.record_id is not None)
    ]
    return apply.carry_out(
        [each for each in left if not apply.take_up(each, attempts.get(each.row, []))]
    )


def lost_requests_seconds(
    journal: Journal, settings: Settings, now: float, *, but: int | None = None
) -> float:
    """Return how long it takes until what a process that died has sent is stored, or surely not.

    Until then a look into the account does not tell the truth, and a plan made from it could
    create a record a second time. The run `but` is left out: a resume looks for its own.
    """
    attempts = [
        each for run in journal.open_runs() if run.id != but for each in journal.attempts(run.id)
    ]
    return certain_in(attempts, settings, now)


def _left(run: Run, journal: Journal) -> list[Change]:
    """Return the changes that are not settled, with the problems (warnings) of their rows."""
    problems = journal.problems(run.id)
    return [
        replace(each, problems=tuple(p for p in problems if p.row == each.row))
        for each in journal.open_changes(run.id)
    ]


def _after(change: Change, answer: Outcome | None) -> Change:
    """Return a change that was answered as what is left of it: only links may be missing."""
    return replace(change, record_id=answer.record_id) if answer else change


def _by_row(attempts: Iterable[Attempt]) -> dict[int, list[Attempt]]:
    found: dict[int, list[Attempt]] = {}
    for each in attempts:
        found.setdefault(each.row, []).append(each)
    return found


def _answered(changes: Iterable[Change], attempts: dict[int, list[Attempt]]) -> dict[int, Outcome]:
    """Return the creates whose answer was heard, but no more than that."""
    found = {}
    for change in changes:
        for each in attempts.get(change.row, ()):
            if is_unborn(change) and each.verdict == Verdict.DONE.name:
                words = "Created; its links are still to be added." if change.links else ""
                found[change.row] = Outcome(change.row, "created", words, each.record_id)
    return found
