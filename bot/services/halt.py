"""Stops all sending, and lets it go on again."""

from __future__ import annotations

import structlog

from bot.domain.errors import WrongUse
from bot.ports import Brake

_log = structlog.get_logger()


def halt(*, why: str, by: str, brake: Brake) -> None:
    """Pull the brake: plans are still drawn, and nothing is sent until somebody says `resume`.

    Nothing that is at a broker already is cancelled.
    """
    brake.pull(why or f"halted by {by}")
    _log.warning("execute.halted", why=why, by=by)


def resume(*, brake: Brake) -> str:
    """Release the brake; why it was pulled.

    Raises:
        WrongUse: when nothing is halted.
        NotAllowed: for a halt file that only a person can take away.
    """
    why = brake.pulled()
    if not brake.release():
        raise WrongUse("Nothing is halted.")
    _log.warning("execute.resumed", why=why)
    return why
