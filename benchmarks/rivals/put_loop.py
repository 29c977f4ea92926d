"""Update rooms in a bare loop: one `httpx.Client`, one `put` after the other, nothing kept.

    python -m benchmarks.rivals.put_loop URL COUNT PATH

PATH holds the bodies, a JSON object a line: those that an import has sent.
"""

from __future__ import annotations

import sys
from pathlib import Path

import httpx


def main(url: str, count: int, path: Path) -> None:
    """Send `count` bodies. Raises httpx.HTTPStatusError for one that is not taken."""
    headers = {"Authorization": "Bearer benchmark", "Content-Type": "application/json"}
    with path.open("rb") as bodies, httpx.Client(headers=headers) as client:
        for _, body in zip(range(count), bodies, strict=False):
            client.put(f"{url}/api/spaces/resources", content=body.rstrip()).raise_for_status()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
