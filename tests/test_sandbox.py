"""The sandbox is as strict as the documents: tests that pass against it mean something."""

from __future__ import annotations

import json
import re

import httpx
import pytest

from pipeline.entities import RESOURCE
from pipeline.sandbox import Sandbox

NEW = {
    "BusinessId": 1410010001,
    "Name": "Room A",
    "SystemResourceType": 1,
    "ResourceTypeId": 1410020001,
    "DisplayOrder": 1,
    "CancellationFeeType": 0,
}
SLOT = {
    "DayOfWeek": 1,
    "FromTime": "1976-01-01T09:00:00Z",
    "ToTime": "1976-01-01T10:00:00Z",
}


@pytest.fixture
def sandbox():
    """A seeded sandbox."""
    with Sandbox.start() as server:
        yield server


@pytest.fixture
def http(sandbox):
    """An administrator's connection to it."""
    login = (sandbox.username, sandbox.password)
    with httpx.Client(base_url=f"{sandbox.url}/api/", auth=login) as client:
        yield client


def create(http: httpx.Client, **more: object) -> dict:
    return dict(http.post("spaces/resources", json={**NEW, **more}).json()["Value"])


def test_a_new_record_is_completed_as_the_service_does(http):
    """Omitted yes/no are false, coordinates 0.0, numbers null, lists empty; names are resolved."""
    record = create(http, TimeSlots=[SLOT])

    assert (record["Visible"], record["Latitude"], record["Allocation"]) == (False, 0.0, None)
    assert (record["Tariffs"], record.get("AddedTariffs")) == ([], None)
    assert (record["BusinessName"], record["ResourceTypeName"]) == ("Harbour House", "Meeting Room")
    assert [{k: s[k] for k in SLOT} for s in record["Timeslots"]] == [SLOT]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z", record["CreatedOn"])
    assert {f.name for f in RESOURCE.fields if f.on_read} <= set(record)


def test_ids_do_not_follow_the_order_of_creation(http):
    """The newest record is not the one with the highest id; names may repeat."""
    ids = [create(http)["Id"] for _ in range(4)]

    assert len(set(ids)) == 4
    assert ids not in (sorted(ids), sorted(ids, reverse=True))


def test_all_errors_come_at_once_under_the_names_of_the_links(http):
    """Every refusal is listed; a missing link is reported without its Id."""
    body = {"SystemResourceType": 8, "Tariffs": [1], "Allocation": "four"}

    reply = http.post("spaces/resources", json=body)

    assert reply.status_code == 400
    assert [(e["PropertyName"], e["Message"]) for e in reply.json()["Errors"]] == [
        ("Business", "is a required field"),
        ("Name", "is a required field"),
        ("SystemResourceType", "is not a valid choice"),
        ("ResourceType", "is a required field"),
        ("DisplayOrder", "is a required field"),
        ("Allocation", "is not valid"),
        ("CancellationFeeType", "is a required field"),
        ("Tariffs", "is not valid"),
    ]


def test_an_update_clears_what_it_leaves_out(http):
    """A missing field is cleared, lists are replaced, Added and Removed change them."""
    record = create(http, Allocation=4, Tariffs=[1410030001], TimeSlots=[SLOT], Visible=True)
    http.put("spaces/resources", json={**NEW, "Id": record["Id"], "AddedTariffs": [1410030002]})

    after = http.get(f"spaces/resources/{record['Id']}").json()

    assert (after["Allocation"], after["Visible"], after["Timeslots"]) == (None, False, [])
    assert after["Tariffs"] == [1410030001, 1410030002]


def test_list_rows_carry_no_lists_and_batches_do(http):
    """Lists stand in whole records only; a read by ids is a bare array."""
    row = http.get("spaces/resources", params={"Resource_Name": "Quay Hot Desks"}).json()
    batch = http.get("spaces/resources/", params={"id": "[1415383302,1]"}).json()

    assert "Tariffs" not in row["Records"][0]
    assert [(each["Id"], each["Tariffs"]) for each in batch] == [
        (1415383302, [1410030001, 1410030003])
    ]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"Resource_Business": 1410010002}, 2),
        ({"Resource_ResourceType": 1410020001}, 2),
        ({"Resource_ResourceType_Name": "Boardroom"}, 1),
        ({"Resource_Projector": "true"}, 1),
        ({"from_Resource_Allocation": 8}, 3),
        ({"to_Resource_Allocation": 4}, 3),
        ({"Resource_Colour": "blue"}, 6),
        ({"Name": "Room Anchor"}, 6),
    ],
)
def test_filters(http, query, count):
    """Documented filters choose; what nobody knows is ignored."""
    assert http.get("spaces/resources", params=query).json()["TotalItems"] == count


def test_tokens(sandbox):
    """The grant is a form; refresh tokens serve once and only their client; JSON is refused."""
    url = f"{sandbox.url}/api/token"
    form = {"grant_type": "password", "username": sandbox.username, "password": sandbox.password}
    granted = httpx.post(url, data=form, headers={"client_id": "a"}).json()
    refresh = {"grant_type": "refresh_token", "refresh_token": granted["refresh_token"]}

    assert httpx.post(url, json=form).json() == {"error": "unsupported_grant_type"}
    assert httpx.post(url, data=refresh, headers={"client_id": "b"}).status_code == 400
    assert httpx.post(url, data=refresh, headers={"client_id": "a"}).status_code == 200
    assert httpx.post(url, data=refresh, headers={"client_id": "a"}).status_code == 400
    assert httpx.get(f"{sandbox.url}/api/auth/me").status_code == 401


def test_roles(sandbox):
    """Without its role a verb is refused with 401, like a dead login."""
    sandbox.add_user("clerk@sandbox.example", "clerk", {"Resource-List"})
    login = ("clerk@sandbox.example", "clerk")
    url = f"{sandbox.url}/api/spaces/resources"

    assert httpx.get(url, auth=login).status_code == 200
    assert httpx.get(f"{url}/1415383201", auth=login).status_code == 401
    assert httpx.post(url, json=NEW, auth=login).status_code == 401


@pytest.mark.parametrize(
    ("style", "status", "header"), [("409", 409, "1"), ("429", 429, "1"), ("429-text", 429, None)]
)
def test_limits_are_enforced(style, status, header):
    """The request too many is refused in the chosen spelling, and is not counted."""
    with Sandbox.start(limits=["write:2/60"]) as server:
        server.front.throttle_style = style
        login = (server.username, server.password)
        replies = [
            httpx.post(f"{server.url}/api/spaces/resources", json=NEW, auth=login) for _ in "abc"
        ]

        assert [each.status_code for each in replies] == [200, 200, status]
        assert (replies[2].headers.get("retry-after") is not None) == (header is not None)
        assert server.refused == 1


def test_a_file_keeps_the_records(tmp_path):
    """What was written is there when the sandbox starts again; the seed is not planted twice."""
    path = tmp_path / "data.sqlite"
    with Sandbox.start(path=path) as server:
        server.put_record({**NEW, "Name": "Kept"})
        before = server.records()
    with Sandbox.start(path=path) as server:
        assert server.records() == before
        assert json.dumps(before).count('"Kept"') == 2  # Name and ToStringText


@pytest.mark.parametrize("text", ["nonsense", "delay", "500-before=1", "drop-after@PATCH"])
def test_a_fault_that_cannot_be_meant(text):
    """A wrong fault is refused with a sentence."""
    with pytest.raises(ValueError, match=re.escape(f"'{text}'")):
        Sandbox.start(faults=[text])
