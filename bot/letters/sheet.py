"""A plan as ready words: every sentence and every row that its letter and its page show, and nothing to compute."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.household import Account, Household, Kind
from bot.domain.plan import Certificate, Environment, Headroom, Lever, Plan, PlanLine, Proposal
from bot.letters.drift import DriftRow, drift_rows
from bot.letters.words import MODES, clean, count, mode, moment

LEVERS = {
    Lever.CASH: "new money",
    Lever.SHELTER: "tax-free swap",
    Lever.LOCATION: "new money, where its class belongs",
    Lever.LOSS: "sale at a loss, as you opted in",
}
KINDS = {
    Kind.TAXABLE: "taxable",
    Kind.TRADITIONAL: "traditional IRA",
    Kind.ROTH: "Roth IRA",
    Kind.WORKPLACE: "401(k)",
    Kind.HSA: "HSA",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """One order; `waits` is a sentence where it waits for a person's own orders, otherwise empty.

    `tick` is the command that says of a manual order that it has been carried out; empty for an automatic one.
    """

    number: int
    side: str
    quantity: str
    symbol: str
    about: str
    lever: str
    reason: str
    waits: str
    tick: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountOrders:
    """One account with its orders: its alias, how it is taxed and whose it is."""

    account: str
    kind: str
    owner: str
    orders: tuple[OrderRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A sale that was not proposed: what, its price in gain and tax, and why."""

    sale: str
    gain: str
    tax: str
    reason: str

    @property
    def sentence(self) -> str:
        """All of it."""
        return f"selling {self.sale} would realise {self.gain} and cost {self.tax} of tax: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A plan in words. Money and percentages are text, widths of bars whole percents of half the axis.

    `mode` is `dry run`, `paper` or `live`, `mode_words` what that means. `code` and `command` are empty in a dry run,
    where nothing can be approved; `expiry` then says so.
    """

    plan_id: str
    mode: str
    mode_words: str
    title: str
    why: str
    tax: str
    tax_of_plan: str
    tax_if_sold: str
    gain_if_sold: str
    deferred: str
    drift: tuple[DriftRow, ...]
    drift_before: str
    drift_after: str
    orders: tuple[AccountOrders, ...]
    by_hand: tuple[AccountOrders, ...]
    not_proposed: tuple[Refused, ...]
    told: tuple[str, ...]
    headroom: str
    proof: str
    expiry: str
    command: str
    code: str


def plan_sheet(proposal: Proposal, household: Household, *, sessions: int = 0, ticked: Container[int] = ()) -> Sheet:
    """Everything that is to be said of a proposal.

    `sessions`: how many market sessions an approval may take, 0 where that is not to be told. `ticked`: the manual
    lines that their owner has carried out, which are left out.
    """
    plan, dry = proposal.plan, proposal.environment is Environment.DRY_RUN
    asks = "Would place" if dry else "Approve"
    return Sheet(
        plan_id=proposal.plan_id,
        mode=mode(proposal.environment),
        mode_words=MODES[proposal.environment],
        title=f"{asks} {count(len(plan.lines), 'order')}, {plan.tax} tax",
        why=why(plan),
        tax=tax(plan),
        tax_of_plan=str(plan.tax),
        tax_if_sold=str(plan.tax_if_sold),
        gain_if_sold=str(plan.gain_if_sold),
        deferred=str(plan.tax_deferred),
        drift=drift_rows(plan),
        drift_before=str(plan.drift_before),
        drift_after=str(plan.drift_after),
        orders=orders_of(plan, household),
        by_hand=by_hand(proposal, household, ticked),
        not_proposed=_not_proposed(plan),
        told=_told(plan),
        headroom=_headroom(plan.headroom),
        proof=_proof(plan.certificate),
        expiry=_expiry(proposal, sessions),
        command="" if dry else f"rebaloop approve {proposal.plan_id}",
        code="" if dry else proposal.code,
    )


def why(plan: Plan) -> str:
    """One sentence: what lags, and what the orders do about it."""
    lagging = min(plan.classes, key=lambda line: (line.before - line.goal).cents, default=None)
    short = lagging.goal - lagging.before if lagging else None
    cause = f"{clean(lagging.asset_class)} are {short} under goal: " if lagging and short and short.cents > 0 else ""
    bring = "brings" if len(plan.lines) == 1 else "bring"
    orders = count(len(plan.lines), "order")
    return f"{cause}{orders} {bring} the household's drift from {plan.drift_before} to {plan.drift_after}."


def tax(plan: Plan) -> str:
    """What the plan costs, and what selling would have cost."""
    return (
        f"Tax of this plan: {plan.tax}. The same shift by selling in taxable accounts would have realised a gain of "
        f"{plan.gain_if_sold} and cost {plan.tax_if_sold}."
    )


def orders_of(plan: Plan, household: Household) -> tuple[AccountOrders, ...]:
    """The orders that the bot would send, by owner and account."""
    return _by_account([line for line in plan.lines if line.automatic], household, "")


def by_hand(proposal: Proposal, household: Household, ticked: Container[int] = ()) -> tuple[AccountOrders, ...]:
    """The orders that are left to a person, by owner and account."""
    left = [line for line in proposal.plan.lines if not line.automatic and line.number not in ticked]
    return _by_account(left, household, proposal.plan_id)


def _by_account(lines: list[PlanLine], household: Household, plan_id: str) -> tuple[AccountOrders, ...]:
    owners = {account.id: place for place, account in enumerate(household.accounts)}
    first: dict[str, int] = {}
    for account in household.accounts:
        first.setdefault(account.owner, len(first))
    known = {account.id: account for account in household.accounts}

    def place(alias: str) -> tuple[int, int, str]:
        account = known.get(alias)
        return (first[account.owner], owners[alias], alias) if account else (len(first), 0, alias)

    return tuple(
        _account_orders(alias, known.get(alias), [line for line in lines if line.account == alias], plan_id)
        for alias in sorted({line.account for line in lines}, key=place)
    )


def _account_orders(alias: str, account: Account | None, lines: list[PlanLine], plan_id: str) -> AccountOrders:
    return AccountOrders(
        account=clean(alias),
        kind=KINDS[account.kind] if account else "",
        owner=clean(account.owner) if account else "",
        orders=tuple(_row(line, plan_id) for line in lines),
    )


def _row(line: PlanLine, plan_id: str) -> OrderRow:
    return OrderRow(
        number=line.number,
        side=line.side.value,
        quantity=line.quantity.plain,
        symbol=clean(line.symbol),
        about=str(line.usd),
        lever=LEVERS[line.lever],
        reason=clean(line.reason),
        waits="Waits for your own orders." if line.after_manual else "",
        tick=f"rebaloop tick {plan_id} {line.number}" if plan_id else "",
    )


def _not_proposed(plan: Plan) -> tuple[Refused, ...]:
    return tuple(
        Refused(
            sale=clean(f"{one.usd} of {one.symbol} in {one.account}"),
            gain=str(one.realized_gain),
            tax=str(one.tax),
            reason=clean(one.reason),
        )
        for one in plan.not_proposed
    )


def _told(plan: Plan) -> tuple[str, ...]:
    rest = plan.residual
    stays = [f"{rest.drift} of drift stays: {rest.reason}"] if rest else []
    cures = [f"What would cure it: {cure}" for cure in rest.cures] if rest else []
    notes = [note.message for note in plan.notes if note.code != "residual"]
    return tuple(clean(one) for one in [*notes, *stays, *cures])


def _headroom(rooms: tuple[Headroom, ...]) -> str:
    """How far prices may move before the shelters alone could not answer any more."""
    if not rooms or all(not room.fall_pct and room.rise_pct == 0 for room in rooms):
        return ""
    parts = [f"{_fall(room)} or {_rise(room)} of {clean(room.asset_class)}" for room in rooms]
    return f"The shelters could absorb a sudden move of one class: {'; '.join(parts)}."


def _fall(room: Headroom) -> str:
    return "any fall" if room.fall_pct == Decimal(100) else f"a {room.fall_pct:.0f}% fall"


def _rise(room: Headroom) -> str:
    if room.rise_pct is None:
        return "any rise"
    slowly = room.gradual_rise_pct if room.rise_pct else None
    return f"a {room.rise_pct:.0f}% rise" + ("" if slowly is None else f" ({slowly:.0f}% if it comes slowly)")


def _proof(certificate: Certificate) -> str:
    if not certificate.classes:
        return "Proof: the target can be reached today without realising a gain."
    names = " and ".join(certificate.classes)
    if certificate.weights:
        names = " and ".join(f"{weight}/{certificate.whole} of {name}" for name, weight in certificate.weights)
    return (
        f"Proof: {clean(names)} should hold {certificate.goal} together; {certificate.fixed} lies "
        f"there and stays, at most {certificate.movable} can be moved there today, so {certificate.shortfall} must be "
        "missing in any plan that realises no gain."
    )


def _expiry(proposal: Proposal, sessions: int) -> str:
    if proposal.environment is Environment.DRY_RUN:
        return "This is a dry run: nothing was sent, and nothing will be."
    within = f", within {count(sessions, 'market session')}" if sessions else ""
    return f"Nothing is sent until you say yes{within}, before {moment(proposal.expires_at)}."
