"""Mutual funds: orders by hand, in dollars, within their company's rules and not for less than their fee is worth."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.instruments import InstrumentType
from bot.domain.money import Usd
from bot.domain.plan import Plan
from bot.domain.readings import HouseholdFile
from tests.engine.drawing import drawn, orders
from tests.engine.laid_down import planned, told, with_fund

PICTURE = """\
A 401(k) out of its bands.

targets: stocks 60, bonds 40
FUND: bonds 1
OTHER: bonds 1
VTI: stocks 1
work 401k: 8000 VTI; 1000 FUND; 1000 OTHER; menu VTI FUND OTHER
"""


def work(picture: str, *, no_rebuy_days: int = 0, min_hold_days: int = 0, fee: str = "0") -> HouseholdFile:
    file = drawn(picture)
    fund = replace(
        file.household.instrument("FUND"),
        type=InstrumentType.MUTUAL_FUND,
        no_rebuy_days=no_rebuy_days,
        min_hold_days=min_hold_days,
        fee=Usd.of(fee),
    )
    return with_fund(file, fund)


def plan_for(picture: str = PICTURE, *, no_rebuy_days: int = 0, min_hold_days: int = 0, fee: str = "0") -> Plan:
    return planned(work(picture, no_rebuy_days=no_rebuy_days, min_hold_days=min_hold_days, fee=fee))


def test_an_account_that_trades_a_mutual_fund_is_carried_out_by_hand() -> None:
    plan = plan_for()

    assert orders(plan) == ["work sell VTI 2000", "work buy FUND 2000"]
    assert [line.automatic for line in plan.lines] == [False, False]


def test_an_account_that_trades_none_today_is_not() -> None:
    plan = plan_for(PICTURE.replace("menu VTI FUND OTHER", "menu VTI OTHER"))

    assert [line.automatic for line in plan.lines] == [True, True]


@pytest.mark.parametrize(("sold_on", "bought"), [("2026-01-31", "OTHER"), ("2026-01-30", "FUND")])
def test_a_fund_is_not_bought_again_within_its_days(sold_on: str, bought: str) -> None:
    """2 March is day 30 after 31 January; the next fund of the menu takes its place."""
    history = f"history: {sold_on} sell 10 FUND in work\n"

    assert orders(plan_for(PICTURE + history, no_rebuy_days=30))[1] == f"work buy {bought} 2000"


def test_a_sale_in_another_account_is_no_round_trip() -> None:
    plan = plan_for(PICTURE + "history: 2026-02-20 sell 10 FUND in elsewhere\n", no_rebuy_days=30)

    assert orders(plan)[1] == "work buy FUND 2000"


def test_the_owner_is_told_when_a_round_trip_ends() -> None:
    plan = plan_for(PICTURE + "history: 2026-01-31 sell 10 FUND in work\n", no_rebuy_days=30)

    assert told(plan, "round_trip") == (
        "FUND was sold in work on 2026-01-31; its company takes no purchase before 2026-03-03."
    )


@pytest.mark.parametrize(("since", "sold"), [("2025-12-03", "OTHER"), ("2025-12-02", "FUND")])
def test_a_lot_that_is_too_young_is_not_sold(since: str, sold: str) -> None:
    """On 2 March, what was bought on 2 December is 90 days old; FUND would otherwise go first."""
    picture = PICTURE.replace("8000 VTI; 1000 FUND; 1000 OTHER", f"4000 VTI; 3000 FUND since {since}; 3000 OTHER")
    plan = plan_for(picture.replace("menu VTI FUND OTHER", "menu VTI OTHER FUND"), min_hold_days=90)

    assert orders(plan)[0] == f"work sell {sold} 2000"
    assert ("min_hold" in {note.code for note in plan.notes}) == (sold == "OTHER")


@pytest.mark.parametrize(("fee", "bought"), [("20", "FUND"), ("20.01", "OTHER")])
def test_an_order_moves_at_least_a_hundred_times_its_fee(fee: str, bought: str) -> None:
    assert orders(plan_for(fee=fee))[1] == f"work buy {bought} 2000"


def test_an_order_left_out_for_its_fee_is_named() -> None:
    assert told(plan_for(fee="50"), "fee") == (
        "A purchase of FUND in work was left out: it would move less than 100 times its fee of $50.00."
    )


def test_a_sale_that_cures_a_debt_is_made_whatever_its_fee() -> None:
    picture = PICTURE.replace("8000 VTI; 1000 FUND; 1000 OTHER", "6060 VTI; 4040 FUND; cash -100")

    assert sorted(orders(plan_for(picture, fee="50"))) == ["work sell FUND 40", "work sell VTI 60"]


def test_in_whole_shares_a_mutual_fund_still_goes_in_dollars() -> None:
    picture = PICTURE.replace("stocks 1\n", "stocks 300\n").replace("FUND: bonds 1\n", "FUND: bonds 7\n")
    picture = picture.replace("8000 VTI; 1000 FUND; 1000 OTHER", "27 VTI; 200 FUND; 500 OTHER")
    file = work(picture)
    plan = planned(replace(file, policy=replace(file.policy, fractional_shares=False)))

    assert orders(plan) == ["work sell VTI 2100", "work buy FUND 2100"]


def test_a_mutual_fund_goes_in_thousandths_of_a_share() -> None:
    picture = PICTURE.replace("stocks 1\n", "stocks 300\n").replace("FUND: bonds 1\n", "FUND: bonds 11\n")
    picture = picture.replace("8000 VTI; 1000 FUND; 1000 OTHER", "27 VTI; 200 FUND; 500 OTHER")
    odd = work(picture)
    plan = planned(replace(odd, policy=replace(odd.policy, fractional_shares=False)))

    assert not plan.lines[1].quantity.is_whole
    assert abs(plan.lines[1].usd - plan.lines[0].usd) <= Usd(1)
