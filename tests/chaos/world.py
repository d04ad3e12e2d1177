"""What really happens: a broker's own books and a market in memory, on virtual time; runs are judged by them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from heapq import heappop, heappush
from random import Random

from bot.domain.money import Shares, Usd
from bot.domain.orders import OrderState
from bot.domain.readings import Activity, ActivityKind
from bot.domain.snapshot import Side
from tests.chaos.truth import (
    CLOSES,
    DAY,
    DAYS,
    LONGEST_LAG,
    MINUTE,
    OPENS,
    WEEK,
    Till,
    Truth,
    dollars,
    instant,
    is_session,
)


@dataclass
class World:
    """`tape`, where given, gets a line for all that happens; `calm`: orders fill soon, and nobody else acts."""

    tills: dict[str, Till]
    prices: dict[str, int]
    rng: Random
    now: int
    tape: list[str] | None = None
    calm: bool = False
    orders: list[Truth] = field(default_factory=list)
    history: list[Activity] = field(default_factory=list)
    posts: Counter[str] = field(default_factory=Counter)
    arrivals: Counter[str] = field(default_factory=Counter)
    posted_at: dict[str, int] = field(default_factory=dict)  # the first POST under a key
    sent_at: dict[str, int] = field(default_factory=dict)  # by a clock that may be wrong
    on_their_way: int = 0  # POSTs that everybody thinks are lost
    owned: int = 0  # orders that the owner placed by hand
    _due: list[tuple[int, int, Callable[[], None]]] = field(default_factory=list)
    _serial: int = 0

    def __post_init__(self) -> None:
        for day in range(1, WEEK):
            self.later(day * DAY + OPENS - self.now, self._settle)
        for day in range(WEEK):
            self.later(day * DAY + CLOSES + self.rng.randrange(MINUTE) - self.now, self._expire)

    def say(self, words: str) -> None:
        if self.tape is not None:
            self.tape.append(f"{instant(self.now):%a %H:%M:%S.%f}"[:-3] + f" {words}")

    def later(self, span: int, act: Callable[[], None]) -> None:
        """Let something happen after a span of time; what lies in the past does not."""
        if span >= 0:
            self._serial += 1
            heappush(self._due, (self.now + span, self._serial, act))

    def advance(self, span: int) -> None:
        """Let time pass, and what falls due in it happen."""
        until = self.now + span
        while self._due and self._due[0][0] <= until:
            self.now, _, act = heappop(self._due)
            act()
        self.now = until

    def go_to(self, at: int) -> None:
        self.advance(max(0, at - self.now))

    def by_key(self, key: str) -> Truth | None:
        return next((order for order in self.orders if order.key == key), None)

    def shortage(self, account: str, side: Side, symbol: str, quantity: int, limit: int) -> str:
        """Why the broker would refuse an order at once; empty when it would not."""
        till = self.tills[account]
        live = [one for one in self.orders if one.account == account and one.is_live and one.side is side]
        if side is Side.SELL:
            taken = sum(one.quantity - one.filled for one in live if one.symbol == symbol)
            return "not that many shares" if quantity > till.shares.get(symbol, 0) - taken else ""
        taken = sum((one.quantity - one.filled) * one.limit for one in live)
        return "not that much money" if quantity * limit > till.settled + till.unsettled - taken else ""

    def accept(
        self,
        *,
        key: str,
        account: str,
        side: Side,
        symbol: str,
        quantity: int,
        limit: int,
        by_program: bool = True,
        age: int = 0,
    ) -> Truth:
        """An order is in the broker's books now, or has been for `age`; what becomes of it is drawn."""
        at = self.now - age
        order = Truth(
            number=len(self.orders) + 1,
            key=key,
            account=account,
            side=side,
            symbol=symbol,
            quantity=quantity,
            limit=limit,
            by_program=by_program,
            at=at,
            listed_at=at + self._lag(),
        )
        self.orders.append(order)
        self.arrivals[key] += 1
        who = key[:9] or "the owner's"
        self.say(f"  BROKER takes {order.broker_id} ({who}): {account} {side} {quantity} {symbol} at {limit}")
        self._draw_life(order)
        return order

    def _lag(self) -> int:
        if self.calm:
            return 0
        return self.rng.choice((0, 0, 300, 1_500, self.rng.randrange(LONGEST_LAG)))

    def _draw_life(self, order: Truth) -> None:
        rng = self.rng
        start = 0 if is_session(self.now) else self._until_open()
        soon, late = start + rng.randrange(100, 4_000), start + int(rng.expovariate(1 / (15 * MINUTE)))
        part = rng.randrange(1, order.quantity) if order.quantity > 1 else 1
        fate = 0.0 if self.calm else rng.random()
        if fate < 0.56:
            self.later(soon, lambda: self._fill(order, order.quantity))
        elif fate < 0.68:
            self.later(late, lambda: self._fill(order, order.quantity))
        elif fate < 0.80:
            self.later(soon, lambda: self._fill(order, part))
            if rng.random() < 0.5:
                self.later(soon + late, lambda: self._fill(order, order.quantity))
        elif fate < 0.86:
            return
        elif fate < 0.94:
            if rng.random() < 0.5:
                self.later(soon, lambda: self._fill(order, part))
            ends = OrderState.CANCELED if fate < 0.91 else OrderState.HUMAN
            self.later(soon + late, lambda: self._end(order, ends))
        else:
            self.later(soon, lambda: self._end(order, OrderState.REJECTED))

    def _until_open(self) -> int:
        day, time = divmod(self.now, DAY)
        return (day if time < OPENS else day + 1) * DAY + OPENS - self.now

    def _fill(self, order: Truth, up_to: int) -> None:
        count = up_to - order.filled
        if not order.is_live or count <= 0 or not is_session(self.now):
            return
        order.earlier = (order.state, order.filled, order.text)
        buys = order.side is Side.BUY
        if not order.price:
            quote = self.prices[order.symbol]
            order.price = min(order.limit, quote) if buys else max(order.limit, quote)
        order.filled = up_to
        order.state = OrderState.FILLED if up_to == order.quantity else OrderState.PARTIAL
        order.text = order.state.value
        self._trade(order, count)
        self.say(f"  BROKER fills {order.filled} of {order.quantity} of {order.broker_id} at {order.price}")

    def _trade(self, order: Truth, count: int) -> None:
        till, worth = self.tills[order.account], count * order.price
        buys = order.side is Side.BUY
        till.shares[order.symbol] = till.shares.get(order.symbol, 0) + (count if buys else -count)
        if buys:
            from_settled = min(max(till.settled, 0), worth)
            till.settled, till.unsettled = till.settled - from_settled, till.unsettled - (worth - from_settled)
        else:
            till.unsettled += worth
        self.history.append(
            Activity(
                activity_id=f"entry-{len(self.history) + 1}",
                account=order.account,
                kind=ActivityKind.TRADE,
                on=DAYS[self.now // DAY],
                net=Usd(-worth if buys else worth),
                symbol=order.symbol,
                side=order.side,
                quantity=Shares(Decimal(count)),
                price=dollars(order.price),
                order_id=order.broker_id,
                at=instant(self.now),
            )
        )

    def _end(self, order: Truth, state: OrderState) -> None:
        if not order.is_live or (state is OrderState.REJECTED and order.filled):
            return
        order.earlier = (order.state, order.filled, order.text)
        order.state = state
        order.text = "replaced by another order" if state is OrderState.HUMAN else state.value
        self.say(f"  BROKER ends {order.broker_id}: {order.text}")

    def _expire(self) -> None:
        for order in self.orders:
            if order.is_live and order.last_day <= self.now // DAY:
                self._end(order, OrderState.EXPIRED)

    def _settle(self) -> None:
        for till in self.tills.values():
            till.settled, till.unsettled = till.settled + till.unsettled, 0

    def deposit(self, account: str, cents: int) -> None:
        """Money from a bank, now."""
        self.tills[account].settled += cents
        self.history.append(
            Activity(
                activity_id=f"entry-{len(self.history) + 1}",
                account=account,
                kind=ActivityKind.DEPOSIT,
                on=DAYS[self.now // DAY],
                net=Usd(cents),
                at=instant(self.now),
            )
        )
        self.say(f"  OWNER pays {cents} cents into {account}")

    def by_hand(self, account: str, side: Side, symbol: str, quantity: int, limit: int, *, age: int = 0) -> None:
        """The owner trades at the broker's own pages; one in ten times with another program."""
        if self.shortage(account, side, symbol, quantity, limit):
            return
        self.owned += 1
        order = self.accept(
            key="",
            account=account,
            side=side,
            symbol=symbol,
            quantity=quantity,
            limit=limit,
            by_program=self.rng.random() < 0.1,
            age=age,
        )
        if not self.calm and self.rng.random() < 0.3:
            self.say("  OWNER thinks better of it")
            self._end(order, OrderState.CANCELED)
