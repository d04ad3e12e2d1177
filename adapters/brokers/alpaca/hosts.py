"""Which addresses may be spoken to: the loopback, the vendor's paper host, and its live one where that is open."""

from __future__ import annotations

from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

from bot.domain.errors import NotAllowed

PAPER_HOST = "paper-api.alpaca.markets"
LIVE_HOST = "api.alpaca.markets"  # real money
DATA_HOSTS = frozenset({"data.alpaca.markets", "data.sandbox.alpaca.markets"})  # prices only: they take no orders


class RealMoney(StrEnum):
    """How far an account with real money is open; `CLOSED` unless somebody says otherwise."""

    CLOSED = "closed"
    READ = "read"
    ORDERS = "orders"


def trading_address(url: str, real: RealMoney = RealMoney.CLOSED) -> str:
    """The trading address as the client library wants it, without a slash or `/v2` at its end.

    Raises:
        NotAllowed: for any host but loopback and the vendor's paper host, or its live one where real money is open.
    """
    host = _host(url)
    if real is RealMoney.CLOSED and not (is_loopback(host) or host == PAPER_HOST):
        raise NotAllowed(f"{host or 'This address'} is neither a paper host nor loopback; no order may ever go there.")
    if real is not RealMoney.CLOSED and not (is_loopback(host) or host == LIVE_HOST):
        raise NotAllowed(f"{host or 'This address'} is not the vendor's live host.")
    return _plain(url, host)


def data_address(url: str, trading_url: str) -> str:
    """The address of the price service; a simulated broker gets its prices from the loopback too.

    Raises:
        NotAllowed: for a host that is not the vendor's price service, or a real one beside a simulated broker.
    """
    host = _host(url)
    if is_loopback(_host(trading_url)) and not is_loopback(host):
        raise NotAllowed(f"A broker on the loopback takes its prices from the loopback, not from {host}.")
    if not (is_loopback(host) or host in DATA_HOSTS):
        raise NotAllowed(f"{host or 'This address'} is not the vendor's price service.")
    return _plain(url, host)


def is_loopback(host: str) -> bool:
    """Whether a host is this very machine, by its number or the one name that is reserved for it (RFC 6761)."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _plain(url: str, host: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise NotAllowed(f"{host} is to be reached over https.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise NotAllowed("A broker's address is a scheme, a host and at most a port.")
    return url.rstrip("/").removesuffix("/v2").rstrip("/")
