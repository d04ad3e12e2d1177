"""The page for whoever takes over says what they need, and nothing that opens an account."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bot.domain.household import Account, Household, Kind
from bot.domain.letter import Letter
from bot.domain.lots import Position, TaxLot
from bot.domain.money import Shares, Usd
from bot.domain.plan import Environment
from bot.domain.snapshot import Holding, Snapshot
from bot.letters.successor import NOBODY, NOWHERE, Estate, successor_letter
from tests.letters.reading import seen

LOT = TaxLot(quantity=Shares.of(10), acquired_on=date(2015, 6, 1), cost_per_share=Decimal(50))
ESTATE = Estate(
    household=Household(
        id="home",
        accounts=(
            Account(id="brokerage", kind=Kind.TAXABLE),
            Account(id="rollover", kind=Kind.TRADITIONAL, owner="spouse"),
        ),
        instruments=(),
    ),
    snapshot=Snapshot(
        as_of_on=date(2026, 3, 2),
        holdings=(
            Holding(
                account="brokerage", cash_settled=Usd.of("12.50"), positions=(Position(symbol="VTI", lots=(LOT,)),)
            ),
        ),
        prices=(("VTI", Decimal(100)),),
    ),
    mode=Environment.PAPER,
    keepers={"brokerage": "Schwab", "rollover": "Alpaca"},
)


def words(letter: Letter) -> str:
    return " ".join(letter.text.split())


def test_it_says_what_there_is_by_account_kind_and_owner() -> None:
    told = words(successor_letter(ESTATE))

    assert "What there is ($1,012.50), account by account:" in told
    assert "brokerage: a taxable account of self at Schwab. 10 VTI ($1,000.00), $12.50 in cash" in told
    assert "rollover: a traditional retirement account of spouse at Alpaca. What is in it is not known here." in told


def test_it_says_how_to_stop_it_and_what_happens_otherwise() -> None:
    told = words(successor_letter(ESTATE))

    assert "To stop it, any one of these is enough" in told
    assert "rebaloop halt" in told
    assert "No order is sent without a yes." in told


def test_it_names_whom_to_ask_and_where_the_papers_are() -> None:
    told = words(successor_letter(replace(ESTATE, ask="Jane Doe in Springfield", papers="the blue folder")))

    assert "Whom to ask: Jane Doe in Springfield" in told
    assert "Where the papers are: the blue folder" in told


def test_it_says_so_where_nobody_was_named() -> None:
    told = words(successor_letter(ESTATE))

    assert NOBODY in told
    assert NOWHERE in told


def test_numbers_of_accounts_and_keys_are_hidden_even_where_the_owner_wrote_them() -> None:
    letter = successor_letter(replace(ESTATE, papers="account 40001678, password hunter2hunter2hunter2"))

    for secret in ("40001678", "hunter2hunter2"):
        assert secret not in letter.text
        assert secret not in letter.html


@pytest.mark.parametrize(
    ("mode", "sentence"),
    [
        (Environment.DRY_RUN, "It never sends an order."),
        (Environment.PAPER, "practice accounts only"),
        (Environment.LIVE, "only after a person has said yes"),
    ],
)
def test_it_says_what_the_program_may_do(mode: Environment, sentence: str) -> None:
    assert sentence in words(successor_letter(replace(ESTATE, mode=mode)))


def test_the_page_to_print_says_the_same() -> None:
    letter = successor_letter(ESTATE)

    shown = " ".join(seen(letter.html).split())
    assert "Switch the computer off" in shown
    assert "$1,012.50" in shown
