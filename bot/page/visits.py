"""Visits: a signed cookie for each, forms that only it can send, and who has shown a passphrase in it."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from itsdangerous import Signer

from bot.ports import Clock

STAY = timedelta(minutes=30)  # after the passphrase
FORM = timedelta(hours=2)  # a form that lay open for longer is shown again
MOST = 64  # visits that may be let in at once


@dataclass(frozen=True, slots=True)
class _Stay:
    person: str
    until: timedelta


@dataclass(slots=True)
class Visits:
    """All visits of one running page; its key dies with it. `clock` only serves as a stopwatch."""

    clock: Clock
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    _stays: dict[str, _Stay] = field(default_factory=dict, repr=False)

    def new(self) -> str:
        """The cookie of a visit that begins."""
        return self._signer("visit").sign(secrets.token_urlsafe(24)).decode()

    def known(self, cookie: str) -> bool:
        """Whether we gave this cookie away."""
        return self._signer("visit").validate(cookie.encode())

    def form(self, cookie: str, path: str) -> str:
        """What a form carries, so that it can only be sent from this visit and to this path."""
        stamp = f"{self._now() // timedelta(seconds=1)}"
        return f"{stamp}.{self._seal(cookie, path, stamp)}"

    def sent(self, cookie: str, path: str, carried: str) -> bool:
        """Whether a form of this visit, to this path, not too old, carried these words."""
        stamp, _, seal = carried.partition(".")
        if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 12 and self.known(cookie)):
            return False
        fits = secrets.compare_digest(seal.encode(), self._seal(cookie, path, stamp).encode())
        return fits and self._now() - timedelta(seconds=int(stamp)) <= FORM

    def let_in(self, person: str) -> str:
        """Somebody has shown a passphrase: the cookie of a new visit, since the old one may be another's (fixation)."""
        now, cookie = self._now(), self.new()
        kept = {name: stay for name, stay in self._stays.items() if stay.until > now}
        self._stays = dict(list(kept.items())[-MOST + 1 :]) | {_name(cookie): _Stay(person, now + STAY)}
        return cookie

    def person(self, cookie: str) -> str:
        """Who is inside; empty where nobody is, or not any more."""
        stay = self._stays.get(_name(cookie))
        return stay.person if stay is not None and stay.until > self._now() and self.known(cookie) else ""

    def leave(self, cookie: str) -> None:
        """The visit is over."""
        self._stays.pop(_name(cookie), None)

    def _now(self) -> timedelta:
        return self.clock.steady()

    def _seal(self, cookie: str, path: str, stamp: str) -> str:
        return self._signer("form").get_signature(f"{stamp} {cookie} {path}").decode()

    def _signer(self, purpose: str) -> Signer:
        return Signer(self._key, salt=f"rebaloop {purpose}", key_derivation="hmac", digest_method=hashlib.sha256)


def _name(cookie: str) -> str:
    """What is remembered of a cookie."""
    return hashlib.sha256(cookie.encode()).hexdigest()
