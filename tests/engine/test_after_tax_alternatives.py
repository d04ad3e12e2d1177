"""After-tax dollars in what could have been done instead: weighed as they count, told as they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

from bot.domain.household import Kind
from bot.domain.plan import PlanLine
from bot.domain.readings import HouseholdFile
from bot.domain.snapshot import Side
from bot.engine.alternatives import explained
from bot.engine.elsewhere import other_accounts
from bot.engine.weighing import Bench, Verdict, lay_out
from tests.engine import checks
from tests.engine.drawing import drawn
from tests.engine.households import household
from tests.engine.test_after_tax import BEFORE_TAX, TO_THE_TARGET, weighted

TOLD = 60  # households whose orders are explained


def bench_at(picture: str, weight: str) -> Bench:
    """A drawn household with an IRA of this weight beside its plan, with bands of zero."""
    file = weighted(drawn(picture), (Kind.TRADITIONAL, Decimal(weight)))
    file = replace(file, policy=replace(file.policy, band=TO_THE_TARGET))
    return lay_out(file, checks.plan_of(file))


def test_a_debt_that_would_stay_is_told_in_real_dollars() -> None:
    bench = bench_at(
        """The IRA owes $500, which count $375.

        targets: stocks 60, bonds 40
        VTI: stocks 1
        BND: bonds 1
        ira traditional: 6000 VTI; 4500 BND; cash -500
        """,
        "0.75",
    )
    (left_out, *_) = explained(bench, 1).alternatives

    assert left_out.why == "ira would still owe $500, and a shelter's debt is cured first"


def test_changed_places_are_told_in_the_dollars_of_the_account_that_buys() -> None:
    bench = bench_at(
        """The IRA's $2,000 count $1,000, which is what brokerage has: they could buy each other's class.

        targets: stocks 50, bonds 50
        prefer: stocks in taxable, bonds in traditional
        VTI: stocks 1
        BND: bonds 1
        brokerage taxable: cash 1000
        ira traditional: cash 2000
        """,
        "0.5",
    )
    told = [one.what for line in bench.plan.lines for one in explained(bench, line.number).alternatives]

    assert "buy bonds here and stocks in ira ($1,000, see order 2)" in told
    assert "buy stocks here and bonds in brokerage ($2,000, see order 1)" in told


def _without(file: HouseholdFile, line: PlanLine) -> HouseholdFile:
    """The day on which an order is forbidden: its class is off the account's menu, or locked until tomorrow."""
    fund = {i.symbol: i.single_class for i in file.household.instruments}
    if line.side is Side.BUY:
        accounts = tuple(
            replace(one, menu=tuple(s for s in one.menu if fund[s] != line.asset_class))
            if one.id == line.account
            else one
            for one in file.household.accounts
        )
        return replace(file, household=replace(file.household, accounts=accounts))
    tomorrow = file.snapshot.as_of_on + timedelta(days=1)
    holdings = tuple(
        replace(
            holding,
            positions=tuple(
                replace(p, lots=tuple(replace(lot, locked_until_on=tomorrow) for lot in p.lots))
                if holding.account == line.account and fund[p.symbol] == line.asset_class
                else p
                for p in holding.positions
            ),
        )
        for holding in file.snapshot.holdings
    )
    return replace(file, snapshot=replace(file.snapshot, holdings=holdings))


def test_another_account_does_as_well_as_the_day_drawn_without_the_order() -> None:
    """After tax: what each other account could do comes to the drift of the day on which the order is forbidden."""
    weights = tuple((kind, Decimal("0.7")) for kind in BEFORE_TAX)
    settled = {Verdict.FARTHER, Verdict.MORE_TURNOVER, Verdict.LESS_EVEN}
    compared = 0
    for seed in range(TOLD):
        file = weighted(household(Random(seed), zero_bands=True), *weights)
        plan = checks.plan_of(file)
        bench = lay_out(file, plan)
        for line in plan.lines:
            rows = other_accounts(bench, line)
            drifts = {one.drift_after for one in rows if one.verdict in settled}
            # where one of several does as well as the plan, each was tried alone
            if drifts and all(one.verdict is not Verdict.AS_GOOD for one in rows):
                assert drifts == {checks.plan_of(_without(file, line)).drift_after}, f"seed {seed}, order {line.number}"
                compared += 1
    assert compared > TOLD // 2
