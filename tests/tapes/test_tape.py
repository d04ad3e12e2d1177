"""A tape answers what was recorded and nothing else, and is the same whenever it is recorded."""

from __future__ import annotations

import socket
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import requests
from vcr.errors import CannotOverwriteExistingCassetteException

from bot.domain.money import Shares
from bot.domain.orders import Answer, Intent
from bot.domain.snapshot import Side
from tests.adapters.test_broker_contract import BUY, FAR
from tests.tapes.network import NetworkUsed, no_network
from tests.tapes.record import check_origin, record, scenes
from tests.tapes.tape import FOLDER, SIMULATED_HOSTS, exchanges_of, metadata_of, playing
from tests.tapes.worlds import NOBODY, RECORDED, Opener, Stage, alpaca_tape, schwab_tape, tape_of

TAPES = sorted(FOLDER.glob("*/*.yaml"))
SIMULATED = [path for path in TAPES if path.name.endswith(".sim.yaml")]
FILLED = "a_filled_order_has_moved_cash_and_shares"
CANCELLED = "a_cancelled_order_is_found_cancelled"
on_tape = pytest.mark.parametrize("opener", [alpaca_tape, schwab_tape])


def order(stage: Stage, intent: Intent) -> None:
    receipt = stage.broker.submit(intent)
    stage.broker.cancel("ira", receipt.broker_id)
    stage.broker.find(intent)


def order_twice(stage: Stage) -> None:
    order(stage, FAR)
    assert stage.broker.submit(FAR).answer is Answer.UNKNOWN


@on_tape
@pytest.mark.parametrize(
    "changed",
    [
        replace(FAR, quantity=Shares.of(3)),
        replace(FAR, limit_price=Decimal("200.01")),
        replace(FAR, side=Side.SELL),
        replace(FAR, symbol="BND"),
    ],
)
def test_another_order_than_the_recorded_one_fails(opener: Opener, changed: Intent, tmp_path: Path) -> None:
    with (
        pytest.raises((AssertionError, CannotOverwriteExistingCassetteException), match=r"not on the tape|no recorded"),
        opener(tmp_path, CANCELLED) as stage,
    ):
        assert stage.broker.submit(changed).answer is Answer.UNKNOWN


@on_tape
def test_the_recorded_order_plays(opener: Opener, tmp_path: Path) -> None:
    with opener(tmp_path, CANCELLED) as stage:
        order(stage, FAR)


@on_tape
def test_a_second_post_fails(opener: Opener, tmp_path: Path) -> None:
    with (
        pytest.raises(AssertionError, match="not on the tape"),
        opener(tmp_path, CANCELLED) as stage,
    ):
        order_twice(stage)


@on_tape
def test_a_question_that_is_not_asked_any_more_fails(opener: Opener, tmp_path: Path) -> None:
    with (
        pytest.raises(AssertionError, match="record it anew"),
        opener(tmp_path, FILLED) as stage,
    ):
        stage.broker.submit(BUY)


def test_behind_a_tape_there_is_no_network() -> None:
    with (
        pytest.raises(AssertionError, match="the network was wanted"),
        playing(tape_of("alpaca", "another_account_is_not_answered_for")),
        socket.socket() as plug,
        pytest.raises(NetworkUsed),
    ):
        plug.connect(("127.0.0.1", 9))


@pytest.mark.parametrize("name", ["getaddrinfo", "gethostbyname", "create_connection"])
def test_no_name_is_looked_up(name: str) -> None:
    with no_network() as attempts, pytest.raises(NetworkUsed):
        getattr(socket, name)("localhost", 9)
    assert attempts == [name]


def test_a_client_without_a_tape_fails_too() -> None:
    with no_network() as attempts, pytest.raises(NetworkUsed):
        requests.get(NOBODY, timeout=1)
    assert attempts


@pytest.mark.parametrize("broker", RECORDED)
def test_every_tape_belongs_to_a_test_and_every_test_has_its_tape(broker: str) -> None:
    there = {path for path in SIMULATED if path.parent.name == broker}

    assert there == {tape_of(broker, name) for name, _ in scenes(broker)}


@pytest.mark.parametrize("broker", RECORDED)
@pytest.mark.parametrize("name", ["test_" + FILLED, "test_what_was_filled_before_a_cancellation_is_booked"])
def test_a_tape_is_recorded_the_same_to_the_byte(broker: str, name: str, tmp_path: Path) -> None:
    (again,) = record(broker, into=tmp_path, only=name)

    assert again.read_bytes() == tape_of(broker, name).read_bytes()


def test_what_the_simulator_has_not_answered_is_no_simulated_tape() -> None:
    answered = exchanges_of(tape_of("alpaca", FILLED))
    check_origin(answered)

    with pytest.raises(SystemExit, match="not answered by the simulator"):
        check_origin([*answered, replace(answered[0], headers={})])


@pytest.mark.parametrize("path", SIMULATED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_simulated_tape_says_that_it_is_one(path: Path) -> None:
    exchanges = exchanges_of(path)

    assert path.read_text(encoding="utf-8").startswith("# recorded_from: simulator\n")
    assert metadata_of(path) == {"recorded_from": "simulator", "broker": path.parent.name}
    assert all("x-broker-sim" in {name.lower() for name in one.headers} for one in exchanges)
    assert all(one.uri.startswith(SIMULATED_HOSTS[path.parent.name] + "/") for one in exchanges)


@pytest.mark.parametrize("path", SIMULATED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_was_scrubbed_has_its_true_length(path: Path) -> None:
    for exchange in exchanges_of(path):
        told = [values for name, values in exchange.headers.items() if name.lower() == "content-length"]

        assert told in ([], [(str(len(exchange.body)),)])
