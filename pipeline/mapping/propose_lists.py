"""Columns that list what a room has: `Whiteboard; TV` under Equipment, a field for each of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from pipeline.kinds import FLAG
from pipeline.mapping.observed import Observed
from pipeline.mapping.phrases import Phrase, phrases, vocabulary
from pipeline.mapping.propose import SURE, Candidate, Listed, Placed, named
from pipeline.mapping.values import items_of, same_item
from pipeline.mapping.words import read
from pipeline.schema import Entity

MOSTLY = 0.6  # of what a column lists has to be known, or it lists something else
MAX_ITEMS = 60  # distinct ones


def find_lists(placed: Sequence[Placed], entity: Entity, taken: Collection[str]) -> list[Placed]:
    """Give columns that nothing else claims to the yes/no fields that their cells name.

    A field is given once: columns of their own, and those in `taken`, come first.
    """
    known = [each for each in phrases(entity) if each.field.kind is FLAG and not each.opposite]
    used = {each.choice.field.name for each in placed if each.choice} | set(taken)
    found = []
    for each in placed:
        parts = _parts(each.column, known) if each.role == "none" else []
        if not parts:
            found.append(each)
            continue
        kept = []
        for part in parts:
            name = part.choice.field.name if part.choice else ""
            kept.append(replace(part, choice=None) if name in used else part)
            used |= {name} - {""}
        found.append(replace(each, role="list", parts=tuple(kept), candidates=()))
    return found


def _parts(column: Observed, known: Sequence[Phrase]) -> list[Listed]:
    """Return what the cells list, each with the field it is; nothing where they are no list."""
    counts: dict[str, int] = {}
    several = False
    for text, count in column.counts.items():
        items = items_of(text)
        several = several or len(items) > 1
        for item in items:
            own = next((each for each in counts if same_item(each, item)), item)
            counts[own] = counts.get(own, 0) + count
    if not several or len(counts) > MAX_ITEMS:
        return []
    own_words = vocabulary(known)
    parts = [Listed(item, count, _field(item, known, own_words)) for item, count in counts.items()]
    sure = sum(each.count for each in parts if each.choice)
    return parts if sure >= MOSTLY * sum(each.count for each in parts) else []


def _field(
    item: str, known: Sequence[Phrase], own_words: dict[str, frozenset[str]]
) -> Candidate | None:
    best = max(named(read(item), known, own_words), key=lambda e: e.confidence, default=None)
    return best if best is not None and best.confidence >= SURE else None
