"""Harvesting a loss: which lots stand below their cost, from which day a sale is clean, what must not be bought."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.engine.harvest import Harvest, harvest
from tests.engine.drawing import drawn

PICTURE = """Losses of VTI lie in two taxable accounts; ITOT counts as the same, SCHB does not.

targets: stocks 60, bonds 40
VTI: stocks 100 group=total-us
ITOT: stocks 100 group=total-us
SCHB: stocks 50
BND: bonds 100
{more}
brokerage taxable: 10 VTI @120 since 2020-01-02; 5 VTI @80; 3 VTI @150 since 2025-09-01; 2 VTI
hers taxable owner=spouse: 4 VTI @110 since 2021-01-04
ira traditional owner=spouse: {ira}
"""


def found(*, more: str = "", ira: str = "60 BND @999", symbol: str = "VTI") -> Harvest:
    file = drawn(PICTURE.format(more=more, ira=ira))
    return harvest(file.household, file.policy, file.snapshot, symbol)


def test_lots_below_their_cost_are_told_with_what_they_would_lose() -> None:
    assert [(lot.account, lot.owner, lot.quantity.plain, lot.loss.plain, lot.short_term) for lot in found().lots] == [
        ("brokerage", "self", "10", "200.00", False),
        ("brokerage", "self", "3", "150.00", True),
        ("hers", "spouse", "4", "40.00", False),
    ]


def test_a_lot_of_unknown_cost_is_never_a_loss() -> None:
    assert found().unknown == 1


def test_a_loss_inside_a_shelter_is_none() -> None:
    assert found(symbol="BND").lots == ()


def test_without_a_purchase_it_is_clean_today() -> None:
    told = found()

    assert told.clean == told.lots
    assert told.clean_from_on == date(2026, 3, 2)
    assert (told.sale_on, told.quiet_until_on) == (date(2026, 3, 2), date(2026, 4, 1))


@pytest.mark.parametrize(
    ("bought", "clean_from"), [("2026-01-31", "2026-03-03"), ("2026-02-20", "2026-03-23"), ("2026-03-02", "2026-04-02")]
)
def test_a_purchase_in_any_account_of_either_spouse_puts_the_clean_day_off(bought: str, clean_from: str) -> None:
    told = found(ira=f"60 BND; 1 ITOT @100 since {bought}")

    assert told.clean == ()
    assert told.clean_from_on == date.fromisoformat(clean_from)
    assert {lot.clean_from_on for lot in told.lots} == {told.clean_from_on}
    assert [(one.account, one.symbol) for one in told.purchases] == [("ira", "ITOT")]


def test_thirty_one_days_after_a_purchase_it_is_clean() -> None:
    assert found(ira="60 BND; 1 ITOT @100 since 2026-01-30").clean


def test_the_latest_purchase_counts() -> None:
    told = found(more="history: 2026-02-10 buy 1 VTI in hers", ira="1 ITOT @100 since 2026-02-05")

    assert told.clean_from_on == date(2026, 3, 13)


def test_a_purchase_whose_shares_are_gone_again_still_counts() -> None:
    assert not found(more="history: 2026-02-10 buy 1 VTI in ira").clean


def test_an_open_order_to_buy_counts_as_a_purchase_today() -> None:
    told = found(ira="60 BND; buy 1 ITOT")

    assert told.clean_from_on == date(2026, 4, 2)
    assert told.purchases[-1].is_open


def test_a_purchase_of_another_fund_changes_nothing() -> None:
    assert found(more="history: 2026-02-10 buy 1 SCHB in ira").clean


def test_nobody_may_buy_its_twins_anywhere_meanwhile() -> None:
    told = found()

    assert told.group == ("ITOT", "VTI")
    assert [account.id for account in told.accounts] == ["brokerage", "hers", "ira"]


def test_a_fund_of_the_same_class_and_another_group_may_be_bought_instead() -> None:
    assert found().partners == ("SCHB",)


def test_a_partner_whose_loss_was_just_taken_is_none() -> None:
    assert found(more="history: 2026-02-20 sell 1 SCHB in brokerage for -5").partners == ()


def test_a_loss_that_was_just_taken_is_told_with_its_last_day() -> None:
    told = found(more="history: 2026-02-20 sell 1 ITOT in brokerage for -5")

    assert told.blocked_until_on == date(2026, 3, 22)
    assert found().blocked_until_on is None


def test_a_locked_lot_waits_for_its_day() -> None:
    file = drawn(PICTURE.format(more="", ira="60 BND"))
    lots = [replace(lot, locked_until_on=date(2026, 3, 9)) for lot in file.snapshot.holding("hers").positions[0].lots]
    hers = replace(
        file.snapshot.holding("hers"),
        positions=(replace(file.snapshot.holding("hers").positions[0], lots=tuple(lots)),),
    )
    others = tuple(one for one in file.snapshot.holdings if one.account != "hers")
    told = harvest(file.household, file.policy, replace(file.snapshot, holdings=(*others, hers)), "VTI")

    assert {lot.clean_from_on for lot in told.lots if lot.account == "hers"} == {date(2026, 3, 9)}


def test_without_a_price_nothing_is_a_loss() -> None:
    file = drawn(PICTURE.format(more="", ira="60 BND"))
    blind = replace(file.snapshot, prices=())

    assert harvest(file.household, file.policy, blind, "VTI").lots == ()


def test_an_unknown_symbol_is_refused() -> None:
    with pytest.raises(KeyError):
        found(symbol="XYZ")
