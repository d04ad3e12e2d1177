"""What happened in an account at Schwab: every kind of entry, its New York day, and chunks that lose nothing."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from adapters.brokers.schwab.history import parse_transaction, parse_transactions
from bot.domain.errors import Reconcile
from bot.domain.money import Shares, Usd
from bot.domain.readings import Activity, ActivityKind
from bot.domain.snapshot import Side
from tests.adapters.told_line import IRA, MONDAY, ToldLine, broker_over

Leg = dict[str, Any]
CASH = {"assetType": "CURRENCY", "symbol": "CURRENCY_USD"}
FEE: Leg = {"instrument": CASH, "amount": Decimal("0.02"), "cost": Decimal("-0.02"), "feeType": "SEC_FEE"}


def moved(amount: object, cost: object = 0, *, symbol: str = "VTI", asset: str = "EQUITY", **fields: object) -> Leg:
    return {"instrument": {"assetType": asset, "symbol": symbol}, "amount": amount, "cost": cost, **fields}


def entry(kind: str, net: object, *items: Leg, **fields: object) -> dict[str, Any]:
    told: dict[str, Any] = {
        "activityId": 91,
        "time": "2026-02-27T15:00:00+0000",
        "type": kind,
        "status": "VALID",
        "tradeDate": "2026-02-27T05:00:00+0000",
        "netAmount": net,
        "transferItems": list(items),
    }
    return told | fields


def read(kind: str, net: object, *items: Leg, **fields: object) -> Activity:
    (one,) = parse_transaction(entry(kind, net, *items, **fields), "ira", IRA)
    return one


def test_a_purchase_is_a_trade_with_its_order_and_its_fees_in_the_net() -> None:
    bought = moved(4, Decimal(-1198), price=Decimal("299.5"), positionEffect="OPENING")
    one = read("TRADE", Decimal("-1198.02"), FEE, bought, orderId="1001", settlementDate="2026-03-02T05:00:00+0000")

    assert (one.kind, one.side, one.symbol, one.quantity) == (ActivityKind.TRADE, Side.BUY, "VTI", Shares.of(4))
    assert (one.price, one.net, one.order_id) == (Decimal("299.5"), Usd.of("-1198.02"), "1001")
    assert (one.on, one.settles_on, one.reinvested) == (date(2026, 2, 27), date(2026, 3, 2), False)


def test_a_fee_may_come_without_saying_what_it_is_paid_in() -> None:
    bare = {"feeType": "COMMISSION", "amount": Decimal("0.65"), "cost": Decimal("-0.65")}

    assert read("TRADE", Decimal("-900.65"), bare, moved(3, -900)).quantity == Shares.of(3)


def test_a_sale_is_a_trade_of_a_positive_count() -> None:
    sold = moved(Decimal("-0.5"), 150, price=300, positionEffect="CLOSING", asset="COLLECTIVE_INVESTMENT")
    one = read("TRADE", Decimal("149.98"), sold, FEE, orderId=1002)

    assert (one.kind, one.side, one.quantity, one.order_id) == (ActivityKind.TRADE, Side.SELL, Shares.of("0.5"), "1002")


def test_a_trade_without_a_price_has_that_of_its_cost() -> None:
    assert read("TRADE", -900, moved(3, -900)).price == 300


def test_a_bond_is_bought_at_what_it_costs_and_not_per_hundred() -> None:
    bill = moved(10_000, Decimal(-9850), price=Decimal("98.5"), asset="FIXED_INCOME", symbol="912797KA4")

    assert read("TRADE", -9850, bill).price == Decimal("0.985")


def test_shares_that_went_to_and_fro_in_one_trade_are_added_up() -> None:
    to_and_fro = [moved(-15, 150, price=10), moved(15, -150, price=10), moved(-15, 150, price=10)]
    option = moved(1, 0, asset="OPTION", symbol="VTI   260417C00010000")
    one = read("TRADE", 150, *to_and_fro, option)

    assert (one.kind, one.side, one.quantity, one.price) == (ActivityKind.TRADE, Side.SELL, Shares.of(15), Decimal(10))


def test_an_exchange_of_two_funds_is_two_trades_and_loses_no_cent() -> None:
    out, into = moved(-10, 1000, symbol="VTSAX", price=100), moved(40, -1000, symbol="VBTLX", price=25)
    one, other = parse_transaction(entry("TRADE", Decimal("-0.05"), out, into), "ira")

    assert [(a.symbol, a.side, a.net.plain) for a in (one, other)] == [
        ("VTSAX", Side.SELL, "999.95"),
        ("VBTLX", Side.BUY, "-1000.00"),
    ]
    assert one.activity_id != other.activity_id


@pytest.mark.parametrize(
    ("amount", "settles", "order_id", "by_itself"),
    [
        ("0.0568", "2026-02-27T05:00:00+0000", None, True),
        ("0.0568", "2026-03-02T05:00:00+0000", None, False),
        ("0.0568", "2026-02-27T05:00:00+0000", 1001, False),
        ("2", "2026-02-27T05:00:00+0000", None, False),
        ("0.0568", None, None, False),
    ],
)
def test_a_dividend_that_bought_shares_by_itself_is_seen(
    amount: str, settles: str | None, order_id: object, by_itself: bool
) -> None:
    bought = moved(Decimal(amount), -Decimal(amount) * 198, price=198)
    one = read("TRADE", Decimal(-12), bought, settlementDate=settles, orderId=order_id, description="VANGUARD TOTAL")

    assert (one.kind, one.reinvested) == (ActivityKind.TRADE, by_itself)


@pytest.mark.parametrize("asset", ["OPTION", "FUTURE", "FOREX", "INDEX", "PRODUCT", "SOMETHING"])
def test_a_trade_in_anything_but_shares_is_other_with_its_cash_alone(asset: str) -> None:
    one = read("TRADE", Decimal("205.33"), moved(-1, 206, asset=asset, symbol="VTI   260417C00010000"), FEE)

    assert (one.kind, one.net, one.symbol, one.quantity, one.side) == (
        ActivityKind.OTHER,
        Usd.of("205.33"),
        "",
        Shares(),
        None,
    )


@pytest.mark.parametrize(
    "short",
    [
        moved(-5, 500, positionEffect="OPENING"),
        moved(5, -500, positionEffect="CLOSING"),
    ],
)
def test_a_short_sale_and_its_end_are_no_trades(short: Leg) -> None:
    one = read("TRADE", -short["cost"] * -1, short)

    assert (one.kind, one.quantity) == (ActivityKind.OTHER, Shares(Decimal(short["amount"])))


def test_a_correction_is_no_trade() -> None:
    assert read("TRADE", -900, moved(3, -900), activityType="ACTIVITY_CORRECTION").kind is ActivityKind.OTHER


@pytest.mark.parametrize(
    "told",
    [
        entry("TRADE", -900),
        entry("TRADE", -900, FEE),
        entry("TRADE", -900, moved(3, 900)),
        entry("TRADE", None, moved(3, -900)),
        entry("TRADE", 0, moved(3, 0)),
        entry("TRADE", -900, moved(3, -900), accountNumber="99990009"),
        entry("TRADE", -900, moved(3, -900), activityId=None),
        entry("TRADE", -900, moved(3, -900), tradeDate="soon"),
    ],
)
def test_a_trade_that_makes_no_sense_is_refused(told: dict[str, Any]) -> None:
    with pytest.raises(Reconcile):
        parse_transaction(told, "ira", IRA)


@pytest.mark.parametrize(
    ("word", "net", "text", "kind"),
    [
        ("DIVIDEND_OR_INTEREST", 22, "THE COCA-COLA CO", ActivityKind.DIVIDEND),
        ("DIVIDEND_OR_INTEREST", 22, "VANGUARD INT-TERM BOND ETF", ActivityKind.DIVIDEND),
        ("DIVIDEND_OR_INTEREST", 3, "BANK INT 010126-013126", ActivityKind.INTEREST),
        ("DIVIDEND_OR_INTEREST", 3, "SCHWAB1 INT 12/28-01/28", ActivityKind.INTEREST),
        ("DIVIDEND_OR_INTEREST", 3, "CREDIT INTEREST", ActivityKind.INTEREST),
        ("DIVIDEND_OR_INTEREST", -3, "MARGIN INTEREST", ActivityKind.INTEREST),
        ("DIVIDEND_OR_INTEREST", -3, "FOREIGN TAX PAID", ActivityKind.FEE),
        ("DIVIDEND_OR_INTEREST", 5, "RETURN OF CAPITAL", ActivityKind.RETURN_OF_CAPITAL),
        ("ACH_RECEIPT", 2500, "", ActivityKind.DEPOSIT),
        ("CASH_RECEIPT", 2500, "MOBILE DEPOSIT", ActivityKind.DEPOSIT),
        ("WIRE_IN", 2500, "WIRED FUNDS RECEIVED", ActivityKind.DEPOSIT),
        ("ELECTRONIC_FUND", 2500, "", ActivityKind.DEPOSIT),
        ("ELECTRONIC_FUND", -2500, "", ActivityKind.WITHDRAWAL),
        ("ACH_RECEIPT", -2500, "RETURNED", ActivityKind.WITHDRAWAL),
        ("ACH_DISBURSEMENT", -2500, "", ActivityKind.WITHDRAWAL),
        ("CASH_DISBURSEMENT", -2500, "", ActivityKind.WITHDRAWAL),
        ("WIRE_OUT", -2500, "", ActivityKind.WITHDRAWAL),
        ("WIRE_OUT", -25, "OUTGOING WIRE FEE", ActivityKind.FEE),
        ("CASH_RECEIPT", Decimal("0.06"), "Margin Reimbursement", ActivityKind.REIMBURSEMENT),
        ("JOURNAL", 12, "FEE ADJUSTMENT", ActivityKind.REIMBURSEMENT),
        ("CASH_RECEIPT", 7000, "CONTRIBUTION ADJUSTMENT", ActivityKind.DEPOSIT),
        ("JOURNAL", 500, "JOURNAL FRM 4321", ActivityKind.JOURNAL),
        ("JOURNAL", Decimal("-0.5"), "ADR MGMT FEE", ActivityKind.FEE),
        ("MEMORANDUM", 0, "", ActivityKind.OTHER),
        ("MARGIN_CALL", 0, "", ActivityKind.OTHER),
        ("MONEY_MARKET", -100, "", ActivityKind.OTHER),
        ("SMA_ADJUSTMENT", 0, "", ActivityKind.OTHER),
        ("SOMETHING_NEW", 10, "", ActivityKind.OTHER),
        ("RECEIVE_AND_DELIVER", 10_000, "ACATS", ActivityKind.TRANSFER),
    ],
)
def test_an_entry_without_shares_is_known_by_its_type_and_its_words(
    word: str, net: object, text: str, kind: ActivityKind
) -> None:
    cash = {"instrument": CASH, "amount": net, "cost": 0}
    one = read(word, net, cash, description=text or None)

    assert (one.kind, one.net, one.quantity) == (kind, Usd.of(Decimal(str(net))), Shares())


def test_a_dividend_knows_its_symbol_and_moves_no_shares() -> None:
    one = read("DIVIDEND_OR_INTEREST", Decimal("25.5"), moved(100, 0, symbol="AAPL", price=Decimal("0.255")))

    assert (one.kind, one.symbol, one.quantity) == (ActivityKind.DIVIDEND, "AAPL", Shares())


def test_what_a_bond_pays_is_interest() -> None:
    coupon = moved(0, 0, symbol="912810TM0", asset="FIXED_INCOME")

    assert read("DIVIDEND_OR_INTEREST", 40, coupon, description="US TREASURY").kind is ActivityKind.INTEREST


@pytest.mark.parametrize(
    ("word", "text", "kind"),
    [
        ("RECEIVE_AND_DELIVER", "TRANSFER OF SECURITY", ActivityKind.TRANSFER),
        ("RECEIVE_AND_DELIVER", "STOCK SPLIT 4:1", ActivityKind.SPLIT),
        ("JOURNAL", "JOURNALED SHARES", ActivityKind.TRANSFER),
        ("MEMORANDUM", "", ActivityKind.OTHER),
    ],
)
def test_shares_that_come_without_a_trade_keep_their_sign(word: str, text: str, kind: ActivityKind) -> None:
    for amount in (Decimal("7.5"), Decimal("-7.5")):
        one = read(word, 0, moved(amount), description=text or None)
        assert (one.kind, one.symbol, one.quantity, one.side) == (kind, "VTI", Shares(amount), None)


def test_a_reverse_split_takes_shares_away() -> None:
    one = read("RECEIVE_AND_DELIVER", 0, moved(-100), moved(10), description="REVERSE SPLIT 1:10")

    assert (one.kind, one.quantity) == (ActivityKind.SPLIT, Shares.of(-90))


def test_shares_under_a_new_name_are_renamed() -> None:
    one = read("RECEIVE_AND_DELIVER", 0, moved(-8, symbol="FB"), moved(8, symbol="META"), description="NAME CHANGE")

    assert (one.kind, one.symbol, one.new_symbol, one.quantity) == (ActivityKind.RENAME, "FB", "META", Shares())


def test_an_option_that_expired_moves_nothing() -> None:
    gone = moved(-1, 0, asset="OPTION", symbol="VTI   260417C00010000")
    one = read("RECEIVE_AND_DELIVER", 0, gone, description="REMOVAL OF OPTION DUE TO EXPIRATION")

    assert (one.kind, one.symbol, one.quantity) == (ActivityKind.OTHER, "", Shares())


@pytest.mark.parametrize(
    ("told", "on"),
    [
        ("2026-02-27T05:00:00+0000", date(2026, 2, 27)),  # New York's midnight in winter
        ("2026-07-01T04:00:00+0000", date(2026, 7, 1)),  # and in summer
        ("2026-03-08T05:00:00+0000", date(2026, 3, 8)),  # the clocks go forward later that night
        ("2026-03-09T04:00:00+0000", date(2026, 3, 9)),
        ("2026-11-01T04:00:00+0000", date(2026, 11, 1)),
        ("2026-11-02T05:00:00+0000", date(2026, 11, 2)),
        ("2026-11-02T04:00:00+0000", date(2026, 11, 2)),  # an hour that winter does not have
        ("2026-02-27T00:00:00.000Z", date(2026, 2, 27)),  # a bare date in the clothes of an instant
        ("2026-02-27", date(2026, 2, 27)),
        ("2026-02-28T03:30:00+0000", date(2026, 2, 27)),  # an instant of the evening before
        ("2026-02-27T23:59:59-05:00", date(2026, 2, 27)),
    ],
)
def test_the_trade_date_is_a_new_york_day(told: str, on: date) -> None:
    assert read("TRADE", -900, moved(3, -900), tradeDate=told).on == on


def test_an_entry_without_a_trade_date_counts_on_the_day_of_its_instant() -> None:
    assert read("ACH_RECEIPT", 1, tradeDate=None, time="2026-02-28T03:00:00+0000").on == date(2026, 2, 27)


@pytest.mark.parametrize(
    ("status", "stands"), [("VALID", True), ("INVALID", False), ("PENDING", False), ("UNKNOWN", False)]
)
def test_an_entry_that_is_not_valid_does_not_stand(status: str, stands: bool) -> None:
    assert read("TRADE", -900, moved(3, -900), status=status).reversed is not stands


def test_what_it_says_is_one_discreet_line() -> None:
    one = read("JOURNAL", 5, description="JOURNAL TO\n11110001\x07")

    assert one.text == "JOURNAL JOURNAL TO ..."


def at_noon(day: datetime, number: int) -> dict[str, Any]:
    when = f"{day:%Y-%m-%d}T17:00:00+0000"
    return entry("ACH_RECEIPT", 1, activityId=number, time=when, tradeDate=when)


class Shelf:
    """A vendor with one entry a day for two years, or many on some days, who tells at most 3,000 at a time."""

    def __init__(self, crowd: int = 1, on: date | None = None) -> None:
        self.spans: list[timedelta] = []
        self.entries: list[tuple[datetime, dict[str, Any]]] = []
        for day in range(730):
            noon = datetime.combine(MONDAY.date(), MONDAY.timetz()) - timedelta(days=day)
            for number in range(crowd if noon.date() == on else 1):
                self.entries.append((noon + timedelta(seconds=number), at_noon(noon, day * 10_000 + number)))

    def __call__(self, first: datetime, last: datetime) -> object:
        self.spans.append(last - first)
        return [told for when, told in self.entries if first <= when <= last][:3000]


def test_a_long_history_is_asked_for_in_chunks_of_sixty_days_and_each_entry_is_told_once() -> None:
    shelf = Shelf()
    since = MONDAY.date() - timedelta(days=428)
    told = broker_over(ToldLine(entries=shelf)).activities("ira", since)

    assert max(shelf.spans) == timedelta(days=60)
    assert [one.on for one in told] == [since + timedelta(days=at) for at in range(429)]


def test_a_chunk_with_too_many_entries_is_asked_for_in_halves() -> None:
    crowded = (MONDAY - timedelta(days=20)).date()
    shelf = Shelf(crowd=2_990, on=crowded)
    told = broker_over(ToldLine(entries=shelf)).activities("ira", MONDAY.date() - timedelta(days=40))

    assert sum(one.on == crowded for one in told) == 2_990
    assert len({one.activity_id for one in told}) == len(told) == 40 + 2_990


def test_a_day_with_too_many_entries_is_refused() -> None:
    shelf = Shelf(crowd=4_000, on=(MONDAY - timedelta(days=20)).date())

    with pytest.raises(Reconcile, match="may not be complete"):
        broker_over(ToldLine(entries=shelf)).activities("ira", MONDAY.date() - timedelta(days=40))


def test_one_entry_that_is_told_in_two_ways_is_refused() -> None:
    line = ToldLine(entries=lambda first, last: [entry("ACH_RECEIPT", line.count("transactions"))])

    with pytest.raises(Reconcile, match="two different things"):
        broker_over(line).activities("ira", MONDAY.date() - timedelta(days=100))


def test_a_list_of_nonsense_is_refused() -> None:
    with pytest.raises(Reconcile):
        parse_transactions({"transactions": []}, "ira")
