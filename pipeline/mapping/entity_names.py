"""The entities by the names that people use for them."""

from __future__ import annotations

from pipeline.entities import ENTITIES, LOOKUPS
from pipeline.errors import UsageError
from pipeline.kinds import plain
from pipeline.mapping.near import suggestion
from pipeline.schema import Entity


def find_entity(text: str) -> Entity | None:
    """Return the entity that `text` means, None where it means none."""
    known = {plain(name): each for each in ENTITIES.values() for name in _names(each)}
    return known.get(plain(text))


def entity_named(where: str, text: str) -> Entity:
    """Return the entity that `text` means. Raises UsageError, which begins with `where`."""
    if (found := find_entity(text)) is not None:
        return found
    near = suggestion(text, (name for each in ENTITIES.values() for name in _names(each)))
    raise UsageError(f"{where}: '{text}' is not known. {near}Known: {', '.join(ENTITIES)}.")


def short_name(entity: Entity) -> str:
    """Return what people type for the entity: one word."""
    return LOOKUPS[entity.name].nouns


def _names(entity: Entity) -> tuple[str, ...]:
    lookup = LOOKUPS[entity.name]
    return (entity.name, entity.sheet, entity.noun, entity.nouns, lookup.noun, lookup.nouns)
