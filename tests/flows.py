"""What the flow tests share: the command as a user types it, workbooks edited as a user does."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline import cli
from pipeline.certificate import Certificate
from pipeline.clocks import Clocks
from pipeline.entities import RESOURCE
from pipeline.figures import Figures
from pipeline.sandbox import Sandbox
from pipeline.sandbox.serve import Clocks as SandboxClocks
from pipeline.sheets.columns import export_fields
from pipeline.sheets.exports import Columns, Ending, ExportFile, writer_of

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "samples"
ROOMS = 39  # rows of the sample workbook
STATUSES = (  # the contract's own list
    "created",
    "updated",
    "unchanged",
    "rejected",
    "invalid",
    "blocked",
    "stale",
    "in_doubt",
    "unsent",
    "deleted",
)


NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
CERTIFICATE = Certificate(
    program="nexudus-bulk 0",
    account="https://spaces.example ops@site.example",
    file="out.xlsx",
    nouns="resources",
    started=NOON,
    ended=NOON,
    announced=0,
    written=0,
    pages=1,
    requests=1,
)


def write_export(path: Path, records: Iterable[Mapping[str, Any]], **options: Any) -> ExportFile:
    """Write records into a file as an export does, without an account."""
    columns = Columns(RESOURCE, export_fields(RESOURCE))
    with writer_of(path, **options)(path, columns) as file:
        for each in records:
            file.write(each)
        file.finish(Ending(CERTIFICATE, Figures(RESOURCE)))
    return file


def counts(**given: int) -> dict[str, int]:
    """Return the counts of a run, those not given being 0."""
    return {name: given.get(name, 0) for name in STATUSES}


def copy(tmp_path: Path) -> Path:
    """Copy the sample workbook to where results may lie beside it."""
    target = tmp_path / "rooms.xlsx"
    target.write_bytes((SAMPLES / "rooms.xlsx").read_bytes())
    return target


def rooms(path: Path, *, new: int, changed: int, linked: bool = False) -> Path:
    """So many rooms like those of the sample; the first `changed` of them are to be changed.

    With `linked` the new ones are halls of two parts that link both ways, and the others link to
    one of them each.
    """
    book = openpyxl.load_workbook(SAMPLES / "rooms.xlsx")
    sheet = book["Resources"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    line = [cell.value for cell in sheet[2]]
    sheet.delete_rows(2, sheet.max_row)
    for number in range(changed + new):
        values = list(line)
        values[columns["Name"] - 1] = f"Room {number:04}"
        values[columns["Allocation"] - 1] = 40 if number < changed else 4
        if linked:
            values[columns["LinkedResources"] - 1] = _partners(number, new, changed)
        sheet.append(values)
    book.save(path)
    return path


def _partners(number: int, new: int, changed: int) -> str:
    if number < changed:
        partners = [changed + number % new]
    elif (place := (number - changed) % 3) == 0:
        partners = [each for each in (number + 1, number + 2) if each < changed + new]
    else:
        partners = [number - place]
    return ", ".join(f"Room {each:04}" for each in partners)


def by_name(sandbox: Sandbox) -> dict[str, dict[str, Any]]:
    """Return the sandbox's records by their names."""
    return {each["Name"]: each for each in sandbox.records()}


def writes(sandbox: Sandbox) -> list[str]:
    """Return the methods of all requests that wrote."""
    return [
        each.method
        for each in sandbox.requests
        if each.method != "GET" and not each.path.startswith("/api/token")
    ]


class SkippingTime:
    """Time that goes on as usual, but jumps instead of waiting: for client and sandbox alike."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead

    def wall(self) -> float:
        return time.time() + self.ahead

    def skip(self, seconds: float) -> None:
        self.ahead += max(seconds, 0.0)

    def _wait(self, event: threading.Event, seconds: float) -> bool:
        if not event.is_set():
            self.skip(seconds)
        return event.is_set()

    @property
    def clocks(self) -> Clocks:
        return Clocks(self.monotonic, self.wall, self._wait)

    @property
    def sandbox_clocks(self) -> SandboxClocks:
        return SandboxClocks(
            self.monotonic, lambda: datetime.fromtimestamp(self.wall(), UTC), self.skip
        )


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

    def __init__(
        self, capsys: pytest.CaptureFixture[str], time: SkippingTime | None = None
    ) -> None:
        self._capsys = capsys
        self._clocks = time.clocks if time else Clocks()

    def __call__(self, *words: object) -> Said:
        self._capsys.readouterr()
        code = cli.main([str(each) for each in words], self._clocks)
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
