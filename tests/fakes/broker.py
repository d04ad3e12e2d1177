"""A broker in memory: exact cash and shares, orders that fill when they are looked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.domain.errors import RebaloopError, Reconcile
from bot.domain.money import Shares, Usd
from bot.domain.orders import Answer, BrokerOrder, Intent, OrderState, Preview, Submission
from bot.domain.plan import Environment
from bot.domain.readings import (
    AccountReading,
    Activity,
    ActivityKind,
    Capabilities,
    HeldReading,
    Login,
    MarketReading,
    Quote,
)
from bot.domain.snapshot import OpenOrder, Side

MONDAY = datetime(2026, 3, 2, 15, tzinfo=UTC)  # 10:00 in New York, in the middle of a session
NEW_YORK = ZoneInfo("America/New_York")


@dataclass(slots=True, kw_only=True)
class Till:
    """One account's running state; proceeds of sales wait in `unsettled` until `FakeBroker.settle`."""

    settled: Usd = Usd()
    unsettled: Usd = Usd()
    shares: dict[str, Shares] = field(default_factory=dict)


class FakeBroker:
    """Satisfies `bot.ports.Broker` for any number of accounts.

    An order fills as a whole, at its symbol's price, when `find` or `read` sees it while the market is open and its
    limit allows it. Scripts, by symbol: `fill_at_most` leaves the rest of an order open, `refuse` answers with words,
    `lose_reply` takes the order and answers UNKNOWN, `never_arrives` answers UNKNOWN without taking it. `trouble` is
    raised by every read. `sent` lists every intent that was submitted, refused ones too.
    """

    def __init__(
        self,
        *,
        cash: Mapping[str, str],
        shares: Mapping[str, Mapping[str, str]] | None = None,
        prices: Mapping[str, str] | None = None,
        at: datetime = MONDAY,
        environment: Environment = Environment.PAPER,
        fractional: bool = True,
    ) -> None:
        held = shares or {}
        self.tills = {
            account: Till(settled=Usd.of(dollars), shares={s: Shares.of(n) for s, n in held.get(account, {}).items()})
            for account, dollars in cash.items()
        }
        self.prices = {symbol: Decimal(price) for symbol, price in (prices or {}).items()}
        self.at = at
        self.is_open = True
        self.environment = environment
        self.fractional = fractional
        self.fill_at_most: dict[str, Shares] = {}
        self.refuse: dict[str, str] = {}
        self.lose_reply: set[str] = set()
        self.never_arrives: set[str] = set()
        self.trouble: RebaloopError | None = None
        self.ends_at: datetime | None = None
        self.sent: list[Intent] = []
        self._orders: dict[str, BrokerOrder] = {}
        self._history: list[Activity] = []

    def capabilities(self) -> Capabilities:
        return Capabilities(sends_orders=True, fractional=self.fractional, keyed=True, environment=self.environment)

    def login(self) -> Login | None:
        if self.ends_at is None:
            return None
        return Login(name="alex", logged_in_at=self.ends_at - timedelta(days=7), expires_at=self.ends_at)

    def order_ids(self, account: str) -> tuple[str, ...]:
        return tuple(order.broker_id for order in self._orders.values() if order.account == account)

    def recent(self, account: str) -> tuple[BrokerOrder, ...]:
        return tuple(order for order in self._orders.values() if order.account == account)

    def preview(self, intent: Intent) -> Preview:
        return Preview()

    def read(self, account: str) -> AccountReading:
        till = self._till(account)
        for order in self._live(account):
            self._look(order)
        return AccountReading(
            account=account,
            cash_settled=till.settled,
            cash_unsettled=till.unsettled,
            held=tuple(self._held(account, symbol) for symbol in sorted(till.shares) if till.shares[symbol]),
            open_orders=tuple(
                OpenOrder(side=order.side, symbol=order.symbol, quantity=order.quantity - order.filled)
                for order in self._live(account)
            ),
        )

    def activities(self, account: str, since: date) -> tuple[Activity, ...]:
        self._till(account)
        return tuple(entry for entry in self._history if entry.account == account and entry.on >= since)

    def quotes(self, symbols: Sequence[str]) -> tuple[Quote, ...]:
        self._raise_trouble()
        return tuple(
            Quote(symbol=symbol, bid=self.prices[symbol], ask=self.prices[symbol], at=self.at)
            for symbol in symbols
            if symbol in self.prices
        )

    def market(self) -> MarketReading:
        self._raise_trouble()
        return MarketReading(at=self.at, is_open=self.is_open)

    def submit(self, intent: Intent) -> Submission:
        self.sent.append(intent)
        if intent.account not in self.tills:
            return Submission(answer=Answer.REFUSED, text=f"{intent.account!r} is not kept here")
        if intent.symbol in self.never_arrives:
            return Submission(answer=Answer.UNKNOWN, text="no answer")
        if intent.client_order_id in self._orders:
            return Submission(answer=Answer.UNKNOWN, text="client_order_id must be unique")
        words = self.refuse.get(intent.symbol) or self._shortage(intent)
        if words:
            return Submission(answer=Answer.REFUSED, text=words)
        order = BrokerOrder(
            broker_id=f"order-{len(self._orders) + 1}",
            client_order_id=intent.client_order_id,
            account=intent.account,
            side=intent.side,
            symbol=intent.symbol,
            quantity=intent.quantity,
            limit_price=intent.limit_price,
            state=OrderState.ACKED,
            filled=Shares(),
            average_price=None,
            text="accepted",
        )
        self._orders[intent.client_order_id] = order
        if intent.symbol in self.lose_reply:
            return Submission(answer=Answer.UNKNOWN, text="no answer")
        return Submission(answer=Answer.ACCEPTED, broker_id=order.broker_id, text=order.text)

    def find(self, intent: Intent, broker_id: str = "") -> BrokerOrder | None:
        self._till(intent.account)
        order = self._orders.get(intent.client_order_id)
        if order is None:
            return None
        if broker_id not in {"", order.broker_id}:
            raise Reconcile("the client id and the broker's id name two different orders")
        return self._look(order)

    def cancel(self, account: str, broker_id: str) -> None:
        self._till(account)
        for order in self._live(account):
            if order.broker_id == broker_id:
                self._orders[order.client_order_id] = replace(order, state=OrderState.CANCELED, text="canceled")

    def deposit(self, account: str, dollars: str) -> None:
        """Money from a bank, now."""
        amount = Usd.of(dollars)
        self.tills[account].settled += amount
        self._history.append(
            Activity(
                activity_id=f"entry-{len(self._history) + 1}",
                account=account,
                kind=ActivityKind.DEPOSIT,
                on=self._today,
                net=amount,
                at=self.at,
            )
        )

    def by_hand(self, account: str, side: Side, symbol: str, quantity: str, limit: str) -> BrokerOrder:
        """An order that a person types into the broker's own pages."""
        order = BrokerOrder(
            broker_id=f"order-{len(self._orders) + 1}",
            client_order_id=f"hand-{len(self._orders) + 1}",
            account=account,
            side=side,
            symbol=symbol,
            quantity=Shares.of(quantity),
            limit_price=Decimal(limit),
            state=OrderState.ACKED,
            filled=Shares(),
            average_price=None,
        )
        self._orders[order.client_order_id] = order
        return order

    def settle(self) -> None:
        """Let every sale settle."""
        for till in self.tills.values():
            till.settled, till.unsettled = till.settled + till.unsettled, Usd()

    def expire(self) -> None:
        """End the day: what is still open expires."""
        for account in self.tills:
            for order in self._live(account):
                self._orders[order.client_order_id] = replace(order, state=OrderState.EXPIRED, text="expired")

    @property
    def _today(self) -> date:
        return self.at.astimezone(NEW_YORK).date()

    def _raise_trouble(self) -> None:
        if self.trouble is not None:
            raise self.trouble

    def _till(self, account: str) -> Till:
        self._raise_trouble()
        if account not in self.tills:
            raise Reconcile(f"{account!r} is not kept here")
        return self.tills[account]

    def _held(self, account: str, symbol: str) -> HeldReading:
        quantity = self.tills[account].shares[symbol]
        return HeldReading(
            symbol=symbol,
            quantity=quantity,
            available=quantity - self._promised(account, symbol),
            cost_basis=None,
            price=self.prices.get(symbol),
        )

    def _live(self, account: str) -> list[BrokerOrder]:
        return [o for o in self._orders.values() if o.account == account and o.state.may_be_live]

    def _promised(self, account: str, symbol: str) -> Shares:
        sales = [o for o in self._live(account) if o.symbol == symbol and o.side is Side.SELL]
        return Shares.total(order.quantity - order.filled for order in sales)

    def _shortage(self, intent: Intent) -> str:
        till = self.tills[intent.account]
        if intent.side is Side.SELL:
            free = till.shares.get(intent.symbol, Shares()) - self._promised(intent.account, intent.symbol)
            return "insufficient qty available for order" if intent.quantity > free else ""
        holds = [
            (o.quantity - o.filled).value(o.limit_price or Decimal(0))
            for o in self._live(intent.account)
            if o.side is Side.BUY
        ]
        free_cash = till.settled + till.unsettled - Usd.total(holds)
        return "insufficient buying power" if intent.quantity.value(intent.limit_price) > free_cash else ""

    def _look(self, order: BrokerOrder) -> BrokerOrder:
        price, limit = self.prices.get(order.symbol), order.limit_price
        if not order.state.may_be_live or not self.is_open or price is None or limit is None:
            return order
        if (price > limit) if order.side is Side.BUY else (price < limit):
            return order
        most = min(order.quantity, self.fill_at_most.get(order.symbol, order.quantity))
        if most > order.filled:
            self._trade(order, most - order.filled, price)
            state = OrderState.FILLED if most == order.quantity else OrderState.PARTIAL
            order = replace(order, state=state, filled=most, average_price=price, text=str(state))
            self._orders[order.client_order_id] = order
        return order

    def _trade(self, order: BrokerOrder, quantity: Shares, price: Decimal) -> None:
        till, worth = self.tills[order.account], quantity.value(price)
        before = till.shares.get(order.symbol, Shares())
        if order.side is Side.SELL:
            till.shares[order.symbol] = before - quantity
            till.unsettled += worth
        else:
            till.shares[order.symbol] = before + quantity
            from_settled = min(till.settled, worth)
            till.settled -= from_settled
            till.unsettled -= worth - from_settled
        self._history.append(
            Activity(
                activity_id=f"entry-{len(self._history) + 1}",
                account=order.account,
                kind=ActivityKind.TRADE,
                on=self._today,
                net=worth if order.side is Side.SELL else -worth,
                symbol=order.symbol,
                side=order.side,
                quantity=quantity,
                price=price,
                order_id=order.broker_id,
                at=self.at,
            )
        )
