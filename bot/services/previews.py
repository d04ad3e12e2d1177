"""Shows a broker what is about to be sent, and listens to what it says of it before the first order leaves."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from bot.domain.money import Shares, Usd
from bot.domain.orders import Intent
from bot.domain.plan import PlanLine
from bot.domain.snapshot import Side
from bot.ports import Broker

# Schwab's own codes for what is known and wanted; a changed reinvestment (OE585), or any other word, is not.
ACTIVITY_TODAY = "OE254"
UNSETTLED_FUNDS = "AC176"


def objections(intents: Sequence[Intent], broker: Broker, cash: Usd, *, same_day_swaps: bool) -> tuple[str, list[str]]:
    """Why none of these orders of one account may leave (empty when they may), and what is to be shown to the owner.

    A purchase is shown with as many shares as there is `cash` for now: a sale before it may pay for the rest, and a
    price that rose since the plan was drawn makes it smaller. Where that is none, it is shown when its turn has come.
    """
    shown: list[str] = []
    for intent in intents:
        asked = _affordable(intent, cash) if intent.side is Side.BUY else intent
        if not asked.quantity:
            continue
        against, warnings = objection(asked, broker, same_day_swaps=same_day_swaps)
        if against:
            return against, shown
        shown += warnings
    return "", list(dict.fromkeys(shown))


def objection(intent: Intent, broker: Broker, *, same_day_swaps: bool) -> tuple[str, list[str]]:
    """Why this order may not leave by what the broker says of it (empty when it may), and what it warns of."""
    told = broker.preview(intent)
    name = f"{intent.side.value} {intent.quantity} {intent.symbol}"
    if told.rejects:
        return f"shown to the broker, it would refuse to {name}: {told.rejects[0]}", []
    expected = {ACTIVITY_TODAY, *([UNSETTLED_FUNDS] if same_day_swaps else [])}
    for warning in told.warnings:
        if warning.split(":")[0].strip() not in expected:
            return f"the broker warns of the order to {name}: {warning}", []
    return "", [f"The broker warns, as expected: {warning}" for warning in told.warnings]


def draft(line: PlanLine, plan: str, limit: Decimal) -> Intent:
    """An order that is only shown: all of the line, at the limit of now."""
    return Intent(
        plan=plan,
        line=line.number,
        attempt=1,
        account=line.account,
        side=line.side,
        symbol=line.symbol,
        quantity=line.quantity,
        limit_price=limit,
    )


def _affordable(intent: Intent, cash: Usd) -> Intent:
    quantity = min(intent.quantity, Shares.affordable(cash, intent.limit_price, whole=True))
    return Intent(
        plan=intent.plan,
        line=intent.line,
        attempt=intent.attempt,
        account=intent.account,
        side=intent.side,
        symbol=intent.symbol,
        quantity=quantity,
        limit_price=intent.limit_price,
    )
