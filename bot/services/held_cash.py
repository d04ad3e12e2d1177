"""Keeps cash out of every plan until its owner assigns it: what was there before, and deposits far over the usual."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

import structlog

from bot.domain.errors import WrongUse
from bot.domain.facts import CashAssigned, CashHeld
from bot.domain.household import Earmark, Household
from bot.domain.money import Usd
from bot.domain.plan import Environment
from bot.domain.readings import ActivityKind
from bot.engine.due.money import unusual
from bot.letters.alarms import deposit_unusual_letter
from bot.ports import Clock, Ledger
from bot.services.house import House
from bot.services.report import write_once
from bot.services.sync import Sight
from bot.services.terms import new_york_date

BEFORE = "before"
PURPOSE = "held until you assign it"
A_MONTH = timedelta(days=30)

_log = structlog.get_logger()


def held(ledger: Ledger) -> tuple[CashHeld, ...]:
    """What is held and was not assigned since, the newest first."""
    assigned: dict[str, datetime] = {}
    for fact in ledger.latest(CashAssigned):
        assigned.setdefault(fact.account, fact.at)
    return tuple(
        fact
        for fact in ledger.latest(CashHeld)
        if fact.amount and (fact.account not in assigned or assigned[fact.account] < fact.at)
    )


def with_held_cash(household: Household, facts: Iterable[CashHeld]) -> Household:
    """The household with what is held as earmarks: every rule and the guard then leave it alone."""
    more = tuple(Earmark(account=fact.account, amount=fact.amount, purpose=PURPOSE) for fact in facts)
    return replace(household, earmarks=household.earmarks + more) if more else household


def hold_new(house: House, sight: Sight) -> House:
    """The house after what is new was held: all cash at the first run with real orders, and unusual deposits."""
    found = [*_before(house, sight), *_unusual(house, sight)]
    for fact in found:
        house.ledger.record(fact)
        _log.warning("sync.cash_held", account=fact.account, source="before" if fact.source == BEFORE else "deposit")
    return replace(house, household=with_held_cash(house.household, [fact for fact in found if fact.amount]))


def assign(*, account: str, why: str, household: Household, clock: Clock, ledger: Ledger) -> Usd:
    """All cash of this account that is held may be invested from now on; how much that is.

    Raises:
        WrongUse: for an account that the household does not have, or where nothing is held.
    """
    if account not in {one.id for one in household.accounts}:
        raise WrongUse(f"There is no account {account!r}.")
    mine = [fact.amount for fact in held(ledger) if fact.account == account]
    if not mine:
        raise WrongUse(f"No cash of {account} is held.", next_step="rebaloop status")
    ledger.record(CashAssigned(at=clock.now(), account=account, by="terminal", why=why))
    _log.info("sync.cash_assigned", account=account)
    return Usd.total(mine)


def _before(house: House, sight: Sight) -> list[CashHeld]:
    """The cash of every account that takes part in live trading for the first time; a fact of nothing says it was."""
    if house.terms.environment is not Environment.LIVE:
        return []
    known = {fact.account for fact in house.ledger.latest(CashHeld) if fact.source == BEFORE}
    now = house.clock.now()
    return [
        CashHeld(at=now, account=one.id, amount=_free(house, sight, one.id), source=BEFORE)
        for one in house.household.accounts
        if one.managed and one.automatic and one.id not in known
    ]


def _free(house: House, sight: Sight, account: str) -> Usd:
    """The cash that neither the buffer nor an earmark keeps."""
    kept = Usd.total(earmark.amount for earmark in house.household.earmarks_of(account))
    return max(Usd(), sight.snapshot.holding(account).cash - house.household.account(account).cash_buffer - kept)


def _unusual(house: House, sight: Sight) -> list[CashHeld]:
    """Deposits that are over twice the usual one, each once, with a letter."""
    known = {fact.source for fact in house.ledger.latest(CashHeld)}
    now = house.clock.now()
    since, today = _first_look(house.ledger, now), new_york_date(now)
    found = []
    for one in house.household.accounts:
        deposits = [entry for entry in sight.activities[one.id] if entry.kind is ActivityKind.DEPOSIT]
        for entry, usual in unusual(deposits, _usual(house, one.id), since, today) if one.managed else ():
            if entry.activity_id in known:
                continue
            letter = deposit_unusual_letter(
                account=one.id,
                amount=entry.net,
                usual=usual,
                environment=house.terms.environment,
                commands=(f"rebaloop assign {one.id}",),
            )
            write_once(letter=letter, patience=A_MONTH, clock=house.clock, ledger=house.ledger, postbox=house.postbox)
            found.append(CashHeld(at=now, account=one.id, amount=entry.net, source=entry.activity_id))
    return found


def _usual(house: House, account: str) -> Usd | None:
    amounts = [p.amount for p in house.schedule.paydays if p.account == account and p.amount is not None]
    return max(amounts, default=house.policy.deposit)


def _first_look(ledger: Ledger, now: datetime) -> date:
    """The day of the oldest entry of the books: what came before is not judged."""
    return new_york_date(next((fact.at for fact in ledger.facts()), now))
