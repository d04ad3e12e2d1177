"""Which addresses may be spoken to: this machine and a few hosts of brokers, and which of them move real money."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit

from bot.domain.plan import Environment

PAPER = "https://paper-api.alpaca.markets"  # Alpaca, "Paper Trading": the trading host that moves no money
LIVE = "https://api.alpaca.markets"  # Alpaca, "Authentication": the trading host that moves real money
SCHWAB = "https://api.schwabapi.com"  # Schwab, Trader API: real accounts, read here; traded when armed, and only then
PAPER_PRICES = "https://data.alpaca.markets"  # Alpaca, "Market Data": quotes only, the same for paper and live


def allowed_host(address: str, *, real: str) -> str | None:
    """An address as `scheme://host[:port]` if it is loopback or exactly `real`; None for every other.

    Anything that could make a reader and a client disagree on where it leads (a user name, a path, a query, a
    backslash, an unusual way to write a number) is not allowed either.
    """
    if not address.isascii() or not address.isprintable() or set(address) & set("\\@?#%* "):
        return None
    try:
        parts = urlsplit(address.lower())
        port = parts.port
    except ValueError:
        return None
    if parts.path not in {"", "/"}:
        return None
    plain = f"{parts.scheme}://{parts.netloc}"
    if plain in {real, f"{real}:443"}:
        return real
    return plain if _is_here(parts) and port != 0 else None


def world_of(address: str) -> Environment:
    """Which world an allowed address belongs to: what is neither a paper host nor this machine moves real money."""
    return Environment.PAPER if address == PAPER or is_loopback(address) else Environment.LIVE


def is_loopback(address: str) -> bool:
    """Whether an allowed address leads to this machine."""
    return _is_here(urlsplit(address))


def _is_here(parts: SplitResult) -> bool:
    name = parts.hostname or ""
    if parts.scheme not in {"http", "https"}:
        return False
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name) in ipaddress.ip_network("::1/128" if ":" in name else "127.0.0.0/8")
    except ValueError:
        return False
