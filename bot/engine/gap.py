"""What lies between a plan and its limit where funds of several classes may trade: said, never passed over."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.money import Usd
from bot.domain.plan import Certificate, Note
from bot.domain.targets import Policy, RebalanceTo
from bot.engine import bands
from bot.engine.pie import Pie


def to_the_cent(pie: Pie, drift: int, least: int, proof: Certificate) -> tuple[int, Certificate]:
    """The limit and its proof, lowered to the drift of the plan where only the rounding of funds to cents parts them.

    The limit is exact; a plan is counted in whole cents by class, so it may seem to lie a few cents below.
    """
    if drift >= least:
        return least, proof
    funds = sum(len(wallet.mixed) + len(wallet.mixed_buys) for wallet in pie.wallets)
    assert least - drift <= 2 * len(pie.classes) * max(1, funds), "a plan below its limit: one of the two is wrong"
    if not drift:
        return 0, Certificate()
    return drift, replace(proof, movable=proof.movable + Usd((least - drift) // 2))


def notes(pie: Pie, policy: Policy, drift: int, least: int) -> list[Note]:
    """How far a plan that trades such funds stays above the least drift, where rules of size leave it there."""
    dust = 100 * len(pie.classes)
    within = not bands.broken(pie, policy, pie.worth) or policy.rebalance_to is not RebalanceTo.TARGET
    if not pie.mixes or drift - least <= dust or within:
        return []
    why = "" if policy.fractional_shares else " whole shares"
    if policy.min_trade.cents:
        why += f"{' and' if why else ''} orders of at least {policy.min_trade}"
    text = f"This plan stays {Usd(drift - least)} above the least drift possible today ({Usd(least)})"
    return [Note(code="gap_to_limit", message=f"{text}:{why or ' rules of size or place'} keep it there.")]
