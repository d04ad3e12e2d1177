"""The levers of the Schwab side: logging in, expiring, rotating, and statuses as a script wants them shown."""

import threading
from datetime import date
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

from adapters.simulator.books.lots import Lot, cents
from adapters.simulator.market.prices import exact
from adapters.simulator.schwab.dialect import SchwabDialect


class SchwabLevers:
    """What a simulated broker with Schwab logins can be made to do; one thing at a time, like its requests."""

    _schwab: SchwabDialect
    _lock: threading.RLock

    def schwab_login(self, login: str, authorization_url: str | None = None) -> str:
        """The address to which the owner's browser is sent after logging in; its code lives 30 virtual seconds.

        With the address that the client built, its `state` is handed back; `ValueError` when that address names another
        app or callback, `KeyError` for an unknown login.
        """
        with self._lock:
            if authorization_url is None:
                return self._schwab.tokens.redirect(login)
            query = {name: values[0] for name, values in parse_qs(urlsplit(authorization_url).query).items()}
            wanted = next(x for x in self._schwab.desk.logins if x.name == login)
            if (query.get("client_id"), query.get("redirect_uri")) != (wanted.app_key, wanted.callback_url):
                raise ValueError(f"the authorization address does not belong to the app of {login}")
            return self._schwab.tokens.redirect(login, query.get("state"))

    def end_access(self, login: str) -> None:
        """Forget a login's access tokens: its next request is answered 401, while its refresh token still works."""
        with self._lock:
            self._schwab.tokens.end_access(login)

    def end_login(self, login: str) -> None:
        """Forget a login's refresh token too: only logging in again helps."""
        with self._lock:
            self._schwab.tokens.end_login(login)

    def rotate_hashes(self) -> None:
        """Give every account a new hash; the old ones name nothing from now on."""
        with self._lock:
            self._schwab.desk.rotation += 1

    def account_hash(self, number: str) -> str:
        """The hash of an account as of now; `KeyError` for an unknown number."""
        with self._lock:
            accounts = {account.number: account for login in self._schwab.desk.logins for account in login.accounts}
            return self._schwab.desk.hash_of(accounts[number])

    def show_status(self, status: str | None, *, symbol: str | None = None, order_id: str | int | None = None) -> None:
        """Show the orders of a symbol, or one order, in any status, whatever becomes of them; None shows the truth."""
        with self._lock:
            desk = self._schwab.desk
            for shown, key in ((desk.shown_by_symbol, symbol), (desk.shown_by_order, order_id)):
                if key is None:
                    continue
                if status is None:
                    shown.pop(str(key), None)
                else:
                    shown[str(key)] = status

    def reinvest(self, number: str, symbol: str, *, on: bool = True) -> None:
        """Make an account's dividends of a symbol buy shares from now on, or be paid in cash."""
        with self._lock:
            reinvested = self._schwab.desk.world.books[number].reinvested
            if on:
                reinvested.add(symbol)
            else:
                reinvested.discard(symbol)

    def deliver(
        self,
        number: str,
        symbol: str,
        qty: Decimal | str | int,
        *,
        cost: Decimal | str | int = 0,
        acquired_on: date | None = None,
    ) -> None:
        """Shares transferred in, with their cost in dollars, or out with a negative quantity (RECEIVE_AND_DELIVER)."""
        with self._lock:
            world = self._schwab.desk.world
            bought_on = acquired_on or world.market.clock.today_on
            lot = Lot(qty=exact(qty), cost_cents=cents(cost), acquired_on=bought_on)
            world.books[number].deliver("RECEIVE_AND_DELIVER", symbol, lot)
