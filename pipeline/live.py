"""A template with the names of an account: its look-up lists are read, nothing is written there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.api.client import Client
from pipeline.entities import LOOKUPS
from pipeline.errors import ApiError, CredentialsError, ProtocolError
from pipeline.naming import read_names
from pipeline.planning.stored import Named
from pipeline.schema import Entity
from pipeline.sheets.columns import template_fields
from pipeline.sheets.lists import link_of
from pipeline.sheets.stamp import Account, Stamp, columns_of


@dataclass(frozen=True)
class Offered:
    """What a template can be made of; `remarks` say which lists could not be read, and why."""

    stamp: Stamp
    remarks: tuple[str, ...]


def read_offers(client: Client, entity: Entity, progress: Callable[[str], None]) -> Offered:
    """Read every list that a column of the entity takes names from, one after the other.

    `progress` is told of each before it is read. A list that the login may not read is left out.
    Raises ApiError when none can be read, or nobody answers.
    """
    names: dict[str, tuple[Named, ...]] = {}
    remarks: list[str] = []
    refused: ApiError | None = None
    made = datetime.fromtimestamp(client.clocks.wall(), UTC)
    for link, columns in offered_lists(entity).items():
        nouns = LOOKUPS[link].nouns
        progress(nouns)
        try:
            names[link] = read_names(client, link)
        except (CredentialsError, ProtocolError) as error:
            refused = error
            remarks.append(
                f"No drop-down of {nouns} ({', '.join(columns)}): they cannot be listed. {error}"
            )
    if refused and not names:
        raise refused
    stamp = Stamp(
        entity.name,
        columns_of(entity),
        account=Account.of(client.settings.base_url, client.settings.username),
        made=made.isoformat(timespec="seconds").replace("+00:00", "Z"),
        names=names,
    )
    return Offered(stamp, tuple(remarks))


def offered_lists(entity: Entity) -> dict[str, list[str]]:
    """Return the columns that take names from each list, in the order of the lists."""
    found: dict[str, list[str]] = {link: [] for link in LOOKUPS}
    for field in template_fields(entity):
        if link := link_of(entity, field):
            found[link].append(field.name)
    return {link: columns for link, columns in found.items() if columns}
