"""Who may say yes to a plan: links that point to it, passphrases at rest, and what a link's holder may do with it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.plan import Proposal


class TicketState(StrEnum):
    """What a link is good for at this moment."""

    WAITING = "waiting"  # the plan waits for this person's yes
    CONSENTED = "consented"  # this person has said yes, others have not yet
    LOCKED = "locked"  # the plan waits, and after too many wrong passphrases nobody may try for a while
    APPROVED = "approved"
    DECLINED = "declined"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A pointer to one plan (its fingerprint) for one person; the token itself is nowhere, only its SHA-256 in hex."""

    token_sha: str
    plan: str
    person: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What it costs to try one passphrase: scrypt's parameters (RFC 7914); it takes 128 * n * r bytes of memory."""

    n: int = 2**15
    r: int = 8
    p: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Passphrase:
    """What is kept of a person's passphrase: salt and digest in hex, and what each try costs."""

    person: str
    salt: str = field(repr=False)
    digest: str = field(repr=False)
    cost: Cost
    set_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How many wrong passphrases are borne: for a plan before it is voided, for a person in a row, and over all.

    Those of a person are forgotten after `forgotten_after`, those over all count `within` that time.
    """

    for_plan: int = 5
    for_person: int = 5
    over_all: int = 10
    within: timedelta = timedelta(minutes=1)
    forgotten_after: timedelta = timedelta(days=1)
    locked_for: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lockout:
    """Until when nobody (`person` empty), or one person, may try a passphrase, and after how many wrong ones."""

    person: str
    wrong: int
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a link points to, for whom, and what it is good for; `missing` are those who have not said yes yet.

    `until`: when the lock ends, where it is locked. `why`: a sentence for a plan that is over.
    """

    proposal: Proposal
    person: str
    state: TicketState
    said_yes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    until: datetime | None = None
    why: str = ""


def token_sha(token: str) -> str:
    """The SHA-256 of a token in hex; of any text, so that nothing typed can break it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
