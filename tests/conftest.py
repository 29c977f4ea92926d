"""Fixtures that every test may use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import xlsxwriter
from flows import Shell, SkippingTime

from pipeline.sandbox import Sandbox


def _write(worksheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, text: str) -> None:
    if text in ("", '""'):
        return
    if text in ("TRUE", "FALSE"):
        worksheet.write_boolean(row, column, text == "TRUE")
        return
    try:
        worksheet.write_number(row, column, float(text))
    except (ValueError, TypeError):  # TypeError: XlsxWriter's answer to nan and inf
        worksheet.write_string(row, column, text)


@pytest.fixture
def sheet(tmp_path: Path) -> Callable[..., Path]:
    """Make a workbook from a table written as text, cells separated by `|`.

    Numbers are written as numbers, TRUE and FALSE as booleans, the rest as text; `""` and nothing
    are blank. Blank lines before and after the table do not count.
    """

    def make(text: str, name: str = "rooms.xlsx", sheet: str = "Resources") -> Path:
        path = tmp_path / name
        with xlsxwriter.Workbook(path) as book:
            worksheet = book.add_worksheet(sheet)
            for row, line in enumerate(text.strip("\n").rstrip().split("\n")):
                for column, cell in enumerate(line.split("|")):
                    _write(worksheet, row, column, cell.strip())
        return path

    return make


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --chaos: how much of the suites that break things on purpose is run."""
    parser.addoption(
        "--chaos", type=int, default=0, metavar="N", help="run N chaos schedules, and all pairs"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long ones out, unless --chaos asks for them."""
    if config.getoption("--chaos"):
        return
    for item in items:
        if item.get_closest_marker("chaos"):
            item.add_marker(pytest.mark.skip(reason="runs with --chaos N"))


@pytest.fixture
def skipping() -> SkippingTime:
    """Time in which nobody waits."""
    return SkippingTime()


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Sandbox], Sandbox]:
    """Let the command find a sandbox through the environment."""

    def use(server: Sandbox) -> Sandbox:
        monkeypatch.setenv("NEXUDUS_BASE_URL", server.url)
        monkeypatch.setenv("NEXUDUS_USERNAME", server.username)
        monkeypatch.setenv("NEXUDUS_PASSWORD", server.password)
        monkeypatch.setenv("NEXUDUS_BULK_HOME", str(tmp_path / "home"))
        monkeypatch.delenv("NEXUDUS_TOKEN", raising=False)
        return server

    return use


@pytest.fixture
def sandbox(account: Callable[[Sandbox], Sandbox], skipping: SkippingTime) -> Iterator[Sandbox]:
    """A seeded sandbox that the command finds through the environment."""
    with Sandbox.start(clocks=skipping.sandbox_clocks) as server:
        yield account(server)


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], sandbox: Sandbox, skipping: SkippingTime) -> Shell:
    """The command, with the sandbox as its account, in time that nobody waits for."""
    return Shell(capsys, skipping)
