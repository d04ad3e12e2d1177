"""The household of the long view: accounts with what lies in them, paydays, spending, taxes and the owner's policy."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from bot.domain.household import Kind
from bot.domain.money import split
from bot.domain.targets import Band, Policy, RebalanceTo, Routing
from bot.domain.taxes import Taxes
from bot.longview.market import BONDS, STOCKS
from bot.longview.units import PPM

PRETAX = frozenset({Kind.TRADITIONAL, Kind.WORKPLACE})
LOTS = 10  # of the stocks at the beginning
LOWEST, HIGHEST = 250_000, 950_000  # what they cost, in millionths of their price
# Bonds belong into pre-tax accounts, stocks into taxable ones.
PLACES = (
    ("bonds", (Kind.TRADITIONAL, Kind.WORKPLACE, Kind.ROTH, Kind.HSA)),
    ("stocks", (Kind.TAXABLE, Kind.ROTH, Kind.HSA)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OldLot:
    """A lot that is held at the beginning: cents, what it cost in millionths of that, and its age in months."""

    cents: int
    cost_ppm: int
    age: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pot:
    """One account: by asset the lots at the beginning, cash in cents, and what each payday brings, in cents."""

    kind: Kind
    lots: tuple[tuple[OldLot, ...], ...]
    cash: int = 0
    pay: int = 0

    @property
    def taxable(self) -> bool:
        """Whether what it earns is taxed as it comes."""
        return self.kind is Kind.TAXABLE

    @property
    def pretax(self) -> bool:
        """Whether what it pays out is income (IRC 408(d)(1), 402(a)); else, of a shelter, nothing is (IRC 408A)."""
        return self.kind in PRETAX


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Flat rates in basis points; `qualified_ppm` of dividends are qualified. `loss_limit` in cents a year."""

    gains: int = 1500
    ordinary: int = 2400
    qualified_ppm: int = 950_000
    loss_limit: int = 300_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """An asset class and the series of the market that stands for it."""

    name: str
    series: int

    @property
    def interest(self) -> bool:
        """Whether what it pays is interest: taxed as ordinary income."""
        return self.series == BONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A household before its first month. Assets stand by name, as the engine sorts its classes.

    Pay and spending are in cents a month and rise with consumer prices; `age` in years at the beginning, None: no
    required distributions. With `taxes` each year is taxed by brackets that rise with consumer prices; else by `rates`.
    """

    assets: tuple[Asset, ...]
    pots: tuple[Pot, ...]
    policy: Policy
    months: int = 240
    spending: int = 0
    age: int | None = None
    rates: Rates = field(default_factory=Rates)
    taxes: Taxes | None = None


def policy_of(stocks_pct: int | Decimal, routing: Routing = Routing.LAGGING, band_pp: int | Decimal = 5) -> Policy:
    """Stocks and bonds with one band in points; bonds belong into shelters, and adaptive swaps stop half-way."""
    return Policy(
        targets_pct=(("bonds", 100 - Decimal(stocks_pct)), ("stocks", Decimal(stocks_pct))),
        band=Band(absolute_pp=Decimal(band_pp), relative_pct=Decimal(10_000)),
        routing=routing,
        rebalance_to=RebalanceTo.HALF_BAND if routing is Routing.ADAPTIVE else RebalanceTo.TARGET,
        location_preference=PLACES if routing.by_place else (),
    )


def model_home(
    stocks_pct: int = 70,
    taxable_pct: int = 60,
    *,
    wealth: int = 100_000_000,
    pay: int = 200_000,
    months: int = 240,
    rates: Rates | None = None,
) -> Home:
    """The household of the evidence: $1M on target in every account, 60% taxable, stocks with a basis of 60%.

    The basis is spread over ten lots of 25 to 95%; three quarters of each payday go to taxable.
    """
    taxable, shelter = split(wealth, [taxable_pct, 100 - taxable_pct])
    weights = [100 - stocks_pct, stocks_pct]
    bonds, stocks = split(taxable, weights)
    span = HIGHEST - LOWEST
    old = tuple(
        OldLot(cents=cents, cost_ppm=LOWEST + span * at // (LOTS - 1), age=240)
        for at, cents in enumerate(split(stocks, [1] * LOTS))
    )
    inside = tuple((OldLot(cents=cents, cost_ppm=PPM, age=240),) for cents in split(shelter, weights))
    paid = split(pay, [75, 25])
    return Home(
        assets=(Asset(name="bonds", series=BONDS), Asset(name="stocks", series=STOCKS)),
        pots=(
            Pot(kind=Kind.TAXABLE, lots=((OldLot(cents=bonds, cost_ppm=PPM, age=240),), old), pay=paid[0]),
            Pot(kind=Kind.TRADITIONAL, lots=inside, pay=paid[1]),
        ),
        policy=policy_of(stocks_pct),
        months=months,
        rates=rates or Rates(),
    )
