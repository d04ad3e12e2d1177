"""What the tests of the doors share: a terminal, and log lines that end with the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.doors.stage import Home, Terminal, a_broker, an_account, build


@pytest.fixture
def rebaloop(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """The command line, in this process."""
    for name in ("REBALOOP_SETTINGS", "REBALOOP_MODE", "REBALOOP_LEDGER", "REBALOOP_LETTERS", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    yield Terminal(capsys, monkeypatch)
    structlog.reset_defaults()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A $1m household, 70/30 instead of 60/40, whose rollover can take up all of it; its settings are the default."""
    brokerage, rollover = an_account("brokerage", {"VTI": 5000}), an_account("rollover", {"VTI": 2000, "BND": 6000})
    with a_broker(brokerage, rollover) as broker:
        kinds = {"brokerage": "taxable", "rollover": "traditional"}
        built = build(tmp_path, [broker], {"stocks": 60, "bonds": 40}, kinds)
        monkeypatch.setenv("REBALOOP_SETTINGS", str(built.settings))
        yield built
    assert broker.failures == []
