"""Whoever reads a letter as text reads the same as somebody who sees it as a page."""

from __future__ import annotations

import re
from dataclasses import fields, replace

import pytest

from bot.letters.plan import plan_letter
from bot.letters.sheet import plan_sheet
from tests.letters.reading import addresses, seen
from tests.letters.sample import HOUSEHOLD, LINK, PROPOSAL, samples

LETTERS = samples()
AMOUNT = re.compile(r"-?\$[\d,]+\.\d\d|\d+\.\d%|\d{4}-\d\d-\d\d")


def flat(text: str) -> str:
    return " ".join(text.split())


def plain(amount: str) -> str:
    """An amount without its sign: the page says `under goal` where the text has a minus."""
    return amount.removeprefix("-")


@pytest.mark.parametrize("name", LETTERS)
def test_every_amount_share_and_day_is_in_both(name: str) -> None:
    letter = LETTERS[name]

    on_page = {plain(amount) for amount in AMOUNT.findall(seen(letter.html))}
    in_text = {plain(amount) for amount in AMOUNT.findall(letter.text)}

    assert on_page == in_text - ({"$0.00"} - on_page)


@pytest.mark.parametrize("name", ["letter", "terminal", "dry"])
def test_every_sentence_of_a_plan_is_in_both(name: str) -> None:
    letter, sheet = LETTERS[name], plan_sheet(PROPOSAL, HOUSEHOLD, sessions=3)
    told = [sheet.why, sheet.proof, sheet.headroom, *sheet.told, *(one.reason for one in sheet.not_proposed)]
    rows = [row for one in [*sheet.orders, *sheet.by_hand] for row in one.orders]
    told += [word for row in rows for word in (row.reason, row.symbol, row.quantity, row.about, row.tick, row.waits)]
    told += [word for one in [*sheet.orders, *sheet.by_hand] for word in (one.account, one.kind, one.owner)]

    assert [words for words in told if words not in flat(letter.text)] == []
    assert [words for words in told if words not in seen(letter.html)] == []


@pytest.mark.parametrize("name", LETTERS)
def test_mode_title_and_commands_are_in_both(name: str) -> None:
    letter = LETTERS[name]
    mode = letter.subject.partition("]")[0].removeprefix("[rebaloop ")
    commands = re.findall(r"(?<=  |: )rebaloop \w+(?: P-[\w-]+(?: \d+)?| \w+)?$", letter.text, re.MULTILINE)

    assert mode in {"dry run", "paper", "live"}
    assert f"Mode: {mode.capitalize()}:" in flat(letter.text)
    assert f"Mode: {mode.capitalize()}:" in seen(letter.html)
    assert f" {mode} " in seen(letter.html)
    assert [command for command in commands if command not in seen(letter.html)] == []


def test_a_plan_with_a_page_has_one_button_and_the_same_address_in_its_text() -> None:
    letter = LETTERS["letter"]

    assert addresses(letter.html) - {"cid:chart"} == {LINK.url}
    assert seen(letter.html).count("Review and approve") == 1
    assert LINK.url in letter.text
    assert "rebaloop approve P-2026-11-30-A" in seen(letter.html)


def test_where_two_must_say_yes_each_has_a_button_of_their_own() -> None:
    hers = replace(LINK, person="spouse", url="https://rebaloop.example/p/hers")

    letter = plan_letter(PROPOSAL, HOUSEHOLD, links=(LINK, hers))

    assert addresses(letter.html) - {"cid:chart"} == {LINK.url, hers.url}
    assert "Review and approve as self" in seen(letter.html)
    assert "Review and approve as spouse" in seen(letter.html)
    assert f"spouse: {hers.url}" in letter.text


def test_without_a_page_the_command_stands_where_the_button_would() -> None:
    shown = seen(LETTERS["terminal"].html)

    assert addresses(LETTERS["terminal"].html) <= {"cid:chart"}
    assert shown.index("rebaloop approve P-2026-11-30-A") < shown.index("The household by class")


def test_a_dry_run_has_neither_button_nor_command() -> None:
    letter = LETTERS["dry"]

    assert "rebaloop approve" not in letter.text + letter.html
    assert addresses(letter.html) <= {"cid:chart"}
    assert PROPOSAL.code not in letter.text


def test_every_account_is_named_with_its_owner_and_theirs_stand_together() -> None:
    sheet = plan_sheet(PROPOSAL, HOUSEHOLD)

    assert [(one.owner, one.account) for one in sheet.orders] == [
        ("self", "brokerage"),
        ("self", "rollover"),
        ("spouse", "roth"),
    ]


def test_the_expiry_is_told_in_sessions_and_in_new_york_time() -> None:
    sheet = plan_sheet(PROPOSAL, HOUSEHOLD, sessions=3)

    assert sheet.expiry == (
        "Nothing is sent until you say yes, within 3 market sessions, before Wednesday 2026-12-02 16:00 New York time."
    )


def test_a_manual_order_that_was_ticked_off_is_not_asked_for_again() -> None:
    assert plan_sheet(PROPOSAL, HOUSEHOLD, ticked={5}).by_hand == ()


def test_a_sheet_holds_nothing_but_ready_words() -> None:
    sheet = plan_sheet(PROPOSAL, HOUSEHOLD)

    kinds = {type(getattr(sheet, field.name)) for field in fields(sheet)}

    assert kinds == {str, tuple}


@pytest.mark.parametrize("name", LETTERS)
def test_every_line_of_text_fits_a_terminal_but_for_an_address(name: str) -> None:
    lines = [line for line in LETTERS[name].text.splitlines() if "https://" not in line]

    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_is_small_and_asks_nobody_for_anything(name: str) -> None:
    letter = LETTERS[name]

    assert len(letter.html.encode()) < 100_000
    assert addresses(letter.html) <= {"cid:chart", LINK.url}
    assert "url(" not in letter.html
    assert "@import" not in letter.html
    assert "<script" not in letter.html
