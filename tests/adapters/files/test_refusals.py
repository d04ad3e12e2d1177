"""Every mistake in a household file is refused with its code and its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.adapters.files.small_household import Tree, drawn, faults, read

IRA = "accounts[0]"
LOT = "accounts[0].positions[0].lots[0]"


def at(tree: Tree, path: str) -> tuple[Any, Any]:
    """The container of a value and its key, for a path such as `accounts.0.kind`."""
    *way, last = (int(key) if key.isdigit() else key for key in path.split("."))
    thing: Any = tree
    for key in way:
        thing = thing[key]
    return thing, last


def put(tree: Tree, path: str, value: object) -> None:
    thing, last = at(tree, path)
    thing[last] = value


def drop(tree: Tree, path: str) -> None:
    thing, last = at(tree, path)
    del thing[last]


@pytest.mark.parametrize(
    ("path", "value", "code", "place"),
    [
        # what the owner wants
        ("policy.targets_pct", {"stocks": 60, "bonds": 39.99}, "targets_sum", "policy.targets_pct"),
        ("policy.targets_pct", {"stocks": "60", "bonds": "40.00000000001"}, "targets_sum", "policy.targets_pct"),
        ("policy.targets_pct", {}, "targets_sum", "policy.targets_pct"),
        ("policy.targets_pct.stocks", -60, "bad_input", "policy.targets_pct.stocks"),
        ("policy.targets_pct.stocks", None, "bad_input", "policy.targets_pct.stocks"),
        ("policy.targets_pct.stocks", True, "bad_input", "policy.targets_pct.stocks"),
        ("policy.targets_pct", None, "bad_input", "policy.targets_pct"),
        ("policy.band", {"absolute_pp": -1}, "bad_input", "policy.band.absolute_pp"),
        ("policy.band", {"absolut_pp": 1}, "bad_input", "policy.band.absolut_pp"),
        ("policy.taxable_sells", "always", "bad_input", "policy.taxable_sells"),
        ("policy.routing", "fastest", "bad_input", "policy.routing"),
        ("policy.rebalance_to", "edge", "bad_input", "policy.rebalance_to"),
        ("policy.min_trade_usd", -0.01, "bad_input", "policy.min_trade_usd"),
        ("policy.min_trade_usd", "1,234.5", "bad_input", "policy.min_trade_usd"),
        ("policy.fractional_shares", 1, "bad_input", "policy.fractional_shares"),
        ("policy.fractional_shares", "true", "bad_input", "policy.fractional_shares"),
        ("policy.tax_rate_ltcg_pct", 101, "bad_input", "policy.tax_rate_ltcg_pct"),
        ("policy.deposit_usd", -1, "bad_input", "policy.deposit_usd"),
        ("policy.location_preference", {"bonds": ["ira"]}, "bad_input", "policy.location_preference.bonds[0]"),
        ("policy.location_preference", {"bonds": ["hsa", "hsa"]}, "bad_input", "policy.location_preference.bonds[1]"),
        ("policy.location_preference", {"gold": ["hsa"]}, "unknown_class", "policy.location_preference.gold"),
        ("policy.gains_allowed", True, "bad_input", "policy.gains_allowed"),
        # securities
        ("policy.targets_pct", {"stocks": 60, "gold": 40}, "unknown_class", "policy.targets_pct.gold"),
        ("securities.BND", {"price": 50}, "unknown_class", "securities.BND"),
        ("securities.BND.class", None, "unknown_class", "securities.BND"),
        ("securities.BND.class", 7, "bad_input", "securities.BND.class"),
        ("securities.BND.classes", {"bonds": 100}, "bad_input", "securities.BND"),
        ("securities.BND", {"classes": {"bonds": 60, "stocks": 39}, "price": 1}, "bad_input", "securities.BND.classes"),
        ("securities.BND.price", 0, "bad_price", "securities.BND.price"),
        ("securities.BND.price", "-3.5", "bad_price", "securities.BND.price"),
        ("securities.BND.price", None, "bad_price", "securities.BND.price"),
        ("securities.BND.price", "50 USD", "bad_input", "securities.BND.price"),
        ("securities.BND.price", False, "bad_input", "securities.BND.price"),
        ("securities.BND.tradable", None, "bad_input", "securities.BND.tradable"),
        ("securities.B ND", {"class": "bonds", "price": 1}, "bad_input", "securities.B ND"),
        ("securities." + "B" * 33, {"class": "bonds", "price": 1}, "bad_input", "securities." + "B" * 33),
        ("securities.B\x1bN", {"class": "bonds", "price": 1}, "bad_input", "securities.B\\x1bN"),
        ("securities.GLD", None, "bad_input", "securities.GLD"),
        # accounts
        ("accounts", [], "bad_input", "accounts"),
        ("accounts", {}, "bad_input", "accounts"),
        ("accounts.0", "ira", "bad_input", IRA),
        ("accounts.0.kind", "ira", "bad_input", f"{IRA}.kind"),
        ("accounts.0.managed", "no", "bad_input", f"{IRA}.managed"),
        ("accounts.0.cash_buffer", -1, "bad_input", f"{IRA}.cash_buffer"),
        ("accounts.0.cash_settled", None, "bad_input", f"{IRA}.cash_settled"),
        ("accounts.0.cash_settled", 10**16, "bad_input", f"{IRA}.cash_settled"),
        ("accounts.0.menu", ["VTI", "VTI"], "bad_input", f"{IRA}.menu[1]"),
        ("accounts.0.menu", ["VTI", "BDN"], "bad_input", f"{IRA}.menu[1]"),
        ("accounts.0.menu", "VTI", "bad_input", f"{IRA}.menu"),
        ("accounts.0.number", "12345678", "bad_input", f"{IRA}.number"),
        ("accounts.0.id", "i\u202era", "bad_input", f"{IRA}.id"),
        ("accounts.0.owner", "\ud800", "bad_input", f"{IRA}.owner"),
        ("accounts.0.positions.1.symbol", "VTI", "bad_input", f"{IRA}.positions[1].symbol"),
        ("accounts.0.positions.1.symbol", "GLD", "unknown_class", f"{IRA}.positions[1].symbol"),
        ("accounts.0.positions.0.lots", None, "bad_input", f"{IRA}.positions[0].lots"),
        ("accounts.0.positions.0.lots.0.qty", -1, "bad_input", f"{LOT}.qty"),
        ("accounts.0.positions.0.lots.0.qty", "ten", "bad_input", f"{LOT}.qty"),
        ("accounts.0.positions.0.lots.0.qty", "1" * 29, "bad_input", f"{LOT}.qty"),
        ("accounts.0.positions.0.lots.0.cost_per_share", -1, "bad_input", f"{LOT}.cost_per_share"),
        ("accounts.0.positions.0.lots.0.acquired", "2026-03-03", "bad_input", f"{LOT}.acquired"),
        ("accounts.0.positions.0.lots.0.acquired", "2025-02-30", "bad_input", f"{LOT}.acquired"),
        ("accounts.0.positions.0.lots.0.locked_until", "soon", "bad_input", f"{LOT}.locked_until"),
        ("accounts.0.pending_orders.0.qty", 0, "bad_input", f"{IRA}.pending_orders[0].qty"),
        ("accounts.0.pending_orders.0.qty", 11, "bad_input", f"{IRA}.pending_orders[0].qty"),
        ("accounts.0.pending_orders.0.side", "short", "bad_input", f"{IRA}.pending_orders[0].side"),
        ("accounts.0.pending_orders.0.symbol", "GLD", "bad_input", f"{IRA}.pending_orders[0].symbol"),
        # the day, the past, the rest
        ("as_of", "2026-02-30", "bad_input", "as_of"),
        ("as_of", "20260302", "bad_input", "as_of"),
        ("as_of", 20260302, "bad_input", "as_of"),
        ("as_of", "0001-01-01", "bad_input", "as_of"),
        ("history.0.date", "2026-03-03", "bad_input", "history[0].date"),
        ("history.0.qty", -1, "bad_input", "history[0].qty"),
        ("history", None, "bad_input", "history"),
        ("id", "", "bad_input", "id"),
        ("securites", {}, "bad_input", "securites"),
    ],
)
def test_a_wrong_value_is_refused_at_its_place(tmp_path: Path, path: str, value: object, code: str, place: str) -> None:
    found = faults(drawn(tmp_path, lambda tree: put(tree, path, value)))

    assert (found[0].code, found[0].place) == (code, place)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("as_of", "as_of"),
        ("policy", "policy"),
        ("policy.targets_pct", "policy.targets_pct"),
        ("securities", "securities"),
        ("securities.BND.price", "securities.BND.price"),
        ("accounts", "accounts"),
        ("accounts.0.id", f"{IRA}.id"),
        ("accounts.0.kind", f"{IRA}.kind"),
        ("accounts.0.positions.0.lots.0.qty", f"{LOT}.qty"),
        ("accounts.0.pending_orders.0.side", f"{IRA}.pending_orders[0].side"),
        ("history.0.date", "history[0].date"),
    ],
)
def test_a_required_key_that_is_missing_is_named(tmp_path: Path, path: str, place: str) -> None:
    found = faults(drawn(tmp_path, lambda tree: drop(tree, path)))

    assert [(fault.code, fault.place) for fault in found] == [("bad_input", place)]


def test_two_accounts_of_one_name_are_refused(tmp_path: Path) -> None:
    found = faults(drawn(tmp_path, lambda tree: tree["accounts"].append({"id": "ira", "kind": "roth"})))

    assert [fault.place for fault in found] == ["accounts[1].id"]


def test_an_unknown_price_is_refused_even_where_the_holder_is_not_managed(tmp_path: Path) -> None:
    def spoil(tree: Tree) -> None:
        tree["securities"]["OLD"] = {"class": "bonds", "price": None}
        tree["accounts"].append(
            {"id": "b", "kind": "roth", "managed": False, "positions": [{"symbol": "OLD", "lots": [{"qty": 1}]}]}
        )

    assert faults(drawn(tmp_path, spoil))[0].code == "bad_price"


def test_an_unknown_price_of_a_fund_on_order_is_refused(tmp_path: Path) -> None:
    def spoil(tree: Tree) -> None:
        tree["securities"]["NEW"] = {"class": "bonds", "price": None}
        tree["accounts"][0]["pending_orders"].append({"side": "buy", "symbol": "NEW", "qty": 1})

    assert faults(drawn(tmp_path, spoil))[0].code == "bad_price"


def test_two_open_sales_together_may_not_sell_more_than_is_held(tmp_path: Path) -> None:
    sale = {"side": "sell", "symbol": "VTI", "qty": 8}

    found = faults(drawn(tmp_path, lambda tree: tree["accounts"][0]["pending_orders"].append(sale)))

    assert [fault.place for fault in found] == [f"{IRA}.pending_orders[1].qty"]


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    def spoil(tree: Tree) -> None:
        tree["as_of"] = "yesterday"
        tree["accounts"][0]["kind"] = "ira"
        tree["accounts"][0]["menu"] = ["GLD"]
        tree["securities"]["BND"]["price"] = 0

    places = {fault.place for fault in faults(drawn(tmp_path, spoil))}

    assert places == {"as_of", f"{IRA}.kind", f"{IRA}.menu[0]", "securities.BND.price"}


def test_the_sum_of_targets_decides_the_answer_before_classes_prices_and_the_rest(tmp_path: Path) -> None:
    def spoil(tree: Tree) -> None:
        tree["accounts"][0]["knd"] = 1
        tree["securities"]["BND"] = {"price": 0}
        tree["policy"]["targets_pct"] = {"stocks": 99}

    codes = [fault.code for fault in faults(drawn(tmp_path, spoil))]

    assert codes == ["targets_sum", "unknown_class", "bad_price", "bad_input"]


@pytest.mark.parametrize(
    ("path", "value", "hint"),
    [
        ("accounts.0.kind", "traditonal", "did you mean `traditional`?"),
        ("accounts.0.cash_bufer", 5, "did you mean `cash_buffer`?"),
        ("accounts.0.positions.0.lots.0.aquired", "2020-01-01", "did you mean `acquired`?"),
        ("securities.BND.clas", "bonds", "did you mean `class`?"),
        ("policy.min_trade_usd", "1,234.5", "write `1234.5`"),
        ("accounts.0.menu", ["VTl"], "did you mean `VTI`?"),
        ("accounts.0.owner", 1, "put it in quotes"),
        ("policy.targets_pct", {"stock": 60, "bonds": 40}, "did you mean `stocks`?"),
    ],
)
def test_a_near_miss_is_met_with_a_hint(tmp_path: Path, path: str, value: object, hint: str) -> None:
    found = faults(drawn(tmp_path, lambda tree: put(tree, path, value)))

    assert hint in [fault.hint for fault in found]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("policy.targets_pct", {"stocks": 33.3, "bonds": 66.7}),
        ("policy.targets_pct", {"stocks": "60.0", "bonds": 40, "gold": 0}),
        ("policy.targets_pct", {"stocks": 60, "bonds": 30, "cash": 10}),
        ("policy.routing", "adaptive"),
        ("policy.deposit_usd", 6400),
        ("accounts.0.cash_settled", -12.5),
        ("accounts.0.cash_unsettled", "-1"),
        ("accounts.0.positions.0.lots.0.locked_until", "9999-12-31"),
        ("accounts.0.positions.1.lots", []),
        ("accounts.0.positions.1.lots.0.qty", 0),
        ("securities.NEW", {"class": "bonds", "price": None}),
        ("securities.BRK/B", {"class": "stocks", "price": "0.0000001"}),
        ("as_of", "2099-12-31"),
        ("story", "two\nlines"),
        ("expect", {"anything": [1, None]}),
    ],
)
def test_an_unusual_value_that_is_right_is_taken(tmp_path: Path, path: str, value: object) -> None:
    read(tmp_path, lambda tree: put(tree, path, value))
