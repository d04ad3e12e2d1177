"""What is held: counted in the pie, never sold, never bought, and said once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.instruments import InstrumentType
from bot.domain.money import Usd
from bot.domain.readings import HouseholdFile
from tests.engine.drawing import drawn, orders
from tests.engine.laid_down import planned, told, with_account, with_fund

PICTURE = """\
An IRA far above its stocks, half of them employer stock.

targets: stocks 50, bonds 50
ACME: stocks 1
VTI: stocks 1
BND: bonds 1
ira traditional: 4000 ACME; 4000 VTI; 2000 BND; menu VTI BND
brokerage taxable: 1000 ACME @0.5; 1000 BND; menu BND
"""


def held() -> HouseholdFile:
    file = drawn(PICTURE)
    return with_account(file, replace(file.household.account("ira"), holds=("ACME",)))


def test_what_an_account_holds_is_counted_and_never_sold() -> None:
    plan = planned(held())

    assert plan.pie == Usd.of(12000)
    assert orders(plan) == ["ira sell VTI 3000", "ira buy BND 3000"]


def test_without_the_hold_it_would_be_sold_first() -> None:
    assert orders(planned(drawn(PICTURE)))[0] == "ira sell ACME 3000"


def test_a_hold_in_one_account_binds_no_other() -> None:
    assert "brokerage" not in told(planned(held()), "hold")


@pytest.mark.parametrize(
    ("hold", "kind"), [(True, InstrumentType.FUND), (False, InstrumentType.BOND), (False, InstrumentType.CD)]
)
def test_a_security_may_be_held_everywhere(hold: bool, kind: InstrumentType) -> None:
    file = drawn(PICTURE)
    plan = planned(with_fund(file, replace(file.household.instrument("ACME"), hold=hold, type=kind)))

    assert "ira sell ACME 3000" not in orders(plan)
    assert told(plan, "hold") == "Counted and left alone: ACME in brokerage ($1,000), ACME in ira ($4,000)."


def test_a_held_fund_is_not_bought_even_from_a_menu() -> None:
    file = drawn(PICTURE.replace("menu BND", "menu BND; cash 1000"))
    bonds = replace(file.household.instrument("BND"), hold=True)

    assert not [line for line in planned(with_fund(file, bonds)).lines if line.symbol == "BND"]


def test_a_debt_does_not_sell_what_is_held() -> None:
    file = drawn(PICTURE.replace("4000 VTI; 2000 BND;", "4000 VTI; cash -100;"))
    account = replace(file.household.account("ira"), holds=("ACME",))

    assert orders(planned(with_account(file, account)))[0].startswith("ira sell VTI")


def test_the_road_not_taken_does_not_sell_what_is_held_either() -> None:
    file = drawn(PICTURE)
    acme = replace(file.household.instrument("ACME"), hold=True)

    assert [sale.symbol for sale in planned(with_fund(file, acme)).not_proposed] == []
    assert planned(with_fund(file, acme)).tax_if_sold == Usd()
