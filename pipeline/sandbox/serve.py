"""The sandbox as a server: in a thread for tests and the demo, or until it is stopped."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from pipeline.entities import RESOURCE
from pipeline.sandbox.seed import many
from pipeline.sandbox.service import Service
from pipeline.sandbox.tokens import Tokens, User
from pipeline.sandbox.web import Asked, Front, make_app, make_front

USERNAME = "ops@sandbox.example"
PASSWORD = "sandbox-only"


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"  # connections are kept, as the service keeps them
    disable_nagle_algorithm = True  # else each answer waits 40 ms for the client's system

    def make_environ(self) -> Any:
        """Let the header client_id through, which Werkzeug drops for its underscore."""
        environ = super().make_environ()
        if client := self.headers.get("client_id"):
            environ["HTTP_CLIENT_ID"] = client
        return environ

    def log(self, type: str, message: str, *args: Any) -> None:
        """Stay silent."""


class Sandbox:
    """A running sandbox; a context manager. Its options are attributes of `service`."""

    def __init__(self, front: Front, server: BaseWSGIServer) -> None:
        self.front = front
        self.username = USERNAME
        self.password = PASSWORD
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, daemon=True)
        self.url = f"http://127.0.0.1:{server.port}"

    @classmethod
    def start(  # noqa: PLR0913 - each is an option of its own, by keyword
        cls,
        *,
        port: int = 0,
        path: Path | None = None,
        limits: Sequence[str] = (),
        faults: Sequence[str] = (),
        seed: bool = True,
        now: Callable[[], float] = time.monotonic,
    ) -> Sandbox:
        """Start one in a thread. Raises ValueError (a limit, a fault) and OSError (the port)."""
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        service = Service(path)
        tokens = Tokens(time.time)
        tokens.users[USERNAME] = User(USERNAME, PASSWORD)
        front = make_front(service, tokens, limits, faults, now)
        if seed:
            service.store.plant(USERNAME)
        server = make_server(
            "127.0.0.1", port, make_app(front), threaded=True, request_handler=_Handler
        )
        server.daemon_threads = True  # type: ignore[attr-defined]
        found = cls(front, server)
        found._thread.start()
        return found

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the server; a file keeps its records."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.service.store.close()

    @property
    def service(self) -> Service:
        """The account behind the server."""
        return self.front.service

    @property
    def requests(self) -> list[Asked]:
        """Every request that came, in the order in which they were answered."""
        return self.front.requests

    @property
    def refused(self) -> int:
        """How many requests were throttled."""
        return self.front.refused

    def records(self, entity: str = RESOURCE.name) -> list[dict[str, Any]]:
        """Return everything stored of an entity, whole, by id."""
        return self.service.store.all(entity)

    def put_record(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Store a resource past all checks, completed as the service would; returns it."""
        store = self.service.store
        if "Id" not in record:
            return store.create(dict(record), USERNAME)
        whole = store.completed(record, USERNAME)
        store.put(RESOURCE.name, whole)
        return whole

    def fill(self, count: int) -> None:
        """Store many plausible resources."""
        for each in many(count):
            self.put_record(each)

    def add_user(self, name: str, password: str, roles: set[str], totp: str = "") -> None:
        """Let somebody log in who holds only these roles."""
        self.front.tokens.users[name] = User(name, password, frozenset(roles), totp)


def serve(
    *,
    port: int,
    path: Path | None,
    limits: Sequence[str],
    faults: Sequence[str],
    ready: Callable[[str, str, str], None],
) -> None:
    """Serve until Ctrl-C or SIGTERM. Raises ValueError and OSError as `Sandbox.start` does."""
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.set()

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, stop)
    with Sandbox.start(port=port, path=path, limits=limits, faults=faults) as sandbox:
        ready(sandbox.url, sandbox.username, sandbox.password)
        stopped.wait()
