"""The account's history: fills, other entries, filters and pages."""

from datetime import date, timedelta

import pytest

from adapters.simulator.books.orders import fill_partly
from adapters.simulator.server import SimulatedBroker
from tests.adapters.simulator.conftest import MONDAY, new_york
from tests.adapters.simulator.customer import Customer


def test_every_execution_leaves_a_row_with_running_totals(one: Customer, sim: SimulatedBroker) -> None:
    sim.script_fills(fill_partly("0.4", then_the_rest=True), symbol="VTI")
    order = one.look(one.place("buy", "VTI", qty="5", limit_price="105"))
    sim.advance(timedelta(minutes=1))
    rows = one.get("/v2/account/activities/FILL", direction="asc")
    assert [(r["type"], r["qty"], r["cum_qty"], r["leaves_qty"], r["price"]) for r in rows] == [
        ("partial_fill", "2", "2", "3", "100.01"),
        ("fill", "3", "5", "0", "100.01"),
    ]
    assert {r["order_id"] for r in rows} == {order["id"]}


def test_an_id_counts_in_new_york_time_while_the_row_counts_in_utc(one: Customer) -> None:
    one.look(one.place("buy", "BND", qty="1", limit_price="80"))
    (row,) = one.get("/v2/account/activities")
    assert row["id"].startswith("20260302100000000::")
    assert row["transaction_time"].startswith("2026-03-02T15:00:00.")


def test_a_journal_entry_keeps_its_words_and_status(one: Customer, sim: SimulatedBroker) -> None:
    sim.enter("PKONE", "JNLC", "0.06", description="Juneteenth Margin Reimbursement")
    sim.enter("PKONE", "FEE", "-0.01", status="correct")
    fee, journal = one.get("/v2/account/activities")
    assert (journal["activity_type"], journal["description"]) == ("JNLC", "Juneteenth Margin Reimbursement")
    assert (fee["net_amount"], fee["status"]) == ("-0.01", "correct")
    assert one.get("/v2/account")["cash"] == "5000.3"


@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_pages_of_exactly_one_hundred_lose_and_repeat_nothing(
    one: Customer, sim: SimulatedBroker, direction: str
) -> None:
    for _ in range(200):
        sim.enter("PKONE", "JNLC", "0.01")
    seen: list[str] = []
    query = {"direction": direction}
    while page := one.get("/v2/account/activities", **query):
        assert len(page) == 100
        seen += [row["id"] for row in page]
        query["page_token"] = page[-1]["id"]
    assert len(seen) == len(set(seen)) == 200


def test_rows_are_filtered_by_type_family_and_creation_time(one: Customer, sim: SimulatedBroker) -> None:
    sim.enter("PKONE", "JNLC", "1")
    one.look(one.place("buy", "BND", qty="1", limit_price="80"))
    sim.advance_to(new_york(date(2026, 3, 4), 10))
    sim.deposit("PKONE", "5")

    def types(**query: str) -> list[str]:
        return [row["activity_type"] for row in one.get("/v2/account/activities", **query)]

    assert types() == ["CSD", "FILL", "JNLC"]
    assert types(activity_types="JNLC,FILL") == ["FILL", "JNLC"]
    assert types(category="trade_activity") == ["FILL"]
    assert types(category="non_trade_activity") == ["CSD", "JNLC"]
    assert types(date=MONDAY.isoformat()) == ["FILL", "JNLC"]
    assert types(after="2026-03-03") == ["CSD"]
    assert types(until="2026-03-03T00:00:00Z") == ["FILL", "JNLC"]
    assert types(page_size="1") == ["CSD"]
