"""Log lines: one event per station, pretty on a terminal and JSON elsewhere, with nothing secret in them."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from bot.domain.discretion import HIDDEN, hidden

_SECRET_KEY = re.compile(r"secret|token|passw|authorization|key_id|api_key|app_key|account_number", re.IGNORECASE)
LOUD = ("alpaca", "schwab", "httpx", "urllib3", "requests", "authlib")  # they log bodies and headers when asked to


def scrub(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hide values under telling keys, however deep, and whatever looks like an account number or an address."""
    for key, value in event.items():
        event[key] = HIDDEN if _SECRET_KEY.search(key) else _hidden(value)
    return event


def _hidden(value: object) -> object:
    match value:
        case str():
            return hidden(value)
        case int() if abs(value) >= 10**7:
            return HIDDEN
        case dict():
            return {key: HIDDEN if _SECRET_KEY.search(str(key)) else _hidden(one) for key, one in value.items()}
        case list() | tuple():
            return [_hidden(one) for one in value]
        case _:
            return value


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
