"""Compares the books with the broker after a plan; whatever does not agree is named, and never mended by an order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

import structlog

from bot.domain.errors import Reconcile
from bot.domain.facts import Break, Reconciled
from bot.domain.household import Household
from bot.domain.lots import TaxLot
from bot.domain.money import Shares, Usd
from bot.domain.orders import OrderRecord
from bot.domain.plan import Proposal
from bot.domain.readings import AccountReading, Activity, ActivityKind
from bot.domain.snapshot import Side, Snapshot
from bot.ports import Brake, Broker, Clock, Ledger
from bot.services.halt import halt
from bot.services.loss_sales import read_back
from bot.services.points import reach
from bot.services.preconditions import snapshot_of
from bot.services.sizing import traded

DOUBT = timedelta(minutes=2)  # between the broker's clock and ours, and between the readings of one snapshot

_log = structlog.get_logger()


def compare(
    *,
    proposal: Proposal,
    household: Household,
    brokers: Mapping[str, Broker],
    clock: Clock,
    ledger: Ledger,
    brake: Brake,
) -> Reconciled:
    """Read every account that the plan touched, and compare: what was there before, the plan's fills, known events.

    Quantities must agree exactly and cash to the cent; dividends, deposits and fees in the account's history explain a
    difference in cash; splits, transfers and dividends that bought shares by themselves explain one in shares, a trade
    never does. What an open order may have done since it was looked at is no difference. A difference pulls the brake.
    So does, for the loss sales of its account, a sale at a loss that realised a gain by the broker's own costs.

    Raises:
        Reconcile: when the ledger has lost the snapshot that the plan was drawn from.
        LogIn, TryLater: when an account cannot be read.
    """
    before = snapshot_of(proposal, ledger)
    if before is None:
        raise Reconcile(f"The ledger has lost the snapshot of {proposal.plan_id}.")
    orders = ledger.orders(plan=proposal.fingerprint)
    breaks: list[Break] = []
    for account in dict.fromkeys(order.intent.account for order in orders):
        mine = [order for order in orders if order.intent.account == account]
        reading = brokers[account].read(account)
        activities = brokers[account].activities(account, before.as_of_on)
        breaks += _position_breaks(before, mine, reading, activities)
        breaks += _cash_breaks(before, mine, reading, activities)
        read_back(mine, reading, household, clock=clock, ledger=ledger)
    result = Reconciled(
        at=clock.now(),
        plan=proposal.fingerprint,
        breaks=tuple(breaks),
        realized_gain=_realized_gain(household, before, orders),
    )
    ledger.record(result)
    reach("reconciled")
    if breaks:
        halt(why=" ".join(one.message for one in breaks), by="reconcile", brake=brake)
    for one in breaks:
        _log.error("reconcile.break_found", plan=proposal.plan_id, account=one.account, symbol=one.symbol or "cash")
    _log.info("reconcile.compared", plan=proposal.plan_id, orders=len(orders), breaks=len(breaks))
    return result


def _position_breaks(
    before: Snapshot, mine: Sequence[OrderRecord], reading: AccountReading, activities: Iterable[Activity]
) -> list[Break]:
    held = {one.symbol: one.quantity for one in reading.held}
    holding = before.holding(reading.account)
    symbols = {one.symbol for one in holding.positions} | {order.intent.symbol for order in mine} | held.keys()
    events = [event for event in activities if _comes_by_itself(event)]
    breaks = []
    for symbol in sorted(symbols):
        own = [order for order in mine if order.intent.symbol == symbol]
        expected = holding.position(symbol).quantity + Shares.total(_signed(order.filled, order) for order in own)
        open_yet = Shares.total(_signed(_rest(order), order) for order in own)
        possible = _counts(expected, [event for event in events if event.symbol == symbol], before)
        found = held.get(symbol, Shares())
        if not any(min(one, one + open_yet) <= found <= max(one, one + open_yet) for one in possible):
            message = f"{reading.account} holds {found} {symbol}; the books expect {expected}."
            breaks.append(_break(reading.account, symbol, expected.plain, found.plain, message))
    return breaks


def _comes_by_itself(event: Activity) -> bool:
    """Whether an entry changes a count of shares without an order of anybody."""
    if event.reversed:
        return False
    return event.reinvested or event.kind in {ActivityKind.SPLIT, ActivityKind.TRANSFER, ActivityKind.RENAME}


def _counts(expected: Shares, events: Iterable[Activity], before: Snapshot) -> set[Shares]:
    """What there can be: an entry of the snapshot's own day may have been in it or not."""
    possible = {expected}
    for event in events:
        was_in, was_not = _could_precede(event, before), _could_follow(event, before)
        possible = {one for one in possible if was_in} | {one + event.quantity for one in possible if was_not}
    return possible


def _signed(quantity: Shares, order: OrderRecord) -> Shares:
    return quantity if order.intent.side is Side.BUY else -quantity


def _rest(order: OrderRecord) -> Shares:
    """What an order may have done since it was last looked at."""
    return order.intent.quantity - order.filled if order.state.may_be_live else Shares()


def _cash_breaks(
    before: Snapshot, mine: Sequence[OrderRecord], reading: AccountReading, activities: Sequence[Activity]
) -> list[Break]:
    """A difference in cash that no entry of the account's history explains."""
    if any(order.state.may_be_live for order in mine):
        return []  # what it paid or brought meanwhile is known when it is final
    holding = before.holding(reading.account)
    found = reading.cash_settled + reading.cash_unsettled
    expected = holding.cash + Usd.total(_cash_of(order, activities) for order in mine)
    possible = {expected}
    for event in activities:
        if event.kind is ActivityKind.TRADE or event.reversed:
            continue
        was_in, was_not = _could_precede(event, before), _could_follow(event, before)
        possible = {cash for cash in possible if was_in} | {cash + event.net for cash in possible if was_not}
    if found in possible:
        return []
    message = f"{reading.account} holds {found} in cash; the books expect {expected}."
    return [_break(reading.account, "", expected.plain, found.plain, message)]


def _could_precede(event: Activity, before: Snapshot) -> bool:
    """Whether an entry may have been in the snapshot's cash already; one of its very day without an instant may."""
    if event.at is None or before.taken_at is None:
        return event.on <= before.as_of_on
    return event.at <= before.taken_at + DOUBT


def _could_follow(event: Activity, before: Snapshot) -> bool:
    if event.at is None or before.taken_at is None:
        return event.on >= before.as_of_on
    return event.at >= before.taken_at - DOUBT


def _cash_of(order: OrderRecord, activities: Iterable[Activity]) -> Usd:
    """The signed effect of an order on cash: the broker's own entries where they cover it, its average price if not."""
    own = [
        entry
        for entry in activities
        if entry.kind is ActivityKind.TRADE and entry.order_id == order.broker_id and not entry.reversed
    ]
    if own and order.broker_id and Shares.total(entry.quantity for entry in own) == order.filled:
        return Usd.total(entry.net for entry in own)
    return traded(order) if order.intent.side is Side.SELL else -traded(order)


def _break(account: str, symbol: str, expected: str, found: str, message: str) -> Break:
    return Break(account=account, symbol=symbol, expected=expected, found=found, message=message)


def _realized_gain(household: Household, before: Snapshot, orders: Iterable[OrderRecord]) -> Usd:
    """The gain of the plan's sales in taxable accounts, lots of the highest cost first; a loss is negative."""
    gains = []
    for order in orders:
        sells_taxable = order.intent.side is Side.SELL and not household.account(order.intent.account).kind.sheltered
        if sells_taxable and order.average_price is not None:
            lots = before.holding(order.intent.account).position(order.intent.symbol).lots
            gains += [lot.gain(part, order.average_price) for lot, part in _dearest(lots, order.filled)]
    return Usd.total(gains)


def _dearest(lots: Iterable[TaxLot], quantity: Shares) -> list[tuple[TaxLot, Shares]]:
    parts = []
    for lot in sorted(lots, key=lambda lot: -(lot.cost_per_share or 0)):
        part = min(lot.quantity, quantity)
        quantity -= part
        parts.append((lot, part))
    return parts
