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
from pipeline.mapping.propose_values import Value
from pipeline.mapping.tables import table_of
from pipeline.schema import Field

UNSAID = "?"  # no value of any field: a line that was not thought about is refused
MAX_GUESSES, MAX_SAMPLES, LONGEST_SAMPLE = 3, 2, 40
BUILT_IN = "built in"
REASONS = {  # of keys that stand behind a column
    "unit": "says the column, in its header or its cells",
    "blank": "the column marks what there is: a blank says there is none",
    "dates": "the only format that all of its dates have",
    "contains": "one of the things that the column lists",
}
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
    _fill(fields, proposal, table["fields"])
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


def _fill(fields: Table, proposal: Proposal, rules: Mapping[str, Any]) -> None:
    """Add the rules: built-in ones, those of the columns as these stand, then the others."""
    written: set[str] = set()
    for name, why in _in_order(proposal):
        if name in rules:
            known = {each.text: each for each in proposal.values if each.field.name == name}
            _rule(fields, name, rules[name], why, known)
            _values(fields, [each for each in known.values() if each.choice is None])
            written.add(name)
        else:
            fields.add(tomlkit.comment(_printable(why)))
    for name in [each for each in rules if each not in written]:
        _rule(fields, name, rules[name], _why_complement(proposal, name), {})
    for needed in proposal.missing:
        for line in _missing_lines(needed, proposal.spare_columns(needed)):
            fields.add(tomlkit.comment(_printable(line)))


def _in_order(proposal: Proposal) -> Iterator[tuple[str, str]]:
    """Yield each rule's field and reason, and between them "" and a line on columns without one."""
    for name in proposal.base.fields if proposal.base else ():
        yield name, BUILT_IN
    for each in proposal.columns:
        if each.role == "field" and each.choice is not None:
            yield each.choice.field.name, f"{each.choice.confidence:.2f} {each.choice.way}"
        elif each.role in {"none", "twice"}:
            yield "", _open_line(each)
        for part in each.parts:
            if part.choice is not None:
                yield part.choice.field.name, f"{part.choice.confidence:.2f} {part.choice.way}"
            else:
                said = f"{_quoted(each.column.text)} also lists {_quoted(part.text)}"
                yield "", f"{said}, in {_rows(part.count)}: it has no home"


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _rule(
    fields: Table, name: str, rule: Mapping[str, Any], why: str, known: Mapping[str, Value]
) -> None:
    """Write a rule: a text where the column says all, else a line for each of its keys."""
    keys = dict(rule)
    values = keys.pop("values", {})
    columns = keys.pop("columns", ())
    lines: list[tuple[tuple[str, ...], Any, str]] = []
    if len(columns) == 1:
        lines.append(((name, "column") if keys or values else (name,), columns[0], why))
    elif columns:
        lines.append(((name, "columns"), columns, why))
    reasons = REASONS if why != BUILT_IN else {}
    lines += [((name, key), value, reasons.get(key, why)) for key, value in keys.items()]
    lines += [
        ((name, "values", text), own, _why_value(known[text]) if text in known else BUILT_IN)
        for text, own in values.items()
    ]
    for path, value, reason in lines:
        _line(fields, path, value, reason)


def _why_value(value: Value) -> str:
    if value.choice is None:
        return BUILT_IN
    return f"{value.choice.confidence:.2f} {value.choice.way}, in {_rows(value.count)}"


def _values(fields: Table, unknown: Sequence[Value]) -> None:
    """Add values that nobody knows as comments, with what they may mean."""
    for each in unknown:
        guesses = [one.text for one in each.candidates[:MAX_GUESSES]]
        near = f"perhaps {' or '.join(guesses)}" if guesses else "nothing is near"
        start = f"{each.field.name}.values.{_key(each.text)} = {_quoted(guesses[0] if guesses else UNSAID)}"  # noqa: E501
        fields.add(
            tomlkit.comment(_printable(f"{start}  # not known, in {_rows(each.count)}: {near}"))
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


def _why_complement(proposal: Proposal, name: str) -> str:
    if name in proposal.constants or name in proposal.repeated or name in proposal.usual:
        return "answer"
    if (field := proposal.entity.by_name[name]) in proposal.supposed:
        return f"supposed: no column gives it. {field.help}"
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
