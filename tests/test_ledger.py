"""Rows of another program keep their records: by its numbers, whatever they are called by now."""

from __future__ import annotations

import csv
import json
import sqlite3
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flows import Said, Shell, by_name, counts, writes
from processes import Command, Service

from pipeline.entities import RESOURCE
from pipeline.planning.build import Request, build
from pipeline.planning.ledger import Known, doubled_source_ids
from pipeline.planning.plan import Change, Plan
from pipeline.planning.stored import Stored, ids_by_key
from pipeline.rows import Row
from pipeline.runs.journal import FILE, Journal
from pipeline.runs.lines import Source
from pipeline.runs.outcome import Outcome
from pipeline.runs.tables import MIGRATIONS
from pipeline.sandbox import Sandbox

ACCOUNT = "https://spaces.example ops@spaces.example"
FIELDS = {
    "BusinessId": 7,
    "SystemResourceType": 1,
    "ResourceTypeId": 21,
    "DisplayOrder": 10,
    "CancellationFeeType": 0,
    "Visible": True,
}


# ---- planning


def row(number: int, name: str, source_id: str, action: str = "", **values: Any) -> Row:
    return Row(number, action, {**FIELDS, "Name": name, **values}, source_id=source_id)


def account(names: Mapping[int, str], ledger: Mapping[str, Known]) -> Stored:
    records = [{**FIELDS, "Id": number, "Name": name} for number, name in names.items()]
    return Stored(
        records={each["Id"]: each for each in records},
        ids=ids_by_key(records, RESOURCE.key),
        ledger=ledger,
    )


def plan(stored: Stored, *rows: Row) -> Plan:
    return build(Request("Resources", RESOURCE, tuple(RESOURCE.by_name), rows, ()), stored)


def only(stored: Stored, asked: Row) -> tuple[str, int | None, list[str]]:
    found = plan(stored, asked)
    (change,) = found.changes
    return change.action, change.record_id, [str(each) for each in found.problems]


KNOWN = {"a-17": Known(31, "Oak Room")}


def test_a_row_that_the_ledger_knows_updates_its_record():
    """Also when its name and its location have changed in the source."""
    moved = row(5, "Elm Room", " a-17 ", BusinessId=8)
    (change,) = plan(account({31: "Oak Room"}, KNOWN), moved).changes

    assert (change.action, change.record_id, change.source_id) == ("update", 31, "a-17")
    assert [(each.field, each.old, each.new) for each in change.differences] == [
        ("BusinessId", 7, 8),
        ("Name", "Oak Room", "Elm Room"),
    ]


def test_source_ids_are_compared_to_the_letter():
    """Another case is another row of the source; a blank one is none."""
    assert only(account({}, KNOWN), row(5, "Elm Room", "A-17")) == ("create", None, [])
    assert only(account({}, KNOWN), row(5, "Elm Room", "  ")) == ("create", None, [])


def test_the_ledger_counts_before_the_name():
    """A row whose name another record has by now still means its own."""
    stored = account({31: "Oak Room", 32: "Elm Room"}, KNOWN)
    assert only(stored, row(5, "Elm Room", "a-17"))[:2] == ("update", 31)


def test_an_id_in_the_row_counts_before_the_ledger():
    """The contradiction is said, with both records."""
    stored = account({31: "Oak Room", 32: "Elm Room"}, KNOWN)
    assert only(stored, row(5, "Elm Room", "a-17", Id=32)) == (
        "unchanged",
        32,
        [
            "Resources row 5, column Id: source id 'a-17' became 'Oak Room' (31) in an earlier "
            "run; the row's own Id 32 counts. From now on 'a-17' stands for that."
        ],
    )


def test_a_record_that_is_gone_is_not_made_anew():
    """Somebody deleted it: a person decides, and is told which record it was."""
    found = only(account({}, KNOWN), row(5, "Oak Room", "a-17"))
    assert found == (
        "blocked",
        None,
        [
            "Resources row 5, column Name: source id 'a-17' became 'Oak Room' (31) in an earlier "
            "run; the account has that no longer. Write Action create to make a new resource, or "
            "the Id of the one that is meant."
        ],
    )


def test_action_create_makes_anew_what_is_gone():
    """That is the decision."""
    (change,) = plan(account({}, KNOWN), row(5, "Oak Room", "a-17", "create")).changes
    assert (change.action, change.source_id, change.problems) == ("create", "a-17", ())


def test_action_create_does_not_double_what_is_there():
    """The record that the ledger keeps is named."""
    action, _, problems = only(
        account({31: "Oak Room"}, KNOWN), row(5, "Elm Room", "a-17", "create")
    )
    assert action == "blocked"
    assert problems == [
        "Resources row 5, column Name: Action is create, but 'Elm Room' exists: Id 31. "
        "Write update, or leave it blank."
    ]


def test_a_namesake_takes_the_place_of_what_is_gone():
    """A record made by hand in its stead, of the same name in the same place: updated, and said."""
    assert only(account({32: "Oak Room"}, KNOWN), row(5, "Oak Room", "a-17")) == (
        "unchanged",
        32,
        [
            "Resources row 5, column Name: source id 'a-17' became 'Oak Room' (31) in an earlier "
            "run; the account has that no longer, and the resource of this name, Id 32, is taken "
            "instead. If another one is meant, write its Id."
        ],
    )


def test_a_new_row_may_not_take_a_record_by_its_old_name():
    """Renamed in the source, and the old name given to another one: the known row keeps its own."""
    rows = [row(5, "Oak Room", "b-1"), row(6, "Elm Room", "a-17")]
    found = plan(account({31: "Oak Room"}, KNOWN), *rows)

    assert [(each.action, each.record_id) for each in found.changes] == [
        ("blocked", 31),
        ("update", 31),
    ]
    assert [str(each) for each in found.problems] == [
        "Resources row 5: means the same resource as row 6, which the ledger knows by its source "
        "id: Id 31. If they are two, write Action skip here, import, clear it, and import again."
    ]


def test_a_record_that_changes_hands_is_said():
    """The source has numbered its row anew: the record of its name is taken over."""
    assert only(account({31: "Oak Room"}, KNOWN), row(5, "Oak Room", "b-1")) == (
        "unchanged",
        31,
        [
            "Resources row 5, column Name: source id 'b-1' takes over 'Oak Room' (31), which stood "
            "for source id 'a-17' until now. If another one is meant, write its Id."
        ],
    )


def test_names_that_change_places_are_no_conflict():
    """Each row means its own record, whatever both are called."""
    ledger = {**KNOWN, "b-1": Known(32, "Elm Room")}
    stored = account({31: "Oak Room", 32: "Elm Room"}, ledger)
    found = plan(stored, row(5, "Elm Room", "a-17"), row(6, "Oak Room", "b-1"))
    assert [(each.action, each.record_id) for each in found.changes] == [
        ("update", 31),
        ("update", 32),
    ]
    assert found.problems == ()


def test_two_rows_with_one_source_id():
    """A problem at the user's own column; rows left out by their Action do not count."""
    rows = [
        row(2, "Oak", "7"),
        row(3, "Elm", " 7"),
        row(4, "Ash", ""),
        row(5, "Fir", ""),
        row(6, "Yew", "7", "skip"),
    ]
    assert [str(each) for each in doubled_source_ids("Desks", RESOURCE, rows, "Resource ID")] == [
        "Desks row 3, column Resource ID: '7' is already on row 2: a source id means one "
        "resource. Keep one of the two rows."
    ]


# ---- the journal


class Clock:
    """A wall clock that moves when told."""

    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


CHANGES = (
    Change(2, "create", "Oak", place=7, payload={"Name": "Oak"}, source_id="a"),
    Change(3, "update", "Elm", record_id=31, place=7, source_id="b"),
    Change(4, "unchanged", "Ash", record_id=32, place=7, source_id="c"),
    Change(5, "create", "Fir", place=7, payload={"Name": "Fir"}),
    Change(6, "delete", "Yew", record_id=33, place=7, source_id="d"),
    Change(7, "blocked", "Box", record_id=34, place=7, source_id="e"),
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def journal(tmp_path, clock):
    with Journal(tmp_path, ACCOUNT, now=clock) as opened:
        yield opened


def file(tmp_path: Path, program: str = "Cobot", digest: str = "d") -> Source:
    return Source(
        tmp_path / f"{digest}.csv", b"x", digest, "Resources", tmp_path / "r.xlsx", program=program
    )


def begin(journal: Journal, source: Source) -> int:
    settled = [Outcome(4, "unchanged", "", 32), Outcome(7, "blocked", "", 34)]
    return journal.begin(RESOURCE, Plan(CHANGES, ()), source, settled)


def test_what_became_of_rows_is_kept_with_their_outcomes(journal, tmp_path, clock):
    """Created, updated and unchanged rows that have a number; nothing of rejected ones."""
    run = begin(journal, file(tmp_path))
    assert journal.known(RESOURCE, "Cobot") == {"c": Known(32, "Ash")}

    journal.settle(run, [Outcome(2, "created", "", 40), Outcome(3, "rejected", "", 31)])
    journal.settle(run, [Outcome(5, "created", "", 41)])

    assert journal.known(RESOURCE, "Cobot") == {"a": Known(40, "Oak"), "c": Known(32, "Ash")}
    assert [(each.source_id, each.run_number, each.at) for each in journal.ledger_lines()] == [
        ("c", "0001", clock.now),
        ("a", "0001", clock.now),
    ]


def test_an_answer_that_was_heard_is_kept_before_the_row_is_settled(journal, tmp_path):
    """Killed between the answer and the row's end, the record has its line already."""
    run = begin(journal, file(tmp_path))
    journal.ended(journal.intend(run, 2, "POST"), "DONE", 200, 40, "")
    assert journal.known(RESOURCE, "Cobot")["a"] == Known(40, "Oak")

    journal.ended(journal.intend(run, 3, "PUT"), "REJECTED", 400, None, "no")
    journal.ended(journal.intend(run, 5, "POST"), "DONE", 200, 41, "")
    assert sorted(journal.known(RESOURCE, "Cobot")) == ["a", "c"]


def test_a_deleted_record_leaves_the_ledger(journal, tmp_path):
    """But not a line that stands for another record by now."""
    journal.take_up(file(tmp_path), RESOURCE, [replace(CHANGES[4], action="unchanged")])
    assert journal.known(RESOURCE, "Cobot") == {"d": Known(33, "Yew")}
    run = begin(journal, file(tmp_path))
    journal.settle(run, [Outcome(6, "deleted", "", 33)])
    assert sorted(journal.known(RESOURCE, "Cobot")) == ["c"]

    journal.take_up(file(tmp_path), RESOURCE, [Change(6, "unchanged", "Yew", 99, source_id="d")])
    run = begin(journal, file(tmp_path))
    journal.settle(run, [Outcome(6, "deleted", "", 33)])
    assert journal.known(RESOURCE, "Cobot")["d"] == Known(99, "Yew")


def test_a_line_keeps_its_date_while_it_says_the_same(journal, tmp_path, clock):
    """Since when a record is known does not move with every import; another record is news."""
    first = clock.now
    begin(journal, file(tmp_path))
    clock.now += 100
    run = begin(journal, file(tmp_path))
    (line,) = journal.ledger_lines()
    assert (line.run, line.at) == (1, first)

    journal.settle(run, [Outcome(4, "unchanged", "", 77)])

    (line,) = journal.ledger_lines()
    assert (line.record_id, line.run, line.at) == (77, 2, clock.now)


def test_a_record_stands_for_one_row_of_a_source(journal, tmp_path):
    """Whoever meant it last; two that change places are both kept."""
    journal.take_up(file(tmp_path), RESOURCE, [Change(2, "unchanged", "Ash", 32, source_id="z")])
    run = begin(journal, file(tmp_path))
    assert journal.known(RESOURCE, "Cobot") == {"c": Known(32, "Ash")}

    journal.settle(run, [Outcome(3, "updated", "", 31)])
    journal.settle(run, [Outcome(3, "updated", "", 32), Outcome(4, "unchanged", "", 31)])
    assert journal.known(RESOURCE, "Cobot") == {"b": Known(32, "Elm"), "c": Known(31, "Ash")}

    journal.take_up(file(tmp_path), RESOURCE, [Change(2, "unchanged", "Ash", 31, source_id="z")])
    assert journal.known(RESOURCE, "Cobot") == {"b": Known(32, "Elm"), "z": Known(31, "Ash")}


def test_accounts_entities_and_sources_do_not_mix(journal, tmp_path):
    """A source's name counts whatever its case; files without a source keep nothing."""
    begin(journal, file(tmp_path))
    begin(journal, file(tmp_path, program=""))
    with Journal(tmp_path, "another account") as other:
        assert other.ledger_lines() == []
        assert other.known(RESOURCE, "Cobot") == {}
    assert sorted(journal.known(RESOURCE, "cobot")) == ["c"]
    assert journal.known(RESOURCE, "OfficeRnD") == {}
    assert journal.known(replace(RESOURCE, name="ResourceType"), "Cobot") == {}

    journal.forget("COBOT")
    assert journal.ledger_lines() == []


def test_a_journal_of_the_second_version_gets_its_ledger(tmp_path):
    """Runs that are open there go on as before; they have no source."""
    old = sqlite3.connect(tmp_path / FILE)
    for script in MIGRATIONS[:2]:
        old.executescript(script)
    old.execute(
        "INSERT INTO run (id, account, entity, file, digest, sheet, started) "
        "VALUES (1, ?, 'Resource', '/f.xlsx', 'd', 'Resources', 5)",
        (ACCOUNT,),
    )
    old.execute("INSERT INTO change (run, row, action, name) VALUES (1, 2, 'create', 'Oak')")
    old.execute("PRAGMA user_version = 2")
    old.commit()
    old.close()

    with Journal(tmp_path, ACCOUNT) as journal:
        journal.settle(1, [Outcome(2, "created", "", 40)])
        assert journal.ledger_lines() == []
        assert journal.outcomes(1) == (Outcome(2, "created", "", 40),)


# ---- imports


Import = Callable[..., Said]


@pytest.fixture
def imported(shell: Shell, sandbox: Sandbox, tmp_path: Path) -> Import:
    """Import a list from Cobot with its rows' numbers, names and actions, one for each row."""
    (house,) = {each["BusinessName"] for each in sandbox.records()[:1]}

    def carry_out(*rows: tuple[str, ...], words: Sequence[object] = ()) -> Said:
        path = tmp_path / "cobot.csv"
        with path.open("w", newline="", encoding="utf-8") as text:
            writer = csv.writer(text)
            writer.writerow(["id", "name", "Action", "space", "category", "can_book", "hidden"])
            for number, name, *action in rows:
                tail = [house, "Meeting Room", "true", "false"]
                writer.writerow([number, name, "".join(action), *tail])
        return shell.run_import(path, "--mapping", "cobot", "--allow-delete", *words)

    return carry_out


def test_a_second_import_updates_what_the_first_one_made(imported, sandbox):
    """Renamed in the source: the same record, by its own number; nothing is created."""
    assert imported(("17", "Cormorant"), ("18", "Heron")).code == 0
    made = by_name(sandbox)
    before = len(sandbox.requests)

    again = imported(("17", "Great Cormorant"), ("18", "Heron"))

    after = by_name(sandbox)
    assert (again.code, again.json["counts"]) == (0, counts(updated=1, unchanged=1))
    assert after["Great Cormorant"]["Id"] == made["Cormorant"]["Id"]
    assert "Cormorant" not in after
    assert writes(sandbox) == ["POST", "POST", "PUT"]
    assert "ledger: 2 of 2 rows known from earlier runs of 'Cobot'" in again.err.splitlines()
    # The locations by name, and both records by their ids in one batch: no location is listed.
    reads = [each.path for each in sandbox.requests[before:] if each.method == "GET"]
    ids = f"{made['Cormorant']['Id']}%2C{made['Heron']['Id']}"
    assert reads == [
        "/api/sys/businesses?orderBy=Id&page=1&size=1000",
        f"/api/spaces/resources?id=%5B{ids}%5D",
    ]


def test_the_ledger_is_told_once_when_types_are_created_between(imported, sandbox):
    """The rows are planned twice then, and waited for; the lines on the file are said once."""
    imported(("17", "Cormorant"))
    for each in sandbox.records("ResourceType"):
        if each["Name"] == "Meeting Room":
            sandbox.put_record("ResourceType", {**each, "Name": "Council"})
    sandbox.add_fault("lag=8@POST*2")

    again = imported(
        ("17", "Great Cormorant"), ("18", "Heron"), words=["--create-missing", "types"]
    )

    assert (again.code, again.json["counts"]) == (0, counts(created=1, updated=1))
    waiting = "Waiting until the service shows what was written a moment ago."
    lines = again.err.splitlines()
    assert waiting in lines
    assert "ledger: 1 of 2 rows known from earlier runs of 'Cobot'" in lines
    assert [each for each in lines if lines.count(each) > 1 and each != waiting] == []


def test_a_first_run_that_only_finds_its_rows_teaches_the_ledger(imported, sandbox):
    """Records that were there before, matched by location and name, are known from then on."""
    there = sandbox.records()[0]
    assert imported(("17", there["Name"])).code == 0
    assert writes(sandbox) == []

    assert imported(("17", "Renamed")).code == 0

    assert by_name(sandbox)["Renamed"]["Id"] == there["Id"]
    assert writes(sandbox) == ["PUT"]


def test_the_good_rows_of_a_bad_file_teach_the_ledger_too(imported, sandbox):
    """--valid-rows-only with nothing to write keeps what its good rows are, and no others."""
    first, second = sandbox.records()[:2]
    bad = ("18", second["Name"], "update me")
    assert imported(("17", first["Name"]), bad).code == 1
    assert imported(("17", "Renamed"), words=["--dry-run"]).json["counts"] == counts(unsent=1)
    assert "ledger:" not in imported(("17", "Renamed"), words=["--dry-run"]).err

    said = imported(("17", first["Name"]), bad, words=["--valid-rows-only"])

    assert (said.code, said.json["counts"]) == (1, counts(unchanged=1, invalid=1))
    again = imported(("17", "Renamed"), ("18", "Heron"), words=["--dry-run"])
    assert "ledger: 1 of 2 rows known from earlier runs of 'Cobot'" in again.err.splitlines()
    assert writes(sandbox) == []


def test_a_number_that_stands_twice_sends_nothing(imported, sandbox):
    """It is said at the user's own column, before anything is asked of the account."""
    said = imported(("17", "Cormorant"), ("17", "Heron"))

    assert (said.code, said.json["counts"]) == (1, counts(unsent=1, invalid=1))
    assert (
        "Resources row 3, column id: '17' is already on row 2: a source id means one resource. "
        "Keep one of the two rows."
    ) in said.err.splitlines()
    assert writes(sandbox) == []


def test_a_record_that_was_deleted_in_the_account_is_not_made_again(imported, sandbox):
    """The row is blocked; Action create makes a new one, which takes its place."""
    imported(("17", "Cormorant"))
    gone = by_name(sandbox)["Cormorant"]["Id"]
    sandbox.delete_record("Resource", gone)

    said = imported(("17", "Cormorant"))

    assert (said.code, said.json["counts"]) == (1, counts(blocked=1))
    assert (
        f"Resources row 2, column name: source id '17' became 'Cormorant' ({gone}) in an earlier "
        "run; the account has that no longer. Write Action create to make a new resource, or the "
        "Id of the one that is meant."
    ) in said.err.splitlines()
    assert "Cormorant" not in by_name(sandbox)

    assert imported(("17", "Cormorant", "create")).code == 0
    made = by_name(sandbox)["Cormorant"]["Id"]
    assert imported(("17", "Sea Raven")).code == 0
    assert by_name(sandbox)["Sea Raven"]["Id"] == made


def test_a_deleted_row_is_forgotten(imported, sandbox):
    """Deleted by the file itself: later its number means a new row."""
    imported(("17", "Cormorant"))
    assert imported(("17", "Cormorant", "delete")).code == 0
    assert imported(("17", "Cormorant")).code == 0

    assert writes(sandbox) == ["POST", "DELETE", "POST"]


def test_a_resumed_run_writes_the_ledger_as_well(imported, sandbox, shell):
    """Whether the row was sent before the stop or after it."""
    stopped = imported(("17", "Cormorant"), ("18", "Heron"), words=["--max-requests", 1])
    assert stopped.code == 3
    assert shell("resume", "--limit", "none").code == 0
    made = by_name(sandbox)

    assert imported(("17", "Great Cormorant"), ("18", "Grey Heron")).code == 0

    after = by_name(sandbox)
    assert after["Great Cormorant"]["Id"] == made["Cormorant"]["Id"]
    assert after["Grey Heron"]["Id"] == made["Heron"]["Id"]


def test_a_killed_import_leaves_no_record_without_its_line(tmp_path):
    """kill -9 amid the sending: what the journal knows to be created, the ledger knows as well."""
    service = Service(tmp_path, "delay=0.1@POST*always")
    command = Command(tmp_path, service.environment)
    with (tmp_path / "cobot.csv").open("w", newline="", encoding="utf-8") as text:
        lines = csv.writer(text)
        lines.writerow(["id", "name", "space", "category", "can_book", "hidden"])
        tail = ["Harbour House", "Meeting Room", "true", "false"]
        lines.writerows([f"n-{each}", f"Cabin {each}", *tail] for each in range(60))

    process = command.start("import", "cobot.csv", "--mapping", "cobot", "--yes")
    while process.poll() is None and len(service.requests("POST")) < 8:
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
    process.kill()
    process.communicate()

    with closing(sqlite3.connect(tmp_path / "home" / FILE)) as database:
        heard = database.execute(
            "SELECT source_id, attempt.record_id FROM attempt JOIN change USING (run, row) "
            "WHERE verdict = 'DONE'"
        ).fetchall()
        kept = database.execute("SELECT source_id, record_id FROM ledger").fetchall()
    assert 0 < len(heard) < 60
    assert sorted(kept) == sorted(heard)
    assert command.run("resume")[0] == 0
    exported = tmp_path / "ledger.csv"
    assert command.run("ledger", "export", "-o", exported)[0] == 0
    service.kill()
    made = {each["Id"]: each["Name"] for each in service.records() if "Cabin" in each["Name"]}
    with exported.open(newline="", encoding="utf-8") as text:
        told = {int(each["Id"]): each["SourceId"] for each in csv.DictReader(text)}
    assert len(told) == 60
    assert told == {number: name.replace("Cabin ", "n-") for number, name in made.items()}


def test_a_create_whose_answer_was_lost_is_known_once_it_is_found(imported, sandbox):
    """In doubt, looked for, adopted: its number stands for it from then on."""
    sandbox.add_fault("drop-after@POST")
    assert imported(("17", "Cormorant")).code == 0
    assert imported(("17", "Sea Raven")).code == 0

    assert writes(sandbox) == ["POST", "PUT"]
    assert "Cormorant" not in by_name(sandbox)


def test_a_record_that_does_not_show_yet_is_waited_for(imported, sandbox):
    """What was created a moment ago is not taken for deleted because reading lags behind."""
    sandbox.add_fault("lag=10@POST")
    assert imported(("17", "Cormorant")).code == 0
    again = imported(("17", "Sea Raven"))

    waited = "Waiting until the service shows what was written a moment ago."
    assert (again.code, waited in again.err.splitlines()) == (0, True)
    assert writes(sandbox) == ["POST", "PUT"]


def test_a_token_and_a_password_of_one_login_share_a_ledger(imported, shell, tmp_path, monkeypatch):
    """What an import by password has taught is known to a plan, and listed, by token alone."""
    imported(("17", "Cormorant"))
    tokens = json.loads((tmp_path / "home" / "tokens.json").read_text(encoding="utf-8"))
    (kept,) = tokens["accounts"].values()
    monkeypatch.delenv("NEXUDUS_USERNAME")
    monkeypatch.delenv("NEXUDUS_PASSWORD")
    assert shell("ledger").code == 2
    monkeypatch.setenv("NEXUDUS_TOKEN", kept["access"])

    planned = shell("plan", tmp_path / "cobot.csv", "--mapping", "cobot", "--limit", "none")

    known = "ledger: 1 of 1 row known from earlier runs of 'Cobot'"
    assert (planned.code, known in planned.err.splitlines()) == (0, True)
    assert [each["rows"] for each in shell("ledger", "--json").json["sources"]] == [1]


def test_a_dry_run_teaches_nothing(imported, sandbox, shell):
    """It reads the ledger and leaves it as it is."""
    assert imported(("17", sandbox.records()[0]["Name"]), words=["--dry-run"]).code == 0

    assert shell("ledger", "--json").json["sources"] == []


@pytest.fixture
def known(imported) -> None:
    imported(("=17", "Cormorant"), ("18", "Heron"))


def test_the_ledger_is_listed_and_exported(known, shell: Shell, sandbox, tmp_path):
    """Sources with counts; a file with one row for each, as a workbook or as csv."""
    made = by_name(sandbox)
    rows = [
        ["Cobot", "=17", "Resource", made["Cormorant"]["Id"], "0001"],
        ["Cobot", "18", "Resource", made["Heron"]["Id"], "0001"],
    ]

    listed = shell("ledger")
    told = shell("ledger", "--json").json
    written = shell("ledger", "export", "-o", tmp_path / "l.xlsx")
    again = shell("ledger", "export", "-o", tmp_path / "l.xlsx")
    as_text = shell("ledger", "export", "-o", tmp_path / "l.csv", "--source", "cobot", "--json")

    assert listed.out.startswith("Cobot: 2 rows (Resource), the last 20")
    assert [(each["source"], each["entity"], each["rows"]) for each in told["sources"]] == [
        ("Cobot", "Resource", 2)
    ]
    assert written.out == f"Ledger written: {tmp_path / 'l.xlsx'}, 2 rows.\n"
    header, *lines = openpyxl.load_workbook(tmp_path / "l.xlsx")["Ledger"].iter_rows(
        values_only=True
    )
    assert header == ("Source", "SourceId", "Entity", "Id", "Run", "Since")
    assert [list(line[:5]) for line in lines] == rows
    assert (again.code, again.err) == (
        2,
        f"{tmp_path / 'l.xlsx'}: exists already. Give another name, or --overwrite.\n",
    )
    assert as_text.json == {"file": str(tmp_path / "l.csv"), "rows": 2}
    with (tmp_path / "l.csv").open(newline="", encoding="utf-8") as text:
        table = list(csv.reader(text))
    assert table[1][:5] == ["Cobot", "'=17", "Resource", str(rows[0][3]), "0001"]


def test_a_source_is_forgotten_and_its_records_stay(known, shell: Shell, sandbox):
    """Then its rows are known by location and name again."""
    said = shell("ledger", "forget", "--source", "Cobot", "--yes")

    assert said.out == "Forgotten: 2 rows of 'Cobot'. The records stay as they are.\n"
    assert shell("ledger", "--json").json["sources"] == []
    assert {"Cormorant", "Heron"} <= set(by_name(sandbox))


def test_nothing_is_forgotten_unasked(known, shell: Shell):
    """Without a terminal and without --yes nobody has agreed."""
    said = shell("ledger", "forget", "--source", "Cobot")

    assert (said.code, said.err) == (
        2,
        "ledger forget: nobody is at the terminal to say yes. Add --yes. Nothing was forgotten.\n",
    )
    assert [each["rows"] for each in shell("ledger", "--json").json["sources"]] == [2]


def test_a_source_nobody_knows(known, shell: Shell, tmp_path):
    """Those that are known are named."""
    said = shell("ledger", "export", "-o", tmp_path / "l.csv", "--source", "OfficeRnD")

    assert (said.code, said.out.startswith("No rows of 'OfficeRnD' are known for ")) == (0, True)
    assert said.out.endswith(" Known: Cobot. No file was written.\n")


def test_where_nothing_is_known(shell: Shell, sandbox, tmp_path):
    """No file, no network, exit 0, and why."""
    before = len(sandbox.requests)
    nothing = "are known for"
    for words in (
        ["ledger"],
        ["ledger", "export", "-o", tmp_path / "l.xlsx"],
        ["ledger", "forget", "--source", "Cobot", "--yes"],
    ):
        said = shell(*words)
        assert (said.code, nothing in said.out) == (0, True)
    assert not (tmp_path / "l.xlsx").exists()
    assert len(sandbox.requests) == before


def test_a_ledger_in_an_unknown_format(shell: Shell, sandbox, tmp_path):
    """The ending chooses the format, and only two are known."""
    said = shell("ledger", "export", "-o", tmp_path / "l.ods")
    assert (said.code, said.err) == (
        2,
        f"-o: '{tmp_path / 'l.ods'}' ends in no format that is known. Write .xlsx or .csv.\n",
    )
