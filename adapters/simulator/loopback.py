"""HTTP/1.1 on the loopback, kept alive, and silent."""

import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from adapters.simulator.wire import Answer, HangUp, Request

MARK = ("X-Broker-Sim", "rebaloop")
LARGEST_BODY = 1 << 20


class LoopbackServer(ThreadingHTTPServer):
    """A server on 127.0.0.1 whose threads and connections end with it."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 32

    def __init__(self, port: int, dispatch: Callable[[Request], Answer]) -> None:
        """Bind; port 0 lets the system choose."""
        super().__init__(("127.0.0.1", port), _Conversation)
        self.dispatch = dispatch
        self._connections: set[socket.socket] = set()
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)

    def start(self) -> None:
        """Serve in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving, hang up on everybody and free the port."""
        self.shutdown()
        self._thread.join()
        self.server_close()
        with self._guard:
            connections = list(self._connections)
        for connection in connections:
            _hang_up(connection)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - socketserver's own words
        """Remember the connection, then serve it."""
        with self._guard:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - socketserver's own words
        """Forget the connection, then close it."""
        with self._guard:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - socketserver's own words
        """A customer who hangs up is no news."""


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


class _Conversation(BaseHTTPRequestHandler):
    """One connection: reads a request, writes an answer, until the customer hangs up."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: LoopbackServer

    def _answer(self) -> None:
        length = self._content_length()
        if length is None:
            self.send_error(400, "request body format is invalid")
            return
        body = self.rfile.read(length)
        self._send(self.server.dispatch(Request.parse(self.command, self.path, dict(self.headers), body)))

    def _content_length(self) -> int | None:
        text = self.headers.get("Content-Length", "0")
        plain = text.isascii() and text.isdigit() and len(text) < 10
        if not plain or int(text) > LARGEST_BODY or self.headers.get("Transfer-Encoding"):
            return None
        return int(text)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - the base class looks for these names

    def _send(self, answer: Answer) -> None:
        if answer.hang_up is not HangUp.SILENT:
            self._write(answer)
        if answer.hang_up is not None or answer.promised is not None:
            self.close_connection = True

    def _write(self, answer: Answer) -> None:
        content = answer.content
        if answer.hang_up is HangUp.IN_HEAD or (answer.hang_up and not content):
            self.send_response_only(answer.status)
            self.flush_headers()
            self.wfile.write(b"Content-")
            return
        self._write_head(answer, content)
        self.wfile.write(content[: len(content) // 2] if answer.hang_up else content)

    def _write_head(self, answer: Answer, content: bytes) -> None:
        self.send_response_only(answer.status)
        for name, value in (*answer.headers.items(), MARK):
            self.send_header(name, value)
        if content and not any(name.lower() == "content-type" for name in answer.headers):
            self.send_header("Content-Type", "application/json; charset=UTF-8")
        if answer.status != 204:
            self.send_header("Content-Length", str(len(content) if answer.promised is None else answer.promised))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what is no request, or no known method, in JSON too."""
        self.close_connection = True
        self._send(Answer(status=int(code), body={"message": message or explain or "bad request"}))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class chose the name
        """Say nothing: the request log is `SimulatedBroker.requests`."""
