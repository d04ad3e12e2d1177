"""Dollars before tax count for less: the pie is measured in after-tax dollars, the orders stay real ones."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache
from random import Random

import pytest

from bot.domain.household import Kind
from bot.domain.money import Usd
from bot.domain.plan import Plan
from bot.domain.readings import HouseholdFile
from bot.domain.snapshot import Side
from bot.domain.targets import Band, Policy
from bot.engine import after_tax
from tests.engine import checks, oracles, test_laid_down
from tests.engine.drawing import codes, drawn, orders
from tests.engine.households import household
from tests.engine.test_mixed_plans import trading
from tests.engine.test_properties import MODES, Promise, permuted, text

EXAMPLES = 200
BEFORE_TAX = (Kind.TRADITIONAL, Kind.WORKPLACE, Kind.HSA)
ONES = tuple((kind, Decimal(1)) for kind in BEFORE_TAX)
TO_THE_TARGET = Band(absolute_pp=Decimal(0), relative_pct=Decimal(0))


def weighted(file: HouseholdFile, *weights: tuple[Kind, Decimal]) -> HouseholdFile:
    """The same household with these weights."""
    return replace(file, policy=replace(file.policy, after_tax_weights=weights))


def plan_at(picture: str, weight: str, kind: Kind = Kind.TRADITIONAL) -> Plan:
    """The plan of a drawn household with one weight, with bands of zero."""
    file = weighted(drawn(picture), (kind, Decimal(weight)))
    return checks.plan_of(replace(file, policy=replace(file.policy, band=TO_THE_TARGET)))


# --- by hand ---------------------------------------------------------------------------------------------------------
HALF = """$60,000 of stocks in taxable, $20,000 of each in an IRA.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    BND: bonds 50
    brokerage taxable: 600 VTI @50
    ira traditional: 200 VTI; 400 BND
    """


def test_an_example_by_hand() -> None:
    """At 0.75 the IRA's $40,000 count $30,000, so the pie is $90,000 and its goals $54,000 and $36,000.

    Stocks count 60,000 + 15,000, bonds 15,000: drift is 21,000 twice. All that the IRA has of stocks, $20,000 that
    count 15,000, buys bonds; 6,000 are still missing.
    """
    plan = plan_at(HALF, "0.75")

    assert orders(plan) == ["ira sell VTI 20000", "ira buy BND 20000"]
    assert [(line.asset_class, line.goal, line.before, line.after) for line in plan.classes if line.goal] == [
        ("bonds", Usd.of(36_000), Usd.of(15_000), Usd.of(30_000)),
        ("stocks", Usd.of(54_000), Usd.of(75_000), Usd.of(60_000)),
    ]
    assert (plan.pie, plan.drift_before, plan.drift_after) == (Usd.of(90_000), Usd.of(42_000), Usd.of(12_000))
    assert plan.drift_limit == Usd.of(12_000)


def test_quantities_and_prices_are_real() -> None:
    """At 0.75 the goal of bonds is $27,000 of $90,000: $16,000 more, that count 12,000, are wanted in the IRA."""
    plan = plan_at(HALF.replace("stocks 60, bonds 40", "stocks 70, bonds 30"), "0.75")

    assert [(line.quantity.plain, line.price, line.usd) for line in plan.lines] == [
        ("160", Decimal(100), Usd.of(16_000)),
        ("320", Decimal(50), Usd.of(16_000)),
    ]
    assert plan.drift_after == Usd()
    assert dict(plan.cash_after) == {"brokerage": Usd(), "ira": Usd()}


def test_the_owner_is_told_in_which_dollars_the_pie_is_measured() -> None:
    (note,) = [note for note in plan_at(HALF, "0.7500").notes if note.code == "after_tax_weights"]

    assert note.message.endswith(
        "in after-tax dollars: a dollar in traditional counts 0.75. Orders are in real dollars."
    )


@pytest.mark.parametrize(("weight", "kind"), [("1", Kind.TRADITIONAL), ("0.75", Kind.HSA)])
def test_nothing_is_said_where_every_dollar_counts_in_full(weight: str, kind: Kind) -> None:
    assert "after_tax_weights" not in codes(plan_at(HALF, weight, kind))


def test_new_money_that_would_cure_the_rest_is_money_after_tax() -> None:
    """Bonds lack $6,000 of $90,000; money that buys bonds until stocks are 60 percent: $60,000 / 60% is $100,000."""
    residual = plan_at(HALF, "0.75").residual

    assert residual is not None
    assert "of new money in an account without tax to come that buys what lags" in residual.cures[0]


def test_the_minimum_trade_is_in_real_dollars() -> None:
    """A swap of $400 that counts $200 is no less than a minimum of $400."""
    picture = """An IRA that is $400 short of bonds.

    targets: stocks 50, bonds 50
    policy: min_trade {least}
    VTI: stocks 100
    BND: bonds 50
    ira traditional: 104 VTI; 192 BND
    """

    assert orders(plan_at(picture.replace("{least}", "400"), "0.5")) == ["ira sell VTI 400", "ira buy BND 400"]
    assert not plan_at(picture.replace("{least}", "401"), "0.5").lines


def test_a_debt_is_raised_in_real_dollars_and_a_buffer_is_kept_in_them() -> None:
    plan = plan_at(
        """An IRA that owes $300, another that keeps $500.

        targets: stocks 100
        VTI: stocks 100
        ira traditional: 50 VTI; cash -300
        old traditional: cash 1500; buffer 500
        """,
        "0.3333",
    )

    assert orders(plan) == ["ira sell VTI 300", "old buy VTI 1000"]
    assert dict(plan.cash_after) == {"ira": Usd(), "old": Usd.of(500)}
    assert "ira owes $300 of cash" in plan.lines[0].reason


# --- for all households ----------------------------------------------------------------------------------------------
@cache
def examples(mode: str) -> tuple[tuple[int, HouseholdFile, Plan], ...]:
    """Households of one mode with weights between a few percent and one, each with its plan."""
    found = []
    for seed in range(EXAMPLES):
        rng = Random(seed)
        weights = [(kind, Decimal(rng.choice([rng.randint(200, 10_000), 7_800])) / 10_000) for kind in BEFORE_TAX]
        file = weighted(household(Random(seed), **MODES[mode]), *weights)
        found.append((seed, file, checks.plan_of(file)))
    return tuple(found)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("promise", checks.FOR_ANY_POLICY, ids=lambda promise: promise.__name__)
def test_every_plan_keeps(promise: Promise, mode: str) -> None:
    broken = {}
    for seed, file, plan in examples(mode):
        real = promise is checks.cash
        broken[seed] = list(promise(file, plan, oracles.facts(weighted(file) if real else file)))

    assert not {seed: found for seed, found in broken.items() if found}


@pytest.mark.parametrize("mode", ["exact", "losses"])
def test_with_bands_of_zero_every_plan_reaches_the_limit(mode: str) -> None:
    above = {seed: plan for seed, _, plan in examples(mode) if plan.drift_after != plan.drift_limit}

    assert not above


@pytest.mark.parametrize("mode", MODES)
def test_the_order_of_lists_changes_no_byte_of_the_answer(mode: str) -> None:
    for seed, file, plan in examples(mode):
        mixed = permuted(file, Random(seed))
        again = weighted(mixed, *reversed(file.policy.after_tax_weights))
        assert text(checks.plan_of(again)) == text(plan), f"seed {seed}"


@pytest.mark.parametrize("mode", MODES)
def test_weights_of_one_change_nothing(mode: str) -> None:
    for seed in range(EXAMPLES):
        file = household(Random(seed), **MODES[mode])
        assert checks.plan_of(weighted(file, *ONES)) == checks.plan_of(file), f"seed {seed}"


@pytest.mark.parametrize("seed", range(5))
def test_a_plan_keeps_to_what_was_laid_down_however_little_a_dollar_counts(seed: int) -> None:
    rng = Random(seed)
    for _ in range(20):
        file = test_laid_down.household(rng)
        if any(fund.symbol == "MIX" for fund in file.household.instruments):
            file = trading(file)
        weights = [(kind, Decimal(rng.choice(["0.0001", "0.01", "0.5", "0.78", "0.9999"]))) for kind in BEFORE_TAX]
        plan = checks.plan_of(weighted(file, *weights))

        assert list(test_laid_down.broken(file, plan)) == []


def test_the_weights_matter() -> None:
    changed = [seed for seed, file, plan in examples("exact") if orders(checks.plan_of(weighted(file))) != orders(plan)]

    assert len(changed) > EXAMPLES // 4


def test_an_order_counts_what_it_was_to_count() -> None:
    """Of a sale and of a purchase the real cents say what they count, whatever the weight."""
    rng = Random(0)
    for _ in range(2_000):
        counted, weight = rng.randint(1, 10**6), Decimal(rng.randint(1, 10_000)) / 10_000
        for side in Side:
            assert after_tax.of_order(side, after_tax.real(side, counted, weight), weight) == counted


def test_without_weights_a_policy_counts_every_dollar_in_full() -> None:
    policy = Policy(targets_pct=(("stocks", Decimal(100)),))

    assert {policy.weight(kind) for kind in Kind} == {Decimal(1)}
