"""Random months that hold cash alone: the closed form beside the flow; `python -m tests.longview.closed_form N`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from bot.domain.household import Kind
from bot.domain.money import split
from bot.domain.targets import Band, Policy, RebalanceTo, Routing
from bot.engine.solve import solve
from bot.longview.cash_months import CashMonths
from bot.longview.home import PLACES, Asset, Home, Pot
from bot.longview.terms import Terms

NAMES = ("bonds", "gold", "intl", "stocks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A random month: who stands where, and what is to be placed."""

    terms: Terms
    values: list[list[int]]
    cash: list[int]


def month(dice: Random) -> Month:
    """One to four accounts and two to four assets, mostly near target, with cash in some accounts."""
    names = NAMES if dice.random() < 0.2 else ("bonds", "stocks") if dice.random() < 0.8 else NAMES[:3]
    weights = [dice.randint(1, 9) for _ in names]
    routing = dice.choice(list(Routing))
    policy = Policy(
        targets_pct=tuple((name, Decimal(part)) for name, part in zip(names, split(100, weights), strict=True)),
        band=Band(absolute_pp=Decimal(dice.choice([1, 3, 5, 10])), relative_pct=Decimal(dice.choice([25, 1000]))),
        routing=routing,
        headroom_floor_pct=Decimal(dice.choice([25, 50, 100, 200])),
        rebalance_to=dice.choice(list(RebalanceTo)),
        location_preference=_places(dice) if routing.by_place else (),
    )
    kinds = [dice.choice([Kind.TAXABLE, Kind.TAXABLE, Kind.TRADITIONAL, Kind.ROTH]) for _ in range(dice.randint(1, 4))]
    pots = tuple(Pot(kind=kind, lots=()) for kind in kinds)
    home = Home(assets=tuple(Asset(name=name, series=0) for name in names), pots=pots, policy=policy)
    wealth = dice.choice([10**4, 10**6, 10**8])
    goal = [wealth * part // 100 for part in split(100, weights)]
    worth = [round(aim * dice.uniform(0.93, 1.07)) for aim in goal]
    mixed = [[dice.random() ** 3 for _ in pots] for _ in names]
    values = [split(cents, [Decimal(w) for w in row]) for cents, row in zip(worth, mixed, strict=True)]
    cash = [0 if dice.random() < 0.4 else round(wealth * dice.random() ** 4 / 10) for _ in pots]
    return Month(terms=Terms(home, policy), values=[list(row) for row in zip(*values, strict=True)], cash=cash)


def _places(dice: Random) -> tuple[tuple[str, tuple[Kind, ...]], ...]:
    return PLACES if dice.random() < 0.5 else PLACES[:1]


def complaint(one: Month) -> str | None:
    """What the closed form and the flow disagree on; empty where they agree, None where it says nothing."""
    terms = one.terms
    total = sum(map(sum, one.values)) + sum(one.cash)
    goal = terms.goals(total)
    buys = CashMonths(terms).placed(one.values, one.cash, goal)
    if buys is None:
        return None
    after = [[x + y for x, y in zip(*rows, strict=True)] for rows in zip(one.values, buys, strict=True)]
    if terms.broken([sum(column) for column in zip(*after, strict=True)], goal, total):
        return None
    flow = solve(terms.pie(one.values, one.cash), terms.policy).flow
    bought = [
        [row[place] - (have if sheltered else 0) for place, have in zip(terms.places, held, strict=True)]
        for row, held, sheltered in zip(flow, one.values, terms.sheltered, strict=True)
    ]
    if len(goal) > 2 and not terms.policy.routing.by_place:
        # which account buys which class is free here: all that decides is the classes' totals and each account's cash
        same = [sum(c) for c in zip(*bought, strict=True)] == [sum(c) for c in zip(*buys, strict=True)]
        return "" if same and [sum(row) for row in buys] == one.cash else f"{bought} and {buys}"
    return "" if bought == buys else f"{bought} and {buys}"


def say(line: str) -> None:
    """A line of the answer, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(count: int) -> int:
    """Look at so many months that hold cash alone; 1 where one disagrees."""
    told, seed, wrong = 0, 0, 0
    while told < count:
        found = complaint(month(Random(seed)))
        if found is not None:
            told += 1
            if found:
                wrong += 1
                say(f"seed {seed}: {found}")
        seed += 1
    say(f"{told} months that hold cash alone, of {seed} drawn: {wrong} disagree")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
