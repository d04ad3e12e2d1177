"""Whatever a case holds, the guard answers with sentences for people, and never with an accident."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from bot.domain.limits import Limits
from bot.domain.lots import Position, TaxLot
from bot.domain.money import Shares, Usd
from bot.domain.orders import OrderRecord, OrderState
from bot.domain.readings import HeldReading
from bot.domain.snapshot import Holding, OpenOrder, Side, Snapshot, Trade
from bot.engine.guard.case import Case
from bot.engine.guard.check import RULES, check
from tests.engine.guard.cases import (
    SOUND,
    TODAY,
    asking,
    having,
    planned_from,
    purchase,
    quoting,
    reread,
    sale,
    sealed,
    stranger,
    swap,
    with_lines,
)
from tests.engine.guard.test_agreement import FILLS, HANDS, HELD, LOTS, READ
from tests.engine.guard.test_amounts import LIMITS, NUMBERS, PURCHASES, SALES
from tests.engine.guard.test_prices import QUOTES, SPLITS
from tests.engine.guard.test_standing import APPROVALS, CLOCKS, HOURS, OTHERS, PLACES, WORLDS
from tests.engine.guard.test_taxes import TABLE

TABLES = (
    *(READ, HELD, FILLS, LOTS, HANDS),
    *(SALES, PURCHASES, LIMITS, NUMBERS),
    *(QUOTES, SPLITS, TABLE),
    *(APPROVALS, CLOCKS, HOURS, OTHERS, PLACES, WORLDS),
)
ODD = tuple(Decimal(text) for text in ("0", "-1", "1E-30", "0.3333", "1", "75", "299.69", "1E+15", "1E+27", "1E+200"))
WORSE = (*ODD, *(Decimal(text) for text in ("NaN", "sNaN", "Infinity", "-Infinity", "1E+999999", "1E-999999")))
ACCOUNTS = ("taxable", "ira", "roth", "hers", "work", "nowhere", "")
SYMBOLS = ("VTI", "VXUS", "BND", "BOTH", "NOTHING", "")

number, worse = st.sampled_from(ODD), st.sampled_from(WORSE)
count = number.map(Shares)
account, symbol, side = st.sampled_from(ACCOUNTS), st.sampled_from(SYMBOLS), st.sampled_from(Side)
money = st.integers(-(10**17), 10**17).map(Usd)
day = st.sampled_from([TODAY + timedelta(days=n) for n in (-4_000, -31, -30, -1, 0, 1, 4_000)])
instant = st.sampled_from([datetime(2026, 3, 2, hour, tzinfo=UTC) for hour in (0, 14, 15, 21)])
lot = st.builds(
    TaxLot,
    quantity=count,
    cost_per_share=st.none() | number,
    acquired_on=st.none() | day,
    locked_until_on=st.none() | day,
    basis_for_loss=st.none() | number,
)
position = st.builds(Position, symbol=symbol, lots=st.lists(lot, max_size=2).map(tuple))
open_order = st.builds(OpenOrder, side=side, symbol=symbol, quantity=count)
holding = st.builds(
    Holding,
    account=account,
    cash_settled=money,
    cash_unsettled=money,
    positions=st.lists(position, max_size=2).map(tuple),
    open_orders=st.lists(open_order, max_size=1).map(tuple),
)
trade = st.builds(
    Trade, on=day, account=account, owner=account, side=side, symbol=symbol, quantity=count, realized_gain=money
)


def snapshots(prices: st.SearchStrategy[Decimal]) -> st.SearchStrategy[Snapshot]:
    return st.builds(
        Snapshot,
        as_of_on=day,
        holdings=st.lists(holding, max_size=3).map(tuple),
        prices=st.lists(st.tuples(symbol, st.none() | prices), max_size=4).map(tuple),
        history=st.lists(trade, max_size=2).map(tuple),
        taken_at=st.none() | instant,
    )


def records(prices: st.SearchStrategy[Decimal]) -> st.SearchStrategy[OrderRecord]:
    return st.builds(
        lambda account, side, symbol, quantity, limit, mine, state, at, filled, price: OrderRecord(
            intent=replace(
                stranger(account, side, symbol, 1, limit),
                quantity=quantity,
                plan=sale().intent.plan if mine else "another",
            ),
            state=state,
            intended_at=at,
            filled=filled,
            average_price=price,
        ),
        *(account, side, symbol, count, prices, st.booleans(), st.sampled_from(OrderState), instant, count),
        st.none() | prices,
    )


held = st.builds(
    HeldReading, symbol=symbol, quantity=count, available=count, cost_basis=st.none(), price=st.none() | number
)
Change = Callable[[Case, Any], Case]


def changes(numbers: st.SearchStrategy[Decimal]) -> list[st.SearchStrategy[Callable[[Case], Case]]]:
    """Ways to spoil one part of a case."""

    def of(values: st.SearchStrategy[Any], change: Change) -> st.SearchStrategy[Callable[[Case], Case]]:
        return values.map(lambda value: lambda case: change(case, value))

    return [
        of(worse, lambda case, it: asking(case, limit_price=it)),
        of(count, lambda case, it: asking(case, quantity=it)),
        of(account, lambda case, it: asking(case, account=it)),
        of(symbol, lambda case, it: asking(case, symbol=it)),
        of(side, lambda case, it: asking(case, side=it)),
        of(st.just(None), lambda case, _: replace(case, quote=None)),
        of(worse, lambda case, it: quoting(case, bid=it) if case.quote else case),
        of(worse, lambda case, it: quoting(case, ask=it) if case.quote else case),
        of(symbol, lambda case, it: quoting(case, symbol=it) if case.quote else case),
        of(snapshots(numbers), lambda case, it: replace(case, planned=it)),
        of(snapshots(numbers), lambda case, it: replace(case, fresh=it)),
        of(st.none() | snapshots(numbers), lambda case, it: replace(case, earlier=it)),
        of(st.lists(records(numbers), max_size=3).map(tuple), lambda case, it: replace(case, orders=it)),
        of(st.lists(held, max_size=2).map(tuple), lambda case, it: reread(case, held=it)),
        of(st.lists(open_order, max_size=2).map(tuple), lambda case, it: reread(case, open_orders=it)),
        of(money, lambda case, it: reread(case, cash_settled=it)),
        of(money, lambda case, it: reread(case, cash_unsettled=it)),
        of(money, lambda case, it: replace(case, kept=it)),
        of(st.just(()), lambda case, it: replace(case, household=replace(case.household, accounts=it))),
        of(st.just(()), lambda case, it: replace(case, household=replace(case.household, instruments=it))),
        of(st.just(None), lambda case, it: replace(case, approval=it, session=it)),
        of(instant, lambda case, it: replace(case, now=it)),
        of(instant, lambda case, it: replace(case, broker_at=it)),
        of(number, lambda case, it: sealed(case, price_collar_pct=it)),
        of(st.just(()), lambda case, _: with_lines(case)),
    ]


build = st.sampled_from(SOUND)
ordinary = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@ordinary
@given(build, st.lists(st.one_of(changes(number)), min_size=1, max_size=4))
def test_no_rule_stumbles_over_a_weird_case(build: Callable[[], Case], spoil: list[Callable[[Case], Case]]) -> None:
    case = build()
    for change in spoil:
        case = change(case)

    for rule in RULES.values():
        rule(case)


@ordinary
@given(build, st.lists(st.one_of(changes(worse)), min_size=1, max_size=4))
def test_the_guard_never_stumbles(build: Callable[[], Case], spoil: list[Callable[[Case], Case]]) -> None:
    case = build()
    for change in spoil:
        case = change(case)

    assert all(one.code in RULES and one.message for one in check(case))


@pytest.mark.parametrize("field", ["order_pct", "day_pct", "spread_pct"])
def test_a_limit_that_is_no_number_refuses(field: str) -> None:
    nothing: dict[str, Decimal] = {field: Decimal("NaN")}

    found = check(replace(swap(), limits=replace(Limits(), **nothing)))  # type: ignore[arg-type]  # fields by name

    assert [one.message for one in found] == ["The figures are such that this rule cannot be checked."]


def test_an_empty_snapshot_refuses() -> None:
    nothing = replace(purchase().fresh, holdings=(), prices=())

    assert [one.code for one in check(replace(purchase(), fresh=nothing))] == ["G4", "G5", "G10"]


def test_a_plan_from_an_empty_snapshot_refuses() -> None:
    nothing = replace(purchase().planned, holdings=(), prices=())

    assert [one.code for one in check(planned_from(purchase(), nothing))] == ["G3", "G10", "G16"]


def test_lots_of_nothing_are_not_sold() -> None:
    assert [one.code for one in check(having(sale(), "ira"))] == ["G2"]


def test_every_rule_is_seen_to_refuse_alone() -> None:
    alone = {row.values[0] for table in TABLES for row in table}

    assert set(RULES) <= alone
