"""Weighs another way of doing things against a plan by the plan's own rules: distance, turnover, evenness, place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from bot.domain.household import Kind
from bot.domain.instruments import CASH, AssetClass, look_through
from bot.domain.money import Usd
from bot.domain.plan import Lever, Plan, PlanLine
from bot.domain.readings import HouseholdFile
from bot.domain.snapshot import Side
from bot.domain.targets import RebalanceTo
from bot.engine import routing
from bot.engine.explain import dollars
from bot.engine.loop import Attempt, best_orders
from bot.engine.pie import Pie, bake
from bot.engine.wallets import Bans, Wallet
from bot.engine.wash_sales import group_of

ByClass = Sequence[tuple[AssetClass, int]]  # cents by class


class Verdict(StrEnum):
    """What became of an alternative."""

    FARTHER = "farther"  # more total drift
    MORE_TURNOVER = "more_turnover"  # as near, but more would be sold
    LESS_EVEN = "less_even"  # as near, but one class would lag more
    LESS_PREFERRED = "less_preferred"  # as near and as even, but against the location preference or the menu
    TAXABLE = "taxable"  # it would take a sale in a taxable account
    NOT_POSSIBLE = "not_possible"
    DONE = "done"  # the plan does it as well
    AGAINST_POLICY = "against_policy"  # nearer, but a rule of the owner forbids it
    AS_GOOD = "as_good"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """Something that could have been done instead of an order; `drift_after` None where it cannot be done at all."""

    what: str
    drift_after: Usd | None
    verdict: Verdict
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Where a way of doing things leads: cents by class, cents sold, and cents times rank of the places it uses."""

    worth: tuple[int, ...]
    sold: int
    misplaced: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A household on one day beside the plan that was drawn for it, and where that leads.

    The snapshot stands in canonical order.
    """

    day: HouseholdFile
    plan: Plan
    pie: Pie
    outcome: Outcome
    costly: frozenset[tuple[str, str, Side]]  # orders left out for their fee: account, symbol, side

    @property
    def slack(self) -> int:
        """The cents that are no difference: looking through funds of several classes rounds each class to the cent."""
        return len(self.pie.classes) if self.pie.mixes else 0

    def wallet(self, account: str) -> Wallet | None:
        """What an account can move; None for one that is not managed."""
        return next((w for w in self.pie.wallets if w.account.id == account), None)

    def orders(self, account: str, side: Side) -> list[PlanLine]:
        """The plan's orders of one side in an account."""
        return [line for line in self.plan.lines if line.account == account and line.side is side]

    def needs(self, account: str) -> Usd:
        """The cash that an account must not fall below: nothing, or what its earmarks need soon."""
        return Usd(self.pie.asides[account].owed)

    def counted(self, line: PlanLine) -> int:
        """What an order of the plan counts in the pie, in cents."""
        return self.pie.counted(line)

    def by_class(self, line: PlanLine) -> ByClass:
        """What an order of the plan counts in the pie, class by class."""
        return part_of(line, self.counted(line))

    def misplaced(self, by_class: ByClass, account: str) -> int:
        """Cents times the rank of their class in an account; 0 where all of them belong there."""
        kind = self.day.household.account(account).kind
        return sum(cents * routing.rank(self.day.policy, name, kind) for name, cents in by_class)

    def single_class(self, symbol: str) -> AssetClass | None:
        """The one class of a fund; None for a fund of several."""
        return self.day.household.instrument(symbol).single_class

    def stands_for(self, symbol: str, name: AssetClass) -> bool:
        """Whether a fund holds a class, be it in part."""
        return any(name == one for one, _ in self.day.household.instrument(symbol).exposure)

    def buyable(self, wallet: Wallet, name: AssetClass) -> dict[str, Decimal]:
        """What an account may buy today of a class, alone or in a fund of several, with its price."""
        several = {symbol: price for symbol, price in wallet.mixed_buys.items() if self.stands_for(symbol, name)}
        return dict([wallet.buys[name]] if name in wallet.buys else []) | several


def lay_out(day: HouseholdFile, plan: Plan) -> Bench:
    """Sort the household's money again as the plan saw it, with the groups that the plan's own loss sales exclude."""
    snapshot = day.snapshot.sorted()
    policy = day.policy.on(snapshot.as_of_on)
    losses = _groups(day, (line for line in plan.lines if line.lever is Lever.LOSS and line.side is Side.SELL))
    buys = _groups(day, (line for line in plan.lines if line.side is Side.BUY)) if losses else frozenset()
    fees = any(note.code == "fee" for note in plan.notes)
    costly = best_orders(day.household, policy, snapshot).bans.costly if fees else frozenset()
    pie = bake(day.household, policy, snapshot, Bans(buys=losses, losses=buys, costly=costly))
    day = HouseholdFile(household=day.household, policy=policy, snapshot=snapshot)
    return Bench(day=day, plan=plan, pie=pie, outcome=reached(day, pie, plan), costly=costly)


def _groups(day: HouseholdFile, lines: Iterable[PlanLine]) -> frozenset[str]:
    return frozenset(group_of(day.household, line.symbol) for line in lines)


def reached(day: HouseholdFile, pie: Pie, plan: Plan) -> Outcome:
    """Where a plan for this household leads."""
    after = {line.asset_class: line.after.cents for line in plan.classes}
    return _outcome(day, pie, after, [(one.account, one.side, part_of(one, pie.counted(one))) for one in plan.lines])


def tried(bench: Bench, attempt: Attempt) -> Outcome:
    """Where other orders lead, drawn for the same day or for one that forbids something."""
    after = dict(zip(attempt.pie.classes, attempt.worth, strict=True))
    moves = [(attempt.pie.wallets[one.wallet].account.id, one.side, one.by_class) for one in attempt.drafts]
    return _outcome(bench.day, bench.pie, after, moves)


def _outcome(
    day: HouseholdFile, pie: Pie, after: Mapping[AssetClass, int], moves: Sequence[tuple[str, Side, ByClass]]
) -> Outcome:
    kinds = {account.id: account.kind for account in day.household.accounts}
    return Outcome(
        worth=tuple(after.get(name, 0) for name in pie.classes),
        sold=sum(cents for _, side, by_class in moves if side is Side.SELL for _, cents in by_class),
        misplaced=sum(
            routing.rank(day.policy, name, kinds[account]) * (cents if side is Side.BUY else -cents)
            for account, side, by_class in moves
            for name, cents in by_class
        ),
    )


def shifted(bench: Bench, *moves: tuple[ByClass, int]) -> tuple[int, ...]:
    """The plan's outcome with cents by class added, or taken away (sign -1)."""
    worth = dict(zip(bench.pie.classes, bench.outcome.worth, strict=True))
    for by_class, sign in moves:
        for name, part in by_class:
            worth[name] += sign * part
    return tuple(worth[name] for name in bench.pie.classes)


def part_of(line: PlanLine, cents: int) -> ByClass:
    """So many cents of an order's fund by class; none is lost."""
    return look_through(line.asset_class, line.exposure, cents)


def name_of(line: PlanLine) -> str:
    """What an order trades, in words: its class, or the symbol of a fund of several."""
    return line.symbol if line.exposure else line.asset_class


def weigh(bench: Bench, what: str, other: Outcome) -> Alternative:
    """Compare by the order of the rules: least drift, least turnover, evenness, place."""
    verdict, why = _verdict(bench, bench.outcome, other)
    return Alternative(what=what, drift_after=Usd(bench.pie.drift(other.worth)), verdict=verdict, why=why)


def _verdict(bench: Bench, plan: Outcome, other: Outcome) -> tuple[Verdict, str]:
    slack = bench.slack
    worse = bench.pie.drift(other.worth) - bench.pie.drift(plan.worth)
    if worse > slack:
        return Verdict.FARTHER, f"{dollars(worse)} farther from target in total"
    if worse < -slack:
        return _nearer(bench, -worse)
    if other.sold > plan.sold + slack:
        return Verdict.MORE_TURNOVER, f"as near to target, but {dollars(other.sold - plan.sold)} more would be sold"
    if _unevenness(bench.pie, other.worth) > _unevenness(bench.pie, plan.worth):
        return Verdict.LESS_EVEN, f"as near to target in total, but less even: {_loser(bench.pie, plan, other)}"
    if other.misplaced > plan.misplaced:
        return Verdict.LESS_PREFERRED, "as near to target and as even, but against your location preference"
    return Verdict.AS_GOOD, "just as good by every rule: where nothing decides, the same household gets the same plan"


def _nearer(bench: Bench, cents: int) -> tuple[Verdict, str]:
    """Why something nearer was not taken: a rule of the owner, or the rounding to whole shares."""
    policy = bench.day.policy
    near = f"{dollars(cents)} nearer to target"
    if policy.routing.by_place:
        told = f"{near}, but `routing: {policy.routing.value}` sends new money where its class belongs"
        return Verdict.AGAINST_POLICY, told
    if policy.rebalance_to is RebalanceTo.HALF_BAND:
        return Verdict.AGAINST_POLICY, f"{near}, but `rebalance_to: half_band` stops half-way into the band"
    if any(note.code == "min_trade" for note in bench.plan.notes):
        return Verdict.AGAINST_POLICY, f"{near}, but it would leave an order below the minimum of {policy.min_trade}"
    if not policy.fractional_shares:
        return Verdict.AS_GOOD, f"{near}: it fits whole shares a little better than the search share by share did"
    return Verdict.AGAINST_POLICY, f"{near}, but it would swap more than the loop's stages allow"


def _unevenness(pie: Pie, worth: Sequence[int]) -> Fraction:
    """The sum of (W - T)^2 / T: what evenly funded classes make least (Federgruen, Groenevelt 1986)."""
    rows = zip(worth, pie.goal, strict=True)
    return sum((Fraction((w - t) ** 2, t) for w, t in rows if t > 0), Fraction(0))


def _loser(pie: Pie, plan: Outcome, other: Outcome) -> str:
    """The class that would be funded worst, e.g. ``bonds would have 88.0% of their goal, not 94.2%``."""
    rows = [
        (Fraction(w, t), name, Fraction(now, t))
        for name, t, now, w in zip(pie.classes, pie.goal, plan.worth, other.worth, strict=True)
        if t > 0 and w < now
    ]
    if not rows:
        return "what lags would lag more"
    ratio, name, now = min(rows)
    return f"{name} would stand at {_tenths(ratio)}% of goal, not {_tenths(now)}%"


def _tenths(ratio: Fraction) -> str:
    thousandths = round(ratio * 1000)
    return f"{thousandths // 10}.{thousandths % 10}"


def debt_of(bench: Bench, line: PlanLine) -> int:
    """What the account of a sale owes in real cents; a taxable account's debt is its owner's to cure."""
    wallet = bench.wallet(line.account)
    owes = wallet is not None and wallet.account.kind is not Kind.TAXABLE and line.side is Side.SELL
    return wallet.owes if wallet is not None and owes else 0


def is_swap(line: PlanLine) -> bool:
    """Whether an order is one side of a swap: a sale that is no mere money fund, or what such a sale pays for."""
    return line.lever in {Lever.SHELTER, Lever.LOSS} and name_of(line) != CASH
