"""Which addresses a Schwab login may speak to: the vendor's one host, and the loopback."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from bot.domain.errors import NotAllowed

REAL = "https://api.schwabapi.com"  # there is no paper host: Schwab has none for individuals


def broker_address(url: str) -> str:
    """An address as `scheme://host[:port]`.

    Raises:
        NotAllowed: for any host that is neither loopback nor the vendor's own, and for more than a host and a port.
    """
    try:
        parts = urlsplit(url.lower())
        port = parts.port
    except ValueError:
        raise NotAllowed("A broker's address is a scheme, a host and at most a port.") from None
    plain = f"{parts.scheme}://{parts.netloc}"
    if parts.path not in {"", "/"} or parts.query or parts.fragment or set(url) & set("@\\?#%* ") or not url.isascii():
        raise NotAllowed("A broker's address is a scheme, a host and at most a port.")
    if plain in {REAL, f"{REAL}:443"}:
        return REAL
    if parts.scheme in {"http", "https"} and is_loopback(plain) and port != 0:
        return plain
    raise NotAllowed(f"{parts.hostname or 'This address'} is neither {REAL} nor loopback; nothing is sent there.")


def is_loopback(address: str) -> bool:
    """Whether an address leads to this very machine, by its number or the one reserved name (RFC 6761)."""
    host = urlsplit(address).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
