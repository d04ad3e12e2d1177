"""A proposal's code: four letters that stand for exactly these orders in exactly these circumstances."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.household import Account, Household, Kind
from bot.domain.instruments import Instrument
from bot.domain.money import Usd
from bot.domain.plan import Certificate, Environment, Plan, Proposal
from bot.domain.targets import Policy

PLAN = Plan(
    household="home",
    as_of_on=date(2026, 3, 2),
    lines=(),
    classes=(),
    pie=Usd(1),
    drift_before=Usd(),
    drift_after=Usd(),
    drift_limit=Usd(),
    certificate=Certificate(),
    realized_gain=Usd(),
    tax=Usd(),
    tax_if_sold=Usd(500),
    gain_if_sold=Usd(),
    cash_after=(),
)
PROPOSAL = Proposal(
    plan=PLAN,
    plan_id="P-2026-03-02-A",
    environment=Environment.PAPER,
    created_at=datetime(2026, 3, 2, 15, tzinfo=UTC),
    expires_at=datetime(2026, 3, 4, 21, tzinfo=UTC),
    snapshot_fingerprint="s",
    settings_fingerprint="t",
    code_version="1",
    price_collar_pct=Decimal(1),
)


def test_a_code_is_four_letters_that_look_like_no_digit() -> None:
    codes = [replace(PROPOSAL, plan_id=f"P-{n}").code for n in range(200)]

    assert {len(code) for code in codes} == {4}
    assert set("".join(codes)) == set("ACDEFGHJKLMNPQRTUVWXY")


@pytest.mark.parametrize(
    "other",
    [
        {"plan": replace(PLAN, drift_after=Usd(1))},
        {"environment": Environment.LIVE},
        {"expires_at": PROPOSAL.expires_at + timedelta(seconds=1)},
        {"snapshot_fingerprint": "other"},
        {"settings_fingerprint": "other"},
        {"code_version": "2"},
        {"price_collar_pct": Decimal(2)},
    ],
)
def test_anything_that_changes_gives_another_code(other: dict[str, Any]) -> None:
    changed = replace(PROPOSAL, **other)

    assert changed.fingerprint != PROPOSAL.fingerprint
    assert changed.code != PROPOSAL.code


def test_the_tax_deferred_is_what_the_other_way_would_have_cost_beyond_this_one() -> None:
    assert PLAN.tax_deferred == Usd(500)


def test_an_empty_certificate_has_no_shortfall() -> None:
    assert Certificate().shortfall == Usd()
    assert Certificate(classes=("bonds",), goal=Usd(9), fixed=Usd(2), movable=Usd(3)).shortfall == Usd(4)


def test_a_fund_s_classes_sum_to_one() -> None:
    with pytest.raises(ValueError, match="do not sum to 100 percent"):
        Instrument(symbol="X", exposure=(("stocks", Decimal("0.6")), ("bonds", Decimal("0.3"))))


def test_a_fund_is_its_own_group_where_nothing_is_said() -> None:
    assert Instrument(symbol="VTI", exposure=(("stocks", Decimal(1)),)).identical_group == "VTI"


def test_targets_sum_to_one_hundred() -> None:
    with pytest.raises(ValueError, match="do not sum to 100 percent"):
        Policy(targets_pct=(("stocks", Decimal(60)), ("bonds", Decimal("39.999"))))


def test_cash_is_a_class_of_every_policy() -> None:
    assert Policy(targets_pct=(("stocks", Decimal(100)),)).classes == ("cash", "stocks")


def test_only_taxable_accounts_are_no_shelter() -> None:
    assert [kind for kind in Kind if not kind.sheltered] == [Kind.TAXABLE]


def test_an_unknown_account_or_fund_is_a_key_error() -> None:
    home = Household(id="home", accounts=(Account(id="ira", kind=Kind.ROTH),), instruments=())

    with pytest.raises(KeyError):
        home.account("roth")
    with pytest.raises(KeyError):
        home.instrument("VTI")
