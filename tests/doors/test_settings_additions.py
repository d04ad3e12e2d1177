"""Earmarks, roles and glide paths in the settings of a live household."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bot.domain.household import Earmark
from bot.domain.money import Usd
from tests.doors.test_settings import brokerage, fault, small

EARMARK = "earmarks:\n  - {account: brokerage, amount_usd: 5000, purpose: taxes, due: 2027-04-15}\n"
PATH = "glide_path: [{from: 2026-01-01, targets_pct: {stocks: 60, bonds: 40}}]"
TARGETS = "targets_pct: {stocks: 60, bonds: 40}"
WORK = "{id: work, kind: 401k, broker: statement, file: work.csv}"


def test_earmarks_are_read(tmp_path: Path) -> None:
    assert small(tmp_path, new=EARMARK).household.earmarks == (
        Earmark(account="brokerage", amount=Usd.of(5000), purpose="taxes", due_on=date(2027, 4, 15)),
    )


def test_an_earmark_of_an_account_that_nobody_knows_is_refused_at_its_line(tmp_path: Path) -> None:
    found = fault(tmp_path, new=EARMARK.replace("brokerage", "brokrage"))

    assert (found.place, found.line, found.hint) == ("earmarks[0].account", 17, "did you mean `brokerage`?")


def test_an_earmark_ends_an_approval(tmp_path: Path) -> None:
    assert small(tmp_path).fingerprint != small(tmp_path, new=EARMARK).fingerprint


def test_a_later_step_of_the_path_ends_an_approval_too(tmp_path: Path) -> None:
    longer = PATH.replace("}}]", "}}, {from: 2030-01-01, targets_pct: {stocks: 50, bonds: 50}}]")

    assert small(tmp_path, old=TARGETS, new=PATH).fingerprint != small(tmp_path, old=TARGETS, new=longer).fingerprint


def test_the_day_of_the_run_decides_which_targets_hold(tmp_path: Path) -> None:
    longer = PATH.replace("}}]", "}}, {from: 2030-01-01, targets_pct: {stocks: 50, bonds: 50}}]")
    policy = small(tmp_path, old=TARGETS, new=longer).policy

    assert policy.on(date(2029, 12, 31)).target_pct("stocks") == 60
    assert policy.on(date(2030, 1, 1)).target_pct("stocks") == 50


@pytest.mark.parametrize(
    ("account", "said", "managed", "automatic"),
    [
        ("brokerage", "role: managed, ", True, True),
        ("brokerage", "role: instructed, ", True, False),
        ("brokerage", "role: counted, ", False, True),
        ("work", "", True, False),
        ("work", "role: instructed, ", True, False),
        ("work", "role: counted, ", False, False),
    ],
)
def test_a_role_says_what_may_be_done(tmp_path: Path, account: str, said: str, managed: bool, automatic: bool) -> None:
    old = f"id: {account}{',' if account == 'work' else chr(10) + '    kind'}"
    new = f"{said}{old}" if account == "work" else f"{said.replace(', ', chr(10) + '    ')}{old}"
    found = small(tmp_path, old=old, new=new).household.account(account)

    assert (found.managed, found.automatic) == (managed, automatic)


def test_orders_cannot_be_sent_to_an_account_without_an_interface(tmp_path: Path) -> None:
    found = fault(tmp_path, old=WORK, new=WORK.replace("}", ", role: managed}"))

    assert (found.place, found.hint) == ("accounts[1].role", "write `role: instructed`")


@pytest.mark.parametrize(
    "account",
    ["{id: college, kind: 529, role: ignored}", WORK.replace("work", "college").replace("}", ", role: ignored}")],
)
def test_an_ignored_account_is_not_even_reached(tmp_path: Path, account: str) -> None:
    settings = small(
        tmp_path, old=f"  - {WORK}", new=f"  - {account.replace('529', chr(34) + '529' + chr(34))}\n  - {WORK}"
    )

    assert [one.id for one in settings.household.accounts] == ["brokerage", "work"]
    assert [one.account for one in settings.connections] == ["brokerage", "work"]


def test_a_secret_is_refused_at_its_line_behind_an_ignored_account(tmp_path: Path) -> None:
    settings = small(tmp_path, old="accounts:\n", new="accounts:\n  - {id: college, role: ignored}\n")

    assert brokerage(settings).key_id.line == 13


def test_the_price_of_a_bond_is_that_of_one(tmp_path: Path) -> None:
    bond = "securities:\n  T30: {class: bonds, type: tbill, price: 98.5, price_per: 100}\n"

    assert small(tmp_path, old="securities:\n", new=bond).prices == (("T30", Decimal("0.985")),)
