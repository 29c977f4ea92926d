"""The filters of an export: texts such as `Allocation>=4`, read and checked against the table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import product
from typing import Any, Literal

from pipeline.errors import UsageError
from pipeline.filtering.filter import WHERE, Filter, Sign
from pipeline.kinds import parse_moment, plain
from pipeline.mapping.near import suggestion
from pipeline.problems import problem, quoted
from pipeline.schema import Entity, Field, Unreadable, Value

PARTS = re.compile(r"(?P<name>[^=<>!~]*)(?P<sign><=|>=|==|!=|~=|<>|[=<>~])(?P<value>.*)", re.DOTALL)
DAY = re.compile(r"\d{4}-?\d\d-?\d\d")
A_DAY = timedelta(days=1) - timedelta(seconds=1)  # from its first to its last second
BLANK = "(blank)"
NOT_SHOWN = "(not shown)"
FROM_ENVIRONMENT = "env:"


def parse_filters(
    entity: Entity, texts: Iterable[str], environment: Mapping[str, str] | None = None
) -> tuple[Filter, ...]:
    """Read filters written `Field=value`, `Field>=value` or `Field<=value`.

    The values of secret fields are taken from `environment`. Raises UsageError, which tells of all
    that are wrong, a line each.
    """
    found: list[Filter] = []
    wrong: list[str] = []
    for text in texts:
        try:
            found.append(_read(entity, text, environment or {}))
        except UsageError as error:
            wrong.append(str(error))
    if wrong := wrong + _doubled(found) + _crossed(found):
        raise UsageError("\n".join(wrong))
    return tuple(found)


def _read(entity: Entity, text: str, environment: Mapping[str, str]) -> Filter:
    parts = PARTS.fullmatch(text)
    if parts is None:
        shown = quoted(
            re.split(r"\W", text.strip(), maxsplit=1)[0]
        )  # no more: a secret may stand behind it
        raise UsageError(f"{WHERE}: {shown} lacks a sign. Write Field=value, >= or <=.")
    field = _field(entity, parts["name"].strip())
    sign = _sign(field, parts["sign"])
    value = parts["value"] if field.kind.name == "text" else parts["value"].strip()
    return _filter(entity, field, sign, value if value.strip() else "", environment)


def _field(entity: Entity, name: str) -> Field:
    found = next((each for each in entity.fields if plain(each.name) == plain(name)), None)
    filterable = [each.name for each in entity.fields if _signs(each)]
    if found is None:
        raise UsageError(
            f"{WHERE}: {quoted(name)} is not a field of {entity.nouns}. "
            f"{suggestion(name, filterable)}Fields are named as in the header of an export."
        )
    if found.names in filterable and found.name not in filterable:
        return entity.by_name[found.names]  # takes names too
    if found.name not in filterable:
        raise UsageError(
            f"{WHERE}: the service has no filter for '{found.name}'. "
            "Leave it out, and filter in the exported file."
        )
    return found


def _signs(field: Field) -> tuple[Sign, ...]:
    exact: tuple[Sign, ...] = ("=",) if field.exact_filter else ()
    return (*exact, ">=", "<=") if field.range_filter else exact


def _sign(field: Field, sign: str) -> Sign:
    allowed = _signs(field)
    if sign not in allowed:
        *others, last = allowed
        words = f"Only {', '.join(others)} and {last} are." if others else f"Only {last} is."
        raise UsageError(f"{WHERE} {field.name}: '{sign}' is not possible here. {words}")
    return sign


def _filter(
    entity: Entity, field: Field, sign: Sign, text: str, environment: Mapping[str, str]
) -> Filter:
    if not text and sign != "=":
        raise UsageError(f"{WHERE} {field.name}: nothing stands behind {sign}. Write a value.")
    if not text and field.kind.empty is None:
        return Filter(entity, field, sign, None, BLANK)
    if field.secret:
        secret = _from_environment(field, text, environment)
        return Filter(entity, field, sign, _value(field, secret), NOT_SHOWN)
    value = _value(field, text)
    words = field.kind.show(value) if field.kind.choices or isinstance(value, bool) else text
    return Filter(entity, field, sign, value, quoted(words)[1:-1])


def _from_environment(field: Field, text: str, environment: Mapping[str, str]) -> str:
    """Return the value of a variable. The message never repeats what was written."""
    text = text.strip()
    if not text.startswith(FROM_ENVIRONMENT):
        raise UsageError(
            f"{WHERE} {field.name}: a secret must not stand on a command line. "
            f"Set a variable of the environment, and write {field.name}=env:ITS_NAME."
        )
    value = environment.get(text.removeprefix(FROM_ENVIRONMENT).strip())
    if not value:
        raise UsageError(
            f"{WHERE} {field.name}: the variable behind env: is not set. "
            "Set it in the environment, and write its name there."
        )
    return value


def _value(field: Field, text: str) -> Value:
    """Return the value as a filter holds it. Raises UsageError with the catalogue's sentence."""
    try:
        value = field.kind.read(text)
        if field.kind.name == "moment":
            first = parse_moment(value)
            return first, first + A_DAY if DAY.fullmatch(text) else first
    except Unreadable as verdict:
        raise UsageError(_sentence(field, text, verdict)) from None
    except OverflowError:  # a zone that leads out of the calendar
        raise UsageError(_sentence(field, text, Unreadable("not_a_moment"))) from None
    return (value,) if field.link and isinstance(value, int) else value


def _sentence(field: Field, text: str, verdict: Unreadable) -> str:
    names = [each.name for each in field.kind.choices]
    words: dict[str, Any] = {
        **verdict.words,
        "choices": ", ".join(names),
        "nearest": suggestion(text, names) if names else "",
    }
    said = NOT_SHOWN if field.secret else text
    found = problem(verdict.code, WHERE, column=field.name, value=said, **words)
    return f"{WHERE} {field.name}: {found.message} {found.hint}"


def _doubled(filters: Sequence[Filter]) -> list[str]:
    places = [(each.field.name, each.sign) for each in filters]
    return [
        f"{WHERE} {name}: '{sign}' stands {places.count((name, sign))} times, and all filters "
        "have to hold. Keep one of them."
        for name, sign in dict.fromkeys(places)
        if places.count((name, sign)) > 1
    ]


def _crossed(filters: Sequence[Filter]) -> list[str]:
    return [
        f"{WHERE} {low.field.name}: >= {low.words} and <= {high.words} leave nothing. "
        "The lower value belongs behind >=."
        for low, high in product(filters, filters)
        if (low.field, low.sign, high.sign) == (high.field, ">=", "<=")
        and low.bounds[0] > high.bounds[1]
    ]


def archived_filter(
    entity: Entity, choice: Literal["yes", "no", "only"], filters: Iterable[Filter] = ()
) -> Filter | None:
    """Return the filter that --archived means, None where all records are wanted.

    Raises UsageError where `filters` name that field too, and where no field tells of it.
    """
    field = entity.archive_field
    if field is None:
        raise UsageError(f"--archived: {entity.nouns} cannot be archived. Leave it out.")
    if any(each.field == field for each in filters):
        raise UsageError(f"--archived: --where {field.name} says it already. Use one of the two.")
    if choice == "yes":
        return None
    value = choice == "only"
    return Filter(entity, field, "=", value, str(field.kind.show(value)))
