"""The file itself refuses what must not happen, whoever writes to it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from bot.domain.orders import OrderState
from tests.adapters.store.examples import intended, moved

APPROVED, SENDING, UNKNOWN, ACKED = OrderState.APPROVED, OrderState.SENDING, OrderState.UNKNOWN, OrderState.ACKED
COPY_OF_INTENT = (
    "INTO intent SELECT {key}, plan, {line}, {attempt}, account, side, symbol, quantity, limit_price, {state}, "
    "{broker_id}, filled, {nano}, average_price, intended_at, moved_at, evidence, "
    "dearest_first, baseline FROM intent WHERE attempt = 1"
)


def raw(path: Path, *states: OrderState) -> sqlite3.Connection:
    """A plain connection to a ledger with one order that went through these states."""
    ledger, _ = intended(path / "ledger.db", *states)
    ledger.close()
    return sqlite3.connect(path / "ledger.db", isolation_level=None)


def refused(connection: sqlite3.Connection, sql: str, reason: str) -> None:
    """The statement fails for this reason, and changes nothing."""
    before = list(connection.iterdump())
    with pytest.raises(sqlite3.IntegrityError, match=reason):
        connection.execute(sql)
    assert list(connection.iterdump()) == before
    connection.close()


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("UPDATE fact SET body = '{}'", "never changed"),
        ("DELETE FROM fact WHERE seq = 1", "never taken out"),
        ("INSERT OR REPLACE INTO fact VALUES (2, '', 'LegTicked', '', '{}')", "never replaced"),
        ("INSERT INTO fact VALUES (-5, '', 'LegTicked', '', '{}')", "only ever added at the end"),
        ("DELETE FROM proposal", "never taken out"),
        ("UPDATE proposal SET expires_at = '9999'", "never changed"),
        ("UPDATE proposal SET environment = 'live'", "never changed"),
        ("UPDATE proposal SET fingerprint = 'x'", "never changed"),
        ("UPDATE proposal SET verdict = NULL, decided_at = NULL", "verdict on this plan stands"),
        ("UPDATE proposal SET decided_at = '2026-03-01'", "verdict on this plan stands"),
        ("UPDATE proposal SET verdict = 'declined'", "verdict on this plan stands"),
        (
            "INSERT OR REPLACE INTO proposal SELECT 'x', plan_id, environment, '', '', NULL, NULL FROM proposal",
            "already",
        ),
        ("INSERT INTO proposal VALUES ('x', 'x', 'live', '', '9', 'approved', '1')", "waits for a verdict"),
        ("DELETE FROM intent", "never taken out"),
    ],
)
def test_history_cannot_be_rewritten(tmp_path: Path, sql: str, reason: str) -> None:
    refused(raw(tmp_path), sql, reason)


def test_a_plan_that_has_run_out_cannot_be_approved(tmp_path: Path) -> None:
    books = raw(tmp_path)
    books.execute("INSERT INTO proposal VALUES ('x', 'x', 'live', '2026-01-01', '2026-01-02', NULL, NULL)")

    refused(
        books,
        "UPDATE proposal SET verdict = 'approved', decided_at = '2026-01-02' WHERE fingerprint = 'x'",
        "had run out",
    )


@pytest.mark.parametrize(
    "column",
    [
        "client_order_id",
        "plan",
        "line",
        "attempt",
        "account",
        "side",
        "symbol",
        "quantity",
        "limit_price",
        "intended_at",
        "dearest_first",
        "baseline",
    ],
)
def test_an_intent_is_immutable(tmp_path: Path, column: str) -> None:
    refused(raw(tmp_path), f"UPDATE intent SET {column} = {column}", "never changed")  # noqa: S608 - our own words


@pytest.mark.parametrize("state", [state for state in OrderState if state.is_final])
@pytest.mark.parametrize(
    "change",
    ["state = 'sending'", "state = 'acked'", "filled_nano = 9", "broker_id = 'b'", "average_price = '1'"],
)
def test_a_final_state_is_final(tmp_path: Path, state: OrderState, change: str) -> None:
    refused(raw(tmp_path, *_way_to(state)), f"UPDATE intent SET {change}", "this order is over")  # noqa: S608 - our own words


@pytest.mark.parametrize("state", ["approved", "sending", "unknown", "not_placed"])
@pytest.mark.parametrize("known", [OrderState.ACKED, OrderState.PARTIAL])
def test_there_is_no_way_back_from_what_the_broker_acknowledged(tmp_path: Path, known: OrderState, state: str) -> None:
    refused(raw(tmp_path, SENDING, known), f"UPDATE intent SET state = '{state}'", "no way back")  # noqa: S608 - our own words


def test_the_broker_s_id_is_written_once(tmp_path: Path) -> None:
    books = raw(tmp_path, SENDING)
    books.execute("UPDATE intent SET broker_id = 'b1'")

    refused(books, "UPDATE intent SET broker_id = NULL", "written once")


def test_the_broker_s_id_belongs_to_one_order(tmp_path: Path) -> None:
    books = raw(tmp_path, SENDING)
    books.execute("UPDATE intent SET broker_id = 'b1'")
    second = COPY_OF_INTENT.format(key="'x'", line=2, attempt=1, state="'approved'", broker_id="NULL", nano=0)
    books.execute("INSERT " + second)

    refused(books, "UPDATE OR REPLACE intent SET broker_id = 'b1' WHERE line = 2", "another order has")


def test_what_was_filled_never_shrinks(tmp_path: Path) -> None:
    books = raw(tmp_path, SENDING, ACKED)
    books.execute("UPDATE intent SET state = 'partial', filled = '10', filled_nano = 10000000000")

    refused(books, "UPDATE intent SET filled = '9', filled_nano = 9000000000", "never shrinks")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"state": "'sending'"}, "not been sent yet"),
        ({"broker_id": "'b'"}, "not been sent yet"),
        ({"nano": 1}, "not been sent yet"),
        ({"attempt": 3}, "stands in the way"),
        ({"line": 1, "attempt": 2}, "stands in the way"),
        ({"key": "client_order_id", "line": 1}, "stands in the way"),
        ({"line": "'two'"}, "CHECK constraint failed"),
        ({"line": "1.5"}, "CHECK constraint failed"),
    ],
)
def test_an_order_that_is_out_of_place_is_not_taken_in(
    tmp_path: Path, changes: dict[str, str | int], reason: str
) -> None:
    usual = {"key": "'x'", "line": 2, "attempt": 1, "state": "'approved'", "broker_id": "NULL", "nano": 0}

    refused(raw(tmp_path), "INSERT OR REPLACE " + COPY_OF_INTENT.format(**usual | changes), reason)


@pytest.mark.parametrize("state", [OrderState.FILLED, OrderState.HUMAN])
def test_no_attempt_follows_one_that_was_filled_or_left_to_a_person(tmp_path: Path, state: OrderState) -> None:
    again = COPY_OF_INTENT.format(key="'x'", line=1, attempt=2, state="'approved'", broker_id="NULL", nano=0)

    refused(raw(tmp_path, SENDING, UNKNOWN, state), "INSERT " + again, "stands in the way")


@pytest.mark.parametrize("there", ["acked", "filled", "human", "unknown"])
def test_an_order_that_was_not_sent_cannot_have_arrived(tmp_path: Path, there: str) -> None:
    refused(raw(tmp_path), f"UPDATE intent SET state = '{there}'", "no such step")  # noqa: S608 - our own words


def test_an_order_whose_fate_is_unknown_is_never_sent_again(tmp_path: Path) -> None:
    refused(raw(tmp_path, SENDING, UNKNOWN), "UPDATE intent SET state = 'sending'", "no such step")


def test_an_order_of_a_plan_without_approval_is_not_taken_in(tmp_path: Path) -> None:
    books = raw(tmp_path)
    books.execute("UPDATE proposal SET verdict = 'voided', decided_at = '2026-03-02'")
    more = COPY_OF_INTENT.format(key="'x'", line=2, attempt=1, state="'approved'", broker_id="NULL", nano=0)

    refused(books, "INSERT " + more, "not approved, or has run out")


def test_an_order_of_a_plan_that_ran_out_is_not_sent(tmp_path: Path) -> None:
    refused(raw(tmp_path), "UPDATE intent SET state = 'sending', moved_at = '2026-03-04'", "has run out")


def _way_to(state: OrderState) -> tuple[OrderState, ...]:
    """Some way through the life of an order that ends in this state."""
    ways = [(SENDING, UNKNOWN, state), (SENDING, state), (state,), ()]
    return next(way for way in ways if _is_possible(way) and (APPROVED, *way)[-1] is state)


def _is_possible(way: tuple[OrderState, ...]) -> bool:
    return all(here is not there and here.may_become(there) for here, there in zip((APPROVED, *way), way, strict=False))


@pytest.mark.parametrize("here", list(OrderState))
def test_the_file_knows_the_same_steps_as_the_noun(tmp_path: Path, here: OrderState) -> None:
    books = raw(tmp_path, *_way_to(here))
    possible = set()
    for there in OrderState:
        books.execute("SAVEPOINT trial")
        try:
            books.execute("UPDATE intent SET state = ?", (there.value,))
            possible.add(there)
        except sqlite3.IntegrityError:
            pass
        books.execute("ROLLBACK TO trial")
    books.close()

    assert possible == {there for there in OrderState if here.may_become(there)}


def test_the_examples_go_through_the_front_door(tmp_path: Path) -> None:
    ledger, order = intended(tmp_path / "ledger.db", SENDING, UNKNOWN)
    ledger.record(moved(order, OrderState.FILLED, "2.5", broker_id="b"))

    assert ledger.orders()[0].state is OrderState.FILLED
