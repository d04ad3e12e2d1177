"""One household on one path, lived through month by month in one way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Protocol

from bot.domain.targets import Policy, RebalanceTo, Routing
from bot.longview.bank import Banking
from bot.longview.books import Books
from bot.longview.home import PLACES, Home
from bot.longview.looping import Loop, Selling
from bot.longview.market import Path
from bot.longview.silo import Rows, Silo
from bot.longview.spending import draw, required
from bot.longview.taxes import on_all
from bot.longview.terms import Terms
from bot.longview.units import BP, PPM, UNIT, rounded
from bot.longview.ways import Way

YEAR = 12
STEP = 60  # months between two looks at what is left after selling all


class Steering(Protocol):
    """Trades what a month brought; the cents of each account by asset that it leaves."""

    def act(self, books: Books) -> Rows:
        """One month."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What came of one path: wealth in cents, as it stands, after selling all, and where death steps the basis up.

    `taxes` are what each year's income of the accounts cost, `on_gains` the part on sales; `realised` the gains sold in
    taxable; `steps` is `liquidated` after every five years. `stuck` counts months whose trades left a band broken;
    `worst` is the largest distance from target after the trades, in millionths; `share` the mean after-tax share of
    what pays no interest, in millionths. `ran_dry`: the month in which spending found nothing left, 0 for never.
    """

    path: str
    way: str
    standing: int
    liquidated: int
    stepped_up: int
    taxes: tuple[int, ...]
    steps: tuple[int, ...]
    on_gains: int
    realised: int
    stuck: int
    worst: int
    share: int
    ran_dry: int = 0


def steering(home: Home, way: Way, stocks_up: Decimal = Decimal(0)) -> Steering:
    """Who steers in this way; with the target of what pays no interest raised by so many points."""
    policy = raised(home, stocks_up)
    makers: dict[Way, Callable[[], Steering]] = {
        Way.SILO: lambda: Silo(home, policy),
        Way.SILO_FIFO: lambda: Silo(home, policy),
        Way.SILO_ANNUAL: lambda: Silo(home, policy, annual=True),
        Way.SILO_ANNUAL_FIFO: lambda: Silo(home, policy, annual=True),
        Way.SELLS: lambda: Selling(home, routed(policy, Routing.LOCATION)),
        Way.LAGGING: lambda: Loop(home, routed(policy, Routing.LAGGING)),
        Way.LOCATION: lambda: Loop(home, routed(policy, Routing.LOCATION)),
        Way.ADAPTIVE: lambda: Loop(home, routed(policy, Routing.ADAPTIVE)),
        Way.BANK: lambda: Banking(home, routed(policy, Routing.ADAPTIVE)),
        Way.NEVER: lambda: Silo(home, policy, trades=False),
    }
    return makers[way]()


def routed(policy: Policy, routing: Routing) -> Policy:
    """The policy with another routing: the plain rule asks for no places and swaps to target."""
    return replace(
        policy,
        routing=routing,
        rebalance_to=RebalanceTo.HALF_BAND if routing is Routing.ADAPTIVE else RebalanceTo.TARGET,
        location_preference=(policy.location_preference or PLACES) if routing.by_place else (),
    )


def raised(home: Home, points: Decimal) -> Policy:
    """The policy with the targets of what pays no interest raised by so many points in all, the others lowered."""
    if not points:
        return home.policy
    interest = {asset.name for asset in home.assets if asset.interest}
    low = sum((pct for name, pct in home.policy.targets_pct if name in interest), Decimal(0))
    high = 100 - low
    targets = tuple(
        (name, pct - points * pct / low if name in interest else pct + points * pct / high)
        for name, pct in home.policy.targets_pct
    )
    return replace(home.policy, targets_pct=targets)


def live(home: Home, path: Path, way: Way, stocks_up: Decimal = Decimal(0)) -> Life:
    """Live through a path in one way; `stocks_up` raises the target of stocks by so many points."""
    return _Walk(home, path, way, stocks_up).walk()


class _Walk:
    """The steps of a life; figures as in `Life`."""

    def __init__(self, home: Home, path: Path, way: Way, stocks_up: Decimal) -> None:
        self._home, self._path, self._way = home, path, way
        self._terms = Terms(home, home.policy)
        self._steering = steering(home, way, stocks_up)
        self._books = Books(home, oldest_first=way.oldest_first)
        self._weights = [BP - home.rates.ordinary if pot.pretax else BP for pot in home.pots]
        self._risky = [c for c, asset in enumerate(home.assets) if not asset.interest]
        self._narrow = min((upper - lower) * PPM // (2 * scale) for lower, upper, scale in self._terms.edges) - 1
        self._single = len(self._risky) == 1
        self._judges = way is not Way.NEVER
        self._owed = self._on_gains = self._stuck = self._worst = self._share = self._dry = 0
        self._taxes: list[int] = []
        self._steps: list[int] = []

    def walk(self) -> Life:
        """All months."""
        books, path = self._books, self._path
        series = [asset.series for asset in self._home.assets]
        prices = list(zip(*(path.prices[s] for s in series), strict=True))
        payouts = list(zip(*(path.payouts[s] for s in series), strict=True))
        for month in range(self._home.months):
            books.month, books.prices = month, prices[month]
            self._earn(payouts[month], path.consumer[month])
            self._look(self._steering.act(books))
            if month % YEAR == YEAR - 1:
                gains, whole = books.year.close(self._home, path.consumer[month])
                self._owed += whole
                self._on_gains += gains
                self._taxes.append(whole)
            if month % STEP == STEP - 1:
                self._steps.append(self._wealth()[2])
        return self._life()

    def _earn(self, payouts: tuple[int, ...], level: int) -> None:
        """What the accounts pay, what the owner pays in or takes out, and the tax that is due."""
        books, home, year = self._books, self._home, self._books.year
        paying = [(c, paid) for c, paid in enumerate(payouts) if paid]
        for a, pot in enumerate(home.pots):
            cash, held, shelves = books.cash[a] + pot.pay * level // PPM, books.held[a], books.shelves[a]
            for c, paid in paying:
                cents = held[c] * paid // UNIT
                cash += cents
                if shelves is None:
                    continue
                if home.assets[c].interest:
                    year.interest += cents
                else:
                    year.dividends += cents
            books.cash[a] = cash
        if home.age is not None:
            required(books)
        if self._owed > 0:
            self._pay_tax()
        if home.spending and not draw(books, home.spending * level // PPM):
            self._dry = self._dry or books.month + 1

    def _pay_tax(self) -> None:
        for a, pot in enumerate(self._home.pots):
            if pot.taxable and self._owed > 0:
                paid = min(self._owed, max(0, self._books.cash[a]))
                self._books.cash[a] -= paid
                self._owed -= paid

    def _look(self, after: Rows) -> None:
        """How far the month ended from target, and how much of it was stocks after tax."""
        worth = list(map(sum, zip(*after, strict=True)))
        total = sum(worth)
        if total <= 0:
            return
        goal = self._terms.goals(total)
        far = max(abs(have - aim) for have, aim in zip(worth, goal, strict=True)) * PPM // total
        self._worst = max(self._worst, far)
        if self._judges and far >= self._narrow and self._terms.broken(worth, goal, total):
            self._stuck += 1
        risky = whole = 0
        for row, weight in zip(after, self._weights, strict=True):
            whole += weight * sum(row)
            risky += weight * (row[self._risky[0]] if self._single else sum([row[c] for c in self._risky]))
        self._share += risky * PPM // whole

    def _life(self) -> Life:
        standing, stepped_up, liquidated = self._wealth()
        return Life(
            path=self._path.name,
            way=self._way.value,
            standing=standing,
            stepped_up=stepped_up,
            liquidated=liquidated,
            taxes=tuple(self._taxes),
            steps=tuple(self._steps),
            on_gains=self._on_gains,
            realised=self._books.year.sold_gain // UNIT,
            stuck=self._stuck,
            worst=self._worst,
            share=self._share // self._home.months,
            ran_dry=self._dry,
        )

    def _wealth(self) -> tuple[int, int, int]:
        """What is there: as it stands, without tax on gains, and after selling all."""
        books, home = self._books, self._home
        worths = [sum(books.values(a)) + books.cash[a] for a in range(len(home.pots))]
        income = sum(rounded(w, home.rates.ordinary) for w, pot in zip(worths, home.pots, strict=True) if pot.pretax)
        waits = [
            shelf.waiting(price, books.month)
            for shelves in books.shelves
            for shelf, price in zip(shelves or (), books.prices, strict=False)
        ]
        short, long = (sum(column) for column in zip(*waits, strict=True)) if waits else (0, 0)
        short, long = short + books.year.short // UNIT, long + books.year.long // UNIT
        standing = sum(worths) - self._owed
        return standing, standing - income, standing - income - on_all(home, short, long, books.year.carried)
