"""The import, top to bottom: prepare (`prepared.py`), look up, plan; then, if wanted, apply.

Everything but `carry_out` reads. A dry run is a run in which `carry_out` was not called.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from pipeline.api import reading
from pipeline.api.client import Client
from pipeline.naming import read_names
from pipeline.planning.build import Request, build, key_of
from pipeline.planning.names import Resolver, lists_needed
from pipeline.planning.plan import Change, Plan
from pipeline.planning.stored import Named, Stored, ids_by_key
from pipeline.prepared import Prepared
from pipeline.rows import Row
from pipeline.runs.apply import Apply
from pipeline.runs.journal import Journal
from pipeline.runs.lines import Run, Source
from pipeline.runs.outcome import Outcome, outcome_of
from pipeline.runs.send import holds
from pipeline.runs.terms import Applied, Terms
from pipeline.schema import Entity


def look_up(client: Client, prepared: Prepared) -> Stored:
    """Read what the account holds of the rows, in few requests. Raises ApiError."""
    entity, id_name = prepared.entity, prepared.entity.id_field.name
    rows = [each for each in prepared.rows if each.action != "skip"]
    unnamed = [each for each in rows if not each.fills(id_name)]
    places = lists_needed(entity, rows, Stored()) & {_place_link(entity)}
    stored = Stored(names=_lists(client, places))
    ids = _listed(client, entity, unnamed, stored) if unnamed else {}
    stored = replace(stored, ids=ids)
    wanted = [row.value(id_name) for row in rows if row.value(id_name)]
    wanted += [each for row in unnamed for each in _ids(entity, row, stored)]
    records = reading.whole_records(client, entity, wanted) if wanted else ()
    stored = replace(stored, records={each["Id"]: each for each in records})
    more = lists_needed(entity, rows, stored) - set(stored.names)
    return replace(stored, names={**stored.names, **_lists(client, more)})


def make_plan(
    prepared: Prepared, stored: Stored, *, allow_delete: bool = False, read_at: float = 0.0
) -> Plan:
    """Return the plan for every row of the file; `read_at` (clock seconds) dates the look-up."""
    plan = build(
        Request(
            sheet=prepared.sheet.name,
            entity=prepared.entity,
            columns=tuple(prepared.header.fields),
            rows=prepared.rows,
            problems=prepared.problems,
            allow_delete=allow_delete,
        ),
        stored,
    )
    return replace(
        plan,
        read_at=read_at,
        problems=tuple(prepared.told(plan.problems)),
        changes=tuple(
            replace(each, problems=tuple(prepared.told(each.problems))) for each in plan.changes
        ),
    )


def is_behind(plan: Plan, entity: Entity, journal: Journal, settle_seconds: float) -> bool:
    """Whether the look-up did not see yet what was written a moment ago.

    Reading may lag behind writing: such a plan would create records a second time, or take back
    what an update has just changed.
    """
    places = {each.place for each in plan.changes if each.action == "create"}
    made = journal.just_created(settle_seconds)
    if any(place in places and number not in plan.known_ids for number, place in made):
        return True
    changed = journal.just_updated(settle_seconds)
    return any(
        not holds(entity, change.before, changed[change.record_id])
        for change in plan.changes
        if change.record_id in changed and change.before is not None
    )


def source_of(prepared: Prepared, results: Path) -> Source:
    """Return the file as the journal keeps it: a run outlives what becomes of the file."""
    return Source(
        file=prepared.sheet.path.resolve(),
        content=prepared.content,
        digest=hashlib.sha256(prepared.content).hexdigest(),
        sheet=prepared.sheet.name,
        results=results.resolve(),
        reading=prepared.reading.kept(),
    )


def begin(plan: Plan, entity: Entity, journal: Journal, source: Source) -> Run:
    """Write the plan into the journal; from here on it can be resumed."""
    settled = [unsent(each) for each in plan.changes if not each.writes]
    run = journal.run(journal.begin(entity, plan, source, settled))
    assert run is not None
    return run


def carry_out(  # noqa: PLR0913, PLR0917 - what a run consists of
    plan: Plan, run: Run, entity: Entity, client: Client, journal: Journal, terms: Terms
) -> Applied:
    """Write the plan into the account; returns one outcome per row."""
    apply = Apply(run, entity, client, journal, terms, planned_at=plan.read_at)
    return apply.carry_out(plan.changes)


def leave_alone(plan: Plan) -> Applied:
    """Return the outcomes of a plan that is not carried out."""
    return Applied(tuple(unsent(each) for each in plan.changes))


def unsent(change: Change) -> Outcome:
    """Return the outcome of a row of which nothing is sent."""
    words = " ".join(
        f"{each.column}: {each.message} {each.hint}".strip() if each.column else each.message
        for each in change.problems
    )
    if change.action in {"blocked", "invalid", "unchanged"}:
        return outcome_of(change, change.action, words)
    if change.action == "skip":
        return outcome_of(change, "unchanged", "Left out: Action is skip.")
    return outcome_of(change, "unsent", words)


def _place_link(entity: Entity) -> str:
    return entity.by_name[entity.key[0]].link


def _lists(client: Client, names: Iterable[str]) -> dict[str, tuple[Named, ...]]:
    return {name: read_names(client, name) for name in sorted(names)}


def _listed(
    client: Client, entity: Entity, rows: Iterable[Row], stored: Stored
) -> dict[tuple[int, str], tuple[int, ...]]:
    """List the locations of rows that are known by name: one listing finds all of a location."""
    place = entity.key[0]
    places = {_resolved(entity, row, stored).value(place) for row in rows}
    listed: dict[tuple[int, str], tuple[int, ...]] = {}
    for each in sorted(each for each in places if isinstance(each, int)):
        filters = {entity.filter_name(place): each}
        records = reading.listing(client, entity.path, filters)
        # The service ignores a filter it does not know: every row is compared again.
        listed |= ids_by_key((r for r in records if r.get(place) == each), entity.key)
    return listed


def _resolved(entity: Entity, row: Row, stored: Stored) -> Row:
    return Resolver("", entity, stored).resolve(row).row


def _ids(entity: Entity, row: Row, stored: Stored) -> tuple[int, ...]:
    key = key_of(entity, _resolved(entity, row, stored))
    ids = stored.ids.get(key, ()) if key else ()
    return ids if len(ids) == 1 else ()
