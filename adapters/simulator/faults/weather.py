"""Plans drawn by a seed: the faults of a bad day, each with the share of requests that it meets."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

from adapters.simulator.faults import broken, kinds, locations, pages
from adapters.simulator.faults.fault import Asks, Fault
from adapters.simulator.faults.route import MILLION, Chance, Route
from adapters.simulator.wire import HangUp

ORDERS = Route.orders()
READS = Route.regex("GET", r"/.*")
LISTS = Route.regex(
    "GET",
    r"/v2/(positions|orders|account/activities)|/trader/v1/accounts(/accountNumbers|/[^/]+/(orders|transactions))?",
)
TOKENS = Route.exact("POST", "/v1/oauth/token")

# The first word of a name is its route.
CATALOGUE: dict[str, Fault] = {
    "order dropped": kinds.dropped(ORDERS, applied=False),
    "order dropped after": kinds.dropped(ORDERS, applied=True),
    "order cut after": kinds.dropped(ORDERS, applied=True, where=HangUp.IN_BODY),
    "order late": kinds.late(ORDERS),
    "order 401": kinds.answered(ORDERS, broken.UNAUTHORISED),
    "order 429": kinds.answered(ORDERS, broken.TOO_MANY),
    "order 500": kinds.answered(ORDERS, broken.INTERNAL_ERROR),
    "order 500 after": kinds.spoiled(ORDERS, broken.INTERNAL_ERROR),
    "order 502": kinds.answered(ORDERS, broken.BAD_GATEWAY),
    "order 502 after": kinds.spoiled(ORDERS, broken.BAD_GATEWAY),
    "order 504": kinds.answered(ORDERS, broken.UPSTREAM_TIMEOUT),
    "order 504 after": kinds.spoiled(ORDERS, broken.UPSTREAM_TIMEOUT),
    "order truncated after": kinds.mangled(ORDERS, broken.truncated),
    "order emptied after": kinds.mangled(ORDERS, broken.emptied),
    "order without location": kinds.changed(ORDERS, locations.missing),
    "order with relative location": kinds.changed(ORDERS, locations.relative),
    "order with foreign location": kinds.changed(ORDERS, locations.foreign),
    "order with wrong location": kinds.changed(ORDERS, locations.of_another_order),
    "read dropped": kinds.dropped(READS, applied=False),
    "read cut": kinds.dropped(READS, applied=True, where=HangUp.IN_BODY),
    "read truncated": kinds.mangled(READS, broken.truncated),
    "read overlong": kinds.mangled(READS, broken.overlong),
    "read 429": kinds.answered(READS, broken.TOO_MANY),
    "read 502": kinds.answered(READS, broken.BAD_GATEWAY),
    "read 503": kinds.answered(READS, broken.UNAVAILABLE),
    "read 504": kinds.answered(READS, broken.UPSTREAM_TIMEOUT),
    "read login page": kinds.answered(READS, broken.LOGIN_PAGE),
    "read rotates": kinds.rotated(READS),
    "list stale": kinds.stale(LISTS, writes=1),
    "list doubled": kinds.changed(LISTS, pages.doubled),
    "list shortened": kinds.changed(LISTS, pages.shortened),
    "list skipped": kinds.changed(LISTS, pages.skipped),
    "list repeated": kinds.changed(LISTS, pages.repeated),
    "token denied": kinds.answered(TOKENS, broken.ACCESS_DENIED),
    "token 503": kinds.answered(TOKENS, broken.UNAVAILABLE),
    "token dropped after": kinds.dropped(TOKENS, applied=True),
}
SHORTEST_LATENESS, LONGEST_LATENESS = 30, 1800


def drawn(seed: int, rates: Mapping[str, Decimal]) -> tuple[Fault, ...]:
    """The faults of a plan; lateness is drawn once for the plan, 30 seconds to 30 minutes of virtual time.

    Raises:
        ValueError: for an unknown name, a share below 0, or shares of one route above 1 in all.
    """
    unknown = sorted(rates.keys() - CATALOGUE.keys())
    if unknown:
        raise ValueError(f"no such fault: {unknown[0]}")
    taken: dict[Route, int] = {}
    faults = []
    for name, fault in CATALOGUE.items():
        share = int(rates.get(name, Decimal(0)) * MILLION)
        low = taken.get(fault.on, 0)
        taken[fault.on] = high = low + share
        if share < 0 or high > MILLION:
            raise ValueError(f"{name}: the shares of a route lie between 0 and 1 in all")
        if share:
            chance = Chance(seed=f"{seed}/{name.partition(' ')[0]}", low=low, high=high)
            faults.append(replace(fault, name=name, times=chance, after=_lateness(seed, fault)))
    return tuple(faults)


def _lateness(seed: int, fault: Fault) -> timedelta | None:
    if fault.asks is not Asks.LATER:
        return None
    dice = Random(f"{seed}/late")  # noqa: S311 - weather, not secrets
    return timedelta(seconds=dice.randint(SHORTEST_LATENESS, LONGEST_LATENESS))
