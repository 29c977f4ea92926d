"""The service in small: over real HTTP, as strict as the documents, wrong on purpose on demand."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipeline.entities import ENTITIES, LOOKUPS
from pipeline.sandbox import Sandbox, fault_words, fill
from pipeline.sandbox.serve import Clocks

ANCHOR, BEACON, DESKS, OFFICE = 1415383201, 1415383301, 1415383302, 1415383202
PATH = "/api/spaces/resources"
BODY: dict[str, Any] = {
    "BusinessId": 1410010001,
    "Name": "Room Cove",
    "SystemResourceType": 1,
    "ResourceTypeId": 1410020001,
    "DisplayOrder": 50,
    "CancellationFeeType": 0,
}
SLOT = {"DayOfWeek": 1, "FromTime": "1976-01-01T09:00:00Z", "ToTime": "1976-01-01T12:00:00Z"}
LATER = {"DayOfWeek": 2, "FromTime": "1976-01-01T13:00:00Z", "ToTime": "1976-01-01T14:00:00Z"}


class Clock:
    """Time that passes only when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox():
    with Sandbox.start() as running:
        yield running


def login(sandbox: Sandbox, **form: str) -> httpx.Response:
    words = {"grant_type": "password", "username": sandbox.username, "password": sandbox.password}
    return httpx.post(f"{sandbox.url}/api/token", data=words | form)


def client(sandbox: Sandbox, **form: str) -> httpx.Client:
    token = login(sandbox, **form).json()["access_token"]
    return httpx.Client(base_url=sandbox.url, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def http(sandbox):
    with client(sandbox) as opened:
        yield opened


def ids(response: httpx.Response) -> list[int]:
    return [each["Id"] for each in response.json()["Records"]]


# ---- logins


def test_a_refresh_token_serves_once_and_for_its_client_id(sandbox):
    """It needs the client_id header of its grant (the email, if none was sent) and then rotates."""

    def ask(form: dict[str, str], client_id: str = "") -> httpx.Response:
        headers = {"client_id": client_id} if client_id else {}
        return httpx.post(f"{sandbox.url}/api/token", data=form, headers=headers)

    words = {"grant_type": "password", "username": sandbox.username, "password": sandbox.password}
    first = ask(words, "app-1").json()
    refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}

    assert ask(refresh).json()["error"] == "invalid_grant"
    second = ask(refresh, "app-1").json()
    assert ask(refresh, "app-1").status_code == 400
    ask(words, "app-2")  # another app: nothing ends
    again = {**refresh, "refresh_token": second["refresh_token"]}
    third = ask(again, "app-1").json()
    ask(words, "app-1")  # the same app: the older refresh token ends
    assert ask({**refresh, "refresh_token": third["refresh_token"]}, "app-1").status_code == 400
    bearer = {"Authorization": f"Bearer {first['access_token']}"}
    assert httpx.get(sandbox.url + PATH, headers=bearer).status_code == 200

    plain = ask(words).json()["refresh_token"]
    assert ask({**refresh, "refresh_token": plain}, sandbox.username).status_code == 200


def test_a_second_factor_is_asked_for(sandbox):
    """A login with a second factor is refused without the right code."""
    sandbox.add_user("two@sandbox.example", "pass", totp="123456")

    def ask(**form: str) -> httpx.Response:
        return login(sandbox, username="two@sandbox.example", password="pass", **form)

    assert ask().json()["error"] == "two_factor_auth_check"
    assert ask(totp="000000").status_code == 400
    assert ask(totp="123456").status_code == 200


def test_a_token_ends(clock):
    """After its seconds a token is answered with 401 and no words."""
    with Sandbox.start(clocks=Clocks(now=clock), token_seconds=10) as sandbox:
        http = client(sandbox)
        assert http.get(PATH).status_code == 200
        clock.now += 10
        late = http.get(PATH)
        assert (late.status_code, late.text) == (401, "")
        http.close()


def test_who_am_i_and_basic_login(sandbox):
    """Name and password serve on every call; two addresses tell who asks."""
    basic = (sandbox.username, sandbox.password)

    for path in ("/api/auth/me", "/en/user/me"):
        me = httpx.get(sandbox.url + path, auth=basic).json()
        assert (me["Email"], me["IsAdmin"], me["APIAccess"]) == (sandbox.username, True, True)
        assert (me["DefaultBusinessId"], me["Businesses"]) == (1410010001, [1410010001, 1410010002])
    assert httpx.get(sandbox.url + PATH, auth=(sandbox.username, "wrong")).status_code == 401
    assert httpx.get(sandbox.url + "/api/auth/me").status_code == 401


@pytest.mark.parametrize(
    ("role", "method", "path"),
    [
        ("Resource-List", "GET", PATH),
        ("Resource-Read", "GET", f"{PATH}/{ANCHOR}"),
        ("Resource-Read", "GET", f"{PATH}/?id=[{ANCHOR}]"),
        ("Resource-Create", "POST", PATH),
        ("Resource-Edit", "PUT", PATH),
        ("Resource-Delete", "DELETE", f"{PATH}/{DESKS}"),
        ("Team-List", "GET", "/api/spaces/teams"),
        ("ResourceTimeSlot-List", "GET", "/api/spaces/resourcetimeslots"),
    ],
)
def test_a_call_needs_its_role(sandbox, role, method, path):
    """With the role the call is let through, without it the answer is 401."""
    sandbox.add_user("with@sandbox.example", "pass", {role})
    sandbox.add_user("without@sandbox.example", "pass", set())
    body = {**BODY, "Id": OFFICE} if method in {"POST", "PUT"} else None

    def ask(who: str) -> int:
        auth = (f"{who}@sandbox.example", "pass")
        return httpx.request(method, sandbox.url + path, json=body, auth=auth).status_code

    assert (ask("with"), ask("without")) == (200, 401)


# ---- reading


def test_pages(sandbox, http):
    """25 rows unless `size` says otherwise, at most max_size; PageSize is ignored; ids ascend."""
    fill(sandbox, 60)
    everything = [each["Id"] for each in sandbox.records()]

    assert ids(http.get(PATH, params={"PageSize": 5, "PageNumber": 2})) == everything[:25]
    assert ids(http.get(PATH, params={"page": 3})) == everything[50:]
    assert ids(http.get(PATH, params={"size": 5000})) == everything
    sandbox.max_size = 40
    second = http.get(PATH, params={"page": 2, "size": 1000})
    assert ids(second) == everything[40:]
    told = {key: value for key, value in second.json().items() if key != "Records"}
    assert told == {
        "CurrentPage": 2,
        "CurrentPageSize": 40,
        "CurrentOrderField": "Id",
        "CurrentSortDirection": 0,
        "FirstItem": 41,
        "LastItem": 66,
        "TotalItems": 66,
        "TotalPages": 2,
        "HasNextPage": False,
        "HasPreviousPage": True,
    }


def test_order(http):
    """dir 0 ascends, 1 descends; a field nobody knows changes nothing."""
    by_name = http.get(PATH, params={"orderBy": "Name", "dir": 1, "size": 2}).json()

    assert [each["Name"] for each in by_name["Records"]] == ["Room Beacon", "Room Anchor"]
    assert (by_name["CurrentOrderField"], by_name["CurrentSortDirection"]) == ("Name", 1)
    assert ids(http.get(PATH, params={"orderBy": "Nonsense", "dir": 0}))[0] == ANCHOR


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"Resource_Business": "1410010002"}, ["Booth Shuttle", "Loom Room"]),
        ({"Resource_BusinessId": "1410010002"}, None),
        ({"Resource_Name": "Room Anchor"}, ["Room Anchor"]),
        ({"Resource_Name": "Room"}, []),
        ({"Name": "Room Anchor"}, None),
        ({"Resource_BusinessName": "Mill Yard"}, ["Booth Shuttle", "Loom Room"]),
        ({"Resource_ResourceType": "1410020002"}, ["Room Beacon"]),
        ({"Resource_ResourceType_Name": "Boardroom"}, ["Room Beacon"]),
        ({"Resource_OnlyForMembers": "true"}, ["Office 1"]),
        ({"Resource_Allocation": "8"}, ["Room Anchor"]),
        ({"from_Resource_Allocation": "12", "to_Resource_Allocation": "13"}, ["Quay Hot Desks"]),
        ({"Id": str(DESKS)}, ["Quay Hot Desks"]),
        ({"from_Resource_CreatedOn": "2026-03-01T10:00", "Resource_Allocation": "8"}, []),
        ({"to_Resource_CreatedOn": "2026-02-28T09:30:00Z", "Id": str(ANCHOR)}, ["Room Anchor"]),
        ({"to_Resource_CreatedOn": "2026-02-28T09:29", "Id": str(ANCHOR)}, []),
    ],
)
def test_filters(query, found):
    """Filters are exact, links lose their Id, ranges include their ends, the unknown is ignored."""
    with Sandbox.start(clocks=Clocks(wall=lambda: datetime(2026, 2, 28, 9, 30, tzinfo=UTC))) as box:
        everything = sorted(each["Name"] for each in box.records())
        with client(box) as http:
            rows = http.get(PATH, params=query).json()["Records"]

    assert sorted(each["Name"] for each in rows) == (everything if found is None else found)


def test_whole_records_and_rows(sandbox, http):
    """Rows omit the lists; get-one and batch carry them, time slots spelt Timeslots."""
    one = http.get(f"{PATH}/{OFFICE}").json()
    lists = {key for key, value in one.items() if isinstance(value, list)}
    changes = {key for key in one if key.startswith(("Added", "Removed"))}

    assert one == next(each for each in sandbox.records() if each["Id"] == OFFICE)
    assert lists == {
        "Tariffs",
        "Teams",
        "LinkedResources",
        "BookingAvailabilityExceptions",
        "Timeslots",
    }
    assert [one[key] for key in changes] == [None] * 8
    assert (one["ToStringText"], one["LinkedResourceIds"]) == ("Office 1", None)
    row = http.get(PATH, params={"Id": OFFICE}).json()["Records"][0]
    assert row == {key: one[key] for key in one if key not in lists | changes}
    batch = http.get(f"{PATH}/?id=[{OFFICE},1,{ANCHOR}]").json()
    assert [each["Id"] for each in batch] == [ANCHOR, OFFICE]
    assert batch[1] == one
    sandbox.slots_on_read = False
    assert "Timeslots" not in http.get(f"{PATH}/{ANCHOR}").json()
    sandbox.batch_envelope = True
    assert ids(http.get(f"{PATH}/?id=[{OFFICE},{ANCHOR}]")) == [ANCHOR, OFFICE]


def test_time_slots_have_a_list_of_their_own(http):
    """Each time slot is a record with its resource, filtered by it."""
    path = "/api/spaces/resourcetimeslots"
    mine = http.get(path, params={"ResourceTimeSlot_Resource": ANCHOR}).json()["Records"]
    monday = http.get(path, params={"ResourceTimeSlot_DayOfWeek": 1}).json()["Records"]

    assert [(each["ResourceId"], each["DayOfWeek"]) for each in mine] == [
        (ANCHOR, day) for day in range(1, 6)
    ]
    assert monday == mine[:1]
    assert http.get(f"{path}/{mine[0]['Id']}").json() == mine[0]
    assert ids(http.get(path, params={"ResourceTimeSlot_Resource": BEACON})) == []


@pytest.mark.parametrize(
    "lookup", [LOOKUPS[name] for name in sorted(LOOKUPS.keys() - ENTITIES.keys())]
)
def test_look_ups_are_read_only(http, lookup):
    """Each look-up lists, reads one and reads by ids; other verbs are 405."""
    path = f"/api/{lookup.path}"
    rows = http.get(path).json()["Records"]
    number = rows[0]["Id"]

    assert rows[0][lookup.label] == http.get(f"{path}/{number}").json()[lookup.label]
    assert [each["Id"] for each in http.get(path, params={"id": f"[{number}]"}).json()] == [number]
    statuses = {http.post(path, json={}), http.put(path, json={}), http.delete(f"{path}/{number}")}
    assert {each.status_code for each in statuses} == {405}


def test_both_locations_have_the_same_type_names(http):
    """A type's name alone does not say which one is meant."""
    path = "/api/spaces/resourcetypes"
    found = http.get(path, params={"ResourceType_Name": "Boardroom"}).json()["Records"]
    here = http.get(path, params={"ResourceType_Business": 1410010002}).json()["Records"]

    assert [each["Id"] for each in found] == [1410020002, 1410020102]
    assert [each["Name"] for each in here][:2] == ["Meeting Room", "Boardroom"]


def test_a_long_query_is_not_found(sandbox, http):
    """A query above max_query characters is a 404 with a page of HTML, as IIS answers."""
    sandbox.max_query = 50

    assert http.get(f"{PATH}?id=[{ANCHOR}]").status_code == 200
    reply = http.get(f"{PATH}?id=[{','.join([str(ANCHOR)] * 5)}]")
    assert (reply.status_code, reply.text[:9]) == (404, "<!DOCTYPE")


# ---- writing


def test_a_create_answers_the_whole_record(sandbox, http):
    """Left-out flags are false, coordinates 0.0, numbers null, lists empty; secrets stay inside."""
    value = http.post(PATH, json={**BODY, "TimeSlots": [SLOT], "Nonsense": 1, "Id": 5}).json()
    record = value["Value"]
    stored = sandbox.records()[-1]

    assert (value["WasSuccessful"], value["Errors"]) == (True, None)
    assert record == {key: stored[key] for key in stored if not key.startswith("Zoom")} | {
        "ZoomUserId": None
    }
    assert [stored[key] for key in ("Visible", "Latitude", "Allocation", "Tariffs")] == [
        False,
        0.0,
        None,
        [],
    ]
    assert (stored["BusinessName"], stored["ResourceTypeName"]) == ("Harbour House", "Meeting Room")
    assert stored["Timeslots"] == [SLOT]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z", stored["CreatedOn"])
    assert (stored["UpdatedBy"], len(stored["UniqueId"])) == (sandbox.username, 36)
    assert "Nonsense" not in stored


def test_ids_have_ten_digits_and_no_order(http):
    """Ids are not in the order of creation; a name may be given twice."""
    made = [http.post(PATH, json=BODY).json()["Value"]["Id"] for _ in range(8)]

    assert len(set(made)) == 8
    assert made != sorted(made)
    assert {len(str(each)) for each in made} == {10}


@pytest.mark.parametrize(
    ("change", "name", "message"),
    [
        ({"Name": "  "}, "Name", "is a required field"),
        ({"BusinessId": None}, "Business", "is a required field"),
        ({"ResourceTypeId": 7}, "ResourceTypeId", "is not valid"),
        ({"SystemResourceType": 8}, "SystemResourceType", "is not valid"),
        ({"DisplayOrder": 1.5}, "DisplayOrder", "is not valid"),
        ({"DisplayOrder": "1"}, "DisplayOrder", "is not valid"),
        ({"Visible": 1}, "Visible", "is not valid"),
        ({"Description": 1}, "Description", "is not valid"),
        ({"Tariffs": [1410030001, 7]}, "Tariffs", "is not valid"),
        ({"Tariffs": "1410030001"}, "Tariffs", "is not valid"),
        ({"CancellationFeeAmount": True}, "CancellationFeeAmount", "is not valid"),
        ({"LastCleanedAt": "yesterday"}, "LastCleanedAt", "is not valid"),
        ({"TimeSlots": {}}, "TimeSlots", "is not valid"),
        ({"TimeSlots": [1]}, "TimeSlots[0]", "is not valid"),
        ({"TimeSlots": [{**SLOT, "DayOfWeek": 7}]}, "TimeSlots[0].DayOfWeek", "is not valid"),
        ({"TimeSlots": [{**SLOT, "ToTime": None}]}, "TimeSlots[0].ToTime", "is a required field"),
    ],
)
def test_what_is_refused(sandbox, http, change, name, message):
    """A failure names its property; nothing is stored, by a create or an update."""
    before = sandbox.records()

    for reply in (
        http.post(PATH, json={**BODY, **change}),
        http.put(PATH, json={**BODY, **change, "Id": OFFICE}),
    ):
        body = reply.json()
        assert (reply.status_code, body["WasSuccessful"], body["Value"]) == (400, False, None)
        assert body["Message"] == f"{name}: {message}"
        assert [(each["PropertyName"], each["Message"]) for each in body["Errors"]] == [
            (name, message)
        ]
    assert sandbox.records() == before


def test_all_failures_come_at_once(http):
    """An empty body is told all six required fields."""
    errors = http.post(PATH, json={}).json()["Errors"]

    assert [each["PropertyName"] for each in errors] == [
        "Business",
        "Name",
        "SystemResourceType",
        "ResourceType",
        "DisplayOrder",
        "CancellationFeeType",
    ]


@pytest.mark.parametrize("content", [b"[]", b"{", b'{"Name": NaN}'])
def test_a_body_that_is_no_object(http, content):
    """What is no JSON object is a 400."""
    headers = {"Content-Type": "application/json"}

    assert http.post(PATH, content=content, headers=headers).status_code == 400


def test_an_update_clears_what_is_missing(sandbox, http):
    """Fields left out are emptied, lists too; the service's own facts stay."""
    before = next(each for each in sandbox.records() if each["Id"] == OFFICE)
    reply = http.put(PATH, json={**BODY, "Id": OFFICE}).json()
    after = next(each for each in sandbox.records() if each["Id"] == OFFICE)

    assert reply["Value"] == {"Id": OFFICE}
    assert (before["Tariffs"], after["Tariffs"]) == ([1410030003, 1410030004], [])
    assert (after["OnlyForMembers"], after["Allocation"], after["Visible"]) == (False, None, False)
    kept = ("Id", "UniqueId", "CreatedOn", "SystemId")
    assert [after[key] for key in kept] == [before[key] for key in kept]
    assert http.put(PATH, json={**BODY, "Id": 7}).json() == "Not found"
    assert http.put(PATH, json=BODY).json()["Message"] == "Id: is a required field"


def test_an_echoed_record_changes_nothing(sandbox, http):
    """Get, put back with the slots under their written name: all as before."""
    extras = {"LocalizationDetails": "[1]", "CustomFields": "{}", "SystemId": "ours-1"}
    sandbox.put_record("Resource", {"Id": ANCHOR, **extras})
    before = sandbox.records()
    record = http.get(f"{PATH}/{ANCHOR}").json()

    assert http.put(PATH, json={**record, "TimeSlots": record["Timeslots"]}).status_code == 200
    after = sandbox.records()
    after[0]["UpdatedOn"] = before[0]["UpdatedOn"]
    assert after == before
    http.put(PATH, json={**BODY, "Id": ANCHOR})
    bare = sandbox.records()[0]
    assert [bare[key] for key in extras] == [None, None, "ours-1"]


def test_lists_are_replaced_or_changed(http):
    """A list replaces; AddedX and RemovedX change the one sent, or else the one stored."""

    def tariffs(**change: Any) -> list[int]:
        http.put(PATH, json={**BODY, "Id": OFFICE, **change})
        return list(http.get(f"{PATH}/{OFFICE}").json()["Tariffs"])

    assert tariffs(Tariffs=[1410030001]) == [1410030001]
    assert tariffs(AddedTariffs=[1410030002]) == [1410030001, 1410030002]
    assert tariffs(RemovedTariffs=[1410030001]) == [1410030002]
    assert tariffs(Tariffs=[1410030001], AddedTariffs=[1410030003]) == [1410030001, 1410030003]
    assert tariffs(Tariffs=[1410030001], AddedTariffs=None) == [1410030001]


@pytest.mark.parametrize(
    ("mode", "given", "absent"),
    [
        ("replace", [LATER], []),
        ("append", [SLOT, LATER], [SLOT]),
        ("keep", [LATER], [SLOT]),
    ],
)
def test_what_an_update_does_with_time_slots(sandbox, http, mode, given, absent):
    """Three ways the service may behave, when slots are sent and when they are not."""
    sandbox.slots_mode = mode

    def after(**change: Any) -> list[Any]:
        sandbox.put_record("Resource", {"Id": ANCHOR, "Timeslots": [SLOT]})
        http.put(PATH, json={**BODY, "Id": ANCHOR, **change})
        return list(http.get(f"{PATH}/{ANCHOR}").json()["Timeslots"])

    assert (after(TimeSlots=[LATER]), after()) == (given, absent)


def test_pictures(http):
    """A new address sets the file's name and reads back null; clearing removes it."""

    def picture(**change: Any) -> list[Any]:
        http.put(PATH, json={**BODY, "Id": OFFICE, **change})
        record = http.get(f"{PATH}/{OFFICE}").json()
        return [record[key] for key in ("PictureFileName", "NewPictureUrl", "ClearPictureFile")]

    assert picture(NewPictureUrl="https://files.example/a/b.png?x=1") == ["b.png", None, False]
    assert picture() == ["b.png", None, False]
    assert picture(ClearPictureFile=True) == [None, None, False]


def test_deleting(sandbox, http):
    """What others link to stays; what is gone is 404."""
    sandbox.put_record("Resource", {"Id": OFFICE, "LinkedResources": [DESKS, ANCHOR]})

    assert http.get(f"{PATH}/{OFFICE}").json()["LinkedResourceIds"] == f"{DESKS},{ANCHOR}"
    refused = http.delete(f"{PATH}/{DESKS}")
    assert (refused.status_code, refused.json()["WasSuccessful"]) == (200, False)
    assert refused.json()["Message"].startswith("You must delete all ")
    assert http.delete(f"{PATH}/{OFFICE}").json()["WasSuccessful"] is True
    assert http.delete(f"{PATH}/{OFFICE}").status_code == 404
    assert http.delete(f"{PATH}/{DESKS}").json()["WasSuccessful"] is True


# ---- limits


def test_a_limit_is_a_sliding_window_and_refusals_do_not_count(clock):
    """The third write within ten seconds waits for the first to leave; the token request counts."""
    clocks = Clocks(now=clock)
    with Sandbox.start(limits=["write:2/10"], clocks=clocks) as sandbox, client(sandbox) as http:
        clock.now += 4
        assert http.post(PATH, json=BODY).status_code == 200
        for _ in range(3):
            refused = http.post(PATH, json=BODY)
            assert (refused.status_code, refused.headers["Retry-After"]) == (409, "6")
            assert refused.content == b""
        assert http.get(PATH).status_code == 200
        clock.now += 6
        assert http.post(PATH, json=BODY).status_code == 200
        assert http.post(PATH, json=BODY).headers["Retry-After"] == "4"
        assert (sandbox.refused, len(sandbox.records())) == (4, 8)


@pytest.mark.parametrize(
    ("style", "status", "header", "text"),
    [
        ("409", 409, "1", ""),
        ("429", 429, "1", ""),
        ("429-text", 429, None, "Wait 0.8 seconds"),
        ("503", 503, "1", ""),
    ],
)
def test_four_ways_to_say_wait(clock, style, status, header, text):
    """Both the limits and the fault `throttle` know each of them."""
    clocks = Clocks(now=clock)
    started = Sandbox.start(limits=["read:1/0.8"], throttle_style=style, clocks=clocks)
    with started as sandbox, client(sandbox) as http:
        http.get(PATH)
        by_limit = http.get(PATH)
        clock.now += 1
        sandbox.add_fault(f"throttle={style}")
        by_fault = http.get(PATH)
        for reply in (by_limit, by_fault):
            told = reply.status_code, reply.headers.get("Retry-After"), reply.text
            assert told == (status, header, text)
        assert http.get(PATH).status_code == 200
        assert sandbox.refused == 2


def test_none_lifts_all_limits():
    """As an account's --limit has it: nothing is refused. Beside another it is no limit."""
    with Sandbox.start(limits=["none"]) as sandbox, client(sandbox) as http:
        assert [http.get(PATH).status_code for _ in range(5)] == [200] * 5
        assert sandbox.refused == 0

    with pytest.raises(ValueError, match="limit 'none' is not one"):
        Sandbox.start(limits=["none", "write:5/1"])


@pytest.mark.parametrize("text", ["write", "write:0/1", "write:5/0", "put:5/1", "write:5/1s", ""])
def test_a_wrong_limit_is_told(text):
    """The sentence names the form and the kinds."""
    with pytest.raises(ValueError, match="Write KIND:COUNT/SECONDS, such as write:60/60") as caught:
        Sandbox.start(limits=[text])
    assert "all, read, write" in str(caught.value)


# ---- faults


@pytest.mark.parametrize(
    ("fault", "status", "stored"),
    [
        ("500-before", 500, 0),
        ("500-after", 500, 1),
        ("ooops", 400, 0),
        ("503-html", 503, 0),
        ("html", 200, 1),
        ("not-successful", 200, 0),
        ("cut-json", 200, 1),
        ("forbid", 401, 0),
        ("revoke", 401, 0),
        ("throttle=409", 409, 0),
        ("drop-before", None, 0),
        ("drop-after", None, 1),
    ],
)
def test_each_fault_stores_or_not_and_answers_so(sandbox, http, fault, status, stored):
    """What a client hears, and what was really done."""
    before = len(sandbox.records())
    sandbox.add_fault(f"{fault}@POST")
    sandbox.requests.clear()

    if status is None:
        with pytest.raises(httpx.RemoteProtocolError):
            http.post(PATH, json=BODY)
    else:
        assert http.post(PATH, json=BODY).status_code == status

    assert len(sandbox.records()) - before == stored
    assert [(each.method, each.status) for each in sandbox.requests] == [("POST", status or 0)]
    next_status = 401 if fault == "revoke" else 200
    assert http.post(PATH, json=BODY).status_code == next_status


def test_what_broken_bodies_look_like(sandbox, http):
    """HTML and cut JSON cannot be read; the Ooops text and a failed success can."""
    for fault in ("html", "cut-json", "503-html"):
        sandbox.add_fault(fault)
        with pytest.raises(json.JSONDecodeError):
            http.get(PATH).json()
    sandbox.add_fault("ooops")
    assert http.get(PATH).json()["Message"].startswith("Ooops! There was a problem")
    sandbox.add_fault("not-successful")
    assert http.get(PATH).json()["WasSuccessful"] is False


def test_count_skip_and_verb(sandbox, http):
    """SKIP requests pass, COUNT are hit, other verbs and the token request never are."""
    sandbox.add_fault("500-before@POST*2+1")
    sandbox.add_fault("forbid@PUT*always")

    assert [http.post(PATH, json=BODY).status_code for _ in range(4)] == [200, 500, 500, 200]
    assert [http.put(PATH, json={}).status_code for _ in range(3)] == [401] * 3
    assert http.get(PATH).status_code == 200
    sandbox.clear_faults()
    assert http.put(PATH, json={}).status_code == 400
    sandbox.add_fault("500-before*always")
    assert login(sandbox).status_code == 200


def test_two_faults_befall_two_requests(sandbox, http):
    """Of faults that answer only one strikes at a time; the other waits for the next request."""
    sandbox.add_fault("500-before")
    sandbox.add_fault("ooops")

    assert [http.get(PATH).status_code for _ in range(3)] == [500, 400, 200]


def test_delay_and_lag(clock):
    """A delayed answer is stored first; a record that lags is read only later, but is there."""
    clocks = Clocks(now=clock, sleep=clock.sleep)
    with Sandbox.start(clocks=clocks, faults=["delay=7@POST", "lag=30"]) as sandbox:
        http = client(sandbox)
        number = http.post(PATH, json=BODY).json()["Value"]["Id"]
        assert clock.now == 107.0
        assert number in [each["Id"] for each in sandbox.records()]

        def seen() -> tuple[bool, bool, int]:
            batch = http.get(f"{PATH}/?id=[{number}]").json()
            return bool(batch), number in ids(http.get(PATH)), _status(http, number)

        assert seen() == (False, False, 404)
        clock.now += 30
        assert seen() == (True, True, 200)
        http.close()


def _status(http: httpx.Client, number: int) -> int:
    return http.get(f"{PATH}/{number}").status_code


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nonsense", "NAME is 500-before, 500-after"),
        ("500-before@PATCH", "VERB is one of GET, POST, PUT, DELETE"),
        ("500-before=3", "write it as 500-before"),
        ("delay", "write it as delay=SECONDS"),
        ("delay=soon", "write it as delay=SECONDS"),
        ("throttle=404", "write it as throttle=409|429|429-text|503"),
        ("html*0", "NAME is 500-before, 500-after"),
    ],
)
def test_a_wrong_fault_is_told(text, words):
    """The sentence names the text and what would be right."""
    with pytest.raises(ValueError, match=re.escape(words)) as caught:
        Sandbox.start(faults=[text])
    assert f"fault '{text}'" in str(caught.value)


def test_the_list_of_faults_names_all(sandbox):
    """Every fault of the list can be armed as it stands there."""
    names = [line.split()[0] for line in fault_words().splitlines()[1:]]

    assert len(names) == 16
    for name in names:
        sandbox.add_fault(name.replace("SECONDS", "1").partition("|")[0])


# ---- the process


def test_the_log_tells_what_was_asked(sandbox, http):
    """Method, path with query, status and a write's body, in order."""
    sandbox.requests.clear()
    http.get(PATH, params={"page": 2})
    http.post(PATH, json={"Name": "x"})

    assert [(each.method, each.path, each.status, each.body) for each in sandbox.requests] == [
        ("GET", f"{PATH}?page=2", 200, None),
        ("POST", PATH, 400, {"Name": "x"}),
    ]
    assert sandbox.requests[0].at < sandbox.requests[1].at


def test_connections_stay_open(http):
    """Requests follow one another on one connection."""
    streams = {
        http.get(PATH).extensions["network_stream"].get_extra_info("client_addr") for _ in range(5)
    }

    assert len(streams) == 1


def test_records_outlive_the_process_in_a_file(tmp_path):
    """A second start finds what the first stored, and never gives out its ids again."""
    path = tmp_path / "records.sqlite"
    with Sandbox.start(path=path) as first, client(first) as http:
        made = http.post(PATH, json=BODY).json()["Value"]["Id"]
        before = first.records()
    with Sandbox.start(path=path) as second, client(second) as http:
        assert second.records() == before
        second.delete_record("Resource", made)
        assert http.post(PATH, json=BODY).json()["Value"]["Id"] != made


def test_nothing_is_seeded_when_not_asked_for():
    """Without a seed the account is empty."""
    with Sandbox.start(seed=False) as sandbox:
        assert (sandbox.records(), sandbox.records("Business")) == ([], [])


def test_a_port_that_is_taken(sandbox):
    """Starting on it is an OSError, as a command expects."""
    with pytest.raises(OSError, match="in use"):
        Sandbox.start(port=int(sandbox.url.rpartition(":")[2]))


def test_stopping_twice_and_what_is_seen_then():
    """A second stop does nothing; nobody answers any more."""
    sandbox = Sandbox.start()
    http = client(sandbox)
    sandbox.stop()
    sandbox.stop()

    with pytest.raises(httpx.TransportError):
        http.get(PATH)
    http.close()


SERVE = """
import sys
from pathlib import Path
from pipeline.sandbox import serve
serve(path=Path(sys.argv[1]), faults=sys.argv[2:], ready=lambda *words: print(*words, flush=True))
"""


def start_process(path: Path, *faults: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SERVE, str(path), *faults]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serving_ends_cleanly_when_told(tmp_path, number):
    """The command's process says nothing of its own and ends with 0."""
    with start_process(tmp_path / "r.sqlite") as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[0]
        assert httpx.get(url + PATH).status_code == 401
        process.send_signal(number)
        assert process.communicate(timeout=10) == ("", "")
    assert process.returncode == 0


def test_a_process_that_dies_has_kept_the_record(tmp_path):
    """`die` ends the process after storing: the record is in the file."""
    path = tmp_path / "r.sqlite"
    with start_process(path, "die@POST") as process:
        assert process.stdout is not None
        url, *login_words = process.stdout.readline().split()
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.post(url + PATH, json=BODY, auth=(login_words[0], login_words[1]))
        process.communicate(timeout=10)
    assert process.returncode == 9
    with Sandbox.start(path=path) as sandbox:
        assert sandbox.records()[-1]["Name"] == BODY["Name"]
