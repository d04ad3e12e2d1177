"""One login's conversation with the broker: a living access token, one request at a time, each sent once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from adapters.brokers.schwab.access import Access
from adapters.brokers.schwab.library import (
    TOKEN_ENDPOINT,
    Client,
    OAuth2Client,
    OAuthError,
    TokenMetadata,
    httpx,
    hush,
)
from adapters.brokers.schwab.replies import Reply, Silence
from adapters.brokers.schwab.token_file import StoredToken, TokenFile
from adapters.brokers.schwab.transport import NoWire, Wire
from bot.domain.errors import LogIn, TryLater

CONNECT = timedelta(seconds=5)
LEEWAY = timedelta(seconds=120)  # before its end an access token is renewed; the library's own leeway is a minute
BUSY = frozenset({"temporarily_unavailable", "server_error", "slow_down"})  # RFC 6749, 4.1.2.1; RFC 8628, 3.5
Call = Callable[[Any], Any]  # from the vendor's client to its response; the library publishes no types


class Rejected(LogIn):
    """The login service does not accept what it was shown; `code` is its own word for it, not to be taken literally."""

    def __init__(self, message: str, *, code: str, next_step: str) -> None:
        super().__init__(message, next_step=next_step)
        self.code = code


class Session:
    """The vendor's client over a token file.

    Every request, and every change of the token, is made by one thread at a time; a renewal also by one process at a
    time, and who comes second takes what the first has written.
    """

    def __init__(self, access: Access, *, previews: bool, orders: bool, patience: timedelta) -> None:
        hush()
        self._access = access
        self._tokens = TokenFile(access.token_path, login=access.name)
        self._guard = threading.RLock()
        self._wire = Wire(access.origin, previews=previews, orders=orders)
        self._timeout = httpx.Timeout(patience.total_seconds(), connect=CONNECT.total_seconds())
        self._client: Any = None
        self._keep: Callable[[StoredToken], None] | None = None

    def __repr__(self) -> str:
        return f"Session({self._access.name!r})"

    @property
    def answered_at(self) -> datetime | None:
        """The broker's `Date` at its last answer, in UTC; None before the first one."""
        return self._wire.answered_at

    def ask(self, call: Call) -> Reply:
        """One question; where the broker does not know the access token any more, once again with a new one.

        Raises:
            LogIn: no token, or none that the broker would renew.
            TryLater: the token cannot be renewed now; Silence, a kind of it, when no answer came.
        """
        with self._guard:
            self.freshen()
            spent = self._oauth.token["access_token"]
            reply = self.once(call)
            if reply.status != 401:
                return reply
            self._renew(spent=spent)
            return self.once(call)

    def once(self, call: Call) -> Reply:
        """One request with the token that there is, whatever comes back; raises Silence."""
        with self._guard:
            try:
                response = call(self._opened())
            except httpx.TimeoutException as problem:
                raise self._silence("did not answer in time", problem, dropped=False) from None
            except httpx.TransportError as problem:
                raise self._silence("cannot be reached", problem, dropped=True) from None
            except httpx.HTTPError as problem:
                raise self._silence("sent an answer that cannot be read", problem, dropped=False) from None
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Reply(status=response.status_code, headers=headers, content=response.content)

    def freshen(self) -> None:
        """Make sure of an access token that lasts a little longer; raises LogIn and TryLater."""
        with self._guard:
            self._opened()
            if self._oauth.token.is_expired(leeway=int(LEEWAY.total_seconds())):
                self._renew(spent=self._oauth.token["access_token"])

    def log_in(self, code: str, *, prove: Callable[[Reply], None], now: datetime) -> None:
        """Exchange the code of a redirect for tokens, prove them with one question, keep them.

        The login's instant is the broker's own time where it tells it. What `prove` raises leaves the old file.

        Raises:
            Rejected: the broker does not take the code, or not the app.
            TryLater: it cannot be reached, or the token could not be kept; no code is spent without room for a token.
        """
        with self._guard, self._tokens.rewriting() as keep:
            oauth = self._session_over(None)
            self._told(oauth.fetch_token, code=code, grant_type="authorization_code")
            told_at = self.answered_at or now
            stored = self._sound({"creation_timestamp": int(told_at.timestamp()), "token": dict(oauth.token)})
            self._open(stored)
            with suppress(Silence):  # the code is spent and the tokens are ours, whoever hangs up now
                prove(self.once(lambda client: client.get_account_numbers()))
            keep(stored)

    def stored(self) -> StoredToken:
        """The tokens on the disk now."""
        return self._tokens.load()

    @property
    def _oauth(self) -> Any:  # noqa: ANN401 - the library publishes no types
        return self._client.session

    def _opened(self) -> Any:  # noqa: ANN401 - the library publishes no types
        if self._client is None:
            self._open(self._tokens.load())
        return self._client

    def _open(self, stored: StoredToken) -> None:
        """The client over these tokens: always with a token endpoint, without which it could not renew them."""
        metadata = TokenMetadata(dict(stored.token), stored.creation_timestamp, self._write)
        oauth = self._session_over(metadata)
        self._client = Client(self._access.app_key, oauth, token_metadata=metadata, enforce_enums=False)
        self._client.set_timeout(self._timeout)  # the constructor has set its own

    def _session_over(self, metadata: Any) -> Any:  # noqa: ANN401 - the library publishes no types
        return OAuth2Client(
            self._access.app_key,
            client_secret=self._access.app_secret,
            redirect_uri=self._access.callback_url,
            token=metadata.token if metadata else None,
            token_endpoint=TOKEN_ENDPOINT,
            update_token=metadata.wrapped_token_write_func() if metadata else None,
            mounts={"https://api.schwabapi.com": self._wire},
            transport=NoWire(),
            trust_env=False,
            timeout=self._timeout,
        )

    def _renew(self, *, spent: str) -> None:
        """A new access token in place of the spent one: another process's, or from the broker."""
        with self._tokens.rewriting() as keep:
            stored = self._tokens.load()
            self._open(stored)
            if stored.access_token != spent and not self._oauth.token.is_expired():
                return
            self._keep = keep
            try:
                self._told(self._oauth.refresh_token, refresh_token=stored.refresh_token)
            except BaseException:
                self._client = None  # what the library holds now is not what is on the disk
                raise
            finally:
                self._keep = None

    def _told(self, request: Callable[..., object], **words: str) -> None:
        """Ask the token endpoint; its ways of saying no become LogIn, everything else TryLater."""
        name = self._access.name
        try:
            request(TOKEN_ENDPOINT, **words)
        except OAuthError as problem:
            if problem.error in BUSY:
                raise TryLater(f"{name}: Schwab's login service is busy.") from None
            raise self._rejected(str(problem.error)) from None
        except httpx.TimeoutException:
            raise TryLater(f"{name}: Schwab's login service did not answer in time.") from None
        except httpx.HTTPStatusError as problem:
            status = problem.response.status_code
            raise TryLater(f"{name}: Schwab's login service answered {status}, which usually passes.") from None
        except httpx.HTTPError as problem:
            kind = type(problem).__name__
            raise TryLater(f"{name}: Schwab's login service cannot be reached ({kind}).") from None
        except (ValueError, TypeError, RecursionError):
            raise TryLater(f"{name}: the answer of Schwab's login service cannot be read.") from None

    def _rejected(self, error: str) -> Rejected:
        code = error if error.isascii() and error.replace("_", "").isalpha() and len(error) < 40 else "no known reason"
        keys = "; check the app key and its secret too" if error in {"invalid_client", "unauthorized_client"} else ""
        return Rejected(
            f"{self._access.name}: Schwab does not accept this login any more ({code}){keys}.",
            code=code,
            next_step=self._access.login_command,
        )

    def _write(self, tree: object, **_: object) -> None:
        """Keep what the library was told; it calls this for every new token."""
        stored = self._sound(tree)
        if self._keep is not None:
            self._keep(stored)
            return
        with self._tokens.rewriting() as keep:
            keep(stored)

    def _sound(self, tree: object) -> StoredToken:
        try:
            return StoredToken.of(tree)
        except ValueError:
            raise TryLater(f"{self._access.name}: Schwab's login service sent no whole token.") from None

    def _silence(self, what: str, problem: Exception, *, dropped: bool) -> Silence:
        kind = type(problem).__name__
        return Silence(f"{self._access.name}: Schwab {what} ({kind}).", kind=kind, dropped=dropped)
