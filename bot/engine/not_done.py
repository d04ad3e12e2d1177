"""Everything that a plan left undone, each with its reason and its price."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from bot.domain.household import Account
from bot.domain.instruments import CASH, AssetClass
from bot.domain.lots import TaxLot
from bot.domain.money import Shares, Usd
from bot.domain.plan import ClassLine, Lever, NotProposed
from bot.domain.snapshot import Side
from bot.engine import fund_rules, obstacles
from bot.engine.counterfactual import LotSale, beyond, realised
from bot.engine.explain import dollars
from bot.engine.loop import best_orders
from bot.engine.stuck import why_off_goal
from bot.engine.wallets import price_of
from bot.engine.wash_sales import group_of
from bot.engine.weighing import Bench


@dataclass(frozen=True, slots=True, kw_only=True)
class NotDone:
    """Something left undone: `usd` is how much of it, `subject` a class, an account or a fund.

    Codes: `under_goal` and `over_goal` (a class, with the code of its cause behind a colon), `taxable_sale` (with its
    lots and their tax), `wash_sale_block`, `good_faith_lock` (with the first free day), `unsettled_cash`, `untradable`,
    `several_classes`, `unmanaged`, `held`, `holding_period`, `round_trip` (a fund that its company takes back only from
    `free_on` on), `fee`, `min_trade`, `buffer`, `earmark`, `idle_cash`.
    """

    code: str
    subject: str
    usd: Usd
    why: str
    tax: Usd | None = None
    free_on: date | None = None
    lots: tuple[LotSale, ...] = ()


def not_done(bench: Bench) -> tuple[NotDone, ...]:
    """All of it: classes off goal, refused sales, blocks, locks, money that may not move, and orders left out."""
    return (
        *_off_goal(bench),
        *_idle_cash(bench),
        *(_refused(bench, sale) for sale in bench.plan.not_proposed),
        *_blocked(bench),
        *_locked(bench),
        *_sold_lately(bench),
        *_unsettled(bench),
        *_counted_only(bench),
        *_too_small(bench),
        *_too_costly(bench),
        *_set_aside(bench),
    )


def _off_goal(bench: Bench) -> Iterator[NotDone]:
    for line in bench.plan.classes:
        off = line.after - line.goal
        if off and line.asset_class != CASH:
            cause, why = why_off_goal(bench, line)
            side = "over_goal" if off.cents > 0 else "under_goal"
            yield NotDone(code=f"{side}:{cause}", subject=line.asset_class, usd=abs(off), why=why)


def _refused(bench: Bench, sale: NotProposed) -> NotDone:
    """A taxable sale that would have made the same shift, with the very lots that would have gone."""
    shift: dict[AssetClass, int] = {}
    for line in bench.plan.lines:
        if bench.day.household.account(line.account).kind.sheltered:
            sign = 1 if line.side is Side.SELL else -1
            for name, cents in bench.by_class(line):
                shift[name] = shift.get(name, 0) + sign * cents
    wanted = {name: max(0, cents) for name, cents in shift.items()}
    for row in bench.plan.classes:
        if row.asset_class != CASH and row.after > row.goal:
            wanted[row.asset_class] = wanted.get(row.asset_class, 0) + (row.after - row.goal).cents
    own = _own_sales(bench)
    for lot in own:
        wanted[lot.asset_class] = wanted.get(lot.asset_class, 0) + lot.cents
    every = obstacles.taxable_sale(bench, bench.day.household.accounts, wanted).lots
    lots = tuple(lot for lot in beyond(every, own) if (lot.account, lot.symbol) == (sale.account, sale.symbol))
    account = bench.day.household.account(sale.account)
    why = sale.reason if sale.realized_gain.cents > 0 else obstacles.against_loss(bench, account, sale.symbol)
    return NotDone(
        code="taxable_sale",
        subject=f"{sale.symbol} in {sale.account}",
        usd=sale.usd,
        why=why or "these lots may not be sold at a loss today",
        tax=sale.tax,
        lots=lots,
    )


def _own_sales(bench: Bench) -> list[LotSale]:
    """The loss lots that the plan itself sells."""
    if all(line.lever is not Lever.LOSS for line in bench.plan.lines):
        return []
    orders = best_orders(bench.day.household, bench.day.policy, bench.day.snapshot)
    return realised(bench.day.snapshot, orders.pie, orders.drafts)


def _blocked(bench: Bench) -> Iterator[NotDone]:
    """Funds of managed menus that a loss sale keeps from being bought."""
    menus = {symbol for account in _managed(bench) for symbol in account.menu}
    for group, sold_on in sorted(bench.pie.blocks.items()):
        symbols = sorted(symbol for symbol in menus if group_of(bench.day.household, symbol) == group)
        if symbols:
            day, free = (bench.day.snapshot.as_of_on - sold_on).days, obstacles.free_on(sold_on)
            lost = _lost(bench, group, sold_on)
            why = f"sold at a loss on {sold_on}, today is day {day} of 30; free to buy from {free} on"
            if lost:
                why += f"; bought before, it would wash out a loss of {dollars(lost.cents)}"
            yield NotDone(code="wash_sale_block", subject=", ".join(symbols), usd=lost, why=why, free_on=free)


def _lost(bench: Bench, group: str, sold_on: date) -> Usd:
    """The loss that a purchase would wash out: of the remembered sales of that day."""
    return Usd.total(
        -trade.realized_gain
        for trade in bench.day.snapshot.history
        if trade.on == sold_on
        and trade.side is Side.SELL
        and trade.realized_gain.cents < 0
        and group_of(bench.day.household, trade.symbol) == group
    )


def _locked(bench: Bench) -> Iterator[NotDone]:
    """Lots that may not be sold yet: unsettled money paid for them, or their company holds them."""
    today = bench.day.snapshot.as_of_on
    for account in _managed(bench):
        for symbol, lots in sorted(bench.pie.projections[account.id].lots.items()):
            fund, subject = bench.day.household.instrument(symbol), f"{symbol} in {account.id}"
            if locked := [lot for lot in lots if lot.is_locked(today)]:
                free = max(lot.locked_until_on or today for lot in locked)
                why = f"bought with money that has not settled; sold before {free} it is a good-faith violation"
                usd = _worth(bench, symbol, locked)
                yield NotDone(code="good_faith_lock", subject=subject, usd=usd, why=why, free_on=free)
            if young := [lot for lot in lots if fund_rules.is_young(fund, lot, today)]:
                free = max(fund_rules.sellable_from(fund, lot) or today for lot in young)
                why = f"its company lets a lot go {fund.min_hold_days} days after it was bought; the last on {free}"
                usd = _worth(bench, symbol, young)
                yield NotDone(code="holding_period", subject=subject, usd=usd, why=why, free_on=free)


def _sold_lately(bench: Bench) -> Iterator[NotDone]:
    """Mutual funds that their company does not let back in yet, with what was sold at today's price."""
    snapshot = bench.day.snapshot
    for account in _managed(bench):
        for symbol in sorted(set(account.menu)):
            fund = bench.day.household.instrument(symbol)
            if sold_on := fund_rules.sold_lately(snapshot, account, fund):
                free = obstacles.back_from(fund, sold_on)
                why = f"sold there on {sold_on}; its company takes no purchase before {free}"
                usd = Usd.total(
                    trade.quantity.value(snapshot.price(symbol) or Decimal(0))
                    for trade in snapshot.history
                    if (trade.on, trade.account, trade.symbol, trade.side) == (sold_on, account.id, symbol, Side.SELL)
                )
                subject = f"{symbol} in {account.id}"
                yield NotDone(code="round_trip", subject=subject, usd=usd, why=why, free_on=free)


def _unsettled(bench: Bench) -> Iterator[NotDone]:
    for account in _managed(bench):
        cents = bench.pie.projections[account.id].unsettled
        if cents > 0 and not bench.day.policy.spend_unsettled_cash:
            why = "money from a sale is spent only once it has settled (`spend_unsettled_cash: false`)"
            yield NotDone(code="unsettled_cash", subject=account.id, usd=Usd(cents), why=why)


def _counted_only(bench: Bench) -> Iterator[NotDone]:
    """What is part of the pie and is never traded: other people's accounts, held-on-to funds, funds of several."""
    for account in sorted(bench.day.household.accounts, key=lambda a: a.id):
        lots = bench.pie.projections[account.id].lots
        worth = {symbol: _worth(bench, symbol, list(some)) for symbol, some in sorted(lots.items()) if some}
        if not account.managed:
            usd = Usd.total(worth.values())
            yield NotDone(code="unmanaged", subject=account.id, usd=usd, why="this account is counted, never traded")
            continue
        for symbol, usd in worth.items():
            fund = bench.day.household.instrument(symbol)
            subject = f"{symbol} in {account.id}"
            if not fund.tradable:
                why = "the household says that it is not traded (`tradable: false`)"
                yield NotDone(code="untradable", subject=subject, usd=usd, why=why)
            elif account.leaves_alone(fund):
                why = "you keep it, or it runs to its end: counted, neither bought nor sold"
                yield NotDone(code="held", subject=subject, usd=usd, why=why)
            elif fund.single_class is None and not account.kind.sheltered:
                why = "it holds several classes and is counted by them; in a taxable account it is never sold"
                yield NotDone(code="several_classes", subject=subject, usd=usd, why=why)


def _too_small(bench: Bench) -> Iterator[NotDone]:
    """The orders that the plan would hold without a minimum trade, drawn again to see them."""
    if all(note.code != "min_trade" for note in bench.plan.notes):
        return
    day, least = bench.day, bench.day.policy.min_trade
    other = best_orders(day.household, replace(day.policy, min_trade=Usd()), day.snapshot)
    for one in other.drafts:
        if one.usd < least.cents:
            usd, account = Usd(one.usd), other.pie.wallets[one.wallet].account.id
            why = f"{one.side.value} {one.symbol} for {usd}: below the minimum trade of {least}"
            yield NotDone(code="min_trade", subject=account, usd=usd, why=why)


def _too_costly(bench: Bench) -> Iterator[NotDone]:
    """The orders that the plan would hold if they cost nothing, drawn again to see them."""
    if not bench.costly:
        return
    day, symbols = bench.day, {symbol for _, symbol, _ in bench.costly}
    funds = tuple(replace(one, fee=Usd()) if one.symbol in symbols else one for one in day.household.instruments)
    free = best_orders(replace(day.household, instruments=funds), day.policy, day.snapshot)
    moved = {(free.pie.wallets[one.wallet].account.id, one.symbol, one.side): Usd(one.usd) for one in free.drafts}
    for account, symbol, side in sorted(bench.costly):
        usd, fee = moved.get((account, symbol, side), Usd()), day.household.instrument(symbol).fee
        why = f"{side.value} {symbol}: it would move less than {fund_rules.FEE_TIMES} times its fee of {fee}"
        yield NotDone(code="fee", subject=account, usd=usd, why=why)


def _set_aside(bench: Bench) -> Iterator[NotDone]:
    """Cash that lies outside the pie: buffers, and what is kept for a purpose."""
    for account in sorted(bench.day.household.accounts, key=lambda a: a.id):
        aside = bench.pie.asides[account.id]
        kept = min(account.cash_buffer.cents, aside.kept)
        if kept:
            why = "the buffer that you asked for; it lies outside the pie"
            yield NotDone(code="buffer", subject=account.id, usd=Usd(kept), why=why)
        for earmark in bench.day.household.earmarks_of(account.id):
            due = f"due on {earmark.due_on}" if earmark.due_on else "kept until you remove it"
            why = f"set aside for {earmark.purpose}, {due}"
            yield NotDone(code="earmark", subject=account.id, usd=earmark.amount, why=why)


def _idle_cash(bench: Bench) -> Iterator[NotDone]:
    """Settled cash that still lies there after the plan while the class of cash is above its goal."""
    cash = next(line for line in bench.plan.classes if line.asset_class == CASH)
    if cash.after <= cash.goal:
        return
    accounts = {account.id: account for account in bench.day.household.accounts}
    for name, settled in bench.plan.cash_after:
        spare = settled.cents - bench.pie.asides[name].kept - bench.pie.asides[name].owed
        if spare > 0:
            why = _why_idle(bench, accounts[name], spare)
            yield NotDone(code="idle_cash", subject=name, usd=Usd(spare), why=why)


def _why_idle(bench: Bench, account: Account, spare: int) -> str:
    wallet = bench.wallet(account.id)
    if wallet is None:
        return "this account is counted, never traded"
    lagging = [line for line in bench.plan.classes if line.after < line.goal and line.asset_class != CASH]
    if not lagging:
        return "nothing lags that it could buy"
    buys = {line.asset_class: bench.buyable(wallet, line.asset_class) for line in lagging}
    open_to = [line for line in lagging if buys[line.asset_class]]
    if not open_to:
        told = [obstacles.against_class(bench, account, line.asset_class) for line in lagging]
        return f"nothing that lags may be bought there: {'; '.join(told)}"
    prices = {symbol: price for funds in buys.values() for symbol, price in funds.items()}
    return _why_too_little(bench, open_to, prices, spare)


def _why_too_little(bench: Bench, lagging: list[ClassLine], prices: dict[str, Decimal], spare: int) -> str:
    policy = bench.day.policy
    symbol, price = min(prices.items(), key=lambda row: (row[1], row[0]))
    if not policy.fractional_shares and price * 100 > spare:
        return f"less than one share of {symbol} (${price:,.2f})"
    if spare < policy.min_trade.cents:
        return f"below the minimum trade of {policy.min_trade}"
    lack = max(line.goal - line.after for line in lagging)
    return f"one more share would carry what lags by {dollars(lack.cents)} past its goal"


def _managed(bench: Bench) -> list[Account]:
    return sorted((a for a in bench.day.household.accounts if a.managed), key=lambda a: a.id)


def _worth(bench: Bench, symbol: str, lots: list[TaxLot]) -> Usd:
    return Shares.total(lot.quantity for lot in lots).value(price_of(bench.day.snapshot, symbol))
