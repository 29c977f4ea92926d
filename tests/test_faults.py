"""Every fault the sandbox knows, alone and in pairs: the same records in the end, true statuses."""

from __future__ import annotations

import time
from itertools import combinations
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flows import SAMPLES, Shell, SkippingTime, read_rows

from pipeline.sandbox import Sandbox
from pipeline.sandbox.faults import WAYS
from pipeline.sandbox.serve import Clocks as SandboxClocks

ROWS = 10
NEW = 5  # of these rows; the others are updates
FAULTS = {
    "500-before": ("500-before@POST*2+1", "500-before@PUT+1"),
    "500-after": ("500-after@POST*2+1", "500-after@PUT+1"),
    "ooops": ("ooops@POST+1",),
    "drop-before": ("drop-before@POST+2", "drop-before@PUT*2+2"),
    "drop-after": ("drop-after@POST+2", "drop-after@PUT*2+2"),
    "delay": ("delay=0.6@POST+1", "delay=0.6@PUT+1"),
    "503-html": ("503-html@POST+2", "503-html@PUT+3"),
    "html": ("html@POST+1", "html@PUT+2"),
    "not-successful": ("not-successful@PUT+2",),
    "cut-json": ("cut-json@POST+3", "cut-json@PUT+1", "cut-json@GET+3"),
    "revoke": ("revoke@POST+2", "revoke@PUT+2"),
    "forbid": ("forbid@POST*2+3",),
    "lag": ("lag=1.5@POST*always",),
    "throttle": ("throttle=409@POST+1", "throttle=429@PUT+2", "throttle=429-text@POST+3"),
}
PAIRS = list(combinations(FAULTS, 2))
SCHEDULES = [
    *((name,) for name in FAULTS),
    *(  # the others need no more code, only more time
        pytest.param(pair, marks=[] if number % 4 == 0 else [pytest.mark.chaos])
        for number, pair in enumerate(PAIRS)
    ),
]


def test_every_fault_is_tried():
    """What the sandbox can do is in the table above; two need real time and processes."""
    assert set(FAULTS) == set(WAYS) - {"die", "late"}


def workbook(path: Path, *, edited: bool) -> Path:
    """Some rooms of the sample; edited, they are half of them new and half of them changed."""
    book = openpyxl.load_workbook(SAMPLES / "rooms.xlsx")
    sheet = book["Resources"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    keep = ROWS if edited else ROWS - NEW
    sheet.delete_rows(keep + 2, sheet.max_row)
    if edited:
        for row in range(2, ROWS - NEW + 2):
            sheet.cell(row, columns["Allocation"]).value = 20 + row
    book.save(path)
    return path


NOT_COMPARED = {"Id", "CreatedOn", "UpdatedOn", "UniqueId", "Timeslots", "LinkedResourceIds"}


def told(records: list[dict[str, Any]]) -> dict[tuple[Any, Any], dict[str, Any]]:
    """Return the records by location and name, without what differs from run to run."""
    names = {each["Id"]: each["Name"] for each in records}
    found = {
        (each["BusinessId"], each["Name"]): {
            **{key: value for key, value in each.items() if key not in NOT_COMPARED},
            "LinkedResources": sorted(names[number] for number in each["LinkedResources"]),
            "slots": sorted(
                (slot["DayOfWeek"], slot["FromTime"], slot["ToTime"]) for slot in each["Timeslots"]
            ),
        }
        for each in records
    }
    assert len(found) == len(records), "a record is there twice"
    return found


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> dict[str, Any]:
    """The two workbooks, and the records that the second leaves when nothing goes wrong."""
    return {"folder": tmp_path_factory.mktemp("undisturbed"), "records": None}


@pytest.fixture
def scene(account, capsys, monkeypatch, tmp_path):
    """An account with half of the rooms, and the command with short patience."""
    skipping = SkippingTime()
    clocks = SandboxClocks(skipping.monotonic, skipping.sandbox_clocks.wall, time.sleep)
    (tmp_path / "nexudus-bulk.toml").write_text("[default]\ntimeout = 0.3\nsettle = 2\n")
    monkeypatch.chdir(tmp_path)
    with Sandbox.start(clocks=clocks) as sandbox:
        account(sandbox)
        shell = Shell(capsys, skipping)
        assert shell.run_import(workbook(tmp_path / "first.xlsx", edited=False)).code == 0
        yield sandbox, shell, workbook(tmp_path / "rooms.xlsx", edited=True)


def finish(shell: Shell, path: Path) -> list[dict[str, Any]]:
    """Import and resume until the run is done; returns the rows of its results."""
    said = shell.run_import(path)
    for _ in range(4):
        if said.code in {0, 1}:
            break
        said = shell("resume", "--json", "--limit", "none")
    assert said.code in {0, 1}, said.err
    assert sum(said.json["counts"].values()) == ROWS
    return read_rows(Path(said.json["results"]))


@pytest.mark.parametrize("names", SCHEDULES, ids="+".join)
def test_faults_change_nothing_but_the_time(scene, undisturbed, names):
    """Every row ends with one true status; refused ones go through when imported again."""
    sandbox, shell, path = scene
    if undisturbed["records"] is None:  # made by the first of these tests, with no fault armed
        with Sandbox.start() as calm:
            calm.put_records("Resource", sandbox.records())
            undisturbed["records"] = _calm(shell, calm, path)
    for fault in (fault for name in names for fault in FAULTS[name]):
        sandbox.add_fault(fault)

    rows = finish(shell, path)

    stored = {each["Name"]: each for each in sandbox.records()}
    for row in rows:
        record = stored.get(row["Name"], {})
        assert row["Status"] in {"created", "updated", "rejected"}
        if row["Status"] != "rejected":
            assert (record["Allocation"], record["Id"]) == (row["Allocation"], row["Id"])
        else:
            assert record.get("Allocation") != row["Allocation"]
    sandbox.clear_faults()
    assert shell.run_import(path).code == 0
    assert told(sandbox.records()) == undisturbed["records"]


def _calm(shell: Shell, calm: Sandbox, path: Path) -> dict[tuple[Any, Any], dict[str, Any]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEXUDUS_BASE_URL", calm.url)
        assert shell.run_import(path).code == 0
    return told(calm.records())
