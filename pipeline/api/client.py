"""The client: sends within the limits and acts on what a reply means."""

from __future__ import annotations

import hashlib
import random
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from pipeline.api.login import TOKEN_PATH, Login
from pipeline.api.pacer import Pacer
from pipeline.api.replies import Reply, Verdict, judge, pause_seconds, server_words
from pipeline.api.watching import Unwatched, Watcher
from pipeline.api.wire import Transport, Wire
from pipeline.clocks import SYSTEM, Clocks
from pipeline.config import Settings
from pipeline.errors import (
    CredentialsError,
    ProtocolError,
    StoppedError,
    UnreachableError,
)
from pipeline.json_text import write_json

MAX_ATTEMPTS = 5  # of a request that may be sent again
FIRST_ATTEMPTS = 2  # while the service has not answered at all
FIRST_PAUSE_SECONDS = 1.0  # between two attempts; doubles, with jitter
MAX_PAUSE_SECONDS = 30.0  # between two attempts while the service cannot be reached
MAX_AWAY_SECONDS = 300.0  # not reached for so long, after it was there: stop, go on later
SAID_SECONDS = 5.0  # not reached for so long: that is said, so that nobody wonders
MAX_THROTTLED_SECONDS = 300.0  # throttled this long without one success: stop, go on later
WHO_AM_I = "auth/me"
ENDS = (Verdict.DONE, Verdict.REJECTED, Verdict.IN_DOUBT)  # of a request


@dataclass
class Tally:
    """What was sent: requests in all, those that write, were throttled, were sent once more."""

    sent: int = 0
    written: int = 0
    throttled: int = 0
    retried: int = 0


@dataclass(frozen=True)
class Answer:
    """What a reply means, with the reply itself; at a request's end done, rejected or in doubt."""

    verdict: Verdict
    reply: Reply

    @property
    def words(self) -> str:
        """What the server said, in one line."""
        return server_words(self.reply)


class Client:
    """One account over HTTP, for any number of threads.

    Use it as a context manager: it keeps its connections until closed. `sleep` may raise
    PipelineError to end a wait early. `tell` is given a sentence when a service that was there
    cannot be reached for a while.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        transport: Transport | None = None,
        clocks: Clocks = SYSTEM,
        sleep: Callable[[float], None] | None = None,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.settings = settings
        self.tell = tell
        self.tally = Tally()
        self.sleep = sleep or _sleeper(clocks)
        self.clocks = clocks
        self.pacer = Pacer(
            settings.limits,
            clock=clocks.monotonic,
            sleep=self.sleep,
            rest=_sleeper(clocks),
            wall=clocks.wall,
        )
        self.watcher: Watcher = Unwatched()  # of requests that nobody watches in particular
        self._lock = threading.Lock()
        self.has_answered = False
        self.silent_since: float | None = None  # clock seconds; None: the last one was answered
        self._throttled_since: float | None = None
        self._refusals = 0  # since the last success
        self._login = Login(settings, self._post_form, clocks.wall)
        self._wire = Wire(settings, transport)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._wire.close()

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """Read JSON. Raises ProtocolError when the service refuses a read, ApiError otherwise."""
        answer = self.send("GET", path, params=params)
        if answer.verdict is not Verdict.DONE:
            raise ProtocolError(
                f"GET {path}: the server answered {answer.reply.status} ('{answer.words}')."
            )
        return answer.reply.body

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        payload: Mapping[str, Any] | None = None,
        watcher: Watcher | None = None,
    ) -> Answer:
        """Send one request until it is done, rejected or, for a POST, in doubt.

        `watcher` is told of every single sending and its end. Raises UnreachableError,
        CredentialsError, StoppedError (throttled for minutes, or a budget used up) and
        ProtocolError (an answer that no document describes).
        """
        patience = _Patience(self)
        while True:
            answer, token = self._once(
                method, path, params=params, payload=payload, watcher=watcher
            )
            verdict, reply = answer.verdict, answer.reply
            if verdict in ENDS:
                return answer
            if verdict is Verdict.RENEW and not patience.renewed:
                self._login.renew(token)
                patience.renewed = True
            elif verdict is Verdict.THROTTLED or (
                verdict is Verdict.AGAIN and patience.allows(reply)
            ):
                pass  # the pause is over, or the pacer holds everybody
            elif verdict is Verdict.AGAIN and method != "GET" and reply.failure != "unconnected":
                return Answer(Verdict.IN_DOUBT, reply)
            else:
                raise self._final(method, path, verdict, reply)

    def count_retry(self) -> None:
        """Count a request that is sent again after a failure."""
        with self._lock:
            self.tally.retried += 1

    def who_am_i(self) -> Mapping[str, Any]:
        """Return what the account says of the login: the cheapest request that needs a token."""
        body = self.get(WHO_AM_I)
        return body if isinstance(body, dict) else {}

    def _once(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        payload: Mapping[str, Any] | None = None,
        watcher: Watcher | None = None,
    ) -> tuple[Answer, str]:
        """Send one request; returns the answer, and the token that was shown."""
        token = self._login.token()
        headers = {"Authorization": f"Bearer {token}"}
        content = None
        if payload is not None:
            headers["Content-Type"] = "application/json"
            content = write_json(dict(payload.items())).encode()
        request = {"params": params, "content": content, "headers": headers}
        return self._exchange(method, path, watcher, **request), token

    def _exchange(
        self, method: str, path: str, watcher: Watcher | None = None, **request: Any
    ) -> Answer:
        kind = "read" if method == "GET" else "write"
        watcher = watcher or self.watcher
        with self.pacer.slot(kind) as leaves:
            with self._lock:
                self.tally.sent += 1
                self.tally.written += kind == "write"
            sending = watcher.sending(method, path)
            leaves()
            began = self.clocks.monotonic()
            reply = self._wire.send(method, path, **request)
            seconds = self.clocks.monotonic() - began
            self._hear(reply)
            # A request for a token creates no record: it may be repeated like a reading.
            verdict = judge("GET" if path == TOKEN_PATH else method, reply)
            watcher.ended(sending, verdict, reply, seconds)
            self._learn(kind, verdict, reply, seconds)
        return Answer(verdict, reply)

    def _hear(self, reply: Reply) -> None:
        """Note since when no request was answered, for whoever shows how it goes."""
        if not reply.failure:
            self.has_answered = True
            self.silent_since = None
        elif self.silent_since is None:
            self.silent_since = self.clocks.monotonic()

    def _learn(self, kind: str, verdict: Verdict, reply: Reply, seconds: float) -> None:
        """Tell the pacer how the service took a request. Raises StoppedError."""
        if verdict is Verdict.THROTTLED:
            self._throttled(kind, reply, seconds)
        elif reply.status:
            self.pacer.accepted(kind, seconds)
            if verdict in {Verdict.DONE, Verdict.REJECTED}:
                self._throttled_since = None

    def _post_form(self, path: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        """Ask for a token: the one POST that may be repeated, since it creates no record."""
        patience = _Patience(self)
        content = urlencode(form).encode()
        headers = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
        while True:
            answer = self._exchange("POST", path, content=content, headers=headers)
            verdict, reply = answer.verdict, answer.reply
            if reply.ok or verdict not in {Verdict.AGAIN, Verdict.THROTTLED}:
                return reply
            if verdict is Verdict.AGAIN and not patience.allows(reply):
                raise self._final("POST", path, verdict, reply)

    def _throttled(self, kind: str, reply: Reply, seconds: float) -> None:
        with self._lock:
            self.tally.throttled += 1
            self._refusals = 0 if self._throttled_since is None else self._refusals + 1
            now = self.clocks.monotonic()
            since = self._throttled_since = self._throttled_since or now
            pause = pause_seconds(reply, self._refusals)
        if now + pause - since > MAX_THROTTLED_SECONDS:
            on = datetime.fromtimestamp(self.clocks.wall() + pause).astimezone()
            raise StoppedError(
                f"The service refuses every request because of its limits ({reply.status}, "
                f"'{server_words(reply)}'). Go on {on:%Y-%m-%d at %H:%M} or later."
            )
        self.pacer.refused(kind, pause, seconds)

    def _final(self, method: str, path: str, verdict: Verdict, reply: Reply) -> Exception:
        if verdict is Verdict.AGAIN and (reply.failure or not reply.status):
            return UnreachableError(
                f"{self.settings.base_url} does not answer ({reply.reason}). "
                "Check the address and the connection."
            )
        if verdict is Verdict.AGAIN:
            return ProtocolError(
                f"{method} {path}: the server failed {MAX_ATTEMPTS} times "
                f"({reply.status}, '{server_words(reply)}')."
            )
        if verdict in {Verdict.RENEW, Verdict.FORBIDDEN}:
            return self._refused(method, path, reply)
        return ProtocolError(
            f"{method} {path}: the server answered {reply.status} ('{server_words(reply)}'), "
            "which no document describes."
        )

    def _refused(self, method: str, path: str, reply: Reply) -> CredentialsError:
        """Tell a dead login from a missing permission: the service answers both with 401."""
        if path != WHO_AM_I and self._once("GET", WHO_AM_I)[0].verdict is Verdict.DONE:
            return CredentialsError(
                f"The login works, but the API refuses {method} {path} ({reply.status}). "
                f"{_permission(method)} Ask an administrator for the role, or for full access."
            )
        return CredentialsError(
            f"The API refused the credentials ({reply.status}). {self._login.advice()}"
        )


class _Patience:
    """How often and how long one request is sent again. Nothing else repeats a request."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._attempts = 0
        self._away_since: float | None = None
        self._has_told = False
        self.renewed = False

    def allows(self, reply: Reply) -> bool:
        """Pause before another attempt; False when there were enough.

        A service that never answered yet is probably not there: that is told soon. One that was
        there and cannot be reached is waited for: a lost connection comes back.
        """
        self._attempts += 1
        now = self._client.clocks.monotonic()
        if reply.failure != "unconnected":
            self._away_since = None
        elif self._away_since is None:
            self._away_since = now
        if self._client.has_answered and self._away_since is not None:
            enough = now - self._away_since > MAX_AWAY_SECONDS
            self._say(now - self._away_since)
        else:
            enough = self._attempts >= (
                MAX_ATTEMPTS if self._client.has_answered else FIRST_ATTEMPTS
            )
        if enough:
            return False
        self._client.count_retry()
        pause = min(FIRST_PAUSE_SECONDS * 2 ** min(self._attempts - 1, 6), MAX_PAUSE_SECONDS)
        self._client.sleep(pause * random.uniform(0.8, 1.2))
        return True

    def _say(self, away: float) -> None:
        if self._has_told or away < SAID_SECONDS:
            return
        self._has_told = True
        self._client.tell(
            f"{self._client.settings.base_url} cannot be reached; trying again for "
            f"{MAX_AWAY_SECONDS / 60:.0f} minutes. Ctrl-C stops."
        )


def _sleeper(clocks: Clocks) -> Callable[[float], None]:
    never = threading.Event()

    def sleep(seconds: float) -> None:
        clocks.wait(never, seconds)

    return sleep


def _permission(method: str) -> str:
    role = {"GET": "List or Read", "POST": "Create", "PUT": "Edit", "DELETE": "Delete"}[method]
    return f"The user has no {role} role for these records."


@contextmanager
def connect(
    settings: Settings,
    clocks: Clocks = SYSTEM,
    sleep: Callable[[float], None] | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Iterator[Client]:
    """Open a client. Raises CredentialsError, before anything is sent, without a login."""
    if not settings.token and not (settings.username and settings.password):
        raise CredentialsError(
            "No credentials are set. Set NEXUDUS_USERNAME and NEXUDUS_PASSWORD, or NEXUDUS_TOKEN, "
            "in the environment. Nothing was sent."
        )
    with Client(settings, clocks=clocks, sleep=sleep, tell=tell) as client:
        yield client


def identified(settings: Settings, clocks: Clocks = SYSTEM) -> Settings:
    """Return the settings with the login's own name, which a token alone does not tell.

    State is kept by that name: whoever comes by a token and by a password is the same writer.
    """
    if not settings.token:
        return settings
    with connect(settings, clocks) as client:
        me = client.who_am_i()
    name = me.get("Email") or me.get("UserName") or me.get("Id")
    unnamed = hashlib.sha256(settings.token.encode()).hexdigest()[:12]
    return replace(settings, username=str(name or f"token {unnamed}"))
