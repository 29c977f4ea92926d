"""Exports from the command line against the sandbox (issue 4; contract, promises 1 and 5)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flows import by_name, read_rows, writes

from pipeline.entities import RESOURCE
from pipeline.sandbox import Sandbox
from pipeline.sandbox.seed import fill
from pipeline.sheets.columns import export_fields


def dump(sandbox: Sandbox) -> dict[int, dict[str, Any]]:
    """What the sandbox holds, by id, reduced to what is the same about equal values."""
    fields = [each for each in RESOURCE.fields if each.in_sheet and each.on_read]
    found = {}
    for record in sandbox.records():
        values = {each.name: each.kind.sameness(record[each.name]) for each in fields}
        values["TimeSlots"] = RESOURCE.by_name["TimeSlots"].kind.sameness(record["Timeslots"])
        found[record["Id"]] = values
    return found


def written(path: Path) -> dict[int, dict[str, Any]]:
    """What a workbook holds, read cell by cell, reduced likewise."""
    fields = [each for each in export_fields(RESOURCE) if each.name in RESOURCE.by_name]
    found = {}
    for row in read_rows(path):
        values = {}
        for each in fields:
            cell = row[each.name]
            value = each.kind.empty if cell is None else each.kind.read(cell)
            values[each.name] = each.kind.sameness(value)
        found[values["Id"]] = values
    return found


def listings(sandbox: Sandbox) -> list[str]:
    return [each.path for each in sandbox.requests if "orderBy=" in each.path]


def batches(sandbox: Sandbox) -> list[str]:
    return [each.path for each in sandbox.requests if "?id=" in each.path]


def test_three_thousand_resources_equal_the_account(shell, sandbox, tmp_path):
    """All fields of all records, in no more requests than pages, batches and ten others."""
    fill(sandbox, 2_994)
    sandbox.requests.clear()
    said = shell("export", "-o", tmp_path / "all.xlsx", "--json")

    assert said.code == 0
    assert len(sandbox.requests) <= 3_000 // 1_000 + 3_000 // 100 + 10
    assert len(batches(sandbox)) == 30
    assert sandbox.refused == 0
    assert writes(sandbox) == []
    assert (said.json["rows"], said.json["total_announced"]) == (3_000, 3_000)
    assert said.json["complete"] is True
    assert written(tmp_path / "all.xlsx") == dump(sandbox)


def test_records_that_move_while_they_are_exported(shell, sandbox, tmp_path):
    """Deleted, added and renamed meanwhile: each record once, in a state it had; all is told."""
    sandbox.max_size = 10
    rooms = fill(sandbox, 44)  # with the seed, 50
    first, second, late = rooms[0]["Id"], rooms[1]["Id"], rooms[-1]["Id"]
    before = dump(sandbox)
    seen = 0

    def meanwhile(path: str) -> None:
        nonlocal seen
        if "orderBy=" in path and "CreatedOn" not in path:
            seen += 1
            if seen == 3:
                sandbox.delete_record("Resource", first)
                sandbox.put_record("Resource", {"Id": 77, "Name": "New room"})
                sandbox.put_record("Resource", {"Id": second, "Name": "Renamed early"})
        elif "?id=" in path and not any(each["Name"] == "Late" for each in sandbox.records()):
            sandbox.put_record("Resource", {"Id": late, "Name": "Late"})
            sandbox.delete_record("Resource", second)

    sandbox.meanwhile = meanwhile
    said = shell("export", "-o", tmp_path / "all.xlsx", "--json", "--limit", "none")
    certificate = said.json["certificate"]
    found = written(tmp_path / "all.xlsx")

    assert said.code == 0
    assert found.keys() == dump(sandbox).keys() == before.keys() - {first, second} | {77}
    for number, values in found.items():
        assert values in (before.get(number), dump(sandbox)[number])
    assert certificate["added"] == [77]
    assert certificate["deleted"] == sorted([first, second])
    assert certificate["changed"] == [late]
    assert len(certificate["found_again"]) <= 2
    assert certificate["reread"] >= 1
