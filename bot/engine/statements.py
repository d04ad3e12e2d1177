"""How far a statement can be relied on as it grows older, and what payroll has put in since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from bot.domain.money import Shares, Usd
from bot.domain.readings import AccountReading, HeldReading
from bot.domain.schedule import Contribution
from bot.domain.snapshot import Remark
from bot.domain.targets import Band, Policy, TaxableSells
from bot.engine.due.rhythms import paydays
from bot.engine.due.sessions import DAY, Sessions

OLD, CASH_ONLY, TOO_OLD = 7, 45, 100  # days
CASH_ONLY_CODE = "statement_cash_only"
NEVER_BROKEN = Band(absolute_pp=Decimal(1000), relative_pct=Decimal(100_000))
LEAST = Decimal("0.75")  # of what payroll should have brought: prices have moved since


def statement_remarks(account: str, stated_on: date, today: date) -> tuple[Remark, ...]:
    """What its owner should know of a statement's age: nothing for a week, then it is priced anew, and trusted less."""
    days = (today - stated_on).days
    if days <= OLD:
        return ()
    told = f"The statement of {account} is {days} days old; its shares are priced as of today where they are quoted."
    code = "statement_old"
    if days > TOO_OLD:
        code, told = "statement_too_old", f"{told} It is too old to plan by: no plan is drawn."
    elif days > CASH_ONLY:
        code, told = CASH_ONLY_CODE, f"{told} Until there is a newer one only new money is placed, and nothing swapped."
    mend = f"put a new statement of {account} into its file"
    return (Remark(code=code, account=account, message=told, mend=mend, stops=days > TOO_OLD),)


def cautious(policy: Policy, remarks: Sequence[Remark]) -> Policy:
    """The owner's rules, without swaps and loss sales while a statement is too old to swap by."""
    if not any(remark.code == CASH_ONLY_CODE for remark in remarks):
        return policy
    return replace(policy, band=NEVER_BROKEN, taxable_sells=TaxableSells.NEVER)


def contributed(
    contributions: Sequence[Contribution], account: str, after: date, upto: date, sessions: Sessions
) -> dict[str, Usd]:
    """The dollars that payroll put into each fund of an account after one day and up to another, the cents in order."""
    found: dict[str, Usd] = {}
    for one in contributions:
        if one.account != account:
            continue
        times = len(paydays(one.rhythm, one.roll, after + DAY, upto, sessions))
        whole = Usd(one.amount.cents * times)
        rest = whole
        for symbol, pct in one.funds:
            part = min(rest, whole.percent(pct))
            found[symbol] = found.get(symbol, Usd()) + part
            rest -= part
        if rest and one.funds:
            found[one.funds[0][0]] += rest
    return {symbol: amount for symbol, amount in found.items() if amount}


def projected(reading: AccountReading, money: Mapping[str, Usd]) -> AccountReading:
    """The account as it should be by now: with the shares that this money bought at the statement's own prices.

    A fund that the statement does not list, or lists without a price, stays unsettled cash: nobody knows its shares.
    """
    priced = {held.symbol: held.price for held in reading.held if held.price is not None and held.price > 0}
    waiting = Usd.total(amount for symbol, amount in money.items() if symbol not in priced)
    held = tuple(_grown(one, money.get(one.symbol, Usd()), priced.get(one.symbol)) for one in reading.held)
    return replace(reading, held=held, cash_unsettled=reading.cash_unsettled + waiting)


def _grown(held: HeldReading, by: Usd, price: Decimal | None) -> HeldReading:
    if price is None or not by:
        return held
    more = Shares.affordable(by, price, whole=False)
    cost = None if held.cost_basis is None else held.cost_basis + by
    return replace(held, quantity=held.quantity + more, available=held.available + more, cost_basis=cost, lots=())


def contribution_remark(
    account: str, earlier: Mapping[str, Shares], reading: AccountReading, money: Mapping[str, Usd]
) -> Remark | None:
    """A remark where a new statement shows clearly less than payroll should have put in since the one before.

    Moves between the funds cancel out at the new statement's prices.
    """
    wanted = Usd.total(money.values())
    prices = {held.symbol: held.price for held in reading.held}
    now = {held.symbol: held.quantity for held in reading.held}
    if not wanted or any(prices.get(symbol) is None for symbol in earlier):
        return None
    came = Usd()
    for symbol, price in prices.items():
        if price is not None:
            came += now[symbol].value(price) - earlier.get(symbol, Shares()).value(price)
    if came.cents >= wanted.cents * LEAST:
        return None
    funds = ", ".join(f"{amount} in {symbol}" for symbol, amount in sorted(money.items()))
    message = f"The new statement of {account} shows {came} more than the last one; payroll should have put in {funds}."
    return Remark(
        code="contribution_short",
        account=account,
        message=message,
        mend="compare the pay slips with the plan's own pages, and `schedule.contributions` in your settings",
    )
