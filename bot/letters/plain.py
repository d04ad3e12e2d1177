"""Words for people: a plan that waits, or what became of it, as a letter of plain text."""

from __future__ import annotations

import textwrap
from collections.abc import Container, Iterable, Mapping, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.domain.facts import Break
from bot.domain.letter import Letter
from bot.domain.money import Usd
from bot.domain.orders import OrderRecord, OrderState
from bot.domain.plan import Certificate, ClassLine, Environment, Lever, Plan, PlanLine, Proposal
from bot.domain.snapshot import Remark, Side

WIDTH = 76
_NEW_YORK = ZoneInfo("America/New_York")
_LEVERS = {
    Lever.CASH: "new money",
    Lever.SHELTER: "tax-free swap",
    Lever.LOCATION: "new money, where its class belongs",
    Lever.LOSS: "sale at a loss, as you opted in",
}


def plan_letter(proposal: Proposal) -> Letter:
    """What should be done and why, what it costs, what was refused, and how to say yes."""
    plan = proposal.plan
    asks = "Would place" if proposal.environment is Environment.DRY_RUN else "Approve"
    subject = f"[{_mode(proposal)}] {asks} {_count(len(plan.lines), 'order')}, {plan.tax} tax ({proposal.plan_id})"
    parts = [
        _why(plan),
        _tax(plan),
        drift_table(plan),
        *_orders(plan),
        _by_hand(plan, ()),
        _not_proposed(plan),
        _told(plan),
        _wrapped(_proof(plan.certificate)),
        _answer(proposal),
    ]
    return Letter(subject=subject, text="\n\n".join(part for part in parts if part) + "\n")


def receipt_letter(
    *,
    proposal: Proposal,
    orders: Sequence[OrderRecord],
    notes: Mapping[int, str],
    refusals: Sequence[str],
    breaks: Sequence[Break],
    ticked: Container[int] = (),
    gains: Sequence[str] = (),
) -> Letter:
    """What became of an approved plan: what went wrong or is open first, then what was filled.

    `notes` say by a line's number why it was not sent, or was made smaller; `refusals` why nothing could be sent;
    `ticked` are the manual lines that its owner has carried out; `gains` are loss sales that realised one.
    """
    filled = [order for order in orders if order.state is OrderState.FILLED]
    wanted = [line for line in proposal.plan.lines if line.automatic]
    alarm = "BOOKS DISAGREE, " if breaks else ""
    done = f"{len(filled)} of {_count(len(wanted), 'order')} filled" if wanted else "Only orders for your own hands"
    subject = f"[{_mode(proposal)}] {alarm}{'Not carried out' if refusals else done} ({proposal.plan_id})"
    odd = [order for order in orders if order.state is not OrderState.FILLED]
    parts = [
        _bullets("The broker holds something else than the books expect:", [one.message for one in breaks]),
        _bullets("Sold at a gain, against the plan:", gains),
        _bullets("Nothing more was sent, because:", refusals),
        _bullets("Needs your eye:", [_fill(order) for order in odd]),
        _bullets("Changed or left out:", [f"line {number}: {note}" for number, note in sorted(notes.items()) if note]),
        _bullets("Filled:", [_fill(order) for order in filled]),
        _by_hand(proposal.plan, ticked),
        _wrapped(_closing(breaks, refusals, odd) if orders or refusals else "Nothing was sent by rebaloop."),
    ]
    return Letter(subject=subject, text="\n\n".join(part for part in parts if part) + "\n")


def held_letter(*, plan: Plan, environment: Environment, refusals: Sequence[str], by_limits: bool) -> Letter:
    """A plan that cannot be approved as it is: the owner's limit or the open question that stops it, and what it is."""
    subject = (
        f"[{_name(environment)}] {'A plan does not fit your limits' if by_limits else 'An account needs your eye'}"
    )
    advice = "The limits stand under `limits:` in your settings; a run after a change there draws the plan again."
    parts = [
        _bullets("Nothing can be approved, because:", refusals),
        _why(plan),
        drift_table(plan),
        *_orders(plan),
        _wrapped(advice) if by_limits else "",
    ]
    return Letter(subject=subject, text="\n\n".join(part for part in parts if part) + "\n")


def remark_letter(remark: Remark, environment: Environment) -> Letter:
    """Something about an account that its owner should mend, and how."""
    title = _TITLES.get(remark.code, "{account} needs your eye")
    subject = f"[{_name(environment)}] {title.format(account=remark.account, symbol=remark.symbol)}"
    parts = [_wrapped(remark.message), f"next: {remark.mend}" if remark.mend else ""]
    return Letter(subject=subject, text="\n\n".join(part for part in parts if part) + "\n")


_TITLES = {
    "login_ends": "A login is about to end",
    "reinvestment_on": "Dividends of {symbol} reinvest themselves in {account}",
    "lots_mismatch": "The lots of {symbol} in {account} do not agree with its keeper",
    "lots_unknown": "The cost of {symbol} in {account} is not known",
}


def drift_table(plan: Plan) -> str:
    """The pie by class, before and after: target, share, distance to goal."""
    rows = [f"{'class':<14}{'target':>8}{'now':>8}{'after':>8}{'off now':>15}{'off after':>15}  band"]
    rows += [_row(line, plan.pie) for line in plan.classes]
    rows.append(f"{'drift':<38}{plan.drift_before!s:>15}{plan.drift_after!s:>15}")
    return "\n".join(rows)


def _row(line: ClassLine, pie: Usd) -> str:
    now, after = _percent(line.before, pie), _percent(line.after, pie)
    off_now, off_after = line.before - line.goal, line.after - line.goal
    band = "outside" if line.out_of_band else "inside"
    return (
        f"{line.asset_class[:13]:<14}{line.target_pct.normalize():>7f}%{now:>8}{after:>8}"
        f"{off_now!s:>15}{off_after!s:>15}  {band}"
    )


def _percent(part: Usd, whole: Usd) -> str:
    share = Decimal(part.cents) * 100 / whole.cents if whole else Decimal(0)
    return f"{share:.1f}%"


def _mode(proposal: Proposal) -> str:
    return _name(proposal.environment)


def _name(environment: Environment) -> str:
    return f"rebaloop {environment.value.replace('_', ' ')}"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _why(plan: Plan) -> str:
    lagging = min(plan.classes, key=lambda line: (line.before - line.goal).cents, default=None)
    short = lagging.goal - lagging.before if lagging else Usd()
    cause = f"{lagging.asset_class} are {short} under goal: " if lagging and short.cents > 0 else ""
    orders = _count(len(plan.lines), "order")
    bring = "brings" if len(plan.lines) == 1 else "bring"
    return _wrapped(f"{cause}{orders} {bring} the household's drift from {plan.drift_before} to {plan.drift_after}.")


def _tax(plan: Plan) -> str:
    return _wrapped(
        f"Tax of this plan: {plan.tax}. The same shift by selling in taxable accounts would have realised a gain of "
        f"{plan.gain_if_sold} and cost {plan.tax_if_sold}."
    )


def _orders(plan: Plan) -> list[str]:
    """The orders that the bot would send, one paragraph for each account."""
    lines = [line for line in plan.lines if line.automatic]
    accounts = dict.fromkeys(line.account for line in lines)
    return [
        "\n".join([f"{account}:", *(_order(line) for line in lines if line.account == account)]) for account in accounts
    ]


def _order(line: PlanLine) -> str:
    wait = " Waits for your own orders below." if line.after_manual else ""
    head = f"  {line.number}. {line.side.value.upper()} {line.quantity} {line.symbol}, about {line.usd}"
    return f"{head}\n{_wrapped(f'{_LEVERS[line.lever]}: {line.reason}.{wait}', indent='     ')}"


def _by_hand(plan: Plan, ticked: Container[int]) -> str:
    lines = [line for line in plan.lines if not line.automatic and line.number not in ticked]
    boxes = [
        f"  [ ] {line.number}. {line.account}: {line.side.value} {line.quantity} {line.symbol}, about {line.usd}\n"
        + _wrapped(f"{line.reason}.", indent="         ")
        for line in lines
    ]
    return "\n".join(["For your own hands:", *boxes]) if boxes else ""


def _not_proposed(plan: Plan) -> str:
    refused = [
        f"selling {one.usd} of {one.symbol} in {one.account} would realise {one.realized_gain} and cost {one.tax} of "
        f"tax: {one.reason}"
        for one in plan.not_proposed
    ]
    return _bullets("Not proposed:", refused)


def _told(plan: Plan) -> str:
    rest = plan.residual
    stays = [f"{rest.drift} of drift stays: {rest.reason}"] if rest else []
    cures = [f"what would cure it: {cure}" for cure in rest.cures] if rest else []
    return _bullets("To know:", [*(note.message for note in plan.notes if note.code != "residual"), *stays, *cures])


def _proof(certificate: Certificate) -> str:
    if not certificate.classes:
        return "Proof: the target can be reached today without realising a gain."
    names = " and ".join(certificate.classes)
    if certificate.weights:
        names = " and ".join(f"{weight}/{certificate.whole} of {name}" for name, weight in certificate.weights)
    return (
        f"Proof: {names} should hold {certificate.goal} together; {certificate.fixed} lies "
        f"there and stays, at most {certificate.movable} can be moved there today, so {certificate.shortfall} must be "
        "missing in any plan that realises no gain."
    )


def _answer(proposal: Proposal) -> str:
    if proposal.environment is Environment.DRY_RUN:
        return _wrapped("This is a dry run: nothing was sent, and nothing will be.")
    until = proposal.expires_at.astimezone(_NEW_YORK).strftime("%A %Y-%m-%d %H:%M")
    wait = _wrapped(f"Nothing is sent until you say yes, in a terminal, before {until} New York time:")
    return f"{wait}\n\n  rebaloop approve {proposal.plan_id}\n\nIt asks for these four letters: {proposal.code}"


def _fill(order: OrderRecord) -> str:
    intent = order.intent
    at = f" at {order.average_price:f}" if order.average_price is not None and order.filled else ""
    told = order.state is OrderState.FILLED or not order.evidence or order.evidence.startswith(order.state.value)
    why = "" if told else f" ({order.evidence})"
    verb = "bought" if intent.side is Side.BUY else "sold"
    return (
        f"{intent.account}: {verb} {order.filled} of {intent.quantity} {intent.symbol}{at}, "
        f"{order.state.value.replace('_', ' ')}{why}"
    )


def _closing(breaks: Sequence[Break], refusals: Sequence[str], odd: Sequence[OrderRecord]) -> str:
    if breaks:
        return (
            "Nothing was corrected, and nothing is sent any more. Compare the accounts with the broker's own pages, "
            "and then say: rebaloop resume"
        )
    if refusals or odd:
        return "What was not done is left to the next plan, which starts from what is really held."
    return "Books and broker agree to the cent and to the share."


def _bullets(title: str, entries: Iterable[str]) -> str:
    rows = [textwrap.fill(entry, WIDTH, initial_indent="  - ", subsequent_indent="    ") for entry in entries]
    return "\n".join([title, *rows]) if rows else ""


def _wrapped(text: str, *, indent: str = "") -> str:
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent)
