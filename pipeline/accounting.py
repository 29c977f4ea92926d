"""What becomes of every record that an export lists, and the certificate that says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.api.census import Census
from pipeline.api.client import Client
from pipeline.certificate import Certificate
from pipeline.figures import readable
from pipeline.schema import Entity
from pipeline.sheets.exports import Columns

PROGRAM = f"nexudus-bulk {__version__}"


@dataclass
class Account:
    """The counts of one export while it goes on.

    `left_out` did not fit the filters, `unchanged` was as the last export of the name had it.
    """

    client: Client
    columns: Columns
    left_out: int = 0
    unchanged: int = 0
    deleted: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    is_ignored: bool = False  # whether the service sent what a filter it was sent excludes
    is_cut_short: bool = False  # whether records were left unread since their stamp is as it was

    def __post_init__(self) -> None:
        self.began = self.now()
        self._requests_before = self.client.tally.sent
        self._known = _known_keys(self.entity)
        self._strange: set[str] = set()

    @property
    def entity(self) -> Entity:
        """Whose records are exported."""
        return self.columns.entity

    def look_at(self, record: Mapping[str, Any]) -> None:
        """Note the keys of a record that no table knows."""
        if not record.keys() <= self._known:
            self._strange |= record.keys() - self._known

    def now(self) -> datetime:
        """Return the moment, in UTC."""
        return datetime.fromtimestamp(self.client.clocks.wall(), UTC)

    def certificate(  # noqa: PLR0913 - what only the flow knows
        self,
        path: Path,
        census: Census,
        *,
        written: int,
        filters: Sequence[str],
        remarks: Sequence[str],
        compared_as: str,
    ) -> Certificate:
        """Account for the export, when all of it is written."""
        return Certificate(
            program=PROGRAM,
            account=self.client.settings.account,
            file=readable(path.name),
            nouns=self.entity.nouns,
            started=self.began,
            ended=self.now(),
            announced=census.announced,
            written=written,
            pages=census.pages,
            requests=self.client.tally.sent - self._requests_before,
            filters=tuple(filters),
            reread=census.reread,
            found_again=tuple(sorted(census.found_again)),
            deleted=tuple(sorted(self.deleted)),
            added=tuple(sorted(census.added)),
            changed=tuple(sorted(self.changed)),
            left_out=self.left_out,
            unchanged=self.unchanged,
            reasons=tuple(self._reasons(census, written)),
            notes=(*self._notes(), *remarks),
            compared_as=compared_as,
        )

    def _reasons(self, census: Census, written: int) -> Iterator[str]:
        nouns = self.entity.nouns
        if not census.settled:
            yield (
                f"The listing did not settle: {census.announced:,} {nouns} were announced, "
                f"{census.seen:,} seen, in {census.reread + 1} readings. Somebody may be "
                "changing many of them just now; export again later."
            )
        accounted = written + self.left_out + self.unchanged + len(self.deleted)
        if accounted != census.seen:
            yield f"{census.seen:,} {nouns} were listed, {accounted:,} are accounted for."

    def _notes(self) -> Iterator[str]:
        if self.is_ignored:
            yield "The service sent records that do not fit the filters: it may not know them all."
        if self._strange and not self.columns.as_they_came:
            yield f"Left out, since no table knows them: {', '.join(sorted(self._strange))}."
        if self.is_cut_short:
            yield (
                f"{self.entity.nouns.capitalize()} whose {self.entity.stamp_field.name} is as it "
                "was were not read again: a change that the service does not date is not seen. "
                "With --name instead of --since-last all are compared."
            )


def _known_keys(entity: Entity) -> frozenset[str]:
    """Keys that need no word: fields, children, and what is only for the vendor's screens."""
    children = {name for each in entity.children for name in (each.field, each.read_name)}
    return frozenset({each.name for each in entity.fields} | children | entity.screen_keys)
