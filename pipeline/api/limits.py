"""The limits of the service as values: how many requests of a kind in how many seconds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.errors import UsageError

KINDS = ("all", "read", "write")
LIMIT_TEXT = re.compile(r"(?P<kind>[a-z]+):(?P<count>\d+)/(?P<seconds>\d+(\.\d+)?)")
DAY = 86_400.0  # seconds


@dataclass(frozen=True)
class Limit:
    """At most `count` requests of `kind` in any `seconds` seconds."""

    kind: str
    count: int
    seconds: float

    def counts(self, kind: str) -> bool:
        """Whether a request of `kind` (read or write) counts here."""
        return self.kind in {"all", kind}

    def __str__(self) -> str:
        return f"{self.kind}:{self.count}/{self.seconds:g}"


# The tightest documented figures with a margin: 1 request per 100 ms, 120 a minute, 5,000 an
# hour of any kind, 60 writes a minute and 2,500 a day (the vendor's service limits).
DEFAULT_LIMITS = (
    Limit("all", 1, 0.1),
    Limit("all", 100, 60),
    Limit("all", 4_800, 3_600),
    Limit("write", 50, 60),
    Limit("write", 2_400, DAY),
)


def parse_limit(text: str) -> Limit:
    """Read `write:60/60`. Raises UsageError that names the form."""
    match = LIMIT_TEXT.fullmatch(text.strip().lower())
    if (
        not match
        or match["kind"] not in KINDS
        or not int(match["count"])
        or not float(match["seconds"])
    ):
        raise UsageError(
            f"--limit: '{text}' is not a limit. Write KIND:COUNT/SECONDS, KIND being all, read or "
            "write, such as write:60/60; or none."
        )
    return Limit(match["kind"], int(match["count"]), float(match["seconds"]))


def parse_limits(texts: Iterable[str]) -> tuple[Limit, ...]:
    """Read limits; `none` alone lifts all. Raises UsageError."""
    given = [text.strip() for text in texts]
    if [text.lower() for text in given] == ["none"]:
        return ()
    return tuple(parse_limit(text) for text in given)
