"""Read a workbook with pandas and openpyxl and check it with pandera, as its manual shows.

    python -m benchmarks.rivals.check_pandas PATH

Prints how many rows and failures there are.
"""

from __future__ import annotations

import sys

import pandas as pd
import pandera.pandas as pa

from benchmarks.rivals.table import CHOICES, NUMBERS, REQUIRED, YES_NO


def schema(columns: list[str]) -> pa.DataFrameSchema:
    """Return what the columns must hold."""
    return pa.DataFrameSchema({name: _column(name) for name in columns}, coerce=True)


def _column(name: str) -> pa.Column:
    nullable = name not in REQUIRED
    if name in NUMBERS:
        return pa.Column(float, pa.Check.ge(-200), nullable=nullable)
    if name in YES_NO:
        return pa.Column(object, pa.Check.isin(["Yes", "No", True, False]), nullable=nullable)
    if name in CHOICES:
        return pa.Column(str, pa.Check.isin(CHOICES[name]), nullable=nullable)
    return pa.Column(str, pa.Check.str_length(max_value=32_767), nullable=nullable)


def read(path: str) -> pd.DataFrame:
    """Read the first sheet; "None" and "NA" are texts."""
    return pd.read_excel(path, engine="openpyxl", keep_default_na=False, na_values=[""])


def failures(frame: pd.DataFrame) -> int:
    """Check a sheet; returns how many failures pandera reports."""
    try:
        schema(list(frame.columns)).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as found:
        return len(found.failure_cases)
    return 0


if __name__ == "__main__":
    sheet = read(sys.argv[1])
    print(f"{len(sheet)} rows, {failures(sheet)} failures")
