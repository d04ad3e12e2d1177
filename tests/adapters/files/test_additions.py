"""Earmarks, roles, holds, mutual funds, bonds, glide paths: read exactly, or refused at their place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bot.domain.household import Earmark, Kind
from bot.domain.instruments import InstrumentType
from bot.domain.money import Usd
from bot.domain.targets import GlideStep
from tests.adapters.files.small_household import Tree, drawn, faults, read, written

PATH = [
    {"from": "2026-01-01", "targets_pct": {"stocks": 60, "bonds": 40}},
    {"from": "2026-03-02", "targets_pct": {"stocks": 50, "bonds": 50}},
]
IGNORED = {
    "id": "college",
    "kind": "529",
    "role": "ignored",
    "positions": [{"symbol": "AGE18", "lots": [{"qty": 3}]}],
    "menu": ["AGE18"],
}


# --- earmarks ---------------------------------------------------------------------------------------------------
def test_earmarks_are_read(tmp_path: Path) -> None:
    def spoil(tree: Tree) -> None:
        tree["earmarks"] = [
            {"account": "ira", "amount_usd": "1200.50", "purpose": "distribution", "due": "2026-12-31"},
            {"account": "ira", "amount_usd": 300, "purpose": "emergency"},
        ]

    assert read(tmp_path, spoil).household.earmarks == (
        Earmark(account="ira", amount=Usd.of("1200.50"), purpose="distribution", due_on=date(2026, 12, 31)),
        Earmark(account="ira", amount=Usd.of(300), purpose="emergency"),
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("account", "brokerage"),
        ("account", 7),
        ("amount_usd", 0),
        ("amount_usd", "-5"),
        ("amount_usd", "1,000"),
        ("purpose", ""),
        ("due", "2026-02-30"),
        ("until", "2026-03-01"),
    ],
)
def test_a_wrong_earmark_is_refused_at_its_place(tmp_path: Path, key: str, value: object) -> None:
    earmark = {"account": "ira", "amount_usd": 100, "purpose": "taxes"} | {key: value}
    found = faults(drawn(tmp_path, lambda tree: tree.update(earmarks=[earmark])))

    assert [(fault.code, fault.place) for fault in found] == [("bad_input", f"earmarks[0].{key}")]


def test_an_earmark_of_an_ignored_account_is_refused(tmp_path: Path) -> None:
    def spoil(tree: Tree) -> None:
        tree["accounts"].append(IGNORED)
        tree["earmarks"] = [{"account": "college", "amount_usd": 100, "purpose": "fees"}]

    assert faults(drawn(tmp_path, spoil))[0].place == "earmarks[0].account"


def test_the_lead_time_is_the_policy_s(tmp_path: Path) -> None:
    assert read(tmp_path, lambda tree: tree["policy"].update(earmark_lead_days=60)).policy.earmark_lead_days == 60


# --- roles ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("said", "managed", "automatic"),
    [
        ({}, True, True),
        ({"role": "managed"}, True, True),
        ({"role": "managed", "managed": True}, True, True),
        ({"role": "instructed"}, True, False),
        ({"role": "instructed", "managed": True}, True, False),
        ({"role": "counted"}, False, True),
        ({"role": "counted", "managed": False}, False, True),
        ({"managed": False}, False, True),
    ],
)
def test_a_role_says_what_may_be_done(tmp_path: Path, said: Tree, managed: bool, automatic: bool) -> None:
    account = read(tmp_path, lambda tree: tree["accounts"][0].update(said)).household.account("ira")

    assert (account.managed, account.automatic) == (managed, automatic)


@pytest.mark.parametrize(
    ("role", "managed"), [("managed", False), ("instructed", False), ("counted", True), ("ignored", True)]
)
def test_a_role_that_contradicts_managed_is_refused(tmp_path: Path, role: str, managed: bool) -> None:
    def spoil(tree: Tree) -> None:
        tree["accounts"].append({"id": "other", "kind": "roth", "role": role, "managed": managed})

    (fault,) = faults(drawn(tmp_path, spoil))

    assert fault.place == "accounts[1].role"
    assert fault.message == f"`role: {role}` and `managed: {str(managed).lower()}` contradict each other"


def test_a_role_that_nobody_knows_is_refused_with_the_nearest(tmp_path: Path) -> None:
    (fault,) = faults(drawn(tmp_path, lambda tree: tree["accounts"][0].update(role="ignore")))

    assert (fault.place, fault.hint) == ("accounts[0].role", "did you mean `ignored`?")


def test_an_ignored_account_is_outside_everything(tmp_path: Path) -> None:
    file = read(tmp_path, lambda tree: tree["accounts"].insert(0, IGNORED))

    assert [account.id for account in file.household.accounts] == ["ira"]
    assert [holding.account for holding in file.snapshot.holdings] == ["ira"]


def test_an_ignored_account_keeps_its_name_to_itself(tmp_path: Path) -> None:
    found = faults(drawn(tmp_path, lambda tree: tree["accounts"].append(IGNORED | {"id": "ira"})))

    assert [fault.place for fault in found] == ["accounts[1].id"]


def test_an_ignored_account_has_no_keys_that_nobody_knows(tmp_path: Path) -> None:
    found = faults(drawn(tmp_path, lambda tree: tree["accounts"].append(IGNORED | {"number": "12"})))

    assert [fault.place for fault in found] == ["accounts[1].number"]


def test_a_household_of_ignored_accounts_is_refused(tmp_path: Path) -> None:
    (fault,) = faults(drawn(tmp_path, lambda tree: tree.update(accounts=[IGNORED])))

    assert (fault.place, fault.message) == ("accounts", "every account is ignored")


# --- holds ------------------------------------------------------------------------------------------------------
def test_holds_are_read(tmp_path: Path) -> None:
    def spoil(tree: Tree) -> None:
        tree["accounts"][0].update(holds=["BND"], menu=["VTI"])
        tree["securities"]["VTI"]["hold"] = False

    file = read(tmp_path, spoil)

    assert file.household.account("ira").holds == ("BND",)
    assert not file.household.instrument("VTI").hold


def test_what_is_held_must_be_known(tmp_path: Path) -> None:
    (fault,) = faults(drawn(tmp_path, lambda tree: tree["accounts"][0].update(holds=["BDN"])))

    assert (fault.place, fault.hint) == ("accounts[0].holds[0]", "did you mean `BND`?")


@pytest.mark.parametrize("change", [{"hold": True}, {"type": "bond"}, {"type": "tbill"}, {"type": "cd"}])
def test_what_is_held_everywhere_is_on_no_menu(tmp_path: Path, change: Tree) -> None:
    (fault,) = faults(drawn(tmp_path, lambda tree: tree["securities"]["BND"].update(change)))

    assert (fault.place, fault.message) == ("accounts[0].menu[1]", "'BND' is held and never bought")


def test_what_an_account_holds_is_not_on_its_menu(tmp_path: Path) -> None:
    (fault,) = faults(drawn(tmp_path, lambda tree: tree["accounts"][0].update(holds=["VTI"])))

    assert fault.place == "accounts[0].menu[0]"


# --- bonds and mutual funds -------------------------------------------------------------------------------------
def test_a_bond_is_priced_per_hundred_of_par_where_it_says_so(tmp_path: Path) -> None:
    def spoil(tree: Tree) -> None:
        tree["securities"]["912828"] = {"class": "bonds", "type": "tbill", "price": "98.5", "price_per": 100}
        lot = {"qty": 10000, "cost_per_share": 97}
        tree["accounts"][0]["positions"].append({"symbol": "912828", "lots": [lot]})

    file = read(tmp_path, spoil)

    assert file.snapshot.price("912828") == Decimal("0.985")
    assert file.snapshot.holding("ira").position("912828").lots[0].cost_per_share == Decimal("0.97")


def test_the_rules_of_a_mutual_fund_are_read(tmp_path: Path) -> None:
    rules = {"type": "mutual_fund", "no_rebuy_days": 30, "min_hold_days": 60, "fee_usd": "49.95"}
    fund = read(tmp_path, lambda tree: tree["securities"]["BND"].update(rules)).household.instrument("BND")

    assert fund.type is InstrumentType.MUTUAL_FUND
    assert (fund.no_rebuy_days, fund.min_hold_days, fund.fee) == (30, 60, Usd.of("49.95"))


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("type", {"type": "etf"}),
        ("hold", {"hold": "yes"}),
        ("no_rebuy_days", {"no_rebuy_days": 30}),
        ("min_hold_days", {"min_hold_days": 30, "type": "fund"}),
        ("fee_usd", {"fee_usd": 20}),
        ("fee_usd", {"fee_usd": -1, "type": "mutual_fund"}),
        ("no_rebuy_days", {"no_rebuy_days": 61, "type": "mutual_fund"}),
        ("no_rebuy_days", {"no_rebuy_days": -1, "type": "mutual_fund"}),
        ("price_per", {"price_per": 100}),
        ("price_per", {"price_per": 10, "type": "bond"}),
    ],
)
def test_a_wrong_rule_of_a_security_is_refused_at_its_place(tmp_path: Path, key: str, change: Tree) -> None:
    def spoil(tree: Tree) -> None:
        tree["securities"]["GLD"] = {"class": "gold", "price": 1} | change

    assert [fault.place for fault in faults(drawn(tmp_path, spoil))] == [f"securities.GLD.{key}"]


# --- the glide path ---------------------------------------------------------------------------------------------
def test_a_glide_path_stands_in_for_the_targets(tmp_path: Path) -> None:
    policy = read(tmp_path, lambda tree: tree.update(policy={"glide_path": PATH})).policy

    assert policy.targets_pct == (("stocks", Decimal(50)), ("bonds", Decimal(50)))
    assert policy.glide_path[0] == GlideStep(
        from_on=date(2026, 1, 1), targets_pct=(("stocks", Decimal(60)), ("bonds", Decimal(40)))
    )


@pytest.mark.parametrize(
    ("policy", "code", "place"),
    [
        ({}, "bad_input", "policy.targets_pct"),
        ({"glide_path": []}, "bad_input", "policy.glide_path"),
        ({"glide_path": None}, "bad_input", "policy.glide_path"),
        ({"glide_path": PATH, "targets_pct": {"stocks": 60, "bonds": 40}}, "bad_input", "policy.glide_path"),
        ({"glide_path": PATH[::-1]}, "bad_input", "policy.glide_path[1].from"),
        ({"glide_path": [PATH[0], PATH[0]]}, "bad_input", "policy.glide_path[1].from"),
        ({"glide_path": [PATH[0] | {"from": "2026-03-03"}]}, "bad_input", "policy.glide_path[0].from"),
        ({"glide_path": [{"from": "2026-01-01"}]}, "bad_input", "policy.glide_path[0].targets_pct"),
        (
            {"glide_path": [PATH[0] | {"targets_pct": {"stocks": 60, "bonds": 41}}]},
            "targets_sum",
            "policy.glide_path[0].targets_pct",
        ),
        (
            {"glide_path": [PATH[0] | {"targets_pct": {"stocks": 60, "gold": 40}}]},
            "unknown_class",
            "policy.glide_path[0].targets_pct.gold",
        ),
    ],
)
def test_a_wrong_path_is_refused_at_its_place(tmp_path: Path, policy: Tree, code: str, place: str) -> None:
    found = faults(drawn(tmp_path, lambda tree: tree.update(policy=policy)))

    assert [(fault.code, fault.place) for fault in found] == [(code, place)]


def test_weights_for_the_tax_inside_an_account_are_read(tmp_path: Path) -> None:
    weights = {"traditional": "0.78", "401k": 0.8, "hsa": 1}
    policy = read(tmp_path, lambda tree: tree["policy"].update(after_tax_weights=weights)).policy

    assert [policy.weight(kind) for kind in (Kind.TRADITIONAL, Kind.WORKPLACE, Kind.HSA, Kind.ROTH)] == [
        Decimal("0.78"),
        Decimal("0.8"),
        Decimal(1),
        Decimal(1),
    ]


@pytest.mark.parametrize(
    ("weights", "place", "message"),
    [
        ({"traditional": 0}, "traditional", "must be more than 0"),
        ({"traditional": -0.5}, "traditional", "must be more than 0"),
        ({"401k": 1.01}, "401k", "must be at most 1"),
        ({"401k": 0.78125}, "401k", "has more than 4 decimals"),
        ({"hsa": "7.8e-1"}, "hsa", "should be a plain number"),
        ({"ira": 0.78}, "ira", "ira"),
        ({"taxable": 0.9}, "taxable", "are after tax already"),
        ({"roth": 1}, "roth", "are after tax already"),
    ],
)
def test_a_wrong_weight_is_refused_at_its_place(tmp_path: Path, weights: Tree, place: str, message: str) -> None:
    (fault,) = faults(drawn(tmp_path, lambda tree: tree["policy"].update(after_tax_weights=weights)))

    assert fault.place == f"policy.after_tax_weights.{place}"
    assert message in fault.message


def test_a_mistake_in_yaml_has_its_line_and_column(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """\
as_of: 2026-03-02
policy:
  glide_path:
    - {from: 2026-01-01, targets_pct: {stocks: 100}}
    - {from: 2025-01-01, targets_pct: {stocks: 100}}
securities: {VTI: {class: stocks, price: 100}}
accounts: [{id: ira, kind: roth}]
earmarks:
  - {account: iar, amount_usd: 5, purpose: taxes}
""",
        name="small.yaml",
    )

    found = {fault.place: (fault.line, fault.column, fault.hint) for fault in faults(path)}

    assert found == {
        "policy.glide_path[1].from": (5, 14, "write the steps in the order of their days"),
        "earmarks[0].account": (9, 15, "did you mean `ira`?"),
    }
