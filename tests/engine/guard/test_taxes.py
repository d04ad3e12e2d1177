"""G1 and G17: no taxable gain, and no loss that would not count."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from bot.domain.lots import Position, TaxLot
from bot.domain.money import Shares, Usd
from bot.domain.orders import OrderState
from bot.domain.plan import Lever
from bot.domain.snapshot import Holding, Side, Trade
from bot.engine.guard.case import Case
from tests.engine.guard.cases import (
    LOSS,
    LOSS_LINES,
    NOW,
    OLD,
    POLICY,
    TODAY,
    asking,
    buying,
    changed,
    dearest_sale,
    having,
    line,
    loss_sale,
    lot,
    ordered,
    quoting,
    record,
    reread,
    sale,
    stranger,
    with_lines,
)
from tests.engine.guard.verdicts import Build, judge, row

DAY = timedelta(days=1)
Y18, Y19, Y20 = date(2018, 5, 1), date(2019, 5, 1), date(2020, 5, 1)
SELL, BUY = Side.SELL, Side.BUY


def held(*lots: TaxLot, dearest: bool = False) -> Case:
    """The loss sale of 400 VXUS at 59.93, of these lots."""
    return having(dearest_sale() if dearest else loss_sale(), "taxable", *lots)


def lots_that_do_not_add_up() -> Case:
    case = loss_sale()
    lots = (lot(500, 80, Y19), lot(350, 100, Y20))  # they cost as much as the thousand that are held
    positions = tuple(
        Position(symbol="VXUS", lots=lots) if one.symbol == "VXUS" else one
        for one in case.fresh.holding("taxable").positions
    )
    return replace(case, fresh=changed(case.fresh, "taxable", positions=positions))


def past(case: Case, *trades: Trade) -> Case:
    return replace(case, fresh=replace(case.fresh, history=trades))


def trade(account: str, side: Side, symbol: str, days: int, gain: int = 0) -> Trade:
    return Trade(
        on=TODAY - days * DAY,
        account=account,
        owner="self",
        side=side,
        symbol=symbol,
        quantity=Shares.of(10),
        realized_gain=Usd(gain),
    )


def bought(*trades: Trade) -> Case:
    """A purchase of VXUS in the Roth account after these trades."""
    return past(buying("VXUS"), *trades)


def sold(*trades: Trade) -> Case:
    """A sale of VXUS at a loss after these trades."""
    return past(loss_sale(), *trades)


def beside(case: Case, account: str, side: Side, symbol: str, state: OrderState, filled: int | None = None) -> Case:
    return ordered(case, record(stranger(account, side, symbol, 10), state, filled))


def planned_beside(case: Case, account: str, side: Side, symbol: str) -> Case:
    return with_lines(case, *case.proposal.plan.lines, line(9, account, side, symbol, 5, Lever.LOSS))


def words(case: Case, word: str) -> Case:
    return reread(case, lot_selection=word)


TABLE = [
    # --- G1: the owner's word
    row("G1", "no opt-in", lambda: replace(loss_sale(), policy=POLICY), "is taxable: nothing is sold there"),
    row(
        "G1", "no loss line", lambda: with_lines(loss_sale(), replace(LOSS_LINES[0], lever=Lever.SHELTER)), "nothing is"
    ),
    row("G1 G12", "no line at all", lambda: asking(loss_sale(), line=7), "nothing is sold there"),
    row("G1 G7 G12", "no account of the household", lambda: elsewhere(loss_sale()), "gone is taxable"),
    # --- G1: the lots
    row("G1", "unknown cost", lambda: held(lot(500, 80, Y19), lot(500, None, Y20)), "not known for every lot"),
    row("G1", "lots do not add up", lots_that_do_not_add_up, "do not add up to the 1000"),
    row(
        "G1", "oldest at a gain", lambda: held(lot(500, 50, OLD), lot(500, 80, Y20)), "only lots of VXUS that stand at"
    ),
    row("", "oldest at a loss", lambda: held(lot(500, 50, Y20), lot(500, 80, OLD))),
    row("", "fewer lots", lambda: held(lot(500, 80, Y19), lot(400, 70, Y20))),
    row("G6", "no ask", lambda: quoting(loss_sale(), ask=Decimal("NaN"))),
    row("G1", "long ago is oldest", lambda: held(lot(500, 80, Y19), lot(500, 50, None))),
    row("", "long ago at a loss", lambda: held(lot(500, 50, Y19), lot(500, 80, None))),
    row("G1", "same day, gain told last", lambda: held(lot(500, 80, Y19), lot(500, 50, Y19))),
    row("G1", "same day, gain told first", lambda: held(lot(500, 50, Y19), lot(500, 80, Y19))),
    row("G1", "one share too many", lambda: held(lot(399, 80, Y19), lot(601, 50, Y20))),
    row("", "just enough", lambda: held(lot(400, 80, Y19), lot(600, 50, Y20))),
    row("G1", "the oldest is locked", lambda: held(lot(400, 80, Y19, locked_until_on=TODAY + DAY), lot(600, 70, Y20))),
    row("", "the lock ends today", lambda: held(lot(400, 80, Y19, locked_until_on=TODAY), lot(600, 70, Y20))),
    row("G1", "a loss at the limit, none at the ask", lambda: held(lot(1000, "60.01", Y19))),
    row("", "a loss at the ask", lambda: held(lot(1000, "60.02", Y19))),
    row(
        "G1",
        "a loss at the ask, none at a limit above",
        lambda: asking(held(lot(1000, "60.20", Y19)), limit_price=Decimal("60.20")),
    ),
    row("", "a loss at a limit above", lambda: asking(held(lot(1000, "60.21", Y19)), limit_price=Decimal("60.20"))),
    row("G6", "no quote of its own", lambda: quoting(held(lot(1000, "60.01", Y19)), symbol="BND")),
    row("G1", "a gift is a loss below its lesser basis", lambda: held(lot(1000, 80, Y19, basis_for_loss=Decimal(50)))),
    # --- G1: what the broker takes
    row("G1", "dearest first, not understood", lambda: asking(loss_sale(), dearest_first=True)),
    row("G1", "dearest first on average cost", lambda: words(dearest_sale(), "AVERAGE_COST")),
    row("", "dearest first, whatever the account takes", lambda: words(dearest_sale(), "LOW_COST")),
    row("G1", "dearest first, too few", lambda: held(lot(601, 50, OLD), lot(399, 70, Y20), dearest=True)),
    row("", "dearest first, told first", lambda: held(lot(400, 70, Y20), lot(600, 50, OLD), dearest=True)),
    row(
        "G1",
        "dearest first, a gift of equal cost told last",
        lambda: held(lot(500, 70, Y19), lot(500, 70, Y20, basis_for_loss=Decimal(50)), dearest=True),
    ),
    row(
        "G1",
        "dearest first, a gift of equal cost told first",
        lambda: held(lot(500, 70, Y19, basis_for_loss=Decimal(50)), lot(500, 70, Y20), dearest=True),
    ),
    row("", "oldest first by its word", lambda: words(loss_sale(), "FIFO")),
    *[
        row("G1", f"by {word}", lambda word=word: words(loss_sale(), word))
        for word in ("HIGH_COST", "AVERAGE_COST", "LIFO")
    ],
    row("", "a purchase in a taxable account", lambda: replace(buying("BOTH"), policy=POLICY)),
    # --- G17: purchases after a loss
    *[row("G17", f"{n} days after", lambda n=n: bought(trade("taxable", SELL, "VXUS", n, -1))) for n in (-1, 0, 30)],
    row("", "31 days after", lambda: bought(trade("taxable", SELL, "VXUS", 31, -1))),
    row("", "no loss", lambda: bought(trade("taxable", SELL, "VXUS", 3))),
    row("", "a purchase is no loss", lambda: bought(trade("taxable", BUY, "VXUS", 3, -1))),
    row("", "a loss of something else", lambda: bought(trade("taxable", SELL, "VTI", 3, -1))),
    row("", "a loss in a shelter", lambda: bought(trade("ira", SELL, "VXUS", 3, -1))),
    row(
        "G17",
        "a twin's loss",
        lambda: bought(trade("taxable", SELL, "IXUS", 3, -1)),
        "sold IXUS at a loss on 2026-02-27",
    ),
    row("G17", "the spouse's loss", lambda: bought(trade("joint", SELL, "VXUS", 3, -1))),
    row("G17", "a closed account's loss", lambda: bought(trade("closed", SELL, "VXUS", 3, -1))),
    row(
        "G17",
        "the second of two",
        lambda: bought(trade("ira", SELL, "VXUS", 3, -1), trade("joint", SELL, "VXUS", 3, -1)),
    ),
    row(
        "G17",
        "sold today",
        lambda: beside(buying("VXUS"), "joint", SELL, "IXUS", OrderState.FILLED),
        "joint sells IXUS",
    ),
    row("G17", "sold in part", lambda: beside(buying("VXUS"), "joint", SELL, "VXUS", OrderState.CANCELED, 1)),
    row("G17", "nobody knows", lambda: beside(buying("VXUS"), "joint", SELL, "VXUS", OrderState.HUMAN)),
    row("G13 G17", "on its way", lambda: beside(buying("VXUS"), "joint", SELL, "VXUS", OrderState.ACKED)),
    row("", "not sold", lambda: beside(buying("VXUS"), "joint", SELL, "VXUS", OrderState.CANCELED)),
    row("", "sold in a shelter", lambda: beside(buying("VXUS"), "hers", SELL, "VXUS", OrderState.FILLED)),
    row("", "something else sold", lambda: beside(buying("VXUS"), "joint", SELL, "VTI", OrderState.FILLED)),
    row("", "bought elsewhere", lambda: beside(buying("VXUS"), "joint", BUY, "VXUS", OrderState.FILLED)),
    row("G17", "one plan", lambda: planned_beside(buying("VXUS"), "taxable", SELL, "IXUS"), "the same plan sells IXUS"),
    row("", "one plan, in a shelter", lambda: planned_beside(buying("VXUS"), "hers", SELL, "IXUS")),
    row("", "one plan, something else", lambda: planned_beside(buying("VXUS"), "taxable", SELL, "VTI")),
    row("", "one plan, a purchase", lambda: planned_beside(buying("VXUS"), "taxable", BUY, "IXUS")),
    # --- G17: losses after a purchase
    *[row("G17", f"bought {n} days ago", lambda n=n: sold(trade("ira", BUY, "VXUS", n))) for n in (-1, 0, 30)],
    row("", "bought 31 days ago", lambda: sold(trade("ira", BUY, "VXUS", 31))),
    row("", "sold before", lambda: sold(trade("ira", SELL, "VXUS", 3))),
    row("", "bought something else", lambda: sold(trade("ira", BUY, "VTI", 3))),
    row("G17", "bought a twin", lambda: sold(trade("hers", BUY, "IXUS", 3)), "hers bought IXUS on 2026-02-27"),
    row("G17", "a lot of late", lambda: lots_of("IXUS", lot(3, 40, TODAY - 30 * DAY)), "hers got IXUS on 2026-01-31"),
    row("G17", "one late lot of two", lambda: lots_of("IXUS", lot(3), lot(3, 40, TODAY - DAY), lot(3, 40, None))),
    row("", "a lot of old", lambda: lots_of("IXUS", lot(3, 40, TODAY - 31 * DAY), lot(3, 40, None))),
    row("", "a late lot of something else", lambda: lots_of("VTI", lot(3, 40, TODAY))),
    row("G17", "buys today", lambda: beside(loss_sale(), "hers", BUY, "IXUS", OrderState.FILLED), "hers buys IXUS"),
    row("", "did not buy", lambda: beside(loss_sale(), "hers", BUY, "IXUS", OrderState.NOT_PLACED)),
    row("", "sells today", lambda: beside(loss_sale(), "hers", SELL, "IXUS", OrderState.FILLED)),
    row("G17", "one plan buys", lambda: planned_beside(loss_sale(), "roth", BUY, "IXUS"), "the same plan buys IXUS"),
    row("", "one plan buys something else", lambda: planned_beside(loss_sale(), "roth", BUY, "BND")),
    row("", "one plan sells more", lambda: planned_beside(loss_sale(), "roth", SELL, "IXUS")),
    row("", "a sale in a shelter", lambda: past(sale(), trade("hers", BUY, "VTI", 3))),
]


def lots_of(symbol: str, *lots: TaxLot) -> Case:
    return having(loss_sale(), "hers", *lots, symbol=symbol)


def elsewhere(case: Case) -> Case:
    """The loss sale, from an account that the household does not list but everybody else knows."""
    fresh = replace(case.fresh, holdings=tuple(renamed(one) for one in case.fresh.holdings))
    planned = replace(case.planned, holdings=tuple(renamed(one) for one in case.planned.holdings))
    lines = (replace(LOSS_LINES[0], account="gone", lever=Lever.SHELTER),)
    case = with_lines(asking(replace(case, fresh=fresh), account="gone"), *lines)
    case = replace(case, planned=planned, reading=replace(case.reading, account="gone"))
    return replace(
        asking(case, plan="another"), proposal=replace(case.proposal, snapshot_fingerprint=planned.fingerprint)
    )


def renamed(one: Holding) -> Holding:
    return replace(one, account="gone") if one.account == "taxable" else one


@pytest.mark.parametrize(("codes", "build", "says"), TABLE)
def test_taxes(codes: str, build: Build, says: str) -> None:
    judge(codes, build, says)


def test_the_table_sells_at_the_limit_it_says() -> None:
    assert loss_sale().intent.limit_price == Decimal("59.93")
    assert loss_sale().line is not None
    assert loss_sale().intent.line == LOSS
    assert loss_sale().now == NOW
