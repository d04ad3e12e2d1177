"""A household at a simulated broker, over HTTP and the vendor's own client library, and the files that it lives in."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from adapters.brokers.alpaca.broker import AlpacaBroker
from adapters.brokers.schwab.access import Access
from adapters.brokers.schwab.broker import SchwabBroker
from adapters.brokers.schwab.line import Line
from adapters.calendar import ExchangeCalendar
from adapters.halt_file import NAME, HaltFile
from adapters.letters_folder import LettersFolder
from adapters.store.ledger import SqliteLedger
from bot.domain.facts import PlanProposed
from bot.domain.plan import Environment, Proposal
from bot.ports import Broker
from bot.services import cycle
from bot.services.approve import approve
from bot.services.house import House
from bot.services.propose import expiry
from bot.services.sync import take_snapshot
from bot.services.terms import code_version
from tests.chaos.prefab import MEMORY, POLICY, PRICES, SHAPES, TERMS as USUAL_TERMS, Shape, _plan
from tests.chaos.real.bank import APP_KEY, APP_SECRET, CALLBACK, LOGIN, Bank, a_bank
from tests.chaos.real.page import Page

KEYED, UNKEYED = KINDS = ("keyed", "unkeyed")
NUMBERS = {"ira": "11110001", "brokerage": "22220002"}
START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # ten o'clock in New York, on a Monday
CALENDAR = ExchangeCalendar()
TERMS = replace(USUAL_TERMS, polls=1)  # what fills later is looked up by a later run


@contextmanager
def a_folder() -> Iterator[Path]:
    """A new folder, in memory where the machine has such a place."""
    with tempfile.TemporaryDirectory(prefix="rebaloop-real-", dir=MEMORY if MEMORY.is_dir() else None) as name:
        yield Path(name)


@dataclass(frozen=True, kw_only=True)
class Home:
    """One household in its folder."""

    shape: Shape
    kind: str
    folder: Path
    url: str
    page: Page

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger.sqlite3"

    @property
    def halt(self) -> HaltFile:
        return HaltFile(self.folder / NAME)

    def keep(self, tokens: Mapping[str, object]) -> None:
        """Write down what a login at Schwab has brought; by this machine's own clock it never ends."""
        stored = {
            "creation_timestamp": int(self.page.now().timestamp()),
            "token": {**tokens, "expires_at": 4_102_444_800},
        }
        self._token.touch(mode=0o600)
        self._token.write_text(json.dumps(stored), encoding="ascii")

    def house(self, ledger: SqliteLedger) -> House:
        """Everything that a run has to ask, as `bot.wiring` plugs it together."""
        brokers = self.brokers()
        return House(
            household=self.shape.household,
            policy=POLICY,
            terms=TERMS,
            brokers=brokers,
            addresses=dict.fromkeys(brokers, Environment.PAPER),
            calendar=CALENDAR,
            clock=self.page,
            ledger=ledger,
            brake=self.halt,
            postbox=LettersFolder(self.folder / "letters", self.page),
            fallback_prices={},
        )

    def brokers(self) -> dict[str, Broker]:
        """The real adapters, opened anew."""
        names = [name for name, _, _ in self.shape.tills]
        return (
            {name: self._alpaca(name) for name in names} if self.kind == KEYED else dict.fromkeys(names, self._schwab)
        )

    def _alpaca(self, name: str) -> Broker:
        return AlpacaBroker(
            account=name,
            key_id=f"PK-{name}",
            secret_key="made-up",
            trading_url=self.url,
            data_url=self.url,
            environment=Environment.PAPER,
        )

    @property
    def _token(self) -> Path:
        return self.folder / "token.json"

    @cached_property
    def _schwab(self) -> Broker:
        access = Access(
            name=LOGIN,
            app_key=APP_KEY,
            app_secret=APP_SECRET,
            callback_url=CALLBACK,
            token_path=self._token,
            origin=self.url,
        )
        line = Line(access, environment=Environment.PAPER, clock=self.page)
        aliases = {name: NUMBERS[name] for name, _, _ in self.shape.tills}
        return SchwabBroker(line=line, aliases=aliases, environment=Environment.PAPER)


def plain(shape: Shape, kind: str) -> dict[str, Any]:
    """The household's broker as plain data."""
    prices = {symbol: str(Decimal(price).scaleb(-2)) for symbol, price in PRICES.items()}
    tills = {
        name: {
            "name": name,
            "cash": str(cash),
            "positions": [
                {"symbol": symbol, "qty": str(count), "cost": str(count * 40), "acquired_on": "2024-05-01"}
                for symbol, count in shares
            ],
        }
        for name, cash, shares in shape.tills
    }
    told: dict[str, Any] = {
        "start_at": START.isoformat(),
        "assets": [{"symbol": symbol, "path": {"flat": price}} for symbol, price in prices.items()],
    }
    if kind == KEYED:
        opened = [{**till, "key_id": f"PK-{name}", "secret_key": "made-up"} for name, till in tills.items()]
        return {**told, "accounts": opened}
    accounts = [{**till, "number": NUMBERS[name]} for name, till in tills.items()]
    login = {
        "name": LOGIN,
        "app_key": APP_KEY,
        "app_secret": APP_SECRET,
        "callback_url": CALLBACK,
        "accounts": accounts,
    }
    return {**told, "schwab_logins": [login]}


@dataclass(frozen=True)
class Prepared:
    """A ledger in which a shape's plan stands approved, as bytes."""

    shape: Shape
    kind: str
    ledger: bytes
    plan: str


def prepared(kinds: tuple[str, ...]) -> dict[str, list[Prepared]]:
    """All shapes at all kinds of broker, each looked at once over HTTP."""
    return {kind: [_prepared(shape, kind) for shape in SHAPES] for kind in kinds}


def _prepared(shape: Shape, kind: str) -> Prepared:
    page = Page()
    with a_folder() as folder, a_bank(plain(shape, kind), page) as bank:
        home = Home(shape=shape, kind=kind, folder=folder, url=bank.url, page=page)
        log_in(home, bank)
        with SqliteLedger(home.ledger) as ledger:
            plan = _approved(home, ledger)
        written = home.ledger.read_bytes()
        _warm_up(home, bank)
        return Prepared(shape, kind, written, plan)


def _warm_up(home: Home, bank: Bank) -> None:
    """Two whole runs, the second one with a new plan: whatever is loaded or compiled at first use is there by then."""
    with SqliteLedger(home.ledger) as ledger:
        cycle.run(home.house(ledger))
        bank.go_to(START + timedelta(days=1))
        cycle.run(home.house(ledger))


def log_in(home: Home, bank: Bank) -> None:
    """What a person does in a browser, where the broker wants it."""
    if home.kind == UNKEYED:
        home.keep(bank.tokens())


def _approved(home: Home, ledger: SqliteLedger) -> str:
    now = home.page.now()
    snapshot = take_snapshot(
        household=home.shape.household,
        brokers=home.brokers(),
        calendar=CALENDAR,
        clock=home.page,
        ledger=ledger,
        fallback_prices={},
    )
    proposal = Proposal(
        plan=_plan(home.shape),
        plan_id="P-2026-03-02-A",
        environment=TERMS.environment,
        created_at=now,
        expires_at=expiry(now, TERMS.expires_sessions, CALENDAR),
        snapshot_fingerprint=snapshot.fingerprint,
        settings_fingerprint=TERMS.settings_fingerprint,
        code_version=code_version(),
        price_collar_pct=TERMS.price_collar_pct,
    )
    ledger.record(PlanProposed(at=now, proposal=proposal))
    approve(plan_id=proposal.plan_id, code=proposal.code, by="test", clock=home.page, ledger=ledger)
    return proposal.fingerprint
