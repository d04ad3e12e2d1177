"""A gate in memory that keeps the promises of the port, beside a ledger in memory."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from datetime import datetime

from bot.domain.errors import Reconcile
from bot.domain.gate import Link, Passphrase
from tests.fakes.ledger import MemoryLedger


class MemoryGate:
    """What is written inside `at_once` is taken back when that ends badly, in the ledger too."""

    def __init__(self, ledger: MemoryLedger) -> None:
        self._ledger = ledger
        self._deciders: dict[str, tuple[str, ...]] = {}
        self._links: dict[str, Link] = {}
        self._passphrases: dict[str, Passphrase] = {}

    @contextmanager
    def at_once(self) -> Iterator[None]:
        before = [(kept, {name: copy(value) for name, value in vars(kept).items()}) for kept in (self, self._ledger)]
        try:
            yield
        except BaseException:
            for kept, values in before:
                vars(kept).update(values, **({"_ledger": self._ledger} if kept is self else {}))
            raise

    def name_deciders(self, plan: str, people: Sequence[str]) -> None:
        self._deciders.setdefault(plan, tuple(people))

    def deciders(self, plan: str) -> tuple[str, ...]:
        return self._deciders.get(plan, ())

    def add(self, link: Link) -> None:
        if link.person not in self.deciders(link.plan) or link.token_sha in self._links:
            raise Reconcile("a link is for one of those who decide, and has a token of its own")
        self._links[link.token_sha] = link

    def link(self, token_sha: str) -> Link | None:
        return self._links.get(token_sha)

    def use(self, token_sha: str, plan: str, at: datetime) -> bool:
        link = self._links.get(token_sha)
        if link is None or link.plan != plan or link.used_at is not None or at >= link.expires_at:
            return False
        self._links[token_sha] = replace(link, used_at=at)
        return True

    def passphrase(self, person: str) -> Passphrase | None:
        return self._passphrases.get(person)

    def keep(self, passphrase: Passphrase) -> None:
        self._passphrases[passphrase.person] = passphrase
