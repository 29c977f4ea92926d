"""The wire: connections that stay open, and what came over them as a reply. Only user of httpx."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from typing import Any

import httpx

from pipeline import __version__
from pipeline.api.replies import Reply
from pipeline.config import Settings
from pipeline.errors import UsageError

CONNECT_TIMEOUT_SECONDS = 10.0
MAX_TEXT = 10_000  # bytes of an answer that are kept as text: what it says in words is short

Transport = httpx.BaseTransport


class Wire:
    """Sends single requests, for any number of threads at once.

    Each request under way has an `httpx.Client` to itself: the pool of a shared one looks through
    all its connections for every request, and keeps no more than twenty of them open.
    """

    def __init__(self, settings: Settings, transport: Transport | None = None) -> None:
        self._base_url = settings.base_url
        self._options: dict[str, Any] = {
            "headers": {"User-Agent": f"nexudus-bulk/{__version__}", "Accept": "application/json"},
            "timeout": httpx.Timeout(settings.timeout_seconds, connect=CONNECT_TIMEOUT_SECONDS),
            "transport": transport,
            "follow_redirects": False,
            "verify": httpx.create_ssl_context(),
            "cookies": CookieJar(),  # one for all: it is one visitor
        }
        self._free: deque[httpx.Client] = deque()  # the one used last is taken first
        self._urls: dict[str, httpx.URL] = {}

    def close(self) -> None:
        """Close the connections that are not in use."""
        while self._free:
            self._free.pop().close()

    def send(self, method: str, path: str, **request: Any) -> Reply:
        """Send a request once. Raises UsageError for an address that cannot be meant."""
        try:
            with self._lent() as client:
                asked = client.build_request(method, self._url(path), **request)
                response = client.send(asked, stream=True)
                try:
                    content = b"".join(response.iter_bytes())
                finally:
                    response.close()
                    # A stream and its response hold each other: both would stay for long.
                    response.stream = httpx.ByteStream(b"")
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return Reply(failure="unconnected", reason=_reason(error))
        except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise UsageError(f"{self._base_url}: not an address of a service.") from error
        except httpx.RequestError as error:
            return Reply(failure="lost", reason=_reason(error))
        return _read_reply(response, content)

    @contextmanager
    def _lent(self) -> Iterator[httpx.Client]:
        try:
            client = self._free.pop()
        except IndexError:
            client = httpx.Client(**self._options)
        try:
            yield client
        finally:
            self._free.append(client)

    def _url(self, path: str) -> httpx.URL:
        """Return the address of a path; taking one apart costs, and a run asks the same ones."""
        if path not in self._urls:
            self._urls = {path: httpx.URL(f"{self._base_url}/api/{path}")}
        return self._urls[path]


def _reason(error: httpx.RequestError) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    if isinstance(error, httpx.LocalProtocolError):
        return "the request cannot be written"  # its words repeat the header, and the token in it
    return " ".join(str(error).split()) or "the connection broke"


def _read_reply(response: httpx.Response, content: bytes) -> Reply:
    body, readable = None, True
    if content:
        try:
            body = json.loads(content)
        except ValueError:  # not JSON, or not even text
            readable = False
    return Reply(
        status=response.status_code,
        headers=dict(response.headers),
        text=content[:MAX_TEXT].decode(response.encoding or "utf-8", errors="replace"),
        body=body,
        readable=readable,
    )
