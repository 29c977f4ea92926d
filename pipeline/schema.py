"""The words in which an entity is told: what a table of fields can say.

Template, checks, payloads, export, filters, help and sandbox are derived from these values.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

Cell = Any  # str, int, float, bool, datetime, date, time, timedelta or None: what a reader gives
Value = Any  # what JSON can hold: the form a value has in records and payloads
Severity = Literal["error", "warning"]

# What a kind raises for a value of a shape that no document describes.
STRANGE = (AttributeError, KeyError, TypeError, ValueError)


class Unreadable(ValueError):  # noqa: N818 - a verdict on a cell, turned into a problem by checks
    """A cell that a kind does not accept; `code` names the sentence in the catalogue."""

    def __init__(self, code: str, **words: object) -> None:
        super().__init__(code)
        self.code = code
        self.words = words


@dataclass(frozen=True)
class Choice:
    """One value of an enumeration: the number the API stores and the name people use."""

    number: int
    name: str
    aliases: tuple[str, ...] = ()  # what other programs and people call it


@dataclass(frozen=True)
class Kind:
    """How a value looks in a cell, in JSON and in words.

    `read` turns a filled cell into a value or raises `Unreadable`; `show` a value into a cell;
    `sameness` gives what two equal values have in common (order in a list of ids, fractions of a
    second and the spelling of a line break do not count).
    """

    name: str
    expects: str
    read: Callable[[Cell], Value]
    show: Callable[[Value], Cell]
    sameness: Callable[[Value], Hashable]
    empty: Value = None
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Group:
    """Columns that stand together in a sheet; `rare` ones are folded away in a template."""

    name: str
    colour: str  # RGB, six hexadecimal digits
    rare: bool = False


@dataclass(frozen=True)
class Field:
    """One field of an entity.

    `on_create`, `on_update` and `on_read` say in which of the API's documents the field stands.
    `link` names the entity an id points to, `names` the id field that this read-only name may stand
    in for, `adds_to` and `takes_from` the list that this field changes instead of replacing it,
    `view_of` the list that this field only shows once more.
    """

    name: str
    kind: Kind
    group: Group
    help: str
    required: bool = False
    on_create: bool = True
    on_update: bool = True
    on_read: bool = True
    secret: bool = False
    unit: str = ""
    link: str = ""
    names: str = ""
    adds_to: str = ""
    takes_from: str = ""
    view_of: str = ""
    least: float | None = None
    most: float | None = None
    longest: int | None = None  # characters
    unset: Value = None  # what the service returns for a field that was never set
    exact_filter: bool = True
    range_filter: bool = False
    live: bool = False  # changes on the service without anybody's doing
    key: bool = False  # the record's own number: sent on update, never on create
    birth: bool = False  # when the record was made
    stamp: bool = False  # when the record was last changed
    archives: bool = False  # says yes where the record is put away
    title: str = ""  # what a report calls it, where its name in words would not do
    aliases: tuple[str, ...] = ()  # what other programs and people call the column
    opposites: tuple[str, ...] = ()  # the same of columns that say No where this one says Yes
    usual: str = ""  # what a new record takes where a file has no such column
    counts_by: int = 0  # or the steps in which it counts up then

    @property
    def writable(self) -> bool:
        """Whether a sheet can change the field."""
        return (self.on_create or self.on_update) and not self.key and not self.view_of

    @property
    def shown(self) -> bool:
        """Whether an export can show it: what the service does not tell of a link is looked up."""
        return self.on_read or bool(self.names)

    @property
    def in_sheet(self) -> bool:
        """Whether a user ever sees the field."""
        return not self.secret


@dataclass(frozen=True)
class Rule:
    """A rule across fields.

    `finds` is given the values of `fields` in their order (None = blank) and returns what is wrong,
    in words, or None. `column` is where the problem is shown. With `on_sheet` the values are those
    of the sheet; otherwise those of the record as it will be stored.
    """

    code: str
    column: str
    fields: tuple[str, ...]
    finds: Callable[..., str | None]
    hint: str
    severity: Severity = "error"
    on_sheet: bool = False
    only_new: bool = False


@dataclass(frozen=True)
class Remark:
    """A state of records that a report points out.

    `holds` is given the values of `fields` in their order.
    """

    title: str
    fields: tuple[str, ...]
    holds: Callable[..., bool]


@dataclass(frozen=True)
class Overview:
    """What a report tells of all records: by which fields they are counted, what is added up.

    `coverage` are yes/no fields, of which the share of records that have each is shown. What an
    entity has nothing of stays blank, and a report leaves it out.
    """

    totals: tuple[str, ...]
    capacity: str = ""
    coverage: Group | None = None
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class Child:
    """A list of small records that travels inside its parent under `field`.

    `read_name` is the spelling the API uses when it answers; `path` and `parent` are where the
    children can be listed by themselves; `columns` are those of a sheet of their own.
    """

    field: str
    read_name: str
    path: str
    filter_name: str
    parent: str
    columns: tuple[tuple[str, str], ...]  # column of the second sheet, key of the child


@dataclass(frozen=True)
class Entity:
    """A table of fields, and all that is told of the records that have them."""

    name: str
    noun: str  # what a person calls one of them
    nouns: str
    sheet: str
    path: str  # below /api/
    key: tuple[str, ...]
    role: str
    fields: tuple[Field, ...]
    overview: Overview
    children: tuple[Child, ...] = ()
    rules: tuple[Rule, ...] = ()
    screen_keys: frozenset[str] = frozenset()  # sent by the service for its own screens, no fields
    by_name: dict[str, Field] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {each.name: each for each in self.fields})

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The groups in the order in which the table names them."""
        return tuple(dict.fromkeys(each.group for each in self.fields))

    @cached_property
    def id_field(self) -> Field:
        """The field that holds the record's own number."""
        return next(each for each in self.fields if each.key)

    @cached_property
    def birth_field(self) -> Field | None:
        """The field that tells when the record was made, if there is one."""
        return next((each for each in self.fields if each.birth), None)

    @cached_property
    def stamp_field(self) -> Field:
        """The field that tells when the record was last changed."""
        return next(each for each in self.fields if each.stamp)

    @cached_property
    def archive_field(self) -> Field | None:
        """The field that tells whether the record is put away, if there is one."""
        return next((each for each in self.fields if each.archives), None)

    @cached_property
    def required(self) -> tuple[Field, ...]:
        """The fields without which no record can be created."""
        return tuple(each for each in self.fields if each.required)

    @cached_property
    def settable(self) -> frozenset[str]:
        """The names of fields that take the value of their cell as it is."""
        taken = (each for each in self.fields if not (each.adds_to or each.takes_from))
        return frozenset(each.name for each in taken if each.writable)

    @cached_property
    def list_changes(self) -> tuple[Field, ...]:
        """The fields that change a list instead of replacing it."""
        return tuple(each for each in self.fields if each.adds_to or each.takes_from)

    @cached_property
    def secrets(self) -> frozenset[str]:
        """The names of fields that are never kept or shown."""
        return frozenset(each.name for each in self.fields if each.secret)

    @cached_property
    def name_columns(self) -> dict[str, str]:
        """Id field -> the read-only name that may be given instead of it."""
        return {each.names: each.name for each in self.fields if each.names}

    def filter_name(self, name: str) -> str:
        """Return the query parameter that filters a listing by the field `name`.

        A link goes without its Id; the name of what it leads to comes behind it: vendor docs.
        """
        field = self.by_name[name]
        if field.names:
            return f"{self.filter_name(field.names)}_Name"
        return f"{self.name}_{name.removesuffix('Id') if field.link else name}"

    def range_name(self, name: str, *, lowest: bool) -> str:
        """Return the query parameter for the lowest or highest value of the field `name`."""
        return f"{'from' if lowest else 'to'}_{self.name}_{name}"
