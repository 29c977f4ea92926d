"""Read all resources with a GET for each, as fast as a limit allows.

    python -m benchmarks.rivals.get_each REQUESTS_A_SECOND

Takes NEXUDUS_BASE_URL, NEXUDUS_USERNAME and NEXUDUS_PASSWORD from the environment. Prints how many
GETs were sent: those of the pages, whose rows carry no lists, and one for each record.
"""

from __future__ import annotations

import os
import sys
import time

from benchmarks.rivals.export_pandas import PAGE, PATH, listed
from benchmarks.rivals.session import signed_in


def read_each(rate: float) -> int:
    """Read the records; returns the number of requests."""
    with signed_in(os.environ) as client:
        ids = listed(client)
        for number in ids:
            began = time.monotonic()
            client.get(f"{PATH}/{number}").raise_for_status().json()
            time.sleep(max(began + 1 / rate - time.monotonic(), 0))
    return len(ids) + len(ids) // PAGE + bool(len(ids) % PAGE)


if __name__ == "__main__":
    print(read_each(float(sys.argv[1])))
