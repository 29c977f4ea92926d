"""What the values of a foreign column mean, for fields that take a choice, or yes and no."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from pipeline.kinds import FLAG
from pipeline.mapping.meanings import EXACT, LEARNED, NO, YES, Meaning, choices, readable, yes_or_no
from pipeline.mapping.observed import Observed
from pipeline.mapping.propose import EVEN, SURE, WORTH_ASKING
from pipeline.schema import Field

MAX_VALUES = 200  # distinct values of a column; more are no choices

# Answers of earlier files: what a field's foreign value means, None where nobody was asked.
RememberedValue = Callable[[str, str], str | None]


@dataclass(frozen=True)
class Value:
    """A value of a foreign column, in how many rows it stands, and what it may mean.

    `choice` is taken; without one the value waits for a word. `opposite` says that the column's Yes
    is our No: even what could be read has to be translated.
    """

    field: Field
    column: str
    text: str
    count: int
    candidates: tuple[Meaning, ...] = ()
    choice: Meaning | None = None
    opposite: bool = False
    is_readable: bool = False

    @property
    def translation(self) -> str | None:
        """What the mapping has to say of it, None where the value may stand as it is."""
        if self.choice is None or (self.is_readable and not self.opposite):
            return None
        return self.choice.text


def values_of(
    field: Field,
    column: Observed,
    remembered: RememberedValue,
    *,
    opposite: bool = False,
    is_ours: bool = False,
) -> list[Value]:
    """Propose a meaning for each distinct value, in the order of the rows; none of other kinds.

    With `is_ours` the column bears the field's own name: then its numbers are ours too.
    """
    if not (field.kind is FLAG or field.kind.choices) or len(column.counts) > MAX_VALUES:
        return []
    found = [
        _value(field, column, text, remembered(field.name, text), opposite)
        for text in column.counts
    ]
    return [_kept(each) if is_ours and each.is_readable else each for each in found]


def _kept(value: Value) -> Value:
    """Let a value stand as it is."""
    return replace(value, choice=value.choice or Meaning(value.text, EXACT, "exact"))


def _value(field: Field, column: Observed, text: str, answer: str | None, opposite: bool) -> Value:
    found = list(_meanings(field, text, opposite))
    if answer is not None:
        found.append(Meaning(answer, LEARNED, "learned"))
    found = sorted(
        (each for each in found if each.confidence >= WORTH_ASKING),
        key=lambda each: -each.confidence,
    )
    sure = bool(found) and found[0].confidence >= SURE
    if len(found) > 1 and found[0].text != found[1].text:
        sure = sure and found[0].confidence - found[1].confidence > EVEN
    return Value(
        field=field,
        column=column.text,
        text=text,
        count=column.counts[text],
        candidates=tuple(found),
        choice=found[0] if sure else None,
        opposite=opposite,
        is_readable=readable(field, column.cells[text]),
    )


def _meanings(field: Field, text: str, opposite: bool) -> Iterator[Meaning]:
    if field.kind.choices:
        yield from choices(field, text)
        return
    found = yes_or_no(text)
    if found is not None:
        turned = NO if found.text == YES else YES
        yield Meaning(turned if opposite else found.text, found.confidence, found.way)


def possible(field: Field) -> tuple[str, ...]:
    """Return all that a value may mean, as a cell says it."""
    return tuple(each.name for each in field.kind.choices) or (YES, NO)
