"""A plan as one JSON object: the answer that other programs read."""

from __future__ import annotations

from bot.domain.deferral import Deferral
from bot.domain.errors import FixTheFile, RebaloopError
from bot.domain.plan import Certificate, NotProposed, Plan, PlanLine, Residual

Json = dict[str, object]


def answer(plan: Plan) -> Json:
    """The answer for one household; money and counts as decimal strings, so that no reader rounds them."""
    return {
        "household": plan.household,
        "as_of": plan.as_of_on.isoformat(),
        "orders": [_order(line) for line in plan.lines],
        "tax_usd": plan.tax.plain,
        "realized_gain_usd": plan.realized_gain.plain,
        "tax_if_sold_in_taxable_usd": plan.tax_if_sold.plain,
        "gain_if_sold_in_taxable_usd": plan.gain_if_sold.plain,
        "deferral": _deferral(plan.deferral),
        "pie_usd": plan.pie.plain,
        "class_usd_goal": {line.asset_class: line.goal.plain for line in plan.classes},
        "class_usd_before": {line.asset_class: line.before.plain for line in plan.classes},
        "class_usd_after": {line.asset_class: line.after.plain for line in plan.classes},
        "classes_out_of_band": [line.asset_class for line in plan.classes if line.out_of_band],
        "drift_usd_before": plan.drift_before.plain,
        "drift_usd_after": plan.drift_after.plain,
        "drift_limit_usd": plan.drift_limit.plain,
        "limit_certificate_classes": list(plan.certificate.classes),
        "limit_certificate": _certificate(plan.certificate),
        "cash_after": {account: cash.plain for account, cash in plan.cash_after},
        "not_proposed": [_refused(refused) for refused in plan.not_proposed],
        "headroom": {
            room.asset_class: {
                "fall_pct": f"{room.fall_pct:f}",
                "rise_pct": None if room.rise_pct is None else f"{room.rise_pct:f}",
                "gradual_rise_pct": None if room.gradual_rise_pct is None else f"{room.gradual_rise_pct:f}",
            }
            for room in plan.headroom
        },
        "residual": _residual(plan.residual),
        "report": [{"code": note.code, "message": note.message} for note in plan.notes],
        "error": None,
    }


def refusal(household: str, problem: RebaloopError) -> Json:
    """The answer for a household that was refused: no orders, and why."""
    code = problem.faults[0].code if isinstance(problem, FixTheFile) else "bad_input"
    message = f"{problem.message}. Nothing was sent."
    if problem.next_step:
        message += f" {problem.next_step}"
    return {"household": household, "orders": [], "report": [], "error": {"code": code, "message": message}}


def _order(line: PlanLine) -> Json:
    return {
        "number": line.number,
        "account": line.account,
        "side": line.side.value,
        "symbol": line.symbol,
        "quantity": line.quantity.plain,
        "usd": line.usd.plain,
        "class": line.asset_class,
        "classes_pct": {name: f"{(weight * 100).normalize():f}" for name, weight in line.exposure},
        "lever": line.lever.value,
        "reason": line.reason,
        "automatic": line.automatic,
        "after_manual": line.after_manual,
    }


def _deferral(deferral: Deferral | None) -> Json | None:
    if deferral is None:
        return None
    return {
        "naive": [
            {
                "scope": way.scope.value,
                "first": way.first.value,
                "sold_usd": way.sold.plain,
                "gain_usd": way.gain.plain,
                "tax_usd": way.tax.plain,
            }
            for way in deferral.naive
        ],
        "waiting_gain_usd": deferral.waiting_gain.plain,
        "waiting_tax_usd": deferral.waiting_tax.plain,
        "bought_interest_usd_a_year": deferral.interest.plain,
        "interest_tax_usd_a_year": deferral.interest_tax.plain,
        "tax_table": deferral.table_year,
    }


def _certificate(certificate: Certificate) -> Json:
    return {
        "classes": list(certificate.classes),
        "goal_usd": certificate.goal.plain,
        "fixed_usd": certificate.fixed.plain,
        "movable_usd": certificate.movable.plain,
        "shortfall_usd": certificate.shortfall.plain,
        "weights": {name: f"{weight}/{certificate.whole}" for name, weight in certificate.weights},
    }


def _refused(refused: NotProposed) -> Json:
    return {
        "account": refused.account,
        "side": "sell",
        "symbol": refused.symbol,
        "class": refused.asset_class,
        "usd": refused.usd.plain,
        "realized_gain_usd": refused.realized_gain.plain,
        "tax_usd": refused.tax.plain,
        "reason": refused.reason,
    }


def _residual(residual: Residual | None) -> Json | None:
    if residual is None:
        return None
    return {"drift_usd": residual.drift.plain, "reason": residual.reason, "cures": list(residual.cures)}
