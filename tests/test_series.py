"""Exports under one name: what the last one held outlives everything but the next one's end."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
import tracemalloc
import zlib
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from processes import KILLED

from pipeline.comparison import Comparison, Edit, Presence
from pipeline.entities import RESOURCE
from pipeline.errors import UsageError
from pipeline.series.known import Known, list_series
from pipeline.series.names import state_file
from pipeline.series.state import Previous, Series
from pipeline.series.tables import MIGRATIONS

ACCOUNT = "https://spaces.example ops@spaces.example"
FIRST = datetime(2026, 10, 30, 2, 30, tzinfo=UTC)
SECOND = FIRST + timedelta(days=1)
THIRD = FIRST + timedelta(days=2)


def opened(home: Path, name: str = "nightly", **options: Any) -> Any:
    return Series.open(home, ACCOUNT, name, RESOURCE, **options)


def record(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "Id": number,
        "BusinessId": 7,
        "BusinessName": "Harbour House",
        "Name": f"Room {number}",
        "Allocation": 4,
        "UpdatedOn": f"2026-10-01T00:00:00.00000{number:02}Z",
        **fields,
    }


def export(
    home: Path,
    records: list[dict[str, Any]],
    started: datetime = FIRST,
    *,
    name: str = "nightly",
    signature: str = "",
    **options: Any,
) -> tuple[list[int], Comparison | None]:
    """Export all records under a name; returns the ids that are news, and what is different."""
    with opened(home, name, **options) as series:
        series.check(signature)
        news = [each["Id"] for each in records if series.take(each)]
        series.drop_missing()
        comparison = series.compare()
        series.commit(started=started)
    return news, comparison


def state(home: Path) -> Path:
    (path,) = (home / "exports").glob("*.sqlite")
    return path


# ---- what is told


def test_the_first_export_compares_with_nothing(tmp_path):
    """All is news, and nothing is known of an earlier one."""
    with opened(tmp_path) as series:
        assert (series.previous, series.since(timedelta(0))) == (None, None)
        assert series.stamp_of(1) is None

    assert export(tmp_path, [record(1), record(2)]) == ([1, 2], None)


def test_added_changed_and_removed(tmp_path):
    """Each by record id, whatever the order of the records; unchanged ones are no news."""
    export(tmp_path, [record(1), record(2), record(3), record(4)])

    news, comparison = export(
        tmp_path,
        [
            record(6),
            record(4, Name="Oak", Allocation=9),
            record(2, Visible=True),
            record(5),
            record(1, UpdatedOn="2026-10-30T09:00:00Z", UpdatedBy="ops@spaces.example"),
        ],
        SECOND,
    )

    assert news == [6, 4, 2, 5]
    assert comparison == Comparison(
        "nightly",
        FIRST,
        added=(Presence(5, "Harbour House", "Room 5"), Presence(6, "Harbour House", "Room 6")),
        changed=(
            Edit(2, "Harbour House", "Room 2", "Visible", None, "Yes"),
            Edit(4, "Harbour House", "Oak", "Name", "Room 4", "Oak"),
            Edit(4, "Harbour House", "Oak", "Allocation", 4, 9),
        ),
        removed=(Presence(3, "Harbour House", "Room 3"),),
    )
    assert comparison.changed_records == 2


def test_each_export_is_compared_with_the_one_before(tmp_path):
    """What was told once is not told again; what came back is added."""
    export(tmp_path, [record(1), record(2)])
    export(tmp_path, [record(1, Allocation=5)], SECOND)

    assert export(tmp_path, [record(1, Allocation=5), record(2)], THIRD) == (
        [2],
        Comparison("nightly", SECOND, added=(Presence(2, "Harbour House", "Room 2"),)),
    )


def test_another_spelling_of_the_same_is_no_news(tmp_path):
    """The order of ids or a live field does not make a record new; the next time neither."""
    export(tmp_path, [record(1, Tariffs=[1, 2], Timeslots=[])])
    other = record(1, Tariffs=[2, 1], IsNew=True, ZoomAccessToken="x", Strange="y")

    assert export(tmp_path, [other], SECOND) == ([], Comparison("nightly", FIRST))
    assert export(tmp_path, [other], THIRD) == ([], Comparison("nightly", SECOND))


def test_records_that_were_not_read_stay_as_they_were(tmp_path):
    """A listing's row tells by its stamp that the record need not be read."""
    export(tmp_path, [record(1), record(2), record(3)])

    with opened(tmp_path) as series:
        assert series.stamp_of(2) == "2026-10-01T00:00:00.0000002Z"
        series.keep(2)
        series.keep(77)  # never heard of: nothing to keep
        series.take(record(1, Allocation=5, UpdatedOn="2026-10-30T09:00:00Z"))
        series.drop_missing()
        told = series.compare()
        series.commit(started=SECOND)

    assert told == Comparison(
        "nightly",
        FIRST,
        changed=(Edit(1, "Harbour House", "Room 1", "Allocation", 4, 5),),
        removed=(Presence(3, "Harbour House", "Room 3"),),
    )
    with opened(tmp_path) as series:
        assert [series.stamp_of(number) for number in (1, 2, 3, 77)] == [
            "2026-10-30T09:00:00Z",
            "2026-10-01T00:00:00.0000002Z",
            None,
            None,
        ]


def test_an_incremental_export_knows_nothing_of_removals(tmp_path):
    """Records that only were not asked for stay, and are compared with later."""
    export(tmp_path, [record(1), record(2)])
    with opened(tmp_path) as series:
        series.take(record(3))
        told = series.compare()
        series.commit(started=SECOND)
    assert (told.added, told.removed, told.tells_removed) == (
        (Presence(3, "Harbour House", "Room 3"),),
        (),
        False,
    )

    _, told = export(tmp_path, [record(1, Allocation=5), record(3)], THIRD)
    assert told == Comparison(
        "nightly",
        SECOND,
        changed=(Edit(1, "Harbour House", "Room 1", "Allocation", 4, 5),),
        removed=(Presence(2, "Harbour House", "Room 2"),),
    )


def test_a_record_taken_twice_counts_as_it_was_last(tmp_path):
    """A record that is read again, since it moved, is one record."""
    export(tmp_path, [record(1)])

    assert export(tmp_path, [record(1, Allocation=5), record(1)], SECOND) == (
        [1],
        Comparison("nightly", FIRST),
    )


def test_how_far_an_incremental_export_looks_back(tmp_path):
    """To the last one's beginning and a little further, since clocks differ."""
    export(tmp_path, [record(1), record(2)], signature="Visible=Yes")

    with opened(tmp_path) as series:
        assert series.previous == Previous(FIRST, 2, "Visible=Yes")
        assert series.since(timedelta(hours=3)) == FIRST - timedelta(hours=3)
        assert series.since(timedelta(hours=2)) == datetime(2026, 10, 30, 0, 30, tzinfo=UTC)


def test_a_field_new_to_the_table_is_no_change(tmp_path):
    """Records kept by an older program are compared by the fields that it knew."""
    fields = tuple(each for each in RESOURCE.fields if each.name != "Allocation")
    older = replace(RESOURCE, fields=fields)
    with Series.open(tmp_path, ACCOUNT, "nightly", older) as series:
        series.take(record(1))
        series.take(record(2))
        series.commit(started=FIRST)

    news, comparison = export(tmp_path, [record(1), record(2, Name="Oak")], SECOND)
    assert (news, [each.field for each in comparison.changed]) == ([2], ["Name"])
    _, comparison = export(tmp_path, [record(1, Allocation=5), record(2, Name="Oak")], THIRD)
    assert [each.field for each in comparison.changed] == ["Allocation"]


# ---- names and what they ask for


def test_other_filters_are_refused(tmp_path):
    """What changed cannot be told between two questions; the state stays."""
    export(tmp_path, [record(1)], signature="Visible=Yes")

    with opened(tmp_path) as series, pytest.raises(UsageError) as caught:
        series.check("all")
    assert str(caught.value) == (
        "Export 'nightly': 'all' is asked for, but 'Visible=Yes' last time: what changed cannot be "
        "told. Choose another name, or --restart to begin anew."
    )
    assert export(tmp_path, [record(1)], SECOND, signature="Visible=Yes")[0] == []


def test_a_restart_forgets_once_the_export_is_done(tmp_path):
    """Until then the former state is the one that counts."""
    export(tmp_path, [record(1)], signature="Visible=Yes")

    with opened(tmp_path, restart=True) as series:
        series.check("Visible=No")
        assert (series.previous, series.take(record(1))) == (None, True)
    with opened(tmp_path) as series:
        assert series.previous == Previous(FIRST, 1, "Visible=Yes")

    assert export(tmp_path, [record(1)], SECOND, restart=True) == ([1], None)
    assert export(tmp_path, [record(1)], THIRD) == ([], Comparison("nightly", SECOND))


@pytest.mark.parametrize(
    "name", ["", "  ", "a/b", "..\\a", "a\nb", "x" * 61, "what?", "a\0", "CON:"]
)
def test_names_that_are_refused(tmp_path, name):
    """A name is letters, digits, blanks and a few signs; nothing is made for another one."""
    with pytest.raises(UsageError) as caught, opened(tmp_path, name):
        pass

    assert str(caught.value) == (
        f"Name of the export: '{name}' cannot be one. Allowed are 1 to 60 letters, digits, blanks "
        "and - _ . characters. Choose such as 'monthly report'."
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a", "Monthly report_2-a.b", "..", "Überblick", "月次", "x" * 60])
def test_names_that_are_allowed(tmp_path, name):
    """The file's name is safe in any folder, and stays in its own."""
    export(tmp_path, [], name=name)

    path = state(tmp_path)
    assert path.parent == tmp_path / "exports"
    assert path.name.replace("-", "").replace(".", "").isascii()
    assert [each.name for each in list_series(tmp_path, ACCOUNT, RESOURCE)] == [name]


def test_names_that_are_the_same(tmp_path):
    """Blanks around a name, small or large letters and two spellings of an accent do not count."""
    export(tmp_path, [record(1)], name="Caf\u00e9")

    assert export(tmp_path, [record(1)], SECOND, name=" CAFE\u0301 ")[0] == []


def test_names_accounts_and_entities_have_states_of_their_own(tmp_path):
    """What is news under one of them is news under the others too."""
    booths = replace(RESOURCE, name="Booth")
    for account, name, entity in (
        (ACCOUNT, "nightly", RESOURCE),
        ("https://other.example token", "nightly", RESOURCE),
        (ACCOUNT, "weekly", RESOURCE),
        (ACCOUNT, "nightly", booths),
    ):
        with Series.open(tmp_path, account, name, entity) as series:
            assert series.take(record(1))
            series.commit(started=FIRST)

    assert len(list((tmp_path / "exports").glob("*.sqlite"))) == 4


def test_the_names_that_are_known(tmp_path):
    """Those that an export ended under, with its moment and size; what cannot be read is none."""
    assert list_series(tmp_path, ACCOUNT, RESOURCE) == []
    export(tmp_path, [record(1), record(2)], SECOND, name="Weekly")
    export(tmp_path, [record(1)], FIRST, name="daily")
    with opened(tmp_path, "begun") as series:
        series.take(record(1))
        (tmp_path / "exports" / "odd.sqlite").write_text("no database")

        assert list_series(tmp_path, ACCOUNT, RESOURCE) == [
            Known("daily", FIRST, 1),
            Known("Weekly", SECOND, 2),
        ]
    assert list_series(tmp_path, "another account", RESOURCE) == []


# ---- what the file holds


def test_secrets_and_what_no_table_knows_are_not_kept(tmp_path):
    """Nothing of them is in the file, packed or not; nor what changes by itself."""
    marks = ["secret-1", "secret-2", "strange-3", "live-4", "view-5", "child-6"]
    slot = {"DayOfWeek": 1, "FromTime": "1976-01-01T09:00:00Z", "ToTime": "1976-01-01T10:00:00Z"}
    export(
        tmp_path,
        [
            record(
                1,
                Description="kept-0",
                ZoomAccessToken=marks[0],
                ZoomRefreshToken=marks[1],
                Strange=marks[2],
                SensorLastValue=marks[3],
                LinkedResourceIds=marks[4],
                Timeslots=[{**slot, "Note": marks[5]}],
            )
        ],
    )

    with closing(sqlite3.connect(state(tmp_path))) as database:
        ((packed,),) = database.execute("SELECT packed FROM content").fetchall()
    raw = b"".join(each.read_bytes() for each in (tmp_path / "exports").iterdir())
    kept = zlib.decompress(packed).decode()
    assert slot in next(each for each in json.loads(kept) if isinstance(each, list))
    assert [mark for mark in ["kept-0", *marks] if mark in kept] == ["kept-0"]
    assert [mark for mark in marks if mark.encode() in raw] == []


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX systems")
def test_only_the_owner_reads_the_state(tmp_path):
    """Folder and files, also those that are there only while an export runs."""
    home = tmp_path / "home"
    with opened(home) as series:
        series.take(record(1))
        modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in home.rglob("*")}
        endings = sorted(name.partition(".")[2] for name in modes)

    assert endings == ["", "lock", "sqlite", "sqlite-shm", "sqlite-wal"]
    assert {mode for name, mode in modes.items() if name != "exports"} == {0o600}
    assert modes["exports"] == stat.S_IMODE(home.stat().st_mode) == 0o700


def test_the_file_does_not_grow_from_export_to_export(tmp_path):
    """What no record needs any more makes room for the next."""
    for count in range(6):
        rooms = [record(n, Description=f"{n} {count} " * 50) for n in range(300)]
        export(tmp_path, rooms, FIRST + timedelta(days=count))
        if count == 1:
            size = state(tmp_path).stat().st_size

    assert state(tmp_path).stat().st_size <= size * 1.1
    with closing(sqlite3.connect(state(tmp_path))) as database:
        counts = [
            database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("record", "content", "staged", "export", "layout")
        ]
    assert counts == [300, 300, 0, 1, 1]


def test_memory_does_not_grow_with_the_records(tmp_path):
    """Ten times the records take the same memory, staged, compared and committed."""

    def peak(count: int) -> int:
        with opened(tmp_path, f"of {count}") as series:
            tracemalloc.start()
            try:
                for number in range(count):
                    series.take(record(number, Description=f"{number} " * 400))
                series.drop_missing()
                series.compare()
                series.commit(started=FIRST)
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

    peak(10)
    assert peak(2_000) < 1.3 * peak(200) + 20_000


# ---- interruptions


def test_without_a_commit_nothing_has_changed(tmp_path):
    """An export that fails leaves the state as it was."""
    export(tmp_path, [record(1), record(2)])

    with suppress(KeyboardInterrupt), opened(tmp_path) as series:
        series.take(record(1, Allocation=5))
        series.take(record(3))
        series.drop_missing()
        raise KeyboardInterrupt

    with opened(tmp_path) as series:
        assert series.previous == Previous(FIRST, 2, "")
        assert [series.take(record(number)) for number in (1, 2, 3)] == [False, False, True]


EXPORT = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from pipeline.entities import RESOURCE
from pipeline.series.state import Series
home, account, ends = Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "ends"
for turn in range(1, 1_000):
    with Series.open(home, account, "nightly", RESOURCE) as series:
        for number in range(500):
            series.take({"Id": number, "Name": f"Room {turn}", "Description": f"{turn} " * 200})
        series.drop_missing()
        if not ends:
            print("staged", flush=True)
            time.sleep(60)
        print("ending", flush=True)
        series.commit(started=datetime.fromtimestamp(turn, UTC))
"""


def start(home: Path, how: str) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", EXPORT, str(home), ACCOUNT, how]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


def test_an_export_that_is_killed_leaves_the_former_state(tmp_path):
    """Nothing of what it staged is there, and the name is free at once."""
    export(tmp_path, [record(1)])
    process = start(tmp_path, "stays")
    assert process.stdout.readline() == "staged\n"
    process.kill()
    process.communicate()
    assert process.returncode == KILLED

    assert export(tmp_path, [record(1), record(2)], SECOND) == (
        [2],
        Comparison("nightly", FIRST, added=(Presence(2, "Harbour House", "Room 2"),)),
    )


@pytest.mark.parametrize("exports", [1, 2, 3, 5])
def test_an_export_that_is_killed_while_it_ends_is_whole_or_not_there(tmp_path, exports):
    """All records are of the same export, the one that the state says was the last."""
    process = start(tmp_path, "ends")
    for _ in range(exports):
        assert process.stdout.readline() == "ending\n"
    process.kill()
    process.communicate()

    with opened(tmp_path) as series:
        turn = int(series.previous.started.timestamp()) if series.previous else 0
        assert turn >= exports - 1
        assert not series.previous or series.previous.records == 500
        names = {"Name": f"Room {turn}", "Description": f"{turn} " * 200}
        news = [series.take({"Id": number, **names}) for number in range(500)]
    assert news == [not turn] * 500


def test_a_second_export_under_the_name_is_refused(tmp_path):
    """It is told who exports; another name is free, and so is this one once that process died."""
    process = start(tmp_path, "stays")
    assert process.stdout.readline() == "staged\n"

    with pytest.raises(UsageError) as caught, opened(tmp_path):
        pass
    with opened(tmp_path, "another"):
        pass
    process.kill()
    process.communicate()
    with opened(tmp_path) as series:
        assert series.previous is None

    said = str(caught.value)
    assert said.startswith(f"Export 'nightly': process {process.pid}, since 20")
    assert said.endswith(
        ", is exporting under this name. Wait until it has ended, or choose another name. "
        "Nothing was written."
    )


def test_a_second_export_in_the_same_process_is_refused(tmp_path):
    """The lock is the name's, not the process's."""
    with (
        opened(tmp_path, now=lambda: 1_700_000_000.0),
        pytest.raises(UsageError, match=f"process {os.getpid()}, since 2023-11-1"),
        opened(tmp_path),
    ):
        pass


def test_an_export_that_has_only_just_begun_has_no_name_yet(tmp_path):
    """Between taking the lock and saying who took it, it is another process."""
    path = state_file(tmp_path, ACCOUNT, "nightly", RESOURCE)
    path.parent.mkdir()

    with (
        FileLock(path.with_suffix(".lock")),
        pytest.raises(UsageError, match=r"^Export 'nightly': another process is exporting under"),
        opened(tmp_path),
    ):
        pass


# ---- states that cannot be used


def damaged_file(path: Path) -> None:
    path.write_bytes(b"this is no database, but long enough to look like something" * 100)


def damaged_page(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)


def damaged_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        ((size,),) = database.execute("PRAGMA page_size")
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'record'"
        ((page,),) = database.execute(query)
    content = bytearray(path.read_bytes())
    content[(page - 1) * size : page * size] = bytes(size)
    path.write_bytes(content)


def damaged_content(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE content SET packed = x'00'")


def missing_content(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DELETE FROM content")


def missing_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DROP TABLE record")


DAMAGES = [
    damaged_file,
    damaged_page,
    damaged_table,
    damaged_content,
    missing_content,
    missing_table,
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda each: each.__name__)
def test_a_damaged_state_is_named_and_can_be_forgotten(tmp_path, damage):
    """One sentence with the file and the way on, whenever the damage shows; a restart mends it."""
    export(tmp_path, [record(1)])
    path = state(tmp_path)
    damage(path)

    with pytest.raises(UsageError) as caught:
        export(tmp_path, [record(1, Allocation=5)], SECOND)
    said = str(caught.value)
    assert said.startswith(f"{path}: what export 'nightly' held last is damaged (")
    assert said.endswith("). --restart forgets it and begins anew.")

    assert export(tmp_path, [record(1)], SECOND, restart=True) == ([1], None)
    assert export(tmp_path, [record(1)], THIRD) == ([], Comparison("nightly", SECOND))


def test_a_newer_state_is_left_alone(tmp_path):
    """An older program does not touch what it cannot understand, unless it is to forget it."""
    export(tmp_path, [record(1)])
    with closing(sqlite3.connect(state(tmp_path))) as newer:
        newer.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    path = state(tmp_path)
    before = path.read_bytes()

    with pytest.raises(UsageError) as caught, opened(tmp_path):
        pass
    assert str(caught.value) == (
        f"{path}: a newer version of nexudus-bulk wrote what export 'nightly' held last. "
        "Use that one, or --restart to begin anew."
    )
    assert path.read_bytes() == before
    assert export(tmp_path, [record(1)], SECOND, restart=True) == ([1], None)


def test_a_full_disk_is_not_taken_for_damage(tmp_path):
    """Nothing is to be forgotten for it."""
    export(tmp_path, [record(1)])

    def fill() -> None:
        with opened(tmp_path) as series:
            series._db.execute("PRAGMA max_page_count = 1")
            for number in range(100):
                series.take(record(number, Description=os.urandom(4_000).hex()))

    with pytest.raises(UsageError) as caught:
        fill()
    assert str(caught.value) == (
        f"{state(tmp_path)}: what export 'nightly' held last cannot be used (database or disk is "
        "full). See to the disk, or set NEXUDUS_BULK_HOME to a folder that can be written."
    )
    assert export(tmp_path, [record(1)], SECOND)[0] == []


def test_a_folder_that_cannot_be_made(tmp_path):
    """A file in its place is one sentence."""
    (tmp_path / "exports").write_text("a file")

    with pytest.raises(UsageError) as caught, opened(tmp_path):
        pass
    path = state_file(tmp_path, ACCOUNT, "nightly", RESOURCE)
    assert str(caught.value) == (
        f"{path}: cannot be written (File exists). "
        "Set NEXUDUS_BULK_HOME to a folder that can be written."
    )
