"""Which fields stand in a template and in an export, and the column that no field stands behind."""

from __future__ import annotations

from dataclasses import replace

from pipeline.kinds import TEXT
from pipeline.rows import ACTION_COLUMN, ACTIONS
from pipeline.schema import Choice, Entity, Field


def template_fields(entity: Entity) -> tuple[Field, ...]:
    """Return what a person can fill in, in the table's order, and Action at the end."""
    fields = (
        each
        for each in entity.fields
        if each.in_sheet and (each.key or each.writable or each.names)
    )
    return (*fields, action_field(entity))


def export_fields(entity: Entity) -> tuple[Field, ...]:
    """Return what the service tells of a record, in the table's order, names beside ids."""
    children = {child.field for child in entity.children}
    companions = {each.view_of: each for each in companion_fields(entity)}
    told = (
        each for each in entity.fields if each.in_sheet and (each.shown or each.name in children)
    )
    return tuple(
        shown for each in told for shown in (each, companions.get(each.name)) if shown is not None
    )


def companion_fields(entity: Entity) -> tuple[Field, ...]:
    """Return the columns that show names beside the ids of lists, in the table's order."""
    return tuple(
        companion(each)
        for each in entity.fields
        if each.link and each.kind.name == "ids" and each.on_read and each.in_sheet
    )


def companion(field: Field) -> Field:
    """Return the column that shows the names behind the ids of `field`; it is never sent."""
    return Field(
        f"{field.name.removesuffix('s')}Names",
        TEXT,
        field.group,
        f"The names behind {field.name}. Only shown: change {field.name}, by ids or names.",
        on_create=False,
        on_update=False,
        on_read=False,
        exact_filter=False,
        view_of=field.name,
    )


def action_field(entity: Entity) -> Field:
    """Return the column that says what to do with a row; it is never sent."""
    *others, last = ACTIONS[1:]
    kind = replace(
        TEXT,
        name="choice",
        expects=f"{', '.join(others)} or {last}",
        choices=tuple(Choice(number, name) for number, name in enumerate(ACTIONS) if name),
    )
    return Field(
        ACTION_COLUMN,
        kind,
        entity.id_field.group,
        f"What to do with the row. Blank: change the {entity.noun} if it exists, else create it.",
        on_read=False,
    )


def is_shown_only(field: Field) -> bool:
    """Whether a cell of the field is never sent: the service alone sets it."""
    return not (field.writable or field.key or field.names)
