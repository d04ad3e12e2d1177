"""A month of the demo's household as a service, in bad weather, on the real client libraries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import structlog

from adapters.simulator.books.activities import FillRow
from adapters.simulator.books.orders import Side
from tests.year.judging import Judgement
from tests.year.life import Year
from tests.year.town import build, key_of


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    """March 2026, lived through once: a payday, a bonus, dividends, logins that end."""
    year = Year(town=build(tmp_path_factory.mktemp("month"), months=1, seed=1), seed=1)
    year.live()
    yield year
    structlog.reset_defaults()


def test_a_month_keeps_every_promise(month: Year) -> None:
    """No tax, no order without a yes, books to the cent, every payday once, in band or a reason for it."""
    assert Judgement(month).complaints == []


def test_its_money_was_put_to_work_although_things_went_wrong(month: Year) -> None:
    faults, judgement = month.town.broker.faults.fired, Judgement(month)

    assert len(faults) > 5
    assert judgement.filled >= 2
    assert month.served["payday"] >= 1
    assert month.served["dividend"] + month.served["cash"] >= 1
    assert month.books.dividends > 0


def test_its_owner_was_told_of_what_needed_one(month: Year) -> None:
    did = month.owner.did

    assert did["logins renewed"] >= 4
    assert did["approvals"] >= 2
    assert did["cash assigned"] == 1


def test_a_sale_in_a_taxable_account_would_be_noticed(month: Year) -> None:
    rows = month.town.broker.books[key_of("brokerage")].rows
    bought = next(row for row in rows if isinstance(row, FillRow))
    rows.append(replace(bought, side=Side.SELL))

    complaints = Judgement(month).complaints
    rows.pop()

    assert complaints == [f"brokerage sold {bought.qty} {bought.symbol}"]


def test_a_cent_too_much_would_be_noticed(month: Year) -> None:
    book = month.town.broker.books[key_of("brokerage")]
    book.cash_cents += 1

    differences = month.books.against_brokers(month.town.broker.books)
    book.cash_cents -= 1

    assert len(differences) == 1
