"""Passphrases: chosen at the terminal, kept as a salted scrypt digest, and compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata

import structlog

from bot.domain.errors import WrongUse
from bot.domain.facts import PassphraseSet
from bot.domain.gate import Cost, Passphrase, Patience
from bot.domain.plan import Proposal
from bot.ports import Clock, Gate, Ledger
from bot.services.lockout import lockout, moment, refuse, too_many

SHORTEST, LONGEST = 12, 200  # characters; the upper bound keeps one try from costing more than scrypt itself
_SALT_BYTES, _DIGEST_BYTES = 16, 32

_log = structlog.get_logger()


def set_passphrase(
    *, person: str, phrase: str, clock: Clock, ledger: Ledger, gate: Gate, cost: Cost | None = None
) -> None:
    """Keep a person's new passphrase in place of the one before, and lift what wrong ones had locked.

    Raises:
        WrongUse: for one that is too short or too long.
    """
    if not SHORTEST <= len(_normal(phrase)) <= LONGEST:
        raise WrongUse(
            f"A passphrase has {SHORTEST} to {LONGEST} characters; some words in a row are easiest to type on a phone.",
            next_step=f"rebaloop passphrase {person}",
        )
    salt, paid = secrets.token_bytes(_SALT_BYTES), cost or Cost()
    digest = _digest(phrase, salt, paid)
    with gate.at_once():
        now = moment(clock, ledger)
        gate.keep(Passphrase(person=person, salt=salt.hex(), digest=digest.hex(), cost=paid, set_at=now))
        ledger.record(PassphraseSet(at=now, person=person))
    _log.info("approval.passphrase_set", person=person)


def identify(
    *,
    person: str,
    passphrase: str,
    by: str,
    clock: Clock,
    ledger: Ledger,
    gate: Gate,
    patience: Patience | None = None,
) -> None:
    """Make sure that somebody is this person, for a door that shows what is private; a yes to nothing.

    Raises:
        WrongUse: for a wrong passphrase, none that could be right, or a lock.
    """
    with gate.at_once():
        problem = too_many() if lockout(person, clock, ledger) else None
        problem = problem or attempt(None, person, passphrase, by, clock, ledger, gate, patience or Patience())
    if problem is not None:
        raise problem


def attempt(
    proposal: Proposal | None,
    person: str,
    passphrase: str,
    by: str,
    clock: Clock,
    ledger: Ledger,
    gate: Gate,
    patience: Patience,
) -> WrongUse | None:
    """Look at a passphrase, and write down a wrong one."""
    kept = gate.passphrase(person)
    if kept is None:
        return WrongUse(
            f"{person} has no passphrase yet. Nothing was approved.", next_step=f"rebaloop passphrase {person}"
        )
    if matches(passphrase, kept):
        return None
    refuse(proposal, person, by, clock, ledger, patience)
    return WrongUse(f"That is not the passphrase of {person}. Nothing was approved.")


def matches(phrase: str, kept: Passphrase) -> bool:
    """Whether this is the passphrase; takes as long for a wrong one as for the right one."""
    if len(phrase) > 4 * LONGEST:  # normalising may shorten a text, but never by so much
        return False
    return hmac.compare_digest(_digest(phrase, bytes.fromhex(kept.salt), kept.cost), bytes.fromhex(kept.digest))


def _normal(phrase: str) -> str:
    """The same characters however a keyboard composes them (NFKC, unicode.org/reports/tr15), without blanks around."""
    return unicodedata.normalize("NFKC", phrase).strip()


def _digest(phrase: str, salt: bytes, cost: Cost) -> bytes:
    return hashlib.scrypt(
        _normal(phrase).encode("utf-8", "surrogatepass"),
        salt=salt,
        n=cost.n,
        r=cost.r,
        p=cost.p,
        maxmem=256 * cost.n * cost.r * cost.p + 2**20,  # scrypt takes half of it, OpenSSL wants a little more
        dklen=_DIGEST_BYTES,
    )
