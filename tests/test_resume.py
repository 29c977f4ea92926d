"""Runs that stop go on: every row is written once, however and whenever the run was stopped."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
from flows import ROOMS, Said, Shell, by_name, copy, counts, edit, read_rows, rooms, writes

from pipeline.api.limits import DAY
from pipeline.sandbox import Sandbox


def resume(shell: Shell, *words: object):
    return shell("resume", "--json", "--limit", "none", *words)


def stop_after(shell: Shell, path: Path, rows: int) -> Said:
    """Import a file and stop when so many requests of rows were sent."""
    return shell.run_import(path, "--max-requests", rows)


def names(sandbox: Sandbox) -> list[str]:
    return sorted(each["Name"] for each in sandbox.records())


def test_a_stopped_run_goes_on_and_marks_the_whole_file(shell, sandbox, tmp_path):
    """--max-requests stops cleanly; resume sends the rest; the results cover all rows."""
    rooms = copy(tmp_path)

    first = shell.run_import(rooms, "--max-requests", 12)
    stopped = read_rows(tmp_path / "rooms.results.xlsx")
    rooms.unlink()  # the journal has its own copy
    second = resume(shell)

    sent = first.json["counts"]["created"]
    assert (first.code, first.json["stopped"]) == (
        3,
        "Stopped after 12 writes, as --max-requests asks.",
    )
    assert first.json["counts"] == counts(created=sent, unsent=ROOMS - sent)
    assert sent == 12
    assert first.err.splitlines()[-1] == (
        "Stopped after 12 writes, as --max-requests asks. "
        f"Written so far: {sent} rows. See {tmp_path / 'rooms.results.xlsx'}. "
        "To go on: nexudus-bulk resume 0001"
    )
    assert [row["Status"] for row in stopped] == ["created"] * sent + ["unsent"] * (ROOMS - sent)
    assert (second.code, second.json["counts"]) == (0, counts(created=ROOMS))
    assert second.json["run"] == "0001"
    assert writes(sandbox) == ["POST"] * ROOMS
    assert [row["Status"] for row in read_rows(tmp_path / "rooms.results.xlsx")] == [
        "created"
    ] * ROOMS


def test_updates_go_on_with_secrets_and_foreign_changes_kept(shell, sandbox, tmp_path):
    """What others changed meanwhile in other fields is kept; in the same field it is stale."""
    rooms = copy(tmp_path)
    shell.run_import(rooms)
    edited = edit(
        rooms,
        tmp_path / "edited.xlsx",
        {
            "Room Cedar": {"Allocation": 11},
            "Room Maple": {"Allocation": 12},
            "Room Rowan": {"Allocation": 13},
            "Harbour Hall": {"Allocation": 14},
        },
    )
    before = by_name(sandbox)
    for name, fields in {
        "Room Maple": {"GroupName": "edited meanwhile", "ZoomAccessToken": "secret-9"},
        "Room Rowan": {"Allocation": 99},
        "Harbour Hall": {"Allocation": 14},
    }.items():
        before[name] |= fields
    stop_after(shell, edited, 1)
    done = [name for name in ("Room Cedar",) if by_name(sandbox)[name]["Allocation"] == 11]
    for name in ("Room Maple", "Room Rowan", "Harbour Hall"):
        sandbox.put_record("Resource", before[name])

    said = resume(shell)

    assert done == ["Room Cedar"]
    assert (said.code, said.json["counts"]) == (1, counts(updated=2, unchanged=36, stale=1))
    after = by_name(sandbox)
    assert after["Room Maple"]["Allocation"] == 12
    assert after["Room Maple"]["GroupName"] == "edited meanwhile"
    assert after["Room Maple"]["ZoomAccessToken"] == "secret-9"
    assert after["Room Rowan"]["Allocation"] == 99
    statuses = {row["Name"]: row for row in read_rows(tmp_path / "edited.results.xlsx")}
    assert statuses["Room Rowan"]["Status"] == "stale"
    assert statuses["Room Rowan"]["Message"].startswith(
        "Changed by somebody else since it was planned: Allocation. Nothing was sent;"
    )
    assert statuses["Harbour Hall"]["Message"] == "It holds the new values already."


def test_a_name_that_somebody_else_took_meanwhile_is_not_used_again(shell, sandbox, tmp_path):
    """Between stop and resume a colleague made one of the rooms by hand: stale, not doubled."""
    rooms = copy(tmp_path)
    stop_after(shell, rooms, 8)
    last = read_rows(rooms)[-1]["Name"]
    place = by_name(sandbox)["Room Cedar"]["BusinessId"]
    row = read_rows(rooms)[-1]
    places = {each["Name"]: each["Id"] for each in sandbox.records("Business")}
    made = sandbox.put_record(
        "Resource", {"Name": last, "BusinessId": places.get(row.get("BusinessName"), place)}
    )

    said = resume(shell)

    assert (said.code, said.json["counts"]) == (1, counts(created=ROOMS - 1, stale=1))
    assert names(sandbox).count(last) == 1
    (marked,) = [r for r in read_rows(tmp_path / "rooms.results.xlsx") if r["Name"] == last]
    assert str(made["Id"]) in marked["Message"]


@pytest.mark.parametrize(
    "fault", ["500-before@POST*3+5", "drop-before@POST*3+5", "503-html@POST*3+5"]
)
def test_several_lost_creates_are_proven_not_stored_and_sent_again(shell, sandbox, tmp_path, fault):
    """Three in a row are lost: after the settle time they are sent once more, none is doubled."""
    sandbox.add_fault(fault)

    said = shell.run_import(copy(tmp_path))

    assert (said.code, said.json["counts"]) == (0, counts(created=ROOMS))
    assert len(writes(sandbox)) == ROOMS + 3
    assert len(set(names(sandbox))) == len(names(sandbox))


def test_a_lagging_reading_is_waited_for(shell, sandbox, tmp_path):
    """A record that can be read only after ten seconds is found, not created again."""
    sandbox.add_fault("drop-after@POST*2+3")
    sandbox.add_fault("lag=10@POST*always")

    said = shell.run_import(copy(tmp_path))

    assert (said.code, said.json["counts"]) == (0, counts(created=ROOMS))
    assert writes(sandbox) == ["POST"] * ROOMS


def test_two_candidates_are_said_and_left_to_a_person(shell, sandbox, tmp_path):
    """The answer was lost, and a colleague made the same room: in doubt, with both ids."""
    sandbox.add_fault("drop-after@POST*always")
    first = stop_after(shell, copy(tmp_path), 2)
    lost = next(
        row["Name"]
        for row in read_rows(tmp_path / "rooms.results.xlsx")
        if row["Status"] == "in doubt"
    )
    record = by_name(sandbox)[lost]
    twin = sandbox.put_record("Resource", {**record, "Id": 1_419_000_201})
    sandbox.clear_faults()

    said = resume(shell)

    assert first.code == 3
    assert (said.code, said.json["counts"]) == (1, counts(created=ROOMS - 1, in_doubt=1))
    (marked,) = [r for r in read_rows(tmp_path / "rooms.results.xlsx") if r["Status"] == "in doubt"]
    assert marked["Message"] == (
        "Sent, but no answer came. New records of this name: "
        f"{record['Id']}, {twin['Id']}. Compare them."
    )


def test_a_namesake_that_holds_something_else_is_not_adopted(shell, sandbox, tmp_path):
    """The create was not stored, a colleague's room of that name was: in doubt, not ours."""
    sandbox.add_fault("drop-before@POST*always")
    stop_after(shell, copy(tmp_path), 1)
    marked = read_rows(tmp_path / "rooms.results.xlsx")
    row = next(each for each in marked if each["Status"] == "in doubt")
    places = {each["Name"]: each["Id"] for each in sandbox.records("Business")}
    place = row.get("BusinessId") or places[row["BusinessName"]]
    sandbox.clear_faults()
    other = sandbox.put_record(
        "Resource", {"Name": row["Name"], "BusinessId": place, "Allocation": 77}
    )

    said = resume(shell)

    assert said.json["counts"] == counts(created=ROOMS - 1, in_doubt=1)
    assert f"New records of this name: {other['Id']}. Compare them." in said.err


def test_a_service_that_fails_every_time_is_left_alone(shell, sandbox, tmp_path):
    """Twenty sendings without one answer stop the run; afterwards resume finishes it."""
    sandbox.add_fault("500-before@POST*always")

    said = shell.run_import(copy(tmp_path))
    sent = len(writes(sandbox))
    sandbox.clear_faults()
    again = resume(shell)

    assert said.code == 3
    assert said.json["stopped"] == "The service failed 20 times in a row: it seems to be ill."
    assert sent == 20
    assert (again.code, again.json["counts"]) == (0, counts(created=ROOMS))
    assert len(set(names(sandbox))) == len(names(sandbox))


def test_the_first_twenty_all_rejected_stop_the_run(shell, sandbox, tmp_path):
    """Something is wrong with all rows: the rest is not tried."""
    sandbox.add_fault("not-successful@POST*always")

    said = shell.run_import(copy(tmp_path))

    assert (said.code, said.json["counts"]) == (3, counts(rejected=20, unsent=ROOMS - 20))
    assert "all of the first 20 rows were rejected" in said.json["stopped"]


def test_as_many_failures_as_allowed(shell, sandbox, tmp_path):
    """--max-failures 2 stops at the second rejected row; resume goes on with the others."""
    sandbox.add_fault("not-successful@POST*2+3")

    said = shell.run_import(copy(tmp_path), "--max-failures", 2)
    again = resume(shell)

    assert (said.code, said.json["counts"]) == (3, counts(created=3, rejected=2, unsent=ROOMS - 5))
    assert (again.code, again.json["counts"]) == (1, counts(created=ROOMS - 2, rejected=2))


def test_a_day_budget_goes_on_the_next_day(shell, sandbox, skipping, tmp_path):
    """100 writes a day, 250 rows: exit 3, 3, 0, and never more than 100 writes in any day."""
    file = rooms(tmp_path / "many.xlsx", new=250, changed=0)
    budget = ["--json", "--limit", f"write:100/{DAY:.0f}"]
    codes = [shell("import", file, "--yes", *budget).code]
    said = None
    for _ in range(2):
        skipping.skip(DAY)
        said = shell("resume", *budget)
        codes.append(said.code)

    assert codes == [3, 3, 0]
    assert said.json["counts"] == counts(created=250)
    sent = [each.at for each in sandbox.requests if each.method != "GET"]
    assert len(sent) == 251  # with the one for a token
    assert all(sum(at <= other < at + DAY for other in sent) <= 100 for at in sent)


def test_a_used_up_budget_says_when_it_goes_on(shell, tmp_path):
    """The last line names the hour and the command."""
    said = shell("import", copy(tmp_path), "--yes", "--json", "--limit", f"write:15/{DAY:.0f}")

    assert said.json["stopped"].startswith("The budget of writes is used up; it goes on 20")
    assert said.err.splitlines()[-1].endswith("To go on: nexudus-bulk resume 0001")


def test_importing_the_file_of_a_stopped_run_says_so(shell, sandbox, tmp_path):
    """With --yes it is planned anew and nothing is doubled; the first run is closed by it."""
    rooms = copy(tmp_path)
    shell.run_import(rooms, "--max-requests", 15)

    again = shell.run_import(rooms)
    closed = shell("resume", 1)

    assert "Run 0001 of this file, of " in again.err
    assert "To go on with it: nexudus-bulk resume 0001" in again.err
    assert again.code == 0
    assert len(set(names(sandbox))) == len(names(sandbox))
    assert writes(sandbox) == ["POST"] * ROOMS
    assert closed.code == 2
    assert closed.err == ("resume: the file of run 0001 was imported again since, by run 0002.\n")


def test_a_resume_writes_no_results_over_the_file_of_its_run(shell, tmp_path):
    """The file may hold edits since: it is refused as a place for results, and the run goes on."""
    rooms = copy(tmp_path)
    stop_after(shell, rooms, 12)
    before = rooms.read_bytes()

    said = shell("resume", "--limit", "none", "--results", rooms)

    assert (said.code, rooms.read_bytes()) == (2, before)
    assert said.err == (f"--results: '{rooms}' is the file itself. Choose another name.\n")
    assert resume(shell).json["counts"] == counts(created=ROOMS)


def test_results_that_cannot_be_written_hide_nothing(shell, sandbox, tmp_path):
    """A folder stands where the results should go: said, with the command that writes them."""
    target = tmp_path / "rooms.results.xlsx"
    stop_after(shell, copy(tmp_path), 8)
    target.unlink()
    target.mkdir()

    early = shell.run_import(edit(tmp_path / "rooms.xlsx", tmp_path / "rooms.xlsx", {}))
    first = resume(shell)
    target.rmdir()
    second = resume(shell)

    assert early.code == 2
    assert early.err.startswith(f"--results: '{target}' cannot be written.")
    assert first.json["counts"] == second.json["counts"] == counts(created=ROOMS)
    assert first.json["results"] is None
    assert "then write the results with: nexudus-bulk resume 0001" in first.err
    assert second.json["results"] == str(target)
    assert len(read_rows(target)) == ROOMS
    assert writes(sandbox) == ["POST"] * ROOMS


def test_importing_the_mended_file_closes_the_stopped_run(shell, sandbox, tmp_path):
    """Wrong values are withdrawn in the file: a later resume must not write them after all."""
    rooms = copy(tmp_path)
    shell.run_import(rooms)
    right = rooms.read_bytes()
    edit(rooms, rooms, {f"Office 10{n}": {"GroupName": "WRONG FLOOR"} for n in range(1, 7)})
    stop_after(shell, rooms, 3)
    rooms.write_bytes(right)

    mended = shell.run_import(rooms)
    last = shell("resume", "--json")
    second = shell("resume", 2)

    assert mended.json["counts"] == counts(updated=3, unchanged=ROOMS - 3)
    assert "The file was changed since: it is planned anew" in mended.err
    assert last.json["counts"] == counts()
    assert second.code == 2
    assert "WRONG FLOOR" not in {each["GroupName"] for each in sandbox.records()}


def test_a_stopped_run_with_nothing_left_in_its_file_is_closed_too(shell, sandbox, tmp_path):
    """The mended file needs no write at all: the stopped run is closed all the same."""
    rooms = copy(tmp_path)
    shell.run_import(rooms)
    right = rooms.read_bytes()
    edit(rooms, rooms, {"Room Maple": {"GroupName": "WRONG FLOOR"}})
    sandbox.add_fault("forbid@PUT*2")
    shell.run_import(rooms)
    rooms.write_bytes(right)

    mended = shell.run_import(rooms)
    again = shell("resume", 2)

    assert mended.json["counts"] == counts(unchanged=ROOMS)
    assert again.err == (
        "resume: the file of run 0002 was imported again since, and nothing was left to do.\n"
    )


def test_resume_says_that_the_file_was_changed(shell, tmp_path):
    """The run goes on with the file as it was; what was edited meanwhile is not sent, and said."""
    rooms = copy(tmp_path)
    stop_after(shell, rooms, 8)
    edit(rooms, rooms, {"Room Cedar": {"Allocation": 9}})

    said = resume(shell)

    assert "rooms.xlsx was changed since: the run goes on with the file as it was." in said.err


def test_a_finished_run_is_not_written_again(shell, tmp_path):
    """What somebody typed into the results of a run that is done stays there."""
    shell.run_import(copy(tmp_path))
    results = tmp_path / "rooms.results.xlsx"
    edit(results, results, {"Room Cedar": {"Description": "MY FRIDAY EDIT"}})

    said = shell("resume", 1, "--json")

    assert (said.code, said.json["counts"]) == (0, counts(created=ROOMS))
    assert "MY FRIDAY EDIT" in {row["Description"] for row in read_rows(results)}


def test_good_rows_only_does_not_reach_columns(shell, sandbox, tmp_path):
    """A problem of a whole column keeps all rows from being sent, and that is said."""
    path = edit(copy(tmp_path), tmp_path / "bad.xlsx", {})
    book = openpyxl.load_workbook(path)
    sheet = book["Resources"]
    sheet.cell(1, sheet.max_column + 1).value = "Name"
    book.save(path)

    said = shell.run_import(path, "--valid-rows-only")

    assert said.code == 1
    assert "--valid-rows-only leaves out rows, not columns" in said.err
    assert writes(sandbox) == []


def test_results_mark_the_file_as_it_was_read(shell, sandbox, tmp_path):
    """The file is edited while the run stands: each Id lies beside the row it belongs to."""
    rooms = copy(tmp_path)
    stop_after(shell, rooms, 8)
    edit(rooms, rooms, {"Room Cedar": {"Name": "Quite another"}})

    said = resume(shell)

    stored = {each["Name"]: each["Id"] for each in sandbox.records()}
    rows = read_rows(Path(said.json["results"]))
    assert [row["Id"] for row in rows] == [stored[row["Name"]] for row in rows]
    assert "Quite another" not in {row["Name"] for row in rows}


def test_another_sheet_of_the_same_workbook_is_another_file(shell, sandbox, tmp_path):
    """Importing sheet B neither takes up nor offers the stopped run of sheet A."""
    book = openpyxl.load_workbook(copy(tmp_path))
    second = book.copy_worksheet(book["Resources"])
    second.title = "More"
    column = [cell.value for cell in second[1]].index("Name") + 1
    for row in range(2, second.max_row + 1):
        second.cell(row, column).value = f"More {row}"
    path = tmp_path / "two.xlsx"
    book.save(path)
    shell.run_import(path, "--sheet", "Resources", "--max-requests", 20)

    other = shell.run_import(path, "--sheet", "More")
    again = resume(shell)

    assert "Run 0001" not in other.err
    assert (again.json["run"], again.json["counts"]) == ("0001", counts(created=ROOMS))


def test_a_token_and_a_password_of_the_same_login_share_their_runs(
    shell, sandbox, monkeypatch, tmp_path
):
    """A run that was begun by password is seen, and gone on with, by token."""
    stop_after(shell, copy(tmp_path), 8)
    tokens = json.loads((tmp_path / "home" / "tokens.json").read_text(encoding="utf-8"))
    (kept,) = tokens["accounts"].values()
    monkeypatch.setenv("NEXUDUS_TOKEN", kept["access"])
    monkeypatch.delenv("NEXUDUS_USERNAME")
    monkeypatch.delenv("NEXUDUS_PASSWORD")

    listed = shell("runs", "--json")
    said = resume(shell)

    assert len(listed.json["runs"]) == 1
    assert (said.code, said.json["counts"]) == (0, counts(created=ROOMS))


def test_an_update_that_could_not_be_read_back_is_in_doubt(shell, sandbox, tmp_path):
    """The PUT went through and doubled the slots, the reading after it was refused."""
    rooms = copy(tmp_path)
    shell.run_import(rooms)
    edited = edit(rooms, tmp_path / "edited.xlsx", {"Room Cedar": {"Allocation": 7}})
    reads = 0
    for _ in range(2):
        sandbox.requests.clear()
        shell("import", edited, "--dry-run")
        reads = len(sandbox.requests)
    sandbox.slots_mode = "append"
    sandbox.add_fault(f"forbid@GET*3+{reads}")

    first = shell.run_import(edited)
    again = resume(shell)

    assert (first.code, first.json["counts"]) == (4, counts(in_doubt=1, unchanged=ROOMS - 1))
    assert again.json["counts"] == counts(in_doubt=1, unchanged=ROOMS - 1)
    assert "but TimeSlots came back different" in again.err


def test_an_update_of_an_earlier_version_is_not_called_done(shell, sandbox, tmp_path):
    """The first version did not keep which fields change: said, and nothing is sent."""
    rooms = copy(tmp_path)
    shell.run_import(rooms)
    edited = edit(rooms, tmp_path / "edited.xlsx", {"Room Cedar": {"Allocation": 7}})
    stop_after(shell, edit(edited, edited, {"Room Maple": {"Allocation": 8}}), 1)
    with closing(sqlite3.connect(tmp_path / "home" / "journal.sqlite")) as journal:
        journal.execute("UPDATE change SET fields = '[]'")
        journal.commit()

    said = resume(shell)

    assert said.json["counts"] == counts(updated=1, stale=1, unchanged=ROOMS - 2)
    assert by_name(sandbox)["Room Maple"]["Allocation"] != 8


def test_an_update_waiting_for_its_slot_is_made_from_a_fresh_record(shell, sandbox, tmp_path):
    """A pause of minutes before it leaves: what a colleague changes meanwhile is kept."""
    rooms = copy(tmp_path)
    shell.run_import(rooms)
    names = ["Room Cedar", "Room Maple", "Room Rowan"]
    edited = edit(rooms, tmp_path / "edited.xlsx", {name: {"Allocation": 7} for name in names})
    sandbox.requests.clear()

    said = shell("import", edited, "--yes", "--json", "--limit", "write:1/600")

    assert said.json["counts"] == counts(updated=3, unchanged=ROOMS - 3)
    between = [each.method for each in sandbox.requests]
    puts = [number for number, method in enumerate(between) if method == "PUT"]
    assert len(puts) == 3
    # The first is read back; before each of the others the record is read when the slot is free.
    assert all("GET" in between[a + 1 : b] for a, b in pairwise(puts))
    assert between[puts[2] - 1] == "GET"


def test_nothing_to_resume_and_unknown_runs(shell, monkeypatch, tmp_path):
    """A finished run, one that never was, and one of another account, each in one sentence."""
    none = shell("resume")
    shell.run_import(copy(tmp_path))
    done = shell("resume", 1, "--json")
    strange = shell("resume", 12)
    monkeypatch.setenv("NEXUDUS_USERNAME", "other@sandbox.example")
    foreign = shell("resume", 1)

    assert (none.code, none.out.startswith("Nothing to resume: all runs into http")) == (0, True)
    assert (done.code, done.json["counts"]) == (0, counts(created=ROOMS))
    assert (strange.code, strange.err) == (
        2,
        "resume: there is no run 0012. See: nexudus-bulk runs\n",
    )
    assert foreign.code == 2
    assert "resume: run 0001 writes to http://127.0.0.1" in foreign.err


def test_runs_lists_what_was_imported(shell, tmp_path):
    """One line a run, or one a row; the same as JSON."""
    empty = shell("runs")
    rooms = copy(tmp_path)
    shell.run_import(rooms, "--max-requests", 15)
    listed = shell("runs", "--json")
    one = shell("runs", 1)

    assert empty.out.startswith("No runs into http://127.0.0.1")
    (line,) = listed.json["runs"]
    assert (line["run"], line["file"], line["taken_up_by"]) == ("0001", str(rooms), None)
    assert line["counts"]["created"] + line["counts"]["unsent"] == ROOMS
    assert one.out.splitlines()[0].endswith("Stopped after 15 writes, as --max-requests asks.")
    assert one.out.splitlines()[1].startswith("row 2: created (")
    assert len(one.out.splitlines()) == ROOMS + 1
    assert shell("runs", 9).code == 2


def test_the_log_file_has_a_line_for_every_request_and_no_secret(shell, sandbox, tmp_path):
    """Run, row, attempt, status and milliseconds; a row that was sent twice has two attempts."""
    sandbox.add_fault("throttle=429@POST+2")
    log = tmp_path / "log.jsonl"

    said = shell.run_import(copy(tmp_path), "--log-file", log)

    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == said.json["requests"]["sent"] == len(sandbox.requests)
    posts = [each for each in lines if each["method"] == "POST" and each["row"]]
    assert [each["row"] for each in posts][:5] == [2, 3, 4, 4, 5]
    assert {key: posts[2][key] for key in ("run", "attempt", "verdict", "status")} == {
        "run": "0001",
        "attempt": 1,
        "verdict": "throttled",
        "status": 429,
    }
    assert posts[3]["attempt"] == 2
    assert sandbox.password not in log.read_text(encoding="utf-8")


def test_a_log_file_that_cannot_be_written(shell, tmp_path):
    """One sentence, exit 2, nothing sent."""
    said = shell.run_import(copy(tmp_path), "--log-file", tmp_path / "none" / "log.jsonl")

    assert said.code == 2
    assert said.err.startswith("--log-file: '")


def test_outside_its_hours_nothing_is_written(shell, sandbox, skipping, tmp_path):
    """--window outside of which the run starts: exit 3, nothing sent, resume goes on inside."""
    from datetime import datetime, timedelta  # noqa: PLC0415 - of this test only

    now = datetime.fromtimestamp(skipping.wall()).astimezone()
    later = now + timedelta(hours=2)
    window = f"{later:%H:%M}-{later + timedelta(hours=1):%H:%M}"

    said = shell.run_import(copy(tmp_path), "--window", window)
    skipping.skip(2 * 3_600 + 60)
    again = resume(shell, "--window", window)

    assert (said.code, said.json["counts"]) == (3, counts(unsent=ROOMS))
    assert said.json["stopped"] == f"Stopped outside the hours {window}, as --window asks."
    assert (again.code, again.json["counts"]) == (0, counts(created=ROOMS))


def test_the_journal_says_how_often_each_row_was_sent(shell, sandbox, tmp_path):
    """POSTs are the rows and those proven not stored, and no more."""
    sandbox.add_fault("drop-before@POST+1")
    sandbox.add_fault("drop-after@POST+4")

    shell.run_import(copy(tmp_path))

    with closing(sqlite3.connect(tmp_path / "home" / "journal.sqlite")) as journal:
        found = dict(journal.execute("SELECT verdict, count(*) FROM attempt GROUP BY verdict"))
    assert found == {"DONE": ROOMS - 1, "NOT_STORED": 1, "IN_DOUBT": 1}
    assert len(writes(sandbox)) == ROOMS + 1


def test_a_token_that_ends_in_between_and_a_verb_that_is_forbidden(shell, sandbox, tmp_path):
    """A revoked token is renewed; a forbidden verb stops with exit 4, and resume goes on."""
    sandbox.add_fault("revoke@POST+5")
    sandbox.add_fault("forbid@POST*2+10")

    said = shell.run_import(copy(tmp_path))
    again = resume(shell)

    assert said.code == 4
    assert "The user has no Create role" in said.json["stopped"]
    assert (again.code, again.json["counts"]) == (0, counts(created=ROOMS))
    assert len(set(names(sandbox))) == len(names(sandbox))
