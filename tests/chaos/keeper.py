"""A broker of one of two kinds behind the port, as unreliable as it is told to be; the world behind it never lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from bot.domain.errors import Reconcile
from bot.domain.money import Shares, Usd
from bot.domain.orders import Answer, BrokerOrder, Intent, Preview, Submission
from bot.domain.plan import Environment
from bot.domain.readings import AccountReading, Activity, Capabilities, HeldReading, Login, MarketReading, Quote
from bot.domain.snapshot import OpenOrder, Side
from tests.chaos.hazards import Hazards, Post
from tests.chaos.truth import MINUTE, SECOND, Truth, dollars, instant, is_session
from tests.chaos.world import World

TIMEOUT = 30 * SECOND
LATEST = 30 * MINUTE
TAKEN_AT_ONCE = {Post.FINE, Post.DROPPED_AFTER, Post.ERROR_AFTER, Post.BROKEN_BODY, Post.MISSING_ID, Post.WRONG_ID}
WITHOUT_ANSWER = {Post.DROPPED_BEFORE, Post.DROPPED_AFTER, Post.LATE}


class Wrist:
    """Our clock, which may be wrong by `skew` milliseconds; waiting lets the world go on."""

    def __init__(self, world: World, skew: int) -> None:
        self.world = world
        self.skew = skew

    def now(self) -> datetime:
        return instant(self.world.now + self.skew)

    def wait(self, seconds: int) -> None:
        self.world.advance(seconds * SECOND)

    def steady(self) -> timedelta:
        return timedelta(milliseconds=self.world.now)


@dataclass
class Keeper:
    """A `bot.ports.Broker` as one process sees it."""

    world: World
    hazards: Hazards
    keyed: bool
    clock: Wrist

    def capabilities(self) -> Capabilities:
        return Capabilities(sends_orders=True, fractional=False, keyed=self.keyed, environment=Environment.PAPER)

    def login(self) -> Login | None:
        return None

    def _ask(self, what: str, *, closely: bool = False) -> bool:
        self.world.advance(self.hazards.rng.randrange(20, 400))
        self.hazards.step(what)
        return self.hazards.get(closely=closely)

    def read(self, account: str) -> AccountReading:
        self._ask("read")
        till = self.world.tills[account]
        live = [order for order in self.world.orders if order.account == account and order.is_live]
        return AccountReading(
            account=account,
            cash_settled=Usd(till.settled),
            cash_unsettled=Usd(till.unsettled),
            held=tuple(self._held(symbol, count, live) for symbol, count in sorted(till.shares.items()) if count),
            open_orders=tuple(
                OpenOrder(side=one.side, symbol=one.symbol, quantity=_shares(one.quantity - one.filled))
                for one in live
                if self._is_listed(one)
            ),
        )

    def _held(self, symbol: str, count: int, live: Sequence[Truth]) -> HeldReading:
        sales = [one for one in live if one.symbol == symbol and one.side is Side.SELL]
        promised = sum(one.quantity - one.filled for one in sales)
        price = dollars(self.world.prices[symbol])
        free = _shares(count - promised)
        return HeldReading(symbol=symbol, quantity=_shares(count), available=free, cost_basis=None, price=price)

    def activities(self, account: str, since: date) -> tuple[Activity, ...]:
        self._ask("activities")
        return tuple(entry for entry in self.world.history if entry.account == account and entry.on >= since)

    def quotes(self, symbols: Sequence[str]) -> tuple[Quote, ...]:
        self._ask("quotes")
        at = instant(self.world.now)
        return tuple(
            Quote(symbol=symbol, bid=price, ask=price, at=at)
            for symbol in symbols
            for price in [dollars(self.world.prices[symbol])]
        )

    def market(self) -> MarketReading:
        self._ask("market")
        return MarketReading(at=instant(self.world.now), is_open=is_session(self.world.now))

    def order_ids(self, account: str) -> tuple[str, ...]:
        self._ask("order_ids")
        return tuple(one.broker_id for one in self.world.orders if one.account == account and self._is_listed(one))

    def recent(self, account: str) -> tuple[BrokerOrder, ...]:
        self._ask("recent")
        mine = [one for one in self.world.orders if one.account == account and one.by_program]
        return tuple(one.told() for one in mine if self._is_listed(one))

    def preview(self, intent: Intent) -> Preview:
        return Preview()

    def submit(self, intent: Intent) -> Submission:
        world, fate = self.world, self.hazards.post()
        self.hazards.step("before_post")
        world.posts[intent.client_order_id] += 1
        world.posted_at.setdefault(intent.client_order_id, world.now)
        world.say(f"  POST {intent.client_order_id[:9]} line {intent.line}, attempt {intent.attempt}: {fate}")
        world.advance(self.hazards.rng.randrange(50, 900))
        truth = self._take(intent) if fate in TAKEN_AT_ONCE else None
        if fate is Post.LATE:
            wait = min(LATEST, TIMEOUT + int(self.hazards.rng.expovariate(1 / MINUTE)))
            world.on_their_way += 1
            world.later(wait, lambda: _arrive(self, intent))
        if fate in WITHOUT_ANSWER:
            world.advance(TIMEOUT)
        self._look_alike(intent)
        self.hazards.step("after_post")
        return self._answer(intent, fate, truth)

    def _take(self, intent: Intent) -> Truth | str:
        world = self.world
        if self.keyed and world.by_key(intent.client_order_id) is not None:
            return "client_order_id must be unique"
        count, limit = int(intent.quantity.count), int(intent.limit_price * 100)
        words = world.shortage(intent.account, intent.side, intent.symbol, count, limit)
        if words:
            return words
        return world.accept(
            key=intent.client_order_id,
            account=intent.account,
            side=intent.side,
            symbol=intent.symbol,
            quantity=count,
            limit=limit,
        )

    def _answer(self, intent: Intent, fate: Post, truth: Truth | str | None) -> Submission:
        if fate is Post.LOG_IN:
            return Submission(answer=Answer.REFUSED, text="unauthorized (401)")
        if fate in {Post.FINE, Post.WRONG_ID} and isinstance(truth, str):
            return Submission(answer=Answer.REFUSED, text=f"{truth} (422)")
        if fate is Post.FINE and isinstance(truth, Truth):
            return Submission(answer=Answer.ACCEPTED, broker_id=truth.broker_id, text="accepted")
        if fate is Post.WRONG_ID:
            return Submission(answer=Answer.ACCEPTED, broker_id=self._another(intent, truth))
        return Submission(answer=Answer.UNKNOWN, text=f"no proof ({fate})")

    def _another(self, intent: Intent, truth: Truth | str | None) -> str:
        """The number of another order, or of none; of a twin of ours where there is one, and of ours by chance then."""
        others = [one for one in self.world.orders if one is not truth]
        twins = [one for one in self.world.orders if self._shaped_like(one, intent)]
        return self.hazards.rng.choice(
            [one.broker_id for one in (twins if len(twins) > 1 else others[-3:])] or ["7999999"]
        )

    def _look_alike(self, intent: Intent) -> None:
        """Now and then the owner sends the very same order by hand, a moment before ours or after it."""
        rng = self.hazards.rng
        if rng.randrange(100) < self.hazards.twins_pct:
            age = rng.randrange(4_000) if rng.random() < 0.5 else 0
            count, limit = int(intent.quantity.count), int(intent.limit_price * 100)
            self.world.by_hand(intent.account, intent.side, intent.symbol, count, limit, age=age)

    def find(self, intent: Intent, broker_id: str = "") -> BrokerOrder | None:
        late = self._ask("find", closely=True)
        if self.keyed:
            return self._find_by_key(intent, broker_id, late=late)
        if broker_id:
            truth = next((one for one in self.world.orders if one.broker_id == broker_id), None)
            found = self._shaped_like(truth, intent, late=late) if truth else None
            if found is not None:
                return found
        listed = [one for one in self.world.orders if self._is_listed(one)]
        return self._the_one([one for one in listed if self._shaped_like(one, intent)], intent, late=late)

    def _the_one(self, fits: Sequence[Truth], intent: Intent, *, late: bool) -> BrokerOrder | None:
        if len(fits) > 1:
            raise Reconcile(f"{len(fits)} orders look like the one for {intent.quantity} {intent.symbol}.")
        return fits[0].told(late=late) if fits else None

    def _find_by_key(self, intent: Intent, broker_id: str, *, late: bool) -> BrokerOrder | None:
        truth = self.world.by_key(intent.client_order_id)
        if truth is None:
            return None
        if broker_id not in {"", truth.broker_id}:
            raise Reconcile("the client id and the broker's id name two different orders")
        return truth.told(late=late)

    def _shaped_like(self, truth: Truth, intent: Intent, *, late: bool = False) -> BrokerOrder | None:
        if truth.account != intent.account or truth.symbol != intent.symbol or truth.broker_id in intent.baseline:
            return None
        told = truth.told(late=late)
        return told if told.matches(intent) else None

    def _is_listed(self, truth: Truth) -> bool:
        return self.keyed or truth.listed_at <= self.world.now

    def cancel(self, account: str, broker_id: str) -> None:
        raise AssertionError("nothing is ever cancelled")


def _arrive(keeper: Keeper, intent: Intent) -> None:
    """A POST that everybody thought was lost; after the close half of the brokers keep it for the next session."""
    keeper.world.on_their_way -= 1
    keeper.world.say(f"  POST {intent.client_order_id[:9]} arrives late")
    if is_session(keeper.world.now) or keeper.hazards.rng.random() < 0.5:
        keeper._take(intent)


def _shares(count: int) -> Shares:
    return Shares(Decimal(count))
