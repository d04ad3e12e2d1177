"""Words that every letter shares: modes, counts, moments, and text from outside made fit to be read."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.domain.discretion import HIDDEN, hidden
from bot.domain.money import Usd
from bot.domain.orders import OrderRecord, OrderState
from bot.domain.plan import Environment
from bot.domain.snapshot import Side

WIDTH = 76
LONGEST_SUBJECT = 140
NEW_YORK = ZoneInfo("America/New_York")
MODES = {
    Environment.DRY_RUN: "Dry run: nothing is ever sent.",
    Environment.PAPER: "Paper: orders reach a paper account or a simulated broker, and no real money.",
    Environment.LIVE: "Live: orders reach a real account.",
}
_LONG_WORD = re.compile(r"[\w+=~-]{20,}")
# Names that are no secrets, and that somebody may have to look for at the broker.
_ORDER_ID = re.compile(r"rl-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def mode(environment: Environment) -> str:
    """`dry run`, `paper` or `live`."""
    return environment.value.replace("_", " ")


def subject(environment: Environment, title: str) -> str:
    """A subject: program and mode, then what it is about, on one line and not too long."""
    line = f"[rebaloop {mode(environment)}] {clean(title)}"
    return line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 3].rstrip()}..."


def clean(text: str) -> str:
    """Text from outside as one printable line: no breaks, no control or direction signs, no account's number, no key.

    Long words of letters and digits mixed look like keys and tokens; only ids of orders stay.
    """
    line = " ".join(text.split())
    if not line.isprintable():
        line = "".join(sign if sign.isprintable() else "?" for sign in line)
    return _LONG_WORD.sub(_unless_key, hidden(line))


def _unless_key(found: re.Match[str]) -> str:
    word = found[0]
    mixed = any(sign.isdigit() for sign in word) and any(sign.isalpha() for sign in word)
    return HIDDEN if mixed and not _ORDER_ID.fullmatch(word) else word


def count(number: int, thing: str) -> str:
    """`1 order`, `2 orders`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def percent(part: Usd, whole: Usd) -> str:
    """A share of the whole with one decimal; 0.0% of nothing."""
    share = Decimal(part.cents) * 100 / whole.cents if whole else Decimal(0)
    return f"{share:.1f}%"


def moment(at: datetime) -> str:
    """`Wednesday 2026-03-04 16:00 New York time`."""
    return f"{at.astimezone(NEW_YORK):%A %Y-%m-%d %H:%M} New York time"


def fate(order: OrderRecord) -> str:
    """What became of an order, with the broker's words where they say more than its state does."""
    intent = order.intent
    at = f" at {order.average_price:f}" if order.average_price is not None and order.filled else ""
    told = order.state is OrderState.FILLED or not order.evidence or order.evidence.startswith(order.state.value)
    why = "" if told else f" ({order.evidence})"
    verb = "bought" if intent.side is Side.BUY else "sold"
    done = f"{verb} {order.filled} of {intent.quantity} {intent.symbol}{at}"
    return clean(f"{intent.account}: {done}, {order.state.value.replace('_', ' ')}{why}")


def wrapped(text: str, *, indent: str = "") -> str:
    """A paragraph that fits a terminal."""
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent)


def bullets(title: str, entries: Iterable[str], *, mark: str = "-") -> str:
    """A title and its entries, each with a mark; nothing where there are none."""
    after = " " * (len(mark) + 3)
    rows = [textwrap.fill(one, WIDTH, initial_indent=f"  {mark} ", subsequent_indent=after) for one in entries]
    return "\n".join([title, *rows]) if rows else ""


def paragraphs(parts: Iterable[str]) -> str:
    """The parts that say something, an empty line between them."""
    return "\n\n".join(part for part in parts if part) + "\n"
