"""An owner's own household as the long view sees it: two assets, real lots, and words on what was left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from bot.domain.errors import WrongUse
from bot.domain.household import Account
from bot.domain.instruments import CASH, look_through
from bot.domain.lots import TaxLot
from bot.domain.money import Usd
from bot.domain.readings import HouseholdFile
from bot.domain.targets import Policy
from bot.domain.taxes import Taxes
from bot.engine.tax.estimate import more
from bot.longview.home import PLACES, PRETAX, Asset, Home, OldLot, Pot, Rates
from bot.longview.market import BONDS, STOCKS
from bot.longview.units import PPM

LONG_AGO = 240  # months
SAMPLE = Usd(1_000_000)  # income on which the ordinary rate is read from the brackets


def own_home(
    day: HouseholdFile, *, months: int, pay: Usd | None = None, spending: Usd | None = None, age: int | None = None
) -> tuple[Home, list[str]]:
    """The household of a file, and what must be said of it; pay goes to the first taxable account.

    Raises:
        WrongUse: where stocks or bonds have no target, or no account is managed.
    """
    household, policy = day.household, day.policy.on(day.snapshot.as_of_on)
    accounts = [account for account in household.accounts if account.managed]
    if not accounts:
        raise WrongUse("No account of this household is managed: there is nothing to simulate.")
    paid = pay or policy.deposit or Usd()
    taxable = next((account.id for account in accounts if not account.kind.sheltered), accounts[0].id)
    home = Home(
        assets=(Asset(name="bonds", series=BONDS), Asset(name="stocks", series=STOCKS)),
        pots=tuple(_pot(day, policy, account, paid.cents if account.id == taxable else 0) for account in accounts),
        policy=_two_classes(policy),
        months=months,
        spending=(spending or Usd()).cents,
        age=age,
        rates=_rates(policy),
        taxes=policy.taxes,
    )
    return home, _said(day, policy)


def is_bonds(policy: Policy, name: str) -> bool:
    """Whether a class pays interest, or is cash: the series of bonds stands for it; else that of stocks."""
    return name == CASH or name in dict(policy.interest_pct)


def _two_classes(policy: Policy) -> Policy:
    bonds = sum((pct for name, pct in policy.targets_pct if is_bonds(policy, name)), Decimal(0))
    if not 0 < bonds < 100:
        raise WrongUse("The long view needs a target for stocks and one for classes that pay interest.")
    liked = [kinds for name, kinds in policy.location_preference if is_bonds(policy, name)]
    return replace(
        policy,
        targets_pct=(("bonds", bonds), ("stocks", 100 - bonds)),
        glide_path=(),
        location_preference=(("bonds", liked[0]),) if liked else PLACES,
    )


def _rates(policy: Policy) -> Rates:
    if policy.taxes is None:
        return Rates(gains=int(policy.tax_rate_ltcg_pct * 100), ordinary=int(policy.tax_rate_short_pct * 100))
    taxes = policy.taxes
    own, year = taxes.income, taxes.tables[-1].year
    ordinary = more(taxes, replace(own, ordinary=own.ordinary + SAMPLE), year)
    gains = more(taxes, replace(own, long=own.long + SAMPLE), year)
    return Rates(gains=_basis_points(gains), ordinary=_basis_points(ordinary), loss_limit=_limit(taxes))


def _basis_points(tax: Usd) -> int:
    return max(0, tax.cents) * 10_000 // SAMPLE.cents


def _limit(taxes: Taxes) -> int:
    return taxes.tables[-1].loss_limit.cents


def _pot(day: HouseholdFile, policy: Policy, account: Account, pay: int) -> Pot:
    rows: tuple[list[OldLot], list[OldLot]] = ([], [])
    holding = day.snapshot.holding(account.id)
    for position in holding.positions:
        price, exposure = day.snapshot.price(position.symbol), day.household.instrument(position.symbol).exposure
        for lot in position.lots if price else ():
            assert price is not None
            for name, cents in look_through("", exposure, lot.quantity.value(price).cents):
                rows[0 if is_bonds(policy, name) else 1].append(_old(lot, cents, price, day.snapshot.as_of_on))
    cash = max(0, holding.cash.cents - account.cash_buffer.cents)
    return Pot(kind=account.kind, lots=tuple(tuple(row) for row in rows), cash=cash, pay=pay)


def _old(lot: TaxLot, cents: int, price: Decimal, on: date) -> OldLot:
    cost = int((lot.cost_per_share or Decimal(0)) * PPM / price)
    since = lot.held_since_on or lot.acquired_on
    age = LONG_AGO if since is None else max(0, 12 * (on.year - since.year) + on.month - since.month)
    return OldLot(cents=cents, cost_ppm=cost, age=age)


def _said(day: HouseholdFile, policy: Policy) -> list[str]:
    """What the model leaves out of this household."""
    said = []
    out = [account.id for account in day.household.accounts if not account.managed]
    if out:
        said.append(f"Left out, for it is never traded: {', '.join(out)}.")
    stocks = [name for name, _ in policy.targets_pct if not is_bonds(policy, name)]
    bonds = [name for name, _ in policy.targets_pct if is_bonds(policy, name)]
    if len(stocks) + len(bonds) > 2:
        said.append(f"One series stands for {', '.join(stocks)}, and one for {', '.join(bonds)}.")
    if any(account.kind in PRETAX and account.menu for account in day.household.accounts):
        said.append("Every account is taken to offer a fund of stocks and one of bonds.")
    return said
