"""The compact check that every broken engine must fail: drawn rules, hand-checked cases, households against oracles.

Run as a program with another `bot` first on the path; exits non-zero at the first promise that is broken.
"""

from __future__ import annotations

import inspect
import json
from dataclasses import replace
from decimal import Decimal
from importlib import import_module
from random import Random
from types import ModuleType

from bot.domain.household import Kind
from tests.engine import (
    checks,
    oracles,
    test_bands,
    test_cash,
    test_debts,
    test_limits,
    test_places,
    test_wash_sales,
)
from tests.engine.drawing import planned
from tests.engine.households import household

RULES = (test_bands, test_wash_sales, test_cash, test_debts, test_places, test_limits)
HOUSEHOLDS = 24


def drawn_rules(module: ModuleType) -> None:
    """Every test of a module that draws its household in its docstring."""
    for name, test in vars(module).items():
        if name.startswith("test_") and "plan" in inspect.signature(test).parameters:
            test(planned(inspect.cleandoc(test.__doc__)))


def taxes() -> None:
    """The tests of the counterfactual, which draw their own."""
    module = import_module("tests.engine.test_counterfactual")  # late: it needs pytest, which starts slowly
    for name, test in vars(module).items():
        if name.startswith("test_") and not inspect.signature(test).parameters:
            test()
    module.test_exactly_one_year_is_short("2025-03-02", "240.00")
    module.test_exactly_one_year_is_short("2025-03-01", "112.50")


def cases() -> None:
    """The hand-checked cases."""
    scenarios = import_module("tests.scenarios.test_cases")  # late: it needs pydantic, which starts slowly
    for path in scenarios.CASES:
        expect = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)["expect"]
        assert not list(scenarios.differences(expect, scenarios.answered(path))), path.stem


def households() -> None:
    """Some random households of each mode."""
    for seed in range(HOUSEHOLDS):
        losses, whole = seed % 3 == 0, seed % 3 == 2
        file = household(Random(seed), zero_bands=not whole, fractional=not whole, losses=losses)
        plan, known = checks.plan_of(file), oracles.facts(file)
        promises = checks.FOR_ANY_POLICY if whole else (*checks.FOR_ANY_POLICY, checks.at_the_limit)
        for promise in promises:
            assert not list(promise(file, plan, known)), f"{promise.__name__}, household {seed}"


def after_tax() -> None:
    """Some random households in which a dollar counts for less before tax."""
    weights = ((Kind.TRADITIONAL, Decimal("0.4")), (Kind.WORKPLACE, Decimal("0.7801")), (Kind.HSA, Decimal("0.01")))
    for seed in range(HOUSEHOLDS, 2 * HOUSEHOLDS):
        real = household(Random(seed), zero_bands=seed % 2 == 0)
        file = replace(real, policy=replace(real.policy, after_tax_weights=weights))
        plan = checks.plan_of(file)
        for promise in checks.FOR_ANY_POLICY:
            known = oracles.facts(real if promise is checks.cash else file)
            assert not list(promise(file, plan, known)), f"{promise.__name__}, household {seed}"
        least = file.policy.min_trade
        debts = {purse.id for purse in oracles.facts(file).purses if purse.debt}
        assert all(line.usd >= least or line.account in debts for line in plan.lines), f"minimum, household {seed}"


if __name__ == "__main__":
    for rules in RULES:
        drawn_rules(rules)
    households()
    after_tax()
    taxes()
    cases()
