"""A household that is well, and everything that it stands on: three brokers, a login, books, letters."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.simulator.books.account import OpeningPosition
from adapters.simulator.market.exchange import Asset, Dividend, Market
from adapters.simulator.market.prices import PricePath
from adapters.simulator.schwab.logins import SchwabAccount, SchwabLogin
from adapters.simulator.server import SimulatedBroker
from bot import log
from bot.cli.checks.checkup import check_up, this_machine
from bot.cli.checks.finding import Finding, Machine
from tests.doors.stage import Home, Terminal, a_broker, an_account, build, ten_o_clock

CALLBACK = "https://127.0.0.1:8182"
DAILY = {"drift_sessions": 1, "sweep": "never", "year_end": False, "digest_day": 0}
TEN = OpeningPosition(symbol="VTI", qty=Decimal(10), cost=Decimal(500), acquired_on=date(2015, 6, 1))
KINDS = {"brokerage": "taxable", "rollover": "traditional"}


@dataclass(kw_only=True)
class Ward:
    """A household that is well: Alpaca keeps two of its accounts, Schwab a third, each on a broker of its own."""

    home: Home
    terminal: Terminal
    schwab: SimulatedBroker
    machine: Machine

    @property
    def ledger(self) -> Path:
        return self.home.folder / "ledger.sqlite3"

    @property
    def token(self) -> Path:
        return self.home.folder / "anna.json"

    def look(self, *, mail: bool = False) -> list[Finding]:
        log.set_up(quiet=True)
        return list(check_up(self.home.settings, self.machine, mail=mail))

    def log_in(self) -> None:
        """Log in at Schwab, as its owner does once a week."""
        way = next(line for line in self.terminal("login", "anna").out.splitlines() if "oauth/authorize" in line)
        assert self.terminal("login", "anna", "--url", self.schwab.schwab_login("anna", way.strip())).code == 0

    def sql(self, *statements: str) -> None:
        """Change the books behind everybody's back."""
        with closing(sqlite3.connect(self.ledger, isolation_level=None)) as books:
            for statement in statements:
                books.execute(statement)
            books.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def account(self, name: str) -> dict[str, object]:
        """What the settings say of an account."""
        found: dict[str, object] = next(one for one in self.home.tree["accounts"] if one["id"] == name)
        return found


@pytest.fixture
def ward(tmp_path: Path, rebaloop: Terminal, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ward]:
    brokers = (
        a_broker(an_account("brokerage", {"VTI": 5000})),
        a_broker(an_account("rollover", {"VTI": 2000, "BND": 6000})),
    )
    anna = SchwabLogin(
        name="anna",
        app_key="made-up-key",
        app_secret="made-up-secret",
        callback_url=CALLBACK,
        accounts=(SchwabAccount(name="joint", number="40001678", cash=Decimal(100), positions=(TEN,)),),
    )
    days = {"ex_on": date(2026, 3, 3), "record_on": date(2026, 3, 3), "pay_on": date(2026, 3, 4)}
    market = Market(
        start_at=ten_o_clock(date(2026, 3, 2)),
        assets=(Asset(symbol="VTI"),),
        prices={"VTI": PricePath.flat("100")},
        dividends=(Dividend(symbol="VTI", per_share=Decimal(1), **days),),
    )
    with brokers[0], brokers[1], SimulatedBroker(market=market, schwab_logins=[anna]) as schwab:
        home = build(tmp_path, brokers, {"stocks": 60, "bonds": 40}, KINDS)
        _add_schwab(home, schwab, monkeypatch)
        monkeypatch.setenv("REBALOOP_SETTINGS", str(home.settings))
        machine = replace(this_machine(), exposure=lambda: None)
        ward = Ward(home=home, terminal=rebaloop, schwab=schwab, machine=machine)
        ward.log_in()
        assert rebaloop("run", "--due").code == 3
        yield ward


def _add_schwab(home: Home, schwab: SimulatedBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("APP_KEY", "made-up-key"), ("APP_SECRET", "made-up-secret"), ("JOINT", "40001678")):
        monkeypatch.setenv(name, value)
    home.tree["logins"] = {
        "anna": {
            "broker": "schwab",
            "host": schwab.url,
            "callback_url": CALLBACK,
            "token": "anna.json",
            "credentials": {"app_key": {"env": "APP_KEY"}, "app_secret": {"env": "APP_SECRET"}},
        }
    }
    joint = {"id": "joint", "kind": "taxable", "broker": "schwab", "login": "anna", "number": {"env": "JOINT"}}
    home.tree["accounts"].append({**joint, "menu": ["VTI"], "role": "instructed"})
    home.change(schedule=DAILY)
