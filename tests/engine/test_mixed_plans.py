"""Plans that trade funds of several classes: by hand, and what must hold of any of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from random import Random

import pytest

from bot.cli.answer import answer
from bot.domain.household import Kind
from bot.domain.money import Usd
from bot.domain.plan import Plan
from bot.domain.readings import HouseholdFile
from bot.domain.snapshot import Side
from tests.engine import test_laid_down
from tests.engine.checks import plan_of
from tests.engine.drawing import drawn
from tests.engine.households import household
from tests.engine.test_properties import permuted

EXAMPLES = 250
CENTS = 60  # rounding: a cent for each class and order


def orders(plan: Plan) -> list[tuple[str, str, str, str]]:
    """Account, side, symbol and dollars of each order."""
    return [(line.account, line.side.value, line.symbol, str(line.usd)) for line in plan.lines]


# --- by hand ---------------------------------------------------------------------------------------------------------
def test_new_cash_buys_the_only_fund_on_the_menu() -> None:
    """A target-date fund is all that the workplace plan has.

    targets: stocks 60, bonds 40
    TDF: stocks 60 bonds 40 at 10
    plan 401k: cash 1000; menu TDF
    """
    plan = plan_of(drawn(test_new_cash_buys_the_only_fund_on_the_menu.__doc__ or ""))

    assert orders(plan) == [("plan", "buy", "TDF", "$1,000.00")]
    assert (plan.drift_after, plan.drift_limit) == (Usd(), Usd())


def test_a_balanced_fund_is_sold_to_reach_an_overweight_class() -> None:
    """All of the IRA lies in 80/20, 50/50 is wanted: sell x of it with 0.8 (10,000 - x) = 5,000, for bonds.

    targets: stocks 50, bonds 50
    BAL: stocks 80 bonds 20 at 10
    BND: bonds 100 at 10
    ira traditional: 1000 BAL
    """
    plan = plan_of(drawn(test_a_balanced_fund_is_sold_to_reach_an_overweight_class.__doc__ or ""))

    assert orders(plan) == [("ira", "sell", "BAL", "$3,750.00"), ("ira", "buy", "BND", "$3,750.00")]
    assert plan.drift_after == Usd()
    assert "inside ira realises no taxable gain" in plan.lines[0].reason


def test_in_taxable_such_a_fund_is_bought_with_cash_but_never_sold() -> None:
    """The taxable account holds too much of stocks and the balanced fund; its cash buys the balanced fund.

    targets: stocks 50, bonds 50
    BAL: stocks 20 bonds 80 at 10
    OLD: stocks 90 bonds 10 at 10
    tax taxable: 1000 OLD; cash 1000; menu BAL
    """
    plan = plan_of(drawn(test_in_taxable_such_a_fund_is_bought_with_cash_but_never_sold.__doc__ or ""))

    assert orders(plan) == [("tax", "buy", "BAL", "$1,000.00")]
    assert "fund_of_several_classes" in {note.code for note in plan.notes}


def test_loss_lots_of_such_a_fund_stay_in_taxable() -> None:
    """Selling losses is allowed, and the balanced fund stands below its cost: it is counted all the same, not sold.

    targets: stocks 50, bonds 50
    policy: taxable_sells losses_only
    BAL: stocks 80 bonds 20 at 10
    BND: bonds 100 at 10
    tax taxable: 1000 BAL @12 since 2020-01-02
    """
    plan = plan_of(drawn(test_loss_lots_of_such_a_fund_stay_in_taxable.__doc__ or ""))

    assert not plan.lines


def test_a_gap_that_stays_is_proven_and_told() -> None:
    """From 80/20 and 60/40 no mix is 50/50: $1,000 too much of stocks stays, and bonds lack it.

    targets: stocks 50, bonds 50
    BAL: stocks 80 bonds 20 at 10
    TDF: stocks 60 bonds 40 at 10
    ira traditional: 1000 BAL; menu TDF
    """
    plan = plan_of(drawn(test_a_gap_that_stays_is_proven_and_told.__doc__ or ""))

    assert orders(plan) == [("ira", "sell", "BAL", "$10,000.00"), ("ira", "buy", "TDF", "$10,000.00")]
    assert (plan.drift_after, plan.drift_limit) == (Usd.of(2000), Usd.of(2000))
    assert plan.certificate.shortfall == Usd.of(1000)
    assert "residual" in {note.code for note in plan.notes}


def test_whole_shares_that_leave_a_gap_say_so() -> None:
    """Shares of $3,000 cannot be split: the least drift is 0, the plan stays above it.

    targets: stocks 50, bonds 50
    policy: fractional_shares no
    BAL: stocks 80 bonds 20 at 3000
    BND: bonds 100 at 2900
    ira traditional: 4 BAL
    """
    plan = plan_of(drawn(test_whole_shares_that_leave_a_gap_say_so.__doc__ or ""))

    assert plan.drift_limit == Usd()
    assert plan.drift_after.cents > 0
    assert "gap_to_limit" in {note.code for note in plan.notes}


def test_a_debt_is_cured_by_selling_the_balanced_fund() -> None:
    """The IRA owes $300 and holds nothing else.

    targets: stocks 60, bonds 40
    BAL: stocks 60 bonds 40 at 10
    ira traditional: 100 BAL; cash -300
    """
    plan = plan_of(drawn(test_a_debt_is_cured_by_selling_the_balanced_fund.__doc__ or ""))

    assert orders(plan) == [("ira", "sell", "BAL", "$300.00")]
    assert dict(plan.cash_after) == {"ira": Usd()}


def test_the_answer_names_the_classes_of_such_an_order() -> None:
    """A target-date fund is all that there is.

    targets: stocks 60, bonds 40
    TDF: stocks 60 bonds 40 at 10
    plan 401k: cash 1000; menu TDF
    """
    told = answer(plan_of(drawn(test_the_answer_names_the_classes_of_such_an_order.__doc__ or "")))
    first = told["orders"]

    assert isinstance(first, list)
    assert first[0]["classes_pct"] == {"stocks": "60", "bonds": "40"}


# --- any household ---------------------------------------------------------------------------------------------------
@cache
def examples(mode: str) -> tuple[tuple[int, HouseholdFile, Plan], ...]:
    """Households in which a fund of two classes may be traded, each with its plan."""
    found = []
    for seed in range(EXAMPLES):
        file = household(Random(seed), zero_bands=mode == "exact", fractional=mode != "whole")
        if any(one.symbol == "MIX" for one in file.household.instruments):
            found.append((seed, trading(file), plan_of(trading(file))))
    return tuple(found)


def trading(file: HouseholdFile) -> HouseholdFile:
    """The same household with its fund of two classes tradable, and on every second menu."""
    instruments = tuple(
        replace(one, tradable=one.symbol == "MIX" or one.tradable) for one in file.household.instruments
    )
    accounts = tuple(
        replace(one, menu=tuple(dict.fromkeys([*one.menu, *(["MIX"] if n % 2 else [])])))
        for n, one in enumerate(file.household.accounts)
    )
    return replace(file, household=replace(file.household, instruments=instruments, accounts=accounts))


MODES = ["exact", "banded", "whole"]


@pytest.mark.parametrize("mode", MODES)
def test_no_plan_lies_below_its_limit_and_the_proof_is_that_limit(mode: str) -> None:
    for seed, _, plan in examples(mode):
        assert plan.drift_after >= plan.drift_limit, f"seed {seed}"
        assert plan.certificate.shortfall * 2 == plan.drift_limit, f"seed {seed}"


def test_with_bands_of_zero_and_fractions_every_plan_reaches_the_limit() -> None:
    far = {seed: plan.drift_after - plan.drift_limit for seed, _, plan in examples("exact")}

    assert not {seed: gap for seed, gap in far.items() if gap.cents > CENTS}


@pytest.mark.parametrize("mode", MODES)
def test_every_plan_follows_from_its_lines(mode: str) -> None:
    for seed, _, plan in examples(mode):
        worth = {line.asset_class: line.before.cents for line in plan.classes}
        for line in plan.lines:
            sign = 1 if line.side is Side.BUY else -1
            worth["cash"] -= sign * line.usd.cents
            for name, cents in line.by_class:
                worth[name] += sign * cents

        assert worth == {line.asset_class: line.after.cents for line in plan.classes}, f"seed {seed}"


@pytest.mark.parametrize("mode", MODES)
def test_such_a_fund_is_sold_only_in_shelters_and_bought_only_from_menus(mode: str) -> None:
    traded = 0
    for seed, file, plan in examples(mode):
        for line in mixed_lines(plan):
            account = file.household.account(line[0])
            traded += 1
            assert account.managed, f"seed {seed}"
            assert account.kind is not Kind.TAXABLE or line[1] is Side.BUY, f"seed {seed}"
            assert "MIX" in account.menu or line[1] is Side.SELL, f"seed {seed}"

    assert traded > 10


@pytest.mark.parametrize("seed", [137, 640])
def test_the_cure_of_a_debt_does_not_count_as_a_swap_that_places_idle_cash(seed: int) -> None:
    """Households with a debt, idle cash and such a fund: what the debt must sell is no larger or smaller for it."""
    file = trading(test_laid_down.household(Random(seed)))

    assert list(test_laid_down.broken(file, plan_of(file))) == []


def mixed_lines(plan: Plan) -> Iterator[tuple[str, Side]]:
    """Account and side of the orders for the fund of two classes."""
    return ((line.account, line.side) for line in plan.lines if line.symbol == "MIX")


@pytest.mark.parametrize("mode", MODES)
def test_every_trade_lowers_drift_or_cures_a_debt(mode: str) -> None:
    for seed, _, plan in examples(mode):
        debts = any(note.code == "negative_cash" for note in plan.notes)

        assert not plan.lines or debts or plan.drift_after < plan.drift_before, f"seed {seed}"


@pytest.mark.parametrize("mode", MODES)
def test_the_order_of_lists_changes_no_byte_of_the_answer(mode: str) -> None:
    for seed, file, plan in examples(mode)[:30]:
        assert answer(plan_of(permuted(file, Random(seed)))) == answer(plan), f"seed {seed}"
