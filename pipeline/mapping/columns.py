"""Which columns of a foreign sheet a mapping means, and what the others are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.entities import ENTITIES
from pipeline.mapping.near import nearest
from pipeline.mapping.profile import Profile, Rule
from pipeline.mapping.words import key
from pipeline.rows import ACTION_COLUMN, RESULT_COLUMNS
from pipeline.sheets.read import Column, Sheet


@dataclass(frozen=True)
class Columns:
    """The columns of a foreign sheet.

    `of_fields` has them by field, none where the file has none of those a rule names, which then
    stand in `missing`. `results` are Status, Message and Id where a results file added them.
    `doubled` are headers in use that stand more than once, `homeless` columns nobody takes.
    """

    own: tuple[Column, ...]
    of_fields: Mapping[str, tuple[Column, ...]]
    missing: Mapping[str, tuple[str, ...]]
    doubled: Mapping[str, tuple[Column, ...]]
    homeless: tuple[Column, ...]
    results: Mapping[str, int]
    action: Column | None
    source_id: Column | None

    def find(self, header: str) -> Column | None:
        """Return the first of the source's columns with that header."""
        return _find(self.own, header)

    def near(self, headers: Sequence[str]) -> str:
        """Return the header of a column without a home that resembles one of `headers`."""
        texts = [each.text for each in self.homeless]
        found = [near for each in headers for near in nearest(each, texts, count=1)]
        return found[0] if found else ""


def find_columns(profile: Profile, sheet: Sheet) -> Columns:
    """Find the columns that a mapping names; headers are compared as people read them."""
    results = _added(profile, sheet)
    own = tuple(each for each in sheet.columns if each.number not in results.values())
    of_fields = {name: _columns(rule, own) for name, rule in profile.fields.items()}
    action = None if _names(profile, ACTION_COLUMN) else _find(own, ACTION_COLUMN)
    source_id = _find(own, profile.source_id) if profile.source_id else None
    conditions = [_find(own, each.column) for each in profile.leave_out]
    used = [each for found in of_fields.values() for each in found]
    used += [each for each in (action, source_id, *conditions) if each is not None]
    taken = {key(each.text) for each in used}
    ignored = {key(each) for each in profile.ignored}
    return Columns(
        own=own,
        of_fields=of_fields,
        missing=_missing(profile, of_fields, source_id, conditions),
        doubled=_doubled(own, taken),
        homeless=tuple(each for each in own if key(each.text) not in taken | ignored),
        results=results,
        action=action,
        source_id=source_id,
    )


def _find(columns: Sequence[Column], header: str) -> Column | None:
    wanted = key(header)
    return next((each for each in columns if key(each.text) == wanted), None)


def _columns(rule: Rule, own: Sequence[Column]) -> tuple[Column, ...]:
    found = [_find(own, each) for each in rule.columns or rule.either]
    there = tuple(each for each in found if each is not None)
    return there[:1] if rule.either else there


def _missing(
    profile: Profile,
    of_fields: Mapping[str, tuple[Column, ...]],
    source_id: Column | None,
    conditions: Sequence[Column | None],
) -> dict[str, tuple[str, ...]]:
    found = {
        name: rule.columns or rule.either
        for name, rule in profile.fields.items()
        if (rule.columns or rule.either) and not of_fields[name]
    }
    if profile.source_id and source_id is None:
        found["source-id"] = (profile.source_id,)
    for rule, column in zip(profile.leave_out, conditions, strict=True):
        if column is None:
            found["leave-out"] = (rule.column,)
    return found


def _doubled(own: Sequence[Column], taken: set[str]) -> dict[str, tuple[Column, ...]]:
    found: dict[str, list[Column]] = {}
    for each in own:
        if key(each.text) in taken:
            found.setdefault(key(each.text), []).append(each)
    return {same[0].text: tuple(same) for same in found.values() if len(same) > 1}


def _added(profile: Profile, sheet: Sheet) -> dict[str, int]:
    """Find the columns that a results file adds at the end of the sheet: all, in their order.

    A source may have a Status or an Id of its own further to the left.
    """
    names = (*RESULT_COLUMNS, ENTITIES[profile.entity].id_field.name)
    last = sheet.columns[-len(names) :]
    if tuple(each.text for each in last) != names or len(sheet.columns) == len(names):
        return {}
    before = {key(each.text) for each in sheet.columns[: -len(names)]}
    needed = [each for each in names if _names(profile, each) and key(each) not in before]
    return {} if needed else {each.text: each.number for each in last}


def _names(profile: Profile, header: str) -> bool:
    """Whether the mapping speaks of a column with that header."""
    rules = profile.fields.values()
    named = [name for rule in rules for name in (*rule.columns, *rule.either)]
    named += [profile.source_id, *profile.ignored, *(each.column for each in profile.leave_out)]
    return key(header) in {key(each) for each in named if each}
