"""A town of one year: the demo's household at two simulated brokers, and everything that will happen to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from adapters.calendar import ExchangeCalendar
from adapters.simulator.books.account import OpeningPosition, SimulatedAccount
from adapters.simulator.books.lots import Lot
from adapters.simulator.faults.fault import Fault
from adapters.simulator.faults.plan import FaultPlan
from adapters.simulator.faults.route import Route
from adapters.simulator.faults.weather import drawn
from adapters.simulator.market.exchange import Asset, Dividend, Market
from adapters.simulator.market.monthly import Column, monthly_path, start_month_for_seed
from adapters.simulator.market.prices import PricePath
from adapters.simulator.schwab.logins import SchwabAccount, SchwabLogin
from adapters.simulator.server import SimulatedBroker
from bot.cli.theatre import BOOKS, CALLBACK, KEYED, LOGINS, NEW_YORK, START_PRICE, WORKPLACE, Theatre, secret

CALENDAR = ExchangeCalendar()
OPENING = date(2026, 3, 2)
DAY = timedelta(days=1)
BEFORE = 18  # months of drifting before the year begins
PAY, BONUS = Decimal(6400), Decimal(25_000)
CONTRIBUTION = Decimal(650)
PER_SHARE = {"VTI": Decimal("0.94"), "BND": Decimal("0.23")}
TAXABLE = ("brokerage", "spare")
SPLIT_ON = date(2026, 6, 15)  # on a payday
LOST_PAY_ON = date(2026, 7, 31)  # a payday on which nothing comes
AWAY = (date(2026, 8, 10), date(2026, 8, 17))  # nothing runs from the first day up to the second; a payday is in it
HALTED = (date(2026, 10, 13), date(2026, 10, 21))  # nobody may trade BND; a payday is in it
LEAVES_ON, COMES_ON = date(2026, 11, 9), date(2026, 11, 13)  # shares on their way from one broker to the other
MOVED = Decimal(60)
BONUS_ON = date(2026, 3, 19)

SCHEDULE = f"""\
schedule:
  paydays:
    - {{name: salary, account: brokerage, amount_usd: {PAY}, days: [15, last]}}
  contributions:
    - {{account: work, amount_usd: {CONTRIBUTION}, days: [15, last], funds: {{K500: 40, KBND: 60}}}}
"""

# Shares of a thousand requests of a route that meet a fault.
RATES = {
    "order dropped": 10,
    "order dropped after": 20,
    "order 502": 10,
    "order 502 after": 20,
    "order late": 10,
    "order without location": 20,
    "read dropped": 1,
    "read cut": 1,
    "read truncated": 1,
    "read 429": 1,
    "read 502": 2,
    "read 503": 2,
    "read 504": 1,
    "read login page": 1,
    "read rotates": 1,
    "token 503": 30,
    "token dropped after": 10,
}
READS = Route.regex("GET", r"/(?!v2/clock$).+")  # a machine that stands alone never asks a broker for the time


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    """Money that a bank sends on a day."""

    on: date
    amount: Decimal
    words: str


@dataclass(kw_only=True)
class Town:
    """A broker that is not started yet, what will happen, and what has happened."""

    broker: SimulatedBroker
    theatre: Theatre
    deposits: tuple[Deposit, ...]
    dividends: tuple[Dividend, ...]
    last: date
    happened: list[str] = field(default_factory=list)
    _cost_on_its_way: Decimal = Decimal(0)
    _stated_in: tuple[int, int] = (0, 0)

    def furnish(self) -> Path:
        """The household's files; the settings."""
        settings = self.theatre.furnish()
        with settings.open("a", encoding="utf-8") as file:
            file.write(SCHEDULE)
        self._stated_in = (OPENING.year, OPENING.month)
        return settings

    def morning(self, on: date) -> None:
        """What people and brokers do before the day's first ring."""
        if on == SPLIT_ON:
            self.happened.append("split 2:1 of VTI")
        if on in HALTED:
            halted = on == HALTED[0]
            assets = self.broker.market.assets
            assets["BND"] = replace(assets["BND"], tradable=not halted)
            self.happened += ["BND frozen"] if halted else []
        if on == LEAVES_ON:
            self._shares_leave()
        if on == COMES_ON:
            number = secret("brokerage", "number")
            self.broker.deliver(number, "VTI", MOVED, cost=self._cost_on_its_way, acquired_on=date(2012, 5, 1))
            self.happened.append("ACAT transfer")
        if (on.year, on.month) != self._stated_in and on.day >= 5:
            self._stated_in = (on.year, on.month)
            self.state(on - timedelta(days=1))

    def _shares_leave(self) -> None:
        book = self.broker.books[secret(KEYED, "key")]
        before = book.lots("VTI").cost_cents
        gone = Lot(qty=-MOVED, cost_cents=0, acquired_on=LEAVES_ON)
        book.deliver("ACATS", "VTI", gone)
        self._cost_on_its_way = Decimal(before - book.lots("VTI").cost_cents) / 100

    def state(self, as_of: date) -> None:
        """The workplace's statement of that day, which the household's owner puts into its file."""
        paid = sum(CONTRIBUTION for on in paydays(OPENING, as_of) if on <= as_of)
        rows = [f"# as_of: {as_of}", "symbol,quantity,price,cost_basis"]
        for symbol, (dollars, price) in WORKPLACE.items():
            share = Decimal("0.4") if symbol == "K500" else Decimal("0.6")
            count = dollars / price + paid * share / price
            rows.append(f"{symbol},{count:.3f},{price},{dollars}")
        path = self.theatre.folder / "work.csv"
        path.write_text("\n".join([*rows, "CASH,0,,"]) + "\n", encoding="utf-8")
        self.happened.append("statement")


def build(folder: Path, *, months: int, seed: int, faults: bool = True) -> Town:
    """A town for so many months from the opening on; the weather and the markets follow from the seed."""
    last = _month_end(OPENING, months)
    start = start_month_for_seed(seed, BEFORE + months + 2)
    first = date(OPENING.year - 2, OPENING.month + 6, 1)
    paths = {
        symbol: monthly_path(column, start, START_PRICE[symbol], first, BEFORE + months + 1)
        for symbol, column in (("VTI", Column.STOCK), ("BND", Column.BOND))
    }
    paths["VTI"] = PricePath(tuple((on, price / 2 if on >= SPLIT_ON else price) for on, price in paths["VTI"].steps))
    dividends = tuple(_dividends(last))
    market = Market(
        start_at=at(OPENING, 6, 30),
        assets=(Asset(symbol="VTI", name="Total stock market"), Asset(symbol="BND", name="Total bond market")),
        prices=paths,
        dividends=dividends,
    )
    plan = FaultPlan(*_weather(seed)) if faults else FaultPlan()
    broker = SimulatedBroker(market=market, accounts=(_keyed(),), schwab_logins=_logins(), faults=plan)
    deposits = tuple(_deposits(last, Random(seed)))
    for deposit in deposits:
        broker.deposit(secret("brokerage", "number"), deposit.amount, on=deposit.on, description=deposit.words)
    broker.split("VTI", 2, 1, on=SPLIT_ON)
    theatre = Theatre(broker=broker, real_start=start, months=BEFORE, folder=folder)
    return Town(broker=broker, theatre=theatre, deposits=deposits, dividends=dividends, last=last)


def at(on: date, hour: int, minute: int = 0) -> datetime:
    """An instant of New York."""
    return datetime.combine(on, time(hour, minute), NEW_YORK)


def paydays(first: date, last: date) -> Iterator[date]:
    """The 15th and the last day of each month, moved back to a session."""
    months = {(day.year, day.month) for day in days(first, last + 31 * DAY)}
    for year, month in sorted(months):
        for day in (date(year, month, 15), _month_end(date(year, month, 1), 1)):
            on = _session_on_or_before(day)
            if first <= on <= last:
                yield on


def days(first: date, last: date) -> Iterator[date]:
    """Every day, both ends included."""
    return (first + n * DAY for n in range((last - first).days + 1))


def is_session(on: date) -> bool:
    """Whether the exchange opens on a day."""
    return CALENDAR.session(on) is not None


def _weather(seed: int) -> list[Fault]:
    rates = {name: Decimal(count) / 1000 for name, count in RATES.items()}
    return [replace(fault, on=READS) if fault.name.startswith("read") else fault for fault in drawn(seed, rates)]


def _deposits(last: date, random: Random) -> Iterator[Deposit]:
    """Pay comes on its day or up to two sessions later, once not at all, and a bonus comes that nobody expected."""
    for on in paydays(OPENING, last):
        if on == LOST_PAY_ON:
            continue
        come_on = on
        for _ in range(random.choice((0, 0, 0, 1, 2))):
            come_on = CALENDAR.next_session(come_on).on
        yield Deposit(on=come_on, amount=PAY, words="PAYROLL")
    yield Deposit(on=BONUS_ON, amount=BONUS, words="BONUS")


def _dividends(last: date) -> Iterator[Dividend]:
    """Both funds pay in the last month of each quarter: ex on the 23rd, paid three sessions later."""
    for month in (date(2026, 3, 23), date(2026, 6, 23), date(2026, 9, 23), date(2026, 12, 22), date(2027, 3, 23)):
        ex_on = pay_on = _session_on_or_before(month)
        for _ in range(3):
            pay_on = CALENDAR.next_session(pay_on).on
        for symbol, amount in PER_SHARE.items():
            halved = amount / 2 if symbol == "VTI" and ex_on >= SPLIT_ON else amount
            if ex_on <= last:
                yield Dividend(symbol=symbol, per_share=halved, ex_on=ex_on, record_on=ex_on, pay_on=pay_on)


def _logins() -> tuple[SchwabLogin, ...]:
    return tuple(
        SchwabLogin(
            name=login,
            app_key=secret(login, "key"),
            app_secret=secret(login, "secret"),
            callback_url=CALLBACK,
            accounts=tuple(
                SchwabAccount(name=name, number=number, cash=Decimal(0), positions=positions(name))
                for name, number in accounts.items()
            ),
        )
        for login, accounts in LOGINS.items()
    )


def _keyed() -> SimulatedAccount:
    return SimulatedAccount(
        name=KEYED,
        key_id=secret(KEYED, "key"),
        secret_key=secret(KEYED, "secret"),
        cash=Decimal(0),
        positions=positions(KEYED),
    )


def positions(name: str) -> tuple[OpeningPosition, ...]:
    """What an account held at the start."""
    return tuple(
        OpeningPosition(
            symbol=symbol,
            qty=(dollars / START_PRICE[symbol]).quantize(Decimal(1)),
            cost=(dollars * Decimal(basis)).quantize(Decimal("0.01")),
            acquired_on=date(2012, 5, 1),
        )
        for symbol, (dollars, basis) in BOOKS[name].items()
    )


def key_of(account: str) -> str:
    """Under which key the broker keeps the book of an account."""
    return secret(account, "key" if account == KEYED else "number")


def _session_on_or_before(on: date) -> date:
    while not is_session(on):
        on -= DAY
    return on


def _month_end(first: date, months: int) -> date:
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1) - DAY
