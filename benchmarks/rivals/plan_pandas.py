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
    filled = frame.astype(object).where(frame.notna(), None)
    for _, row in filled.iterrows():
        yield json.dumps({name: cell for name, cell in row.items() if cell is not None})


if __name__ == "__main__":
    sheet = read(sys.argv[1])
    made = list(payloads(schema(list(sheet.columns)).validate(sheet, lazy=True)))
    print(f"{len(made)} rows, {sum(map(len, made))} bytes")
