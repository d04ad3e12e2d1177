"""Logging in: from the address that an owner pasted to a token that is proven and kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from adapters.brokers.schwab.access import Access, check_library
from adapters.brokers.schwab.line import PATIENCE, Line
from adapters.brokers.schwab.redirects import code_in
from adapters.brokers.schwab.refusals import told
from adapters.brokers.schwab.replies import Reply
from bot.domain.discretion import discreet
from bot.domain.errors import LogIn, Reconcile, TryLater
from bot.domain.plan import Environment
from bot.domain.readings import Login
from bot.ports import Clock

SHOWN = 3  # digits of an account number that anybody may see
WRONG_CODE = "Schwab does not take the code in that address: it opens once, and only within half a minute."
WRONG_APP = "Schwab does not know this app: its key, its secret or its callback address is not the registered one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One account that a login opens: the end of its number, and its alias in the settings, empty if it has none."""

    masked: str
    alias: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLogin:
    """A login that works; `missing` are aliases that it should open and does not."""

    login: Login
    opened: tuple[Opened, ...]
    missing: tuple[str, ...]


def log_in(access: Access, pasted: str, *, expected: Mapping[str, str], clock: Clock) -> NewLogin:
    """Exchange the code of a pasted address, keep the tokens, and prove them with a session built from the file.

    `expected` tells the numbers, or their last digits, of the accounts that the settings look for here, by alias. A
    token that opens none of them, or nothing at all, does not take the place of an older one.

    Raises:
        LogIn: a wrong or late address, a no, or a login that opens the wrong accounts.
        TryLater: Schwab cannot be reached, or there is no room for a token.
    """
    check_library()
    from adapters.brokers.schwab.session import Rejected, Session  # noqa: PLC0415 - the vendor's library loads slowly

    code = code_in(pasted, access, clock.now())
    session = Session(access, previews=False, orders=False, patience=PATIENCE)
    try:
        session.log_in(code, prove=lambda reply: _prove(reply, access, expected), now=clock.now())
    except Rejected as problem:
        app = problem.code in {"invalid_client", "unauthorized_client", "invalid_request"}
        raise LogIn(WRONG_APP if app else WRONG_CODE, next_step=access.login_command) from None
    line = Line(access, environment=Environment.DRY_RUN, clock=clock)
    try:
        numbers = _numbers(line.account_numbers())
    except TryLater as problem:
        message = f"The new login is kept, but its accounts could not be shown yet: {problem.message}"
        raise TryLater(message, next_step="rebaloop status") from None
    aliases = {number: _alias(number, expected) for number in numbers}
    return NewLogin(
        login=line.login(),
        opened=tuple(Opened(masked=mask(number), alias=alias) for number, alias in aliases.items()),
        missing=tuple(alias for alias in expected if alias not in aliases.values()),
    )


def mask(number: str) -> str:
    """An account number of which only the end can be read."""
    return f"...{number[-SHOWN:]}"


def _prove(reply: Reply, access: Access, expected: Mapping[str, str]) -> None:
    """LogIn unless the answer to the first question is a sound one; a passing failure proves nothing against it."""
    if 400 <= reply.status < 500 and reply.status not in {408, 429}:
        message = f"Schwab opens no account to this login: {discreet(told(reply.content))}."
        raise LogIn(message, next_step=access.login_command)
    if reply.status != 200 or not expected:
        return
    numbers = _numbers(_parsed(reply))
    if not any(_alias(number, expected) for number in numbers):
        message = f"This login opens none of the accounts of `{access.name}`; was somebody else logged in?"
        raise LogIn(message, next_step=access.login_command)


def _parsed(reply: Reply) -> object:
    try:
        return json.loads(reply.content, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None


def _numbers(listed: object) -> tuple[str, ...]:
    rows = listed if isinstance(listed, list) else [None]
    numbers = tuple(str(row["accountNumber"]) for row in rows if isinstance(row, dict) and row.get("accountNumber"))
    if len(numbers) != len(rows):
        raise Reconcile("Schwab's list of accounts makes no sense.")
    return numbers


def _alias(number: str, expected: Mapping[str, str]) -> str:
    return next((alias for alias, ending in expected.items() if ending and number.endswith(ending)), "")
