"""The account's history: trades and everything else that touched cash or shares, in chunks of two months."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from adapters.brokers.schwab.kinds import DELIVERY, INCOME, cash_kind, is_rename, share_kind
from adapters.brokers.schwab.transfers import PAR, Moved, moved_other_things, shares_moved, touched_sweep
from adapters.brokers.schwab.wire import NEW_YORK, Row, rows, same_number, whole_cents
from bot.domain.errors import Reconcile
from bot.domain.money import Shares, Usd
from bot.domain.readings import Activity, ActivityKind
from bot.domain.snapshot import Side

CHUNK = timedelta(days=60)  # the longest time that one request is told to answer for, in the vendor's clients
OVERLAP = timedelta(days=1)
LARGEST_LIST = 3000  # the most that one request for transactions returns (Trader API reference)
WITHOUT_CASH = frozenset({"RECEIVE_AND_DELIVER", "MEMORANDUM", "SMA_ADJUSTMENT"})
STANDS = "VALID"
CORRECTION = "ACTIVITY_CORRECTION"


def parse_transaction(raw: object, account: str, number: str = "") -> tuple[Activity, ...]:
    """One entry: mostly one activity, and one for each symbol where it moved several.

    `number` is the account's, to compare with. Options and the like are OTHER, with their effect on cash alone.

    Raises:
        Reconcile: for another account's entry, and for a trade that does not say what was traded.
    """
    row = Row.of(raw, "transaction")
    if number and row.has("accountNumber") and not same_number(row.identity("accountNumber"), number):
        raise Reconcile("Schwab sent an entry of another account than the one that was asked for.")
    word, said = row.text("type"), row.said("description")
    frame = Activity(
        activity_id=row.key("activityId"),
        account=account,
        kind=ActivityKind.OTHER,
        on=row.on("tradeDate" if row.has("tradeDate") else "time"),
        net=_net(row, word),
        order_id=_order_id(row),
        at=row.at("time") if row.has("time") and len(row.text("time")) > len("2025-01-17") else None,
        reversed=row.text("status", default=STANDS) != STANDS,
        text=" ".join(part for part in (word, said) if part),
        settles_on=row.on("settlementDate") if row.has("settlementDate") else None,
    )
    moved = tuple(one for one in shares_moved(row) if one.amount)
    if word == "TRADE":
        return _traded(row, frame, moved)
    if word == INCOME or not moved:
        return (_cash_entry(row, frame, word, said),)
    return _delivered(frame, word, said, moved)


def _net(row: Row, word: str) -> Usd:
    if word in WITHOUT_CASH and not row.has("netAmount"):
        return Usd()
    return whole_cents(row.number("netAmount"))


def _order_id(row: Row) -> str:
    if not row.has("orderId") or row.fields["orderId"] == "":
        return ""
    return row.identity("orderId").lstrip("0")


def _traded(row: Row, frame: Activity, moved: tuple[Moved, ...]) -> tuple[Activity, ...]:
    if not moved:
        if not (moved_other_things(row) or shares_moved(row) or touched_sweep(row)):
            raise Reconcile(f"Schwab tells of a trade of {frame.on} without saying what was traded.")
        return (frame,)
    corrected = row.text("activityType", default="") == CORRECTION
    return tuple(
        _unusual(part, one) if corrected or one.is_short else _trade(part, one) for part, one in _parts(frame, moved)
    )


def _parts(frame: Activity, moved: tuple[Moved, ...]) -> list[tuple[Activity, Moved]]:
    """A frame for each symbol; the first has what the others do not explain of the cash, fees too."""
    first, *others = moved
    costs = [whole_cents(one.cost) for one in others]
    rest = [
        (replace(frame, activity_id=f"{frame.activity_id}-{one.symbol}", net=cost), one)
        for one, cost in zip(others, costs, strict=True)
    ]
    return [(replace(frame, net=frame.net - Usd.total(costs)), first), *rest]


def _trade(frame: Activity, moved: Moved) -> Activity:
    if moved.price is None:
        raise Reconcile(f"Schwab tells of a trade in {moved.symbol} without a price.")
    side, quantity = (Side.BUY if moved.amount > 0 else Side.SELL), Shares(abs(moved.amount))
    by_itself = side is Side.BUY and not frame.order_id and not quantity.is_whole and frame.settles_on == frame.on
    return replace(
        frame,
        kind=ActivityKind.TRADE,
        symbol=moved.symbol,
        side=side,
        quantity=quantity,
        price=moved.price,
        reinvested=by_itself,
    )


def _unusual(frame: Activity, moved: Moved) -> Activity:
    """A short sale, its end, or a correction: shares that changed in a way that is for a person to look at."""
    return replace(frame, symbol=moved.symbol, quantity=Shares(moved.amount))


def _cash_entry(row: Row, frame: Activity, word: str, said: str) -> Activity:
    about = shares_moved(row)
    if word == DELIVERY:
        kind = ActivityKind.OTHER if moved_other_things(row) or not frame.net else ActivityKind.TRANSFER
    else:
        kind = cash_kind(word, frame.net, said, has_par=any(one.asset == PAR for one in about))
    return replace(frame, kind=kind, symbol=about[0].symbol if len(about) == 1 else "")


def _delivered(frame: Activity, word: str, said: str, moved: tuple[Moved, ...]) -> tuple[Activity, ...]:
    gone, come = [one for one in moved if one.amount < 0], [one for one in moved if one.amount > 0]
    if len(gone) == len(come) == 1 and gone[0].amount + come[0].amount == 0 and is_rename(said):
        renamed = replace(frame, kind=ActivityKind.RENAME, symbol=gone[0].symbol, new_symbol=come[0].symbol)
        return (renamed,)
    kind = share_kind(word, said)
    return tuple(
        replace(part, kind=kind, symbol=one.symbol, quantity=Shares(one.amount)) for part, one in _parts(frame, moved)
    )


def parse_transactions(raw: object, account: str, number: str = "") -> tuple[Activity, ...]:
    """One answer's entries, in the order in which they came."""
    return tuple(part for row in rows(raw, "transaction") for part in parse_transaction(row.fields, account, number))


Fetch = Callable[[datetime, datetime], object]


@dataclass(frozen=True, slots=True)
class History:
    """Where the entries of one account come from; `fetch` asks for those between two instants."""

    account: str
    number: str
    fetch: Fetch

    def read(self, start_at: datetime, end_at: datetime) -> tuple[Activity, ...]:
        """Every entry between two instants, oldest first, each once.

        Raises:
            Reconcile: when one day has too many, or when two answers say two things of one entry.
        """
        seen: dict[str, Activity] = {}
        for first, last in chunks(start_at, end_at):
            for entry in self._between(first, last):
                if seen.setdefault(entry.activity_id, entry) != entry:
                    raise Reconcile("Schwab's history says two different things of one entry.")
        return tuple(sorted(seen.values(), key=_age))

    def _between(self, start_at: datetime, end_at: datetime) -> tuple[Activity, ...]:
        raw = self.fetch(start_at, end_at)
        if not isinstance(raw, list) or len(raw) < LARGEST_LIST:
            return parse_transactions(raw, self.account, self.number)
        half = (end_at - start_at) / 2
        if half < OVERLAP / 2:
            raise Reconcile(f"{LARGEST_LIST} entries in a day: the history may not be complete.")
        return self._between(start_at, start_at + half) + self._between(start_at + half, end_at)


def chunks(start_at: datetime, end_at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The time between two instants in pieces of at most sixty days, each beginning a day before the last one's end."""
    while start_at < end_at:
        stop = min(start_at + CHUNK, end_at)
        yield start_at, stop
        start_at = stop if stop == end_at else stop - OVERLAP


def _age(entry: Activity) -> tuple[date, datetime]:
    return entry.on, entry.at or datetime.combine(entry.on, time(), NEW_YORK).astimezone(UTC)
