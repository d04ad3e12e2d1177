"""Tells a service manager how we are: one datagram to its socket, and silence where there is none (sd_notify(3))."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from datetime import timedelta

READY, ALIVE, STOPPING = "READY=1", "WATCHDOG=1", "STOPPING=1"
PATIENCE = 1  # seconds: a manager that reads nothing any more, and its queue is full, must not hold us up


def notify(state: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Send one state; False where nobody listens, or the datagram could not leave: that is never our trouble."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return False
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
            out.settimeout(PATIENCE)
            out.connect("\0" + address[1:] if address.startswith("@") else address)
            out.sendall(state.encode())
    except OSError:
        return False
    return True


def watchdog_period(environ: Mapping[str, str] = os.environ) -> timedelta | None:
    """How often the manager wants to hear from us: half of what it waits for; None where it does not wait."""
    microseconds, pid = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID", "")
    if not microseconds.isdigit() or int(microseconds) == 0 or (pid and pid != str(os.getpid())):
        return None
    return timedelta(microseconds=int(microseconds) // 2)
