"""A path of targets: the day decides which hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bot.domain.errors import NotAllowed
from bot.domain.plan import Plan
from bot.domain.targets import GlideStep, Policy
from tests.engine.drawing import drawn, orders
from tests.engine.laid_down import planned, told

PICTURE = """\
An IRA with new cash, seen on 2 March 2026.

targets: stocks 60, bonds 40
VTI: stocks 1
BND: bonds 1
ira traditional: 6000 VTI; 3000 BND; cash 1000
"""


def step(on: str, stocks: int) -> GlideStep:
    targets = (("stocks", Decimal(stocks)), ("bonds", Decimal(100 - stocks)))
    return GlideStep(from_on=date.fromisoformat(on), targets_pct=targets)


def plan_for(*path: GlideStep) -> Plan:
    file = drawn(PICTURE)
    return planned(replace(file, policy=replace(file.policy, glide_path=path)))


@pytest.mark.parametrize(("second", "bought"), [("2026-03-03", "BND"), ("2026-03-02", "VTI"), ("2026-03-01", "VTI")])
def test_the_latest_step_not_after_the_day_holds(second: str, bought: str) -> None:
    plan = plan_for(step("2026-01-01", 60), step(second, 70))

    assert orders(plan) == [f"ira buy {bought} 1000"]


def test_the_plan_names_the_targets_that_hold() -> None:
    classes = {line.asset_class: line.target_pct for line in plan_for(step("2026-01-01", 70)).classes}

    assert classes["stocks"] == 70


@pytest.mark.parametrize(("second", "is_told"), [("2026-04-02", True), ("2026-04-03", False), ("2026-03-02", False)])
def test_the_next_step_is_announced_a_month_before(second: str, is_told: bool) -> None:
    plan = plan_for(step("2026-01-01", 60), step(second, 55))

    assert bool(told(plan, "glide_path")) is is_told


def test_the_announcement_says_when_and_what() -> None:
    message = told(plan_for(step("2026-01-01", 60), step("2026-03-03", 55)), "glide_path")

    assert message == "From 2026-03-03 on, in 1 day, the targets are stocks 55%, bonds 45%."


def test_before_the_first_step_no_plan_is_drawn() -> None:
    with pytest.raises(NotAllowed, match="begins on 2026-03-03, and it is 2026-03-02"):
        plan_for(step("2026-03-03", 60))


def test_a_policy_without_a_path_is_the_same_on_every_day() -> None:
    policy = Policy(targets_pct=step("2026-01-01", 60).targets_pct)

    assert policy.on(date(2030, 1, 1)) is policy
