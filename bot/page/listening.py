"""One application on a socket of this machine, served from a thread until it is told to stop."""

from __future__ import annotations

import socket
from threading import Thread

import uvicorn
from starlette.types import ASGIApp

from bot.domain.errors import TryLater
from bot.settings.page import PageAddress

LINGER = 5  # seconds that requests under way may take when the page is told to stop
BACKLOG = 128


class Serving:
    """One application on a socket that listens already, in a thread."""

    def __init__(self, app: ASGIApp, listening: socket.socket) -> None:
        self._listening = listening
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                access_log=False,  # a path holds a token
                log_config=None,
                log_level="critical",  # what went wrong is told by the doorway, without a word of the request
                lifespan="off",
                ws="none",
                http="h11",
                loop="asyncio",
                server_header=False,
                proxy_headers=False,  # the doorway believes the proxy in one thing alone
                timeout_keep_alive=LINGER,
                timeout_graceful_shutdown=LINGER,
            )
        )
        self._thread = Thread(target=self._serve, name="page", daemon=True)

    def start(self) -> None:
        """Answer from now on; who came before is waiting in the socket."""
        self._thread.start()

    def stop(self) -> None:
        """Let what is under way end, and listen no more."""
        self._server.should_exit = True
        self._thread.join(2 * LINGER)

    def _serve(self) -> None:
        with self._listening:
            self._server.run(sockets=[self._listening])


def origins(address: PageAddress) -> tuple[str, ...]:
    """All names under which the page may be asked for; a name of this machine only where it listens to it alone."""
    public = (address.public_url,) if address.public_url else ()
    if not address.on_loopback:
        return public
    return (*public, address.local_url, f"http://localhost:{address.port}")


def listen(page: PageAddress) -> socket.socket:
    """A socket that accepts connections already, so that nobody who comes early is turned away."""
    try:
        return socket.create_server(
            (page.host, page.port), family=socket.AF_INET6 if ":" in page.host else socket.AF_INET, backlog=BACKLOG
        )
    except OSError as problem:
        raise TryLater(f"The page cannot listen on {page.local_url}: {problem.strerror}.") from None
