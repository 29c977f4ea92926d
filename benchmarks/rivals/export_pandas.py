"""Export all resources with httpx and pandas: read the pages, make a frame, write it.

    python -m benchmarks.rivals.export_pandas PATH

Takes NEXUDUS_BASE_URL, NEXUDUS_USERNAME and NEXUDUS_PASSWORD from the environment. The rows of a
listing carry no lists (plans, teams, time slots), so whole records are read by their ids, a hundred
at a time, as ours are. Prints how many records were written.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import httpx
import pandas as pd

from benchmarks.rivals.session import signed_in

PATH = "/api/spaces/resources"
PAGE, BATCH = 1_000, 100


def listed(client: httpx.Client) -> list[int]:
    """Return the ids of all resources."""
    ids: list[int] = []
    page = 1
    while True:
        query: dict[str, int | str] = {"page": page, "size": PAGE, "orderBy": "Id"}
        found = client.get(PATH, params=query).raise_for_status().json()
        ids += [each["Id"] for each in found["Records"]]
        if not found["HasNextPage"]:
            return ids
        page += 1


def whole(client: httpx.Client, ids: list[int]) -> list[dict[str, Any]]:
    """Return the whole records."""
    records: list[dict[str, Any]] = []
    for start in range(0, len(ids), BATCH):
        query = {"id": str(ids[start : start + BATCH]).replace(" ", "")}
        found = client.get(PATH, params=query).raise_for_status().json()
        records += found["Records"] if isinstance(found, dict) else found
    return records


if __name__ == "__main__":
    with signed_in(os.environ) as session:
        rows = whole(session, listed(session))
    frame = pd.DataFrame(rows)
    frame.to_excel(sys.argv[1], engine="openpyxl", index=False)
    print(f"{len(frame)} records")
