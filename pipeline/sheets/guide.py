"""The words that explain a workbook, derived from the entity; guide_page lays them out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.entities import LOOKUPS
from pipeline.rows import ACTION_COLUMN, RESULT_COLUMNS
from pipeline.schema import Entity, Field, Group
from pipeline.sheets.columns import is_shown_only
from pipeline.sheets.markers import CLEAR, KEPT

COLUMN_HEADINGS = ("Column", "Group", "Needed", "What to write", "Unit", "Choices", "Help")
REQUIRED_MARK = (
    "Dark, with a yellow edge",
    "A new record needs this column. In the pale ones a cell may stay blank.",
)
STATUSES = (
    ("created, updated, deleted", "Done. Id is filled in."),
    ("unchanged", "The account already has every value of the row: nothing was sent."),
    ("invalid", "A cell has to be mended first; Message says which and how."),
    ("blocked", "What the row means is not clear, or not allowed: Message says why."),
    ("stale", "Somebody changed the record after the plan was made. Plan again."),
    ("rejected", "The service refused the row; its reasons stand under Message."),
    ("in doubt", "Sent, but no answer came. The command resume looks before it sends again."),
    ("unsent", "The run stopped before this row. The command resume goes on."),
)


@dataclass(frozen=True)
class Section:
    """A heading and its lines, each a short label and what it means."""

    title: str
    lines: tuple[tuple[str, str], ...]


# ---- one column


def column_words(field: Field) -> tuple[str, ...]:
    """Return the cells of the table of columns, in the order of COLUMN_HEADINGS."""
    return (
        field.name,
        field.group.name,
        needed(field),
        what_to_write(field),
        field.unit,
        choices(field),
        field.help,
    )


def needed(field: Field) -> str:
    """Say whether a new record needs the field."""
    if field.required:
        return "Yes"
    return "Read only" if is_shown_only(field) else ""


def what_to_write(field: Field) -> str:
    """Say what a cell of the column may hold, with its bounds."""
    if is_shown_only(field):
        return "Nothing: the service sets it"
    if field.key:
        return "A number, or nothing for a new one"
    if field.names:
        return f"A name, instead of {field.names}"
    words = field.kind.expects
    if field.link:
        words += f" ({_noun(field)})"
    if within := bounds(field):
        words += f", {within}"
    return words[0].upper() + words[1:]


def bounds(field: Field) -> str:
    """Say the least and the most that a number or a text may be; nothing where ids start at 1."""
    if field.longest is not None:
        return f"at most {field.longest:,} characters"
    if field.link or (field.least is None and field.most is None):
        return ""
    if field.most is None:
        return f"{field.least:g} or more"
    return (
        f"at most {field.most:g}" if field.least is None else f"{field.least:g} to {field.most:g}"
    )


def choices(field: Field) -> str:
    """List the names of the choices."""
    return ", ".join(each.name for each in field.kind.choices)


def _noun(field: Field) -> str:
    lookup = LOOKUPS[field.link]
    return lookup.nouns if field.kind.name == "ids" else lookup.noun


def note(entity: Entity, field: Field) -> str:
    """Write the note that hangs on the column's name, one fact a line."""
    facts = [field.group.name, field.help]
    if field.required:
        other = entity.name_columns.get(field.name)
        facts.append(
            f"Needed for a new {entity.noun}{f' (here or under {other})' if other else ''}."
        )
    facts.append(f"Write: {what_to_write(field)}.")
    if field.unit:
        facts.append(f"Unit: {field.unit}.")
    if field.kind.choices:
        facts.append(f"Choices: {choices(field)}.")
    return "\n".join(facts)


# ---- the page


def title(entity: Entity) -> str:
    """Return the page's title."""
    return f"{entity.nouns.capitalize()}: how to fill in this workbook"


def introduction(entity: Entity) -> tuple[str, str]:
    """Say in two lines what the workbook is."""
    return (
        f"Each row of the sheet {entity.sheet} is one {entity.noun} of the account. "
        "The program nexudus-bulk carries it there, and tells row by row what became of it.",
        "The columns bear the names that the service uses; below stands what each of them means. "
        "Nothing on this page is imported.",
    )


def steps(entity: Entity, fields: Sequence[Field]) -> tuple[str, ...]:
    """Say how to go about it, in numbered steps."""
    required = ", ".join(_or_its_name(entity, each.name) for each in entity.required)
    rare = ", ".join(dict.fromkeys(each.group.name for each in fields if each.group.rare))
    lines = (
        f"Write one {entity.noun} a row, under the names of the columns in row 1.",
        f"A new {entity.noun} needs the columns with a dark name: {required}.",
        "Of the others, fill in only what you want to set. The rest may stay blank.",
        "Rest the pointer on a column's name to read what it is for. Where an arrow appears "
        "beside a cell, pick from its list.",
        f"Columns used less often are folded away: {rare}. The + above them unfolds them."
        if rare
        else "",
        "Save, then run: nexudus-bulk check FILE (finds mistakes), nexudus-bulk plan FILE "
        "(shows what would change), nexudus-bulk import FILE (does it).",
    )
    return tuple(f"{number}.  {line}" for number, line in enumerate(filter(None, lines), start=1))


def sections(entity: Entity, fields: Sequence[Field]) -> tuple[Section, ...]:
    """Return the page's sections, without the legend of colours and the table of columns."""
    shown = {each.name for each in fields}
    return (
        Section("What a cell may say", tuple(_cells(entity, fields))),
        _which_record(entity, ACTION_COLUMN in shown),
        Section("What the columns speak of", tuple(_words(entity, fields))),
        Section(
            f"After an import: the columns {', '.join(RESULT_COLUMNS)} and {entity.id_field.name}",
            (
                (
                    "results file",
                    "Your own rows once more, with these columns filled in and bad cells coloured. "
                    "Mend it and import it again: rows that are done stay as they are.",
                ),
                *STATUSES,
            ),
        ),
    )


def lists_section(entity: Entity, service: str, day: str) -> Section:
    """Explain the drop-downs of a template that was made with an account's names."""
    place = _or_its_name(entity, entity.key[0])
    return Section(
        "The names behind the arrows",
        (
            ("where from", f"From the account at {service}, on {day}."),
            (
                "location first",
                f"When {place} is filled in, the other lists of the row show that location's own "
                "names; before that, those of all locations.",
            ),
            (
                "name (number)",
                "Stands where a name alone could be misread: two of the same name, a comma within "
                "it, or one that looks like a number. Keep the number.",
            ),
            (
                "names that changed",
                "check, plan and import say what has changed since. To pick from today's names, "
                f"make a new workbook with nexudus-bulk template {entity.name} --live and copy "
                "your rows over.",
            ),
        ),
    )


def legend(fields: Sequence[Field]) -> tuple[tuple[Group, str], ...]:
    """Return each group with its columns, and how to unfold it when it is folded away."""
    named_groups = dict.fromkeys(each.group for each in fields)
    return tuple(
        (
            group,
            ", ".join(each.name for each in fields if each.group == group)
            + (". Folded away: click the + above the columns." if group.rare else ""),
        )
        for group in named_groups
    )


def _cells(entity: Entity, fields: Sequence[Field]) -> Iterable[tuple[str, str]]:
    kinds = {each.kind.name for each in fields}
    required = ", ".join(each.name for each in entity.required)
    by_kind = (
        ("yes/no", "yes or no", "Yes or No. Also TRUE, FALSE, Y, N, 1, 0 or x, in any case."),
        (
            "choice",
            "choice",
            "A name of the list, in any case, with or without spaces; or its number. "
            "None is a choice like the others: it does not mean blank.",
        ),
        ("whole", "whole number", "Digits only, such as 12."),
        ("decimal", "number", "Digits with or without decimals, such as 12.5."),
        (
            "id",
            "id or name",
            "The record's number, or its name: the program looks the name up in the account.",
        ),
        (
            "ids",
            "ids or names",
            "Numbers or names with commas between them, such as 17, 23. They replace the list.",
        ),
        (
            "time slots",
            "time slots",
            "Such as Mon-Fri 09:00-18:00; Sat 10:00-14:00. A day ends at 23:59.",
        ),
        (
            "moment",
            "date and time",
            "A date of the spreadsheet, or text such as 2026-03-31 14:30. It counts as UTC.",
        ),
        ("text", "text", "Kept to the letter: 007, NA and =1+1 stay as they are typed."),
        ("address", "web address", "It begins with http:// or https://."),
    )
    yield "blank", f"A new {entity.noun}: left to the service. An existing one: stays as it is."
    yield (
        CLEAR,
        f"An existing {entity.noun}: empties the field (no text, no number, No, or an empty list). "
        f"Not possible in {entity.id_field.name}, {required}.",
    )
    yield from ((label, words) for kind, label, words in by_kind if kind in kinds)
    yield (
        f"{KEPT}: …>",
        "Stands in exports for a value that no cell can hold. Leave it: the value stays as it is.",
    )
    yield "#N/A and the like", "An error: the row is not sent before the cell is mended."


def _which_record(entity: Entity, with_action: bool) -> Section:
    names = " and ".join(_or_its_name(entity, key) for key in entity.key)
    record_id = entity.id_field.name
    lines = [
        (record_id, f"When it is filled in, the row means that {entity.noun}."),
        (
            f"no {record_id}",
            f"{names} decide: if no such {entity.noun} exists, a new one is created; if one "
            "exists, it is changed; if there are several, the row is blocked and they are listed.",
        ),
    ]
    if with_action:
        lines.append(
            (
                ACTION_COLUMN,
                "May say create or update to rule out the other, skip to leave the row out, or "
                "delete (which also needs the option --allow-delete).",
            )
        )
    return Section(f"Which {entity.noun} a row means", tuple(lines))


def _or_its_name(entity: Entity, name: str) -> str:
    other = entity.name_columns.get(name)
    return f"{name} (or {other})" if other else name


def _words(entity: Entity, fields: Sequence[Field]) -> Iterable[tuple[str, str]]:
    links: dict[str, list[str]] = {}
    for each in fields:
        link = each.link or (entity.by_name[each.names].link if each.names else "")
        if link:
            links.setdefault(LOOKUPS[link].noun, []).append(each.name)
    yield from ((noun, f"In the columns {', '.join(names)}.") for noun, names in links.items())
