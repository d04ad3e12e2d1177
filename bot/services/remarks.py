"""Gathers what an owner should know of the accounts: shares that went missing, reinvestment, a login about to end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.facts import AccountAccepted, SnapshotTaken
from bot.domain.household import Household
from bot.domain.logins import login_words
from bot.domain.readings import AccountReading, Activity
from bot.domain.snapshot import Remark, Snapshot
from bot.engine.statements import statement_remarks
from bot.engine.watch import missing_shares, reinvested_dividends
from bot.ports import Broker, Ledger
from bot.services.manual_legs import ticked_remarks
from bot.services.terms import new_york_date


def remarks_on(
    household: Household,
    readings: Sequence[AccountReading],
    activities: Mapping[str, Sequence[Activity]],
    brokers: Mapping[str, Broker],
    ledger: Ledger,
    now: datetime,
) -> tuple[Remark, ...]:
    """Everything worth a remark, those that stop all plans first.

    A statement's shares are not watched: between two of them an owner may do anything.
    """
    found: list[Remark] = []
    live = {reading.account: reading for reading in readings if reading.stated_on is None}
    orders = ledger.orders()
    for account, earlier in sorted(last_sound(ledger, tuple(live)).items()):
        found += missing_shares(live[account], earlier, activities[account], orders)
    today = new_york_date(now)
    for reading in readings:
        if reading.stated_on is not None:
            found += statement_remarks(reading.account, reading.stated_on, today)
    found.sort(key=lambda remark: not remark.stops)
    for one in household.accounts:
        if not one.kind.sheltered and one.id in activities:
            found += reinvested_dividends(one.id, activities[one.id], today)
    return (*found, *ticked_remarks(readings, ledger, now), *_logins(brokers, now))


def last_sound(ledger: Ledger, accounts: Sequence[str]) -> dict[str, Snapshot]:
    """For each account the last snapshot in which nothing of it was missing, or the one that its owner has accepted."""
    accepted: dict[str, datetime] = {}
    for given in ledger.latest(AccountAccepted):
        accepted.setdefault(given.account, given.at)
    wanted, found = set(accounts), dict[str, Snapshot]()
    for fact in ledger.latest(SnapshotTaken):
        if not wanted:
            break
        known = {holding.account for holding in fact.snapshot.holdings}
        stopped = {remark.account for remark in fact.snapshot.remarks if remark.stops}
        sound = {one for one in known if one not in stopped or (one in accepted and fact.at <= accepted[one])}
        found |= dict.fromkeys(wanted & sound, fact.snapshot)
        wanted -= sound
    return found


def _logins(brokers: Mapping[str, Broker], now: datetime) -> list[Remark]:
    """A remark for each login that is about to end."""
    found: dict[str, Remark] = {}
    for account, broker in brokers.items():
        login = broker.login()
        words = login_words(login, now) if login is not None else ""
        if login is not None and words and login.name not in found:
            message, _, command = words.rpartition(": ")
            found[login.name] = Remark(code="login_ends", account=account, message=f"{message}.", mend=command)
    return list(found.values())
