"""Chaos: the real command and the real sandbox as processes, killed at random, faults between.

Whatever is drawn, going on until the run is done leaves the records of an undisturbed run: none
twice, none missing, one true status for every row. `--chaos N` draws N schedules, and kills the
long run as often as it should be.
"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from flows import read_rows, rooms
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from processes import KILLED, QUICK, Command, Service
from test_faults import told

METHODS = ("POST", "PUT")
PATIENT = QUICK.replace("timeout = 2", "timeout = 12")  # a busy machine starts slowly
ROUNDS = 60  # more starts than any schedule needs
FAULTS = [
    "500-before@POST*2+4",
    "500-after@POST+9",
    "drop-before@POST+3",
    "drop-after@POST*2+6",
    "delay=3@POST+5",
    "late=2.6@POST+6",
    "late=2.6@PUT+2",
    "503-html@POST+11",
    "html@PUT+2",
    "cut-json@POST+8",
    "500-after@PUT*2+1",
    "drop-before@PUT+4",
    "revoke@POST+10",
    "revoke@PUT+3",
    "throttle=409@POST+7",
    "throttle=429-text@PUT+2",
    "lag=0.5@POST*always",
    "die@POST+5",
    "die@POST+14",
    "die@PUT+3",
]


class Account:
    """A copy of an account that already has the rooms that are to be changed."""

    def __init__(self, folder: Path, data: Path, *faults: str, limits: Sequence[str] = ()) -> None:
        shutil.copyfile(data, folder / "sandbox.sqlite")
        self.service = Service(folder, *faults, limits=limits)
        self.command = Command(folder, self.service.environment)
        self.folder = folder

    def carry_through(
        self, file: Path, kills: Sequence[float], service_kills: Mapping[int, float]
    ) -> dict[str, Any]:
        """Import and resume until the run is done; returns what the last command said.

        The command is killed after each of `kills` seconds, once a start; the service at the
        starts and after the seconds that `service_kills` gives, and comes back soon.
        """
        errors = ""
        for start in range(ROUNDS):
            words = ["resume", 1] if self.has_begun() else ["import", file, "--yes"]
            kill_after = kills[start] if start < len(kills) else None
            code, out, errors = self.run(words, kill_after, service_kills.get(start))
            assert code in {0, 3, KILLED}, errors
            if code == 0:
                return dict(json.loads(out))
        raise AssertionError(errors)

    def run(
        self, words: Sequence[object], kill_after: float | None, service_after: float | None
    ) -> tuple[int, str, str]:
        """Run the command; kill it, and the service, when it is time; start what has died."""
        process = self.command.start(*words, "--json")
        began = time.monotonic()
        while True:
            try:
                out, errors = process.communicate(timeout=0.05)
            except subprocess.TimeoutExpired:
                passed = time.monotonic() - began
            else:
                return process.returncode, out, errors
            if kill_after is not None and passed > kill_after:
                process.kill()
            if service_after is not None and passed > service_after:
                service_after = None
                self.service.kill()
            if not self.service.is_running:
                self.service.start()
            assert passed < 120, "the command does not end"

    def has_begun(self) -> bool:
        """Whether the plan is in the journal, so that the run can be gone on with."""
        return bool(json.loads(self.command.run("runs", "--json")[1])["runs"])

    def attempts(self) -> list[tuple[int, str, str | None]]:
        """Return row, method and verdict of every sending, from the journal."""
        file = self.folder / "home" / "journal.sqlite"
        with (
            suppress(sqlite3.OperationalError),
            closing(sqlite3.connect(file, timeout=10)) as journal,
        ):
            return list(journal.execute("SELECT row, method, verdict FROM attempt ORDER BY rowid"))
        return []  # it is not there yet


def sent_once(attempts: Sequence[tuple[int, str, str | None]], rows: Sequence[int]) -> None:
    """Assert that each create left once, but for sendings proven not to be stored."""
    stored = Counter(
        row
        for row, method, verdict in attempts
        if method == "POST" and verdict in {None, "DONE", "IN_DOUBT", "STOP"}
    )
    assert stored == dict.fromkeys(rows, 1)


def check_end(account: Account, said: Mapping[str, Any], calm: Mapping[str, Any]) -> None:
    """Assert that the end is that of the undisturbed run, and the statuses are true."""
    account.service.kill()
    assert told(account.service.records()) == calm["records"]
    rows = read_rows(Path(said["results"]))
    numbers = {each["Name"]: each["Id"] for each in account.service.records()}
    assert [row["Id"] for row in rows] == [numbers[row["Name"]] for row in rows]
    assert sum(said["counts"].values()) == len(rows)
    assert {row["Status"] for row in rows} <= {"created", "updated", "unchanged"}
    created = [n for n, row in enumerate(rows, start=2) if row["Status"] == "created"]
    assert len(created) == calm["new"]
    sent_once(account.attempts(), created)
    posts = sum(method == "POST" for _, method, _ in account.attempts())
    assert len(account.service.requests("POST")) <= posts


def prepare(folder: Path, *, new: int, changed: int, linked: bool = False) -> dict[str, Any]:
    """Make an account with rooms, the workbook that changes it, and what comes of that."""
    base = folder / "base"
    base.mkdir()
    service = Service(base)
    command = Command(base, service.environment)
    if changed:
        first = rooms(base / "first.xlsx", new=changed, changed=0)
        assert command.run("import", first, "--yes")[0] == 0
    service.kill()
    assert len(service.records()) >= changed  # opening it also brings everything into one file
    calm = folder / "calm"
    calm.mkdir()
    file = rooms(folder / "rooms.xlsx", new=new, changed=changed, linked=linked)
    account = Account(calm, base / "sandbox.sqlite")
    assert account.command.run("import", file, "--yes")[0] == 0
    account.service.kill()
    return {
        "data": base / "sandbox.sqlite",
        "file": file,
        "new": new,
        "records": told(account.service.records()),
    }


@pytest.fixture(scope="module")
def calm(tmp_path_factory) -> dict[str, Any]:
    """An account with 12 rooms, a workbook that changes them and adds 18."""
    return prepare(tmp_path_factory.mktemp("calm"), new=18, changed=12)


@pytest.fixture(scope="module")
def linked(tmp_path_factory) -> dict[str, Any]:
    """Such an account and workbook, in which rows link to rows of the same file, also both ways."""
    return prepare(tmp_path_factory.mktemp("linked"), new=18, changed=12, linked=True)


def test_whatever_is_drawn_the_end_is_the_same(calm, tmp_path_factory, request):
    """A few schedules of faults and kills in CI, as many as --chaos asks for otherwise."""
    draw_schedules(calm, tmp_path_factory, request.config.getoption("--chaos"), few=3)


def test_whatever_is_drawn_no_link_is_lost(linked, tmp_path_factory, request):
    """The same of rows that link to each other: every link is there in the end."""
    draw_schedules(linked, tmp_path_factory, request.config.getoption("--chaos"), few=2)


def draw_schedules(calm, tmp_path_factory, chaos: int, *, few: int) -> None:
    """Carry the file through drawn faults and kills, and compare with the undisturbed run."""

    @settings(
        max_examples=chaos or few,
        deadline=None,
        derandomize=not chaos,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        faults=st.lists(st.sampled_from(FAULTS), min_size=2, max_size=4, unique=True),
        kills=st.lists(st.floats(0.3, 3.0), max_size=3),
        service_kills=st.dictionaries(st.integers(0, 3), st.floats(1.0, 3.0), max_size=2),
    )
    def draw(faults: list[str], kills: list[float], service_kills: dict[int, float]) -> None:
        folder = tmp_path_factory.mktemp("drawn")
        account = Account(folder, calm["data"], *faults, limits=["write:20/1"])
        said = account.carry_through(folder_copy(calm["file"], folder), kills, service_kills)
        check_end(account, said, calm)

    draw()


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(sent, marks=[] if sent in {1, 20, 33} else [pytest.mark.chaos])
        for sent in range(1, 36)
    ],
)
def test_rows_that_link_to_each_other_killed_at_each_request(linked, tmp_path, sent):
    """The command is killed when it has sent so many: 30 rows and 6 second requests in the end."""
    account = Account(tmp_path, linked["data"], limits=["write:25/1"])
    process = account.command.start("import", folder_copy(linked["file"], tmp_path), "--yes")
    while len(account.attempts()) < sent and process.poll() is None:
        time.sleep(0.005)
    process.kill()
    process.communicate()

    code, out, errors = account.command.run("resume", 1, "--json")

    assert code == 0, errors
    check_end(account, json.loads(out), linked)


def folder_copy(file: Path, folder: Path) -> Path:
    return Path(shutil.copy(file, folder / file.name))


def test_an_import_right_after_a_kill_waits_for_what_was_under_way(calm, tmp_path):
    """The command dies while the service is about to store: a new import stores nothing twice."""
    account = Account(tmp_path, calm["data"], "late=6@POST+5")
    account.command = Command(tmp_path, account.service.environment, PATIENT)
    file = folder_copy(calm["file"], tmp_path)
    dead = account.command.start("import", file, "--yes")
    while sum(method == "POST" for _, method, _ in account.attempts()) < 6:
        time.sleep(0.02)
    time.sleep(0.3)
    dead.kill()
    dead.communicate()

    code, out, errors = account.command.run("import", file, "--yes", "--json")

    assert (code, json.loads(out)["run"]) == (0, "0002")
    assert "Run 0001 of this file" in errors
    assert "An earlier run died while it was sending: waiting" in errors
    sent = [method for _, method, _ in account.attempts()]
    while len(account.service.requests(*METHODS)) < len(sent):
        time.sleep(0.02)  # the last of them is carried out late
    account.service.kill()
    assert told(account.service.records()) == calm["records"]


def test_a_long_run_killed_again_and_again(tmp_path, request):
    """200 rows, the command killed at 25 random instants and the service at 5 (fewer in CI)."""
    full = bool(request.config.getoption("--chaos"))
    chance = random.Random(11)
    calm = prepare(tmp_path, new=200 if full else 40, changed=0)
    kills = [chance.uniform(0.8, 2.4) for _ in range(25 if full else 4)]
    service_kills = {
        start: chance.uniform(1.2, 2.0)
        for start in chance.sample(range(len(kills) + 1), 5 if full else 1)
    }
    folder = tmp_path / "killed"
    folder.mkdir()
    account = Account(folder, calm["data"], limits=["write:12/1"])

    said = account.carry_through(folder_copy(calm["file"], folder), kills, service_kills)

    check_end(account, said, calm)
    assert said["counts"]["created"] == calm["new"]
