"""How far a run is: one line a minute without a terminal, a bar with the same words at one."""

from __future__ import annotations

from pathlib import Path

import pytest
from flows import SkippingTime

from pipeline.api.client import Client
from pipeline.api.limits import Limit
from pipeline.cli.progress import Progress
from pipeline.cli.shared import Screen
from pipeline.config import Settings
from pipeline.report.log_file import LogFile
from pipeline.runs.outcome import Outcome
from pipeline.runs.watchers import Exchange


@pytest.fixture
def time() -> SkippingTime:
    return SkippingTime()


@pytest.fixture
def client(tmp_path, time):
    settings = Settings(token="t", home=tmp_path, limits=(Limit("write", 50, 60),))
    with Client(settings, clocks=time.clocks) as made:
        yield made


def test_a_line_a_minute_with_rate_throttling_and_what_is_left(client, time, capsys):
    """Not more often; the time left is what the limits leave."""
    with Progress(client, Screen(as_json=True), 500) as progress:
        for row in range(50):
            with client.pacer.slot("write"):
                pass
            progress.row(Outcome(row, "created"))
        progress.tick()
        assert capsys.readouterr().err == ""
        client.tally.throttled = 2
        time.skip(60)
        progress.tick()
        progress.tick()

    heard = capsys.readouterr()
    assert heard.out == ""
    (line,) = heard.err.splitlines()
    assert line[5:] == " 50 of 500 rows, 50 a minute, 2 throttled, about 8 min left"


def test_the_time_left_knows_a_limit_that_was_found(client, time):
    """A service that allows less than configured takes longer, and that is said."""
    client.pacer.remember({"write": 0.1})
    with Progress(client, Screen(as_json=False), 100) as progress:
        time.skip(60)
        assert progress.state(time.monotonic()) == "0 a minute, 0 throttled, about 17 min left"


def test_log_lines_have_the_promised_keys(tmp_path, time):
    """Each line is one JSON object, added to what is there."""
    path = tmp_path / "log.jsonl"
    path.write_text("{}\n", encoding="utf-8")
    with LogFile(path, lambda: 1_700_000_000.25) as log:
        log.run = "0007"
        log(Exchange(14, 2, "POST", "DONE", 200, 0.0412))

    assert path.read_text(encoding="utf-8").splitlines()[1] == (
        '{"at": "2023-11-14T22:13:20.250+00:00", "run": "0007", "row": 14, "attempt": 2, '
        '"method": "POST", "verdict": "done", "status": 200, "milliseconds": 41}'
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is always full")
def test_a_log_file_on_a_full_disk_is_given_up_and_said_once():
    """No log is worth a run."""
    told: list[str] = []
    with LogFile(Path("/dev/full"), lambda: 0.0, told.append) as log:
        log(Exchange(2, 1, "POST", "DONE", 200, 0.1))
        log(Exchange(3, 1, "POST", "DONE", 200, 0.1))

    assert told == ["The log file cannot be written any more (No space left on device)."]
