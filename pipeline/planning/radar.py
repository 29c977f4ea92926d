"""Looks for records that a new row may mean under another spelling, and says so. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.mapping.alike import Names
from pipeline.planning.plan import NEAR_RECORD, Change
from pipeline.planning.stored import Stored, same_name
from pipeline.problems import Problem, problem, quoted
from pipeline.rows import Row
from pipeline.schema import Entity

MAX_NAMED = 3  # candidates that one row is told of
MAX_ROWS = 20  # that are told one by one; of more, a line says how many there are
NEAR_ROW = "near_row"


@dataclass(frozen=True)
class Radar:
    """What the new rows of a sheet are compared with."""

    sheet: str
    entity: Entity
    rows: Sequence[Row]
    stored: Stored

    def watched(self, changes: Sequence[Change]) -> list[Change]:
        """Return the changes, those that create what is there already with a warning.

        A row whose Action is create was decided by a person: nothing is said of it. Records that
        another row means are no candidates.
        """
        decided = {each.number for each in self.rows if each.action == "create"}
        new = [each for each in changes if each.action == "create" and each.place is not None]
        near = self._near_records([each for each in new if each.row not in decided], changes)
        rows = _near_rows(new)
        return [each if each.row in decided else self._warned(each, near, rows) for each in changes]

    def _near_records(
        self, new: Iterable[Change], changes: Iterable[Change]
    ) -> dict[int, list[str]]:
        """Return by row what the new ones resemble in their location, in words."""
        new = list(new)
        meant = self._meant(changes)
        ids: dict[int, dict[str, tuple[int, ...]]] = {each.place or 0: {} for each in new}
        for (place, name), numbers in self.stored.ids.items():
            if place in ids and (free := tuple(each for each in numbers if each not in meant)):
                ids[place][name] = free
        names = {place: Names.of(there) for place, there in ids.items()}
        return {
            each.row: [
                self._record(name, number)
                for name in names[each.place or 0].like(each.name)
                for number in ids[each.place or 0][name]
            ]
            for each in new
        }

    def _meant(self, changes: Iterable[Change]) -> set[int]:
        """Return the records that rows mean, those included that are left out by their Action."""
        skipped = {each.row for each in changes if each.action == "skip"}
        rows = [each for each in self.rows if each.number in skipped]
        names = {same_name(each.value(self.entity.key[-1])) for each in rows}
        meant = {each.value(self.entity.id_field.name) for each in rows}
        meant |= {each.record_id for each in changes}
        meant |= {n for (_, name), ids in self.stored.ids.items() if name in names for n in ids}
        return {each for each in meant if isinstance(each, int)}

    def _record(self, name: str, number: int) -> str:
        archived = ", archived" if number in self.stored.archived else ""
        return f"{quoted(name)} ({number}{archived})"

    def _warned(
        self, change: Change, near: Mapping[int, list[str]], rows: Mapping[int, list[str]]
    ) -> Change:
        found = [
            self._problem(code, change, among[change.row])
            for code, among in ((NEAR_RECORD, near), (NEAR_ROW, rows))
            if among.get(change.row)
        ]
        return replace(change, problems=(*change.problems, *found)) if found else change

    def _problem(self, code: str, change: Change, candidates: Sequence[str]) -> Problem:
        entity = self.entity
        return problem(
            code,
            self.sheet,
            row=change.row,
            column=entity.key[-1],
            value=change.name,
            noun=entity.noun,
            id=entity.id_field.name,
            candidates=" or ".join(candidates[:MAX_NAMED]),
        )


def _near_rows(new: Iterable[Change]) -> dict[int, list[str]]:
    """Return by row which rows above it, new in the same location, it resembles."""
    found: dict[int, list[str]] = {}
    above: dict[int, Names] = {}
    rows: dict[tuple[int, str], int] = {}
    for each in new:
        place = each.place or 0
        names = above.setdefault(place, Names())
        if near := [f"{quoted(n)} on row {rows[place, n]}" for n in names.like(each.name)]:
            found[each.row] = near
        names.add(each.name)
        rows[place, each.name] = each.row
    return found


def condensed(problems: Iterable[Problem], entity: Entity) -> Iterator[Problem]:
    """Say once how many new rows resemble something, when there are many of them."""
    kept = list(problems)
    many: dict[str, list[Problem]] = {}
    for code in (NEAR_RECORD, NEAR_ROW):
        found = [each for each in kept if each.code == code]
        if len(found) > MAX_ROWS:
            many[code] = found
    yield from (each for each in kept if each.code not in many)
    for code, found in many.items():
        first = found[0]
        yield problem(
            f"many_{code}s",
            first.sheet,
            column=first.column,
            nouns=entity.nouns,
            id=entity.id_field.name,
            count=f"{len(found):,}",
            first=f"row {first.row}: {first.message}",
        )
