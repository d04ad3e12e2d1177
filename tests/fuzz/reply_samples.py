"""The sound answers of brokers that are spoilt: recorded ones, and what the simulators say to the adapters."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from adapters.brokers.alpaca.broker import AlpacaBroker
from adapters.brokers.alpaca.market import parse_quotes as parse_alpaca_quotes
from adapters.brokers.alpaca.orders import (
    parse_open_orders as parse_alpaca_open_orders,
    parse_order as parse_alpaca_order,
)
from adapters.brokers.schwab import account as accounts
from adapters.brokers.schwab.history import parse_transactions
from adapters.brokers.schwab.market import parse_hours, parse_kinds, parse_quotes
from adapters.brokers.schwab.orders import listed_orders, order_ids, parse_open_orders, parse_order, the_one
from adapters.brokers.schwab.preview import parse_preview
from adapters.simulator.books.account import SimulatedAccount
from adapters.simulator.market.exchange import Asset, Market
from adapters.simulator.market.prices import PricePath
from adapters.simulator.server import SimulatedBroker
from bot.domain.money import Usd
from bot.domain.plan import Environment
from bot.domain.snapshot import Side
from tests.adapters import test_recorded_alpaca, test_schwab_orders_over_http as schwab, test_schwab_recorded
from tests.adapters.told_line import account as told_account, executed, order, position

if TYPE_CHECKING:
    from adapters.brokers.alpaca.http import Line
    from adapters.brokers.schwab.vendor import Vendor

Parse = Callable[[object], object]
NUMBER = schwab.IRA
INTENT = schwab.BUY
TODAY = date(2026, 3, 2)
MOST_ROWS = 12
# A word of a file's name, and the question whose answer it holds.
BY_NAME = (
    ("preview", "preview"),
    ("numbers", "account_numbers"),
    ("preferences", "user_preferences"),
    ("market_hours", "market_hours"),
    ("quote", "quotes"),
    ("transaction_response", "order"),
    ("transaction", "transactions"),
    ("orders__get", "order"),
    ("orders", "orders"),
    ("instrument", "instruments"),
    ("accounts__list", ""),
    ("account", "account"),
)
NO_NOUNS = re.compile("portfolio|configurations")  # read by nobody


@dataclass(frozen=True, slots=True)
class Sample:
    """A sound answer of a broker, and what reads it."""

    broker: str
    name: str
    parse: Parse
    tree: object


class Overheard:
    """A connection that remembers what was said over it."""

    def __init__(self, line: object) -> None:
        self._line = line
        self.heard: list[tuple[str, tuple[Any, ...], object]] = []

    def __getattr__(self, name: str) -> object:
        """The connection's own attribute; an answer is remembered on its way."""
        found = getattr(self._line, name)
        if not callable(found):
            return found

        def asked(*words: object) -> object:
            answer = found(*words)
            if isinstance(answer, dict | list):
                self.heard.append((name, words, answer))
            return answer

        return asked


def _orders(raw: object) -> object:
    listed = listed_orders(raw)
    return order_ids(listed), parse_open_orders(listed, "ira", NUMBER), the_one(listed, INTENT, NUMBER)


def _account(raw: object) -> object:
    found = accounts.parse_account(raw, NUMBER)
    return found.held, found.cash.split(Usd.of(800))


SCHWAB: dict[str, Parse] = {
    "account_numbers": lambda raw: accounts.resolve({"ira": NUMBER}, accounts.parse_account_numbers(raw)),
    "account": _account,
    "orders": _orders,
    "order": lambda raw: parse_order(raw, "ira", NUMBER),
    "transactions": lambda raw: parse_transactions(raw, "ira", NUMBER),
    "quotes": lambda raw: parse_quotes(raw, ("VTI", "BND", "NVDA", "AAPL"), schwab.MONDAY),
    "market_hours": lambda raw: parse_hours(raw, TODAY),
    "user_preferences": lambda raw: accounts.parse_lot_selection(raw, NUMBER),
    "instruments": parse_kinds,
    "preview": parse_preview,
}


def _alpaca_parser(asked: str) -> Parse:
    """What reads the answer to "GET /positions"."""
    if "quotes" in asked:
        return lambda raw: parse_alpaca_quotes(raw, ("VTI", "BND"))
    if asked == "GET /orders":
        return lambda raw: parse_alpaca_open_orders(raw, "ira")
    if re.search(r" /orders|DELETE /positions", asked):
        return lambda raw: parse_alpaca_order(raw, "ira")
    return next(parse for pattern, parse in test_recorded_alpaca.PARSERS if re.fullmatch(pattern, asked))


def all_samples() -> list[Sample]:
    """Every sample, long lists also row by row."""
    found = [*_recorded_schwab(), *_told_schwab(), *_simulated_schwab(), *_recorded_alpaca(), *_simulated_alpaca()]
    return [piece for sample in found for piece in _pieces(sample)]


def _pieces(sample: Sample) -> Iterator[Sample]:
    """A list that is long is taken row by row, which is as good and much faster."""
    tree = sample.tree
    if not isinstance(tree, list) or len(tree) < 3:
        yield sample
        return
    for at, row in enumerate(tree[:MOST_ROWS]):
        yield replace(sample, name=f"{sample.name} {at}", tree=[row])


def _recorded_schwab() -> Iterator[Sample]:
    for path in sorted(test_schwab_recorded.FOLDER.glob("*/*.json")):
        question = next((question for word, question in BY_NAME if word in path.stem), "")
        if question:
            content = test_schwab_recorded.content(f"{path.parent.name}/{path.name}")
            yield Sample("schwab", path.stem, SCHWAB[question], content)
    recorded = test_schwab_recorded.content("schwab_rb/account.json")
    assert isinstance(recorded, dict)
    plain = recorded["securitiesAccount"] | {"positions": [position()], "accountNumber": NUMBER}
    yield Sample("schwab", "a recorded margin account with a fund", SCHWAB["account"], {"securitiesAccount": plain})


def _told_schwab() -> Iterator[Sample]:
    """Shapes that no recording has: fills, funds of every kind, income and deliveries."""
    filled = order(1002, filledQuantity=3, orderActivityCollection=executed((1, "299.10"), (2, "299.25")))
    yield Sample("schwab", "told order", SCHWAB["order"], filled)
    yield Sample("schwab", "told orders", SCHWAB["orders"], [order(1001, price=INTENT.limit_price), filled])
    kinds = ("EQUITY", "MUTUAL_FUND", "FIXED_INCOME", "CASH_EQUIVALENT")
    held = [
        position(f"FUND{at}", instrument={"assetType": kind, "symbol": f"FUND{at}"}) for at, kind in enumerate(kinds)
    ]
    yield Sample("schwab", "told account", SCHWAB["account"], told_account(position(longOpenProfitLoss=5), *held))
    moved = {"instrument": {"assetType": "EQUITY", "symbol": "VTI"}, "amount": Decimal("2.5"), "cost": Decimal(-750)}
    entry = {"activityId": 9, "time": "2026-02-27T15:00:00+0000", "status": "VALID", "transferItems": [moved]}
    for word, net in (("TRADE", -750), ("RECEIVE_AND_DELIVER", 0), ("DIVIDEND_OR_INTEREST", 5), ("JOURNAL", 5)):
        told = entry | {"type": word, "netAmount": net, "description": "STOCK SPLIT", "settlementDate": "2026-02-27"}
        yield Sample("schwab", f"told {word}", SCHWAB["transactions"], [told])


def _simulated_schwab() -> Iterator[Sample]:
    with schwab.simulated() as sim, tempfile.TemporaryDirectory() as folder:
        broker = schwab.opened(schwab.access_to(sim, Path(folder)))
        line = Overheard(broker._line)
        broker._line = cast("Vendor", line)
        intents = [schwab.BUY, schwab.WAITING, replace(schwab.BUY, side=Side.SELL, limit_price=Decimal("249.00"))]
        for intent in intents:
            broker.preview(intent)
            broker.find(intent, broker.submit(intent).broker_id)
        sim.deposit(schwab.IRA, "500", on=date(2026, 3, 3))
        broker.market()
        sim.advance(timedelta(days=5))
        broker.read("ira")
        broker.quotes(["VTI", "BND", "NOPE"])
        broker.activities("ira", TODAY)
    for at, (question, _, answer) in enumerate(line.heard):
        yield Sample("schwab", f"simulated {question} {at}", SCHWAB[question], answer)


def _recorded_alpaca() -> Iterator[Sample]:
    for one in test_recorded_alpaca.ANSWERS:
        asked = f"{one.method} {urlsplit(one.url).path.removeprefix('/v2')}"
        if not one.body.strip() or NO_NOUNS.search(asked):
            continue
        tree = json.loads(one.body, parse_float=Decimal)
        if one.method == "DELETE" and isinstance(tree, list):
            for status in tree:
                yield Sample("alpaca", one.name, _alpaca_parser(asked), status["body"])
        else:
            yield Sample("alpaca", one.name, _alpaca_parser(asked), tree)


def _simulated_alpaca() -> Iterator[Sample]:
    market = Market(start_at=schwab.MONDAY, assets=(Asset(symbol="VTI"),), prices={"VTI": PricePath.flat("250")})
    account = SimulatedAccount(name="ira", key_id="KEY", secret_key="SECRET", cash=Decimal(5000))
    with SimulatedBroker(market=market, accounts=(account,)) as sim:
        broker = AlpacaBroker(
            account="ira",
            key_id="KEY",
            secret_key="SECRET",
            trading_url=sim.url,
            data_url=sim.url,
            environment=Environment.PAPER,
        )
        line = Overheard(broker._line)
        broker._line = cast("Line", line)
        for intent in (schwab.BUY, schwab.WAITING):
            broker.submit(intent)
            broker.find(intent)
        sim.deposit("KEY", "500")
        broker.read("ira")
        broker.quotes(["VTI"])
        broker.market()
        broker.activities("ira", TODAY)
    for at, (_, words, answer) in enumerate(line.heard):
        yield Sample("alpaca", f"simulated {words[0]} {at}", _alpaca_parser(f"GET {words[0]}"), answer)
