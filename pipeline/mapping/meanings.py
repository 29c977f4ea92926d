"""What single values of foreign files mean: yes and no, choices, amounts with words around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.kinds import YES_NO
from pipeline.mapping.units import convert, unit_of
from pipeline.mapping.words import PARTLY, likeness, words
from pipeline.mapping.words import key as key_of
from pipeline.schema import Cell, Choice, Field, Unreadable

EXACT, ALIAS, LEARNED, WIDER, COUNTED = 1.0, 0.95, 0.93, 0.84, 0.85  # confidences
YES, NO = "Yes", "No"
MARKS = {"x", "✓", "✔", "☑", "✅", "•", "●", "*", "+"}
YES_WORDS = {
    *("on", "available", "included", "incl", "incl.", "enabled", "active", "public", "published"),
    *("visible", "shown", "open", "listed", "live", "allowed", "required", "t", "ok"),
    *("ja", "oui", "si", "sí", "sim", "full access"),
}
NO_WORDS = {
    *("off", "none", "not available", "unavailable", "excluded", "disabled", "inactive", "private"),
    *("hidden", "unpublished", "unlisted", "closed", "draft", "internal", "not required", "f"),
    *("nein", "non", "não", "-", "–", "—", "✗", "✘", "☐", "❌", "nil"),  # noqa: RUF001 - people type them
}
# Words that part choices into sizes and grades, without making another choice of them.
GRADES = {
    *(
        "small",
        "s",
        "m",
        "l",
        "xs",
        "medium",
        "large",
        "big",
        "xl",
        "xxl",
        "mini",
        "standard",
        "premium",
        "deluxe",
    ),
    *(
        "basic",
        "classic",
        "executive",
        "regular",
        "extra",
        "new",
        "old",
        "main",
        "person",
        "people",
    ),
    *("seater", "seat", "pax", "upper", "lower", "left", "right", "internal", "external", "shared"),
    *("single", "double", "private", "our", "type", "space", "room", "area", "unit"),
}
AMOUNT = re.compile(
    r"(?:up to|max\.?|maximum|approx\.?|about|ca\.?|~|≤)?\s*(?P<number>\d+(?:\.\d+)?)\s*"
    r"(?:people|persons?|pax|ppl|seats?|seater|guests?|desks?|places?|attendees|participants|p|%)?"
    r"\.?\s*(?:max\.?)?",
    re.IGNORECASE,
)
COUNT = re.compile(r"[1-9]\d?")  # what is longer, or begins with 0, measures or numbers something
COMMA = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+")


@dataclass(frozen=True)
class Meaning:
    """What a text may mean: the cell that says so in our words, how sure that is, and the way."""

    text: str
    confidence: float
    way: str


def readable(field: Field, cell: Cell) -> bool:
    """Whether a cell can stay as it is."""
    try:
        field.kind.read(cell)
    except Unreadable:
        return False
    return True


def yes_or_no(text: str) -> Meaning | None:
    """Read a yes, a no, a mark, or how many there are of something."""
    plain = text.strip().lower()
    if plain in YES_NO:
        return Meaning(YES if YES_NO[plain] else NO, EXACT, "exact")
    if plain in MARKS or plain in YES_WORDS:
        return Meaning(YES, ALIAS, "alias")
    if plain in NO_WORDS:
        return Meaning(NO, ALIAS, "alias")
    return Meaning(YES, COUNTED, "count") if COUNT.fullmatch(plain) else None


def choices(field: Field, text: str) -> list[Meaning]:
    """Return the choices that a text may mean, the surest first, each once."""
    best: dict[str, Meaning] = {}
    for found in _choices(field, text):
        if found.text not in best or found.confidence > best[found.text].confidence:
            best[found.text] = found
    return sorted(best.values(), key=lambda each: (-each.confidence, each.text))


def _choices(field: Field, text: str) -> Iterator[Meaning]:
    wanted = key_of(text)
    for choice in field.kind.choices:
        if wanted == key_of(choice.name):
            yield Meaning(choice.name, EXACT, "exact")
        elif wanted and wanted in map(key_of, choice.aliases):
            yield Meaning(choice.name, ALIAS, "alias")
    yield from _near_choices(field.kind.choices, text)


def _near_choices(known: tuple[Choice, ...], text: str) -> Iterator[Meaning]:
    """Find names alike, and names within the text: `Large meeting room (6 people)`."""
    within = {
        choice.name: part
        for choice in known
        if (part := max((_part(name, text) for name in _names(choice)), default=0))
    }
    longest = max(within.values(), default=0)
    surest = [name for name, part in within.items() if part == longest]
    for choice in known:
        alike = max((likeness(text, name) for name in _names(choice)), default=0.0)
        if choice.name in within:
            only = len(surest) == 1 and choice.name == surest[0] and _is_graded(choice, text)
            alike = max(alike, WIDER if only else PARTLY)
        if alike:
            yield Meaning(choice.name, alike, "near name")


def _names(choice: Choice) -> tuple[str, ...]:
    return (choice.name, *choice.aliases)


def _part(name: str, text: str) -> int:
    """Return how many words of `text` the whole name takes; 0 when it is not in it."""
    own = set(words(name))
    return len(own) if own and own < set(words(text)) else 0


def _is_graded(choice: Choice, text: str) -> bool:
    """Whether what the text says beside a name is a size or a number only."""
    there = words(text)
    return any(
        _part(name, text)
        and all(each in GRADES or each.isdigit() for each in there if each not in words(name))
        for name in _names(choice)
    )


def amount(field: Field, text: str, unit: str | None) -> str | None:
    """Return the number that a text tells, as the field takes it; None when it tells none.

    `unit` is what the column's header says.
    """
    target = unit_of(field.unit)
    if target is not None:
        number = convert(text.replace(",", "."), unit_of(unit or "") or target, target)
        found = None if number is None else str(number)
    else:
        match = AMOUNT.fullmatch(text.strip().replace(",", ".") if COMMA.fullmatch(text) else text)
        found = match["number"] if match else None
    return found if found is not None and readable(field, found) else None
