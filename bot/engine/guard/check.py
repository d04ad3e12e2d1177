"""The guard itself: seventeen rules, and an order leaves only where none of them speaks."""

from __future__ import annotations

from collections.abc import Callable

from bot.domain.violations import Violation
from bot.engine.guard import amounts, prices, standing, taxes
from bot.engine.guard.case import Case, no

Rule = Callable[[Case], Violation | None]

RULES: dict[str, Rule] = {
    "G1": taxes.taxable_sale,
    "G2": amounts.oversell,
    "G3": amounts.overdraw,
    "G4": amounts.one_order,
    "G5": amounts.one_day,
    "G6": prices.quoted,
    "G7": standing.known,
    "G8": standing.in_session,
    "G9": standing.not_halted,
    "G10": standing.as_planned,
    "G11": standing.one_world,
    "G12": standing.as_approved,
    "G13": standing.alone,
    "G14": standing.clocks,
    "G15": amounts.numbers,
    "G16": prices.corporate_action,
    "G17": taxes.wash_sale,
}


UNCHECKED = (ArithmeticError, LookupError, TypeError, ValueError)


def check(case: Case) -> tuple[Violation, ...]:
    """Everything that speaks against sending this order now; empty means that it may go.

    Pure: it reads nothing but the case. A rule that stumbles over the figures refuses the order. After SEC Rule 15c3-5
    (market access): limits in dollars and counts, price collars, duplicates, authorised orders only.
    """
    found = (_judged(code, rule, case) for code, rule in RULES.items())
    return tuple(violation for violation in found if violation is not None)


def _judged(code: str, rule: Rule, case: Case) -> Violation | None:
    try:
        return rule(case)
    except UNCHECKED:
        return no(code, "The figures are such that this rule cannot be checked.")
