"""What can be wrong in a file: the catalogue of sentences, and the value that carries one.

A sentence says what is wrong with the value in quotes; a hint says what is allowed and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from pipeline.schema import Severity

IGNORE_BASE = (
    "import with --ignore-base, which writes every cell that differs: look at its plan first."
)
NEW_TEMPLATE = (
    "For a new one: nexudus-bulk template {{entity}}{live} -o new.xlsx; then copy your rows over."
)
MAX_QUOTED = 60  # characters of a value that a message repeats
SAID_ONCE = {"unknown_name", "ambiguous_name", "not_translated"}  # and every warning


class Entry(NamedTuple):
    """One sentence of the catalogue, with the words it leaves open in braces."""

    message: str
    hint: str
    severity: Severity = "error"


CATALOGUE: dict[str, Entry] = {
    # a cell
    "not_whole": Entry(
        "{value} is not a whole number.", "Write it without decimals, such as {example}."
    ),
    "not_decimal": Entry("{value} is not a number.", "Write digits and a point, such as 12.5."),
    "decimal_comma": Entry(
        "{value} is not a number.",
        "Write a point: {example}. Or read the whole file with --decimal-comma.",
    ),
    "thousands": Entry(
        "{value} is not a whole number.",
        "Write it without a point: {example}. Or read the whole file with --decimal-comma.",
    ),
    "decimal_point": Entry(
        "{value} has a point, and with --decimal-comma that stands for thousands only.",
        "Write a comma: {example}. Or leave out --decimal-comma.",
    ),
    "inexact_number": Entry(
        "{value} has more digits than a number cell keeps exactly (15).",
        "Format the cell as Text and type the number again.",
    ),
    "too_long_number": Entry("{value} is too large.", "Ids and counts have at most 19 digits."),
    "not_yes_no": Entry(
        "{value} is neither yes nor no.", "Write Yes or No (also TRUE, FALSE, Y, N, 1, 0 or x)."
    ),
    "not_a_choice": Entry("{value} is not a choice.", "{nearest}Choices: {choices}."),
    "not_a_moment": Entry(
        "{value} is not a date and time.", "Use an Excel date, or text such as 2026-03-31 14:30."
    ),
    "not_an_id": Entry(
        "{value} is not an id.", "Ids are whole numbers above 0; names may be used."
    ),
    "not_an_address": Entry(
        "{value} is not a web address.", "It has to begin with http:// or https://."
    ),
    "date_in_text": Entry(
        "{value} is a date or a time, and the column holds text.",
        "Excel may have made it one: format the cell as Text and type it again.",
    ),
    "not_slots": Entry(
        "'{part}' is not a time slot.", "Write such as Mon-Fri 09:00-18:00; Sat 10:00-14:00."
    ),
    "not_a_day": Entry(
        "'{day}' is not a day of the week.", "Write Mon to Sun, or 0 (Sunday) to 6 (Saturday)."
    ),
    "not_a_time": Entry(
        "'{time}' is not a time of day.", "Write 00:00 to 23:59; the end of a day is 23:59."
    ),
    "too_small": Entry("{value} is too small.", "The least is {least}."),
    "too_large": Entry("{value} is too large.", "The most is {most}."),
    "too_long": Entry(
        "the text has {length} characters.", "At most {longest} are allowed: shorten it."
    ),
    "error_cell": Entry(
        "the cell holds the error {value}.", "Mend the formula, or type the value itself."
    ),
    "uncalculated_formula": Entry(
        "the formula {value} was never calculated.",
        "Open the file in Excel or LibreOffice and save it, or type the value itself.",
    ),
    "required_blank": Entry(
        "is blank, and a new {noun} needs it.",
        "Fill it in. If the row means an existing {noun}, give its {id}, or Action update.",
    ),
    "cannot_clear": Entry(
        "{value} is not possible here: every {noun} needs {column}.", "Fill it in."
    ),
    "cannot_clear_name": Entry(
        "{value} is not possible here: the name is only looked up.", "Write <clear> under {id}."
    ),
    "kept_marker": Entry(
        "{value} stands for a value that did not fit into a cell, and a new {noun} has none yet.",
        "Type the value itself, or leave the cell blank.",
    ),
    "not_an_action": Entry(
        "{value} is not an action.",
        "{nearest}Leave it blank, or write create, update, skip or delete.",
    ),
    # a cell under a mapping
    "not_translated": Entry(
        "{value} is not {expects}, and the mapping {mapping} does not translate it.",
        "{nearest}Add it under [fields.{field}.values]; known are {known}.",
    ),
    "not_a_number": Entry(
        "'{cell}' is not a number, so the {pick} cannot be told.",
        "Write digits, or clear the cell.",
    ),
    "no_amount": Entry(
        "{value} is no length of time.", "Write a number of {unit}, or such as 90 min, 2 h or 1:30."
    ),
    "amount_with_comma": Entry(
        "{value} is no length of time.",
        "Write a point instead of the comma. Or read the whole file with --decimal-comma.",
    ),
    "not_of_format": Entry(
        "{value} is not a date as the mapping says ({format}).",
        "Mend the cell, or the format under dates.",
    ),
    "never_open": Entry(
        "{value} leaves no time at which it can be booked, and no times at all would mean always.",
        "Give its times, or clear the cell.",
    ),
    "link_lost": Entry(
        "'{item}' is no row of this file, so it takes no link back to this one.",
        "Add its row, or set the link there by hand.",
        "warning",
    ),
    # the header
    "column_unknown": Entry(
        "is not a known column; it is left out.",
        "{nearest}Rename the column, or remove it to be rid of this warning.",
        "warning",
    ),
    "column_refused": Entry("is not a known column.", "{nearest}Rename or remove the column."),
    "column_missing": Entry("the column is missing, and new {nouns} need it.", "{instead}"),
    "key_missing": Entry("no column says which {noun} a row means.", "Add {id}, or {key}.{near}"),
    "column_doubled": Entry("the column stands more than once: {letters}.", "Keep one of them."),
    "header_blank": Entry(
        "column {letter} has values but no name; it is left out.",
        "Give it a name in row {header}.",
        "warning",
    ),
    "second_header": Entry(
        "the row repeats the names of the columns.", "Remove it: one header is enough."
    ),
    "no_rows": Entry("has no rows below its header.", "Fill in at least one row.", "warning"),
    "homeless": Entry(
        "{count} no home: {columns}.",
        "To be rid of this line, name them under ignored in the mapping {mapping}.",
        "warning",
    ),
    "homeless_refused": Entry(
        "{count} no home: {columns}.",
        "Name them under ignored in the mapping {mapping}, or give them a rule.",
    ),
    "items_homeless": Entry(
        "what its lists name has no home here: {items}.",
        "Give it a rule with contains, or name it under ignored in the mapping {mapping}.",
        "warning",
    ),
    "source_column_missing": Entry(
        "the mapping {mapping} takes {field} from {columns}, and the file has no such column.",
        "{nearest}ame the file's own column under [fields], or add the column.",
    ),
    "source_columns_missing": Entry(
        "{count} not in the file, so that these rules of the mapping {mapping} go without: "
        "{columns}.",
        "Nothing needs them.",
        "warning",
    ),
    "foreign_file": Entry(
        "this looks like {title}.",
        "Add --mapping {mapping}.",
    ),
    "unmapped_file": Entry(
        "the header has names that are not ours.",
        "If the file comes from another program: {command}",
        "warning",
    ),
    # two places
    "same_id": Entry("{id} {value} is already on row {other}.", "Keep one of them."),
    "same_key": Entry("{key} is already on row {other}.", "Keep one of them."),
    "same_source_id": Entry(
        "{value} is already on row {other}: a source id means one {noun}.",
        "Keep one of the two rows.",
    ),
    "same_record": Entry("means the same {noun} as row {other}: {which}.", "Keep one of them."),
    "names_disagree": Entry(
        "{value} does not fit {field}: that is {actual}.",
        "Make the two agree, or clear one of the two cells.",
    ),
    "child_both": Entry(
        "time slots stand both here and on the sheet {other_sheet}.", "Keep one of the two."
    ),
    "child_row": Entry("{value} does not point to a row of the sheet {sheet_name}.", "Use {ways}."),
    # the account
    "no_such_record": Entry(
        "no {noun} has {column} {value} in this account.",
        "Check the number; leave it blank to create a new {noun}.",
    ),
    "several_records": Entry(
        "{value} is the name of {count} {nouns} there: {candidates}.",
        "Write the id of the one that is meant under {id}.",
    ),
    "already_there": Entry(
        "Action is create, but {value} exists: {id} {actual}.", "Write update, or leave it blank."
    ),
    "not_there": Entry(
        "Action is {action}, but {value} does not exist.", "Check the name, or give its {id}."
    ),
    "delete_not_allowed": Entry("Action is delete.", "Deleting needs the option --allow-delete."),
    "unknown_name": Entry("{value} is no {what} of this account.", "{nearest}"),
    "ambiguous_name": Entry("{value} is the name of {count} {what}: {candidates}.", "{instead}"),
    "linked_row_lost": Entry(
        "{value} is on row {other}, which is not created: {why}.",
        "Mend row {other}, or take the name out of the cell.",
    ),
    "linked_record_deleted": Entry(
        "{which} is deleted by row {other}.", "Take it out of the cell, or keep row {other}."
    ),
    "read_only_edited": Entry(
        "is read-only: what was edited in {count} is left out (first: row {first}, {value}).",
        "Only the service sets it.",
        "warning",
    ),
    # a template, and what changed since it was made
    "other_entity": Entry(
        "this workbook is a template of {made_of}, and is read as {nouns}.",
        "If that is not what you mean: --entity {made_of}.",
        "warning",
    ),
    "stale_columns": Entry(
        "the columns are not those of the template, which was made by {program}: {changes}.",
        f"Your rows are read by today's columns. {NEW_TEMPLATE.format(live='')}",
        "warning",
    ),
    "stale_names": Entry(
        "the account's names have changed since the template was made ({day}): {changes}.",
        f"Names in rows mean what they mean today. {NEW_TEMPLATE.format(live=' --live')}",
        "warning",
    ),
    "other_meaning": Entry(
        "{value} was {was} when the template was made ({day}), and means {now} now.",
        "The former is gone. If the new one is not meant, write another name.",
        "warning",
    ),
    "other_record": Entry(
        "{value} was {was} when the template was made ({day}), and would mean {now} now.",
        "{former} If the other one is meant, write its id.",
    ),
    "other_login": Entry(
        "the template was made with another login at {host} ({day}).",
        "If that is another account, ids mean other records there: look at the plan first.",
        "warning",
    ),
    "other_account": Entry(
        "the template offers the names of another account ({host}, {day}); this one is at {here}.",
        "Names are looked up in this one, and rows that give ids are not sent. "
        + NEW_TEMPLATE.format(live=" --live"),
        "warning",
    ),
    "id_of_other_account": Entry(
        "{value} is an id, and the template was made for another account ({host}, {day}): here it "
        "may mean another record.",
        "Write the name instead, and leave the record's own id blank. If it is the same account "
        "after all, delete the hidden sheet {stamp}.",
    ),
    # rows that came from another program before, and records that look like a new row
    "ledger_gone": Entry(
        "source id {number} became {was} in an earlier run; the account has that no longer.",
        "Write Action create to make a new {noun}, or the {id} of the one that is meant.",
    ),
    "ledger_taken": Entry(
        "means the same {noun} as row {other}, which the ledger knows by its source id: {which}.",
        "If they are two, write Action skip here, import, clear it, and import again.",
    ),
    "ledger_moved": Entry(
        "source id {number} takes over {was}, which stood for source id {other} until now.",
        "If another one is meant, write its {id}.",
        "warning",
    ),
    "ledger_namesake": Entry(
        "source id {number} became {was} in an earlier run; the account has that no longer, and "
        "the {noun} of this name, {id} {actual}, is taken instead.",
        "If another one is meant, write its {id}.",
        "warning",
    ),
    "ledger_other": Entry(
        "source id {number} became {was} in an earlier run; the row's own {id} {actual} counts.",
        "From now on {number} stands for that.",
        "warning",
    ),
    "near_record": Entry(
        "{value} is new; did you mean to update {candidates}?",
        "Write that {id}, or Action create to say it is new.",
        "warning",
    ),
    "near_row": Entry(
        "{value} is new, and resembles {candidates}, new too.",
        "If they are one {noun}, keep one row; if not, Action create says so.",
        "warning",
    ),
    "many_near_records": Entry(
        "{count} new rows resemble {nouns} that are there (first: {first})",
        "Each stands in the plan (plan -o) and in the results: write those {id}s, or Action create "
        "to say they are new.",
        "warning",
    ),
    "many_near_rows": Entry(
        "{count} new rows resemble other new ones (first: {first})",
        "Each stands in the plan (plan -o) and in the results: keep one of two that are one, or "
        "say by Action create that they are not.",
        "warning",
    ),
    # an export edited, and the account since
    "shown_edited": Entry(
        "is only shown: what was edited in {count} is left out (first: row {first}, {value}).",
        "Change {field}, by ids or names.",
        "warning",
    ),
    "emptied": Entry(
        "{count} emptied since the export (first: row {first}); a blank leaves the value.",
        "{instead}",
        "warning",
    ),
    "changed_since": Entry(
        "was changed in the account since the export, to {actual}; it is left as it is.",
        f"To write {{value}} anyway, {IGNORE_BASE}",
        "warning",
    ),
    "often_changed_since": Entry(
        "was changed in the account since the export for {count} rows (first: row {first}); what "
        "the account has is left as it is.",
        f"To write what the cells say anyway, {IGNORE_BASE}",
        "warning",
    ),
    "changed_both": Entry(
        "was edited here, and changed in the account since the export, {change}; {new} replaces "
        "that.",
        "To keep what the account has, leave the cell blank.",
        "warning",
    ),
    "deleted_changed": Entry(
        "{value} is deleted, and was changed in the account since the export: {columns}.",
        "To keep it, clear the cell.",
        "warning",
    ),
    "already_gone": Entry(
        "Action is delete, and no {noun} has {column} {value}.",
        "It may be deleted already: nothing is sent.",
        "warning",
    ),
    "gone_since": Entry(
        "no {noun} has {column} {value} any more: it was deleted since the export.",
        "Nothing was edited in the row, so nothing is sent.",
        "warning",
    ),
}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a file. `row` is Excel's number, None for a whole column."""

    sheet: str
    row: int | None
    column: str | None
    code: str
    severity: Severity
    value: str | None
    message: str
    hint: str

    @property
    def place(self) -> str:
        """Where it is, as a person says it."""
        row = "" if self.row is None else f" row {self.row}"
        column = "" if self.column is None else f", column {self.column}"
        return f"{self.sheet}{row}{column}"

    def __str__(self) -> str:
        return f"{self.place}: {self.message} {self.hint}".strip()

    def as_dict(self) -> dict[str, object]:
        """Return the shape that `--json` promises."""
        return dict(vars(self))


def quoted(value: object) -> str:
    """Put a value in quotes, cut to a length that still can be read, on one line."""
    text = plain_text(value).replace("\r", "").replace("\n", "⏎")
    return f"'{text if len(text) <= MAX_QUOTED else text[: MAX_QUOTED - 1] + '…'}'"


def plain_text(value: object) -> str:
    """Write a cell's value as its user sees it: a workbook keeps 120 as 120.0."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def problem(
    code: str,
    sheet: str,
    *,
    row: int | None = None,
    column: str | None = None,
    value: object = None,
    **words: object,
) -> Problem:
    """Make a problem from its entry in the catalogue; `words` fill the braces."""
    entry = CATALOGUE[code]
    words = {"value": quoted(value), "column": column, **words}
    return Problem(
        sheet=sheet,
        row=row,
        column=column,
        code=code,
        severity=entry.severity,
        value=None if value is None else plain_text(value),
        message=entry.message.format(**words),
        hint=entry.hint.format(**words).strip(),
    )


def is_error(each: Problem) -> bool:
    """Whether the problem keeps its row from being sent."""
    return each.severity == "error"


def said_once(problems: Iterable[Problem]) -> list[Problem]:
    """Say once what is wrong in the same words with many rows, with their number.

    That is for names, values that a mapping does not know, and warnings: one answer mends them all.
    """
    found = list(problems)
    rows: dict[Problem, set[int | None]] = {}
    for each in found:
        if _is_said_once(each):
            rows.setdefault(replace(each, row=None), set()).add(each.row)
    told = []
    for each in found:
        users = rows.pop(replace(each, row=None), None) if _is_said_once(each) else {each.row}
        if users is not None:
            told.append(each if len(users) == 1 else _of_rows(each, len(users)))
    return told


def _is_said_once(each: Problem) -> bool:
    return each.row is not None and (each.code in SAID_ONCE or not is_error(each))


def _of_rows(first: Problem, count: int) -> Problem:
    words = f"({count:,} rows, first: row {first.row})"
    return replace(first, message=f"{first.message.removesuffix('.')} {words}.")


def in_sheet_order(problems: Iterable[Problem], columns: Iterable[str] = ()) -> list[Problem]:
    """Sort problems as a person meets them: by row, then by column from left to right."""
    place = {name: number for number, name in enumerate(columns)}
    return sorted(
        problems, key=lambda each: (each.row or 0, place.get(each.column or "", len(place)))
    )
