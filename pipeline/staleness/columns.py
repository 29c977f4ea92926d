"""Which columns came, went or mean something else since a template was made."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline import __version__
from pipeline.problems import Problem, problem
from pipeline.schema import Entity
from pipeline.sheets.stamp import Column, Stamp, columns_of


def changed_columns(sheet: str, stamp: Stamp, entity: Entity) -> list[Problem]:
    """Say how the columns differ from those that the template was made of."""
    if stamp.entity != entity.name:
        return [problem("other_entity", sheet, made_of=stamp.entity, nouns=entity.nouns)]
    before = {each.name: each for each in stamp.columns}
    now = {each.name: each for each in columns_of(entity)}
    kept = [(before[name], now[name]) for name in before.keys() & now.keys()]
    kept.sort(key=lambda pair: list(now).index(pair[1].name))
    changes = [
        _listed("new", [name for name in now if name not in before]),
        _listed("no longer there", [name for name in before if name not in now]),
        _listed("now needed", [b.name for a, b in kept if b.needed and not a.needed]),
        _listed("no longer needed", [b.name for a, b in kept if a.needed and not b.needed]),
        _listed(
            "of another kind",
            [f"{b.name} (was {a.kind}, is {b.kind})" for a, b in kept if a.kind != b.kind],
        ),
        _listed("with other choices", [w for a, b in kept if (w := _choices(a, b))]),
    ]
    said = "; ".join(filter(None, changes))
    if not said:
        return []
    program = f"nexudus-bulk {stamp.program}".strip()
    if stamp.program != __version__:
        program += f" (this is {__version__})"
    return [problem("stale_columns", sheet, program=program, changes=said, entity=entity.name)]


def _choices(before: Column, now: Column) -> str:
    if before.kind != now.kind or set(before.choices) == set(now.choices):
        return ""
    came = [f"+{each}" for each in now.choices if each not in before.choices]
    went = [f"-{each}" for each in before.choices if each not in now.choices]
    return f"{now.name} ({', '.join([*came, *went])})"


def _listed(what: str, names: Sequence[str]) -> str:
    return f"{what}: {', '.join(names)}" if names else ""
