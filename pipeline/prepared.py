"""A file as far as it can be understood without an account: read, header, cells, second sheet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import rules
from pipeline.base import compare
from pipeline.checks import check_cells
from pipeline.children import child_names, join_children
from pipeline.collecting import uncollected
from pipeline.edits import lone_companions
from pipeline.errors import WorkbookError
from pipeline.foreign import name_source, sheet_of
from pipeline.header import Header, read_header
from pipeline.planning.doubled import doubled_rows
from pipeline.planning.ledger import doubled_source_ids
from pipeline.problems import Problem, in_sheet_order, is_error, problem
from pipeline.rows import Row
from pipeline.schema import Entity
from pipeline.sheets.base import Edited
from pipeline.sheets.read import Book, Sheet, open_book
from pipeline.sheets.stamp import STAMP_SHEET, Stamp, parse_stamp
from pipeline.staleness.columns import changed_columns

if TYPE_CHECKING:  # a file of our own needs nothing of mappings, and is read sooner without
    from pipeline.mapping.laying import Laid
    from pipeline.mapping.profile import Profile


@dataclass(frozen=True)
class Reading:
    """How a file is to be read: what its user chose.

    With `ignore_base` every cell counts as typed, also in an export. With `decimal_comma` texts
    such as 1.234,5 are numbers.
    """

    sheet: str | None = None
    unknown_columns: str = "warn"
    ignore_base: bool = False
    mapping: Profile | None = None
    decimal_comma: bool = False

    def kept(self) -> str:
        """Return what bears on the meaning of cells as JSON, for a journal."""
        said: dict[str, Any] = {"decimal_comma": True} if self.decimal_comma else {}
        if self.mapping is not None:
            from pipeline.mapping.tables import table_of  # noqa: PLC0415 - only a mapping needs it

            said["mapping"] = table_of(self.mapping)
        return json.dumps(said, sort_keys=True)

    def as_kept(self, text: str) -> Reading:
        """Return this reading with what a journal has kept of another one."""
        said = json.loads(text)
        mapping = None
        if "mapping" in said:
            from pipeline.mapping.reading import read_table  # noqa: PLC0415 - as above

            mapping = read_table(said["mapping"], "journal")
        return replace(self, mapping=mapping, decimal_comma=said.get("decimal_comma", False))


USUAL = Reading()


@dataclass(frozen=True)
class Prepared:
    """A file as far as it can be understood without an account.

    `problems` are those of header and cells; rules across fields come with the stored records.
    `content` are the bytes that were read: the file itself may change while a run goes on.
    `base_rows` says by row where the hidden base of an export keeps it, and what was edited.
    `reading` is how the file was read. `stamp` says what the template was made of, if it is one.
    Under a mapping `sheet` is the user's own, and `laid` what
    the mapping made of it, from which header and rows come.
    """

    entity: Entity
    content: bytes
    sheet: Sheet
    header: Header
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    base_rows: Mapping[int, Edited] = field(default_factory=dict)
    reading: Reading = USUAL
    stamp: Stamp | None = None
    laid: Laid | None = None

    @property
    def columns(self) -> dict[str, int]:
        """The numbers of the sheet's columns by the names that problems give them."""
        if self.laid is None:
            return dict(self.header.fields)
        found = {each.header: each.columns[0].number for each in self.laid.origins.values()}
        own = {each.text: each.number for each in reversed(self.sheet.columns)}
        return {**own, **found}

    @property
    def results(self) -> dict[str, int]:
        """The columns of Status, Message and Id, as far as the sheet has them."""
        if self.laid is not None:
            return dict(self.laid.results)
        name = self.entity.id_field.name
        own = {name: self.header.fields[name]} if name in self.header.fields else {}
        return {**self.header.results, **own}

    def told(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return problems in the words of the file: under a mapping its own headers and values."""
        return self.laid.told(problems) if self.laid else list(problems)

    @property
    def source(self) -> str:
        """The program that numbered the rows (`Row.source_id`); "" where none did."""
        mapping = self.reading.mapping
        return (mapping.source or mapping.name) if mapping and mapping.source_id else ""

    @property
    def is_hopeless(self) -> bool:
        """Whether the header is so wrong that no row can be trusted."""
        return any(is_error(each) and each.row is None for each in self.problems)


def prepare(path: Path, entity: Entity, reading: Reading = USUAL) -> Prepared:
    """Read and check a file. Raises UsageError or WorkbookError when there is no sheet to read."""
    return prepare_book(open_book(path), entity, reading)


@uncollected()
def prepare_book(book: Book, entity: Entity, reading: Reading = USUAL) -> Prepared:
    """Read and check a file that is open. Raises UsageError or WorkbookError as `prepare` does."""
    if reading.mapping is not None and reading.mapping.decimal_comma:
        reading = replace(reading, decimal_comma=True)
    source, laid = sheet_of(book, entity, reading)
    read = laid.sheet if laid else source
    header = read_header(read, entity, unknown="ignore" if laid else reading.unknown_columns)
    checked = check_cells(read, header, entity, decimal_comma=reading.decimal_comma)
    rows, problems = list(checked.rows), [*header.problems, *checked.problems]
    if laid:
        rows, problems = laid.completed(rows), [*laid.problems, *problems]
    else:
        problems = name_source(source, entity, reading, problems)
    rows, more = _with_children(book, read, entity, rows)
    problems += more
    problems += doubled_rows(read.name, entity, rows)
    if laid:
        problems += doubled_source_ids(read.name, entity, rows, laid.profile.source_id)
    compared = compare(book, rows, read, header, entity, ignore_base=reading.ignore_base)
    problems += [*compared.problems, *lone_companions(read, header, entity, compared.rows)]
    stamp = _stamp(book)
    problems += changed_columns(read.name, stamp, entity) if stamp else []
    if not rows and (laid is None or source.cells.empty):  # left out on purpose is no mistake
        problems.append(problem("no_rows", read.name))
    if book.path.read_bytes() != book.content:
        raise WorkbookError(f"{book.path}: it was changed while it was read. Try again.")
    return Prepared(
        entity,
        book.content,
        replace(source, remarks=(*read.remarks, *compared.remarks)),
        header,
        compared.rows,
        tuple(in_sheet_order(problems, header.fields)),
        compared.base_rows,
        reading,
        stamp,
        laid,
    )


def _with_children(
    book: Book, read: Sheet, entity: Entity, rows: list[Row]
) -> tuple[list[Row], list[Problem]]:
    """Join what stands on sheets of its own, such as time slots, to the rows."""
    problems: list[Problem] = []
    for child in entity.children:
        second = book.optional(child.field, child_names(entity, child))
        if second is not None and second.name != read.name:
            rows, more = join_children(rows, read.name, second, entity, child)
            problems += more
    return rows, problems


def _stamp(book: Book) -> Stamp | None:
    """Read what the template says of itself; a sheet that cannot be read says nothing."""
    try:
        rows = book.rows(STAMP_SHEET)
    except WorkbookError:
        return None
    return None if rows is None else parse_stamp(rows)


@uncollected()
def check(prepared: Prepared) -> list[Problem]:
    """Return all problems that can be told without an account, in sheet order.

    A row without an id counts as a new record unless its Action says update or delete.
    """
    name, entity = prepared.sheet.name, prepared.entity
    found = list(prepared.problems)
    rows = [row for row in prepared.rows if row.action != "skip"]
    new = [row.with_defaults(entity) for row in rows if _is_new(row, entity)]
    found += rules.judge_all_new(name, entity, new, prepared.header.fields)
    for row in (row for row in rows if not _is_new(row, entity)):
        found += rules.judge_alone(name, entity, row)
    found = in_sheet_order(rules.gather_missing(found), prepared.header.fields)
    return prepared.told(found)


def _is_new(row: Row, entity: Entity) -> bool:
    return row.action in {"", "create"} and not row.fills(entity.id_field.name)
