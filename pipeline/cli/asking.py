"""Questions about a mapping, at a terminal: what is not sure enough to be taken."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

import click

from pipeline.kinds import plain
from pipeline.mapping.learned import Answers
from pipeline.mapping.proposal import IGNORE, Memory, Proposal
from pipeline.mapping.propose import Placed
from pipeline.mapping.propose_values import Value, possible
from pipeline.schema import Entity, Field, Unreadable

MAX_SAMPLES, LONGEST_SAMPLE = 3, 40
EXPLAIN, LATER, BLANK = "?", "", "-"


def ask(proposal: Proposal, memory: Memory, answers: Answers) -> Proposal:
    """Ask for columns, values and what new records need; `answers` takes what is worth keeping."""
    for each in proposal.unsure:
        now = next((one for one in proposal.unsure if one.column is each.column), None)
        if now is not None:
            answer = _ask_column(now, proposal)
            proposal = proposal.with_column(each.column.text, answer, memory)
            answers.columns[each.column.text] = answer
    for value in proposal.unknown_values:
        meaning = _ask_value(value)
        if meaning is not None:
            proposal = proposal.with_value(value, meaning)
            answers.values[value.field.name, value.text] = meaning
    for needed in proposal.missing:
        proposal = _ask_missing(needed, proposal)
    for field in proposal.supposed:
        proposal = _ask_usual(field, proposal)
    return proposal


def _say(*lines: str) -> None:
    for line in lines:
        print(line, file=sys.stderr)


def _prompt(words: str) -> str:
    return str(click.prompt(words, default="", show_default=False, err=True)).strip()


def _until(words: str, read: Callable[[str], str | None], explain: Callable[[], None]) -> str:
    """Ask until the answer can be read; `?` explains."""
    while True:
        text = _prompt(words)
        if text == EXPLAIN:
            explain()
        elif (found := read(text)) is not None:
            return found
        else:
            _say(f"'{text}' is none of them.")


def _ask_column(placed: Placed, proposal: Proposal) -> str:
    """Return the field that a person says a column holds, IGNORE for none."""
    samples = placed.column.samples(MAX_SAMPLES)
    shown = ", ".join(f"'{each[:LONGEST_SAMPLE]}'" for each in samples) or "nothing"
    _say("", f"Column '{placed.column.text}' holds {shown}. Which field is it?")
    names = [each.field.name for each in placed.candidates]
    for number, each in enumerate(placed.candidates, start=1):
        _say(f"  {number}  {each.field.name:<28} {each.confidence:.2f}  {each.way}")
    taken = {*proposal.rules, *(proposal.base.fields if proposal.base else ())}

    def read(text: str) -> str | None:
        found = _chosen(text, names) if text else IGNORE
        if found is None:
            found = _field_named(text, proposal.entity)
        if found and found in taken:
            _say(f"{found} has a column already.")
            return None
        return found

    return _until(
        "Number or field, blank = leave it out, ? = what they mean",
        read,
        lambda: _explain([each.field for each in placed.candidates]),
    )


def _chosen(text: str, names: Sequence[str]) -> str | None:
    if text.isdecimal() and 1 <= int(text) <= len(names):
        return names[int(text) - 1]
    return next((each for each in names if plain(each) == plain(text)), None)


def _field_named(text: str, entity: Entity) -> str | None:
    known = {
        plain(each.name): each.name
        for each in entity.fields
        if each.in_sheet and (each.writable or each.names)
    }
    return known.get(plain(text))


def _explain(fields: Sequence[Field]) -> None:
    for each in fields:
        unit = f" Unit: {each.unit}." if each.unit else ""
        _say(f"     {each.name}: {each.help} Takes {each.kind.expects}.{unit}")


def _ask_value(value: Value) -> str | None:
    """Return what a person says a value means, "" for a blank cell, None to leave it open."""
    rows = "1 row" if value.count == 1 else f"{value.count:,} rows"
    _say("", f"Column '{value.column}' says '{value.text}' in {rows}. What is it?")
    near = [each.text for each in value.candidates]
    names = list(dict.fromkeys([*near, *possible(value.field)]))
    _say("  " + "  ".join(f"{number} {each}" for number, each in enumerate(names, start=1)))

    def read(text: str) -> str | None:
        return text if text in {LATER, BLANK} else _chosen(text, names)

    answer = _until(
        f"Number or name, blank = leave it open, {BLANK} = no value, ? = what the field means",
        read,
        lambda: _explain([value.field]),
    )
    if answer == LATER:
        return None
    return "" if answer == BLANK else answer


def _ask_missing(needed: Field, proposal: Proposal) -> Proposal:
    """Ask for what new records need: a column that may do twice, or one text for all rows."""
    columns = proposal.spare_columns(needed)
    _say("", f"New {proposal.entity.nouns} need {needed.name}, and no column gives it.")
    for number, each in enumerate(columns, start=1):
        _say(f"  {number}  the column '{each}', which holds another field too")
    what = "Number, or a text" if columns else "A text"

    def read(text: str) -> str | None:
        is_column = columns and text.isdecimal() and int(text) <= len(columns)
        return text if not text or is_column else _readable(text, needed)

    answer = _until(
        f"{what} for all rows, blank = later, ? = what it means",
        read,
        lambda: _explain([needed]),
    )
    if not answer:
        return proposal
    if columns and answer.isdecimal():
        return proposal.with_repeated(needed, columns[int(answer) - 1])
    return proposal.with_constant(needed, answer)


def _ask_usual(field: Field, proposal: Proposal) -> Proposal:
    """Ask what new records take of a field that they could do without."""
    _say("", f"No column says {field.name}. {field.help}")

    def read(text: str) -> str | None:
        return text if text in {LATER, BLANK} else _readable(text, field)

    answer = _until(
        f"What new {proposal.entity.nouns} take, blank = {field.usual}, {BLANK} = no value, "
        "? = what it means",
        read,
        lambda: _explain([field]),
    )
    return proposal.with_usual(field, {LATER: field.usual, BLANK: ""}.get(answer, answer))


def _readable(text: str, field: Field) -> str | None:
    try:
        field.kind.read(text)
    except Unreadable:
        return None
    return text
