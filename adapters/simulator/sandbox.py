"""A simulated broker from plain data, such as a YAML or JSON file holds: text for every amount and date.

```yaml
start_at: "2026-01-05T09:30:00-05:00"
assets:
  - {symbol: VTI, name: Total stock market, path: {flat: "300"}}
  - {symbol: VXUS, path: {steps: {"2026-01-05": "70", "2026-02-02": "66.50"}}}
  - {symbol: BND, path: {column: bond, start_month: "2007-10", base_price: "72", first_day: "2026-01-05", months: 24}}
dividends:
  - {symbol: VTI, per_share: "0.95", ex_on: "2026-03-24", record_on: "2026-03-24", pay_on: "2026-03-26"}
accounts:
  - name: paper
    key_id: PK1
    secret_key: made-up
    cash: "10000"
    positions: [{symbol: VTI, qty: "10", cost: "2500", acquired_on: "2024-05-01"}]
schwab_logins:
  - name: alex
    app_key: made-up-key
    app_secret: made-up-secret
    callback_url: "https://127.0.0.1:8182"
    accounts:
      - name: alex-roth
        number: "10000001"
        kind: CASH
        nickname: Roth IRA
        lot_selection: HIGH_COST
        cash: "2500.50"
        reinvested: [VTI]
        sweep_fund: SWGXX
        positions: [{symbol: VTI, qty: "10", cost: "2500", acquired_on: "2024-05-01"}]
deposits:
  - {key_id: PK1, amount: "1500", on: "2026-02-02"}
  - {key_id: "10000001", amount: "500", on: "2026-02-02"}
```

`accounts` are Alpaca's; at Schwab a login opens several, and an account's number is its key. An asset's `kind` is ETF
unless it says STOCK or MUTUAL_FUND. Everything but name, number and cash of a Schwab account may be left out.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from adapters.simulator.books.account import OpeningPosition, SimulatedAccount
from adapters.simulator.books.orders import LotMethod
from adapters.simulator.market.exchange import Asset, AssetKind, Dividend, Market
from adapters.simulator.market.monthly import monthly_path, start_month_for_seed
from adapters.simulator.market.prices import PricePath, exact
from adapters.simulator.schwab.logins import AccountKind, SchwabAccount, SchwabLogin
from adapters.simulator.server import SimulatedBroker

Plain = Mapping[str, Any]


def broker_from(plain: Plain, *, port: int = 0) -> SimulatedBroker:
    """A broker that has not started yet; `KeyError`, `TypeError` or `ValueError` name what is wrong in the data."""
    broker = SimulatedBroker(
        market=_market(plain),
        accounts=tuple(account_from(account) for account in plain.get("accounts", ())),
        schwab_logins=tuple(login_from(login) for login in plain.get("schwab_logins", ())),
        port=port,
    )
    for deposit in plain.get("deposits", ()):
        broker.deposit(deposit["key_id"], exact(deposit["amount"]), on=_day(deposit["on"]))
    return broker


def account_from(plain: Plain) -> SimulatedAccount:
    """One account; its keys are the fields of `SimulatedAccount`."""
    return SimulatedAccount(**{**plain, "cash": exact(plain["cash"]), "positions": _positions(plain)})


def login_from(plain: Plain) -> SchwabLogin:
    """One owner at Schwab; its keys are the fields of `SchwabLogin`."""
    return SchwabLogin(**{**plain, "accounts": tuple(schwab_account_from(account) for account in plain["accounts"])})


def schwab_account_from(plain: Plain) -> SchwabAccount:
    """One account at Schwab; its keys are the fields of `SchwabAccount`."""
    made = {
        "cash": exact(plain["cash"]),
        "positions": _positions(plain),
        "kind": AccountKind(plain.get("kind", AccountKind.CASH)),
        "lot_selection": LotMethod(plain.get("lot_selection", LotMethod.FIFO)),
        "reinvested": tuple(plain.get("reinvested", ())),
        "sale_fee": exact(plain.get("sale_fee", 0)),
    }
    return SchwabAccount(**{**plain, **made})


def _positions(plain: Plain) -> tuple[OpeningPosition, ...]:
    return tuple(
        OpeningPosition(
            symbol=held["symbol"],
            qty=exact(held["qty"]),
            cost=exact(held["cost"]),
            acquired_on=_day(held["acquired_on"]),
        )
        for held in plain.get("positions", ())
    )


def _market(plain: Plain) -> Market:
    listed: Iterable[Plain] = plain["assets"]
    return Market(
        start_at=datetime.fromisoformat(plain["start_at"]),
        assets=tuple(_asset(asset) for asset in listed),
        prices={asset["symbol"]: _path(asset["path"]) for asset in listed},
        dividends=tuple(_dividend(d) for d in plain.get("dividends", ())),
    )


def _asset(plain: Plain) -> Asset:
    fields = {name: value for name, value in plain.items() if name != "path"}
    return Asset(**{**fields, "kind": AssetKind(plain.get("kind", AssetKind.ETF))})


def _path(plain: Plain) -> PricePath:
    if "flat" in plain:
        return PricePath.flat(plain["flat"])
    if "steps" in plain:
        return PricePath.scripted((_day(on), price) for on, price in plain["steps"].items())
    months = int(plain["months"])
    start = plain.get("start_month") or start_month_for_seed(int(plain["seed"]), months)
    return monthly_path(plain["column"], start, exact(plain["base_price"]), _day(plain["first_day"]), months)


def _dividend(plain: Plain) -> Dividend:
    days = {name: _day(value) for name, value in plain.items() if name.endswith("_on")}
    return Dividend(symbol=plain["symbol"], per_share=exact(plain["per_share"]), **days)


def _day(value: str | date) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
