"""Hands a letter to the postbox and remembers that it left."""

from __future__ import annotations

from datetime import timedelta

import structlog

from bot.domain.facts import ReportSent
from bot.domain.letter import Letter
from bot.ports import Clock, Ledger, Postbox
from bot.services.points import reach
from bot.services.terms import new_york_date

_log = structlog.get_logger()


def write(*, letter: Letter, plan: str, clock: Clock, ledger: Ledger, postbox: Postbox) -> ReportSent:
    """Send a letter about a plan (its fingerprint), or about none ("").

    It is remembered after it was handed over: a crash in between means the same letter twice, never none.
    """
    postbox.send(letter)
    now = clock.now()
    sent = ReportSent(at=now, on=new_york_date(now), plan=plan, subject=letter.subject)
    ledger.record(sent)
    reach("report_written")
    _log.info("report.sent", subject=letter.subject)
    return sent


def write_once(*, letter: Letter, patience: timedelta, clock: Clock, ledger: Ledger, postbox: Postbox) -> None:
    """A letter about no plan, unless one with the same subject was written within so many days."""
    since = new_york_date(clock.now()) - patience
    for sent in ledger.latest(ReportSent):
        if sent.on <= since:
            break
        if sent.subject == letter.subject:
            return
    write(letter=letter, plan="", clock=clock, ledger=ledger, postbox=postbox)
