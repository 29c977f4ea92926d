"""The import, top to bottom: prepare (`prepared.py`), look up, plan; then, if wanted, apply.

Everything but `carry_out` reads. A dry run is a run in which `carry_out` was not called.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from pipeline.api import reading
from pipeline.api.client import Client
from pipeline.collecting import uncollected
from pipeline.naming import names_of, read_names, read_places
from pipeline.planning.build import Request, build
from pipeline.planning.expected import expecting
from pipeline.planning.ledger import Ledger, recognised
from pipeline.planning.missing import (
    Lacking,
    Renamed,
    Wanted,
    creatable,
    find_missing,
    none_renamed,
)
from pipeline.planning.names import Resolver, lists_needed
from pipeline.planning.newcomers import are_all_near
from pipeline.planning.plan import Change, Plan
from pipeline.planning.stored import Named, Record, Stored, ids_by_key, same_name
from pipeline.prepared import Prepared
from pipeline.rows import Row
from pipeline.runs.apply import Apply
from pipeline.runs.journal import Journal
from pipeline.runs.lines import Run, Source
from pipeline.runs.outcome import Outcome, outcome_of
from pipeline.runs.send import holds
from pipeline.runs.terms import Applied, Terms
from pipeline.schema import Entity


def look_up(client: Client, prepared: Prepared, ledger: Ledger = MappingProxyType({})) -> Stored:
    """Read what the account holds of the rows, in few requests. Raises ApiError.

    `ledger` is what is known of their source: such rows are looked up like those with an id.
    """
    entity = prepared.entity
    typed = [each for each in prepared.rows if each.action != "skip"]
    rows = [recognised(entity, each, ledger) for each in typed]
    places = lists_needed(entity, rows, Stored()) & {_place_link(entity)}
    stored = Stored(names=_lists(client, places), ledger=ledger)
    stored = _with_records(client, entity, rows, stored)
    there = [recognised(entity, each, ledger, stored.records) for each in typed]
    lost = [each for each, known in zip(there, rows, strict=True) if each != known]
    stored = _with_records(client, entity, lost, stored)  # by name, since the ledger's are gone
    more = lists_needed(entity, there, stored) - set(stored.names)
    if entity.name in more and are_all_near(entity, there, stored):
        more -= {entity.name}
    return replace(stored, names={**stored.names, **_lists(client, more)})


@uncollected()
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
    return replace(plan, read_at=read_at)


def as_told(plan: Plan, prepared: Prepared) -> Plan:
    """Return the plan with its problems in the words of the file: the last step before people."""
    return replace(
        plan,
        problems=tuple(prepared.told(plan.problems)),
        changes=tuple(
            replace(each, problems=tuple(prepared.told(each.problems))) for each in plan.changes
        ),
    )


def expect(
    client: Client,
    prepared: Prepared,
    stored: Stored,
    wanted: Wanted,
    renamed: Renamed = none_renamed,
) -> tuple[Stored, Lacking]:
    """Return what the account will hold once it has what is `wanted`, and what it lacks of that."""
    if not wanted.links & stored.names.keys():
        return stored, Lacking()  # no row gives a name
    places = read_places(client, _place_link(prepared.entity))
    entity, ledger = prepared.entity, stored.ledger
    rows = [recognised(entity, each, ledger, stored.records) for each in prepared.rows]
    lacking = find_missing(entity, rows, stored, wanted, places, renamed)
    return expecting(stored, lacking.created), lacking


def are_names_behind(
    entity: Entity, stored: Stored, journal: Journal, settle_seconds: float
) -> bool:
    """Whether a look-up list does not show yet what was created a moment ago."""
    for link, other in creatable(entity).items():
        listed = {each.id for each in stored.names.get(link, ())}
        made = journal.just_created(other, settle_seconds)
        if link in stored.names and any(number not in listed for number, _ in made):
            return True
    return False


def is_behind(plan: Plan, entity: Entity, journal: Journal, settle_seconds: float) -> bool:
    """Whether the look-up did not see yet what was written a moment ago.

    Reading may lag behind writing: such a plan would create records a second time, or take back
    what an update has just changed.
    """
    # Blocked may be what would be created, but for a record of the ledger that does not show yet.
    places = {each.place for each in plan.changes if each.action in {"create", "blocked"}}
    made = journal.just_created(entity, settle_seconds)
    if any(place in places and number not in plan.known_ids for number, place in made):
        return True
    changed = journal.just_updated(entity, settle_seconds)
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
        program=prepared.source,
    )


@uncollected()
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


def _with_records(client: Client, entity: Entity, rows: Sequence[Row], stored: Stored) -> Stored:
    """Add the records that rows mean: by id where there is one, else by location and name."""
    id_name = entity.id_field.name
    unnamed = [each for each in rows if not each.fills(id_name)]
    listed = list(_listed(client, entity, unnamed, stored))
    archives = entity.archive_field
    stored = replace(
        stored,
        ids={**stored.ids, **ids_by_key(listed, entity.key)},
        archived=stored.archived
        | {each["Id"] for each in listed if archives and each.get(archives.name)},
        near=(*stored.near, *names_of(entity.name, listed)),
    )
    typed = (row.value(id_name) for row in rows)
    wanted = [each for each in typed if isinstance(each, int)]  # a text is told as a problem
    wanted += _ids(entity, unnamed, stored)
    new = [each for each in wanted if each not in stored.records]
    records = reading.whole_records(client, entity, new) if new else ()
    return replace(stored, records={**stored.records, **{each["Id"]: each for each in records}})


def _listed(
    client: Client, entity: Entity, rows: Iterable[Row], stored: Stored
) -> Iterator[Record]:
    """List the locations of rows that are known by name: one listing finds all of a location."""
    place, resolver = entity.key[0], Resolver("", entity, stored)
    places = {resolver.place_of(row) for row in rows}
    places -= {each for each, _ in stored.ids}  # those listed already
    for each in sorted(each for each in places if each is not None):
        filters = {entity.filter_name(place): each}
        records = reading.listing(client, entity.path, filters)
        # The service ignores a filter it does not know: every row is compared again.
        yield from (record for record in records if record.get(place) == each)


def _ids(entity: Entity, rows: Iterable[Row], stored: Stored) -> list[int]:
    """Return the ids of the records that rows mean by location and name."""
    resolver = Resolver("", entity, stored)
    named = [each for each in rows if each.value(entity.key[-1]) is not None]
    keys = ((resolver.place_of(row), same_name(row.value(entity.key[-1]))) for row in named)
    found = [stored.ids.get((place, name), ()) for place, name in keys if place is not None]
    return [ids[0] for ids in found if len(ids) == 1]
