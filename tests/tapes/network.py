"""A machine without a network: every way out of it is an error, the loopback too."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import NoReturn
from unittest.mock import patch

WAYS_OUT = ("connect", "connect_ex", "sendto", "sendmsg")
LOOK_UPS = ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "create_connection")


class NetworkUsed(AssertionError):
    """Something wanted to speak to somebody."""


@contextmanager
def no_network() -> Iterator[list[str]]:
    """Whoever opens a connection or looks up a name fails, and is listed for those who swallow errors."""
    attempts: list[str] = []

    def refuse(name: str) -> object:
        def refused(*_: object, **__: object) -> NoReturn:
            attempts.append(name)
            raise NetworkUsed(f"socket.{name} was called, and there is no network here")

        return refused

    with ExitStack() as stack:
        for name in WAYS_OUT:
            stack.enter_context(patch.object(socket.socket, name, refuse(name)))
        for name in LOOK_UPS:
            stack.enter_context(patch.object(socket, name, refuse(name)))
        yield attempts
