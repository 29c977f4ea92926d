"""New rows that look like what is there: said in the plan, never stopped, silent when decided."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import pytest
from flows import by_name, counts, read_rows

from pipeline.entities import RESOURCE
from pipeline.planning.build import Request, build
from pipeline.planning.plan import Plan
from pipeline.planning.stored import Stored, ids_by_key
from pipeline.rows import Row

FIELDS = {
    "BusinessId": 7,
    "SystemResourceType": 1,
    "ResourceTypeId": 21,
    "DisplayOrder": 10,
    "CancellationFeeType": 0,
    "Visible": True,
}


def row(number: int, name: str, action: str = "", **values: Any) -> Row:
    return Row(number, action, {**FIELDS, "Name": name, **values})


def account(names: dict[int, str], **options: Any) -> Stored:
    records = [{**FIELDS, "Id": number, "Name": name} for number, name in names.items()]
    return Stored(
        records={each["Id"]: each for each in records},
        ids=ids_by_key(records, RESOURCE.key),
        **options,
    )


def plan(stored: Stored, *rows: Row) -> Plan:
    return build(Request("Resources", RESOURCE, tuple(RESOURCE.by_name), rows, ()), stored)


def said(stored: Stored, *rows: Row) -> list[str]:
    return [str(each) for each in plan(stored, *rows).problems]


OAK = {1415383201: "Meeting Room Oak"}


def test_a_new_row_that_looks_like_a_record_is_said():
    """The row is created all the same, and the warning names the record."""
    found = plan(account(OAK), row(14, "Meeting Rm Oak"))

    assert [str(each) for each in found.problems] == [
        "Resources row 14, column Name: 'Meeting Rm Oak' is new; did you mean to update "
        "'Meeting Room Oak' (1415383201)? Write that Id, or Action create to say it is new."
    ]
    assert [(each.action, each.problems) for each in found.changes] == [("create", found.problems)]
    assert (found.is_clean, found.near_creates) == (True, 1)


def test_action_create_is_a_decision():
    """Who writes create has looked: nothing is said."""
    assert said(account(OAK), row(14, "Meeting Rm Oak", "create")) == []


def test_other_locations_do_not_count():
    """The same name in another house is another room."""
    assert said(account(OAK), row(14, "Meeting Rm Oak", BusinessId=8)) == []


@pytest.mark.parametrize(
    "other",
    [
        row(15, "Meeting Room Oak"),
        row(15, "Renamed", Id=1415383201),
        row(15, "Meeting Room Oak", "skip"),
        row(15, "Renamed", "skip", Id=1415383201),
    ],
)
def test_a_record_that_another_row_means_is_no_candidate(other):
    """It is in the file already, so the new row cannot be that."""
    assert said(account(OAK), row(14, "Meeting Rm Oak"), other) == []


def test_archived_records_are_said_to_be_archived():
    """A room that was put away may be what a new row brings back."""
    stored = account(OAK, archived=frozenset({1415383201}))
    (line,) = said(stored, row(14, "Meeting Rm Oak"))
    assert "did you mean to update 'Meeting Room Oak' (1415383201, archived)?" in line


def test_at_most_three_are_named():
    """Those spelled differently stand before those in another order, and those before errors."""
    names = ("Meetign Room Oak", "Oak Meeting Room", "MEETING ROOM OAK", "meeting-rm oak")
    (line,) = said(account(dict(enumerate(names, 1))), row(14, "Meeting Room Oak"))
    assert line == (
        "Resources row 14, column Name: 'Meeting Room Oak' is new; did you mean to update "
        "'MEETING ROOM OAK' (3) or 'meeting-rm oak' (4) or 'Oak Meeting Room' (2)? "
        "Write that Id, or Action create to say it is new."
    )


def test_two_new_rows_that_look_alike_are_said_once():
    """The lower one is told of the upper one; Action create on it says that both are meant."""
    rows = [row(2, "Oak Room"), row(3, "Elm Room"), row(4, "Room Oak")]
    assert said(account({}), *rows) == [
        "Resources row 4, column Name: 'Room Oak' is new, and resembles 'Oak Room' on row 2, new "
        "too. If they are one resource, keep one row; if not, Action create says so."
    ]
    assert said(account({}), *rows[:2], row(4, "Room Oak", "create")) == []


def test_numbered_rooms_are_never_confused():
    """A hundred desks beside a hundred desks: not a word."""
    names = {number: f"Desk {number}" for number in range(1, 101)}
    rows = [row(number, f"Desk {number}") for number in range(101, 201)]
    assert said(account(names), *rows) == []


def test_many_are_said_in_one_line():
    """From the 21st row on one line tells how many there are; each row keeps its own warning."""
    names = {number: f"Meeting Room {number}" for number in range(2, 23)}
    rows = [row(number, f"Mtg Rm {number}") for number in names]
    found = plan(account(names), *rows)
    assert [str(each) for each in found.problems] == [
        "Resources, column Name: 21 new rows resemble resources that are there (first: row 2: "
        "'Mtg Rm 2' is new; did you mean to update 'Meeting Room 2' (2)?) Each stands in the plan "
        "(plan -o) and in the results: write those Ids, or Action create to say they are new."
    ]
    assert [len(each.problems) for each in found.changes] == [1] * 21
    assert len(said(account(names), *rows[:20])) == 20


def test_a_large_file_is_planned_with_it_in_seconds():
    """3,000 records and 2,500 new rows, each with a candidate."""
    names = {number: f"Floor {number % 9} Desk {number}" for number in range(1, 3_001)}
    stored = account(names)
    rows = [row(number + 1, f"floor {number % 9} desk {number}") for number in range(1, 2_501)]

    began = perf_counter()
    found = plan(stored, *rows)

    assert found.near_creates == 2_500
    assert perf_counter() - began < 10


HEAD = (
    "Action | BusinessId | Name | SystemResourceType | ResourceTypeId | DisplayOrder"
    " | CancellationFeeType | Visible"
)


def test_the_plan_and_the_results_tell_of_it(shell, sandbox, sheet):
    """A warning before the question, counted in the summary; the row is created and marked."""
    there = sandbox.records()[0]
    place, kind = there["BusinessId"], there["ResourceTypeId"]
    spelled = there["Name"].upper()
    tail = f"1 | {kind} | 10 | 0 | TRUE"
    path = sheet(f"{HEAD}\n | {place} | {spelled} | {tail}\ncreate | {place} | {spelled}. | {tail}")
    question = f"'{spelled}' is new; did you mean to update '{there['Name']}' ({there['Id']})?"

    planned = shell("plan", path, "--limit", "none")
    requests = len(sandbox.requests)
    done = shell.run_import(path)

    assert planned.code == 0
    assert planned.err.splitlines() == [
        f"warning: Resources row 2, column Name: {question} Write that Id, or Action create to "
        "say it is new."
    ]
    assert planned.out.splitlines()[-1] == (
        "2 rows: 2 create. 2 write requests, at least 0 s. 1 of the new ones resembles what is "
        "there: see the warnings."
    )
    assert requests > 0
    assert (done.code, done.json["counts"]) == (0, counts(created=2))
    assert {spelled, f"{spelled}.", there["Name"]} <= set(by_name(sandbox))
    assert [each["Message"] for each in read_rows(path.with_name("rooms.results.xlsx"))] == [
        f"Name: {question}",
        None,
    ]


def test_it_costs_no_request(shell, sandbox, sheet):
    """The listing that finds rows by name is all that is asked for: a token, a page, no more."""
    place = sandbox.records()[0]["BusinessId"]
    kind = sandbox.records()[0]["ResourceTypeId"]
    path = sheet(f"{HEAD}\n | {place} | Nothing like it | 1 | {kind} | 10 | 0 | TRUE")

    shell("plan", path, "--limit", "none")

    listings = [each.path for each in sandbox.requests if each.method == "GET"]
    assert len(listings) == 1
