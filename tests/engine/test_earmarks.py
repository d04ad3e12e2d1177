"""Cash that is set aside: outside the pie, filled by new cash, raised by sales only in a shelter and only when due."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.household import Earmark
from bot.domain.money import Usd
from bot.domain.readings import HouseholdFile
from bot.engine.pie import bake
from tests.engine.drawing import codes, drawn, orders
from tests.engine.laid_down import planned, told, with_account, with_earmarks

TAXABLE = """\
A taxable account with $1,000 of cash; bonds lag by more than that.

targets: stocks 60, bonds 40
VTI: stocks 1
BND: bonds 1
brokerage taxable: 8000 VTI; 2000 BND; cash 1000
"""
SHELTER = """\
An IRA at target with $1,000 of cash.

targets: stocks 60, bonds 40
VTI: stocks 1
BND: bonds 1
ira traditional: 6000 VTI; 4000 BND; cash 1000
"""


def earmark(amount: str, due: str = "", *, account: str = "brokerage", purpose: str = "emergency") -> Earmark:
    due_on = date.fromisoformat(due) if due else None
    return Earmark(account=account, amount=Usd.of(amount), purpose=purpose, due_on=due_on)


def taxable(*earmarks: Earmark) -> HouseholdFile:
    return with_earmarks(drawn(TAXABLE), *earmarks)


def ira(*earmarks: Earmark) -> HouseholdFile:
    return with_earmarks(drawn(SHELTER), *earmarks)


def test_a_standing_earmark_keeps_its_cash_from_being_invested() -> None:
    assert orders(planned(taxable(earmark("600")))) == ["brokerage buy BND 400"]


def test_an_earmark_lies_outside_the_pie() -> None:
    assert planned(taxable(earmark("600"))).pie == Usd.of(10400)


def test_new_cash_fills_an_earmark_before_any_is_invested() -> None:
    assert orders(planned(taxable(earmark("5000")))) == []


def test_unsettled_cash_too_fills_an_earmark_first() -> None:
    file = with_earmarks(drawn(TAXABLE.replace("cash 1000", "unsettled 1000")), earmark("600"))
    plan = planned(replace(file, policy=replace(file.policy, spend_unsettled_cash=True)))

    assert orders(plan) == ["brokerage buy BND 400"]


def test_a_buffer_and_an_earmark_are_kept_side_by_side() -> None:
    file = taxable(earmark("600"))
    buffered = with_account(file, replace(file.household.account("brokerage"), cash_buffer=Usd.of(300)))

    assert orders(planned(buffered)) == ["brokerage buy BND 100"]


def test_the_earmarks_of_an_account_add_up() -> None:
    plan = planned(taxable(earmark("300"), earmark("400", "2027-04-15", purpose="taxes")))

    assert orders(plan) == ["brokerage buy BND 300"]


def test_an_account_that_is_only_counted_keeps_its_earmark_outside_the_pie_too() -> None:
    file = taxable(earmark("600"))
    counted = with_account(file, replace(file.household.account("brokerage"), managed=False))

    assert planned(counted).pie == Usd.of(10400)


def test_the_owner_is_told_what_is_kept_and_for_what() -> None:
    message = told(planned(taxable(earmark("600"), earmark("300", "2027-04-15", purpose="taxes"))), "earmark")

    assert message == (
        "brokerage sets aside $300 for taxes by 2027-04-15, $600 for emergency; $900 of it is there in settled cash."
    )


@pytest.mark.parametrize(
    ("due", "sold"),
    [("2026-04-02", []), ("2026-04-01", ["VTI 1800", "BND 1200"]), ("2026-02-01", ["VTI 1800", "BND 1200"])],
)
def test_a_shelter_raises_what_is_due_within_thirty_days(due: str, sold: list[str]) -> None:
    """$4,000 are due and $1,000 are there; the rest leaves stocks and bonds as evenly funded as they were."""
    plan = planned(ira(earmark("4000", due, account="ira", purpose="distribution")))

    assert sorted(orders(plan)) == sorted(f"ira sell {text}" for text in sold)


def test_the_policy_may_ask_for_another_lead_time() -> None:
    file = ira(earmark("4000", "2026-04-01", account="ira"))

    assert orders(planned(replace(file, policy=replace(file.policy, earmark_lead_days=29)))) == []


def test_what_is_most_over_its_goal_is_sold_first_whatever_the_bands() -> None:
    file = with_earmarks(
        drawn(SHELTER.replace("6000 VTI; 4000 BND; cash 1000", "6300 VTI; 3700 BND")),
        earmark("500", "2026-03-10", account="ira"),
    )

    assert orders(planned(file)) == ["ira sell VTI 500"]


def test_a_raised_earmark_is_there_once_the_plan_has_filled() -> None:
    plan = planned(ira(earmark("4000", "2026-04-01", account="ira")))

    assert plan.cash_after == (("ira", Usd.of(4000)),)
    assert plan.pie == Usd.of(7000)


def test_a_sale_for_an_earmark_says_so() -> None:
    plan = planned(ira(earmark("4000", "2026-04-01", account="ira")))

    assert plan.lines[0].reason.startswith("ira raises what its earmarks need soon: $3,000 of cash")


def test_in_whole_shares_enough_is_sold() -> None:
    picture = SHELTER.replace("stocks 1\n", "stocks 70\n").replace("bonds 1\n", "bonds 30\n")
    file = with_earmarks(drawn(picture), earmark("4000", "2026-04-01", account="ira"))
    plan = planned(replace(file, policy=replace(file.policy, fractional_shares=False)))

    assert dict(plan.cash_after)["ira"] >= Usd.of(4000)


def test_cash_that_has_not_settled_yet_counts_towards_what_is_due() -> None:
    file = drawn(SHELTER.replace("cash 1000", "cash 1000; unsettled 3000"))

    assert orders(planned(with_earmarks(file, earmark("4000", "2026-04-01", account="ira")))) == []


def test_a_shelter_owes_no_more_than_it_can_ever_raise() -> None:
    plan = planned(ira(earmark("50000", "2026-03-10", account="ira", purpose="distribution")))

    assert plan.cash_after == (("ira", Usd.of(11000)),)
    assert told(plan, "earmark_short") == (
        "$39,000 is missing in ira for distribution, due on 2026-03-10, and sales there cannot raise it; new money "
        "or a transfer would."
    )


def test_in_a_taxable_account_nothing_is_ever_sold_for_an_earmark() -> None:
    plan = planned(taxable(earmark("4000", "2026-03-10", purpose="taxes")))

    assert orders(plan) == []
    assert told(plan, "earmark_short") == (
        "$3,000 is missing in brokerage for taxes, due on 2026-03-10; nothing is sold there for it. New money there, "
        "or a transfer from another account, would cure it."
    )


def test_what_is_due_first_has_the_cash_first() -> None:
    plan = planned(
        taxable(
            earmark("700"),
            earmark("800", "2026-03-20", purpose="taxes"),
            earmark("500", "2026-03-25", purpose="contribution"),
        )
    )

    assert told(plan, "earmark_short").startswith("$300 is missing in brokerage for contribution, due on 2026-03-25")


def test_a_covered_earmark_is_not_short() -> None:
    assert "earmark_short" not in codes(planned(taxable(earmark("1000", "2026-03-10"))))


def test_a_past_earmark_stays_owed_until_it_is_removed() -> None:
    plan = planned(taxable(earmark("600", "2026-03-01", purpose="taxes")))

    assert orders(plan) == ["brokerage buy BND 400"]
    assert told(plan, "earmark_past_due") == (
        "$600 for taxes in brokerage was due on 2026-03-01; it is kept until you remove it from the file."
    )


def test_no_purchase_may_touch_what_earmarks_have_or_get() -> None:
    file = ira(earmark("4000", "2026-04-01", account="ira"), earmark("500", account="ira"))
    pie = bake(file.household, file.policy, file.snapshot.sorted())

    assert pie.earmarked("ira") == 400000
