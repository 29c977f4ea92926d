"""What the report page tells of all records, ready for its template: tables and plots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.comparison import Comparison
from pipeline.figures import Coverage, Figures, Tally, Total

PAGE_ENDINGS = {".html", ".htm"}

MOST_BARS = 15
MOST_LINES = 100  # of a table; the rest is added up
MOST_COLUMNS = 10  # locations side by side, as many as paper has room for
SHADES = 5


@dataclass(frozen=True)
class Plot:
    """Bars as SVG, under a caption."""

    caption: str
    svg: str


@dataclass(frozen=True)
class Section:
    """A table and its plots; `lacking` says in a sentence what there is nothing to plot of."""

    title: str
    columns: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] = ()
    plots: tuple[Plot, ...] = ()
    lacking: str = ""


@dataclass(frozen=True)
class Matrix:
    """Shares by location: each line a title and pairs of words and shade (0 to SHADES)."""

    title: str
    places: tuple[str, ...]
    lines: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]


def number(value: float) -> str:
    """Return a number as a person reads it."""
    return f"{int(value):,}" if float(value).is_integer() else f"{value:,.1f}"


def share(part: float, whole: float) -> str:
    """Return a share in percent; almost none and almost all are told from none and all."""
    if not 0 < part < whole:
        return "100%" if part and whole else "0%"
    return f"{min(max(round(100 * part / whole), 1), 99)}%"


def moment(at: datetime) -> str:
    """Return a moment as a person reads it."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def tiles(figures: Figures, comparison: Comparison | None) -> list[tuple[str, str]]:
    """Return the few numbers that stand at the top, each with what it counts."""
    places = figures.place_title.lower()
    found = [
        (number(figures.records), figures.entity.nouns),
        (number(len(figures.places())), places if len(figures.places()) == 1 else f"{places}s"),
    ]
    if figures.capacity_title:
        found.append((number(figures.capacity), figures.capacity_title.lower()))
    if comparison:
        count = len(comparison.added) + comparison.changed_records + len(comparison.removed)
        found.append((number(count), "added, changed or removed"))
    return found


# ---- totals and coverage


def sections(figures: Figures) -> Iterator[Section]:
    """Yield the totals, then the coverage; nothing where there are no records."""
    if not figures.records:
        return
    for place, total in enumerate(figures.totals()):
        is_place = total.title == figures.place_title
        yield _total_section(figures, total, f"plot{place}", with_capacity=is_place)
    if coverage := figures.coverage():
        yield _coverage_section(figures, coverage)


def _total_section(figures: Figures, total: Total, prefix: str, *, with_capacity: bool) -> Section:
    nouns, capacity = figures.entity.nouns.capitalize(), figures.capacity_title
    title = f"{nouns} by {total.title.lower()}"
    plots = [_plot(title, [(t.value, t.records) for t in total.rows], prefix)]
    lacking = ""
    if with_capacity and capacity and figures.capacity > 0:
        by_size = sorted(total.rows, key=lambda each: -each.capacity)
        caption = f"{capacity} by {total.title.lower()}"
        plots.append(_plot(caption, [(t.value, t.capacity) for t in by_size], f"{prefix}b"))
    elif with_capacity and capacity:
        lacking = f"No {capacity.lower()} is filled in anywhere."
    columns = 4 if capacity else 3  # the last tells of capacity
    lines = [_tally_line(each, figures.records) for each in _cut(total.rows, MOST_LINES)]
    everything = Tally("All", figures.records, figures.capacity)
    return Section(
        title,
        (total.title, nouns, "Share", capacity)[:columns],
        tuple(each[:columns] for each in lines),
        _tally_line(everything, figures.records)[:columns],
        tuple(plots),
        lacking,
    )


def _tally_line(tally: Tally, records: int) -> tuple[str, ...]:
    return (
        tally.value,
        number(tally.records),
        share(tally.records, records),
        number(tally.capacity),
    )


def _cut(rows: Sequence[Tally], most: int) -> list[Tally]:
    """Return the first rows, the others added up in one more."""
    if len(rows) <= most:
        return list(rows)
    rest = rows[most:]
    records, capacity = sum(t.records for t in rest), sum(t.capacity for t in rest)
    return [*rows[:most], Tally(f"{len(rest):,} others", records, capacity)]


def _plot(caption: str, values: Sequence[tuple[str, float]], prefix: str) -> Plot:
    # Loads matplotlib, which only a page with records needs.
    from pipeline.report.plots import Bar, bar_chart  # noqa: PLC0415 - as said above

    bars = [Bar(label, max(value, 0), number(value)) for label, value in values[:MOST_BARS]]
    if rest := values[MOST_BARS:]:
        value = sum(value for _, value in rest)
        bars.append(Bar(f"{len(rest):,} others", max(value, 0), number(value), pale=True))
        caption = f"{caption}: the {MOST_BARS} largest of {len(values):,}"
    spoken = "; ".join(f"{bar.label}: {bar.words}" for bar in bars)
    return Plot(caption, bar_chart(bars, prefix, f"Bars. {caption}. {spoken}"))


def _coverage_section(figures: Figures, coverage: Coverage) -> Section:
    from pipeline.report.plots import Bar, bar_chart  # noqa: PLC0415 - as in _plot

    nouns = figures.entity.nouns
    lines = [(r.title, number(r.records), share(r.records, figures.records)) for r in coverage.rows]
    bars = [
        Bar(title, float(row.records), said)
        for row, (title, _, said) in zip(coverage.rows, lines, strict=True)
        if row.records
    ]
    caption = f"Share of all {nouns} that have it"
    spoken = "; ".join(f"{bar.label}: {bar.words}" for bar in bars)
    svg = bar_chart(bars, "coverage", f"Bars. {caption}. {spoken}") if bars else ""
    return Section(
        coverage.title,
        ("What", nouns.capitalize(), "Share"),
        tuple(lines),
        plots=(Plot(caption, svg),) if bars else (),
        lacking="" if bars else f"None of the {nouns} has any of these.",
    )


def matrix(figures: Figures) -> Matrix | None:
    """Return the coverage by location, the largest by themselves; None for one location."""
    coverage = figures.coverage()
    if coverage is None or len(coverage.places) < 2:  # noqa: PLR2004 - one location is what the other table tells
        return None
    places = _cut(coverage.places, MOST_COLUMNS)
    lines = []
    for row in coverage.rows:
        if row.records:
            counts = [*row.by_place[:MOST_COLUMNS], sum(row.by_place[MOST_COLUMNS:])]
            pairs = zip(counts, places, strict=False)
            lines.append((row.title, tuple(_shade(count, each.records) for count, each in pairs)))
    return Matrix(coverage.title, tuple(each.value for each in places), tuple(lines))


def _shade(count: int, records: int) -> tuple[str, int]:
    return share(count, records), round(SHADES * count / records)
