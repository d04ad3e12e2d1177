"""No taxable gain: sales in taxable accounts, and purchases that would undo a loss."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import takewhile
from operator import attrgetter

from bot.domain.lots import TaxLot
from bot.domain.money import Shares
from bot.domain.orders import OrderRecord, OrderState
from bot.domain.plan import Lever
from bot.domain.snapshot import Side
from bot.domain.targets import TaxableSells
from bot.domain.violations import Violation
from bot.engine.guard.case import Case, no, usable

WINDOW = timedelta(days=30)  # IRC 1091(a): before or after the sale
AVERAGE = "AVERAGE_COST"  # Schwab's word for an account whose lots all cost the same
OLDEST_FIRST = frozenset({"", "FIFO"})  # a keeper that says nothing sells the oldest (Treas. Reg. 1.1012-1(c)(1))


def taxable_sale(case: Case) -> Violation | None:
    """G1: nothing is sold in a taxable account, but for opted-in lots at a loss that the broker will really take."""
    if case.intent.side is Side.BUY or case.is_sheltered(case.intent.account):
        return None
    opted_in = case.policy.taxable_sells is TaxableSells.LOSSES_ONLY
    if not opted_in or case.line is None or case.line.lever is not Lever.LOSS:
        return no("G1", f"{case.intent.account} is taxable: nothing is sold there.")
    symbol = case.intent.symbol
    if any(lot.cost_per_share is None for lot in case.lots):
        return no("G1", f"What the {symbol} in {case.intent.account} cost is not known for every lot.")
    held = Shares.total(one.quantity for one in case.reading.held if one.symbol == symbol)
    if Shares.total(lot.quantity for lot in case.lots) != held:
        return no("G1", f"The lots of {symbol} in {case.intent.account} do not add up to the {held} that are held.")
    if not _takes_losses_alone(case):
        message = f"{case.intent.account} would not sell only lots of {symbol} that stand at a loss"
        return no("G1", f"{message} at {case.intent.limit_price:f}.")
    return None


def _takes_losses_alone(case: Case) -> bool:
    """Whether the lots that the broker takes for this sale are all free, and at a loss even if it fills at the ask.

    Lots that it may take in either order count with the worse first.
    """
    if not case.has_sound_numbers:
        return True
    price = max(price for price in (case.intent.limit_price, case.ask(case.intent.symbol)) if usable(price))
    worse_first = sorted(case.lots, key=lambda lot: _may_be_sold(case, lot, price))
    if case.intent.dearest_first:
        if not case.capabilities.dearest_first or case.reading.lot_selection == AVERAGE:
            return False
        order = sorted(worse_first, key=attrgetter("cost_per_share"), reverse=True)
    else:
        if case.reading.lot_selection not in OLDEST_FIRST:
            return False
        order = sorted(worse_first, key=lambda lot: lot.acquired_on or date.min)
    first = takewhile(lambda lot: _may_be_sold(case, lot, price), order)
    return case.intent.quantity <= Shares.total(lot.quantity for lot in first)


def _may_be_sold(case: Case, lot: TaxLot, price: Decimal) -> bool:
    return lot.is_loss(price) and not lot.is_locked(case.today)


def wash_sale(case: Case) -> Violation | None:
    """G17: a loss sale and a purchase of its group keep 30 days apart, in all accounts of both spouses."""
    if case.intent.side is Side.BUY:
        spoilt = next(_losses(case), "")
        return no("G17", f"{case.intent.symbol} may not be bought: {spoilt}.") if spoilt else None
    if case.is_sheltered(case.intent.account):
        return None
    spoilt = next(_purchases(case), "")
    return no("G17", f"The loss on {case.intent.symbol} would not count: {spoilt}.") if spoilt else None


def _losses(case: Case) -> Iterator[str]:
    """Everything that makes a purchase of the group a replacement of shares sold at a loss."""
    for trade in case.fresh.history:
        loss = trade.side is Side.SELL and trade.realized_gain.cents < 0
        near = _is_recent(case, trade.on) and trade.symbol in case.group
        if loss and near and not case.is_sheltered(trade.account):
            yield f"{trade.account} sold {trade.symbol} at a loss on {trade.on}"
    for order in case.others:
        if _counts(case, order, Side.SELL) and not case.is_sheltered(order.intent.account):
            yield f"{order.intent.account} sells {order.intent.symbol}"
    for line in case.proposal.plan.lines:
        if line.side is Side.SELL and line.symbol in case.group and not case.is_sheltered(line.account):
            yield f"the same plan sells {line.symbol} in {line.account}"


def _purchases(case: Case) -> Iterator[str]:
    """Everything that makes a purchase of the group the replacement of what is to be sold at a loss."""
    for trade in case.fresh.history:
        if trade.side is Side.BUY and _is_recent(case, trade.on) and trade.symbol in case.group:
            yield f"{trade.account} bought {trade.symbol} on {trade.on}"
    for holding in case.fresh.holdings:
        for position in holding.positions:
            days = [lot.acquired_on for lot in position.lots if lot.acquired_on is not None]
            if position.symbol in case.group and any(_is_recent(case, day) for day in days):
                yield f"{holding.account} got {position.symbol} on {max(days)}"
    for order in case.others:
        if _counts(case, order, Side.BUY):
            yield f"{order.intent.account} buys {order.intent.symbol}"
    for line in case.proposal.plan.lines:
        if line.side is Side.BUY and line.symbol in case.group:
            yield f"the same plan buys {line.symbol} in {line.account}"


def _is_recent(case: Case, on: date) -> bool:
    return case.today - on <= WINDOW


def _counts(case: Case, order: OrderRecord, side: Side) -> bool:
    """Whether an order of the journal trades the group on that side: it has filled in part, or may yet."""
    trades = order.filled > Shares() or not order.state.is_final or order.state is OrderState.HUMAN
    return trades and order.intent.side is side and order.intent.symbol in case.group
