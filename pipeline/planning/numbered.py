"""A name with its id behind it, such as `Boardroom (1410020002)`: for names that alone mislead."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.kinds import plain
from pipeline.planning.stored import Named

CUT = "…"
LONGEST = 80  # characters of the name; the id tells the rest
NUMBERED = re.compile(r"(?P<name>.*?)\s*\((?P<id>\d{1,19})\)", re.DOTALL)
SEPARATORS = re.compile(r"[;,\s]+")


def numbered(entry: Named) -> str:
    """Write an entry so that a cell can hold it whatever its name.

    The separators of lists go, and the bracket with which the program's own words begin.
    """
    printable = (each for each in SEPARATORS.sub(" ", entry.name) if each.isprintable())
    words = "".join(printable).strip(" <")
    if len(words) > LONGEST:
        words = words[: LONGEST - len(CUT)] + CUT
    return f"{words} ({entry.id})".strip()


def meant(entries: Iterable[Named], text: str) -> list[Named]:
    """Return the entry whose id `text` gives, if its name fits in letters and digits."""
    found = NUMBERED.fullmatch(text)
    if found is None:
        return []
    record_id, said = int(found["id"]), plain(found["name"])
    cut = found["name"].endswith(CUT)
    names = ((each, plain(each.name)) for each in entries if each.id == record_id)
    return [each for each, name in names if name == said or (cut and name.startswith(said))]
