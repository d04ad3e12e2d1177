"""`schedule:` in the settings: what it may say, and each mistake with its line and what would be right."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from pathlib import Path

import pytest

from bot.domain.money import Usd
from bot.domain.schedule import (
    LAST,
    QUARTERS,
    Contribution,
    EveryTwoWeeks,
    Monthly,
    NthWeekday,
    PayDate,
    Payday,
    Roll,
    Schedule,
    Source,
)
from tests.doors.test_settings import fault, small

FULL = """schedule:
  at: 11:15
  paydays:
    - {name: self, account: brokerage, amount_usd: 3000, days: [15, last]}
    - name: spouse
      account: brokerage
      amount_usd: 2100.50
      tolerance_usd: 10
      every_two_weeks_from: 2026-01-09
      roll: next
    - {name: rent, account: brokerage, weekday: last friday, early_days: 1, late_days: 2}
  pay_dates:
    - {account: brokerage, symbol: VTI, on: 2026-12-24}
  dividends: by_hand
  sweep: second tuesday
  drift_sessions: 5
  digest_day: 0
  year_end: false
  wait_sessions: 2
  catch_up_days: 30
"""


def test_without_a_word_the_usual_schedule_holds(tmp_path: Path) -> None:
    assert small(tmp_path).schedule == Schedule()


def test_everything_that_can_be_said_is_read(tmp_path: Path) -> None:
    assert small(tmp_path, new=FULL).schedule == Schedule(
        at=time(11, 15),
        paydays=(
            Payday(
                name="self",
                account="brokerage",
                rhythm=Monthly(days=(15, LAST)),
                amount=Usd.of(3000),
                tolerance=Usd.of(150),
            ),
            Payday(
                name="spouse",
                account="brokerage",
                rhythm=EveryTwoWeeks(anchor_on=date(2026, 1, 9)),
                roll=Roll.NEXT,
                amount=Usd.of("2100.50"),
                tolerance=Usd.of(10),
            ),
            Payday(
                name="rent",
                account="brokerage",
                rhythm=NthWeekday(nth=-1, weekday=4),
                early_days=1,
                late_days=2,
            ),
        ),
        pay_dates=(PayDate(on=date(2026, 12, 24), account="brokerage", symbol="VTI", source=Source.BY_HAND),),
        dividends=False,
        sweep=NthWeekday(nth=2, weekday=1, months=QUARTERS),
        drift_sessions=5,
        digest_day=0,
        year_end=False,
        wait_sessions=2,
        catch_up_days=30,
    )


def test_a_sweep_may_be_a_day_or_never(tmp_path: Path) -> None:
    assert small(tmp_path, new="schedule: {sweep: 15}\n").schedule.sweep == Monthly(days=(15,), months=QUARTERS)
    assert small(tmp_path, new="schedule: {sweep: never}\n").schedule.sweep is None


def test_a_payday_ends_no_approval(tmp_path: Path) -> None:
    assert small(tmp_path).fingerprint == small(tmp_path, new=FULL).fingerprint


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("paydays: [{name: a, account: brokrage, days: 15}]", "paydays[0].account", "there is no account 'brokrage'"),
        ("paydays: [{name: a, account: brokerage}]", "paydays[0]", "in exactly one way"),
        ("paydays: [{name: a, account: brokerage, days: 15, weekday: last friday}]", "paydays[0]", "exactly one way"),
        ("paydays: [{name: a, account: brokerage, days: 32}]", "paydays[0].days", "day of the month"),
        ("paydays: [{name: a, account: brokerage, days: [15, 15]}]", "paydays[0].days", "several different ones"),
        ("paydays: [{name: a, account: brokerage, weekday: fifth friday}]", "paydays[0].weekday", "second tuesday"),
        ("paydays: [{name: a, account: brokerage, weekday: last sunday}]", "paydays[0].weekday", "second tuesday"),
        (
            "paydays: [{name: a, account: brokerage, days: 15, roll: forward}]",
            "paydays[0].roll",
            "'previous' or 'next'",
        ),
        ("paydays: [{name: a, account: brokerage, days: 15, tolerance_usd: 5}]", "paydays[0].tolerance_usd", "amount"),
        ("paydays: [{name: a, account: brokerage, days: 15, amount_usd: -5}]", "paydays[0].amount_usd", "more than 0"),
        ("paydays: [{name: a, account: brokerage, days: 15, late_days: 10}]", "paydays[0].late_days", "at most 12"),
        ("paydays: [{name: a, account: brokerage, dais: 15}]", "paydays[0].dais", "not known"),
        (
            "paydays: [{name: a, account: brokerage, days: 1}, {name: a, account: brokerage, days: 2}]",
            "paydays[1].name",
            "another payday is called",
        ),
        ("pay_dates: [{account: brokerage, symbol: VTSAX, on: 2026-03-26}]", "pay_dates[0].symbol", "does not name"),
        ("pay_dates: [{account: brokerage, symbol: VTI, on: 26.3.2026}]", "pay_dates[0].on", "2026-03-02"),
        (
            "contributions: [{account: brokerage, amount_usd: 500, days: 15, funds: {VTI: 100}}]",
            "contributions[0].account",
            "is read from its broker",
        ),
        (
            "contributions: [{account: work, amount_usd: 500, days: 15, funds: {VTI: 60, BND: 30}}]",
            "contributions[0].funds",
            "add up to 90, not 100",
        ),
        (
            "contributions: [{account: work, amount_usd: 500, days: 15, funds: {VTSAX: 100}}]",
            "contributions[0].funds.VTSAX",
            "does not name",
        ),
        ("paydays: [{name: a, account: work, days: 15}]", "paydays[0].account", "contributions"),
        ("dividends: always", "dividends", "'auto' or 'by_hand'"),
        ("sweep: second sunday", "sweep", "second tuesday"),
        ("at: 9.35", "at", "such as 10:00"),
        ('at: "16:00"', "at", "between 09:35 and 15:30"),
        ("drift_sessions: -1", "drift_sessions", ""),
        ("drift: 5", "drift", "not known"),
    ],
)
def test_each_mistake_is_shown_where_it_is(tmp_path: Path, text: str, place: str, words: str) -> None:
    found = fault(tmp_path, new=f"schedule:\n  {text}\n")

    assert found.place == f"schedule.{place}"
    assert words in f"{found.message} {found.hint}"
    assert found.line > 0


def test_what_payroll_puts_into_an_account_known_from_a_file_is_read(tmp_path: Path) -> None:
    one = "{account: work, amount_usd: 800, days: [15, last], funds: {VTI: 60, BND: 40}}"

    found = small(tmp_path, new=f"schedule:\n  contributions: [{one}]\n").schedule.contributions

    assert found == (
        Contribution(
            account="work",
            amount=Usd.of(800),
            rhythm=Monthly(days=(15, LAST)),
            roll=Roll.PREVIOUS,
            funds=(("VTI", Decimal(60)), ("BND", Decimal(40))),
        ),
    )
