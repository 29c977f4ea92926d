"""What an export can prove: what was announced, what was written, what moved meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

SHOWN_IDS = 20


@dataclass(frozen=True)
class Certificate:
    """The account of one export; all moments in UTC.

    `announced` is what the service said it holds (with the filters, as far as it heeds them),
    `left_out` what it sent although it does not fit the filters, `unchanged` what was left out
    since it is as the export of that name before had it. `reread` counts listings that were read
    again since records moved, `found_again` the rows that only those showed. `reasons` say, in
    words, why the export is not complete; there are none when it is. `compared_as` is the name of
    the series that the export was compared with, or of which it is the first.
    """

    program: str
    account: str
    file: str
    nouns: str
    started: datetime
    ended: datetime
    announced: int
    written: int
    pages: int
    requests: int
    filters: tuple[str, ...] = ()
    reread: int = 0
    found_again: tuple[int, ...] = ()
    deleted: tuple[int, ...] = ()
    added: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    left_out: int = 0
    unchanged: int = 0
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    compared_as: str = ""

    @property
    def complete(self) -> bool:
        """Whether every record that fits is in the file."""
        return not self.reasons

    def lines(self) -> list[tuple[str, str]]:
        """Return what is certified as pairs of a label and words, in reading order."""
        return [
            ("Result", "complete" if self.complete else "INCOMPLETE"),
            *(("", reason) for reason in self.reasons),
            (f"{self.nouns.capitalize()} announced by the service", f"{self.announced:,}"),
            (f"{self.nouns.capitalize()} written", f"{self.written:,}"),
            ("Left out, since they do not fit the filters", f"{self.left_out:,}"),
            ("Left out, since unchanged since last time", f"{self.unchanged:,}"),
            ("Pages of the listing", f"{self.pages:,}"),
            ("Listings read again, to be sure", f"{self.reread:,}"),
            ("Found only by reading again", _ids(self.found_again)),
            ("Deleted while the export ran", _ids(self.deleted)),
            ("Added while the export ran", _ids(self.added)),
            ("Changed while the export ran", _ids(self.changed)),
            ("Filters", "; ".join(self.filters) or "none"),
            ("Account", self.account),
            ("File", self.file),
            ("Started (UTC)", _moment(self.started)),
            ("Ended (UTC)", _moment(self.ended)),
            ("Requests", f"{self.requests:,}"),
            ("Made by", self.program),
            *(("Note", note) for note in self.notes),
        ]

    def limits(self) -> list[str]:
        """Return, as sentences, what was left out on purpose: figures do not tell of it."""
        said = []
        if self.filters:
            said.append(f"Only {self.nouns} that fit: {'; '.join(self.filters)}.")
        if self.unchanged:
            said.append(
                f"{self.unchanged:,} {self.nouns} that are unchanged since last time are left out, "
                "here and in every number below."
            )
        return said

    def as_dict(self) -> dict[str, Any]:
        """Return the shape that `--json` gives."""
        return {
            "complete": self.complete,
            "reasons": list(self.reasons),
            "announced": self.announced,
            "written": self.written,
            "left_out": self.left_out,
            "unchanged": self.unchanged,
            "pages": self.pages,
            "reread": self.reread,
            "found_again": list(self.found_again),
            "deleted": list(self.deleted),
            "added": list(self.added),
            "changed": list(self.changed),
            "filters": list(self.filters),
            "started": self.started.isoformat(),
            "ended": self.ended.isoformat(),
            "requests": self.requests,
            "program": self.program,
            "notes": list(self.notes),
        }


def _ids(ids: Sequence[int]) -> str:
    if not ids:
        return "none"
    more = f" and {len(ids) - SHOWN_IDS:,} more" if len(ids) > SHOWN_IDS else ""
    return f"{len(ids):,}: {', '.join(map(str, ids[:SHOWN_IDS]))}{more}"


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")
