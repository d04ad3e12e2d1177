"""Pasts for the lots book, written down entry by entry as a keeper would remember them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from bot.domain.household import Account, Kind
from bot.domain.money import Shares, Usd
from bot.domain.readings import AccountReading, Activity, ActivityKind, HeldReading
from bot.domain.seeds import Origin, Seed, SeedLot
from bot.domain.snapshot import Side
from bot.engine.lots.nouns import Book, Books, Choice, Lot, Method
from bot.engine.lots_book import keep_books

KINDS = {"taxable": Kind.TAXABLE, "spouse": Kind.TAXABLE, "ira": Kind.TRADITIONAL, "roth": Kind.ROTH}
SYMBOL = "X"
SOLD_ON = date(2025, 6, 2)


@dataclass(kw_only=True)
class Past:
    """Entries in the order in which they are told; `account` and `symbol` are the first account's unless said."""

    entries: list[Activity] = field(default_factory=list)
    seeds: list[Seed] = field(default_factory=list)
    choices: dict[str, Choice] = field(default_factory=dict)
    accounts: tuple[Account, ...] = tuple(Account(id=name, kind=kind) for name, kind in KINDS.items())

    def buy(
        self,
        on: date,
        shares: str | int,
        price: str | int,
        *,
        account: str = "taxable",
        symbol: str = SYMBOL,
        **of: object,
    ) -> str:
        """A purchase; its id."""
        return self._trade(Side.BUY, on, shares, price, account, symbol, of)

    def sell(
        self,
        on: date,
        shares: str | int,
        price: str | int,
        *,
        account: str = "taxable",
        symbol: str = SYMBOL,
        **of: object,
    ) -> str:
        """A sale; its id."""
        return self._trade(Side.SELL, on, shares, price, account, symbol, of)

    def tell(
        self,
        kind: ActivityKind,
        on: date,
        shares: str | int = 0,
        *,
        account: str = "taxable",
        symbol: str = SYMBOL,
        usd: str | int = 0,
        **of: object,
    ) -> str:
        """Any other entry; its id."""
        name = f"{kind.value}-{len(self.entries) + 1}"
        entry = Activity(
            activity_id=name,
            account=account,
            kind=kind,
            on=on,
            net=Usd.of(usd),
            symbol=symbol,
            quantity=Shares.of(shares),
            **dict[str, Any](of),
        )
        self.entries.append(entry)
        return name

    def seed(self, on: date, *lots: SeedLot, account: str = "taxable") -> None:
        """Lots as they were written down at the end of a day."""
        self.seeds.append(Seed(account=account, as_of_on=on, lots=lots))

    def held(self) -> dict[tuple[str, str], Decimal]:
        """What the entries and seeds leave, in shares by account and symbol."""
        shares: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        since = {(seed.account, lot.symbol): seed.as_of_on for seed in self.seeds for lot in seed.lots}
        for seed in self.seeds:
            for lot in seed.lots:
                shares[seed.account, lot.symbol] += lot.quantity.count
        for one in self.entries:
            place = one.account, one.symbol
            if one.reversed or one.on <= since.get(place, date.min):
                continue
            if one.kind is ActivityKind.RENAME:
                shares[one.account, one.new_symbol] += shares.pop(place, Decimal(0))
            else:
                shares[place] += one.quantity.count * (-1 if one.side is Side.SELL else 1)
        return shares

    def books(
        self,
        *,
        held: Mapping[tuple[str, str], tuple[str, str | None]] | None = None,
        groups: Mapping[str, str] | None = None,
        method: Method = Method.FIFO,
        entries: Sequence[Activity] | None = None,
    ) -> Books:
        """The books; `held` is (shares, basis) by account and symbol, else what the entries leave at unknown basis."""
        told = {place: (str(count), None) for place, count in self.held().items()} if held is None else dict(held)
        readings = [
            AccountReading(
                account=account.id,
                cash_settled=Usd(),
                cash_unsettled=Usd(),
                held=tuple(_held(symbol, *told[name, symbol]) for name, symbol in told if name == account.id),
            )
            for account in self.accounts
        ]
        return keep_books(
            accounts=self.accounts,
            readings=readings,
            activities=self.entries if entries is None else entries,
            seeds=self.seeds,
            groups=groups,
            methods={(account.id, ""): method for account in self.accounts},
            choices=self.choices,
        )

    def book(self, account: str = "taxable", symbol: str = SYMBOL, *, method: Method = Method.FIFO) -> Book:
        """The book of one symbol in one account."""
        return self.books(method=method).book(account, symbol)

    def _trade(
        self,
        side: Side,
        on: date,
        shares: str | int,
        price: str | int,
        account: str,
        symbol: str,
        of: dict[str, object],
    ) -> str:
        name = f"{side.value}-{len(self.entries) + 1}"
        fields: dict[str, Any] = {
            "at": datetime(on.year, on.month, on.day, 15, tzinfo=UTC),
            "order_id": name,
            "net": Usd(),
        } | of
        entry = Activity(
            activity_id=name,
            account=account,
            kind=ActivityKind.TRADE,
            on=on,
            symbol=symbol,
            side=side,
            quantity=Shares.of(shares),
            price=Decimal(price),
            **fields,
        )
        self.entries.append(entry)
        return name


def a_loss(*, bought_on: date = date(2025, 1, 6)) -> Past:
    """100 shares bought for $1,000 and sold for $750."""
    past = Past()
    past.buy(bought_on, 100, 10)
    past.sell(SOLD_ON, 100, "7.50")
    return past


def written(
    shares: str | int,
    cost: str | int | None,
    on: date | None,
    origin: Origin = Origin.BOUGHT,
    *,
    symbol: str = SYMBOL,
    for_loss: str | None = None,
    place: str = "",
) -> SeedLot:
    """A lot as somebody wrote it down."""
    return SeedLot(
        symbol=symbol,
        quantity=Shares.of(shares),
        cost=None if cost is None else Usd.of(cost),
        acquired_on=on,
        origin=origin,
        basis_for_loss=None if for_loss is None else Usd.of(for_loss),
        place=place,
    )


def bases(lots: Sequence[Lot]) -> list[tuple[str, str | None]]:
    """Shares and basis, oldest first."""
    return [(lot.quantity.plain, None if lot.basis is None else lot.basis.plain) for lot in lots]


def _held(symbol: str, shares: str, basis: str | None) -> HeldReading:
    return HeldReading(
        symbol=symbol,
        quantity=Shares.of(shares),
        available=Shares.of(shares),
        cost_basis=None if basis is None else Usd.of(basis),
        price=None,
    )
