"""A ledger's pulse: when something last ran, and whether an order or a letter is lost; cheap, and changing nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from adapters.store.condition import reading
from adapters.store.schema import migrations
from bot.domain.errors import WrongUse

LATELY = 100  # letters


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """`last_at` is the newest sign of a run, None without one; `lost_since` is the oldest order of unknown fate."""

    last_at: datetime | None
    lost_orders: int
    lost_since: datetime
    letters_lost: int


def pulse_of(path: Path) -> Pulse:
    """Ask the ledger a few questions that its indexes answer.

    Raises:
        WrongUse: there is no ledger, or it is of another schema than ours.
        Reconcile: it is damaged.
        TryLater: it cannot be read now.
    """
    with reading(path) as books:
        schema, known = books.execute("PRAGMA user_version").fetchone()[0], len(migrations())
        if schema != known:
            raise WrongUse(f"The ledger is of schema {schema}, and this rebaloop knows {known}.")
        seen = books.execute(
            "SELECT max(at) FROM (SELECT at FROM (SELECT at FROM fact ORDER BY seq DESC LIMIT 1)"
            " UNION ALL SELECT max(moved_at) FROM due)"
        ).fetchone()[0]
        lost, since = books.execute(
            "SELECT count(*), min(intended_at) FROM intent WHERE state IN ('sending', 'unknown')"
        ).fetchone()
        newest = books.execute("SELECT coalesce(max(number), 0) FROM outbox").fetchone()[0]
        letters = books.execute(
            "SELECT count(*) FROM outbox WHERE state IN ('undeliverable', 'given up') AND number > ?",
            (newest - LATELY,),
        ).fetchone()[0]
    return Pulse(
        last_at=datetime.fromisoformat(seen) if seen else None,
        lost_orders=lost,
        lost_since=datetime.fromisoformat(since) if since else datetime.max.replace(tzinfo=UTC),
        letters_lost=letters,
    )
