"""Every case, in the order in which they are run and reported."""

from __future__ import annotations

from benchmarks import checking, exporting, importing, planning, sending, startup
from benchmarks.case import Case

CASES: tuple[Case, ...] = (
    *startup.CASES,
    *checking.CASES,
    *planning.CASES,
    *exporting.CASES,
    *sending.CASES,
    *importing.CASES,
)
