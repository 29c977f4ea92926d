"""The tables. One file each; an entity is known when its table is imported here."""

from pipeline.entities.lookups import LOOKUPS, Lookup
from pipeline.entities.resource import RESOURCE
from pipeline.entities.resource_type import RESOURCE_TYPE  # noqa: F401
from pipeline.schema import Entity

TABLES = [each for each in tuple(globals().values()) if isinstance(each, Entity)]
ENTITIES = {each.name: each for each in (RESOURCE, *TABLES)}  # the usual one first

__all__ = ["ENTITIES", "LOOKUPS", "RESOURCE", "Lookup"]
