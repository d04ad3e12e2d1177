"""`rebaloop init`: a few answers become settings that are sound."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from bot.domain.household import Kind
from bot.domain.targets import Band
from bot.settings.loading import load_settings
from tests.doors.stage import Terminal

ANSWERS = """\
smith
stocks 55, bonds 40, cash 5
VTI, ITOT

4/20
brokerage


alpaca

rollover
traditional
spouse
schwab
BND VTI
on
401k

statement
plan.csv
TRUST
bonds

ann@example.org



15, last

3,000
"""


def lines(*said: str) -> str:
    """Answers, one a line; an empty one takes what is offered."""
    return "".join(f"{one}\n" for one in said)


SHORTEST = lines("", "", "", "", "", "", "work", "401k", "", "", "", "", "", "")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the settings are to lie."""
    return tmp_path / "household.yaml"


def test_the_answers_become_sound_settings(rebaloop: Terminal, file: Path) -> None:
    said = rebaloop("init", file, typed=ANSWERS)

    assert said.code == 0, said.err + said.out
    assert rebaloop("config", "check", file).code == 0
    settings = load_settings(file, {})
    assert [(one.id, one.kind, one.owner) for one in settings.household.accounts] == [
        ("brokerage", Kind.TAXABLE, "self"),
        ("rollover", Kind.TRADITIONAL, "spouse"),
        ("on", Kind.WORKPLACE, "self"),
    ]
    assert settings.policy.band == Band(absolute_pp=Decimal(4), relative_pct=Decimal(20))
    assert settings.household.account("on").menu == ("TRUST",)
    assert settings.mail is not None
    assert settings.mail.recipients == ("ann@example.org",)
    assert [payday.account for payday in settings.schedule.paydays] == ["brokerage"]


def test_taking_what_is_offered_is_enough(rebaloop: Terminal, file: Path) -> None:
    said = rebaloop("init", file, typed=SHORTEST)

    assert said.code == 0, said.out
    assert load_settings(file, {}).mode.value == "dry_run"


def test_no_secret_is_asked_for_and_each_is_named(rebaloop: Terminal, file: Path) -> None:
    said = rebaloop("init", file, typed=ANSWERS)

    for name in ("brokerage.key", "brokerage.secret", "spouse.app-key", "rollover.number", "mail.secret"):
        assert name in said.out
    assert "assword" not in said.out.partition("is written")[0]


def test_the_editor_is_told_of_the_shape_that_lies_beside(rebaloop: Terminal, file: Path) -> None:
    rebaloop("init", file, typed=SHORTEST)

    first = file.read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=household.schema.json"
    assert file.with_name("household.schema.json").read_text(encoding="utf-8") == rebaloop("config", "schema").out


def test_nothing_is_overwritten(rebaloop: Terminal, file: Path) -> None:
    file.write_text("mine\n", encoding="utf-8")

    said = rebaloop("init", file, typed=SHORTEST)

    assert (said.code, file.read_text(encoding="utf-8")) == (2, "mine\n")
    assert "left as it is" in said.err


def test_what_is_written_is_for_its_owner_alone(rebaloop: Terminal, file: Path) -> None:
    rebaloop("init", file, typed=SHORTEST)

    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("smith", "stocks 60, bonds 30", "stocks 60, bonds 40"), "they add up to 90, not 100"),
        (("smith", "stocks, bonds", "stocks 60, bonds 40"), "write classes with their percents"),
    ],
)
def test_an_answer_that_cannot_be_used_is_asked_for_again(
    rebaloop: Terminal, file: Path, wrong: tuple[str, ...], said: str
) -> None:
    rest = lines("", "", "five", "5/25", "work", "401k", "", "", "", "", "", "")

    answer = rebaloop("init", file, typed=lines(*wrong) + rest)

    assert answer.code == 0, answer.out
    assert said in answer.out
    assert "write two numbers such as 5/25" in answer.out


@pytest.mark.parametrize(
    ("when", "written"),
    [
        ("15, last", "days: [15, last]"),
        ("last friday", "weekday: last friday"),
        ("every two weeks from 2026-01-09", "every_two_weeks_from: 2026-01-09"),
    ],
)
def test_a_payday_may_come_in_three_ways(rebaloop: Terminal, file: Path, when: str, written: str) -> None:
    typed = lines("", "", "", "", "", "", "brokerage", "", "", "alpaca", "", "", "", "last fridy", when, "", "")

    answer = rebaloop("init", file, typed=typed)

    assert answer.code == 0, answer.out
    assert "should be a place and a weekday" in answer.out
    assert written in file.read_text(encoding="utf-8")


def test_answers_that_end_too_early_leave_nothing_behind(rebaloop: Terminal, file: Path) -> None:
    said = rebaloop("init", file, typed=lines("smith", ""))

    assert said.code == 130
    assert not file.exists()


def test_a_name_that_looks_like_something_else_is_written_in_quotes(rebaloop: Terminal, file: Path) -> None:
    rebaloop("init", file, typed=ANSWERS)

    assert 'id: "on"' in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(("typed", "said"), [(SHORTEST, "taxed alike"), (ANSWERS, "taxable accounts and shelters")])
def test_it_ends_with_where_new_money_should_go(rebaloop: Terminal, file: Path, typed: str, said: str) -> None:
    assert said in rebaloop("init", file, typed=typed).out
