"""The tables. One file each; an entity is known when it stands in ENTITIES."""

from pipeline.entities.lookups import LOOKUPS, Lookup
from pipeline.entities.resource import RESOURCE

ENTITIES = {each.name: each for each in (RESOURCE,)}

__all__ = ["ENTITIES", "LOOKUPS", "RESOURCE", "Lookup"]
