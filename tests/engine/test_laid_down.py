"""Whatever a household has set aside, holds and owns in mutual funds: its plan keeps to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from bot.domain.household import Earmark, Kind
from bot.domain.instruments import Instrument, InstrumentType
from bot.domain.money import Usd
from bot.domain.plan import Plan
from bot.domain.readings import HouseholdFile
from bot.domain.snapshot import Side
from bot.engine.pie import Pie, bake
from tests.engine import households
from tests.engine.laid_down import planned


def household(rng: Random) -> HouseholdFile:
    """A random household with earmarks, holds and mutual funds."""
    file = households.household(rng, fractional=rng.random() < 0.6, losses=rng.random() < 0.3)
    symbols = [fund.symbol for fund in file.household.instruments]
    accounts = tuple(
        replace(account, holds=tuple(rng.sample(symbols, 1)) if rng.random() < 0.2 else ())
        for account in file.household.accounts
    )
    earmarks = tuple(
        Earmark(
            account=rng.choice(accounts).id,
            amount=Usd(rng.randint(1, 3_000_000)),
            purpose="anything",
            due_on=rng.choice([None, households.TODAY + timedelta(days=rng.randint(-50, 60))]),
        )
        for _ in range(rng.randint(0, 4))
    )
    funds = tuple(_mutual(rng, fund) if rng.random() < 0.3 else fund for fund in file.household.instruments)
    return replace(file, household=replace(file.household, accounts=accounts, instruments=funds, earmarks=earmarks))


def _mutual(rng: Random, fund: Instrument) -> Instrument:
    return replace(
        fund,
        type=InstrumentType.MUTUAL_FUND,
        no_rebuy_days=rng.choice([0, 30]),
        min_hold_days=rng.choice([0, 90]),
        fee=Usd(rng.choice([0, 2000])),
    )


def broken(file: HouseholdFile, plan: Plan) -> Iterator[str]:
    """A sentence for every promise that the plan breaks."""
    pie = bake(file.household, file.policy, file.snapshot.sorted())
    debts = any(wallet.debt for wallet in pie.wallets)
    if plan.drift_after < plan.drift_limit:
        yield "nearer than the limit"
    if plan.lines and not debts and plan.drift_after >= plan.drift_before:
        yield "a plan without purpose"
    yield from _money(file, plan, pie)
    yield from _lines(file, plan, pie)


def _money(file: HouseholdFile, plan: Plan, pie: Pie) -> Iterator[str]:
    for wallet in pie.wallets:
        name, owed = wallet.account.id, pie.asides[wallet.account.id].owed
        mine = [line for line in plan.lines if line.account == name]
        bought = sum(line.usd.cents for line in mine if line.side is Side.BUY)
        sold = sum(line.usd.cents for line in mine if line.side is Side.SELL)
        if bought > max(0, wallet.free - wallet.debt + sold):
            yield f"{name} buys {bought} with {wallet.free} and {sold}, and owes {wallet.debt}"
        if sold < wallet.debt and file.policy.fractional_shares:
            yield f"{name} raises {sold} of {wallet.debt}"
        if wallet.account.kind is Kind.TAXABLE and (owed or wallet.debt):
            yield f"{name} is taxable and owes {owed}"
        unsettled = pie.projections[name].unsettled if file.policy.spend_unsettled_cash else 0
        kept = pie.earmarked(name)
        if bought and kept and dict(plan.cash_after)[name].cents + unsettled < kept:
            yield f"{name} buys and ends below the {kept} of its earmarks"


def _lines(file: HouseholdFile, plan: Plan, pie: Pie) -> Iterator[str]:
    debts = {wallet.account.id for wallet in pie.wallets if wallet.debt}
    for line in plan.lines:
        fund = file.household.instrument(line.symbol)
        is_mutual = fund.type is InstrumentType.MUTUAL_FUND
        if file.household.account(line.account).leaves_alone(fund):
            yield f"{line.symbol} is held and traded"
        if is_mutual and line.automatic:
            yield f"{line.symbol} is a mutual fund and automatic"
        if line.usd.cents < 100 * fund.fee.cents and not (line.account in debts and line.side is Side.SELL):
            yield f"{line.usd} of {line.symbol} for a fee of {fund.fee}"
        if not (file.policy.fractional_shares or is_mutual or line.quantity.is_whole):
            yield f"{line.quantity} of {line.symbol} in whole shares"


@pytest.mark.parametrize("seed", range(5))
def test_a_plan_keeps_to_what_was_laid_down(seed: int) -> None:
    rng = Random(seed)
    for _ in range(40):
        file = household(rng)

        assert list(broken(file, planned(file))) == []
