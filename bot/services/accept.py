"""Records that a person looked at an account and finds what it holds right."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from bot.domain.errors import WrongUse
from bot.domain.facts import AccountAccepted
from bot.domain.household import Household
from bot.ports import Clock, Ledger

_log = structlog.get_logger()


def accept(
    *, account: str, why: str, household: Household, clock: Clock, ledger: Ledger, orders: Sequence[str] = ()
) -> None:
    """From now on the account's next reading is the one that later ones are compared with.

    It lifts whatever stopped the account before: shares that went missing, a loss sale that realised a gain, and the
    broker's `orders` that the ledger does not know.

    Raises:
        WrongUse: for an account that the household does not have.
    """
    known = sorted(one.id for one in household.accounts)
    if account not in known:
        raise WrongUse(f"There is no account {account!r}; the household has {', '.join(known)}.")
    ledger.record(AccountAccepted(at=clock.now(), account=account, by="terminal", why=why, orders=tuple(orders)))
    _log.info("sync.account_accepted", account=account)
