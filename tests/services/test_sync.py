"""A snapshot holds the whole household or does not exist."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from bot.domain.errors import FixTheFile, Reconcile, TryLater
from bot.domain.facts import SnapshotTaken
from bot.domain.household import Account, Kind
from bot.domain.instruments import InstrumentType
from bot.domain.money import Shares, Usd
from bot.domain.readings import Quote
from bot.domain.snapshot import Side
from bot.services.sync import take_snapshot
from tests.fakes.scripted_broker import ScriptedBroker
from tests.services.stage import SWAP, Stage


def test_every_account_is_in_it() -> None:
    snapshot = Stage().snapshot()

    assert [holding.account for holding in snapshot.holdings] == ["brokerage", "rollover"]
    assert snapshot.holding("rollover").position("BND").quantity == Shares.of(400)
    assert snapshot.holding("rollover").cash_settled == Usd.of(100)


def test_it_is_in_the_ledger() -> None:
    stage = Stage()

    snapshot = stage.snapshot()

    assert [fact.snapshot for fact in stage.ledger.facts() if isinstance(fact, SnapshotTaken)] == [snapshot]


def test_one_failing_read_is_no_smaller_portfolio() -> None:
    stage = Stage()
    stage.broker.unreadable["rollover"] = TryLater("busy")

    with pytest.raises(TryLater):
        stage.snapshot()
    assert list(stage.ledger.facts()) == []


def test_an_unknown_symbol_is_named_with_its_account_and_the_lines_to_add() -> None:
    stage = Stage()
    stage.broker.tills["rollover"].shares["ARKK"] = Shares.of(3)

    with pytest.raises(FixTheFile) as stopped:
        stage.snapshot()
    assert "rollover holds 3 ARKK" in stopped.value.message
    assert "ARKK:\n    class:" in stopped.value.next_step


def test_a_short_position_stops_the_run() -> None:
    stage = Stage()
    stage.broker.tills["rollover"].shares["VTI"] = Shares.of(-1)

    with pytest.raises(Reconcile, match="rollover is short of 1 VTI"):
        stage.snapshot()


def test_its_day_is_the_one_in_new_york() -> None:
    stage = Stage()
    stage.clock.pass_by(timedelta(hours=10))  # 20:00 on Monday in New York, Tuesday in UTC

    assert stage.snapshot().as_of_on == date(2026, 3, 2)


def test_a_fund_on_a_menu_has_a_price_though_nobody_holds_it() -> None:
    stage = Stage()
    stage.broker.tills["rollover"].shares["BND"] = Shares()

    assert stage.snapshot().price("BND") == Decimal(50)


def test_a_price_that_nobody_knows_is_none_unless_the_settings_tell_it() -> None:
    stage = Stage()
    brokerage = Account(id="brokerage", kind=Kind.TAXABLE, menu=("XYZ", "TRUST"))
    stage.household = replace(stage.household, accounts=(brokerage, stage.household.accounts[1]))

    snapshot = take_snapshot(
        household=stage.household,
        brokers=stage.brokers,
        calendar=stage.calendar,
        clock=stage.clock,
        ledger=stage.ledger,
        fallback_prices={"TRUST": Decimal("12.5"), "BND": Decimal(1)},
    )

    assert [snapshot.price(symbol) for symbol in ("XYZ", "TRUST", "BND")] == [None, Decimal("12.5"), Decimal(50)]


def test_a_same_day_swap_in_a_shelter_locks_what_it_bought() -> None:
    stage = Stage()
    stage.carry_out(stage.approved(*SWAP))

    bought = stage.snapshot().holding("rollover").position("BND").lots

    assert {(lot.quantity.plain, lot.locked_until_on) for lot in bought} == {("400", None), ("200", date(2026, 3, 3))}


def test_trades_of_the_last_weeks_are_its_history() -> None:
    stage = Stage()
    stage.carry_out(stage.approved(*SWAP))

    then = stage.snapshot().history
    stage.clock.pass_by(timedelta(days=70))

    assert {(trade.side, trade.symbol) for trade in then} == {(Side.SELL, "VTI"), (Side.BUY, "BND")}
    assert stage.snapshot().history == ()


class Unquoted(ScriptedBroker):
    """A broker that states its positions' prices and quotes none."""

    def quotes(self, symbols: Sequence[str]) -> tuple[Quote, ...]:
        return ()


def test_a_bond_that_is_stated_per_hundred_of_par_has_the_price_of_one() -> None:
    stage = Stage()
    shares = {"brokerage": {"VTI": "10"}, "rollover": {"BND": "1000"}}
    stage.broker = Unquoted(
        clock=stage.clock,
        cash={"brokerage": "0", "rollover": "0"},
        shares=shares,
        prices={"VTI": "100", "BND": "98.5"},
    )
    bond = replace(stage.household.instrument("BND"), type=InstrumentType.BOND, price_per=100)
    stage.household = replace(stage.household, instruments=(stage.household.instrument("VTI"), bond))

    snapshot = stage.snapshot()

    assert (snapshot.price("BND"), snapshot.price("VTI")) == (Decimal("0.985"), Decimal(100))
