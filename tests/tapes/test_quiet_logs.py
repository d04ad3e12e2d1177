"""A whole run at DEBUG, with every library logging all it has, tells no secret of either broker."""

from __future__ import annotations

import io
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
import structlog

from adapters.brokers.schwab.token_file import TokenFile
from adapters.simulator.faults.broken import BAD_GATEWAY
from adapters.simulator.faults.kinds import answered
from adapters.simulator.faults.route import First, Route
from adapters.simulator.server import SimulatedBroker
from adapters.simulator.wire import Answer
from bot.domain.errors import RebaloopError
from tests.adapters.test_broker_contract import BUY, FAR, UNPAYABLE
from tests.tapes.worlds import KEY, NUMBER, SECRET, Stage, alpaca, schwab

READS = Route.regex("GET", r"/v2/account|/trader/v1/accounts/\w{30,}")


class Everything(logging.Handler):
    """Keeps every line, however low its level, with its traceback."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())
        if record.exc_info:
            self.lines.append("".join(traceback.format_exception(*record.exc_info)))


@contextmanager
def everything_is_logged() -> Iterator[list[str]]:
    """The root logger at DEBUG; the events of the house go the same way."""
    handler, root, events = Everything(), logging.getLogger(), io.StringIO()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(events), cache_logger_on_first_use=False)
    try:
        yield handler.lines
    finally:
        handler.lines.append(events.getvalue())
        structlog.reset_defaults()
        root.setLevel(level)
        root.removeHandler(handler)


def run(stage: Stage) -> list[str]:
    """Everything that a run asks, errors included; what was said of them."""
    broker = stage.broker
    said = [repr(broker)]
    for intent in (BUY, FAR, UNPAYABLE, replace(BUY, limit_price=Decimal(0))):
        said.append(str(broker.preview(intent)))
        receipt = broker.submit(intent)
        said += [str(receipt), str(broker.find(intent, receipt.broker_id))]
        if receipt.broker_id:
            broker.cancel("ira", receipt.broker_id)
    said += [str(broker.read("ira")), str(broker.activities("ira", date(2026, 1, 1))), str(broker.quotes(["VTI"]))]
    said += [str(broker.market()), str(broker.login()), str(broker.order_ids("ira")), str(broker.capabilities())]
    return said + failures(stage)


def failures(stage: Stage) -> list[str]:
    """What is told of answers that name the account, are a page, or do not know the login."""
    said = []
    told = {"code": 42210000, "message": f"no account {NUMBER} for {KEY} with {SECRET}"}
    for answer in (Answer(status=422, body=told), Answer(status=401, body=told), BAD_GATEWAY):
        stage.turn(partial(fail, answer))
        try:
            stage.broker.read("ira")
        except RebaloopError as problem:
            said += [repr(problem), "".join(traceback.format_exception(problem))]
    return said


def fail(answer: Answer, sim: SimulatedBroker) -> None:
    """Answer the next questions so."""
    sim.faults.clear()
    sim.faults.add(answered(READS, answer, times=First(4)))


@pytest.mark.parametrize("name", ["alpaca", "schwab"])
def test_no_secret_is_in_any_line_of_a_whole_run(name: str, tmp_path: Path) -> None:
    opener = {"alpaca": alpaca, "schwab": schwab}[name]
    with everything_is_logged() as lines, opener(tmp_path, "") as stage:
        said = run(stage)
        secrets = {KEY, SECRET, *secrets_of(stage, tmp_path)}
    text = "\n".join([*said, *lines])

    assert len(said) > 20
    assert not {secret[:6] for secret in secrets if secret in text}


def secrets_of(stage: Stage, folder: Path) -> set[str]:
    """What the broker and the login know and nobody else may read."""
    assert stage.sim is not None
    if stage.broker.login() is None:
        return {book.opening.number for book in stage.sim.books.values()}
    stored = TokenFile(folder / "tokens" / "alex.json", login="alex").load()
    return {NUMBER, stage.sim.account_hash(NUMBER), stored.access_token, stored.refresh_token}


def test_the_libraries_do_tell_when_nobody_hushes_them(tmp_path: Path) -> None:
    library = logging.getLogger("urllib3")
    level = library.level
    library.setLevel(logging.NOTSET)  # an earlier test may have hushed it
    with everything_is_logged() as lines, alpaca(tmp_path, "") as stage:
        stage.broker.read("ira")
    library.setLevel(level)

    assert any("/v2/positions" in line for line in lines)
