"""Log lines: one event per station, pretty on a terminal and JSON elsewhere, with nothing secret in them."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET_KEY = re.compile(r"secret|token|password|authorization|key_id|api_key|account_number", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"(?<![\w.-])\d{8,}(?![\w.-])")  # account numbers have eight digits or more
LOUD = ("alpaca", "schwab", "httpx", "urllib3", "requests", "authlib")  # they log bodies and headers when asked to


def scrub(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hide values under telling keys, and every run of eight digits or more."""
    for key, value in event.items():
        if _SECRET_KEY.search(key):
            event[key] = "***"
        elif isinstance(value, str):
            event[key] = _LONG_NUMBER.sub("***", value)
    return event


def set_up(*, quiet: bool) -> None:
    """Write events to stderr; `quiet` leaves out all but warnings."""
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
    terminal = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            scrub,
            structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING if quiet else logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
