"""What has arrived, what is missing, and what reinvests itself are facts of the history, not guesses."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from bot.domain.lots import Position, TaxLot
from bot.domain.money import Shares, Usd
from bot.domain.orders import Intent, OrderRecord, OrderState
from bot.domain.readings import AccountReading, Activity, ActivityKind, HeldReading
from bot.domain.snapshot import Holding, Side, Snapshot
from bot.engine.watch import arrivals, missing_shares, payday, reinvested_dividends

TODAY = date(2026, 3, 2)
TAKEN_AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)


def entry(kind: ActivityKind, net: str = "0", *, on: date = TODAY, **rest: object) -> Activity:
    made = Activity(activity_id="a", account="joint", kind=kind, on=on, net=Usd.of(net))
    return replace(made, **rest)  # type: ignore[arg-type]  # a test's own shorthand


def snapshot(shares: str = "100") -> Snapshot:
    position = Position(symbol="VTI", lots=(TaxLot(quantity=Shares.of(shares)),))
    holdings = (Holding(account="joint", positions=(position,)),)
    return Snapshot(as_of_on=TODAY, holdings=holdings, prices=(), taken_at=TAKEN_AT)


def reading(shares: str) -> AccountReading:
    count = Shares.of(shares)
    held = HeldReading(symbol="VTI", quantity=count, available=count, cost_basis=None, price=None)
    return AccountReading(
        account="joint", cash_settled=Usd(), cash_unsettled=Usd(), held=(held,) if count else (), open_orders=()
    )


def trade(side: Side, shares: str, *, after: timedelta = HOUR) -> Activity:
    return entry(
        ActivityKind.TRADE, side=side, symbol="VTI", quantity=Shares.of(shares), price=Decimal(1), at=TAKEN_AT + after
    )


def sold(shares: str, *, after: timedelta = HOUR, broker_id: str = "7") -> OrderRecord:
    intent = Intent(
        plan="p", line=1, attempt=1, account="joint", side=Side.SELL, symbol="VTI", quantity=Shares.of(shares),
        limit_price=Decimal(1),
    )  # fmt: skip
    return OrderRecord(
        intent=intent,
        state=OrderState.FILLED,
        intended_at=TAKEN_AT + after,
        broker_id=broker_id,
        filled=Shares.of(shares),
    )


def missing(found: str, *activities: Activity, orders: tuple[OrderRecord, ...] = ()) -> list[str]:
    return [remark.code for remark in missing_shares(reading(found), snapshot(), activities, orders)]


def test_shares_that_left_without_a_word_stop_every_plan() -> None:
    (remark,) = missing_shares(reading("40"), snapshot(), (), ())

    assert (remark.code, remark.account, remark.symbol, remark.stops) == ("shares_missing", "joint", "VTI", True)
    assert "holds 40 VTI" in remark.message
    assert "should be 100" in remark.message
    assert "rebaloop accept joint" in remark.mend


@pytest.mark.parametrize("found", ["100", "100.5", "250"])
def test_what_is_there_is_not_missing(found: str) -> None:
    assert missing(found) == []


def test_a_position_that_is_gone_altogether_is_missing() -> None:
    assert missing("0") == ["shares_missing"]


def test_a_sale_explains_as_many_shares_as_it_sold() -> None:
    assert missing("40", trade(Side.SELL, "60")) == []
    assert missing("39", trade(Side.SELL, "60")) == ["shares_missing"]


def test_a_sale_that_was_taken_back_explains_nothing() -> None:
    assert missing("40", replace(trade(Side.SELL, "60"), reversed=True)) == ["shares_missing"]


def test_a_sale_from_before_the_snapshot_explains_nothing() -> None:
    assert missing("40", trade(Side.SELL, "60", after=-HOUR)) == ["shares_missing"]


def test_a_purchase_raises_what_must_be_there() -> None:
    assert missing("100", trade(Side.BUY, "5")) == ["shares_missing"]
    assert missing("100", trade(Side.BUY, "5", after=timedelta(0))) == []  # it may be in the snapshot already


@pytest.mark.parametrize("kind", [ActivityKind.TRANSFER, ActivityKind.SPLIT, ActivityKind.OTHER])
def test_shares_that_the_history_takes_away_are_explained(kind: ActivityKind) -> None:
    assert missing("50", entry(kind, symbol="VTI", quantity=Shares.of("-50"))) == []
    assert missing("49", entry(kind, symbol="VTI", quantity=Shares.of("-50"))) == ["shares_missing"]


def test_a_new_name_takes_the_whole_position_along() -> None:
    assert missing("0", entry(ActivityKind.RENAME, symbol="VTI", new_symbol="VTX")) == []


def test_our_own_sale_explains_before_the_history_does() -> None:
    assert missing("40", orders=(sold("60"),)) == []
    assert missing("40", orders=(sold("60", after=-HOUR),)) == ["shares_missing"]


def test_our_own_sale_counts_once() -> None:
    booked = replace(trade(Side.SELL, "30"), order_id="7")

    assert missing("40", booked, orders=(sold("30"),)) == ["shares_missing"]
    assert missing("70", booked, orders=(sold("30"),)) == []


@given(st.lists(st.integers(-40, 40).filter(bool), max_size=6), st.integers(0, 300))
def test_exactly_what_is_unexplained_is_missing(changes: list[int], extra: int) -> None:
    history = tuple(trade(Side.BUY if n > 0 else Side.SELL, str(abs(n))) for n in changes)
    expected = 300 + sum(changes)
    base = snapshot("300")

    assert missing_shares(reading(str(expected + extra)), base, history, ()) == ()
    if expected - extra >= 0 and extra:
        assert len(missing_shares(reading(str(expected - extra)), base, history, ())) == 1


def test_payday_is_a_deposit_of_about_the_amount() -> None:
    paid = entry(ActivityKind.DEPOSIT, "6400.37")

    assert payday([paid], Usd.of(6400), Usd.of(5), TODAY) == paid
    assert payday([paid], Usd.of(6400), Usd.of("0.36"), TODAY) is None
    assert payday([paid], Usd.of(6400), Usd.of(5), TODAY + timedelta(days=1)) is None


@pytest.mark.parametrize(
    "kind",
    [
        ActivityKind.JOURNAL,
        ActivityKind.REIMBURSEMENT,
        ActivityKind.DIVIDEND,
        ActivityKind.TRANSFER,
        ActivityKind.OTHER,
    ],
)
def test_nothing_but_a_deposit_is_a_payday(kind: ActivityKind) -> None:
    assert payday([entry(kind, "6400")], Usd.of(6400), Usd.of(5), TODAY) is None


def test_a_deposit_that_bounced_is_no_payday() -> None:
    assert payday([entry(ActivityKind.DEPOSIT, "6400", reversed=True)], Usd.of(6400), Usd.of(5), TODAY) is None


@pytest.mark.parametrize(
    ("kind", "net", "arrives"),
    [
        (ActivityKind.DEPOSIT, "10", True),
        (ActivityKind.DIVIDEND, "10", True),
        (ActivityKind.INTEREST, "0.01", True),
        (ActivityKind.RETURN_OF_CAPITAL, "3", True),
        (ActivityKind.DIVIDEND, "-1.50", False),
        (ActivityKind.REIMBURSEMENT, "0.06", False),
        (ActivityKind.JOURNAL, "0.06", False),
        (ActivityKind.FEE, "-1", False),
        (ActivityKind.WITHDRAWAL, "-10", False),
    ],
)
def test_new_money_is_what_comes_from_outside(kind: ActivityKind, net: str, arrives: bool) -> None:
    assert bool(arrivals([entry(kind, net)], TODAY)) is arrives


def reinvested(on: date = TODAY) -> Activity:
    return entry(
        ActivityKind.TRADE, "-12.30", on=on, side=Side.BUY, symbol="VTI", quantity=Shares.of("0.0568"), reinvested=True
    )


def test_a_dividend_that_reinvested_itself_is_told_with_what_to_click() -> None:
    (remark,) = reinvested_dividends("joint", [reinvested()], TODAY)

    assert (remark.code, remark.symbol, remark.stops) == ("reinvestment_on", "VTI", False)
    assert "0.0568" in remark.message
    assert "switch reinvestment off for VTI" in remark.mend


def test_a_dividend_that_reinvested_itself_is_no_money_that_arrived() -> None:
    dividend = entry(ActivityKind.DIVIDEND, "12.30", symbol="VTI")

    assert arrivals([dividend, reinvested()], TODAY) == ()


def test_reinvestment_counts_as_off_once_a_later_dividend_stays_cash() -> None:
    later = entry(ActivityKind.DIVIDEND, "12.40", on=TODAY + timedelta(days=91), symbol="VTI")

    assert reinvested_dividends("joint", [reinvested(), later], later.on) == ()


def test_reinvestment_of_long_ago_is_forgotten() -> None:
    assert reinvested_dividends("joint", [reinvested()], TODAY + timedelta(days=121)) == ()
