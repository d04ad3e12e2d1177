"""What goes wrong in one run, all of it drawn: how each request ends, and when the process dies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum, auto
from random import Random

from bot.domain.errors import LogIn, Reconcile, TryLater

POSTS_PCT, GETS_PCT = 50, 11


class Killed(BaseException):
    """The end of our own process."""


class Post(StrEnum):
    """What becomes of one POST."""

    FINE = auto()
    DROPPED_BEFORE = auto()
    DROPPED_AFTER = auto()
    LATE = auto()  # arrives after the time-out
    THROTTLED = auto()  # 429
    ERROR_BEFORE = auto()  # 500, not taken
    ERROR_AFTER = auto()  # 500, taken
    LOG_IN = auto()  # 401
    BROKEN_BODY = auto()
    MISSING_ID = auto()
    WRONG_ID = auto()


FAULTS = tuple(fate for fate in Post if fate is not Post.FINE)


@dataclass(slots=True, kw_only=True)
class Hazards:
    """`twins_pct` are the orders beside which the owner sends the very same by hand.

    `kill_at`, `second_at`: the step at which the process dies, or another one runs beside it; 0 is never.
    """

    rng: Random
    posts_pct: int = 0
    gets_pct: int = 0
    disk_pct: int = 0
    twins_pct: int = 0
    kill_at: int = 0
    second_at: int = 0
    second: Callable[[], None] | None = None
    post_fates: tuple[Post, ...] = FAULTS
    steps: int = 0
    names: list[str] | None = field(default=None)

    def step(self, name: str) -> None:
        """A moment at which the process may die."""
        self.steps += 1
        if self.names is not None:
            self.names.append(name)
        if self.steps == self.second_at and self.second is not None:
            self.second()
        if self.steps == self.kill_at:
            raise Killed(name)

    def post(self) -> Post:
        """How the next POST ends."""
        if self.rng.randrange(100) >= self.posts_pct:
            return Post.FINE
        return self.rng.choice(self.post_fates)

    def get(self, *, closely: bool) -> bool:
        """Whether a read is out of date by one change; raises what else may be wrong with it.

        Of the faults of a read five in six are mended by asking again inside the adapter, unless it reads an order
        back (`closely`), where each counts.
        """
        if self.rng.randrange(100) >= self.gets_pct or (not closely and self.rng.randrange(6)):
            return False
        fault = self.rng.randrange(11)
        if fault < 7:
            raise TryLater("the broker cannot be reached")
        if fault < 9:
            raise LogIn("the broker wants its owner to log in")
        if fault < 10:
            raise Reconcile("a page of the list is missing")
        return True

    def disk(self) -> None:
        """A write that finds no room."""
        if self.disk_pct and self.rng.randrange(100) < self.disk_pct:
            raise TryLater("the disk is full")


def drawn(rng: Random, post_fates: tuple[Post, ...] = FAULTS, twins_pct: int = 4) -> Hazards:
    """One run's hazards: nearly half of all runs die."""
    return Hazards(
        rng=rng,
        posts_pct=POSTS_PCT,
        gets_pct=GETS_PCT,
        disk_pct=1,
        twins_pct=twins_pct,
        kill_at=1 + int(rng.expovariate(1 / 22)) if rng.random() < 0.45 else 0,
        post_fates=post_fates,
    )
