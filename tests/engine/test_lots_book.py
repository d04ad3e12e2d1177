"""Lots rebuilt from a position and its trades sum to what the keeper says, in shares and in cost."""

from collections import Counter
from datetime import date
from decimal import Decimal

from hypothesis import given, settings, strategies as st

from bot.domain.household import Account, Kind
from bot.domain.lots import Position, TaxLot
from bot.domain.money import Shares, Usd
from bot.domain.readings import AccountReading, Activity, ActivityKind, HeldReading
from bot.domain.snapshot import Side
from bot.engine.lots.nouns import Book
from bot.engine.lots_book import keep_books, swap_days, trades_of

MARCH_2 = date(2026, 3, 2)
MARCH_3 = date(2026, 3, 3)


def held(quantity: str, basis: str | None = None, *lots: TaxLot) -> HeldReading:
    return HeldReading(
        symbol="VTI",
        quantity=Shares.of(quantity),
        available=Shares.of(quantity),
        cost_basis=None if basis is None else Usd.of(basis),
        price=None,
        lots=lots,
    )


def trade(side: Side, quantity: str, price: str, *, on: date = MARCH_2, symbol: str = "VTI") -> Activity:
    return Activity(
        activity_id="",
        account="ira",
        kind=ActivityKind.TRADE,
        on=on,
        net=Usd(),
        symbol=symbol,
        side=side,
        quantity=Shares.of(quantity),
        price=Decimal(price),
    )


def rebuild(reading: HeldReading, trades: list[Activity], locks: dict[date, date]) -> Book:
    """The book of the one symbol in the one account."""
    books = keep_books(
        accounts=(Account(id="ira", kind=Kind.TRADITIONAL),),
        readings=(AccountReading(account="ira", cash_settled=Usd(), cash_unsettled=Usd(), held=(reading,)),),
        activities=trades,
        locks={"ira": locks},
    )
    empty = Book(position=Position(symbol=reading.symbol, lots=()), lots=(), sales=())
    return books.by_account.get("ira", {}).get(reading.symbol, empty)


def shape(book: Book) -> list[tuple[str, Decimal | None, date | None]]:
    return [(lot.quantity.plain, lot.cost_per_share, lot.acquired_on) for lot in book.position.lots]


def test_a_remembered_purchase_is_a_lot_and_the_rest_is_an_opening_at_the_cost_that_is_left() -> None:
    """100 shares cost $9,000; 40 of them were bought at $100, so 60 cost $5,000."""
    book = rebuild(held("100", "9000"), [trade(Side.BUY, "40", "100")], {})

    assert shape(book) == [("60", Decimal("83.3333333333"), None), ("40", Decimal(100), MARCH_2)]


def test_an_opening_that_would_cost_less_than_nothing_has_no_known_cost() -> None:
    book = rebuild(held("100", "3000"), [trade(Side.BUY, "40", "100")], {})

    assert shape(book)[0] == ("60", None, None)


def test_a_position_without_history_is_one_old_lot() -> None:
    assert shape(rebuild(held("10", "500"), [], {})) == [("10", Decimal(50), None)]


def test_sales_take_the_oldest_shares_first() -> None:
    trades = [
        trade(Side.BUY, "10", "100"),
        trade(Side.BUY, "10", "110", on=MARCH_3),
        trade(Side.SELL, "15", "90", on=MARCH_3),
    ]

    book = rebuild(held("5"), trades, {})

    assert shape(book) == [("5", Decimal(110), MARCH_3)]
    assert [(sale.quantity.plain, sale.realized_gain) for sale in book.sales] == [("15", Usd.of(-200))]


def test_a_sale_of_the_opening_realises_against_its_derived_cost() -> None:
    """8 shares are left at $480; the two that went at $50 had cost $60 each."""
    book = rebuild(held("8", "480"), [trade(Side.SELL, "2", "50")], {})

    assert book.sales[0].realized_gain == Usd.of(-20)


def test_a_position_that_was_sold_off_still_tells_of_its_loss() -> None:
    trades = [trade(Side.BUY, "10", "100"), trade(Side.SELL, "10", "90", on=MARCH_3)]

    book = rebuild(held("0"), trades, {})

    assert book.position.lots == ()
    assert book.sales[0].realized_gain == Usd.of(-100)


def test_shares_that_left_without_a_sale_are_the_oldest_ones() -> None:
    trades = [trade(Side.BUY, "10", "100"), trade(Side.BUY, "10", "110", on=MARCH_3)]

    assert shape(rebuild(held("12"), trades, {})) == [("2", Decimal(100), MARCH_2), ("10", Decimal(110), MARCH_3)]


def test_the_keepers_own_lots_win_where_they_add_up() -> None:
    own = TaxLot(quantity=Shares.of(10), cost_per_share=Decimal(7), acquired_on=MARCH_2)

    assert rebuild(held("10", "100", own), [], {}).position.lots == (own,)
    assert shape(rebuild(held("11", "110", own), [], {})) == [("11", Decimal(10), None)]


def test_what_was_bought_on_a_day_of_sales_is_locked_until_that_day_settles() -> None:
    trades = [trade(Side.SELL, "1", "50", symbol="BND"), trade(Side.BUY, "2", "100")]
    locks = dict.fromkeys(swap_days(trades), MARCH_3)

    lot = rebuild(held("2"), trades, locks).position.lots[0]

    assert (lot.is_locked(MARCH_2), lot.is_locked(MARCH_3)) == (True, False)


def test_a_day_with_purchases_alone_locks_nothing() -> None:
    assert swap_days([trade(Side.BUY, "1", "1"), trade(Side.SELL, "1", "1", on=MARCH_3)]) == frozenset()


def test_a_reversed_trade_never_happened() -> None:
    undone = Activity(
        activity_id="",
        account="ira",
        kind=ActivityKind.TRADE,
        on=MARCH_2,
        net=Usd(),
        symbol="VTI",
        side=Side.BUY,
        quantity=Shares.of(1),
        price=Decimal(1),
        reversed=True,
    )

    assert trades_of([undone]) == ()


COUNTS = st.decimals(min_value="0.001", max_value=1000, places=3)
TRADES = st.lists(st.tuples(st.sampled_from(Side), COUNTS, st.decimals(min_value=1, max_value=500, places=2)))


@settings(deadline=None)
@given(
    quantity=st.decimals(min_value=0, max_value=5000, places=3),
    basis=st.none() | st.integers(min_value=0, max_value=10**9),
    told=TRADES,
)
def test_lots_always_sum_to_the_keepers_quantity(
    quantity: Decimal, basis: int | None, told: list[tuple[Side, Decimal, Decimal]]
) -> None:
    """And every sale is told with all its shares, whatever the history forgot."""
    trades = [trade(side, str(count), str(price)) for side, count, price in told]
    reading = HeldReading(
        symbol="VTI",
        quantity=Shares(quantity),
        available=Shares(quantity),
        cost_basis=None if basis is None else Usd(basis),
        price=None,
    )

    book = rebuild(reading, trades, {})

    assert book.position.quantity == Shares(quantity)
    assert all(lot.quantity.count > 0 for lot in book.position.lots)
    assert Counter(sale.quantity for sale in book.sales) == Counter(t.quantity for t in trades if t.side is Side.SELL)
