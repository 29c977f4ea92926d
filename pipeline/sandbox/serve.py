"""The sandbox as a test or the command holds it: start, look inside, make it fail, stop."""

from __future__ import annotations

import copy
import signal
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from pipeline.entities import RESOURCE
from pipeline.sandbox.app import Service, build_app
from pipeline.sandbox.choices import Choices
from pipeline.sandbox.gate import Gate, Request
from pipeline.sandbox.http import HOST, Server
from pipeline.sandbox.records import Records
from pipeline.sandbox.seed import seeds
from pipeline.sandbox.store import Store
from pipeline.sandbox.tables import TABLES, Record
from pipeline.sandbox.tokens import Logins, User

USERNAME = "ops@sandbox.example"
PASSWORD = "quay-lantern-47"  # invented, and good for nothing else


STOPS = (signal.SIGTERM, signal.SIGINT)


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Clocks:
    """Where time comes from: `now` in monotonic seconds, `wall` for stamps."""

    now: Callable[[], float] = time.monotonic
    wall: Callable[[], datetime] = _utc_now
    sleep: Callable[[float], None] = time.sleep


class Sandbox(Choices):
    """A running service; a context manager that stops it.

    It *is* its choices, so that a test sets `sandbox.slots_mode` and the service obeys at once.
    """

    username = USERNAME
    password = PASSWORD

    def __init__(
        self,
        *,
        path: Path | None,
        limits: Sequence[str],
        faults: Sequence[str],
        clocks: Clocks,
        choices: Mapping[str, Any],
    ) -> None:
        super().__init__(**choices)
        self.url = ""
        self._server: Server | None = None
        self._logins = Logins(clocks.now)
        self._logins.add(User(USERNAME, PASSWORD))
        self._gate = Gate(self, self._logins, limits, now=clocks.now, sleep=clocks.sleep)
        for text in faults:
            self._gate.faults.add(text)
        self._store = Store(path)
        self._records = Records(self._store, self, now=clocks.now, wall=clocks.wall)

    @classmethod
    def start(  # noqa: PLR0913 - each is one thing a caller may want otherwise
        cls,
        *,
        port: int = 0,
        path: Path | None = None,
        limits: Sequence[str] = (),
        faults: Sequence[str] = (),
        seed: bool = True,
        clocks: Clocks = Clocks(),
        **choices: Any,
    ) -> Sandbox:
        """Start a service on the loopback; `choices` are attributes of `Choices`.

        With a `path` the records are kept there, and found again by the next start: only an empty
        store is seeded. Raises ValueError for a limit or a fault that is not one, OSError for a
        port that is taken.
        """
        sandbox = cls(path=path, limits=limits, faults=faults, clocks=clocks, choices=choices)
        try:
            if seed and sandbox._store.is_empty:
                for entity, records in seeds():
                    sandbox.put_records(entity, records)
            sandbox._listen(port)
        except OSError:
            sandbox.stop()
            raise
        return sandbox

    def _listen(self, port: int) -> None:
        service = Service(self._records, self._logins, self)
        self._server = Server(build_app(service, self._gate), port)
        self.url = f"http://{HOST}:{self._server.port}"

    def stop(self) -> None:
        """Stop answering and close the file; a second time does nothing."""
        server, self._server = self._server, None
        if server:
            server.stop()
        self._store.close()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # ---- looking inside, past limits, faults and roles

    @property
    def requests(self) -> list[Request]:
        """The log: every request in the order of the answers. May be cleared."""
        return self._gate.requests

    @property
    def refused(self) -> int:
        """How many requests were throttled."""
        return self._gate.refused

    def records(self, entity: str = RESOURCE.name) -> list[Record]:
        """Return copies of all whole records by id, also of those that lag behind."""
        return copy.deepcopy(self._records.everything(TABLES[entity]))

    def put_record(self, entity: str, record: Record) -> Record:
        """Store a record unchecked, completed from the stored one or from defaults; returns it."""
        return self.put_records(entity, [record])[0]

    def put_records(self, entity: str, records: Iterable[Record]) -> list[Record]:
        """Store records unchecked in one go, all or none; see `put_record`."""
        given = copy.deepcopy(list(records))
        return copy.deepcopy(self._records.put(TABLES[entity], given, USERNAME))

    def delete_record(self, entity: str, number: int) -> None:
        """Remove a record, whoever links to it."""
        self._records.remove(TABLES[entity], number)

    # ---- making it fail

    def add_fault(self, text: str) -> None:
        """Arm a fault, written NAME[=ARG][@VERB][*COUNT][+SKIP]. Raises ValueError."""
        with self._gate.lock:
            self._gate.faults.add(text)

    def clear_faults(self) -> None:
        """Disarm all faults."""
        with self._gate.lock:
            self._gate.faults.clear()

    def add_user(
        self, username: str, password: str, roles: Iterable[str] | None = None, totp: str = ""
    ) -> None:
        """Add a login, or replace one. Without roles it is a full administrator."""
        held = None if roles is None else frozenset(roles)
        self._logins.add(User(username, password, held, totp))


def serve(  # noqa: PLR0913 - the command's options
    *,
    port: int = 0,
    path: Path | None = None,
    log: Path | None = None,
    limits: Sequence[str] = (),
    faults: Sequence[str] = (),
    ready: Callable[[str, str, str], None],
) -> None:
    """Serve until SIGTERM or Ctrl-C; `ready` is told url, username and password once it answers.

    Every request adds a line of JSON to `log`, without bodies. To be called from the main thread.
    Raises ValueError and OSError as `Sandbox.start` does.
    """
    with (
        nullcontext() if log is None else log.open("a", encoding="utf-8") as file,
        Sandbox.start(port=port, path=path, limits=limits, faults=faults) as sandbox,
    ):
        sandbox._gate.log = file
        before = {each: signal.signal(each, _interrupt) for each in STOPS}
        try:
            ready(sandbox.url, sandbox.username, sandbox.password)
            while True:
                time.sleep(3_600)
        except KeyboardInterrupt:
            pass
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
