"""Signals end a run cleanly, or at once; two starts on one account are told apart."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
import time

import pytest
from flows import ROOMS, copy
from processes import Command

from pipeline.sandbox import Sandbox

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals as a POSIX system sends them")
SEED = 6  # records that every sandbox begins with


@pytest.fixture
def sandbox():
    with Sandbox.start() as server:
        yield server


@pytest.fixture
def command(tmp_path, sandbox) -> Command:
    environment = {
        "NEXUDUS_BASE_URL": sandbox.url,
        "NEXUDUS_USERNAME": sandbox.username,
        "NEXUDUS_PASSWORD": sandbox.password,
    }
    return Command(tmp_path, environment, "[default]\nsettle = 1\ntimeout = 5\n")


def wait_for(sandbox: Sandbox, records: int) -> None:
    deadline = time.monotonic() + 30
    while len(sandbox.records()) < records and time.monotonic() < deadline:
        time.sleep(0.01)


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda each: each.name
)
def test_a_signal_ends_the_run_and_resume_sends_the_rest(sandbox, command, tmp_path, number):
    """What is under way is finished, exit 3 says how to go on; no row is sent twice."""
    rooms = copy(tmp_path)
    run = command.start("import", rooms, "--yes", "--limit", "write:10/1")
    wait_for(sandbox, SEED + 10)
    run.send_signal(number)
    _, errors = run.communicate(timeout=30)
    written = len(sandbox.records()) - SEED

    assert run.returncode == 3
    assert errors.splitlines()[-1] == (
        f"Stopped on request. Written so far: {written} rows. "
        "See rooms.results.xlsx. To go on: nexudus-bulk resume 0001"
    )
    code, out, _ = command.run("resume", "--json", "--limit", "none")
    assert (code, json.loads(out)["counts"]["created"]) == (0, ROOMS)
    assert len(sandbox.records()) == ROOMS + SEED


def test_a_signal_while_looking_up_says_that_nothing_was_written(sandbox, command, tmp_path):
    """SIGTERM before the first write: exit 3 and one sentence."""
    sandbox.add_fault("delay=3@GET*always")
    run = command.start("import", copy(tmp_path), "--yes")
    deadline = time.monotonic() + 30
    while not any(each.path == "/api/token" for each in sandbox.requests):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    run.send_signal(signal.SIGTERM)
    _, errors = run.communicate(timeout=30)

    assert (run.returncode, errors.splitlines()[-1]) == (3, "Stopped. Nothing was written.")
    assert len(sandbox.records()) == SEED


def test_a_second_signal_stops_at_once_and_nothing_is_lost(sandbox, command, tmp_path):
    """While an answer is waited for: the process ends, and resume finds the record."""
    sandbox.add_fault("delay=4@POST+5")
    rooms = copy(tmp_path)
    run = command.start("import", rooms, "--yes", "--limit", "write:100/1")
    wait_for(sandbox, SEED + 6)
    began = time.monotonic()
    run.send_signal(signal.SIGINT)
    time.sleep(0.5)
    run.send_signal(signal.SIGINT)
    _, errors = run.communicate(timeout=30)

    assert time.monotonic() - began < 3.5  # it does not wait for the answer
    assert run.returncode == 3
    told = re.fullmatch(
        r"Stopped at once\. Written so far: (\d+) rows, (\d+) in doubt\. What was under way is "
        r"looked up, and the results are written, by: nexudus-bulk resume 0001",
        errors.splitlines()[-1],
    )
    assert told is not None, errors
    written, in_doubt = map(int, told.groups())  # other senders went on beside the one that waits
    assert in_doubt >= 1
    assert written + in_doubt == len(sandbox.records()) - SEED
    code, out, _ = command.run("resume", "--json", "--limit", "none")
    assert (code, json.loads(out)["counts"]["created"]) == (0, ROOMS)
    assert len(sandbox.records()) == ROOMS + SEED


def test_a_run_that_writes_just_now_is_told_from_one_that_died(sandbox, command, tmp_path):
    """`runs` in a second shell: running, with the process; killed: broken off, one row in doubt."""
    sandbox.add_fault("delay=4@POST+5")
    run = command.start("import", copy(tmp_path), "--yes")
    wait_for(sandbox, SEED + 6)
    during = command.run("runs")[1]
    run.kill()
    run.communicate()
    after = command.run("runs")[1]

    assert during.endswith(f"Running, process {run.pid}.\n")
    assert after.endswith(
        "39 rows: 5 created, 1 in doubt, 33 unsent. Broken off (killed, or a power cut).\n"
    )


def test_of_two_starts_one_works_and_the_other_says_why_not(sandbox, command, tmp_path):
    """The second start names the process that writes, exits with 2 and sends nothing."""
    both_told = threading.Event()

    def hold(path: str) -> None:
        if path == "/api/spaces/resources?" and len(sandbox.records()) >= SEED + 5:
            both_told.wait(60)

    sandbox.meanwhile = hold
    first = command.start("import", copy(tmp_path), "--yes", "--limit", "none", "--json")
    wait_for(sandbox, SEED + 5)
    code, _, errors = command.run("import", tmp_path / "rooms.xlsx", "--yes")
    resumed, _, more = command.run("resume")
    both_told.set()
    out, _ = first.communicate(timeout=60)

    assert (code, resumed) == (2, 2)
    assert errors.startswith(f"Process {first.pid}, since ")
    assert errors.endswith("or end it with Ctrl-C. Nothing was sent.\n")
    assert more == errors
    assert json.loads(out)["counts"]["created"] == ROOMS
    assert len(sandbox.records()) == ROOMS + SEED


def test_a_slow_service_is_served_by_several_senders(sandbox, command, tmp_path):
    """With answers that take longer than the limit leaves between two, requests overlap."""
    sandbox.add_fault("delay=0.7@POST*always")
    code, out, _ = command.run("import", copy(tmp_path), "--yes", "--json", "--limit", "write:8/1")

    posts = [each.at for each in sandbox.requests if each.method == "POST"]
    assert (code, json.loads(out)["counts"]["created"]) == (0, ROOMS)
    assert max(sum(at <= other < at + 0.7 for other in posts) for at in posts) > 2
    assert sandbox.refused == 0
    assert len(sandbox.records()) == ROOMS + SEED


def test_several_senders_write_no_more_than_they_are_allowed(sandbox, command, tmp_path):
    """Requests that wait for their turn when the last allowed one leaves do not follow it."""
    sandbox.add_fault("delay=0.7@POST*always")
    words = ("--yes", "--json", "--limit", "write:8/1", "--max-requests", "12")
    code, out, _ = command.run("import", copy(tmp_path), *words)

    assert (code, json.loads(out)["counts"]["created"]) == (3, 12)
    assert len(sandbox.records()) == 12 + SEED


def test_a_signal_ends_an_export_and_the_former_file_stays(sandbox, command, tmp_path):
    """Nothing half made is left, neither a file nor a memory of the export."""
    path = tmp_path / "rooms.xlsx"
    path.write_text("the former export")
    words = ("export", "-o", path, "--overwrite", "--since-last", "nightly", "--limit", "none")
    sandbox.add_fault("delay=20@GET+3")  # the read of the records
    run = command.start(*words)
    deadline = time.monotonic() + 30
    while sum(each.method == "GET" for each in sandbox.requests) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    time.sleep(0.3)
    run.send_signal(signal.SIGTERM)
    _, errors = run.communicate(timeout=30)

    assert run.returncode == 3
    assert errors.splitlines()[-1] == (
        "Stopped on request. rooms.xlsx was not written, what stood there is as it was. "
        "To have it, export again."
    )
    assert path.read_text() == "the former export"
    assert not list(tmp_path.glob(".rooms*"))
    sandbox.clear_faults()
    code, out, _ = command.run(*words, "--json")
    assert (code, json.loads(out)["rows"]) == (0, SEED)
