"""What could have been done instead of an order, tried out on the same day, and why each was worse."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.domain.instruments import CASH, AssetClass, look_through
from bot.domain.money import Usd
from bot.domain.plan import Lever, PlanLine
from bot.domain.snapshot import Side
from bot.engine.after_tax import real
from bot.engine.elsewhere import other_accounts, other_funds
from bot.engine.explain import dollars
from bot.engine.wallets import Wallet
from bot.engine.weighing import (
    Alternative,
    Bench,
    ByClass,
    Outcome,
    Verdict,
    debt_of,
    is_swap,
    name_of,
    part_of,
    shifted,
    weigh,
)


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
    bought = [line] if line.side is Side.BUY else [one for one in group if one.side is Side.BUY]
    if not bought:
        return None if debt_of(bench, line) else CASH
    worst = _worst(bench, bought)
    if _funding(bench, worst) < 0 or line.lever is Lever.LOCATION:
        return worst
    # a link of a chain of swaps: what it buys is over goal, and another account sells that for what lags
    return _worst(bench, [one for one in bench.plan.lines if one.side is Side.BUY])


def _worst(bench: Bench, bought: Iterable[PlanLine]) -> AssetClass:
    """Of the classes that these orders buy, the one that stands worst."""
    names = {name for one in bought for name, _ in one.by_class}
    return min(names, key=lambda name: (_funding(bench, name), name))


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
    return wallet is not None and wallet.free + sum(_cash(bench, one) for one in rest) >= 0


def _cash(bench: Bench, line: PlanLine) -> int:
    return bench.counted(line) if line.side is Side.SELL else -bench.counted(line)


def _left_out(bench: Bench, line: PlanLine) -> Alternative:
    group = _group(bench, line)
    numbers = " and ".join(str(one.number) for one in group)
    what = f"leave orders {numbers} out" if len(group) > 1 else "leave it out"
    plan = bench.outcome
    undone = [(bench.by_class(one), 1 if one.side is Side.SELL else -1) for one in group]
    cash = [(CASH, sum(_cash(bench, one) for one in group))]
    sold = plan.sold - sum(bench.counted(one) for one in group if one.side is Side.SELL)
    other = replace(plan, worth=shifted(bench, *undone, (cash, -1)), sold=sold)
    weighed = weigh(bench, what, other)
    debt = debt_of(bench, line)
    if debt:
        wallet = bench.wallet(line.account)
        why = f"{line.account} would still owe {dollars(debt)}, and a shelter's debt is cured first"
        if wallet is not None and wallet.settled >= 0:
            why = f"{line.account} would lack {dollars(debt)} that its earmarks need soon"
        return replace(weighed, verdict=Verdict.NOT_POSSIBLE, why=why)
    if line.lever is Lever.LOCATION and weighed.verdict is not Verdict.FARTHER:
        rule = bench.day.policy.routing.value
        why = f"`routing: {rule}` sends new money where its class belongs, whether or not the class lags"
        return replace(weighed, verdict=Verdict.AGAINST_POLICY, why=why)
    return weighed


# --- another class, or a fund of several ------------------------------------------------------------------------------
def _other_classes(bench: Bench, line: PlanLine) -> list[Alternative]:
    """The same cash buying, or raised from, each other class and each fund of several that the account may trade."""
    wallet = bench.wallet(line.account)
    if wallet is None or name_of(line) == CASH:
        return []
    if line.side is Side.BUY:
        names = {name for name in wallet.buys if name in bench.pie.classes} | set(wallet.mixed_buys)
        return [_buy_instead(bench, line, name) for name in sorted(names - {name_of(line), CASH})]
    bought = {name_of(one) for one in bench.orders(line.account, Side.BUY)}
    names = {fund.asset_class for fund in wallet.funds} | {fund.symbol for fund in wallet.mixed}
    found = [_sell_instead(bench, line, name, wallet) for name in sorted(names - bought - {name_of(line), CASH})]
    return [one for one in found if one is not None]


def _cents_of(bench: Bench, name: str, cents: int) -> ByClass:
    """So many cents of a class, or of a fund of several, by class."""
    return look_through(name, bench.pie.mixes.get(name, ()), cents)


def _sold(bench: Bench, account: str, name: str) -> int:
    return sum(bench.counted(one) for one in bench.orders(account, Side.SELL) if name_of(one) == name)


def _buy_instead(bench: Bench, line: PlanLine, name: str) -> Alternative:
    cents, plan = bench.counted(line), bench.outcome
    there, here = _cents_of(bench, name, cents), bench.by_class(line)
    misplaced = bench.misplaced(there, line.account) - bench.misplaced(here, line.account)
    other = Outcome(
        worth=shifted(bench, (here, -1), (there, 1)),
        sold=plan.sold - min(_sold(bench, line.account, name), cents),  # buying what one sells is selling less
        misplaced=plan.misplaced + misplaced,
    )
    return weigh(bench, f"buy {dollars(line.usd.cents)} of {name} instead", other)


def _sell_instead(bench: Bench, line: PlanLine, name: str, wallet: Wallet) -> Alternative | None:
    """Selling something else instead, as far as the account holds more of it than the plan sells already."""
    have = sum(fund.cents for fund in wallet.funds if fund.asset_class == name)
    have += sum(fund.cents for fund in wallet.mixed if fund.symbol == name)
    cents = min(bench.counted(line), have - _sold(bench, line.account, name))
    if cents <= 0:
        return None
    there, here = _cents_of(bench, name, cents), part_of(line, cents)
    misplaced = bench.misplaced(here, line.account) - bench.misplaced(there, line.account)
    worth = shifted(bench, (here, 1), (there, -1))
    other = replace(bench.outcome, worth=worth, misplaced=bench.outcome.misplaced + misplaced)
    return weigh(bench, f"sell {dollars(real(Side.SELL, cents, wallet.weight))} of {name} instead", other)


def _changed_places(bench: Bench, line: PlanLine) -> list[Alternative]:
    """Two accounts that each buy what the other was given: the same totals, in places that are preferred less."""
    mine = bench.wallet(line.account)
    if mine is None or line.side is Side.SELL:
        return []
    found = []
    for other in bench.plan.lines:
        theirs = bench.wallet(other.account)
        if other.side is Side.SELL or other.account == line.account or name_of(other) == name_of(line):
            continue
        if theirs is not None and _may_buy(theirs, line) and _may_buy(mine, other):
            found.append(_change(bench, line, other, mine))
    return [one for one in found if one.verdict is not Verdict.AS_GOOD]


def _may_buy(wallet: Wallet, line: PlanLine) -> bool:
    return line.symbol in wallet.mixed_buys if line.exposure else line.asset_class in wallet.buys


def _change(bench: Bench, line: PlanLine, other: PlanLine, here: Wallet) -> Alternative:
    cents = min(bench.counted(line), bench.counted(other))
    usd = dollars(real(Side.BUY, cents, here.weight))
    what = f"buy {name_of(other)} here and {name_of(line)} in {other.account} ({usd}, see order"
    mine, theirs = part_of(line, cents), part_of(other, cents)
    extra = (
        bench.misplaced(theirs, line.account)
        + bench.misplaced(mine, other.account)
        - bench.misplaced(mine, line.account)
        - bench.misplaced(theirs, other.account)
    )
    outcome = replace(bench.outcome, misplaced=bench.outcome.misplaced + extra)
    weighed = weigh(bench, f"{what} {other.number})", outcome)
    return replace(weighed, drift_after=Usd(bench.plan.drift_after.cents))
