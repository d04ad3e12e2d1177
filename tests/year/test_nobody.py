"""Loss of the owner: nobody answers for ninety days, and everything but letters stops."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import structlog

from bot.domain.approval import Verdict
from bot.domain.facts import OrderIntended
from bot.wiring import open_ledger
from tests.year import town as towns
from tests.year.books import ACCOUNTS
from tests.year.life import Year

LOGGED_IN_UNTIL = towns.OPENING + timedelta(days=60)  # somebody still renews the logins, and no more than that


@pytest.fixture(scope="module")
def silence(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    """Three months in which nobody answers; in the third the logins die too."""
    town = towns.build(tmp_path_factory.mktemp("silence"), months=3, seed=1, faults=False)
    year = Year(town=town, seed=1, hours=((10, 5),), every=2, absent=True, logs_in_until=LOGGED_IN_UNTIL)
    year.live()
    yield year
    structlog.reset_defaults()


def test_nothing_is_ever_sent(silence: Year) -> None:
    with open_ledger(silence.settings) as ledger:
        assert [fact for fact in ledger.facts() if isinstance(fact, OrderIntended)] == []
    assert [line for line in silence.town.broker.requests if line.method == "POST" and "rder" in line.path] == []


def test_every_share_stays_where_it_is_and_the_money_waits(silence: Year) -> None:
    for account in ACCOUNTS:
        held = {one.symbol: one.quantity.count for one in silence.seen.holding(account).positions}
        assert held == {one.symbol: one.qty for one in towns.positions(account)}
    assert silence.complaints == []


def test_no_plan_ever_counts_as_approved(silence: Year) -> None:
    with open_ledger(silence.settings) as ledger:
        verdicts = {None if given is None else given.verdict for _, given in ledger.proposals()}

    assert Verdict.EXPIRED in verdicts
    assert Verdict.APPROVED not in verdicts


def test_letters_go_on_to_the_end(silence: Year) -> None:
    subjects = [letter.subject for letter in silence.owner.mail]

    assert sum("Approve" in one for one in subjects) >= 4
    assert sum("Nobody approved a plan in time" in one for one in subjects) >= 4
    assert sum("Your household in" in one for one in subjects) >= 2
    assert "login" in subjects[-1]
