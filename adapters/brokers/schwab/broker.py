"""One login's accounts at Schwab behind the broker port."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from adapters.brokers.schwab import account as accounts
from adapters.brokers.schwab.history import History
from adapters.brokers.schwab.market import parse_hours, parse_kinds, parse_quotes
from adapters.brokers.schwab.orders import (
    Working,
    listed_orders,
    marked_orders,
    order_body,
    order_ids,
    parse_if_shaped_like,
    parse_open_orders,
    the_one,
)
from adapters.brokers.schwab.preview import parse_preview
from adapters.brokers.schwab.refusals import Refused
from adapters.brokers.schwab.vendor import Vendor
from adapters.brokers.schwab.wire import NEW_YORK, Row
from bot.domain.errors import NotAllowed, RebaloopError, Reconcile, TryLater
from bot.domain.orders import Answer, BrokerOrder, Intent, Preview, Submission
from bot.domain.plan import Environment
from bot.domain.readings import AccountReading, Activity, Capabilities, Login, MarketReading, Quote

AHEAD = timedelta(days=1)  # a question reaches past the vendor's own clock, so that the newest entry is never cut off
RECENT = timedelta(days=7)  # the orders that one can be found among: longer than any weekend and all its holidays
ENTRY_LEAD = timedelta(days=10)  # an entry may be written some days before the day on which it counts
LONGEST_LIFE = timedelta(days=182)  # of an order that is good till cancelled: 180 days (Schwab, "Order types")
LIST_CHUNK = timedelta(days=60)
LOOKS = 3
QUOTES_AT_ONCE = 200

T = TypeVar("T")


class SchwabBroker:
    """The accounts that one login opens, by alias.

    `aliases` maps an alias to its account number; the hash by which the vendor asks for an account is looked up anew by
    every object, and again where it is not known any more. NotAllowed for live without `orders_allowed`.
    """

    def __init__(
        self,
        *,
        line: Vendor,
        aliases: Mapping[str, str],
        environment: Environment,
        fractional_sales: bool = False,
        orders_allowed: bool = False,
    ) -> None:
        if environment is Environment.LIVE and not orders_allowed:
            raise NotAllowed("Live trading is not open: only simulated hosts are sent an order.")
        self._line = line
        self._numbers = dict(aliases)
        self._environment = environment
        self._sends_orders = environment is not Environment.DRY_RUN and line.sends_orders
        self._fractional_sales = fractional_sales
        self._hashes: dict[str, str] = {}
        self._proven: dict[str, str] = {}
        self._lot_words: dict[str, str] = {}
        self._kinds: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"SchwabBroker({', '.join(map(repr, sorted(self._numbers)))}, {self._environment})"

    def capabilities(self) -> Capabilities:
        """No client ids, so that an order is sent once and then looked for; a dry run sends nothing."""
        return Capabilities(
            sends_orders=self._sends_orders,
            fractional=self._fractional_sales,
            keyed=False,
            environment=self._environment,
            dearest_first=True,
            previews=True,
        )

    def login(self) -> Login | None:
        """The login, which dies a week after a person has logged in."""
        return self._line.login()

    def read(self, account: str) -> AccountReading:
        """Cash, positions and open orders that belong to one moment: cash and shares are the same before and after."""
        found, working = self._one_moment(account)
        settled, unsettled = found.cash.split(working.held_by_buys)
        return AccountReading(
            account=account,
            cash_settled=settled,
            cash_unsettled=unsettled,
            held=accounts.less_open_sales(found.held, working.orders),
            open_orders=working.orders,
            lot_selection=self._lot_selection(account),
        )

    def activities(self, account: str, since: date) -> tuple[Activity, ...]:
        """Everything since that New York day, oldest first; the vendor filters by the time of entry, we by the day."""
        start, number = datetime.combine(since - ENTRY_LEAD, time(), NEW_YORK), self._number(account)

        def read(key: str) -> tuple[Activity, ...]:
            history = History(account, number, fetch=lambda first, last: self._line.transactions(key, first, last))
            return self._up_to_now(lambda end: history.read(start, end))

        return tuple(entry for entry in self._asked(account, read) if entry.on >= since)

    def quotes(self, symbols: Sequence[str]) -> tuple[Quote, ...]:
        """The latest quotes in real time; an unusable one is left out."""
        wanted = list(dict.fromkeys(symbols))
        parts = [wanted[at : at + QUOTES_AT_ONCE] for at in range(0, len(wanted), QUOTES_AT_ONCE)]
        return tuple(q for part in parts for q in parse_quotes(self._line.quotes(part), part, self._server_at()))

    def market(self) -> MarketReading:
        """The vendor's `Date`, and whether that lies within the regular session of its day."""
        for _ in range(LOOKS):
            on = self._server_at().astimezone(NEW_YORK).date()
            try:
                sessions, refusal = parse_hours(self._line.market_hours(on), on), None
            except Refused as problem:  # a day that has passed since the last answer
                sessions, refusal = (), problem
            at = self._server_at()
            if at.astimezone(NEW_YORK).date() != on:
                continue
            if refusal is not None:
                raise refusal
            return MarketReading(at=at, is_open=any(opens <= at < closes for opens, closes in sessions))
        raise TryLater("Schwab's day changes while it is being asked.")

    def order_ids(self, account: str) -> tuple[str, ...]:
        """The ids of all orders of the last week, whatever has become of them.

        `find` looks at the same week, which only ever moves on: what is old then was known to the baseline.
        """
        return order_ids(self._recent(account))

    def recent(self, account: str) -> tuple[BrokerOrder, ...]:
        """Those of the last week that the vendor marks as entered by a program."""
        return marked_orders(self._recent(account), account, self._numbers[account])

    def preview(self, intent: Intent) -> Preview:
        """What the vendor says of the order; what it refuses to look at, it would also refuse to carry out."""
        self._number(intent.account)
        try:
            body = self._body(intent)
        except NotAllowed as problem:
            return Preview(rejects=(problem.message,))
        try:
            return parse_preview(self._asked(intent.account, lambda key: self._line.preview(key, body)))
        except Refused as refusal:
            if refusal.status not in {400, 422} or _is_lost_hash(refusal):
                raise
            return Preview(rejects=(refusal.said,))

    def submit(self, intent: Intent) -> Submission:
        """Send a day limit order; refused before the wire where it, or its account, is not what it should be."""
        try:
            if not self._sends_orders:
                raise NotAllowed("This is a dry run, or a real account: no order is ever sent there.")
            key, body = self._proven_hash(intent.account), self._body(intent)
        except RebaloopError as problem:
            return Submission(answer=Answer.REFUSED, text=f"Nothing was sent: {problem}")
        return self._line.send(key, body)

    def find(self, intent: Intent, broker_id: str = "") -> BrokerOrder | None:
        """The order under its number if it can be the intent's, else the one order of the last week that can.

        It has the intent's shape, and is none that was known before the intent.

        Raises:
            Reconcile: when several have.
        """
        number = self._number(intent.account)
        if broker_id:
            row = self._order(intent.account, broker_id)
            found = parse_if_shaped_like(row, intent, number) if row else None
            if found and found.broker_id == broker_id:
                return found
        return the_one(self._recent(intent.account), intent, number)

    def cancel(self, account: str, broker_id: str) -> None:
        """Ask for it; an order that cannot be cancelled any more is no error."""
        try:
            self._asked(account, lambda key: self._line.cancel(key, broker_id))
        except Refused as refusal:
            if _is_lost_hash(refusal) or refusal.status not in {400, 404, 409, 422}:
                raise

    def _number(self, account: str) -> str:
        if account not in self._numbers:
            raise Reconcile(f"{account!r} is not kept here; this login opens {', '.join(sorted(self._numbers))}.")
        return self._numbers[account]

    def _hash(self, account: str) -> str:
        self._number(account)
        if not self._hashes:
            numbers = accounts.parse_account_numbers(self._line.account_numbers())
            self._hashes = accounts.resolve(self._numbers, numbers)
        return self._hashes[account]

    def _asked(self, account: str, question: Callable[[str], T]) -> T:
        """The answer about an account; where the vendor has lost its hash, once again with the new one."""
        try:
            return question(self._hash(account))
        except Refused as refusal:
            if not _is_lost_hash(refusal):
                raise
        self._hashes = {}
        return question(self._hash(account))

    def _server_at(self) -> datetime:
        if self._line.answered_at is None:
            self._line.account_numbers()
        at = self._line.answered_at
        if at is None:
            raise TryLater("Schwab does not say what time it is.")
        return at

    def _up_to_now(self, read: Callable[[datetime], T]) -> T:
        """What there is up to a day past the vendor's own time, which is only known for sure after it has answered."""
        for _ in range(LOOKS):
            end = self._server_at() + AHEAD
            found = read(end)
            if self._server_at() <= end - AHEAD / 2:
                return found
        raise TryLater("Schwab's day changes while it is being asked.")

    def _account(self, account: str) -> accounts.Account:
        def ask(key: str) -> accounts.Account:
            found = accounts.parse_account(self._line.account(key), self._numbers[account])
            self._proven[account] = key
            return found

        return self._asked(account, ask)

    def _proven_hash(self, account: str) -> str:
        """The hash under which the vendor has answered for just this account."""
        if self._proven.get(account) != self._hash(account):
            self._account(account)
        return self._hashes[account]

    def _one_moment(self, account: str) -> tuple[accounts.Account, Working]:
        before = self._account(account)
        for _ in range(LOOKS):
            listed = self._listed(account, LONGEST_LIFE)
            working = parse_open_orders(listed, account, self._numbers[account])
            after = self._account(account)
            if after.same_things(before):
                return after, working
            before = after
        raise TryLater(f"{account}: the account changes while it is being read.")

    def _recent(self, account: str) -> list[Row]:
        self._number(account)
        return self._listed(account, RECENT)

    def _listed(self, account: str, back: timedelta) -> list[Row]:
        """All orders of some time back, in whatever state; by the vendor's own clock, with a day to spare."""

        def up_to(key: str, end: datetime) -> list[Row]:
            start, found = end - AHEAD - back, list[Row]()
            while start < end:
                stop = min(start + LIST_CHUNK, end)
                found += listed_orders(self._line.orders(key, start, stop))
                start = stop
            return list({repr(row.fields.get("orderId", f"none {at}")): row for at, row in enumerate(found)}.values())

        return self._asked(account, lambda key: self._up_to_now(lambda end: up_to(key, end)))

    def _order(self, account: str, broker_id: str) -> Row | None:
        try:
            return Row.of(self._asked(account, lambda key: self._line.order(key, broker_id)), "order")
        except Refused as refusal:
            if refusal.status in {400, 404} and not _is_lost_hash(refusal):
                return None
            raise

    def _lot_selection(self, account: str) -> str:
        if account not in self._lot_words:
            try:
                said = self._line.user_preferences()
            except Refused:
                return ""
            self._lot_words[account] = accounts.parse_lot_selection(said, self._numbers[account])
        return self._lot_words[account]

    def _body(self, intent: Intent) -> dict[str, object]:
        body = order_body(intent, fractional_sales=self._fractional_sales)
        if intent.symbol not in self._kinds:
            self._kinds |= parse_kinds(self._line.instruments([intent.symbol]))
        if self._kinds.get(intent.symbol, "") == "MUTUAL_FUND":
            raise NotAllowed(f"{intent.symbol} is a mutual fund, which has no limit price: a person orders it.")
        return body


def _is_lost_hash(refusal: Refused) -> bool:
    return refusal.status == 400 and "invalid account" in refusal.said.lower()
