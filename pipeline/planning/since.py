"""An edited export and the account since: what nobody edited is no wish, what both changed is said.

A row that does not come from an export has no base, and nothing here concerns it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import replace

from pipeline.planning.overlay import same, stored_value
from pipeline.planning.plan import Difference
from pipeline.planning.stored import Record, same_name
from pipeline.problems import Problem, problem, quoted
from pipeline.rows import ACTION_COLUMN, Base, Digest, Mark, Row
from pipeline.schema import Cell, Entity, Field, Value

MAX_NAMED = 5  # cells of a column that are named one by one


def without_respelt(entity: Entity, row: Row) -> Row:
    """Return a row with ids only, without those cells that now name what they held as ids."""
    if row.base is None:
        return row
    values, untouched = dict(row.values.items()), dict(row.base.untouched)
    for name, before in row.base.edited.items():
        field, value = entity.by_name[name], values.get(name)
        if not field.link or value is None or isinstance(value, Mark) or not _is_told(before):
            continue
        if same(field, before, value):
            untouched[name] = values.pop(name)
    return replace(row, values=values, base=replace(row.base, untouched=untouched))


def wishes_nothing(entity: Entity, row: Row) -> bool:
    """Whether nobody edited the row since it was exported."""
    if row.base is None or row.action or row.bad:
        return False
    fields = (entity.by_name[name] for name in (*row.values, *row.base.edited))
    return not any(each.writable or each.names for each in fields)


def met(
    sheet: str, entity: Entity, row: Row, record: Record, changed: Iterable[Difference]
) -> list[Problem]:
    """Name where the row meets what somebody else has changed in the account since the export.

    `changed` is what the row changes of the stored record.
    """
    if row.base is None or _stands_still(entity, row.base, record):
        return []
    written = {each.field: each for each in changed}
    return [
        *_both(sheet, entity, row, record, written.values()),
        *_left(sheet, entity, row, record, written),
    ]


def lost(sheet: str, entity: Entity, row: Row, record: Record) -> list[Problem]:
    """Name what somebody else has changed since the export in a record that is to be deleted."""
    if row.base is None or _stands_still(entity, row.base, record):
        return []
    changed = [str(each.column) for each in _left(sheet, entity, row, record, ())]
    if not changed:
        return []
    name = record.get(entity.key[-1])
    columns = ", ".join(changed[:MAX_NAMED]) + (" …" if len(changed) > MAX_NAMED else "")
    return [
        problem(
            "deleted_changed",
            sheet,
            row=row.number,
            column=ACTION_COLUMN,
            value=name,
            columns=columns,
        )
    ]


def _both(
    sheet: str, entity: Entity, row: Row, record: Record, changed: Iterable[Difference]
) -> list[Problem]:
    found = []
    for each in changed:
        field, stored = entity.by_name[each.field], stored_value(entity, each.field, record)
        before = _before(row, each.field)
        if not _has_moved(field, before, stored) or _is_vague(entity, row, field, before, record):
            continue
        was = f"from {_words(field.kind.show(before))} " if _is_told(before) else ""
        found.append(
            problem(
                "changed_both",
                sheet,
                row=row.number,
                column=field.name,
                value=each.new,
                change=f"{was}to {_words(field.kind.show(stored))}",
                new=_words(each.new),
            )
        )
    return found


def _left(
    sheet: str, entity: Entity, row: Row, record: Record, written: Container[str]
) -> list[Problem]:
    found = []
    untouched = row.base.untouched if row.base else {}
    for name, value in untouched.items():
        field = entity.by_name[name]
        if not field.writable or name in written:
            continue
        stored = stored_value(entity, name, record)
        if stored == value or _is_vague(entity, row, field, value, record):
            continue
        if same(field, stored, value):
            continue
        found.append(
            problem(
                "changed_since",
                sheet,
                row=row.number,
                column=name,
                value=field.kind.show(value),
                actual=_words(field.kind.show(stored)),
            )
        )
    return found


def _is_vague(
    entity: Entity, row: Row, field: Field, value: Value | Digest | Mark, record: Record
) -> bool:
    """Whether a cell may say something else than the account although nobody changed that.

    The results of an import keep what was typed: names of ids, <clear>, ids beside a name that
    counts instead, lists beside what was added to them.
    """
    items = value if isinstance(value, list) else [value]
    if isinstance(value, Mark) or (field.link and any(isinstance(each, str) for each in items)):
        return True
    asked = [entity.by_name[name] for name in row.values]
    if any(field.name in {each.adds_to, each.takes_from} for each in asked):
        return True
    stand_in = entity.name_columns.get(field.name)
    name = _shown_before(row, stand_in) if stand_in else None
    return isinstance(name, str) and same_name(name) == same_name(record.get(stand_in or ""))


def _shown_before(row: Row, name: str) -> Value | Digest | Mark:
    if row.base is None:
        return None
    return row.base.edited.get(name, row.base.untouched.get(name))


def condensed(problems: Iterable[Problem]) -> list[Problem]:
    """Name a column once, if many of its cells are left as somebody else has set them."""
    columns: dict[tuple[str, str | None], list[Problem]] = {}
    rest = []
    for each in problems:
        if each.code == "changed_since":
            columns.setdefault((each.sheet, each.column), []).append(each)
        else:
            rest.append(each)
    for (sheet, column), found in columns.items():
        if len(found) <= MAX_NAMED:
            rest += found
        else:
            rest.append(
                problem(
                    "often_changed_since",
                    sheet,
                    column=column,
                    count=f"{len(found):,}",
                    first=found[0].row,
                )
            )
    return rest


def _stands_still(entity: Entity, base: Base, record: Record) -> bool:
    """Whether nobody has changed the record since the export."""
    return bool(base.stamp) and record.get(entity.stamp_field.name) == base.stamp


def _before(row: Row, name: str) -> Value | Digest | Mark:
    """Return what the export wrote into the cell that is asked for, KEPT if none is.

    An id for which a name was given instead was not edited itself.
    """
    if row.base is None or name not in row.values:
        return Mark.KEPT
    edited = row.base.edited
    return edited[name] if name in edited else row.base.untouched.get(name, Mark.KEPT)


def _is_told(before: Value | Digest | Mark) -> bool:
    return not isinstance(before, Digest | Mark)


def _has_moved(field: Field, before: Value | Digest | Mark, stored: Value) -> bool:
    if isinstance(before, Mark):
        return False
    if isinstance(before, Digest):
        return Digest.of(str(field.kind.show(stored) or "")) != before
    return not same(field, stored, before)


def _words(cell: Cell) -> str:
    return "blank" if cell is None or cell == "" else quoted(cell)
