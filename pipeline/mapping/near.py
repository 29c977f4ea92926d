"""Near names: what somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.kinds import plain

LEAST_LIKENESS = 70  # of 100; below it a hint misleads more often than it helps
MAX_NAMES = 3


def nearest(
    text: object,
    names: Iterable[str],
    *,
    count: int = MAX_NAMES,
    least: float = LEAST_LIKENESS,
) -> list[str]:
    """Return up to `count` of `names` that resemble `text`, the most alike first."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - only a file with problems needs it

    found = process.extract(
        str(text),
        list(names),
        scorer=fuzz.ratio,
        processor=plain,
        limit=count,
        score_cutoff=least,
    )
    return [name for name, _, _ in found]


def suggestion(text: object, names: Iterable[str]) -> str:
    """Say `Did you mean 'A'? ` (with a blank behind it), or nothing when no name is near."""
    found = nearest(text, names, count=1)
    return f"Did you mean '{found[0]}'? " if found else ""
