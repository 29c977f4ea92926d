"""Rows of one file that link to each other by name: planned, sent in order, gone on with."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flows import Said, Shell, by_name, counts, edit, read_rows, writes

from pipeline.sandbox import Sandbox

HEAD = (
    "BusinessName | Name | SystemResourceType | ResourceTypeName | DisplayOrder "
    "| CancellationFeeType | Visible | LinkedResources | Id | Action | AddedLinkedResources"
)
HARBOUR, MILL = "Harbour House", "Mill Yard"


def row(  # noqa: PLR0913 - the columns
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


def test_a_row_whose_partner_was_refused_is_not_sent_and_says_so(shell, sandbox, sheet):
    """Refused by the server: who links to it waits, and importing the results finishes."""
    path = sheet(table(row("Lobby", "Hall"), row("Hall", "Wing"), row("Wing"), row("Loft")))
    sandbox.add_fault("not-successful@POST*1")

    said = shell.run_import(path)

    assert (said.code, said.json["counts"]) == (1, counts(created=1, rejected=1, blocked=2))
    found = messages(said)
    assert f"Resources row 3: blocked. {found['Hall']}" in said.err
    assert found["Hall"] == (
        "Not sent: LinkedResources row 4 'Wing', which the server refused. See to row 4, or take "
        "the name out of the cell; then import the results."
    )
    assert found["Lobby"] == (
        "Not sent: LinkedResources row 3 'Hall', which is blocked. See to row 3, or take the name "
        "out of the cell; then import the results."
    )
    assert again(shell, said) == counts(created=3, unchanged=1)
    assert links(sandbox) == {"Lobby": ["Hall"], "Hall": ["Wing"]}


def test_a_record_that_lacks_a_link_at_the_end_says_so(shell, sandbox, sheet):
    """The hall was created, one part refused: the others are linked, the Id is in the results."""
    path = sheet(table(row("Hall", "Part A, Part B"), row("Part A", "Hall"), row("Part B", "Hall")))
    sandbox.add_fault("not-successful@POST*1+2")

    said = shell.run_import(path)

    assert (said.code, said.json["counts"]) == (1, counts(created=1, rejected=1, blocked=1))
    hall = read_rows(Path(said.json["results"]))[0]
    assert (hall["Status"], hall["Id"]) == ("blocked", by_name(sandbox)["Hall"]["Id"])
    assert hall["Message"] == (
        "It was created, but lacks links: LinkedResources row 4 'Part B', which the server "
        "refused. See to row 4, or take the name out of the cell; then import the results."
    )
    assert links(sandbox) == {"Hall": ["Part A"], "Part A": ["Hall"]}
    assert again(shell, said) == counts(created=1, updated=1, unchanged=1)
    assert links(sandbox) == {"Hall": ["Part A", "Part B"], "Part A": ["Hall"], "Part B": ["Hall"]}


def test_a_second_request_that_is_refused_says_what_was_created(shell, sandbox, sheet):
    """The status tells that something is open, the Id that the record is there."""
    path = sheet(table(row("Oak", "Elm"), row("Elm", "Oak")))
    sandbox.add_fault("not-successful@PUT*1")

    said = shell.run_import(path)

    assert (said.code, said.json["counts"]) == (1, counts(created=1, rejected=1))
    oak = read_rows(Path(said.json["results"]))[0]
    assert oak["Id"] == by_name(sandbox)["Oak"]["Id"]
    assert oak["Message"].startswith(
        "It was created, but LinkedResources row 3 'Elm' could not be added. The server refused it"
    )
    assert again(shell, said) == counts(updated=1, unchanged=1)
    assert links(sandbox) == {"Oak": ["Elm"], "Elm": ["Oak"]}


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        (
            [row("Oak", "Elm"), row("Elm", kind="Nonsense"), row("Ash", "Oak")],
            [
                "Resources row 2, column LinkedResources: 'Elm' is on row 3, which is not created: "
                "it is blocked. Mend row 3, or take the name out of the cell.",
                "Resources row 3, column ResourceTypeName: 'Nonsense' is no type of this account. "
                "It has 12 types. "
                "To create it, add --create-missing types.",
                "Resources row 4, column LinkedResources: 'Oak' is on row 2, which is not created: "
                "it is blocked. Mend row 2, or take the name out of the cell.",
            ],
        ),
        (
            [row("Oak", "Elm, Ash, Oak"), row("Elm", "Oak", kind="Nonsense"), row("Ash", "Oak, X")],
            [
                "Resources row 2, column LinkedResources: 'Elm' is on row 3, which is not created: "
                "it is blocked. Mend row 3, or take the name out of the cell.",
                "Resources row 2, column LinkedResources: 'Ash' is on row 4, which is not created: "
                "it is blocked. Mend row 4, or take the name out of the cell.",
                "Resources row 3, column ResourceTypeName: 'Nonsense' is no type of this account. "
                "It has 12 types. "
                "To create it, add --create-missing types.",
                "Resources row 4, column LinkedResources: 'X' is no resource of this account. "
                "It has 6 resources.",
            ],
        ),
        (
            [row("Oak", added="Elm"), row("Elm", action="skip")],
            [
                "Resources row 2, column AddedLinkedResources: 'Elm' is on row 3, which is not "
                "created: its Action is skip. Mend row 3, or take the name out of the cell.",
            ],
        ),
        (
            [row("Oak", "Loom Room"), row("Loom Room", place=MILL, action="delete")],
            [
                "Resources row 2, column LinkedResources: 'Loom Room' (1415384101) is deleted by "
                "row 3. Take it out of the cell, or keep row 3.",
            ],
        ),
        (
            [row("Oak", "elm"), row("Elm"), row("ELM")],
            [
                "Resources row 2, column LinkedResources: 'elm' is the name of 2 resources: 'Elm' "
                "(row 3), 'ELM' (row 4). Give each resource a name of its own.",
            ],
        ),
        (
            [row("Oak", "Room Ancor; Loom"), row("Room Ankor", place=MILL)],
            [
                "Resources row 2, column LinkedResources: 'Room Ancor' is no resource of this "
                "account. Did you mean 'Room Anchor' (1415383201, Harbour House), 'Room Beacon' "
                "(1415383301, Harbour House), 'Room Ankor' (row 3, Mill Yard)?",
                "Resources row 2, column LinkedResources: 'Loom' is no resource of this account. "
                "It has 6 resources.",
            ],
        ),
        (
            [row("Hall, north"), row("Oak", "Hall, north")],
            [
                f"Resources row 3, column LinkedResources: '{part}' is no resource of this "
                "account. A name with a comma, such as 'Hall, north' (row 2), cannot stand in a "
                "list: rename it."
                for part in ("Hall", "north")
            ],
        ),
    ],
)
def test_a_link_that_comes_to_nothing_blocks_its_row(shell, sandbox, sheet, rows, problems):
    """Nothing is picked and nothing is lost in silence; each row is told where it stands."""
    said = shell("plan", sheet(table(*rows)), "--allow-delete")

    assert said.code == 1
    assert [line for line in said.err.splitlines() if line.startswith("Resources row")] == problems


def test_the_own_location_comes_first_also_among_rows(shell, sandbox, sheet):
    """A row of the own location is meant before a record elsewhere; as it is afterwards."""
    path = sheet(table(row("Loom Room"), row("Oak", "Loom Room"), row("Elm", "Booth Shuttle")))

    said = shell.run_import(path)

    mine = next(
        each
        for each in sandbox.records()
        if each["Name"] == "Loom Room" and each["BusinessName"] == HARBOUR
    )
    assert by_name(sandbox)["Oak"]["LinkedResources"] == [mine["Id"]]
    assert links(sandbox)["Elm"] == ["Booth Shuttle"]
    assert again(shell, said) == counts(unchanged=3)


def test_a_record_may_be_named_as_the_file_renames_it(shell, sandbox, sheet):
    """The new name of a record is known to the links of the same file."""
    number = by_name(sandbox)["Room Anchor"]["Id"]
    path = sheet(table(row("Great Cabin", record=str(number)), row("Oak", "Great Cabin")))

    said = shell.run_import(path)

    assert said.json["counts"] == counts(created=1, updated=1)
    assert links(sandbox) == {"Oak": ["Great Cabin"]}
    assert again(shell, said) == counts(unchanged=2)


def test_good_rows_only_leaves_out_who_links_to_a_bad_one(shell, sandbox, sheet):
    """The row without its partner would lose its link: it waits, the others are sent."""
    path = sheet(table(row("Oak", "Elm"), row("Elm", kind=""), row("Ash")))

    said = shell.run_import(path, "--valid-rows-only")

    assert said.json["counts"] == counts(created=1, blocked=1, invalid=1)
    assert statuses(said) == {"Oak": "blocked", "Elm": "invalid", "Ash": "created"}
    mended = edit(
        Path(said.json["results"]),
        Path(said.json["results"]),
        {"Elm": {"ResourceTypeName": "Meeting Room"}},
    )
    assert shell.run_import(mended).json["counts"] == counts(created=2, unchanged=1)
    assert links(sandbox) == {"Oak": ["Elm"]}


def test_an_existing_record_gains_and_loses_links(shell, sandbox, sheet):
    """An update waits for the row it links to; what is replaced goes, what is added stays."""
    records = by_name(sandbox)
    anchor, beacon = records["Room Anchor"]["Id"], records["Room Beacon"]["Id"]
    sandbox.put_record("Resource", {"Id": anchor, "LinkedResources": [beacon]})
    sandbox.put_record("Resource", {"Id": beacon, "LinkedResources": [anchor]})
    path = sheet(
        table(row("Room Anchor", "Elm"), row("Room Beacon", added="Elm"), row("Elm", "Room Anchor"))
    )

    said = shell.run_import(path)

    assert (said.code, said.json["counts"]) == (0, counts(created=1, updated=2))
    assert writes(sandbox) == ["POST", "PUT", "PUT"]
    assert links(sandbox) == {
        "Room Anchor": ["Elm"],
        "Room Beacon": ["Elm", "Room Anchor"],
        "Elm": ["Room Anchor"],
    }
    assert again(shell, said) == counts(unchanged=3)


def test_a_record_is_deleted_after_the_updates_that_unlink_it(shell, sandbox, sheet):
    """The service refuses to delete what another record links to, wherever the rows stand."""
    records = by_name(sandbox)
    anchor, beacon = records["Room Anchor"]["Id"], records["Room Beacon"]["Id"]
    sandbox.put_record("Resource", {"Id": anchor, "LinkedResources": [beacon]})
    path = sheet(table(row("Room Beacon", action="delete"), row("Room Anchor", "Elm"), row("Elm")))

    said = shell.run_import(path, "--allow-delete")

    assert (said.code, said.json["counts"]) == (0, counts(created=1, updated=1, deleted=1))
    assert writes(sandbox) == ["POST", "PUT", "DELETE"]
    assert links(sandbox)["Room Anchor"] == ["Elm"]


def ring(sheet: Any) -> Path:
    """A hall with three parts, a pair, a mirror, a chain and two updates: 9 new rows, 2 others."""
    return sheet(
        table(
            row("Hall", "Part A, Part B, Part C"),
            row("Part A", "Hall"),
            row("Room Anchor", "Oak, Room Beacon"),
            row("Part B", "Hall"),
            row("Part C", "Hall, Part A"),
            row("Oak", "Elm"),
            row("Elm", "Oak"),
            row("Mirror", "Mirror, Room Anchor"),
            row("Lobby", "Foyer"),
            row("Foyer", "Hall"),
            row("Room Beacon", added="Lobby"),
        )
    )


RING = {
    "Hall": ["Part A", "Part B", "Part C"],
    "Part A": ["Hall"],
    "Part B": ["Hall"],
    "Part C": ["Hall", "Part A"],
    "Room Anchor": ["Oak", "Room Beacon"],
    "Oak": ["Elm"],
    "Elm": ["Oak"],
    "Mirror": ["Mirror", "Room Anchor"],
    "Lobby": ["Foyer"],
    "Foyer": ["Hall"],
    "Room Beacon": ["Lobby"],
}
RING_DONE = counts(created=9, updated=2)
RING_WRITES = 9 + 2 + 3  # hall, oak and mirror are sent twice


@pytest.mark.parametrize("sent", range(1, RING_WRITES))
def test_a_run_that_stops_anywhere_goes_on(shell, sandbox, sheet, sent):
    """Stopped after each number of requests: all is there once, and counted once."""
    first = shell.run_import(ring(sheet), "--max-requests", sent)
    said = shell("resume", "--json", "--limit", "none")

    assert first.code == 3
    assert sum(first.json["counts"].values()) == 11
    assert (said.code, said.json["counts"]) == (0, RING_DONE)
    assert links(sandbox) == RING
    assert len(writes(sandbox)) == RING_WRITES
    assert again(shell, said) == counts(unchanged=11)


def test_a_stopped_run_says_what_is_still_to_be_added(shell, sandbox, sheet):
    """Created and not linked yet: the Id is there, the message says what is open, runs says so."""
    path = sheet(table(row("Oak", "Elm"), row("Elm", "Oak")))

    first = shell.run_import(path, "--max-requests", 2)
    listed = shell("runs")
    oak = read_rows(Path(first.json["results"]))[0]

    assert (first.code, first.json["counts"]) == (3, counts(created=2))
    assert oak["Message"] == (
        "Created; LinkedResources row 3 'Elm' is still to be added: a resume does that."
    )
    assert oak["Id"] == by_name(sandbox)["Oak"]["Id"]
    assert "Stopped after 2 writes, as --max-requests asks." in listed.out
    assert again(shell, first) == counts(updated=1, unchanged=1)
    assert links(sandbox) == {"Oak": ["Elm"], "Elm": ["Oak"]}


def test_a_killed_run_that_lacks_only_links_is_not_called_done(shell, sandbox, sheet, tmp_path):
    """All rows are created, one of them without its link: a resume has something to do."""
    path = sheet(table(row("Oak", "Elm"), row("Elm", "Oak")))
    shell.run_import(path, "--max-requests", 2)
    journal = sqlite3.connect(tmp_path / "home" / "journal.sqlite")
    journal.execute("UPDATE run SET ended = NULL, stopped = NULL")  # as kill -9 leaves it
    journal.commit()
    journal.close()

    listed = shell("runs")

    assert listed.out.rstrip().endswith("2 rows: 2 created. Broken off (killed, or a power cut).")


@pytest.mark.parametrize(
    "fault",
    [
        f"{kind}@{method}+{after}"
        for kind in ("500-before", "500-after", "drop-before", "drop-after", "throttle=429")
        for method, most in (("POST", 9), ("PUT", 5))
        for after in range(0, most, 2)
    ],
)
def test_a_lost_answer_loses_no_link(shell, sandbox, sheet, fault):
    """Whatever is lost on the way, every record is there once, with all its links."""
    sandbox.add_fault(fault)

    said = shell.run_import(ring(sheet))
    if said.json["counts"] != RING_DONE:
        said = shell("resume", "--json", "--limit", "none")

    assert (said.code, said.json["counts"]) == (0, RING_DONE)
    assert links(sandbox) == RING
    assert len(sandbox.records()) == 6 + 9


def test_records_that_show_late_are_waited_for(shell, sandbox, sheet):
    """A record that can be read only ten seconds after it was made gets its links all the same."""
    sandbox.add_fault("lag=10@POST*always")

    said = shell.run_import(ring(sheet))

    assert (said.code, said.json["counts"]) == (0, RING_DONE)
    assert links(sandbox) == RING
    assert len(writes(sandbox)) == RING_WRITES


def test_a_partner_in_doubt_leaves_the_row_open(shell, sandbox, sheet):
    """Two records of the partner's name: who links to it is unsent, and a resume may finish it."""
    path = sheet(table(row("Oak", "Elm"), row("Elm")))
    sandbox.add_fault("drop-after@POST*always")
    first = shell.run_import(path, "--max-requests", 1)
    twin = sandbox.put_record("Resource", {**by_name(sandbox)["Elm"], "Id": 1_419_000_201})
    sandbox.clear_faults()

    second = shell("resume", "--json", "--limit", "none")
    sandbox.delete_record("Resource", twin["Id"])
    third = shell("resume", "--json", "--limit", "none")

    assert first.json["counts"] == counts(in_doubt=1, unsent=1)
    assert (second.code, second.json["counts"]) == (1, counts(in_doubt=1, unsent=1))
    assert (third.code, third.json["counts"]) == (0, counts(created=2))
    assert links(sandbox) == {"Oak": ["Elm"]}


def test_many_senders_keep_the_order_of_needs(shell, account, skipping, sheet):
    """Sixteen at once, slow answers: no row leaves before the rows it links to are there."""
    rows = [row(f"Part {n}", f"Part {n + 8}" if n + 8 < 64 else "") for n in range(64)]
    path = sheet(table(*rows, row("Part 64", "Part 1"), row("Part 65", "Part 65, Part 64")))
    limits = ("write:40/1", "all:40/1")
    with Sandbox.start(clocks=skipping.sandbox_clocks, limits=limits) as server:
        account(server)
        server.add_fault("delay=0.4@POST*always")

        said = shell(
            "import", path, "--yes", "--json", *(w for each in limits for w in ("--limit", each))
        )

        assert (said.code, said.json["counts"]) == (0, counts(created=66))
        assert sorted(writes(server)) == ["POST"] * 66 + ["PUT"]  # they end in any order
        assert links(server) == {
            **{f"Part {n}": [f"Part {n + 8}"] for n in range(56)},
            "Part 64": ["Part 1"],
            "Part 65": ["Part 64", "Part 65"],
        }


def test_an_import_right_after_waits_until_the_links_show(shell, sandbox, sheet):
    """What a run has linked a moment ago is not taken for old, and not linked again."""
    path = sheet(table(row("Oak", "Elm"), row("Elm", "Oak")))
    said = shell.run_import(path)
    oak = by_name(sandbox)["Oak"]
    sandbox.put_record("Resource", {"Id": oak["Id"], "LinkedResources": []})  # as a lagging read

    late = shell.run_import(path)

    assert said.json["counts"] == counts(created=2)
    assert "Waiting until the service shows what was written a moment ago." in late.err


def test_a_name_wrong_in_many_rows_is_said_once(shell, sandbox, sheet, tmp_path):
    """One line with the number of rows and what is near; each row's own end still says it."""
    rows = [row(f"Room {n}", place="Harbor House") for n in range(40)]
    rows += [row("Room A", kind="Meting Room"), row("Room B", kind="Meting Room", place=MILL)]
    twin = {"BusinessId": 1410010001, "Name": "Meeting Room"}
    path = sheet(table(*rows, row("Room C"), row("Room D"), row("Room E", kind="Hot desks")))
    sandbox.put_record("ResourceType", twin)

    said = shell.run_import(path)
    plan = shell("plan", path, "-o", tmp_path / "plan.xlsx")

    told = [
        "Resources row 2, column BusinessName: 'Harbor House' is no location of this account (40 "
        "rows, first: row 2). Did you mean 'Harbour House' (1410010001)?",
        "Resources row 42, column ResourceTypeName: 'Meting Room' is no type of this account. Did "
        "you mean 'Meeting Room' (1410020001), 'Meeting Room' (1415398301)? "
        "To create it, add --create-missing types.",
        "Resources row 43, column ResourceTypeName: 'Meting Room' is no type of this account. Did "
        "you mean 'Meeting Room' (1410020101)? To create it, add --create-missing types.",
        "Resources row 44, column ResourceTypeName: 'Meeting Room' is the name of 2 types: "
        "'Meeting Room' (1410020001), 'Meeting Room' (1415398301) (2 rows, first: row 44). Write "
        "the id instead.",
        "Resources row 46, column ResourceTypeName: 'Hot desks' is no type of this account. Did "
        "you mean 'Hot Desk' (1410020003)? "
        "To create it, add --create-missing types.",
    ]
    assert (said.code, said.json["counts"]) == (1, counts(blocked=45))
    assert [line for line in said.err.splitlines() if line.startswith("Resources")] == told
    assert [line for line in plan.err.splitlines() if line.startswith("Resources")] == told
    results = Path(said.json["results"])
    words = (
        "'Harbor House' is no location of this account. Did you mean 'Harbour House' (1410010001)?"
    )
    marked = read_rows(results)
    assert [each["Message"] for each in marked[:40]] == [f"BusinessName: {words}"] * 40
    notes = openpyxl.load_workbook(results)["Resources"]
    assert [notes.cell(n, 1).comment.text for n in (2, 20, 41)] == [words] * 3
    assert words not in openpyxl.load_workbook(tmp_path / "plan.xlsx")["Summary"]["A8"].value


def test_a_lost_create_is_known_again_by_the_links_it_was_sent_with(shell, sandbox, sheet):
    """The ids that went into it stand in the journal: a resume finds the record to be ours."""
    path = sheet(table(row("Elm"), row("Oak", "Room Anchor, Elm")))
    sandbox.add_fault("drop-after@POST+1")

    first = shell.run_import(path, "--max-requests", 2)
    said = shell("resume", "--json", "--limit", "none")

    assert first.json["counts"] == counts(created=1, in_doubt=1)
    assert (said.code, said.json["counts"]) == (0, counts(created=2))
    assert writes(sandbox) == ["POST"] * 2
    assert links(sandbox) == {"Oak": ["Elm", "Room Anchor"]}
