"""A mapping as the table that stands in its file, and back: keys and types, all mistakes at once.

Whether its rules fit the entity is judged in `fitting.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, fields
from datetime import date, time
from typing import Any, get_args

from pipeline.mapping.near import suggestion
from pipeline.mapping.profile import LeaveOut, Links, Pick, Profile, Rule

Table = Mapping[str, Any]
Reader = Callable[[Any], Any]
SCALARS = (str, int, float, date, time)  # what TOML has; its moments are dates, true and false int


class _WrongTypeError(ValueError):
    """A value of another type than its key takes; the text says which one it takes."""


def profile_of(table: Table, name: str, mistakes: list[str]) -> Profile:
    """Make a profile of a table; `name` stands in for one it does not give itself.

    What is wrong is added to `mistakes`, a sentence each, and left out.
    """
    given = {"name": name, **table}
    found = _read_keys(given, Profile, PROFILE_KEYS, "", mistakes)
    return Profile(**{"fields": {}, "name": name, **found})


def table_of(profile: Profile) -> dict[str, Any]:
    """Return the table of a profile, as its file has it: what is not set is left out."""
    table = _table(profile)
    table["fields"] = {name: _table(rule) for name, rule in profile.fields.items()}
    if profile.leave_out:
        table["leave-out"] = [_table(each) for each in profile.leave_out]
    return table


def _table(value: Any) -> dict[str, Any]:
    filled = {each.name: getattr(value, each.name) for each in fields(value)}
    return {
        _key(each): list(filled[each.name])
        if isinstance(filled[each.name], tuple)
        else dict(filled[each.name])
        if isinstance(filled[each.name], Mapping)
        else filled[each.name]
        for each in fields(value)
        if filled[each.name] != _unset(each)
    }


def _unset(each: Field[Any]) -> Any:
    if each.default_factory is not MISSING:
        return each.default_factory()
    return each.default


def _key(each: Field[Any]) -> str:
    return each.name.replace("_", "-")


def _read_keys(
    table: Table, made: type, readers: Mapping[str, Reader], where: str, mistakes: list[str]
) -> dict[str, Any]:
    known = {**ALIASES.get(made, {}), **{_key(each): each.name for each in fields(made)}}
    found: dict[str, Any] = {}
    for key, value in table.items():
        place = f"{where}{key}"
        if key not in known:
            hint = suggestion(key, known) or f"Its keys are {', '.join(known)}."
            mistakes.append(f"{place} is no key of a mapping. {hint}".strip())
            continue
        try:
            found[known[key]] = readers[key](value)
        except _WrongTypeError as error:
            mistakes.append(f"{place} is not {error}.")
        except _NestedError as nested:
            found[known[key]] = nested.read(f"{place}", mistakes)
    return found


class _NestedError(Exception):
    """A value that is read with the place it stands at: a table inside the table."""

    def __init__(self, read: Callable[[str, list[str]], Any]) -> None:
        super().__init__()
        self.read = read


def _text(value: Any) -> str:
    """Read a text; numbers, dates and true or false count as what people would type in a cell."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, SCALARS):
        return str(value)
    raise _WrongTypeError("a text")


def _name(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _WrongTypeError("a text in quotes")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, SCALARS):
        return (_text(value),)
    if not isinstance(value, list) or not all(isinstance(each, SCALARS) for each in value):
        raise _WrongTypeError('a list of texts, such as ["A", "B"]')
    return tuple(map(_text, value))


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _WrongTypeError("a whole number")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _WrongTypeError("true or false")
    return value


def _translations(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise _WrongTypeError('a table, such as { Public = "Yes", Private = "No" }')
    return {str(key): _text(each) for key, each in value.items()}


def _one_of(words: Sequence[str]) -> Reader:
    def read(value: Any) -> str:
        if value not in words:
            raise _WrongTypeError(f"one of {', '.join(words)}")
        return str(value)

    return read


def _rules(value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise _WrongTypeError("a table of rules, one for each field")

    def read(place: str, mistakes: list[str]) -> dict[str, Rule]:
        return {name: _rule(rule, f"{place}.{name}", mistakes) for name, rule in value.items()}

    raise _NestedError(read)


def _rule(value: Any, place: str, mistakes: list[str]) -> Rule:
    if isinstance(value, str):
        return Rule(columns=(value,) if value.strip() else ())
    if not isinstance(value, Mapping):
        mistakes.append(f"{place} is neither a column's name nor a table that says more.")
        return Rule()
    return Rule(**_read_keys(value, Rule, RULE_KEYS, f"{place}.", mistakes))


def _leave_outs(value: Any) -> Any:
    if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
        raise _WrongTypeError("a list of tables; each begins with [[leave-out]]")

    def read(place: str, mistakes: list[str]) -> tuple[LeaveOut, ...]:
        found = []
        for each in value:
            keys = _read_keys(each, LeaveOut, LEAVE_OUT_KEYS, f"{place}.", mistakes)
            if "column" not in keys:
                mistakes.append(f"{place}.column is missing: it says where to look.")
            elif not keys.get("values") and not keys.get("blank"):
                mistakes.append(f"{place} ('{keys['column']}') needs values, or blank = true.")
            else:
                found.append(LeaveOut(**keys))
        return tuple(found)

    raise _NestedError(read)


ALIASES: dict[type, dict[str, str]] = {Rule: {"column": "columns"}}
LEAVE_OUT_KEYS: dict[str, Reader] = {
    "column": _name,
    "values": _texts,
    "blank": _flag,
    "unless": _flag,
}
RULE_KEYS: dict[str, Reader] = {
    "column": _texts,
    "columns": _texts,
    "either": _texts,
    "join": _text,
    "pick": _one_of(get_args(Pick)),
    "split": _text,
    "part": _whole,
    "contains": _text,
    "values": _translations,
    "otherwise": _text,
    "unit": _name,
    "monday": _whole,
    "dates": _name,
    "links": _one_of(get_args(Links)),
    "blank": _text,
    "default": _text,
    "constant": _text,
    "count-by": _whole,
}
PROFILE_KEYS: dict[str, Reader] = {
    "name": _name,
    "title": _text,
    "entity": _name,
    "source": _text,
    "source-id": _text,
    "sheet": _text,
    "recognised-by": _texts,
    "ignored": _texts,
    "decimal-comma": _flag,
    "fields": _rules,
    "leave-out": _leave_outs,
}
