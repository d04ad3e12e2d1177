"""What the agenda asks of a house when something is due, and what a look at the agenda led to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bot.domain.readings import Activity, Login
from bot.domain.schedule import Due, Schedule
from bot.engine.due.money import Wanted
from bot.ports import Clock, DueBook, MarketCalendar, Pause


class Work(Protocol):
    """What a due date sets going in the house. All of it may be done twice: then the second time does nothing new."""

    def logins(self) -> Sequence[Login]:
        """The logins that die on their own."""

    def to_send(self) -> str:
        """The name of an approved plan that something of could leave now; empty when there is none."""

    def check_clocks(self) -> None:
        """Raise TryLater where the brokers' clocks and ours do not agree: then nobody knows what is due."""

    def market_is_open(self) -> bool:
        """Whether no broker says that the session does not run."""

    def activities(self, accounts: Sequence[str], since: date) -> tuple[Activity, ...]:
        """What happened in these accounts since that day."""

    def trade(self, dues: Sequence[Due]) -> tuple[Due, ...]:
        """A run that may send orders, for all of these at once; those of them that it could not serve yet."""

    def alone(self, due: Due) -> None:
        """What may be done at any hour: compare with the brokers, remind of a login, write the month's letter."""

    def tell_missing(self, missing: Wanted, found: Sequence[Activity]) -> None:
        """Tell the owner that money did not come; `found` is what came instead."""

    def tell_too_late(self, dues: Sequence[Due]) -> None:
        """Tell the owner of due dates that went by while nothing ran."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """Everything that is asked when the bell rings."""

    schedule: Schedule
    calendar: MarketCalendar
    clock: Clock
    book: DueBook
    pause: Pause
    work: Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """What a look at the agenda led to."""

    served: tuple[Due, ...] = ()
    superseded: tuple[Due, ...] = ()
    waiting: tuple[Due, ...] = ()
    given_up: tuple[Due, ...] = ()

    def __add__(self, other: Tick) -> Tick:
        return Tick(
            served=self.served + other.served,
            superseded=self.superseded + other.superseded,
            waiting=self.waiting + other.waiting,
            given_up=self.given_up + other.given_up,
        )
