"""What could have been done instead of an order, tried out on the same day, and why each was worse."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.domain.instruments import CASH, AssetClass
from bot.domain.money import Usd
from bot.domain.plan import Lever, PlanLine
from bot.domain.snapshot import Side
from bot.engine.elsewhere import other_accounts, other_funds
from bot.engine.explain import dollars
from bot.engine.weighing import Alternative, Bench, Outcome, Verdict, debt_of, is_swap, lies_in, shifted, weigh


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """An order with the class it helps (None: it cures a debt) and what was tried instead of it."""

    line: PlanLine
    helps: AssetClass | None
    together_with: tuple[int, ...]
    alternatives: tuple[Alternative, ...]


def explained(bench: Bench, number: int) -> Explained:
    """One order of the plan beside its alternatives. `number` is one of the plan's lines; StopIteration otherwise."""
    line = next(one for one in bench.plan.lines if one.number == number)
    group = _group(bench, line)
    return Explained(
        line=line,
        helps=_helped(bench, line, group),
        together_with=tuple(one.number for one in group if one is not line),
        alternatives=alternatives(bench, line),
    )


def alternatives(bench: Bench, line: PlanLine) -> tuple[Alternative, ...]:
    """Leaving an order out, other classes, changed places, other accounts, other funds; in this order."""
    return (
        _left_out(bench, line),
        *_other_classes(bench, line),
        *_changed_places(bench, line),
        *other_accounts(bench, line),
        *other_funds(bench, line),
    )


def _helped(bench: Bench, line: PlanLine, group: tuple[PlanLine, ...]) -> AssetClass | None:
    """The class that a purchase tops up; of a sale the lagging one that it pays for, else the one that it trims."""
    if line.side is Side.BUY:
        return line.asset_class
    paid = [one for one in group if one.side is Side.BUY]
    if paid:
        return min(paid, key=lambda one: (_funding(bench, one.asset_class), one.asset_class)).asset_class
    return None if debt_of(bench, line) else CASH


def _funding(bench: Bench, name: AssetClass) -> int:
    """How far a class stands above its goal, in cents."""
    return next((worth - goal for n, worth, goal in _standing(bench) if n == name), 0)


def _standing(bench: Bench) -> zip[tuple[AssetClass, int, int]]:
    return zip(bench.pie.classes, bench.pie.worth, bench.pie.goal, strict=True)


# --- leaving it out ---------------------------------------------------------------------------------------------------
def _group(bench: Bench, line: PlanLine) -> tuple[PlanLine, ...]:
    """The orders that stand and fall together: the order, what it pays for, and what pays for it."""
    mine = [one for one in bench.plan.lines if one.account == line.account]
    if is_swap(line):
        group = [one for one in mine if is_swap(one)]
    elif line.side is Side.SELL:
        group = [one for one in mine if one is line or (one.side is Side.BUY and not is_swap(one))]
    else:
        group = [line]
    return tuple(group if _affordable(bench, line.account, mine, group) else mine)


def _affordable(bench: Bench, account: str, mine: list[PlanLine], group: list[PlanLine]) -> bool:
    """Whether the account's other orders can still be paid once the group is left out."""
    rest = [one for one in mine if one not in group]
    wallet = bench.wallet(account)
    return wallet is not None and wallet.free + sum(_cash(one) for one in rest) >= 0


def _cash(line: PlanLine) -> int:
    return line.usd.cents if line.side is Side.SELL else -line.usd.cents


def _left_out(bench: Bench, line: PlanLine) -> Alternative:
    group = _group(bench, line)
    numbers = " and ".join(str(one.number) for one in group)
    what = f"leave orders {numbers} out" if len(group) > 1 else "leave it out"
    plan = bench.outcome
    undone = [(lies_in(bench, one.symbol, one.usd.cents), 1 if one.side is Side.SELL else -1) for one in group]
    cash = {CASH: sum(_cash(one) for one in group)}
    sold = plan.sold - sum(one.usd.cents for one in group if one.side is Side.SELL)
    other = replace(plan, worth=shifted(bench, *undone, (cash, -1)), sold=sold)
    weighed = weigh(bench, what, other)
    debt = debt_of(bench, line)
    if debt:
        why = f"{line.account} would still owe {dollars(debt)}, and a shelter's debt is cured first"
        return replace(weighed, verdict=Verdict.NOT_POSSIBLE, why=why)
    if line.lever is Lever.LOCATION and weighed.verdict is not Verdict.FARTHER:
        why = "`routing: location` sends new money where its class belongs, whether or not the class lags"
        return replace(weighed, verdict=Verdict.AGAINST_POLICY, why=why)
    return weighed


# --- another class ----------------------------------------------------------------------------------------------------
def _other_classes(bench: Bench, line: PlanLine) -> list[Alternative]:
    """The same cash buying, or raised from, each other class that the account may trade."""
    wallet = bench.wallet(line.account)
    if wallet is None or line.asset_class == CASH:
        return []
    if line.side is Side.BUY:
        names = [name for name in wallet.buys if name in bench.pie.classes and name not in {line.asset_class, CASH}]
        return [_buy_class(bench, line, name) for name in sorted(names)]
    bought = {one.asset_class for one in bench.orders(line.account, Side.BUY)}
    names = sorted({fund.asset_class for fund in wallet.funds} - bought - {line.asset_class, CASH})
    found = [_sell_class(bench, line, name) for name in names]
    return [one for one in found if one is not None]


def _buy_class(bench: Bench, line: PlanLine, name: AssetClass) -> Alternative:
    cents = line.usd.cents
    what = f"buy {dollars(cents)} of {name} instead"
    sold = sum(one.usd.cents for one in bench.orders(line.account, Side.SELL) if one.asset_class == name)
    plan = bench.outcome
    ranks = bench.rank(name, line.account) - bench.rank(line.asset_class, line.account)
    other = Outcome(
        worth=shifted(bench, (lies_in(bench, line.symbol, cents), -1), ({name: cents}, 1)),
        sold=plan.sold - min(sold, cents),  # buying what one sells is selling less
        misplaced=plan.misplaced + ranks * cents,
    )
    return weigh(bench, what, other)


def _sell_class(bench: Bench, line: PlanLine, name: AssetClass) -> Alternative | None:
    """Selling another class instead, as far as the account holds more of it than the plan sells already."""
    wallet = bench.wallet(line.account)
    have = sum(fund.cents for fund in wallet.funds if fund.asset_class == name) if wallet is not None else 0
    sold = sum(one.usd.cents for one in bench.orders(line.account, Side.SELL) if one.asset_class == name)
    cents = min(line.usd.cents, have - sold)
    if cents <= 0:
        return None
    plan = bench.outcome
    ranks = bench.rank(line.asset_class, line.account) - bench.rank(name, line.account)
    worth = shifted(bench, (lies_in(bench, line.symbol, cents), 1), ({name: cents}, -1))
    other = replace(plan, worth=worth, misplaced=plan.misplaced + ranks * cents)
    return weigh(bench, f"sell {dollars(cents)} of {name} instead", other)


def _changed_places(bench: Bench, line: PlanLine) -> list[Alternative]:
    """Two accounts that each buy what the other was given: the same totals, in places that are preferred less."""
    mine = bench.wallet(line.account)
    if mine is None or line.side is Side.SELL:
        return []
    found = []
    for other in bench.plan.lines:
        theirs = bench.wallet(other.account)
        if other.side is Side.SELL or other.account == line.account or other.asset_class == line.asset_class:
            continue
        if theirs is not None and line.asset_class in theirs.buys and other.asset_class in mine.buys:
            found.append(_change(bench, line, other, min(line.usd, other.usd).cents))
    return [one for one in found if one.verdict is not Verdict.AS_GOOD]


def _change(bench: Bench, line: PlanLine, other: PlanLine, cents: int) -> Alternative:
    what = f"buy {other.asset_class} here and {line.asset_class} in {other.account} ({dollars(cents)}, see order"
    extra = (
        bench.rank(other.asset_class, line.account)
        + bench.rank(line.asset_class, other.account)
        - bench.rank(line.asset_class, line.account)
        - bench.rank(other.asset_class, other.account)
    )
    outcome = replace(bench.outcome, misplaced=bench.outcome.misplaced + extra * cents)
    weighed = weigh(bench, f"{what} {other.number})", outcome)
    return replace(weighed, drift_after=Usd(bench.plan.drift_after.cents))
