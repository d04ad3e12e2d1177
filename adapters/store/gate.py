"""The gate in the ledger's own file: links, the people who decide, and digests of their passphrases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from adapters.store.connection import writing
from adapters.store.ledger import SqliteLedger
from adapters.store.rows import instant_text
from adapters.store.trouble import explained
from bot.domain.gate import Cost, Link, Passphrase


class SqliteGate:
    """A `bot.ports.Gate` on the connection of a ledger, so that one transaction holds what both of them write."""

    def __init__(self, ledger: SqliteLedger) -> None:
        self._path, self._connection = ledger.books

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """One transaction of gate and ledger."""
        with explained(self._path), writing(self._connection):
            yield

    def name_deciders(self, plan: str, people: Sequence[str]) -> None:
        """Lay down whose yes a plan needs; where that is laid down already nothing changes."""
        with self.at_once():
            if not self.deciders(plan):
                rows = [(plan, person) for person in people]
                self._connection.executemany("INSERT INTO decider (plan, person) VALUES (?, ?)", rows)

    def deciders(self, plan: str) -> tuple[str, ...]:
        """Whose yes a plan needs, in the order in which they were named."""
        rows = self._rows("SELECT person FROM decider WHERE plan = ? ORDER BY rowid", plan)
        return tuple(str(person) for (person,) in rows)

    def add(self, link: Link) -> None:
        """Keep a new link; Reconcile for one whose person does not decide on the plan."""
        created_at, expires_at = instant_text(link.created_at), instant_text(link.expires_at)
        with self.at_once():
            self._connection.execute(
                "INSERT INTO link (token_sha, plan, person, created_at, expires_at) VALUES (?, ?, ?, ?, ?)",
                (link.token_sha, link.plan, link.person, created_at, expires_at),
            )

    def link(self, token_sha: str) -> Link | None:
        """The link with this SHA-256."""
        columns = "token_sha, plan, person, created_at, expires_at, used_at"
        for sha, plan, person, created_at, expires_at, used_at in self._rows(
            f"SELECT {columns} FROM link WHERE token_sha = ?",  # noqa: S608 - the columns stand above
            token_sha,
        ):
            return Link(
                token_sha=str(sha),
                plan=str(plan),
                person=str(person),
                created_at=datetime.fromisoformat(str(created_at)),
                expires_at=datetime.fromisoformat(str(expires_at)),
                used_at=None if used_at is None else datetime.fromisoformat(str(used_at)),
            )
        return None

    def use(self, token_sha: str, plan: str, at: datetime) -> bool:
        """Use up a link by one conditional update: of any number of tries one changes a row."""
        with self.at_once():
            changed = self._connection.execute(
                "UPDATE link SET used_at = :at"
                " WHERE token_sha = :token_sha AND plan = :plan AND used_at IS NULL AND :at < expires_at",
                {"at": instant_text(at), "token_sha": token_sha, "plan": plan},
            )
            return changed.rowcount == 1

    def passphrase(self, person: str) -> Passphrase | None:
        """What is kept of a person's passphrase."""
        for salt, digest, n, r, p, set_at in self._rows(
            "SELECT salt, digest, n, r, p, set_at FROM passphrase WHERE person = ?", person
        ):
            return Passphrase(
                person=person,
                salt=str(salt),
                digest=str(digest),
                cost=Cost(n=int(n), r=int(r), p=int(p)),
                set_at=datetime.fromisoformat(str(set_at)),
            )
        return None

    def keep(self, passphrase: Passphrase) -> None:
        """Keep a person's passphrase in place of the one before."""
        cost = passphrase.cost
        with self.at_once():
            self._connection.execute(
                "INSERT OR REPLACE INTO passphrase (person, salt, digest, n, r, p, set_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    passphrase.person,
                    passphrase.salt,
                    passphrase.digest,
                    cost.n,
                    cost.r,
                    cost.p,
                    instant_text(passphrase.set_at),
                ),
            )

    def _rows(self, query: str, value: str) -> list[tuple[str, ...]]:
        with explained(self._path):
            return self._connection.execute(query, (value,)).fetchall()
