"""The threads that send: how many there are, what comes back, and how they end."""

from __future__ import annotations

import threading

import pytest

from pipeline.runs.senders import Senders

SOON = 10.0  # seconds a thread may take here, whatever else the machine does


@pytest.fixture
def senders():
    senders = Senders(4)
    yield senders
    senders.close()


def test_what_a_call_gave_comes_back_by_its_key(senders):
    senders.start("first", lambda: 1)
    assert senders.next_landed(SOON) == ("first", 1, None)
    assert senders.next_landed(0) is None


def test_one_thread_serves_calls_that_follow_each_other(senders):
    threads = set()
    for number in range(20):
        senders.start(number, threading.get_ident)
        threads.add(senders.next_landed(SOON).result)
    assert len(threads) == 1


def test_calls_under_way_at_once_have_a_thread_each(senders):
    meeting = threading.Barrier(3)
    for number in range(3):
        senders.start(number, lambda: meeting.wait(SOON))
    assert {senders.next_landed(SOON).key for _ in range(3)} == {0, 1, 2}


def test_what_nobody_foresaw_is_handed_on_and_the_next_call_is_made(senders):
    senders.start("bad", lambda: 1 // 0)
    landed = senders.next_landed(SOON)
    assert (landed.key, landed.result) == ("bad", None)
    assert isinstance(landed.strange, ZeroDivisionError)
    senders.start("good", lambda: 2)
    assert senders.next_landed(SOON) == ("good", 2, None)


def test_each_of_several_that_fail_at_once_is_told(senders):
    meeting = threading.Barrier(2)

    def fail():
        meeting.wait(SOON)
        raise OSError

    for number in range(2):
        senders.start(number, fail)
    landed = [senders.next_landed(SOON) for _ in range(2)]
    assert [type(each.strange) for each in landed] == [OSError, OSError]


def test_closed_threads_end_with_what_they_do(senders):
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def call():
        begun.set()
        may_end.wait(SOON)
        ended.set()

    senders.start("last", call)
    assert begun.wait(SOON)
    senders.close()
    may_end.set()
    assert ended.wait(SOON)
    assert senders.next_landed(SOON).key == "last"
