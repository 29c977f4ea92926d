"""`--create-missing`: what rows name and the account lacks is created first, once, and told."""

from __future__ import annotations

import shlex
from importlib.resources import files

import openpyxl
import pytest
from flows import SAMPLES, by_name, counts, read_rows, writes

HARBOUR, MILL = 1410010001, 1410010002
RATES = "Set booking rates in the account: until then resources of a new type have no price."
HEADER = (
    "BusinessName | Name | SystemResourceType | ResourceTypeName | DisplayOrder | "
    "CancellationFeeType | Visible\n"
)


@pytest.fixture
def rooms(sheet):
    """Make a sheet of new rooms, one for each `location: type`."""

    def make(*wanted, name="rooms.xlsx"):
        lines = [
            f"{place} | Room {number} | MeetingRoom | {kind} | {number} | None | Yes"
            for number, (place, kind) in enumerate((each.split(": ") for each in wanted), start=1)
        ]
        return sheet(HEADER + "\n".join(lines), name=name)

    return make


@pytest.fixture
def two(rooms):
    """Three rooms that need two types: Booth in both locations."""
    return rooms("Harbour House: Booth", "Mill Yard: Booth", "Harbour House: booth ")


def types(sandbox):
    """Return the account's types that the seed does not have."""
    return [
        (each["Name"], each["BusinessId"])
        for each in sandbox.records("ResourceType")
        if each["Id"] >= 1415390000
    ]


def take(shell, path, *words):
    return shell.run_import(path, "--create-missing", "types", *words)


def test_missing_types_are_created_and_used(two, shell, sandbox, tmp_path):
    """Each location gets its type once, whatever the case; the rooms have its number."""
    said = take(shell, two)

    assert said.json["counts"] == counts(created=3)
    assert types(sandbox) == [("Booth", HARBOUR), ("Booth", MILL)]
    ids = {each["BusinessId"]: each["Id"] for each in sandbox.records("ResourceType")[-2:]}
    made = by_name(sandbox)
    assert [made[f"Room {n}"]["ResourceTypeId"] for n in (1, 2, 3)] == [
        ids[HARBOUR],
        ids[MILL],
        ids[HARBOUR],
    ]
    results = read_rows(tmp_path / "rooms.types.results.xlsx", "ResourceTypes")
    assert [(each["BusinessName"], each["Name"], each["Status"]) for each in results] == [
        ("Harbour House", "Booth", "created"),
        ("Mill Yard", "Booth", "created"),
    ]
    assert not (tmp_path / "rooms.types.xlsx").exists()
    assert writes(sandbox) == ["POST"] * 5


def test_the_plan_shows_them_first(two, shell, sandbox, tmp_path):
    """What is created, for how many rows, with which requests, and what to do afterwards."""
    said = shell("plan", two, "--create-missing", "types", "-o", tmp_path / "plan.xlsx")
    dry = shell("import", two, "--dry-run", "--create-missing", "types", "--json")

    assert said.code == 0
    assert said.out.splitlines()[:6] == [
        "create type 'Booth' in 'Harbour House' (2 rows)",
        "create type 'Booth' in 'Mill Yard' (1 row)",
        "row 2: create 'Room 1'",
        "row 3: create 'Room 2'",
        "row 4: create 'Room 3'",
        "3 rows: 3 create. 2 to create before them. 5 write requests, at least 0 s.",
    ]
    assert said.err == f"warning: {RATES}\n"
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    assert "create type 'Booth' in 'Mill Yard' (1 row)" in [c.value for c in book["Summary"]["A"]]
    assert dry.json["missing"] == [
        {
            "entity": "ResourceType",
            "name": "Booth",
            "location": HARBOUR,
            "location_name": "Harbour House",
            "rows": [2, 4],
        },
        {
            "entity": "ResourceType",
            "name": "Booth",
            "location": MILL,
            "location_name": "Mill Yard",
            "rows": [3],
        },
    ]
    assert writes(sandbox) == []


def test_without_the_option_they_are_problems_that_name_it(two, shell, sandbox):
    """Nothing is created unasked; the message says how it can be."""
    said = shell("plan", two)

    assert said.code == 1
    assert "To create it, add --create-missing types." in said.err
    assert "3 blocked" in said.out
    assert shell.run_import(two).json["counts"] == counts(blocked=3)
    assert writes(sandbox) == []


def test_a_name_that_is_nearly_there_is_not_created(rooms, shell, sandbox):
    """A plural is rather a slip than a type: its number is told, and how to insist."""
    path = rooms("Harbour House: Meeting Rooms")

    said = shell("import", path, "--yes", "--create-missing", "types")
    insisted = take(shell, path, "--create-missing", "types=Meeting Rooms")

    assert said.code == 1
    assert said.err.splitlines()[0] == (
        "Resources row 2, column ResourceTypeName: 'Meeting Rooms' is no type of this account. "
        "Did you mean 'Meeting Room' (1410020001)? It is not created, since it is nearly a name "
        "that is there. If it is another, add --create-missing 'types=Meeting Rooms'."
    )
    assert insisted.json["counts"] == counts(created=1)
    assert types(sandbox) == [("Meeting Rooms", HARBOUR)]


def test_two_new_names_that_are_nearly_one_are_not_both_created(rooms, shell, sandbox):
    """Booth and Booths in one sheet: one of the two is a slip, and the rows wait."""
    said = take(shell, rooms("Harbour House: Booth", "Harbour House: Booths"))

    assert said.json["counts"] == counts(unsent=1, blocked=1)
    assert "(as 'Booth', which is created)" in said.err
    assert types(sandbox) == []


def test_a_name_that_resembles_another_is_created_with_a_word(rooms, shell, sandbox):
    """Small Meeting Room is a type of its own; the one beside it is named with its number."""
    said = shell("plan", rooms("Harbour House: Small Meeting Room"), "--create-missing", "types")

    assert said.code == 0
    assert said.err.splitlines() == [
        "warning: type 'Small Meeting Room' in 'Harbour House' is new beside 'Meeting Room' "
        "(1410020001).",
        f"warning: {RATES}",
    ]


def test_a_new_location_gets_types_of_its_own(rooms, shell, sandbox):
    """What two other locations call so is not a third one's: it is created there, and said."""
    place = sandbox.put_record("Business", {"Name": "Weir Loft"})["Id"]

    path = rooms("Weir Loft: Meeting Room")
    said = shell("plan", path, "--create-missing", "types")
    done = take(shell, path)

    assert "other locations have their own: 'Meeting Room' (1410020001)" in said.err
    assert done.json["counts"] == counts(created=1)
    assert types(sandbox) == [("Meeting Room", place)]


def test_a_name_under_the_id_counts_too(sheet, shell, sandbox):
    """ResourceTypeId may hold a name, and BusinessId a number."""
    path = sheet(
        HEADER.replace("BusinessName", "BusinessId").replace("ResourceTypeName", "ResourceTypeId")
        + f"{MILL} | Room 1 | MeetingRoom | Booth | 1 | None | Yes"
    )

    said = take(shell, path)

    assert said.json["counts"] == counts(created=1)
    assert said.json["missing"][0]["location_name"] == "Mill Yard"
    assert types(sandbox) == [("Booth", MILL)]


def test_an_update_shows_the_name_that_will_have_a_number(rooms, shell, sandbox):
    """A stored room that moves to a new type: the plan shows names, not stand-ins."""
    shell.run_import(rooms("Mill Yard: Phone Booth"))
    path = rooms("Mill Yard: Booth Deluxe")

    said = shell("plan", path, "--create-missing", "types")
    done = take(shell, path)

    assert "    ResourceTypeId: '1410020105' → 'Booth Deluxe (new)'" in said.out
    assert done.json["counts"] == counts(updated=1)
    assert by_name(sandbox)["Room 1"]["ResourceTypeName"] == "Booth Deluxe"


def test_what_only_bad_rows_need_is_not_created(sheet, shell, sandbox):
    """With --valid-rows-only a type is created if a row that is sent needs it."""
    path = sheet(
        HEADER
        + "Mill Yard | Room 1 | MeetingRoom | Booth | 1.5 | None | Yes\n"
        + "Mill Yard | Room 2 | MeetingRoom | Studio | 2 | None | Yes"
    )

    said = take(shell, path, "--valid-rows-only")

    assert said.json["counts"] == counts(created=1, invalid=1)
    assert types(sandbox) == [("Studio", MILL)]


def test_importing_again_creates_nothing(two, shell, sandbox):
    """The second import finds types and rooms as they are."""
    take(shell, two)
    said = take(shell, two)

    assert said.json["counts"] == counts(unchanged=3)
    assert said.json["missing"] == []
    assert len(types(sandbox)) == 2


def test_a_run_that_stops_between_is_gone_on_with_by_importing_again(two, shell, sandbox):
    """One type is made, then the requests are used up: the last line says how to go on."""
    stopped = take(shell, two, "--max-requests", "1")
    again = take(shell, two)

    assert stopped.code == 3
    last = stopped.err.splitlines()[-1]
    assert last.endswith(f"To go on: nexudus-bulk import {two} --create-missing types")
    assert again.json["counts"] == counts(created=3)
    assert types(sandbox) == [("Booth", HARBOUR), ("Booth", MILL)]
    nothing = shell("resume")
    assert nothing.out.startswith("Nothing to resume:")
    assert "still to be imported" not in nothing.err


def test_a_run_that_died_between_is_gone_on_with_by_resume_too(two, shell, sandbox):
    """`resume` finishes the types; the rows then need the import."""
    take(shell, two, "--max-requests", "1")

    resumed = shell("resume", "--json", "--limit", "none")
    done = take(shell, two)

    assert (resumed.code, resumed.json["counts"]) == (1, counts(created=2))
    assert resumed.err.splitlines()[-1] == (
        "Written so far: 2 rows. They are for the rows of rooms.xlsx, which are still to be "
        f"imported. To go on: nexudus-bulk import {two} --create-missing types"
    )
    assert done.json["counts"] == counts(created=3)
    assert len(types(sandbox)) == 2


def test_resume_names_the_import_where_the_types_are_done_and_no_row_was_begun(two, shell, sandbox):
    """All types created, then the end: no run is open, and the rows are not forgotten."""
    take(shell, two, "--max-requests", "1")
    shell("resume", "--json", "--limit", "none")

    said = shell("resume")
    done = take(shell, two)

    assert (said.code, said.out.startswith("Nothing to resume: all runs into http")) == (0, True)
    assert said.err.splitlines() == [
        "Run 0001 created what the rows of rooms.xlsx need, and no run of theirs has begun since. "
        f"If they are still to be imported: nexudus-bulk import {two} --create-missing types"
    ]
    assert done.json["counts"] == counts(created=3)
    assert shell("resume").err == ""


def test_the_command_that_goes_on_reads_the_file_alike(shell, sandbox, tmp_path, monkeypatch):
    """A mapping and all else that bears on the rows is said again."""
    sample = (SAMPLES / "officernd-new-types.csv").read_bytes()
    (tmp_path / "offices.csv").write_bytes(sample)
    (tmp_path / "own.toml").write_text(
        (files("pipeline.mapping") / "profiles/officernd.toml").read_text(encoding="utf-8"),
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    words = ["--mapping", "own.toml", "--create-missing", "types", "--valid-rows-only"]

    stopped = shell("import", "offices.csv", "--yes", *words, "--max-requests", "1")
    here = stopped.err.splitlines()[-1].partition("To go on: ")[2]

    assert shlex.split(here) == [
        *("nexudus-bulk", "import", "offices.csv", "--valid-rows-only"),
        *("--mapping", "own.toml", "--create-missing", "types"),
    ]
    done = shell(*shlex.split(here)[1:], "--yes", "--json")
    assert (done.code, done.json["counts"]) == (0, counts(created=5))


def test_a_lost_answer_makes_no_second_type(two, shell, sandbox):
    """A type whose answer is lost is looked up before the rows go."""
    sandbox.add_fault("drop-after@POST")

    assert take(shell, two).json["counts"] == counts(created=3)
    assert len(types(sandbox)) == 2


def test_types_that_show_late_are_waited_for(two, shell, sandbox):
    """Reading may lag behind writing: the rows wait for the numbers, and nothing is doubled."""
    sandbox.add_fault("lag=8@POST*2")

    said = take(shell, two)

    assert said.json["counts"] == counts(created=3)
    assert len(types(sandbox)) == 2
    assert "Waiting until the service shows what was written a moment ago." in said.err


def test_a_refused_type_sends_no_row(two, shell, sandbox):
    """Without its type no room is sent; the exit code says that it is not done."""
    sandbox.add_fault("not-successful@POST")

    said = take(shell, two)

    assert said.code == 1
    assert said.json["counts"] == counts(created=1, rejected=1)
    assert "No row of rooms.xlsx was sent." in said.err
    assert "Room 1" not in by_name(sandbox)


def test_an_account_that_changes_meanwhile_stops_the_import(two, shell, sandbox):
    """Somebody creates a room of the sheet while the types are made: what was shown is not done."""

    def meddle(path):
        if "spaces/resources?" in path and len(types(sandbox)) == 2:
            sandbox.meanwhile = lambda _: None
            sandbox.put_record("Resource", {"BusinessId": MILL, "Name": "Room 2"})

    sandbox.meanwhile = meddle

    said = take(shell, two)

    assert said.code == 3
    assert said.err.splitlines()[-1] == (
        "The account was changed meanwhile: the rows would be written otherwise than shown. "
        "Written so far: 2 records for the rows to use, and no row. To look at it anew: "
        f"nexudus-bulk import {two} --create-missing types"
    )
    assert "Room 1" not in by_name(sandbox)


def test_a_connection_that_goes_between_leaves_word_of_the_types(two, shell, sandbox):
    """Whatever ends the second look, the last line says what was made and how to go on."""

    def unplug(path):
        if len(types(sandbox)) == 2:
            sandbox.meanwhile = lambda _: None
            sandbox.add_fault("drop-before*always")

    sandbox.meanwhile = unplug

    said = take(shell, two)
    sandbox.clear_faults()

    assert said.code == 3
    assert said.err.splitlines()[-1].endswith(
        "Written so far: 2 records for the rows to use, and no row. To go on: "
        f"nexudus-bulk import {two} --create-missing types"
    )
    assert take(shell, two).json["counts"] == counts(created=3)


@pytest.mark.parametrize("word", ["types", "Type", "ResourceType"])
def test_the_option_takes_what_people_say(word, two, shell):
    """The noun decides, in the singular too."""
    assert shell("plan", two, "--create-missing", word).code == 0


def test_what_cannot_be_created_is_refused(two, sheet, shell):
    """Plans need more than a name; a sheet of types needs nothing created."""
    other = sheet("BusinessName | Name\nMill Yard | Booth", name="t.xlsx", sheet="ResourceTypes")

    plans = shell("plan", two, "--create-missing", "plans")
    none = shell("plan", other, "--create-missing", "types")

    assert (plans.code, plans.err) == (
        2,
        "--create-missing: 'plans' cannot be created from a sheet of resources. Possible: types.\n",
    )
    assert (none.code, none.err) == (
        2,
        "--create-missing: 'types' cannot be created from a sheet of resource types. "
        "Leave it out.\n",
    )


def test_missing_roles_are_told_before_any_row(two, shell, sandbox, monkeypatch):
    """Whoever may not create types is told so, and no room is made."""
    roles = [f"{n}-List" for n in ("Business", "ResourceType", "Resource")]
    roles += ["Resource-Read", "Resource-Create", "ResourceType-Read"]
    sandbox.add_user("clerk@site.example", "invented", roles)
    monkeypatch.setenv("NEXUDUS_USERNAME", "clerk@site.example")
    monkeypatch.setenv("NEXUDUS_PASSWORD", "invented")

    said = take(shell, two)

    assert said.code == 4
    assert types(sandbox) == []
    assert "Room 1" not in by_name(sandbox)


def test_what_the_location_above_has_is_shared(rooms, shell, sandbox):
    """A network's own types fit its locations: only what it lacks is created."""
    loft = {"Name": "Weir Loft", "RootLocationId": HARBOUR}
    place = sandbox.put_record("Business", loft)["Id"]
    pod = sandbox.put_record("ResourceType", {"BusinessId": HARBOUR, "Name": "Pod"})["Id"]

    said = take(shell, rooms("Weir Loft: Pod", "Weir Loft: Booth"))

    told = [(each["name"], each["location"]) for each in said.json["missing"]]
    assert told == [("Booth", place)]
    assert by_name(sandbox)["Room 1"]["ResourceTypeId"] == pod
