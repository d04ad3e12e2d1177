"""Keeps an eye on the accounts: money that arrived, shares that went missing, dividends that reinvest themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from bot.domain.money import Shares, Usd
from bot.domain.orders import OrderRecord
from bot.domain.readings import AccountReading, Activity, ActivityKind
from bot.domain.snapshot import Remark, Side, Snapshot

DOUBT = timedelta(minutes=2)  # between the broker's clock and ours, and between the readings of one snapshot
TURNED_OFF = timedelta(days=120)  # longer than a quarter: what was reinvested before that may be off by now

NEW_MONEY = frozenset(
    {ActivityKind.DEPOSIT, ActivityKind.DIVIDEND, ActivityKind.INTEREST, ActivityKind.RETURN_OF_CAPITAL}
)


def arrivals(activities: Iterable[Activity], since: date) -> tuple[Activity, ...]:
    """Money that came into an account from that New York day on and stands: paydays, dividends, interest.

    A dividend that bought shares by itself is no money that arrived; a journal, a fee that was given back and a
    correction are none either.
    """
    standing = [entry for entry in activities if not entry.reversed]
    spent = {(entry.on, entry.symbol) for entry in standing if entry.reinvested}
    return tuple(
        entry
        for entry in standing
        if entry.kind in NEW_MONEY
        and entry.net.cents > 0
        and entry.on >= since
        and (entry.on, entry.symbol) not in spent
    )


def payday(activities: Iterable[Activity], amount: Usd, tolerance: Usd, since: date) -> Activity | None:
    """The first deposit from that day on whose amount is within the tolerance; None while it has not arrived."""
    deposits = (entry for entry in arrivals(activities, since) if entry.kind is ActivityKind.DEPOSIT)
    return next((entry for entry in deposits if abs((entry.net - amount).cents) <= tolerance.cents), None)


def missing_shares(
    reading: AccountReading, earlier: Snapshot, activities: Sequence[Activity], orders: Iterable[OrderRecord]
) -> tuple[Remark, ...]:
    """A remark that stops all plans for every symbol of which shares left the account and nothing says why.

    Args:
        reading: what the account holds now.
        earlier: the last snapshot in which nothing was missing.
        activities: the account's history since that day; an entry that may lie on either side of the snapshot counts
            where it explains a fall.
        orders: our own orders: a fill may show in the position before it shows in the history.
    """
    held = {one.symbol: one.quantity for one in reading.held}
    changes = _changes(reading.account, earlier, activities, orders)
    found = []
    for position in earlier.holding(reading.account).positions:
        least = position.quantity + Shares.total(change for symbol, change in changes if symbol == position.symbol)
        now = held.get(position.symbol, Shares())
        if now < least:
            found.append(_missing(reading.account, position.symbol, least, now, earlier))
    return tuple(found)


def _changes(
    account: str, earlier: Snapshot, activities: Sequence[Activity], orders: Iterable[OrderRecord]
) -> list[tuple[str, Shares]]:
    """What surely came in since the snapshot, and what may have left."""
    standing = [entry for entry in activities if not entry.reversed and _could_follow(entry, earlier)]
    changes = []
    for entry in standing:
        by = _change(entry)
        if by.count < 0 or (by.count > 0 and not _could_precede(entry, earlier)):
            changes.append((entry.symbol, by))
        if entry.kind is ActivityKind.RENAME:
            changes.append((entry.symbol, -_all_of(entry.symbol, account, earlier)))
    booked = {entry.order_id for entry in activities if entry.order_id}
    for order in orders:
        unbooked = order.intent.account == account and order.broker_id not in booked
        late = earlier.taken_at is None or order.intended_at >= earlier.taken_at - DOUBT
        if unbooked and late and order.intent.side is Side.SELL and order.filled:
            changes.append((order.intent.symbol, -order.filled))
    return changes


def _change(entry: Activity) -> Shares:
    if entry.kind is ActivityKind.RENAME:
        return Shares()
    return -entry.quantity if entry.side is Side.SELL else entry.quantity


def _all_of(symbol: str, account: str, earlier: Snapshot) -> Shares:
    return earlier.holding(account).position(symbol).quantity


def _could_precede(entry: Activity, earlier: Snapshot) -> bool:
    return entry.on <= earlier.as_of_on if _undated(entry, earlier) else _at(entry) <= _taken(earlier) + DOUBT


def _could_follow(entry: Activity, earlier: Snapshot) -> bool:
    return entry.on >= earlier.as_of_on if _undated(entry, earlier) else _at(entry) >= _taken(earlier) - DOUBT


def _undated(entry: Activity, earlier: Snapshot) -> bool:
    return entry.at is None or earlier.taken_at is None


def _at(entry: Activity) -> datetime:
    assert entry.at is not None
    return entry.at


def _taken(earlier: Snapshot) -> datetime:
    assert earlier.taken_at is not None
    return earlier.taken_at


def _missing(account: str, symbol: str, least: Shares, now: Shares, earlier: Snapshot) -> Remark:
    return Remark(
        code="shares_missing",
        account=account,
        symbol=symbol,
        message=(
            f"{account} holds {now} {symbol}; on {earlier.as_of_on} and by its history since it should be {least}. "
            "A conversion or a transfer may be on its way."
        ),
        mend=f"wait until its history shows why, or, if it is right as it is: rebaloop accept {account}",
        stops=True,
    )


def reinvested_dividends(account: str, activities: Sequence[Activity], today: date) -> tuple[Remark, ...]:
    """A remark for every symbol whose last dividend bought shares by itself in this account, which should not."""
    standing = [entry for entry in activities if not entry.reversed and entry.on >= today - TURNED_OFF]
    last = {entry.symbol: entry for entry in sorted(standing, key=lambda entry: entry.on) if entry.reinvested}
    paid = {(entry.symbol, entry.on) for entry in standing if entry.kind is ActivityKind.DIVIDEND}
    return tuple(
        _reinvested(account, symbol, entry)
        for symbol, entry in sorted(last.items())
        if not any(paid_symbol == symbol and on > entry.on for paid_symbol, on in paid)
    )


def _reinvested(account: str, symbol: str, entry: Activity) -> Remark:
    return Remark(
        code="reinvestment_on",
        account=account,
        symbol=symbol,
        message=(
            f"The dividend of {symbol} in {account} bought {entry.quantity} shares by itself on {entry.on}. In a "
            "taxable account dividends should arrive as cash, which goes to what lags."
        ),
        mend=f"switch reinvestment off for {symbol} at the broker (Schwab: Positions, column Reinvest)",
    )
