"""What is known of rows by the number their source gave them: which record became of each. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace

from pipeline.planning.plan import Change
from pipeline.problems import Problem, problem, quoted
from pipeline.rows import Row
from pipeline.schema import Entity


@dataclass(frozen=True)
class Known:
    """A record that became of a row of the source; `name` is what it was called then."""

    record_id: int
    name: str


Ledger = Mapping[str, Known]  # by source id


def source_id(row: Row) -> str:
    """Return the number of a row in its source, in the form in which two are compared."""
    return row.source_id.strip()


def recognised(
    entity: Entity, row: Row, ledger: Ledger, there: Container[int] | None = None
) -> Row:
    """Return a row without an id of its own with the one that the ledger keeps.

    With `there`, the records that the account has, only if the record is among them.
    """
    id_name, known = entity.id_field.name, ledger.get(source_id(row))
    if known is None or row.fills(id_name):
        return row
    if there is not None and known.record_id not in there:
        return row
    return row.with_values({id_name: known.record_id})


def minded(sheet: str, entity: Entity, row: Row, change: Change, ledger: Ledger) -> Change:
    """Lay what the ledger knows over the change of a row: its source id, what contradicts, blocks.

    A record that the ledger keeps and the account has no longer is never silently made anew.
    """
    if number := source_id(row):
        change = replace(change, source_id=number)
    known = ledger.get(change.source_id)
    if known is None or change.record_id == known.record_id:
        return change
    code = _contradiction(entity, row, change)
    if code is None:
        return change
    found = problem(
        code,
        sheet,
        row=row.number,
        column=entity.key[-1] if code != "ledger_other" else entity.id_field.name,
        number=quoted(change.source_id),
        noun=entity.noun,
        was=f"{quoted(known.name)} ({known.record_id})",
        actual=change.record_id,
        id=entity.id_field.name,
    )
    return replace(change, problems=(*change.problems, found))


def _contradiction(entity: Entity, row: Row, change: Change) -> str | None:
    if change.record_id is not None:
        return "ledger_other" if row.fills(entity.id_field.name) else "ledger_namesake"
    if change.action in {"create", "invalid"} and row.action != "create":
        return "ledger_gone"
    return None


def claimed(changes: Iterable[Change], ledger: Ledger) -> dict[int, int]:
    """Return the rows that mean a record by their source id, by record: no other row may mean it.

    A new row of the source may have the name that the record has had until now.
    """
    found: dict[int, int] = {}
    for change in changes:
        known = ledger.get(change.source_id)
        if known and change.record_id == known.record_id:
            found.setdefault(known.record_id, change.row)
    return found


def handed_over(
    sheet: str, entity: Entity, changes: Iterable[Change], ledger: Ledger
) -> list[Change]:
    """Return the changes, with a warning where a record stood for another row of the source."""
    owners = {known.record_id: number for number, known in ledger.items()}
    found = []
    for change in changes:
        owner = owners.get(change.record_id or 0, change.source_id)
        taken = change.source_id and owner != change.source_id
        if not taken or change.action not in {"update", "unchanged"}:
            found.append(change)
            continue
        warning = problem(
            "ledger_moved",
            sheet,
            row=change.row,
            column=entity.key[-1],
            number=quoted(change.source_id),
            was=f"{quoted(change.name)} ({change.record_id})",
            other=quoted(owner),
            id=entity.id_field.name,
        )
        found.append(replace(change, problems=(*change.problems, warning)))
    return found


def doubled_source_ids(
    sheet: str, entity: Entity, rows: Iterable[Row], column: str
) -> list[Problem]:
    """Find rows with the same source id; `column` is the user's own header."""
    first: dict[str, int] = {}
    found = []
    for row in rows:
        number = source_id(row)
        if not number or row.action == "skip":
            continue
        other = first.setdefault(number, row.number)
        if other != row.number:
            found.append(
                problem(
                    "same_source_id",
                    sheet,
                    row=row.number,
                    column=column,
                    value=number,
                    other=other,
                    noun=entity.noun,
                )
            )
    return found
