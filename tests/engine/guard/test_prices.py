"""G6 and G16: a price that can be trusted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from bot.domain.money import Shares
from bot.domain.plan import PlanLine
from bot.domain.snapshot import Side, Trade
from bot.engine.guard.case import Case
from tests.engine.guard.cases import (
    CASH,
    EARLIER_ON,
    LINES,
    NOW,
    PLANNED_ON,
    PRICES,
    SALE,
    TODAY,
    asking,
    buying,
    changed,
    holding,
    lot,
    planned_from,
    priced,
    purchase,
    quoting,
    sale,
    sealed,
    with_lines,
    without,
)
from tests.engine.guard.verdicts import Build, judge, row

SECOND, TICK = timedelta(seconds=1), timedelta(microseconds=1)


# --- G6: a purchase at 75.09, a quote of 74.99 to 75.01, a plan's price of 75
def between(bid: str, ask: str) -> Case:
    return quoting(purchase(), bid=Decimal(bid), ask=Decimal(ask))


def aged(age: timedelta) -> Case:
    return quoting(purchase(), at=NOW - age)


def limit(price: str, *, bid: str = "74.99", ask: str = "75.01") -> Case:
    return asking(between(bid, ask), limit_price=Decimal(price))


def selling(price: str) -> Case:
    return asking(sale(), limit_price=Decimal(price))


def drawn_at(case: Case, price: str) -> Case:
    lines: list[PlanLine] = [replace(one, price=Decimal(price)) for one in case.proposal.plan.lines]
    return with_lines(case, *lines)


OUTSIDE = "lies outside the collar"
QUOTES = [
    row("G6", "none", lambda: replace(purchase(), quote=None), "There is no usable quote for BND."),
    row("G6", "of another fund", lambda: quoting(purchase(), symbol="AGG"), "no usable quote for BND"),
    *[
        row(
            "G6",
            f"{side} {price}",
            lambda side=side, price=price: quoting(purchase(), **{side: Decimal(price)}),
            "no usable",
        )
        for side in ("bid", "ask")
        for price in ("0", "-1", "NaN", "Infinity")
    ],
    row("G6", "crossed", lambda: between("75.02", "75.01"), "is crossed: 75.02 bid, 75.01 asked"),
    row("", "locked", lambda: between("75.01", "75.01")),
    row("G6", "wide", lambda: between("74.62", "75.38"), "is 1.01% wide: 74.62 to 75.38"),
    row("", "as wide as may be", lambda: between("74.625", "75.375")),
    row("G6", "old", lambda: aged(60 * SECOND + TICK), "is of 14:58:59 UTC, at 15:00:00"),
    row("", "as old as may be", lambda: aged(60 * SECOND)),
    row("G6", "of the future", lambda: aged(-30 * SECOND - TICK)),
    row("", "as early as clocks may differ", lambda: aged(-30 * SECOND)),
    row("G6", "a limit above", lambda: limit("75.76"), f"The limit 75.76 for BND {OUTSIDE}"),
    row("", "a limit at the upper end", lambda: limit("75.75")),
    row("G6", "a limit below", lambda: limit("74.24"), OUTSIDE),
    row("", "a limit at the lower end", lambda: limit("74.25")),
    row("G6", "above the plan's price", lambda: limit("75.76", bid="75.49", ask="75.51"), OUTSIDE),
    row("", "at the plan's upper end", lambda: limit("75.75", bid="75.49", ask="75.51")),
    row("G6", "below the plan's price", lambda: limit("74.24", bid="74.49", ask="74.51"), OUTSIDE),
    row("G6", "below the quote", lambda: limit("74.94", bid="75.69", ask="75.71"), OUTSIDE),
    row("", "at the quote's lower end", lambda: limit("74.95", bid="75.69", ask="75.71")),
    row("G6", "above the quote", lambda: limit("75.06", bid="74.29", ask="74.31"), OUTSIDE),
    row("", "a wider collar", lambda: sealed(limit("76.50"), price_collar_pct=Decimal(2))),
    row("G6", "above a wider collar", lambda: sealed(limit("76.51"), price_collar_pct=Decimal(2)), OUTSIDE),
    row("G6", "a sale above", lambda: selling("303.01"), OUTSIDE),
    row("", "a sale at the upper end", lambda: selling("303.00")),
    row("G6", "a sale below", lambda: selling("296.99"), OUTSIDE),
    row("", "a sale at the lower end", lambda: selling("297.00")),
    row("G6", "a plan without a price", lambda: drawn_at(purchase(), "0"), OUTSIDE),
    row("G12", "a limit of no line", lambda: asking(limit("75.70", bid="75.69", ask="75.71"), line=9)),
]


# --- G16: VTI at 300, ITOT at 150, SCHB at 50, HALT at 20, VTSAX at 140
STOCKS = ("VTI", "ITOT", "SCHB", "VTSAX", "HALT")


def before(case: Case | None = None, /, **prices: Decimal | int | str | None) -> Case:
    """The case after a day with these prices."""
    case = case or sale()
    assert case.earlier is not None
    told = {symbol: None if price is None else Decimal(price) for symbol, price in prices.items()}
    return replace(case, earlier=priced(case.earlier, **told))


def all_moved(own: str, others: str, *, among: tuple[str, ...] = STOCKS) -> Case:
    """VTI moved by one factor, the other stocks by another."""
    factors = {symbol: Decimal(own if symbol == "VTI" else others) for symbol in among}
    return before(None, **{symbol: PRICES[symbol] / factor for symbol, factor in factors.items()})


def abroad(**factors: str) -> Case:
    """A purchase of IXUS after moves by these factors."""
    return before(buying("IXUS"), **{name: PRICES[name] / Decimal(factor) for name, factor in factors.items()})


def mixed(**factors: str) -> Case:
    return before(buying("BOTH"), **{name: PRICES[name] / Decimal(factor) for name, factor in factors.items()})


def counted(shares: int | None, *history: Trade) -> Case:
    """The sale of 333 of 700 VTI, where the account held so many before."""
    case = sale()
    assert case.earlier is not None
    if shares is None:
        earlier = without(case.earlier, "ira")
    else:
        positions = holding("ira", 0, VTI=[lot(shares)]).positions if shares else ()
        earlier = changed(case.earlier, "ira", positions=positions)
    return replace(case, earlier=earlier, fresh=replace(case.fresh, history=history))


def trade(side: Side, count: int, on: date, *, account: str = "ira", symbol: str = "VTI") -> Trade:
    return Trade(on=on, account=account, owner="self", side=side, symbol=symbol, quantity=Shares.of(count))


def sold_out() -> Case:
    """A purchase of BND in the Roth account, which held some before."""
    case = purchase()
    assert case.earlier is not None
    positions = holding("roth", 0, VTI=[lot(400)], BND=[lot(7)]).positions
    return replace(case, earlier=changed(case.earlier, "roth", positions=positions))


def unpriced(**prices: int | None) -> Case:
    case = sale()
    return planned_from(case, priced(case.planned, **prices))


BUY, SELL = Side.BUY, Side.SELL
BEFORE = EARLIER_ON - timedelta(days=1)
MOVED, ROUND, COUNT = "its class did not", "a round ratio", "The count of VTI in ira changed"
SPLITS = [
    row("", "nothing to compare with", lambda: replace(sale(), earlier=None)),
    row("", "a fifth up", lambda: before(VTI=250)),
    row(
        "G16",
        "more than a fifth up",
        lambda: before(VTI="249.99"),
        "VTI went from 249.99 to 300, and its class did not",
    ),
    row("", "a fifth down", lambda: before(VTI=375)),
    row("G16", "more than a fifth down", lambda: before(VTI="375.01"), MOVED),
    row("", "all fell", lambda: all_moved("0.6", "0.6")),
    row("G16", "all fell but one", lambda: all_moved("1", "0.6"), MOVED),
    row("G16", "one rose", lambda: all_moved("1.5", "1"), MOVED),
    row("", "all rose", lambda: all_moved("1.5", "1.5")),
    row("G16", "something else rose", lambda: all_moved("1.5", "1.5", among=("VTI", "BND", "VXUS")), MOVED),
    row("", "most rose", lambda: all_moved("1.5", "1.5", among=("VTI", "ITOT", "SCHB", "VTSAX"))),
    row("G16", "one twin rose", lambda: abroad(IXUS="1.3", VXUS="1"), MOVED),
    row("", "both twins rose", lambda: abroad(IXUS="1.3", VXUS="1.3")),
    row("G16", "a mixture stands alone", lambda: mixed(BOTH="1.3", MIX="1.3"), MOVED),
    row("", "peers without a price now", lambda: unpriced(ITOT=None, SCHB=0)),
    row("", "peers without a price", lambda: before(ITOT=None, SCHB=0)),
    row("G16", "halved with all others", lambda: all_moved("0.5", "0.5"), f"from 600 to 300, {ROUND}"),
    row("G16", "doubled with all others", lambda: all_moved("2", "2"), ROUND),
    row("G16", "nearly halved", lambda: all_moved("0.50999", "0.50999"), ROUND),
    row("", "not quite halved", lambda: all_moved("0.51", "0.51")),
    row("G16", "nearly doubled", lambda: all_moved("2.03999", "2.03999"), ROUND),
    row("", "not quite doubled", lambda: all_moved("2.04", "2.04")),
    row("G16", "twenty for one", lambda: all_moved("0.05", "0.05"), ROUND),
    row("G16", "one for twenty", lambda: all_moved("20", "20"), ROUND),
    row("", "one for twenty-one", lambda: all_moved("21", "21")),
    row("", "twenty-one for one", lambda: before(**{s: PRICES[s] * 21 for s in STOCKS})),
    row("G16", "the plan knows no price", lambda: unpriced(VTI=None), "the plan knows no price of it"),
    row("G16", "the plan knows a price of nothing", lambda: unpriced(VTI=0), "VTI was worth 300 a share"),
    row("", "no price before", lambda: before(VTI=None)),
    row("", "a price of nothing before", lambda: before(VTI=0)),
    # --- counts
    row("G16", "twice as many", lambda: counted(350), COUNT),
    row("G16", "half as many", lambda: counted(1400), COUNT),
    row("G16", "nearly twice as many", lambda: counted(345), COUNT),
    row("", "not quite twice as many", lambda: counted(340)),
    row("", "no such account before", lambda: counted(None)),
    row("", "none before", lambda: counted(0)),
    row("", "none then", sold_out),
    row("", "bought meanwhile", lambda: counted(350, trade(BUY, 350, PLANNED_ON))),
    row("", "bought on that day", lambda: counted(350, trade(BUY, 350, EARLIER_ON))),
    row("", "bought on that day, and counted", lambda: counted(700, trade(BUY, 700, EARLIER_ON))),
    row("", "sold meanwhile", lambda: counted(1400, trade(SELL, 700, PLANNED_ON))),
    row("", "sold on both days", lambda: counted(1400, trade(SELL, 300, EARLIER_ON), trade(SELL, 400, PLANNED_ON))),
    row("G16", "bought before", lambda: counted(350, trade(BUY, 350, BEFORE)), COUNT),
    row("G16", "bought after", lambda: counted(350, trade(BUY, 350, TODAY)), COUNT),
    row("G16", "bought elsewhere", lambda: counted(350, trade(BUY, 350, PLANNED_ON, account="hers")), COUNT),
    row("G16", "bought something else", lambda: counted(350, trade(BUY, 350, PLANNED_ON, symbol="BND")), COUNT),
    row("G16", "sold, and doubled", lambda: counted(1000, trade(SELL, 650, PLANNED_ON)), COUNT),
    row("G16", "sold on that day, and doubled", lambda: counted(1000, trade(SELL, 650, EARLIER_ON)), COUNT),
    row("G16", "doubled, if the sale came before", lambda: counted(350, trade(SELL, 50, EARLIER_ON)), COUNT),
    row("", "all sold on that day", lambda: counted(300, trade(SELL, 300, EARLIER_ON))),
    row("", "more sold than there were", lambda: counted(300, trade(SELL, 650, EARLIER_ON))),
]


@pytest.mark.parametrize(("codes", "build", "says"), QUOTES)
def test_quotes(codes: str, build: Build, says: str) -> None:
    judge(codes, build, says)


@pytest.mark.parametrize(("codes", "build", "says"), SPLITS)
def test_splits(codes: str, build: Build, says: str) -> None:
    judge(codes, build, says)


def test_the_tables_begin_with_sound_cases() -> None:
    assert sale().line == LINES[SALE - 1]
    assert purchase().line == LINES[CASH - 1]
