"""A second set of books, kept from the town's story and the ledger's fills alone, to hold the brokers' own against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_FLOOR, Decimal

from adapters.simulator.books.account import AccountBook
from bot.cli.theatre import BOOKS, KEYED
from bot.domain.orders import OrderRecord
from bot.domain.snapshot import Side, Snapshot
from tests.year import town
from tests.year.town import Town

ACCOUNTS = tuple(BOOKS)


@dataclass(kw_only=True)
class SecondBooks:
    """What every account should hold: cents, and shares by symbol; `compared` counts figures that were compared."""

    town: Town
    cents: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ACCOUNTS, 0))
    shares: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    compared: int = 0
    dividends: int = 0
    _entitled: list[tuple[date, str, int]] = field(default_factory=list)
    _booked: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def __post_init__(self) -> None:
        for account in ACCOUNTS:
            self.shares[account] = {held.symbol: held.qty for held in town.positions(account)}

    def morning(self, on: date) -> None:
        """What a new day brings, in the order in which a broker's night shift does it."""
        self._go_ex(on)
        if on == town.SPLIT_ON:
            for held in self.shares.values():
                held["VTI"] *= 2
        for pay_on, account, cents in self._entitled:
            if pay_on == on:
                self.cents[account] += cents
                self.dividends += 1
        self.cents["brokerage"] += sum(int(one.amount * 100) for one in self.town.deposits if one.on == on)
        for moves_on, account, sign in ((town.LEAVES_ON, KEYED, -1), (town.COMES_ON, "brokerage", 1)):
            if on == moves_on:
                self.shares[account]["VTI"] += sign * town.MOVED

    def _go_ex(self, on: date) -> None:
        """Who holds a fund on the morning on which it goes ex will be paid."""
        for dividend in self.town.dividends:
            if dividend.ex_on == on:
                for account, held in self.shares.items():
                    due = held.get(dividend.symbol, Decimal(0)) * dividend.per_share * 100
                    if due:
                        self._entitled.append((dividend.pay_on, account, int(due.to_integral_value(ROUND_FLOOR))))

    def evening(self, orders: Iterable[OrderRecord]) -> None:
        """What our own ledger says was filled since the last evening."""
        for order in orders:
            key, intent = order.intent.client_order_id, order.intent
            new = order.filled.count - self._booked[key]
            if not new or order.average_price is None:
                continue
            sign = 1 if intent.side is Side.BUY else -1
            self._booked[key] = order.filled.count
            held = self.shares[intent.account]
            held[intent.symbol] = held.get(intent.symbol, Decimal(0)) + sign * new
            self.cents[intent.account] -= int(sign * new * order.average_price * 100)

    def against_brokers(self, books: Mapping[str, AccountBook]) -> list[str]:
        """Every difference from the brokers' own books."""
        found = []
        for account in ACCOUNTS:
            book = books[town.key_of(account)]
            found += self._differ(account, "cents", self.cents[account], book.cash_cents)
            for symbol in {*book.held_symbols(), *self.shares[account]}:
                mine = self.shares[account].get(symbol, Decimal(0))
                found += self._differ(account, symbol, mine, book.lots(symbol).qty)
        return found

    def against_snapshot(self, snapshot: Snapshot) -> list[str]:
        """Every difference from what the household sees."""
        found = []
        for account in ACCOUNTS:
            holding = snapshot.holding(account)
            found += self._differ(account, "cents seen", self.cents[account], holding.cash.cents)
            for symbol, count in self.shares[account].items():
                found += self._differ(account, f"{symbol} seen", count, holding.position(symbol).quantity.count)
        return found

    def _differ(self, account: str, what: str, mine: Decimal | int, theirs: Decimal | int) -> list[str]:
        self.compared += 1
        return [] if mine == theirs else [f"{account}: {what} should be {mine} and is {theirs}"]
