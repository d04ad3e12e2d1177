"""G10: what is held was read in this run, and is what the plan was drawn for but for its own fills and more cash."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.domain.lots import Position, TaxLot
from bot.domain.money import Shares, Usd
from bot.domain.orders import OrderState
from bot.domain.readings import HeldReading
from bot.domain.snapshot import Side, Snapshot
from bot.engine.guard.case import Case
from tests.engine.guard.cases import (
    BEGAN,
    LINES,
    NOW,
    OLD,
    changed,
    holding,
    intent_of,
    line,
    lot,
    ordered,
    planned_from,
    purchase,
    record,
    reread,
    sale,
    stranger,
    swap,
    taxable_purchase,
    with_lines,
    without,
)
from tests.engine.guard.verdicts import Build, judge, row

TICK, MINUTE = timedelta(microseconds=1), timedelta(minutes=1)
BUY, SELL = Side.BUY, Side.SELL
S = OrderState
UNREAD = "The accounts were not read in this run."


def taken(age: timedelta | None, *, began: timedelta = 20 * MINUTE) -> Case:
    """The sale, with accounts that were read so long ago in a run that began so long ago."""
    case = replace(sale(), run_began_at=NOW - began)
    return replace(case, fresh=replace(case.fresh, taken_at=None if age is None else NOW - age))


def now(case: Case, account: str, cash: Decimal | str | None = None, **lots: list[TaxLot]) -> Case:
    """The same case, where an account holds something else as the run begins."""
    held = holding(account, 0, **lots)
    changes: dict[str, object] = {"positions": held.positions} if lots else {}
    if cash is not None:
        changes["cash_settled"] = Usd.of(cash)
    return replace(case, fresh=changed(case.fresh, account, **changes))


def just_read(case: Case, **counts: int) -> Case:
    """The same case, where the order's account was just read to hold something else besides."""
    held = {one.symbol: one.quantity for one in case.reading.held}
    held |= {symbol: Shares.of(count) for symbol, count in counts.items()}
    readings = [
        HeldReading(symbol=symbol, quantity=count, available=count, cost_basis=None, price=None)
        for symbol, count in held.items()
        if count
    ]
    return reread(case, held=tuple(readings))


def cash(settled: str, unsettled: int = 0) -> Case:
    return reread(purchase(), cash_settled=Usd.of(settled), cash_unsettled=Usd.of(unsettled))


def hers(
    side: Side,
    state: OrderState,
    filled: int,
    *,
    bnd: int,
    cash: str = "20000",
    at: timedelta = TICK,
    price: int | None = 75,
) -> Case:
    """The sale, with an order of the plan for 100 BND in her account: begun so long before or after the run began."""
    case = with_lines(sale(), *LINES, line(5, "hers", side, "BND", 100))
    intent = replace(intent_of(case.proposal, 5), limit_price=Decimal(80))
    told = record(intent, state, filled, intended_at=BEGAN + at)
    told = replace(told, average_price=None if price is None else Decimal(price))
    return ordered(now(case, "hers", cash, BND=[lot(bnd)]), told)


def ours(side: Side, state: OrderState, filled: int, *, bnd: int, settled: str = "30000") -> Case:
    """The sale, with an order of the plan for 100 BND at 75 in the same account, which was just read."""
    case = with_lines(sale(), *LINES, line(5, "ira", side, "BND", 100))
    intent = replace(intent_of(case.proposal, 5), limit_price=Decimal(80))
    told = record(intent, state, filled, Decimal(75))
    return ordered(reread(just_read(case, BND=bnd), cash_settled=Usd.of(settled)), told)


def lots(*some: TaxLot, before: tuple[TaxLot, ...] = (lot(1_000, 100),)) -> Case:
    """A purchase in the Roth account, where the taxable account's VTI were these lots and are those."""
    case = purchase()
    others = tuple(one for one in case.planned.holding("taxable").positions if one.symbol != "VTI")

    def held(where: Snapshot, mine: tuple[TaxLot, ...]) -> Snapshot:
        return changed(where, "taxable", positions=(Position(symbol="VTI", lots=mine), *others))

    return replace(planned_from(case, held(case.planned, before)), fresh=held(case.fresh, some))


def touched() -> Case:
    """The plan itself bought VTI in the taxable account, which has other lots now."""
    case = lots(lot(1_060, 110, OLD))
    case = with_lines(case, *LINES)
    return ordered(case, record(intent_of(case.proposal, 4), S.FILLED))


def by_hand(*, automatic: bool = False, ticked: bool = True, symbol: str = "BND") -> Case:
    """A person has traded BND in her account."""
    extra = replace(line(5, "hers", BUY, symbol, 100), automatic=automatic)
    case = with_lines(now(sale(), "hers", "100", BND=[lot(2_130)]), *LINES, extra)
    return replace(case, ticked=frozenset({5}) if ticked else frozenset())


def elsewhere_by_hand() -> Case:
    """A person has traded BND in the Roth account, and her account has changed."""
    extra = replace(line(5, "roth", BUY, "BND", 100), automatic=False)
    case = with_lines(now(sale(), "hers", BND=[lot(2_130)]), *LINES, extra)
    return replace(case, ticked=frozenset({5}))


def anothers_fill() -> Case:
    done = record(stranger("hers", BUY, "BND", 100, 75), S.FILLED)
    return ordered(now(sale(), "hers", "2500", BND=[lot(2_100)]), done)


HALF_KNOWN = (lot(500, None), lot(500, 100))
READ = [
    row("G10", "never", lambda: taken(None), UNREAD),
    row("G10", "before the run", lambda: taken(5 * MINUTE, began=5 * MINUTE - TICK), UNREAD),
    row("", "as the run began", lambda: taken(5 * MINUTE, began=5 * MINUTE)),
    row("G10", "too long ago", lambda: taken(15 * MINUTE + TICK), UNREAD),
    row("", "just in time", lambda: taken(15 * MINUTE)),
    row(
        "G10",
        "other books",
        lambda: replace(sale(), planned=changed(sale().planned, "hers", cash_settled=Usd())),
        "drawn from other",
    ),
    row(
        "G10",
        "not planned with",
        lambda: planned_from(sale(), without(sale().planned, "ira")),
        "ira was not there when",
    ),
    row("G10", "not read", lambda: replace(purchase(), fresh=without(purchase().fresh, "roth")), "roth was not read"),
    row(
        "G10", "another was not read", lambda: replace(sale(), fresh=without(sale().fresh, "hers")), "hers was not read"
    ),
]
HELD = [
    row(
        "G10",
        "one share less elsewhere",
        lambda: now(sale(), "hers", BND=[lot(1_999)]),
        "hers holds 1999 BND; by the plan and its fills it should be 2000.",
    ),
    row("G10", "one share more elsewhere", lambda: now(sale(), "hers", BND=[lot(2_001)])),
    row(
        "G10",
        "a new fund elsewhere",
        lambda: now(sale(), "joint", BND=[lot(1)]),
        "joint holds 1 BND; by the plan and its fills it should be 0.",
    ),
    row("G10", "a fund is gone elsewhere", lambda: now(sale(), "hers", AGG=[lot(1)])),
    row("G10", "one share more just now", lambda: just_read(sale(), VTI=701)),
    row("G10", "one share less just now", lambda: just_read(sale(), VTI=699)),
    row("G10", "one share less of another", lambda: just_read(sale(), BND=999)),
    row("G10", "a new fund just now", lambda: just_read(sale(), AGG=1)),
    row("G10", "a fund is gone just now", lambda: just_read(sale(), BND=0)),
    row(
        "G10",
        "a cent less elsewhere",
        lambda: now(sale(), "hers", "9999.99"),
        "hers holds $9,999.99 in cash, less than was planned",
    ),
    row("", "more elsewhere", lambda: now(sale(), "hers", "10000.01")),
    row("G10", "a cent less just now", lambda: cash("9999.99")),
    row("", "more just now", lambda: cash("10000.01")),
    row("", "some of it unsettled", lambda: cash("9000", 1_000)),
    row("", "what changed within the run does not count", lambda: now(sale(), "ira", VTI=[lot(800)], BND=[lot(1_000)])),
    row("G10", "another plan's fill", anothers_fill),
]
FILLS = [
    # --- elsewhere, within the run: shown or not
    *[row("", f"bought, {n} shown", lambda n=n: hers(BUY, S.FILLED, 100, bnd=n)) for n in (2_000, 2_100)],
    *[row("G10", f"bought, {n} shown", lambda n=n: hers(BUY, S.FILLED, 100, bnd=n)) for n in (1_999, 2_101)],
    *[row("", f"sold, {n} shown", lambda n=n: hers(SELL, S.FILLED, 100, bnd=n)) for n in (1_900, 2_000)],
    *[row("G10", f"sold, {n} shown", lambda n=n: hers(SELL, S.FILLED, 100, bnd=n)) for n in (1_899, 2_001)],
    *[row("", f"buys, {n} shown", lambda n=n: hers(BUY, S.PARTIAL, 40, bnd=n)) for n in (2_000, 2_100)],
    *[row("G10", f"buys, {n} shown", lambda n=n: hers(BUY, S.PARTIAL, 40, bnd=n)) for n in (1_999, 2_101)],
    *[row("", f"bought in part, {n} shown", lambda n=n: hers(BUY, S.CANCELED, 40, bnd=n)) for n in (2_000, 2_040)],
    row("G10", "bought in part, more shown", lambda: hers(BUY, S.CANCELED, 40, bnd=2_041)),
    # --- elsewhere, before the run: shown
    row("", "bought before", lambda: hers(BUY, S.FILLED, 100, bnd=2_100, at=-TICK)),
    *[row("G10", f"bought before, {n}", lambda n=n: hers(BUY, S.FILLED, 100, bnd=n, at=-TICK)) for n in (2_099, 2_101)],
    row("", "sold before", lambda: hers(SELL, S.FILLED, 100, bnd=1_900, at=-TICK)),
    *[row("G10", f"sold before, {n}", lambda n=n: hers(SELL, S.FILLED, 100, bnd=n, at=-TICK)) for n in (1_899, 1_901)],
    row("", "as the run began", lambda: hers(BUY, S.FILLED, 100, bnd=2_000, at=timedelta())),
    *[
        row("", f"buys since before, {n}", lambda n=n: hers(BUY, S.PARTIAL, 40, bnd=n, at=-TICK))
        for n in (2_000, 2_100)
    ],
    # --- elsewhere, cash: 10,000 before, 7,500 for the shares, a cent of rounding and 75 cents of fees
    row("", "paid", lambda: hers(BUY, S.FILLED, 100, bnd=2_100, cash="2499.99")),
    row("G10", "paid too much", lambda: hers(BUY, S.FILLED, 100, bnd=2_100, cash="2499.98"), "in cash"),
    row("", "pays at most its limit", lambda: hers(BUY, S.PARTIAL, 40, bnd=2_100, cash="1999.99")),
    row("G10", "pays more than its limit", lambda: hers(BUY, S.PARTIAL, 40, bnd=2_100, cash="1999.98")),
    row("", "pays above its limit", lambda: hers(BUY, S.PARTIAL, 90, bnd=2_100, cash="999.99", price=100)),
    row("G10", "pays above its limit and more", lambda: hers(BUY, S.PARTIAL, 90, bnd=2_100, cash="999.98", price=100)),
    row("", "paid its limit, by no average", lambda: hers(BUY, S.FILLED, 100, bnd=2_100, cash="1999.99", price=None)),
    row("G10", "paid more, by no average", lambda: hers(BUY, S.FILLED, 100, bnd=2_100, cash="1999.98", price=None)),
    row("", "proceeds not shown", lambda: hers(SELL, S.FILLED, 100, bnd=1_900, cash="9999.99")),
    row("G10", "less than no proceeds", lambda: hers(SELL, S.FILLED, 100, bnd=1_900, cash="9999.98")),
    row("", "proceeds of before", lambda: hers(SELL, S.FILLED, 100, bnd=1_900, cash="17499.24", at=-TICK)),
    row(
        "G10", "proceeds of before are missing", lambda: hers(SELL, S.FILLED, 100, bnd=1_900, cash="17499.23", at=-TICK)
    ),
    # --- just now: shown
    row("", "just bought", lambda: ours(BUY, S.FILLED, 100, bnd=1_100)),
    *[row("G10", f"just bought, {n} shown", lambda n=n: ours(BUY, S.FILLED, 100, bnd=n)) for n in (1_099, 1_101)],
    row("", "just paid", lambda: ours(BUY, S.FILLED, 100, bnd=1_100, settled="7499.99")),
    row("G10", "just paid too much", lambda: ours(BUY, S.FILLED, 100, bnd=1_100, settled="7499.98")),
    row("", "just sold", lambda: ours(SELL, S.FILLED, 100, bnd=900)),
    *[row("G10", f"just sold, {n} shown", lambda n=n: ours(SELL, S.FILLED, 100, bnd=n)) for n in (899, 901)],
    *[row("", f"buys just now, {n}", lambda n=n: ours(BUY, S.PARTIAL, 40, bnd=n)) for n in (1_040, 1_100)],
    *[row("G10", f"buys just now, {n}", lambda n=n: ours(BUY, S.PARTIAL, 40, bnd=n)) for n in (1_039, 1_101)],
    *[row("", f"sells just now, {n}", lambda n=n: ours(SELL, S.PARTIAL, 40, bnd=n)) for n in (900, 960)],
    *[row("G10", f"sells just now, {n}", lambda n=n: ours(SELL, S.PARTIAL, 40, bnd=n)) for n in (899, 961)],
    row("", "just paid out", lambda: ours(SELL, S.FILLED, 100, bnd=900, settled="22499.24")),
    row("G10", "not just paid out", lambda: ours(SELL, S.FILLED, 100, bnd=900, settled="22499.23")),
    row("", "the first leg's fill", swap),
]
LOTS = [
    row("", "the same", lambda: lots(lot(1_000, 100))),
    row("", "the same, apart", lambda: lots(lot(300, 100), lot(700, 100, None))),
    row("G10", "dearer", lambda: lots(lot(1_000, 101)), "The lots of VTI in taxable are not those that were planned"),
    row("G10", "cheaper", lambda: lots(lot(1_000, 99))),
    row("", "a cent of rounding for each", lambda: lots(lot(1_000, "100.00002"))),
    row("G10", "more than rounding", lambda: lots(lot(1_000, "100.00003"))),
    row("", "rounding of three", lambda: lots(lot(500, 100), lot(500, "100.00006"))),
    row("G10", "more than rounding of three", lambda: lots(lot(500, 100), lot(500, "100.00008"))),
    row("G10", "no longer known", lambda: lots(lot(1_000, None))),
    row("G10", "now known", lambda: lots(lot(1_000, 100), before=(lot(1_000, None),))),
    row("", "not known as before", lambda: lots(lot(1_000, None, None), before=(lot(1_000, None),))),
    row("", "some not known as before", lambda: lots(lot(500, None), lot(500, 100), before=HALF_KNOWN)),
    row("G10", "fewer known than before", lambda: lots(lot(501, None), lot(499, "100.2004"), before=HALF_KNOWN)),
    row("G10", "what is known has changed", lambda: lots(lot(500, None), lot(500, 101), before=HALF_KNOWN)),
    row("G10", "some no longer known", lambda: lots(lot(500, 100), lot(500, None))),
    row("", "other lots in a shelter", lambda: now(sale(), "hers", BND=[lot(2_000, 90)])),
    row("", "other lots by the plan's own hand", touched),
]
HANDS = [
    row("", "ticked", by_hand),
    row("G10", "not ticked", lambda: by_hand(ticked=False)),
    row("G10", "not a person's", lambda: by_hand(automatic=True)),
    row("G10", "another fund", lambda: by_hand(symbol="AGG")),
    row("G10", "another account", elsewhere_by_hand),
]


@pytest.mark.parametrize(("codes", "build", "says"), READ)
def test_reading(codes: str, build: Build, says: str) -> None:
    judge(codes, build, says)


@pytest.mark.parametrize(("codes", "build", "says"), HELD)
def test_holdings(codes: str, build: Build, says: str) -> None:
    judge(codes, build, says)


@pytest.mark.parametrize(("codes", "build", "says"), FILLS)
def test_fills(codes: str, build: Build, says: str) -> None:
    judge(codes, build, says)


@pytest.mark.parametrize(("codes", "build", "says"), LOTS)
def test_lots(codes: str, build: Build, says: str) -> None:
    judge(codes, build, says)


@pytest.mark.parametrize(("codes", "build", "says"), HANDS)
def test_hands(codes: str, build: Build, says: str) -> None:
    judge(codes, build, says)


def test_a_purchase_in_the_taxable_account_keeps_its_lots_apart() -> None:
    judge("", taxable_purchase, "")
