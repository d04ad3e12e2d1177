"""Our connection to one owner's accounts at Schwab: parsed JSON for questions, a receipt for an order."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Never

import structlog

from adapters.brokers.schwab.access import Access, check_library
from adapters.brokers.schwab.again import Again
from adapters.brokers.schwab.receipts import receipt
from adapters.brokers.schwab.refusals import Refused, own_words, told
from adapters.brokers.schwab.replies import Reply, Silence
from adapters.brokers.schwab.token_file import TokenFile
from bot.domain.discretion import discreet
from bot.domain.errors import LogIn, NotAllowed, RebaloopError, Reconcile, TryLater
from bot.domain.orders import Answer, Submission
from bot.domain.plan import Environment
from bot.domain.readings import Login
from bot.ports import Clock

if TYPE_CHECKING:
    from adapters.brokers.schwab.session import Session

Call = Callable[[Any], Any]  # from the vendor's client to its response; the library publishes no types
PATIENCE = timedelta(seconds=30)
LIFE = timedelta(days=7)  # of a refresh token, counted from the login and not from its last use (schwab-py, "auth")
SECOND = timedelta(seconds=1)
CORRELATION = "schwab-client-correlid"
_HASH = re.compile(r"\w{1,128}", re.ASCII)
_ORDER_ID = re.compile(r"[0-9]{1,20}")
_CORRELATION_ID = re.compile(r"[0-9A-Za-z-]{1,64}")
_log = structlog.get_logger()


class Line:
    """One login, and all accounts that it opens, each named by the hash that `account_numbers` tells.

    Questions return parsed JSON with decimals and raise LogIn, TryLater or Reconcile (Refused where the broker's own
    programs say no); `send` never raises. `sends_orders` is false but for a simulated broker in the paper environment:
    then nothing but questions is let out. The clock is waited with, and never asked.

    Raises:
        NotAllowed: for the live environment, unless `orders_allowed`.
        WrongUse: the vendor's client library is not installed.
        FixTheFile: with exit code 78 when other users could read the token file.
    """

    def __init__(
        self,
        access: Access,
        *,
        environment: Environment,
        clock: Clock,
        patience: timedelta = PATIENCE,
        orders_allowed: bool = False,
    ) -> None:
        if environment is Environment.LIVE and (access.is_simulated or not orders_allowed):
            raise NotAllowed("Live trading is not possible: orders only ever reach paper and simulated hosts.")
        check_library()
        self._access = access
        self._clock = clock
        self._patience = patience
        self._tokens = TokenFile(access.token_path, login=access.name)
        self._tokens.check_modes()
        self._opened: Session | None = None
        here = environment is Environment.PAPER and access.is_simulated
        self._sends_orders = here or environment is Environment.LIVE

    def __repr__(self) -> str:
        return f"Line({self._access.name!r})"

    @property
    def sends_orders(self) -> bool:
        """Whether an order is let out at all."""
        return self._sends_orders

    @property
    def name(self) -> str:
        """The login's name in the settings."""
        return self._access.name

    @property
    def answered_at(self) -> datetime | None:
        """The broker's `Date` at its last answer, in UTC; None before the first one."""
        return self._opened.answered_at if self._opened else None

    def login(self) -> Login:
        """When a person last logged in, by the token file as it is now, and until when that lasts; raises LogIn."""
        at = self._tokens.load().logged_in_at
        return Login(name=self.name, logged_in_at=at, expires_at=at + LIFE)

    def account_numbers(self) -> object:
        """`[{accountNumber, hashValue}]`: every account that the login opens."""
        return self._ask("account_numbers", lambda client: client.get_account_numbers())

    def accounts(self) -> object:
        """Balances and positions of all accounts, by number and without hashes."""
        return self._ask("accounts", lambda client: client.get_accounts(fields=["positions"]))

    def account(self, account_hash: str) -> object:
        """Balances and positions of one account."""
        of = _hash(account_hash)
        return self._ask("account", lambda client: client.get_account(of, fields=["positions"]), of)

    def orders(self, account_hash: str, from_at: datetime, to_at: datetime, status: str | None = None) -> object:
        """Orders that were entered between two instants, all or those of one status; whole seconds, none left out."""
        of, start, end = _hash(account_hash), _utc(from_at), _utc(to_at, upwards=True)
        return self._ask(
            "orders",
            lambda client: client.get_orders_for_account(
                of, from_entered_datetime=start, to_entered_datetime=end, status=status
            ),
            of,
        )

    def order(self, account_hash: str, order_id: str) -> object:
        """One order."""
        of, number = _hash(account_hash), _order_id(order_id)
        return self._ask("order", lambda client: client.get_order(number, of), of)

    def transactions(
        self, account_hash: str, start_at: datetime, end_at: datetime, types: Sequence[str] | None = None
    ) -> object:
        """What happened between two instants, of some types or (None) of all."""
        of, start, end = _hash(account_hash), _utc(start_at), _utc(end_at, upwards=True)
        return self._ask(
            "transactions",
            lambda client: client.get_transactions(of, start_date=start, end_date=end, transaction_types=types),
            of,
        )

    def quotes(self, symbols: Sequence[str]) -> object:
        """Quotes by symbol; unknown symbols stand under `errors`."""
        return self._ask("quotes", lambda client: client.get_quotes(list(symbols)))

    def market_hours(self, on: date) -> object:
        """The equity market's sessions of a day."""
        return self._ask("market_hours", lambda client: client.get_market_hours(["equity"], date=on))

    def user_preferences(self) -> object:
        """Nicknames and lot methods of the accounts."""
        return self._ask("user_preferences", lambda client: client.get_user_preferences())

    def instruments(self, symbols: Sequence[str]) -> object:
        """Fundamentals of symbols."""
        return self._ask("instruments", lambda client: client.get_instruments(list(symbols), "fundamental"))

    def preview(self, account_hash: str, body: Mapping[str, object]) -> object:
        """Show an order without placing it, once."""
        of = _hash(account_hash)
        self._session.freshen()
        reply = self._session.once(lambda client: client.preview_order(of, dict(body)))
        if reply.status == 401:  # no POST is repeated, so that this one leaves it to the next question to log in anew
            raise TryLater(f"{self.name}: Schwab does not know the access token any more.")
        return self._parsed(self._judged("preview", reply, of))

    def cancel(self, account_hash: str, order_id: str) -> None:
        """Ask for an order to be cancelled; that may be asked twice."""
        of, number = _hash(account_hash), _order_id(order_id)
        self._settled("cancel", lambda client: client.cancel_order(number, of), of)

    def send(self, account_hash: str, body: Mapping[str, object]) -> Submission:
        """Post one order, exactly once; what is not proven is unknown."""
        if not self.sends_orders:
            return Submission(answer=Answer.REFUSED, text="Nothing was sent: this login only reads.")
        try:
            of, order = _hash(account_hash), dict(body)
            json.dumps(order)
            self._session.freshen()
        except Exception as problem:  # noqa: BLE001 - whatever went wrong, nothing has left yet
            said = str(problem) if isinstance(problem, RebaloopError) else type(problem).__name__
            return Submission(answer=Answer.REFUSED, text=f"Nothing was sent: {said}")
        try:
            reply = self._session.once(lambda client: client.place_order(of, order))
            submission = receipt(reply, of, self._access.app_key, self._access.app_secret)
            self._log("order", reply, answer=submission.answer.value)
        except Exception as problem:  # noqa: BLE001 - whatever went wrong, the order may live
            kind = problem.kind if isinstance(problem, Silence) else type(problem).__name__
            return Submission(answer=Answer.UNKNOWN, text=f"no answer ({kind})")
        return submission

    @property
    def _session(self) -> Session:
        if self._opened is None:
            from adapters.brokers.schwab.session import Session  # noqa: PLC0415 - the vendor's library loads slowly

            self._opened = Session(
                self._access,
                previews=self.sends_orders or self._access.is_simulated,
                orders=self.sends_orders,
                patience=self._patience,
            )
        return self._opened

    def _ask(self, question: str, call: Call, *secrets: str) -> object:
        return self._parsed(self._settled(question, call, *secrets))

    def _settled(self, question: str, call: Call, *secrets: str) -> Reply:
        """The answer to a question that may be asked again, if it is a good one."""
        again = Again()
        while True:
            try:
                reply = self._session.ask(call)
            except Silence as silence:
                if silence.dropped and again.after_drop():
                    continue
                raise
            pause = again.after(reply)
            if pause is None:
                return self._judged(question, reply, *secrets)
            self._log(question, reply, asked_again_after=pause)
            self._clock.wait(pause)

    def _judged(self, question: str, reply: Reply, *secrets: str) -> Reply:
        if 200 <= reply.status < 300:
            return reply
        self._log(question, reply)
        who, said = self.name, discreet(told(reply.content), *secrets, self._access.app_key, self._access.app_secret)
        own = own_words(reply.content)
        if reply.status == 401 or (reply.status == 403 and own):
            raise LogIn(f"{who}: Schwab does not accept this login: {said}.", next_step=self._access.login_command)
        if reply.status == 429:
            raise TryLater(f"{who}: Schwab wants fewer requests: {said}.")
        if not own or not 400 <= reply.status < 500:
            raise TryLater(f"{who}: Schwab answered {reply.status}: {said}.")
        raise Refused(f"{who}: Schwab refused the question: {said}.", status=reply.status, said=said)

    def _parsed(self, reply: Reply) -> object:
        if not reply.content.strip():
            raise TryLater(f"{self.name}: Schwab sent an empty answer.")
        try:
            return json.loads(self._without_our_secrets(reply), parse_float=Decimal, parse_constant=_refuse)
        except (ValueError, RecursionError):
            raise TryLater(f"{self.name}: Schwab's answer cannot be read.") from None

    def _without_our_secrets(self, reply: Reply) -> bytes:
        """The content as far as we want to know it: a good answer may repeat in any of its words what we have told."""
        content = reply.content
        for secret in (self._access.app_secret, self._access.app_key):
            content = content.replace(secret.encode(), b"...")
        return content

    def _log(self, question: str, reply: Reply, **words: str | int) -> None:
        """What the broker's support asks for: which question, when, and the number that they gave to it."""
        number = reply.headers.get(CORRELATION, "")
        told_at = self.answered_at
        _log.info(
            "schwab.answered",
            login=self.name,
            question=question,
            status=reply.status,
            correlation=number if _CORRELATION_ID.fullmatch(number) else "",
            broker_time=told_at.isoformat() if told_at else "",
            **words,
        )


def _refuse(constant: str) -> Never:
    raise ValueError(f"not a finite number: {constant}")


def _hash(account_hash: str) -> str:
    if not _HASH.fullmatch(account_hash):
        raise Reconcile("Schwab's name for an account makes no sense.")
    return account_hash


def _order_id(order_id: str) -> str:
    if not _ORDER_ID.fullmatch(order_id):
        raise Reconcile("The number of an order at Schwab makes no sense.")
    return order_id


def _utc(at: datetime, *, upwards: bool = False) -> datetime:
    """An instant in UTC, in whole seconds: the library drops fractions, and writes Z on any time of day."""
    assert at.tzinfo is not None, "an instant needs its time zone"
    exact = at.astimezone(UTC)
    whole = exact.replace(microsecond=0)
    return whole + SECOND if upwards and whole != exact else whole
