"""What a reply means: the only place that decides if a request is done, refused or sent again."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus
from typing import Any, Literal

MAX_WORDS = 300  # characters of a server's text that are repeated to the user
WAIT_TEXT = re.compile(r"wait\s+(\d+(?:\.\d+)?)\s*s", re.IGNORECASE)
HTML_TITLE = re.compile(r"<html.*?<title>(.*?)</title>", re.IGNORECASE | re.DOTALL)
MUST_WAIT = re.compile(r"must wait|wait \d", re.IGNORECASE)
SUCCESS = range(HTTPStatus.OK, HTTPStatus.MULTIPLE_CHOICES)
LONGEST_SECONDS = 86_400.0  # a pause that is longer is a mistake, or a closed door
WAIT_MARGIN_SECONDS = 0.25  # texts name a rounded pause

Failure = Literal["unconnected", "lost"]


class Verdict(Enum):
    """What to do after a reply."""

    DONE = "done"
    REJECTED = "the server refused the record; sending it again would not help"
    THROTTLED = "nothing was done: hold all senders, then again"
    AGAIN = "again"
    IN_DOUBT = "it may have been carried out: look before anything is sent again"
    RENEW = "the token is not accepted: renew it once, again once"
    FORBIDDEN = "the login has no permission for this"
    STOP = "no document describes this answer: stop and say what came"


@dataclass(frozen=True)
class Reply:
    """An answer, or how it failed to come. `body` is the JSON, None when there was none to read."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    body: Any = None
    readable: bool = True  # whether the text was JSON, or empty
    failure: Failure | None = None
    reason: str = ""  # of a failure, in words

    @property
    def ok(self) -> bool:
        """Whether the status is one of success."""
        return self.status in SUCCESS

    @property
    def says_failed(self) -> bool:
        """Whether the body itself says that nothing was done."""
        return isinstance(self.body, dict) and self.body.get("WasSuccessful") is False

    @property
    def record_id(self) -> int | None:
        """The id of the record that was written, if the body names one."""
        value = self.body.get("Value") if isinstance(self.body, dict) else None
        number = value.get("Id") if isinstance(value, dict) else None
        return number if isinstance(number, int) and number > 0 else None

    @property
    def retry_after(self) -> str | None:
        """The header of that name, whatever its case."""
        return next((v for k, v in self.headers.items() if k.lower() == "retry-after"), None)

    @property
    def asks_to_wait(self) -> bool:
        """Whether the reply names a pause."""
        return self.retry_after is not None or bool(MUST_WAIT.search(self.text[:MAX_WORDS]))


def judge(method: str, reply: Reply) -> Verdict:
    """Say what `reply` to a request of `method` means. The first line that holds counts."""
    may_have_been_done = Verdict.IN_DOUBT if method == "POST" else Verdict.AGAIN
    if reply.ok:
        return _judge_success(method, reply, may_have_been_done)
    status = reply.status
    table = (
        (reply.failure == "unconnected", Verdict.AGAIN),
        (reply.failure == "lost", may_have_been_done),
        (status == HTTPStatus.UNAUTHORIZED, Verdict.RENEW),
        (status == HTTPStatus.FORBIDDEN, Verdict.FORBIDDEN),
        (status == HTTPStatus.TOO_MANY_REQUESTS, Verdict.THROTTLED),
        (status in THROTTLING and reply.asks_to_wait, Verdict.THROTTLED),
        (status in REFUSALS, Verdict.REJECTED),
        (status >= HTTPStatus.INTERNAL_SERVER_ERROR, may_have_been_done),
    )
    return next((verdict for holds, verdict in table if holds), Verdict.STOP)


def _judge_success(method: str, reply: Reply, may_have_been_done: Verdict) -> Verdict:
    """Say what a status of success means; nearly every reply has one."""
    if not reply.readable:
        return may_have_been_done
    if reply.says_failed:
        return Verdict.REJECTED
    return Verdict.IN_DOUBT if method == "POST" and not reply.record_id else Verdict.DONE


THROTTLING = {HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE}
REFUSALS = {
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.REQUEST_URI_TOO_LONG,
    HTTPStatus.UNPROCESSABLE_ENTITY,
}


def pause_seconds(reply: Reply, attempt: int) -> float:
    """Return the pause a throttled reply asks for; doubling from 1 to 64 s when it names none.

    `attempt` counts from 0. The header wins over the text, both win over our own figure.
    """
    if (told := _seconds(reply.retry_after)) is not None:
        return min(max(told, 0.0), LONGEST_SECONDS)
    match = WAIT_TEXT.search(reply.text[:MAX_WORDS])
    if match:
        return min(float(match[1]) + WAIT_MARGIN_SECONDS, LONGEST_SECONDS)
    return float(2 ** min(attempt, 6))


def _seconds(header: str | None) -> float | None:
    """Read a Retry-After of seconds; a date, which no service in sight sends, says nothing."""
    try:
        seconds = float(header or "nan")
    except ValueError:
        return None
    return None if math.isnan(seconds) else seconds


def server_words(reply: Reply) -> str:
    """Return what the server said, by field where it says so, in one line and not too long."""
    body = reply.body if isinstance(reply.body, dict) else {}
    errors = [each for each in body.get("Errors") or () if isinstance(each, dict)]
    said = [
        f"{each.get('PropertyName') or ''}: {each.get('Message') or ''}".strip(": ")
        for each in errors
    ]
    words = "; ".join(filter(None, said)) or str(body.get("Message") or "")
    words = words or (reply.body if isinstance(reply.body, str) else reply.text) or reply.reason
    if page := HTML_TITLE.search(str(words)):
        words = page[1]
    line = " ".join(str(words).split())
    return line if len(line) <= MAX_WORDS else line[: MAX_WORDS - 1] + "…"
