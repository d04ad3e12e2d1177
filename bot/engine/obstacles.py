"""What stands between an account and a trade: the block, lock, menu or missing money, in words and with its date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.domain.household import Account, Kind
from bot.domain.instruments import AssetClass, Instrument, look_through
from bot.domain.money import Shares, Usd
from bot.domain.snapshot import Side
from bot.domain.targets import TaxableSells
from bot.engine import counterfactual, fund_rules
from bot.engine.counterfactual import LotSale
from bot.engine.explain import dollars
from bot.engine.wallets import price_of
from bot.engine.wash_sales import DIVIDEND_HOLD, WINDOW, bought_lately
from bot.engine.weighing import Bench


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxableSale:
    """A sale in taxable accounts that was not made: its lots, highest cost first, and its price in cents."""

    lots: tuple[LotSale, ...]
    tax: Usd

    @property
    def cents(self) -> int:
        """What would be sold."""
        return sum(lot.cents for lot in self.lots)

    @property
    def gain(self) -> int:
        """What would be realised; a loss is negative."""
        return sum(lot.gain for lot in self.lots)


def taxable_sale(bench: Bench, accounts: Iterable[Account], wanted: Mapping[AssetClass, int]) -> TaxableSale:
    """The sale of so many cents of each class from these accounts' taxable lots, highest cost first."""
    some = replace(bench.day.household, accounts=tuple(accounts))
    lots = counterfactual.taxable_sales(some, bench.day.snapshot, bench.pie, wanted)
    return TaxableSale(lots=tuple(lots), tax=counterfactual.tax(bench.day.policy, lots, bench.day.snapshot.as_of_on))


def refusal(bench: Bench, sale: TaxableSale) -> str:
    """Why a taxable sale is refused, with its price."""
    if sale.gain > 0:
        return (
            f"selling {dollars(sale.cents)} there would realise {dollars(sale.gain)} of gain and cost "
            f"{dollars(sale.tax.cents)} of tax"
        )
    if bench.day.policy.taxable_sells is TaxableSells.NEVER:
        return f"selling {dollars(sale.cents)} there is a taxable sale, and `taxable_sells` is never"
    return f"the lots there may not be sold at a loss today ({dollars(sale.cents)})"


def free_on(sold_on: date) -> date:
    """The first day on which a group may be bought again after a loss sale (IRC 1091(a))."""
    return sold_on + WINDOW + timedelta(days=1)


def back_from(fund: Instrument, sold_on: date) -> date:
    """The first day on which a mutual fund's company takes a purchase after a sale."""
    return sold_on + timedelta(days=fund.no_rebuy_days + 1)


def against_buying(bench: Bench, account: Account, symbol: str) -> str:
    """Why an account may not buy a fund of its menu; empty where it may."""
    return (
        _wash_block(bench, symbol)
        or _rule_of_the_fund(bench, account, symbol)
        or _unfit_today(bench, account, bench.day.household.instrument(symbol))
        or _fee(bench, account, symbol, Side.BUY)
    )


def _wash_block(bench: Bench, symbol: str) -> str:
    group = bench.day.household.instrument(symbol).identical_group
    sold_on = bench.pie.blocks.get(group)
    if sold_on is not None:
        day = (bench.day.snapshot.as_of_on - sold_on).days
        return f"{symbol} is blocked: sold at a loss on {sold_on} (day {day} of 30), free from {free_on(sold_on)} on"
    if _sold_at_a_loss(bench, group):
        return f"{symbol} is of the group that this plan sells at a loss, and a purchase would wash that loss out"
    return ""


def _fee(bench: Bench, account: Account, symbol: str, side: Side) -> str:
    if (account.id, symbol, side) not in bench.costly:
        return ""
    fee = bench.day.household.instrument(symbol).fee
    return f"an order of {symbol} would move less than {fund_rules.FEE_TIMES} times its fee of {fee}"


def _left_alone(account: Account, fund: Instrument) -> str:
    if not account.leaves_alone(fund):
        return ""
    if fund.hold or fund.symbol in account.holds:
        return f"you keep {fund.symbol} there as it is"
    return f"{fund.symbol} is kept there until it runs out"


def _unfit_today(bench: Bench, account: Account, fund: Instrument) -> str:
    if bench.day.snapshot.price(fund.symbol) is None:
        return f"{fund.symbol} has no price today"
    if fund.taxable_only and account.kind.sheltered:
        return f"{fund.symbol} is kept out of shelters (taxable_only)"
    return ""


def _rule_of_the_fund(bench: Bench, account: Account, symbol: str) -> str:
    """What keeps a fund from being bought in an account whatever the household owes or owns."""
    fund, snapshot = bench.day.household.instrument(symbol), bench.day.snapshot
    if not fund.tradable:
        return f"{symbol} is not tradable"
    if alone := _left_alone(account, fund):
        return alone
    if fund.is_cash:
        return f"{symbol} is a money fund: it is cash already"
    if sold_on := fund_rules.sold_lately(snapshot, account, fund):
        free = back_from(fund, sold_on)
        return f"{symbol} was sold there on {sold_on}, and its company lets nobody back in before {free}"
    return ""


def _sold_at_a_loss(bench: Bench, group: str) -> bool:
    return any(
        line.side is Side.SELL
        and bench.day.household.account(line.account).kind is Kind.TAXABLE
        and bench.day.household.instrument(line.symbol).identical_group == group
        and not bench.day.household.instrument(line.symbol).is_cash
        for line in bench.plan.lines
    )


def against_class(bench: Bench, account: Account, name: AssetClass) -> str:
    """Why an account may buy no fund of a class, not even one of several; empty where it may."""
    funds = [symbol for symbol in account.menu if bench.stands_for(symbol, name)]
    if not funds:
        return f"no fund of {name} is on its menu"
    told = [against_buying(bench, account, symbol) for symbol in funds]
    return "" if "" in told else "; ".join(told)


def against_selling(bench: Bench, account: Account, symbol: str) -> str:
    """Why a sheltered account may not sell what it holds of a fund; empty where it may."""
    fund, today = bench.day.household.instrument(symbol), bench.day.snapshot.as_of_on
    lots = bench.pie.projections[account.id].lots.get(symbol, ())
    locks = [lot.locked_until_on for lot in lots if lot.locked_until_on is not None and lot.is_locked(today)]
    if not fund.tradable:
        return f"{symbol} is not tradable"
    if alone := _left_alone(account, fund):
        return alone
    if lots and len(locks) == len(lots):
        return f"{symbol} was bought with money that has not settled; selling before {max(locks)} is a violation"
    if lots and all(fund_rules.is_young(fund, lot, today) for lot in lots):
        free = min(free for lot in lots if (free := fund_rules.sellable_from(fund, lot)) is not None)
        return f"its company lets {symbol} go {fund.min_hold_days} days after a purchase, from {free} on"
    return _fee(bench, account, symbol, Side.SELL)


def against_loss(bench: Bench, account: Account, symbol: str) -> str:
    """Why a taxable account's fund gives no loss lot today; empty where one may go."""
    fund, snapshot = bench.day.household.instrument(symbol), bench.day.snapshot
    lots = bench.pie.projections[account.id].lots.get(symbol, ())
    if bench.day.policy.taxable_sells is TaxableSells.NEVER:
        return "`taxable_sells` is never"
    if not any(lot.is_loss(price_of(snapshot, symbol)) for lot in lots):
        return "a winner in a taxable account is never sold"
    if fund.identical_group in bought_lately(bench.day.household, snapshot):
        return f"{symbol} was bought in the last 30 days or is about to be, which would wash the loss out"
    ages = [lot.held_for(snapshot.as_of_on) for lot in lots if lot.is_loss(price_of(snapshot, symbol))]
    if all(age is not None and age < DIVIDEND_HOLD for age in ages):
        return f"its loss lots are younger than {DIVIDEND_HOLD.days} days"
    return ""


def idle(bench: Bench, account: Account) -> str:
    """Why an account has no money to move, e.g. ``$300 has not settled yet``."""
    projection = bench.pie.projections[account.id]
    told = []
    if projection.unsettled > 0 and not bench.day.policy.spend_unsettled_cash:
        told.append(f"{dollars(projection.unsettled)} has not settled yet")
    aside = bench.pie.asides[account.id]
    if aside.kept + aside.owed:
        told.append(f"{dollars(aside.kept + aside.owed)} is set aside")
    if projection.settled < 0:
        told.append(f"it owes {dollars(-projection.settled)}")
    return f"no free cash there ({', '.join(told)})" if told else "no free cash there"


def worth(bench: Bench, account: Account) -> dict[str, int]:
    """What an account holds, by symbol in cents; open orders count as done."""
    lots = bench.pie.projections[account.id].lots
    cents = {
        symbol: Shares.total(lot.quantity for lot in some).value(price_of(bench.day.snapshot, symbol)).cents
        for symbol, some in lots.items()
    }
    return {symbol: part for symbol, part in sorted(cents.items()) if part > 0}


def held(bench: Bench, account: Account, name: AssetClass) -> dict[str, int]:
    """How much of one class each fund of an account stands for, in cents; funds of several count by their part."""
    parts = {
        symbol: dict(look_through("", bench.day.household.instrument(symbol).exposure, cents)).get(name, 0)
        for symbol, cents in worth(bench, account).items()
    }
    return {symbol: part for symbol, part in parts.items() if part > 0}
