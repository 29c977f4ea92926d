"""What a comparison is shown as, whatever the file: columns, their names, and cells as read."""

from __future__ import annotations

from pipeline.comparison import Comparison, Edit, Presence
from pipeline.entities import LOOKUPS
from pipeline.schema import Cell, Entity

NAME, FIELD, OLD, NEW = "Name", "Field", "Old", "New"


def record_columns(entity: Entity) -> tuple[str, str, str]:
    """Return what a record's number, location and name are called above a column."""
    place = LOOKUPS[entity.by_name[entity.key[0]].link]
    return entity.id_field.name, place.noun.capitalize(), NAME


def edit_columns(entity: Entity) -> tuple[str, ...]:
    """Return the columns of changed cells."""
    return (*record_columns(entity), FIELD, OLD, NEW)


def presence_cells(each: Presence) -> tuple[Cell, ...]:
    """Return a record that came or went as cells."""
    return each.record_id, each.place, each.name


def edit_cells(each: Edit) -> tuple[Cell, ...]:
    """Return a changed cell with its record as cells."""
    return each.record_id, each.place, each.name, each.field, each.old, each.new


def moment_of(comparison: Comparison) -> str:
    """Return since when, in words."""
    return f"{comparison.since:%Y-%m-%d %H:%M} UTC"
