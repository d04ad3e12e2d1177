"""The standing of an order: it is what was approved, nothing else is under way, and the world is the right one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.approval import Verdict
from bot.domain.household import Account
from bot.domain.instruments import Instrument, InstrumentType
from bot.domain.orders import OrderState
from bot.domain.plan import Environment
from bot.domain.snapshot import OpenOrder, Side
from bot.domain.violations import Violation
from bot.engine.guard.agreement import disagreement
from bot.engine.guard.case import LOST, Case, no


def known(case: Case) -> Violation | None:
    """G7: an account and a fund that may be traded, and the reading is of that very account."""
    account, symbol = case.account, case.intent.symbol
    if account is None or not account.managed or not account.automatic:
        return no("G7", f"{case.intent.account} is no account to which orders are sent.")
    if case.reading.account != account.id:
        return no("G7", f"What was read is {case.reading.account}, and the order is for {account.id}.")
    if not case.capabilities.sends_orders:
        return no("G7", f"The keeper of {account.id} takes no orders from us.")
    instrument = next((one for one in case.household.instruments if one.symbol == symbol), None)
    if instrument is None or not instrument.tradable or account.leaves_alone(instrument):
        return no("G7", f"{symbol} is nothing that may be traded in {account.id}.")
    why = _misplaced(account, instrument, case.intent.side)
    return no("G7", why) if why else None


def _misplaced(account: Account, instrument: Instrument, side: Side) -> str:
    symbol = instrument.symbol
    if instrument.type is InstrumentType.MUTUAL_FUND:
        return f"{symbol} is a mutual fund: it takes no limit orders."
    if side is Side.BUY and symbol not in account.menu:
        return f"{symbol} is not on the menu of {account.id}."
    if side is Side.BUY and instrument.taxable_only and account.kind.sheltered:
        return f"{symbol} belongs in taxable accounts, and {account.id} is none."
    return ""


def in_session(case: Case) -> Violation | None:
    """G8: the regular session runs by the calendar and by the broker, and does not end within minutes."""
    session = case.session
    if session is None or not session.opens_at <= case.now < session.closes_at:
        return no("G8", "The exchange is shut by the calendar.")
    if not case.market_is_open:
        return no("G8", f"The keeper of {case.intent.account} says the market is shut.")
    if session.closes_at - case.now <= case.limits.close_margin:
        minutes = case.limits.close_margin // timedelta(minutes=1)
        return no("G8", f"The session ends in less than {minutes} minutes.")
    return None


def not_halted(case: Case) -> Violation | None:
    """G9: nobody has pulled the emergency brake."""
    return no("G9", f"Everything is halted: {case.halted}.") if case.halted else None


def as_planned(case: Case) -> Violation | None:
    """G10: what is held was read in this run, and is what the plan was drawn for plus the plan's own fills."""
    taken_at = case.fresh.taken_at
    if taken_at is None or taken_at < case.run_began_at or case.now - taken_at > case.limits.snapshot_age:
        return no("G10", "The accounts were not read in this run.")
    differs = disagreement(case)
    return no("G10", differs) if differs else None


def one_world(case: Case) -> Violation | None:
    """G11: address, key, settings and plan are all of one world; the live one needs a word of its own."""
    worlds = case.worlds
    each = {worlds.url, worlds.key, worlds.settings, worlds.plan}
    if len(each) != 1:
        message = f"the address is {worlds.url}, the key {worlds.key}, the settings {worlds.settings}"
        return no("G11", f"Not one world: {message}, the plan {worlds.plan}.")
    if each != {case.proposal.environment, case.capabilities.environment}:
        message = f"the plan was drawn for {case.proposal.environment} trading"
        return no("G11", f"Not one world: {message}, the keeper's is {case.capabilities.environment}.")
    if worlds.plan is Environment.DRY_RUN:
        return no("G11", "In dry run nothing is sent.")
    if worlds.plan is Environment.LIVE and not worlds.live_enabled:
        return no("G11", "Live orders are not enabled.")
    return None


def as_approved(case: Case) -> Violation | None:
    """G12: exactly this plan was approved, still holds, and has this order in it, not sent yet and not larger."""
    why = _not_agreed_to(case) or _not_in_the_plan(case)
    return no("G12", why) if why else None


def _not_agreed_to(case: Case) -> str:
    approval, proposal = case.approval, case.proposal
    exactly = proposal.fingerprint
    if approval is None or approval.verdict is not Verdict.APPROVED or approval.plan != exactly:
        return "Nobody has approved exactly this plan."
    if case.intent.plan != exactly:
        return "The order belongs to another plan than the approved one."
    if case.now >= proposal.expires_at:
        return "The approval has run out."
    if case.settings_fingerprint != proposal.settings_fingerprint or case.code_version != proposal.code_version:
        return "The settings or the program have changed since the plan was drawn."
    return ""


def _not_in_the_plan(case: Case) -> str:
    line = case.line
    if line is None or not line.automatic:
        return "The order is no line of the approved plan that may be sent."
    if case.intent.quantity > line.quantity:
        return f"The order is for {case.intent.quantity}, and {line.quantity} were approved."
    by_hand = {one.number for one in case.proposal.plan.lines if not one.automatic}
    if line.after_manual and not by_hand <= case.ticked:
        return "The orders that are carried out by hand come first."
    if not _is_as_written(case):
        return "This order has left before, or was written down otherwise."
    here = (case.intent.plan, case.intent.line)
    sent = [one for one in case.others if (one.intent.plan, one.intent.line) == here]
    if any(order.state is not OrderState.NOT_PLACED for order in sent):
        return "This line of the plan was sent before."
    return ""


def _is_as_written(case: Case) -> bool:
    """Whether the journal, if it has the order already, has it just so and not yet answered.

    A baseline is gathered at the last moment and makes it no other order. One that may have left already leaves once
    more only where the broker knows it by its key, so that it cannot become two.
    """
    written = case.written
    if written is None:
        return True
    same = replace(written.intent, baseline=()) == replace(case.intent, baseline=())
    again = written.state in LOST and case.capabilities.keyed
    return same and (written.state is OrderState.APPROVED or again)


def alone(case: Case) -> Violation | None:
    """G13: no order of the same kind is under way, and none on the opposite side of the same group anywhere."""
    wanted = (case.intent.account, case.intent.symbol, case.intent.side)
    for order in case.others:
        one = order.intent
        if order.state.is_final:
            continue
        if (one.account, one.symbol, one.side) == wanted:
            return no("G13", f"An order for {one.symbol} in {one.account} is {order.state} already.")
        if one.side is not case.intent.side and one.symbol in case.group:
            return no("G13", f"{one.account} has an order on the other side of {one.symbol} under way.")
    for account, working in _working(case):
        if (account, working.symbol, working.side) == wanted:
            return no("G13", f"The keeper of {account} works on an order for {working.symbol} already.")
        if working.side is not case.intent.side and working.symbol in case.group:
            return no("G13", f"The keeper of {account} works on an order on the other side of {working.symbol}.")
    return None


def _working(case: Case) -> list[tuple[str, OpenOrder]]:
    """All orders that the brokers show as open; the order's own account as it was read just now."""
    here = [(case.intent.account, order) for order in case.reading.open_orders]
    return here + [
        (holding.account, order)
        for holding in case.fresh.holdings
        if holding.account != case.intent.account
        for order in holding.open_orders
    ]


def clocks(case: Case) -> Violation | None:
    """G14: our clock agrees with the broker's, runs steadily, and has not gone back behind the journal."""
    skew = abs(case.now - case.broker_at)
    if skew > case.limits.clock_skew:
        return no("G14", f"Our clock and the broker's differ by {skew.total_seconds():.0f} seconds.")
    if abs(case.wall_drift) > case.limits.wall_drift:
        return no("G14", "The clock of this machine jumped during the run.")
    if case.now < case.last_fact_at:
        return no("G14", "The clock of this machine is behind the last entry of the ledger.")
    return None
