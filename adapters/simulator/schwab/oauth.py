"""Logging in: codes, access tokens and refresh tokens, all of which expire by the virtual clock.

An access token lives 1800 seconds; the refresh token seven days from the login, however often it is used; a code in the
redirect 30 seconds. Source: the vendor's developer portal and schwab-py's documentation of its token lifetimes.
"""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, quote

from adapters.simulator.market.clock import VirtualClock
from adapters.simulator.schwab.logins import SchwabLogin
from adapters.simulator.schwab.numbers import made_up
from adapters.simulator.schwab.refusals import Refusal
from adapters.simulator.wire import Answer, Request

CODE_LIFE = timedelta(seconds=30)
ACCESS_LIFE = timedelta(seconds=1800)
REFRESH_LIFE = timedelta(days=7)
# The code is misleading on purpose: this is how the vendor reports a dead refresh token.
DEAD_LOGIN = {
    "error": "unsupported_token_type",
    "error_description": '400 Bad Request: "{"error_description":"Exception while authenticating refresh token'
    ' [tokenDigest=0, apiClient=0, tokenExpire=0]: Token not found","error":"refresh_token_authentication_error"}"',
}


@dataclass(slots=True, kw_only=True)
class _Grant:
    """What one log-in has handed out."""

    login: SchwabLogin
    logged_in_at: datetime
    refresh_token: str = ""
    access_until: dict[str, datetime] = field(default_factory=dict)


class TokenOffice:
    """Hands out codes and tokens, and knows whose token a request shows."""

    def __init__(self, clock: VirtualClock, logins: Iterable[SchwabLogin]) -> None:
        """Nobody has logged in yet; `ValueError` when two logins share a name."""
        self._clock = clock
        self._logins: dict[str, SchwabLogin] = {}
        for login in logins:
            if login.name in self._logins:
                raise ValueError("one name is one login")
            self._logins[login.name] = login
        self._codes: dict[str, tuple[SchwabLogin, datetime]] = {}
        self._grants: list[_Grant] = []
        self._serial = 0

    def redirect(self, name: str, state: str | None = None) -> str:
        """The address to which an owner's browser is sent after the yes; `KeyError` for an unknown login."""
        login = self._logins[name]
        code = f"C0.{self._next('code', name)}@"
        self._codes[code] = (login, self._clock.now_at + CODE_LIFE)
        joint = "&" if "?" in login.callback_url else "?"
        suffix = "" if state is None else f"&state={quote(state, safe='')}"
        return f"{login.callback_url}{joint}code={quote(code, safe='')}&session={self._next('session', name)}{suffix}"

    def holder(self, request: Request) -> SchwabLogin | None:
        """Whose living access token a request shows."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        living = (g for g in self._grants if g.access_until.get(token, self._clock.now_at) > self._clock.now_at)
        return next((grant.login for grant in living), None)

    def end_access(self, name: str) -> None:
        """Forget every access token of a login, long before its time."""
        for grant in self._of(name):
            grant.access_until.clear()

    def end_login(self, name: str) -> None:
        """Forget everything that a login was handed."""
        for grant in self._of(name):
            self._grants.remove(grant)

    def _of(self, name: str) -> list[_Grant]:
        login = self._logins[name]
        return [grant for grant in self._grants if grant.login is login]

    def token(self, request: Request) -> Answer:
        """`POST /v1/oauth/token`."""
        form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
        logins = _with_credentials(request, self._logins.values())
        if not logins:
            raise _refusal(401, "invalid_client", "Unauthorized")
        match form.get("grant_type"):
            case "authorization_code":
                grant = self._log_in(form, logins)
            case "refresh_token":
                grant = self._still_logged_in(form, logins)
            case _:
                raise _refusal(400, "unsupported_grant_type", "400 Bad Request")
        return Answer(body=self._hand_out(grant), account=grant.login.name)

    def _log_in(self, form: dict[str, str], logins: list[SchwabLogin]) -> _Grant:
        login, until = self._codes.pop(form.get("code", ""), (None, self._clock.now_at))
        if login is None or login not in logins or until <= self._clock.now_at:
            raise _refusal(400, "invalid_grant", "400 Bad Request: the authorization code is invalid or has expired")
        if form.get("redirect_uri") != login.callback_url:
            raise _refusal(400, "invalid_request", "400 Bad Request: redirect_uri does not match")
        grant = _Grant(login=login, logged_in_at=self._clock.now_at)
        grant.refresh_token = f"{self._next('refresh', login.name)}@"
        self._grants.append(grant)
        return grant

    def _still_logged_in(self, form: dict[str, str], logins: list[SchwabLogin]) -> _Grant:
        for grant in self._grants:
            living = grant.logged_in_at + REFRESH_LIFE > self._clock.now_at
            if living and grant.refresh_token == form.get("refresh_token") and grant.login in logins:
                if grant.login.rotates_refresh_token:
                    grant.refresh_token = f"{self._next('refresh', grant.login.name)}@"
                if grant.login.one_access_token:
                    grant.access_until.clear()
                return grant
        raise Refusal(Answer(status=400, body=dict(DEAD_LOGIN)))

    def _hand_out(self, grant: _Grant) -> dict[str, object]:
        access = f"I0.{self._next('access', grant.login.name)}@"
        grant.access_until[access] = self._clock.now_at + ACCESS_LIFE
        return {
            "expires_in": int(ACCESS_LIFE.total_seconds()),
            "token_type": "Bearer",
            "scope": "api",
            "refresh_token": grant.refresh_token,
            "access_token": access,
            "id_token": self._next("id", grant.login.name),
        }

    def _next(self, kind: str, name: str) -> str:
        self._serial += 1
        return made_up(kind, name, self._serial)[:48]


def _refusal(status: int, error: str, description: str) -> Refusal:
    return Refusal(Answer(status=status, body={"error": error, "error_description": description}))


def _with_credentials(request: Request, logins: Iterable[SchwabLogin]) -> list[SchwabLogin]:
    """The logins whose app key and secret a request shows: a household may share one app."""
    kind, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        shown = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return []
    return [x for x in logins if kind.lower() == "basic" and shown == f"{x.app_key}:{x.app_secret}"]
