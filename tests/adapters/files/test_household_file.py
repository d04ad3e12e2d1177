"""A household file becomes a household, its policy and one day's snapshot, exactly."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.files.household_file import read_household, read_household_files
from bot.domain.errors import FixTheFile
from bot.domain.household import Kind
from bot.domain.money import Shares, Usd
from bot.domain.snapshot import Side
from bot.domain.targets import Band, Policy
from tests.adapters.files.small_household import HOUSEHOLD, Tree, drawn, faults, read, written

CASES = Path(__file__).resolve().parents[2] / "scenarios" / "cases"


@pytest.mark.parametrize("case", sorted(CASES.glob("*.json")), ids=lambda path: path.stem)
def test_every_case_is_read_or_refused_as_it_says(case: Path) -> None:
    found = [fault.code for fault in faults(case)]

    assert found == (["targets_sum"] if case.stem == "targets-not-100" else [])


def test_there_are_twenty_cases() -> None:
    assert len(list(CASES.glob("*.json"))) == 20


def test_what_is_held_is_read_exactly(tmp_path: Path) -> None:
    holding = read(tmp_path).snapshot.holding("ira")

    assert holding.cash_settled == Usd.of(1000)
    assert holding.position("BND").quantity == Shares.of("2.5")
    assert holding.position("VTI").lots[0].cost_per_share == 80
    assert holding.position("VTI").lots[0].acquired_on == date(2020, 1, 2)
    assert (holding.open_orders[0].side, holding.open_orders[0].quantity) == (Side.SELL, Shares.of(3))


def test_what_is_absent_takes_the_default_of_the_format(tmp_path: Path) -> None:
    file = read(tmp_path)

    assert file.policy == Policy(targets_pct=(("stocks", Decimal(60)), ("bonds", Decimal(40))))
    assert file.policy.band == Band(absolute_pp=Decimal(5), relative_pct=Decimal(25))
    assert file.household.account("ira").owner == "self"
    assert file.household.instrument("BND").identical_group == "BND"
    assert file.snapshot.holding("ira").position("BND").lots[0].cost_per_share is None


def test_the_name_of_a_household_is_its_file_s_stem_where_none_is_given(tmp_path: Path) -> None:
    path = drawn(tmp_path, lambda tree: tree.pop("id"), name="smith.json")

    assert read_household(path).household.id == "smith"


def test_a_price_keeps_all_its_decimals(tmp_path: Path) -> None:
    def spoil(tree: Tree) -> None:
        tree["securities"]["BND"]["price"] = "0.1234567890123456789"

    assert read(tmp_path, spoil).snapshot.price("BND") == Decimal("0.1234567890123456789")


def test_a_json_number_is_the_decimal_that_is_written(tmp_path: Path) -> None:
    def spoil(tree: Tree) -> None:
        tree["securities"]["BND"]["price"] = 0.1

    assert read(tmp_path, spoil).snapshot.price("BND") == Decimal("0.1")


@pytest.mark.parametrize(("written_as", "cents"), [("10.005", 1000), ("10.015", 1002), ("-0.006", -1)])
def test_cash_finer_than_a_cent_goes_to_the_nearest_cent(tmp_path: Path, written_as: str, cents: int) -> None:
    def spoil(tree: Tree) -> None:
        tree["accounts"][0]["cash_settled"] = written_as

    assert read(tmp_path, spoil).snapshot.holding("ira").cash_settled == Usd(cents)


def test_a_fund_of_several_classes_is_looked_through(tmp_path: Path) -> None:
    def spoil(tree: Tree) -> None:
        classes = {"stocks": "33.3", "bonds": "66.7", "gold": 0}
        tree["securities"]["MIX"] = {"classes": classes, "price": 10}

    exposure = read(tmp_path, spoil).household.instrument("MIX").exposure

    assert exposure == (("stocks", Decimal("0.333")), ("bonds", Decimal("0.667")))


def test_history_may_name_an_account_that_is_not_listed(tmp_path: Path) -> None:
    (trade,) = read(tmp_path).snapshot.history

    assert (trade.account, trade.on, trade.realized_gain) == ("old", date(2026, 2, 27), Usd())


def test_a_lot_without_shares_is_nothing_held(tmp_path: Path) -> None:
    def spoil(tree: Tree) -> None:
        tree["accounts"][0]["positions"][1]["lots"] = [{"qty": 0, "acquired": "2026-03-01"}]

    assert read(tmp_path, spoil).snapshot.holding("ira").position("BND").lots == ()


def test_yaml_says_the_same_as_json(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """
id: small
as_of: 2026-03-02
policy: {targets_pct: {stocks: 60, bonds: 40}}
securities:
  VTI: {class: stocks, price: 100, identical_group: total-us}
  BND: {class: bonds, price: 50.25}
accounts:
  - id: ira
    kind: traditional
    cash_settled: 1000
    menu: [VTI, BND]
    positions:
      - {symbol: VTI, lots: [{qty: 10, cost_per_share: 80, acquired: 2020-01-02}]}
      - {symbol: BND, lots: [{qty: 2.5}]}
    pending_orders: [{side: sell, symbol: VTI, qty: 3}]
history:
  - {date: 2026-02-27, account: old, owner: self, side: buy, symbol: VTI, qty: 1}
""",
        name="small.yaml",
    )

    assert read_household(path) == read(tmp_path)


def test_the_tickers_on_no_and_y_stay_text(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """
as_of: 2026-03-02
policy: {targets_pct: {stocks: 100}}
securities: {ON: {class: stocks, price: 1}, NO: {class: stocks, price: 1}, Y: {class: stocks, price: 1}}
accounts: [{id: on, kind: roth, menu: [ON, NO, Y], positions: [{symbol: NO, lots: [{qty: 1}]}]}]
""",
        name="tickers.yml",
    )

    assert read_household(path).household.account("on").menu == ("ON", "NO", "Y")


def test_a_401k_in_yaml_needs_no_quotes(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "as_of: 2026-03-02\npolicy: {targets_pct: {cash: 100}}\nsecurities: {}\naccounts: [{id: w, kind: 401k}]\n",
        name="work.yaml",
    )

    assert read_household(path).household.account("w").kind is Kind.WORKPLACE


def test_a_mistake_in_yaml_has_a_line_and_a_column(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "as_of: 2026-03-02\npolicy: {targets_pct: {cash: 100}}\nsecurities: {}\naccounts:\n  - id: w\n    kind: rot\n",
        name="work.yaml",
    )

    (fault,) = faults(path)

    assert (fault.line, fault.column, fault.excerpt, fault.hint) == (6, 11, "    kind: rot", "did you mean `roth`?")


def test_a_folder_stands_for_its_households_by_name(tmp_path: Path) -> None:
    for name in ("b.json", "a.json", "c.txt", ".hidden.json"):
        drawn(tmp_path, lambda tree: tree.pop("id"), name=name)
    (tmp_path / "d.json").mkdir()

    assert [file.id for file in read_household_files(tmp_path)] == ["a", "b"]


def test_a_refused_file_does_not_keep_the_others_from_being_read(tmp_path: Path) -> None:
    written(tmp_path, "{", name="a.json")
    drawn(tmp_path, name="b.json")

    outcomes = [isinstance(file.outcome, FixTheFile) for file in read_household_files(tmp_path)]

    assert outcomes == [True, False]


def test_a_refused_household_keeps_its_own_name(tmp_path: Path) -> None:
    path = drawn(tmp_path, lambda tree: tree.update(as_of=None), name="other.json")

    assert [file.id for file in read_household_files(path)] == [HOUSEHOLD["id"]]


def test_a_folder_without_a_household_is_refused(tmp_path: Path) -> None:
    (file,) = read_household_files(tmp_path)

    assert isinstance(file.outcome, FixTheFile)
    assert "without a household" in file.outcome.message
