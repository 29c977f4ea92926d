"""Names of linked records: look-up lists, and names beside the ids of lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pipeline.api import reading
from pipeline.api.client import Client
from pipeline.api.marks import Texts
from pipeline.entities import LOOKUPS
from pipeline.errors import CredentialsError, ProtocolError
from pipeline.planning.missing import Places
from pipeline.planning.stored import Named
from pipeline.schema import Cell, Entity, Field


def read_names(client: Client, name: str) -> tuple[Named, ...]:
    """Read a look-up list of the account. Raises ApiError."""
    return names_of(name, reading.listing(client, LOOKUPS[name].path))


def names_of(name: str, listed: Iterable[Mapping[str, Any]]) -> tuple[Named, ...]:
    """Return listed records as entries of a look-up list."""
    lookup = LOOKUPS[name]
    return tuple(
        Named(
            int(each["Id"]),
            str(each.get(lookup.label) or ""),
            each.get(lookup.place) if lookup.place else None,
        )
        for each in listed
    )


def read_places(client: Client, name: str) -> Places:
    """Read the account's locations, the list `name`, and how they belong together."""
    lookup = LOOKUPS[name]
    listed = reading.listing(client, lookup.path)
    above = {int(each["Id"]): each.get(lookup.above) for each in listed}
    return Places(
        {int(each["Id"]): str(each.get(lookup.label) or "") for each in listed},
        {number: place for number, place in above.items() if isinstance(place, int)},
    )


class Names:
    """Puts the names of linked records beside their ids, where the service does not tell them.

    `own` are the names of this entity's records, as far as the export's listing told them. A
    look-up list is read once, when the first id is met whose name is not known; one that may not be
    read leaves its column blank, and a remark.
    """

    def __init__(self, client: Client, entity: Entity, fields: Sequence[Field], own: Texts) -> None:
        self.remarks: list[str] = []
        self._client = client
        self._entity = entity
        self._columns = [
            (each.name, each.view_of, entity.by_name[each.view_of].link)
            for each in fields
            if each.name not in entity.by_name
        ]
        self._untold = [
            (each.name, each.names, entity.by_name[each.names].link)
            for each in entity.fields
            if each.names and not each.on_read
        ]
        self._names: dict[str, dict[int, str]] = {}
        self._own = own

    @property
    def needs_own(self) -> bool:
        """Whether names of this entity's own records stand beside ids."""
        return any(link == self._entity.name for _, _, link in self._columns)

    def told(self, record: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the record with the names that may stand in for its links."""
        missing = [each for each in self._untold if record.get(each[0]) is None]
        if not missing:
            return record
        return {**record, **{c: self._name(c, link, record.get(i)) for c, i, link in missing}}

    def _name(self, column: str, link: str, number: object) -> str | None:
        return self._line(column, link, [number]) if isinstance(number, int) else None

    def beside(self, record: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the record with its names."""
        named: dict[str, Any] = {}
        for column, listed, link in self._columns:
            ids = record.get(listed)
            if ids and isinstance(ids, list) and all(isinstance(each, int) for each in ids):
                named[column] = self._line(column, link, ids)
        return {**record, **named} if named else record

    def words(self, name: str, cell: Cell) -> Cell:
        """Return names for the cell of a list of links; other cells as they are."""
        field = self._entity.by_name.get(name)
        if field is None or not field.link or field.kind.name != "ids" or not cell:
            return cell
        return self._line(field.name, field.link, field.kind.read(cell)) or cell

    def _line(self, column: str, link: str, ids: Sequence[int]) -> str | None:
        own = self._own if link == self._entity.name else Texts()
        if link not in self._names and any(each not in own for each in ids):
            self._names[link] = self._read(column, link)
        read = self._names.get(link, {})
        if not ids or not (own or read):
            return None  # there is nothing to name, or the list may not be read
        return ", ".join(own.get(each) or read.get(each) or str(each) for each in ids)

    def _read(self, column: str, link: str) -> dict[int, str]:
        try:
            return {each.id: each.name for each in read_names(self._client, link)}
        except (CredentialsError, ProtocolError) as error:
            nouns = LOOKUPS[link].nouns
            self.remarks.append(f"{column} is blank: {nouns} cannot be listed. {error}")
            return {}
