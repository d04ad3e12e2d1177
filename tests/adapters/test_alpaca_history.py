"""The history of an Alpaca account: every entry once, on the right day, for what it is."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from adapters.brokers.alpaca.broker import AlpacaBroker
from adapters.brokers.alpaca.history import MOST_PAGES, PAGE
from bot.domain.errors import Reconcile
from bot.domain.money import Shares, Usd
from bot.domain.readings import ActivityKind
from tests.adapters.hostile import Hostile, Reply, hostile_broker

ROUTE = "GET /v2/account/activities"
SINCE = date(2026, 1, 1)
FILL = {
    "id": "20260301235916::a",
    "activity_type": "FILL",
    "transaction_time": "2026-03-02T03:59:16Z",
    "type": "fill",
    "price": "100.005",
    "qty": "3",
    "side": "buy",
    "symbol": "VTI",
    "order_id": "order-0",
}
ENTRY = {"id": "20260302::b", "activity_type": "CSD", "date": "2026-03-02", "net_amount": "9476.82"}

Pair = tuple[Hostile, AlpacaBroker]


@pytest.fixture
def hostile() -> Iterator[Pair]:
    with hostile_broker() as pair:
        yield pair


def entries(count: int, first: int = 0) -> list[dict[str, Any]]:
    return [{**ENTRY, "id": f"entry-{n}"} for n in range(first, first + count)]


def test_a_fill_belongs_to_its_day_in_new_york(hostile: Pair) -> None:
    hostile[0].say(ROUTE, Reply(body=[FILL]))
    (entry,) = hostile[1].activities("ira", SINCE)

    assert entry.on == date(2026, 3, 1)


def test_what_a_fill_costs_is_rounded_against_us(hostile: Pair) -> None:
    sale = {**FILL, "id": "c", "side": "sell"}
    hostile[0].say(ROUTE, Reply(body=[FILL, sale]))

    assert [entry.net for entry in hostile[1].activities("ira", SINCE)] == [Usd.of("-300.02"), Usd.of("300.01")]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("CSD", ActivityKind.DEPOSIT),
        ("CSW", ActivityKind.WITHDRAWAL),
        ("DIV", ActivityKind.DIVIDEND),
        ("DIVNRA", ActivityKind.DIVIDEND),
        ("DIVROC", ActivityKind.RETURN_OF_CAPITAL),
        ("CGD", ActivityKind.DIVIDEND),
        ("FEE", ActivityKind.FEE),
        ("JNLC", ActivityKind.JOURNAL),
        ("SPLIT", ActivityKind.SPLIT),
        ("INT", ActivityKind.INTEREST),
        ("ACATS", ActivityKind.TRANSFER),
        ("NOVELTY", ActivityKind.OTHER),
    ],
)
def test_an_entry_is_what_its_word_says(hostile: Pair, word: str, kind: ActivityKind) -> None:
    hostile[0].say(ROUTE, Reply(body=[{**ENTRY, "activity_type": word}]))
    (entry,) = hostile[1].activities("ira", SINCE)

    assert (entry.kind, entry.net, entry.on) == (kind, Usd.of("9476.82"), date(2026, 3, 2))
    assert entry.text.startswith(word)


@pytest.mark.parametrize(
    ("word", "moved"), [("DIV", "0"), ("FEE", "0"), ("SPLIT", "12"), ("ACATS", "12"), ("MA", "12")]
)
def test_only_what_moves_shares_counts_them(hostile: Pair, word: str, moved: str) -> None:
    hostile[0].say(ROUTE, Reply(body=[{**ENTRY, "activity_type": word, "symbol": "VTI", "qty": "12"}]))
    (entry,) = hostile[1].activities("ira", SINCE)

    assert entry.quantity == Shares.of(moved)


def test_a_small_reimbursement_is_no_deposit(hostile: Pair) -> None:
    row = {
        **ENTRY,
        "activity_type": "JNLC",
        "net_amount": "0.06",
        "description": "Juneteenth Margin Reimbursement",
    }
    hostile[0].say(ROUTE, Reply(body=[row]))
    (entry,) = hostile[1].activities("ira", SINCE)

    assert (entry.kind, entry.net) == (ActivityKind.REIMBURSEMENT, Usd.of("0.06"))
    assert entry.text == "JNLC Juneteenth Margin Reimbursement"


@pytest.mark.parametrize(("status", "is_reversed"), [("executed", False), ("correct", True), ("canceled", True)])
def test_a_corrected_or_cancelled_entry_is_reversed(hostile: Pair, status: str, is_reversed: bool) -> None:
    hostile[0].say(ROUTE, Reply(body=[{**ENTRY, "status": status}]))
    (entry,) = hostile[1].activities("ira", SINCE)

    assert entry.reversed is is_reversed


def test_shares_that_leave_keep_their_sign(hostile: Pair) -> None:
    row = {"id": "s", "activity_type": "REORG", "date": "2026-03-02", "symbol": "VTI", "qty": "-10"}
    hostile[0].say(ROUTE, Reply(body=[row]))
    (entry,) = hostile[1].activities("ira", SINCE)

    assert (entry.symbol, entry.quantity, entry.net) == ("VTI", Shares.of(-10), Usd())


def test_entries_before_the_day_are_left_out_and_the_rest_is_oldest_first(hostile: Pair) -> None:
    late = {**ENTRY, "id": "late", "date": "2026-03-03"}
    old = {**ENTRY, "id": "old", "date": "2026-02-27"}
    hostile[0].say(ROUTE, Reply(body=[late, old, FILL, ENTRY]))
    found = hostile[1].activities("ira", date(2026, 3, 1))

    assert [entry.activity_id for entry in found] == [FILL["id"], ENTRY["id"], "late"]


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 200, 250])
def test_every_page_is_read_once(hostile: Pair, count: int) -> None:
    server, broker = hostile
    rows = entries(count)
    pages = [rows[start : start + PAGE] for start in range(0, count + 1, PAGE)]
    server.say(ROUTE, *(Reply(body=page) for page in pages))

    assert len(broker.activities("ira", SINCE)) == count
    assert len(server.asked) == len(pages)


def test_the_next_page_begins_after_the_last_id(hostile: Pair) -> None:
    server, broker = hostile
    server.say(ROUTE, Reply(body=entries(PAGE)), Reply(body=[]))
    broker.activities("ira", SINCE)

    first, second = (asked.query for asked in server.asked)
    assert first == {"page_size": "100", "direction": "asc", "after": "2025-12-22T00:00:00Z"}
    assert second == {**first, "page_token": "entry-99"}


def test_pages_that_overlap_count_every_entry_once(hostile: Pair) -> None:
    hostile[0].say(ROUTE, Reply(body=entries(PAGE)), Reply(body=entries(50, first=90)))

    assert len(hostile[1].activities("ira", SINCE)) == 140


def test_a_page_that_comes_again_is_a_circle(hostile: Pair) -> None:
    hostile[0].say(ROUTE, Reply(body=entries(PAGE)))

    with pytest.raises(Reconcile, match="circle"):
        hostile[1].activities("ira", SINCE)


def test_one_id_with_two_contents_is_refused(hostile: Pair) -> None:
    hostile[0].say(ROUTE, Reply(body=entries(PAGE)), Reply(body=[{**ENTRY, "id": "entry-3", "net_amount": "1"}]))

    with pytest.raises(Reconcile, match="two different things"):
        hostile[1].activities("ira", SINCE)


def test_one_page_with_two_contents_for_one_id_is_refused(hostile: Pair) -> None:
    hostile[0].say(ROUTE, Reply(body=[ENTRY, {**ENTRY, "net_amount": "1"}]))

    with pytest.raises(Reconcile, match="two different things"):
        hostile[1].activities("ira", SINCE)


def test_pages_without_end_are_refused(hostile: Pair) -> None:
    server, broker = hostile
    server.say(ROUTE, *(Reply(body=entries(PAGE, first=n * PAGE)) for n in range(MOST_PAGES + 2)))

    with pytest.raises(Reconcile, match="longer"):
        broker.activities("ira", SINCE)


@pytest.mark.parametrize(
    "row",
    [
        {**FILL, "price": None},
        {**FILL, "qty": "-3"},
        {**FILL, "side": "sell_short"},
        {**FILL, "transaction_time": "2026-03-02T03:59:16"},
        {**FILL, "id": None},
        {**ENTRY, "date": None},
        {**ENTRY, "net_amount": "1,000"},
        {**ENTRY, "activity_type": None},
        "an entry",
    ],
    ids=str,
)
def test_an_entry_that_makes_no_sense_stops_the_reading(hostile: Pair, row: object) -> None:
    hostile[0].say(ROUTE, Reply(body=[row]))

    with pytest.raises(Reconcile):
        hostile[1].activities("ira", SINCE)
