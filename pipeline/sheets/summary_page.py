"""The Summary sheet: the figures of an export as tables, each with a native chart beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from pipeline.certificate import Certificate
from pipeline.comparison import Comparison, why_not_compared
from pipeline.figures import Coverage, Figures, Noted, Tally, Total
from pipeline.schema import Entity
from pipeline.sheets.layout import fit_on_paper
from pipeline.sheets.summary_rows import (
    LAST,
    NAME_WIDTH,
    NUMBER_WIDTH,
    ROW_HEIGHT,
    SHARE,
    WHOLE,
    Rows,
    Table,
)

SUMMARY_SHEET = "Summary"
MOST_PLACES = LAST - 1  # side by side: as many as there are columns for, and one for the others
NAMES_HEIGHT = 120  # points, of names that stand upright


def write_summary(  # noqa: PLR0913, PLR0917 - where to write, and what the page tells of
    book: Workbook,
    sheet: Worksheet,
    entity: Entity,
    figures: Figures,
    certificate: Certificate,
    comparison: Comparison | None,
) -> None:
    """Fill the sheet; rows are written in order, as constant memory wants it."""
    sheet.set_column(0, 0, NAME_WIDTH)
    sheet.set_column(1, LAST, NUMBER_WIDTH)
    if len(entity.nouns) >= NUMBER_WIDTH:  # it is the head of a column
        sheet.set_column(1, 1, len(entity.nouns) + 3)
    page = Rows(book, sheet)
    _write_head(page, entity, certificate)
    _write_key_numbers(page, figures)
    if figures.records:
        for total in figures.totals():
            _write_total(page, figures, total)
        if coverage := figures.coverage():
            _write_coverage(page, figures, coverage)
            _write_places(page, coverage)
    if figures.tells_remarks:
        _write_remarks(page, entity, figures)
    _write_changes(page, comparison, certificate.compared_as)
    fit_on_paper(sheet, upright=True)


def _write_head(page: Rows, entity: Entity, certificate: Certificate) -> None:
    page.write_across(f"{entity.nouns.capitalize()}: summary", "title", 36)
    page.write_across(f"{certificate.account}, as of {_moment(certificate.ended)}", "text")
    if certificate.complete:
        page.write_across("Complete: nothing that was to be exported is missing.", "text")
    else:
        page.write_across("INCOMPLETE: export again before you rely on these numbers.", "bad", 26)
    for each in (*certificate.reasons, *certificate.limits()):
        page.write_across(each, "text")


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _write_key_numbers(page: Rows, figures: Figures) -> None:
    page.write_heading("In all", 4 * ROW_HEIGHT)
    nouns = figures.entity.nouns
    for label, number in (
        (nouns.capitalize(), figures.records),
        (f"{figures.place_title}s", len(figures.places())),
        (figures.capacity_title, figures.capacity),
    ):
        if label:
            page.write_numbers(label, [number], ("name", WHOLE))
    words = f"There are no {nouns} in this export, so there is nothing to add up."
    if figures.records:
        also = ", hidden and archived ones too" if figures.entity.archive_field else ""
        words = f"Every one of the {nouns} in the file is counted{also}."
    page.write_across(words, "text")


def _write_total(page: Rows, figures: Figures, total: Total) -> None:
    nouns, capacity = figures.entity.nouns.capitalize(), figures.capacity_title
    numbers = 2 if capacity else 1
    page.write_table(
        Table(
            f"{nouns} by {total.title.lower()}",
            (total.title, nouns, capacity)[: numbers + 1],
            (WHOLE, WHOLE)[:numbers],
            [(each.value, (each.records, each.capacity)[:numbers]) for each in total.rows],
            (figures.records, figures.capacity)[:numbers],
        )
    )
    if capacity and total.title == figures.place_title:
        _write_capacity(page, figures, total.rows)


def _write_capacity(page: Rows, figures: Figures, places: Sequence[Tally]) -> None:
    title = f"{figures.capacity_title} by {figures.place_title.lower()}"
    by_size = sorted(places, key=lambda each: -each.capacity)
    if figures.capacity <= 0:
        page.write_heading(title, ROW_HEIGHT)
        page.write_across(f"No {figures.capacity_title.lower()} is filled in anywhere.", "text")
        return
    page.write_table(
        Table(
            title,
            (figures.place_title, figures.capacity_title, "Share"),
            (WHOLE, SHARE),
            [(t.value, (t.capacity, t.capacity / figures.capacity)) for t in by_size],
        )
    )


def _write_coverage(page: Rows, figures: Figures, coverage: Coverage) -> None:
    rows = coverage.rows
    page.write_table(
        Table(
            f"{coverage.title}: what share has each",
            ("What", figures.entity.nouns.capitalize(), "Share"),
            (WHOLE, SHARE),
            [(each.title, (each.records, each.records / figures.records)) for each in rows],
            drawn=2,
            most_bars=len(rows) if any(each.records for each in rows) else 0,
        )
    )


def _write_places(page: Rows, coverage: Coverage) -> None:
    """Write the shares by location side by side, unless there is only one."""
    if len(coverage.places) < 2:  # noqa: PLR2004 - one location is what the table above tells
        return
    shown, others = coverage.places[:MOST_PLACES], coverage.places[MOST_PLACES:]
    names = [each.value for each in shown] + ([f"{len(others):,} others"] if others else [])
    sizes = [each.records for each in shown] + [sum(each.records for each in others)] * bool(others)
    height = NAMES_HEIGHT + len(coverage.rows) * ROW_HEIGHT
    page.write_heading(f"{coverage.title} by location: share of its own", height)
    page.write_heads(["What", *(_short(each) for each in names)], "upright", NAMES_HEIGHT)
    first = page.row
    for row in coverage.rows:
        counts = [*row.by_place[:MOST_PLACES], sum(row.by_place[MOST_PLACES:])][: len(sizes)]
        shares = [count / size for count, size in zip(counts, sizes, strict=True)]
        page.write_numbers(row.title, shares, ("name", *[SHARE] * len(shares)))
    scale = {"type": "2_color_scale", "min_type": "num", "min_value": 0, "max_type": "num"}
    colours = {"max_value": 1, "min_color": "#FFFFFF", "max_color": "#65A1D6"}
    page.sheet.conditional_format(first, 1, page.row - 1, len(sizes), {**scale, **colours})


def _short(name: str) -> str:
    """Cut a name to what stands upright in three lines, from its middle: ends tell it apart."""
    return name if len(name) <= 54 else f"{name[:34].rstrip()}…{name[-19:].lstrip()}"  # noqa: PLR2004 - as above


def _write_remarks(page: Rows, entity: Entity, figures: Figures) -> None:
    page.write_heading("Worth a look: hidden, or cannot be booked", 6 * ROW_HEIGHT)
    found = [each for each in figures.remarks() if each.count]
    for each in found:
        _write_remark(page, figures, each)
    if not found:
        words = f"None of the {entity.nouns} is hidden, archived or closed to everybody."
        page.write_across(words, "text")


def _write_remark(page: Rows, figures: Figures, noted: Noted) -> None:
    page.write_across(f"{noted.title}: {noted.count:,}", "label", 24)
    page.merge(2, figures.place_title, "head")
    page.write_heads((figures.entity.noun.capitalize(), "Id"), "head")
    for each in noted.examples:
        page.write_record(each.name, each.record_id, each.place)
    if more := noted.count - len(noted.examples):
        page.write_across(f"and {more:,} more", "text")


def _write_changes(page: Rows, comparison: Comparison | None, series: str) -> None:
    page.write_heading("What changed since last time", 6 * ROW_HEIGHT)
    if comparison is None:
        page.write_across(why_not_compared(series), "text")
        return
    since = f"Compared with the export “{comparison.series}” of {_moment(comparison.since)}."
    page.write_across(since, "text")
    for label, count in comparison.counts():
        page.write_numbers(label, [count], ("name", WHOLE))
