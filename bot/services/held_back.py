"""Why a line of an approved plan must wait, from what the ledger knows by now."""

from __future__ import annotations

from bot.domain.orders import OrderRecord, OrderState
from bot.domain.plan import Lever, PlanLine
from bot.domain.snapshot import Side
from bot.services.errand import LOST, Errand
from bot.services.preconditions import in_session


def held_back(errand: Errand, line: PlanLine) -> str:
    """What stands in its way, in a sentence; empty when nothing does."""
    now = errand.clock.now()
    if now >= errand.proposal.expires_at or not in_session(errand.calendar, now):
        return "the time for it is over."
    lost = _lost(errand, line)
    if lost:
        return f"the fate of the order for {lost[0].intent.symbol} in this account is unknown."
    orders = errand.orders()
    sales = [
        sale
        for sale in errand.proposal.plan.lines
        if (sale.account, sale.lever, sale.side) == (line.account, line.lever, Side.SELL)
    ]
    if line.side is Side.SELL or not sales:
        return ""
    made = [orders[sale.number] for sale in sales if sale.number in orders]
    if any(not order.state.is_final for order in made):
        return "the sale that pays for it is not finished."
    if line.lever is Lever.CASH or any(order.filled for order in made):
        return ""  # what there is to spend decides
    return "the sale that was to pay for it did not happen."


def _lost(errand: Errand, line: PlanLine) -> list[OrderRecord]:
    """Orders of the account that nobody knows the fate of, but for the line's own."""
    own = (errand.proposal.fingerprint, line.number)
    return [
        order
        for order in errand.ledger.orders()
        if order.intent.account == line.account
        and (order.intent.plan, order.intent.line) != own
        and (order.state in LOST or _is_stuck(order, errand))
    ]


def _is_stuck(order: OrderRecord, errand: Errand) -> bool:
    return order.state is OrderState.HUMAN and order.intent.plan == errand.proposal.fingerprint
