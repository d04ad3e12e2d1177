"""Small households with an approved plan that nobody had to draw, and the books they start from."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from random import Random

from adapters.store.ledger import SqliteLedger
from bot.domain.facts import PlanProposed
from bot.domain.household import Account, Household, Kind
from bot.domain.instruments import Instrument
from bot.domain.limits import Limits
from bot.domain.money import Shares, Usd
from bot.domain.plan import Certificate, Environment, Lever, Plan, PlanLine, Proposal
from bot.domain.readings import Session
from bot.domain.snapshot import Side
from bot.domain.targets import Policy
from bot.services.approve import approve
from bot.services.propose import expiry
from bot.services.sync import take_snapshot
from bot.services.terms import Terms, code_version
from tests.chaos.hazards import Hazards
from tests.chaos.keeper import Keeper, Wrist
from tests.chaos.truth import FIRST_DAY, MINUTE, OPENS, Till, dollars
from tests.chaos.world import World
from tests.fakes.calendar import WeekdayCalendar

PRICES = {"VTI": 10_000, "BND": 5_000, "VXUS": 6_000}  # cents
CLASSES = {"VTI": "stocks", "BND": "bonds", "VXUS": "abroad"}
MENU = tuple(PRICES)
APPROVED_AT = OPENS + 5 * MINUTE
MEMORY = Path("/dev/shm")  # noqa: S108 - a kill does not ask what a file lies on, and a busy disk takes minutes
POLICY = Policy(targets_pct=(("stocks", Decimal(60)), ("bonds", Decimal(30)), ("abroad", Decimal(10))))
TERMS = Terms(
    environment=Environment.PAPER,
    settings_fingerprint="settings-1",
    expires_sessions=2,
    polls=3,
    limits=Limits(order_pct=Decimal(50), day_pct=Decimal(100)),
)
IRA, BROKERAGE = "ira", "brokerage"


class Days(WeekdayCalendar):
    """The weekdays, each worked out once."""

    @cache  # noqa: B019 - one calendar lives as long as the program
    def session(self, on: date) -> Session | None:
        return super().session(on)

    @cache  # noqa: B019 - same
    def next_session(self, after: date) -> Session:
        return super().next_session(after)


CALENDAR = Days()


@dataclass(frozen=True)
class Shape:
    """A household by its tills (account: settled dollars, shares) and the lines of its plan."""

    name: str
    tills: tuple[tuple[str, int, tuple[tuple[str, int], ...]], ...]
    orders: tuple[tuple[str, Side, str, int, Lever], ...]

    @cached_property
    def household(self) -> Household:
        kinds = {IRA: Kind.TRADITIONAL, BROKERAGE: Kind.TAXABLE}
        return Household(
            id="home",
            accounts=tuple(Account(id=name, kind=kinds[name], menu=MENU) for name, _, _ in self.tills),
            instruments=tuple(
                Instrument(symbol=symbol, exposure=((name, Decimal(1)),)) for symbol, name in CLASSES.items()
            ),
        )

    @cached_property
    def lines(self) -> tuple[PlanLine, ...]:
        return tuple(_line(number, *order) for number, order in enumerate(self.orders, 1))

    def world(self, rng: Random, now: int, *, tape: list[str] | None = None, calm: bool = False) -> World:
        tills = {name: Till(settled=cash * 100, shares=dict(shares)) for name, cash, shares in self.tills}
        return World(tills=tills, prices=dict(PRICES), rng=rng, now=now, tape=tape, calm=calm)


def _line(number: int, account: str, side: Side, symbol: str, quantity: int, lever: Lever) -> PlanLine:
    price, count = dollars(PRICES[symbol]), Shares(Decimal(quantity))
    return PlanLine(
        number=number,
        account=account,
        side=side,
        symbol=symbol,
        quantity=count,
        usd=count.value(price),
        price=price,
        asset_class=CLASSES[symbol],
        lever=lever,
        reason="it is behind",
    )


BUY, SELL, SHELTER, NEW_CASH = Side.BUY, Side.SELL, Lever.SHELTER, Lever.CASH
FUNDS = (("VTI", 400), ("BND", 400))
SHAPES = (
    Shape("one purchase", ((IRA, 9_000, FUNDS),), ((IRA, BUY, "VTI", 40, NEW_CASH),)),
    Shape("a swap", ((IRA, 500, FUNDS),), ((IRA, SELL, "VTI", 50, SHELTER), (IRA, BUY, "BND", 95, SHELTER))),
    Shape(
        "two purchases",
        ((BROKERAGE, 9_000, FUNDS),),
        ((BROKERAGE, BUY, "VTI", 40, NEW_CASH), (BROKERAGE, BUY, "BND", 60, NEW_CASH)),
    ),
    Shape(
        "two sales for one",
        ((IRA, 100, (*FUNDS, ("VXUS", 200))),),
        ((IRA, SELL, "VTI", 20, SHELTER), (IRA, SELL, "VXUS", 30, SHELTER), (IRA, BUY, "BND", 70, SHELTER)),
    ),
    Shape(
        "two accounts",
        ((BROKERAGE, 9_000, FUNDS), (IRA, 500, FUNDS)),
        (
            (BROKERAGE, BUY, "VXUS", 50, NEW_CASH),
            (BROKERAGE, BUY, "BND", 40, NEW_CASH),
            (IRA, SELL, "VTI", 30, SHELTER),
            (IRA, BUY, "BND", 55, SHELTER),
        ),
    ),
)


@dataclass(frozen=True)
class Books:
    """The bytes of a ledger in which a shape's plan stands approved."""

    ledger: bytes
    proposal: Proposal


@cache
def books(shape: Shape, *, triggers: bool = True) -> Books:
    """Written once by the real stations; without `triggers` the file itself refuses nothing."""
    with a_folder() as folder:
        path = folder / "ledger.sqlite"
        with SqliteLedger(path) as ledger:
            proposal = _approved(shape, ledger)
            if not triggers:
                for (name,) in ledger._connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
                    ledger._connection.execute(f"DROP TRIGGER {name}")
        return Books(path.read_bytes(), proposal)


def _approved(shape: Shape, ledger: SqliteLedger) -> Proposal:
    world = shape.world(Random(0), APPROVED_AT, calm=True)
    clock = Wrist(world, 0)
    keeper = Keeper(world=world, hazards=Hazards(rng=world.rng), keyed=True, clock=clock)
    snapshot = take_snapshot(
        household=shape.household,
        brokers=dict.fromkeys(world.tills, keeper),
        calendar=CALENDAR,
        clock=clock,
        ledger=ledger,
        fallback_prices={},
    )
    proposal = Proposal(
        plan=_plan(shape),
        plan_id="P-2026-03-02-A",
        environment=TERMS.environment,
        created_at=clock.now(),
        expires_at=expiry(clock.now(), TERMS.expires_sessions, CALENDAR),
        snapshot_fingerprint=snapshot.fingerprint,
        settings_fingerprint=TERMS.settings_fingerprint,
        code_version=code_version(),
        price_collar_pct=TERMS.price_collar_pct,
    )
    ledger.record(PlanProposed(at=clock.now(), proposal=proposal))
    approve(plan_id=proposal.plan_id, code=proposal.code, by="test", clock=clock, ledger=ledger)
    return proposal


def _plan(shape: Shape) -> Plan:
    return Plan(
        household="home",
        as_of_on=FIRST_DAY,
        lines=shape.lines,
        classes=(),
        pie=Usd.of(60_000),
        drift_before=Usd.of(9_000),
        drift_after=Usd(),
        drift_limit=Usd(),
        certificate=Certificate(),
        realized_gain=Usd(),
        tax=Usd(),
        tax_if_sold=Usd(),
        gain_if_sold=Usd(),
        cash_after=(),
    )


@contextmanager
def a_folder() -> Iterator[Path]:
    """A new folder, in memory where the machine has such a place."""
    with tempfile.TemporaryDirectory(prefix="chaos-", dir=MEMORY if MEMORY.is_dir() else None) as name:
        yield Path(name)
