"""What could have been done instead of an order, on households small enough to reckon by hand."""

from __future__ import annotations

import inspect
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest

from bot.domain.household import Earmark
from bot.domain.instruments import InstrumentType
from bot.domain.money import Usd
from bot.domain.snapshot import Side
from bot.engine.alternatives import Explained, explained
from bot.engine.loop import draw
from bot.engine.weighing import Alternative, Bench, Verdict, lay_out
from tests.engine import households
from tests.engine.drawing import drawn
from tests.engine.laid_down import with_earmarks, with_fund


@pytest.fixture
def bench(request: pytest.FixtureRequest) -> Bench:
    """The household that the test draws, beside its plan."""
    day = drawn(inspect.cleandoc(request.function.__doc__))
    return lay_out(day, draw(day.household, day.policy, day.snapshot))


def order(bench: Bench, account: str, side: Side, asset_class: str) -> Explained:
    """The plan's order of that kind, explained."""
    (line,) = [one for one in bench.orders(account, side) if one.asset_class == asset_class]
    return explained(bench, line.number)


def named(told: Explained, what: str) -> Alternative:
    """The alternative of that name."""
    found = {one.what: one for one in told.alternatives}
    assert what in found, sorted(found)
    return found[what]


def dollars(amount: int) -> Usd:
    return Usd(amount * 100)


def test_a_swap_left_out_leaves_both_its_orders_out(bench: Bench) -> None:
    """70/30 instead of 60/40; the IRA swaps $10,000, which moves both classes by that much.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    BND: bonds 50
    broker taxable: 600 VTI @20
    ira traditional: 100 VTI; 600 BND
    """
    told = order(bench, "ira", Side.SELL, "stocks")

    assert (told.helps, told.together_with) == ("bonds", (2,))
    assert order(bench, "ira", Side.BUY, "bonds").together_with == (1,)
    assert named(told, "leave orders 1 and 2 out") == Alternative(
        what="leave orders 1 and 2 out",
        drift_after=dollars(20_000),
        verdict=Verdict.FARTHER,
        why="$20,000 farther from target in total",
    )


def test_the_same_sale_in_taxable_has_its_tax_as_a_price(bench: Bench) -> None:
    """$10,000 of shares bought at $20: $8,000 of gain, at 15 percent $1,200.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    BND: bonds 50
    broker taxable: 600 VTI @20
    ira traditional: 100 VTI; 600 BND
    """
    sale = named(order(bench, "ira", Side.SELL, "stocks"), "sell stocks in broker instead")
    purchase = named(order(bench, "ira", Side.BUY, "bonds"), "buy bonds in broker instead")

    price = "selling $10,000 there would realise $8,000 of gain and cost $1,200 of tax"
    assert (sale.verdict, sale.why) == (Verdict.TAXABLE, price)
    assert (purchase.verdict, purchase.why) == (Verdict.TAXABLE, f"no free cash there; {price}")


def test_the_dearest_lots_price_the_taxable_sale(bench: Bench) -> None:
    """Of the $10,000, $6,000 come from a lot at its cost and $4,000 from one at $20: $3,200 of gain, $480 of tax.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    BND: bonds 50
    broker taxable: 540 VTI @20; 60 VTI @100
    ira traditional: 100 VTI; 600 BND
    """
    sale = named(order(bench, "ira", Side.SELL, "stocks"), "sell stocks in broker instead")

    assert sale.why == "selling $10,000 there would realise $3,200 of gain and cost $480 of tax"


def test_cash_for_a_class_that_is_over_its_goal_leads_away(bench: Bench) -> None:
    """$1,000 of cash buys bonds; in stocks it would add $1,000 over and leave $1,000 under goal.

    targets: stocks 50, bonds 50
    VTI: stocks 100
    BND: bonds 50
    ira roth: 50 VTI; 80 BND; cash 1000
    """
    told = order(bench, "ira", Side.BUY, "bonds")

    assert told.together_with == ()
    assert named(told, "leave it out").why == "$2,000 farther from target in total"
    assert named(told, "buy $1,000 of stocks instead").drift_after == dollars(2_000)


def test_an_equal_distance_is_judged_by_evenness(bench: Bench) -> None:
    """Bonds stand at 75 and intl at 50 percent of goal: $600 lift both to 76.7 percent.

    targets: stocks 40, bonds 40, intl 20
    VTI: stocks 100
    BND: bonds 50
    VXUS: intl 50
    broker taxable: 54 VTI @20
    ira roth: 60 BND; 20 VXUS; cash 600; menu BND VXUS
    """
    other = named(order(bench, "ira", Side.BUY, "intl"), "buy $533 of bonds instead")

    assert other.drift_after == bench.plan.drift_after == dollars(2_800)
    assert other.verdict is Verdict.LESS_EVEN
    assert other.why.endswith("less even: intl would stand at 50.0% of goal, not 76.7%")


def test_evenness_is_a_share_of_the_goal(bench: Bench) -> None:
    """$800 and $400 short of $4,000 and $2,000 is even: 80 percent each. $400 and $800 is not.

    targets: stocks 40, bonds 40, intl 20
    VTI: stocks 100
    BND: bonds 50
    VXUS: intl 50
    broker taxable: 52 VTI @20
    ira roth: 60 BND; 24 VXUS; cash 600; menu BND VXUS
    """
    other = named(order(bench, "ira", Side.BUY, "intl"), "buy $400 of bonds instead")

    assert other.why.endswith("less even: intl would stand at 60.0% of goal, not 80.0%")


def test_equal_totals_are_judged_by_where_a_class_belongs(bench: Bench) -> None:
    """$1,000 in each account, and bonds belong into the IRA.

    targets: stocks 50, bonds 50
    prefer: bonds in traditional
    VTI: stocks 100
    BND: bonds 50
    broker taxable: cash 1000
    ira traditional: cash 1000
    """
    told = order(bench, "ira", Side.BUY, "bonds")

    places = named(told, "buy stocks here and bonds in broker ($1,000, see order 1)")
    assert (places.drift_after, places.verdict) == (Usd(), Verdict.LESS_PREFERRED)
    assert named(told, "buy bonds in broker instead").verdict is Verdict.LESS_PREFERRED


def test_a_purchase_elsewhere_that_takes_a_sale_is_more_turnover(bench: Bench) -> None:
    """The IRA's cash buys bonds; the Roth would have to sell $1,000 of stocks, which the IRA then buys.

    targets: stocks 50, bonds 50
    VTI: stocks 100
    BND: bonds 50
    ira traditional: cash 1000
    roth roth: 10 VTI
    """
    other = named(order(bench, "ira", Side.BUY, "bonds"), "buy bonds in roth instead")

    assert other.verdict is Verdict.MORE_TURNOVER
    assert other.why == "as near to target, but $1,000 more would be sold"


def test_each_other_account_that_cannot_buy_says_why(bench: Bench) -> None:
    """Six accounts that could hold bonds, and six reasons why only the IRA buys them.

    targets: stocks 50, bonds 50
    VTI: stocks 100
    BND: bonds 50
    ira traditional: cash 1000
    job 401k: 20 VTI; menu VTI
    kid roth unmanaged: cash 10
    late roth: unsettled 300
    tiny roth: cash 200; buffer 200
    poor roth: cash 0
    twin traditional: cash 100
    """
    told = order(bench, "ira", Side.BUY, "bonds")

    assert {one.what.split()[3]: one.why for one in told.alternatives if " in " in one.what} == {
        "job": "no fund of bonds is on its menu",
        "kid": "that account is counted, never traded",
        "late": "no free cash there ($300 has not settled yet), and nothing there may be sold today",
        "poor": "no free cash there, and nothing there may be sold today",
        "tiny": "no free cash there ($200 is set aside), and nothing there may be sold today",
        "twin": "order 2 does that as well, for $100",
    }


def test_other_funds_of_the_class_are_blocked_or_later_on_the_menu(bench: Bench) -> None:
    """AAA was sold at a loss ten days ago, BBB is not traded, CCC has no price, MUN is for taxable accounts alone.

    targets: stocks 100
    AAA: stocks 10
    BBB: stocks 10 untradable
    CCC: stocks ?
    MUN: stocks 10 taxable_only
    VTI: stocks 100
    ITOT: stocks 50
    ira roth: cash 1000
    history: 2026-02-20 sell 10 AAA in broker for -500
    """
    told = order(bench, "ira", Side.BUY, "stocks")

    assert {one.what: one.why for one in told.alternatives if "instead of VTI" in one.what} == {
        "buy AAA instead of VTI": "AAA is blocked: sold at a loss on 2026-02-20 (day 10 of 30), "
        "free from 2026-03-23 on",
        "buy BBB instead of VTI": "BBB is not tradable",
        "buy CCC instead of VTI": "CCC has no price today",
        "buy MUN instead of VTI": "MUN is kept out of shelters (taxable_only)",
        "buy ITOT instead of VTI": "the same class, but VTI stands before it on the menu of ira",
    }


def test_other_funds_that_could_be_sold_are_liked_more_or_locked(bench: Bench) -> None:
    """OLD stands on no menu and goes first; NEW was bought with money that has not settled.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    BND: bonds 50
    OLD: stocks 10
    NEW: stocks 10
    ira roth: 50 VTI; 400 OLD; 100 NEW until 2026-03-03; menu VTI BND
    """
    told = order(bench, "ira", Side.SELL, "stocks")

    assert told.line.symbol == "OLD"
    assert {one.what: one.why for one in told.alternatives if "instead of OLD" in one.what} == {
        "sell NEW instead of OLD": "NEW was bought with money that has not settled; selling before 2026-03-03 is a "
        "violation",
        "sell VTI instead of OLD": "the same class, but OLD is liked less in ira and goes first",
    }


def test_locked_and_untraded_funds_elsewhere_cannot_be_sold(bench: Bench) -> None:
    """The IRA sells; the Roth's lots are locked, the 401(k)'s fund is not traded, the HSA is only counted.

    targets: stocks 50, bonds 50
    VTI: stocks 100
    FRZ: stocks 10 untradable
    BND: bonds 50
    ira traditional: 60 VTI; 40 BND
    job 401k: 10 FRZ
    roth roth: 1 VTI until 2026-03-03
    twin hsa unmanaged: 1 VTI
    """
    told = order(bench, "ira", Side.SELL, "stocks")

    whys = {one.what.split()[3]: one.why for one in told.alternatives if " in " in one.what}
    assert whys == {
        "job": "FRZ is not tradable",
        "roth": "VTI was bought with money that has not settled; selling before 2026-03-03 is a violation",
        "twin": "that account is counted, never traded",
    }


def test_a_sale_that_another_shelter_could_make_is_as_good(bench: Bench) -> None:
    """Two twin IRAs, one swap of $1,000: which of them makes it, nothing decides.

    targets: stocks 50, bonds 50
    VTI: stocks 100
    BND: bonds 50
    one traditional: 30 VTI; 40 BND
    two traditional: 30 VTI; 40 BND
    """
    told = explained(bench, 1)
    other = {"one": "two", "two": "one"}[told.line.account]

    assert named(told, f"sell stocks in {other} instead").verdict is Verdict.AS_GOOD


def test_a_sale_that_cures_a_debt_cannot_be_left_out(bench: Bench) -> None:
    """The IRA owes $500, and a shelter's debt is cured by sales there.

    targets: stocks 100
    VTI: stocks 100
    ira traditional: 60 VTI; cash -500
    roth roth: 20 VTI
    """
    told = order(bench, "ira", Side.SELL, "stocks")

    assert told.helps is None
    assert named(told, "leave it out").verdict is Verdict.NOT_POSSIBLE
    assert named(told, "leave it out").why == "ira would still owe $500, and a shelter's debt is cured first"
    assert named(told, "sell stocks in roth instead").why == "ira could then not raise the cash that it needs"


def test_new_money_that_follows_its_place_may_lie_farther_from_target(bench: Bench) -> None:
    """Stocks belong into taxable, though they are over goal: $1,000 of bonds would come $2,000 nearer.

    targets: stocks 50, bonds 50
    policy: routing location
    prefer: stocks in taxable; bonds in traditional
    VTI: stocks 100
    BND: bonds 50
    broker taxable: 60 VTI @20; 60 BND @20; cash 1000
    """
    told = order(bench, "broker", Side.BUY, "stocks")

    nearer = named(told, "buy $1,000 of bonds instead")
    assert (nearer.drift_after, nearer.verdict) == (dollars(2_000), Verdict.AGAINST_POLICY)
    assert nearer.why.startswith("$2,000 nearer to target, but `routing: location`")
    assert named(told, "leave it out").verdict is Verdict.AGAINST_POLICY


def test_selling_another_class_instead_is_weighed_too(bench: Bench) -> None:
    """Stocks are over, bonds lag, intl is at goal: selling $1,000 of intl would open a second gap.

    targets: stocks 40, bonds 40, intl 20
    VTI: stocks 100
    BND: bonds 50
    VXUS: intl 50
    ira roth: 50 VTI; 60 BND; 40 VXUS
    """
    other = named(order(bench, "ira", Side.SELL, "stocks"), "sell $1,000 of intl instead")

    assert (other.drift_after, other.verdict) == (dollars(2_000), Verdict.FARTHER)


@pytest.mark.parametrize("seed", range(40))
def test_nothing_that_was_not_taken_is_nearer_in_fractions_unless_a_rule_forbids_it(seed: int) -> None:
    day = households.household(Random(seed), fractional=True, losses=seed % 2 == 0)
    plan = draw(day.household, day.policy, day.snapshot)
    bench = lay_out(day, plan)

    for line in plan.lines:
        for one in explained(bench, line.number).alternatives:
            allowed = {Verdict.AGAINST_POLICY, Verdict.NOT_POSSIBLE}
            assert one.drift_after is None or one.drift_after >= plan.drift_after or one.verdict in allowed, one


def test_a_link_of_a_chain_helps_the_class_at_its_end(bench: Bench) -> None:
    """The 401(k) buys stocks, which are over goal, so that the IRA may sell them for intl, which only it may buy.

    targets: stocks 50, bonds 20, intl 30
    VTI: stocks 100
    BND: bonds 100
    VXUS: intl 100
    broker taxable: 400 VTI @20; menu VTI
    ira traditional: 300 VTI; menu VTI VXUS
    job 401k: 300 BND; menu VTI BND
    """
    assert order(bench, "job", Side.BUY, "stocks").helps == "intl"
    assert order(bench, "job", Side.SELL, "bonds").helps == "intl"


# --- funds of several classes -----------------------------------------------------------------------------------------
def test_a_target_date_fund_that_is_bought_counts_by_all_its_classes(bench: Bench) -> None:
    """$1,000 into 60/40: bonds lack $400 and stocks $600; all in bonds is $600 over, $600 under.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    BND: bonds 50
    TDF: stocks 60 bonds 40 at 10
    roth roth: 60 VTI; 80 BND; menu VTI BND
    plan 401k: cash 1000; menu TDF
    spare hsa: cash 1; menu VTI TDF; buffer 1
    """
    told = explained(bench, 1)

    assert (told.line.symbol, told.helps) == ("TDF", "stocks")
    assert named(told, "leave it out").drift_after == dollars(2_000)
    assert named(told, "buy TDF in roth instead").why == "TDF is not on its menu"
    assert named(told, "buy TDF in spare instead").why.startswith("no free cash there ($1 is set aside)")
    assert not [one.what for one in told.alternatives if "instead of" in one.what]


def test_another_class_instead_of_a_target_date_fund_takes_all_its_classes_away(bench: Bench) -> None:
    """All that is bought is $1,000 of 50/50 for a lack of $500 each; in stocks alone that is $500 over and under.

    targets: stocks 50, bonds 50
    VTI: stocks 100
    TDF: stocks 50 bonds 50 at 10
    ira traditional: cash 1000; menu VTI TDF
    """
    other = named(explained(bench, 1), "buy $1,000 of stocks instead")

    assert bench.plan.lines[0].symbol == "TDF"
    assert (other.drift_after, other.verdict) == (dollars(1_000), Verdict.FARTHER)


def test_a_target_date_fund_that_is_sold_counts_by_all_its_classes(bench: Bench) -> None:
    """80/20 to 50/50 for $3,750 of it: left out, stocks stay $3,000 over and bonds as much under.

    targets: stocks 50, bonds 50
    TDF: stocks 80 bonds 20 at 10
    BND: bonds 100 at 10
    ira traditional: 1000 TDF
    roth roth: 0 BND
    """
    told = order(bench, "ira", Side.SELL, "stocks")

    assert (told.line.symbol, told.helps) == ("TDF", "bonds")
    assert named(told, "leave orders 1 and 2 out").drift_after == dollars(6_000)


def test_a_target_date_fund_in_taxable_has_the_tax_of_its_sale_as_a_price(bench: Bench) -> None:
    """The same swap in taxable: $3,000 of TDF bought at $5 would realise $1,500, at 15 percent $225.

    targets: stocks 50, bonds 50
    TDF: stocks 80 bonds 20 at 10
    BND: bonds 100 at 10
    ira traditional: 500 TDF
    broker taxable: 300 TDF @5; menu BND
    """
    other = named(order(bench, "ira", Side.SELL, "stocks"), "sell TDF in broker instead")

    assert other.verdict is Verdict.TAXABLE
    assert other.why == "selling $3,000 there would realise $1,500 of gain and cost $225 of tax"


def test_a_target_date_fund_that_is_not_bought_or_sold_is_weighed(bench: Bench) -> None:
    """Stocks are $1,000 over: in place of $1,000 of bonds the 50/50 fund would leave $500 over and under.

    targets: stocks 50, bonds 50
    VTI: stocks 100
    BND: bonds 50
    TDF: stocks 50 bonds 50 at 10
    ira roth: 60 VTI; 80 BND; 100 TDF
    """
    buy, sell = order(bench, "ira", Side.BUY, "bonds"), order(bench, "ira", Side.SELL, "stocks")

    assert named(buy, "buy $1,000 of TDF instead").drift_after == dollars(1_000)
    assert named(sell, "sell $1,000 of TDF instead").drift_after == dollars(1_000)


# --- what the owner or a fund's company laid down ---------------------------------------------------------------------
def laid_down(picture: str, *earmarks: Earmark, **rules: Any) -> Bench:  # noqa: ANN401 - any field of an instrument
    """The household of a picture in which FUND has these rules."""
    day = drawn(picture)
    day = with_earmarks(with_fund(day, replace(day.household.instrument("FUND"), **rules)), *earmarks)
    return lay_out(day, draw(day.household, day.policy, day.snapshot))


WORK = """A 401(k) that sells $2,000 of stocks for bonds.

    targets: stocks 60, bonds 40
    FUND: bonds 1
    OTHER: bonds 1
    VTI: stocks 1
    work 401k: 8000 VTI; 1000 FUND; 1000 OTHER; menu VTI FUND OTHER
"""


def test_a_round_trip_is_a_reason_with_its_day() -> None:
    picture = f"{WORK}    history: 2026-01-31 sell 10 FUND in work\n"
    told = order(laid_down(picture, no_rebuy_days=30), "work", Side.BUY, "bonds")

    assert named(told, "buy FUND instead of OTHER").why == (
        "FUND was sold there on 2026-01-31, and its company lets nobody back in before 2026-03-03"
    )


def test_a_fee_is_a_reason() -> None:
    told = order(laid_down(WORK, fee=Usd.of(50)), "work", Side.BUY, "bonds")

    assert named(told, "buy FUND instead of OTHER").why == (
        "an order of FUND would move less than 100 times its fee of $50.00"
    )


def test_a_holding_period_is_a_reason_with_its_day() -> None:
    picture = """A 401(k) that sells $2,000 of bonds for stocks.

        targets: stocks 60, bonds 40
        VTI: stocks 1
        OTHER: bonds 1
        FUND: bonds 1
        work 401k: 4000 VTI; 3000 FUND since 2025-12-03; 3000 OTHER; menu VTI OTHER FUND
    """
    told = order(laid_down(picture, min_hold_days=90), "work", Side.SELL, "bonds")

    assert named(told, "sell FUND instead of OTHER").why == (
        "its company lets FUND go 90 days after a purchase, from 2026-03-03 on"
    )


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ({"hold": True}, "you keep FUND there as it is"),
        ({"type": InstrumentType.CD}, "FUND is kept there until it runs out"),
    ],
)
def test_what_is_held_is_a_reason(rules: dict[str, Any], why: str) -> None:
    picture = """An IRA and a Roth, both over goal in stocks.

        targets: stocks 50, bonds 50
        FUND: stocks 1
        VTI: stocks 1
        BND: bonds 1
        ira traditional: 4000 VTI; 2000 BND; menu VTI BND
        roth roth: 1000 FUND; 1000 BND; menu VTI BND
    """
    told = order(laid_down(picture, **rules), "ira", Side.SELL, "stocks")

    assert named(told, "sell stocks in roth instead").why == why


def test_a_sale_for_an_earmark_cannot_be_left_out() -> None:
    """$4,000 are due within the month and $1,000 are there."""
    picture = """An IRA at target with $1,000 of cash.

        targets: stocks 60, bonds 40
        VTI: stocks 1
        FUND: bonds 1
        ira traditional: 6000 VTI; 4000 FUND; cash 1000
    """
    due = Earmark(account="ira", amount=dollars(4_000), purpose="distribution", due_on=date(2026, 4, 1))
    told = order(laid_down(picture, due), "ira", Side.SELL, "bonds")

    left_out = named(told, "leave orders 1 and 2 out")
    assert (told.helps, left_out.verdict) == (None, Verdict.NOT_POSSIBLE)
    assert left_out.why == "ira would lack $3,000 that its earmarks need soon"


def test_cash_that_is_earmarked_buys_nothing() -> None:
    """Both accounts hold $1,000; the Roth's is for the roof."""
    picture = """Bonds lag by the IRA's cash.

        targets: stocks 50, bonds 50
        VTI: stocks 1
        FUND: bonds 1
        ira traditional: 1000 VTI; cash 1000
        roth roth: cash 1000
    """
    told = order(
        laid_down(picture, Earmark(account="roth", amount=dollars(1_000), purpose="roof")), "ira", Side.BUY, "bonds"
    )

    assert named(told, "buy bonds in roth instead").why == (
        "no free cash there ($1,000 is set aside), and nothing there may be sold today"
    )
