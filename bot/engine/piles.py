"""Piles: the lots of one fund in one account, gone through once, added up and sorted by what may be sold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.domain.household import Account, Kind
from bot.domain.instruments import Instrument
from bot.domain.lots import TaxLot
from bot.domain.money import Shares
from bot.engine import fund_rules, wash_sales


@dataclass(frozen=True, slots=True, kw_only=True)
class Pile:
    """All lots, with their shares together; those that are locked today; and those that could be sold.

    In a taxable account these are money-fund lots without a gain and, where the owner opted in, loss lots. Whether a
    purchase would wash the loss out is not asked here.
    """

    lots: tuple[TaxLot, ...]
    shares: Shares
    locked: tuple[TaxLot, ...]
    free: tuple[TaxLot, ...]
    free_shares: Shares


def pile_of(
    account: Account, fund: Instrument, lots: tuple[TaxLot, ...], price: Decimal, on: date, *, losses: bool
) -> Pile:
    """Go through the lots of a fund; `losses`: the owner lets taxable losses be taken."""
    # most lots never had a lock, and tens of thousands of calls or of steps of a generator would be felt
    locked = tuple([lot for lot in lots if lot.locked_until_on is not None and lot.is_locked(on)])
    free = _not_held_back(fund, lots, locked, on)
    if account.kind is Kind.TAXABLE:
        free = _without_gain(fund, free, price, on, losses=losses)
    shares = _added_up(lots)
    return Pile(lots=lots, shares=shares, locked=locked, free=free, free_shares=_of_those(free, lots, shares))


def _not_held_back(
    fund: Instrument, lots: tuple[TaxLot, ...], locked: tuple[TaxLot, ...], on: date
) -> tuple[TaxLot, ...]:
    """The lots without a lock that the fund's company lets go."""
    if not locked and not fund.min_hold_days:
        return lots
    return tuple(lot for lot in lots if not (lot.is_locked(on) or fund_rules.is_young(fund, lot, on)))


def _without_gain(
    fund: Instrument, lots: tuple[TaxLot, ...], price: Decimal, on: date, *, losses: bool
) -> tuple[TaxLot, ...]:
    if fund.is_cash:
        return tuple(lot for lot in lots if lot.cost_per_share == price)
    if not losses:
        return ()
    long_ago = on - wash_sales.DIVIDEND_HOLD
    return tuple(
        [
            lot
            for lot in lots  # the test that most lots fail comes first
            if (cost := lot.cost_per_share) is not None
            and cost > price
            and ((since := lot.acquired_on) is None or since <= long_ago)
            and (lot.basis_for_loss is None or lot.is_loss(price))  # a gift has two bases
        ]
    )


def _of_those(some: tuple[TaxLot, ...], lots: tuple[TaxLot, ...], shares: Shares) -> Shares:
    return shares if some is lots else _added_up(some)


def _added_up(lots: Sequence[TaxLot]) -> Shares:
    return Shares(sum([lot.quantity.count for lot in lots], Decimal(0)))
