"""What a line may cost, and what an account may spend on it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.domain.money import Shares, Usd
from bot.domain.orders import Intent, OrderRecord, OrderState
from bot.domain.readings import AccountReading, Quote
from bot.domain.snapshot import Holding, Side
from bot.services.sizing import limit_price, spendable
from tests.services.stage import MONDAY_10_00, SWAP

SELL, BUY = SWAP


def quote(symbol: str, bid: str, ask: str) -> Quote:
    return Quote(symbol=symbol, bid=Decimal(bid), ask=Decimal(ask), at=MONDAY_10_00)


def order(side: Side, state: OrderState, quantity: str, filled: str, price: str) -> OrderRecord:
    intent = Intent(
        plan="f",
        line=1,
        attempt=1,
        account="rollover",
        side=side,
        symbol="VTI",
        quantity=Shares.of(quantity),
        limit_price=Decimal(price),
    )
    return OrderRecord(
        intent=intent,
        state=state,
        intended_at=MONDAY_10_00,
        filled=Shares.of(filled),
        average_price=Decimal(price),
    )


def spend(planned: str, settled: str, unsettled: str, *orders: OrderRecord, unsettled_too: bool = False) -> Usd:
    return spendable(
        Usd(),
        Holding(account="rollover", cash_settled=Usd.of(planned)),
        AccountReading(account="rollover", cash_settled=Usd.of(settled), cash_unsettled=Usd.of(unsettled), held=()),
        orders,
        unsettled_too=unsettled_too,
    )


@pytest.mark.parametrize(
    ("ask", "limit"), [("50", "50.05"), ("50.01", "50.07"), ("50.48", "50.50"), ("50.50", "50.50"), ("50.51", None)]
)
def test_a_buy_pays_a_little_over_the_ask_and_never_beyond_the_collar(ask: str, limit: str | None) -> None:
    expected = None if limit is None else Decimal(limit)

    assert limit_price(BUY, quote("BND", "49", ask), Decimal(1)) == expected


@pytest.mark.parametrize(("bid", "limit"), [("100", "99.90"), ("99.05", "99.00"), ("98.99", None)])
def test_a_sale_takes_a_little_under_the_bid_and_never_beyond_the_collar(bid: str, limit: str | None) -> None:
    expected = None if limit is None else Decimal(limit)

    assert limit_price(SELL, quote("VTI", bid, "101"), Decimal(1)) == expected


def test_a_collar_is_never_rounded_wider() -> None:
    odd = replace(BUY, price=Decimal("33.333"))

    assert limit_price(odd, quote("BND", "33", "33.64"), Decimal(1)) == Decimal("33.66")  # 33.66633


def test_money_that_came_after_the_plan_is_left_for_the_next_one() -> None:
    assert spend("100", "5100", "0") == Usd.of(100)


def test_money_that_is_gone_is_not_spent() -> None:
    assert spend("100", "40", "0") == Usd.of(40)


def test_the_proceeds_of_own_sales_may_be_spent_before_they_settle() -> None:
    sale = order(Side.SELL, OrderState.FILLED, "10", "10", "100")

    assert spend("100", "100", "1000", sale) == Usd.of(1100)


def test_the_proceeds_of_other_sales_may_not() -> None:
    sale = order(Side.SELL, OrderState.FILLED, "10", "10", "100")

    assert spend("100", "-500", "2000", sale) == Usd.of(500)


def test_what_an_open_purchase_may_still_take_is_set_aside() -> None:
    purchase = order(Side.BUY, OrderState.PARTIAL, "10", "4", "10")

    assert spend("200", "160", "0", purchase) == Usd.of(100)


def test_unsettled_cash_is_spent_only_where_the_policy_says_so() -> None:
    holding = Holding(account="rollover", cash_settled=Usd.of(100), cash_unsettled=Usd.of(50))
    reading = AccountReading(account="rollover", cash_settled=Usd.of(100), cash_unsettled=Usd.of(50), held=())

    money = [spendable(Usd(), holding, reading, (), unsettled_too=too) for too in (False, True)]

    assert money == [Usd.of(100), Usd.of(150)]


def test_what_is_kept_is_not_spent() -> None:
    holding = Holding(account="rollover", cash_settled=Usd.of(100))
    reading = AccountReading(account="rollover", cash_settled=Usd.of(100), cash_unsettled=Usd(), held=())

    assert spendable(Usd.of(30), holding, reading, (), unsettled_too=False) == Usd.of(70)


def test_what_an_open_purchase_may_still_take_is_never_rounded_down() -> None:
    purchase = order(Side.BUY, OrderState.PARTIAL, "1.001", "0", "10.01")  # 10.02001 dollars

    assert spend("200", "200", "0", purchase) == Usd.of("189.97")


def test_a_purchase_without_a_price_has_cost_its_limit() -> None:
    purchase = replace(order(Side.BUY, OrderState.FILLED, "4", "4", "10"), average_price=None)

    assert spend("200", "200", "0", purchase) == Usd.of(160)


def test_a_size_is_never_a_cent_too_large_for_the_guard() -> None:
    """Ten open purchases of a little over a cent each: rounded to the nearest one they would look free."""
    purchases = [order(Side.BUY, OrderState.ACKED, "0.001", "0", "10.01") for _ in range(10)]

    assert spend("100", "100", "0", *purchases) == Usd.of("99.80")
