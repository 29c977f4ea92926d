"""What the columns of an entity are called, and how surely a header says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.mapping.english import GENERIC, NEGATIONS, WEAK
from pipeline.mapping.units import unit_of
from pipeline.mapping.words import SAME, Header, key, likeness, words
from pipeline.schema import Entity, Field

NEAR = "near name"
EXACT, LABEL, ALIAS = 1.0, 0.97, 0.95  # confidences, before the cells are asked
ASIDE = 0.01  # taken off where a bracket or a unit stands behind the name
ODD = 0.8  # what is left of the confidence where the bracket says something of its own
COMPOSED = 0.85  # a name of the field, beside other words that its names have
SLASHED = 0.95  # what is left where only one half of `Ort / Site` is a name
ASIDES = {  # words in brackets that change nothing
    *("max", "min", "yes", "no", "y", "n", "x", "optional", "required", "approx", "mark"),
    *("true", "false", "tick", "number", "total", "english", "en", "text", "incl"),
}
PEOPLE = {"people", "seat", "guest", "place"}


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

    @cached_property
    def words(self) -> frozenset[str]:
        """The words that count."""
        return frozenset(words(self.text))


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
        return whole, NEAR
    fitting = _aside(header, phrase)
    if key(header.name) == phrase.key:
        way = "label" if phrase.way == "exact" else phrase.way
        return min(phrase.confidence, LABEL) * fitting - ASIDE, way
    return max(whole, likeness(header.name, phrase.text) * fitting), NEAR


def vocabulary(known: Sequence[Phrase]) -> dict[str, frozenset[str]]:
    """Return the words of each field's names; those of opposites are not among them."""
    found: dict[str, frozenset[str]] = {}
    for each in known:
        if not each.opposite:
            found[each.field.name] = found.get(each.field.name, frozenset()) | each.words
    return found


def composed(header: Header, phrase: Phrase, own: frozenset[str]) -> float:
    """Say how surely a header is made of a field's words: `Marketing blurb`, `Floor level`.

    It has to hold a whole name of the field; `own` are all words of the field's names.
    """
    here = frozenset(words(header.name))
    if phrase.opposite or not phrase.words or not phrase.words < here:
        return 0.0
    if not here - GENERIC <= own or (here & NEGATIONS) != (phrase.words & NEGATIONS):
        return 0.0
    return COMPOSED * _aside(header, phrase) if phrase.words - GENERIC - WEAK else 0.0


def _aside(header: Header, phrase: Phrase) -> float:
    """Return what the bracket, or the unit, leaves of the confidence in the name."""
    if header.unit is not None:
        unit = phrase.field.unit.split(" ")[0]
        convertible = unit_of(unit) is not None and unit_of(header.unit) is not None
        return 1.0 if convertible or unit == header.unit else ODD
    inside = set(words(header.inside))
    known = ASIDES | set(words(phrase.text)) | set(words(phrase.field.unit))
    known |= PEOPLE if not phrase.field.unit else set()
    return 1.0 if inside <= known else ODD
