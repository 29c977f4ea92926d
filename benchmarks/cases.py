"""Every case, in the order in which they are run and reported."""

from __future__ import annotations

from benchmarks import checking, exporting, importing, planning, sending, startup
from benchmarks.case import Case

CASES: tuple[Case, ...] = (
    *startup.CASES,
    *importing.ALONE,
    *sending.ALONE,
    # From here on some minutes of waiting go by beside others: first beside what waits as well,
    # then beside what is measured in processor time.
    *sending.BESIDE,
    *importing.WAITING,
    *checking.CASES,
    *planning.CASES,
    *exporting.CASES,
    *importing.CASES,
    *exporting.WAITING,
)
