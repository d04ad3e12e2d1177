"""Tapes of the real brokers, for an owner with keys: scrubbed in memory, shown, and kept only after a yes.

Alpaca: the paper host alone, questions, and with `--with-order` one order far below the market that is taken back.
Schwab: questions alone; the connection lets nothing else out.
"""

from __future__ import annotations

import argparse
import os
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from adapters.brokers.alpaca.broker import AlpacaBroker
from adapters.brokers.schwab.access import Access
from adapters.brokers.schwab.hosts import REAL
from adapters.brokers.schwab.line import Line
from adapters.brokers.schwab.token_file import TokenFile
from adapters.clock import SystemClock
from bot.domain.money import Shares
from bot.domain.orders import Intent
from bot.domain.plan import Environment
from bot.domain.snapshot import Side
from tests.tapes.audit import secrets_in
from tests.tapes.exchange import Exchange
from tests.tapes.tape import FOLDER, recording, scrubbed, written

PAPER, PRICES = "https://paper-api.alpaca.markets", "https://data.alpaca.markets"
FUNDS = ("VTI", "BND")
MONTH = timedelta(days=30)
FAR_OFF = Intent(
    plan="tape",
    line=1,
    attempt=1,
    account="live",
    side=Side.BUY,
    symbol="VTI",
    quantity=Shares.of(1),
    limit_price=Decimal("10.00"),
)
Scene = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """Who is shown a tape and asked for a yes; no answer is a no."""

    say: Callable[[str], object]
    ask: Callable[[str], str]

    def agrees(self, question: str) -> bool:
        """Whether the answer is a plain yes."""
        try:
            return self.ask(question).strip().lower() in {"y", "yes"}
        except EOFError:
            return False


def alpaca_scenes(broker: AlpacaBroker, *, with_order: bool) -> dict[str, Scene]:
    """What is asked, by the name of its tape; only the last one, which has to be wanted, places an order."""

    def order() -> None:
        receipt = broker.submit(FAR_OFF)
        found = broker.find(FAR_OFF, receipt.broker_id)
        if found is not None:
            broker.cancel("live", found.broker_id)
        broker.find(FAR_OFF)

    today = broker.market().at.date()
    scenes: dict[str, Scene] = {
        "account": lambda: broker.read("live"),
        "history": lambda: broker.activities("live", today - MONTH),
        "market": broker.market,
        "quotes": lambda: broker.quotes(FUNDS),
        "absent_order": lambda: broker.find(FAR_OFF),
    }
    return {**scenes, "far_off_order": order} if with_order else scenes


def schwab_scenes(line: Line) -> dict[str, Scene]:
    """What is asked, by the name of its tape; each begins with the hashes, as a run does."""

    def of_each(question: Callable[[str], object]) -> Scene:
        return lambda: [question(row["hashValue"]) for row in _rows(line.account_numbers())]

    line.account_numbers()
    now = line.answered_at
    assert now is not None, "Schwab does not say what time it is"
    return {
        "accounts": line.accounts,
        "account": of_each(line.account),
        "orders": of_each(lambda key: line.orders(key, now - MONTH, now)),
        "transactions": of_each(lambda key: line.transactions(key, now - MONTH, now)),
        "quotes": lambda: line.quotes(FUNDS),
        "market_hours": lambda: line.market_hours(now.date()),
        "user_preferences": line.user_preferences,
        "instruments": lambda: line.instruments(FUNDS),
    }


def keep(
    broker: str,
    scenes: Mapping[str, Scene],
    *,
    origins: Mapping[str, str],
    secrets: Sequence[str],
    terminal: Terminal,
    into: Path = FOLDER,
) -> list[Path]:
    """Record each scene, show what is left of it, and write it after a yes.

    A scene that fails is recorded like the others: an error is what a tape is good for. A tape on which something
    looks like a secret is never written, whatever the answer.
    """
    kept = []
    for name, scene in scenes.items():
        exchanges = scrubbed(_heard(scene, terminal), origins, secrets)
        text = written(exchanges, broker=broker, source="live")
        for exchange in exchanges:
            terminal.say(shown(exchange))
        found = [*secrets_in(text), *("a word that was to be hidden" for word in secrets if word in text)]
        if not exchanges or found:
            terminal.say(f"{name}: not kept: {'; '.join(found) or 'nothing was said'}")
            continue
        if terminal.agrees(f"{name}: {len(exchanges)} exchanges. Is nothing of yours in them? save? [y/N] "):
            path = into / broker / f"{name}.live.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            kept.append(path)
    return kept


def shown(exchange: Exchange) -> str:
    """An exchange for the owner's eyes: all of it, as it would be kept."""
    sent = f"\n  sent: {exchange.request_body.decode()}" if exchange.request_body else ""
    marks = ", ".join(f"{name}: {' '.join(values)}" for name, values in exchange.headers.items())
    body = textwrap.indent(textwrap.fill(exchange.body.decode(), 110), "  ")
    return f"{exchange.method} {exchange.uri} -> {exchange.status}{sent}\n  {marks}\n{body}"


def main(arguments: argparse.Namespace) -> int:
    """The command; 0 when something was kept, 1 when nothing was."""
    terminal = Terminal(say=lambda text: sys.stdout.write(text + "\n"), ask=input)
    if arguments.broker == "alpaca":
        key, secret = _needed("APCA_API_KEY_ID"), _needed("APCA_API_SECRET_KEY")
        environment = Environment.PAPER if arguments.with_order else Environment.DRY_RUN
        broker = AlpacaBroker(
            account="live", key_id=key, secret_key=secret, trading_url=PAPER, data_url=PRICES, environment=environment
        )
        scenes = alpaca_scenes(broker, with_order=arguments.with_order)
        secrets, origins = [key, secret, *arguments.hide], {PAPER: PAPER, PRICES: PRICES}
    else:
        access = _access(arguments.token)
        scenes = schwab_scenes(Line(access, environment=Environment.DRY_RUN, clock=SystemClock()))
        stored = TokenFile(access.token_path, login=access.name).load()
        tokens = [stored.access_token, stored.refresh_token]
        secrets, origins = [access.app_key, access.app_secret, *tokens, *arguments.hide], {REAL: REAL}
    kept = keep(arguments.broker, scenes, origins=origins, secrets=secrets, terminal=terminal)
    terminal.say(f"{len(kept)} of {len(scenes)} tapes were kept")
    return 0 if kept else 1


def _heard(scene: Scene, terminal: Terminal) -> list[Exchange]:
    with recording() as tape:
        try:
            scene()
        except Exception as problem:  # noqa: BLE001 - what was said until then is kept all the same
            terminal.say(f"it ended with {type(problem).__name__}")
    return tape.exchanges


def _access(token: Path | None) -> Access:
    if token is None:
        raise SystemExit("--token FILE is needed: the token file that `rebaloop login` has made")
    return Access(
        name="live",
        app_key=_needed("SCHWAB_APP_KEY"),
        app_secret=_needed("SCHWAB_APP_SECRET"),
        callback_url=os.environ.get("SCHWAB_CALLBACK_URL", "https://127.0.0.1:8182"),
        token_path=token,
    )


def _needed(variable: str) -> str:
    value = os.environ.get(variable, "")
    if not value:
        raise SystemExit(f"{variable} is not set")
    return value


def _rows(listed: object) -> list[dict[str, str]]:
    return [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
