"""The market: what is listed, what it costs right now, and what it will pay."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from adapters.simulator.market.calendar import ExchangeCalendar
from adapters.simulator.market.clock import VirtualClock
from adapters.simulator.market.prices import PricePath, bid_and_ask


class AssetKind(StrEnum):
    """What a listed share is a share of."""

    ETF = "ETF"
    STOCK = "STOCK"
    MUTUAL_FUND = "MUTUAL_FUND"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A listed share; its id is derived from its symbol."""

    symbol: str
    name: str = ""
    exchange: str = "ARCA"
    fractionable: bool = True
    tradable: bool = True
    marginable: bool = True
    kind: AssetKind = AssetKind.ETF

    @property
    def asset_id(self) -> str:
        """A stable made-up identifier."""
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"asset.{self.symbol}.sim"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dividend:
    """Cash per share: held at the start of `ex_on` is entitled, `pay_on` is paid; shown once it is declared."""

    symbol: str
    per_share: Decimal
    ex_on: date
    record_on: date
    pay_on: date
    declared_on: date | None = None

    @property
    def dividend_id(self) -> str:
        """A stable made-up identifier."""
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"dividend.{self.symbol}.{self.ex_on}.{self.per_share}.sim"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Whole-cent bid and ask, and the instant they were seen."""

    symbol: str
    bid: Decimal
    ask: Decimal
    at: datetime


class Market:
    """Clock, calendar, assets, prices and dividends, shared by every account and every dialect."""

    def __init__(
        self,
        *,
        start_at: datetime,
        assets: Iterable[Asset],
        prices: Mapping[str, PricePath],
        dividends: Iterable[Dividend] = (),
    ) -> None:
        """Open the market at an instant; `ValueError` for an asset without a price path."""
        self.clock = VirtualClock(start_at)
        self.calendar = ExchangeCalendar()
        self.assets = {asset.symbol: asset for asset in assets}
        self.dividends = tuple(dividends)
        self._prices = dict(prices)
        missing = sorted((set(self.assets) | {d.symbol for d in self.dividends}) - set(self._prices))
        if missing:
            raise ValueError(f"no price path for {', '.join(missing)}")

    def asset(self, symbol_or_id: str) -> Asset | None:
        """The asset of a symbol or an identifier, or None."""
        known = self.assets.get(symbol_or_id)
        return known or next((a for a in self.assets.values() if a.asset_id == symbol_or_id), None)

    def price(self, symbol: str) -> Decimal:
        """The price of the session that opened last, dollars per share."""
        return self._prices[symbol].on(self.calendar.last_opened(self.clock.now_at).on)

    def last_close(self, symbol: str) -> Decimal:
        """The price of the session before that one."""
        opened = self.calendar.last_opened(self.clock.now_at)
        return self._prices[symbol].on(self.calendar.previous_session(opened.on).on)

    def quote(self, symbol: str) -> Quote:
        """The latest quote: of this instant while the session runs, of the last close otherwise."""
        now = self.clock.now_at
        bid, ask = bid_and_ask(self.price(symbol))
        return Quote(symbol=symbol, bid=bid, ask=ask, at=min(now, self.calendar.last_opened(now).closes_at))

    @property
    def is_open(self) -> bool:
        """Whether a session is running."""
        return self.calendar.open_session(self.clock.now_at) is not None
