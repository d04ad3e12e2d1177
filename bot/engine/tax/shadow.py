"""The running ledger of naive selling: each naive way keeps lots of its own, so that no share is sold twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from bot.domain.deferral import First, Scope
from bot.domain.household import Account, Household, Kind
from bot.domain.instruments import CASH, AssetClass, look_through, main_class
from bot.domain.lots import TaxLot
from bot.domain.money import Shares, Usd, split
from bot.domain.snapshot import Side
from bot.domain.steps import NaiveYear, Step
from bot.domain.targets import Policy
from bot.engine.tax.estimate import on_gains
from bot.engine.tax.held import Held, Prices, Sold, by_account, gains_of, sell, taxable_lots, worth
from bot.engine.tax.naive import too_much

_Key = tuple[str, str, date | None, Decimal | None]  # what makes a lot the same lot from one snapshot to the next


class _Shadow:
    """The taxable lots and uninvested cents by account that a naive way would hold by now."""

    def __init__(self) -> None:
        self.held: list[Held] = []
        self.cash: Counter[str] = Counter()


def naive_years(household: Household, policy: Policy, steps: Sequence[Step]) -> tuple[NaiveYear, ...]:
    """What each naive way would have realised, year by year, had it looked on the same days as the plans carried out.

    All ways begin with the taxable lots of the first plan's day. What the real accounts bought since then they have as
    well: the `household` way the same shares, the `account` way the money for them. `household` follows every shift of
    the shelters by selling and buying in taxable accounts; `account` brings each taxable account back to its own
    targets when it is out of band. A split is taken for new shares, so a way may sell what it had sold before it.
    """
    return tuple(
        year for scope in Scope for first in First for year in _way(household, policy, steps, scope=scope, first=first)
    )


def _way(
    household: Household, policy: Policy, steps: Sequence[Step], *, scope: Scope, first: First
) -> Iterator[NaiveYear]:
    shadow, real = _Shadow(), list[Held]()
    by_year: dict[int, list[Sold]] = {}
    for step in steps:
        now = taxable_lots(household, step.before)
        come, gone = _since(real, now)
        shadow.held = _without(shadow.held, gone)
        _arrive(shadow, come, dict(step.before.prices), as_cash=scope is Scope.ACCOUNT and bool(real))
        real = now
        by_year.setdefault(step.on.year, []).extend(_sales(household, policy, step, shadow, scope, first))
    for year, sales in sorted(by_year.items()):
        gains = gains_of(sales)
        yield NaiveYear(
            year=year,
            scope=scope,
            first=first,
            sold=Usd(sum(one.cents for one in sales)),
            gain=Usd(gains.short + gains.long),
            tax=on_gains(policy, gains, date(year, 12, 31)),
        )


def _sales(household: Household, policy: Policy, step: Step, shadow: _Shadow, scope: Scope, first: First) -> list[Sold]:
    """What the way sells on the day of a plan; it buys with the proceeds at once."""
    prices: Prices = dict(step.before.prices) | {fill.symbol: fill.price for fill in step.fills}
    if scope is Scope.HOUSEHOLD:
        out = _shift(household, step)
        sales, shadow.held = sell(household, shadow.held, out, prices, step.on, first)
        into = {name: -cents for name, cents in out.items() if cents < 0}
        for account, cents in _proceeds(sales).items():
            shadow.held += _bought(household, household.account(account), step.on, prices, _shares(cents, into))
        return sales
    sales, rules = list[Sold](), policy.on(step.on)
    for taxable in [one for one in household.accounts if one.kind is Kind.TAXABLE and one.managed]:
        sales += _alone(household, rules, step.on, prices, shadow, taxable, first)
    return sales


def _alone(
    household: Household,
    policy: Policy,
    on: date,
    prices: Prices,
    shadow: _Shadow,
    account: Account,
    first: First,
) -> list[Sold]:
    mine = by_account(shadow.held).get(account.id, [])
    others = [one for one in shadow.held if one.account != account.id]
    over = too_much(household, policy, mine, prices, shadow.cash[account.id])
    sales, mine = sell(household, mine, over, prices, on, first)
    money = shadow.cash[account.id] + sum(one.cents for one in sales)
    short = _lacking(household, policy, mine, prices, money)
    bought = _bought(household, account, on, prices, _shares(money, short))
    shadow.cash[account.id] = money - sum(worth(household, bought, prices).values())
    shadow.held = others + mine + bought
    return sales


def _lacking(
    household: Household, policy: Policy, held: Sequence[Held], prices: Prices, money: int
) -> dict[AssetClass, int]:
    found = worth(household, held, prices)
    total = sum(found.values()) + money
    goals = {name: int(pct * total / 100) for name, pct in policy.targets_pct if name != CASH}
    return {name: goal - found.get(name, 0) for name, goal in goals.items() if goal > found.get(name, 0)}


def _shares(cents: int, into: Mapping[AssetClass, int]) -> dict[AssetClass, int]:
    """So many cents in proportion to what the classes are to get."""
    if not into or cents <= 0:
        return {}
    return dict(zip(into, split(cents, list(into.values())), strict=True))


def _bought(
    household: Household, account: Account, on: date, prices: Prices, wanted: Mapping[AssetClass, int]
) -> list[Held]:
    """New lots of the first fund on the account's menu, or of any, that stands for each class."""
    lots = []
    for name, cents in wanted.items():
        symbol = _fund(household, account, name, prices)
        price = prices.get(symbol)
        if cents > 0 and price is not None:
            count = Shares.affordable(Usd(cents), price, whole=False)
            lot = TaxLot(quantity=count, cost_per_share=price, acquired_on=on)
            lots.append(Held(account=account.id, symbol=symbol, lot=lot))
    return lots


def _fund(household: Household, account: Account, name: AssetClass, prices: Prices) -> str:
    known = [one for one in household.instruments if prices.get(one.symbol) is not None]
    fit = [one.symbol for one in known if main_class(one.exposure) == name]
    return next((symbol for symbol in (*account.menu, *fit) if symbol in fit), "")


def _shift(household: Household, step: Step) -> dict[AssetClass, int]:
    """Net cents of each class that the fills took out of the shelters (negative: brought in)."""
    out: dict[AssetClass, int] = {}
    for fill in step.fills:
        if household.account(fill.account).kind.sheltered:
            sign = 1 if fill.side is Side.SELL else -1
            exposure = household.instrument(fill.symbol).exposure
            for name, cents in look_through(main_class(exposure), exposure, fill.cents):
                out[name] = out.get(name, 0) + sign * cents
    return out


def _proceeds(sales: Iterable[Sold]) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in sales:
        found[one.held.account] += one.cents
    return found


# --- what the real accounts did in between ---------------------------------------------------------------------------
def _key(held: Held) -> _Key:
    return held.account, held.symbol, held.lot.acquired_on, held.lot.cost_per_share


def _counts(held: Iterable[Held]) -> dict[_Key, Decimal]:
    found: dict[_Key, Decimal] = {}
    for one in held:
        found[_key(one)] = found.get(_key(one), Decimal(0)) + one.lot.quantity.count
    return found


def _since(before: Sequence[Held], now: Sequence[Held]) -> tuple[list[Held], dict[_Key, Decimal]]:
    """Lots (or parts of them) that came since, and how many shares of which lots went."""
    was, come = _counts(before), list[Held]()
    for one in now:
        known = min(was.get(_key(one), Decimal(0)), one.lot.quantity.count)
        was[_key(one)] = was.get(_key(one), Decimal(0)) - known
        if one.lot.quantity.count > known:
            come.append(replace(one, lot=replace(one.lot, quantity=one.lot.quantity - Shares(known))))
    return come, {key: count for key, count in was.items() if count > 0}


def _without(held: Sequence[Held], gone: Mapping[_Key, Decimal]) -> list[Held]:
    """The lots without what the real accounts have sold, as far as the way still had it."""
    rest, kept = dict(gone), list[Held]()
    for one in held:
        less = min(rest.get(_key(one), Decimal(0)), one.lot.quantity.count)
        rest[_key(one)] = rest.get(_key(one), Decimal(0)) - less
        if one.lot.quantity.count > less:
            kept.append(replace(one, lot=replace(one.lot, quantity=one.lot.quantity - Shares(less))))
    return kept


def _arrive(shadow: _Shadow, come: Sequence[Held], prices: Prices, *, as_cash: bool) -> None:
    if not as_cash:
        shadow.held += come
        return
    for one in come:
        price = prices.get(one.symbol)
        if price is not None:
            shadow.cash[one.account] += one.lot.quantity.value(price).cents
