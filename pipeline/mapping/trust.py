"""How far a column's cells bear out what its header seems to say."""

from __future__ import annotations

import re
from collections.abc import Callable

from pipeline.kinds import ADDRESS, DECIMAL, FLAG, ID, IDS, MOMENT, SLOTS, TEXT, WHOLE
from pipeline.mapping.dates import formats
from pipeline.mapping.meanings import ALIAS as CHOICE_SAID
from pipeline.mapping.meanings import amount, choices, readable, yes_or_no
from pipeline.mapping.observed import Observed
from pipeline.mapping.words import MISSPELT
from pipeline.schema import Field

ENOUGH = 0.9  # share of cells; the rest are slips, which a check tells
LEAST_TRUST = 0.35  # what is left of a name's confidence where no cell fits
LEAST_TRUST_OF_CHOICES = 0.5  # a source's own words for its categories are to be expected
CHOICES_KNOWN = 0.5  # share of a column's distinct texts
LEAST_ID = 10_000  # of numbers that a service gives; smaller ones count something
LONG_NAME = 60  # characters; what is longer tells a story
SAMPLE = 200  # distinct texts of a column
SPAN = re.compile(
    r"\d{1,2}([:.h]\d\d)?\s*(am|pm)?\s*(-|–|—|to|until|till)\s*\d{1,2}|24\s*/\s*7|24\s*h|^\s*\[",  # noqa: RUF001 - people type it
    re.IGNORECASE,
)
DATE = re.compile(r"\d{4}|\d{1,2}([./-])\d{1,2}\1\d{2}")
DRAWING = re.compile(r"^https?://|\.(pdf|png|jpe?g|gif|svg|webp|dwg|dxf)$", re.IGNORECASE)
LISTED = re.compile(r"[,;\n]")
MANY_ROWS = 4  # from here on a text of its own in every row is hardly a restriction
MONEY = re.compile(r"^\s*([£$€¥]|(eur|usd|gbp|chf)\b)|[£$€¥]\s*(/.*)?$", re.IGNORECASE)


def trust(field: Field, column: Observed, unit: str | None) -> float:
    """Return what share of a name's confidence the cells leave, from LEAST_TRUST to 1."""
    if not column.counts:
        return 1.0
    if field.kind is TEXT:
        return _trust_text(field, column)
    share = _share(field, column, unit)
    least = LEAST_TRUST_OF_CHOICES if field.kind.choices else LEAST_TRUST
    return 1.0 if share >= ENOUGH else least + (1 - least) * share


def fits(field: Field, column: Observed, unit: str | None) -> bool:
    """Whether the cells are of a shape that few other columns have."""
    special = field.kind is not TEXT and field.kind.name not in {"id", "ids"}
    return special and bool(column.counts) and _share(field, column, unit) >= ENOUGH


def _share(field: Field, column: Observed, unit: str | None) -> float:
    if field.kind.choices:
        return _share_of_choices(field, column)
    if field.kind is MOMENT and len(formats(column)) == 1:
        return 1.0
    test = TESTS.get(field.kind.name)
    texts = list(column.counts)[:SAMPLE]
    good = sum(
        column.counts[each]
        for each in texts
        if (test(each) if test else _reads(field, column, each, unit))
    )
    return good / sum(column.counts[each] for each in texts)


def _reads(field: Field, column: Observed, text: str, unit: str | None) -> bool:
    if field.kind in (WHOLE, DECIMAL) and amount(field, text, unit) is not None:
        return True
    return readable(field, column.cells[text])


def _share_of_choices(field: Field, column: Observed) -> float:
    texts = list(column.counts)[:SAMPLE]
    known = sum(any(each.confidence >= MISSPELT for each in choices(field, text)) for text in texts)
    return min(1.0, known / len(texts) / CHOICES_KNOWN)


def says_choices(field: Field, column: Observed) -> bool:
    """Whether every cell names a choice of the field, and not all of them the same one."""
    texts = list(column.counts)[:SAMPLE]
    found = [choices(field, text)[:1] for text in texts] if field.kind.choices else []
    is_said = all(each and each[0].confidence >= CHOICE_SAID for each in found)
    return is_said and len({each[0].text for each in found}) > 1


def _is_name(text: str) -> bool:
    return yes_or_no(text) is None or text.isdigit()


TESTS: dict[str, Callable[[str], bool]] = {
    FLAG.name: lambda text: yes_or_no(text) is not None,
    SLOTS.name: lambda text: bool(SPAN.search(text)) and not DATE.search(text),
    ID.name: _is_name,
    IDS.name: _is_name,
    ADDRESS.name: lambda text: text.strip().lower().startswith(("http://", "https://")),
}


def _trust_text(field: Field, column: Observed) -> float:
    texts = list(column.counts)[:SAMPLE]
    numbers = sum(each.replace(".", "", 1).replace(",", "", 1).isdigit() for each in texts)
    long = sum(len(each) > LONG_NAME for each in texts)
    if field.names and (2 * numbers > len(texts) or 2 * long > len(texts)):
        return 0.5
    if any(each.isdigit() is False and each.replace(".", "", 1).isdigit() for each in texts):
        return 0.6  # decimals measure something
    if sum(bool(MONEY.search(each)) for each in texts) * 2 > len(texts):
        return 0.5
    if all(each.lower().startswith(("http://", "https://")) for each in texts):
        return 0.6
    is_flagged = all(yes_or_no(each) is not None and not each.isdigit() for each in texts)
    return 0.5 if is_flagged else 1.0


def are_ids(column: Observed) -> bool:
    """Whether the cells are numbers such as a service gives."""
    return bool(column.counts) and all(
        each.isdigit() and int(each) >= LEAST_ID for each in column.counts
    )


def tells_rows_apart(column: Observed) -> bool:
    """Whether every row has a text of its own."""
    return column.filled > 0 and not column.blanks and len(column.counts) == column.filled


def may_restrict(column: Observed, is_near: bool) -> bool:
    """Whether the cells may say who may book: lists, or a few names that rows share.

    A room's `Plan` may also be a drawing, its `Team name` who sits there: a near name has to be
    borne out by a list, and another one refuted by files or by a text of its own in every row.
    """
    if any(LISTED.search(each) for each in column.counts):
        return True
    is_own = tells_rows_apart(column) and column.filled >= MANY_ROWS
    return not (is_near or is_own or any(DRAWING.search(each) for each in column.counts))
