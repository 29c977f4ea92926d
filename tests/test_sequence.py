"""The order in which rows that link to each other are sent, and who is sent twice. Pure."""

from __future__ import annotations

import time

import pytest

from pipeline.planning.plan import Change
from pipeline.planning.sequence import in_sequence


def create(row: int, *needs: int) -> Change:
    return Change(row, "create", f"Room {row}", links={"Links": needs} if needs else {})


BEHIND = [create(row, 20) for row in range(2, 12)]


def update(row: int, *needs: int) -> Change:
    return Change(row, "update", f"Room {row}", record_id=row, links={"Links": needs})


@pytest.mark.parametrize(
    ("changes", "order", "twice"),
    [
        ([create(2), update(3), create(4)], [2, 3, 4], set()),
        ([create(2, 4), create(3), create(4)], [3, 4, 2], set()),
        ([create(2, 3), create(3, 4), create(4), create(5)], [4, 3, 2, 5], set()),
        ([update(2, 3), create(3), update(4, 2)], [3, 2, 4], set()),
        ([create(2, 3), create(3, 2)], [2, 3], {2}),
        ([create(2, 2), create(3, 2)], [2, 3], {2}),
        # three parts and their hall: the hall alone is on every circle
        ([create(2, 5), create(3, 5), create(4, 5), create(5, 2, 3, 4)], [5, 2, 3, 4], {5}),
        # ten rows behind a pair: who is on no circle is not sent twice
        (
            [*BEHIND, create(20, 30), create(30, 31), create(31, 30)],
            [30, 20, *range(2, 12), 31],
            {30},
        ),
        # everyone with everyone: all but one
        ([create(2, 3, 4), create(3, 2, 4), create(4, 2, 3)], [2, 3, 4], {2, 3}),
    ],
)
def test_who_is_linked_to_goes_first_and_few_go_twice(changes, order, twice):
    """Sheet order but for links; a circle is opened where most rows hang on one."""
    found = in_sequence(changes)

    assert ([each.row for each in found.changes], found.twice) == (order, twice)


def test_what_is_created_already_is_waited_for_by_nobody():
    """Going on: a record that only lacks links has its id; rows that ended are not there."""
    half_done = Change(2, "create", "Hall", record_id=9, links={"Links": (3,)})

    found = in_sequence([half_done, create(3, 2, 99)])

    assert ([each.row for each in found.changes], found.twice) == ([3, 2], frozenset())


def test_thousands_of_pairs_are_sorted_at_once():
    """5,000 rows that link both ways, and a chain of 5,000, each at once."""
    pairs = [create(row, row ^ 1) for row in range(2, 5002)]
    chain = [create(row, row + 1) for row in range(2, 5001)] + [create(5001)]
    began = time.perf_counter()

    found = in_sequence(pairs), in_sequence(chain)

    assert time.perf_counter() - began < 3  # it takes some 0.1 s
    assert [len(each.twice) for each in found] == [2500, 0]
    assert [each.row for each in found[1].changes] == list(range(5001, 1, -1))
