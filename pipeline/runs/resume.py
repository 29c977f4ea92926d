"""Going on with a run that stopped: what of each row is known, what has to be looked at first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from pipeline.api.client import Client
from pipeline.config import Settings
from pipeline.planning.plan import Change
from pipeline.runs.apply import Applied, Apply, Terms
from pipeline.runs.doubts import Search
from pipeline.runs.journal import Attempt, Journal, Run, is_doubtful
from pipeline.runs.outcome import Outcome
from pipeline.schema import Entity


def resume(run: Run, entity: Entity, client: Client, journal: Journal, terms: Terms) -> Applied:
    """Carry out what is left of a run. Returns one outcome per row of its file.

    Creates that may have been stored are looked for, updates are laid over the records as they
    are now, and a name that somebody else took meanwhile is not used again.
    """
    known = {each.record_id for each in journal.outcomes(run.id) if each.status == "created"}
    run = replace(run, known=run.known | {each for each in known if each is not None})
    problems = journal.problems(run.id)
    changes = [
        replace(each, problems=tuple(p for p in problems if p.row == each.row))
        for each in journal.open_changes(run.id)
    ]
    attempts = _by_row(journal.attempts(run.id))
    settled = _answered(changes, attempts)
    apply = Apply(run, entity, client, journal, terms)
    apply.tried(attempts)
    doubtful = [
        each for each in changes if _is_lost_create(each, attempts) and each.row not in settled
    ]
    for change in doubtful:
        apply.doubt(change, attempts[change.row])
    done = settled.keys() | {each.row for each in doubtful}
    fresh = [each for each in changes if each.row not in done]
    settled |= _taken(fresh, Search(entity, client, set(run.known)))
    journal.settle(run.id, settled.values())
    return apply.carry_out([each for each in fresh if each.row not in settled])


def wait_for_lost_requests(
    journal: Journal, settings: Settings, now: float, sleep: Callable[[float], None]
) -> None:
    """Wait until what a process that died has sent is surely stored, or surely not.

    Until then a look into the account does not tell the truth, and a plan made from it could
    create a record a second time.
    """
    certain_at = [
        each.at + settings.timeout_seconds + settings.settle_seconds
        for run in journal.open_runs()
        for each in journal.attempts(run.id)
        if is_doubtful(each)
    ]
    if certain_at and max(certain_at) > now:
        sleep(max(certain_at) - now)


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
            if change.action == "create" and each.verdict == "DONE":
                found[change.row] = Outcome(change.row, "created", "", each.record_id)
    return found


def _is_lost_create(change: Change, attempts: dict[int, list[Attempt]]) -> bool:
    return change.action == "create" and any(map(is_doubtful, attempts.get(change.row, ())))


def _taken(changes: Iterable[Change], search: Search) -> dict[int, Outcome]:
    """Find the names that somebody else used since the run began."""
    creates = [each for each in changes if each.action == "create"]
    found = {}
    for row, numbers in (search.namesakes(creates) if creates else {}).items():
        ids = ", ".join(map(str, numbers))
        words = (
            f"A record of this name was created since the run began ({ids}). "
            "Nothing was sent; import the file again to update it."
        )
        found[row] = Outcome(row, "stale", words)
    return found
