"""What a request finds behind the doorway: the books, the gate and the brake, opened for it and closed after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bot.domain.household import Household
from bot.domain.plan import Environment
from bot.domain.targets import Policy
from bot.ports import Brake, Clock, Gate, Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Everything that one request may read or write.

    `letters` says in sentences which letters have not arrived; `dates` are those that are known to come, the first one
    first, with what happens on them.
    """

    household: Household
    policy: Policy
    environment: Environment
    ledger: Ledger
    gate: Gate
    brake: Brake
    clock: Clock
    letters: Callable[[], Sequence[str]] = tuple
    dates: Callable[[], Sequence[tuple[date, str]]] = tuple

    @property
    def people(self) -> tuple[str, ...]:
        """The owners of the household's accounts, each once."""
        return tuple(dict.fromkeys(account.owner for account in self.household.accounts))


class Rooms(Protocol):
    """Opens a room for each request; called from many threads."""

    def open(self) -> AbstractContextManager[Room]:
        """A room of its own; TryLater where the books cannot be opened."""
