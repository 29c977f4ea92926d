"""Hand-written exchanges from the vendor's pages: sandbox and client are both held to them."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from pipeline.api.replies import Reply, Verdict, judge
from pipeline.sandbox import Sandbox

FILES = sorted((Path(__file__).parent / "exchanges").glob("*.json"))
EXCHANGES = [
    pytest.param(each, id=f"{path.stem}-{number}")
    for path in FILES
    for number, each in enumerate(json.loads(path.read_text(encoding="utf-8"))["exchanges"])
]


@pytest.fixture
def sandbox():
    """A seeded sandbox."""
    with Sandbox.start() as server:
        yield server


@pytest.mark.parametrize("exchange", EXCHANGES)
def test_the_sandbox_answers_as_documented(sandbox, exchange):
    """Status and every documented key of the reply are as the vendor's page says."""
    response = httpx.request(
        exchange["method"],
        f"{sandbox.url}/api/{exchange['path']}",
        json=exchange.get("body"),
        auth=(sandbox.username, sandbox.password),
    )

    assert response.status_code == exchange["status"]
    body, expected = response.json(), exchange["reply"]
    if isinstance(expected, dict):
        assert {key: body[key] for key in expected} == expected
    else:
        assert body == expected


@pytest.mark.parametrize("exchange", EXCHANGES)
def test_the_client_understands_what_is_documented(exchange):
    """The client gives each documented reply its one meaning."""
    body = exchange["reply"]
    if exchange["means"] == "DONE" and exchange["method"] == "POST":
        body = {**body, "Value": {"Id": 87654321}}

    verdict = judge(exchange["method"], Reply(exchange["status"], body=body))

    assert verdict is Verdict[exchange["means"]]
