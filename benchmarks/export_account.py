"""An account of many records, served by the sandbox in a process of its own.

    python -m benchmarks.export_account RECORDS [--log FILE] [--store FILE]

serves until stopped and prints `READY URL` and the settings, as `nexudus-bulk sandbox` does.
`served` does the same for a benchmark. A store is filled once and found again afterwards.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

FILL = """
import sys
from pathlib import Path
from pipeline.sandbox import Sandbox
from pipeline.sandbox.seed import RESOURCES, fill
with Sandbox.start(path=Path(sys.argv[1])) as server:
    for each in RESOURCES:
        server.delete_record("Resource", each["Id"])
    fill(server, int(sys.argv[2]))
"""


def filled(store: Path, count: int) -> Path:
    """Fill a store with `count` resources, unless it is there already."""
    if not store.exists():
        unfinished = store.with_suffix(".filling")
        unfinished.unlink(missing_ok=True)
        # A child's peak begins with its parent's: what takes memory is done by another process.
        subprocess.run([sys.executable, "-c", FILL, str(unfinished), str(count)], check=True)
        unfinished.replace(store)
    return store


def words(store: Path, log: Path | None, limits: Sequence[str]) -> list[str]:
    """Return the command that serves a store."""
    asked = ["--log", str(log)] if log else []
    asked += [word for each in limits for word in ("--limit", each)]
    return [sys.executable, "-m", "pipeline", "sandbox", "--data", str(store), *asked]


@contextmanager
def served(
    folder: Path, count: int, *, log: Path | None = None, limits: Sequence[str] = ()
) -> Iterator[dict[str, str]]:
    """Serve an account of `count` resources; gives the environment that leads to it."""
    store = filled(folder / f"{count}.sqlite", count)
    process = subprocess.Popen(words(store, log, limits), stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        ready = process.stdout.readline().split()
        assert ready[:1] == ["READY"], ready
        told = [process.stdout.readline().removeprefix("export ").strip() for _ in range(3)]
        settings = dict(each.split("=", 1) for each in told)
        yield {**os.environ, **settings, "NEXUDUS_BULK_HOME": str(folder / "home")}
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    """Serve an account until stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("records", type=int)
    parser.add_argument("--log", type=Path)
    parser.add_argument("--store", type=Path)
    chosen = parser.parse_args()
    store = filled(chosen.store or Path(f"{chosen.records}.sqlite"), chosen.records)
    command = words(store, chosen.log, ())
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
