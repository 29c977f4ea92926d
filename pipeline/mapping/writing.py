"""A mapping as a TOML file for people: a line for each column, in the order of the source.

Every line says how sure it is and why; what is not sure is a comment, never a rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import tomlkit
from tomlkit.items import Key, Table

from pipeline.mapping.profile import Profile
from pipeline.mapping.proposal import Proposal
from pipeline.mapping.propose import Placed
from pipeline.mapping.propose_values import Value, possible
from pipeline.mapping.tables import table_of
from pipeline.schema import Field

MAX_GUESSES, MAX_SAMPLES, LONGEST_SAMPLE = 3, 2, 40
BARE = re.compile(r"[A-Za-z0-9_-]+")


def write(proposal: Proposal, profile: Profile, *, source: str, next_command: str) -> str:
    """Return the text of a mapping's file; reading it gives the same profile.

    `source` names the file that was read, `next_command` is what a person types next.
    """
    table = table_of(profile)
    document = tomlkit.document()
    for line in _heading(proposal, source, next_command):
        document.add(tomlkit.comment(_printable(line)) if line else tomlkit.nl())
    for key, value in table.items():
        if key not in {"fields", "leave-out"}:
            document.add(key, _item(value))
    for line in _left_out(proposal, profile):
        document.add(tomlkit.comment(_printable(line)))
    fields = tomlkit.table()
    _fill(fields, proposal, profile, table["fields"])
    document.add("fields", fields)
    if "leave-out" in table:
        rows = tomlkit.aot()
        for each in table["leave-out"]:
            rows.append(tomlkit.item(each))
        document.add("leave-out", rows)
    return tomlkit.dumps(document)


def _heading(proposal: Proposal, source: str, next_command: str) -> Iterator[str]:
    yield f"How the columns of {source} become fields of {proposal.entity.nouns}."
    if proposal.base is not None:
        yield f"It begins with the built-in mapping {proposal.base.name}: {proposal.base.title}."
    yield "A line says: our field = their column. Behind it stands how sure that is, and why."
    yield "A line that begins with # does not count: take the # off where the guess is right."
    yield f"Then: {next_command}"
    yield ""


def _left_out(proposal: Proposal, profile: Profile) -> Iterator[str]:
    """Offer to be told no more of the columns that no rule takes."""
    homeless = [each.column.text for each in proposal.homeless if each.role != "twice"]
    if homeless:
        listed = ", ".join(map(_quoted, (*profile.ignored, *homeless)))
        yield "Columns without a home are told of by every check, unless they are listed here:"
        yield f"ignored = [{listed}]"


def _fill(fields: Table, proposal: Proposal, profile: Profile, rules: Mapping[str, Any]) -> None:
    """Add the rules: built-in ones, those of the columns as these stand, then the others."""
    reasons = dict.fromkeys(_base_names(proposal), "built in")
    for name, why in reasons.items():
        _add(fields, proposal, name, rules[name], why)
    for each in proposal.columns:
        if each.role == "field" and each.choice is not None:
            name = each.choice.field.name
            reasons[name] = _why(each)
            _add(fields, proposal, name, rules[name], reasons[name])
        elif each.role in {"none", "twice"}:
            fields.add(tomlkit.comment(_printable(_open_line(each))))
    for name in [each for each in rules if each not in reasons]:
        _rule(fields, name, rules[name], _why_complement(proposal, name))
    for needed in proposal.missing:
        for line in _missing_lines(needed, proposal.spare_columns(needed)):
            fields.add(tomlkit.comment(_printable(line)))


def _base_names(proposal: Proposal) -> Sequence[str]:
    return list(proposal.base.fields) if proposal.base else []


def _add(fields: Table, proposal: Proposal, name: str, rule: Any, why: str) -> None:
    _rule(fields, name, rule, why)
    _values(fields, [each for each in proposal.values if each.field.name == name])


def _rule(fields: Table, name: str, rule: Mapping[str, Any], why: str) -> None:
    """Write a rule: a text where the column says all, else a line for each of its keys."""
    keys = dict(rule)
    values = keys.pop("values", {})
    columns = keys.pop("columns", ())
    lines: list[tuple[tuple[str, ...], Any]] = []
    if len(columns) == 1:
        lines.append(((name, "column") if keys or values else (name,), columns[0]))
    elif columns:
        lines.append(((name, "columns"), columns))
    lines += [((name, key), value) for key, value in keys.items()]
    lines += [((name, "values", text), meaning) for text, meaning in values.items()]
    for number, (path, value) in enumerate(lines):
        _line(fields, path, value, "" if number else why)


def _values(fields: Table, values: Sequence[Value]) -> None:
    """Add what is not known of a column's values as comments; the known ones are in the rule."""
    for each in values:
        if each.choice is None:
            rows = "1 row" if each.count == 1 else f"{each.count:,} rows"
            guesses = [one.text for one in each.candidates[:MAX_GUESSES]]
            near = f"perhaps {' or '.join(guesses)}" if guesses else "nothing is near"
            known = possible(each.field)
            start = guesses[0] if guesses else known[-1]
            fields.add(
                tomlkit.comment(
                    _printable(
                        f"{each.field.name}.values.{_key(each.text)} = {_quoted(start)}"
                        f"  # not known, in {rows}: {near}"
                    )
                )
            )


def _line(fields: Table, keys: tuple[str, ...], value: Any, why: str) -> None:
    item = _item(value)
    if why:
        item.comment(_printable(why))
        item.trivia.comment_ws = "  "
    key: Key = tomlkit.key(list(keys)) if len(keys) > 1 else tomlkit.key(keys[0])
    fields.append(key, item)


def _item(value: Any) -> Any:
    return tomlkit.item(list(value) if isinstance(value, tuple) else value)


def _why(placed: Placed) -> str:
    assert placed.choice is not None
    return f"{placed.choice.confidence:.2f} {placed.choice.way}"


def _why_complement(proposal: Proposal, name: str) -> str:
    if name in proposal.constants or name in proposal.repeated:
        return "answer"
    return "needed for new records, and no column gives it"


def _open_line(placed: Placed) -> str:
    """Word a column that waits: the likeliest field as a rule, the others and samples behind it."""
    samples = ", ".join(f"'{each[:LONGEST_SAMPLE]}'" for each in placed.column.samples(MAX_SAMPLES))
    holds = f"holds {samples}" if samples else "is empty"
    name = placed.column.text
    if placed.role == "twice":
        return f"{_quoted(name)} stands in the header twice: the second one is not read."
    if not placed.candidates:
        return f"{_quoted(name)} has no home; {holds}"
    guesses = ", ".join(
        f"{each.field.name} {each.confidence:.2f}" for each in placed.candidates[:MAX_GUESSES]
    )
    return f"{placed.candidates[0].field.name} = {_quoted(name)}  # not sure ({guesses}); {holds}"


def _missing_lines(needed: Field, spare: Sequence[str]) -> Iterator[str]:
    """Word a field that new records need: a column that may do twice, else the same for all."""
    if spare:
        yield f"{needed.name} = {_quoted(spare[0])}  # needed for new records; it may do twice"
    else:
        yield f'{needed.name} = {{ constant = "" }}  # needed for new records. {needed.help}'


def _quoted(text: str) -> str:
    return tomlkit.item(text).as_string()


def _key(text: str) -> str:
    return text if BARE.fullmatch(text) else _quoted(text)


def _printable(text: str) -> str:
    """Make one line of a text, without control characters: what a comment may be."""
    return "".join(each if each.isprintable() else " " for each in text)
