"""What may be traded on the day of a file: locks, prices and wash sales, read from the rules alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from bot.domain.household import Account, Kind
from bot.domain.instruments import CASH, Instrument
from bot.domain.lots import TaxLot
from bot.domain.readings import HouseholdFile
from bot.domain.snapshot import Side
from bot.domain.targets import TaxableSells

MONTH = timedelta(days=30)


class Day:
    """What may be traded on the day of the file."""

    def __init__(self, file: HouseholdFile) -> None:
        self.file = file
        self.funds = {fund.symbol: fund for fund in file.household.instruments}
        self.prices = dict(file.snapshot.prices)
        self.blocked, self.bought = blocked(file), _bought(file)

    def may_go(self, account: Account, fund: Instrument, lot: TaxLot, unsold: frozenset[str]) -> bool:
        """Whether a lot may be sold today."""
        today, price = self.file.snapshot.as_of_on, self.prices[fund.symbol]
        if lot.locked_until_on is not None and today < lot.locked_until_on:
            return False
        if account.kind is not Kind.TAXABLE:
            return True
        if fund.exposure[0][0] == CASH:
            return lot.cost_per_share == price
        if self.file.policy.taxable_sells is TaxableSells.NEVER or fund.identical_group in unsold | self.bought:
            return False
        assert price is not None
        old = lot.acquired_on is None or today - lot.acquired_on >= timedelta(days=61)
        return old and lot.cost_per_share is not None and lot.cost_per_share > price

    def may_come(self, account: Account, fund: Instrument) -> bool:
        """Whether a fund of the menu may be bought today."""
        if not fund.tradable or len(fund.exposure) > 1 or fund.exposure[0][0] == CASH:
            return False
        if self.prices.get(fund.symbol) is None or (fund.taxable_only and account.kind is not Kind.TAXABLE):
            return False
        return fund.identical_group not in self.blocked


def _groups(file: HouseholdFile, symbols: Iterable[str]) -> set[str]:
    known = {fund.symbol: fund.identical_group for fund in file.household.instruments}
    return {known.get(symbol, symbol) for symbol in symbols}


def blocked(file: HouseholdFile) -> set[str]:
    """Groups sold at a loss outside the shelters within 30 days, or about to be."""
    today = file.snapshot.as_of_on
    kinds = {account.id: account.kind for account in file.household.accounts}
    symbols = {
        trade.symbol
        for trade in file.snapshot.history
        if trade.side is Side.SELL
        and trade.realized_gain.cents < 0
        and kinds.get(trade.account, Kind.TAXABLE) is Kind.TAXABLE
        and today - MONTH <= trade.on <= today
    }
    for holding in file.snapshot.holdings:
        for order in holding.open_orders:
            price = file.snapshot.price(order.symbol)
            costs = [lot.cost_per_share for lot in holding.position(order.symbol).lots]
            losing = price is not None and any(cost is not None and cost > price for cost in costs)
            if order.side is Side.SELL and kinds[holding.account] is Kind.TAXABLE and losing:
                symbols.add(order.symbol)
    return _groups(file, symbols)


def _bought(file: HouseholdFile) -> set[str]:
    """Groups bought within 30 days in any account, or on order."""
    today = file.snapshot.as_of_on
    recent = {t.symbol for t in file.snapshot.history if t.side is Side.BUY and today - MONTH <= t.on <= today}
    for holding in file.snapshot.holdings:
        recent |= {order.symbol for order in holding.open_orders if order.side is Side.BUY}
        recent |= {
            position.symbol
            for position in holding.positions
            for lot in position.lots
            if lot.acquired_on is not None and today - MONTH <= lot.acquired_on
        }
    return _groups(file, recent)
