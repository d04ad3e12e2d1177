"""Everything left undone has its reason and its price, on households small enough to reckon by hand."""

from __future__ import annotations

import inspect
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.household import Earmark
from bot.domain.money import Usd
from bot.engine.loop import draw
from bot.engine.not_done import NotDone, not_done
from bot.engine.weighing import Bench, lay_out
from tests.engine.drawing import drawn
from tests.engine.laid_down import with_fund


def bench_of(picture: str, *earmarks: Earmark) -> Bench:
    day = drawn(inspect.cleandoc(picture))
    day = replace(day, household=replace(day.household, earmarks=earmarks))
    return lay_out(day, draw(day.household, day.policy, day.snapshot))


@pytest.fixture
def undone(request: pytest.FixtureRequest) -> dict[str, NotDone]:
    """What is left undone in the household that the test draws, by code."""
    return {one.code: one for one in not_done(bench_of(request.function.__doc__))}


def dollars(amount: int) -> Usd:
    return Usd(amount * 100)


def test_a_refused_taxable_sale_lists_its_lots_the_dearest_first(undone: dict[str, NotDone]) -> None:
    """$10,000 over: a young lot at $90 gives $100 of short gain, $3,000 at $60 $1,200, $6,000 at $20 $4,800.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    BND: bonds 50
    broker taxable: 10 VTI @90 since 2026-01-02; 30 VTI @60 since 2020-01-02; 660 VTI @20; menu VTI
    ira traditional: 600 BND
    """
    sale = undone["taxable_sale"]

    assert (sale.subject, sale.usd) == ("VTI in broker", dollars(10_000))
    assert sale.tax == Usd(3_200 + 90_000)  # 32 percent of $100, 15 percent of $6,000
    assert [(lot.cents, lot.gain, lot.short) for lot in sale.lots] == [
        (100_000, 10_000, True),
        (300_000, 120_000, False),
        (600_000, 480_000, False),
    ]
    assert [lot.acquired_on for lot in sale.lots] == [date(2026, 1, 2), date(2020, 1, 2), None]


def test_a_class_over_its_goal_lies_where_it_may_not_be_sold(undone: dict[str, NotDone]) -> None:
    """Of $7,000 of stocks $6,000 lie in taxable and $1,000 in an account that is only counted.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    BND: bonds 50
    broker taxable: 60 VTI @20
    kid roth unmanaged: 10 VTI
    ira traditional: 60 BND
    """
    over = undone["over_goal:fixed"]

    assert (over.subject, over.usd) == ("stocks", dollars(1_000))
    assert over.why == (
        "held where it may not be sold: $1,000 in accounts that are only counted, $6,000 in taxable accounts"
    )
    assert (undone["unmanaged"].subject, undone["unmanaged"].usd) == ("kid", dollars(1_000))


def test_what_the_limit_leaves_short_is_told_with_its_proof(undone: dict[str, NotDone]) -> None:
    """Bonds need $4,000, and the IRA is all that can become bonds.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    BND: bonds 50
    broker taxable: 90 VTI @20
    ira traditional: 10 VTI
    """
    under = undone["under_goal:limit"]

    assert (under.subject, under.usd) == ("bonds", dollars(3_000))
    assert "at most $1,000 can lie there" in under.why


def test_a_class_that_no_menu_holds_names_the_menus(undone: dict[str, NotDone]) -> None:
    """$1,000 of cash, and nobody may buy gold.

    targets: stocks 50, gold 50
    VTI: stocks 100
    ira traditional: 10 VTI; cash 1000
    """
    gold = undone["under_goal:menu"]

    assert gold.usd == dollars(1_000)
    assert gold.why == "no account with money to move may buy it (ira: no fund of gold is on its menu)"
    assert undone["idle_cash"].why == "nothing that lags may be bought there: no fund of gold is on its menu"


def test_a_wash_sale_block_counts_its_days_and_names_the_first_free_one(undone: dict[str, NotDone]) -> None:
    """Sold on 20 February at a loss of $1,200; the 30th day after is 22 March.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    BND: bonds 50
    broker taxable: 55 VTI @20
    ira traditional: 80 BND; cash 500
    history: 2026-02-20 sell 5 VTI in broker for -1200
    """
    block = undone["wash_sale_block"]

    assert (block.subject, block.usd, block.free_on) == ("VTI", dollars(1_200), date(2026, 3, 23))
    assert "today is day 10 of 30; free to buy from 2026-03-23 on" in block.why
    assert undone["under_goal:wash_sale_block"].usd == dollars(500)


def test_lots_bought_with_unsettled_money_name_the_day_that_frees_them(undone: dict[str, NotDone]) -> None:
    """$1,000 of stocks are locked until tomorrow.

    targets: stocks 50, bonds 50
    VTI: stocks 100
    BND: bonds 50
    ira traditional: 10 VTI until 2026-03-03
    """
    lock = undone["good_faith_lock"]

    assert (lock.subject, lock.usd, lock.free_on) == ("VTI in ira", dollars(1_000), date(2026, 3, 3))


def test_money_that_may_not_move_is_listed_with_its_amount(undone: dict[str, NotDone]) -> None:
    """$300 has not settled, $200 is a buffer, $100 lies in a fund that is not traded.

    targets: stocks 100
    VTI: stocks 100
    FRZ: stocks 10 untradable
    ira traditional: 10 FRZ; cash 200; unsettled 300; buffer 200
    """
    assert {code: one.usd for code, one in undone.items() if code in {"unsettled_cash", "buffer", "untradable"}} == {
        "unsettled_cash": dollars(300),
        "buffer": dollars(200),
        "untradable": dollars(100),
    }


def test_an_earmark_is_told_with_its_purpose_and_its_day() -> None:
    earmark = Earmark(account="ira", amount=dollars(150), purpose="the roof", due_on=date(2026, 9, 1))
    picture = """A Roth with an earmark.

        targets: stocks 100
        VTI: stocks 100
        ira roth: cash 150
    """
    (kept,) = not_done(bench_of(picture, earmark))

    assert (kept.code, kept.usd, kept.why) == ("earmark", dollars(150), "set aside for the roof, due on 2026-09-01")


def test_an_order_below_the_minimum_is_drawn_to_be_seen(undone: dict[str, NotDone]) -> None:
    """$300 of cash would buy bonds, if $500 were not the least.

    targets: stocks 50, bonds 50
    policy: min_trade 500
    VTI: stocks 100
    BND: bonds 50
    ira roth: 50 VTI; 94 BND; cash 300
    """
    assert undone["min_trade"].why == "buy BND for $300.00: below the minimum trade of $500.00"
    assert undone["under_goal:min_trade"].usd == dollars(300)
    assert undone["idle_cash"].why == "below the minimum trade of $500.00"


def test_inside_the_bands_the_price_of_waiting_is_told(undone: dict[str, NotDone]) -> None:
    """62/38 instead of 60/40: a swap of $200 would cure $400 of drift.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    BND: bonds 50
    ira roth: 62 VTI; 76 BND
    """
    assert undone["under_goal:band"].why == (
        "every class is inside its band, so nothing is swapped; "
        "without that rule the plan would come $400 nearer, selling $200"
    )


def test_half_way_into_the_band_is_a_rule_with_a_price(undone: dict[str, NotDone]) -> None:
    """70/30 instead of 60/40 goes back to 62.5/37.5; $250 more would be swapped for the target.

    targets: stocks 60, bonds 40
    policy: rebalance_to half_band
    VTI: stocks 100
    BND: bonds 50
    ira roth: 70 VTI; 60 BND
    """
    assert undone["under_goal:half_band"].usd == dollars(250)
    assert undone["under_goal:half_band"].why.endswith("would come $500 nearer, selling $1,000")


def test_cash_for_less_than_one_share_says_so(undone: dict[str, NotDone]) -> None:
    """$40 of cash, and the cheapest share of what lags costs $50.

    targets: stocks 50, bonds 50
    policy: fractional_shares no
    VTI: stocks 100
    BND: bonds 50
    ira roth: 1 VTI; 1 BND; cash 40
    """
    assert (undone["idle_cash"].usd, undone["idle_cash"].why) == (dollars(40), "less than one share of BND ($50.00)")
    assert undone["under_goal:rounding"].usd == dollars(45)


def test_a_household_on_target_has_left_nothing_undone(undone: dict[str, NotDone]) -> None:
    """60/40, all of it.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    BND: bonds 50
    ira roth: 60 VTI; 80 BND
    """
    assert undone == {}


def test_a_loss_that_may_not_be_taken_says_why(undone: dict[str, NotDone]) -> None:
    """Losses are allowed, but these lots are 40 days old: $1,000 of stocks over, at a loss of $100.

    targets: stocks 60, bonds 40
    policy: taxable_sells losses_only
    VTI: stocks 100
    BND: bonds 50
    broker taxable: 70 VTI @110 since 2026-01-21
    ira roth: 60 BND
    """
    sale = undone["taxable_sale"]

    assert (sale.usd, sale.tax) == (dollars(1_000), Usd())
    assert sale.why == "its loss lots are younger than 61 days"


def test_what_a_target_date_fund_swaps_is_priced_by_its_classes(undone: dict[str, NotDone]) -> None:
    """The IRA sells $3,750 of 80/20 for bonds: $3,000 of stocks leave it, bought at $20 in taxable: $2,400 of gain.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    TDF: stocks 80 bonds 20 at 10
    BND: bonds 100 at 10
    broker taxable: 100 VTI @20; menu VTI
    ira traditional: 1000 TDF; menu TDF BND
    """
    sale = undone["taxable_sale"]

    assert sale.usd == Usd(sum(lot.cents for lot in sale.lots))
    assert sale.lots[0].asset_class == "stocks"
    assert sale.tax == Usd(sale.lots[0].gain).percent(Decimal(15))


def test_a_class_that_lies_fast_in_a_target_date_fund_is_counted_by_its_part(undone: dict[str, NotDone]) -> None:
    """$10,000 of 80/20 in taxable: $8,000 of stocks, $2,000 over their goal, cannot be sold there.

    targets: stocks 60, bonds 40
    TDF: stocks 80 bonds 20 at 10
    broker taxable: 1000 TDF @5; menu TDF
    """
    over = undone["over_goal:fixed"]

    assert (over.usd, over.why) == (dollars(2_000), "held where it may not be sold: $8,000 in taxable accounts")
    assert undone["several_classes"].usd == dollars(10_000)


def test_a_round_trip_names_the_day_that_ends_it() -> None:
    fund = {"no_rebuy_days": 30}
    (kept,) = [one for one in work(fund, "history: 2026-01-31 sell 10 FUND in work") if one.code == "round_trip"]

    assert (kept.subject, kept.usd, kept.free_on) == ("FUND in work", dollars(10), date(2026, 3, 3))


def test_an_order_left_out_for_its_fee_is_drawn_to_be_seen() -> None:
    (left,) = [one for one in work({"fee": dollars(50)}, "") if one.code == "fee"]

    assert (left.subject, left.usd) == ("work", dollars(2_000))
    assert left.why == "buy FUND: it would move less than 100 times its fee of $50.00"


def work(rules: dict[str, Any], history: str) -> tuple[NotDone, ...]:
    """What a 401(k) leaves undone that would buy $2,000 of FUND, if its company had not these rules."""
    picture = f"""A 401(k).

        targets: stocks 60, bonds 40
        FUND: bonds 1
        OTHER: bonds 1
        VTI: stocks 1
        work 401k: 8000 VTI; 1000 FUND; 1000 OTHER; menu VTI FUND OTHER
        {history}
    """
    day = drawn(inspect.cleandoc(picture))
    day = with_fund(day, replace(day.household.instrument("FUND"), **rules))
    return not_done(lay_out(day, draw(day.household, day.policy, day.snapshot)))


def test_the_lots_that_the_plan_sells_itself_are_not_told_as_refused(undone: dict[str, NotDone]) -> None:
    """$20,000 over: the plan sells $10,000 that cost $12,000; the other $10,000 would go from lots at $20.

    targets: stocks 60, bonds 40
    policy: taxable_sells losses_only
    VTI: stocks 100
    BND: bonds 50
    broker taxable: 100 VTI @120 since 2020-01-02; 700 VTI @20; 400 BND
    """
    sale = undone["taxable_sale"]

    assert [(lot.cents, lot.gain) for lot in sale.lots] == [(1_000_000, 800_000)]
    assert sale.tax == Usd(120_000)
