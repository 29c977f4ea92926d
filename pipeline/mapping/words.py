"""What two names have in common: their words, however people write, bend and abbreviate them.

The words themselves stand in english and german; no field of any entity is known here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.kinds import plain
from pipeline.mapping.english import (
    CANON,
    COMPOUNDS,
    EMPTY,
    GENERIC,
    IDLE,
    NEGATIONS,
    SMALL,
    SPELLED,
)
from pipeline.mapping.german import in_english
from pipeline.mapping.units import UNIT_OF

SAME, SAME_CORE, MISSPELT = 0.9, 0.86, 0.84  # confidence in names alike
AKIN = 0.75  # one word for another of its kin: period for time
WITHIN, PARTLY = 0.6, 0.7  # a name among other words, some words in common
LEAST_RATIO = 84  # of 100, by which one word may be a misspelling of another
STEM = 4  # letters by which bent forms of a word are told from other words
SHORTEST_MISSPELT = 5  # letters; shorter words are too often others

WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[^\W\d_A-Z]+|[A-Z]+|\d+|[%#]")
HUMP = re.compile(r"([^\W_A-Z])([A-Z])")
REST = re.compile(r"\s*[\[(](?P<inside>[^\])]*)[\])]\s*")

LOOSE_UNITS = {word for word in UNIT_OF if len(word) > 2 and word != "min"}  # noqa: PLR2004 - h and d are names too


@dataclass(frozen=True)
class Header:
    """A column's header, taken apart: its name, what stood in brackets, the unit it names."""

    text: str
    name: str
    inside: str
    unit: str | None


def read(text: str) -> Header:
    """Take a header apart: `Min booking (hours)`, `min_booking_hours`, `Min booking in hours`."""
    found = REST.search(text)
    inside = found["inside"].strip() if found else ""
    spaced = HUMP.sub(r"\1 \2", text)
    name = REST.sub(" ", spaced).strip().strip("*?:").strip() or text
    if inside == "%":
        return Header(text, f"{name} %", "", None)
    unit = _unit_inside(inside)
    if unit is not None:
        more = [each for each in _split(inside) if each not in UNIT_OF]
        name = " ".join([name, *more])
    if unit is None:
        name, unit = _unit_behind(name)
    return Header(text, name, inside, unit)


def _unit_inside(inside: str) -> str | None:
    for word in _split(inside):
        if word in UNIT_OF:
            return UNIT_OF[word]
    return None


def _unit_behind(name: str) -> tuple[str, str | None]:
    """Cut a unit off the end; what is left has to be a name still."""
    match = re.fullmatch(r"(?P<name>.*?[^\W_])(?:[\s_,-]+in)?[\s_,-]+(?P<unit>[A-Za-z]+)\.?", name)
    if match and match["unit"].lower() in LOOSE_UNITS:
        return match["name"], UNIT_OF[match["unit"].lower()]
    return name, None


@lru_cache(maxsize=8192)
def words(text: str) -> tuple[str, ...]:
    """Return the words that count, each in one form: `Min. bookings of rooms` and its kin."""
    return tuple(each if each == "no" else CANON.get(each, each) for each in _own_words(text))


@lru_cache(maxsize=8192)
def _own_words(text: str) -> tuple[str, ...]:
    """Return the words that count as they are written, but for plurals and what is shortened."""
    joined: list[str] = []
    english = (word for each in _split(text) for word in in_english(each))
    for word in map(_singular, (SPELLED.get(each, each) for each in english)):
        if joined and (joined[-1], word) in COMPOUNDS:
            joined[-1] = COMPOUNDS[joined[-1], word]
        else:
            joined.append(word)
    if joined[1:] and joined[-1] == "no":
        joined[-1] = "number"  # a first "no" says that something is not there
    return tuple(each for each in joined if each not in EMPTY)


def _split(text: str) -> list[str]:
    return [each.lower() for each in WORD.findall(text.replace("'", "").replace("’", ""))]  # noqa: RUF001 - people type it


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:  # noqa: PLR2004 - "ties" is no "ty"
        return f"{word[:-3]}y"
    if word.endswith(("ches", "xes", "shes", "sses")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is", "as")) and len(word) > 3:  # noqa: PLR2004 - "gas"
        return word[:-1]
    return word


def core(text: str) -> frozenset[str]:
    """Return the words without those that say little."""
    return frozenset(words(text)) - GENERIC


def likeness(text: str, other: str) -> float:
    """Say from 0 to 1 how sure two names mean the same, though they are not the same letters."""
    here, there = frozenset(words(text)), frozenset(words(other))
    if not here or not there or (here & NEGATIONS) != (there & NEGATIONS):
        return 0.0
    ours, theirs = here - GENERIC, there - GENERIC
    if not ours:
        return WITHIN if here == there else 0.0  # `The room` may be anything
    if (_is_worn(text) or _is_worn(other)) and _said(text) != _said(other):
        return WITHIN if ours & theirs else 0.0
    if here == there or ours == theirs:
        return _same_words(text, other)
    return max(_misspelt(here, there), _misspelt(ours, theirs), _shared(ours, theirs))


def _same_words(text: str, other: str) -> float:
    """Weigh a name with the words of another, in another order, form or company."""
    here, there, ours = frozenset(words(text)), frozenset(words(other)), core(text)
    if len(ours) == 1 and (here < there or not _same_stem(text, other)):
        return AKIN  # `Tag` may be anything's, `Asset tag` is an asset's
    return SAME if here == there else SAME_CORE


@lru_cache(maxsize=8192)
def _said(text: str) -> tuple[str, ...]:
    """Return the words with the small ones that give them their meaning: `in use`."""
    return tuple(each for each in map(_singular, _split(text)) if each not in IDLE)


def _is_worn(text: str) -> bool:
    """Whether a single word is left without those small ones: `in use`, `for members`."""
    return len(words(text)) == 1 and len(_said(text)) > 1 and bool(SMALL & set(_split(text)))


def _same_stem(text: str, other: str) -> bool:
    """Whether two names share a word as it is written, or bend the same one."""
    return any(
        one[:STEM] == another[:STEM]
        for one in _own_words(text)
        if one not in GENERIC
        for another in _own_words(other)
    )


def _misspelt(here: frozenset[str], there: frozenset[str]) -> float:
    """Pair every word with one that it may be a misspelling of."""
    ours, theirs = here - there, there - here
    if not ours or len(ours) != len(theirs) or len(ours) > 2:  # noqa: PLR2004 - three slips are another name
        return 0.0
    return MISSPELT if all(any(_is_slip(a, b) for b in theirs) for a in ours) else 0.0


def _is_slip(word: str, other: str) -> bool:
    from rapidfuzz import fuzz  # noqa: PLC0415 - loaded where names are compared

    if min(len(word), len(other)) < SHORTEST_MISSPELT or word[0] != other[0]:
        return False
    return fuzz.ratio(word, other) >= LEAST_RATIO


def _shared(here: frozenset[str], there: frozenset[str]) -> float:
    """Give part of the confidence for words in common: enough to ask, never to take."""
    common = here & there
    if not common:
        return 0.0
    within = WITHIN if there <= here else 0.0
    return max(within, PARTLY * len(common) / max(len(here), len(there)))


def key(text: str) -> str:
    """Reduce a name to the letters and digits that tell it from others; % is a letter here."""
    return plain(text.replace("%", "percent"))
