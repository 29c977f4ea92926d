"""The apostrophe that keeps a text of a csv from being run as a formula, put on and taken off."""

from __future__ import annotations

import re

# A spreadsheet program runs what begins with such a sign; some take the wide forms for the same.
SIGNS = "=+\\-@\t\r＝＋－＠"  # noqa: RUF001 - the wide forms are meant
RISKY = re.compile(f"'*[{SIGNS}]")
GUARDED = re.compile(f"'+[{SIGNS}]")


def guarded(text: str) -> str:
    """Return a text that no program takes for a formula; `unguarded` gives it back."""
    return f"'{text}" if RISKY.match(text) else text


def unguarded(text: str) -> str:
    """Take off the apostrophe that `guarded` puts on; other texts stay as they are."""
    return text[1:] if GUARDED.match(text) else text
