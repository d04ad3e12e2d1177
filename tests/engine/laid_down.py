"""Changes to a drawn household that the pictures have no words for: earmarks, holds, fund rules, paths of targets."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.household import Account, Earmark
from bot.domain.instruments import Instrument
from bot.domain.plan import Plan
from bot.domain.readings import HouseholdFile
from bot.engine.loop import draw


def planned(file: HouseholdFile) -> Plan:
    """The engine's plan for a household."""
    return draw(file.household, file.policy, file.snapshot)


def with_earmarks(file: HouseholdFile, *earmarks: Earmark) -> HouseholdFile:
    """The same household with cash set aside."""
    return replace(file, household=replace(file.household, earmarks=earmarks))


def with_account(file: HouseholdFile, account: Account) -> HouseholdFile:
    """The same household with one account in place of that of its name."""
    accounts = tuple(account if one.id == account.id else one for one in file.household.accounts)
    return replace(file, household=replace(file.household, accounts=accounts))


def with_fund(file: HouseholdFile, fund: Instrument) -> HouseholdFile:
    """The same household with one instrument in place of that of its symbol."""
    funds = tuple(fund if one.symbol == fund.symbol else one for one in file.household.instruments)
    return replace(file, household=replace(file.household, instruments=funds))


def told(plan: Plan, code: str) -> str:
    """What the owner is told under a code; empty when nothing."""
    return " ".join(note.message for note in plan.notes if note.code == code)
