"""No taxable gain: sales in taxable accounts, and purchases that would undo a loss."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bot.domain.lots import TaxLot
from bot.domain.money import Shares
from bot.domain.orders import OrderState
from bot.domain.plan import Lever
from bot.domain.snapshot import Side, lot_order
from bot.domain.targets import TaxableSells
from bot.domain.violations import Violation
from bot.engine.guard.case import Case, no

WINDOW = timedelta(days=30)  # IRC 1091(a): before or after the sale
AVERAGE = "AVERAGE_COST"  # Schwab's word for an account whose lots all cost the same
NEVER_TRADED = frozenset({OrderState.NOT_PLACED, OrderState.REJECTED})


def taxable_sale(case: Case) -> Violation | None:
    """G1: nothing is sold in a taxable account, but for opted-in lots at a loss that the broker will really take."""
    if case.intent.side is Side.BUY or _is_sheltered(case, case.intent.account):
        return None
    opted_in = case.policy.taxable_sells is TaxableSells.LOSSES_ONLY
    if not opted_in or case.line is None or case.line.lever is not Lever.LOSS:
        return no("G1", f"{case.intent.account} is taxable: nothing is sold there.")
    lots = case.fresh.holding(case.intent.account).position(case.intent.symbol).lots
    if any(lot.cost_per_share is None for lot in lots):
        return no("G1", f"What the {case.intent.symbol} in {case.intent.account} cost is not known for every lot.")
    if not _takes_losses_alone(case, lots):
        message = f"{case.intent.account} would not sell only lots of {case.intent.symbol} that stand at a loss"
        return no("G1", f"{message} at {case.intent.limit_price:f}.")
    return None


def _takes_losses_alone(case: Case, lots: tuple[TaxLot, ...]) -> bool:
    """Whether the lots that the broker takes for this sale are all free and all at a loss at the limit."""
    if case.intent.dearest_first:
        if not case.capabilities.dearest_first or case.reading.lot_selection == AVERAGE:
            return False
        order = sorted(lots, key=lambda lot: -(lot.cost_per_share or 0))
    else:
        order = sorted(lots, key=lot_order)
    free_losses = Shares()
    for lot in order:
        if not lot.is_loss(case.intent.limit_price) or lot.is_locked(case.fresh.as_of_on):
            break
        free_losses += lot.quantity
    return case.intent.quantity <= free_losses


def wash_sale(case: Case) -> Violation | None:
    """G17: a loss sale and a purchase of its group keep 30 days apart, in all accounts of both spouses."""
    if case.intent.side is Side.BUY:
        spoilt = next(_losses(case), "")
        return no("G17", f"{case.intent.symbol} may not be bought: {spoilt}.") if spoilt else None
    if _is_sheltered(case, case.intent.account):
        return None
    spoilt = next(_purchases(case), "")
    return no("G17", f"The loss on {case.intent.symbol} would not count: {spoilt}.") if spoilt else None


def _losses(case: Case) -> Iterator[str]:
    """Everything that makes a purchase of the group a replacement of shares sold at a loss."""
    for trade in case.fresh.history:
        recent = timedelta(0) <= case.fresh.as_of_on - trade.on <= WINDOW
        loss = trade.side is Side.SELL and trade.realized_gain.cents < 0
        if recent and loss and trade.symbol in case.group and not _is_sheltered(case, trade.account):
            yield f"{trade.account} sold {trade.symbol} at a loss on {trade.on}"
    for order in case.others:
        sold = order.intent.side is Side.SELL and order.state not in NEVER_TRADED
        if sold and order.intent.symbol in case.group and not _is_sheltered(case, order.intent.account):
            yield f"{order.intent.account} sells {order.intent.symbol}"
    for line in case.proposal.plan.lines:
        if line.side is Side.SELL and line.symbol in case.group and not _is_sheltered(case, line.account):
            yield f"the same plan sells {line.symbol} in {line.account}"


def _purchases(case: Case) -> Iterator[str]:
    """Everything that makes a purchase of the group the replacement of what is to be sold at a loss."""
    for trade in case.fresh.history:
        recent = timedelta(0) <= case.fresh.as_of_on - trade.on <= WINDOW
        if recent and trade.side is Side.BUY and trade.symbol in case.group:
            yield f"{trade.account} bought {trade.symbol} on {trade.on}"
    for order in case.others:
        bought = order.intent.side is Side.BUY and order.state not in NEVER_TRADED
        if bought and order.intent.symbol in case.group:
            yield f"{order.intent.account} buys {order.intent.symbol}"
    for line in case.proposal.plan.lines:
        if line.side is Side.BUY and line.symbol in case.group:
            yield f"the same plan buys {line.symbol} in {line.account}"


def _is_sheltered(case: Case, account: str) -> bool:
    """An account that is not listed counts as a taxable one."""
    return any(one.id == account and one.kind.sheltered for one in case.household.accounts)
