"""Names that are written differently and may mean the same thing: `Room Oak`, `oak-rm`.

Numbers and single letters tell things apart and have to agree; words may be abbreviated, stand in
another order, or have a typing error.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import groupby

# What venues write short, and numbers that people spell out.
SHORT = {
    short: word
    for word, shorts in {
        "room": ("rm",),
        "meeting": ("mtg", "mtng"),
        "conference": ("conf",),
        "floor": ("fl", "flr"),
        "building": ("bldg", "bld"),
        "office": ("ofc",),
        "desk": ("dsk",),
        "private": ("pvt", "priv"),
        "training": ("trng",),
        "workspace": ("wksp",),
    }.items()
    for short in shorts
}
SPELLED = {
    **{"zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6"},
    **{"seven": "7", "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12"},
    **{"thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16", "seventeen": "17"},
    **{"eighteen": "18", "nineteen": "19", "twenty": "20"},
    **{"first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6"},
    **{"seventh": "7", "eighth": "8", "ninth": "9", "tenth": "10"},
}
FILLERS = {"the", "and", "of", "no", "nr", "number"}  # a name means the same without them
LONG_WORD = 5  # letters, from which on one typing error is allowed
VERY_LONG_WORD = 9  # and from here on two
MAX_ERRORS = 2
LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "_": " "})
DROPPED = re.compile("[\u0300-\u036f'`\u00b4\u2019]")  # accents, and apostrophes within words
ORDINAL = re.compile(r"(\d)(?:st|nd|rd|th)\b")
PLAIN = str.maketrans({"_": " ", "'": None, "`": None})  # the same for names in ASCII
PLAIN_RUNS = re.compile(r"[a-z]+|[0-9]+")
BREAK = "#"  # stands for numbers between words whose order counts


@dataclass(frozen=True)
class Shape:
    """What is compared of a name.

    `marks` are its numbers and single letters, grouped as they stand together. `words` are in
    order; with several groups of marks, a break stands where each of them was.
    """

    marks: tuple[tuple[str, ...], ...]
    words: tuple[str, ...]

    @property
    def ordered(self) -> bool:
        """Whether the order of the words tells which number belongs to which."""
        return len(self.marks) > 1

    @property
    def joined(self) -> str:
        """The words without blanks."""
        return "".join(self.words)

    @property
    def arranged(self) -> tuple[str, ...]:
        """The words, in an order that does not depend on how they were written."""
        return self.words if self.ordered else tuple(sorted(self.words))

    def without(self, place: int) -> tuple[str, ...]:
        """Return the other words, as far as two names have to agree in them."""
        rest = (*self.words[:place], "", *self.words[place + 1 :])
        return rest if self.ordered else tuple(sorted(rest))


def shape_of(name: str) -> Shape:
    """Return what is compared of a name."""
    tokens = [each for each in _tokens(name) if each not in FILLERS] or _tokens(name)
    groups = [(is_mark, tuple(each)) for is_mark, each in groupby(tokens, key=_is_mark)]
    marks = tuple(group for is_mark, group in groups if is_mark)
    breaks = (BREAK,) if len(marks) > 1 else ()
    words = (word for is_mark, group in groups for word in (breaks if is_mark else group))
    return Shape(marks, tuple(words))


@lru_cache(maxsize=64)
def _marks(name: str) -> tuple[str, ...]:
    """Return the numbers and single letters of a name: names that differ in them are not alike."""
    return tuple(filter(_is_mark, _tokens(name)))


def _tokens(name: str) -> list[str]:
    """Return words and numbers in lower case, without accents, written out."""
    return [
        _written_out(run) if kind == "L" else run.lstrip("0") or "0"
        for kind, run in _runs(name)
        if kind
    ]


@lru_cache(maxsize=1_024)  # names share their words
def _written_out(word: str) -> str:
    whole = SHORT.get(word, SPELLED.get(word, word))
    is_plural = len(whole) >= LONG_WORD and whole.endswith("s") and whole[-2] != "s"
    return whole[:-1] if is_plural else whole


def _runs(name: str) -> Iterator[tuple[str, str]]:
    """Yield what stands together: letters (L), digits (N) and whatever else."""
    if name.isascii():  # most names are, and this is five times as fast
        text = ORDINAL.sub(r"\1 ", name.lower().translate(PLAIN))
        return (("N" if run[0].isdigit() else "L", run) for run in PLAIN_RUNS.findall(text))
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    text = ORDINAL.sub(r"\1 ", DROPPED.sub("", text.translate(LETTERS)))
    return ((kind, "".join(run)) for kind, run in groupby(text, key=_letter_or_digit))


@cache
def _letter_or_digit(sign: str) -> str:
    category = unicodedata.category(sign)[0]
    return {"L": "L", "M": "L", "N": "N"}.get(category, "")


def _is_mark(token: str) -> bool:
    return len(token) == 1 or token[0].isnumeric()


def mistyped(word: str, others: Iterable[str]) -> list[str]:
    """Return those of other words that are probably this one with a typing error.

    The first letter counts. Scripts in which a few signs make a word leave no room for errors.
    """
    from rapidfuzz import process  # noqa: PLC0415 - only new names need it
    from rapidfuzz.distance import OSA  # noqa: PLC0415 - as above

    if len(word) < LONG_WORD or not word.isascii():
        return []
    near = process.extract(
        word,
        others,
        scorer=OSA.distance,  # type: ignore[arg-type]  # its scorers lack a word
        limit=None,
        score_cutoff=MAX_ERRORS,
    )
    return [each for each, errors, _ in near if 0 < errors <= _errors_allowed(word, each)]


def _errors_allowed(one: str, other: str) -> int:
    shorter = min(len(one), len(other))
    if shorter < LONG_WORD or one[0] != other[0] or not other.isascii():
        return 0
    return MAX_ERRORS if shorter >= VERY_LONG_WORD else 1


@dataclass
class Names:
    """Names among which those are found that resemble another; built once, asked many times.

    `_first` has by marks the first name, until another one with the same marks comes and both are
    taken in: where every name has a number of its own there is nothing to compare.
    """

    _first: dict[tuple[str, ...], str | None] = field(default_factory=dict)
    _spelled: dict[Hashable, list[str]] = field(default_factory=dict)
    _parts: dict[Hashable, dict[str, list[str]]] = field(default_factory=dict)

    @classmethod
    def of(cls, names: Iterable[str]) -> Names:
        """Take in all names."""
        found = cls()
        for each in names:
            found.add(each)
        return found

    def add(self, name: str) -> None:
        """Take in a name."""
        if self._is_first(name):
            self._first[_marks(name)] = name
        else:
            self._take_in(name)

    def _is_first(self, name: str) -> bool:
        """Whether no name has the same marks; if one has, it is taken in now."""
        marks = _marks(name)
        if marks not in self._first:
            return True
        first, self._first[marks] = self._first[marks], None
        if first is not None:
            self._take_in(first)
        return False

    def _take_in(self, name: str) -> None:
        spellings, long_words = _keys(name)
        for key in spellings:
            self._spelled.setdefault(key, []).append(name)
        for word, key in long_words:
            self._parts.setdefault(key, {}).setdefault(word, []).append(name)

    def like(self, name: str) -> list[str]:
        """Return the names that resemble `name`: those spelled differently, then those mistyped."""
        if not self._first or self._is_first(name):
            return []
        spellings, long_words = _keys(name)
        same = (each for key in spellings for each in self._spelled.get(key, ()))
        typed = (
            each
            for word, key in long_words
            if (others := self._parts.get(key))
            for other in mistyped(word, others.keys())
            for each in others[other]
        )
        return list(dict.fromkeys([*same, *typed]))


def alike(one: str, other: str) -> bool:
    """Whether two names resemble each other; every name resembles itself."""
    return one == other or bool(Names.of([one]).like(other))


@lru_cache(maxsize=64)  # a name is first looked for, and then taken in
def _keys(name: str) -> tuple[tuple[Hashable, ...], tuple[tuple[str, Hashable], ...]]:
    """Return under what a name is found: its spellings, and its long words with all else."""
    shape = shape_of(name)
    return _spellings(shape), tuple(_long_words(shape))


def _spellings(shape: Shape) -> tuple[Hashable, ...]:
    if not (shape.marks or shape.words):
        return ()  # signs only: nothing to go by
    return (shape.marks, shape.joined), (shape.marks, shape.arranged)


def _long_words(shape: Shape) -> Iterator[tuple[str, Hashable]]:
    for place, word in enumerate(shape.words):
        if len(word) >= LONG_WORD:
            yield word, (shape.marks, shape.without(place), word[0])
