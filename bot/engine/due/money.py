"""Whether the money of a payday or a pay date has truly come, and whether it is the usual amount."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median_low

from bot.domain.money import Usd
from bot.domain.readings import Activity, ActivityKind
from bot.domain.schedule import Due, DueKind, PayDate, Schedule, Source
from bot.engine.watch import arrivals

EARLY, LATE = timedelta(days=5), timedelta(days=7)  # how far from its day a dividend is looked for
TOO_MUCH = 2  # times the usual amount
ENOUGH = 3  # deposits that make something usual
LATELY = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The money that a due date waits for; without an amount any of its kind will do."""

    due: Due
    account: str
    kind: ActivityKind
    first_on: date
    last_on: date
    symbol: str = ""
    amount: Usd | None = None
    tolerance: Usd = Usd()

    def fits(self, entry: Activity) -> bool:
        """Whether an entry of the account's history is this money."""
        return (
            entry.account == self.account
            and entry.kind is self.kind
            and self.first_on <= entry.on <= self.last_on
            and (not self.symbol or entry.symbol == self.symbol)
            and (self.amount is None or abs((entry.net - self.amount).cents) <= self.tolerance.cents)
        )


def wanted(due: Due, schedule: Schedule) -> Wanted | None:
    """What a payday or a pay date waits for; None for one that the settings do not know any more."""
    if due.kind is DueKind.PAYDAY:
        payday = next((one for one in schedule.paydays if one.name == due.name), None)
        if payday is None:
            return None
        return Wanted(
            due=due,
            account=payday.account,
            kind=ActivityKind.DEPOSIT,
            first_on=due.on - timedelta(days=payday.early_days),
            last_on=due.on + timedelta(days=payday.late_days),
            amount=payday.amount,
            tolerance=payday.tolerance,
        )
    account, _, symbol = due.name.partition(":")
    return Wanted(
        due=due,
        account=account,
        kind=ActivityKind.DIVIDEND,
        first_on=due.on - EARLY,
        last_on=due.on + LATE,
        symbol=symbol,
    )


def unexpected(activities: Iterable[Activity], awaited: Sequence[Wanted], since: date) -> tuple[PayDate, ...]:
    """Money that came since a day and that nothing waited for: its account is looked at without waiting longer."""
    return tuple(
        sorted(
            {
                PayDate(on=entry.on, account=entry.account, symbol=entry.symbol, source=Source.ARRIVED)
                for entry in arrivals(activities, since)
                if not any(one.fits(entry) for one in awaited)
            }
        )
    )


def arrived(wanted: Iterable[Wanted], activities: Iterable[Activity]) -> Mapping[Due, Activity]:
    """The money of each due date that has come, the oldest first; no entry serves two of them."""
    free = sorted(arrivals(activities, date.min), key=lambda entry: (entry.on, entry.activity_id))
    found: dict[Due, Activity] = {}
    for one in sorted(wanted, key=lambda one: (one.due.on, one.due)):
        entry = next((entry for entry in free if one.fits(entry)), None)
        if entry is not None:
            found[one.due] = entry
            free.remove(entry)
    return found


def unusual(
    deposits: Sequence[Activity], usual: Usd | None, since: date, today: date
) -> tuple[tuple[Activity, Usd], ...]:
    """Deposits of the last weeks that are over twice the usual one, each with that usual amount.

    The usual amount is what the owner says; where nothing is said, the middle one of at least three earlier deposits.
    Nothing from before `since` is judged.
    """
    standing = [entry for entry in arrivals(deposits, date.min) if entry.kind is ActivityKind.DEPOSIT]
    found = []
    for entry in standing:
        if entry.on < max(since, today - LATELY):
            continue
        earlier = [one.net.cents for one in standing if one.on < entry.on]
        learned = Usd(median_low(earlier)) if len(earlier) >= ENOUGH else None
        measure = usual if usual is not None else learned
        if measure is not None and entry.net.cents > TOO_MUCH * measure.cents:
            found.append((entry, measure))
    return tuple(found)
