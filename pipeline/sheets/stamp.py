"""The hidden sheet that says what a template was made of: program, columns, account, names.

Each line begins with a word that says what it tells, so that lines may be added, moved or lost.
Comparing a stamp with what is so today is left to `pipeline/staleness.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline import __version__
from pipeline.kinds import WHOLE
from pipeline.planning.stored import Named, same_name
from pipeline.problems import plain_text
from pipeline.schema import Cell, Entity, Field, Unreadable
from pipeline.sheets.columns import template_fields

if TYPE_CHECKING:  # who only reads a stamp needs no writer of workbooks
    from xlsxwriter import Workbook

STAMP_SHEET = "About"
TITLE = "nexudus-bulk: what this workbook was made of"
NOTE = "The program reads this sheet to tell what has changed since. Leave it as it is."
NEEDED = "needed"
CHOICES_BETWEEN = " | "
DIGEST_LENGTH = 12  # characters: enough to tell two tables or two logins apart
WIDTHS = (12, 32, 18, 18, 60)  # characters


@dataclass(frozen=True)
class Column:
    """What a template knew of a column."""

    name: str
    kind: str
    needed: bool
    choices: tuple[str, ...] = ()

    @classmethod
    def of(cls, meaning: Field) -> Column:
        """Return what is to be known of a field."""
        choices = tuple(each.name for each in meaning.kind.choices)
        return cls(meaning.name, meaning.kind.name, meaning.required, choices)


@dataclass(frozen=True)
class Account:
    """Whose names a template offers: the service's host, and a digest of the login.

    The digest is blank for a token, which tells nothing of its owner. No address of a person
    travels in a workbook that is passed around.
    """

    host: str
    login: str = ""

    @classmethod
    def of(cls, base_url: str, username: str) -> Account:
        """Return the account that is reached at an address with a login ("" for a token)."""
        host = base_url.partition("://")[2].casefold()
        return cls(host, digest(f"{host} {username.casefold()}") if username else "")


@dataclass(frozen=True)
class Stamp:
    """What a template was made of.

    Only one with the names of an account has an `account`, the moment (ISO, UTC) and `names`: by
    look-up list, those that could be read.
    """

    entity: str
    columns: tuple[Column, ...]
    program: str = __version__
    account: Account | None = None
    made: str = ""
    names: Mapping[str, Sequence[Named]] = field(default_factory=dict)

    @property
    def day(self) -> str:
        """The day on which it was made, as a person writes it."""
        return self.made[:10]


def digest(text: str) -> str:
    """Return a short text that two different texts do not share."""
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LENGTH]


def columns_of(entity: Entity) -> tuple[Column, ...]:
    """Return what a template of this program knows of its columns."""
    return tuple(map(Column.of, template_fields(entity)))


def schema_version(columns: Iterable[Column]) -> str:
    """Return a digest of what is known of the columns; their order and help do not count."""
    return digest("\n".join(sorted(map(repr, columns))))


def spoken(name: str) -> str:
    """Reduce a name to what every spreadsheet program keeps of it: one line, printable."""
    words = " ".join(same_name(name).split())
    return "".join(each for each in words if each.isprintable())


# ---- writing


def write_stamp(book: Workbook, stamp: Stamp) -> None:
    """Add the hidden sheet with the stamp."""
    sheet = book.add_worksheet(STAMP_SHEET)
    sheet.hide()
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    for row, line in enumerate(_lines(stamp)):
        for column, cell in enumerate(line):
            if cell:
                sheet.write_string(row, column, cell)


def _lines(stamp: Stamp) -> Iterator[Sequence[str]]:
    yield (TITLE,)
    yield (NOTE,)
    if stamp.program:
        yield "Program", stamp.program
    yield "Entity", stamp.entity
    yield "Schema", schema_version(stamp.columns)
    if stamp.account:
        yield "Made", stamp.made
        yield "Service", stamp.account.host
        yield "Login", stamp.account.login
    for each in stamp.columns:
        needed = NEEDED if each.needed else ""
        yield "Column", each.name, each.kind, needed, CHOICES_BETWEEN.join(each.choices)
    for link, entries in stamp.names.items():
        yield "List", link
        for entry in entries:
            place = "" if entry.place is None else str(entry.place)
            yield "Name", link, str(entry.id), place, spoken(entry.name)


# ---- reading


def parse_stamp(rows: Sequence[Sequence[Cell]]) -> Stamp | None:
    """Read the rows of a stamp; None when they are none. Lines that say nothing known are passed.

    Another program that saved the workbook may have turned texts of digits into numbers.
    """
    lines = [tuple(map(_text, (*row, *("",) * len(WIDTHS)))) for row in rows]
    if not lines or lines[0][0] != TITLE:
        return None
    said = {line[0]: line[1] for line in lines if line[0] not in {"Column", "List", "Name"}}
    columns = tuple(_column(line) for line in lines if line[0] == "Column" and line[1])
    if "Entity" not in said or not columns:
        return None
    names: dict[str, list[Named]] = {line[1]: [] for line in lines if line[0] == "List"}
    for line in lines:
        record_id = _id(line[2])
        if line[0] == "Name" and record_id is not None and line[1] in names:
            names[line[1]].append(Named(record_id, line[4], _id(line[3])))
    host = said.get("Service", "")
    return Stamp(
        entity=said["Entity"],
        columns=columns,
        program=said.get("Program", ""),
        account=Account(host, said.get("Login", "")) if host else None,
        made=said.get("Made", ""),
        names=names,
    )


def _text(cell: Cell) -> str:
    return "" if cell is None else plain_text(cell).strip()


def _column(line: Sequence[str]) -> Column:
    choices = tuple(filter(None, line[4].split(CHOICES_BETWEEN)))
    return Column(line[1], line[2], line[3] == NEEDED, choices)


def _id(text: str) -> int | None:
    try:
        return int(WHOLE.read(text))
    except Unreadable:
        return None
