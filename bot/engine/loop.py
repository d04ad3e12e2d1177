"""The loop: one household, one day, one plan, proven and explained."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.domain.household import Household, Kind
from bot.domain.instruments import CASH, InstrumentType
from bot.domain.money import Usd
from bot.domain.plan import Certificate, ClassLine, Lever, Note, Plan, PlanLine
from bot.domain.snapshot import Side, Snapshot
from bot.domain.targets import Policy, TaxableSells
from bot.engine import bands, counterfactual, explain, fund_rules, gap, reminders
from bot.engine.headroom import headroom
from bot.engine.layout import Skip
from bot.engine.orders import Draft, cash_after, fractional, too_small, topped_up, worth_after
from bot.engine.pie import Pie, bake
from bot.engine.refused import not_proposed
from bot.engine.residual import remain
from bot.engine.shares import cures, whole
from bot.engine.solve import Solution, cured, limit, solve
from bot.engine.standing_alone import wait_for_manual
from bot.engine.tax.estimate import stand_in
from bot.engine.wallets import Bans
from bot.engine.wash_sales import group_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Orders for one pie, the cents they leave by class, and how many cents they sell."""

    pie: Pie
    drafts: tuple[Draft, ...]
    worth: tuple[int, ...]
    skipped: bool
    bans: Bans

    @property
    def drift(self) -> int:
        """Total drift after the orders."""
        return self.pie.drift(self.worth)

    @property
    def sold(self) -> int:
        """Turnover in cents."""
        return sum(draft.cents for draft in self.drafts if draft.side is Side.SELL)


def draw(household: Household, policy: Policy, snapshot: Snapshot) -> Plan:
    """The plan for a household: least drift, then least turnover, then evenly funded, then each class in its place.

    Nothing in it depends on the order of any list but a menu.
    """
    snapshot = snapshot.in_order()
    policy = policy.on(snapshot.as_of_on)
    pie = bake(household, policy, snapshot)
    attempt = _best(household, policy, snapshot, pie, Bans())
    least, proof = gap.to_the_cent(attempt.pie, attempt.drift, *_limit(household, policy, snapshot, pie, Bans()))
    return _plan(household, policy, snapshot, attempt, least, proof)


def best_orders(household: Household, policy: Policy, snapshot: Snapshot) -> Attempt:
    """What `draw` would propose, without what it says of it: no limit, headroom or notes."""
    snapshot = snapshot.in_order()
    policy = policy.on(snapshot.as_of_on)
    return _best(household, policy, snapshot, bake(household, policy, snapshot), Bans())


def _best(household: Household, policy: Policy, snapshot: Snapshot, first: Pie, bans: Bans) -> Attempt:
    """The best attempt in which no group is sold at a loss and bought as well: both ways out are tried.

    `first` is the pie without any bans.
    """
    attempt = _attempt(_banned(household, policy, snapshot, first, bans), policy, bans)
    costly = fund_rules.too_costly(household, _optional(attempt))
    if costly is not None:
        return _best(household, policy, snapshot, first, replace(bans, costly=bans.costly | {costly}))
    clash = _clash(household, attempt.pie, attempt.drafts)
    if clash is None:
        return attempt
    ways = (
        _best(household, policy, snapshot, first, replace(bans, losses=bans.losses | {clash})),
        _best(household, policy, snapshot, first, replace(bans, buys=bans.buys | {clash})),
    )
    return min(ways, key=lambda way: (way.drift, way.sold))


def _banned(household: Household, policy: Policy, snapshot: Snapshot, first: Pie, bans: Bans) -> Pie:
    return first if bans == Bans() else bake(household, policy, snapshot, bans, first)


def _optional(attempt: Attempt) -> list[tuple[str, Side, str, int]]:
    """The orders that cure no debt, as (account, side, symbol, real cents)."""
    rows = [(attempt.pie.wallets[draft.wallet], draft) for draft in attempt.drafts]
    return [(w.account.id, d.side, d.symbol, d.usd) for w, d in rows if not (w.debt and d.side is Side.SELL)]


def _limit(household: Household, policy: Policy, snapshot: Snapshot, first: Pie, bans: Bans) -> tuple[int, Certificate]:
    pie = _banned(household, policy, snapshot, first, bans)
    solution, proof = limit(pie)
    if policy.taxable_sells is TaxableSells.LOSSES_ONLY:
        clash = _clash(household, pie, fractional(pie, solution, 0))
        if clash is not None:
            return min(
                _limit(household, policy, snapshot, first, replace(bans, losses=bans.losses | {clash})),
                _limit(household, policy, snapshot, first, replace(bans, buys=bans.buys | {clash})),
                key=lambda way: way[0],
            )
    return 2 * proof.shortfall.cents, proof


def _clash(household: Household, pie: Pie, drafts: Iterable[Draft]) -> str | None:
    """A group that is sold at a loss in taxable and bought anywhere by the same orders; the first by name."""
    rows = list(drafts)
    bought = {group_of(household, draft.symbol) for draft in rows if draft.side is Side.BUY}
    lost = {
        group_of(household, draft.symbol)
        for draft in rows
        if draft.side is Side.SELL
        and pie.wallets[draft.wallet].account.kind is Kind.TAXABLE
        and draft.asset_class != CASH
    }
    return min(bought & lost, default=None)


def _attempt(pie: Pie, policy: Policy, bans: Bans) -> Attempt:
    """Solve, cut into orders, and leave out what is too small until nothing is."""
    skip: Skip = frozenset()
    while True:
        drafts = _cut(pie, policy, solve(pie, policy, skip), skip)
        small = too_small(pie, drafts, policy.min_trade.cents)
        if small is None:
            break
        skip |= {small}
    drafts += topped_up(pie, drafts, policy.min_trade.cents, whole=not policy.fractional_shares)
    must: list[Draft] = []
    if any(wallet.debt for wallet in pie.wallets):
        must = fractional(pie, cured(pie), 0) if policy.fractional_shares else cures(pie, cured(pie))
    if not _worth_doing(pie, policy, worth_after(pie, must), worth_after(pie, drafts)):
        drafts = must
    worth = tuple(worth_after(pie, drafts))
    return Attempt(pie=pie, drafts=tuple(drafts), worth=worth, skipped=bool(skip), bans=bans)


def _cut(pie: Pie, policy: Policy, solution: Solution, skip: Skip) -> list[Draft]:
    if policy.fractional_shares:
        return fractional(pie, solution, policy.min_trade.cents)
    return whole(pie, solution, skip, as_routed=policy.routing.by_place)


def _worth_doing(pie: Pie, policy: Policy, least: Sequence[int], worth: Sequence[int]) -> bool:
    """A plan must lower total drift, beyond the cure of a debt; one that routes by location must not raise it.

    `least` is what the classes are worth when debts are cured and nothing else is done.
    """
    indebted = any(wallet.debt for wallet in pie.wallets)
    # looking through funds of several classes rounds each class to the cent: less than that is no gain
    before, after = pie.drift(list(least)), pie.drift(list(worth)) + (len(pie.classes) if pie.mixes else 0)
    return after <= before if indebted or policy.routing.by_place else after < before


# --- from an attempt to a plan ----------------------------------------------------------------------------------
def _plan(
    household: Household, policy: Policy, snapshot: Snapshot, attempt: Attempt, least: int, proof: Certificate
) -> Plan:
    pie, worth = attempt.pie, attempt.worth
    out = counterfactual.shifted(pie, attempt.drafts)
    instead = counterfactual.further_sales(household, snapshot, pie, out)
    own = counterfactual.realised(snapshot, pie, attempt.drafts)
    residual = remain(household, policy, snapshot, pie, worth, proof, own)
    told = explain.notes(household, policy, snapshot, pie, worth)
    told += gap.notes(pie, policy, attempt.drift, least)
    told += stand_in(policy, snapshot.as_of_on)
    told += reminders.reminders(household, policy, snapshot, pie, attempt.bans)
    if attempt.skipped:
        text = f"Orders below the minimum trade of {policy.min_trade} were left out."
        told.append(Note(code="min_trade", message=text))
    if residual is not None:
        told.append(Note(code="residual", message=residual.reason))
    return Plan(
        household=household.id,
        as_of_on=snapshot.as_of_on,
        lines=wait_for_manual(pie, _lines(household, pie, policy, attempt.drafts)),
        classes=_classes(pie, policy, worth),
        pie=Usd(pie.total),
        drift_before=Usd(pie.drift(pie.worth)),
        drift_after=Usd(attempt.drift),
        drift_limit=Usd(least),
        certificate=proof,
        realized_gain=Usd(sum(sale.gain for sale in own)),
        tax=counterfactual.tax(policy, own, snapshot.as_of_on),
        tax_if_sold=counterfactual.tax(policy, instead, snapshot.as_of_on),
        gain_if_sold=Usd(sum(sale.gain for sale in instead)),
        cash_after=cash_after(pie, attempt.drafts),
        not_proposed=not_proposed(household, policy, snapshot, pie, worth, out, own),
        notes=tuple(told),
        residual=residual,
        headroom=headroom(pie, policy),
    )


def _lines(household: Household, pie: Pie, policy: Policy, drafts: Sequence[Draft]) -> tuple[PlanLine, ...]:
    lines = []
    # orders of one account pay for each other: where one must be given by hand, all are
    by_hand = {d.wallet for d in drafts if household.instrument(d.symbol).type is InstrumentType.MUTUAL_FUND}
    levers = {a: _levers(pie, policy, [d for d in drafts if d.wallet == a]) for a in range(len(pie.wallets))}
    for number, draft in enumerate(drafts, start=1):
        lever = levers[draft.wallet][draft.side, draft.symbol]
        account = pie.wallets[draft.wallet].account
        lines.append(
            PlanLine(
                number=number,
                account=account.id,
                side=draft.side,
                symbol=draft.symbol,
                quantity=draft.shares,
                usd=Usd(draft.usd),
                price=draft.price,
                asset_class=draft.asset_class,
                lever=lever,
                reason=explain.reason(pie, policy, draft, lever),
                automatic=account.automatic and draft.wallet not in by_hand,
                exposure=draft.exposure,
            )
        )
    return tuple(lines)


def _levers(pie: Pie, policy: Policy, drafts: Sequence[Draft]) -> dict[tuple[Side, str], Lever]:
    """What pays for each order of one account: its cash goes to the class that lags most, sales pay for the rest."""
    levers: dict[tuple[Side, str], Lever] = {}
    taxable = bool(drafts) and pie.wallets[drafts[0].wallet].account.kind is Kind.TAXABLE
    proceeds = 0
    for draft in drafts:
        if draft.side is Side.SELL:
            money_fund = draft.asset_class == CASH and not draft.exposure
            levers[draft.side, draft.symbol] = Lever.CASH if money_fund else Lever.LOSS if taxable else Lever.SHELTER
            proceeds += 0 if money_fund else draft.cents
    buys = [draft for draft in drafts if draft.side is Side.BUY]
    cash = sum(draft.cents for draft in buys) - proceeds
    fresh = Lever.LOCATION if policy.routing.by_place and taxable else Lever.CASH
    for draft in sorted(buys, key=lambda draft: _funded(pie, draft)):
        paid_by_cash = 2 * min(cash, draft.cents) > draft.cents
        levers[draft.side, draft.symbol] = fresh if paid_by_cash else Lever.LOSS if taxable else Lever.SHELTER
        cash -= min(max(cash, 0), draft.cents)
    return levers


def _funded(pie: Pie, draft: Draft) -> tuple[int, str]:
    c = pie.classes.index(draft.asset_class)
    return (pie.worth[c] * 10**6 // max(pie.goal[c], 1), draft.symbol)


def _classes(pie: Pie, policy: Policy, worth: Sequence[int]) -> tuple[ClassLine, ...]:
    out = bands.broken(pie, policy, pie.worth)
    return tuple(
        ClassLine(
            asset_class=name,
            target_pct=policy.target_pct(name),
            goal=Usd(pie.goal[c]),
            before=Usd(pie.worth[c]),
            after=Usd(worth[c]),
            out_of_band=c in out,
        )
        for c, name in enumerate(pie.classes)
    )
