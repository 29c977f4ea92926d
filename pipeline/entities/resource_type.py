"""The ResourceType table: the account's own types, on which the prices of resources hang.

Data only. The vendor's pages for create, update, get and search name no more fields; the location's
name is not among what they tell, so exports look it up.
"""

from __future__ import annotations

from pipeline.entities.called import LOCATION_NAMES, LOCATION_NUMBERS, called
from pipeline.entities.every_record import RECORD, STAMPS
from pipeline.kinds import ID, TEXT
from pipeline.schema import Entity, Field, Group, Overview, Rule

BASICS = Group("Basics", "1F4E79")

FIELDS = (
    Field(
        "Id",
        ID,
        RECORD,
        "The record's own number. Leave it blank for a new type; an export fills it in.",
        on_create=False,
        exact_filter=False,
        key=True,
        least=1,
        aliases=called("Type ID; Resource type ID; Record ID; External ID; Reference; Code"),
    ),
    Field(
        "BusinessId",
        ID,
        BASICS,
        "The location the type belongs to: its number or its name.",
        required=True,
        link="Business",
        least=1,
        aliases=LOCATION_NUMBERS,
    ),
    Field(
        "BusinessName",
        TEXT,
        BASICS,
        "The location's name. May be given instead of BusinessId.",
        on_create=False,
        on_update=False,
        on_read=False,
        exact_filter=False,
        names="BusinessId",
        title="Location",
        aliases=LOCATION_NAMES,
    ),
    Field(
        "Name",
        TEXT,
        BASICS,
        "What the type is called, such as Meeting Room. Booking rates are set for it: all its "
        "resources share them, and those of a type without rates have no price.",
        required=True,
        aliases=called(
            "Type; Type name; Resource type; Room type; Space type; Kind; Category; Rate card; "
            "Price group; Price category; Price list; Rate plan; Title; Product"
        ),
    ),
    *STAMPS,
)


def _has_no_rates(name: str | None) -> str | None:
    return f"'{name}' is new and has no booking rates yet." if name else None


RESOURCE_TYPE = Entity(
    name="ResourceType",
    noun="resource type",
    nouns="resource types",
    sheet="ResourceTypes",
    path="spaces/resourcetypes",
    key=("BusinessId", "Name"),
    role="ResourceType",
    fields=FIELDS,
    overview=Overview(totals=("BusinessName",)),
    rules=(
        Rule(
            "no_rates_yet",
            "Name",
            ("Name",),
            _has_no_rates,
            "Set booking rates in the account: until then resources of a new type have no price.",
            severity="warning",
            only_new=True,
        ),
    ),
    screen_keys=frozenset(("ToStringText", "LocalizationDetails", "CustomFields")),
)
