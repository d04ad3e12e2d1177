"""Every recorded payload of Schwab becomes nouns, or a refusal that a person can read."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.brokers.schwab.account import parse_account, parse_account_numbers, parse_lot_selection, parse_position
from adapters.brokers.schwab.history import parse_transactions
from adapters.brokers.schwab.market import parse_hours, parse_kinds, parse_quotes
from adapters.brokers.schwab.orders import listed_orders, order_ids, parse_open_orders, parse_order
from adapters.brokers.schwab.preview import parse_preview
from adapters.brokers.schwab.refusals import own_words
from adapters.brokers.schwab.wire import Row
from bot.domain.errors import Reconcile
from bot.domain.money import Shares, Usd
from bot.domain.orders import BrokerOrder, OrderState, Preview
from bot.domain.readings import ActivityKind
from bot.domain.snapshot import Side

FOLDER = Path(__file__).parent / "data" / "schwab"
Parser = Callable[[object], object]


def content(name: str) -> object:
    """What a file says, with exact numbers."""
    return json.loads((FOLDER / name).read_bytes(), parse_float=Decimal)


def number_of(raw: object) -> str:
    """The account that an answer is about."""
    return Row.of(raw, "account").inner("securitiesAccount", "account").identity("accountNumber")


def cash(raw: object) -> object:
    return parse_account(raw, number_of(raw)).cash.whole


def cash_of_all(raw: object) -> object:
    assert isinstance(raw, list)
    return [cash(one) for one in raw]


def ids(raw: object) -> object:
    return len(order_ids(listed_orders(raw)))


def working(raw: object) -> object:
    return parse_open_orders(listed_orders(raw), "ira").orders


def kinds(raw: object) -> object:
    return [(one.kind.value, one.net.plain, one.quantity.plain) for one in parse_transactions(raw, "ira")]


def previewed(raw: object) -> object:
    return parse_preview(raw)


def quoted(raw: object) -> object:
    found = parse_quotes(raw, ["NVDA", "AAPL", "MSFT"], datetime(2025, 1, 31, tzinfo=UTC))
    return [(one.symbol, str(one.bid), str(one.ask), one.at) for one in found]


def hours(on: date) -> Parser:
    return lambda raw: [f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in parse_hours(raw, on)]


def chosen_lots(number: str) -> Parser:
    return lambda raw: parse_lot_selection(raw, number)


SUNDAY, MONDAY, PI_DAY = date(2025, 7, 20), date(2025, 7, 21), date(2024, 3, 14)
OPTION, NO_LEGS = "option; it is frozen", "does not say what it is for"

# The file, what reads it, and what comes of it: nouns in short, or a word of the sentence that refuses it.
NOUNS: list[tuple[str, Parser, object]] = [
    ("schwab_rb/account_numbers.json", lambda raw: sorted(parse_account_numbers(raw)), ["12341234", "12345678"]),
    ("schwab_rb/user_preferences.json", chosen_lots("11111111"), "FIFO"),
    ("schwab_rb/orders.json", ids, 5),
    ("schwab_rb/orders.json", working, ()),
    ("schwab_rb/orders_with_close.json", ids, 6),
    ("schwab_rb/orders_with_close.json", working, ()),
    ("schwab_rb/orders_with_iron_condor.json", ids, 14),
    ("schwab_rb/market_hours_all.json", hours(SUNDAY), []),
    ("schwab_rb/market_hours_equity.json", hours(SUNDAY), []),
    ("schwab_rb/market_hours_future_date.json", hours(MONDAY), ["13:30-20:00"]),
    ("schwab_rb/equity_instrument.json", parse_kinds, {"TSLA": "EQUITY"}),
    ("schwab_rb/meta_option_quote.json", quoted, []),
    (
        "schwab_rb/quotes__NVDA_quote.json",
        quoted,
        [("NVDA", "123.2", "123.22", datetime(2025, 1, 31, 0, 59, 59, 972_000, tzinfo=UTC))],
    ),
    ("schwab_rb/order_preview.json", previewed, Preview()),
    ("schwab_rb/orders__accepted_preview_order.json", lambda raw: parse_preview(raw).rejects, ()),
    (
        "schwab_rb/orders__rejected_preview_order.json",
        previewed,
        Preview(
            rejects=("Spread orders for SPX options must be priced in 5-cent increments.",),
            warnings=(
                'Please note that you have selected a weekly option series with a "non-standard" expiration date.',
            ),
        ),
    ),
    (
        "schwab_rb/transactions.json",
        kinds,
        [("other", "-1215.95", "0"), ("other", "854.95", "0")],
    ),
    ("schwab_rb/transaction_single.json", lambda raw: kinds([raw]), [("other", "-1215.95", "0")]),
    (
        "schwab_rb/body_json__transactions_response_body.json",
        lambda raw: {(one.kind, one.symbol, one.quantity) for one in parse_transactions(raw, "ira")},
        {(ActivityKind.OTHER, "", Shares())},
    ),
    ("schwab_sdk_rs/accounts__get.json", cash, Usd.of(5000)),
    ("schwab_sdk_rs/accounts__numbers.json", parse_account_numbers, {"12345678": "ABC123HASH"}),
    ("schwab_sdk_rs/instruments__get.json", parse_kinds, {"AAPL": "EQUITY"}),
    ("schwab_sdk_rs/instruments__list.json", parse_kinds, {"AAPL": "EQUITY", "MSFT": "EQUITY"}),
    ("schwab_sdk_rs/market_hours__get.json", hours(PI_DAY), ["13:30-20:00"]),
    ("schwab_sdk_rs/orders__list.json", ids, 1),
    ("schwab_sdk_rs/orders__preview.json", previewed, Preview()),
    ("schwab_sdk_rs/quotes__get.json", quoted, []),  # a quote without its time is none
    ("schwab_sdk_rs/quotes__list.json", quoted, []),
    ("schwab_sdk_rs/user_preferences__get.json", chosen_lots("12345678"), ""),
]
REFUSALS: list[tuple[str, Parser, str]] = [
    ("schwab_rb/account.json", cash, OPTION),
    ("schwab_rb/body_json__transaction_response_body.json", lambda raw: parse_order(raw, "ira"), "several legs"),
    ("schwab_rb/instrument.json", lambda raw: parse_position({"instrument": raw, "longQuantity": 1}), OPTION),
    ("schwab_rb/orders_with_iron_condor.json", working, "several legs"),
    ("schwab_sdk_rs/accounts__get_margin.json", cash, "cashBalance is missing"),
    ("schwab_sdk_rs/accounts__list.json", cash_of_all, "cashBalance is missing"),
    ("schwab_sdk_rs/orders__get.json", lambda raw: parse_order(raw, "ira"), NO_LEGS),
    ("schwab_sdk_rs/orders__list.json", working, NO_LEGS),
    ("schwab_sdk_rs/transactions__get.json", kinds, "time is missing"),
    ("schwab_sdk_rs/transactions__list.json", kinds, "without saying what was traded"),
]
ERRORS = {
    "schwab_sdk_rs/errors__market_data_error.json": "Not Found: Symbol not found",
    "schwab_sdk_rs/errors__trader_error.json": "Not authorized to access this resource; Invalid bearer token",
    "schwab_sdk_rs/errors__unrecognized.txt": "",
}


def test_no_recording_is_forgotten() -> None:
    named = {name for name, *_ in NOUNS} | {name for name, *_ in REFUSALS} | ERRORS.keys()
    kept = {str(path.relative_to(FOLDER)) for path in FOLDER.glob("*/*")}

    assert named == kept


@pytest.mark.parametrize(("name", "parse", "nouns"), NOUNS, ids=[f"{name}-{at}" for at, (name, *_) in enumerate(NOUNS)])
def test_a_recorded_payload_becomes_nouns(name: str, parse: Parser, nouns: object) -> None:
    assert nouns == parse(content(name))


@pytest.mark.parametrize(("name", "parse", "words"), REFUSALS, ids=[name for name, *_ in REFUSALS])
def test_a_recorded_payload_that_is_not_for_us_is_refused_in_words(name: str, parse: Parser, words: str) -> None:
    with pytest.raises(Reconcile, match=words):
        parse(content(name))


@pytest.mark.parametrize(("name", "words"), ERRORS.items())
def test_a_recorded_error_is_told_in_its_own_words(name: str, words: str) -> None:
    assert words == own_words((FOLDER / name).read_bytes())


def test_the_one_recorded_order_for_shares_is_exact() -> None:
    listed = content("schwab_rb/orders_with_iron_condor.json")
    assert isinstance(listed, list)
    (row,) = [one for one in listed if one["orderLegCollection"][0]["orderLegType"] == "EQUITY"]

    assert parse_order(row, "ira") == BrokerOrder(
        broker_id=str(row["orderId"]),
        client_order_id="",
        account="ira",
        side=Side.BUY,
        symbol=row["orderLegCollection"][0]["instrument"]["symbol"],
        quantity=Shares.of(100),
        limit_price=row["price"],
        state=OrderState.CANCELED,
        filled=Shares(),
        average_price=None,
        text="CANCELED",
    )


def test_a_recorded_margin_account_has_its_cash_and_no_buying_power() -> None:
    raw = content("schwab_rb/account.json")
    assert isinstance(raw, dict)
    without = {**raw["securitiesAccount"], "positions": []}
    found = parse_account({"securitiesAccount": without}, "11111111")

    assert found.cash.split(Usd()) == (Usd.of("44420.89"), Usd.of("7000.00"))
