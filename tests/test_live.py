"""`template --live` and what becomes of it when the account moves on (issue 5, 2)."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flows import by_name, counts, read_rows, writes
from lists import Lists

from pipeline import __version__
from pipeline.sandbox import Sandbox
from pipeline.sandbox.seed import HARBOUR, MILL

ROOM = {"SystemResourceType": "MeetingRoom", "DisplayOrder": 1, "CancellationFeeType": "None",
        "Visible": "Yes"}  # fmt: skip
BOARDROOM_MILL = 1410020102
FLEX_5 = 1410030001
FERN = 1410040002


@pytest.fixture
def live(shell, tmp_path) -> Path:
    """A template with the names of the seeded sandbox."""
    path = tmp_path / "live.xlsx"
    assert shell("template", "--live", "-o", path).code == 0
    return path


def fill(path: Path, *rows: dict[str, Any]) -> Path:
    """Write rows into a template, as a person does."""
    book = openpyxl.load_workbook(path)
    sheet = book["Resources"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    for number, row in enumerate(rows, start=2):
        for name, value in {**ROOM, **row}.items():
            sheet.cell(number, columns[name]).value = value
    book.save(path)
    return path


def restamp(path: Path, **lines: str | None) -> Path:
    """Change lines of the stamp, named by their first word."""
    book = openpyxl.load_workbook(path)
    for first, second, *_ in book["About"].iter_rows():
        if first.value in lines:
            second.value = lines[first.value]
    book.save(path)
    return path


def said(text: str) -> list[str]:
    """The lines of the standard error, the day of the template as DAY."""
    return [re.sub(r"\d{4}-\d\d-\d\d", "DAY", line) for line in text.splitlines()]


# ---- making one


def test_the_drop_downs_are_the_accounts_own(shell, sandbox, live):
    """Locations, types, plans and whatever else can be picked are those of the account."""
    lists = Lists(live)

    assert lists.shown("BusinessName") == ["Harbour House", "Mill Yard"]
    assert lists.shown("Tariffs", BusinessName="Mill Yard") == ["Mill Day", "Mill Month"]
    assert lists.shown("Teams", BusinessName="Harbour House") == [
        "Blue Kite Studio",
        "Fern & Field",
    ]
    assert lists.shown("LinkedResources", BusinessId=str(MILL)) == ["Booth Shuttle", "Loom Room"]
    assert lists.shown("CancellationFeeProductName", BusinessName="Harbour House") == [
        "Late cancellation fee"
    ]
    assert lists.shown("BookingAvailabilityExceptions", BusinessName="Harbour House") == [
        "Closed for New Year", "Summer party",
    ]  # fmt: skip
    assert writes(sandbox) == []


def test_the_json_tells_how_many_names_of_when(shell, tmp_path):
    """--json has the file, the entity, the service, the moment and the number of names."""
    path = tmp_path / "t.xlsx"
    told = shell("template", "--live", "-o", path, "--json").json

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told.pop("made"))
    assert re.fullmatch(r"127\.0\.0\.1:\d+", told.pop("service"))
    assert told == {
        "file": str(path),
        "entity": "Resource",
        "names": {
            "locations": 2, "types": 12, "plans": 6, "teams": 3, "products": 2, "resources": 6,
            "exceptions": 2,
        },
    }  # fmt: skip


def test_a_list_that_may_not_be_read_leaves_its_columns_without_drop_down(shell, sandbox, tmp_path):
    """A login that may not list teams still gets a template, and is told which columns lack."""
    sandbox.add_fault("forbid@GET*2+3")
    path = tmp_path / "t.xlsx"

    told = shell("template", "--live", "-o", path, "--json")

    assert told.code == 0
    assert told.json["names"]["teams"] is None
    assert [line for line in told.err.splitlines() if line.startswith("No drop-down")] == [
        "No drop-down of teams (Teams, AddedTeams, RemovedTeams): they cannot be listed. The login "
        "works, but the API refuses GET spaces/teams (401). The user has no List or Read role for "
        "these records. Ask an administrator for the role, or for full access."
    ]
    assert not Lists(path).has("Teams")
    assert Lists(path).has("Tariffs")


def test_without_any_list_nothing_is_written(shell, sandbox, tmp_path):
    """A login that may read nothing is told so, with exit code 4, and no file is left."""
    sandbox.add_fault("forbid@GET*always")

    refused = shell("template", "--live", "-o", tmp_path / "t.xlsx")

    assert refused.code == 4
    assert list(tmp_path.glob("*.xlsx")) == []


def test_account_options_without_live_are_refused(shell, tmp_path):
    """An option of the account says nothing about a blank template: somebody forgot --live."""
    refused = shell("template", "-o", tmp_path / "t.xlsx", "--limit", "none")

    assert (refused.code, refused.err) == (2, "--limit: only counts with --live.\n")


def test_the_stamp_travels_without_an_address_of_a_person(live):
    """The hidden sheet names program, service and date; the login is a digest only."""
    book = openpyxl.load_workbook(live)
    about = [[cell for cell in row if cell] for row in book["About"].iter_rows(values_only=True)]

    assert book["About"].sheet_state == "hidden"
    assert [line[0] for line in about[2:8]] == [
        "Program", "Entity", "Schema", "Made", "Service", "Login",
    ]  # fmt: skip
    everything = "\n".join(
        str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
    )
    assert "@sandbox.example" not in everything


# ---- using it


def test_what_the_drop_downs_offer_is_imported(shell, sandbox, tmp_path):
    """Names with commas, twins and digits are picked from the list and mean their records."""
    sandbox.put_record("Team", {"Id": FERN, "BusinessId": HARBOUR, "Name": "Fern, Field; Co"})
    sandbox.put_record("Tariff", {"Id": 77, "BusinessId": HARBOUR, "Name": "Flex 5"})
    sandbox.put_record("Tariff", {"Id": 78, "BusinessId": HARBOUR, "Name": "2024"})
    sandbox.put_record("ResourceType", {"Id": 79, "BusinessId": HARBOUR, "Name": "=1+1"})
    path = tmp_path / "live.xlsx"
    shell("template", "--live", "-o", path)
    lists = Lists(path)
    plans = lists.shown("Tariffs", BusinessName="Harbour House")
    teams = lists.shown("Teams", BusinessName="Harbour House")

    assert plans == ["2024 (78)", "Flex 5 (77)", "Flex 5 (1410030001)", "Flex 10", "Full Time",
                     "Team Room"]  # fmt: skip
    assert teams == ["Blue Kite Studio", "Fern Field Co (1410040002)"]

    fill(path, {"BusinessName": "Harbour House", "Name": "A", "ResourceTypeName": "=1+1",
                "Tariffs": "2024 (78), Flex 5 (77)", "Teams": teams[1]})  # fmt: skip
    book = openpyxl.load_workbook(path)  # as Excel does: a picked text stays one
    for cell in book["Resources"][2]:
        if cell.data_type == "f":
            cell.data_type = "s"
    book.save(path)
    assert shell.run_import(path).json["counts"]["created"] == 1
    room = by_name(sandbox)["A"]
    assert (room["ResourceTypeId"], room["Tariffs"], room["Teams"]) == (79, [78, 77], [FERN])


def test_a_template_of_today_has_nothing_to_tell(shell, sandbox, live):
    """Nothing has changed: no warning, neither from check nor from plan nor on its results."""
    fill(live, {"BusinessName": "Mill Yard", "Name": "A", "ResourceTypeName": "Boardroom"})

    assert shell("check", live, "--json").json["problems"] == []
    assert shell("plan", live).err == ""
    assert shell.run_import(live).code == 0
    again = shell("plan", live.with_name("live.results.xlsx"))
    assert (again.err, again.code) == ("", 0)


# ---- a stale one


def row(place: str = "Mill Yard", **cells: Any) -> dict[str, Any]:
    return {"BusinessName": place, "Name": "A", "ResourceTypeName": "Hot Desk", **cells}


def problems(shell, path: Path) -> list[str]:
    """What plan says on its standard error, line by line."""
    return said(shell("plan", path, "--limit", "none").err)


def names_changed(what: str) -> str:
    return (
        "warning: Resources: the account's names have changed since the template was made (DAY): "
        f"{what}. Names in rows mean what they mean today. For a new one: "
        "nexudus-bulk template Resource --live -o new.xlsx; then copy your rows over."
    )


def test_a_renamed_name_is_told_by_its_new_one(shell, sandbox, live):
    """A row that uses a name of the template is blocked, and told what it is called today."""
    fill(live, row(Tariffs="Mill Day"))
    sandbox.put_record("Tariff", {"Id": 1410030101, "Name": "Day at the Mill"})

    told = shell("plan", live, "--limit", "none")

    assert (told.code, told.out.splitlines()[0]) == (1, "row 2: blocked 'A'")
    assert said(told.err) == [
        names_changed("plans: 1 renamed ('Mill Day' to 'Day at the Mill')"),
        "Resources row 2, column Tariffs: 'Mill Day' is no plan of this account. It was renamed to "
        "'Day at the Mill' (1410030101) since the template was made (DAY).",
    ]


def test_the_results_say_the_new_name_too(shell, sandbox, live):
    """The message beside the row is the one on the screen."""
    fill(live, row(Tariffs="Mill Day"))
    sandbox.put_record("Tariff", {"Id": 1410030101, "Name": "Day at the Mill"})

    assert shell.run_import(live).json["counts"]["blocked"] == 1
    (result,) = read_rows(live.with_name("live.results.xlsx"))
    assert "renamed to 'Day at the Mill' (1410030101)" in result["Message"]


def test_a_type_that_was_renamed_is_not_created_anew(shell, sandbox, live):
    """The new name is told, and nothing is made, unless somebody insists."""
    pod = sandbox.put_record("ResourceType", {"BusinessId": MILL, "Name": "Pod"})["Id"]
    shell("template", "--live", "-o", live.with_name("pods.xlsx"))
    path = fill(live.with_name("pods.xlsx"), row(Name="Room 1", ResourceTypeName="Pod"))
    sandbox.put_record("ResourceType", {"Id": pod, "BusinessId": MILL, "Name": "Capsule"})

    done = shell.run_import(path, "--create-missing", "types")
    insisted = shell("plan", path, "--create-missing", "types=Pod")

    assert (done.code, done.json["counts"], done.json["missing"]) == (1, counts(blocked=1), [])
    assert said(done.err)[1] == (
        "Resources row 2, column ResourceTypeName: 'Pod' is no type of this account. It was "
        f"renamed to 'Capsule' ({pod}) since the template was made (DAY)."
    )
    assert writes(sandbox) == []
    assert insisted.out.splitlines()[0] == "create type 'Pod' in 'Mill Yard' (1 row)"
    assert shell.run_import(path, "--create-missing", "types=Pod").json["counts"] == counts(
        created=1
    )


def test_what_an_import_creates_itself_is_no_news_since_the_template(shell, sandbox, live):
    """The results tell of the account as it was shown before the types were created."""
    sandbox.put_record("Tariff", {"Id": FLEX_5, "BusinessId": HARBOUR, "Name": "Flex Five"})
    sandbox.put_record("ResourceType", {"BusinessId": MILL, "Name": "Pod"})
    path = fill(live, row(Name="Room 1", ResourceTypeName="Booth"))

    done = shell.run_import(path, "--create-missing", "types")

    assert done.json["counts"] == counts(created=1)
    journal = sqlite3.connect(live.with_name("home") / "journal.sqlite")
    (problems,) = journal.execute("SELECT problems FROM run WHERE id = 2").fetchone()
    journal.close()
    told = [each["message"] for each in json.loads(problems) if each["code"] == "stale_names"]
    assert len(told) == 1
    assert told[0].endswith("types: 1 new ('Pod').")


def test_a_name_with_its_id_is_followed_as_well(shell, sandbox, tmp_path):
    """Also what stands in the cell with its id behind it is told by its new name."""
    sandbox.put_record("Tariff", {"Id": 78, "BusinessId": MILL, "Name": "2024"})
    path = tmp_path / "live.xlsx"
    shell("template", "--live", "-o", path)
    fill(path, row(Tariffs="2024 (78)"))
    sandbox.put_record("Tariff", {"Id": 78, "Name": "2025"})

    assert problems(shell, path)[1:] == [
        "Resources row 2, column Tariffs: '2024 (78)' is no plan of this account. It was renamed "
        "to '2025' (78) since the template was made (DAY)."
    ]


def test_a_name_that_is_gone_is_told_so(shell, sandbox, live):
    """A name whose record is gone says that the template still had it, and what is near."""
    fill(live, row("Harbour House", Tariffs="Flex 5"))
    sandbox.delete_record("Tariff", FLEX_5)

    assert problems(shell, live) == [
        names_changed("plans: 1 gone ('Flex 5')"),
        "Resources row 2, column Tariffs: 'Flex 5' is no plan of this account. The template of DAY "
        "still had it (1410030001); it is gone. Did you mean 'Flex 10' (1410030002)?",
    ]


def test_a_name_that_another_record_took_over_is_not_sent(shell, sandbox, live):
    """The name means another record now, while the one that was picked is still there: blocked."""
    fill(live, row("Harbour House", Tariffs="Flex 5"))
    sandbox.put_record("Tariff", {"Id": FLEX_5, "Name": "Flex 5 (old)"})
    sandbox.put_record("Tariff", {"Id": 79, "BusinessId": HARBOUR, "Name": "Flex 5"})

    told = shell("plan", live, "--limit", "none")

    assert told.out.splitlines()[0] == "row 2: blocked 'A'"
    assert said(told.err) == [
        names_changed(
            "plans: 1 renamed ('Flex 5' to 'Flex 5 (old)'), 1 now another record ('Flex 5' was "
            "1410030001, is 79)"
        ),
        "Resources row 2, column Tariffs: 'Flex 5' was 1410030001 when the template was made "
        "(DAY), and would mean 79 now. It is called 'Flex 5 (old)' (1410030001) today. If the "
        "other one is meant, write its id.",
    ]


def test_a_name_that_only_another_location_has_is_not_sent(shell, sandbox, live):
    """The type of the row's location was renamed: that of the other location is not taken."""
    fill(live, row(ResourceTypeName="Boardroom"))
    sandbox.put_record("ResourceType", {"Id": BOARDROOM_MILL, "Name": "Board Suite"})

    assert problems(shell, live) == [
        names_changed("types: 1 renamed ('Boardroom' to 'Board Suite')"),
        "Resources row 2, column ResourceTypeName: 'Boardroom' was 1410020102 when the template "
        "was made (DAY), and would mean 1410020002 of another location now. It is called 'Board "
        "Suite' (1410020102) today. If the other one is meant, write its id.",
    ]


def test_a_record_that_was_made_anew_is_taken_with_a_warning(shell, sandbox, live):
    """The same name in the same location, the former being gone: taken, and said."""
    fill(live, row("Harbour House", Tariffs="Flex 5"))
    sandbox.delete_record("Tariff", FLEX_5)
    sandbox.put_record("Tariff", {"Id": 79, "BusinessId": HARBOUR, "Name": "Flex 5"})

    told = shell("plan", live, "--limit", "none")

    assert told.out.splitlines()[0] == "row 2: create 'A'"
    assert said(told.err) == [
        names_changed("plans: 1 now another record ('Flex 5' was 1410030001, is 79)"),
        "warning: Resources row 2, column Tariffs: 'Flex 5' was 1410030001 when the template was "
        "made (DAY), and means 79 now. The former is gone. If the new one is not meant, write "
        "another name.",
    ]


def test_many_changes_are_cut_to_a_few_names(shell, sandbox, live):
    """The warning counts all that came, and names three."""
    for number in range(1, 41):
        sandbox.put_record("Tariff", {"Id": number, "BusinessId": MILL, "Name": f"Plan {number}"})
    fill(live, row(Tariffs="Mill Day"))

    assert problems(shell, live) == [
        names_changed("plans: 40 new ('Plan 1', 'Plan 2', 'Plan 3', …)")
    ]


def test_only_lists_that_are_read_anyway_are_compared(shell, sandbox, live):
    """What changed in a list of which no row uses a name is not asked for."""
    fill(live, row())
    sandbox.put_record("Team", {"Id": FERN, "Name": "Ferns"})
    before = len(sandbox.requests)

    assert problems(shell, live) == []
    asked = {each.path for each in sandbox.requests[before:]}
    assert "/api/spaces/teams" not in asked


# ---- other columns


def test_columns_that_changed_are_named(shell, live):
    """New and lost columns, other kinds, other choices, and what is needed now; offline."""
    book = openpyxl.load_workbook(live)
    changes = {
        "CCTV": (1, "Camera"),
        "Allocation": (2, "decimal"),
        "DisplayOrder": (3, None),
        "Visible": (3, "needed"),
        "CancellationFeeType": (4, "None | Free | Absolute"),
    }
    for line in book["About"].iter_rows():
        if line[0].value == "Column" and line[1].value in changes:
            place, value = changes[line[1].value]
            line[place].value = value
    book.save(live)
    fill(restamp(live, Program="0.0.1"), row())

    (told,) = shell("check", live, "--json").json["problems"]

    assert (told["code"], told["severity"], told["row"]) == ("stale_columns", "warning", None)
    assert told["message"] == (
        "the columns are not those of the template, which was made by nexudus-bulk 0.0.1 (this is "
        f"{__version__}): new: CCTV; no longer there: Camera; now needed: DisplayOrder; no longer "
        "needed: Visible; of another kind: Allocation (was decimal, is whole); with other choices: "
        "CancellationFeeType (+Percentage, -Free)."
    )
    assert told["hint"] == (
        "Your rows are read by today's columns. For a new one: nexudus-bulk template Resource "
        "-o new.xlsx; then copy your rows over."
    )


def test_a_template_of_another_entity_is_told(shell, live):
    """A workbook that was made for other records is read, and that is said."""
    fill(restamp(live, Entity="ResourceType"), row())

    (told,) = shell("check", live, "--json").json["problems"]

    assert (
        told["message"] == "this workbook is a template of ResourceType, and is read as resources."
    )


def test_a_sheet_of_that_name_that_is_no_stamp_says_nothing(shell, live):
    """Somebody's own sheet About is no stamp."""
    book = openpyxl.load_workbook(live)
    book["About"]["A1"] = "About our rooms"
    book.save(live)
    fill(live, row())

    assert shell("check", live, "--json").json["problems"] == []


# ---- another account


def elsewhere(sandbox: Sandbox) -> None:
    """Make another account of the sandbox; an id of the former may mean another record in it."""
    for entity in ("Resource", "ResourceType", "Tariff", "Business"):
        for each in sandbox.records(entity):
            sandbox.delete_record(entity, each["Id"])
    sandbox.put_record("Business", {"Id": 5, "Name": "Mill Yard"})
    sandbox.put_record("ResourceType", {"Id": 6, "BusinessId": 5, "Name": "Hot Desk"})
    stranger = {"Id": 1415384101, "BusinessId": 5, "ResourceTypeId": 6, "Name": "Stranger"}
    sandbox.put_record("Resource", stranger)


def test_another_account_is_told_and_its_ids_are_not_sent(shell, sandbox, live):
    """Names are looked up where they are imported; a typed id is blocked with its reason."""
    elsewhere(sandbox)
    fill(
        restamp(live, Service="other.example", Login="000000000000"),
        row(),
        row(BusinessName=None, BusinessId="1410010002", Name="B"),
        row(Id="1415384101", Name="C"),
    )

    told = shell("plan", live, "--limit", "none")

    host = sandbox.url.partition("://")[2]
    assert [line for line in told.out.splitlines() if line.startswith("row")] == [
        "row 2: create 'A'", "row 3: blocked 'B'", "row 4: blocked 'Stranger' (1415384101)",
    ]  # fmt: skip
    assert said(told.err) == [
        "warning: Resources: the template offers the names of another account (other.example, "
        f"DAY); this one is at {host}. Names are looked up in this one, and rows that give ids are "
        "not sent. For a new one: nexudus-bulk template Resource --live -o new.xlsx; then copy "
        "your rows over.",
        *(
            f"Resources row {row}, column {column}: '{value}' is an id, and the template was made "
            "for another account (other.example, DAY): here it may mean another record. Write the "
            "name instead, and leave the record's own id blank. If it is the same account after "
            "all, delete the hidden sheet About."
            for row, column, value in ((3, "BusinessId", 1410010002), (4, "Id", 1415384101))
        ),
    ]


def test_another_account_at_the_same_service_is_told_by_its_locations(shell, sandbox, live):
    """Two accounts of one service have other logins, and no location in common."""
    elsewhere(sandbox)
    fill(restamp(live, Login="000000000000"), row(), row(Name="B", Id="1415384101"))

    told = shell("plan", live, "--limit", "none", "--json")

    assert (told.json["create"], told.json["blocked"]) == (1, 1)
    assert "offers the names of another account" in told.err


def test_a_colleagues_login_is_the_same_account(shell, sandbox, live):
    """Another login, and even another address, is no other account where a record is known."""
    fill(restamp(live, Service="other.example", Login="000000000000"), row(Id="1415384101"))

    assert problems(shell, live) == []


def test_another_login_is_mentioned_where_nothing_tells(shell, sandbox, live):
    """Rows that use no names leave open whose account it is: that is said."""
    cells = {"BusinessName": None, "ResourceTypeName": None}
    ids = {"BusinessId": str(MILL), "ResourceTypeId": str(BOARDROOM_MILL)}
    fill(restamp(live, Login="000000000000"), row(**cells, **ids))

    host = sandbox.url.partition("://")[2]
    assert problems(shell, live) == [
        f"warning: Resources: the template was made with another login at {host} (DAY). If that is "
        "another account, ids mean other records there: look at the plan first."
    ]
