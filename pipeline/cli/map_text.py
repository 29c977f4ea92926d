"""What `map` says: the columns with their fields, the values, what has no home."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.mapping.profile import Rule
from pipeline.mapping.proposal import Proposal
from pipeline.mapping.propose import Placed
from pipeline.mapping.propose_values import Value
from pipeline.problems import quoted
from pipeline.sheets.read import Sheet

LONGEST = 40  # characters of a header on the screen
MAX_GUESSES = 3
WHY_NOT = {"ignored": "left out, as you said", "twice": "stands twice: this one is not read"}


def opening(file: Path, sheet: Sheet, proposal: Proposal) -> Iterator[str]:
    """Say what was read, and which program's file it is where that can be told."""
    rows = "1 row" if len(sheet.cells) == 1 else f"{len(sheet.cells):,} rows"
    yield (
        f"{file.name}, sheet {sheet.name}: header in row {sheet.header_row}, "
        f"{len(sheet.columns)} columns, {rows}."
    )
    if proposal.base is not None:
        yield (
            f"This looks like a file of {proposal.base.source}: the built-in mapping "
            f"'{proposal.base.name}' ({proposal.base.title}) knows "
            f"{len(sheet.columns) - len(proposal.columns)} of its columns."
        )


def table(proposal: Proposal) -> Iterator[str]:
    """Word columns, values, and what a person still has to say, in this order."""
    yield from _columns(proposal)
    yield from _values(proposal)
    homeless = [each.column.text for each in proposal.homeless]
    if homeless:
        yield f"No home: {', '.join(homeless)}."
    supposed = {each.name for each in proposal.supposed}
    for name, rule in proposal.complements.items():
        if name not in supposed:
            yield f"{name}: {_complement(rule)}."
    yield from _supposed(proposal)
    for needed in proposal.missing:
        yield f"{needed.name} is missing: new {proposal.entity.nouns} need it. {needed.help}"


def _columns(proposal: Proposal) -> Iterator[str]:
    lines = [("column", "field", "sure", "how")]
    lines += [line for each in proposal.columns for line in _lines(each, proposal)]
    widths = [max(len(line[place]) for line in lines) for place in range(3)]
    for line in lines:
        cells = (f"{text:<{width}}" for text, width in zip(line, widths, strict=False))
        yield "  ".join((*cells, line[3])).rstrip()


def _lines(placed: Placed, proposal: Proposal) -> list[tuple[str, str, str, str]]:
    """Word a column; one that lists what there is has a line for each thing."""
    if placed.role != "list":
        return [_column(placed, proposal)]
    return [
        (placed.column.text, "-", "", f"lists '{each.text}': no home")
        if each.choice is None
        else (
            placed.column.text,
            each.choice.field.name,
            f"{each.choice.confidence:.2f}",
            f"lists '{each.text}'; {each.choice.way}",
        )
        for each in placed.parts
    ]


def _column(placed: Placed, proposal: Proposal) -> tuple[str, str, str, str]:
    text = " ".join(placed.column.text.split())[:LONGEST]
    if placed.role == "field" and placed.choice is not None:
        how = _how(placed, proposal.rules[placed.choice.field.name])
        return text, placed.choice.field.name, f"{placed.choice.confidence:.2f}", how
    if placed.role == "source id" and placed.choice is not None:
        sure = f"{placed.choice.confidence:.2f}"
        return text, "(source-id)", sure, "the source's own numbers, by which rows are known again"
    if placed.role == "none" and placed.candidates:
        names = [each.field.name for each in placed.candidates[:MAX_GUESSES]]
        return text, "?", f"{placed.candidates[0].confidence:.2f}", f"perhaps {' or '.join(names)}"
    return text, "-", "", WHY_NOT.get(placed.role, "no home")


def _how(placed: Placed, rule: Rule) -> str:
    assert placed.choice is not None
    parts = [placed.choice.way]
    if rule.unit:
        parts.append(f"{rule.unit} become {placed.choice.field.unit.split(' ')[0]}")
    if placed.choice.opposite:
        parts.append("Yes and No change places")
    if rule.blank:
        parts.append(f"a blank is {rule.blank}")
    if rule.dates:
        parts.append(f"dates are {rule.dates}")
    return "; ".join(parts)


def _values(proposal: Proposal) -> Iterator[str]:
    for each in proposal.values:
        if each.choice is None or each.translation is not None:
            yield _value(each)


def _value(value: Value) -> str:
    rows = "1 row" if value.count == 1 else f"{value.count:,} rows"
    place = f"{value.column} '{value.text[:LONGEST]}' ({rows})"
    if value.choice is not None:
        meaning = value.choice.text or "blank"
        return f"{place}: {meaning}  {value.choice.confidence:.2f}  {value.choice.way}"
    guesses = [each.text for each in value.candidates[:MAX_GUESSES]]
    return f"{place}: not known" + (f", perhaps {' or '.join(guesses)}" if guesses else "")


def _supposed(proposal: Proposal) -> Iterator[str]:
    """Say what new records take although they can do without, and what that is about."""
    for each in proposal.supposed:
        said = proposal.usual.get(each.name, each.usual)
        why = "as you said" if each.name in proposal.usual else "no column gives it"
        text = quoted(said) if said else "blank"
        yield f"{each.name}: {text} in new records; {why}. {each.help}"


def _complement(rule: Rule) -> str:
    if rule.count_by:
        return f"counts up by {rule.count_by} in new records; no column gives it"
    if rule.default is not None:
        return f"'{rule.default}' in new records; no column gives it"
    if rule.constant is not None:
        return f"'{rule.constant}' in all rows, as you said"
    return f"the column '{rule.columns[0]}' too, as you said"


def as_json(file: Path, sheet: Sheet, proposal: Proposal, target: Path) -> dict[str, Any]:
    """Return the object of --json; a field is null where nothing was taken."""
    return {
        "file": str(file),
        "header_row": sheet.header_row,
        "based_on": proposal.base.name if proposal.base else None,
        "columns": [each for placed in proposal.columns for each in _columns_json(placed)],
        "values": [
            {
                "column": each.column,
                "field": each.field.name,
                "value": each.text,
                "rows": each.count,
                "meaning": each.choice.text,
                "confidence": each.choice.confidence,
                "way": each.choice.way,
            }
            for each in proposal.values
            if each.choice is not None
        ],
        "unknown": [
            {
                "column": each.column,
                "field": each.field.name,
                "value": each.text,
                "rows": each.count,
                "candidates": [one.text for one in each.candidates[:MAX_GUESSES]],
            }
            for each in proposal.unknown_values
        ]
        + [
            {
                "column": placed.column.text,
                "field": None,
                "value": each.text,
                "rows": each.count,
                "candidates": [],
            }
            for placed in proposal.columns
            for each in placed.parts
            if each.choice is None
        ],
        "missing": [each.name for each in proposal.missing],
        "defaults": {
            name: rule.default
            for name, rule in proposal.complements.items()
            if rule.default is not None
        },
        "mapping": str(target),
    }


def _columns_json(placed: Placed) -> list[dict[str, Any]]:
    if placed.role != "list":
        return [_column_json(placed)]
    return [
        {
            "column": placed.column.text,
            "field": each.choice.field.name,
            "confidence": each.choice.confidence,
            "way": each.choice.way,
            "contains": each.text,
            "candidates": [],
        }
        for each in placed.parts
        if each.choice is not None
    ]


def _column_json(placed: Placed) -> dict[str, Any]:
    taken = placed.choice is not None
    field = placed.choice.field.name if placed.choice and placed.role == "field" else None
    best = placed.best
    return {
        "column": placed.column.text,
        "field": field,
        "confidence": best.confidence if best else 0.0,
        "way": placed.role
        if placed.role in {"source id", "ignored", "twice"}
        else (best.way if best and taken else None),
        "candidates": [
            {"field": each.field.name, "confidence": each.confidence, "way": each.way}
            for each in placed.candidates
        ],
    }
