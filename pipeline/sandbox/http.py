"""HTTP on the loopback: connections that stay open, and a server that can be stopped."""

from __future__ import annotations

import io
import socket
import threading
import time
from typing import Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

HOST = "127.0.0.1"
CLIENT_ID = "sandbox.client_id"  # Werkzeug drops headers with an underscore in their name
POLL_SECONDS = 0.02  # how soon a stop is noticed
STOP_SECONDS = 1.0  # how long requests under way may take after a stop


class ThreadedServer(ThreadedWSGIServer):
    """Werkzeug's threaded server, which knows its open connections."""

    open_sockets: set[socket.socket]


class Handler(WSGIRequestHandler):
    """Werkzeug's handler, but connections are kept open, as those of the service are."""

    server: ThreadedServer

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        """Remember the connection, for the server to close it."""
        super().setup()
        self.server.open_sockets.add(self.connection)

    def finish(self) -> None:
        """Forget the connection."""
        self.server.open_sockets.discard(self.connection)
        super().finish()

    def run_wsgi(self) -> None:
        """Answer one request with its length, so that the next may follow."""
        self.environ = environ = self.make_environ()
        chunked = "wsgi.input_terminated" in environ
        length = int(self.headers.get("Content-Length") or 0)
        body = environ["wsgi.input"].read() if chunked else self.rfile.read(length)
        environ["wsgi.input"] = io.BytesIO(body)
        environ[CLIENT_ID] = self.headers.get("client_id")
        begun: list[Any] = []

        def start_response(*words: Any) -> Any:
            begun[:] = words[:2]

        content = b"".join(self.server.app(environ, start_response))
        code, _, reason = begun[0].partition(" ")
        self.send_response(int(code), reason)
        for name, value in begun[1]:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing: the sandbox keeps its own log."""


class Server:
    """Serves a WSGI application in threads until stopped."""

    def __init__(self, app: Any, port: int) -> None:
        with socket.socket() as listener:  # Werkzeug itself would exit when a port is taken
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((HOST, port))
            listener.listen(128)
            self._server = ThreadedServer(HOST, port, app, Handler, fd=listener.fileno())
        self._server.open_sockets = self._open = set[socket.socket]()
        self.port: int = self._server.port
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(POLL_SECONDS,), daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, close all connections, wait a little for the requests under way."""
        self._server.shutdown()
        self._thread.join()
        for each in list(self._open):
            try:
                each.shutdown(socket.SHUT_RD)
            except OSError:  # closed by the other side meanwhile
                continue
        ends_at = time.monotonic() + STOP_SECONDS
        while self._open and time.monotonic() < ends_at:
            time.sleep(0.001)
