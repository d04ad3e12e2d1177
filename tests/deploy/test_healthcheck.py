"""`rebaloop healthcheck`: 0 when all is well, 1 when not, and nobody is asked over the network."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.clock import SystemClock
from adapters.halt_file import HaltFile
from adapters.store.ledger import SqliteLedger
from bot.domain.facts import LegTicked
from tests.deploy.ledgers import a_ledger_of
from tests.doors.stage import Home, Said, Terminal


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """A household with one account in a file, and books in which something was just written down."""
    tree = {
        "id": "home",
        "policy": {"targets_pct": {"stocks": 100}},
        "securities": {"VTI": {"class": "stocks", "price": 100}},
        "accounts": [{"id": "work", "kind": "401k", "broker": "statement", "file": "work.csv", "menu": ["VTI"]}],
    }
    path = tmp_path / "household.yaml"
    path.write_text(json.dumps(tree), encoding="ascii")
    _tick(tmp_path, timedelta())
    return path


def _tick(folder: Path, ago: timedelta) -> None:
    with SqliteLedger(folder / "ledger.sqlite3") as ledger:
        ledger.record(LegTicked(at=SystemClock().now() - ago, plan="made-up", line=1))


def check(rebaloop: Terminal, settings: Path) -> Said:
    return rebaloop("healthcheck", "--settings", settings)


def test_all_is_well(rebaloop: Terminal, settings: Path) -> None:
    said = check(rebaloop, settings)

    assert (said.code, said.out) == (0, "ok\n")


def test_books_in_which_nothing_happens_any_more_are_a_sign(rebaloop: Terminal, settings: Path) -> None:
    settings.with_name("ledger.sqlite3").unlink()
    _tick(settings.parent, timedelta(days=6))

    assert check(rebaloop, settings).code == 1
    assert rebaloop("healthcheck", "--settings", settings, "--days", "7").code == 0


def test_a_brake_that_was_pulled_is_a_sign(rebaloop: Terminal, settings: Path) -> None:
    HaltFile(settings.with_name("HALT")).pull("looking")

    said = check(rebaloop, settings)

    assert (said.code, said.out) == (1, "Halted: looking\n")


@pytest.mark.parametrize("spoil", ["missing", "damaged", "older", "wrong settings"])
def test_what_cannot_be_read_is_a_sign(rebaloop: Terminal, settings: Path, spoil: str) -> None:
    ledger = settings.with_name("ledger.sqlite3")
    match spoil:
        case "missing":
            ledger.unlink()
        case "damaged":
            ledger.write_bytes(b"no ledger" * 1000)
        case "older":
            ledger.unlink()
            a_ledger_of(2, ledger)
        case _:
            settings.write_text("{}", encoding="ascii")

    assert check(rebaloop, settings).code == 1


def test_nobody_is_asked(rebaloop: Terminal, home: Home) -> None:
    rebaloop("run")
    asked = len(home.brokers[0].requests)

    assert rebaloop("healthcheck").code == 0
    assert len(home.brokers[0].requests) == asked
