"""Rows of one sheet that mean the same record, by what the sheet alone says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from pipeline.planning.stored import same_name
from pipeline.problems import Problem, problem, quoted
from pipeline.rows import CLEAR, Row
from pipeline.schema import Entity


def doubled_rows(sheet: str, entity: Entity, rows: Iterable[Row]) -> list[Problem]:
    """Find rows that mean the same record by what the sheet alone says."""
    id_name = entity.id_field.name
    place, name = entity.key
    stand_in = entity.name_columns.get(place, "")

    def by_id(row: Row) -> object:
        return row.value(id_name)

    def by_key(row: Row) -> object:
        where = row.value(place) or row.value(stand_in)
        if by_id(row) is not None or where is None or row.value(name) is None:
            return None
        return same_name(where), same_name(row.value(name))

    def id_words(row: Row) -> dict[str, object]:
        return {"code": "same_id", "column": id_name, "value": by_id(row), "id": id_name}

    def key_words(row: Row) -> dict[str, object]:
        where = place if row.value(place) is not None else stand_in
        key = f"{where} {quoted(row.value(where))} with {name} {quoted(row.value(name))}"
        return {"code": "same_key", "column": name, "value": row.value(name), "key": key}

    kept = [row for row in rows if row.action != "skip"]
    return [
        *_repeats(sheet, kept, by_id, id_words),
        *_repeats(sheet, kept, by_key, key_words),
    ]


def _repeats(
    sheet: str,
    rows: Iterable[Row],
    key: Callable[[Row], object],
    words: Callable[[Row], Mapping[str, object]],
) -> list[Problem]:
    first: dict[object, int] = {}
    found = []
    for row in rows:
        same = key(row)
        if same is None or same is CLEAR:
            continue
        other = first.setdefault(same, row.number)
        if other != row.number:
            found.append(problem(sheet=sheet, row=row.number, other=other, **words(row)))  # type: ignore[arg-type]
    return found
