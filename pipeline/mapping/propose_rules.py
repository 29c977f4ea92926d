"""The rule by which a column becomes a field: units, translations, what a blank means, dates."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.kinds import DECIMAL, FLAG, MOMENT, WHOLE
from pipeline.mapping.dates import are_moments, formats
from pipeline.mapping.meanings import COMMA, MARKS, NO, YES, amount, readable
from pipeline.mapping.observed import Observed
from pipeline.mapping.profile import Rule
from pipeline.mapping.propose import Candidate
from pipeline.mapping.propose_values import Value
from pipeline.mapping.units import unit_of
from pipeline.mapping.words import Header
from pipeline.schema import Field

NUMBERS = (WHOLE, DECIMAL)


def rule_of(column: Observed, header: Header, choice: Candidate, values: Iterable[Value]) -> Rule:
    """Make the rule of a column for the field that it was found to hold."""
    field = choice.field
    if field.kind in NUMBERS:
        return _of_numbers(field, column, header)
    if field.kind is MOMENT:
        return Rule((column.text,), dates=_format(column))
    return Rule(
        (column.text,),
        values={each.text: each.translation for each in values if each.translation is not None},
        blank=_blank(column, choice, values) if field.kind is FLAG else None,
    )


def _of_numbers(field: Field, column: Observed, header: Header) -> Rule:
    own = unit_of(field.unit)
    if own is not None:
        unit = unit_of(header.unit or "") or own
        is_worded = any(not readable(field, cell) for cell in column.cells.values())
        return Rule((column.text,), unit=unit if is_worded or unit != own else None)
    return Rule((column.text,), values=_bare_numbers(field, column))


def _bare_numbers(field: Field, column: Observed) -> dict[str, str]:
    """Take the words off amounts such as `up to 12 people`."""
    return {
        text: number
        for text, cell in column.cells.items()
        if not readable(field, cell)
        and not COMMA.fullmatch(text)
        and (number := amount(field, text, None)) is not None
    }


def _format(column: Observed) -> str | None:
    """Return the format of a column's dates where only one will do."""
    if are_moments(column):
        return None
    found = formats(column)
    return found[0] if len(found) == 1 else None


def _blank(column: Observed, choice: Candidate, values: Iterable[Value]) -> str | None:
    """Where a column only marks what there is, a blank says that there is none."""
    marked = {each.choice.text if each.choice else None for each in values}
    only_marks = all(each.strip().lower() in MARKS for each in column.counts)
    if marked != {NO if choice.opposite else YES} or not (column.blanks or only_marks):
        return None
    return YES if choice.opposite else NO


def has_decimal_comma(field: Field, column: Observed) -> bool:
    """Whether numbers of the column are written such as 1,5."""
    return field.kind in NUMBERS and any(
        COMMA.fullmatch(text) and not readable(field, cell) for text, cell in column.cells.items()
    )
