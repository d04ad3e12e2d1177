"""G2 to G5 and G15: what is there, what may go at once, and what is a number at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.domain.money import Shares, Usd
from bot.domain.orders import OrderState
from bot.domain.readings import HeldReading
from bot.domain.snapshot import OpenOrder, Side
from bot.engine.guard.case import Case, usable
from tests.engine.guard.cases import (
    CASH,
    LINES,
    LOSS,
    LOSS_LINES,
    LOSSES,
    NOW,
    TODAY,
    asking,
    buying,
    case_of,
    changed,
    having,
    intent_of,
    line,
    loss_sale,
    lot,
    ordered,
    planned_from,
    priced,
    purchase,
    record,
    reread,
    sale,
    stranger,
    swap,
    with_lines,
    without,
)
from tests.engine.guard.verdicts import Build, judge, row

SELL, BUY = Side.SELL, Side.BUY
DAY, TICK = timedelta(days=1), timedelta(microseconds=1)
S = OrderState
LOCK = TODAY + DAY


# --- sales: 333 VTI of the 700 in the IRA
def held(*counts: int, locked: int = 0, until: object = LOCK) -> Case:
    lots = [lot(count) for count in counts]
    return having(sale(), "ira", *lots, *([lot(locked, locked_until_on=until)] if locked else []))


def own(case: Case, side: Side, symbol: str, count: int, price: Decimal | int, number: int = 5) -> Case:
    """Another line of the plan in the order's account has filled, and the reading shows it."""
    account = case.intent.account
    extra = line(number, account, side, symbol, count)
    case = with_lines(case, *case.proposal.plan.lines, extra)
    done = record(intent_of(case.proposal, number), S.FILLED, count, Decimal(price))
    delta = Shares.of(count) if side is BUY else -Shares.of(count)
    counts = {one.symbol: one.quantity for one in case.reading.held}
    counts[symbol] = counts.get(symbol, Shares()) + delta
    some = tuple(
        HeldReading(symbol=name, quantity=now, available=now, cost_basis=None, price=None)
        for name, now in counts.items()
    )
    return ordered(reread(case, held=some), done)


def paid(case: Case, settled: Decimal | int | str, unsettled: Decimal | int | str = 0) -> Case:
    return reread(case, cash_settled=Usd.of(settled), cash_unsettled=Usd.of(unsettled))


def open_orders(case: Case, *orders: tuple[Side, str, int]) -> Case:
    shown = tuple(OpenOrder(side=side, symbol=symbol, quantity=Shares.of(count)) for side, symbol, count in orders)
    return reread(case, open_orders=shown)


def journal(
    case: Case,
    side: Side,
    symbol: str,
    count: int,
    state: OrderState,
    *,
    limit: Decimal | int | str = 1,
    filled: int = 0,
    account: str = "",
) -> Case:
    intent = stranger(account or case.intent.account, side, symbol, count, Decimal(limit))
    return ordered(case, record(intent, state, filled))


def available(count: int) -> Case:
    some = tuple(replace(one, available=Shares.of(count)) for one in sale().reading.held)
    return reread(sale(), held=some)


SALES = [
    row("G2", "one share short", lambda: held(332), "ira holds 332 VTI, 0 of them locked and 332 available; 0 are"),
    row("", "just enough", lambda: held(333)),
    row("G2", "locked until tomorrow", lambda: held(332, locked=368), "368 of them locked"),
    row("", "enough without the locked", lambda: held(333, locked=368)),
    row("", "the lock ends today", lambda: held(332, locked=368, until=TODAY)),
    row("G2", "sold meanwhile by the plan", lambda: paid(own(sale(), SELL, "VTI", 368, 299), 130_000)),
    row("", "just enough left", lambda: paid(own(sale(), SELL, "VTI", 367, 299), 130_000)),
    row("G2", "the plan sold the free ones", lambda: paid(own(held(368, locked=332), SELL, "VTI", 36, 299), 130_000)),
    row("", "the plan sold some of them", lambda: paid(own(held(368, locked=332), SELL, "VTI", 35, 299), 130_000)),
    row("G2", "bought in this run", lambda: own(held(332), BUY, "VTI", 368, 1)),
    row("", "some bought in this run", lambda: own(held(333), BUY, "VTI", 368, 1)),
    row("G2", "bought in this run, many locked", lambda: own(held(332, locked=368), BUY, "VTI", 1, 1)),
    row("G2", "pledged", lambda: available(332)),
    row("", "enough free", lambda: available(333)),
    row("G2 G13", "an open sale", lambda: open_orders(held(343), (SELL, "VTI", 11)), "11 are already on sale"),
    row("G13", "an open sale fits", lambda: open_orders(held(343), (SELL, "VTI", 10))),
    row("", "an open sale of something else", lambda: open_orders(held(333), (SELL, "BND", 10))),
    row("G13", "an open purchase", lambda: open_orders(held(333), (BUY, "VTI", 10))),
    *[
        row("G2 G13", f"{state} sale", lambda state=state: journal(held(343), SELL, "VTI", 15, state, filled=4))
        for state in (S.SENDING, S.UNKNOWN, S.ACKED, S.PARTIAL)
    ],
    *[
        row("G13", f"{state} sale fits", lambda state=state: journal(held(343), SELL, "VTI", 15, state, filled=5))
        for state in (S.SENDING, S.UNKNOWN, S.ACKED, S.PARTIAL)
    ],
    row("G13", "a sale not on its way", lambda: journal(held(333), SELL, "VTI", 15, S.APPROVED)),
    row("", "a finished sale", lambda: journal(held(333), SELL, "VTI", 15, S.CANCELED)),
    row("", "elsewhere", lambda: journal(held(333), SELL, "VTI", 15, S.UNKNOWN, account="hers")),
    row("", "something else", lambda: journal(held(333), SELL, "BND", 15, S.UNKNOWN)),
    row("G13", "an unknown purchase", lambda: journal(held(333), BUY, "VTI", 15, S.UNKNOWN)),
    row(
        "G13",
        "one sale in both books",
        lambda: open_orders(journal(held(343), SELL, "VTI", 10, S.ACKED), (SELL, "VTI", 10)),
    ),
    *[
        row(
            "G2 G13",
            f"{state} sale and an open one",
            lambda state=state: open_orders(journal(held(352), SELL, "VTI", 10, state), (SELL, "VTI", 10)),
        )
        for state in (S.SENDING, S.UNKNOWN)
    ],
    row(
        "G13",
        "an unknown sale and an open one fit",
        lambda: open_orders(journal(held(353), SELL, "VTI", 10, S.UNKNOWN), (SELL, "VTI", 10)),
    ),
    row("G2 G10", "an account that was not read", lambda: replace(sale(), fresh=without(sale().fresh, "ira"))),
]


# --- purchases: 100 BND at 75.09 in the Roth account, 7,509.00 of 10,000.00 less a buffer of 1,000.00
def cash(settled: int | str, unsettled: int | str = 0, *, spend: bool = False) -> Case:
    told = {"cash_settled": Usd.of(settled), "cash_unsettled": Usd.of(unsettled)}
    case = purchase()
    case = planned_from(case, changed(case.planned, "roth", **told))
    case = replace(case, fresh=changed(case.fresh, "roth", **told))
    return replace(reread(case, **told), policy=replace(case.policy, spend_unsettled_cash=spend))


def taxable_swap(settled: int | str, unsettled: int | str) -> Case:
    """A purchase of 200 AGG, 20,024.00, that the taxable sale of 400 VXUS at 59.93 is to pay for."""
    lines = (*LOSS_LINES, line(2, "taxable", BUY, "AGG", 200))
    case = case_of(2, lines, policy=LOSSES)
    done = record(intent_of(case.proposal, LOSS), S.FILLED)
    some = tuple(
        replace(one, quantity=Shares.of(600), available=Shares.of(600)) if one.symbol == "VXUS" else one
        for one in case.reading.held
    )
    return paid(ordered(reread(case, held=some), done), settled, unsettled)


def without_swaps(case: Case) -> Case:
    return replace(case, policy=replace(case.policy, same_day_swaps=False))


def fraction(settled: str) -> Case:
    """A hundred shares and a ten-thousandth: 7,509.007509 dollars."""
    case = cash(settled)
    case = with_lines(case, replace(LINES[CASH - 1], quantity=Shares.of("100.0001")))
    case = replace(
        asking(case, quantity=Shares.of("100.0001")), capabilities=replace(case.capabilities, fractional=True)
    )
    return replace(case, policy=replace(case.policy, fractional_shares=True))


def unpriced(case: Case, **prices: int | None) -> Case:
    return replace(case, fresh=priced(case.fresh, **prices))


def quoteless(case: Case) -> Case:
    return replace(case, quote=None)


def gone() -> Case:
    case = purchase()
    return replace(case, household=replace(case.household, accounts=()))


PURCHASES = [
    row(
        "G3",
        "a cent short",
        lambda: cash("8508.99"),
        "roth may spend $7,508.99; $0.00 are already on order, and $7,509.00",
    ),
    row("", "to the cent", lambda: cash(8_509)),
    row("G3", "a debt", lambda: cash(-5), "may spend -$1,005.00"),
    row("G3", "parts of a cent", lambda: fraction("8509.00")),
    row("", "parts of a cent are paid", lambda: fraction("8509.01")),
    row("G3", "money that came later waits", lambda: paid(cash(8_508), 20_000)),
    row("G3", "unsettled", lambda: cash(8_508, 2_000)),
    row("G3", "unsettled, and more came later", lambda: paid(cash(8_508, 2_000), 20_000)),
    row("G3", "unsettled purchases, without same-day swaps", lambda: without_swaps(cash(9_000, -492))),
    row("", "unsettled by the owner's word", lambda: cash(6_509, 2_000, spend=True)),
    row("G3", "unsettled, a dollar short", lambda: cash(6_508, 2_000, spend=True)),
    row("G3", "unsettled purchases", lambda: cash(9_000, -492)),
    row("", "unsettled purchases leave enough", lambda: cash(9_000, -491)),
    row("", "nothing unsettled", lambda: without_swaps(cash(8_509))),
    # --- proceeds
    row("", "proceeds of the plan", swap),
    row("G3", "proceeds, without same-day swaps", lambda: without_swaps(swap())),
    row("", "settled proceeds, without same-day swaps", lambda: without_swaps(swap(settled=True))),
    row("G3", "proceeds in a taxable account", lambda: taxable_swap(20_000, "23972")),
    row("", "settled proceeds in a taxable account", lambda: taxable_swap(43_972, 0)),
    row("G3", "more unsettled than sold", lambda: paid(own(purchase(), SELL, "VTI", 1, 300), 8_000, 5_000)),
    row("", "just sold enough", lambda: paid(own(purchase(), SELL, "VTI", 1, 300), 8_209, 5_000)),
    row("G3", "sold not quite enough", lambda: paid(own(purchase(), SELL, "VTI", 1, 300), 8_208, 5_000)),
    row("G3 G10", "less unsettled than sold", lambda: paid(own(purchase(), SELL, "VTI", 1, 2_000), 8_000, 500)),
    row(
        "G3",
        "another plan's proceeds",
        lambda: paid(journal(cash(8_500), SELL, "VTI", 1, S.FILLED, filled=1), 8_500, 900),
    ),
    row("G3", "the plan's purchase", lambda: own(purchase(), BUY, "VXUS", 1, 1_492), "may spend $7,508.00"),
    row("", "the plan's smaller purchase", lambda: own(purchase(), BUY, "VXUS", 1, 1_491)),
    row(
        "G3 G10",
        "an account that was not planned with",
        lambda: planned_from(purchase(), without(purchase().planned, "roth")),
        "may spend -$1,000.00",
    ),
    row(
        "G3 G7",
        "an account of nobody",
        lambda: replace(gone(), kept=Usd.of(2_492)),
    ),
    row("G7", "an account of nobody, with enough", gone),
    # --- what else is on order
    *[
        row("G3", f"{state} purchase", lambda state=state: journal(purchase(), BUY, "VXUS", 10, state, limit="149.2"))
        for state in (S.SENDING, S.UNKNOWN, S.ACKED, S.PARTIAL)
    ],
    *[
        row(
            "", f"{state} purchase fits", lambda state=state: journal(purchase(), BUY, "VXUS", 10, state, limit="149.1")
        )
        for state in (S.SENDING, S.UNKNOWN, S.ACKED, S.PARTIAL)
    ],
    *[
        row("", f"{state} purchase is over", lambda state=state: journal(purchase(), BUY, "VXUS", 10, state, limit=900))
        for state in (S.CANCELED, S.REJECTED, S.NOT_PLACED, S.APPROVED)
    ],
    row("", "the rest of a purchase", lambda: journal(purchase(), BUY, "VXUS", 15, S.PARTIAL, limit="149.1", filled=5)),
    row("G3", "the rest is too much", lambda: journal(purchase(), BUY, "VXUS", 15, S.PARTIAL, limit="149.1", filled=4)),
    row("", "a purchase elsewhere", lambda: journal(purchase(), BUY, "VXUS", 10, S.UNKNOWN, limit=900, account="hers")),
    row("", "a sale costs nothing", lambda: journal(purchase(), SELL, "VXUS", 10, S.UNKNOWN, limit=900)),
    row("", "somebody's purchase fits", lambda: open_orders(purchase(), (BUY, "VXUS", 24))),
    row(
        "G3",
        "somebody's purchase",
        lambda: open_orders(purchase(), (BUY, "VXUS", 25)),
        "$1,515.00 are already on order",
    ),
    row("G6", "somebody's purchase fits, no quote", lambda: quoteless(open_orders(purchase(), (BUY, "VXUS", 24)))),
    row("G3 G6", "somebody's purchase, no quote", lambda: quoteless(open_orders(purchase(), (BUY, "VXUS", 25)))),
    row(
        "G3",
        "ours of something else",
        lambda: open_orders(journal(purchase(), BUY, "IXUS", 10, S.ACKED), (BUY, "VXUS", 25)),
    ),
    row("", "somebody's sale", lambda: open_orders(purchase(), (SELL, "VXUS", 25))),
    row("G3", "two purchases", lambda: open_orders(purchase(), (BUY, "VXUS", 12), (BUY, "IXUS", 11))),
    row("", "two purchases fit", lambda: open_orders(purchase(), (BUY, "VXUS", 12), (BUY, "IXUS", 10))),
    row(
        "",
        "ours, shown",
        lambda: open_orders(journal(purchase(), BUY, "VXUS", 24, S.ACKED, limit=60), (BUY, "VXUS", 24)),
    ),
    row(
        "G3",
        "ours and one more",
        lambda: open_orders(journal(purchase(), BUY, "VXUS", 24, S.ACKED, limit=60), (BUY, "VXUS", 25)),
    ),
    row(
        "",
        "ours, shown no longer",
        lambda: unpriced(
            open_orders(journal(purchase(), BUY, "VXUS", 24, S.ACKED, limit=60), (BUY, "VXUS", 24)), VXUS=None
        ),
    ),
    row(
        "G3",
        "lost and perhaps shown",
        lambda: open_orders(journal(purchase(), BUY, "VXUS", 13, S.UNKNOWN, limit=60), (BUY, "VXUS", 13)),
    ),
    row(
        "",
        "lost and perhaps shown fit",
        lambda: open_orders(journal(purchase(), BUY, "VXUS", 12, S.UNKNOWN, limit=60), (BUY, "VXUS", 12)),
    ),
    row(
        "G3",
        "a purchase of unknown price",
        lambda: unpriced(open_orders(purchase(), (BUY, "VXUS", 1)), VXUS=None),
        "nobody knows what",
    ),
    row(
        "G3",
        "a purchase at no price",
        lambda: unpriced(open_orders(purchase(), (BUY, "VXUS", 1)), VXUS=0),
        "nobody knows what",
    ),
    row(
        "G13",
        "one of its own, priced by the ask",
        lambda: unpriced(open_orders(purchase(), (BUY, "BND", 19)), BND=None),
    ),
    row(
        "G3 G13",
        "one of its own, above a stale price",
        lambda: unpriced(open_orders(purchase(), (BUY, "BND", 20)), BND=70),
    ),
    # --- what is kept
    row("G3", "kept for a purpose", lambda: replace(purchase(), kept=Usd.of(2_492))),
    row("", "kept, but not so much", lambda: replace(purchase(), kept=Usd.of(2_491))),
    row("G3", "the buffer is kept anyway", lambda: replace(cash(8_508), kept=Usd())),
]


# --- limits: the sale is worth 333 times 299.69, $99,796.77 of a million
def limits(case: Case, **changes: object) -> Case:
    return replace(case, limits=replace(case.limits, **changes))  # type: ignore[arg-type]  # fields by name


def share(pct: str) -> Case:
    return limits(sale(), order_pct=Decimal(pct))


def today(state: OrderState = S.FILLED, at: datetime = NOW, **changes: object) -> Case:
    """After an order of $10,000."""
    done = record(stranger("hers", BUY, "AGG", 100, 100), state, intended_at=at)
    return limits(ordered(sale(), done), **changes)


def poorer(case: Case, **changes: object) -> Case:
    return replace(case, fresh=changed(case.fresh, "work", **changes))


MIDNIGHT = datetime(2026, 3, 2, 5, tzinfo=UTC)  # in New York
ONCE, BOTH = Decimal("9.979677"), Decimal("10.979677")
A_BIT = Decimal("0.000001")
LIMITS = [
    row("G4", "a cent over", lambda: share("9.979676"), "moves $99,796.77; one order may move $99,796.76 (9.979676%)"),
    row("", "to the cent", lambda: share("9.979677")),
    row("G4", "unpriced funds count nothing", lambda: unpriced(share("12.8"), BND=None)),
    row("", "unpriced funds, but enough", lambda: unpriced(share("12.9"), BND=None)),
    row("G4", "a price of nothing", lambda: unpriced(share("12.8"), BND=0)),
    row("", "unsettled cash counts", lambda: poorer(share("9.9"), cash_unsettled=Usd.of(10_000))),
    row("G4", "a limit that is no number", lambda: share("NaN"), "cannot be checked"),
    row("", "$100,000 of a million at the usual limits", sale),
    row(
        "G4",
        "a cent over what the first live plans may move",
        lambda: limits(sale(), order_most=Usd(9_979_676)),
        "moves $99,796.77; in the first live plans an order may move $99,796.76",
    ),
    row("", "what the first live plans may move, to the cent", lambda: limits(sale(), order_most=Usd(9_979_677))),
    row(
        "G5",
        "one order and this",
        lambda: today(day_pct=BOTH - A_BIT),
        "would move $109,796.77; one day may move $109,796.76",
    ),
    row("", "both to the cent", lambda: today(day_pct=BOTH)),
    row("", "its own record", lambda: limits(ordered(sale(), record(sale().intent, S.APPROVED)), day_pct=ONCE)),
    *[row("", f"{state} ones", lambda state=state: today(state, day_pct=ONCE)) for state in (S.NOT_PLACED, S.REJECTED)],
    *[
        row("G5", f"{state} ones", lambda state=state: today(state, day_pct=ONCE))
        for state in (S.CANCELED, S.HUMAN, S.UNKNOWN, S.ACKED)
    ],
    row("G5", "since midnight in New York", lambda: today(at=MIDNIGHT, day_pct=ONCE)),
    row("", "until midnight in New York", lambda: today(at=MIDNIGHT - TICK, day_pct=ONCE)),
    row("G5", "of a clock that ran ahead", lambda: today(at=NOW + DAY, day_pct=ONCE)),
    row("G5", "too many", lambda: today(day_orders=1), "Today's orders are 1 already, and the limit is 1."),
    row("", "not too many", lambda: today(day_orders=2)),
]


# --- numbers
def fractional(count: str, *, keeper: bool = True, owner: bool = True) -> Case:
    case = asking(purchase(), quantity=Shares.of(count))
    case = replace(case, capabilities=replace(case.capabilities, fractional=keeper))
    return replace(case, policy=replace(case.policy, fractional_shares=owner))


def at(symbol: str, limit: str) -> Case:
    return asking(buying(symbol), limit_price=Decimal(limit))


NUMBERS = [
    row("G15", "nothing", lambda: asking(sale(), quantity=Shares()), "One cannot order 0 shares."),
    row("G15", "less than nothing", lambda: asking(sale(), quantity=Shares.of(-1)), "One cannot order -1 shares."),
    row("", "one share", lambda: asking(sale(), quantity=Shares.of(1))),
    row("G15", "a fraction, neither", lambda: fractional("9.5", keeper=False, owner=False), "only whole ones"),
    row("G15", "a fraction, not by the keeper", lambda: fractional("9.5", keeper=False), "The order is for 9.5 shares"),
    row("G15", "a fraction, not by the owner", lambda: fractional("9.5", owner=False)),
    row("", "a fraction by both", lambda: fractional("9.5")),
    row("", "the finest fraction", lambda: fractional("9.000000001")),
    row("G15", "a finer one", lambda: fractional("9.0000000001"), "is finer than any broker takes"),
    *[
        row(
            "G15",
            f"a limit of {limit}",
            lambda limit=limit: asking(sale(), limit_price=Decimal(limit)),
            "One cannot order at a limit of",
        )
        for limit in ("NaN", "sNaN", "Infinity", "-Infinity", "0", "-1", "1000000000000001")
    ],
    row("G15", "no limit for a loss", lambda: asking(loss_sale(), limit_price=Decimal("NaN"))),
    row("G6 G15", "no limit for a loss, no quote", lambda: quoteless(asking(loss_sale(), limit_price=Decimal("NaN")))),
    row("G15", "no limit for a purchase", lambda: asking(purchase(), limit_price=Decimal("Infinity"))),
    row("G15", "half a cent", lambda: asking(sale(), limit_price=Decimal("299.695")), "299.695 is finer than"),
    row("", "a cent with noughts", lambda: asking(sale(), limit_price=Decimal("299.6900"))),
    row("", "below a dollar", lambda: at("PENNY", "0.5003")),
    row("G15", "below a dollar, finer", lambda: at("PENNY", "0.50035")),
    row("", "just below a dollar", lambda: at("DOLLAR", "0.9999")),
    row("", "a dollar", lambda: at("DOLLAR", "1.00")),
    row("G15", "just above a dollar", lambda: at("DOLLAR", "1.0001")),
]


@pytest.mark.parametrize(("codes", "build", "says"), SALES)
def test_sales(codes: str, build: Build, says: str) -> None:
    judge(codes, build, says)


@pytest.mark.parametrize(("codes", "build", "says"), PURCHASES)
def test_purchases(codes: str, build: Build, says: str) -> None:
    judge(codes, build, says)


@pytest.mark.parametrize(("codes", "build", "says"), LIMITS)
def test_limits(codes: str, build: Build, says: str) -> None:
    judge(codes, build, says)


@pytest.mark.parametrize(("codes", "build", "says"), NUMBERS)
def test_numbers(codes: str, build: Build, says: str) -> None:
    judge(codes, build, says)


@pytest.mark.parametrize(
    ("number", "sound"), [("1E+15", True), ("1000000000000000.01", False), ("0", False), ("1E-30", True), ("-1", False)]
)
def test_a_usable_number_is_a_household_s(number: str, sound: bool) -> None:
    assert usable(Decimal(number)) is sound
    assert not usable(None)


def test_an_order_of_no_number_is_worth_nothing() -> None:
    assert asking(sale(), quantity=Shares.of(-1)).worth == Usd()
    assert asking(sale(), limit_price=Decimal("NaN")).worth == Usd()
    assert sale().worth == Usd.of("99796.77")
