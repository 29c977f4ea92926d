"""Sandbox and client held to the documents: exchanges written by hand from the vendor's pages.

A file tells a request, the reply as documented, and what may be otherwise in another account:
`varies` are paths whose values differ (`*` for all keys there), `more` are objects that may hold
further keys, `absent` are paths that must not be there, `given` is what has to be arranged.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipeline.api.replies import Reply, Verdict, judge
from pipeline.sandbox import Sandbox

FILES = sorted((Path(__file__).parent / "exchanges").glob("*.json"))


def exchange(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


def send(sandbox: Sandbox, request: dict[str, Any]) -> httpx.Response:
    """Send a documented request, the placeholders of its login filled in."""
    form = {"username": sandbox.username, "password": sandbox.password, "grant_type": "password"}
    with httpx.Client(base_url=sandbox.url) as http:
        token = http.post("/api/token", data=form).json()["access_token"]
        text = json.dumps(request).replace("YOUR_TOKEN", token)
        asked = json.loads(text.replace("YOUR_PASSWORD", sandbox.password))
        body = json.dumps(asked["body"]).encode() if "body" in asked else None
        return http.request(
            asked["method"],
            asked["path"],
            headers=asked["headers"],
            content=body,
            data=asked.get("form"),
        )


def arrange(sandbox: Sandbox, given: dict[str, Any]) -> None:
    for fault in given.get("faults", ()):
        sandbox.add_fault(fault)
    for record in given.get("records", ()):
        sandbox.put_record("Resource", record)


def differences(told: dict[str, Any], actual: Any, expected: Any, path: str = "") -> list[str]:
    """Name the paths at which `actual` is not as documented."""
    parent = path.rpartition(".")[0]
    varies = told.get("varies", [])
    if isinstance(expected, dict) and isinstance(actual, dict):
        extra = [] if path in told.get("more", []) else sorted(actual.keys() - expected.keys())
        missing = sorted(expected.keys() - actual.keys())
        found = [f"{path}: {name}" for name in extra + missing]
        inner = ((key, actual[key], expected[key]) for key in expected.keys() & actual.keys())
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        found = []
        inner = ((str(n), a, e) for n, (a, e) in enumerate(zip(actual, expected, strict=True)))
    else:
        free = path in varies or f"{parent}.*".lstrip(".") in varies
        return [] if free or actual == expected else [f"{path}: {actual!r}"]
    for key, one, other in inner:
        found += differences(told, one, other, f"{path}.{key}".lstrip("."))
    return found


def holds(body: Any, path: str) -> bool:
    for key in path.split("."):
        if isinstance(body, dict) and key not in body:
            return False
        body = body[int(key)] if isinstance(body, list) else body[key]
    return True


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_sandbox_answers_as_documented(path):
    """Status, headers and body are those of the document, but for what differs by account."""
    told = exchange(path)
    reply = told["reply"]
    with Sandbox.start() as sandbox:
        arrange(sandbox, told.get("given", {}))
        response = send(sandbox, told["request"])

    assert response.status_code == reply["status"]
    for name, value in reply["headers"].items():
        assert response.headers[name].partition(";")[0] == value
    if reply["body"] is None:
        assert len(response.text) < 100
    elif told.get("body_is") == "text":
        assert response.text == reply["body"]
    else:
        body = response.json()
        assert differences(told, body, reply["body"]) == []
        assert [each for each in told.get("absent", ()) if holds(body, each)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_exchange_names_its_source(path):
    """Nobody has to guess where an exchange comes from."""
    told = exchange(path)

    assert told["note"]
    assert told["source"].startswith(("vendor/", "digest, section"))


MEANINGS = {  # what a careful client makes of each documented reply; logins are read elsewhere
    "batch": Verdict.DONE,
    "create": Verdict.DONE,
    "create-without-a-name": Verdict.REJECTED,
    "create-without-a-type": Verdict.REJECTED,
    "delete-in-use": Verdict.REJECTED,
    "delete-missing": Verdict.REJECTED,
    "failed": Verdict.AGAIN,
    "get-missing": Verdict.REJECTED,
    "get-one": Verdict.DONE,
    "search": Verdict.DONE,
    "search-with-ignored-names": Verdict.DONE,
    "throttled": Verdict.THROTTLED,
    "throttled-as-seen": Verdict.THROTTLED,
    "token-as-json-refused": Verdict.REJECTED,
    "token-wrong-password": Verdict.REJECTED,
    "unauthorized": Verdict.RENEW,
    "update": Verdict.DONE,
    "update-of-a-part": Verdict.REJECTED,
}


@pytest.mark.parametrize("name", MEANINGS)
def test_the_client_understands_what_is_documented(name):
    """Each documented reply has the meaning that a person reads in it."""
    told = exchange(Path(__file__).parent / "exchanges" / f"{name}.json")
    body = told["reply"]["body"]
    reply = Reply(
        told["reply"]["status"],
        headers=told["reply"]["headers"],
        text=body if isinstance(body, str) else "",
        body=body,
    )

    assert judge(told["request"]["method"], reply) is MEANINGS[name]
