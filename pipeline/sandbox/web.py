"""The service over HTTP: logins, limits and faults around what the service answers."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, Request, Response, request

from pipeline.sandbox.faults import BEFORE, Fault, Faults
from pipeline.sandbox.limits import Limits, whole_seconds
from pipeline.sandbox.service import Answer, Service
from pipeline.sandbox.tokens import Tokens, User

PAGE = "<html><body><h1>Service Unavailable</h1></body></html>"
OOOPS = "Ooops! There was a problem while running this action. Please try again later."
MUST_WAIT = "You must wait before accessing this url again."
METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH"]


@dataclass(frozen=True)
class Asked:
    """One request as it arrived, and the status it got. `at` is monotonic seconds."""

    method: str
    path: str
    status: int
    at: float
    body: Any = None


@dataclass
class Front:
    """Stands between HTTP and the service."""

    service: Service
    tokens: Tokens
    limits: Limits
    faults: Faults
    requests: list[Asked]
    throttle_style: str = "409"
    refused: int = 0
    sleep: Callable[[float], None] = time.sleep
    die: Callable[[int], None] = os._exit

    def respond(self, path: str) -> Response:
        """Answer the request at hand."""
        began = time.monotonic()
        body = request.get_json(silent=True)  # before a fault may close the connection
        response = self._respond(request, path.rstrip("/"))
        full = request.full_path.rstrip("?")
        self.requests.append(Asked(request.method, full, response.status_code, began, body))
        return response

    def _respond(self, asked: Request, path: str) -> Response:
        wait = self.limits.wait(asked.method)
        if wait > 0:
            self.refused += 1
            return throttled(self.throttle_style, wait)
        if len(asked.query_string) > self.service.max_query:
            return Response(PAGE, 404, mimetype="text/html")
        if path == "token":
            status, body = self.tokens.grant(asked.form.to_dict(), asked.headers.get("client_id"))
            return _json(Answer(status, body))
        authorization = asked.headers.get("Authorization", "")
        user = self.tokens.user_of(authorization)
        fault = self.faults.strike(asked.method)
        if fault and fault.name in BEFORE:
            return self._before(fault, authorization)
        if user is None:
            return _json(Answer(401, "Access Denied"))
        return self._carried_out(asked, path, user, fault)

    def _carried_out(self, asked: Request, path: str, user: User, fault: Fault | None) -> Response:
        if fault and fault.name == "lag":
            self.service.lag_seconds = float(fault.value)
        body = asked.get_json(silent=True)
        answer = self.service.answer(user, asked.method, path, asked.args.to_dict(), body)
        return self._after(fault, answer) if fault else _json(answer)

    def _before(self, fault: Fault, authorization: str) -> Response:
        if fault.name == "revoke":
            self.tokens.revoke(authorization)
        if fault.name == "drop-before":
            _hang_up()
        if fault.name == "throttle":
            self.refused += 1
            return throttled(fault.value, 1.0)
        return {
            "500-before": _json(Answer(500, {"Message": "An error has occurred."})),
            "ooops": _json(Answer(400, {"Message": OOOPS})),
            "503-html": Response(PAGE, 503, mimetype="text/html"),
            "not-successful": _json(
                Answer(200, {"Message": OOOPS, "Value": None, "WasSuccessful": False})
            ),
        }.get(fault.name, _json(Answer(401, "Access Denied")))

    def _after(self, fault: Fault, answer: Answer) -> Response:
        if fault.name == "die":
            self.die(1)
        if fault.name == "delay":
            self.sleep(float(fault.value))
        if fault.name == "drop-after":
            _hang_up()
        text = json.dumps(answer.body)
        return {
            "500-after": _json(Answer(500, {"Message": "An error has occurred."})),
            "html": Response(PAGE, 200, mimetype="text/html"),
            "cut-json": Response(text[: len(text) // 2], 200, mimetype="application/json"),
        }.get(fault.name, _json(answer))


def throttled(style: str, wait: float) -> Response:
    """Refuse in one of the service's ways: 409, 429, 429-text or 503."""
    if style == "429-text":
        return Response(f"Wait {wait:.1f} seconds", 429)
    response = Response(MUST_WAIT if style == "409-text" else "", int(style[:3]))
    if style != "409-text":
        response.headers["Retry-After"] = whole_seconds(wait)
    return response


def _json(answer: Answer) -> Response:
    return Response(json.dumps(answer.body), answer.status, mimetype="application/json")


def _hang_up() -> None:
    """Close the connection under the answer: what is written afterwards reaches nobody."""
    with contextlib.suppress(OSError):
        request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)


def make_app(front: Front) -> Flask:
    """Make the web application: one door for all paths."""
    app = Flask("sandbox")
    for rule in ("/api/<path:path>", "/en/<path:path>"):
        app.add_url_rule(rule, endpoint=rule, view_func=front.respond, methods=METHODS)
    return app


def make_front(
    service: Service,
    tokens: Tokens,
    limits: Sequence[str],
    faults: Sequence[str],
    now: Callable[[], float],
) -> Front:
    """Put the parts together. Raises ValueError for a limit or fault that cannot be meant."""
    return Front(service, tokens, Limits(limits, now), Faults(tuple(faults)), [])
