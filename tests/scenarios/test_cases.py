"""The hand-checked cases: each household's answer is what was derived with pencil and paper."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adapters.files.household_file import read_household
from bot.cli.answer import answer, refusal
from bot.domain.errors import FixTheFile
from bot.engine.loop import draw

CASES = sorted((Path(__file__).parent / "cases").glob("*.json"))
NEAR = Decimal("0.02")
FIGURES = {
    "drift_usd_after": "drift_usd_after",
    "drift_limit_usd": "drift_limit_usd",
    "realized_gain_usd": "realized_gain_usd",
    "tax_usd": "tax_usd",
    "tax_if_same_shift_sold_in_taxable_usd": "tax_if_sold_in_taxable_usd",
}
KNOWN = {
    *FIGURES,
    "cash_after",
    "class_usd_after",
    "error",
    "forbidden",
    "limit_certificate_classes",
    "no_orders",
    "orders_any_of",
    "orders_exact",
    "preferred",
    "report_codes",
    "sells_before_buys",
    "sells_total_usd",
    "tax_usd_max",
}
Tree = dict[str, Any]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_answer_is_the_hand_checked_one(path: Path) -> None:
    expect = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)["expect"]

    assert set(expect) <= KNOWN, "a case expects something that is not compared"
    assert not list(differences(expect, answered(path)))


def test_the_cases_are_there() -> None:
    assert len(CASES) == 20


def answered(path: Path) -> Tree:
    """The household's answer as another program reads it."""
    try:
        file = read_household(path)
    except FixTheFile as problem:
        return dict(refusal(path.stem, problem))
    plan = draw(file.household, file.policy, file.snapshot)
    told: Tree = json.loads(json.dumps(answer(plan)))
    return told


def differences(expect: Tree, told: Tree) -> Iterator[str]:
    """Every way in which an answer is not what was expected."""
    if "error" in expect:
        if (told["error"] or {}).get("code") != expect["error"] or told["orders"]:
            yield f"error {told['error']}, orders {told['orders']}"
        return
    yield from _figures(expect, told)
    yield from _orders(expect, told)
    yield from _reports(expect, told)


def _near(got: str, want: Decimal | int) -> bool:
    return abs(Decimal(got) - want) <= NEAR


def _figures(expect: Tree, told: Tree) -> Iterator[str]:
    for key, field in FIGURES.items():
        if key in expect and not _near(told[field], expect[key]):
            yield f"{field} is {told[field]}, wanted {expect[key]}"
    if Decimal(told["tax_usd"]) > expect.get("tax_usd_max", Decimal("Infinity")):
        yield f"tax {told['tax_usd']}, wanted at most {expect['tax_usd_max']}"
    for name, want in expect.get("class_usd_after", {}).items():
        if not _near(told["class_usd_after"][name], want):
            yield f"{name} ends at {told['class_usd_after'][name]}, wanted {want}"
    for account, (low, high) in expect.get("cash_after", {}).items():
        if not low - NEAR <= Decimal(told["cash_after"][account]) <= high + NEAR:
            yield f"cash of {account} ends at {told['cash_after'][account]}, wanted {low}..{high}"


def _orders(expect: Tree, told: Tree) -> Iterator[str]:
    orders = told["orders"]
    choices = expect.get("orders_any_of", [])
    wanted = [expect["orders_exact"]] if "orders_exact" in expect else choices
    if "preferred" in expect:
        wanted = [choices[expect["preferred"]]]
    if expect.get("no_orders"):
        wanted = [[]]
    if wanted and not any(_same(orders, choice) for choice in wanted):
        yield f"orders {orders}, wanted {wanted}"
    for pattern in expect.get("forbidden", []):
        yield from (f"forbidden: {order}" for order in orders if pattern.items() <= order.items())
    for account in expect.get("sells_before_buys", []):
        sides = [order["side"] for order in orders if order["account"] == account]
        if sides != sorted(sides, reverse=True):
            yield f"{account}: a buy stands before a sell"
    sold = sum(Decimal(order["usd"]) for order in orders if order["side"] == "sell")
    if "sells_total_usd" in expect and abs(sold - expect["sells_total_usd"]) > NEAR:
        yield f"sells {sold}, wanted {expect['sells_total_usd']}"


def _same(orders: list[Tree], wanted: list[Tree]) -> bool:
    got, want = sorted(orders, key=_key), sorted(wanted, key=_key)
    return [_key(o) for o in got] == [_key(o) for o in want] and all(
        _near(a["usd"], b["usd"]) for a, b in zip(got, want, strict=True)
    )


def _key(order: Tree) -> tuple[str, str, str]:
    return (order["account"], order["side"], order["symbol"])


def _reports(expect: Tree, told: Tree) -> Iterator[str]:
    codes = {entry["code"] for entry in told["report"]}
    yield from (f"the report lacks {code}" for code in expect.get("report_codes", []) if code not in codes)
    wanted = expect.get("limit_certificate_classes")
    if wanted is not None and sorted(told["limit_certificate_classes"]) != sorted(wanted):
        yield f"certificate {told['limit_certificate_classes']}, wanted {wanted}"
