"""Rows of one file that link to each other by name: planned, sent in order, gone on with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flows import Said, Shell, by_name, counts, edit, read_rows, writes

from pipeline.sandbox import Sandbox

HEAD = (
    "BusinessName | Name | SystemResourceType | ResourceTypeName | DisplayOrder "
    "| CancellationFeeType | Visible | LinkedResources | Id | Action | AddedLinkedResources"
)
HARBOUR, MILL = "Harbour House", "Mill Yard"


def row(
    name: str,
    links: str = "",
    *,
    place: str = HARBOUR,
    record: str = "",
    action: str = "",
    added: str = "",
    kind: str = "Meeting Room",
) -> str:
    return (
        f"{place} | {name} | 1 | {kind} | 10 | 0 | TRUE | {links} | {record} | {action} | {added}"
    )


def table(*rows: str) -> str:
    return "\n".join([HEAD, *rows])


def links(sandbox: Sandbox) -> dict[str, list[str]]:
    """Return, by name, the names of the resources that a resource links to."""
    records = sandbox.records()
    names = {each["Id"]: each["Name"] for each in records}
    return {
        each["Name"]: sorted(names[number] for number in each["LinkedResources"])
        for each in records
        if each["LinkedResources"]
    }


def statuses(said: Said) -> dict[str, str]:
    return {each["Name"]: each["Status"] for each in read_rows(Path(said.json["results"]))}


def messages(said: Said) -> dict[str, str]:
    rows = read_rows(Path(said.json["results"]))
    return {each["Name"]: each["Message"] for each in rows if each["Message"]}


def again(shell: Shell, said: Said) -> dict[str, int]:
    """Import the results unedited; returns the counts."""
    return dict(shell.run_import(Path(said.json["results"])).json["counts"])


def test_a_row_that_is_linked_to_is_created_first(shell, sandbox, sheet):
    """A chain in the wrong order takes one request a row, and ends with every link in place."""
    path = sheet(table(row("Lobby", "Hall"), row("Hall", "Wing, Room Anchor"), row("Wing")))

    said = shell.run_import(path)

    assert (said.code, said.json["counts"]) == (0, counts(created=3))
    assert writes(sandbox) == ["POST"] * 3
    assert links(sandbox) == {"Lobby": ["Hall"], "Hall": ["Room Anchor", "Wing"]}
    assert again(shell, said) == counts(unchanged=3)


def test_rows_that_link_to_each_other_take_a_second_request_each_but_one(shell, sandbox, sheet):
    """A hall and its three parts link both ways: the hall alone is sent twice."""
    path = sheet(
        table(
            row("Part A", "Hall"),
            row("Part B", "Hall"),
            row("Hall", "Part A, Part B, Part C, Room Anchor"),
            row("Part C", "hall"),
            row("Mirror", "Mirror"),
        )
    )

    said = shell.run_import(path)

    assert (said.code, said.json["counts"]) == (0, counts(created=5))
    assert writes(sandbox) == ["POST"] * 5 + ["PUT"] * 2
    assert links(sandbox) == {
        "Hall": ["Part A", "Part B", "Part C", "Room Anchor"],
        "Mirror": ["Mirror"],
        "Part A": ["Hall"],
        "Part B": ["Hall"],
        "Part C": ["Hall"],
    }
    assert again(shell, said) == counts(unchanged=5)


def test_the_plan_says_which_rows_and_counts_second_requests(shell, sandbox, sheet, tmp_path):
    """Words for each link on screen and in the workbook; --json counts every request."""
    path = sheet(table(row("Oak", "Elm"), row("Elm", "Oak"), row("Room Anchor", added="Elm")))
    number = by_name(sandbox)["Room Anchor"]["Id"]

    said = shell("plan", path, "-o", tmp_path / "plan.xlsx", "--limit", "write:1/2")
    told = shell("plan", path, "--json", "--limit", "write:1/2")

    assert said.out.splitlines()[:7] == [
        "row 2: create 'Oak'",
        "    LinkedResources: row 3 'Elm', by a second request",
        "row 3: create 'Elm'",
        "    LinkedResources: row 2 'Oak'",
        f"row 4: update 'Room Anchor' ({number})",
        "    LinkedResources: blank → row 3 'Elm'",
        "3 rows: 2 create, 1 update. 4 write requests (1 of them for links that wait for rows "
        "created later), at least 8 s.",  # the token is a write, too
    ]
    changes = read_rows(tmp_path / "plan.xlsx", "Changes")
    assert [(each["Row"], each["Column"], each["New"]) for each in changes] == [
        (2, "LinkedResources", "row 3 'Elm', by a second request"),
        (3, "LinkedResources", "row 2 'Oak'"),
        (4, "LinkedResources", "row 3 'Elm'"),
    ]
    assert told.json["requests"] == 4
    assert writes(sandbox) == []
