"""Rows of one file that link to each other: who becomes a record, and who after all does not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.planning.directory import is_row
from pipeline.planning.names import Resolver, is_own_list, names_any
from pipeline.planning.plan import Change
from pipeline.planning.stored import Named, NewRow, Stored, Target, same_name
from pipeline.problems import Problem, is_error, problem, quoted
from pipeline.rows import Row
from pipeline.schema import Entity, Value

LOST = "linked_row_lost"
WHY = {  # what becomes of a row that creates nothing
    "skip": "its Action is skip",
    "blocked": "it is blocked",
    "invalid": "it has problems of its own",
}


@dataclass(frozen=True)
class Newcomers:
    """Rows that are to become records, and those that will not, by what the file says of them.

    `coming` also has records under the names that the file is about to give them.
    """

    coming: tuple[Target, ...]
    left_out: tuple[NewRow, ...]


def names_own(entity: Entity, rows: Sequence[Row]) -> bool:
    """Whether a row gives a name in a list of own records: only there a newcomer can be meant."""
    own = [each.name for each in entity.fields if is_own_list(entity, each)]
    return any(
        names_any(row.value(name)) or names_any(row.defaults.get(name))
        for row in rows
        for name in own
    )


def find_newcomers(sheet: str, entity: Entity, rows: Iterable[Row], stored: Stored) -> Newcomers:
    """Return what the rows of a file bring to an account that a link may name."""
    resolver = Resolver(sheet, entity, stored)
    coming: list[Target] = []
    left_out = []
    for row in (each.with_defaults(entity) for each in rows):
        name, place = row.value(entity.key[-1]), resolver.place_of(row)
        if name is None:
            continue
        record = stored.records.get(row.value(entity.id_field.name) or 0)
        if record is not None:
            if same_name(record.get(entity.key[-1])) != same_name(name):
                where = place or record.get(entity.key[0])
                coming.append(Named(row.value(entity.id_field.name), str(name), where))
            continue
        if row.fills(entity.id_field.name) or (place, same_name(name)) in stored.ids:
            continue
        new = NewRow(row.number, same_name(name), place)
        if row.action in {"", "create"}:
            coming.append(new)
        else:
            left_out.append(new)
    return Newcomers(tuple(coming), tuple(left_out))


def are_all_near(entity: Entity, rows: Sequence[Row], stored: Stored) -> bool:
    """Whether every name in lists of own records is one of the row's own location.

    That comes first: the records of the other locations need not be listed then.
    """
    new = find_newcomers("", entity, rows, stored)
    resolver = Resolver("", entity, stored, tuple(filter(is_row, new.coming)))
    own = [each for each in entity.fields if is_own_list(entity, each)]
    for row in rows:
        place = resolver.place_of(row)
        for field in own:
            for text in row.value(field.name) or ():
                if not isinstance(text, str):
                    continue
                found = resolver.matches(field, text, place)
                if place is None or not any(each.place == place for each in found):
                    return False
    return True


def parted(
    values: Mapping[str, Value],
) -> tuple[dict[str, Value], dict[str, tuple[int, ...]]]:
    """Part values into those that can be sent and, by field, the rows whose ids are not known."""
    lists = [(name, value) for name, value in values.items() if isinstance(value, list)]
    links = {}
    for name, value in lists:
        if rows := tuple(each.row for each in value if isinstance(each, NewRow)):
            links[name] = rows
    known = {name: [e for e in values[name] if not isinstance(e, NewRow)] for name in links}
    return {**values, **known}, links


def who_links(changes: Iterable[Change]) -> dict[int, set[int]]:
    """Return, by row, the rows that link to it."""
    found: dict[int, set[int]] = {}
    for change in changes:
        for other in (row for rows in change.links.values() for row in rows):
            found.setdefault(other, set()).add(change.row)
    return found


def lost_links(
    sheet: str,
    by_row: Mapping[int, Change],
    asked: Iterable[int],
    columns: Mapping[tuple[int, str], str],
) -> dict[int, list[Problem]]:
    """Return, by row of those asked for, the links to rows that create nothing after all.

    A row that is lost takes those with it that link to it: these are asked for next.
    A row that is lost itself is told of those that are for reasons of their own.
    `columns` says by row and list in which column the link stands.
    """
    found: dict[int, list[Problem]] = {}
    for change in (by_row[row] for row in asked):
        for name, rows in change.links.items():
            for other in map(by_row.__getitem__, rows):
                if other.action == "create" or not (change.writes or _is_cause(other, change)):
                    continue
                lost = problem(
                    LOST,
                    sheet,
                    row=change.row,
                    column=columns[change.row, name],
                    value=other.name,
                    other=other.row,
                    why=WHY.get(other.action, f"its Action is {other.action}"),
                )
                found.setdefault(change.row, []).append(lost)
    return found


def _is_cause(other: Change, change: Change) -> bool:
    """Whether a row is lost for more than its links to other rows."""
    codes = {each.code for each in other.problems if is_error(each)}
    return other.row != change.row and codes != {LOST}


def links_to_deleted(
    sheet: str, changes: Sequence[Change], columns: Mapping[tuple[int, str], str]
) -> dict[int, list[Problem]]:
    """Return, by row, the links that the plan would add to records that it deletes."""
    deleted = {each.record_id: each for each in changes if each.action == "delete"}
    by_row = {each.row: each for each in changes}
    found: dict[int, list[Problem]] = {}
    for (row, name), column in columns.items() if deleted else ():
        change = by_row[row]
        had = (change.before or {}).get(name) or ()
        for number in (change.payload or {}).get(name) or ():
            if number not in deleted or number in had:
                continue
            other = deleted[number]
            lost = problem(
                "linked_record_deleted",
                sheet,
                row=row,
                column=column,
                value=number,
                which=f"{quoted(other.name)} ({number})",
                other=other.row,
            )
            found.setdefault(row, []).append(lost)
    return found
