"""The way through the owner's browser: the address to open, and what the address that comes back says."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from urllib.parse import SplitResult, parse_qs, urlencode, urlsplit

from adapters.brokers.schwab.access import Access
from bot.domain.errors import LogIn

PATIENCE = timedelta(minutes=30)  # between the address that we gave and the one that is pasted
LONGEST = 8192


def authorization_url(access: Access, now: datetime) -> str:
    """Where the owner logs in and says which accounts are opened; the address is good for half an hour.

    Its `state` is a seal over the moment, so that nothing has to be kept until the answer comes (RFC 6749, 10.12).
    """
    query = {
        "response_type": "code",
        "client_id": access.app_key,
        "redirect_uri": access.callback_url,
        "state": _seal(access, int(now.timestamp())),
    }
    return f"{access.origin}/v1/oauth/authorize?{urlencode(query)}"


def code_in(pasted: str, access: Access, now: datetime) -> str:
    """The code in an address that the browser was sent to.

    Raises:
        LogIn: it is another address, an answer to another question, or a no.
    """
    parts, query = _read(pasted.strip(), access)
    if _place(parts) != _place(urlsplit(access.callback_url)):
        raise _again(access, f"That is not the address to paste: it begins with {access.callback_url}")
    if "error" in query:
        raise _again(access, "Schwab was told no in the browser: no account was opened to this login.")
    if not query.get("code"):
        raise _again(access, "The pasted address holds no code; copy all of it, to the last sign.")
    _check_seal(query.get("state", ""), access, now)
    return query["code"]


def _read(pasted: str, access: Access) -> tuple[SplitResult, dict[str, str]]:
    try:
        parts = urlsplit(pasted[:LONGEST])
        return parts, {name: values[-1] for name, values in parse_qs(parts.query).items()}
    except ValueError:
        raise _again(access, f"That is not the address to paste: it begins with {access.callback_url}") from None


def _place(parts: SplitResult) -> tuple[str, str, str]:
    """Scheme, host and path; a browser writes the path that is not there as a slash."""
    return parts.scheme.lower(), parts.netloc.lower(), parts.path or "/"


def _check_seal(state: str, access: Access, now: datetime) -> None:
    text = state.partition(".")[0]
    issued = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
    if not hmac.compare_digest(state.encode(), _seal(access, issued).encode()):
        raise _again(access, "The pasted address answers another question than the one that was asked here.")
    if abs(int(now.timestamp()) - issued) > PATIENCE.total_seconds():
        raise _again(access, "The pasted address answers a question that was asked too long ago.")


def _seal(access: Access, issued: int) -> str:
    words = f"{issued}\n{access.name}\n{access.app_key}\n{access.callback_url}"
    return f"{issued}.{hmac.new(access.app_secret.encode(), words.encode(), 'sha256').hexdigest()}"


def _again(access: Access, message: str) -> LogIn:
    return LogIn(message, next_step=access.login_command)
