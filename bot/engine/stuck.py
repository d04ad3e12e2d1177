"""Why a class is still off its goal once a plan has filled: a band, a rule, a menu, the limit, or whole shares."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from bot.domain.household import Account, Kind
from bot.domain.instruments import AssetClass, look_through
from bot.domain.money import Usd
from bot.domain.plan import ClassLine
from bot.domain.targets import Band, Policy, RebalanceTo, Routing
from bot.engine import obstacles
from bot.engine.explain import certificate_sentence, dollars
from bot.engine.loop import Attempt, best_orders
from bot.engine.wallets import Wallet
from bot.engine.weighing import Bench


def why_off_goal(bench: Bench, line: ClassLine) -> tuple[str, str]:
    """A code for the cause, and a sentence.

    Codes: `menu`, `wash_sale_block` (nobody with money may buy it), `band`, `half_band`, `min_trade`, `routing` (a rule
    of the owner, with what the day would look like without it), `limit` (proven), `fixed` (it lies where it may not be
    sold), `rounding`.
    """
    under = line.after < line.goal
    if under and (told := _nobody_may_buy(bench, line.asset_class)):
        return told
    if rule := _rule(bench):
        return rule
    if under and line.asset_class in bench.plan.certificate.classes:
        return "limit", certificate_sentence(bench.plan.certificate)
    if not under and (fixed := _fixed(bench, line)):
        return "fixed", f"held where it may not be sold: {fixed}"
    if bench.day.policy.fractional_shares:
        return "rounding", "what is left comes from rounding and from what the other classes need"
    return "rounding", "orders are whole shares, and one share more or less would not come nearer in total"


def _nobody_may_buy(bench: Bench, name: AssetClass) -> tuple[str, str] | None:
    rich = [wallet for wallet in bench.pie.wallets if wallet.movable > 0]
    if any(bench.buyable(wallet, name) for wallet in rich):
        return None
    if not rich:
        return "limit", "no account has money that may move today"
    blocked = any(_is_blocked(bench, wallet.account, name) for wallet in rich)
    told = [f"{w.account.id}: {obstacles.against_class(bench, w.account, name)}" for w in rich]
    text = f"no account with money to move may buy it ({'; '.join(told)})"
    return ("wash_sale_block" if blocked else "menu"), text


def _is_blocked(bench: Bench, account: Account, name: AssetClass) -> bool:
    funds = [bench.day.household.instrument(symbol) for symbol in account.menu if bench.stands_for(symbol, name)]
    return any(fund.identical_group in bench.pie.blocks for fund in funds)


def _rule(bench: Bench) -> tuple[str, str] | None:
    """The owner's rule without which the day's plan would come nearer; the engine draws that day to see."""
    policy = bench.day.policy
    if any(note.code == "min_trade" for note in bench.plan.notes):
        other = _without(bench, replace(policy, min_trade=Usd()))
        if other.drift < bench.plan.drift_after.cents - bench.slack:
            return "min_trade", f"orders below {policy.min_trade} are left out; {_nearer(bench, other)}"
    if policy.rebalance_to is RebalanceTo.HALF_BAND and any(line.out_of_band for line in bench.plan.classes):
        other = _without(bench, replace(policy, rebalance_to=RebalanceTo.TARGET))
        if other.drift < bench.plan.drift_after.cents - bench.slack:
            return "half_band", f"swaps stop half-way into the band; {_nearer(bench, other)}"
    if policy.routing.by_place:
        other = _without(bench, replace(policy, routing=Routing.LAGGING))
        if other.drift < bench.plan.drift_after.cents - bench.slack:
            return "routing", f"new money goes where its class belongs; {_nearer(bench, other)}"
    if not any(line.out_of_band for line in bench.plan.classes):
        other = _without(bench, replace(policy, band=Band(absolute_pp=Decimal(0), relative_pct=Decimal(0))))
        if other.drift < bench.plan.drift_after.cents - bench.slack:
            return "band", f"every class is inside its band, so nothing is swapped; {_nearer(bench, other)}"
    return None


def _without(bench: Bench, policy: Policy) -> Attempt:
    return best_orders(bench.day.household, policy, bench.day.snapshot)


def _nearer(bench: Bench, other: Attempt) -> str:
    near = bench.plan.drift_after.cents - other.drift
    selling = f", selling {dollars(other.sold)}" if other.sold else ""
    return f"without that rule the plan would come {dollars(near)} nearer{selling}"


def _fixed(bench: Bench, line: ClassLine) -> str:
    """Where a class that is over its goal lies fast, e.g. ``$500,000 in taxable accounts``; empty where it does not."""
    sums: dict[str, int] = {}
    for account in bench.day.household.accounts:
        wallet = bench.wallet(account.id)
        for symbol, cents in obstacles.held(bench, account, line.asset_class).items():
            movable = _movable(wallet, symbol, line.asset_class)
            if cents > movable:
                where = _place(bench, account, symbol)
                sums[where] = sums.get(where, 0) + cents - movable
    return ", ".join(f"{dollars(cents)} {where}" for where, cents in sorted(sums.items()))


def _movable(wallet: Wallet | None, symbol: str, name: AssetClass) -> int:
    """What may be sold of a class in one fund, in cents."""
    funds = [fund for fund in wallet.funds + wallet.mixed if fund.symbol == symbol] if wallet is not None else []
    parts = [part for fund in funds for part in look_through(fund.asset_class, fund.exposure, fund.usd)]
    return sum(cents for one, cents in parts if one == name)


def _place(bench: Bench, account: Account, symbol: str) -> str:
    if not account.managed:
        return "in accounts that are only counted"
    fund = bench.day.household.instrument(symbol)
    if not fund.tradable:
        return "in funds that are not traded"
    if account.leaves_alone(fund):
        return "in what you keep as it is"
    return "in taxable accounts" if account.kind is Kind.TAXABLE else "in lots that may not be sold yet"
