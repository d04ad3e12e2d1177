"""A statement is trusted less as it grows older, and payroll carries it forward until the next one is compared."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.brokers.statement.broker import StatementBroker
from adapters.calendar import ExchangeCalendar
from bot.domain.facts import StatementRead
from bot.domain.household import Account, Kind
from bot.domain.money import Shares, Usd
from bot.domain.orders import Answer, Intent
from bot.domain.schedule import LAST, Contribution, Monthly
from bot.domain.snapshot import Side
from bot.engine.statements import cautious, contributed, statement_remarks
from bot.services.cycle import draw_up, look
from bot.services.payroll import PayrollBroker
from tests.fakes.clock import FakeClock
from tests.fakes.ledger import MemoryLedger
from tests.services.stage import HOUSEHOLD, POLICY, Stage

TODAY = date(2026, 3, 20)
STATED = date(2026, 2, 10)
PAYROLL = Contribution(
    account="work",
    amount=Usd.of("500.01"),
    rhythm=Monthly(days=(15, LAST)),
    funds=(("VTI", Decimal(60)), ("BND", Decimal(40))),
)


def statement(folder: Path, on: date, vti: str, bnd: str) -> Path:
    path = folder / "work.csv"
    rows = f"symbol,quantity,price,cost_basis\nVTI,{vti},100,1000\nBND,{bnd},50,500\nCASH,10,,\n"
    path.write_text(f"# as_of: {on}\n{rows}", encoding="utf-8")
    return path


def keeper(folder: Path, *, on: date = STATED, vti: str = "10", bnd: str = "10") -> PayrollBroker:
    clock = FakeClock(datetime(TODAY.year, TODAY.month, TODAY.day, 15, tzinfo=UTC))
    behind = StatementBroker(account="work", path=statement(folder, on, vti, bnd), clock=clock)
    return PayrollBroker(behind, [PAYROLL], ExchangeCalendar(), clock)


@pytest.mark.parametrize(
    ("days", "code", "stops"),
    [
        (0, None, False),
        (7, None, False),
        (8, "statement_old", False),
        (45, "statement_old", False),
        (46, "statement_cash_only", False),
        (100, "statement_cash_only", False),
        (101, "statement_too_old", True),
    ],
)
def test_a_statement_is_trusted_less_as_it_grows_older(days: int, code: str | None, stops: bool) -> None:
    found = statement_remarks("work", TODAY - timedelta(days=days), TODAY)

    assert [(one.code, one.stops) for one in found] == ([] if code is None else [(code, stops)])


def test_while_a_statement_is_old_new_money_is_placed_and_nothing_is_swapped(tmp_path: Path) -> None:
    stage = Stage()
    stage.household = replace(
        HOUSEHOLD, accounts=(*HOUSEHOLD.accounts, Account(id="work", kind=Kind.WORKPLACE, managed=False))
    )
    stage.broker.tills["brokerage"].settled = Usd.of(20_000)

    def sides(age: int) -> set[Side]:
        on = stage.clock.now().date() - timedelta(days=age)
        behind = StatementBroker(account="work", path=statement(tmp_path, on, "10", "10"), clock=stage.clock)
        house = replace(stage.house, brokers={**stage.brokers, "work": behind})
        return {line.side for line in draw_up(house, look(house)).plan.lines}

    assert sides(10) == {Side.BUY, Side.SELL}
    assert sides(50) == {Side.BUY}


def test_a_statement_that_is_too_old_stops_every_plan(tmp_path: Path) -> None:
    stage = Stage()
    stage.household = replace(
        HOUSEHOLD, accounts=(*HOUSEHOLD.accounts, Account(id="work", kind=Kind.WORKPLACE, managed=False))
    )
    on = stage.clock.now().date() - timedelta(days=101)
    behind = StatementBroker(account="work", path=statement(tmp_path, on, "10", "10"), clock=stage.clock)
    house = replace(stage.house, brokers={**stage.brokers, "work": behind})

    found = draw_up(house, look(house))

    assert (found.proposal, [one.code for one in found.refusals]) == (None, ["statement_too_old"])


def test_an_ordinary_statement_leaves_the_rules_alone() -> None:
    assert cautious(POLICY, statement_remarks("work", TODAY, TODAY)) == POLICY


def test_payroll_since_the_statement_is_counted_to_the_cent() -> None:
    found = contributed([PAYROLL], "work", STATED, TODAY, ExchangeCalendar().session)

    assert Usd.total(found.values()) == Usd.of("1500.03")  # 17 February, 2 and 16 March: rolled to the next session
    assert found == {"VTI": Usd.of("900.02"), "BND": Usd.of("600.01")}


def test_the_shares_that_payroll_bought_are_counted_at_the_statements_prices(tmp_path: Path) -> None:
    broker = keeper(tmp_path)
    held = {one.symbol: one for one in broker.read("work").held}

    assert held["VTI"].quantity == Shares.of("19.0002")
    assert held["BND"].quantity == Shares.of("22.0002")
    assert held["VTI"].cost_basis == Usd.of("1900.02")
    assert {one.symbol: one.quantity for one in broker.stated("work").held} == {
        "VTI": Shares.of(10),
        "BND": Shares.of(10),
    }


def test_money_for_a_fund_that_the_statement_does_not_list_is_unsettled_cash(tmp_path: Path) -> None:
    path = tmp_path / "work.csv"
    path.write_text(f"# as_of: {STATED}\nsymbol,quantity,price,cost_basis\nVTI,10,100,1000\nCASH,10,,\n", "utf-8")
    clock = FakeClock(datetime(2026, 3, 20, 15, tzinfo=UTC))
    broker = PayrollBroker(
        StatementBroker(account="work", path=path, clock=clock), [PAYROLL], ExchangeCalendar(), clock
    )

    assert broker.read("work").cash_unsettled == Usd.of("600.01")


@pytest.mark.parametrize(
    ("vti", "bnd", "told"),
    [("19", "22", False), ("28", "4", False), ("17", "20", False), ("12", "12", True), ("10", "10", True)],
    ids=["as projected", "moved between funds", "prices moved", "too little", "nothing came"],
)
def test_the_next_statement_is_compared_with_what_payroll_should_have_put_in(
    tmp_path: Path, vti: str, bnd: str, told: bool
) -> None:
    ledger = MemoryLedger()
    assert keeper(tmp_path).check("work", ledger) is None

    found = keeper(tmp_path, on=date(2026, 3, 18), vti=vti, bnd=bnd).check("work", ledger)

    assert (found is not None) == told
    assert [fact.stated_on for fact in ledger.latest(StatementRead)] == [date(2026, 3, 18), STATED]


def test_a_statement_is_compared_once(tmp_path: Path) -> None:
    ledger = MemoryLedger()
    keeper(tmp_path).check("work", ledger)
    later = keeper(tmp_path, on=date(2026, 3, 18))

    assert later.check("work", ledger) is not None
    assert later.check("work", ledger) is None


def test_nothing_can_be_sent_to_a_statement(tmp_path: Path) -> None:
    intent = Intent(
        plan="p",
        line=1,
        attempt=1,
        account="work",
        side=Side.BUY,
        symbol="VTI",
        quantity=Shares.of(1),
        limit_price=Decimal(100),
    )

    assert keeper(tmp_path).submit(intent).answer is Answer.REFUSED
