"""The entities that a sheet refers to by name: where they are listed and what names them.

Data only. Paths and roles: the vendor's reference for each entity.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Lookup:
    """A list of the account from which names become ids.

    `place` is the key of a record that holds its location's id; None for locations themselves.
    `above` is the key of a location's record that holds the one it belongs to, if any: what that
    one has is shared by all below it.
    """

    name: str
    noun: str
    nouns: str
    path: str
    role: str
    place: str | None = "BusinessId"
    label: str = "Name"
    above: str = ""


LOOKUPS = {
    each.name: each
    for each in (
        Lookup(
            "Business",
            "location",
            "locations",
            "sys/businesses",
            "Business-List",
            place=None,
            above="RootLocationId",
        ),
        Lookup("ResourceType", "type", "types", "spaces/resourcetypes", "ResourceType-List"),
        Lookup("Tariff", "plan", "plans", "billing/tariffs", "Tariff-List"),
        Lookup("Team", "team", "teams", "spaces/teams", "Team-List"),
        Lookup("Product", "product", "products", "billing/products", "Product-List"),
        Lookup("Resource", "resource", "resources", "spaces/resources", "Resource-List"),
        Lookup(
            "BookingAvailabilityException",
            "exception",
            "exceptions",
            "spaces/bookingavailabilityexceptions",
            "BookingAvailabilityException-List",
            label="Message",
        ),
    )
}
