"""One Alpaca account behind the broker port."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from adapters.brokers.alpaca import account as accounts
from adapters.brokers.alpaca.announcements import LONGEST, parse_announcements
from adapters.brokers.alpaca.history import NEW_YORK, read_all
from adapters.brokers.alpaca.hosts import RealMoney, data_address, trading_address
from adapters.brokers.alpaca.market import parse_clock, parse_quotes, parse_settlement_days
from adapters.brokers.alpaca.orders import (
    LARGEST_LIST,
    Working,
    order_body,
    parse_open_orders,
    parse_order,
    parse_own_orders,
)
from adapters.brokers.alpaca.refusals import Refused
from bot.domain.errors import LogIn, NotAllowed, RebaloopError, Reconcile, TryLater, WrongUse
from bot.domain.money import Usd
from bot.domain.orders import Answer, BrokerOrder, Intent, Preview, Submission
from bot.domain.plan import Environment
from bot.domain.readings import AccountReading, Activity, Capabilities, HeldReading, Login, MarketReading, Quote
from bot.domain.schedule import PayDate
from bot.domain.snapshot import Side

if TYPE_CHECKING:
    from adapters.brokers.alpaca.http import Line

ENTRY_LEAD = timedelta(days=10)  # an entry may be written some days before the day on which it counts
SETTLING = timedelta(days=10)  # longer than any settlement, also across two long weekends
LOOKS = 3
PAPER_NUMBER = "PA"  # with which the number of every paper account begins
RECENT = timedelta(days=2)


class AlpacaBroker:
    """The account that one key opens, on the vendor's paper host or on the loopback.

    In the live environment it is an account with real money on the vendor's live host, as far as `real` says. Raises
    NotAllowed at once for any other host and where the two do not agree, LogIn for a key that cannot be one.
    """

    def __init__(
        self,
        *,
        account: str,
        key_id: str,
        secret_key: str,
        trading_url: str,
        data_url: str,
        environment: Environment,
        patience: timedelta = timedelta(seconds=30),
        real: RealMoney = RealMoney.CLOSED,
    ) -> None:
        if (environment is Environment.LIVE) is (real is RealMoney.CLOSED):
            raise NotAllowed("Live trading is not open: only paper and simulated hosts are reached.")
        address = trading_address(trading_url, real)
        if not all(word.isascii() and word.isprintable() and " " not in word and word for word in (key_id, secret_key)):
            raise LogIn(f"{account}: the key or its secret is missing or holds characters that no key has.")
        self._account = account
        self._environment = environment
        self._sends_orders = environment is Environment.PAPER or real is RealMoney.ORDERS
        self._identity = ""
        self._line = _line(
            account=account,
            key_id=key_id,
            secret_key=secret_key,
            trading_url=address,
            data_url=data_address(data_url, trading_url),
            patience=patience,
        )

    def __repr__(self) -> str:
        return f"AlpacaBroker({self._account!r}, {self._environment})"

    def capabilities(self) -> Capabilities:
        """Fractions, and a client id that makes a repeated order harmless; a dry run sends nothing."""
        return Capabilities(sends_orders=self._sends_orders, fractional=True, keyed=True, environment=self._environment)

    def login(self) -> Login | None:
        """None: a key does not die."""

    def read(self, account: str) -> AccountReading:
        """Cash, positions and open orders that belong to one moment: the cash is the same before and after.

        Raises:
            NotAllowed: for a blocked account, or one of the other world.
        """
        self._check_alias(account)
        balances, held, working = self._one_moment()
        settled, unsettled = accounts.settled_and_unsettled(
            balances, proceeds=self._unsettled_proceeds(), held_by_buys=working.held_by_buys
        )
        return AccountReading(
            account=account, cash_settled=settled, cash_unsettled=unsettled, held=held, open_orders=working.orders
        )

    def activities(self, account: str, since: date) -> tuple[Activity, ...]:
        """Everything since that New York day, oldest first; the vendor filters by the day of writing, we by the day."""
        self._check_alias(account)
        return tuple(entry for entry in self._history(since) if entry.on >= since)

    def quotes(self, symbols: Sequence[str]) -> tuple[Quote, ...]:
        """The latest quotes of the IEX feed, which every account has; an unusable one is left out."""
        if not symbols:
            return ()
        query = {"symbols": ",".join(dict.fromkeys(symbols)), "feed": "iex"}
        return parse_quotes(self._line.get_prices("/stocks/quotes/latest", query), symbols)

    def pay_dates(self, account: str, symbols: Sequence[str], since: date, until: date) -> tuple[PayDate, ...]:
        """The announced pay dates of these symbols, asked for one by one; of a wider range its first 90 days."""
        self._check_alias(account)
        until = min(until, since + timedelta(days=LONGEST))
        query = {"ca_types": "dividend", "date_type": "payable_date", "since": f"{since}", "until": f"{until}"}
        found: list[PayDate] = []
        for symbol in dict.fromkeys(symbols):
            answer = self._line.get("/corporate_actions/announcements", {**query, "symbol": symbol})
            found += parse_announcements(answer, account, symbol, since, until)
        return tuple(found)

    def number_ends(self) -> str:
        """The last four characters of the account's number, as the vendor has it."""
        return self._balances().number[-4:]

    def market(self) -> MarketReading:
        """The vendor's clock."""
        return parse_clock(self._line.get("/clock"))

    def order_ids(self, account: str) -> tuple[str, ...]:
        """None are needed: the client id finds an order."""
        self._check_alias(account)
        return ()

    def recent(self, account: str) -> tuple[BrokerOrder, ...]:
        """Those of the last two days whose client id is one of ours."""
        self._check_alias(account)
        after = (self.market().at - RECENT).strftime("%Y-%m-%dT%H:%M:%SZ")
        query = {"status": "all", "limit": str(LARGEST_LIST), "after": after, "nested": "false"}
        return parse_own_orders(self._line.get("/orders", query), account)

    def preview(self, intent: Intent) -> Preview:
        """Empty: the vendor has no preview."""
        self._check_alias(intent.account)
        return Preview()

    def submit(self, intent: Intent) -> Submission:
        """Send a day limit order under its client id; refused before the wire where it could not be sent as it is."""
        try:
            self._check_alias(intent.account)
            if not self._sends_orders:
                raise NotAllowed("This is a dry run.")
            body = order_body(intent)
            if not self._identity:
                self._balances()
        except RebaloopError as problem:
            return Submission(answer=Answer.REFUSED, text=f"Nothing was sent: {problem}")
        return self._line.send(body)

    def find(self, intent: Intent, broker_id: str = "") -> BrokerOrder | None:
        """The order under the intent's client id; a broker's id, where known, has to name the same order.

        Raises:
            Reconcile: when the two ids name different orders.
        """
        self._check_alias(intent.account)
        found = self._order("/orders:by_client_order_id", {"client_order_id": intent.client_order_id})
        if found is None and broker_id:
            found = self._order(f"/orders/{quote(broker_id, safe='')}")
        if found is None:
            return None
        if found.client_order_id != intent.client_order_id or broker_id not in {"", found.broker_id}:
            raise Reconcile(f"{self._account}: the client id and the broker's id name two different orders.")
        return found

    def cancel(self, account: str, broker_id: str) -> None:
        """Ask for it; an order that cannot be cancelled any more is no error."""
        self._check_alias(account)
        try:
            self._line.delete(f"/orders/{quote(broker_id, safe='')}")
        except Refused as refusal:
            if refusal.status != 422:
                raise

    def _check_alias(self, account: str) -> None:
        if account != self._account:
            raise Reconcile(f"{account!r} is not kept here; this key opens {self._account!r}.")

    def _balances(self) -> accounts.Balances:
        balances = accounts.parse_account(self._line.get("/account"))
        live = self._environment is Environment.LIVE
        if balances.number.startswith(PAPER_NUMBER) is live:
            kind = "an account with real money" if live else "a paper account"
            raise NotAllowed(f"{self._account}: this key does not open {kind}.")
        if self._identity not in {"", balances.account_id}:
            raise Reconcile(f"{self._account}: Alpaca answered for another account than before.")
        self._identity = balances.account_id
        return balances

    def _one_moment(self) -> tuple[accounts.Balances, tuple[HeldReading, ...], Working]:
        before = self._balances()
        for _ in range(LOOKS):
            held = accounts.parse_positions(self._line.get("/positions"))
            listed = self._line.get("/orders", {"status": "open", "limit": str(LARGEST_LIST), "nested": "false"})
            working = parse_open_orders(listed, self._account)
            after = self._balances()
            if after == before:
                return after, held, working
            before = after
        raise TryLater(f"{self._account}: the account changes while it is being read.")

    def _unsettled_proceeds(self) -> Usd:
        today = self.market().at.astimezone(NEW_YORK).date()
        first = today - SETTLING
        sales = [
            entry
            for entry in self._history(first, activity_types="FILL")
            if entry.side is Side.SELL and not entry.reversed and entry.on >= first
        ]
        if not sales:
            return Usd()
        days = {"start": first.isoformat(), "end": (today + SETTLING).isoformat()}
        settles = parse_settlement_days(self._line.get("/calendar", days))
        return Usd.total(sale.net for sale in sales if settles.get(sale.on, date.max) > today)

    def _history(self, since: date, **query: str) -> tuple[Activity, ...]:
        after = f"{since - ENTRY_LEAD}T00:00:00Z"
        return read_all(
            lambda page: self._line.get("/account/activities", page), self._account, {**query, "after": after}
        )

    def _order(self, path: str, params: dict[str, str] | None = None) -> BrokerOrder | None:
        try:
            return parse_order(self._line.get(path, params), self._account)
        except Refused as refusal:
            if refusal.status == 404 and refusal.error.is_absent_order:
                return None
            raise


def _line(*, account: str, key_id: str, secret_key: str, trading_url: str, data_url: str, patience: timedelta) -> Line:
    try:
        from adapters.brokers.alpaca.http import Line  # noqa: PLC0415 - the vendor's library takes a second to load
    except ModuleNotFoundError:
        raise WrongUse(
            "Alpaca's client library is not installed.", next_step="pip install 'rebaloop[alpaca]'"
        ) from None
    return Line(
        account=account,
        key_id=key_id,
        secret_key=secret_key,
        trading_url=trading_url,
        data_url=data_url,
        patience=patience,
    )
