"""What is said of missing records: how they can be created, which will be, what to think of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.entities import ENTITIES, LOOKUPS
from pipeline.planning.missing import OPTION, Lacking, Missing, Wanted, creatable
from pipeline.planning.plan import Plan
from pipeline.planning.stored import Named
from pipeline.problems import Problem
from pipeline.schema import Entity, Field

UNKNOWN = "unknown_name"
UNCLEAR = {UNKNOWN, "ambiguous_name"}


def lacks_names(entity: Entity, plan: Plan, missing: Iterable[Missing]) -> bool:
    """Whether a name leads nowhere, or to several, that can be created."""
    links = creatable(entity)
    columns = {each.name for each in entity.fields if _link(entity, each) in links}
    return any(missing) or any(p.code in UNCLEAR and p.column in columns for p in plan.problems)


def _link(entity: Entity, field: Field) -> str:
    return entity.by_name[field.names].link if field.names else field.link


def advised(plan: Plan, entity: Entity, wanted: Wanted, lacking: Lacking) -> Plan:
    """Return the plan whose unknown names tell how they can be created."""
    links = creatable(entity)
    kept = {each.number for each in lacking.doubtful}
    doubtful = {(row, each.link): each for each in lacking.doubtful for row in each.rows}

    def told(problem: Problem) -> Problem:
        field = entity.by_name.get(problem.column or "")
        link = _link(entity, field) if field else ""
        if problem.code != UNKNOWN or link not in links:
            return problem
        hint = f"To create it, add {OPTION} {LOOKUPS[link].nouns}."
        if (missing := doubtful.get((problem.row or 0, link))) is not None:
            hint = _doubt(missing, kept)
        elif link in wanted.links:
            return problem
        return replace(problem, hint=f"{problem.hint} {hint}".strip())

    return replace(
        plan,
        problems=tuple(map(told, plan.problems)),
        changes=tuple(
            replace(each, problems=tuple(map(told, each.problems))) for each in plan.changes
        ),
    )


def _doubt(missing: Missing, doubtful: Iterable[int]) -> str:
    names = [f"'{each.name}'" for each in missing.near if each.id < 0 and each.id not in doubtful]
    like = f" (as {names[0]}, which is created)" if names else ""
    return (
        f"It is not created, since it is nearly a name that is there{like}. If it is another, "
        f"add {OPTION} '{LOOKUPS[missing.link].nouns}={missing.name}'."
    )


def lines(missing: Iterable[Missing]) -> list[str]:
    """Return a line for each record that is created before the rows."""
    return [
        f"create {each.noun} '{each.name}' in {_where(each)} "
        f"({len(each.rows):,} row{'' if len(each.rows) == 1 else 's'})"
        for each in missing
    ]


def _where(missing: Missing) -> str:
    return f"'{missing.place_name}'" if missing.place_name else str(missing.place)


def remarks(missing: Iterable[Missing]) -> list[str]:
    """Return what to think of before the records are created, and what to do afterwards."""
    created = list(missing)
    found = [words for each in created for words in _likenesses(each)]
    entities = dict.fromkeys(each.link for each in created)
    new = [rule for link in entities for rule in ENTITIES[link].rules if rule.only_new]
    return [*found, *(rule.hint for rule in new)]


def _likenesses(missing: Missing) -> Iterator[str]:
    new = f"{missing.noun} '{missing.name}' in {_where(missing)}"
    if missing.near:
        yield f"{new} is new beside {_listed(missing.near)}."
    if missing.elsewhere:
        yield f"{new} is new; other locations have their own: {_listed(missing.elsewhere)}."


def _listed(entries: Iterable[Named]) -> str:
    return ", ".join(f"'{e.name}' ({e.id if e.id > 0 else 'new too'})" for e in entries)
