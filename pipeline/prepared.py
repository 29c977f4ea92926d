"""A file as far as it can be understood without an account: read, header, cells, second sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline import rules
from pipeline.base import compare
from pipeline.checks import check_cells
from pipeline.children import child_names, join_children
from pipeline.edits import lone_companions
from pipeline.errors import WorkbookError
from pipeline.header import Header, known_names, read_header
from pipeline.mapping.profile import Profile
from pipeline.planning.build import doubled_rows
from pipeline.problems import Problem, in_sheet_order, is_error, problem
from pipeline.rows import Row
from pipeline.schema import Entity
from pipeline.sheets.base import Edited
from pipeline.sheets.read import Sheet, open_book


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


USUAL = Reading()


@dataclass(frozen=True)
class Prepared:
    """A file as far as it can be understood without an account.

    `problems` are those of header and cells; rules across fields come with the stored records.
    `content` are the bytes that were read: the file itself may change while a run goes on.
    `base_rows` says by row where the hidden base of an export keeps it, and what was edited.
    `reading` is how the file was read.
    """

    entity: Entity
    content: bytes
    sheet: Sheet
    header: Header
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    base_rows: Mapping[int, Edited] = field(default_factory=dict)
    reading: Reading = USUAL

    @property
    def is_hopeless(self) -> bool:
        """Whether the header is so wrong that no row can be trusted."""
        return any(is_error(each) and each.row is None for each in self.problems)


def prepare(path: Path, entity: Entity, reading: Reading = USUAL) -> Prepared:
    """Read and check a file. Raises UsageError or WorkbookError when there is no sheet to read."""
    book = open_book(path)
    content = path.read_bytes()
    read = book.sheet(wanted=reading.sheet, default=entity.sheet, known=known_names(entity))
    header = read_header(read, entity, unknown=reading.unknown_columns)
    checked = check_cells(read, header, entity, decimal_comma=reading.decimal_comma)
    rows, problems = list(checked.rows), [*header.problems, *checked.problems]
    for child in entity.children:
        second = book.optional(child.field, child_names(entity, child))
        if second is not None and second.name != read.name:
            rows, more = join_children(rows, read.name, second, entity, child)
            problems += more
    problems += doubled_rows(read.name, entity, rows)
    compared = compare(book, rows, read, header, entity, ignore_base=reading.ignore_base)
    problems += [*compared.problems, *lone_companions(read, header, entity, compared.rows)]
    if not rows:
        problems.append(problem("no_rows", read.name))
    if path.read_bytes() != content:
        raise WorkbookError(f"{path}: it was changed while it was read. Try again.")
    return Prepared(
        entity,
        content,
        replace(read, remarks=(*read.remarks, *compared.remarks)),
        header,
        compared.rows,
        tuple(in_sheet_order(problems, header.fields)),
        compared.base_rows,
        reading,
    )


def check(prepared: Prepared) -> list[Problem]:
    """Return all problems that can be told without an account, in sheet order.

    A row without an id counts as a new record unless its Action says update or delete.
    """
    name, entity = prepared.sheet.name, prepared.entity
    found = list(prepared.problems)
    for row in prepared.rows:
        if row.action == "skip":
            continue
        is_new = not row.fills(entity.id_field.name) and row.action in {"", "create"}
        if is_new:
            found += rules.judge_new(name, entity, row, prepared.header.fields)
        else:
            found += rules.judge_alone(name, entity, row)
    return in_sheet_order(rules.gather_missing(found), prepared.header.fields)
