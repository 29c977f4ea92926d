"""A mapping laid over a foreign sheet: what comes out is a sheet such as one of our own.

Rows keep their numbers. Problems are found on that sheet by its checks, and `Laid.told` words them
for the user's own columns and values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from pipeline.kinds import plain
from pipeline.mapping.columns import Columns, find_columns
from pipeline.mapping.homeless import column_problems, lost_items, said_or
from pipeline.mapping.links import link_back
from pipeline.mapping.profile import LeaveOut, Profile, Rule
from pipeline.mapping.told import Origin, tell
from pipeline.mapping.values import Reader, same_value
from pipeline.problems import Problem, plain_text, problem
from pipeline.rows import ACTION_COLUMN, Row
from pipeline.schema import Cell, Entity, Value
from pipeline.sheets.read import Column, Sheet


@dataclass(frozen=True)
class Laid:
    """A foreign sheet under a mapping.

    `sheet` has the entity's own columns; `problems` are those of the source's columns, in the
    user's words; `results` the columns that an earlier results file added to the source.
    """

    sheet: Sheet
    source: Sheet
    profile: Profile
    entity: Entity
    problems: tuple[Problem, ...]
    results: Mapping[str, int]
    origins: Mapping[str, Origin]
    source_ids: Mapping[int, str]

    def completed(self, rows: Iterable[Row]) -> list[Row]:
        """Return the rows with what a new record takes by default, and their source's numbers."""
        defaults = self._defaults()
        counted = {n: rule.count_by for n, rule in self.profile.fields.items() if rule.count_by}
        return [
            replace(
                row,
                defaults={**defaults, **{name: place * by for name, by in counted.items()}},
                source_id=self.source_ids.get(row.number, ""),
            )
            for place, row in enumerate(rows, start=1)
        ]

    def _defaults(self) -> dict[str, Value]:
        return {
            name: self.entity.by_name[name].kind.read(rule.default)
            for name, rule in self.profile.fields.items()
            if rule.default
        }

    def told(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return the problems in the words of the source: its headers, its values."""
        return [self._told(each) for each in problems]

    def _told(self, each: Problem) -> Problem:
        # a column that is no field is the file's own: it is told in the file's words already
        is_own = each.column is not None and each.column not in self.entity.by_name
        is_own = is_own or each.sheet != self.sheet.name  # a second sheet has no mapping
        return each if is_own else tell(each, self.origins, self.profile.name)


def source_names(profile: Profile) -> tuple[str, ...]:
    """Return the headers by which a sheet of the source is recognised."""
    rules = profile.fields.values()
    named = [name for rule in rules for name in (*rule.columns, *rule.either)]
    more = [profile.source_id, *(each.column for each in profile.leave_out)]
    return tuple(dict.fromkeys(filter(None, [*named, *more, *profile.ignored])))


def maps_nothing(profile: Profile, sheet: Sheet) -> bool:
    """Whether no column of the sheet is one that a rule takes."""
    found = {plain(each.text) for each in sheet.columns}
    rules = profile.fields.values()
    named = {plain(name) for rule in rules for name in (*rule.columns, *rule.either)}
    return bool(named) and found.isdisjoint(named)


def keys_lacking(profile: Profile, source: Sheet, entity: Entity) -> str:
    """Say which columns are not there without which no row says what it means; "" if none."""
    columns = find_columns(profile, source)
    names = {each for key in entity.key for each in (key, entity.name_columns.get(key, key))}
    said = [
        f"it takes {name} from {said_or(wanted)}"
        for name, wanted in columns.missing.items()
        if name in names and profile.fields[name].default is None
    ]
    return f"{', '.join(said)}, and the file has no such column." if said else ""


def lay(
    profile: Profile, source: Sheet, entity: Entity, *, unknown: str = "warn", comma: bool = False
) -> Laid:
    """Lay a mapping over a sheet; `unknown` is warn, error or ignore for columns with no home."""
    columns = find_columns(profile, source)
    kept, remarks = _kept_rows(profile, source, columns)
    cells = source.cells.loc[kept]
    laid = _Laying(profile, entity, columns, cells, comma)
    found = laid.columns()
    lost = list(laid.link(found, source.name))
    number = {name: place for place, name in enumerate(found, start=1)}
    frame = pd.DataFrame(
        {number[name]: pd.Series(each, dtype=object) for name, each in found.items()}
    )
    frame.index = cells.index
    sheet = replace(
        source,
        columns=tuple(Column(place, name) for name, place in number.items()),
        cells=frame,
        remarks=(*source.remarks, *remarks),
    )
    return Laid(
        sheet=sheet,
        source=replace(source, remarks=sheet.remarks),
        profile=profile,
        entity=entity,
        problems=(
            *column_problems(profile, source, entity, columns, unknown),
            *lost_items(profile, source.name, columns, cells),
            *lost,
        ),
        results=columns.results,
        origins=_origins(source, columns),
        source_ids=_source_ids(cells, columns),
    )


def _origins(source: Sheet, columns: Columns) -> dict[str, Origin]:
    own = {each.number: each for each in source.columns}
    added = {name: (own[number],) for name, number in columns.results.items()}
    action = {ACTION_COLUMN: (columns.action,)} if columns.action else {}
    found = {name: each for name, each in columns.of_fields.items() if each}
    return {
        name: Origin(each, source.cells[[column.number for column in each]])
        for name, each in {**added, **action, **found}.items()
    }


@dataclass(frozen=True)
class _Laying:
    """The columns of the laid sheet, by field, from left to right as their sources stand."""

    profile: Profile
    entity: Entity
    found: Columns
    cells: pd.DataFrame
    comma: bool

    def columns(self) -> dict[str, list[Cell]]:
        laid = {
            name: self._column(name, rule)
            for name, rule in self._in_order()
            if self.found.of_fields[name] or rule.constant is not None or self._is_key(name)
        }
        laid |= self._from_results(laid)
        if self.found.action is not None:
            laid[ACTION_COLUMN] = list(self.cells[self.found.action.number])
        return laid

    def link(self, laid: dict[str, list[Cell]], sheet: str) -> Iterator[Problem]:
        """Turn links round in place; yields what stays one-sided."""
        for name, rule in self.profile.fields.items():
            if rule.links is None or name not in laid:
                continue
            keys = [laid.get(each, []) for each in self._keys()]
            laid[name], lost = link_back(laid[name], keys, rule.links)
            for place, item in lost.items():
                row = int(self.cells.index[place])
                yield problem("link_lost", sheet, row=row, column=name, item=item)

    def _in_order(self) -> list[tuple[str, Rule]]:
        def first(item: tuple[str, Rule]) -> float:
            own = self.found.of_fields[item[0]]
            return min((each.number for each in own), default=float("inf"))

        return sorted(self.profile.fields.items(), key=first)

    def _keys(self) -> list[str]:
        """Return the fields by which a row names another: location, its stand-in, name."""
        place, name = self.entity.key
        return [place, self.entity.name_columns.get(place, ""), name]

    def _is_key(self, name: str) -> bool:
        return name in self._keys() and self.profile.fields[name].default is not None

    def _column(self, name: str, rule: Rule) -> list[Cell]:
        columns = self.found.of_fields[name]
        reader = Reader(self.entity.by_name[name], rule, columns, self.profile.name, self.comma)
        if rule.constant is not None:
            laid = [reader.ours(rule.constant)] * len(self.cells)
        elif columns:
            rows = self.cells[[each.number for each in columns]].itertuples(index=False, name=None)
            laid = reader.lay(rows)
        else:
            laid = [None] * len(self.cells)
        if self._is_key(name):  # the key says which record is meant, also of one that exists
            laid = [rule.default if each is None else each for each in laid]
        return laid

    def _from_results(self, laid: Mapping[str, list[Cell]]) -> dict[str, list[Cell]]:
        """Take the ids that an earlier results file added: they say which records are meant."""
        name = self.entity.id_field.name
        number = self.found.results.get(name)
        if number is None:
            return {}
        own = laid.get(name) or [None] * len(self.cells)
        added = self.cells[number]
        return {name: [b if a is None else a for a, b in zip(added, own, strict=True)]}


def _kept_rows(
    profile: Profile, source: Sheet, columns: Columns
) -> tuple[list[int], tuple[str, ...]]:
    """Return the rows that are not left out, and a remark on the others."""
    reasons: dict[int, str] = {}
    for rule in profile.leave_out:
        column = columns.find(rule.column)
        if column is None:
            continue
        for row, cell in source.cells[column.number].items():
            if _leaves_out(rule, cell):
                reasons.setdefault(int(row), _reason(rule, column, cell))  # type: ignore[call-overload]
    kept = [int(row) for row in source.cells.index if row not in reasons]
    if not reasons:
        return kept, ()
    counts = Counter(reasons.values())
    said = ", ".join(f"{reason} ({count:,})" for reason, count in counts.most_common())
    rows = "1 row" if len(reasons) == 1 else f"{len(reasons):,} rows"
    return kept, (f"{rows} left out, as the mapping {profile.name} says: {said}",)


def _leaves_out(rule: LeaveOut, cell: Cell) -> bool:
    if cell is None:
        meant = rule.blank
    else:
        meant = same_value(plain_text(cell)) in {same_value(each) for each in rule.values}
    return meant is not rule.unless


def _reason(rule: LeaveOut, column: Column, cell: Cell) -> str:
    return f"{column.text} is {'blank' if cell is None else repr(plain_text(cell))}"


def _source_ids(cells: pd.DataFrame, columns: Columns) -> dict[int, str]:
    if columns.source_id is None:
        return {}
    numbers = cells[columns.source_id.number]
    return {
        int(row): plain_text(cell).strip()  # type: ignore[call-overload]
        for row, cell in numbers.items()
        if cell is not None
    }
