"""Where a broker can be shown an order, it sees all of an account's before the first one leaves."""

from dataclasses import dataclass, field, replace

import pytest

from bot.domain.money import Shares
from bot.domain.orders import Preview
from bot.domain.snapshot import Side
from tests.fakes.unkeyed_broker import UnkeyedBroker, an_unkeyed_broker
from tests.services.stage import SWAP, Stage, line


@dataclass
class Previewed(Stage):
    """The stage with a broker that looks at orders without placing them."""

    broker: UnkeyedBroker = field(init=False)

    def __post_init__(self) -> None:
        self.broker = an_unkeyed_broker(self.clock, previews=True)


def warned(*warnings: str) -> Preview:
    return Preview(warnings=warnings)


def test_both_legs_are_shown_before_the_first_one_leaves() -> None:
    stage = Previewed()
    stage.broker.answers["BND"] = Preview(rejects=("BND: not available in this account",))

    report = stage.carry_out(stage.approved(*SWAP))

    assert stage.broker.sent == []
    assert [intent.symbol for intent in stage.broker.previewed] == ["VTI", "BND"]
    assert all("not available in this account" in leg.note for leg in report.legs)


def test_a_purchase_that_its_sale_pays_for_is_shown_small_and_again_when_its_turn_has_come() -> None:
    stage = Previewed()

    stage.carry_out(stage.approved(*SWAP))

    shown = [(intent.symbol, intent.quantity) for intent in stage.broker.previewed]
    assert shown == [("VTI", Shares.of(100)), ("BND", Shares.of(1)), ("BND", Shares.of(200))]
    assert [intent.side for intent in stage.broker.sent] == [Side.SELL, Side.BUY]


@pytest.mark.parametrize("warning", ["AC176: unsettled funds", "OE254: you traded this today"])
def test_a_warning_that_is_expected_is_shown_and_passes(warning: str) -> None:
    stage = Previewed()
    stage.broker.answers["VTI"] = warned(warning)

    report = stage.carry_out(stage.approved(*SWAP))

    assert len(stage.broker.sent) == 2
    assert warning in report.legs[0].note


@pytest.mark.parametrize("warning", ["OE585: dividend reinvestment will change", "Something nobody has read before"])
def test_any_other_warning_holds_the_account(warning: str) -> None:
    stage = Previewed()
    stage.broker.answers["BND"] = warned(warning)

    report = stage.carry_out(stage.approved(*SWAP))

    assert stage.broker.sent == []
    assert warning in report.legs[0].note


def test_unsettled_funds_are_not_expected_where_swaps_wait_a_day() -> None:
    stage = Previewed()
    stage.policy = replace(stage.policy, same_day_swaps=False)
    stage.broker.answers["VTI"] = warned("AC176: unsettled funds")

    stage.carry_out(stage.approved(*SWAP))

    assert stage.broker.sent == []


def test_a_purchase_that_its_cash_does_not_pay_for_any_more_is_shown_and_sent_smaller() -> None:
    """$100 pays for one at the limit of 50.05, not for the two that the plan had counted at 50.00."""
    stage = Previewed()

    report = stage.carry_out(stage.approved(line(1, Side.BUY, "BND", "2", "50")))

    assert {intent.quantity for intent in stage.broker.previewed} == {Shares.of(1)}
    assert [intent.quantity for intent in stage.broker.sent] == [Shares.of(1)]
    assert "Sent 1 instead of 2" in report.legs[0].note
