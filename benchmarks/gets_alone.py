"""The same GETs as an export, and nothing else: every body is thrown away.

    python -m benchmarks.gets_alone LOG RATE

LOG is what the sandbox was told to write with `--log` while the export ran. The requests leave one
after the other, at most RATE of them a second, with the settings that the export had
(NEXUDUS_BASE_URL, _USERNAME, _PASSWORD). Prints how many there were.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import httpx

from benchmarks.rivals.session import signed_in


def gets(log: Path) -> list[str]:
    """Return the paths of all GETs in the log, in their order, with their queries."""
    lines = map(json.loads, log.read_text(encoding="utf-8").splitlines())
    return [each["path"] for each in lines if each["method"] == "GET"]


def send(client: httpx.Client, paths: list[str], rate: float) -> None:
    """Send the requests. Raises HTTPStatusError when one is refused."""
    began = time.monotonic()
    for place, path in enumerate(paths):
        time.sleep(max(began + place / rate - time.monotonic(), 0))
        with client.stream("GET", path) as response:
            for _ in response.iter_raw():
                pass
        response.raise_for_status()


if __name__ == "__main__":
    asked = gets(Path(sys.argv[1]))
    with signed_in(os.environ) as session:
        send(session, asked, float(sys.argv[2]))
    print(f"{len(asked)} requests")
