"""A template laid beside the account that its rows are planned for.

Pure: the lists that an import looked up anyway are compared with those that the template offered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from pipeline.entities import LOOKUPS
from pipeline.planning.plan import Plan
from pipeline.planning.stored import Named, Stored
from pipeline.problems import Problem, problem
from pipeline.rows import Row
from pipeline.schema import Entity
from pipeline.sheets.lists import link_of
from pipeline.sheets.stamp import STAMP_SHEET, Account, Stamp
from pipeline.staleness.names import NameIndex, changes, listed, numbers
from pipeline.staleness.owner import Owner, compared, ids_given, owner


@dataclass(frozen=True)
class Since:
    """What a template's stamp says, and what the account says now."""

    sheet: str
    entity: Entity
    stamp: Stamp
    stored: Stored
    account: Account

    def problems(self, rows: Iterable[Row]) -> list[Problem]:
        """Say that the account is another one, or what became of the names it offered.

        In another account an id means another record, if any: rows that give one are not sent.
        """
        if not self.stamp.account:
            return []
        rows = [each for each in rows if each.action != "skip"]
        if self._owner == "other":
            return [self._problem("other_account"), *self._foreign_ids(rows)]
        found = [self._problem("other_login")] if self._owner == "unsure" else []
        said = [
            f"{LOOKUPS[link].nouns}: {words}"
            for link, offered, now in compared(self.stamp, self.stored)
            if (words := changes(offered, now))
        ]
        if said:
            found.append(self._problem("stale_names", changes="; ".join(said)))
        return [*found, *self._other_meanings(rows)]

    def explain(self, plan: Plan, rows: Iterable[Row]) -> Plan:
        """Say of names that led nowhere what they are called now, or that they are gone."""
        if not self.stamp.account or self._owner == "other":
            return plan
        by_number = {each.number: each for each in rows}

        def explained(problems: Iterable[Problem]) -> tuple[Problem, ...]:
            return tuple(self._explained(each, by_number) for each in problems)

        changes = (replace(each, problems=explained(each.problems)) for each in plan.changes)
        return replace(plan, changes=tuple(changes), problems=explained(plan.problems))

    def still_there(self, link: str, offered: Iterable[Named]) -> list[Named]:
        """Return the records of a list that the template offered, under the names of today."""
        return [now for each in offered if (now := self._by_id[link].get(each.id))]

    def renamed(self, link: str, name: str, place: int | None) -> list[Named]:
        """Return the records that the template offered by a name and that have another today."""
        if not self.stamp.account or self._owner == "other" or link not in self._now:
            return []
        return self.still_there(link, self._offered[link].find(name, place))

    @cached_property
    def _owner(self) -> Owner:
        return owner(self.stamp, self.stored, self.entity, self.account)

    def _foreign_ids(self, rows: Iterable[Row]) -> Iterator[Problem]:
        for row in rows:
            column, value = next(ids_given(self.entity, row), ("", 0))
            if column:
                yield self._problem("id_of_other_account", row.number, column, value)

    def _other_meanings(self, rows: Iterable[Row]) -> Iterator[Problem]:
        """Tell of names that mean another record than the one that the template offered.

        Where the former is still there under another name, or only another location has the name,
        the row is not sent. One that was made anew in the same location is most likely meant.
        """
        for row in rows:
            place = self._place(row)
            for column, link, text in self._names(row):
                found = self._offered[link].find(text, place)
                were = [each for each in found if each.place in {place, None}]
                now = self._now[link].find(text, place)
                if not were or not now or {e.id for e in were} & {e.id for e in now}:
                    continue
                kept = self.still_there(link, were)
                moved = {each.place for each in were}.isdisjoint(each.place for each in now)
                yield self._problem(
                    "other_record" if kept or moved else "other_meaning",
                    row.number,
                    column,
                    text,
                    was=numbers(each.id for each in were),
                    now=numbers(each.id for each in now) + " of another location" * moved,
                    former=f"It is called {listed(kept)} today." if kept else "It is gone.",
                )

    def _names(self, row: Row) -> Iterator[tuple[str, str, str]]:
        """Yield the names that a row gives: column, list, name."""
        for column, value in row.values.items():
            link = link_of(self.entity, self.entity.by_name[column])
            for each in value if isinstance(value, list) else [value]:
                if link in self._now and isinstance(each, str):
                    yield column, link, each

    def _explained(self, found: Problem, rows: Mapping[int, Row]) -> Problem:
        field = self.entity.by_name.get(found.column or "")
        link = link_of(self.entity, field) if field else ""
        if found.code != "unknown_name" or link not in self._now:
            return found
        place = self._place(rows.get(found.row or 0))
        were = self._offered[link].find(str(found.value), place)
        if renamed := self.still_there(link, were):
            to = listed(renamed, " or ")
            hint = f"It was renamed to {to} since the template was made ({self.stamp.day})."
            return replace(found, hint=hint)
        if were:
            ids = numbers(each.id for each in were)
            gone = f"The template of {self.stamp.day} still had it ({ids}); it is gone."
            return replace(found, hint=f"{gone} {found.hint}".strip())
        return found

    @cached_property
    def _offered(self) -> Mapping[str, NameIndex]:
        return {link: NameIndex(offered) for link, offered, _ in compared(self.stamp, self.stored)}

    @cached_property
    def _now(self) -> Mapping[str, NameIndex]:
        return {link: NameIndex(now) for link, _, now in compared(self.stamp, self.stored)}

    @cached_property
    def _by_id(self) -> Mapping[str, Mapping[int, Named]]:
        lists = compared(self.stamp, self.stored)
        return {link: {each.id: each for each in now} for link, _, now in lists}

    def _place(self, row: Row | None) -> int | None:
        """Return the location that a row names, or that its record has, if that is clear."""
        if row is None:
            return None
        place = self.entity.key[0]
        value = row.value(place) or row.value(self.entity.name_columns.get(place, ""))
        if isinstance(value, str):
            link = self.entity.by_name[place].link
            found = self._now[link].find(value, None) if link in self._now else []
            return found[0].id if len(found) == 1 else None
        record = self.stored.records.get(row.value(self.entity.id_field.name) or 0, {})
        return value or record.get(place)

    def _problem(
        self,
        code: str,
        row: int | None = None,
        column: str | None = None,
        value: object = None,
        **words: object,
    ) -> Problem:
        return problem(
            code,
            self.sheet,
            row=row,
            column=column,
            value=value,
            host=self.stamp.account.host if self.stamp.account else "",
            here=self.account.host,
            day=self.stamp.day,
            entity=self.entity.name,
            stamp=STAMP_SHEET,
            **words,
        )
