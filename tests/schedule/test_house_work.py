"""What a due date sets going in a house: runs, looks at the day, reminders, the month's letter, expectations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.brokers.alpaca.broker import AlpacaBroker
from adapters.calendar import ExchangeCalendar
from adapters.simulator.market.exchange import Asset, Dividend, Market
from adapters.simulator.market.prices import PricePath
from adapters.simulator.server import SimulatedBroker
from adapters.store.due_book import SqliteDueBook
from bot.domain.approval import Verdict
from bot.domain.errors import LogIn, Reconcile, TryLater
from bot.domain.money import Usd
from bot.domain.plan import Environment
from bot.domain.readings import Activity, ActivityKind
from bot.domain.schedule import Due, DueKind, DueState, Monthly, PayDate, Payday, Schedule, Source
from bot.domain.snapshot import Side
from bot.engine.due.money import wanted
from bot.services.due_work import Agenda, Tick
from bot.services.expectations import expect
from bot.services.house import House
from bot.services.house_work import HouseWork
from bot.services.ring import ring
from tests.doors.stage import an_account, ten_o_clock
from tests.fakes.clock import FakeClock
from tests.schedule.world import NoPause
from tests.services.stage import Stage

TODAY = date(2026, 3, 2)
PAYDAY = Payday(name="self", account="brokerage", rhythm=Monthly(days=(2,)), amount=Usd.of(3000), tolerance=Usd.of(5))
SCHEDULE = Schedule(paydays=(PAYDAY,), sweep=None, drift_sessions=0, digest_day=0, year_end=False)


@dataclass
class Rig:
    """A house of fakes with a real book; `times` lists the instants to ring at."""

    stage: Stage
    book: SqliteDueBook
    schedule: Schedule = SCHEDULE

    @property
    def house(self) -> House:
        return replace(self.stage.house, schedule=self.schedule, calendar=ExchangeCalendar())

    @property
    def work(self) -> HouseWork:
        return HouseWork(house=self.house, book=self.book)

    def ring(self) -> Tick:
        work = self.work
        agenda = Agenda(
            schedule=self.schedule,
            calendar=work.house.calendar,
            clock=self.stage.clock,
            book=self.book,
            pause=NoPause(),
            work=work,
        )
        return ring(agenda, work)

    def ring_at(self, *times: str) -> list[Tick]:
        found = []
        for text in times:
            at = datetime.fromisoformat(text).replace(tzinfo=UTC)
            self.stage.clock.pass_by(at - self.stage.clock.now())
            found.append(self.ring())
        return found

    @property
    def subjects(self) -> list[str]:
        return [subject for subject, _ in self.stage.postbox.letters]

    def states(self) -> dict[DueKind, list[DueState]]:
        found: dict[DueKind, list[DueState]] = {}
        for record in self.book.records(date.min):
            found.setdefault(record.due.kind, []).append(record.state)
        return found


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with SqliteDueBook(tmp_path / "ledger.sqlite3") as book:
        yield Rig(stage=Stage(), book=book)


def entry(kind: ActivityKind, on: date, dollars: str, symbol: str = "", account: str = "brokerage") -> Activity:
    return Activity(
        activity_id=f"{kind}{symbol}{on}", account=account, kind=kind, on=on, net=Usd.of(dollars), symbol=symbol
    )


def test_a_payday_with_its_money_leads_to_a_plan(rig: Rig) -> None:
    rig.stage.broker.deposit("brokerage", "3000")

    (tick,) = rig.ring_at("2026-03-02 15:00")

    assert [due.kind for due in tick.served] == [DueKind.PAYDAY]
    assert [proposal.plan_id for proposal, _ in rig.stage.ledger.proposals()] == ["P-2026-03-02-A"]


def test_a_payday_without_its_money_is_told_with_what_came_instead(rig: Rig) -> None:
    rig.stage.broker.deposit("brokerage", "1200")

    rig.ring_at("2026-03-02 15:00", "2026-03-05 15:00", "2026-03-06 15:00", "2026-03-06 17:00")

    (letter,) = [text for subject, text in rig.stage.postbox.letters if "has not come" in subject]
    assert "The deposit of $3,000.00 that was due in brokerage on 2026-03-02" in " ".join(letter.split())
    assert "$1,200.00 came on 2026-03-02" in " ".join(letter.split())
    assert rig.states()[DueKind.PAYDAY] == [DueState.GIVEN_UP]


def test_a_pay_date_that_was_only_a_guess_is_given_up_without_a_letter(rig: Rig) -> None:
    rig.schedule = replace(SCHEDULE, paydays=())
    rig.book.expect([PayDate(on=TODAY, account="brokerage", symbol="VTI", source=Source.LEARNED)])
    rig.ring_at("2026-03-02 15:00")
    rig.book.expect([])
    rig.ring_at("2026-03-06 15:00")

    assert rig.states()[DueKind.DIVIDEND] == [DueState.GIVEN_UP]
    assert rig.subjects == []


def test_a_pay_date_that_was_promised_is_told(rig: Rig) -> None:
    promise = PayDate(on=TODAY, account="brokerage", symbol="VTI", source=Source.BY_HAND)
    rig.schedule = replace(SCHEDULE, paydays=(), pay_dates=(promise,))

    rig.ring_at("2026-03-02 15:00", "2026-03-06 15:00")

    assert [subject for subject in rig.subjects if "has not come" in subject]


@pytest.mark.parametrize(("looked_days_before", "told"), [(8, True), (2, False)])
def test_an_announced_dividend_is_missed_only_where_its_fund_was_held_in_time(
    rig: Rig, looked_days_before: int, *, told: bool
) -> None:
    """Whoever buys between the ex date and the pay date gets nothing, and nothing is missing."""
    rig.schedule = replace(SCHEDULE, paydays=())
    pays_on = TODAY + timedelta(days=looked_days_before)
    rig.stage.snapshot()
    rig.book.begin(TODAY)
    rig.book.expect([PayDate(on=pays_on, account="brokerage", symbol="VTI", source=Source.ANNOUNCED)])
    due = Due(kind=DueKind.DIVIDEND, on=pays_on, name="brokerage:VTI")
    missing = wanted(due, rig.schedule)
    assert missing is not None

    rig.work.tell_missing(missing, ())

    assert bool([one for one in rig.subjects if "has not come" in one]) is told


def test_money_that_nobody_expected_is_seen_in_the_evening_and_planned_in_the_morning(rig: Rig) -> None:
    rig.ring_at("2026-03-02 15:00")
    rig.stage.broker.deposit("brokerage", "777")

    evening, morning = rig.ring_at("2026-03-02 22:00", "2026-03-03 15:00")

    assert [due.kind for due in evening.served] == [DueKind.RECONCILE]
    assert [(due.kind, due.name) for due in morning.served] == [(DueKind.CASH, "brokerage")]


def test_a_fund_that_pays_every_month_is_expected_again(rig: Rig) -> None:
    for day in (date(2025, 12, 4), date(2026, 1, 5), date(2026, 2, 4)):
        rig.stage.broker._history.append(entry(ActivityKind.DIVIDEND, day, "12", "BND"))
    rig.book.begin(TODAY)

    found = expect(rig.house, rig.book)

    assert found == rig.book.expected()
    assert [(one.symbol, one.on, one.source) for one in found] == [("BND", date(2026, 3, 6), Source.LEARNED)]


def test_an_evening_on_which_no_history_can_be_read_is_still_an_evening(rig: Rig) -> None:
    rig.book.expect([PayDate(on=TODAY + timedelta(days=30), account="brokerage", symbol="VTI")])
    rig.ring_at("2026-03-02 15:00")
    rig.stage.broker.trouble = TryLater("down")
    due = Due(kind=DueKind.RECONCILE, on=TODAY)

    with pytest.raises(TryLater):
        expect(rig.house, rig.book)
    rig.work.alone(due)

    assert len(rig.book.expected()) == 1


def test_a_login_about_to_end_is_told_once_a_day(rig: Rig) -> None:
    rig.schedule = replace(SCHEDULE, paydays=())
    rig.stage.broker.ends_at = datetime(2026, 3, 4, 20, tzinfo=UTC)

    rig.ring_at("2026-03-02 10:00", "2026-03-02 11:00", "2026-03-03 10:00")

    assert [subject for subject in rig.subjects if "login" in subject] == [
        "[rebaloop paper] A login is about to end"
    ] * 2


def test_the_month_is_told_on_its_day(rig: Rig) -> None:
    rig.schedule = replace(SCHEDULE, paydays=(), digest_day=1)

    rig.ring_at("2026-03-02 09:30", "2026-03-02 11:00", "2026-03-03 10:00")

    assert [subject for subject in rig.subjects if "Your household in" in subject] == [
        "[rebaloop paper] Your household in February 2026"
    ]


def test_a_run_that_needs_its_owner_is_told_once_a_day(rig: Rig) -> None:
    rig.stage.broker.deposit("brokerage", "3000")
    rig.stage.broker.trouble = LogIn("The login has ended.", next_step="rebaloop login ann")
    for minutes in (0, 20):
        rig.stage.clock.pass_by(timedelta(minutes=minutes))
        with pytest.raises(LogIn):
            rig.ring()

    assert len(rig.subjects) == 1


def test_a_broker_that_is_only_down_is_not_written_about(rig: Rig) -> None:
    rig.stage.broker.trouble = TryLater("busy")

    with pytest.raises(TryLater):
        rig.ring()

    assert rig.subjects == []


@pytest.mark.parametrize(("apart", "agrees"), [(0, True), (119, True), (121, False), (-121, False)])
def test_clocks_that_are_apart_stop_everything(rig: Rig, apart: int, agrees: bool) -> None:
    work = HouseWork(
        house=replace(rig.house, clock=FakeClock(rig.stage.clock.now() + timedelta(seconds=apart))), book=rig.book
    )

    if agrees:
        work.check_clocks()
    else:
        with pytest.raises(TryLater, match="apart"):
            work.check_clocks()


def test_a_broker_that_says_shut_keeps_a_run_for_later(rig: Rig) -> None:
    rig.stage.broker.deposit("brokerage", "3000")
    rig.stage.broker.is_open = False
    (first,) = rig.ring_at("2026-03-02 15:00")
    rig.stage.broker.is_open = True
    (second,) = rig.ring_at("2026-03-02 15:01")

    assert (first, [due.kind for due in second.served]) == (Tick(), [DueKind.PAYDAY])


def test_an_approved_plan_goes_first_and_the_payday_after_it(rig: Rig) -> None:
    rig.schedule = replace(SCHEDULE, paydays=())
    rig.ring_at("2026-03-02 15:00")
    proposal = rig.stage.say_yes_to_a_drawn_plan()
    rig.stage.broker.deposit("brokerage", "3000")
    rig.schedule = SCHEDULE

    (tick,) = rig.ring_at("2026-03-02 15:05")

    assert {due.kind for due in tick.served} == {DueKind.SEND, DueKind.PAYDAY}
    assert [known.plan_id for known, _ in rig.stage.ledger.proposals()] == [proposal.plan_id, "P-2026-03-02-B"]


def test_a_plan_that_became_void_is_drawn_anew_at_once(rig: Rig) -> None:
    rig.schedule = replace(SCHEDULE, paydays=())
    rig.ring_at("2026-03-02 15:00")
    proposal = rig.stage.say_yes_to_a_drawn_plan()
    rig.stage.broker.by_hand("rollover", Side.SELL, "BND", "10", "49")

    (tick,) = rig.ring_at("2026-03-02 15:05")

    assert [due.kind for due in tick.served] == [DueKind.SEND]
    verdicts = [(known.plan_id, given and given.verdict) for known, given in rig.stage.ledger.proposals()]
    assert verdicts == [(proposal.plan_id, Verdict.VOIDED), ("P-2026-03-02-B", None)]


def test_look_alikes_at_the_broker_stop_the_evening_too(rig: Rig) -> None:
    rig.stage.broker.trouble = Reconcile("two orders look alike")
    rig.schedule = replace(SCHEDULE, paydays=())
    rig.stage.clock.pass_by(timedelta(hours=7))

    with pytest.raises(Reconcile):
        rig.ring()

    assert rig.states().get(DueKind.RECONCILE, [DueState.WAITING]) == [DueState.WAITING]


@pytest.fixture
def paying() -> Iterator[SimulatedBroker]:
    market = Market(
        start_at=ten_o_clock(TODAY),
        assets=(Asset(symbol="VTI"),),
        prices={"VTI": PricePath.flat("100")},
        dividends=(
            Dividend(
                symbol="VTI",
                per_share=Decimal("0.9"),
                ex_on=date(2026, 3, 24),
                record_on=date(2026, 3, 24),
                pay_on=date(2026, 3, 26),
            ),
        ),
    )
    with SimulatedBroker(market=market, accounts=(an_account("brokerage", {"VTI": 10}),)) as broker:
        yield broker


def test_what_alpaca_has_announced_is_expected(rig: Rig, paying: SimulatedBroker) -> None:
    broker = AlpacaBroker(
        account="brokerage",
        key_id="PKBROKERAGE",
        secret_key="made-up-secret-of-brokerage",
        trading_url=paying.url,
        data_url=paying.url,
        environment=Environment.PAPER,
    )
    rig.book.begin(TODAY)

    found = expect(replace(rig.house, announcers={"brokerage": broker}), rig.book)

    assert found == (PayDate(on=date(2026, 3, 26), account="brokerage", symbol="VTI", source=Source.ANNOUNCED),)


def test_a_fund_that_an_account_does_not_hold_pays_nothing_into_it(rig: Rig) -> None:
    """Brokerage may buy BND and holds none of it."""
    asked: list[object] = []

    class Listening:
        def pay_dates(self, account: str, symbols: object, since: date, until: date) -> tuple[PayDate, ...]:
            asked.append(symbols)
            return ()

    expect(replace(rig.house, announcers={"brokerage": Listening()}), rig.book)

    assert asked == [["VTI"]]


def test_a_keeper_that_cannot_announce_today_announces_nothing(rig: Rig) -> None:
    class Silent:
        def pay_dates(self, account: str, symbols: object, since: date, until: date) -> tuple[PayDate, ...]:
            raise TryLater("down")

    assert expect(replace(rig.house, announcers={"brokerage": Silent()}), rig.book) == ()
