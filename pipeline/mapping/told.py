"""Problems of a laid sheet in the words of the file: its own headers, its own values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from pipeline.problems import Problem, plain_text, quoted
from pipeline.sheets.read import Column


@dataclass(frozen=True)
class Origin:
    """Where the cells of a field come from: the source's columns, and what they hold by row."""

    columns: tuple[Column, ...]
    cells: pd.DataFrame

    @property
    def header(self) -> str:
        """The headers, on one line: a header may hold line breaks."""
        return " + ".join(" ".join(each.text.split()) for each in self.columns)

    def value(self, row: int) -> str:
        """Return what the row's cells say, as their user sees them; "" for blanks."""
        if row not in self.cells.index:
            return ""
        cells = [each for each in self.cells.loc[row] if each is not None]
        return ", ".join(map(plain_text, cells))


def tell(each: Problem, origins: Mapping[str, Origin], mapping: str) -> Problem:
    """Return the problem as it is told to whoever wrote the file."""
    if each.code in {"column_missing", "key_missing"}:
        return replace(each, hint=f"The mapping {mapping} has no rule for it: add one.")
    origin = origins.get(each.column or "")
    if origin is None:
        return each
    told = replace(each, column=origin.header)
    value = origin.value(each.row) if each.row is not None else ""
    if not value or each.value == value:
        return told
    if each.value is None:
        return _not_blank(told, value) if each.code == "required_blank" else told
    if each.value.casefold() in value.casefold():
        return told  # one of several things in the cell
    read = f"{quoted(value)} (read as {quoted(each.value)})"
    return replace(told, value=value, message=told.message.replace(quoted(each.value), read))


def _not_blank(told: Problem, value: str) -> Problem:
    words = f"{quoted(value)} was read as blank"
    return replace(told, value=value, message=told.message.replace("is blank", words, 1))
