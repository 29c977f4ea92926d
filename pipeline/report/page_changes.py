"""What the report page tells of the time since the export before: the first lines, and counts."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.comparison import Comparison, Edit, Presence
from pipeline.figures import heading, readable
from pipeline.report.page_words import moment, number
from pipeline.schema import Cell, Entity

MOST_EDITS, MOST_PRESENCES = 100, 50  # changed cells; records that came, and that went
MOST_TEXT = 120  # characters of a changed cell
BLANK = "(blank)"


@dataclass(frozen=True)
class Change:
    """A changed cell, cut to where it differs."""

    name: str
    place: str
    record_id: int
    column: str
    old: str
    new: str


@dataclass(frozen=True)
class Changes:
    """What is shown of a comparison: the first lines of each list, and how many more there are."""

    series: str
    since: str
    counts: tuple[tuple[str, str], ...]
    added: tuple[Presence, ...]
    more_added: int
    removed: tuple[Presence, ...]
    more_removed: int
    edits: tuple[Change, ...]
    more_edits: int


def changes(entity: Entity, comparison: Comparison | None) -> Changes | None:
    """Return what is shown of a comparison."""
    if comparison is None:
        return None
    added, removed, edits = comparison.added, comparison.removed, comparison.changed
    return Changes(
        series=comparison.series,
        since=moment(comparison.since),
        counts=tuple((label, number(count)) for label, count in comparison.counts()),
        added=added[:MOST_PRESENCES],
        more_added=max(len(added) - MOST_PRESENCES, 0),
        removed=removed[:MOST_PRESENCES],
        more_removed=max(len(removed) - MOST_PRESENCES, 0),
        edits=tuple(_change(entity, each) for each in edits[:MOST_EDITS]),
        more_edits=max(len(edits) - MOST_EDITS, 0),
    )


def _change(entity: Entity, edit: Edit) -> Change:
    old, new = _window(_text(edit.old), _text(edit.new))
    column = heading(entity, edit.field)
    return Change(edit.name, edit.place, edit.record_id, column, old, new)


def _text(cell: Cell) -> str:
    if isinstance(cell, float):
        cell = number(cell)
    return readable("" if cell is None else cell) or BLANK


def _window(old: str, new: str) -> tuple[str, str]:
    """Cut long texts to where they differ."""
    pairs = enumerate(zip(old, new, strict=False))
    same = next((place for place, (a, b) in pairs if a != b), min(len(old), len(new)))
    start = 0 if max(len(old), len(new)) <= MOST_TEXT else max(same - MOST_TEXT // 4, 0)
    return _part(old, start), _part(new, start)


def _part(text: str, start: int) -> str:
    before = "…" if start else ""
    after = "…" if len(text) > start + MOST_TEXT else ""
    return f"{before}{text[start : start + MOST_TEXT]}{after}"
