"""Peak memory of an export of many records beside one of few: it must not grow with the records.

    python benchmarks/export_memory.py [--few 5000] [--many 50000] [FORMAT ...]

Each export is a process of its own, the installed command against a sandbox in another process. A
line for each format tells both peaks, their ratio, and whether every record is in the file.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FORMATS = (".xlsx", ".csv", ".parquet", ".jsonl")
FILL = """
import sys
from pathlib import Path
from pipeline.sandbox import Sandbox
from pipeline.sandbox.seed import fill
with Sandbox.start(path=Path(sys.argv[1])) as server:
    for each in server.records():
        server.delete_record("Resource", each["Id"])
    fill(server, int(sys.argv[2]))
"""
COUNT = """
import sys
if sys.argv[1].endswith(".parquet"):
    import pyarrow.parquet
    print(pyarrow.parquet.read_metadata(sys.argv[1]).num_rows)
elif sys.argv[1].endswith(".xlsx"):
    from python_calamine import CalamineWorkbook
    book = CalamineWorkbook.from_path(sys.argv[1])
    print(len(book.get_sheet_by_name("Resources").to_python()) - 1)
else:
    import csv
    is_csv = sys.argv[1].endswith(".csv")
    with open(sys.argv[1], encoding="utf-8", newline="") as file:
        print(sum(1 for _ in csv.reader(file)) - 1 if is_csv else sum(1 for _ in file))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", type=int, default=5_000)
    parser.add_argument("--many", type=int, default=50_000)
    parser.add_argument("formats", nargs="*", default=FORMATS)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        peaks: dict[tuple[str, int], int] = {}
        for count in (chosen.few, chosen.many):
            with sandbox(Path(folder), count) as environment:
                for ending in chosen.formats:
                    path = Path(folder, f"{count}{ending}")
                    peaks[ending, count] = peak_of_export(path, environment)
                    found = rows(path)
                    print(f"{ending} {count:,}: {found:,} rows, {peaks[ending, count]:,} kB")
                    assert found == count, path
        for ending in chosen.formats:
            few, many = peaks[ending, chosen.few], peaks[ending, chosen.many]
            times = chosen.many / chosen.few
            print(f"{ending}: {many / few:.2f} times the memory for {times:g} times the records")


@contextmanager
def sandbox(folder: Path, count: int) -> Iterator[dict[str, str]]:
    """Serve an account of `count` resources; gives the environment that leads to it."""
    store = folder / f"{count}.sqlite"
    # A child's peak begins with its parent's: whatever takes memory is done by another process.
    subprocess.run([sys.executable, "-c", FILL, str(store), str(count)], check=True)
    served = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "sandbox", "--data", str(store)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert served.stdout is not None
        ready = served.stdout.readline().split()
        settings = dict(
            served.stdout.readline().removeprefix("export ").strip().split("=", 1) for _ in range(3)
        )
        assert ready[0] == "READY"
        yield {**os.environ, **settings, "NEXUDUS_BULK_HOME": str(folder / "home")}
    finally:
        served.terminate()
        served.wait()


def peak_of_export(path: Path, environment: dict[str, str]) -> int:
    """Run one export; returns its peak memory in kB."""
    words = [sys.executable, "-m", "pipeline", "export", "-o", str(path), "--limit", "none"]
    process = subprocess.Popen(words, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    return usage.ru_maxrss


def rows(path: Path) -> int:
    """Count the records in a file, in another process."""
    words = [sys.executable, "-c", COUNT, str(path)]
    return int(subprocess.run(words, check=True, capture_output=True, text=True).stdout)


if __name__ == "__main__":
    main()
