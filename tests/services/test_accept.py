"""A person's word that an account is right: kept with its reason, and for that account alone."""

from datetime import timedelta

import pytest

from bot.domain.errors import WrongUse
from bot.domain.facts import AccountAccepted, LossSalesHalted
from bot.domain.money import Usd
from bot.services.accept import accept
from bot.services.loss_sales import halted
from tests.services.stage import Stage


def accepted(stage: Stage, account: str, why: str = "") -> None:
    accept(account=account, why=why, household=stage.household, clock=stage.clock, ledger=stage.ledger)


def halt(stage: Stage, account: str) -> None:
    """A loss sale has realised a gain there."""
    stage.ledger.record(LossSalesHalted(at=stage.clock.now(), account=account, symbol="VTI", gain=Usd.of(5)))


def test_it_is_kept_with_the_instant_and_the_reason() -> None:
    stage = Stage()

    accepted(stage, "rollover", "moved to my new employer")

    assert list(stage.ledger.latest(AccountAccepted)) == [
        AccountAccepted(at=stage.clock.now(), account="rollover", by="terminal", why="moved to my new employer")
    ]


def test_an_account_that_is_not_there_is_refused_with_those_that_are() -> None:
    stage = Stage()

    with pytest.raises(WrongUse, match="There is no account 'roth'; the household has brokerage, rollover"):
        accepted(stage, "roth")
    assert list(stage.ledger.latest(AccountAccepted)) == []


def test_it_lifts_a_halt_of_loss_sales() -> None:
    stage = Stage()
    halt(stage, "brokerage")
    stage.clock.pass_by(timedelta(hours=1))
    accepted(stage, "brokerage")

    assert halted(stage.ledger) == frozenset()


def test_a_halt_of_another_account_stands() -> None:
    stage = Stage()
    halt(stage, "brokerage")
    stage.clock.pass_by(timedelta(hours=1))
    accepted(stage, "rollover")

    assert halted(stage.ledger) == {"brokerage"}


def test_a_halt_that_comes_later_stands() -> None:
    stage = Stage()
    accepted(stage, "brokerage")
    stage.clock.pass_by(timedelta(hours=1))
    halt(stage, "brokerage")

    assert halted(stage.ledger) == {"brokerage"}
