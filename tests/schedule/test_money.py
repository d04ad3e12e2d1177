"""Money is recognised by account, kind, amount and day; what is far over the usual is seen; pay dates are learned."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.money import Usd
from bot.domain.readings import Activity, ActivityKind
from bot.domain.schedule import Due, DueKind, Monthly, Payday, Schedule, Source
from bot.engine.due.dividends import learned, next_pay_date
from bot.engine.due.money import Wanted, arrived, unexpected, unusual, wanted

ON = date(2026, 3, 13)
PAYDAY = Payday(
    name="self", account="joint", rhythm=Monthly(days=(15,)), amount=Usd.of(3000), tolerance=Usd.of(50), late_days=5
)
DUE = Due(kind=DueKind.PAYDAY, on=ON, name="self")
SCHEDULE = Schedule(paydays=(PAYDAY,))


def deposit(dollars: int, on: date = ON, *, account: str = "joint") -> Activity:
    return Activity(
        activity_id=f"{account}-{on}-{dollars}", account=account, kind=ActivityKind.DEPOSIT, on=on, net=Usd.of(dollars)
    )


def dividend(symbol: str, on: date) -> Activity:
    return Activity(
        activity_id=f"{symbol}-{on}", account="joint", kind=ActivityKind.DIVIDEND, on=on, net=Usd.of(9), symbol=symbol
    )


def the_payday() -> Wanted:
    found = wanted(DUE, SCHEDULE)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("entry", "comes"),
    [
        (deposit(3000), True),
        (deposit(3050), True),
        (deposit(3051), False),
        (deposit(2949), False),
        (deposit(3000, ON - timedelta(days=3)), True),
        (deposit(3000, ON - timedelta(days=4)), False),
        (deposit(3000, ON + timedelta(days=5)), True),
        (deposit(3000, ON + timedelta(days=6)), False),
        (deposit(3000, account="rollover"), False),
        (replace(deposit(3000), kind=ActivityKind.JOURNAL), False),
        (replace(deposit(3000), reversed=True), False),
    ],
)
def test_a_payday_has_come_within_its_amount_and_its_days(entry: Activity, comes: bool) -> None:
    assert (DUE in arrived([the_payday()], [entry])) == comes


def test_without_an_amount_any_deposit_will_do() -> None:
    schedule = Schedule(paydays=(replace(PAYDAY, amount=None, tolerance=Usd()),))
    one = wanted(DUE, schedule)

    assert one is not None
    assert DUE in arrived([one], [deposit(7)])


def test_one_deposit_is_not_taken_for_two_paydays() -> None:
    next_day = replace(DUE, on=ON + timedelta(days=3))
    both = [the_payday(), replace(the_payday(), due=next_day, last_on=ON + timedelta(days=8))]

    assert list(arrived(both, [deposit(3000)])) == [DUE]
    assert set(arrived(both, [deposit(3000), deposit(3001)])) == {DUE, next_day}


def test_a_payday_that_the_settings_do_not_know_wants_nothing() -> None:
    assert wanted(replace(DUE, name="nobody"), SCHEDULE) is None


def test_a_dividend_is_its_funds_own() -> None:
    one = wanted(Due(kind=DueKind.DIVIDEND, on=ON, name="joint:VTI"), SCHEDULE)
    assert one is not None

    assert not arrived([one], [dividend("BND", ON)])
    assert arrived([one], [dividend("VTI", ON + timedelta(days=2))])


def test_only_money_that_nothing_waits_for_is_unexpected() -> None:
    found = unexpected([deposit(3000), deposit(500), deposit(70, ON - timedelta(days=9))], [the_payday()], ON)

    assert [(one.account, one.on, one.source) for one in found] == [("joint", ON, Source.ARRIVED)]


@pytest.mark.parametrize(("dollars", "seen"), [(6000, False), (6001, True), (100, False)])
def test_a_deposit_over_twice_the_usual_is_seen(dollars: int, seen: bool) -> None:
    assert bool(unusual([deposit(dollars)], Usd.of(3000), ON, ON)) == seen


def test_the_usual_is_learned_from_three_deposits_and_not_from_two() -> None:
    past = [deposit(1000 + n, ON - timedelta(days=14 * n)) for n in (1, 2, 3)]

    assert unusual([*past, deposit(2500)], None, ON, ON) == ((deposit(2500), Usd.of(1002)),)
    assert not unusual([*past[:2], deposit(2500)], None, ON, ON)


def test_what_came_before_the_first_look_is_not_judged() -> None:
    assert not unusual([deposit(9000)], Usd.of(3000), ON + timedelta(days=1), ON + timedelta(days=2))


def test_a_quarterly_fund_pays_where_it_paid_a_year_before() -> None:
    paid = [date(2025, 3, 31), date(2025, 7, 2), date(2025, 10, 1), date(2025, 12, 24)]

    assert next_pay_date(paid, date(2026, 1, 5)) == date(2026, 3, 30)


def test_a_monthly_fund_without_a_year_of_history_pays_a_month_later() -> None:
    assert next_pay_date([date(2026, 1, 5), date(2026, 2, 4), date(2026, 3, 5)], ON) == date(2026, 4, 4)


@pytest.mark.parametrize(
    "paid",
    [
        [],
        [date(2026, 3, 1)],
        [date(2026, 3, 1), date(2026, 3, 5)],
        [date(2025, 3, 1), date(2025, 6, 1)],  # long overdue
    ],
)
def test_what_has_no_rhythm_is_not_guessed(paid: list[date]) -> None:
    assert next_pay_date(paid, ON) is None


def test_each_fund_of_an_account_is_learned_by_itself_and_reinvested_ones_are_no_money() -> None:
    history = [dividend("BND", date(2026, month, 5)) for month in (1, 2, 3)]
    spent = [
        entry
        for month in (1, 2, 3)
        for entry in (
            dividend("VTI", date(2026, month, 9)),
            replace(
                dividend("VTI", date(2026, month, 9)),
                activity_id=f"buy{month}",
                kind=ActivityKind.TRADE,
                reinvested=True,
            ),
        )
    ]

    assert [(one.symbol, one.on) for one in learned([*history, *spent], ON)] == [("BND", date(2026, 4, 4))]
