"""Where each class stands once the shelters' debts are cured and nothing else is done, by the rule alone.

What a shelter owes is raised from its money funds, then from the classes that are funded best, all down to one ratio of
worth to goal; a class without a goal goes first. Accounts take their turn by name.
"""

from __future__ import annotations

from fractions import Fraction
from math import floor

from bot.domain.instruments import CASH
from tests.engine.oracles import Facts

HALVINGS = 100
Widths = dict[str, int]  # what a class's worth is measured by


def cured(known: Facts) -> dict[str, int]:
    """Cents by class, each right to within a cent for every purse that owes."""
    worth = {name: known.worth[name] for name in known.classes}
    for purse in sorted(known.purses, key=lambda purse: purse.id):
        rest = purse.debt - min(purse.debt, purse.held[CASH])
        held = {name: purse.held[name] for name in known.classes if name != CASH and purse.held[name]}
        goalless = {name: 1 for name in held if not known.goal[name]}
        others = {name: known.goal[name] for name in held if known.goal[name]}
        first = min(rest, sum(held[name] for name in goalless))
        for widths, cents in ((goalless, first), (others, rest - first)):
            for name, given in _given(worth, held, widths, cents).items():
                worth[name] -= given
                worth[CASH] += given
    return worth


def _given(worth: dict[str, int], held: dict[str, int], widths: Widths, cents: int) -> dict[str, int]:
    """What each class gives, all down to one ratio, which is found by halving."""
    ratios = [Fraction(worth[n] - part, width) for n, width in widths.items() for part in (0, held[n])]
    low, high = min(ratios, default=Fraction(0)), max(ratios, default=Fraction(0))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        enough = sum(_above(worth, held, n, width * middle) for n, width in widths.items()) >= cents
        low, high = (middle, high) if enough else (low, middle)
    return {name: floor(_above(worth, held, name, width * low)) for name, width in widths.items()} if cents else {}


def _above(worth: dict[str, int], held: dict[str, int], name: str, level: Fraction) -> Fraction:
    return max(Fraction(0), min(Fraction(held[name]), worth[name] - level))
