"""The wire: connections that stay open, and what came over them as a reply. Only user of httpx."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from pipeline import __version__
from pipeline.api.replies import Reply
from pipeline.config import Settings
from pipeline.errors import UsageError
from pipeline.json_text import read_json

CONNECT_TIMEOUT_SECONDS = 10.0
MAX_TEXT = 10_000  # bytes of an answer that are kept as text: what it says in words is short

Transport = httpx.BaseTransport


class Wire:
    """Sends single requests, for any number of threads at once.

    Each request under way has a transport to itself: the pool of a shared one looks through all
    its connections for every request, and keeps no more than twenty of them open. There is no
    `httpx.Client` over it, whose redirects, logins and hooks nobody asks for: it would take a
    third of a request's processor time.
    """

    def __init__(self, settings: Settings, transport: Transport | None = None) -> None:
        self._base_url = settings.base_url
        timeout = httpx.Timeout(settings.timeout_seconds, connect=CONNECT_TIMEOUT_SECONDS)
        self._extensions = {"timeout": timeout.as_dict()}
        self._verify = httpx.create_ssl_context()
        self._proxy = _proxy_for(settings.base_url)
        self._shared = transport
        self._free: deque[Transport] = deque()  # the one used last is taken first
        self._cookies = httpx.Cookies()  # one for all: it is one visitor
        self._has_cookies = False  # the jar cannot be asked while another thread fills it
        self._urls: dict[str, httpx.URL] = {}
        self._headers: tuple[tuple[object, ...], httpx.Headers] = (), httpx.Headers()

    def close(self) -> None:
        """Close the connections that are not in use."""
        while self._free:
            self._free.pop().close()

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str],
    ) -> Reply:
        """Send a request once. Raises UsageError for an address that cannot be meant."""
        try:
            url = self._url(path)
            asked = self._request(
                method, url.copy_merge_params(params) if params else url, content, headers
            )
            response, body = self._answered(asked)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return Reply(failure="unconnected", reason=_reason(error))
        except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise UsageError(f"{self._base_url}: not an address of a service.") from error
        except httpx.RequestError as error:
            return Reply(failure="lost", reason=_reason(error))
        if "set-cookie" in response.headers:
            response.request = asked
            self._cookies.extract_cookies(response)
            self._has_cookies = True
        return _read_reply(response, body)

    def _request(
        self, method: str, url: httpx.URL, content: bytes | None, headers: Mapping[str, str]
    ) -> httpx.Request:
        request = httpx.Request(
            method,
            url,
            headers=self._every(url.netloc, headers),
            stream=httpx.ByteStream(content or b""),
            extensions=self._extensions,
        )
        if content is not None or method != "GET":
            request.headers["Content-Length"] = str(len(content or b""))
        if self._has_cookies:
            self._cookies.set_cookie_header(request)
        return request

    def _every(self, host: bytes, headers: Mapping[str, str]) -> httpx.Headers:
        """Return the headers of a request; a run asks with the same ones, which are not cheap."""
        asked = (host, *headers.items())
        known, every = self._headers
        if known != asked:
            every = httpx.Headers(
                {
                    "Host": host.decode("ascii"),
                    "User-Agent": f"nexudus-bulk/{__version__}",
                    "Accept": "application/json",
                    "Accept-Encoding": "gzip, deflate",
                    "Connection": "keep-alive",
                    **headers,
                }
            )
            self._headers = asked, every
        return every

    def _answered(self, request: httpx.Request) -> tuple[httpx.Response, bytes]:
        """Send a request over a transport that is free; returns the answer and its bytes."""
        try:
            transport = self._free.pop()
        except IndexError:
            transport = self._shared or self._opened()
        try:
            response = transport.handle_request(request)
            try:
                return response, b"".join(_content(response))
            finally:
                response.close()
        finally:
            self._free.append(transport)

    def _opened(self) -> Transport:
        try:
            return httpx.HTTPTransport(verify=self._verify, proxy=self._proxy)
        except (ImportError, ValueError, httpx.InvalidURL) as error:
            raise UsageError(
                "The proxy that the environment names (HTTPS_PROXY, HTTP_PROXY or ALL_PROXY) "
                "cannot be used. Write such as http://proxy.example:3128."
            ) from error

    def _url(self, path: str) -> httpx.URL:
        """Return the address of a path; taking one apart costs, and a run asks the same ones."""
        if path not in self._urls:
            self._urls = {path: httpx.URL(f"{self._base_url}/api/{path}")}
        return self._urls[path]


def _proxy_for(address: str) -> str | None:
    """Return the proxy that the environment or the system names for an address."""
    parts = urlsplit(address)
    known = getproxies()
    proxy = known.get(parts.scheme) or known.get("all")
    if not proxy or proxy_bypass(parts.hostname or ""):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _content(response: httpx.Response) -> Iterator[bytes]:
    """Return an answer's bytes; what is not packed is taken past the layers that unpack."""
    if "content-encoding" in response.headers:
        return response.iter_bytes()
    assert isinstance(response.stream, httpx.SyncByteStream)
    return iter(response.stream)


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
            body = read_json(content)
        except (ValueError, RecursionError):  # not JSON, not even text, or nested without end
            readable = False
    encoding = "utf-8" if readable else response.encoding or "utf-8"
    return Reply(
        status=response.status_code,
        headers=response.headers,
        text=content[:MAX_TEXT].decode(encoding, errors="replace"),
        body=body,
        readable=readable,
    )
