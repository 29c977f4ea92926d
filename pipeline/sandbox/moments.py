"""Moments as the service writes and reads them: ISO 8601, UTC, seven fractional digits."""

from __future__ import annotations

from datetime import UTC, datetime


def stamp(moment: datetime, last_digit: int) -> str:
    """Write a moment with seven fractional digits, as seen live; Python itself knows six."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}{last_digit % 10}Z"


def read_moment(text: object) -> datetime | None:
    """Read ISO 8601, without an offset it is UTC; None for anything else."""
    if not isinstance(text, str) or "T" not in text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
