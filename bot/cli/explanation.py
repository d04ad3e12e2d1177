"""A plan with its reasons, for machines and for people: alternatives of each order, and what was left undone."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.cli.answer import Json, answer
from bot.cli.cases import Case
from bot.cli.view import closing, console, heading, order_row, refused_text, whole
from bot.domain.errors import WrongUse
from bot.domain.money import Usd
from bot.domain.plan import PlanLine
from bot.engine.alternatives import Explained, explained
from bot.engine.counterfactual import LotSale
from bot.engine.explain import certificate_sentence, headroom_sentence
from bot.engine.not_done import NotDone, not_done
from bot.engine.weighing import Alternative, lay_out

KEPT = ("household", "as_of", "drift_usd_before", "drift_usd_after", "drift_limit_usd", "limit_certificate", "residual")
# notes that stand under "Not done" already
TOLD = {
    *("wash_sale_block", "idle_cash", "unsettled_cash", "good_faith_lock", "min_trade"),
    *("round_trip", "min_hold", "fee", "hold", "fund_of_several_classes"),
}

ENDINGS = {
    "under_goal": " under goal",
    "over_goal": " over goal",
    "idle_cash": ": idle cash",
    "unsettled_cash": ": not settled",
    "min_trade": ": too small",
    "fee": ": too small for its fee",
    "buffer": ": buffer",
    "earmark": ": set aside",
    "unmanaged": ": counted only",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Studied:
    """A case with everything that can be said about it; `orders` holds bare lines where its day is not known."""

    case: Case
    order: int | None
    orders: tuple[Explained | PlanLine, ...]
    undone: tuple[NotDone, ...]


def study(case: Case, order: int | None) -> Studied:
    """Look into the whole plan, or into one order of it. Raises WrongUse for a number that the plan does not have."""
    lines = [line for line in case.plan.lines if order in {None, line.number}]
    if order is not None and not lines:
        numbers = f"orders 1 to {len(case.plan.lines)}" if len(case.plan.lines) > 1 else "only order 1"
        has = f"it has {numbers}" if case.plan.lines else "it has no orders"
        raise WrongUse(f"{case.name} has no order {order}: {has}.")
    if case.day is None:
        return Studied(case=case, order=order, orders=tuple(lines), undone=())
    bench = lay_out(case.day, case.plan)
    return Studied(
        case=case,
        order=order,
        orders=tuple(explained(bench, line.number) for line in lines),
        undone=not_done(bench) if order is None else (),
    )


# --- for machines -----------------------------------------------------------------------------------------------------
def explanation(studied: Studied) -> Json:
    """One object; money and counts as decimal strings. `alternatives` is null where the day is not known any more."""
    case = studied.case
    shown = answer(case.plan)
    rows = {line.number: row for line, row in zip(case.plan.lines, _rows(shown["orders"]), strict=True)}
    return {
        "plan": case.name,
        **{key: shown[key] for key in KEPT},
        "stored_only": case.missing or None,
        "orders": [_order_json(order, rows) for order in studied.orders],
        "not_done": None if case.day is None or studied.order is not None else [_undone(one) for one in studied.undone],
        "not_proposed": shown["not_proposed"],
        "certificate": certificate_sentence(case.plan.certificate),
        "headroom": headroom_sentence(case.plan.headroom),
        "report": shown["report"],
    }


def _rows(orders: object) -> list[Json]:
    assert isinstance(orders, list)
    return orders


def _order_json(order: Explained | PlanLine, rows: dict[int, Json]) -> Json:
    if isinstance(order, PlanLine):
        return {**rows[order.number], "helps": None, "together_with": [], "alternatives": None}
    return {
        **rows[order.line.number],
        "helps": order.helps,
        "together_with": list(order.together_with),
        "alternatives": [_alternative(one) for one in order.alternatives],
    }


def _alternative(one: Alternative) -> Json:
    drift = None if one.drift_after is None else one.drift_after.plain
    return {"what": one.what, "drift_usd_after": drift, "verdict": one.verdict.value, "why": one.why}


def _undone(one: NotDone) -> Json:
    return {
        "code": one.code,
        "subject": one.subject,
        "usd": one.usd.plain,
        "tax_usd": None if one.tax is None else one.tax.plain,
        "free_on": None if one.free_on is None else one.free_on.isoformat(),
        "why": one.why,
        "lots": [_lot(lot) for lot in one.lots],
    }


def _lot(lot: LotSale) -> Json:
    return {
        "account": lot.account,
        "symbol": lot.symbol,
        "usd": Usd(lot.cents).plain,
        "cost_usd": Usd(lot.cents - lot.gain).plain,
        "gain_usd": Usd(lot.gain).plain,
        "acquired_on": None if lot.acquired_on is None else lot.acquired_on.isoformat(),
        "term": "short" if lot.short else "long",
    }


# --- for people -------------------------------------------------------------------------------------------------------
def show_explanation(studied: Studied) -> None:
    """Write all of it to the terminal, at most 100 columns wide."""
    case, out = studied.case, console()
    whose = "" if case.name == case.plan.household else f"{case.plan.household}, "
    out.print(heading(case.name, f"  {whose}{whole(case.plan.pie)} in one pie, {case.plan.as_of_on}"))
    if case.missing:
        out.print(f"Only what was kept can be shown: {case.missing}.")
    for order in studied.orders:
        _show_order(out, order)
    if studied.order is not None:
        return
    if not studied.orders:
        out.print("\nNothing to do: no order would bring the household nearer to its target.")
    if studied.undone:
        out.print(heading("\nNot done", ""))
        out.print(_undone_table(studied.undone))
    if case.day is None:
        for refused in case.plan.not_proposed:
            out.print(refused_text(refused))
    out.print("")
    notes = tuple(note for note in case.plan.notes if case.day is None or note.code not in TOLD)
    for line in closing(replace(case.plan, notes=notes)):
        out.print(line)


def _show_order(out: Console, order: Explained | PlanLine) -> None:
    line = order if isinstance(order, PlanLine) else order.line
    number, trade, count, usd, lever, reason = order_row(line)
    out.print(Text.assemble("\n", (f"Order {number}", "bold"), f"  {line.account}: {trade}, {count} shares, {usd}"))
    out.print(Padding(Text(f"why: {reason}"), (0, 0, 0, 2), expand=False))
    out.print(Padding(Text(f"lever: {lever.partition(' ')[2]}{_helps(order)}"), (0, 0, 0, 2), expand=False))
    if isinstance(order, Explained):
        out.print(Padding(_alternatives_table(order.alternatives), (0, 0, 0, 2), expand=False))


def _helps(order: Explained | PlanLine) -> str:
    if isinstance(order, PlanLine):
        return ""
    said = f"; it helps {order.helps}" if order.helps else "; it raises cash that is needed there"
    others = " and ".join(map(str, order.together_with))
    return f"{said}; one swap with order {others}" if others else said


def _alternatives_table(alternatives: tuple[Alternative, ...]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Instead", min_width=24, max_width=34)
    table.add_column("Drift", justify="right", no_wrap=True)
    table.add_column("Why not")
    for one in alternatives:
        drift = "-" if one.drift_after is None else whole(one.drift_after)
        table.add_row(Text(one.what), drift, Text(one.why))
    return table


def _undone_table(undone: tuple[NotDone, ...]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("What", max_width=28)
    table.add_column("About", justify="right", no_wrap=True)
    table.add_column("Why")
    for one in undone:
        table.add_row(Text(_title(one)), whole(one.usd), Text(_priced(one)))
        for lot in one.lots:
            table.add_row("", "", Text(_lot_line(lot)))
    return table


def _title(one: NotDone) -> str:
    code = one.code.partition(":")[0]
    verb = {"taxable_sale": "sell ", "wash_sale_block": "buy ", "round_trip": "buy "}
    return f"{verb.get(code, '')}{one.subject}{ENDINGS.get(code, '')}"


def _priced(one: NotDone) -> str:
    return one.why if one.tax is None else f"{one.why}: it would cost {whole(one.tax)} of tax"


def _lot_line(lot: LotSale) -> str:
    verb = "gain" if lot.gain >= 0 else "loss"
    worth, cost, profit = (whole(Usd(cents)) for cents in (lot.cents, lot.cents - lot.gain, abs(lot.gain)))
    since = f"bought {lot.acquired_on}" if lot.acquired_on else "bought long ago"
    term = "short term" if lot.short else "long term"
    return f"a lot worth {worth} that cost {cost}: {profit} of {verb}, {since}, {term}"
