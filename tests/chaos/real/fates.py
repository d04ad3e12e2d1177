"""What happens to the processes of one story: where they die or are stopped, which faults they meet; all is drawn."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from adapters.simulator.books.orders import (
    FILL_AT_ONCE,
    FILL_WHEN_SEEN,
    FILL_WHEN_TIME_MOVES,
    NEVER_FILL,
    FillScript,
    fill_partly,
    reject,
)
from bot.services.points import POINTS
from tests.chaos.real.bank import ON_THE_WIRE, Trouble
from tests.chaos.real.process import COMMITS, NEVER, Struck

ANY_MOMENT = "any_moment"
DEATHS = (*POINTS, *ON_THE_WIRE, *COMMITS, ANY_MOMENT)
MOSTLY = (*DEATHS, *POINTS, *ON_THE_WIRE)  # commits are many: without this weight most would die there
LATER = (
    *["state_written", "reconciled", "report_written"] * 2,
    *COMMITS,
    ANY_MOMENT,
)  # where a run dies that sends nothing
OFTEN = frozenset({"between_legs", "state_written", *COMMITS})  # reached several times for each order
ONCE = frozenset({"reconciled", "report_written"})
# In which order they come in a run: who dies early may die again in the next run, who has sent an order may not.
RANK = {point: rank for rank, point in enumerate((*COMMITS, ANY_MOMENT, *POINTS[:3], *ON_THE_WIRE, *POINTS[3:]))}
SHUFFLE = 4
POST_FAULTS = (
    "order dropped",
    "order dropped after",
    "order cut after",
    "order late",
    "order 401",
    "order 429",
    "order 500",
    "order 500 after",
    "order 504",
    "order 504 after",
    "order truncated after",
    "order without location",
)
READ_FAULTS = ("read dropped", "read 503", "read truncated", "list stale")
SCRIPTS = (
    *[FILL_WHEN_SEEN] * 5,
    FILL_AT_ONCE,
    FILL_WHEN_TIME_MOVES,
    fill_partly("0.5", then_the_rest=True),
    fill_partly("0.5", then_the_rest=False),
    NEVER_FILL,
    reject("not today"),
)
PAUSES = (0, 0, 1, 20, 400)  # minutes for which a stopped process sleeps; after the last the market is shut


@dataclass(frozen=True, kw_only=True)
class Fate:
    """One run: where it dies (`ANY_MOMENT`: after so many milliseconds) or is stopped, and the faults around it."""

    point: str = ""
    nth: int = 1
    stops: bool = False
    milliseconds: int = 0
    pause: timedelta = timedelta(0)
    dies_asleep: bool = False
    troubles: tuple[Trouble, ...] = ()

    @property
    def struck(self) -> Struck:
        """What the process does to itself."""
        if self.point in {"", ANY_MOMENT, *ON_THE_WIRE}:
            return NEVER
        return Struck(signal.SIGSTOP if self.stops else signal.SIGKILL, self.point, self.nth)


CALM = Fate()


def morning(rng: Random, first: str) -> list[Fate]:
    """The deaths of the day on which the orders leave, the first one at a given point."""
    points = [rng.choice(MOSTLY) for _ in range(rng.randint(3, 9))]
    points.sort(key=lambda point: RANK[point] + rng.uniform(-SHUFFLE, SHUFFLE))
    return [_fate(rng, point) for point in (first, *points)]


def later(rng: Random) -> list[Fate]:
    """The deaths at an hour at which nothing can be sent any more."""
    return [_fate(rng, rng.choice(LATER)) for _ in range(rng.randint(0, 3))]


def _fate(rng: Random, point: str) -> Fate:
    """One that ends before its time; a third of all meet a fault beside it."""
    nth = 1
    while point not in ONCE and nth < (8 if point in OFTEN else 3) and rng.random() < 0.25:
        nth += 1
    troubles = []
    if point in ON_THE_WIRE:
        troubles.append(_trouble(rng, point, nth))
    elif rng.random() < 0.3:
        troubles.append(_trouble(rng, rng.choice(POST_FAULTS), rng.choice((1, 1, 2))))
    if rng.random() < 0.1:
        troubles.append(_trouble(rng, rng.choice(READ_FAULTS), rng.randint(1, 30)))
    return Fate(
        point=point,
        nth=nth,
        stops=point in {*POINTS, *COMMITS} and rng.random() < 0.12,
        milliseconds=int(rng.expovariate(1 / 200)),
        pause=timedelta(minutes=rng.choice(PAUSES)),
        dies_asleep=rng.random() < 0.3,
        troubles=tuple(troubles),
    )


def _trouble(rng: Random, name: str, nth: int) -> Trouble:
    return Trouble(name=name, nth=nth, late=timedelta(seconds=rng.randint(30, 1800)))


def script(rng: Random) -> FillScript:
    """How the orders of a symbol fill."""
    return rng.choice(SCRIPTS)
