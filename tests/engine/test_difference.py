"""What changed from one plan to another."""

from __future__ import annotations

import inspect

from bot.domain.money import Shares, Usd
from bot.domain.plan import Plan
from bot.domain.snapshot import Side
from bot.engine.difference import Change, ClassChange, Difference, OrderChange, difference
from tests.engine.drawing import planned


def plan(*, vti: int = 100, extra: str = "", targets: str = "stocks 60, bonds 40") -> Plan:
    """70/30 at $100 a share of VTI: the IRA swaps $10,000."""
    picture = f"""A household.

        targets: {targets}
        VTI: stocks {vti}
        BND: bonds 50
        broker taxable: 600 VTI @20{extra}
        ira traditional: 100 VTI; 600 BND
    """
    return planned(inspect.cleandoc(picture))


def dollars(amount: int) -> Usd:
    return Usd(amount * 100)


def test_a_plan_differs_from_itself_in_nothing() -> None:
    assert difference(plan(), plan()).is_empty


def test_new_cash_is_a_new_order_and_a_smaller_swap() -> None:
    """$5,000 of cash: the pie grows to $105,000, bonds to a goal of $42,000, of which cash pays $5,000."""
    changes = difference(plan(), plan(extra="; cash 5000"))

    assert changes.orders == (
        OrderChange(
            change=Change.NEW,
            account="broker",
            side=Side.BUY,
            symbol="BND",
            shares_before=Shares(),
            shares_after=Shares.of(100),
            usd_before=Usd(),
            usd_after=dollars(5_000),
        ),
        OrderChange(
            change=Change.RESIZED,
            account="ira",
            side=Side.SELL,
            symbol="VTI",
            shares_before=Shares.of(100),
            shares_after=Shares.of(70),
            usd_before=dollars(10_000),
            usd_after=dollars(7_000),
        ),
        OrderChange(
            change=Change.RESIZED,
            account="ira",
            side=Side.BUY,
            symbol="BND",
            shares_before=Shares.of(200),
            shares_after=Shares.of(140),
            usd_before=dollars(10_000),
            usd_after=dollars(7_000),
        ),
    )
    assert changes.pie == (dollars(100_000), dollars(105_000))


def test_prices_change_what_is_held_and_every_goal() -> None:
    """VTI falls from $100 to $80: stocks from $70,000 to $56,000 of a pie of $86,000."""
    changes = difference(plan(), plan(vti=80))

    assert [(one.asset_class, one.why) for one in changes.classes] == [("bonds", "goal"), ("stocks", "goal and held")]
    assert changes.classes[1] == ClassChange(
        asset_class="stocks",
        goal_before=dollars(60_000),
        goal_after=dollars(51_600),
        now_before=dollars(70_000),
        now_after=dollars(56_000),
    )


def test_other_targets_change_goals_alone_and_an_order_goes() -> None:
    changes = difference(plan(), plan(targets="stocks 70, bonds 30"))

    assert {one.change for one in changes.orders} == {Change.GONE}
    assert [one.why for one in changes.classes] == ["goal", "goal"]
    assert changes.drift_before == (dollars(20_000), Usd())


def test_a_class_that_only_one_plan_knows_stands_beside_zero() -> None:
    changes = difference(plan(), plan(targets="stocks 60, bonds 30, gold 10"))

    gold = next(one for one in changes.classes if one.asset_class == "gold")
    assert (gold.goal_before, gold.goal_after) == (Usd(), dollars(10_000))
    assert changes.drift_limit == (Usd(), dollars(20_000))


def test_turned_around_the_change_is_its_opposite() -> None:
    there, back = difference(plan(), plan(vti=80)), difference(plan(vti=80), plan())

    assert swapped(there) == back


def swapped(there: Difference) -> Difference:
    """The difference with before and after exchanged."""
    names = {Change.NEW: Change.GONE, Change.GONE: Change.NEW, Change.RESIZED: Change.RESIZED}
    return Difference(
        orders=tuple(
            OrderChange(
                change=names[one.change],
                account=one.account,
                side=one.side,
                symbol=one.symbol,
                shares_before=one.shares_after,
                shares_after=one.shares_before,
                usd_before=one.usd_after,
                usd_after=one.usd_before,
            )
            for one in there.orders
        ),
        classes=tuple(
            ClassChange(
                asset_class=one.asset_class,
                goal_before=one.goal_after,
                goal_after=one.goal_before,
                now_before=one.now_after,
                now_after=one.now_before,
            )
            for one in there.classes
        ),
        pie=(there.pie[1], there.pie[0]),
        drift_before=(there.drift_before[1], there.drift_before[0]),
        drift_after=(there.drift_after[1], there.drift_after[0]),
        drift_limit=(there.drift_limit[1], there.drift_limit[0]),
        tax=(there.tax[1], there.tax[0]),
    )
