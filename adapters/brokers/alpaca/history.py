"""The account's history: fills and everything else that touched cash or shares, page by page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from adapters.brokers.alpaca.wire import Row, rows, whole_cents
from bot.domain.errors import Reconcile
from bot.domain.money import Shares
from bot.domain.readings import Activity, ActivityKind
from bot.domain.snapshot import Side

NEW_YORK = ZoneInfo("America/New_York")
PAGE = 100  # the largest page (Trading API reference, GET /v2/account/activities)
MOST_PAGES = 200
REVERSED = frozenset({"correct", "canceled"})
# https://docs.alpaca.markets/reference/getaccountactivities-2, "Activity Types"
KINDS = {
    "FILL": ActivityKind.TRADE,
    "CGD": ActivityKind.DIVIDEND,
    "DIVROC": ActivityKind.RETURN_OF_CAPITAL,
    "DIVFEE": ActivityKind.FEE,
    "INT": ActivityKind.INTEREST,
    "INTNRA": ActivityKind.INTEREST,
    "INTTW": ActivityKind.INTEREST,
    "CSD": ActivityKind.DEPOSIT,
    "CSR": ActivityKind.DEPOSIT,
    "CSW": ActivityKind.WITHDRAWAL,
    "JNL": ActivityKind.JOURNAL,
    "JNLC": ActivityKind.JOURNAL,
    "FEE": ActivityKind.FEE,
    "CFEE": ActivityKind.FEE,
    "PTC": ActivityKind.FEE,
    "PTR": ActivityKind.REIMBURSEMENT,
    "ACATS": ActivityKind.TRANSFER,
    "JNLS": ActivityKind.TRANSFER,
    "SPLIT": ActivityKind.SPLIT,
    "SSP": ActivityKind.SPLIT,
}
MOVES_SHARES = frozenset({ActivityKind.TRANSFER, ActivityKind.SPLIT, ActivityKind.OTHER})
GIVEN_BACK = "reimburse"  # a journal of this kind corrects an earlier charge: no new money


def kind_of(word: str, description: str = "") -> ActivityKind:
    """What a type of activity is to us; other words of the family DIV... are dividends, an unknown word is OTHER.

    A journal of cash that calls itself a reimbursement is one; every other journal is only that, and never a payday.
    """
    found = KINDS.get(word, ActivityKind.DIVIDEND if word.startswith("DIV") else ActivityKind.OTHER)
    if found is ActivityKind.JOURNAL and GIVEN_BACK in description.lower():
        return ActivityKind.REIMBURSEMENT
    return found


def parse_activity(raw: object, account: str) -> Activity:
    """One entry; its id is kept as it is and never read (its prefix is a local time)."""
    row = Row.of(raw, "activity")
    word = row.text("activity_type")
    return _fill(row, account) if word == "FILL" else _entry(row, account, word)


def _fill(row: Row, account: str) -> Activity:
    symbol, quantity, price = row.symbol(), row.shares("qty"), row.amount("price")
    try:
        side = Side(row.text("side"))
    except ValueError:
        raise Reconcile(f"A trade in {symbol} is neither a plain purchase nor a plain sale.") from None
    at = row.at("transaction_time")
    worth = quantity.count * price
    return Activity(
        activity_id=row.text("id"),
        account=account,
        kind=ActivityKind.TRADE,
        on=at.astimezone(NEW_YORK).date(),
        net=whole_cents(worth if side is Side.SELL else -worth),
        symbol=symbol,
        side=side,
        quantity=quantity,
        price=price,
        order_id=row.text("order_id", default=""),
        at=at,
        reversed=row.text("status", default="") in REVERSED,
        text=row.text("type", default=""),
    )


def _entry(row: Row, account: str, word: str) -> Activity:
    kind = kind_of(word, row.text("description", default=""))
    # A dividend's `qty` is the shares that it was paid on: none of them moved.
    moved = row.optional_number("qty") if kind in MOVES_SHARES else None
    return Activity(
        activity_id=row.text("id"),
        account=account,
        kind=kind,
        on=row.on("date"),
        net=whole_cents(row.optional_number("net_amount") or Decimal(0)),
        symbol=row.symbol() if row.text("symbol", default="") else "",
        quantity=Shares(moved or Decimal(0)),
        at=row.at("created_at") if row.has("created_at") else None,
        reversed=row.text("status", default="") in REVERSED,
        text=" ".join(part for part in (word, row.text("description", default="")) if part),
    )


def parse_activities(raw: object, account: str) -> tuple[Activity, ...]:
    """One page of entries, in the order in which it came."""
    return tuple(parse_activity(row.fields, account) for row in rows(raw, "activity"))


def read_all(fetch: Callable[[dict[str, str]], object], account: str, query: dict[str, str]) -> tuple[Activity, ...]:
    """Every entry of a question, oldest first, each once; `fetch` asks for one page.

    Raises:
        Reconcile: when the pages go in a circle, never end, or say two things of one entry.
    """
    seen: dict[str, Activity] = {}
    token = ""
    for _ in range(MOST_PAGES):
        asked = {**query, "direction": "asc", "page_size": str(PAGE)} | ({"page_token": token} if token else {})
        page = parse_activities(fetch(asked), account)
        before = len(seen)
        for entry in page:
            if seen.setdefault(entry.activity_id, entry) != entry:
                raise Reconcile("Alpaca's history says two different things of one entry.")
        if len(page) < PAGE:
            return tuple(sorted(seen.values(), key=_age))
        if len(seen) == before:
            raise Reconcile("Alpaca's history goes in a circle.")
        token = page[-1].activity_id
    raise Reconcile(f"Alpaca's history is longer than {MOST_PAGES} pages.")


def _age(entry: Activity) -> tuple[date, datetime]:
    return entry.on, entry.at or datetime.combine(entry.on, time(), NEW_YORK).astimezone(UTC)
