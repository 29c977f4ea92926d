"""Typed rows and what the account holds into a plan. Pure: asks nobody, writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline import rules
from pipeline.planning import radar
from pipeline.planning.ledger import claimed, handed_over, minded, recognised
from pipeline.planning.names import Resolved, Resolver, is_own_list
from pipeline.planning.newcomers import (
    Newcomers,
    find_newcomers,
    links_to_deleted,
    lost_links,
    names_own,
    parted,
    who_links,
)
from pipeline.planning.overlay import (
    create_payload,
    differences,
    sent_as_it_is,
    update_payload,
    wanted,
    without_guards,
)
from pipeline.planning.plan import Change, Plan
from pipeline.planning.sequence import in_sequence
from pipeline.planning.since import condensed, lost, met, wishes_nothing, without_respelt
from pipeline.planning.stored import Key, Stored, same_name
from pipeline.problems import Problem, in_sheet_order, is_error, problem, quoted
from pipeline.rows import Row
from pipeline.schema import Entity, Field, Value

BLOCKED = {  # problems that only the account could tell: the row is blocked, not invalid
    "no_such_record",
    "several_records",
    "already_there",
    "not_there",
    "delete_not_allowed",
    "unknown_name",
    "ambiguous_name",
    "same_record",
    "linked_row_lost",
    "linked_record_deleted",
    "id_of_other_account",
    "other_record",
    "ledger_gone",
    "ledger_taken",
}


@dataclass(frozen=True)
class Request:
    """What is to be planned: the typed rows of one sheet and the options that bear on them."""

    sheet: str
    entity: Entity
    columns: Sequence[str]
    rows: Sequence[Row]
    problems: Sequence[Problem]
    allow_delete: bool = False


def build(request: Request, stored: Stored) -> Plan:
    """Return the plan for all rows: in sheet order, each with exactly one action."""
    known, there = stored.ledger, stored.records
    rows = [recognised(request.entity, each, known, there) for each in request.rows]
    request = replace(request, rows=rows)
    by_row: dict[int, list[Problem]] = {}
    for each in request.problems:
        by_row.setdefault(each.row or 0, []).append(each)
    new = Newcomers((), ())
    if names_own(request.entity, request.rows):
        new = find_newcomers(request.sheet, request.entity, request.rows, stored)
    resolver = Resolver(request.sheet, request.entity, stored, new.coming, new.left_out)
    builder = _Builder(request, stored, by_row, resolver)
    tied = builder.tied(builder.apart(builder.changes()))
    changes = radar.Radar(request.sheet, request.entity, request.rows, stored).watched(tied)
    own = [each for change in changes for each in change.problems]
    told = set(own)
    untold = [each for each in request.problems if each.row is None or each not in told]
    return Plan(
        changes=tuple(changes),
        problems=tuple(
            in_sheet_order(
                rules.gather_missing(
                    [
                        *untold,
                        *radar.condensed(condensed(own), request.entity),
                        *_edited(request, stored),
                    ]
                ),
                request.columns,
            )
        ),
        known_ids=frozenset(each for ids in stored.ids.values() for each in ids),
        twice=in_sequence(each for each in changes if each.writes).twice,
    )


def key_of(entity: Entity, row: Row) -> Key | None:
    """Return (location, name) of a row whose names are resolved; None when a part is blank."""
    place, name = map(row.value, entity.key)
    if not isinstance(place, int) or name is None:
        return None
    return place, same_name(name)


@dataclass(frozen=True, slots=True)
class _Draft:
    """What is to become of a row of the file, before the rules have judged the `new` ones."""

    row: Row
    change: Change
    problems: tuple[Problem, ...] = ()  # of its names
    new: Row | None = None


@dataclass(frozen=True)
class _Builder:
    request: Request
    stored: Stored
    problems: Mapping[int, Sequence[Problem]]  # of the request, by row
    resolver: Resolver

    def changes(self) -> list[Change]:
        """Plan every row, as if it stood alone."""
        drafts = [self._draft(row) for row in self.request.rows]
        new = [each.new for each in drafts if each.new is not None]
        request, found = self.request, dict[int, list[Problem]]()
        for each in rules.judge_all_new(request.sheet, request.entity, new, request.columns):
            found.setdefault(each.row or 0, []).append(each)
        return [self._change(each, found.get(each.row.number, ())) for each in drafts]

    def _draft(self, row: Row) -> _Draft:
        if row.action == "skip":
            return _Draft(row, Change(row.number, "skip", _name(self.request.entity, row)))
        resolved = self.resolver.resolve(row)
        draft = self._matched(without_respelt(self.request.entity, resolved.row), resolved)
        if isinstance(draft, Change):
            return _Draft(row, draft, resolved.problems)
        change, new = draft
        return _Draft(row, change, resolved.problems, new)

    def _change(self, draft: _Draft, found: Sequence[Problem]) -> Change:
        """Return what was drafted of a row with all its problems; `found` are a new record's."""
        row, change = draft.row, draft.change
        if row.action == "skip":
            return change
        change = _told(change, (*change.problems, *found))
        change = minded(self.request.sheet, self.request.entity, row, change, self.stored.ledger)
        own = self.problems.get(row.number, ())
        problems = tuple(dict.fromkeys((*own, *draft.problems, *change.problems)))
        return _settled(_told(change, problems))

    def _matched(self, row: Row, resolved: Resolved) -> Change | tuple[Change, Row]:
        """Return what is to become of a row; with a new record's row, which is not judged yet."""
        entity = self.request.entity
        record_id = row.value(entity.id_field.name)
        if record_id is None and entity.id_field.name not in row.bad:
            key = key_of(entity, row)
            ids = self.stored.ids.get(key, ()) if key else ()
            if len(ids) > 1:
                return self._blocked(
                    row,
                    "several_records",
                    entity.key[-1],
                    count=len(ids),
                    candidates=", ".join(map(str, ids)),
                )
            record_id = ids[0] if ids else None
        if record_id is None:
            return self._without_record(row, resolved)
        record = self.stored.records.get(record_id)
        if record is None:
            return self._gone(row, record_id)
        return self._with_record(row, record_id, record)

    def _without_record(self, row: Row, resolved: Resolved) -> Change | tuple[Change, Row]:
        entity = self.request.entity
        if row.action in {"update", "delete"}:
            return self._blocked(row, "not_there", entity.key[-1], action=row.action)
        row, unnamed = self._completed(row)
        unclear = {each.column for each in (*resolved.problems, *unnamed)}
        if unclear:
            row = replace(row, bad=row.bad | {str(each) for each in unclear})
        payload, links = _payload(entity, row)
        change = Change(
            row.number,
            "create",
            _name(entity, row),
            place=(key_of(entity, row) or (None,))[0],
            payload=payload,
            problems=unnamed,
            links=links,
        )
        return change, row

    def _completed(self, row: Row) -> tuple[Row, tuple[Problem, ...]]:
        """Fill a new record's blanks with its defaults; names among them are looked up too."""
        filled = row.with_defaults(self.request.entity)
        if filled is row:
            return row, ()
        place = self.request.entity.key[0]
        added = {n: value for n, value in filled.values.items() if n not in row.values}
        if not added or not isinstance(row.value(place), int):
            return filled, ()  # without its location no name can be told from its namesakes
        guided = replace(filled, values={**added, place: row.value(place)})
        found = self.resolver.resolve(guided)
        return replace(row, values={**found.row.values, **row.values}), found.problems

    def _gone(self, row: Row, record_id: int) -> Change:
        """Block a row whose record is not there, unless nobody asks anything of that record."""
        id_name = self.request.entity.id_field.name
        code = "already_gone" if row.action == "delete" else "gone_since"
        if code == "gone_since" and not wishes_nothing(self.request.entity, row):
            return self._blocked(row, "no_such_record", id_name, value=record_id)
        found = self._problem(code, row, id_name, value=record_id)
        name = _name(self.request.entity, row)
        return Change(row.number, "unchanged", name, problems=(found,))

    def _with_record(self, row: Row, record_id: int, record: Mapping[str, object]) -> Change:
        entity, name = self.request.entity, entity_name(self.request.entity, record)
        if row.action == "create" and not row.fills(entity.id_field.name):
            return self._blocked(row, "already_there", entity.key[-1], actual=record_id)
        base = Change(
            row.number, "unchanged", name, record_id, place=_place(entity, record), before=record
        )
        if row.action == "delete":
            if not self.request.allow_delete:
                return replace(
                    self._blocked(row, "delete_not_allowed", None), record_id=record_id, name=name
                )
            found = lost(self.request.sheet, entity, row, record)
            return replace(base, action="delete", problems=tuple(found))
        values = wanted(entity, row, record)
        if row.base is None:
            values = without_guards(entity, values, record)
        changed = differences(entity, values, record)
        names = tuple(each.field for each in changed)
        found = [
            *rules.judge_update(self.request.sheet, entity, row, record, names),
            *met(self.request.sheet, entity, row, record, changed),
        ]
        if not changed:
            return replace(base, problems=tuple(found))
        if row.action == "create":  # the results of a create have its id, and then were edited
            return self._blocked(row, "already_there", entity.key[-1], actual=record_id)
        known, links = parted(values)
        return replace(
            base,
            action="update",
            payload=update_payload(entity, known, names, record),
            differences=changed,
            problems=tuple(found),
            links=links,
        )

    def _blocked(
        self, row: Row, code: str, column: str | None, *, value: object = None, **words: object
    ) -> Change:
        name = _name(self.request.entity, row)
        found = self._problem(code, row, column, value=name if value is None else value, **words)
        return Change(row.number, "blocked", name, problems=(found,))

    def _problem(self, code: str, row: Row, column: str | None, **words: object) -> Problem:
        entity = self.request.entity
        return problem(
            code,
            self.request.sheet,
            row=row.number,
            column=column,
            noun=entity.noun,
            nouns=entity.nouns,
            id=entity.id_field.name,
            **words,
        )

    def apart(self, changes: list[Change]) -> list[Change]:
        """Block rows that mean a record, or would create one, that another row means already."""
        own = claimed(changes, self.stored.ledger)
        first: dict[object, int] = dict(own.items())
        apart = [self._apart(change, first, own) for change in changes]
        return handed_over(self.request.sheet, self.request.entity, apart, self.stored.ledger)

    def _apart(self, change: Change, first: dict[object, int], own: Mapping[int, int]) -> Change:
        record: object = change.record_id
        if record is None and change.action == "create":
            record = (change.place, same_name(change.name))
        if record is None or change.action == "skip":
            return change
        other = first.setdefault(record, change.row)
        if other == change.row or any(each.code.startswith("same_") for each in change.problems):
            return change
        entity = self.request.entity
        found = problem(
            "ledger_taken" if change.record_id in own else "same_record",
            self.request.sheet,
            row=change.row,
            other=other,
            noun=entity.noun,
            which=f"{entity.id_field.name} {change.record_id}"
            if change.record_id
            else quoted(change.name),
        )
        return _settled(replace(change, problems=(*change.problems, found)))

    def tied(self, changes: list[Change]) -> list[Change]:
        """Block rows that link to what the same plan deletes, or after all does not create."""
        sheet = self.request.sheet
        columns = _link_columns(self.request.entity, self.request.rows)
        deleted = links_to_deleted(sheet, changes, columns)
        tied = {each.row: _with(each, deleted.get(each.row, ())) for each in changes}
        linkers = who_links(changes)
        asked = {row for rows in linkers.values() for row in rows}
        while asked:
            lost = lost_links(sheet, tied, sorted(asked), columns)
            new = {row: _with(tied[row], found) for row, found in lost.items()}
            moved = {row for row, each in new.items() if each is not tied[row]}
            tied |= new
            asked = {row for other in moved for row in linkers.get(other, ())}
        return [each if each.writes else replace(each, links={}) for each in tied.values()]


def _payload(entity: Entity, row: Row) -> tuple[Mapping[str, Value], dict[str, tuple[int, ...]]]:
    """Return what a new record is made from, and its links to rows of the file.

    Where nothing is to be worked out, that is the row itself: another copy of each would take
    2 kB a row.
    """
    if sent_as_it_is(entity, row):
        return row.values, {}
    values, links = parted(wanted(entity, row, {}))
    return create_payload(values), links


def _told(change: Change, problems: tuple[Problem, ...]) -> Change:
    return change if problems == change.problems else replace(change, problems=problems)


def _with(change: Change, more: Iterable[Problem]) -> Change:
    """Return a change with the problems that it does not have yet."""
    new = [each for each in more if each not in change.problems]
    return _settled(replace(change, problems=(*change.problems, *new))) if new else change


def _link_columns(entity: Entity, rows: Iterable[Row]) -> dict[tuple[int, str], str]:
    """Return, by row and list of links, the column in which the row says what to add to it."""
    own = [each for each in entity.fields if is_own_list(entity, each) and not each.takes_from]
    return {
        (row.number, each.adds_to or each.name): each.name
        for row in rows
        for each in own
        if each.name in row.values
    }


def _settled(change: Change) -> Change:
    """Turn a change with an error into a blocked or an invalid one: nothing of it is sent."""
    errors = [each for each in change.problems if is_error(each)]
    if not errors:
        return change
    only_account = all(each.code in BLOCKED for each in errors)
    return replace(
        change,
        action="blocked" if only_account else "invalid",
        payload=None,
        differences=(),
    )


def _name(entity: Entity, row: Row) -> str:
    return str(row.shows(entity.key[-1]) or row.shows(entity.id_field.name) or "")


def entity_name(entity: Entity, record: Mapping[str, object]) -> str:
    """Return what a person calls a stored record."""
    return str(record.get(entity.key[-1]) or "")


def _place(entity: Entity, record: Mapping[str, object]) -> int | None:
    place = record.get(entity.key[0])
    return place if isinstance(place, int) else None


def _edited(request: Request, stored: Stored) -> list[Problem]:
    """Name the read-only columns in which somebody typed; what changes by itself is not asked."""
    found = []
    for field in request.entity.fields:
        if (
            field.writable
            or field.key
            or field.names
            or field.live
            or field.name not in request.columns
        ):
            continue
        edits = _edits(request, stored, field)
        if edits:
            found.append(
                problem(
                    "read_only_edited",
                    request.sheet,
                    column=field.name,
                    value=edits[0][1],
                    count=f"{len(edits)} cell{'s' if len(edits) > 1 else ''}",
                    first=edits[0][0],
                )
            )
    return found


def _edits(request: Request, stored: Stored, field: Field) -> list[tuple[int, Value]]:
    """Return the cells of a column that say something else than the account, by row.

    What a row was copied with from another one of the export is no edit.
    """
    id_name, same = request.entity.id_field.name, field.kind.sameness
    edits = []
    for row in request.rows:
        record, value = stored.records.get(row.value(id_name) or 0), row.value(field.name)
        if record is None or value is None or same(record.get(field.name)) == same(value):
            continue
        edits.append((row, value))
    bases = (row.base for row in request.rows if edits and row.base is not None)
    copied = {same(each.untouched.get(field.name)) for each in bases}
    return [(row.number, value) for row, value in edits if row.base or same(value) not in copied]
