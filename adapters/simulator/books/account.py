"""One account's book: cash in cents, lots, orders, and the rows that explain every cent."""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from adapters.simulator.books.activities import EntryRow, FillRow, Row
from adapters.simulator.books.lots import Lot, Lots, cents, trade_cents
from adapters.simulator.books.orders import NOTHING, Execution, LotMethod, OrderState, Side, SimulatedOrder
from adapters.simulator.market.clock import NEW_YORK
from adapters.simulator.market.exchange import Dividend, Market


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningPosition:
    """Shares held at the start: their total cost in dollars and the day they were bought."""

    symbol: str
    qty: Decimal
    cost: Decimal
    acquired_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedAccount:
    """What an account is and holds at the start.

    `multiplier` is "1" (cash), "2" (Reg T margin) or "4". `day_trading_fields` brings back the pattern-day-trader
    fields that the vendor removed on 2026-07-06. Without a `secret_key` no key pair opens the account. `reinvested` are
    the symbols whose dividends buy shares, `sale_fee` the dollars that each execution of a sale costs.
    """

    name: str
    key_id: str
    secret_key: str | None = field(default=None, repr=False)
    cash: Decimal
    positions: tuple[OpeningPosition, ...] = ()
    multiplier: str = "1"
    account_number: str = field(default="", repr=False)
    day_trading_fields: bool = False
    lot_method: LotMethod = LotMethod.FIFO
    reinvested: tuple[str, ...] = ()
    sale_fee: Decimal = NOTHING

    @property
    def number(self) -> str:
        """The account number as given, or a made-up paper one, which begins with PA."""
        return self.account_number or "PA" + uuid.uuid5(uuid.NAMESPACE_DNS, self.name).hex[:10].upper()


@dataclass(frozen=True, slots=True, kw_only=True)
class CashEntry:
    """An entry that the script has planned for the morning of a date; `cents` is signed."""

    activity_type: str
    cents: int
    on: date
    description: str = ""
    symbol: str | None = None
    status: str = "executed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlement:
    """Shares that were held when a dividend went ex."""

    dividend: Dividend
    qty: Decimal


class AccountBook:
    """The running state of one account; every change of cash or shares goes through here and leaves a row."""

    def __init__(self, opening: SimulatedAccount, market: Market) -> None:
        """Open the book; `ValueError` when an opening position is not listed."""
        self.opening = opening
        self.market = market
        self.opened_at = market.clock.now_at
        self.cash_cents = cents(opening.cash)
        self.unsettled: list[tuple[date, int]] = []
        self.orders: dict[str, SimulatedOrder] = {}
        self.rows: list[Row] = []
        self.planned: list[CashEntry] = []
        self.entitlements: list[Entitlement] = []
        self.reinvested = set(opening.reinvested)
        self._lots: dict[str, Lots] = {}
        self._serial = 0
        for held in opening.positions:
            if market.asset(held.symbol) is None:
                raise ValueError(f"{held.symbol} is not listed in this market")
            self.lots(held.symbol).add(Lot(qty=held.qty, cost_cents=cents(held.cost), acquired_on=held.acquired_on))
        self.mark_close()

    @property
    def account_id(self) -> str:
        """A stable made-up identifier."""
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"account.{self.opening.number}.sim"))

    def new_id(self) -> str:
        """The next identifier of this account: made up, unique, the same in every run."""
        self._serial += 1
        return str(uuid.uuid5(uuid.UUID(self.account_id), str(self._serial)))

    def lots(self, symbol: str) -> Lots:
        """The lots of a symbol, possibly none."""
        return self._lots.setdefault(symbol, Lots())

    def held_symbols(self) -> list[str]:
        """Symbols with shares in them."""
        return sorted(symbol for symbol, lots in self._lots.items() if lots.qty > 0)

    def open_orders(self) -> list[SimulatedOrder]:
        """Orders that are not final, oldest first."""
        return [order for order in self.orders.values() if order.is_open]

    @property
    def settled_cents(self) -> int:
        """Cash without the proceeds of sales that have not settled."""
        return self.cash_cents - sum(amount for _, amount in self.unsettled)

    def held_by_sells(self, symbol: str) -> Decimal:
        """Shares that open sell orders have reserved."""
        sells = [o for o in self.open_orders() if o.symbol == symbol and o.side is Side.SELL]
        return sum((o.leaves(self.market.quote(symbol).bid) for o in sells), NOTHING)

    def hold_cents(self, order: SimulatedOrder) -> int:
        """Cents that an open buy order still needs."""
        if order.side is Side.SELL:
            return 0
        price = order.limit_price or self.market.quote(order.symbol).ask
        return trade_cents(Side.BUY, order.leaves(price), price)

    def held_by_buys(self, but: SimulatedOrder | None = None) -> int:
        """Cents that open buy orders have reserved, one of them left out on request."""
        return sum(self.hold_cents(order) for order in self.open_orders() if order is not but)

    def market_value(self) -> Decimal:
        """Dollars at the latest prices."""
        return sum((self.lots(s).qty * self.market.price(s) for s in self.held_symbols()), NOTHING)

    def equity(self) -> Decimal:
        """Dollars: cash and shares at the latest prices."""
        return Decimal(self.cash_cents) / 100 + self.market_value()

    def mark_close(self) -> None:
        """Remember what a close leaves, which the account reports until the next one."""
        self.last_equity = self.equity()
        self.last_cash_cents = self.cash_cents
        self.last_qty = {symbol: self.lots(symbol).qty for symbol in self.held_symbols()}
        self.last_equity_on = self.market.calendar.last_opened(self.market.clock.now_at).on

    def planned_cents(self, activity_type: str) -> int:
        """Cents of planned transfers of one type that land by the next session: the ones a bank has announced."""
        horizon = self.market.calendar.next_session(self.market.clock.today_on).on
        due = (entry for entry in self.planned if entry.on <= horizon)
        return sum(abs(entry.cents) for entry in due if entry.activity_type == activity_type)

    def leverage(self) -> Decimal:
        """Dollars that may be spent before the holds of open orders, by the vendor's three formulas.

        Multiplier 1: cash. 2: twice the equity above initial margin (half of the shares, Regulation T).
        4: four times the equity above maintenance margin (30% of the shares).
        """
        cash = Decimal(self.cash_cents) / 100
        value = self.market_value()
        if self.opening.multiplier == "1":
            return cash
        if self.opening.multiplier == "2":
            return max(cash + value / 2, NOTHING) * 2
        return max(cash + value * 7 / 10, NOTHING) * 4

    def buying_power(self, but: SimulatedOrder | None = None) -> Decimal:
        """Dollars that a new order may cost."""
        return self.leverage() - Decimal(self.held_by_buys(but)) / 100

    def trade(self, order: SimulatedOrder, qty: Decimal, price: Decimal) -> None:
        """Book one execution: shares, cash, settlement and a FILL row."""
        at = self.market.clock.stamp()
        traded_on = at.astimezone(NEW_YORK).date()
        amount = trade_cents(order.side, qty, price)
        if order.side is Side.BUY:
            self.cash_cents -= amount
            self.lots(order.symbol).add(Lot(qty=qty, cost_cents=amount, acquired_on=traded_on))
        else:
            self.cash_cents += amount - self.sale_fee_cents
            self.lots(order.symbol).remove(qty, order.lot_method or self.opening.lot_method)
            self.unsettled.append((self.market.calendar.settles_on(traded_on), amount - self.sale_fee_cents))
        order.executions.append(Execution(qty=qty, price=price, cents=amount, at=at))
        left = order.leaves(price)
        order.move(OrderState.PARTIALLY_FILLED if left else OrderState.FILLED, at)
        self.rows.append(self._fill_row(order, at, left))

    def _fill_row(self, order: SimulatedOrder, at: datetime, left: Decimal) -> FillRow:
        return FillRow(
            row_id=f"{at.astimezone(NEW_YORK):%Y%m%d%H%M%S}{at.microsecond // 1000:03d}::{self.new_id()}",
            created_at=at,
            order_id=order.order_id,
            symbol=order.symbol,
            side=order.side,
            qty=order.executions[-1].qty,
            price=order.executions[-1].price,
            cum_qty=order.filled_qty,
            leaves_qty=left,
            order_state=order.state,
            cents=order.executions[-1].cents,
            fee_cents=self.sale_fee_cents if order.side is Side.SELL else 0,
        )

    @property
    def sale_fee_cents(self) -> int:
        """Cents that each execution of a sale costs."""
        return cents(self.opening.sale_fee)

    def deliver(self, activity_type: str, symbol: str, lot: Lot, *, cash_cents: int = 0) -> None:
        """Shares that come in (or, with a negative quantity, go out) without an order."""
        if lot.qty > 0:
            self.lots(symbol).add(lot)
        else:
            self.lots(symbol).remove(-lot.qty, self.opening.lot_method)
        entry = CashEntry(activity_type=activity_type, cents=cash_cents, on=self.market.clock.today_on, symbol=symbol)
        self.enter(entry, qty=lot.qty)

    def enter(
        self,
        entry: CashEntry,
        *,
        sub_type: str | None = None,
        qty: Decimal | None = None,
        per_share: Decimal | None = None,
    ) -> None:
        """Book an entry that is no trade today; `ValueError` for a withdrawal of more than has settled."""
        if entry.activity_type == "CSW" and self.settled_cents + entry.cents < 0:
            raise ValueError(f"the script takes more cash out of {self.opening.name} than it holds")
        self.cash_cents += entry.cents
        on = self.market.clock.today_on
        self.rows.append(
            EntryRow(
                row_id=f"{on:%Y%m%d}000000000::{self.new_id()}",
                created_at=self.market.clock.stamp(),
                activity_type=entry.activity_type,
                on=on,
                cents=entry.cents,
                sub_type=sub_type,
                symbol=entry.symbol,
                qty=qty,
                per_share=per_share,
                description=entry.description,
                status=entry.status,
            )
        )
