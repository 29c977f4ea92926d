"""Everything an import does before its first request: read, check, plan, payloads, journal.

    python -m benchmarks.plan_offline PATH HOME

What an account would have answered is made by hand: it has whatever the invented rooms refer to,
and none of the rooms. The journal in HOME is a real one. Prints how many rows and creates there
are.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks import data
from pipeline import importing
from pipeline.entities import RESOURCE
from pipeline.planning.plan import Plan
from pipeline.planning.stored import Named, Stored
from pipeline.prepared import prepare
from pipeline.runs.journal import Journal


def stored() -> Stored:
    """Return an account in which the rooms of `data.py` can be made."""
    numbers = sorted({int(each) for text in data.LISTS for each in text.split(",")})
    listed = tuple(Named(each, f"Listed {each}", data.LOCATION) for each in numbers)
    fields = [each for each in data.columns() if each.link]
    names = {each.link: listed for each in fields}
    single = {
        "BusinessId": Named(data.LOCATION, "Lisbon", None),
        "ResourceTypeId": Named(data.ROOM_TYPE, "Room", data.LOCATION),
        "CancellationFeeProductId": Named(data.PRODUCT, "Late cancellation", data.LOCATION),
    }
    return Stored(
        names={
            **names,
            **{each.link: (single[each.name],) for each in fields if each.name in single},
        }
    )


def plan(path: Path, home: Path) -> Plan:
    """Plan a workbook and write the run down, as an import would."""
    prepared = prepare(path, RESOURCE)
    found = importing.make_plan(prepared, stored())
    source = importing.source_of(prepared, path.with_suffix(".results.xlsx"))
    with Journal(home, "nobody at benchmark.example") as journal:
        importing.begin(found, RESOURCE, journal, source)
    return found


if __name__ == "__main__":
    planned = plan(Path(sys.argv[1]), Path(sys.argv[2]))
    print(f"{len(planned.changes)} rows, {planned.counts()['create']} creates")
