"""What every request passes: limits and faults on its way in, faults and the log on its way out."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TextIO

from flask import Response, g, request

from pipeline.sandbox.choices import Choices
from pipeline.sandbox.envelopes import ERROR, Answer, not_done
from pipeline.sandbox.faults import Fault, Faults
from pipeline.sandbox.limits import Limits, throttled
from pipeline.sandbox.tokens import Logins

TOKEN_PATH = "/api/token"
HTML = "<!DOCTYPE html>\n<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>\n"
OOOPS = "Ooops! There was a problem while running this action. Please try again."
DIED = 9  # exit code of the fault `die`
DROPPED = 0  # what the log says instead of a status when nothing was answered
THROTTLED_SECONDS = 0.8  # as seen in "Wait 0.8 seconds"


@dataclass(frozen=True)
class Request:
    """One line of the log. `body` is a write's JSON, or its bytes when it is no JSON."""

    method: str
    path: str  # with the query
    status: int  # 0: the connection was closed without an answer
    at: float  # monotonic seconds, at arrival
    body: Any = field(default=None, repr=False)


def _page(status: int, title: str) -> Response:
    return Response(HTML.format(title), status, content_type="text/html; charset=utf-8")


def _told(answer: Answer) -> Response:
    return Response(json.dumps(answer[1]), answer[0], content_type="application/json")


def _hang_up() -> Response:
    g.dropped = True
    return Response(status=500)  # goes nowhere


class Gate:
    """Lets requests in and out, and remembers them."""

    def __init__(
        self,
        choices: Choices,
        logins: Logins,
        limits: Iterable[str],
        *,
        now: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self.requests: list[Request] = []
        self.log: TextIO | None = None  # a line of JSON for every request goes here too
        self.refused = 0
        self.faults = Faults()
        self.lock = threading.Lock()
        self._limits = Limits(limits)
        self._choices = choices
        self._logins = logins
        self._now = now
        self._sleep = sleep

    def open(self) -> Response | None:
        """Return an answer for a request that must not get further."""
        g.at, g.faults, g.dropped = self._now(), {}, False
        if (held := self._throttle()) is not None:
            return held
        if len(request.query_string) > self._choices.max_query:
            return _page(404, "404 - File or directory not found.")
        self._choices.meanwhile(request.full_path)
        return self._strike_before(g.faults)

    def close(self, response: Response) -> Response:
        """Do to the answer what the faults want, and write the log."""
        response = self._strike_after(g.faults, response)
        status = DROPPED if g.dropped else response.status_code
        path = request.full_path if request.query_string else request.path
        self._note(Request(request.method, path, status, g.at, _body()))
        if g.dropped:  # logged first: whoever is hung up on may look at once
            request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return response

    def _note(self, done: Request) -> None:
        self.requests.append(done)
        if self.log is None:
            return
        line = {"method": done.method, "path": done.path, "status": done.status, "at": done.at}
        with self.lock:
            self.log.write(json.dumps(line) + "\n")
            self.log.flush()

    def _throttle(self) -> Response | None:
        """Count the request, or refuse it: what is refused is not counted."""
        kind = "read" if request.method == "GET" else "write"
        with self.lock:
            wait, style = self._limits.wait_seconds(kind, g.at), self._choices.throttle_style
            if not wait and request.path != TOKEN_PATH:
                g.faults = self.faults.take(request.method)
                if "throttle" in g.faults:
                    wait, style = THROTTLED_SECONDS, g.faults.pop("throttle").argument
            if not wait:
                self._limits.count(kind, g.at)
                return None
            self.refused += 1
        return throttled(style, wait)

    def _strike_before(self, faults: dict[str, Fault]) -> Response | None:
        if "late" in faults:
            self._sleep(faults["late"].seconds)
        if "revoke" in faults and request.authorization:
            self._logins.revoke(request.authorization.token or "")
        answers: dict[str, Callable[[], Response]] = {
            "500-before": lambda: _told(ERROR),
            "ooops": lambda: _told(not_done(400, OOOPS)),
            "drop-before": _hang_up,
            "503-html": lambda: _page(503, "Service Unavailable"),
            "not-successful": lambda: _told(not_done(200, "The record could not be saved.")),
            "forbid": lambda: Response(status=401),
        }
        return next((answers[name]() for name in faults if name in answers), None)

    def _strike_after(self, faults: dict[str, Fault], response: Response) -> Response:
        if "die" in faults:
            g.dropped = True
            self._note(Request(request.method, request.path, DROPPED, g.at))
            os._exit(DIED)
        if "delay" in faults:
            self._sleep(faults["delay"].seconds)
        answers: dict[str, Callable[[], Response]] = {
            "500-after": lambda: _told(ERROR),
            "drop-after": _hang_up,
            "html": lambda: _page(200, "Please wait"),
            "cut-json": lambda: _cut(response),
        }
        return next((answers[name]() for name in faults if name in answers), response)


def _cut(response: Response) -> Response:
    whole = response.get_data()
    return Response(whole[: len(whole) // 2], response.status, content_type=response.content_type)


def _body() -> Any:
    if request.method == "GET":
        return None
    content = request.get_data()
    try:
        return json.loads(content)
    except ValueError:
        return content
