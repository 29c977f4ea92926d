"""Which column holds which field: a best guess with its confidence, and ties left open.

Pure: files are read, questions asked and answers kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.kinds import IDS
from pipeline.mapping.observed import Observed
from pipeline.mapping.phrases import (
    COMPOSED,
    EXACT,
    NEAR,
    SLASHED,
    Phrase,
    composed,
    confidence,
    phrases,
    vocabulary,
)
from pipeline.mapping.trust import (
    are_ids,
    fits,
    may_restrict,
    says_choices,
    tells_rows_apart,
    trust,
)
from pipeline.mapping.words import AKIN, Header, key, read
from pipeline.schema import Entity, Field

SURE = 0.8  # at or above it a proposal is taken without asking
WORTH_ASKING = 0.35  # below it a guess is no help
FAR_BEHIND = 0.2  # what is so much less sure than the best guess is no guess beside it
LEARNED = 0.93
SAID_BY_CELLS = 0.6  # of a column whose header says nothing: enough to ask
BORNE_OUT = 0.03  # added where the cells are of the field's own shape
HIGHEST_GUESS = 0.99
TIE, EVEN = 0.04, 0.005  # columns so near each other contest a field, fields a column
TIED = 0.5  # the confidence of either
MAX_CANDIDATES = 5
SHORTEST_HALF = 3  # letters of either side of a slash

Role = Literal["field", "list", "source id", "ignored", "twice", "none"]


@dataclass(frozen=True)
class Candidate:
    """A field that a column may hold; `opposite` where its Yes is our No."""

    field: Field
    confidence: float
    way: str
    opposite: bool = False


@dataclass(frozen=True)
class Listed:
    """What the cells of a column list, in how many rows, and the field that it is."""

    text: str
    count: int
    choice: Candidate | None


@dataclass(frozen=True)
class Placed:
    """A column with what it was found to be; `field` candidates that are not sure wait for a word.

    `candidates` are the best first; the chosen one is `choice`. A column that lists what there is
    has `parts` instead.
    """

    column: Observed
    header: Header
    candidates: tuple[Candidate, ...] = ()
    choice: Candidate | None = None
    role: Role = "none"
    parts: tuple[Listed, ...] = ()

    @property
    def best(self) -> Candidate | None:
        """The choice, else the likeliest candidate."""
        return self.choice or next(iter(self.candidates), None)


# All names of an entity's fields, and the words of each field's names.
Names = tuple[Sequence[Phrase], Mapping[str, frozenset[str]]]
# Answers of earlier files: a header's field, "" for a column left out, None where nobody was asked.
Remembered = Callable[[str], str | None]


def place(
    columns: Sequence[Observed],
    entity: Entity,
    *,
    remembered: Remembered = lambda _: None,
    taken: Collection[str] = (),
) -> list[Placed]:
    """Find for each column the field it holds, in the order of the columns.

    Fields in `taken` have a column already. A field has one column and a column one field; where
    two have equal claims, none is chosen.
    """
    known = phrases(entity)
    own = vocabulary(known)
    first = {key(each.text): each for each in reversed(columns)}
    placed = [
        _look(each, entity, (known, own), remembered(each.text))
        if first[key(each.text)] is each
        else Placed(each, read(each.text), role="twice")
        for each in columns
    ]
    placed = [_without(each, taken) for each in placed]
    if not _is_ours(placed):
        placed = _keep_ids_apart(placed)
    return _assign(placed)


def _look(column: Observed, entity: Entity, names: Names, answer: str | None) -> Placed:
    header = read(column.text)
    if answer == "":
        return Placed(column, header, role="ignored")
    best: dict[str, Candidate] = {}
    for found in (*named(header, *names), *_halves(header, names)):
        weighed = _weighed(found, column, header, entity)
        rival = best.get(weighed.field.name)
        if rival is None or weighed.confidence > rival.confidence:
            best[weighed.field.name] = weighed
    if not any(each.confidence >= SURE for each in best.values()):
        for field in entity.fields:
            if field.name not in best and says_choices(field, column):
                best[field.name] = Candidate(field, SAID_BY_CELLS, "its values")
    if answer is not None and answer in entity.by_name:
        opposite = answer in best and best[answer].opposite
        best[answer] = Candidate(entity.by_name[answer], LEARNED, "learned", opposite)
    least = max((each.confidence for each in best.values()), default=0.0) - FAR_BEHIND
    worth = [each for each in best.values() if each.confidence >= max(WORTH_ASKING, least)]
    ordered = sorted(worth, key=lambda each: (-each.confidence, each.way != "exact"))
    return Placed(column, header, tuple(ordered[:MAX_CANDIDATES]))


def named(
    header: Header, known: Sequence[Phrase], own: Mapping[str, frozenset[str]]
) -> Iterator[Candidate]:
    """Find the fields that a header names, whatever the cells say."""
    for phrase in known:
        sure, way = confidence(header, phrase)
        if sure < COMPOSED:
            sure = max(sure, composed(header, phrase, own[phrase.field.name]))
        if sure >= WORTH_ASKING:
            yield Candidate(phrase.field, sure, way, phrase.opposite)


def _halves(header: Header, names: Names) -> Iterator[Candidate]:
    """Read `Ort / Site` as either of the two."""
    halves = [each.strip() for each in header.name.split("/")]
    if len(halves) != 2 or min(map(len, halves)) < SHORTEST_HALF:  # noqa: PLR2004 - two halves
        return
    found = [list(named(replace(header, text=half, name=half), *names)) for half in halves]
    sure = [{e.field.name for e in each if e.confidence >= SURE} for each in found]
    if len(sure[0] | sure[1]) != 1:
        return  # two things at once, or none
    for each in (*found[0], *found[1]):
        yield replace(each, confidence=each.confidence * SLASHED)


def _weighed(found: Candidate, column: Observed, header: Header, entity: Entity) -> Candidate:
    """Ask the cells; a column of a name that holds a service's numbers is that of the id."""
    if found.field.names and are_ids(column):
        found = replace(found, field=entity.by_name[found.field.names])
    if found.confidence == EXACT:
        return found  # the name says it; a check tells of the cells
    sure = found.confidence * trust(found.field, column, header.unit)
    if found.field.kind is IDS and found.field.link != entity.name:
        sure = min(sure, HIGHEST_GUESS if may_restrict(column, found.way == NEAR) else AKIN)
    if sure >= SURE and fits(found.field, column, header.unit):
        sure = min(sure + BORNE_OUT, HIGHEST_GUESS)
    return replace(found, confidence=round(sure, 3))


def _without(placed: Placed, taken: Collection[str]) -> Placed:
    left = tuple(each for each in placed.candidates if each.field.name not in taken)
    return replace(placed, candidates=left)


def _is_ours(placed: Sequence[Placed]) -> bool:
    """Whether the file speaks our language: then its ids are ours too."""
    exact = sum(bool(each.candidates) and each.candidates[0].way == "exact" for each in placed)
    return 2 * exact >= len(placed)


def _keep_ids_apart(placed: Sequence[Placed]) -> list[Placed]:
    """Take another program's own numbers for what they are: never for the ids of our records."""
    claims = [
        (each.candidates[0].confidence, -number)
        for number, each in enumerate(placed)
        if each.candidates and each.candidates[0].field.key and tells_rows_apart(each.column)
    ]
    surest = -max(claims)[1] if claims and max(claims)[0] >= SURE else None
    kept = []
    for number, each in enumerate(placed):
        left = tuple(one for one in each.candidates if not one.field.key)
        if number == surest:
            kept.append(replace(each, choice=each.candidates[0], candidates=(), role="source id"))
        else:
            kept.append(replace(each, candidates=left))
    return kept


def _assign(placed: Sequence[Placed]) -> list[Placed]:
    claims = sorted(
        (
            (-one.confidence, -_regret(each, one), number, one)
            for number, each in enumerate(placed)
            for one in each.candidates
        ),
        key=lambda claim: claim[:3],
    )
    winner: dict[str, int] = {}
    choice: dict[int, Candidate] = {}
    for _, _, number, one in claims:
        if number not in choice and one.field.name not in winner:
            winner[one.field.name], choice[number] = number, one
    tied = _ties(placed, choice, winner)
    settled = [
        _settled(each, choice.get(number), number in tied) for number, each in enumerate(placed)
    ]
    won = {each.choice.field.name for each in settled if each.role == "field" and each.choice}
    return [_without(each, won) if each.role == "none" else each for each in settled]


def _regret(placed: Placed, one: Candidate) -> float:
    """Return what a column loses when it has to take its next best field instead."""
    others = [each.confidence for each in placed.candidates if each is not one]
    return one.confidence - max(others, default=0.0)


def _ties(
    placed: Sequence[Placed], choice: dict[int, Candidate], winner: dict[str, int]
) -> set[int]:
    tied: set[int] = set()
    for number, each in enumerate(placed):
        got = choice.get(number)
        for one in each.candidates:
            if one is got or one.confidence < SURE:
                continue
            rival = winner.get(one.field.name)
            if got is not None and got.confidence >= SURE:
                free = rival is None and one.confidence > got.confidence - EVEN
                tied |= {number} if free else set()
            elif rival is not None and choice[rival].confidence - one.confidence < TIE:
                tied |= {number, rival}
    return tied


def _settled(placed: Placed, got: Candidate | None, is_tied: bool) -> Placed:
    if placed.role != "none":
        return placed
    if is_tied:
        level = tuple(
            replace(each, confidence=min(each.confidence, TIED), way="tie")
            for each in placed.candidates
        )
        return replace(placed, candidates=level)
    if got is None or got.confidence < SURE:
        return placed
    others = tuple(each for each in placed.candidates if each is not got)
    return replace(placed, candidates=(got, *others), choice=got, role="field")
