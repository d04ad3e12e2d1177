"""What was there before anybody remembers: its shares and, from the keeper's own basis, its cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal

from bot.domain.readings import Activity, HeldReading
from bot.engine.lots.members import BUY, FIFO, OPENING, RENAME, RETURN_OF_CAPITAL, SELL, TRADE
from bot.engine.lots.open_lot import ZERO
from bot.engine.lots.pool import Pool, spread
from bot.engine.lots.rules import Arrival, Place, Rules
from bot.engine.lots.shelf import Shelf
from bot.engine.lots.walk import Walk

_PLAIN = frozenset({TRADE, RETURN_OF_CAPITAL})


def openings(rules: Rules, held: Mapping[Place, HeldReading], activities: Sequence[Activity]) -> list[Arrival]:
    """The lots that no entry brings, at unknown cost: what is held, told backwards.

    A place whose lots were written down has none.
    """
    shares: dict[Place, Decimal] = defaultdict(Decimal)
    for place, reading in held.items():
        shares[place] = reading.quantity.count
    renamed = any(one.kind is RENAME for one in activities)
    for one in reversed(activities):
        here = one.account, one.symbol
        if not renamed and here in rules.since:
            continue
        if one.kind is RENAME:
            if not rules.covers(one, one.new_symbol):
                shares[here] += shares.pop((one.account, one.new_symbol), ZERO)
        elif not rules.covers(one):
            shares[here] -= _change(one)
    return [_opening(place, count) for place, count in sorted(shares.items()) if count > 0 and place not in rules.since]


def costed(
    rules: Rules, held: Mapping[Place, HeldReading], activities: Sequence[Activity], arrivals: Sequence[Arrival]
) -> list[Arrival]:
    """The same arrivals, the openings at the cost which makes the whole basis agree with the keeper's.

    Unknown where the keeper knows none, where other lots of the position are of unknown cost, or where it would be
    negative. A first walk without wash sales tells what is left of each opening and what became of its shares.
    """
    if not _some_left(rules, activities, arrivals):
        return list(arrivals)
    walk = Walk(rules, activities, washing=False)
    walk.tell(arrivals)
    costs: dict[tuple[str, str], Decimal] = {}
    for (account, symbol), shelf in walk.shelves.items():
        reading = held.get((account, symbol))
        if reading is not None and reading.cost_basis is not None:
            fit(shelf, reading.quantity.count)
            level(shelf, reading.cost_basis.cents)
            for lot in shelf.lots.values():
                if lot.origin is OPENING and lot.cents is not None:
                    costs[account, lot.lot_id] = lot.cents / lot.quantity * lot.ratio + lot.returned
    walk.let_go()
    return [_at_cost(one, costs.get((one.account, one.lot_id))) for one in arrivals]


def fit(shelf: Shelf, quantity: Decimal) -> None:
    """Bring a shelf to exactly this many shares: the oldest leave, or more were there all along."""
    surplus = shelf.quantity - quantity
    if surplus > 0:
        shelf.take(surplus)
    elif surplus < 0:
        shelf.add(_opening((shelf.account, shelf.symbol), -surplus).opened(-1))


def level(shelf: Shelf, cents: int) -> None:
    """Give the opening lots what the others leave of the keeper's basis; unknown where that makes no sense."""
    if isinstance(shelf, Pool):
        shelf.cents = cents
        spread(shelf.in_order(), cents)
        return
    opening = [lot for lot in shelf.in_order() if lot.origin is OPENING]
    others = [lot.cents for lot in shelf.lots.values() if lot.origin is not OPENING]
    known = [cost for cost in others if cost is not None]
    left = cents - sum(known)
    spread(opening, left if len(known) == len(others) and left >= 0 else None)


def _some_left(rules: Rules, activities: Sequence[Activity], arrivals: Sequence[Arrival]) -> bool:
    """Whether something may be left of an opening; the oldest shares are gone once as many were sold."""
    opening = [one for one in arrivals if one.origin is OPENING]
    if not opening:
        return False
    sold: dict[Place, Decimal] = defaultdict(Decimal)
    plain = not rules.choices
    for one in activities:
        plain = plain and one.kind in _PLAIN
        if one.side is SELL:
            sold[one.account, one.symbol] += one.quantity.count
    return any(
        not plain or rules.method(one.account, one.symbol) is not FIFO or one.quantity > sold[one.account, one.symbol]
        for one in opening
    )


def _change(one: Activity) -> Decimal:
    if one.kind is TRADE:
        return one.quantity.count if one.side is BUY else -one.quantity.count
    return ZERO if one.kind is RETURN_OF_CAPITAL else one.quantity.count


def _opening(place: Place, shares: Decimal) -> Arrival:
    account, symbol = place
    return Arrival(
        account=account,
        symbol=symbol,
        lot_id=f"opening:{symbol}",
        quantity=shares,
        cents=None,
        acquired_on=None,
        held_since_on=None,
        origin=OPENING,
        place="",
    )


def _at_cost(one: Arrival, cents_a_share: Decimal | None) -> Arrival:
    if one.origin is not OPENING or cents_a_share is None:
        return one
    cents = (cents_a_share * one.quantity).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
    return replace(one, cents=int(cents))
