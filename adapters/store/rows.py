"""Rows of the ledger's tables as nouns, and nouns as rows."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache

from bot.domain.errors import Reconcile
from bot.domain.money import SHARE_STEP, Shares, exact
from bot.domain.orders import Intent, OrderRecord, OrderState
from bot.domain.snapshot import Side

SELECT_ORDERS = (
    "SELECT client_order_id, plan, line, attempt, account, side, symbol, quantity, limit_price, "
    "state, intended_at, coalesce(broker_id, ''), filled, average_price, evidence, dearest_first, baseline "
    "FROM intent WHERE ? IN ('', plan) ORDER BY rowid"
)
_LARGEST_INTEGER = 2**63 - 1


def instant_text(at: datetime) -> str:
    """An aware instant as text of one width in UTC, so that earlier is smaller."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def decimal_text(number: Decimal | None) -> str | None:
    """A decimal without exponent and trailing zeros; None stays None."""
    return None if number is None else Shares(number).plain


def nano_shares(shares: Shares) -> int:
    """The count in billionths of a share, which SQL can compare; Reconcile for what no broker can have filled."""
    nano = shares.count / SHARE_STEP
    if nano != nano.to_integral_value() or not 0 <= nano <= _LARGEST_INTEGER:
        raise Reconcile(f"No broker fills {shares} shares.")
    return int(nano)


def storable(text: str) -> str:
    """The text with half characters, which a broker's JSON may hold and SQLite may not, written out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def intent_row(intent: Intent, at: datetime) -> dict[str, str | int | None]:
    """The columns of a new intent that is about to be sent."""
    return {
        "client_order_id": intent.client_order_id,
        "plan": intent.plan,
        "line": intent.line,
        "attempt": intent.attempt,
        "account": intent.account,
        "side": intent.side.value,
        "symbol": intent.symbol,
        "quantity": intent.quantity.plain,
        "limit_price": decimal_text(intent.limit_price),
        "intended_at": instant_text(at),
        "dearest_first": int(intent.dearest_first),
        "baseline": json.dumps(intent.baseline),
    }


@lru_cache(maxsize=1024)
def order_record(row: sqlite3.Row | tuple[str, ...]) -> OrderRecord:
    """An order from its row of `SELECT_ORDERS`; Reconcile where the row is not the one that was written."""
    intent = Intent(
        plan=row[1],
        line=int(row[2]),
        attempt=int(row[3]),
        account=row[4],
        side=Side(row[5]),
        symbol=row[6],
        quantity=Shares.of(row[7]),
        limit_price=exact(row[8]),
        dearest_first=bool(row[15]),
        baseline=tuple(json.loads(row[16], parse_float=Decimal)),
    )
    if intent.client_order_id != row[0]:
        raise Reconcile(f"The order {row[0]} in the ledger is not the one that was written down.")
    return OrderRecord(
        intent=intent,
        state=OrderState(row[9]),
        intended_at=datetime.fromisoformat(row[10]),
        broker_id=row[11],
        filled=Shares.of(row[12]),
        average_price=None if row[13] is None else exact(row[13]),
        evidence=row[14],
    )
