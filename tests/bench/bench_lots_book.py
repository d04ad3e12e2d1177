"""What a long memory costs: lots and sales rebuilt from 50,000 entries, and how that grows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

from bot.domain.household import Account, Kind
from bot.domain.money import Shares, Usd
from bot.domain.readings import AccountReading, Activity, ActivityKind, HeldReading
from bot.domain.seeds import Seed, SeedLot
from bot.domain.snapshot import Side
from bot.engine.lots.nouns import Method
from bot.engine.lots_book import keep_books
from tests.bench.stopwatch import Contender, Readings, goal

FEW, MANY = 12_500, 50_000
ROUNDS = 3
ACCOUNTS = (
    Account(id="taxable", kind=Kind.TAXABLE),
    Account(id="spouse", kind=Kind.TAXABLE, owner="spouse"),
    Account(id="ira", kind=Kind.TRADITIONAL),
)
SYMBOLS = ("VTI", "VXUS", "BND")
LONG_AGO = date(2014, 12, 31)
SEEDS = tuple(
    Seed(
        account=account.id,
        as_of_on=LONG_AGO,
        lots=tuple(
            SeedLot(symbol=symbol, quantity=Shares.of(100), cost=Usd.of(9000), acquired_on=LONG_AGO)
            for symbol in SYMBOLS
        ),
    )
    for account in ACCOUNTS
)


def main() -> bool:
    """Print the time for either length and each method; whether the goals were met.

    The goals are those of a saver, who sells one time in ten. A trader, who sells nearly as often as he buys, most of
    it a wash sale, is shown beside, without a goal.
    """
    readings, trading = Readings(), Readings()
    for seed in range(ROUNDS):
        readings.race(_contenders({count: past(Random(seed), count, sells_pct=10) for count in (FEW, MANY)}))
        trading.race(_contenders({MANY: past(Random(seed), MANY, sells_pct=45)}))
    print(f"the lots book, 3 accounts and 3 symbols, {FEW:,} and {MANY:,} entries:")
    readings.print("saver")
    trading.print("trader")
    slowest = max(readings.median(f"{method}, {MANY:,}") for method in _METHODS)
    growth = max(readings.ratio(f"{method}, {MANY:,}", f"{method}, {FEW:,}") for method in _METHODS)
    return all(
        [
            goal(f"{MANY:,} entries are told in {slowest / 1000:.2f} s, goal below 2 s", met=slowest < 2000),
            goal(f"four times the entries take {growth:.1f}x as long, goal at most 6x", met=growth <= 6),
        ]
    )


_METHODS = (Method.FIFO, Method.HIFO, Method.AVERAGE)


def _contenders(pasts: dict[int, list[Activity]]) -> dict[str, Contender]:
    def book(entries: list[Activity], method: Method) -> Contender:
        readings = _left(entries)
        return lambda: keep_books(
            accounts=ACCOUNTS,
            readings=readings,
            activities=entries,
            seeds=SEEDS,
            methods={(account.id, ""): method for account in ACCOUNTS},
        )

    return {f"{method}, {count:,}": book(pasts[count], method) for method in _METHODS for count in pasts}


def past(rng: Random, count: int, *, sells_pct: int) -> list[Activity]:
    """Purchases and sales of fractions and returned capital, some ten entries a day over seventeen years."""
    entries: list[Activity] = []
    at, held = datetime(2015, 1, 2, 15, tzinfo=UTC), dict[tuple[str, str], Decimal]()
    for n in range(count):
        at += timedelta(minutes=rng.randint(1, 360))
        account, symbol = rng.choice(ACCOUNTS).id, rng.choice(SYMBOLS)
        has = held.get((account, symbol), Decimal(0))
        shares = Decimal(rng.randint(1_000, 9_000)).scaleb(-3)
        kind, side, net = ActivityKind.TRADE, Side.BUY, 0
        if n % 1_000 == 999 and has:
            kind, shares, net = ActivityKind.RETURN_OF_CAPITAL, Decimal(0), 5_000
        elif has > shares and rng.randrange(100) < sells_pct:
            side, shares = Side.SELL, min(has, shares)
        held[account, symbol] = has + (-shares if side is Side.SELL else shares)
        entries.append(_entry(n, at, account, symbol, kind, side, shares, net, rng))
    return entries


def _entry(
    n: int,
    at: datetime,
    account: str,
    symbol: str,
    kind: ActivityKind,
    side: Side,
    shares: Decimal,
    net: int,
    rng: Random,
) -> Activity:
    return Activity(
        activity_id=f"entry-{n}",
        account=account,
        kind=kind,
        on=at.date(),
        at=at,
        net=Usd(net),
        symbol=symbol,
        side=side,
        quantity=Shares(shares),
        price=Decimal(rng.randint(8_000, 12_000)).scaleb(-2),
        order_id=f"order-{n}",
    )


def _left(entries: Sequence[Activity]) -> list[AccountReading]:
    """The keepers' readings: what the entries and the lots that were written down leave; they know no basis."""
    shares: dict[tuple[str, str], Decimal] = {}
    for one in entries:
        place = one.account, one.symbol
        change = -one.quantity.count if one.side is Side.SELL else one.quantity.count
        shares[place] = shares.get(place, Decimal(100)) + change
    return [
        AccountReading(
            account=account.id,
            cash_settled=Usd(),
            cash_unsettled=Usd(),
            held=tuple(
                HeldReading(
                    symbol=symbol,
                    quantity=Shares(count),
                    available=Shares(count),
                    cost_basis=None,
                    price=None,
                )
                for (name, symbol), count in shares.items()
                if name == account.id
            ),
        )
        for account in ACCOUNTS
    ]
