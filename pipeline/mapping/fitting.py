"""Whether the rules of a mapping fit its entity: told before any file is laid under them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from pipeline.kinds import IDS, LIST_KINDS, MOMENT, SLOTS
from pipeline.mapping.near import suggestion
from pipeline.mapping.profile import Profile, Rule
from pipeline.mapping.units import MINUTES, unit_of
from pipeline.schema import Entity, Field, Unreadable

MONDAYS = (0, 1, 2)  # the number of Monday where a week begins with Monday 0, Monday 1, Sunday 1
FEW = 30  # fields that a message lists
GUIDE = "The sheet Guide of a template lists the fields."


def mistakes_of(profile: Profile, entity: Entity) -> list[str]:
    """Return what is wrong with a profile, a sentence each, the key first."""
    found = []
    if not re.fullmatch(r"[\w.-]+", profile.name):
        found.append(f"name '{profile.name}' is not one word: letters, digits, - and _ may stand.")
    if not profile.fields:
        found.append("fields is missing: it says which column holds which field.")
    for name, rule in profile.fields.items():
        found += [f"fields.{name}{each}" for each in _of_rule(name, rule, entity)]
    return found


def _of_rule(name: str, rule: Rule, entity: Entity) -> Iterator[str]:
    field = entity.by_name.get(name)
    if field is None or not field.in_sheet:
        names = [each.name for each in entity.fields if each.in_sheet and _takes_values(each)]
        listed = f"There are {', '.join(names)}." if len(names) <= FEW else GUIDE
        yield f" is no field of {entity.name}. {suggestion(name, names) or listed}".rstrip()
        return
    if not _takes_values(field):
        yield " is set by the service only. Leave the rule out."
        return
    yield from _sources(rule, field)
    yield from _pieces(rule)
    yield from _units(rule, field)
    yield from _days_and_links(rule, field)
    yield from _texts(rule, field)


def _takes_values(field: Field) -> bool:
    return bool(field.writable or field.key or field.names)


def _sources(rule: Rule, field: Field) -> Iterator[str]:
    named = [
        key
        for key, value in (
            ("column", rule.columns),
            ("either", rule.either),
            ("constant", rule.constant),
        )
        if value
    ]
    if len(named) > 1:
        yield f" has both {' and '.join(named)}. Keep one of them."
    if not named and rule.default is None and rule.count_by is None:
        yield " says nothing of where its value comes from. Add column, constant or default."
    several = len(rule.columns) > 1 and field.kind.name not in LIST_KINDS
    if several and rule.join is None and rule.pick is None:
        yield " has several columns. Add join, or pick, to make one value of them."
    if rule.join is not None and rule.pick is not None:
        yield " has both join and pick. Keep one of them."
    if rule.count_by is not None and (rule.default is not None or rule.count_by < 1):
        yield ".count-by is a whole number above 0, and stands without default."


def _pieces(rule: Rule) -> Iterator[str]:
    if rule.split == "":
        yield ".split is empty. Write what stands between the parts."
    if rule.part == 0:
        yield ".part counts from 1, or from the end with -1."
    elif rule.part != 1 and rule.split is None:
        yield ".part needs split, which says what stands between the parts."


def _units(rule: Rule, field: Field) -> Iterator[str]:
    if rule.unit is not None:
        if unit_of(rule.unit) is None:
            yield f".unit '{rule.unit}' is not known. Units are {', '.join(MINUTES)}."
        elif unit_of(field.unit) is None:
            yield f".unit is not possible: {field.name} is no length of time."


def _days_and_links(rule: Rule, field: Field) -> Iterator[str]:
    if rule.monday is not None:
        if field.kind is not SLOTS:
            yield f".monday is not possible: {field.name} holds no days of the week."
        elif rule.monday not in MONDAYS:
            yield ".monday is the number that the source gives Monday: 0, 1, or 2 after Sunday 1."
    if rule.links is not None and field.kind is not IDS:
        yield f".links is not possible: {field.name} is no list of links."
    if rule.dates is not None:
        if field.kind is not MOMENT:
            yield f".dates is not possible: {field.name} holds no date."
        elif not _is_format(rule.dates):
            yield f".dates '{rule.dates}' is no format of dates. Write such as %d.%m.%Y %H:%M."


def _is_format(text: str) -> bool:
    now = datetime(2026, 11, 21, 13, 45, tzinfo=UTC)
    try:
        read = datetime.strptime(now.strftime(text), text).replace(tzinfo=UTC)
    except ValueError:
        return False
    return read.date() == now.date()


def _texts(rule: Rule, field: Field) -> Iterator[str]:
    """Check what the mapping itself puts into cells, so that no row is blamed for it."""
    own = {
        "constant": rule.constant,
        "default": rule.default,
        "blank": rule.blank,
        "otherwise": rule.otherwise,
        **{f"values.{key}": text for key, text in rule.values.items()},
    }
    for key, text in own.items():
        if not text:
            continue
        converted = rule.unit is not None or field.kind is SLOTS
        if key not in {"constant", "default"} and (converted or rule.dates):
            continue  # read in the source's own terms
        try:
            field.kind.read(text)
        except Unreadable:
            choices = [each.name for each in field.kind.choices]
            hint = suggestion(text, choices)
            allowed = f"Choices: {', '.join(choices)}." if choices else ""
            yield f".{key} '{text}' is not {field.kind.expects}. {hint}{allowed}".rstrip()
