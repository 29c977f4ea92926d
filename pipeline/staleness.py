"""What has changed since a template was made: the columns, the account, the account's names.

Pure: the lists that an import looked up anyway are laid beside those that the template offered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from pipeline import __version__
from pipeline.entities import LOOKUPS
from pipeline.planning.numbered import meant
from pipeline.planning.plan import Plan
from pipeline.planning.stored import Named, Stored
from pipeline.problems import Problem, problem, quoted
from pipeline.rows import Row
from pipeline.schema import Entity
from pipeline.sheets.stamp import STAMP_SHEET, Account, Column, Stamp, columns_of, spoken

MAX_SHOWN = 3  # names of one sort that a message repeats


# ---- without an account


def changed_columns(sheet: str, stamp: Stamp, entity: Entity) -> list[Problem]:
    """Say how the columns differ from those that the template was made of."""
    if stamp.entity != entity.name:
        return [problem("other_entity", sheet, made_of=stamp.entity, nouns=entity.nouns)]
    before = {each.name: each for each in stamp.columns}
    now = {each.name: each for each in columns_of(entity)}
    kept = [(before[name], now[name]) for name in before.keys() & now.keys()]
    kept.sort(key=lambda pair: list(now).index(pair[1].name))
    changes = [
        _listed("new", [name for name in now if name not in before]),
        _listed("no longer there", [name for name in before if name not in now]),
        _listed("now needed", [b.name for a, b in kept if b.needed and not a.needed]),
        _listed("no longer needed", [b.name for a, b in kept if a.needed and not b.needed]),
        _listed(
            "of another kind",
            [f"{b.name} (was {a.kind}, is {b.kind})" for a, b in kept if a.kind != b.kind],
        ),
        _listed("with other choices", [w for a, b in kept if (w := _choices(a, b))]),
    ]
    said = "; ".join(filter(None, changes))
    if not said:
        return []
    program = f"nexudus-bulk {stamp.program}".strip()
    if stamp.program != __version__:
        program += f" (this is {__version__})"
    return [problem("stale_columns", sheet, program=program, changes=said, entity=entity.name)]


def _choices(before: Column, now: Column) -> str:
    if before.kind != now.kind or set(before.choices) == set(now.choices):
        return ""
    came = [f"+{each}" for each in now.choices if each not in before.choices]
    went = [f"-{each}" for each in before.choices if each not in now.choices]
    return f"{now.name} ({', '.join([*came, *went])})"


def _listed(what: str, names: Sequence[str]) -> str:
    return f"{what}: {', '.join(names)}" if names else ""


# ---- with the account


@dataclass(frozen=True)
class Since:
    """A template's stamp laid beside the account that its rows are planned for."""

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
        if self._is_other_account:
            return [self._problem("other_account"), *self._foreign_ids(rows)]
        found = [] if self._is_same_login or self._shares else [self._problem("other_login")]
        return [*found, *self._changed_names()]

    def explain(self, plan: Plan, rows: Iterable[Row]) -> Plan:
        """Say of names that led nowhere what they are called now, or that they are gone."""
        if not self.stamp.account or self._is_other_account:
            return plan
        by_number = {each.number: each for each in rows}
        changes = (
            replace(change, problems=tuple(self._explained(each, by_number) for each in own))
            if (own := change.problems)
            else change
            for change in plan.changes
        )
        problems = (self._explained(each, by_number) for each in plan.problems)
        return replace(plan, changes=tuple(changes), problems=tuple(problems))

    # ---- whose it is

    @property
    def _is_same_login(self) -> bool:
        return self.stamp.account == self.account and bool(self.account.login)

    @cached_property
    def _compared(self) -> Sequence[tuple[str, Sequence[Named], Sequence[Named]]]:
        """The lists that both sides know: what it is, as offered, as it is now."""
        return [
            (link, offered, self.stored.names[link])
            for link, offered in self.stamp.names.items()
            if link in self.stored.names
        ]

    @cached_property
    def _shares(self) -> bool:
        """Whether a record of the template is there by id and name: then it is the same account.

        Colleagues log in by other names, and an account may have several addresses.
        """
        pairs = [*self._compared]
        name = self.entity.key[-1]
        if self.entity.name in self.stamp.names:
            here = [
                Named(number, str(record.get(name) or ""), None)
                for number, record in self.stored.records.items()
            ]
            pairs.append((self.entity.name, self.stamp.names[self.entity.name], here))
        return any(
            {(each.id, spoken(each.name)) for each in offered}
            & {(each.id, spoken(each.name)) for each in now}
            for _, offered, now in pairs
        )

    @cached_property
    def _is_other_account(self) -> bool:
        """Whether it is another account: by its locations, or where nothing tells, by its host."""
        made_for = self.stamp.account
        if made_for is None or self._is_same_login or self._shares:
            return False
        return made_for.host != self.account.host or any(
            offered and now and not {each.id for each in offered} & {each.id for each in now}
            for link, offered, now in self._compared
            if LOOKUPS[link].place is None
        )

    def _foreign_ids(self, rows: Iterable[Row]) -> Iterator[Problem]:
        for row in rows:
            given = [] if row.action == "skip" else list(self._ids(row))
            if given:
                column, value = given[0]
                yield self._problem("id_of_other_account", row.number, column, value)

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

    def _ids(self, row: Row) -> Iterator[tuple[str, int]]:
        """Yield the ids that a row gives, by column."""
        for name, value in row.values.items():
            field = self.entity.by_name[name]
            if field.key or field.link:
                items = value if isinstance(value, list) else [value]
                yield from ((name, each) for each in items if isinstance(each, int))

    # ---- what became of its names

    def _changed_names(self) -> list[Problem]:
        changes = [
            f"{LOOKUPS[link].nouns}: {said}"
            for link, offered, now in self._compared
            if (said := _changes(offered, now))
        ]
        if not changes:
            return []
        return [self._problem("stale_names", changes="; ".join(changes))]

    def _explained(self, found: Problem, rows: Mapping[int, Row]) -> Problem:
        field = self.entity.by_name.get(found.column or "")
        if found.code != "unknown_name" or field is None or found.value is None:
            return found
        link = field.link or (self.entity.by_name[field.names].link if field.names else "")
        now = {each.id: each for each in self.stored.names.get(link, ())}
        place = self._place(rows.get(found.row or 0))
        were = self._offered(link, found.value, place)
        renamed = [each for each in were if each.id in now]
        if renamed:
            to = " or ".join(f"{quoted(now[each.id].name)} ({each.id})" for each in renamed)
            return replace(
                found,
                hint=f"It was renamed to {to} since the template was made ({self.stamp.day}).",
            )
        if were:
            gone = f"It is gone since the template was made ({self.stamp.day})."
            return replace(found, hint=f"{gone} {found.hint}".strip())
        return found

    def _offered(self, link: str, text: str, place: int | None) -> list[Named]:
        """Return what the template offered under this name, in the row's location if known."""
        named = _named(self.stamp.names.get(link, ()), text)
        near = [each for each in named if each.place in {place, None}] if place else []
        return near or named

    def _place(self, row: Row | None) -> int | None:
        """Return the location that a row names, if that is clear."""
        if row is None:
            return None
        place = self.entity.key[0]
        stand_in = self.entity.name_columns.get(place, "")
        value = row.value(place) or row.value(stand_in)
        if isinstance(value, int) or value is None:
            return value
        places = self.stored.names.get(self.entity.by_name[place].link, ())
        found = _named(places, value)
        return found[0].id if len(found) == 1 else None


def _named(entries: Sequence[Named], text: str) -> list[Named]:
    said = spoken(text)
    named = [each for each in entries if spoken(each.name).lower() == said.lower()]
    return named or meant(entries, said)


def _changes(offered: Sequence[Named], now: Sequence[Named]) -> str:
    """Say which names came, went, were changed, or now belong to another record."""
    before, after = ({each.id: spoken(each.name) for each in side} for side in (offered, now))
    renamed = [number for number in before if number in after and before[number] != after[number]]
    swapped = list(_swapped(offered, now))
    told = (
        ("renamed", [f"{quoted(before[each])} to {quoted(after[each])}" for each in renamed]),
        ("gone", [quoted(name) for number, name in before.items() if number not in after]),
        ("new", [quoted(name) for number, name in after.items() if number not in before]),
        ("now another record", swapped),
    )
    return ", ".join(f"{len(names):,} {what} ({_few(names)})" for what, names in told if names)


def _swapped(offered: Sequence[Named], now: Sequence[Named]) -> Iterator[str]:
    """Yield the names that belong to other records of the same location than they did."""
    before, after = _ids_by_name(offered), _ids_by_name(now)
    for key, ids in before.items():
        others = after.get(key, set())
        if others and not ids & others:
            was, is_now = (", ".join(map(str, sorted(each))) for each in (ids, others))
            yield f"{quoted(key[1])} was {was}, is {is_now}"


def _ids_by_name(entries: Iterable[Named]) -> dict[tuple[int | None, str], set[int]]:
    found: dict[tuple[int | None, str], set[int]] = {}
    for each in entries:
        found.setdefault((each.place, spoken(each.name)), set()).add(each.id)
    return found


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:MAX_SHOWN]) + (", …" if len(names) > MAX_SHOWN else "")
