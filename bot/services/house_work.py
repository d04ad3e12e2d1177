"""What a due date sets going in a real household: a run, a look at the day's orders, a reminder, the month's letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import structlog

from bot.domain.errors import LogIn, Reconcile, TryLater
from bot.domain.facts import SnapshotTaken
from bot.domain.letter import Letter
from bot.domain.logins import login_words
from bot.domain.readings import Activity, Login
from bot.domain.schedule import Due, DueKind, PayDate, Source
from bot.domain.snapshot import Remark
from bot.engine.due.money import Wanted
from bot.engine.watch import arrivals
from bot.letters.alarms import deposit_missing_letter, remark_letter
from bot.ports import Broker, DueBook
from bot.services import cycle
from bot.services.begun import due_again, unfinished
from bot.services.cycle import CycleReport, Outcome
from bot.services.expectations import expect
from bot.services.house import House
from bot.services.month import month_letter
from bot.services.payroll import PayrollBroker
from bot.services.report import write_once

SKEW = timedelta(minutes=2)  # a broker on this machine tells its time to the second, and an answer takes a while
A_DAY, A_WEEK, A_MONTH = timedelta(days=1), timedelta(days=7), timedelta(days=30)
MOST_RUNS = 3  # what was begun, what follows from it, and then the new plan

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseWork:
    """A `Work` on a house that was opened for writing; `reports` has what each of its runs left behind."""

    house: House
    book: DueBook
    reports: list[CycleReport] = field(default_factory=list)

    def logins(self) -> Sequence[Login]:
        """The logins of all brokers, each once."""
        found = {login.name: login for broker in _keepers(self.house) if (login := broker.login()) is not None}
        return tuple(found[name] for name in sorted(found))

    def to_send(self) -> str:
        """The approved plan that a run would carry on with now."""
        begun = unfinished(self.house.ledger) or due_again(self.house)
        return begun.plan_id if begun is not None else ""

    def check_clocks(self) -> None:
        """Compare our clock with every broker's.

        Raises:
            TryLater: where one is more than two minutes away.
        """
        for broker in _keepers(self.house):
            apart = self.house.clock.now() - broker.market().at
            if abs(apart) > SKEW:
                raise TryLater(
                    f"This machine's clock and a broker's are {abs(apart)} apart: nobody knows what is due.",
                    next_step="set the clock: timedatectl status",
                )

    def market_is_open(self) -> bool:
        """Whether no broker that takes orders says that the session does not run."""
        sending = [broker for broker in _keepers(self.house) if broker.capabilities().sends_orders]
        return all(broker.market().is_open for broker in sending)

    def activities(self, accounts: Sequence[str], since: date) -> tuple[Activity, ...]:
        """What happened in those of these accounts that the household has."""
        mine = [account for account in accounts if account in self.house.brokers]
        return tuple(entry for account in mine for entry in self.house.brokers[account].activities(account, since))

    def trade(self, dues: Sequence[Due]) -> tuple[Due, ...]:
        """What was begun goes first; then, where more than that is due, or what was begun is void, a new look."""
        sending = tuple(due for due in dues if due.kind is DueKind.SEND)
        others = tuple(due for due in dues if due.kind is not DueKind.SEND)
        report = None
        go_on = {Outcome.VOIDED, Outcome.CARRIED_OUT} if others else {Outcome.VOIDED}
        for _ in range(MOST_RUNS):
            report = cycle.run(self.house)
            self.reports.append(report)
            if report.outcome not in go_on:
                break
        left = sending if sending and due_again(self.house) is not None else ()
        looked = report is not None and report.snapshot is not None
        return left if looked else (*left, *others)

    def alone(self, due: Due) -> None:
        """What may be done at any hour."""
        match due.kind:
            case DueKind.TOKEN:
                self._remind(due)
            case DueKind.DIGEST:
                letter = month_letter(self.house, due.on)
                self._write(letter, A_MONTH)
            case _:
                self.reports.append(cycle.wind_up(self.house))
                self._look_ahead()
        self.house.postbox.deliver()

    def tell_missing(self, missing: Wanted, found: Sequence[Activity]) -> None:
        """A letter for a payday, and for a pay date that was set by hand or announced; a guess may be wrong."""
        if missing.due.kind is not DueKind.PAYDAY and not self._was_promised(missing):
            return
        others = [entry for entry in arrivals(found, missing.first_on) if entry.account == missing.account]
        came = "; ".join(f"{entry.net} came on {entry.on}" for entry in others) or "nothing came in its place"
        letter = deposit_missing_letter(
            account=missing.account,
            due_on=missing.due.on,
            amount=missing.amount,
            environment=self.house.terms.environment,
            waited=f"and {came}",
        )
        self._write(letter, A_MONTH)

    def tell_too_late(self, dues: Sequence[Due]) -> None:
        """One letter for all that went by while nothing ran."""
        days = ", ".join(
            f"{due.kind.value.replace('_', ' ')} {due.name} on {due.on}".replace("  ", " ") for due in dues
        )
        remark = Remark(
            code="not_run",
            account="rebaloop",
            message=f"Nothing ran in time for what was due: {days}. None of it is done any more; later days are.",
            mend="rebaloop next",
        )
        self._write(remark_letter(remark, self.house.terms.environment), A_DAY)

    def _remind(self, due: Due) -> None:
        now = self.house.clock.now()
        login = next((one for one in self.logins() if one.name == due.name), None)
        words = login_words(login, now) if login is not None else ""
        if words:
            message, _, command = words.rpartition(": ")
            remark = Remark(code="login_ends", account=due.name, message=f"{message}.", mend=command)
            self._write(remark_letter(remark, self.house.terms.environment), A_DAY)

    def _look_ahead(self) -> None:
        """New statements are compared, and pay dates learned: what cannot be had today is looked for tomorrow."""
        for account, broker in self.house.brokers.items():
            remark = broker.check(account, self.house.ledger) if isinstance(broker, PayrollBroker) else None
            if remark is not None:
                self._write(remark_letter(remark, self.house.terms.environment), A_MONTH)
        try:
            expect(self.house, self.book)
        except (LogIn, TryLater, Reconcile) as problem:
            _log.warning("agenda.nothing_learned", why=problem.message)

    def _was_promised(self, missing: Wanted) -> bool:
        known = (*self.house.schedule.pay_dates, *self.book.expected())
        return any(
            (one.source is Source.BY_HAND or (one.source is Source.ANNOUNCED and self._was_held(one)))
            and (one.account, one.symbol) == (missing.account, missing.symbol)
            and missing.first_on <= one.on <= missing.last_on
            for one in known
        )

    def _was_held(self, one: PayDate) -> bool:
        """Whether the fund lay in the account before its shares went without the dividend, as far as anybody looked."""
        early = (fact for fact in self.house.ledger.latest(SnapshotTaken) if fact.snapshot.as_of_on <= one.on - A_WEEK)
        newest = next(early, None)
        return newest is not None and bool(newest.snapshot.holding(one.account).position(one.symbol).quantity)

    def _write(self, letter: Letter, patience: timedelta) -> None:
        house = self.house
        write_once(letter=letter, patience=patience, clock=house.clock, ledger=house.ledger, postbox=house.postbox)


def _keepers(house: House) -> tuple[Broker, ...]:
    """Every broker once, whatever number of accounts it keeps."""
    return tuple({id(broker): broker for broker in house.brokers.values()}.values())
