"""A plan as tables for a person: one pie, drift bars, orders with their reasons, and what was not proposed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from bot.domain.deferral import Deferral, First, Scope
from bot.domain.household import Household
from bot.domain.instruments import CASH
from bot.domain.money import Usd
from bot.domain.orders import OrderRecord, OrderState
from bot.domain.plan import Environment, Lever, NotProposed, Plan, PlanLine, Proposal
from bot.domain.snapshot import Snapshot
from bot.engine.explain import certificate_sentence, headroom_sentence

NEW_YORK = ZoneInfo("America/New_York")
BAR = 10  # columns of a drift bar on either side of the goal
POINTS = Decimal(10)  # percentage points that fill a side

LEVERS = {
    Lever.CASH: "1 cash",
    Lever.SHELTER: "2 shelter",
    Lever.LOCATION: "1 location",
    Lever.LOSS: "3 loss",
}


def console() -> Console:
    """Where tables go: a terminal of at most 100 columns; plain text elsewhere, and with NO_COLOR.

    Text is taken literally: a name such as `[red]x[/]` or `:bear:` is a name.
    """
    made = Console()
    return Console(
        highlight=False,
        markup=False,
        emoji=False,
        width=min(made.width, 100) if made.is_terminal else 100,
        color_system=None if os.environ.get("NO_COLOR") else "auto",
    )


def heading(name: str, rest: str) -> Text:
    """A line that opens with a name in bold."""
    return Text.assemble((name, "bold"), rest)


def whole(amount: Usd) -> str:
    """Whole dollars for a table."""
    sign = "-" if amount.cents < 0 else ""
    return f"{sign}${(abs(amount.cents) + 50) // 100:,}"


def show_plan(plan: Plan, *, title: Text | None = None) -> None:
    """Write the whole plan to the terminal."""
    out = console()
    out.print(title or heading(plan.household, f"  {whole(plan.pie)} in one pie, {plan.as_of_on}"))
    out.print(class_table(plan))
    if plan.lines:
        for part in order_tables(plan):
            out.print(part)
    else:
        out.print("Nothing to do: no order would bring the household nearer to its target.\n")
    for refused in plan.not_proposed:
        out.print(refused_text(refused))
    for line in closing(plan):
        out.print(line)


def class_table(plan: Plan, *, after: bool = True) -> Table:
    """Each class with its target, its share before and after, and its drift as a bar."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Class", no_wrap=True)
    for name in ("Target", "Now", "After") if after else ("Target", "Now"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("Drift", justify="right", no_wrap=True)
    table.add_column(f"{'under':>{BAR}}│{'over':<{BAR}}", justify="left", no_wrap=True)
    table.add_column("Band", no_wrap=True)
    for line in plan.classes:
        total = plan.pie.dollars
        off = share(line.before - line.goal, total)
        state = "outside" if line.out_of_band else "" if line.asset_class == CASH else "inside"
        table.add_row(
            line.asset_class,
            percent(line.target_pct),
            percent(share(line.before, total)),
            *([percent(share(line.after, total))] if after else []),
            f"{off.quantize(Decimal('0.1')) + 0:+} pt",
            bar(off),
            Text(state, style="bold" if line.out_of_band else ""),
        )
    return table


def share(part: Usd, total: Decimal) -> Decimal:
    """A part of the pie in percent; 0 of an empty one."""
    return part.dollars * 100 / total if total else Decimal(0)


def percent(value: Decimal) -> str:
    """A percentage with one decimal."""
    return f"{value:.1f}%"


def bar(points: Decimal) -> str:
    """A drift in percentage points as blocks on either side of an axis."""
    size = min(BAR, int(abs(points) * BAR / POINTS + Decimal("0.5")))
    left, right = ("█" * size, "") if points < 0 else ("", "█" * size)
    return f"{left:>{BAR}}│{right:<{BAR}}"


def order_tables(plan: Plan) -> list[RenderableType]:
    """The orders of each account, with lever and reason; those to carry out by hand as a check-list."""
    parts: list[RenderableType] = []
    for account in sorted({line.account for line in plan.lines}):
        mine = [line for line in plan.lines if line.account == account]
        by_hand = "" if mine[0].automatic else "   carry these out yourself, then: rebaloop tick PLAN NUMBER"
        parts.append(Text.assemble("\n", (account, "bold"), by_hand))
        table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
        for justify in ("right", "left", "right", "right", "left", "left"):
            table.add_column(justify="right" if justify == "right" else "left", no_wrap=justify == "right")
        for line in mine:
            table.add_row(*order_row(line))
        parts.append(table)
    parts.append(Text(""))
    return parts


def order_row(line: PlanLine) -> tuple[str, str, str, str, str, str]:
    """One order as cells: number, side and symbol, quantity, dollars, lever, reason."""
    box = "" if line.automatic else "[ ] "
    wait = " (waits for the manual orders)" if line.after_manual else ""
    count = f"{line.quantity.count:,.3f}".rstrip("0").rstrip(".")
    return (
        f"{box}{line.number}",
        f"{line.side.value.upper()} {line.symbol}",
        count,
        whole(line.usd),
        LEVERS[line.lever],
        line.reason + wait,
    )


def refused_text(refused: NotProposed) -> str:
    """A sale that was not proposed, with its price."""
    verb = "gain" if refused.realized_gain.cents >= 0 else "loss"
    return (
        f"Not proposed  SELL {whole(refused.usd)} of {refused.symbol} in {refused.account}: would realise "
        f"{whole(abs(refused.realized_gain))} of {verb}, {whole(refused.tax)} of tax ({refused.reason})"
    )


def closing(plan: Plan) -> list[str]:
    """Drift, limit, tax and notes, a line each."""
    best = f"at best {whole(plan.drift_limit)} without a taxable gain"
    lines = [f"Drift {whole(plan.drift_before)} -> {whole(plan.drift_after)}, {best}."]
    if plan.residual is None:
        lines.append(certificate_sentence(plan.certificate))
    else:
        lines.append(f"Left over: {plan.residual.reason}")
        lines += [f"  it would be cured by {cure}" for cure in plan.residual.cures]
    if room := headroom_sentence(plan.headroom):
        lines.append(room)
    lines += [f"Note: {note.message}" for note in plan.notes if note.code != "residual"]
    lines.append(
        f"Tax with this plan: {whole(plan.tax)}   The same shift sold in taxable: {whole(plan.tax_if_sold)}   "
        f"Deferred: {whole(plan.tax_deferred)}"
    )
    return lines + ([] if plan.deferral is None else deferral_lines(plan.deferral))


def deferral_lines(deferral: Deferral) -> list[str]:
    """What the naive ways would have cost, and the taxes that wait or begin: deferred is not gone."""
    dearest, oldest = (whole(deferral.way(Scope.ACCOUNT, first).tax) for first in First)
    fifo = whole(deferral.way(Scope.HOUSEHOLD, First.FIFO).tax)
    waits, tax = whole(deferral.waiting_gain), whole(deferral.waiting_tax)
    lines = [f"  oldest lots first: {fifo}   each taxable account on its own: {dearest}, oldest lots first {oldest}"]
    lines.append(f"Deferred is not gone: {waits} of gain waits in taxable accounts, {tax} of tax if sold today.")
    if deferral.interest:
        interest, yearly = whole(deferral.interest), whole(deferral.interest_tax)
        lines.append(f"The bonds bought in taxable pay about {interest} a year, {yearly} of tax every year.")
    return lines


def waiting_line(proposal: Proposal) -> str:
    """What the owner of a new plan does next."""
    if proposal.environment is Environment.DRY_RUN:
        return (
            f"Nothing was sent: this is a dry run. Plan kept as {proposal.plan_id}.\n"
            "next: set `mode: paper` in the settings to let an approved plan go to a paper account"
        )
    until = f"{proposal.expires_at.astimezone(NEW_YORK):%a %Y-%m-%d %H:%M} New York"
    return (
        f"Nothing was sent. Plan kept as {proposal.plan_id} until {until}.\nnext: rebaloop approve {proposal.plan_id}"
    )


def account_table(household: Household, snapshot: Snapshot) -> Table:
    """Each account with what it holds, in whole dollars."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Account", no_wrap=True)
    table.add_column("Kind", no_wrap=True)
    table.add_column("Holds")
    for name in ("Settled", "Unsettled", "Total"):
        table.add_column(name, justify="right", no_wrap=True)
    for account in household.accounts:
        holding = snapshot.holding(account.id)
        worth = {p.symbol: p.quantity.value(snapshot.price(p.symbol) or Decimal(0)) for p in holding.positions}
        total = Usd.total(worth.values()) + holding.cash
        table.add_row(
            account.id,
            account.kind.value,
            "  ".join(f"{symbol} {whole(amount)}" for symbol, amount in sorted(worth.items())),
            whole(holding.cash_settled),
            whole(holding.cash_unsettled),
            whole(total),
        )
    return table


def show_orders(orders: Sequence[OrderRecord]) -> None:
    """What became of orders: partly filled and refused ones first."""
    if not orders:
        return
    trouble = [order for order in orders if order.state is not OrderState.FILLED]
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for order in [*trouble, *(order for order in orders if order.state is OrderState.FILLED)]:
        intent = order.intent
        price = f"at {order.average_price:,.2f}" if order.average_price is not None else ""
        table.add_row(
            f"  {intent.account}",
            f"{intent.side.value.upper()} {intent.symbol}",
            f"{order.filled} of {intent.quantity}",
            price,
            order.state.value,
            _why(order),
        )
    console().print(table)


def _why(order: OrderRecord) -> str:
    """The broker's words, where they say more than the state does."""
    said = {"", order.state.value, "partially_filled"}
    return "" if order.state is OrderState.FILLED or order.evidence in said else order.evidence
