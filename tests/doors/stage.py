"""A terminal, and a household on disk whose accounts are kept by simulated brokers on the loopback."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adapters.simulator.books.account import AccountBook, OpeningPosition, SimulatedAccount
from adapters.simulator.books.orders import SimulatedOrder
from adapters.simulator.market.clock import NEW_YORK
from adapters.simulator.market.exchange import Asset, Market
from adapters.simulator.market.prices import PricePath
from adapters.simulator.server import SimulatedBroker
from adapters.store.ledger import SqliteLedger
from bot.cli.main import main
from bot.domain.orders import OrderRecord
from bot.domain.plan import Proposal

Tree = dict[str, Any]
PRICES = {"VTI": "100", "BND": "50", "VXUS": "60"}
CLASSES = {"VTI": "stocks", "BND": "bonds", "VXUS": "intl"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command left on the terminal."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[Tree]:
        """Standard output as JSON Lines; fails when it is anything else."""
        return [json.loads(line, parse_float=Decimal) for line in self.out.splitlines()]

    @property
    def only(self) -> Tree:
        """The one object on standard output."""
        (found,) = self.objects
        return found


class Terminal:
    """Runs commands in this process and remembers everything that they wrote."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self._monkeypatch = monkeypatch
        self.transcript = ""

    def __call__(self, *words: object, typed: str = "") -> Said:
        """The command, with what a person types at its prompt."""
        self._monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main([str(word) for word in words])
        out, err = self._capsys.readouterr()
        self.transcript += out + err
        assert isinstance(left.value.code, int)
        return Said(code=left.value.code, out=out, err=err)


def ten_o_clock(on: date) -> datetime:
    """Half an hour into a session."""
    return datetime(on.year, on.month, on.day, 10, tzinfo=NEW_YORK)


def a_broker(*accounts: SimulatedAccount) -> SimulatedBroker:
    """Monday 2026-03-02, 10:00, flat prices."""
    market = Market(
        start_at=ten_o_clock(date(2026, 3, 2)),
        assets=tuple(Asset(symbol=symbol) for symbol in PRICES),
        prices={symbol: PricePath.flat(price) for symbol, price in PRICES.items()},
    )
    return SimulatedBroker(market=market, accounts=accounts)


def an_account(
    name: str, shares: Mapping[str, int], *, number: str = "", key: str = "", secret: str = ""
) -> SimulatedAccount:
    """An account at the broker without cash, its shares bought long ago at $10 each."""
    return SimulatedAccount(
        name=name,
        key_id=key or f"PK{name.upper()}",
        secret_key=secret or f"made-up-secret-of-{name}",
        cash=Decimal(0),
        account_number=number,
        positions=tuple(
            OpeningPosition(symbol=symbol, qty=Decimal(count), cost=Decimal(count * 10), acquired_on=date(2015, 6, 1))
            for symbol, count in shares.items()
        ),
    )


@dataclass(kw_only=True)
class Home:
    """A settings file with its accounts; change `tree` and `furnish` again for another one."""

    folder: Path
    tree: Tree
    brokers: Sequence[SimulatedBroker] = field(default_factory=tuple)

    @property
    def settings(self) -> Path:
        return self.folder / "household.yaml"

    def furnish(self) -> None:
        """Write the settings file."""
        self.settings.write_text(json.dumps(self.tree, indent=1), encoding="utf-8")

    def change(self, **top: object) -> None:
        """The same settings with other values at the top."""
        self.tree = {**self.tree, **top}
        self.furnish()

    @property
    def posts(self) -> int:
        """How many orders were sent to any broker, taken or not."""
        return sum(line.method == "POST" for broker in self.brokers for line in broker.requests)

    def book(self, account: str) -> AccountBook:
        """The broker's own book of an account."""
        return next(b.books[f"PK{account.upper()}"] for b in self.brokers if f"PK{account.upper()}" in b.books)

    def served(self, account: str) -> list[SimulatedOrder]:
        """The broker's own orders of an account, oldest first."""
        return list(self.book(account).orders.values())

    @property
    def proposals(self) -> list[Proposal]:
        with SqliteLedger(self.folder / "ledger.sqlite3") as ledger:
            return [proposal for proposal, _ in ledger.proposals()]

    @property
    def orders(self) -> list[OrderRecord]:
        with SqliteLedger(self.folder / "ledger.sqlite3") as ledger:
            return list(ledger.orders())

    @property
    def letters(self) -> list[str]:
        """The letters, oldest first, subject and all."""
        return [path.read_text(encoding="utf-8") for path in sorted((self.folder / "letters").glob("*.eml"))]

    def written(self) -> bytes:
        """Everything under the folder but the keys themselves."""
        files = [path for path in sorted(self.folder.rglob("*")) if path.is_file() and path.suffix != ".key"]
        return b"\n".join(path.read_bytes() for path in files)


def build(
    folder: Path, brokers: Sequence[SimulatedBroker], targets: Mapping[str, int], kinds: Mapping[str, str]
) -> Home:
    """A household over the accounts of running brokers; `kinds` says of each account by name what it is."""
    accounts = [_account_part(folder, broker, kinds) for broker in brokers]
    tree: Tree = {
        "id": "home",
        "mode": "paper",
        "policy": {"targets_pct": dict(targets), "min_trade_usd": 500},
        "limits": {"order_pct": 50, "day_pct": 100},
        "securities": {symbol: {"class": CLASSES[symbol]} for symbol in PRICES if CLASSES[symbol] in targets},
        "accounts": [part for parts in accounts for part in parts],
    }
    home = Home(folder=folder, tree=tree, brokers=brokers)
    home.furnish()
    return home


def _account_part(folder: Path, broker: SimulatedBroker, kinds: Mapping[str, str]) -> list[Tree]:
    parts = []
    for book in broker.books.values():
        opening = book.opening
        for name, secret in (("id", opening.key_id), ("secret", opening.secret_key)):
            path = folder / f"{opening.name}-{name}.key"
            path.touch(mode=0o600)
            path.write_text(secret or "", encoding="ascii")
        parts.append(
            {
                "id": opening.name,
                "kind": kinds[opening.name],
                "broker": "alpaca",
                "host": broker.url,
                "credentials": {
                    "key_id": {"file": f"{opening.name}-id.key"},
                    "secret_key": {"file": f"{opening.name}-secret.key"},
                },
                "menu": ["VTI", "BND"],
            }
        )
    return parts
