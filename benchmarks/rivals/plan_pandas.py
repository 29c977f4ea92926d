"""Read and check a workbook as `check_pandas` does, and make the JSON of every row.

    python -m benchmarks.rivals.plan_pandas PATH

Prints how many rows there are, and the bytes of their JSON. Nothing is written down.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import pandas as pd

from benchmarks.rivals.check_pandas import read, schema


def payloads(frame: pd.DataFrame) -> Iterator[str]:
    """Yield a row's filled cells as JSON."""
    for _, row in frame.astype(object).iterrows():
        yield json.dumps({name: cell for name, cell in row.items() if cell == cell})  # noqa: PLR0124 - a blank is not


if __name__ == "__main__":
    sheet = read(sys.argv[1])
    checked = schema(list(sheet.columns)).validate(sheet, lazy=True, inplace=True)
    print(f"{len(checked)} rows, {sum(map(len, payloads(checked)))} bytes")
