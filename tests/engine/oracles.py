"""What is fixed, what may move and the zero-tax limit, read from the nouns and the rules alone: nothing of the engine.

The limit is found by trying every set of classes: with T the goals, G what is fixed and f(S) the most that the accounts
could ever hold of S, the least drift is twice the largest T(S) - G(S) - f(S) (Ford, Fulkerson 1956).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import chain, combinations
from math import floor

from bot.domain.household import Account, Kind
from bot.domain.instruments import CASH, Instrument
from bot.domain.lots import TaxLot
from bot.domain.money import split
from bot.domain.readings import HouseholdFile
from bot.domain.snapshot import Holding, Side
from tests.engine.days import Day


def _oldest_first(lot: TaxLot) -> tuple[date, date, Decimal, Decimal]:
    """The brokers' default order of disposal; no rule says which of one day goes first, so the whole lot decides."""
    cost = Decimal(-1) if lot.cost_per_share is None else lot.cost_per_share
    return lot.acquired_on or date.min, lot.locked_until_on or date.min, cost, lot.quantity.count


@dataclass(kw_only=True)
class Purse:
    """One managed account in cents: its cash, debt to cure, what may be sold by symbol and class, what it may buy.

    All but `settled`, `unsettled` and `kept` are cents as they count after tax.
    """

    id: str
    kind: Kind
    settled: int = 0
    unsettled: int = 0
    kept: int = 0  # of the buffer
    free: int = 0
    debt: int = 0
    sellable: dict[str, int] = field(default_factory=dict)  # by symbol
    held: Counter[str] = field(default_factory=Counter)  # by class, free cash not included
    buys: dict[str, str] = field(default_factory=dict)

    @property
    def supply(self) -> int:
        """F_a: all that may move."""
        return self.free - self.debt + sum(self.held.values())

    def could_hold(self, name: str) -> int:
        """u_ac: the most of a class that this account could ever hold."""
        if name == CASH or name in self.buys:
            return self.supply
        return self.held[name]


@dataclass(kw_only=True)
class Facts:
    """A household in whole cents: V, T, where each class stands, and the purses that may trade."""

    classes: list[str]
    total: int
    goal: dict[str, int]
    worth: Counter[str]
    purses: list[Purse]
    contested: list[str]

    @cached_property
    def fixed(self) -> dict[str, int]:
        """G: what no plan can move."""
        rest = dict(self.worth)
        for purse in self.purses:
            rest[CASH] = rest.get(CASH, 0) - purse.free + purse.debt
            for name, cents in purse.held.items():
                rest[name] -= cents
        return {name: rest.get(name, 0) for name in self.classes}

    def drift(self, worth: dict[str, int]) -> int:
        """The sum of the distances to goal."""
        return sum(abs(worth.get(name, 0) - self.goal[name]) for name in self.classes)


def limit(file: HouseholdFile) -> int:
    """The least drift of any plan that realises no gain, in cents.

    A group that could be sold at a loss and bought too is tried both ways: never sold, or never bought.
    """
    contested = facts(file).contested
    every = chain.from_iterable(combinations(contested, k) for k in range(len(contested) + 1))
    ways = [(frozenset(kept), frozenset(contested) - frozenset(kept)) for kept in every]
    return min(_cut(facts(file, unsold=kept, unbought=sold)) for kept, sold in ways)


def _cut(known: Facts) -> int:
    every = chain.from_iterable(combinations(known.classes, k) for k in range(len(known.classes) + 1))
    return 2 * max(shortfall(known, members) for members in every)


def shortfall(known: Facts, members: tuple[str, ...]) -> int:
    """T(S) - G(S) - f(S)."""
    fixed = known.fixed
    most = sum(min(purse.supply, sum(purse.could_hold(name) for name in members)) for purse in known.purses)
    return sum(known.goal[name] - fixed[name] for name in members) - most


def facts(
    file: HouseholdFile, *, unsold: frozenset[str] = frozenset(), unbought: frozenset[str] = frozenset()
) -> Facts:
    """Sort the household by the rules; `unsold` and `unbought` are groups left out of loss sales and of buys."""
    worth: Counter[str] = Counter(dict.fromkeys([*(name for name, _ in file.policy.targets_pct), CASH], 0))
    purses, contested, day = list[Purse](), set[str](), Day(file)
    for account in file.household.accounts:
        filled = _Filled(file, file.snapshot.holding(account.id))
        cash = filled.settled + filled.unsettled - max(0, min(account.cash_buffer.cents, filled.settled))
        worth[CASH] += counted(file, account, cash)
        for symbol in filled.lots:
            there = counted(file, account, filled.cents(symbol))
            for name, cents in _by_class(file.household.instrument(symbol), there):
                worth[name] += cents
        if account.managed:
            purses.append(_purse(day, account, filled, unsold, unbought))
            contested |= _loss_groups(file, account, purses[-1])
    classes = sorted(worth)
    total = sum(worth.values())
    weights = [file.policy.target_pct(name) for name in classes]
    bought = {file.household.instrument(s).identical_group for purse in purses for s in purse.buys.values()}
    return Facts(
        classes=classes,
        total=total,
        goal=dict(zip(classes, split(total, weights), strict=True)),
        worth=worth,
        purses=purses,
        contested=sorted(contested & bought),
    )


def counted(file: HouseholdFile, account: Account, cents: int) -> int:
    """What real cents count where tax is still to come, rounded down."""
    return floor(cents * Fraction(dict(file.policy.after_tax_weights).get(account.kind, Decimal(1))))


class _Filled:
    """One account with its open orders filled at today's prices; shares of open buys are `coming`."""

    def __init__(self, file: HouseholdFile, holding: Holding) -> None:
        self._file = file
        self.lots: dict[str, list[TaxLot]] = {p.symbol: list(p.lots) for p in holding.positions}
        self.coming: Counter[str] = Counter()
        balance = 0
        for order in holding.open_orders:
            price = file.snapshot.price(order.symbol)
            assert price is not None
            cents = order.quantity.value(price).cents
            self.lots.setdefault(order.symbol, [])
            if order.side is Side.BUY:
                balance -= cents
                self.coming[order.symbol] += cents
            else:
                balance += cents
                self._take(order.symbol, order.quantity.count)
        self.settled = holding.cash_settled.cents + min(0, balance)
        self.unsettled = holding.cash_unsettled.cents + max(0, balance)
        floor = min(0, holding.cash_settled.cents)  # open buys take settled cash first, then what settles soon
        late = max(0, min(floor - self.settled, self.unsettled))
        self.settled, self.unsettled = self.settled + late, self.unsettled - late

    def _take(self, symbol: str, count: Decimal) -> None:
        kept = []
        for lot in sorted(self.lots[symbol], key=_oldest_first):
            gone = min(count, lot.quantity.count)
            count -= gone
            if gone < lot.quantity.count:
                kept.append(_smaller(lot, gone))
        self.lots[symbol] = kept

    def cents(self, symbol: str, lots: list[TaxLot] | None = None) -> int:
        """What these lots are worth; all that is held, and all that comes, when none are named."""
        price = self._file.snapshot.price(symbol)
        assert price is not None
        some = self.lots[symbol] if lots is None else lots
        count = sum((lot.quantity.count for lot in some), Decimal(0))
        return round(count * price * 100) + (self.coming[symbol] if lots is None else 0)


def _smaller(lot: TaxLot, gone: Decimal) -> TaxLot:
    return TaxLot(
        quantity=type(lot.quantity)(lot.quantity.count - gone),
        cost_per_share=lot.cost_per_share,
        acquired_on=lot.acquired_on,
        locked_until_on=lot.locked_until_on,
    )


def _by_class(fund: Instrument, cents: int) -> list[tuple[str, int]]:
    parts = split(cents, [weight for _, weight in fund.exposure])
    return [(name, part) for (name, _), part in zip(fund.exposure, parts, strict=True)]


def _purse(day: Day, account: Account, filled: _Filled, unsold: frozenset[str], unbought: frozenset[str]) -> Purse:
    purse, file = Purse(id=account.id, kind=account.kind), day.file
    purse.settled, purse.unsettled = filled.settled, filled.unsettled
    purse.kept = max(0, min(account.cash_buffer.cents, filled.settled))
    for symbol, lots in filled.lots.items():
        fund = day.funds[symbol]
        if fund.tradable and len(fund.exposure) == 1:
            cents = filled.cents(symbol, [lot for lot in lots if day.may_go(account, fund, lot, unsold)])
            cents = counted(file, account, cents)
            purse.sellable[symbol] = cents
            purse.held[fund.exposure[0][0]] += cents
    today = filled.settled + (filled.unsettled if file.policy.spend_unsettled_cash else 0)
    purse.free = counted(file, account, max(0, today - purse.kept))
    if account.kind is not Kind.TAXABLE:
        owed = max(0, -(filled.settled + max(0, filled.unsettled)))
        purse.debt = min(-counted(file, account, -owed), sum(purse.sellable.values()))
    for symbol in reversed(account.menu):
        fund = day.funds[symbol]
        if day.may_come(account, fund) and fund.identical_group not in unbought:
            purse.buys[fund.exposure[0][0]] = symbol
    return purse


def _loss_groups(file: HouseholdFile, account: Account, purse: Purse) -> set[str]:
    """Groups that this account could sell at a loss today."""
    if account.kind is not Kind.TAXABLE:
        return set()
    funds = [file.household.instrument(symbol) for symbol, cents in purse.sellable.items() if cents]
    return {fund.identical_group for fund in funds if fund.exposure[0][0] != CASH}
