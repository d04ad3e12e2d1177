"""A run that fails tells its owner: one letter a day for each cause, and never a second error on top of the first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import structlog

from bot.domain.facts import ReportSent
from bot.domain.letter import Letter
from bot.letters.alarms import frozen_letter, trouble_letter, unknown_order_letter
from bot.ports import Clock, Ledger, Postbox
from bot.services import cycle
from bot.services.barrier import barrier
from bot.services.cycle import CycleReport
from bot.services.errand import LOST
from bot.services.house import House
from bot.services.report import write
from bot.services.terms import new_york_date

SPLIT = "G16"  # the guard's rule against prices and counts that changed as in a split

_log = structlog.get_logger()


def run_and_tell(house: House) -> CycleReport:
    """One run as `cycle.run` does it; when it fails, and when it leaves something to a person, a letter says so.

    Raises:
        Exception: whatever ended the run, after the letter was written.
    """
    with telling(house):
        report = cycle.run(house)
    refusals = report.execution.refusals if report.execution else ()
    frozen = [refusal.message for refusal in refusals if refusal.code == SPLIT]
    if frozen:
        _tell(house, frozen_letter(frozen, house.terms.environment))
    return report


@contextmanager
def telling(house: House, unless: Callable[[Exception], bool] = lambda _: False) -> Iterator[None]:
    """Whatever fails in here is told by letter and raised again, `unless` that is too early; so are lost orders."""
    try:
        yield
    except Exception as problem:
        if not _is_true(unless, problem):
            _tell(house, trouble_letter(problem, house.terms.environment))
        raise
    finally:
        _tell_of_lost_orders(house)


def _is_true(unless: Callable[[Exception], bool], problem: Exception) -> bool:
    """Where even that cannot be asked, it is told."""
    try:
        return unless(problem)
    except Exception:  # noqa: BLE001 - the first error is the one that its owner must hear of
        return False


def _tell(house: House, letter: Letter) -> None:
    tell_once_a_day(letter, clock=house.clock, ledger=house.ledger, postbox=house.postbox)


def _tell_of_lost_orders(house: House) -> None:
    """Tell of the orders whose fate should have been known since an hour after their session."""
    with suppress(Exception):  # the books that cannot be read now are what the first error is about
        now = house.clock.now()
        lost = [order for order in house.ledger.orders() if order.state in LOST]
        overdue = [order for order in lost if now >= barrier(order.intended_at, house.calendar)]
        if overdue:
            _tell(house, unknown_order_letter(overdue, house.terms.environment))


def tell_once_a_day(letter: Letter, *, clock: Clock, ledger: Ledger, postbox: Postbox) -> None:
    """Write a letter, unless the same one was written today; one that cannot be written is only logged.

    Figures of its subject may change from run to run, and the cause is still the same.
    """
    try:
        if not _is_told_today(letter, clock, ledger):
            write(letter=letter, plan="", clock=clock, ledger=ledger, postbox=postbox)
    except Exception as second:  # noqa: BLE001 - the first error is the one that its owner must hear of
        _log.warning("trouble.letter_failed", kind=type(second).__name__)


def _is_told_today(letter: Letter, clock: Clock, ledger: Ledger) -> bool:
    today = new_york_date(clock.now())
    for sent in ledger.latest(ReportSent):
        if sent.on != today:
            return False
        if _without_figures(sent.subject) == _without_figures(letter.subject):
            return True
    return False


def _without_figures(subject: str) -> str:
    return re.sub(r"\d+", "#", subject)
