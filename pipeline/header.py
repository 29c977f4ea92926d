"""The header of a sheet: which column holds which field, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.kinds import plain
from pipeline.mapping.near import nearest, suggestion
from pipeline.problems import Problem, problem
from pipeline.rows import ACTION_COLUMN, RESULT_COLUMNS
from pipeline.schema import Entity
from pipeline.sheets.columns import companion_fields
from pipeline.sheets.read import Column, Sheet


@dataclass(frozen=True)
class Header:
    """Column numbers (1 = A) by field; `results` are the columns an earlier results file added.

    `shown` are columns of names beside ids that an export adds: nothing of them is sent.
    """

    fields: Mapping[str, int]
    shown: Mapping[str, int]
    action: int | None
    results: Mapping[str, int]
    problems: tuple[Problem, ...]


def known_names(entity: Entity) -> tuple[str, ...]:
    """Return every column name that a sheet of `entity` may have."""
    names = tuple(each.name for each in entity.fields if each.in_sheet)
    return (*names, ACTION_COLUMN, *RESULT_COLUMNS, *_companions(entity))


def _companions(entity: Entity) -> tuple[str, ...]:
    return tuple(each.name for each in companion_fields(entity))


def read_header(sheet: Sheet, entity: Entity, *, unknown: str = "warn") -> Header:
    """Find the field of every column; `unknown` is warn, error or ignore."""
    by_plain = {plain(name): name for name in known_names(entity)}
    columns: dict[str, list[Column]] = {}
    strangers = []
    for column in sheet.columns:
        name = by_plain.get(plain(column.text))
        if name is None:
            strangers.append(column)
        else:
            columns.setdefault(name, []).append(column)
    first = {name: found[0].number for name, found in columns.items()}
    problems = [
        *_doubled(sheet, columns),
        *([] if unknown == "ignore" else _unknown(sheet, strangers, by_plain, unknown)),
        *_nameless(sheet),
        *(problem("second_header", sheet.name, row=row) for row in sheet.repeated),
        *_keyless(sheet, entity, first),
    ]
    return Header(
        fields={name: first[name] for name in first if name in entity.by_name},
        shown={name: first[name] for name in _companions(entity) if name in first},
        action=first.get(ACTION_COLUMN),
        results={name: first[name] for name in RESULT_COLUMNS if name in first},
        problems=tuple(problems),
    )


def _doubled(sheet: Sheet, columns: Mapping[str, list[Column]]) -> list[Problem]:
    return [
        problem(
            "column_doubled",
            sheet.name,
            column=name,
            letters=" and ".join(each.letter for each in found),
        )
        for name, found in columns.items()
        if len(found) > 1
    ]


def _unknown(
    sheet: Sheet, strangers: list[Column], by_plain: Mapping[str, str], unknown: str
) -> list[Problem]:
    code = "column_refused" if unknown == "error" else "column_unknown"
    return [
        problem(
            code, sheet.name, column=each.text, nearest=suggestion(each.text, by_plain.values())
        )
        for each in strangers
    ]


def _nameless(sheet: Sheet) -> list[Problem]:
    return [
        problem(
            "header_blank", sheet.name, letter=Column(number, "").letter, header=sheet.header_row
        )
        for number in sheet.nameless
    ]


def _keyless(sheet: Sheet, entity: Entity, columns: Mapping[str, int]) -> list[Problem]:
    def given(name: str) -> bool:
        return name in columns or entity.name_columns.get(name) in columns

    if given(entity.id_field.name) or all(map(given, entity.key)):
        return []
    texts = {column.text for column in sheet.columns}
    near = [
        f" Found '{found[0]}': rename it to {name}."
        for name in entity.key
        if not given(name) and (found := nearest(name, texts, count=1))
    ]
    return [
        problem(
            "key_missing",
            sheet.name,
            noun=entity.noun,
            id=entity.id_field.name,
            key=" and ".join(entity.key),
            near="".join(near),
        )
    ]
