"""The pacer keeps every window of a server that counts at arrival, and wastes little of it."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush

import pytest

from pipeline.api.limits import DAY, DEFAULT_LIMITS, Limit, parse_limits
from pipeline.api.pacer import Pacer, Request
from pipeline.api.watching import HeldBack
from pipeline.errors import StoppedError, UsageError


class Clock:
    """A clock that moves only when somebody sleeps or an answer takes time."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += max(seconds, 1e-9)


def run(limit: Limit, *, count: int, seed: int) -> tuple[int, float]:
    """Send requests with jittering answers; return refusals and the share of the limit used."""
    clock, chance = Clock(), random.Random(seed)
    pacer = Pacer([limit], clock=clock, sleep=clock.sleep)
    arrivals: deque[float] = deque()
    refused, began = 0, clock.now
    for _ in range(count):
        with pacer.slot("write"):
            clock.now += 0.01 + chance.expovariate(1 / 0.01)  # on the way
            while arrivals and arrivals[0] <= clock.now - limit.seconds:
                arrivals.popleft()
            refused += len(arrivals) >= limit.count
            arrivals.append(clock.now)
            clock.now += 0.01 + chance.expovariate(1 / 0.01)  # on the way back
    return refused, (count - limit.count) * limit.seconds / limit.count / (clock.now - began)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("limit", [Limit("write", 10, 5), Limit("all", 60, 60)], ids=str)
def test_a_server_with_the_same_window_refuses_nothing(limit, seed):
    """With answers that jitter no request is refused, and above 97 % of the window is used."""
    refused, used = run(limit, count=600, seed=seed)

    assert refused == 0
    assert used > 0.97


def test_all_windows_are_kept_together():
    """Spacing, minute and kind are separate windows: the tightest decides at each moment."""
    clock = Clock()
    limits = parse_limits(["all:1/0.1", "write:3/60"])
    pacer = Pacer(limits, clock=clock, sleep=clock.sleep)
    sent = []
    for kind in ("write", "write", "read", "write", "read", "write"):
        with pacer.slot(kind):
            sent.append(round(clock.now - 1_000, 3))

    assert sent == [0, 0.1, 0.2, 0.3, 0.4, 60.0]


def test_a_pause_that_the_service_asks_for_holds_everybody():
    """After a hold no kind of request leaves before it is over."""
    clock = Clock()
    pacer = Pacer([], clock=clock, sleep=clock.sleep)
    pacer.refused("write", 7, 0.0)

    with pacer.slot("read"):
        assert clock.now == 1_007


def test_a_used_up_day_stops_instead_of_waiting_for_hours():
    """What earlier runs wrote counts; a wait for tomorrow is an error that names the hour."""
    clock = Clock()
    pacer = Pacer([Limit("write", 2, DAY)], clock=clock, sleep=clock.sleep)
    pacer.spent("write", [3_600.0, 60.0, 2 * DAY])

    with (
        pytest.raises(StoppedError, match="The budget of writes is used up; it goes on "),
        pacer.slot("write"),
    ):
        pass
    with pacer.slot("read"):
        assert clock.now == 1_000


def test_limits_in_words():
    """KIND:COUNT/SECONDS is read and shown the same; none lifts all."""
    assert [str(each) for each in parse_limits(["write:60/60", "all:1/0.1"])] == [
        "write:60/60",
        "all:1/0.1",
    ]
    assert parse_limits(["none"]) == ()
    assert [str(each) for each in DEFAULT_LIMITS] == [
        "all:1/0.1",
        "all:100/60",
        "all:4800/3600",
        "write:50/60",
        "write:2400/86400",
    ]


@pytest.mark.parametrize("text", ["60/60", "writes:60/60", "write:0/60", "write:60/0", "fast"])
def test_a_limit_that_cannot_be_meant(text):
    """A wrong limit is told with the form that is right."""
    with pytest.raises(UsageError) as caught:
        parse_limits([text])

    assert str(caught.value) == (
        f"--limit: '{text}' is not a limit. Write KIND:COUNT/SECONDS, KIND being all, read or "
        "write, such as write:60/60; or none."
    )


def test_the_least_time_that_the_limits_leave():
    """500 writes at 50 a minute take nine minutes; 3,000 take more than a day."""
    assert Pacer(DEFAULT_LIMITS).remaining_seconds("write", 500) == 9 * 60
    assert Pacer(DEFAULT_LIMITS).remaining_seconds("write", 3_000) == DAY
    assert Pacer([]).remaining_seconds("write", 10) == 0


def overlapping(
    limit: Limit, answer: Callable[[random.Random], float], senders: int, *, count: int, seed: int
) -> tuple[int, float]:
    """Send by several senders to a slow service that counts arrivals; as `run` otherwise."""
    clock, chance = Clock(), random.Random(seed)
    pacer = Pacer([limit], clock=clock, sleep=clock.sleep)
    arrivals: deque[float] = deque()
    under_way: list[tuple[float, int, Request]] = []
    refused, sent, began = 0, 0, clock.now
    while sent < count or under_way:
        request = pacer.enter("write") if sent < count and len(under_way) < senders else None
        if request is not None:
            arrival = clock.now + 0.02 + chance.uniform(0, 0.01)
            while arrivals and arrivals[0] <= arrival - limit.seconds:
                arrivals.popleft()
            refused += len(arrivals) >= limit.count
            arrivals.append(arrival)
            heappush(under_way, (arrival + answer(chance), sent, request))
            sent += 1
            continue
        next_answer = under_way[0][0] if under_way else float("inf")
        free = len(under_way) < senders and sent < count
        wait = pacer.wait_seconds("write") if free else float("inf")
        if under_way and clock.now + wait >= next_answer:
            clock.now = next_answer
            pacer.done(heappop(under_way)[2])
        else:
            clock.now += max(wait, 1e-6)
    return refused, count * limit.seconds / limit.count / (clock.now - began)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "answer",
    [lambda chance: 1.5, lambda chance: chance.uniform(1, 3)],
    ids=["1.5 s", "1 to 3 s"],
)
def test_a_slow_service_is_used_fully_by_several_senders(answer, seed):
    """Answers that take longer than the window's length cost nothing of the rate."""
    refused, used = overlapping(Limit("write", 4, 1), answer, 16, count=600, seed=seed)

    assert refused == 0
    assert used > 0.95


def test_the_time_that_is_left_knows_the_windows():
    """The rest of a minute's budget, full windows and what was found all count."""
    clock = Clock()
    pacer = Pacer([Limit("write", 10, 60)], clock=clock, sleep=clock.sleep)
    assert pacer.remaining_seconds("write", 10) == 0
    assert pacer.remaining_seconds("write", 11) == 60
    assert pacer.remaining_seconds("write", 35) == 180
    for _ in range(4):
        with pacer.slot("write"):
            clock.now += 1
    assert pacer.remaining_seconds("write", 6) == 0
    assert pacer.remaining_seconds("write", 7) == 57
    assert pacer.remaining_seconds("read", 700) == 0

    pacer.remember({"write": 0.05})
    assert pacer.remaining_seconds("write", 10) == 200


def test_a_request_that_is_held_back_takes_no_slot():
    """What did not leave neither counts nor teaches how long answers take."""
    clock = Clock()
    pacer = Pacer([Limit("write", 1, 3_600)], clock=clock, sleep=clock.sleep)

    with pytest.raises(HeldBack), pacer.slot("write"):
        raise HeldBack
    with pacer.slot("write"):
        clock.now += 0.5

    assert clock.now == 1_000.5
    assert pacer.busy_seconds("write") == 0.5


def test_a_slow_request_counts_from_when_it_left():
    """What its sender does before, such as writing a journal, is no way to the service."""
    clock = Clock()
    pacer = Pacer([Limit("write", 1, 1)], clock=clock, sleep=clock.sleep)
    for _ in range(5):
        with pacer.slot("write"):
            clock.now += 2
    with pacer.slot("write") as leaves:
        clock.now += 0.4
        leaves()
        assert pacer.wait_seconds("write") == pytest.approx(1.03)


def test_a_request_that_hangs_does_not_hold_the_others_for_long():
    """One without an answer for five seconds has arrived, or never will: its slot is freed."""
    clock = Clock()
    pacer = Pacer([Limit("all", 1, 0.1)], clock=clock, sleep=clock.sleep)
    assert pacer.enter("write") is not None

    assert pacer.enter("read") is None
    clock.now += 5.2
    assert pacer.enter("read") is not None


def test_a_stop_does_not_catch_a_request_that_is_written_down():
    """A run that stops ends waits for a slot, but never between the journal and the sending."""
    clock = Clock()
    stopped: list[bool] = []

    def sleep(seconds: float) -> None:
        if stopped:
            raise StoppedError("Stopped on request.")
        clock.sleep(seconds)

    pacer = Pacer([Limit("write", 1, 1)], clock=clock, sleep=sleep, rest=clock.sleep)
    for _ in range(10):
        with pacer.slot("write") as leaves:
            clock.now += 0.05  # the journal
            leaves()
            clock.now += 0.1
    with pacer.slot("write") as leaves:
        stopped.append(True)
        before = clock.now
        leaves()

    assert clock.now - before == pytest.approx(0.05)


def test_a_stalled_request_is_told_from_one_that_is_under_way():
    """One under way for much longer than answers take has stalled: others take its place."""
    clock = Clock()
    pacer = Pacer([], clock=clock, sleep=clock.sleep)
    with pacer.slot("write"):
        clock.now += 0.2
    assert pacer.enter("write") is not None

    clock.now += 0.5
    assert pacer.stalled("write") == 0
    clock.now += 0.5
    assert pacer.stalled("write") == 1


def test_an_answer_frees_a_slot_before_it_is_overdue():
    """Who waits for the answer of another request looks again soon, not in five seconds."""
    clock = Clock()
    pacer = Pacer([Limit("write", 1, 1)], clock=clock, sleep=clock.sleep)
    request = pacer.enter("write")
    assert request is not None

    assert pacer.wait_seconds("write") == float("inf")
    clock.now += 0.1
    pacer.done(request)
    assert pacer.wait_seconds("write") == pytest.approx(1.0)


def test_a_short_window_is_spread():
    """A hundred requests that leave together wait for each other: those of a second do not."""
    clock = Clock()
    pacer = Pacer([Limit("write", 10, 1), Limit("all", 30, 60)], clock=clock, sleep=clock.sleep)
    sent = []
    for _ in range(10):
        with pacer.slot("write"):
            sent.append(round(clock.now - 1_000, 2))

    assert sent == [0, 0, 0, 0, 0.09, 0.18, 0.27, 0.36, 0.45, 0.54]


def test_answers_that_come_meanwhile_shorten_a_wait():
    """While round trips are learned, a wait is not slept through that the next answers end."""
    clock = Clock()
    naps: list[float] = []

    def sleep(seconds: float) -> None:
        naps.append(seconds)
        clock.sleep(seconds)

    pacer = Pacer([Limit("write", 2, 5)], clock=clock, sleep=sleep)
    first, second = pacer.enter("write"), pacer.enter("write")
    assert first is not None
    assert second is not None
    clock.now += 1
    pacer.done(first)
    with pacer.slot("write"):
        assert clock.now == pytest.approx(1_006, abs=0.01)

    assert max(naps) < 0.01
