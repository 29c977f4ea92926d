"""What a mapping and a foreign sheet do not have in common, told by column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import pandas as pd

from pipeline.mapping.columns import Columns
from pipeline.mapping.profile import Profile
from pipeline.mapping.values import items_of, same_item
from pipeline.problems import Problem, problem
from pipeline.schema import Entity
from pipeline.sheets.read import Column, Sheet

SHOWN = 20  # things that a message names; columns without a home are all named


def column_problems(
    profile: Profile, source: Sheet, entity: Entity, columns: Columns, unknown: str
) -> Iterator[Problem]:
    """Tell of columns that stand twice, that are not there, and that no rule takes.

    `unknown` is warn, error or ignore for the latter.
    """
    for name, found in columns.doubled.items():
        letters = " and ".join(each.letter for each in found)
        yield problem("column_doubled", source.name, column=name, letters=letters)
    yield from _missing(profile, source, entity, columns)
    if columns.homeless and unknown != "ignore":
        code = "homeless_refused" if unknown == "error" else "homeless"
        yield problem(
            code,
            source.name,
            columns=", ".join(" ".join(each.text.split()) for each in columns.homeless),
            count="1 column has"
            if len(columns.homeless) == 1
            else f"{len(columns.homeless)} columns have",
            mapping=profile.name,
        )


def lost_items(
    profile: Profile, sheet: str, columns: Columns, cells: pd.DataFrame
) -> Iterator[Problem]:
    """Tell what stands in lists of things, and no rule asks for."""
    wanted: dict[Column, list[str]] = {}
    whole: set[Column] = set()
    for name, rule in profile.fields.items():
        for column in columns.of_fields[name]:
            if rule.contains is None:
                whole.add(column)  # another field takes the list as it is: nothing is lost
            else:
                wanted.setdefault(column, []).append(rule.contains)
    for column, names in wanted.items():
        known = [*names, *profile.ignored]
        lists = [items_of(cell) for cell in cells[column.number] if cell is not None]
        items = Counter(item for each in lists for item in dict.fromkeys(each))
        lost = {
            f"'{item}' ({count:,})": count
            for item, count in items.most_common()
            if not any(same_item(item, each) for each in known)
        }
        if lost and column not in whole:
            yield problem(
                "items_homeless",
                sheet,
                column=" ".join(column.text.split()),
                items=_listed(list(lost)),
                mapping=profile.name,
            )


def _missing(
    profile: Profile, source: Sheet, entity: Entity, columns: Columns
) -> Iterator[Problem]:
    """Tell of rules whose columns the file does not have: needed ones, and once all the others."""
    needed = {each.name for each in entity.required}
    needed |= {entity.name_columns.get(each, each) for each in needed}
    others = []
    for name, wanted in columns.missing.items():
        rule = profile.fields.get(name)
        if name in needed and rule is not None and rule.default is None and not rule.count_by:
            near = columns.near(wanted)
            yield problem(
                "source_column_missing",
                source.name,
                field=name,
                columns=said_or(wanted),
                mapping=profile.name,
                nearest=f"Found '{near}': if that is it, n" if near else "N",
            )
        else:
            others.append(f"'{wanted[0]}' ({name})")
    if others:
        count = "1 column is" if len(others) == 1 else f"{len(others)} columns are"
        yield problem(
            "source_columns_missing",
            source.name,
            count=count,
            columns=_listed(others),
            mapping=profile.name,
        )


def said_or(names: Sequence[str]) -> str:
    """Return names of which one would do, in quotes."""
    return " or ".join(f"'{each}'" for each in names)


def _listed(names: Sequence[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")
