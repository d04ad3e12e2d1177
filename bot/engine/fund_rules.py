"""The rules of a mutual fund's company: round trips, holding periods, and orders too small for their fee."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from bot.domain.household import Account, Household
from bot.domain.instruments import Instrument
from bot.domain.lots import TaxLot
from bot.domain.snapshot import Side, Snapshot

FEE_TIMES = 100  # an order must move a hundred times its fee: a fee of one percent eats what rebalancing brings


def sold_lately(snapshot: Snapshot, account: Account, instrument: Instrument) -> date | None:
    """The day of the latest sale in this account after which it may not be bought there yet; None when it may.

    The day of the sale is day 0, and the last blocked day is `no_rebuy_days`. An open sale counts as one of today.
    """
    if not instrument.no_rebuy_days:
        return None
    mine = {
        trade.on
        for trade in snapshot.history
        if (trade.account, trade.symbol, trade.side) == (account.id, instrument.symbol, Side.SELL)
    }
    orders = snapshot.holding(account.id).open_orders
    if any((order.symbol, order.side) == (instrument.symbol, Side.SELL) for order in orders):
        mine.add(snapshot.as_of_on)
    window = timedelta(days=instrument.no_rebuy_days)
    return max((on for on in mine if timedelta(0) <= snapshot.as_of_on - on <= window), default=None)


def sellable_from(instrument: Instrument, lot: TaxLot) -> date | None:
    """The day from which a lot may be sold; None for always. The day of purchase is day 0."""
    if not instrument.min_hold_days or lot.acquired_on is None:
        return None
    return lot.acquired_on + timedelta(days=instrument.min_hold_days)


def is_young(instrument: Instrument, lot: TaxLot, on: date) -> bool:
    """Whether its company does not let a lot go yet."""
    free_on = sellable_from(instrument, lot)
    return free_on is not None and on < free_on


def too_costly(household: Household, orders: Iterable[tuple[str, Side, str, int]]) -> tuple[str, str, Side] | None:
    """The smallest order that moves less than a hundred times its fee, as (account, symbol, side); None for none.

    `orders` are (account, side, symbol, cents). An order cures at most as much drift as it moves.
    """
    small = [
        (cents, account, symbol, side)
        for account, side, symbol, cents in orders
        if cents < FEE_TIMES * household.instrument(symbol).fee.cents
    ]
    return min(small)[1:] if small else None
