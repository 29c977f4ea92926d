"""What the columns of rooms hold, as somebody would type it off the API's pages.

Derived from the entity table all the same: it must be the same table.
"""

from __future__ import annotations

from pipeline.entities import RESOURCE

NUMBERS = {each.name for each in RESOURCE.fields if each.kind.name in {"whole", "decimal", "id"}}
YES_NO = {each.name for each in RESOURCE.fields if each.kind.name == "yes/no"}
CHOICES = {
    each.name: [choice.name for choice in each.kind.choices]
    for each in RESOURCE.fields
    if each.kind.choices
}
REQUIRED = {each.name for each in RESOURCE.required}
