"""A run stops when asked, outside its hours, and at the bounds it was given; and says why."""

from __future__ import annotations

from datetime import datetime

import pytest
from flows import SkippingTime

from pipeline.errors import StoppedError, UsageError
from pipeline.runs.brake import Bounds, Brake, Hours
from pipeline.runs.failures import FailureLimit


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-21T{text}").astimezone()


@pytest.mark.parametrize(
    ("hours", "now", "left"),
    [
        ("22:00-06:00", "23:00", 7 * 3_600),
        ("22:00-06:00", "05:59", 60),
        ("22:00-06:00", "06:00", 0),
        ("22:00-06:00", "12:00", 0),
        ("9:00 - 17:30", "09:00", 8.5 * 3_600),
        ("09:00-17:30", "17:30", 0),
        ("20:00-24:00", "23:30", 1_800),
        ("00:00-24:00", "23:30", 86_400),
    ],
)
def test_hours_know_how_long_they_last(hours, now, left):
    """Inside, the seconds to the end; outside 0; the night may lie between."""
    assert Hours.parse(hours).seconds_left(at(now)) == left


@pytest.mark.parametrize("text", ["22-06", "25:00-06:00", "22:00", "10:61-11:00", ""])
def test_hours_that_cannot_be_meant(text):
    """The form that is right is told."""
    with pytest.raises(UsageError) as caught:
        Hours.parse(text)

    assert str(caught.value) == (
        f"--window: '{text}' is not a part of the day. Write it as 22:00-06:00."
    )


def test_hours_without_a_length():
    """From and to the same hour would be never, or always."""
    with pytest.raises(UsageError, match="has no length"):
        Hours.parse("10:00-10:00")


def test_a_brake_stops_nothing_before_the_run_writes():
    """Looking up may take place outside the hours; only writing may not."""
    time = SkippingTime()
    brake = Brake(time.clocks, Bounds(max_minutes=1))

    brake.sleep(3_600)
    brake.check()
    brake.release()
    brake.sleep(59)

    with pytest.raises(StoppedError, match="Stopped after 1 minutes, as --max-minutes asks"):
        brake.sleep(100)
    assert time.ahead == pytest.approx(3_660, abs=1)


def test_a_request_to_stop_ends_a_wait():
    """A signal sets the event; the next wait ends at once, with the reason."""
    brake = Brake(SkippingTime().clocks)
    brake.release()
    brake.asked.set()

    with pytest.raises(StoppedError, match="Stopped on request"):
        brake.sleep(100)


def test_so_many_requests_and_no_more():
    """--max-requests counts what writes."""
    brake = Brake(SkippingTime().clocks, Bounds(max_requests=10))
    brake.release()
    brake.check(9)

    with pytest.raises(StoppedError, match="Stopped after 10 writes, as --max-requests asks"):
        brake.check(10)


@pytest.mark.parametrize(
    ("limit", "ended", "failed", "stops"),
    [
        (None, 20, 20, True),
        (None, 19, 19, False),
        (None, 20, 19, False),
        (None, 30, 29, False),
        ("3", 100, 2, False),
        ("3", 3, 3, True),
        ("10%", 19, 19, False),
        ("10%", 100, 10, False),
        ("10%", 100, 11, True),
    ],
)
def test_a_run_that_is_going_wrong_is_stopped(limit, ended, failed, stops):
    """A number of rows, a share of them, or by default all of the first twenty."""
    chosen = FailureLimit.parse(limit) if limit else FailureLimit()

    assert (chosen.reason(ended, failed) is not None) == stops


@pytest.mark.parametrize("text", ["0", "1.5", "0%", "101%", "many", "-3"])
def test_a_failure_limit_that_cannot_be_meant(text):
    """The forms that are right are told."""
    with pytest.raises(UsageError) as caught:
        FailureLimit.parse(text)

    assert str(caught.value) == (
        f"--max-failures: '{text}' is not a limit. Write a number of rows such as 25, or a share "
        "such as 10%."
    )
