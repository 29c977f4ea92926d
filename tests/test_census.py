"""A listing read until it adds up, whatever moves meanwhile (issue 4, completeness)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpx
import pytest

from pipeline.api.census import Census
from pipeline.api.client import Client, connect
from pipeline.config import Settings
from pipeline.entities import RESOURCE
from pipeline.sandbox import Sandbox

PAGE = 10  # rows the sandbox grants


@pytest.fixture
def client(sandbox: Sandbox, tmp_path, skipping) -> Iterator[Client]:
    settings = Settings(
        base_url=sandbox.url,
        username=sandbox.username,
        password=sandbox.password,
        limits=(),
        home=tmp_path,
    )
    with connect(settings, skipping.clocks) as found:
        yield found


def fill(sandbox: Sandbox, count: int) -> list[int]:
    """Hold nothing but `count` rooms that are a day old; returns their ids."""
    sandbox.max_size = PAGE
    for each in sandbox.records():
        sandbox.delete_record("Resource", each["Id"])
    rooms = [old(1_000 + number) for number in range(count)]
    return [each["Id"] for each in sandbox.put_records("Resource", rooms)]


def old(number: int) -> dict[str, object]:
    return {"Id": number, "Name": f"Room {number}", "CreatedOn": "2026-01-05T08:00:00Z"}


def meanwhile(sandbox: Sandbox, on_listing: int, act: Callable[[], None]) -> None:
    """Let somebody act just before the answer of the n-th request of a listing."""
    seen = 0

    def watch(path: str) -> None:
        nonlocal seen
        seen += "orderBy=Id" in path
        if seen == on_listing and "orderBy=Id" in path:
            act()

    sandbox.meanwhile = watch


def census(client: Client, sandbox: Sandbox, **filters: str) -> Census:
    began = datetime.fromtimestamp(client.clocks.wall(), UTC)
    return Census(client, RESOURCE, filters, began)


def ids(subject: Census) -> list[int]:
    return [row["Id"] for row in subject.rows()]


def test_a_quiet_listing_is_read_once(sandbox, client):
    """Every page once, and one question whether anything was added meanwhile."""
    rooms = fill(sandbox, 25)
    subject = census(client, sandbox)

    assert ids(subject) == rooms
    assert (subject.settled, subject.announced, subject.pages, subject.reread) == (True, 25, 3, 0)
    assert len([each for each in sandbox.requests if "orderBy" in each.path]) == 4


def test_a_row_that_slips_to_a_page_read_before_is_found(sandbox, client):
    """A room deleted on the first page moves another one there: it comes all the same, once."""
    rooms = fill(sandbox, 25)
    meanwhile(sandbox, 2, lambda: sandbox.delete_record("Resource", rooms[0]))
    subject = census(client, sandbox)

    assert sorted(ids(subject)) == rooms
    assert subject.found_again == [rooms[10]]
    assert (subject.settled, subject.announced, subject.reread) == (True, 24, 1)


def test_deleting_and_adding_as_many_is_noticed(sandbox, client):
    """The total stays the same, and the row that slipped between the pages is found anyway."""
    rooms = fill(sandbox, 25)

    def act() -> None:
        sandbox.delete_record("Resource", rooms[0])
        sandbox.put_record("Resource", {"Id": 5_000, "Name": "New room"})

    meanwhile(sandbox, 2, act)
    subject = census(client, sandbox)

    assert sorted(ids(subject)) == [*rooms, 5_000]
    assert (subject.found_again, subject.added) == ([rooms[10]], [5_000])
    assert subject.settled


def test_a_room_added_in_the_middle_comes_once(sandbox, client):
    """Ids are not in the order of creation: rows move on by one, and none is doubled."""
    rooms = fill(sandbox, 25)
    meanwhile(
        sandbox, 2, lambda: sandbox.put_record("Resource", {"Id": 999, "Name": "First of all"})
    )
    subject = census(client, sandbox)

    assert sorted(ids(subject)) == [999, *rooms]
    assert (subject.added, subject.announced, subject.settled) == ([999], 26, True)


def test_a_listing_that_never_holds_still_is_not_settled(sandbox, client):
    """After four readings nothing is certain, and that is said."""
    fill(sandbox, 25)
    number = iter(range(10_000, 99_999))

    def watch(path: str) -> None:
        if "orderBy=Id" in path and "page=2" in path:
            sandbox.put_record("Resource", old(next(number)))

    sandbox.meanwhile = watch
    subject = census(client, sandbox)

    assert len(ids(subject)) == 29
    assert not subject.settled
    assert subject.reread == 3


def test_fewer_rows_than_announced_are_not_settled(tmp_path):
    """A service that announces more than it lists is not taken at its word."""
    page = {"CurrentPage": 1, "CurrentPageSize": 1000, "TotalPages": 1, "HasNextPage": False}
    rows = [{"Id": number} for number in range(1, 6)]

    def server(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/token"):
            return httpx.Response(200, json={"access_token": "t", "expires_in": 9_999})
        return httpx.Response(200, json={**page, "Records": rows, "TotalItems": 7})

    settings = Settings("http://127.0.0.1:1", "ops@site.example", "pw", limits=(), home=tmp_path)
    with Client(settings, transport=httpx.MockTransport(server)) as client:
        subject = Census(client, RESOURCE, {}, datetime(2026, 11, 21, tzinfo=UTC))

        assert [row["Id"] for row in subject.rows()] == [1, 2, 3, 4, 5]
    assert (subject.settled, subject.announced, subject.reread) == (False, 7, 3)
