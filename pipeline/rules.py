"""Whether a row can be meant as it stands: what a new record needs, and the rules across fields.

Rules look at the record as it will be stored, the sheet laid over what the account has. A rule is
asked only when the row fills or changes one of its fields: what somebody else left in the account
is no problem of this file.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace

from pipeline.problems import Problem, problem
from pipeline.rows import CLEAR, Row, columns_of
from pipeline.schema import Entity, Rule, Value
from pipeline.sheets.markers import KEPT as KEPT_TEXT


def judge_new(sheet: str, entity: Entity, row: Row, columns: Container[str]) -> list[Problem]:
    """Return the problems of a row that becomes a new record. `columns` are those of the sheet."""
    values = row.written()
    return [
        *_unfit(sheet, entity, row, columns),
        *_broken(sheet, entity.rules, row, values, values, new=True),
    ]


def judge_all_new(
    sheet: str, entity: Entity, rows: Sequence[Row], columns: Container[str]
) -> list[Problem]:
    """Return what `judge_new` finds in each of many rows, rule by rule: three times as fast."""
    needed = {each.name for each in entity.required}
    values = columns_of(rows, needed.union(*(rule.fields for rule in entity.rules)))
    lacks = [name for name in needed if None in values[name]]
    unsure = (row for row in rows if row.kept or not all(map(row.values.__contains__, lacks)))
    found = [each for row in unsure for each in _unfit(sheet, entity, row, columns)]
    for rule in entity.rules:
        found += [
            _problem(sheet, rule, row, row.written(), words)
            for row, words in _said(rule, rows, [values[name] for name in rule.fields])
            if words is not None and row.bad.isdisjoint(rule.fields)
        ]
    return found


def _said(
    rule: Rule, rows: Sequence[Row], columns: Sequence[Sequence[Value]]
) -> Iterable[tuple[Row, str | None]]:
    """Ask a rule about rows; of a single column each cell, which many rows share, is asked once."""
    if len(columns) > 1:
        return zip(rows, map(rule.finds, *columns), strict=True)
    places = list(map(id, columns[0]))
    cells = dict(zip(places, columns[0], strict=True))
    said = {place: rule.finds(cell) for place, cell in cells.items()}
    if all(each is None for each in said.values()):
        return ()
    return zip(rows, map(said.__getitem__, places), strict=True)


def _unfit(sheet: str, entity: Entity, row: Row, columns: Container[str]) -> list[Problem]:
    """Return what a new record needs and the row lacks, and what it cannot have."""
    missing = [
        _missing(sheet, entity, row, each.name, columns)
        for each in entity.required
        if not row.fills(each.name) and not row.fills(entity.name_columns.get(each.name, ""))
    ]
    kept = [
        problem(
            "kept_marker",
            sheet,
            row=row.number,
            column=name,
            value=f"{KEPT_TEXT} …>",
            noun=entity.noun,
        )
        for name in sorted(row.kept)
    ]
    return missing + kept


def judge_update(
    sheet: str, entity: Entity, row: Row, stored: Mapping[str, Value], changed: Iterable[str]
) -> list[Problem]:
    """Return the problems of a row laid over a stored record; `changed` names what differs."""
    values = {
        each.name: None if stored.get(each.name) == each.unset else stored.get(each.name)
        for each in entity.fields
    }
    written = row.written()
    values |= written
    rules = [
        rule
        for rule in entity.rules
        if not rule.only_new and (rule.on_sheet or not set(rule.fields).isdisjoint(changed))
    ]
    return _broken(sheet, rules, row, values, written, new=False)


def judge_alone(sheet: str, entity: Entity, row: Row) -> list[Problem]:
    """Return what is wrong with a row whatever its stored record holds: no account is asked."""
    values, written = row.shown(), row.written()
    rules = [
        rule
        for rule in entity.rules
        if not rule.only_new and (rule.on_sheet or all(name in values for name in rule.fields))
    ]
    return _broken(sheet, rules, row, values, written, new=False)


def _missing(sheet: str, entity: Entity, row: Row, name: str, present: Container[str]) -> Problem:
    stand_in = entity.name_columns.get(name, "")
    if name in present or stand_in in present:
        return problem(
            "required_blank",
            sheet,
            row=row.number,
            column=name if name in present else stand_in,
            noun=entity.noun,
            id=entity.id_field.name,
        )
    return problem(
        "column_missing",
        sheet,
        row=row.number,
        column=name,
        nouns=entity.nouns,
        instead=f"Add it, or {stand_in}." if stand_in else "Add it.",
    )


def _broken(  # noqa: PLR0913 - the same row seen in two ways
    sheet: str,
    rules: Iterable[Rule],
    row: Row,
    stored: Mapping[str, Value],
    written: Mapping[str, Value],
    *,
    new: bool,
) -> list[Problem]:
    found = []
    for rule in rules:
        if row.bad and not row.bad.isdisjoint(rule.fields):
            continue
        if not (new or _touches(written, rule)):
            continue
        values = written if rule.on_sheet else stored
        words = rule.finds(*map(values.get, rule.fields))
        if words is not None:
            found.append(_problem(sheet, rule, row, values, words))
    return found


def _touches(written: Mapping[str, Value], rule: Rule) -> bool:
    """Whether the row fills one of the rule's cells."""
    return any(name in written for name in rule.fields)


def _problem(sheet: str, rule: Rule, row: Row, values: Mapping[str, Value], words: str) -> Problem:
    value = values.get(rule.column)
    return Problem(
        sheet=sheet,
        row=row.number,
        column=rule.column,
        code=rule.code,
        severity=rule.severity,
        value=None if value is None or value is CLEAR else str(value),
        message=words,
        hint=rule.hint,
    )


def gather_missing(problems: Iterable[Problem]) -> list[Problem]:
    """Say once that a whole column is missing, instead of once per row.

    Without any column that tells records apart, that is said instead of all else that is missing.
    """
    found = list(problems)
    keyless = any(each.code == "key_missing" for each in found)
    columns: dict[str | None, Problem] = {}
    rest = []
    for each in found:
        if each.code == "column_missing" and keyless:
            continue
        if each.code == "column_missing":
            columns.setdefault(each.column, replace(each, row=None))
        else:
            rest.append(each)
    return [*columns.values(), *rest]
