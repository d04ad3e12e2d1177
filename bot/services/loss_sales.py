"""Loss sales that did not do what they were to do: their gain as the broker tells it, and the stop that follows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import structlog

from bot.domain.facts import AccountAccepted, LossSalesHalted, OrderMoved
from bot.domain.household import Household
from bot.domain.money import Shares, Usd
from bot.domain.orders import OrderRecord, OrderState
from bot.domain.readings import AccountReading
from bot.domain.snapshot import Side
from bot.domain.targets import Policy, TaxableSells
from bot.ports import Clock, Ledger
from bot.services.sizing import traded

_BASIS = "cost basis before: "
_log = structlog.get_logger()


def policy_for(account: str, policy: Policy, ledger: Ledger) -> Policy:
    """The owner's rules, without loss sales where those of this account are halted."""
    return replace(policy, taxable_sells=TaxableSells.NEVER) if account in halted(ledger) else policy


def policy_of_all(policy: Policy, ledger: Ledger) -> Policy:
    """The owner's rules to draw a plan by: no loss sale in any account while those of one are halted."""
    return replace(policy, taxable_sells=TaxableSells.NEVER) if halted(ledger) else policy


def halted(ledger: Ledger) -> frozenset[str]:
    """The accounts whose loss sales are halted, and that their owner has not looked at since."""
    accepted: dict[str, datetime] = {}
    for fact in ledger.latest(AccountAccepted):
        accepted.setdefault(fact.account, fact.at)
    return frozenset(
        fact.account
        for fact in ledger.latest(LossSalesHalted)
        if fact.account not in accepted or accepted[fact.account] < fact.at
    )


def basis_note(account: str, symbol: str, side: Side, household: Household, reading: AccountReading) -> str:
    """What the broker says a position cost before a taxable sale, as evidence to keep; empty for any other order."""
    if side is Side.BUY or household.account(account).kind.sheltered:
        return ""
    basis = _basis(symbol, reading)
    return "" if basis is None else f"{_BASIS}{basis.plain}"


def read_back(
    orders: Iterable[OrderRecord], reading: AccountReading, household: Household, *, clock: Clock, ledger: Ledger
) -> tuple[LossSalesHalted, ...]:
    """Compare what finished taxable sales of an account brought with what the broker says they cost; halt on a gain.

    The cost of what was sold is what the position's cost went down by. A broker that tells no costs proves nothing.
    """
    told = []
    for order in orders:
        gain = _gain(order, reading, household, ledger)
        if gain is None or gain.cents <= 0 or _told(order, ledger):
            continue
        fact = LossSalesHalted(at=clock.now(), account=order.intent.account, symbol=order.intent.symbol, gain=gain)
        ledger.record(fact)
        _log.error("reconcile.loss_sale_gained", account=fact.account, symbol=fact.symbol, gain=gain.plain)
        told.append(fact)
    return tuple(told)


def _gain(order: OrderRecord, reading: AccountReading, household: Household, ledger: Ledger) -> Usd | None:
    intent = order.intent
    sold = intent.side is Side.SELL and order.state.is_final and order.filled
    if not sold or household.account(intent.account).kind.sheltered:
        return None
    before, after = _basis_before(order, ledger), _basis(intent.symbol, reading)
    return None if before is None or after is None else traded(order) - (before - after)


def _basis(symbol: str, reading: AccountReading) -> Usd | None:
    """What a position cost, None where the broker does not say; nothing costs nothing."""
    held = next((one for one in reading.held if one.symbol == symbol), None)
    return Usd() if held is None or held.quantity == Shares() else held.cost_basis


def _basis_before(order: OrderRecord, ledger: Ledger) -> Usd | None:
    key = order.intent.client_order_id
    for fact in ledger.facts(plan=order.intent.plan):
        if not isinstance(fact, OrderMoved) or fact.client_order_id != key:
            continue
        if fact.state is OrderState.SENDING and fact.evidence.startswith(_BASIS):
            return Usd.of(fact.evidence.removeprefix(_BASIS))
    return None


def _told(order: OrderRecord, ledger: Ledger) -> bool:
    """Whether this order's gain has been written down already."""
    here = (order.intent.account, order.intent.symbol)
    return any(
        (fact.account, fact.symbol) == here and fact.at >= order.intended_at for fact in ledger.latest(LossSalesHalted)
    )
