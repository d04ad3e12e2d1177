"""What brokers are known to do to those who trust them, from tape; recording plays the same tests at the simulator.

The traps are numbered in `test_traps_table`. A tape has no broken connections and no tokens; those are met elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.simulator.books.orders import fill_partly
from adapters.simulator.faults import locations
from adapters.simulator.faults.broken import BAD_GATEWAY, TOO_MANY, UPSTREAM_TIMEOUT
from adapters.simulator.faults.kinds import answered, changed, mangled, spoiled
from adapters.simulator.faults.route import First, Route
from adapters.simulator.wire import Answer as Said
from bot.domain.errors import LogIn, RebaloopError, TryLater
from bot.domain.money import Shares, Usd
from bot.domain.orders import Answer, Intent, OrderState
from bot.domain.readings import ActivityKind
from bot.domain.snapshot import Side
from tests.tapes.worlds import KEY, NUMBER, Lever, Stage, alpaca_tape, schwab_tape

BUY = Intent(
    plan="trap",
    line=1,
    attempt=1,
    account="ira",
    side=Side.BUY,
    symbol="VTI",
    quantity=Shares.of(4),
    limit_price=Decimal("251.00"),
)
FAR = replace(BUY, limit_price=Decimal("200.00"))
POST = Route.orders("POST")
READS = Route.regex("GET", r"/v2/(account|positions)|/trader/v1/accounts/\w+")
PRICES = Route.regex("GET", r"/v2/stocks/.*|/marketdata/v1/quotes")
REIMBURSED = "Juneteenth Margin Reimbursement"

on_both = pytest.mark.parametrize("stage", [alpaca_tape, schwab_tape], indirect=True)
on_alpaca = pytest.mark.parametrize("stage", [alpaca_tape], indirect=True)
on_schwab = pytest.mark.parametrize("stage", [schwab_tape], indirect=True)


@pytest.fixture
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    with request.param(tmp_path, request.node.originalname) as opened:
        yield opened


def of(answer: Said, change: Callable[[dict[str, object]], dict[str, object]]) -> Said:
    """An answer with its objects changed."""
    tree = json.loads(answer.content)
    changed_tree = [change(row) for row in tree] if isinstance(tree, list) else change(tree)
    return replace(answer, body=None, raw=json.dumps(changed_tree).encode())


def with_fields(route: Route, **fields: object) -> Lever:
    """Whatever is asked for on this route has these fields."""
    return lambda sim: sim.faults.add(mangled(route, lambda answer: of(answer, lambda row: {**row, **fields})))


@on_both
def test_an_order_that_was_booked_before_the_gateway_gave_up_is_one_order_and_is_found(stage: Stage) -> None:
    stage.turn(lambda sim: sim.faults.add(spoiled(POST, UPSTREAM_TIMEOUT)))

    assert stage.broker.submit(FAR).answer is Answer.UNKNOWN
    assert stage.broker.find(FAR) is not None
    assert len(stage.broker.read("ira").open_orders) == 1


@on_both
def test_an_order_that_a_gateway_swallowed_is_unknown_and_not_found(stage: Stage) -> None:
    stage.turn(lambda sim: sim.faults.add(answered(POST, BAD_GATEWAY)))

    assert stage.broker.submit(FAR).answer is Answer.UNKNOWN
    assert stage.broker.find(FAR) is None
    assert stage.broker.read("ira").open_orders == ()


@on_both
def test_a_page_in_place_of_an_answer_is_for_later(stage: Stage) -> None:
    stage.turn(lambda sim: sim.faults.add(answered(READS, BAD_GATEWAY)))

    with pytest.raises(TryLater):
        stage.broker.read("ira")


@on_both
def test_too_many_questions_are_for_later(stage: Stage) -> None:
    stage.turn(lambda sim: sim.faults.add(answered(PRICES, TOO_MANY)))

    with pytest.raises(TryLater, match="fewer requests"):
        stage.broker.quotes(["VTI"])


@on_both
def test_what_was_filled_before_a_cancellation_is_booked(stage: Stage) -> None:
    stage.turn(lambda sim: sim.script_fills(fill_partly("0.5", then_the_rest=False), symbol="VTI"))
    receipt = stage.broker.submit(BUY)
    open_still = stage.broker.find(BUY, receipt.broker_id)
    stage.broker.cancel("ira", receipt.broker_id)
    ended = stage.broker.find(BUY, receipt.broker_id)

    assert open_still is not None
    assert ended is not None
    assert (open_still.state, open_still.filled) == (OrderState.PARTIAL, Shares.of(2))
    assert (ended.state, ended.filled) == (OrderState.CANCELED, Shares.of(2))
    assert stage.broker.read("ira").held[0].quantity == Shares.of(12)


@on_both
def test_money_that_came_in_is_in_the_history_once(stage: Stage) -> None:
    key = NUMBER if stage.broker.login() else KEY
    stage.turn(lambda sim: sim.deposit(key, "500"))
    entries = stage.broker.activities("ira", date(2025, 6, 1))

    assert [(entry.kind, entry.net) for entry in entries] == [(ActivityKind.DEPOSIT, Usd.of(500))]


@on_both
def test_the_exchange_is_shut_on_a_saturday(stage: Stage) -> None:
    stage.turn(lambda sim: sim.advance(timedelta(days=5)))
    reading = stage.broker.market()

    assert (reading.at.date(), reading.is_open) == (date(2026, 3, 7), False)


@on_alpaca
def test_words_that_nobody_knows_change_nothing(stage: Stage) -> None:
    before = stage.broker.read("ira")
    stage.turn(with_fields(Route.exact("GET", "/v2/positions"), exchange="MOON", asset_marginable="PERHAPS"))

    assert stage.broker.read("ira") == before


@on_alpaca
def test_an_order_in_a_state_that_nobody_knows_is_open(stage: Stage) -> None:
    stage.broker.submit(FAR)
    stage.turn(with_fields(Route.regex("GET", "/v2/orders.*"), status="quantum"))
    found = stage.broker.find(FAR)

    assert found is not None
    assert not found.state.is_final
    assert len(stage.broker.read("ira").open_orders) == 1


@on_schwab
def test_an_order_in_a_state_that_nobody_told_of_is_open(stage: Stage) -> None:
    receipt = stage.broker.submit(FAR)
    stage.turn(lambda sim: sim.show_status("AWAITING_THE_MOON", symbol="VTI"))
    found = stage.broker.find(FAR, receipt.broker_id)

    assert found is not None
    assert not found.state.is_final
    assert len(stage.broker.read("ira").open_orders) == 1


@on_alpaca
def test_a_key_that_is_not_accepted_wants_its_owner(stage: Stage) -> None:
    wrong = Said(status=401, body={"code": 40110000, "message": "access key verification failed"})
    stage.turn(lambda sim: sim.faults.add(answered(Route.exact("GET", "/v2/account"), wrong)))

    with pytest.raises(LogIn, match="does not accept the key"):
        stage.broker.read("ira")


@on_alpaca
def test_a_full_page_of_history_is_followed_by_the_next(stage: Stage) -> None:
    for _ in range(100):
        stage.turn(lambda sim: sim.deposit(KEY, "1"))

    assert len(stage.broker.activities("ira", date(2026, 3, 1))) == 100


@on_alpaca
def test_a_reimbursement_is_no_payday(stage: Stage) -> None:
    stage.turn(lambda sim: sim.enter(KEY, "JNLC", "0.06", description=REIMBURSED))
    (entry,) = stage.broker.activities("ira", date(2026, 3, 1))

    assert entry.kind is not ActivityKind.DEPOSIT
    assert entry.net == Usd.of("0.06")


@on_alpaca
def test_an_entry_that_was_taken_back_does_not_stand(stage: Stage) -> None:
    stage.turn(lambda sim: sim.enter(KEY, "CSD", "500", status="canceled"))
    (entry,) = stage.broker.activities("ira", date(2026, 3, 1))

    assert entry.reversed


@on_schwab
def test_no_positions_are_none_when_their_key_is_missing(stage: Stage) -> None:
    def without(answer: Said) -> Said:
        return of(answer, lambda row: {**row, "securitiesAccount": {**_inner(row), "positions": None}})

    stage.turn(lambda sim: sim.faults.add(mangled(Route.regex("GET", r"/trader/v1/accounts/\w{30,}"), without)))

    assert stage.broker.read("ira").held == ()


@on_schwab
def test_a_receipt_may_lead_by_a_relative_address(stage: Stage) -> None:
    stage.turn(lambda sim: sim.faults.add(changed(POST, locations.relative)))
    receipt = stage.broker.submit(FAR)
    found = stage.broker.find(FAR, receipt.broker_id)

    assert (receipt.answer, found is not None) == (Answer.ACCEPTED, True)


@on_schwab
def test_a_receipt_without_an_address_leaves_the_order_to_be_looked_for(stage: Stage) -> None:
    stage.turn(lambda sim: sim.faults.add(changed(POST, locations.missing)))

    assert stage.broker.submit(FAR).answer is Answer.UNKNOWN
    assert stage.broker.find(FAR) is not None


@on_schwab
def test_a_receipt_that_names_another_order_does_not_mislead(stage: Stage) -> None:
    first = stage.broker.submit(replace(FAR, symbol="BND", limit_price=Decimal("50.00")))
    stage.turn(lambda sim: sim.faults.add(changed(POST, locations.of_another_order)))
    second = stage.broker.submit(FAR)
    found = stage.broker.find(FAR, second.broker_id)

    assert second.broker_id == first.broker_id
    assert found is not None
    assert found.broker_id != first.broker_id


@on_schwab
def test_a_hash_that_changes_in_the_middle_of_a_run_is_looked_up_again(stage: Stage) -> None:
    before = stage.broker.read("ira")
    stage.turn(lambda sim: sim.rotate_hashes())

    assert stage.broker.read("ira") == before


@on_schwab
def test_an_account_number_in_an_answer_never_reaches_the_owner(stage: Stage) -> None:
    refusal = Said(status=400, body={"message": f"Invalid account number {NUMBER}"})
    stage.turn(lambda sim: sim.faults.add(answered(READS, refusal, times=First(9))))

    with pytest.raises(RebaloopError) as told:
        stage.broker.read("ira")
    assert NUMBER not in str(told.value)


@on_schwab
def test_a_dividend_that_bought_shares_is_told_as_such(stage: Stage) -> None:
    stage.turn(lambda sim: sim.reinvest(NUMBER, "VTI"))
    stage.turn(lambda sim: sim.advance_to(datetime.fromisoformat("2026-03-06T15:00:00-05:00")))
    trades = [one for one in stage.broker.activities("ira", date(2026, 3, 1)) if one.kind is ActivityKind.TRADE]

    assert [(one.symbol, one.side, one.reinvested, one.order_id) for one in trades] == [("VTI", Side.BUY, True, "")]


@on_schwab
def test_a_long_history_comes_in_parts_and_each_entry_once(stage: Stage) -> None:
    receipt = stage.broker.submit(BUY)
    stage.broker.find(BUY, receipt.broker_id)
    (entry,) = stage.broker.activities("ira", date(2025, 4, 1))

    assert entry.order_id == receipt.broker_id


def _inner(row: dict[str, object]) -> dict[str, object]:
    account = row["securitiesAccount"]
    assert isinstance(account, dict)
    return account
