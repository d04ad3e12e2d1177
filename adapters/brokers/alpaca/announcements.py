"""Dividends that the vendor has announced, as days on which an account will be paid."""

from __future__ import annotations

from datetime import date

from adapters.brokers.alpaca.wire import rows
from bot.domain.schedule import PayDate, Source

LONGEST = 90  # days; the vendor refuses a wider range


def parse_announcements(raw: object, account: str, symbol: str, since: date, until: date) -> tuple[PayDate, ...]:
    """`GET /v2/corporate_actions/announcements` of one symbol by pay date; rows without one are not declared yet."""
    announced = [row for row in rows(raw, "announcement") if row.has("payable_date")]
    days = {row.on("payable_date") for row in announced if row.text("initiating_symbol", default="") == symbol}
    return tuple(
        PayDate(on=on, account=account, symbol=symbol, source=Source.ANNOUNCED)
        for on in sorted(days)
        if since <= on <= until
    )
