"""Whole flows: the installed command's entry against a sandbox over real loopback HTTP."""

from __future__ import annotations

import json
from datetime import time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flows import ROOMS, SAMPLES, Shell, by_name, copy, counts, edit, read_rows, writes

from pipeline.entities import RESOURCE
from pipeline.sandbox import Sandbox
from pipeline.sandbox.seed import TYPE_NAMES, plausible


def test_a_workbook_into_an_account_and_again_and_edited(shell, sandbox, tmp_path):
    """All rooms are created once; again changes nothing; edits change just those fields."""
    rooms = tmp_path / "rooms.xlsx"
    rooms.write_bytes((SAMPLES / "rooms.xlsx").read_bytes())

    first = shell.run_import(rooms)

    assert (first.code, first.json["counts"]) == (0, counts(created=ROOMS))
    assert writes(sandbox) == ["POST"] * ROOMS
    before = by_name(sandbox)
    assert before["Room Cedar"]["Allocation"] == 4
    sandbox.requests.clear()

    again = shell.run_import(rooms)

    assert (again.code, again.json["counts"]) == (0, counts(unchanged=ROOMS))
    assert writes(sandbox) == []
    assert by_name(sandbox) == before

    edited = edit(
        tmp_path / "rooms.results.xlsx",
        tmp_path / "edited.xlsx",
        {
            "Room Cedar": {"Allocation": 5},
            "Booth 1": {"StandardPhone": "No"},
            "Harbour Hall": {"Description": "Two lines,\nnew ones."},
            "Office 101": {"Tariffs": "Team Room; Full Time"},
        },
    )
    third = shell.run_import(edited)

    assert (third.code, third.json["counts"]) == (0, counts(updated=4, unchanged=ROOMS - 4))
    assert writes(sandbox) == ["PUT"] * 4
    after = by_name(sandbox)
    changed = {
        (name, field)
        for name in before
        for field in before[name]
        if before[name][field] != after[name][field] and field not in {"UpdatedOn", "Timeslots"}
    }
    assert changed == {
        ("Room Cedar", "Allocation"),
        ("Booth 1", "StandardPhone"),
        ("Harbour Hall", "Description"),
        ("Office 101", "Tariffs"),
    }
    assert after["Office 101"]["Tariffs"] == [1410030004, 1410030003]
    assert slots(after) == slots(before)


def slots(records: dict[str, dict[str, Any]]) -> dict[str, list[tuple[Any, ...]]]:
    return {
        name: sorted((s["DayOfWeek"], s["FromTime"], s["ToTime"]) for s in record["Timeslots"])
        for name, record in records.items()
    }


def test_the_results_workbook_is_the_users_own_marked(shell, sandbox, tmp_path):
    """Rows, order and columns stay; Status, Message and Id say what became of each row."""
    rooms = tmp_path / "rooms.xlsx"
    rooms.write_bytes((SAMPLES / "rooms.xlsx").read_bytes())

    said = shell.run_import(rooms)

    assert said.json["results"] == str(tmp_path / "rooms.results.xlsx")
    given, returned = read_rows(rooms), read_rows(tmp_path / "rooms.results.xlsx")
    ids = {name: record["Id"] for name, record in by_name(sandbox).items()}
    assert [row["Status"] for row in returned] == ["created"] * ROOMS
    assert [row["Id"] for row in returned] == [ids[row["Name"]] for row in returned]
    own = [
        {k: v for k, v in row.items() if k not in {"Status", "Message", "Id"}} for row in returned
    ]
    assert own == [{k: v for k, v in row.items() if k != "Id"} for row in given]


def test_a_file_with_problems_sends_nothing(shell, sandbox, tmp_path):
    """By default one bad row keeps all from being sent; --valid-rows-only sends the good ones."""
    bad = edit(SAMPLES / "rooms.xlsx", tmp_path / "bad.xlsx", {"Room Cedar": {"Allocation": 4.5}})

    refused = shell.run_import(bad)

    assert (refused.code, refused.json["counts"]) == (1, counts(invalid=1, unsent=ROOMS - 1))
    assert writes(sandbox) == []
    assert "Resources row 2, column Allocation: '4.5' is not a whole number." in refused.err

    sent = shell.run_import(bad, "--valid-rows-only")

    assert (sent.code, sent.json["counts"]) == (1, counts(created=ROOMS - 1, invalid=1))
    assert writes(sandbox) == ["POST"] * (ROOMS - 1)


def test_dry_run_plan_check_and_export_write_nothing(shell, sandbox, tmp_path):
    """Commands that only look send no POST, PUT or DELETE but the token request."""
    rooms = SAMPLES / "rooms.xlsx"

    assert shell("check", rooms).code == 0
    plan = shell("plan", rooms, "-o", tmp_path / "plan.xlsx", "--json")
    dry = shell("import", rooms, "--dry-run", "--json")
    assert shell("export", "-o", tmp_path / "out.xlsx").code == 0

    assert writes(sandbox) == []
    assert {k: plan.json[k] for k in ("create", "update", "unchanged", "blocked", "invalid")} == {
        "create": ROOMS,
        "update": 0,
        "unchanged": 0,
        "blocked": 0,
        "invalid": 0,
    }
    assert plan.json["requests"] == ROOMS
    assert (dry.code, dry.json["counts"]) == (0, counts(unsent=ROOMS))
    assert (tmp_path / "plan.xlsx").exists()
    assert not list(tmp_path.glob("*.results.xlsx"))


def test_a_plan_counts_every_row_once(shell, sheet):
    """A row that is left out by its Action is unchanged, as an import counts it."""
    path = sheet("""
        BusinessName  | Name        | Allocation | Action
        Harbour House | Room Anchor | 9          |
        Harbour House | Room Beacon | 9          | skip
    """)
    plan = shell("plan", path, "--json").json

    assert {k: plan[k] for k in ("create", "update", "unchanged", "blocked", "invalid")} == {
        "create": 0,
        "update": 1,
        "unchanged": 1,
        "blocked": 0,
        "invalid": 0,
    }


@pytest.mark.parametrize("name", ["rooms.xlsx", "linked.xlsx", "symbolic.xlsx"])
def test_nothing_is_written_over_the_file_that_is_read(shell, sandbox, tmp_path, name):
    """A plan, results and a log refuse the input's own name, by whatever way it is reached."""
    rooms = copy(tmp_path)
    (tmp_path / "linked.xlsx").hardlink_to(rooms)
    (tmp_path / "symbolic.xlsx").symlink_to(rooms)
    before, target = rooms.read_bytes(), tmp_path / name

    said = {
        option: shell(command, rooms, option, target, *more)
        for command, option, *more in (
            ("plan", "-o"),
            ("import", "--results", "--yes"),
            ("import", "--log-file", "--yes"),
        )
    }

    assert {option: (each.code, each.err) for option, each in said.items()} == {
        option: (2, f"{option}: '{target}' is the file itself. Choose another name.\n")
        for option in ("-o", "--results", "--log-file")
    }
    assert rooms.read_bytes() == before
    assert sandbox.requests == []


def test_import_without_a_terminal_and_without_yes_refuses(shell, sandbox):
    """Nobody can say yes: nothing is sent, not even a read, and the exit code is 2."""
    said = shell("import", SAMPLES / "rooms.xlsx")

    assert said.code == 2
    assert said.err == (
        "import: nobody is at the terminal to say yes. Add --yes to write, or --dry-run to look. "
        "Nothing was sent.\n"
    )
    assert sandbox.requests == []


NASTY = {
    "equals": "=1+1",
    "na": "NA",
    "number": "007",
    "lines": "one\ntwo\r\nthree",
    "clear": "<clear>",
    "marker": "<kept as it is: me>",
    "long": "x" * 40_000,
    "control": "bell \x07 and _x0041_",
    "link": "https://site.example/a",
    "blank": "  ",
    "none": "None",
    "emoji": "🎛 mixer",
}


def full_record() -> dict[str, Any]:
    """A record in which every writable field holds something."""
    samples = {
        "text": "some text",
        "address": None,
        "whole": 30,
        "decimal": 12.25,
        "yes/no": True,
        "choice": 2,
        "id": None,
        "ids": [],
        "moment": "2026-03-31T14:30:15.1234567Z",
    }
    values = {f.name: samples.get(f.kind.name) for f in RESOURCE.fields if f.writable and f.on_read}
    return {
        **values,
        "BusinessId": 1410010001,
        "ResourceTypeId": 1410020001,
        "CancellationFeeProductId": 1410050001,
        "Name": "Everything",
        "Tariffs": [1410030001, 1410030002],
        "Teams": [1410040001],
        "LinkedResources": [1415383201],
        "BookingAvailabilityExceptions": [1410060001],
        "Shifts": '{"a": [1]}',
        "Timeslots": [
            {"DayOfWeek": d, "FromTime": "1976-01-01T09:00:00Z", "ToTime": "1976-01-01T17:30:00Z"}
            for d in (1, 2, 3, 6)
        ],
    }


def test_an_export_imports_unedited_without_a_change(shell, sandbox, tmp_path):
    """Nasty texts, slots, lists, odd numbers and every kind of field come back as no change."""
    base = {key: full_record()[key] for key in ("BusinessId", "ResourceTypeId")}
    for number, (name, text) in enumerate(NASTY.items()):
        fields = {"Description": text, "GroupName": text, "DisplayOrder": number}
        sandbox.put_record("Resource", {**base, **fields, "Name": f"Room {name}", "Visible": True})
    sandbox.put_record("Resource", full_record())
    odd = {**base, "Name": "Odd", "SystemResourceType": 8, "CancellationFeeAmount": 0.1 + 0.2}
    slot = {"DayOfWeek": 1, "FromTime": "1976-01-01T22:00:00Z", "ToTime": "1976-01-01T00:00:00Z"}
    sandbox.put_record(
        "Resource", {**odd, "MinBookingLength": 90, "MaxBookingLength": 30, "Timeslots": [slot]}
    )
    before = sandbox.records()
    exported = tmp_path / "export.xlsx"

    said = shell("export", "-o", exported, "--json", "--limit", "none")
    assert (said.code, said.json["complete"], said.json["rows"]) == (0, True, len(before))
    back = shell.run_import(exported)

    assert (back.code, back.json["counts"]) == (0, counts(unchanged=len(before)))
    assert writes(sandbox) == []
    assert sandbox.records() == before
    assert "never-shown" not in exported.read_bytes().decode("latin-1")


def test_secrets_are_sent_back_and_never_shown(shell, sandbox, tmp_path):
    """Zoom tokens survive an update, and stand in no file that the program wrote."""
    secret = "zoom-secret-4711"
    record = sandbox.put_record(
        "Resource", {**full_record(), "ZoomAccessToken": secret, "ZoomRefreshToken": secret}
    )
    exported = tmp_path / "export.xlsx"
    shell("export", "-o", exported, "--limit", "none")
    edited = edit(exported, tmp_path / "edited.xlsx", {"Everything": {"GroupName": "Floor 9"}})

    said = shell.run_import(edited)

    assert said.json["counts"]["updated"] == 1
    after = next(each for each in sandbox.records() if each["Id"] == record["Id"])
    assert after["ZoomAccessToken"] == after["ZoomRefreshToken"] == secret
    assert after["GroupName"] == "Floor 9"
    assert secret not in said.out + said.err
    for path in tmp_path.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert secret.encode() not in content, path
            assert sandbox.password.encode() not in content, path


@pytest.mark.parametrize(
    "fault", ["500-after@POST", "drop-after@POST", "cut-json@POST", "html@POST"]
)
def test_a_create_whose_answer_is_lost_is_found_and_not_doubled(shell, sandbox, tmp_path, fault):
    """The record was stored and the answer lost: it is looked up, and every room exists once."""
    sandbox.add_fault(fault)

    said = shell.run_import(copy(tmp_path))

    assert (said.code, said.json["counts"]) == (0, counts(created=ROOMS))
    assert writes(sandbox) == ["POST"] * ROOMS
    names = [each["Name"] for each in sandbox.records()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("fault", ["500-before@POST", "drop-before@POST"])
def test_a_create_that_was_not_stored_is_sent_once_more(shell, sandbox, tmp_path, fault):
    """Nothing was stored: after looking for it, the row is sent again, once."""
    sandbox.add_fault(fault)

    said = shell.run_import(copy(tmp_path))

    assert (said.code, said.json["counts"]) == (0, counts(created=ROOMS))
    assert len(writes(sandbox)) == ROOMS + 1


def test_the_readme_shows_what_an_import_says(shell, monkeypatch, tmp_path):
    """The tour's last lines are those of the commands, paths as a person in that folder types."""
    readme = (SAMPLES.parent / "README.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    first = shell("import", copy(tmp_path), "--yes", "--limit", "none")
    exported = shell("export", "-o", "export.xlsx", "--limit", "none")
    back = shell("import", "export.xlsx", "--yes", "--limit", "none")

    assert first.out.splitlines()[-1] == "39 rows: 39 created. See rooms.results.xlsx."
    for said in (first, exported, back):
        assert said.out.splitlines()[-1] in readme.splitlines()


def test_a_rejected_row_does_not_stop_the_others(shell, sandbox, tmp_path):
    """A server's refusal is told by row with its words; the rest is sent."""
    sandbox.add_fault("not-successful@POST+2")

    said = shell.run_import(copy(tmp_path))

    assert (said.code, said.json["counts"]) == (1, counts(created=ROOMS - 1, rejected=1))
    statuses = [row["Status"] for row in read_rows(tmp_path / "rooms.results.xlsx")]
    assert statuses.index("rejected") == 2


@pytest.mark.parametrize(("mode", "code"), [("replace", 0), ("append", 3), ("keep", 0)])
def test_time_slots_are_proven_on_the_first_update(shell, sandbox, tmp_path, mode, code):
    """Where an update doubles time slots the run stops after the first, and says so."""
    rooms = copy(tmp_path)
    shell.run_import(rooms)
    sandbox.slots_mode = mode
    names = ["Room Cedar", "Room Maple", "Room Rowan"]
    edited = edit(rooms, tmp_path / "edited.xlsx", {name: {"Allocation": 7} for name in names})

    said = shell.run_import(edited)

    assert said.code == code
    if code == 3:
        assert said.json["counts"] == counts(in_doubt=1, unsent=2, unchanged=ROOMS - 3)
        assert "TimeSlots came back different" in said.json["stopped"]
    else:
        assert said.json["counts"] == counts(updated=3, unchanged=ROOMS - 3)


def test_slots_that_only_their_own_list_tells_survive_an_update(shell, sandbox, tmp_path):
    """Where records come without time slots, they are read from their list and sent back."""
    rooms = copy(tmp_path)
    shell.run_import(rooms)
    before = slots(by_name(sandbox))
    sandbox.slots_on_read = False
    edited = edit(rooms, tmp_path / "edited.xlsx", {"Room Cedar": {"Allocation": 7}})

    assert shell.run_import(edited).json["counts"] == counts(updated=1, unchanged=ROOMS - 1)
    assert slots(by_name(sandbox)) == before


def test_inside_the_limits_nothing_is_refused(account, capsys, tmp_path):
    """A server that enforces the same windows (shortened) refuses not one request."""
    limits = ["--limit", "all:1/0.01", "--limit", "all:30/1", "--limit", "write:20/1"]
    with Sandbox.start(limits=limits[1::2]) as server:
        account(server)
        shell = Shell(capsys)
        said = shell("import", copy(tmp_path), "--yes", "--json", *limits)

        assert said.json["counts"] == counts(created=ROOMS)
        assert server.refused == 0
        assert said.json["requests"]["throttled"] == 0


def test_a_limit_of_the_server_that_is_tighter_is_waited_for(account, skipping, tmp_path, capsys):
    """A server that throttles is obeyed: every row is written in the end, none twice."""
    with Sandbox.start(limits=["write:15/1"], clocks=skipping.sandbox_clocks) as server:
        account(server)
        said = Shell(capsys, skipping).run_import(copy(tmp_path))

        assert said.json["counts"] == counts(created=ROOMS)
        assert said.json["requests"]["throttled"] == server.refused > 0
        assert len({each["Name"] for each in server.records()}) == len(server.records())


def test_a_missing_permission_names_the_role_and_writes_nothing(
    shell, sandbox, tmp_path, monkeypatch
):
    """A user without the Create role: exit 4, the role is named, nothing was written."""
    roles = {"Resource-List", "Resource-Read", "ResourceType-List", "Business-List", "Tariff-List"}
    sandbox.add_user("clerk@sandbox.example", "clerk-pass", roles | {"Team-List", "Product-List"})
    monkeypatch.setenv("NEXUDUS_USERNAME", "clerk@sandbox.example")
    monkeypatch.setenv("NEXUDUS_PASSWORD", "clerk-pass")
    before = sandbox.records()

    said = shell.run_import(copy(tmp_path))

    assert (said.code, said.json["counts"]) == (4, counts(unsent=ROOMS))
    assert "The user has no Create role" in said.err
    assert "Nothing was written." in said.err
    assert sandbox.records() == before


def test_wrong_credentials(shell, sandbox, monkeypatch):
    """A wrong password is exit 4, one message, nothing else sent."""
    monkeypatch.setenv("NEXUDUS_PASSWORD", "wrong")

    said = shell("plan", SAMPLES / "rooms.xlsx")

    assert said.code == 4
    assert "The API refused the login" in said.err
    assert "check NEXUDUS_USERNAME and NEXUDUS_PASSWORD" in said.err


def test_a_server_that_is_not_there(shell, monkeypatch):
    """Nobody listens: exit 3, the address is named."""
    monkeypatch.setenv("NEXUDUS_BASE_URL", "http://127.0.0.1:9")

    said = shell("plan", SAMPLES / "rooms.xlsx")

    assert said.code == 3
    assert "http://127.0.0.1:9 does not answer" in said.err


def test_deleting_needs_leave(shell, sandbox, tmp_path):
    """A row whose Action is delete is blocked, until --allow-delete."""
    rooms = copy(tmp_path)
    shell.run_import(rooms)
    edited = edit(rooms, tmp_path / "edited.xlsx", {"Booth 3": {"Action": "delete"}})

    blocked = shell.run_import(edited)
    deleted = shell.run_import(edited, "--allow-delete")

    assert (blocked.code, blocked.json["counts"]) == (1, counts(blocked=1, unchanged=ROOMS - 1))
    assert (deleted.code, deleted.json["counts"]) == (0, counts(deleted=1, unchanged=ROOMS - 1))
    assert "Booth 3" not in by_name(sandbox)
    again = shell.run_import(Path(deleted.json["results"]), "--allow-delete")
    assert (again.code, again.json["counts"]) == (0, counts(unchanged=ROOMS))


def test_the_bad_sample_gives_every_problem_once(shell, sandbox):
    """The report beside the bad sample is what check prints: none missed, none doubled."""
    expected = (SAMPLES / "rooms-with-problems.txt").read_text(encoding="utf-8")

    said = shell("check", SAMPLES / "rooms-with-problems.xlsx")

    assert said.code == 1
    assert said.out == expected
    found = shell("check", SAMPLES / "rooms-with-problems.xlsx", "--json").json["problems"]
    places = [(each["row"], each["column"], each["code"]) for each in found]
    assert len(places) == len(set(places))
    assert sandbox.requests == []


def test_json_is_one_object_with_the_promised_keys(shell, sandbox, tmp_path):
    """Scripts depend on these names."""
    said = shell.run_import(copy(tmp_path))

    assert list(json.loads(said.out)) == [
        "run",
        "file",
        "counts",
        "results",
        "requests",
        "seconds",
        "stopped",
    ]
    assert said.json["run"] == "0001"
    assert list(said.json["requests"]) == ["sent", "throttled", "retried"]


def big_workbook(path: Path, **cells: Any) -> Path:
    """500 rooms in two locations, known by location and name."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Resources"
    base = {
        "SystemResourceType": "MeetingRoom",
        "ResourceTypeName": "Meeting Room",
        "CancellationFeeType": "None",
        "Visible": "Yes",
        "TimeSlots": "Mon-Fri 09:00-17:00",
        **cells,
    }
    sheet.append(["BusinessName", "Name", "DisplayOrder", *base])
    for number in range(500):
        place = ("Harbour House", "Mill Yard")[number % 2]
        sheet.append([place, f"Room {number:03}", number, *base.values()])
    book.save(path)
    return path


def test_500_creates_and_500_updates_take_few_requests(shell, sandbox, tmp_path):
    """500 POSTs with fewer than 30 other requests; 500 PUTs with fewer than 40 others."""
    created = shell.run_import(big_workbook(tmp_path / "new.xlsx", Allocation=4))
    asked = len(sandbox.requests)

    assert created.json["counts"] == counts(created=500)
    assert writes(sandbox) == ["POST"] * 500
    assert asked - 500 < 30
    sandbox.requests.clear()

    updated = shell.run_import(big_workbook(tmp_path / "edited.xlsx", Allocation=6))

    assert updated.json["counts"] == counts(updated=500)
    assert writes(sandbox) == ["PUT"] * 500
    assert len(sandbox.requests) - 500 < 40


def by_names_only(path: Path, sandbox: Sandbox, *, new: int, elsewhere: bool) -> Path:
    """500 rooms by names, `new` of them not there yet; fill the account up to 3,000 resources."""
    stored = 3000 - len(sandbox.records())
    others = stored + new - 500
    sandbox.put_records(
        "Resource",
        [{**plausible(number), "Name": f"Room {number:04}"} for number in range(stored)],
    )
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Resources"
    sheet.append([*NAMED, *(name for name, _, _ in LISTS)])
    for number in range(others, others + 500):
        place = 0 if number % 5 else 1  # as in `plausible`
        kind = TYPE_NAMES[number % 6]
        other = f"Room {others + (number - others + 10) % 500:04}"  # of the same location
        if elsewhere and number % 100 == 0:
            other = "Booth Shuttle, Room Anchor"
        sheet.append(
            [("Harbour House", "Mill Yard")[place], f"Room {number:04}", 1, kind, 10, 0, True]
            + [values[place] or other for _, *values in LISTS]
        )
    book.save(path)
    return path


NAMED = ["BusinessName", "Name", "SystemResourceType", "ResourceTypeName", "DisplayOrder"]
NAMED += ["CancellationFeeType", "Visible"]
LISTS = [
    ("Tariffs", "Flex 5, Full Time", "Mill Day"),
    ("Teams", "Fern & Field", "Mill Makers"),
    ("CancellationFeeProductName", "Late cancellation fee", "Late cancellation fee (Mill Yard)"),
    ("BookingAvailabilityExceptions", "Summer party", "Summer party"),
    ("LinkedResources", "", ""),
]


@pytest.mark.parametrize(
    ("rooms", "asked"), [((500, False), 11), ((500, True), 14), ((250, True), 17), ((0, True), 19)]
)
def test_500_rooms_by_names_take_few_look_ups(shell, sandbox, tmp_path, rooms, asked):
    """Locations, types, plans, teams, products, exceptions and links by name, among 3,000.

    A token, the six lists and the two locations' own 3,000 rooms, in four pages; every 100 rooms
    that are there already take one more, and links to another location the list of all.
    """
    new, elsewhere = rooms
    path = by_names_only(tmp_path / "rooms.xlsx", sandbox, new=new, elsewhere=elsewhere)
    sandbox.requests.clear()

    said = shell("plan", path, "--json", "--limit", "none")

    assert said.json["blocked"] == said.json["invalid"] == 0
    assert said.json["create"] == new
    assert len(sandbox.requests) == asked


def test_a_csv_comes_back_as_a_workbook_and_is_found_again(shell, sandbox, tmp_path):
    """A csv is imported by names; its results are a workbook that imports as unchanged."""
    path = tmp_path / "rooms.csv"
    path.write_text(
        "Business Name;Name;System resource type;ResourceTypeName;DisplayOrder;CancellationFeeType;"
        "Visible;Colour\nMill Yard;007;hot desk;Hot Desk;1;None;x;blue\n",
        encoding="utf-8",
    )

    first = shell.run_import(path)
    again = shell.run_import(Path(first.json["results"]))

    assert (first.code, first.json["counts"]) == (0, counts(created=1))
    assert "rooms.csv: csv, UTF-8, separator ;" in first.err
    assert by_name(sandbox)["007"]["SystemResourceType"] == 2
    assert (again.code, again.json["counts"]) == (0, counts(unchanged=1))
    (row,) = read_rows(Path(first.json["results"]))
    assert (row["Name"], row["Colour"], row["Status"]) == ("007", "blue", "unchanged")


def test_a_second_sheet_of_time_slots(shell, sandbox, tmp_path):
    """Slots on their own sheet reach their rows by location and name, or by row number."""
    path = big_workbook(tmp_path / "rooms.xlsx")
    book = openpyxl.load_workbook(path)
    book["Resources"].delete_rows(4, 500)
    rooms = book["Resources"]
    column = [cell.value for cell in rooms[1]].index("TimeSlots") + 1
    rooms.delete_cols(column)
    slots_sheet = book.create_sheet("TimeSlots")
    slots_sheet.append(["Row", "BusinessName", "Name", "DayOfWeek", "FromTime", "ToTime"])
    slots_sheet.append([2, None, None, "Monday", "09:00", "12:00"])
    slots_sheet.append([None, "Mill Yard", "Room 001", 0, time(10, 0), time(11, 30)])
    book.save(path)

    said = shell.run_import(path)

    assert (said.code, said.json["counts"]) == (0, counts(created=2))
    found = slots(by_name(sandbox))
    assert found["Room 000"] == [(1, "1976-01-01T09:00:00Z", "1976-01-01T12:00:00Z")]
    assert found["Room 001"] == [(0, "1976-01-01T10:00:00Z", "1976-01-01T11:30:00Z")]


def test_results_of_rooms_whose_action_is_create_can_be_imported_again(shell, sandbox, tmp_path):
    """They are there now, with the id that the results give; an edit of such a row is blocked."""
    path = tmp_path / "new.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "Resources"
    header = "BusinessName Name ResourceTypeName SystemResourceType DisplayOrder"
    book.active.append([*header.split(), "CancellationFeeType", "Visible", "Action"])
    row = ["Harbour House", "Room New", "Meeting Room", "MeetingRoom", 10, "None", "Yes", "create"]
    book.active.append(row)
    book.save(path)
    results = tmp_path / "new.results.xlsx"

    assert shell.run_import(path).json["counts"] == counts(created=1)
    assert shell.run_import(results).json["counts"] == counts(unchanged=1)
    edited = edit(results, tmp_path / "edited.xlsx", {"Room New": {"DisplayOrder": 20}})
    again = shell.run_import(edited)

    assert again.json["counts"] == counts(blocked=1)
    assert "Action is create, but 'Room New' exists" in again.err
    assert by_name(sandbox)["Room New"]["DisplayOrder"] == 10
