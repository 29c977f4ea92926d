"""What the columns of an entity are called, and how surely a header says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from pipeline.mapping.units import unit_of
from pipeline.mapping.words import SAME, Header, key, likeness, words
from pipeline.schema import Entity, Field

EXACT, LABEL, ALIAS = 1.0, 0.97, 0.95  # confidences, before the cells are asked
ASIDE = 0.01  # taken off where a bracket or a unit stands behind the name
ODD = 0.8  # what is left of the confidence where the bracket says something of its own
ASIDES = {  # words in brackets that change nothing
    *("people", "max", "min", "yes", "no", "y", "n", "x", "optional", "required", "approx", "mark"),
    *("true", "false", "if", "tick", "number", "seat", "total", "english", "en", "text", "incl"),
}


@dataclass(frozen=True)
class Phrase:
    """A name of a field; `opposite` where a Yes in such a column is a No in ours."""

    text: str
    field: Field
    way: str
    confidence: float
    opposite: bool = False

    @cached_property
    def key(self) -> str:
        """The letters and digits by which names are compared."""
        return key(self.text)


def phrases(entity: Entity) -> tuple[Phrase, ...]:
    """Return all names of the fields that a sheet can change, look up or name."""
    return tuple(
        each
        for field in entity.fields
        if field.in_sheet and (field.writable or field.key or field.names)
        for each in _names(field)
    )


def _names(field: Field) -> Iterator[Phrase]:
    yield Phrase(field.name, field, "exact", EXACT)
    if field.title:
        yield Phrase(field.title, field, "label", LABEL)
    for alias in field.aliases:
        yield Phrase(alias, field, "alias", ALIAS)
    for opposite in field.opposites:
        yield Phrase(opposite, field, "alias", ALIAS, opposite=True)


def known_phrases(entity: Entity) -> frozenset[str]:
    """Return every name by which a header of a foreign file may be recognised."""
    return frozenset(each.text for each in phrases(entity))


def confidence(header: Header, phrase: Phrase) -> tuple[float, str]:
    """Say how surely a header means a phrase, from 0 to 1, and the way."""
    if key(header.text) == phrase.key:
        return phrase.confidence, phrase.way
    whole = min(likeness(header.text, phrase.text), SAME)
    if header.name == header.text:
        return whole, "near name"
    fitting = _aside(header, phrase)
    if key(header.name) == phrase.key:
        way = "label" if phrase.way == "exact" else phrase.way
        return min(phrase.confidence, LABEL) * fitting - ASIDE, way
    return max(whole, likeness(header.name, phrase.text) * fitting), "near name"


def _aside(header: Header, phrase: Phrase) -> float:
    """Return what the bracket, or the unit, leaves of the confidence in the name."""
    if header.unit is not None:
        unit = phrase.field.unit.split(" ")[0]
        convertible = unit_of(unit) is not None and unit_of(header.unit) is not None
        return 1.0 if convertible or unit == header.unit else ODD
    inside = set(words(header.inside))
    known = ASIDES | set(words(phrase.text)) | set(words(phrase.field.unit))
    return 1.0 if inside <= known else ODD
