"""A household of two, a plan with everything that a plan can have, and one of each letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from bot.domain.errors import LogIn, Reconcile, TryLater
from bot.domain.facts import Break
from bot.domain.household import Account, Household, Kind
from bot.domain.instruments import Instrument
from bot.domain.letter import Letter, LetterLink
from bot.domain.money import Shares, Usd
from bot.domain.orders import Intent, OrderRecord, OrderState
from bot.domain.plan import (
    Certificate,
    ClassLine,
    Environment,
    Headroom,
    Lever,
    Note,
    NotProposed,
    Plan,
    PlanLine,
    Proposal,
    Residual,
)
from bot.domain.snapshot import Remark, Side
from bot.letters.alarms import (
    deposit_missing_letter,
    deposit_unusual_letter,
    frozen_letter,
    held_letter,
    nobody_approved_letter,
    remark_letter,
    reminder_letter,
    trouble_letter,
    unknown_order_letter,
)
from bot.letters.digest import Month, digest_letter
from bot.letters.plan import plan_letter
from bot.letters.receipt import receipt_letter

AT = datetime(2026, 11, 30, 15, tzinfo=UTC)  # 10:00 in New York
HOUSEHOLD = Household(
    id="home",
    accounts=(
        Account(id="brokerage", kind=Kind.TAXABLE, menu=("VTI", "BND")),
        Account(id="rollover", kind=Kind.TRADITIONAL, menu=("VTI", "BND")),
        Account(id="roth", kind=Kind.ROTH, owner="spouse", menu=("VXUS", "VTI")),
        Account(id="work", kind=Kind.WORKPLACE, owner="spouse", automatic=False, menu=("KBND",)),
    ),
    instruments=tuple(
        Instrument(symbol=symbol, exposure=((name, Decimal(1)),))
        for symbol, name in (("VTI", "us_stocks"), ("VXUS", "intl_stocks"), ("BND", "us_bonds"), ("KBND", "us_bonds"))
    ),
)
LINK = LetterLink(person="self", url="https://rebaloop.example/p/4hVYwq0Jt8vC0m6o1m3u6W3jY9s8yQw7mK5dQ0Ff2aE")


def _line(
    number: int, account: str, side: Side, quantity: str, symbol: str, price: str, why: str, lever: Lever
) -> PlanLine:
    return PlanLine(
        number=number,
        account=account,
        side=side,
        symbol=symbol,
        quantity=Shares.of(quantity),
        usd=Shares.of(quantity).value(Decimal(price)),
        price=Decimal(price),
        asset_class=HOUSEHOLD.instrument(symbol).exposure[0][0],
        lever=lever,
        reason=why,
    )


LINES = (
    _line(
        1, "brokerage", Side.BUY, "103", "BND", "73.50", "us_bonds lag most, and new money goes there first", Lever.CASH
    ),
    _line(
        2,
        "rollover",
        Side.SELL,
        "298",
        "VTI",
        "282.50",
        "us_stocks are over goal; selling inside rollover realises no taxable gain",
        Lever.SHELTER,
    ),
    _line(3, "rollover", Side.BUY, "1145", "BND", "73.50", "us_bonds are under goal", Lever.SHELTER),
    _line(4, "roth", Side.BUY, "41", "VXUS", "71.20", "intl_stocks are under goal", Lever.LOCATION),
    replace(
        _line(5, "work", Side.BUY, "120.5", "KBND", "12", "us_bonds are under goal", Lever.SHELTER), automatic=False
    ),
)


def _class(name: str, target: str, goal: int, before: int, after: int, *, out: bool) -> ClassLine:
    return ClassLine(
        asset_class=name,
        target_pct=Decimal(target),
        goal=Usd.of(goal),
        before=Usd.of(before),
        after=Usd.of(after),
        out_of_band=out,
    )


PLAN = Plan(
    household="home",
    as_of_on=date(2026, 11, 30),
    lines=LINES,
    classes=(
        _class("us_stocks", "45", 453_411, 541_380, 457_195, out=True),
        _class("intl_stocks", "15", 151_137, 148_220, 151_140, out=False),
        _class("us_bonds", "40", 403_032, 310_400, 399_245, out=True),
        _class("cash", "0", 0, 7_580, 0, out=False),
    ),
    pie=Usd.of(1_007_580),
    drift_before=Usd.of(191_098),
    drift_after=Usd.of(7_574),
    drift_limit=Usd.of(7_570),
    certificate=Certificate(classes=("us_bonds",), goal=Usd.of(403_032), fixed=Usd.of(310_400), movable=Usd.of(88_847)),
    realized_gain=Usd(),
    tax=Usd(),
    tax_if_sold=Usd.of("6315.20"),
    gain_if_sold=Usd.of("42101.33"),
    cash_after=(("brokerage", Usd.of("9.50")),),
    not_proposed=(
        NotProposed(
            account="brokerage",
            symbol="VTI",
            asset_class="us_stocks",
            usd=Usd.of(84_200),
            realized_gain=Usd.of("42101.33"),
            tax=Usd.of("6315.20"),
            reason="a sale at a gain in a taxable account is never proposed",
        ),
    ),
    notes=(
        Note(code="unsettled_cash", message="$100.00 in brokerage has not settled yet and is not spent today."),
        Note(code="hold", message="Counted and left alone: ACME in brokerage ($12,400.00)."),
    ),
    residual=Residual(
        drift=Usd.of(7_574),
        reason="us_bonds stay $3,787.00 under goal, because no more of the shelters can be turned into them.",
        cures=("$6,311.67 of new money, that is 1 payday of $6,400.00",),
    ),
    headroom=(
        Headroom(asset_class="us_stocks", fall_pct=Decimal(38), rise_pct=Decimal(55), gradual_rise_pct=Decimal(41)),
        Headroom(asset_class="us_bonds", fall_pct=Decimal(100), rise_pct=None),
    ),
)
PROPOSAL = Proposal(
    plan=PLAN,
    plan_id="P-2026-11-30-A",
    environment=Environment.PAPER,
    created_at=AT,
    expires_at=datetime(2026, 12, 2, 21, tzinfo=UTC),
    snapshot_fingerprint="5" * 64,
    settings_fingerprint="6" * 64,
    code_version="0.1.0",
    price_collar_pct=Decimal(1),
)


def an_order(number: int, state: OrderState, filled: str, price: str = "", evidence: str = "") -> OrderRecord:
    """What became of one line of the plan."""
    line = LINES[number - 1]
    intent = Intent(
        plan=PROPOSAL.fingerprint,
        line=number,
        attempt=1,
        account=line.account,
        side=line.side,
        symbol=line.symbol,
        quantity=line.quantity,
        limit_price=line.price,
    )
    return OrderRecord(
        intent=intent,
        state=state,
        intended_at=AT,
        broker_id=f"b-{number}",
        filled=Shares.of(filled),
        average_price=Decimal(price) if price else None,
        evidence=evidence,
    )


ORDERS = (
    an_order(1, OrderState.FILLED, "103", "73.49"),
    an_order(2, OrderState.FILLED, "298", "282.51"),
    an_order(3, OrderState.PARTIAL, "800", "73.48"),
    an_order(4, OrderState.REJECTED, "0", evidence="the account is restricted to closing trades"),
)


def a_receipt(*orders: OrderRecord, breaks: tuple[Break, ...] = ()) -> Letter:
    """A receipt for these orders."""
    return receipt_letter(
        proposal=PROPOSAL,
        household=HOUSEHOLD,
        orders=orders or ORDERS,
        notes={3: "Made smaller: the cash was $1,200.00 short."},
        refusals=(),
        breaks=breaks,
    )


BREAK = Break(
    account="rollover",
    symbol="VTI",
    expected="102",
    found="100",
    message="rollover holds 100 VTI; 102 were expected.",
)
REMARK = Remark(
    code="reinvestment_on",
    account="brokerage",
    symbol="VTI",
    message="The dividend of VTI in brokerage bought 1.204 shares by itself on 2026-09-28.",
    mend="switch reinvestment off for VTI at the broker (Schwab: Positions, column Reinvest)",
)
MONTH = Month(
    first_on=date(2026, 11, 1),
    looks=9,
    plans=2,
    orders=7,
    realized_gain=Usd(),
    deferred=Usd.of("6315.20"),
    ahead=("2026-12-15: payday in brokerage", "2026-12-28: the login `ann` ends"),
)


def samples() -> dict[str, Letter]:
    """One of each letter, by a short name."""
    paper, log_in = Environment.PAPER, LogIn("The login `ann` ended 2 hours ago.", next_step="rebaloop login ann")
    refused = ["Order 2 moves $84,185.00, and your limit for one order is $50,000.00."]
    return {
        "letter": plan_letter(PROPOSAL, HOUSEHOLD, links=(LINK,), sessions=3),
        "two": plan_letter(PROPOSAL, HOUSEHOLD, links=(LINK, replace(LINK, person="spouse")), sessions=3),
        "terminal": plan_letter(PROPOSAL, HOUSEHOLD, sessions=3),
        "dry": plan_letter(replace(PROPOSAL, environment=Environment.DRY_RUN), HOUSEHOLD),
        "live": plan_letter(replace(PROPOSAL, environment=Environment.LIVE), HOUSEHOLD, links=(LINK,)),
        "receipt": a_receipt(),
        "break": a_receipt(breaks=(BREAK,)),
        "held": held_letter(plan=PLAN, household=HOUSEHOLD, environment=paper, refusals=refused, by_limits=True),
        "remark": remark_letter(REMARK, paper),
        "login": trouble_letter(log_in, paper),
        "later": trouble_letter(TryLater("Schwab does not answer."), paper),
        "reconcile": trouble_letter(Reconcile("The books are older than the accounts."), paper),
        "bug": trouble_letter(KeyError("pin 4711"), paper),
        "unknown": unknown_order_letter(
            [an_order(2, OrderState.UNKNOWN, "0", evidence="The broker is silent.")], paper
        ),
        "frozen": frozen_letter(["VTI went from 282.5 to 141.25, a round ratio: a split, perhaps."], paper),
        "reminder": reminder_letter(PROPOSAL, HOUSEHOLD),
        "missing": deposit_missing_letter(
            account="brokerage", due_on=date(2026, 11, 13), amount=Usd.of(6400), environment=paper
        ),
        "unusual": deposit_unusual_letter(
            account="brokerage", amount=Usd.of(62_000), usual=Usd.of(6400), environment=paper
        ),
        "nobody": nobody_approved_letter(PROPOSAL, HOUSEHOLD),
        "digest": digest_letter(MONTH, PLAN, paper),
    }
