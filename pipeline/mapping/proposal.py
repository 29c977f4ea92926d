"""All that is proposed for a file, and the profile it comes to. Answers make another proposal."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol

from pipeline.mapping.meanings import Meaning
from pipeline.mapping.observed import Observed
from pipeline.mapping.profile import Profile, Rule
from pipeline.mapping.propose import Candidate, Placed, place
from pipeline.mapping.propose_lists import find_lists
from pipeline.mapping.propose_rules import has_decimal_comma, rule_of
from pipeline.mapping.propose_values import Value, values_of
from pipeline.mapping.words import core, key
from pipeline.schema import Entity, Field

ASKED = "answer"  # the way of what a person said
IGNORE = ""


class Memory(Protocol):
    """What was learned of earlier files."""

    def column(self, header: str) -> str | None:
        """Return the field of a header, "" for one that is left out, None where nobody said."""

    def value(self, field: str, text: str) -> str | None:
        """Return what a field's foreign value means, None where nobody said."""


@dataclass(frozen=True)
class Proposal:
    """The columns of a file with what they hold, their values, and what rows need beyond them.

    `base` is the built-in mapping that the file was recognised by. `constants` are what a person
    said of all rows, by field, `repeated` the columns that hold a second field too, `usual` what a
    person said that new records take, "" for nothing.
    """

    entity: Entity
    columns: tuple[Placed, ...]
    values: tuple[Value, ...]
    base: Profile | None = None
    constants: Mapping[str, str] = field(default_factory=dict)
    repeated: Mapping[str, str] = field(default_factory=dict)
    usual: Mapping[str, str] = field(default_factory=dict)

    @property
    def unsure(self) -> list[Placed]:
        """The columns that wait for a word."""
        return [each for each in self.columns if each.role == "none" and each.candidates]

    @property
    def homeless(self) -> list[Placed]:
        """The columns that nothing of ours resembles."""
        return [each for each in self.columns if each.role == "none" and not each.candidates]

    @property
    def unknown_values(self) -> list[Value]:
        """The values that wait for a word."""
        return [each for each in self.values if each.choice is None]

    @cached_property
    def rules(self) -> dict[str, Rule]:
        """The rules of the columns, by field, in the order of the columns."""
        found: dict[str, Rule] = {}
        for each in self.columns:
            if each.role == "field" and each.choice is not None:
                name = each.choice.field.name
                own = [one for one in self.values if one.field.name == name]
                found[name] = rule_of(each.column, each.header, each.choice, own)
            for part in each.parts:
                if part.choice is not None:
                    name = part.choice.field.name
                    found[name] = Rule((each.column.text,), contains=part.text)
        return found

    @cached_property
    def complements(self) -> dict[str, Rule]:
        """The rules that have no column: what new records need, what a person said of all rows."""
        found = {name: Rule((column,)) for name, column in self.repeated.items()}
        found |= {name: Rule(constant=text) for name, text in self.constants.items()}
        for each in self.entity.required:
            if not self._is_given(each, found) and each.counts_by:
                found[each.name] = Rule(count_by=each.counts_by)
            elif not self._is_given(each, found) and each.usual:
                found[each.name] = Rule(default=each.usual)
        chosen = {each.name: self.usual.get(each.name, each.usual) for each in self.supposed}
        return found | {name: Rule(default=text) for name, text in chosen.items() if text}

    @property
    def supposed(self) -> list[Field]:
        """What new records can do without, but seldom should, and no column gives.

        Where a column may hold it, that waits for a word instead.
        """
        waiting = {each.candidates[0].field.name for each in self.unsure}
        return [
            each
            for each in self.entity.fields
            if each.usual and not each.required and each.name not in waiting
            if not self._is_given(each, {**self.repeated, **self.constants})
        ]

    @property
    def missing(self) -> list[Field]:
        """What new records need and nothing gives; the name stands for an id."""
        names = self.entity.name_columns
        return [
            self.entity.by_name[names.get(each.name, each.name)]
            for each in self.entity.required
            if not self._is_given(each, self.complements)
        ]

    def _is_given(self, needed: Field, more: Container[str]) -> bool:
        there = {*self.rules, *(self.base.fields if self.base else ())}
        names = {needed.name, self.entity.name_columns.get(needed.name, needed.name)}
        return any(each in there or each in more for each in names)

    def profile(self, name: str) -> Profile:
        """Return the mapping that the proposal comes to."""
        base = self.base or Profile(name, {}, entity=self.entity.name)
        source_id = next((e.column.text for e in self.columns if e.role == "source id"), "")
        ignored = tuple(each.column.text for each in self.columns if each.role == "ignored")
        return replace(
            base,
            name=name,
            fields={**self._base_rules(), **self.rules, **self.complements},
            source_id=base.source_id or source_id,
            source=base.source or (name if source_id else ""),
            ignored=(*base.ignored, *ignored),
            decimal_comma=base.decimal_comma or self._decimal_comma,
        )

    def _base_rules(self) -> dict[str, Rule]:
        if self.base is None:
            return {}
        return {name: self._completed(name, rule) for name, rule in self.base.fields.items()}

    def _completed(self, name: str, rule: Rule) -> Rule:
        """Add to a built-in rule what was found of values that it does not know."""
        more = {
            each.text: each.translation
            for each in self.values
            if each.field.name == name and each.translation is not None
        }
        return replace(rule, values={**rule.values, **more}) if more else rule

    @property
    def _decimal_comma(self) -> bool:
        return any(
            has_decimal_comma(each.choice.field, each.column)
            for each in self.columns
            if each.role == "field" and each.choice is not None
        )

    def with_column(self, text: str, answer: str, memory: Memory) -> Proposal:
        """Return the proposal after a person said which field a column holds; "" leaves it out."""
        columns = tuple(
            _answered(each, answer, self.entity) if each.column.text == text else each
            for each in self.columns
        )
        columns = tuple(_without(each, answer) for each in columns)
        return replace(self, columns=columns, values=_values(columns, memory, self.values))

    def with_value(self, value: Value, answer: str) -> Proposal:
        """Return the proposal after a person said what a value means; "" leaves its cells blank."""
        said = replace(value, choice=Meaning(answer, 1.0, ASKED), is_readable=False)
        return replace(self, values=tuple(said if each is value else each for each in self.values))

    def spare_columns(self, needed: Field) -> list[str]:
        """Return the columns that hold another field, and might hold `needed` too.

        Of those, one whose field is named alike: a category may be the type's name as well.
        """
        return [
            each.column.text
            for each in self.columns
            if each.role == "field"
            and each.choice is not None
            and core(each.choice.field.name) & core(needed.name)
        ]

    def with_repeated(self, needed: Field, column: str) -> Proposal:
        """Return the proposal after a person said that a column holds a second field."""
        return replace(self, repeated={**self.repeated, needed.name: column})

    def with_usual(self, field: Field, text: str) -> Proposal:
        """Return the proposal after a person said what new records take; "" gives them nothing."""
        return replace(self, usual={**self.usual, field.name: text})

    def with_constant(self, needed: Field, text: str) -> Proposal:
        """Return the proposal after a person said what a field is in all rows."""
        return replace(self, constants={**self.constants, needed.name: text})


def _answered(placed: Placed, answer: str, entity: Entity) -> Placed:
    if answer == IGNORE:
        return replace(placed, choice=None, candidates=(), role="ignored")
    known = next((each for each in placed.candidates if each.field.name == answer), None)
    said = Candidate(entity.by_name[answer], 1.0, ASKED, known.opposite if known else False)
    return replace(placed, choice=said, candidates=(said,), role="field")


def _without(placed: Placed, taken: str) -> Placed:
    """A field that was given away is no candidate any more."""
    if placed.role != "none":
        return placed
    left = tuple(each for each in placed.candidates if each.field.name != taken)
    return replace(placed, candidates=left)


def propose(
    columns: Sequence[Observed], entity: Entity, memory: Memory, base: Profile | None = None
) -> Proposal:
    """Propose a mapping for the columns of a file; those that `base` knows are its own."""
    taken = set(base.fields) if base else set()
    used = {key(each) for each in named_headers(base)} if base else set()
    strangers = [each for each in columns if key(each.text) not in used]
    placed = tuple(
        find_lists(place(strangers, entity, remembered=memory.column, taken=taken), entity, taken)
    )
    values = (*_base_values(columns, entity, memory, base), *_values(placed, memory))
    return Proposal(entity, placed, values, base)


def _values(
    placed: Sequence[Placed], memory: Memory, known: Sequence[Value] = ()
) -> tuple[Value, ...]:
    """Propose values for the columns that have a field; those known already stay as they are."""
    there = {(each.field.name, each.column) for each in known}
    more = [
        value
        for each in placed
        if each.role == "field" and each.choice is not None
        if (each.choice.field.name, each.column.text) not in there
        for value in values_of(
            each.choice.field,
            each.column,
            memory.value,
            opposite=each.choice.opposite,
            is_ours=each.choice.way == "exact",
        )
    ]
    return (*known, *more)


def named_headers(profile: Profile) -> list[str]:
    """Return the headers of which a mapping says something."""
    rules = profile.fields.values()
    named = [name for rule in rules for name in (*rule.columns, *rule.either)]
    return [
        *named,
        *profile.ignored,
        *(each.column for each in profile.leave_out),
        *filter(None, [profile.source_id]),
    ]


def _base_values(
    columns: Sequence[Observed], entity: Entity, memory: Memory, base: Profile | None
) -> list[Value]:
    """Propose values that a built-in rule does not translate."""
    found = []
    for name, rule in base.fields.items() if base else ():
        named = rule.columns if len(rule.columns) == 1 else rule.either
        column = next((c for n in named for c in columns if key(c.text) == key(n)), None)
        if column is None or rule.otherwise is not None or rule.contains or rule.split:
            continue
        known = {key(each) for each in rule.values}
        found += [
            each
            for each in values_of(entity.by_name[name], column, memory.value)
            if key(each.text) not in known and not each.is_readable
        ]
    return found
