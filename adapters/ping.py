"""Tells whoever watches over timers that a run began, ended well or failed; never in the way of the run."""

from __future__ import annotations

import ipaddress
import ssl
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import SplitResult, urlsplit

import structlog

PATIENCE = 10  # seconds for one try
TRIES = 3
LONGEST = 200  # characters of what is told with a failure

_log = structlog.get_logger()


class Pinger:
    """Pings an address in the manner of healthchecks.io ("Pinging API": `/start`, nothing or `/fail` behind it).

    The address is a secret: it is never logged. A redirect is not followed.
    """

    def __init__(self, url: str, *, patience: int = PATIENCE) -> None:
        self._url = url
        self._patience = patience

    def start(self) -> bool:
        """A run begins; False, and a warning in the log, where that could not be told."""
        return self._tell("/start", "")

    def success(self) -> bool:
        """A run has ended well."""
        return self._tell("", "")

    def failure(self, words: str) -> bool:
        """A run has failed; `words` hold nothing private."""
        return self._tell("/fail", words[:LONGEST])

    def _tell(self, path: str, words: str) -> bool:
        parts = allowed(self._url)
        if parts is None:
            _log.warning("ping.refused", why="only https, or an address of this machine, is pinged")
            return False
        why = ""
        for _ in range(TRIES):
            try:
                status = self._post(parts, path, words)
            except (OSError, HTTPException, ValueError) as problem:
                why = type(problem).__name__
                continue
            if 200 <= status < 300:
                return True
            why = f"status {status}"
            if 400 <= status < 500:
                break
        _log.warning("ping.failed", why=why)
        return False

    def _post(self, parts: SplitResult, path: str, words: str) -> int:
        host, port = parts.hostname or "", parts.port
        connection = (
            HTTPSConnection(host, port, timeout=self._patience, context=ssl.create_default_context())
            if parts.scheme == "https"
            else HTTPConnection(host, port, timeout=self._patience)
        )
        target = f"{parts.path.rstrip('/')}{path}" + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request("POST", target or "/", body=words.encode(), headers={"User-Agent": "rebaloop"})
            return connection.getresponse().status
        finally:
            connection.close()


def allowed(url: str) -> SplitResult | None:
    """The parts of an address that may be pinged: https, or anything of this machine; None for every other."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return None
    if not host or "@" in parts.netloc or not url.isascii() or not url.isprintable():
        return None
    if parts.scheme == "https":
        return parts
    return parts if parts.scheme == "http" and _is_here(host) else None


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
