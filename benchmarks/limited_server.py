"""A lean service that enforces a limit where it counts: when a request arrives.

    python -m benchmarks.limited_server [--limit 10/5] [--policy sliding|fixed|bucket] \\
        [--answer SECONDS] [--jitter SECONDS] [--stalls CHANCE] [--rooms N] [--seed N]

Prints `READY http://127.0.0.1:PORT` and serves until its standard input ends. It answers what an
import asks, as the sandbox does, at a small part of the sandbox's cost. `/figures` tells what was
let in and refused, which counts nowhere.

Each request takes `--answer` seconds and, on each of its two ways, up to half of `--jitter`
(exponential); of so many as `--stalls` says one way takes 0.2 to 1 s longer. What is late on its
way there is counted late.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import random
import sys
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pipeline.sandbox.envelopes import done
from pipeline.sandbox.reading import filtered, page
from pipeline.sandbox.seed import LOOKUPS
from pipeline.sandbox.tables import BY_PATH, TABLES, Record, Table

POLICIES = ("sliding", "fixed", "bucket")
STALL_SECONDS = (0.2, 1.0)
FIRST_ID = 1_500_000_000
TOKEN = {"access_token": "benchmark", "token_type": "bearer", "expires_in": 86_400}
ROOM = {"BusinessId": 1410010001, "ResourceTypeId": 1410020001, "SystemResourceType": 1}
REASONS = {200: "OK", 404: "Not Found", 429: "Too Many Requests"}


def name_of(number: int) -> str:
    """Return what the room with the id FIRST_ID + `number` is called to begin with."""
    return f"Room {number:06}"


@dataclass
class Limit:
    """At most `count` writes in `seconds`, as one of three kinds of servers counts them."""

    policy: str
    count: int
    seconds: float
    _arrivals: deque[float] = field(default_factory=deque)
    _window: int = -1
    _used: float = 0.0
    _at: float = 0.0

    def wait(self, now: float) -> float:
        """Count a request that arrives now; else return the seconds until there is room."""
        return {"sliding": self._slide, "fixed": self._fix, "bucket": self._drip}[self.policy](now)

    def _slide(self, now: float) -> float:
        while self._arrivals and self._arrivals[0] <= now - self.seconds:
            self._arrivals.popleft()
        if len(self._arrivals) >= self.count:
            return self._arrivals[0] + self.seconds - now
        self._arrivals.append(now)
        return 0.0

    def _fix(self, now: float) -> float:
        window = int(now // self.seconds)
        if window != self._window:
            self._window, self._used = window, 0
        if self._used >= self.count:
            return (window + 1) * self.seconds - now
        self._used += 1
        return 0.0

    def _drip(self, now: float) -> float:
        rate = self.count / self.seconds
        self._used = max(self._used - (now - self._at) * rate, 0.0)
        self._at = now
        if self._used + 1 > self.count:
            return (self._used + 1 - self.count) / rate
        self._used += 1
        return 0.0


@dataclass
class Ways:
    """How long a request is under way, in seconds: there, and at work and back."""

    answer: float = 0.0
    jitter: float = 0.0
    stalls: float = 0.0
    chance: random.Random = field(default_factory=random.Random)

    def there(self) -> float:
        """Return the seconds until a request arrives."""
        return self._jitter() + self._stall()

    def back(self) -> float:
        """Return the seconds from its arrival to its answer."""
        return self.answer + self._jitter() + self._stall()

    def _jitter(self) -> float:
        most = self.jitter / 2
        return min(self.chance.expovariate(3 / most), most) if most else 0.0

    def _stall(self) -> float:
        stalls = self.stalls and self.chance.random() < self.stalls / 2
        return self.chance.uniform(*STALL_SECONDS) if stalls else 0.0


class Service:
    """The records, and the answers to what is asked of them."""

    def __init__(self, rooms: int, limit: Limit | None) -> None:
        self._limit = limit
        self._tables: dict[str, dict[int, Record]] = {
            name: {each["Id"]: {**TABLES[name].blank, **each} for each in records}
            for name, records in LOOKUPS.items()
        }
        self._tables["Resource"] = {}
        for number in range(rooms):
            self._keep(FIRST_ID + number, {**ROOM, "Name": name_of(number)})
        self.accepted: list[float] = []  # when each write of a record was let in
        self.refused: list[tuple[float, float]] = []  # when, and for how long it was told to wait
        self.asked = 0

    def _keep(self, number: int, body: Record) -> Record:
        rooms = self._tables["Resource"]
        record = rooms.get(number) or {**TABLES["Resource"].blank, "Id": number}
        record |= {key: value for key, value in body.items() if key in record}
        rooms[number] = record
        return record

    def figures(self) -> Record:
        """Return what happened so far."""
        return {"asked": self.asked, "accepted": self.accepted, "refused": self.refused}

    def answer(self, method: str, target: str, body: bytes, now: float) -> tuple[int, Any]:
        """Answer a request that arrives now; (429, seconds) when it has to wait."""
        self.asked += 1
        address = urlsplit(target)
        path = address.path.removeprefix("/api/").rstrip("/")
        if method != "GET":
            return self._write(path, body, now)
        if path == "auth/me":
            return 200, {"Id": 1, "Email": "bench@example.org", "DefaultBusinessId": 1410010001}
        query = dict(parse_qsl(address.query))
        return self._read(BY_PATH.get(path), query)

    def _write(self, path: str, body: bytes, now: float) -> tuple[int, Any]:
        if self._limit and (wait := self._limit.wait(now)):
            pause = max(math.ceil(wait), 1)
            self.refused.append((now, pause))
            return 429, pause
        if path == "token":
            return 200, TOKEN
        self.accepted.append(now)
        sent = json.loads(body)
        is_new = not sent.get("Id")
        number = FIRST_ID + len(self._tables["Resource"]) if is_new else sent["Id"]
        record = self._keep(number, {**sent, "Id": number})
        words = f"Resource was successfully {'created' if is_new else 'updated'}."
        return done(words, record if is_new else {"Id": number}, record)

    def _read(self, table: Table | None, query: dict[str, str]) -> tuple[int, Any]:
        if table is None:
            return 404, "Not found"
        records = self._tables.get(table.name, {})
        if "id" in query:
            return 200, [records[each] for each in json.loads(query["id"]) if each in records]
        envelope = page(table, filtered(table, list(records.values()), query), query, 1_000)
        rows = [
            {key: value for key, value in each.items() if key not in table.lists}
            for each in envelope["Records"]
        ]
        return 200, {**envelope, "Records": rows}


class Connection(asyncio.Protocol):
    """One connection that stays open; a client sends its next request after the answer."""

    def __init__(self, service: Service, ways: Ways, later: Callable[..., object]) -> None:
        self._service = service
        self._ways = ways
        self._later = later
        self._came = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what the answers are written to."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Take a request in when it is whole."""
        self._came += data
        head, ends, rest = self._came.partition(b"\r\n\r\n")
        if not ends:
            return
        length = next(
            (
                int(line.partition(b":")[2])
                for line in head.split(b"\r\n")
                if line[:15].lower() == b"content-length:"
            ),
            0,
        )
        if len(rest) < length:
            return
        self._came = b""
        method, target, _ = head.split(b" ", 2)
        if target == b"/figures":
            self._send(200, self._service.figures())
            return
        self._after(self._ways.there(), self._arrive, method.decode(), target.decode(), rest)

    def _after(self, seconds: float, step: Callable[..., None], *words: Any) -> None:
        if seconds:
            self._later(seconds, step, *words)
        else:
            step(*words)

    def _arrive(self, method: str, target: str, body: bytes) -> None:
        now = asyncio.get_running_loop().time()
        answer = self._service.answer(method, target, body, now)
        self._after(self._ways.back(), self._send, *answer)

    def _send(self, status: int, body: Any) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        more = f"Retry-After: {body}\r\n" if status == 429 else ""  # noqa: PLR2004 - HTTP's own
        content = b"" if more else json.dumps(body, separators=(",", ":")).encode()
        self._transport.write(
            f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Type: application/json\r\n{more}"
            f"Content-Length: {len(content)}\r\n\r\n".encode()
            + content
        )


async def serve(service: Service, ways: Ways) -> None:
    """Serve until the standard input ends: whoever began this server is then gone."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Connection(service, ways, loop.call_later), "127.0.0.1", 0, backlog=512
    )
    port = server.sockets[0].getsockname()[1]
    print(f"READY http://127.0.0.1:{port}", flush=True)
    ended = asyncio.Event()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    await ended.wait()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", help="COUNT/SECONDS; none without it")
    parser.add_argument("--policy", choices=POLICIES, default="sliding")
    for name in ("--answer", "--jitter", "--stalls"):
        parser.add_argument(name, type=float, default=0.0)
    parser.add_argument("--rooms", type=int, default=0)
    parser.add_argument("--seed", type=int, default=85)
    chosen = parser.parse_args()
    count, _, seconds = (chosen.limit or "").partition("/")
    limit = Limit(chosen.policy, int(count), float(seconds)) if chosen.limit else None
    chance = random.Random(chosen.seed)
    ways = Ways(chosen.answer, chosen.jitter, chosen.stalls, chance)
    asyncio.run(serve(Service(chosen.rooms, limit), ways))


if __name__ == "__main__":
    main()
