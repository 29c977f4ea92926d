"""The client: retries only what may be repeated, renews tokens once, asserts what it is told."""

from __future__ import annotations

import gc
import gzip
import json
import os
import threading
import weakref
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest

from pipeline.api import reading
from pipeline.api.client import Client, connect
from pipeline.api.replies import Verdict
from pipeline.api.wire import Wire
from pipeline.clocks import Clocks
from pipeline.config import Settings
from pipeline.entities import RESOURCE
from pipeline.errors import (
    CredentialsError,
    ProtocolError,
    StoppedError,
    UnreachableError,
    UsageError,
)

CREATED = {"Status": 200, "Value": {"Id": 1415383201}, "WasSuccessful": True}
ME = {"Id": 1, "IsAdmin": True}


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def client(tmp_path: Path) -> Callable[..., Client]:
    """Make a client whose server is a function from request to response."""

    def make(server: Callable[[httpx.Request], httpx.Response], **settings: object) -> Client:
        clock = Clock()
        chosen = {"token": "t-0", "limits": (), "home": tmp_path / "home", **settings}
        return Client(
            Settings(base_url="https://api.example", **chosen),  # type: ignore[arg-type]
            transport=httpx.MockTransport(server),
            clocks=Clocks(monotonic=clock),
            sleep=clock.sleep,
        )

    return make


def script(*replies: httpx.Response | Exception) -> tuple[Callable, list[httpx.Request]]:
    """Make a server that gives these replies in turn, and the list of what it was asked."""
    asked: list[httpx.Request] = []
    left = iter(replies)

    def server(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        reply = next(left)
        if isinstance(reply, Exception):
            raise reply
        return reply

    return server, asked


def test_every_request_says_who_asks(client):
    """User-Agent, Accept and the token stand in each request; the payload is JSON as it is."""
    server, asked = script(httpx.Response(200, json=CREATED))

    answer = client(server).send("POST", "spaces/resources", payload={"Name": "Röum"})

    assert answer.verdict is Verdict.DONE
    assert answer.reply.record_id == 1415383201
    assert str(asked[0].url) == "https://api.example/api/spaces/resources"
    assert asked[0].headers["user-agent"].startswith("nexudus-bulk/")
    assert asked[0].headers["accept"] == "application/json"
    assert asked[0].headers["authorization"] == "Bearer t-0"
    assert json.loads(asked[0].content) == {"Name": "Röum"}


def test_a_session_that_the_service_opens_is_shown_again(client):
    """A cookie of an answer goes back with what is asked next: it is one visitor."""
    session = {"set-cookie": "session=s-1; Path=/"}
    server, asked = script(httpx.Response(200, json=ME, headers=session), httpx.Response(200))
    subject = client(server)

    subject.get("auth/me")
    subject.get("auth/me")

    assert [each.headers.get("cookie") for each in asked] == [None, "session=s-1"]


def test_requests_with_other_headers_never_get_those_of_the_one_before(tmp_path):
    """Headers are kept from one request to the next: a renewed token must not meet the old one."""
    server, asked = script(*[httpx.Response(200) for _ in range(4)])
    wire = Wire(Settings(base_url="https://api.example"), httpx.MockTransport(server))

    for token in ("a-1", "a-1", "a-2"):
        wire.send("POST", "spaces/resources", content=b"{}", headers={"Authorization": token})
    wire.send("GET", "auth/me", headers={"Authorization": "a-2"})

    assert [each.headers["authorization"] for each in asked] == ["a-1", "a-1", "a-2", "a-2"]
    assert [each.headers.get("content-length") for each in asked] == ["2", "2", "2", None]


def test_a_packed_answer_is_unpacked(client):
    """What the request says it understands is understood."""
    packed = gzip.compress(json.dumps(ME).encode())
    server, asked = script(
        httpx.Response(200, content=packed, headers={"content-encoding": "gzip"})
    )

    assert client(server).get("auth/me") == ME
    assert "gzip" in asked[0].headers["accept-encoding"]


@pytest.fixture
def proxy() -> Iterator[tuple[str, list[str]]]:
    """Serve as a proxy that answers itself: its address, and what it is asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"127.0.0.1:{server.server_port}", asked
        server.shutdown()


def test_one_connection_serves_one_request_after_another(tmp_path):
    """Opening one for each would take a round trip, and under TLS three, of every row."""
    callers: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # keeps a connection open

        def do_GET(self) -> None:
            callers.append(self.client_address[1])
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        address = f"http://127.0.0.1:{server.server_port}"
        with connect(Settings(base_url=address, token="t-0", home=tmp_path)) as subject:
            for _ in range(3):
                subject.get("auth/me")
        server.shutdown()

    assert len(callers) == 3
    assert len(set(callers)) == 1


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_the_proxy_of_the_environment_is_used(monkeypatch, tmp_path, proxy, name):
    """Requests go through the proxy that the environment names, unless NO_PROXY has the host."""
    address, asked = proxy
    for each in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv(name, address)
    settings = Settings(base_url="http://localhost:9", token="t-0", home=tmp_path)

    with connect(settings) as subject:
        assert subject.get("auth/me") == {}
    monkeypatch.setenv("NO_PROXY", "localhost")
    with connect(settings) as subject, pytest.raises(UnreachableError):
        subject.get("auth/me")

    assert asked == ["http://localhost:9/api/auth/me"]


def test_a_proxy_that_is_none_is_told(monkeypatch, tmp_path):
    """The variables are named, and the proxy's password is not repeated."""
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setenv("HTTP_PROXY", "gopher://me:secret@proxy.example")
    settings = Settings(base_url="http://localhost:9", token="t-0", home=tmp_path)

    with connect(settings) as subject, pytest.raises(UsageError, match="HTTP_PROXY") as told:
        subject.get("auth/me")

    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    "lost",
    [
        httpx.Response(500),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, text="[" * 100_000),
        httpx.ReadTimeout(""),
    ],
)
def test_a_create_whose_answer_is_lost_is_not_sent_again(client, lost):
    """A POST that may have been carried out comes back in doubt after exactly one request."""
    server, asked = script(lost)

    assert client(server).send("POST", "spaces/resources", payload={}).verdict is Verdict.IN_DOUBT
    assert len(asked) == 1


def test_an_update_is_repeated_and_then_in_doubt(client):
    """A PUT may be repeated: five times with growing pauses, then nobody knows."""
    server, asked = script(*[httpx.Response(500)] * 5)
    subject = client(server)

    assert subject.send("PUT", "spaces/resources", payload={}).verdict is Verdict.IN_DOUBT
    assert len(asked) == 5
    assert (subject.tally.sent, subject.tally.retried) == (5, 4)


def test_throttling_holds_as_long_as_told_and_sends_again(client):
    """409 with a header, 429 with a text: both wait as told, a POST too, and lose nothing."""
    server, asked = script(
        httpx.Response(409, headers={"Retry-After": "3"}),
        httpx.Response(429, text="Wait 0.8 seconds"),
        httpx.Response(200, json=CREATED),
    )
    subject = client(server)

    assert subject.send("POST", "spaces/resources", payload={}).verdict is Verdict.DONE
    assert len(asked) == 3
    assert subject.sleep.__self__.now == pytest.approx(3 + 1.05)  # type: ignore[attr-defined]
    assert subject.tally.throttled == 2


def test_throttled_for_minutes_stops(client):
    """A service that refuses everything for five minutes ends the run."""

    def server(request: httpx.Request) -> httpx.Response:
        return httpx.Response(409, headers={"Retry-After": "30"})

    with pytest.raises(StoppedError, match="because of its limits"):
        client(server).send("PUT", "spaces/resources", payload={})


def test_a_server_that_is_not_there_is_told_soon(client):
    """Before any answer two attempts are enough; the message names the address."""
    server, asked = script(*[httpx.ConnectError("Connection refused")] * 2)

    with pytest.raises(UnreachableError) as caught:
        client(server).get("spaces/resources")

    assert len(asked) == 2
    assert str(caught.value) == (
        "https://api.example does not answer (Connection refused). "
        "Check the address and the connection."
    )


def test_a_service_that_went_away_is_waited_for_and_that_is_said(client):
    """After an answer a lost connection is waited for; a sentence says so, once a request."""
    gone = [httpx.ConnectError("Connection refused")] * 6
    server, asked = script(httpx.Response(200, json=ME), *gone, httpx.Response(200, json=ME))
    said: list[str] = []
    subject = client(server)
    subject.tell = said.append

    subject.get("auth/me")
    assert subject.get("auth/me") == ME

    assert len(asked) == 8
    assert said == [
        "https://api.example cannot be reached; trying again for 5 minutes. Ctrl-C stops."
    ]


def test_a_missing_permission_is_told_from_a_dead_login(client):
    """Both are 401: whether the login still works is asked with the cheapest read."""

    def forbidden(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("auth/me"):
            return httpx.Response(200, json=ME)
        if request.url.path.endswith("token"):
            return httpx.Response(200, json={"access_token": "t-1", "expires_in": 3600})
        return httpx.Response(401)

    login = {"token": "", "username": "ops@site.example", "password": "pass-word"}
    with pytest.raises(CredentialsError) as caught:
        client(forbidden, **login).send("POST", "spaces/resources", payload={})
    assert str(caught.value) == (
        "The login works, but the API refuses POST spaces/resources (401). The user has no Create "
        "role for these records. Ask an administrator for the role, or for full access."
    )

    with pytest.raises(CredentialsError, match=r"The API refused the token \(401\)"):
        client(lambda request: httpx.Response(401)).get("spaces/resources")


def test_a_token_is_asked_for_once_renewed_once_and_kept(client, tmp_path):
    """The grant is a form with a client_id header; a 401 uses the refresh token, which rotates."""
    grants: list[dict[str, list[str]]] = []
    headers: list[str] = []

    def server(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/token":
            grants.append(parse_qs(request.content.decode()))
            headers.append(request.headers["client_id"])
            number = len(grants)
            token = {
                "access_token": f"a-{number}",
                "refresh_token": f"r-{number}",
                "expires_in": 3600,
            }
            return httpx.Response(200, json=token)
        good = request.headers["authorization"] in {"Bearer a-2", "Bearer a-3"}
        return httpx.Response(200, json=ME) if good else httpx.Response(401)

    login = {"token": "", "username": "ops@site.example", "password": "pass-word", "totp": "123456"}
    subject = client(server, **login)

    assert subject.get("auth/me") == ME
    assert grants == [
        {
            "grant_type": ["password"],
            "username": ["ops@site.example"],
            "password": ["pass-word"],
            "totp": ["123456"],
        },
        {"grant_type": ["refresh_token"], "refresh_token": ["r-1"]},
    ]
    assert len(set(headers)) == 1
    assert client(server, **login).get("auth/me") == ME  # another process: no new grant
    assert len(grants) == 2
    kept = tmp_path / "home" / "tokens.json"
    assert "pass-word" not in kept.read_text()
    if os.name == "posix":
        assert kept.stat().st_mode & 0o077 == 0
        assert kept.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("lost", [httpx.ReadTimeout(""), httpx.Response(500)], ids=str)
def test_a_token_whose_answer_is_lost_is_asked_for_again(client, lost):
    """A token is no record: the POST that asks for one may be repeated."""
    token = {"access_token": "a-1", "refresh_token": "r-1", "expires_in": 3600}
    server, asked = script(lost, httpx.Response(200, json=token), httpx.Response(200, json=ME))

    assert client(server, token="", username="ops@site.example", password="p").get("auth/me") == ME
    assert [each.url.path for each in asked] == ["/api/token", "/api/token", "/api/auth/me"]


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        ("invalid_grant", "The name or the password is wrong"),
        ("two_factor_auth_check", "set NEXUDUS_TOTP to the code"),
        ("must_reset_password", "sign in once in the browser"),
    ],
)
def test_a_refused_login_says_what_to_do(client, error, advice):
    """Each documented reason has its own advice, and exit code 4."""
    login = {"token": "", "username": "ops@site.example", "password": "pass-word"}

    with pytest.raises(CredentialsError, match=advice) as caught:
        client(lambda request: httpx.Response(400, json={"error": error}), **login).get("x")

    assert caught.value.exit_code == 4
    assert "pass-word" not in str(caught.value)


def test_without_credentials_nothing_is_sent(tmp_path):
    """No login is a message before the first request."""
    with (
        pytest.raises(CredentialsError, match="No credentials are set"),
        connect(Settings(home=tmp_path)),
    ):
        pass


def test_secrets_do_not_show_in_a_repr():
    """Password, token and code are left out of what is printed of the settings."""
    settings = Settings(username="ops@site.example", password="pw-1", token="tk-2", totp="tp-3")

    assert not [secret for secret in ("pw-1", "tk-2", "tp-3") if secret in repr(settings)]


def envelope(records: list[dict], page: int, pages: int, **more: object) -> httpx.Response:
    return httpx.Response(
        200,
        json={
            "Records": records,
            "CurrentPage": page,
            "CurrentPageSize": 1000,
            "TotalItems": pages,
            "TotalPages": pages,
            "HasNextPage": page < pages,
            **more,
        },
    )


def test_pages_are_asked_with_the_names_that_work_and_a_row_comes_once(client):
    """page and size are sent; a row that moved to the next page is not doubled."""
    server, asked = script(envelope([{"Id": 1}], 1, 2), envelope([{"Id": 1}, {"Id": 2}], 2, 2))

    assert list(reading.listing(client(server), "spaces/resources", {"Resource_Business": 7})) == [
        {"Id": 1},
        {"Id": 2},
    ]
    assert [dict(each.url.params) for each in asked] == [
        {"Resource_Business": "7", "orderBy": "Id", "page": "1", "size": "1000"},
        {"Resource_Business": "7", "orderBy": "Id", "page": "2", "size": "1000"},
    ]


def test_a_listing_that_moves_while_it_is_read_is_read_again(client):
    """Fewer rows than announced, or another number on the next page: once more, to the end."""
    one, two, three = {"Id": 1}, {"Id": 2}, {"Id": 3}
    server, asked = script(
        envelope([one, two], 1, 2, TotalItems=4),
        envelope([three], 2, 2, TotalItems=3),
        envelope([one, two], 1, 2, TotalItems=3),
        envelope([three], 2, 2, TotalItems=3),
    )

    assert reading.listing(client(server), "spaces/resources") == [one, two, three]
    assert len(asked) == 4


def test_a_listing_that_never_adds_up_is_an_error(client):
    """What cannot be read whole is not taken for the truth."""
    server, _ = script(*[envelope([{"Id": 1}], 1, 1, TotalItems=2)] * 4)

    with pytest.raises(ProtocolError, match="1 records came, 2 were announced, 4 times in a row"):
        reading.listing(client(server), "spaces/resources")


@pytest.mark.parametrize("rows", [[None], ["x"], [{}], [{"Id": "1"}]])
def test_records_without_a_number_are_an_error(client, rows):
    """An answer of another shape is told, not tripped over."""
    server, _ = script(envelope(rows, 1, 1))

    with pytest.raises(ProtocolError, match="a record in the answer has no Id"):
        reading.listing(client(server), "spaces/resources")


def test_slots_that_a_record_gives_as_null_are_read_from_their_list(client):
    """null is no statement about time slots: an empty list would wipe them with an update."""
    slot = {"Id": 9, "ResourceId": 5, "DayOfWeek": 1}
    server, asked = script(
        httpx.Response(200, json=[{"Id": 5, "Timeslots": None}]), envelope([slot], 1, 1)
    )

    (record,) = reading.whole_records(client(server), RESOURCE, [5])

    assert record["Timeslots"] == [slot]
    assert asked[1].url.path == "/api/spaces/resourcetimeslots"


@pytest.mark.parametrize("pause", ["1e400", "99999999999999", "-5", "nan", "soon"])
def test_an_absurd_pause_is_no_crash(client, pause):
    """Whatever Retry-After says, the client waits or stops in words."""
    refused = httpx.Response(429, headers={"Retry-After": pause})
    server, _ = script(refused, httpx.Response(200, json=ME))
    subject = client(server)

    try:
        assert subject.get("auth/me") == ME
    except StoppedError as error:
        assert "refuses every request because of its limits" in str(error)  # noqa: PT017


def test_a_smaller_page_size_that_the_service_grants_is_kept_to(client):
    """A service that answers 25 rows a page is asked for 25 a page from then on."""
    server, asked = script(
        envelope([{"Id": 1}], 1, 2, CurrentPageSize=25),
        envelope([{"Id": 2}], 2, 2, CurrentPageSize=25),
    )

    assert len(list(reading.listing(client(server), "spaces/resources"))) == 2
    assert [each.url.params["size"] for each in asked] == ["1000", "25"]


@pytest.mark.parametrize(
    "replies",
    [
        [envelope([{"Id": 1}], 1, 3), envelope([{"Id": 1}], 1, 3)],  # the page is ignored
        [envelope([{"Id": 1}], 1, 3), envelope([{"Id": 1}], 2, 3)],  # nothing new
        [envelope([{"Id": 1}], 1, 3, HasNextPage=False)],  # the two ends disagree
        [httpx.Response(200, json=[])],  # no envelope
    ],
)
def test_pages_that_do_not_add_up_are_an_error(client, replies):
    """A listing that ignores the page, repeats itself or contradicts itself is never trusted."""
    server, _ = script(*replies)

    with pytest.raises(ProtocolError):
        list(reading.listing(client(server), "spaces/resources"))


@pytest.mark.parametrize("shape", ["array", "envelope"])
def test_batch_reads_in_both_shapes_and_a_missing_id_is_asked_for(client, shape):
    """A batch may be a bare list or an envelope; an id that is left out is asked for by itself."""
    record = {"Id": 1, "Name": "Room A", "Timeslots": []}
    body = [record] if shape == "array" else {"Records": [record]}
    server, asked = script(httpx.Response(200, json=body), httpx.Response(404, json="Not found"))

    assert list(reading.whole_records(client(server), RESOURCE, [1, 2])) == [record]
    assert asked[0].url.params["id"] == "[1,2]"
    assert asked[1].url.path == "/api/spaces/resources/2"


def test_a_query_that_is_too_long_is_halved(client):
    """A batch the service refuses for its length is asked for in two halves."""
    records = {number: {"Id": number, "Timeslots": []} for number in range(1, 5)}

    def server(request: httpx.Request) -> httpx.Response:
        ids = json.loads(request.url.params["id"])
        if len(ids) > 2:
            return httpx.Response(414)
        return httpx.Response(200, json=[records[each] for each in ids])

    assert list(reading.whole_records(client(server), RESOURCE, records)) == list(records.values())


def test_a_service_that_answers_only_part_of_a_batch_is_asked_for_less(client):
    """Ten records of a hundred at a time: ten a batch from then on, and none by itself."""
    asked = []

    def server(request: httpx.Request) -> httpx.Response:
        ids = json.loads(request.url.params["id"])
        asked.append(len(ids))
        return httpx.Response(200, json=[{"Id": each, "Timeslots": []} for each in ids[:10]])

    records = list(reading.whole_records(client(server), RESOURCE, range(1, 101)))

    assert [each["Id"] for each in records] == list(range(1, 101))
    assert asked == [100, *[10] * 9]


@pytest.mark.parametrize("body", [{}, {"Id": 2}, [], "gone"])
def test_an_answer_that_is_not_the_record_is_no_deletion(client, body):
    """Only 404 says that a record is gone."""
    server, _ = script(httpx.Response(200, json=[]), httpx.Response(200, json=body))

    with pytest.raises(ProtocolError):
        list(reading.whole_records(client(server), RESOURCE, [1]))


@pytest.mark.parametrize(
    "wrong",
    [{"CurrentPageSize": "abc"}, {"CurrentPageSize": -5}, {"TotalItems": "x"}, {"TotalPages": []}],
)
def test_a_page_with_numbers_that_are_none_is_an_error(client, wrong):
    """An envelope of another shape is told in words."""
    server, _ = script(envelope([{"Id": 1}], 1, 2, **wrong))

    with pytest.raises(ProtocolError):
        list(reading.listing(client(server), "spaces/resources"))


def test_children_that_records_do_not_carry_are_listed_once(client):
    """Where a record comes without its time slots they are read from their own list, not by row."""
    slots = [{"Id": 9, "ResourceId": 5, "DayOfWeek": 1, "FromTime": "a", "ToTime": "b"}]
    asked = []

    def server(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if request.url.path.endswith("resourcetimeslots"):
            return envelope(slots, 1, 1)
        ids = json.loads(request.url.params["id"])
        return httpx.Response(200, json=[{"Id": each} for each in ids])

    records = list(reading.whole_records(client(server), RESOURCE, range(1, 151)))

    assert [each["Id"] for each in records if each["Timeslots"]] == [5]
    assert asked == [
        "/api/spaces/resources",
        "/api/spaces/resourcetimeslots",
        "/api/spaces/resources",
    ]


def test_an_answer_goes_as_soon_as_it_is_read(client):
    """No circle keeps a response until the garbage is collected: its memory is used again."""
    answered: list[weakref.ref[httpx.Response]] = []

    def server(request: httpx.Request) -> httpx.Response:
        response = httpx.Response(200, json=ME)
        answered.append(weakref.ref(response))
        return response

    gc.disable()
    try:
        client(server).get("auth/me")
        left = [each for each in answered if each() is not None]
    finally:
        gc.enable()

    assert len(answered) == 1
    assert not left
