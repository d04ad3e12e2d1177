"""Each plan is held against what the broker then holds, and two near targets take turns."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.domain.errors import NotAllowed, TryLater
from bot.domain.household import Kind
from bot.domain.money import Usd
from bot.domain.targets import Policy
from bot.services.validation import check_roles, compared, one_cycle, towards_the_other
from tests.services.stage import MONDAY_10_00, Stage

TODAY = MONDAY_10_00.date()


def test_a_cycle_trades_compares_and_counts() -> None:
    stage = Stage()

    trial = one_cycle(stage.house)

    assert trial.is_clean
    assert (trial.differences, trial.rejected) == ((), 0)
    assert trial.filled == trial.orders > 0
    assert trial.drift_after < trial.drift_before


def test_a_cent_that_nobody_explains_is_named() -> None:
    stage = Stage()
    before = stage.snapshot()
    stage.broker.deposit("rollover", "0.01")

    found = [one for one in compared("rollover", before, stage.snapshot(), ()) if one]

    assert found == ["rollover: cash should be $100.00 and is $100.01"]


def test_the_targets_take_turns() -> None:
    stage = Stage()
    first = towards_the_other(stage.house, TODAY).policy
    one_cycle(stage.house)
    second = towards_the_other(stage.house, TODAY).policy

    assert dict(first.targets_pct) == {"stocks": Decimal(61), "bonds": Decimal(39)}
    assert dict(second.targets_pct) == {"stocks": Decimal(59), "bonds": Decimal(41)}


def test_a_class_that_is_smaller_than_the_step_never_goes_below_nothing() -> None:
    stage = Stage()
    stage.policy = Policy(targets_pct=(("stocks", Decimal(99)), ("bonds", Decimal(1))))

    targets = dict(towards_the_other(stage.house, TODAY).policy.targets_pct)

    assert targets == {"stocks": Decimal("99.5"), "bonds": Decimal("0.5")}


def test_one_class_alone_has_nowhere_to_move() -> None:
    stage = Stage()
    stage.policy = Policy(targets_pct=(("stocks", Decimal(100)),))

    with pytest.raises(NotAllowed, match="Two classes"):
        towards_the_other(stage.house, TODAY)


def test_a_session_has_one_cycle() -> None:
    stage = Stage()
    one_cycle(stage.house)

    with pytest.raises(TryLater, match="one a session"):
        one_cycle(stage.house)


def test_a_plan_of_an_evening_that_went_wrong_does_not_count() -> None:
    stage = Stage()
    stage.broker.trouble = TryLater("down")

    with pytest.raises(TryLater):
        one_cycle(stage.house)
    stage.broker.trouble = None
    stage.clock.pass_by(timedelta(minutes=1))

    assert one_cycle(stage.house).is_clean


def test_two_sheltered_accounts_are_not_enough() -> None:
    stage = Stage()
    accounts = tuple(replace(one, kind=Kind.TRADITIONAL) for one in stage.household.accounts)
    stage.household = replace(stage.household, accounts=accounts)

    with pytest.raises(NotAllowed, match="taxable and a sheltered"):
        check_roles(stage.house)


def test_what_a_cycle_moves_is_small() -> None:
    """Two points of a pie of $240,100 at most, from a household that stands at its own target."""
    stage = Stage()
    one_cycle(stage.house)
    stage.clock.pass_by(timedelta(days=1))

    assert one_cycle(stage.house).traded <= Usd.of(240_100).percent(Decimal(5))
