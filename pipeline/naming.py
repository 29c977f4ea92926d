"""Names of linked records: look-up lists, and names beside the ids of lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.api import reading
from pipeline.api.client import Client
from pipeline.entities import LOOKUPS
from pipeline.errors import CredentialsError, ProtocolError
from pipeline.planning.stored import Named
from pipeline.schema import Entity, Field


def read_names(client: Client, name: str) -> tuple[Named, ...]:
    """Read a look-up list of the account. Raises ApiError."""
    lookup = LOOKUPS[name]
    return tuple(
        Named(
            int(each["Id"]),
            str(each.get(lookup.label) or ""),
            each.get(lookup.place) if lookup.place else None,
        )
        for each in reading.listing(client, lookup.path)
    )


class Names:
    """Puts the names of linked records beside their ids.

    `own` are the names of this entity's records, as far as the listing told them; others are read
    by their ids. A look-up list is read when the first id of its kind is met; one that may not be
    read leaves its column blank, and a remark.
    """

    def __init__(
        self, client: Client, entity: Entity, fields: Sequence[Field], own: Mapping[int, str]
    ) -> None:
        self.remarks: list[str] = []
        self._client = client
        self._entity = entity
        self._columns = [
            (each.name, each.view_of, entity.by_name[each.view_of].link)
            for each in fields
            if each.name not in entity.by_name
        ]
        self._names: dict[str, dict[int, str]] = {}
        self._own = own

    @property
    def needs_own(self) -> bool:
        """Whether names of this entity's own records stand beside ids."""
        return any(link == self._entity.name for _, _, link in self._columns)

    def beside(self, record: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the record with its names."""
        named = dict(record)
        for column, listed, link in self._columns:
            if ids := record.get(listed):
                named[column] = self._line(column, link, ids)
        return named

    def _line(self, column: str, link: str, ids: Sequence[int]) -> str | None:
        if link not in self._names:
            self._names[link] = self._read(column, link)
        names = self._names[link]
        if link == self._entity.name:
            self._read_more([each for each in ids if each not in names and each not in self._own])
            return ", ".join(names.get(each) or self._own.get(each) or str(each) for each in ids)
        return ", ".join(names.get(each) or str(each) for each in ids) if names else None

    def _read(self, column: str, link: str) -> dict[int, str]:
        if link == self._entity.name:
            return {}
        try:
            return {each.id: each.name for each in read_names(self._client, link)}
        except (CredentialsError, ProtocolError) as error:
            nouns = LOOKUPS[link].nouns
            self.remarks.append(f"{column} is blank: {nouns} cannot be listed. {error}")
            return {}

    def _read_more(self, ids: Sequence[int]) -> None:
        """Read names that the listing did not tell, since it was filtered."""
        label, names = LOOKUPS[self._entity.name].label, self._names[self._entity.name]
        if ids:
            names |= dict.fromkeys(ids, "")
            records = reading.whole_records(self._client, self._entity, ids)
            names |= {each["Id"]: str(each.get(label) or "") for each in records}
