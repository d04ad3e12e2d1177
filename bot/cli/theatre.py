"""A stage for the demo: a simulated broker, and a household that a real market's months have moved off its target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from adapters.brokers.schwab.access import Access
from adapters.brokers.schwab.logins import log_in
from adapters.brokers.schwab.redirects import authorization_url
from adapters.calendar import ExchangeCalendar
from adapters.clock import DateClock
from adapters.simulator.books.account import OpeningPosition, SimulatedAccount
from adapters.simulator.market.exchange import Asset, Dividend, Market
from adapters.simulator.market.monthly import Column, monthly_path, price_return, start_month_for_seed
from adapters.simulator.schwab.logins import SchwabAccount, SchwabLogin
from adapters.simulator.server import SimulatedBroker

NEW_YORK = ZoneInfo("America/New_York")
CALENDAR = ExchangeCalendar()
OPENING = date(2026, 3, 2)  # the day on which the curtain rises
LONGEST = 60  # months: of drifting before the curtain, and of days that can be shown after it
DRIFTED = Decimal("0.06")  # of the pie: beyond the usual band of five points
PAY = Decimal(6400)
STOCK_DIVIDEND, BOND_DIVIDEND = Decimal("0.94"), Decimal("0.23")  # dollars a share and quarter, about 1.3% a year

# What each account held when the real months began: symbol -> (dollars at that time, cost as a share of them).
BOOKS: Mapping[str, Mapping[str, tuple[int, str]]] = {
    "brokerage": {"VTI": (400_000, "0.35")},
    "rollover": {"VTI": (60_000, "1"), "BND": (300_000, "1")},
    "roth": {"VTI": (60_000, "1"), "BND": (40_000, "1")},
    "spare": {"VTI": (50_000, "0.6")},
}
# Two spouses, two logins; what neither opens is at Alpaca, where one key opens one account.
LOGINS: Mapping[str, Mapping[str, str]] = {
    "ann": {"brokerage": "10000001", "rollover": "10000002"},
    "sam": {"roth": "20000001"},
}
KEYED = "spare"
CALLBACK = "https://127.0.0.1:8182"
START_PRICE = {"VTI": Decimal(180), "BND": Decimal(74)}
WORKPLACE = {"K500": (30_000, Decimal(40)), "KBND": (60_000, Decimal(12))}

HOUSEHOLD = """\
# The demo's household: four accounts at two simulated brokers, and a 401(k) that is only counted.
id: demo
mode: paper
policy:
  targets_pct: {{stocks: 60, bonds: 40}}
  band: {{absolute_pp: 5, relative_pct: 25}}
  taxable_sells: never
  min_trade_usd: 100
  deposit_usd: 6400
securities:
  VTI: {{class: stocks, identical_group: total-us}}
  BND: {{class: bonds}}
  K500: {{class: stocks}}
  KBND: {{class: bonds}}
logins:
  ann: {{broker: schwab, host: "{url}", credentials: {ann}, token: ann.token.json}}
  sam: {{broker: schwab, host: "{url}", credentials: {sam}, token: sam.token.json}}
accounts:
  - {{id: brokerage, kind: taxable, broker: schwab, login: ann, number: {brokerage}, menu: [VTI, BND]}}
  - {{id: rollover, kind: traditional, broker: schwab, login: ann, number: {rollover}, menu: [BND, VTI]}}
  - {{id: roth, kind: roth, owner: spouse, broker: schwab, login: sam, number: {roth}, menu: [VTI, BND]}}
  - {{id: spare, kind: taxable, broker: alpaca, host: "{url}", credentials: {spare}, menu: [VTI, BND]}}
  - {{id: work, kind: 401k, broker: statement, file: work.csv, managed: false}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A day on which something happens: `session` opens it, `story` says what it is."""

    on: date
    story: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Theatre:
    """A simulated broker, not started yet, and the story of the months before."""

    broker: SimulatedBroker
    real_start: str
    months: int
    folder: Path

    def furnish(self, *, page: str = "") -> Path:
        """Write the household's files for the running broker, secrets apart and for the owner alone; the settings.

        `page` is where the page listens; without it there is none.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        words = {name: self._kept(name, "number") for accounts in LOGINS.values() for name in accounts}
        words |= {
            name: f"{{app_key: {self._kept(name, 'key')}, app_secret: {self._kept(name, 'secret')}}}" for name in LOGINS
        }
        words[KEYED] = f"{{key_id: {self._kept(KEYED, 'key')}, secret_key: {self._kept(KEYED, 'secret')}}}"
        settings = self.folder / "household.yaml"
        asked_for = f"page: {{listen: {page}}}\n" if page else ""
        settings.write_text(HOUSEHOLD.format(url=self.broker.url, **words) + asked_for, encoding="utf-8")
        rows = [f"# as_of: {OPENING - timedelta(days=3)}", "symbol,quantity,price,cost_basis"]
        rows += [f"{symbol},{dollars / price:.3f},{price},{dollars}" for symbol, (dollars, price) in WORKPLACE.items()]
        (self.folder / "work.csv").write_text("\n".join([*rows, "CASH,0,,"]) + "\n", encoding="utf-8")
        self.log_in()
        return settings

    def _kept(self, name: str, part: str) -> str:
        """Write a made-up secret into a file of its own; the reference to it."""
        path = self.folder / f"{name}.{part}"
        path.touch(mode=0o600)
        path.write_text(secret(name, part) + "\n", encoding="ascii")
        return f"{{file: {path.name}}}"

    def log_in(self) -> None:
        """Each owner logs in with a browser, as the real service asks for every week."""
        clock = DateClock(self.broker.url)
        for name, accounts in LOGINS.items():
            access = Access(
                name=name,
                app_key=secret(name, "key"),
                app_secret=secret(name, "secret"),
                callback_url=CALLBACK,
                token_path=self.folder / f"{name}.token.json",
                origin=self.broker.url,
            )
            seen = self.broker.schwab_login(name, authorization_url(access, clock.now()))
            log_in(access, seen, expected=accounts, clock=clock)

    def play(self, scene: Scene) -> None:
        """Let time pass until a quarter of an hour into the scene's session; who was logged out logs in again."""
        self.broker.advance_to(datetime.combine(scene.on, time(9, 45), NEW_YORK))
        self.log_in()


def secret(name: str, part: str) -> str:
    """A made-up secret: the key or the secret of a login or an account, or an account's number."""
    numbers = {account: number for accounts in LOGINS.values() for account, number in accounts.items()}
    return numbers[name] if part == "number" else f"made-up-{part}-of-{name}"


def build(folder: Path, *, seed: int, days: int, port: int = 0) -> Theatre:
    """Choose real months by the seed, let the household drift through them, and set the stage for so many days."""
    ahead = days // 2 + 1  # months: each has two paydays, and every third a dividend
    real_start, months = _drifting_window(seed)
    first = _months_before(OPENING, months)
    paths = {
        symbol: monthly_path(column, real_start, START_PRICE[symbol], first, months + ahead)
        for symbol, column in (("VTI", Column.STOCK), ("BND", Column.BOND))
    }
    market = Market(
        start_at=datetime.combine(OPENING, time(9, 45), NEW_YORK),
        assets=(Asset(symbol="VTI", name="Total stock market"), Asset(symbol="BND", name="Total bond market")),
        prices=paths,
        dividends=tuple(dividend for quarter in range(ahead // 3 + 1) for dividend in _dividends(quarter)),
    )
    broker = SimulatedBroker(market=market, accounts=(_keyed(),), schwab_logins=_logins(), port=port)
    for on in _paydays(ahead):
        broker.deposit(secret("brokerage", "number"), PAY, on=on, description="PAYROLL")
    return Theatre(broker=broker, real_start=real_start, months=months, folder=folder)


def scenes(count: int) -> Iterator[Scene]:
    """The first days worth watching: the opening, then each payday and each dividend's pay date."""
    yield Scene(on=OPENING, story="The markets have moved the household off its target.")
    days = [(on, "Payday: new money lies in the brokerage account.") for on in _paydays(count)]
    for quarter in range(count // 3 + 1):
        pay = _dividends(quarter)[0].pay_on
        days.append((pay, "Dividends of VTI and BND arrive as cash (reinvestment is off)."))
    for on, story in sorted(days)[: count - 1]:
        yield Scene(on=on, story=story)


def _logins() -> tuple[SchwabLogin, ...]:
    return tuple(
        SchwabLogin(
            name=login,
            app_key=secret(login, "key"),
            app_secret=secret(login, "secret"),
            callback_url=CALLBACK,
            accounts=tuple(
                SchwabAccount(name=name, number=number, cash=Decimal(0), positions=_positions(name))
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
        positions=_positions(KEYED),
    )


def _positions(name: str) -> tuple[OpeningPosition, ...]:
    return tuple(
        OpeningPosition(
            symbol=symbol,
            qty=(dollars / START_PRICE[symbol]).quantize(Decimal(1)),
            cost=(dollars * Decimal(basis)).quantize(Decimal("0.01")),
            acquired_on=date(2012, 5, 1),
        )
        for symbol, (dollars, basis) in BOOKS[name].items()
    )


def _drifting_window(seed: int) -> tuple[str, int]:
    """A real month picked by the seed, and how many months it takes until stocks have left their band."""
    for turn in range(100):
        start = start_month_for_seed(seed + 1000 * turn, 2 * LONGEST)
        stocks, bonds = Decimal("0.6"), Decimal("0.4")
        year, month = int(start[:4]), int(start[5:])
        for count in range(1, LONGEST + 1):
            name = f"{year}-{month:02d}"
            stocks *= 1 + price_return(Column.STOCK, name)
            bonds *= 1 + price_return(Column.BOND, name)
            if abs(stocks / (stocks + bonds) - Decimal("0.6")) > DRIFTED and count >= 6:
                return start, count
            year, month = year + month // 12, month % 12 + 1
    raise AssertionError("no window of a century drifts: the series is broken")


def _months_before(on: date, months: int) -> date:
    index = on.year * 12 + on.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def _paydays(months: int) -> list[date]:
    """The 15th and the last day of each month, rolled back to a session."""
    days = []
    for index in range(months):
        year, month = OPENING.year + (OPENING.month - 1 + index) // 12, (OPENING.month - 1 + index) % 12 + 1
        last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        days += [_session_on_or_before(date(year, month, 15)), _session_on_or_before(last)]
    return days


def _dividends(quarter: int) -> tuple[Dividend, Dividend]:
    """Both funds pay in the last month of each quarter: ex on the 23rd, paid three sessions later."""
    year, month = OPENING.year + (OPENING.month - 1 + 3 * quarter) // 12, (OPENING.month - 1 + 3 * quarter) % 12 + 1
    ex_on = pay_on = _session_on_or_before(date(year, month, 23))
    for _ in range(3):
        pay_on = CALENDAR.next_session(pay_on).on
    return (
        Dividend(symbol="VTI", per_share=STOCK_DIVIDEND, ex_on=ex_on, record_on=ex_on, pay_on=pay_on),
        Dividend(symbol="BND", per_share=BOND_DIVIDEND, ex_on=ex_on, record_on=ex_on, pay_on=pay_on),
    )


def _session_on_or_before(on: date) -> date:
    while CALENDAR.session(on) is None:
        on -= timedelta(days=1)
    return on
