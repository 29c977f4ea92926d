"""When a run is going wrong: so many rows refused that the rest need not be tried."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.errors import UsageError

LIMIT_TEXT = re.compile(r"(\d+(?:\.\d+)?)\s*(%?)")
FIRST_ROWS = 20  # before so many a share says little; all of these refused says enough


@dataclass(frozen=True)
class FailureLimit:
    """At most so many rows, or such a share of them, may fail; neither: not all of the first."""

    rows: int | None = None
    percent: float | None = None

    @classmethod
    def parse(cls, text: str) -> FailureLimit:
        """Read `25` or `10%`. Raises UsageError."""
        match = LIMIT_TEXT.fullmatch(text.strip())
        number = float(match[1]) if match else 0.0
        if match and match[2] and 0 < number <= 100:  # noqa: PLR2004 - per cent
            return cls(percent=number)
        if match and not match[2] and number >= 1 and number.is_integer():
            return cls(rows=int(number))
        raise UsageError(
            f"--max-failures: '{text}' is not a limit. Write a number of rows such as 25, or a "
            "share such as 10%."
        )

    def reason(self, ended: int, failed: int) -> str | None:
        """Say why a run has to stop after `ended` rows of which `failed` failed; None: go on."""
        if self.rows is not None:
            return _too_many(ended, failed) if failed >= self.rows else None
        if ended < FIRST_ROWS:
            return None
        if self.percent is not None:
            return _too_many(ended, failed) if failed * 100 > self.percent * ended else None
        if failed == ended:
            return (
                f"Stopped: all of the first {ended} rows were rejected or are in doubt: something "
                "is wrong with all of them."
            )
        return None


def _too_many(ended: int, failed: int) -> str:
    told = f"{failed} of {ended} rows were rejected or are in doubt"
    return f"Stopped: {told}, as --max-failures asks."
