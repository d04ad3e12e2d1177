"""Funds of several classes beside the network: cases worked out by hand, HiGHS, the network itself, and the proof."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

import highspy
import pytest

from bot.engine.flow import Network
from bot.engine.mixed import Mixture, improve, make_up
from bot.engine.prices import most, prove
from bot.engine.spread import even_out
from tests.engine.mixtures import drift, example, halves, mixture, sold

EXAMPLES = 150
UNIT = 100_000  # cents: HiGHS works to about 1e-7


# --- by hand ---------------------------------------------------------------------------------------------------------
def test_a_fund_of_two_classes_is_the_only_way_to_spend_cash() -> None:
    """$1,000 of cash; stocks lack $600 and bonds $400: the 60/40 fund closes both gaps to the cent."""
    mix = mixture(
        held=[[0, 0, 0]], free=[100_000], goal=[0, 60_000, 40_000], funds=halves((60, 40)), in_funds=[[0]], buys=["3"]
    )
    proof = prove(mix)
    improve(mix)

    assert (mix.flow, drift(mix), proof.cents) == ([[100_000]], 0, 0)


def test_a_fund_that_overshoots_one_class_is_bought_only_as_far_as_it_helps() -> None:
    """Cash is $600 over goal and stocks $600 under, bonds at theirs, and there is only the 60/40 fund.

    Each dollar of it brings cash a dollar nearer and stocks 60 cents, and bonds 40 cents off. Beyond $600 cash would
    lack, so a dollar more would cost $1.40 and gain 60 cents.
    """
    mix = mixture(
        held=[[0, 0, 0]],
        free=[200_000],
        goal=[140_000, 60_000, 0],
        funds=halves((60, 40)),
        in_funds=[[0]],
        buys=["3"],
    )
    improve(mix)

    assert mix.flow == [[60_000]]


def test_a_fund_is_not_bought_with_cash_that_is_at_its_goal() -> None:
    """Nothing is off: to buy the balanced fund would leave cash short."""
    mix = mixture(
        held=[[0, 0, 0]],
        free=[50_000],
        goal=[50_000, 20_000, 40_000],
        funds=halves((60, 40)),
        in_funds=[[0]],
        buys=["3"],
        fixed=[0, 20_000, 40_000],
    )
    improve(mix)

    assert (mix.flow, mix.net.flow) == ([[0]], [[50_000, 0, 0]])


def test_a_fund_of_what_lacks_nothing_is_not_bought_though_cash_is_over() -> None:
    """Real estate lacks and cannot be bought; the fund would only shift the excess from cash to stocks and bonds."""
    mix = mixture(
        held=[[0, 0, 0, 0]],
        free=[50_000],
        goal=[20_000, 10_000, 20_000, 60_000],
        funds=[[*row, Fraction(0)] for row in halves((60, 40))],
        in_funds=[[0]],
        buys=["4"],
        fixed=[0, 20_000, 40_000, 0],
    )
    improve(mix)

    assert (mix.flow, mix.net.flow) == ([[0]], [[50_000, 0, 0, 0]])


def test_an_overweight_class_is_reached_by_selling_a_balanced_fund() -> None:
    """All $1,000 lie in 80/20; 50/50 is wanted and bonds may be bought: sell x with 0.8 (1000 - x) = 500."""
    mix = mixture(held=[[0, 0, 0]], goal=[0, 50_000, 50_000], funds=halves((80, 20)), in_funds=[[100_000]], buys=["2"])
    improve(mix)

    assert mix.flow == [[62_500]]
    assert mix.net.flow == [[0, 0, 37_500]]
    assert drift(mix) == 0


def test_between_two_funds_of_two_classes_the_gap_that_stays_is_proven_by_a_price_between() -> None:
    """From 80/20 and 60/40 no mix is 50/50: all into 60/40, $100 too much of stocks, drift $200."""
    mix = mixture(
        held=[[0, 0, 0]],
        goal=[0, 50_000, 50_000],
        funds=halves((80, 20), (60, 40)),
        in_funds=[[100_000, 0]],
        buys=["4"],
    )
    proof = prove(mix)
    improve(mix)

    assert mix.flow == [[0, 100_000]]
    assert (proof.cents, drift(mix)) == (20_000, 20_000)
    assert proof.weights[2] == proof.whole
    assert proof.weights[1] == 0


def test_a_class_may_count_in_part_in_a_proof() -> None:
    """Three classes, one fund of all three and one of two: the drift that stays has a weight between 0 and 1."""
    funds = [
        [Fraction(0), Fraction(1, 2), Fraction(1, 4), Fraction(1, 4)],
        [Fraction(0), Fraction(0), Fraction(1), Fraction(0)],
    ]
    mix = mixture(held=[[0] * 4], goal=[0, 40_000, 20_000, 40_000], funds=funds, in_funds=[[0, 100_000]], buys=["4"])
    proof = prove(mix)
    improve(mix)

    assert proof.cents == drift(mix)
    assert proof.cents > 0


def test_idle_cash_finds_its_way_by_a_swap_of_its_own_size() -> None:
    """Cash lies where only stocks can be bought, bonds lack; the other account swaps as much, and no more."""
    mix = mixture(
        held=[[0, 0, 0], [0, 500_000, 0]],
        free=[10_000, 0],
        goal=[0, 400_000, 110_000],
        funds=halves((50, 50)),
        in_funds=[[0], [0]],
        buys=["1", "2"],
    )
    make_up(mix, 0)

    assert mix.net.flow == [[0, 10_000, 0], [0, 490_000, 10_000]]


# --- against others --------------------------------------------------------------------------------------------------
def by_highs(mix: Mixture) -> tuple[float, float, float]:
    """Least drift and least turnover for it in cents, and then the best ratio W/T of the worst funded class.

    How far a class may go astray in between is left open, so that the last is an upper bound.
    """
    highs, net = highspy.Highs(), mix.net
    highs.silent()
    size = len(net.goal)
    lies = list[list[Any]]()
    for a in net.accounts:
        low, room = [*net.low[a], *mix.low[a]], [*net.room[a], *mix.room[a]]
        lies.append([highs.addVariable(at / UNIT, to / UNIT) for at, to in zip(low, room, strict=True)])
        highs.addConstr(sum(lies[a]) == mix.supply(a) / UNIT)
    off = []
    for c in net.classes:
        share = [1.0 if i == c else 0.0 for i in range(size)] + [parts[c] / mix.whole for parts in mix.parts]
        worth = sum(part * x for row in lies for part, x in zip(share, row, strict=True) if part)
        over, under = highs.addVariable(0), highs.addVariable(0)
        highs.addConstr(worth - over + under == (net.goal[c] - mix.fixed[c] / mix.whole) / UNIT)
        off += [over, under]
    least = _least(highs, sum(off))
    highs.addConstr(sum(off) <= least + 0.05 / UNIT)
    sales = []
    for row, base in zip(lies, ([*b, *m] for b, m in zip(net.base, mix.base, strict=True)), strict=True):
        for x, at in zip(row, base, strict=True):
            sales.append(highs.addVariable(0))
            highs.addConstr(sales[-1] + x >= at / UNIT)
    fewest = _least(highs, sum(sales))
    highs.addConstr(sum(sales) <= fewest + 0.05 / UNIT)
    level = highs.addVariable(-highspy.kHighsInf)
    for c, (over, under) in enumerate(zip(off[::2], off[1::2], strict=True)):
        if net.goal[c]:
            highs.addConstr(over - under - level * (net.goal[c] / UNIT) >= -net.goal[c] / UNIT)
    return least * UNIT, fewest * UNIT, -_least(highs, 0 - level)


def _least(highs: Any, wanted: Any) -> float:  # noqa: ANN401 - highspy publishes no types
    highs.minimize(wanted)
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return float(highs.getObjectiveValue())


def test_drift_and_turnover_are_the_least_that_highs_finds() -> None:
    for seed in range(EXAMPLES):
        mix = example(seed)
        least, fewest, level = by_highs(mix)
        proof = prove(mix)
        improve(mix)
        worst = min((w / t for w, t in zip(mix.net.worth, mix.net.goal, strict=True) if t), default=0)

        assert abs(float(proof.drift) - least) < 1, f"seed {seed}: limit"
        assert abs(drift(mix) - least) < 30, f"seed {seed}: drift"
        assert abs(sold(mix) - fewest) < 30, f"seed {seed}: turnover"
        assert worst < level + 1e-4, f"seed {seed}: the worst funded class"


@pytest.mark.parametrize("loose", [False, True])
def test_without_such_funds_it_is_the_network(*, loose: bool) -> None:
    for seed in range(EXAMPLES):
        mix, net = example(seed, 0, loose=loose), example(seed, 0, loose=loose).net
        improve(mix)
        net.improve(range(len(net.goal)))
        even_out(net)

        assert max(abs(a - b) for a, b in zip(mix.net.worth, net.worth, strict=True)) <= 5, f"seed {seed}"
        assert abs(sold(mix) - sum(_sold(net))) <= 5, f"seed {seed}"


def _sold(net: Network) -> list[int]:
    return [
        max(0, b - f) for base, flow in zip(net.base, net.flow, strict=True) for b, f in zip(base, flow, strict=True)
    ]


# --- promises --------------------------------------------------------------------------------------------------------
def test_no_cent_is_lost_and_no_bound_is_broken() -> None:
    for seed in range(EXAMPLES):
        mix = example(seed)
        supply, total = [mix.supply(a) for a in mix.net.accounts], sum(mix.net.worth)
        improve(mix)

        assert [mix.supply(a) for a in mix.net.accounts] == supply, f"seed {seed}"
        assert sum(mix.net.worth) == total, f"seed {seed}"
        for a in mix.net.accounts:
            row = zip([*mix.net.flow[a], *mix.flow[a]], [*mix.net.room[a], *mix.room[a]], strict=True)
            assert all(0 <= cents <= room for cents, room in row), f"seed {seed}"


def test_any_weights_prove_a_bound_that_no_division_of_the_money_passes() -> None:
    for seed in range(EXAMPLES):
        mix, rng = example(seed), Random(seed)
        weights = [rng.randint(0, 9) for _ in mix.net.goal]
        best = sum(most(mix, a, weights) for a in mix.net.accounts)
        improve(mix)
        lying = mix.lying(mix.net.flow, mix.flow)

        assert sum(w * parts for w, parts in zip(weights, lying, strict=True)) <= best, f"seed {seed}"


def test_a_second_look_moves_nothing_that_matters() -> None:
    for seed in range(EXAMPLES):
        mix = example(seed)
        improve(mix)
        mix.net.base = [list(row) for row in mix.net.flow]
        mix.base = [list(row) for row in mix.flow]
        mix.net.start = list(mix.net.worth)
        before = drift(mix)
        improve(mix)

        assert before - drift(mix) <= 30, f"seed {seed}"
        assert sold(mix) <= 60, f"seed {seed}"


def test_the_order_of_accounts_changes_no_total() -> None:
    for seed in range(EXAMPLES):
        mix, other = example(seed), example(seed)
        order = Random(seed).sample(list(mix.net.accounts), len(mix.net.accounts))
        for side in (other, other.net):
            for name in ("flow", "low", "room", "base"):
                setattr(side, name, [getattr(side, name)[a] for a in order])
        improve(mix)
        improve(other)

        assert max(abs(a - b) for a, b in zip(mix.net.worth, other.net.worth, strict=True)) <= 10, f"seed {seed}"
