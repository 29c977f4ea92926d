"""What the flow tests share: the command as a user types it, workbooks edited as a user does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline import cli


@dataclass(frozen=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.out))


class Shell:
    """Runs commands against a sandbox; the environment is set by the fixture."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: object) -> Said:
        self._capsys.readouterr()
        code = cli.main([str(each) for each in words])
        heard = self._capsys.readouterr()
        return Said(code, heard.out, heard.err)

    def run_import(self, path: Path, *words: object) -> Said:
        return self("import", path, "--yes", "--json", "--limit", "none", *words)


def edit(source: Path, target: Path, cells: Mapping[str, Mapping[str, object]]) -> Path:
    """Change cells of rows named by their Name, as a person would in Excel."""
    book = openpyxl.load_workbook(source)
    sheet = book["Resources"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    rows = {sheet.cell(row, columns["Name"]).value: row for row in range(2, sheet.max_row + 1)}
    for name, changes in cells.items():
        for column, value in changes.items():
            sheet.cell(rows[name], columns[column]).value = value
    book.save(target)
    return target


def read_rows(path: Path, sheet: str = "Resources") -> list[dict[str, Any]]:
    """Read a workbook's rows back, by header."""
    book = openpyxl.load_workbook(path)
    lines = list(book[sheet].iter_rows(values_only=True))
    header = [str(each) for each in lines[0]]
    return [
        dict(zip(header, line, strict=True))
        for line in lines[1:]
        if any(c is not None for c in line)
    ]
