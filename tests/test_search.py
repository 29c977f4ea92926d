"""An unknown limit is found and held, however the service counts, with few refusals."""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from pipeline.api.limits import Limit
from pipeline.api.pacer import Pacer
from pipeline.api.search import RateSearch


class Clock:
    """A clock that moves only when somebody sleeps or an answer takes time."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += max(seconds, 1e-6)


class Sliding:
    """At most `count` in any `seconds`."""

    def __init__(self, count: int, seconds: float) -> None:
        self.count, self.seconds = count, seconds
        self.arrivals: deque[float] = deque()

    def wait(self, now: float) -> float:
        while self.arrivals and self.arrivals[0] <= now - self.seconds:
            self.arrivals.popleft()
        if len(self.arrivals) >= self.count:
            return self.arrivals[0] + self.seconds - now
        self.arrivals.append(now)
        return 0.0


class Fixed:
    """At most `count` from one full `seconds` to the next."""

    def __init__(self, count: int, seconds: float) -> None:
        self.count, self.seconds = count, seconds
        self.window, self.used = 0, 0

    def wait(self, now: float) -> float:
        window = int(now // self.seconds)
        if window != self.window:
            self.window, self.used = window, 0
        if self.used >= self.count:
            return (window + 1) * self.seconds - now
        self.used += 1
        return 0.0


class Bucket:
    """A bucket of `count`, refilled evenly."""

    def __init__(self, count: int, seconds: float) -> None:
        self.count, self.speed = count, count / seconds
        self.level, self.at = float(count), 0.0

    def wait(self, now: float) -> float:
        if self.at:
            self.level = min(self.count, self.level + (now - self.at) * self.speed)
        self.at = now
        if self.level < 1:
            return (1 - self.level) / self.speed
        self.level -= 1
        return 0.0


@dataclass
class Trial:
    """What a client got from a service in some time, its first minute left out."""

    accepted: int
    refused: int
    refused_too_early: int
    used: float


def attempt(  # noqa: PLR0913 - what a trial is made of
    pacer: Pacer,
    clock: Clock,
    service: Sliding | Fixed | Bucket,
    *,
    seconds: float,
    rate: float,
    told: Callable[[float], float],
    seed: int = 0,
    late: float = 0.0,
) -> Trial:
    """Send as fast as the pacer lets one sender, with jittering answers.

    `late` is the share of requests that a busy disk holds up.
    """
    chance = random.Random(seed)
    began, held_until = clock.now, 0.0
    trial = Trial(0, 0, 0, 0.0)
    while clock.now < began + seconds:
        warm = clock.now > began + 60
        with pacer.slot("write") as leaves:
            clock.now += 0.06 if chance.random() < late else 0.0
            leaves()
            sent = clock.now
            trial.refused_too_early += sent < held_until - 1e-6
            clock.now += 0.01 + chance.expovariate(1 / 0.003)
            wait = service.wait(clock.now)
            clock.now += 0.01 + chance.expovariate(1 / 0.003)
        took = clock.now - sent
        if wait:
            pacer.refused("write", told(wait), took)
            held_until = clock.now + told(wait)
            trial.refused += warm
        else:
            pacer.accepted("write", took)
            trial.accepted += warm
    trial.used = trial.accepted / (rate * (seconds - 60))
    return trial


def in_whole_seconds(wait: float) -> float:
    return float(max(1, math.ceil(wait)))


def to_the_tenth(wait: float) -> float:
    return math.ceil(wait * 10) / 10 + 0.25


SERVICES = [(10, 5), (30, 60), (25, 60), (5, 1), (1, 1), (100, 10)]


@pytest.mark.parametrize("told", [in_whole_seconds, to_the_tenth])
@pytest.mark.parametrize("make", [Sliding, Fixed, Bucket])
@pytest.mark.parametrize(("count", "seconds"), SERVICES)
def test_half_of_what_was_configured_is_found_and_held(make, count, seconds, told):
    """After the first minute above 90 % is used and hardly any refused; pauses are kept."""
    clock = Clock()
    pacer = Pacer([Limit("write", 2 * count, seconds)], clock=clock, sleep=clock.sleep)
    rate, service = count / seconds, make(count, seconds)

    trial = attempt(pacer, clock, service, seconds=60 + 1_200, rate=rate, told=told)

    few = 0 if make is Sliding else 8  # windows of a minute that are not sliding take longer
    assert trial.refused <= max(0.01 * trial.accepted, few)
    assert trial.used > 0.9
    assert trial.refused_too_early == 0


@pytest.mark.parametrize("seed", range(6))
def test_requests_that_leave_late_do_not_spoil_what_is_found(seed):
    """The next one keeps its distance; a rate that held is not given up for a single refusal."""
    clock = Clock()
    pacer = Pacer([Limit("write", 20, 1)], clock=clock, sleep=clock.sleep)
    ways = {"rate": 10, "told": in_whole_seconds, "seed": seed, "late": 0.01}

    trial = attempt(pacer, clock, Sliding(10, 1), seconds=60 + 600, **ways)

    assert trial.used > 0.9
    assert trial.refused <= 0.01 * trial.accepted


def test_a_rate_that_held_is_doubted_once_and_given_up_when_it_is_refused_again():
    clock = Clock()
    pacer = Pacer([Limit("write", 20, 1)], clock=clock, sleep=clock.sleep)
    pacer.remember({"write": 9.5})

    pacer.refused("write", 1.0, 0.1)
    clock.now += 5
    assert pacer.rate("write") == 9.5

    pacer.refused("write", 1.0, 0.1)
    assert pacer.rate("write") < 9.5


def test_the_distance_to_a_request_that_left_late_is_kept():
    clock = Clock()
    pacer = Pacer([Limit("write", 20, 1)], clock=clock, sleep=clock.sleep)
    pacer.remember({"write": 10})
    with pacer.slot("write") as leaves:
        clock.now += 0.06
        leaves()
        left = clock.now

    with pacer.slot("write") as leaves:
        leaves()

    assert clock.now >= left + 0.1 - 1e-6


@pytest.mark.parametrize(("window", "wider"), [(1.5, 18), (18, 60)])
def test_a_window_that_was_too_short_is_widened_in_steps(window, wider):
    """What an earlier run found was refused twice: the limit counts over a longer time."""
    search = RateSearch(ceiling=20, held=9.5, rate=9.5, window=window)

    search.refuse(100, 1)
    assert search.window == window
    search.refuse(110, 1)
    assert search.window == wider


def test_what_was_found_is_where_the_next_run_begins():
    """A run that remembers the limit is refused at most once in ten minutes, from the start."""
    clock, service = Clock(), Sliding(30, 60)
    first = Pacer([Limit("write", 60, 60)], clock=clock, sleep=clock.sleep)
    attempt(first, clock, service, seconds=600, rate=0.5, told=in_whole_seconds)
    second = Pacer([Limit("write", 60, 60)], clock=clock, sleep=clock.sleep)
    clock.now += 60

    second.remember(first.found())
    trial = attempt(second, clock, service, seconds=660, rate=0.5, told=in_whole_seconds)

    assert first.found()["write"] == pytest.approx(0.5, rel=0.1)
    assert trial.used > 0.9
    assert trial.refused <= 1


def test_a_limit_that_was_lifted_is_noticed():
    """After ten quiet minutes the rate goes up again, in the end to the configured one."""
    clock = Clock()
    pacer = Pacer([Limit("write", 60, 60)], clock=clock, sleep=clock.sleep)
    pacer.remember({"write": 0.3})

    attempt(pacer, clock, Sliding(60, 60), seconds=3_600, rate=1, told=in_whole_seconds)

    assert pacer.found() == {}
    assert pacer.rate("write") == 1


def test_requests_under_way_when_the_service_refuses_teach_nothing_more():
    """Several refusals of one moment count as one: the rate is not halved for each."""
    clock = Clock()
    pacer = Pacer([Limit("write", 60, 60)], clock=clock, sleep=clock.sleep)
    for _ in range(20):
        pacer.accepted("write", 0.1)
        clock.now += 1
    pacer.refused("write", 1.0, 0.2)
    rate = pacer.rate("write")
    pacer.refused("write", 1.0, 0.2)

    assert pacer.rate("write") == rate


def test_one_refusal_after_few_requests_says_little():
    """Somebody else may have used the limit up: half of the configured rate is tried, no less."""
    clock = Clock()
    pacer = Pacer([Limit("write", 50, 60)], clock=clock, sleep=clock.sleep)
    pacer.accepted("write", 0.1)
    clock.now += 40
    pacer.refused("write", 1.0, 0.1)

    assert pacer.rate("write") == pytest.approx(50 / 60 / 2, rel=0.03)
    assert pacer.found() == {}
