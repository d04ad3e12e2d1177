"""How often somebody may knock: so many times a minute for each address, forgotten a minute later."""

from __future__ import annotations

import ipaddress
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from bot.ports import Clock

MINUTE = timedelta(minutes=1)
NEIGHBOURHOOD = 64  # bits: the smallest piece of IPv6 that one subscriber gets (RFC 6177, section 2)
MOST_KNOWN = 10_000  # addresses; who comes after them waits until the minute is over


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What one address may do in a minute: look, answer, and ask for what is not there."""

    looks: int = 240
    answers: int = 30
    misses: int = 20


class Turnstile:
    """Counts by address and minute; used from one thread."""

    def __init__(self, pace: Pace, clock: Clock) -> None:
        self._pace = pace
        self._clock = clock
        self._minute = -1
        self._counts: Counter[tuple[str, str]] = Counter()

    def lets_in(self, address: str, *, answering: bool) -> bool:
        """Count a request; whether it is still within the pace."""
        self._turn()
        who = crowd(address)
        if (who, "looks") not in self._counts and len(self._counts) >= MOST_KNOWN:
            return False
        self._counts[who, "looks"] += 1
        self._counts[who, "answers"] += answering
        return (
            self._counts[who, "looks"] <= self._pace.looks
            and self._counts[who, "answers"] <= self._pace.answers
            and self._counts[who, "misses"] < self._pace.misses
        )

    def missed(self, address: str) -> None:
        """It asked for something that is not there."""
        self._turn()
        self._counts[crowd(address), "misses"] += 1

    def _turn(self) -> None:
        minute = self._clock.steady() // MINUTE
        if minute != self._minute:
            self._minute = minute
            self._counts.clear()


def crowd(address: str) -> str:
    """Those who are counted together: an IPv4 address, or all that one IPv6 subscriber has."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((int(found), NEIGHBOURHOOD), strict=False))
