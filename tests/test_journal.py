"""The journal keeps what a run wanted, tried and reached; later versions read earlier ones."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.entities import RESOURCE
from pipeline.errors import StoppedError, UsageError
from pipeline.importing import is_behind
from pipeline.planning.plan import Change, Difference, Plan
from pipeline.runs.journal import FILE, Journal
from pipeline.runs.lines import Source, is_doubtful
from pipeline.runs.lock import only_writer
from pipeline.runs.outcome import Outcome
from pipeline.runs.tables import MIGRATIONS

ACCOUNT = "https://spaces.example ops@spaces.example"


class Clock:
    """A wall clock that moves when told."""

    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def journal(tmp_path, clock):
    with Journal(tmp_path, ACCOUNT, now=clock) as opened:
        yield opened


CREATE = Change(2, "create", "Room A", place=7, payload={"Name": "Room A", "Tariffs": [1, 2]})
UPDATE = Change(
    3,
    "update",
    "Room B",
    record_id=31,
    place=7,
    before={"Name": "Room B", "Allocation": 4, "ZoomAccessToken": "secret-1"},
    payload={"Name": "Room B", "Allocation": 5, "ZoomAccessToken": "secret-1"},
    differences=(Difference("Allocation", 4, 5),),
)
SAME = Change(4, "unchanged", "Room C", record_id=32)
PLAN = Plan((CREATE, UPDATE, SAME), (), known_ids=frozenset({31, 32}))


def begin(
    journal: Journal,
    tmp_path: Path,
    content: bytes = b"PK",
    *,
    digest: str = "d1",
    file: str = "rooms.xlsx",
) -> int:
    source = Source(tmp_path / file, content, digest, "Resources", tmp_path / "r.xlsx")
    return journal.begin(RESOURCE, PLAN, source, [Outcome(4, "unchanged", "", 32)])


def test_a_run_is_read_back_as_it_was_written(journal, tmp_path):
    """Plan, file, known ids and settled rows; what is open comes back as changes."""
    number = begin(journal, tmp_path, b"the file")

    run = journal.run(number)
    assert (run.number, run.entity, run.sheet, run.known) == (
        "0001",
        "Resource",
        "Resources",
        frozenset({31, 32}),
    )
    assert journal.content(number) == b"the file"
    assert [each.status for each in journal.outcomes(number)] == ["unsent", "unsent", "unchanged"]
    create, update = journal.open_changes(number)
    assert create == CREATE
    assert update.differences == (Difference("Allocation", None, None),)
    assert (update.before, update.payload) == (
        {"Name": "Room B", "Allocation": 4},
        {"Name": "Room B", "Allocation": 5},
    )


def test_secrets_never_reach_the_file(journal, tmp_path):
    """Fields marked secret stand nowhere in the journal's files."""
    begin(journal, tmp_path)
    journal.close()

    for path in tmp_path.glob(f"{FILE}*"):
        assert b"secret-1" not in path.read_bytes()


def test_each_sending_and_its_end(journal, tmp_path, clock):
    """An intent without an end is in doubt; so is one whose answer was lost."""
    number = begin(journal, tmp_path)
    first = journal.intend(number, 2, "POST")
    clock.now += 2
    journal.ended(first, "THROTTLED", 409, None, "wait")
    journal.intend(number, 2, "POST")

    throttled, lost = journal.attempts(number, 2)
    assert (throttled.verdict, throttled.status, throttled.ended - throttled.at) == (
        "THROTTLED",
        409,
        2,
    )
    assert (lost.verdict, lost.ended) == (None, None)
    journal.not_stored(number, 2)
    assert [each.verdict for each in journal.attempts(number, 2)] == ["THROTTLED", "NOT_STORED"]


def test_an_answer_that_is_not_written_yet_is_in_doubt(journal, tmp_path):
    """A process that dies just after an answer leaves a create that has to be looked for."""
    number = begin(journal, tmp_path)
    journal.ended(journal.intend(number, 2, "POST"), "DONE", 200, 77, "")
    journal.settle(number, [Outcome(2, "created", "", 77)])

    def seen_by_another() -> tuple[str, bool]:
        with Journal(tmp_path, ACCOUNT) as other:
            doubtful = [is_doubtful(each) for each in other.attempts(number)]
            return other.outcomes(number)[0].status, any(doubtful)

    assert seen_by_another() == ("in_doubt", True)
    journal.flush()
    assert seen_by_another() == ("created", False)


def test_a_look_up_that_lags_behind_an_update_is_noticed(journal, tmp_path, clock):
    """A record that does not hold yet what was just sent would be taken back by a new plan."""
    number = begin(journal, tmp_path)
    journal.ended(journal.intend(number, 3, "PUT"), "DONE", 200, 31, "")

    def behind(allocation: int) -> bool:
        record = {"Name": "Room B", "Allocation": allocation}
        seen = Plan((Change(3, "unchanged", "Room B", record_id=31, before=record),), ())
        return is_behind(seen, RESOURCE, journal, 30)

    assert (behind(4), behind(5)) == (True, False)
    clock.now += 31
    assert behind(4) is False


def test_settled_rows_are_not_open_any_more(journal, tmp_path):
    """A run is open while a row is unsent or in doubt."""
    number = begin(journal, tmp_path)
    journal.settle(number, [Outcome(2, "created", "", 40), Outcome(3, "in_doubt", "lost", 31)])
    assert [each.row for each in journal.open_changes(number)] == [3]
    assert [each.id for each in journal.open_runs()] == [number]

    journal.settle(number, [Outcome(3, "updated", "", 31)])

    assert [each.id for each in journal.open_runs()] == [number]  # its results may be missing
    journal.end(number, None)
    assert journal.open_runs() == []
    assert journal.outcomes(number)[0] == Outcome(2, "created", "", 40)


def test_a_run_of_the_same_file_takes_up_the_earlier_one(journal, tmp_path):
    """The same bytes, or the same file with other bytes: the first run does not go on any more."""
    first = begin(journal, tmp_path)
    other = begin(journal, tmp_path, digest="d2", file="other.xlsx")
    moved = begin(journal, tmp_path, file="moved.xlsx")
    edited = begin(journal, tmp_path, digest="d3", file="moved.xlsx")

    assert [each.id for each in journal.open_runs()] == [other, edited]
    assert [journal.run(each).taken_up_by for each in (first, moved)] == [moved, edited]


def test_writes_of_a_day_are_counted_across_processes(journal, tmp_path, clock):
    """Rows' writes and token requests count; another account's do not."""
    number = begin(journal, tmp_path)
    journal.intend(number, 2, "POST")
    clock.now += 100
    journal.count("write")
    journal.count("read")
    with Journal(tmp_path, "another account", now=clock) as other:
        other.count("write")

    assert journal.seconds_since("write", 1_000) == [100, 0]
    assert journal.seconds_since("write", 50) == [0]
    assert journal.seconds_since("read", 50) == [0]


def test_rates_that_were_found_are_kept_a_month(journal, clock):
    """A rate keeps its date while it does not change, so that it is looked for anew one day."""
    journal.keep_rates({"write": 0.5, "read": 2.0})
    clock.now += 4 * 86_400
    journal.keep_rates({"write": 0.5, "read": 2.5})
    assert journal.found_rates() == {"write": 0.5, "read": 2.5}

    clock.now += 4 * 86_400
    assert journal.found_rates() == {"read": 2.5}
    journal.keep_rates({})
    assert journal.found_rates() == {}


def test_a_journal_of_the_first_version_is_read(tmp_path):
    """What the first version wrote is there, and can be gone on with."""
    old = sqlite3.connect(tmp_path / FILE)
    old.executescript(MIGRATIONS[0])
    old.execute(
        "INSERT INTO run VALUES (1, ?, 'Resource', '/f.xlsx', 'd', 'Resources', 5, 6, 'cut')",
        (ACCOUNT,),
    )
    old.execute(
        "INSERT INTO change VALUES (1, 2, 'create', 'A', 7, NULL, NULL, '{}', 'unsent', '')"
    )
    old.execute("PRAGMA user_version = 1")
    old.commit()
    old.close()

    with Journal(tmp_path, ACCOUNT) as journal:
        (run,) = journal.open_runs()
        assert (run.stopped, run.known, run.results) == ("cut", frozenset(), None)
        assert [each.name for each in journal.open_changes(1)] == ["A"]
        assert journal.content(1) is None


START = """
import sys
from pathlib import Path
from pipeline.runs.journal import Journal
sys.stdin.readline()
with Journal(Path(sys.argv[1]), "account") as journal:
    journal.count("write")
"""


def test_several_starts_on_a_new_journal(tmp_path):
    """Each of them finds the tables whole: the first one makes them, the others wait."""
    words = [sys.executable, "-c", START, str(tmp_path)]
    starts = [subprocess.Popen(words, stdin=subprocess.PIPE, text=True) for _ in range(4)]
    for each in starts:
        each.communicate("go\n")

    assert [each.returncode for each in starts] == [0] * 4
    with Journal(tmp_path, "account") as journal:
        assert len(journal.seconds_since("write", 1_000)) == 4


def test_a_journal_of_a_newer_version_is_left_alone(tmp_path):
    """An older program does not touch what it cannot understand."""
    newer = sqlite3.connect(tmp_path / FILE)
    newer.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    newer.close()

    with pytest.raises(UsageError, match="a newer version of nexudus-bulk wrote this journal"):
        Journal(tmp_path, ACCOUNT)


def test_files_of_runs_long_done_are_dropped(journal, tmp_path, clock):
    """A month after its end a run's copy goes; that of a stopped run stays, and its rows too."""
    done = begin(journal, tmp_path, digest="d1")
    stopped = begin(journal, tmp_path, digest="d2", file="other.xlsx")
    journal.settle(done, [Outcome(2, "created", "", 5), Outcome(3, "updated", "", 31)])
    journal.end(done, None)
    journal.end(stopped, "cut")
    clock.now += 31 * 86_400
    begin(journal, tmp_path, digest="d3", file="third.xlsx")

    assert (journal.content(done), journal.content(stopped)) == (None, b"PK")
    assert len(journal.outcomes(done)) == 3


def test_a_journal_that_cannot_be_written_stops_the_run(journal, tmp_path):
    """A full disk is one sentence, and no request leaves unwritten."""
    number = begin(journal, tmp_path)
    journal._db.execute("PRAGMA query_only = ON")

    with pytest.raises(StoppedError, match="The journal cannot be used"):
        journal.intend(number, 2, "POST")


def test_a_file_that_is_no_journal(tmp_path):
    """A damaged file is named, with what to do."""
    (tmp_path / FILE).write_text("this is no database, but long enough to look like something")

    with pytest.raises(UsageError, match="the journal cannot be opened"):
        Journal(tmp_path, ACCOUNT)


HOLD = """
import sys, time
from pathlib import Path
from pipeline.runs.journal import Journal
from pipeline.runs.lock import only_writer
home, account = Path(sys.argv[1]), sys.argv[2]
with Journal(home, account) as journal, only_writer(home, journal):
    print("held", flush=True)
    time.sleep(60)
"""


def test_one_writer_per_account_and_the_dead_hold_nothing(tmp_path):
    """A second process is told who writes; when that one is killed, the account is free."""
    first = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path), ACCOUNT], stdout=subprocess.PIPE, text=True
    )
    assert first.stdout.readline() == "held\n"
    with Journal(tmp_path, ACCOUNT) as journal, Journal(tmp_path, "other") as other:
        with pytest.raises(UsageError) as caught, only_writer(tmp_path, journal):
            pass
        assert str(caught.value).startswith(f"Process {first.pid}, since ")
        assert str(caught.value).endswith(
            f" is writing to {ACCOUNT}. Wait until it has ended, or end it with Ctrl-C. "
            "Nothing was sent."
        )
        with only_writer(tmp_path, other):
            pass

        first.kill()
        first.wait()
        first.stdout.close()

        with only_writer(tmp_path, journal):
            assert journal.writer()[0] == os.getpid()
