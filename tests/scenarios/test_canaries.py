"""Planted secrets are in no mail, letter, page, log, ledger or traceback, whatever a broker or a mail server says."""

from __future__ import annotations

import logging
import re
import sqlite3
import traceback
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from adapters.brokers.schwab.token_file import TokenFile
from adapters.simulator.books.account import OpeningPosition
from adapters.simulator.books.orders import FILL_WHEN_SEEN, FillScript
from adapters.simulator.faults.fault import Fault
from adapters.simulator.market.exchange import Asset, Market
from adapters.simulator.market.prices import PricePath
from adapters.simulator.schwab.logins import SchwabAccount, SchwabLogin
from adapters.simulator.server import SimulatedBroker
from adapters.store.outbox import Outbox
from bot.cli.main import main
from bot.domain.post import Fate
from tests.adapters.mail.certificates import authority, server_context
from tests.adapters.mail.mailroom import Mailroom, mailroom
from tests.doors.stage import PRICES, Home, Terminal, an_account, build, ten_o_clock
from tests.scenarios.canaries import (
    CANARIES,
    KEPT,
    KNOWN,
    SAID,
    Trick,
    found_in,
    of_orders,
    of_questions,
    of_symbols,
    sentences,
)
from tests.scenarios.pages import pages

CALLBACK = "https://127.0.0.1:8182"
LOGIN_ADDRESS = re.compile(r"\S*/oauth/authorize\S*")  # the one place where an app's key must be shown: to its owner
PLAN = re.compile(r"P-\d{4}-\d\d-\d\d-[A-Z]")
SHARES = {"brokerage": {"VTI": 5000}, "rollover": {"VTI": 2000, "BND": 6000}}
KINDS = {"brokerage": "taxable", "rollover": "traditional"}
NUMBERS = {"brokerage": KEPT["schwab number"], "rollover": KEPT["other schwab number"]}


@dataclass(kw_only=True)
class Nest:
    """A household whose broker and mail server know canaries, and all that it has said to anybody."""

    home: Home
    broker: SimulatedBroker
    terminal: Terminal
    room: Mailroom
    key: str
    secrets: dict[str, str] = field(default_factory=dict)
    tracebacks: list[str] = field(default_factory=list)

    def fails(self, *words: str) -> None:
        """A command that may fail, with its whole traceback kept, as `--debug` shows it."""
        try:
            main(["--debug", *words])
        except SystemExit:
            return
        except Exception:  # noqa: BLE001 - whatever it is, it must tell nothing
            self.tracebacks.append(traceback.format_exc())

    def outputs(self, log: str) -> dict[str, str]:
        """Everything that has left the house or was written down, by where it is read."""
        with sqlite3.connect(self.home.folder / "ledger.sqlite3") as books:
            dump = "\n".join(books.iterdump())
        with Outbox(self.home.folder / "ledger.sqlite3") as outbox:
            kept = [outbox.letter(one.number)[1] for one in outbox.posted() if one.fate is not Fate.SENT]
        mails = "\n".join(read(one.content) for one in self.room.taken)
        return {
            "mails": mails,
            "outbox": "\n".join(map(read, kept)),
            "terminal": LOGIN_ADDRESS.sub("", self.terminal.transcript),
            "tracebacks": "\n".join(self.tracebacks),
            "log": log,
            "ledger": dump,
            "pages": "\n".join(pages(self.home.settings, KEPT["passphrase"], mails)),
            "files": "\n".join(self.files()),
        }

    def files(self) -> Iterator[str]:
        """All other files, but those that are meant to keep a secret."""
        for path in sorted(self.home.folder.rglob("*")):
            if path.is_file() and path.suffix not in {".key", ".token", ".pem"}:
                yield f"{path}\n{path.read_bytes().decode('utf-8', 'replace')}"


def read(message: bytes) -> str:
    """A message as it was sent, and its parts as a mail program shows them."""
    found = message_from_bytes(message, _class=EmailMessage, policy=default)
    parts = [part.get_content() for part in found.walk() if part.get_content_maintype() == "text"]
    return "\n".join([message.decode("ascii"), str(found["Subject"]), *parts])


# --- a household of each broker --------------------------------------------------------------------------------------
def market() -> Market:
    return Market(
        start_at=ten_o_clock(date(2026, 3, 2)),
        assets=tuple(Asset(symbol=symbol) for symbol in PRICES),
        prices={symbol: PricePath.flat(price) for symbol, price in PRICES.items()},
    )


def at_alpaca(stack: ExitStack, folder: Path) -> Home:
    """Both accounts at Alpaca, the second with every canary of its own."""
    one, two = (an_account(name, shares) for name, shares in SHARES.items())
    key, secret, number = (KEPT[f"alpaca {name}"] for name in ("key", "secret", "number"))
    two = an_account("rollover", SHARES["rollover"], key=key, secret=secret, number=number)
    broker = stack.enter_context(SimulatedBroker(market=market(), accounts=(one, two)))
    return build(folder, [broker], {"stocks": 60, "bonds": 40}, KINDS)


def at_schwab(stack: ExitStack, folder: Path) -> Home:
    """Both accounts behind one login."""
    accounts = tuple(
        SchwabAccount(
            name=name,
            number=NUMBERS[name],
            cash=Decimal(0),
            nickname=KEPT["nickname"],
            positions=tuple(
                OpeningPosition(symbol=symbol, qty=Decimal(n), cost=Decimal(n * 10), acquired_on=date(2015, 6, 1))
                for symbol, n in shares.items()
            ),
        )
        for name, shares in SHARES.items()
    )
    login = SchwabLogin(
        name="ann",
        app_key=KEPT["app key"],
        app_secret=KEPT["app secret"],
        callback_url=CALLBACK,
        accounts=accounts,
        rotates_refresh_token=True,
    )
    broker = stack.enter_context(SimulatedBroker(market=market(), schwab_logins=(login,)))
    home = build(folder, [], {"stocks": 60, "bonds": 40}, {})
    home.brokers = [broker]
    credentials = {"app_key": {"file": "app.key"}, "app_secret": {"file": "secret.key"}}
    login_part = {"broker": "schwab", "host": broker.url, "callback_url": CALLBACK, "token": "ann.token"}
    parts = [
        {
            "id": name,
            "kind": KINDS[name],
            "broker": "schwab",
            "login": "ann",
            "number": {"file": f"{name}.key"},
            "menu": ["VTI", "BND"],
        }
        for name in SHARES
    ]
    for name, secret in {"app": KEPT["app key"], "secret": KEPT["app secret"], **NUMBERS}.items():
        hide(folder / f"{name}.key", secret)
    home.change(logins={"ann": {**login_part, "credentials": credentials}}, accounts=parts)
    return home


def hide(path: Path, secret: str) -> None:
    path.touch(mode=0o600)
    path.write_text(secret, encoding="ascii")


MADE = {"alpaca": at_alpaca, "schwab": at_schwab}


@pytest.fixture
def nest(
    request: pytest.FixtureRequest, rebaloop: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Nest]:
    """The household of a broker, whose letters leave as mail after a login."""
    signer = authority(tmp_path)
    with ExitStack() as stack:
        home = MADE[request.param](stack, tmp_path)
        room = stack.enter_context(mailroom(starttls=server_context(tmp_path, signer), login=True))
        room.password = KEPT["mail password"]
        hide(tmp_path / "mail.key", KEPT["mail password"])
        mail = {"from": "bot@home.example", "to": "ann@home.example", "host": "127.0.0.1", "port": room.port}
        login = {"username": "ann", "password": {"file": "mail.key"}, "ca_file": signer.file.name}
        home.change(mail={**mail, **login}, page={"listen": "127.0.0.1:0"})
        monkeypatch.setenv("REBALOOP_SETTINGS", str(home.settings))
        key = KEPT["alpaca key"] if request.param == "alpaca" else NUMBERS["rollover"]
        made = Nest(home=home, broker=home.brokers[0], terminal=rebaloop, room=room, key=key)
        made.secrets = {one: KEPT[one] for one in KNOWN[request.param]}
        renew(made)
        rebaloop("passphrase", typed=f"{KEPT['passphrase']}\n")
        yield made


def log_in(nest: Nest) -> None:
    """As its owner does it once a week."""
    shown = nest.terminal("login", "ann").out
    way = next(line.strip() for line in shown.splitlines() if "oauth/authorize" in line)
    assert nest.terminal("login", "ann", "--url", nest.broker.schwab_login("ann", way)).code == 0


def tokens(nest: Nest) -> dict[str, str]:
    """What a login has brought, and what the broker calls the accounts."""
    stored = TokenFile(nest.home.folder / "ann.token", login="ann").load()
    day = f"{stored.logged_in_at:%m-%d}"
    hashes = {f"hash of {one}": nest.broker.account_hash(number) for one, number in NUMBERS.items()}
    return {f"access token of {day}": stored.access_token, f"refresh token of {day}": stored.refresh_token, **hashes}


# --- the loop, and all that can go wrong with it ---------------------------------------------------------------------
def a_plan(nest: Nest) -> str:
    """The id of a plan that waits: there is new money, and where an old plan is not over yet a new day."""
    for _ in range(4):
        nest.broker.deposit(nest.key, 40_000)
        said = nest.terminal("run")
        if said.code == 3:
            return str(PLAN.findall(said.out)[-1])
        nest.broker.advance(timedelta(days=1))
        renew(nest)
    raise AssertionError(nest.terminal.transcript[-3000:])


def renew(nest: Nest) -> None:
    """A login lasts for seven days."""
    if nest.home.tree.get("logins"):
        log_in(nest)
        nest.secrets |= tokens(nest)


def carry_out(nest: Nest, fault: Fault | None = None) -> None:
    """A plan, a yes, and the run that sends it, with something that goes wrong."""
    plan = a_plan(nest)
    if fault is not None:
        nest.broker.faults.add(fault)
    nest.terminal("approve", plan, "--yes", typed=f"{KEPT['passphrase']}\n")
    nest.fails("run")
    nest.broker.faults.clear()
    nest.broker.advance(timedelta(days=1))
    renew(nest)


def play(nest: Nest, trick: Trick) -> None:
    """Let the broker do it, in a run of its own."""
    if trick.of_an_order:
        carry_out(nest, trick.fault)
        return
    nest.broker.faults.add(trick.fault)
    nest.fails("run")
    if trick.is_shown:
        nest.terminal("status")
    nest.broker.faults.clear()


@pytest.mark.parametrize("nest", ["alpaca", "schwab"], indirect=True)
def test_no_canary_is_told_to_anybody(nest: Nest, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    words = [*nest.secrets.values(), *SAID.values()]
    told = sentences(words)
    for sentence in sentences([KEPT["mail password"], *SAID.values()]):
        nest.room.rcpt.append(f"451 {sentence}")
    for trick in (*of_questions(told), *of_symbols(words), *of_orders(told)):
        play(nest, trick)
    for sentence in told[:3]:
        nest.broker.script_fills(FillScript(rejected=sentence), symbol="BND")
        nest.broker.script_fills(FillScript(rejected=sentence), symbol="VTI")
        carry_out(nest)
    for symbol in ("BND", "VTI"):
        nest.broker.script_fills(FILL_WHEN_SEEN, symbol=symbol)
    carry_out(nest)
    for command in ("history", "letters", "lots", "plan", "explain", "status"):
        nest.terminal(command, "--json")
        nest.terminal(command)
    nest.terminal("letters", "--send-test")

    outputs = nest.outputs(caplog.text)
    assert all(len(outputs[where]) > 1000 for where in ("mails", "outbox", "terminal", "tracebacks", "ledger", "pages"))
    assert "\n".join(leaks(outputs, CANARIES | nest.secrets)) == ""


def leaks(outputs: Mapping[str, str], secrets: Mapping[str, str]) -> list[str]:
    """What was found where, with its surroundings."""
    return [
        f"{secret} in {where}: {around!r}"
        for where, text in outputs.items()
        for secret, around in found_in(text, secrets).items()
    ]


def test_more_than_twenty_are_planted() -> None:
    assert len(set(CANARIES.values())) == len(CANARIES) > 20


@pytest.mark.parametrize("where", ["mails", "ledger"])
def test_a_canary_would_be_seen(where: str) -> None:
    assert len(leaks({where: "so PK9XCANARYKEY is"}, CANARIES)) == 1
