"""One look at a household's agenda as a timer starts it, with a letter to its owner where a run needs a person."""

from __future__ import annotations

from bot.domain.errors import TryLater
from bot.services.agenda import tick
from bot.services.due_work import Agenda, Tick
from bot.services.house_work import HouseWork
from bot.services.terms import new_york_date
from bot.services.trouble import telling

PATIENCE = 3  # tries


def ring(agenda: Agenda, work: HouseWork) -> Tick:
    """Serve what is due.

    Raises:
        RebaloopError: whatever stopped it, after its owner was written to, once a day; what passes by itself is told
            at its third try.
    """
    try:
        with telling(work.house, unless=lambda problem: _may_pass(problem, agenda)):
            return tick(agenda)
    finally:
        work.house.postbox.deliver()


def _may_pass(problem: Exception, agenda: Agenda) -> bool:
    """Whether it is too early to speak of it: nobody can help, and nothing has been tried three times."""
    if not isinstance(problem, TryLater) or problem.next_step:
        return False
    records = agenda.book.records(new_york_date(agenda.clock.now()))
    return all(record.state.is_final or record.tries < PATIENCE for record in records)
