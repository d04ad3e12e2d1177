"""A household of a million dollars, its approved plan, and the case of each of the plan's orders as it should be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import cache

from bot.domain.approval import Approval, Verdict
from bot.domain.household import Account, Household, Kind
from bot.domain.instruments import Instrument, InstrumentType
from bot.domain.limits import Limits
from bot.domain.lots import Position, TaxLot
from bot.domain.money import Shares, Usd
from bot.domain.orders import Intent, OrderRecord, OrderState
from bot.domain.plan import Certificate, Environment, Lever, Plan, PlanLine, Proposal
from bot.domain.readings import AccountReading, Capabilities, HeldReading, Quote, Session
from bot.domain.snapshot import Holding, Side, Snapshot
from bot.domain.targets import Policy, TaxableSells
from bot.engine.guard.case import Case, Worlds

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)  # ten o'clock in New York, a Monday
BEGAN = NOW - timedelta(minutes=6)
TODAY, PLANNED_ON, EARLIER_ON = date(2026, 3, 2), date(2026, 2, 27), date(2026, 2, 26)
OLD = date(2015, 6, 1)
SESSION = Session(
    on=TODAY,
    opens_at=datetime(2026, 3, 2, 14, 30, tzinfo=UTC),
    closes_at=datetime(2026, 3, 2, 21, tzinfo=UTC),
    settles_on=date(2026, 3, 3),
)
PAPER = Environment.PAPER
PRICES = {
    "VTI": Decimal(300),
    "ITOT": Decimal(150),
    "SCHB": Decimal(50),
    "VXUS": Decimal(60),
    "IXUS": Decimal(70),
    "BND": Decimal(75),
    "AGG": Decimal(100),
    "MUB": Decimal(108),
    "VTSAX": Decimal(140),
    "HALT": Decimal(20),
    "NOTE": Decimal(1),
    "BOTH": Decimal(30),
    "PENNY": Decimal("0.5"),
    "DOLLAR": Decimal(1),
    "MIX": Decimal(10),
}


def fund(symbol: str, asset_class: str, group: str = "", **rest: object) -> Instrument:
    """A fund of one class."""
    noun = Instrument(symbol=symbol, exposure=((asset_class, Decimal(1)),), identical_group=group)
    return replace(noun, **rest)  # type: ignore[arg-type]  # fields by name


INSTRUMENTS = (
    fund("VTI", "stocks"),
    fund("ITOT", "stocks"),
    fund("SCHB", "stocks"),
    fund("VXUS", "intl", "all abroad"),
    fund("IXUS", "intl", "all abroad"),
    fund("BND", "bonds"),
    fund("AGG", "bonds"),
    fund("MUB", "bonds", taxable_only=True),
    fund("VTSAX", "stocks", type=InstrumentType.MUTUAL_FUND),
    fund("HALT", "stocks", tradable=False),
    fund("NOTE", "bonds", type=InstrumentType.TBILL),
    Instrument(symbol="BOTH", exposure=(("bonds", Decimal("0.5")), ("stocks", Decimal("0.5")))),
    fund("PENNY", "gold"),
    fund("DOLLAR", "gold"),
    Instrument(symbol="MIX", exposure=(("bonds", Decimal("0.6")), ("stocks", Decimal("0.4")))),
)
MENU = tuple(symbol for symbol in PRICES if symbol != "AGG")
HOUSEHOLD = Household(
    id="home",
    accounts=(
        Account(id="taxable", kind=Kind.TAXABLE, menu=(*MENU, "AGG"), cash_buffer=Usd.of(1_000)),
        Account(id="ira", kind=Kind.TRADITIONAL, menu=MENU, holds=("SCHB",)),
        Account(id="roth", kind=Kind.ROTH, menu=MENU, cash_buffer=Usd.of(1_000)),
        Account(id="hers", kind=Kind.TRADITIONAL, owner="spouse", menu=MENU),
        Account(id="joint", kind=Kind.TAXABLE, owner="spouse", menu=MENU),
        Account(id="work", kind=Kind.WORKPLACE, menu=MENU, automatic=False),
    ),
    instruments=INSTRUMENTS,
)
POLICY = Policy(targets_pct=(("stocks", Decimal(60)), ("intl", Decimal(10)), ("bonds", Decimal(30))))
LOSSES = replace(POLICY, taxable_sells=TaxableSells.LOSSES_ONLY)
CAN = Capabilities(sends_orders=True, fractional=False, keyed=True, environment=PAPER)


def lot(
    count: Decimal | int | str, cost: Decimal | int | str | None = 40, on: date | None = OLD, **rest: object
) -> TaxLot:
    """Shares bought together."""
    noun = TaxLot(quantity=Shares.of(count), cost_per_share=None if cost is None else Decimal(cost), acquired_on=on)
    return replace(noun, **rest)  # type: ignore[arg-type]  # fields by name


def holding(account: str, cash: int, unsettled: int = 0, /, **lots: Sequence[TaxLot]) -> Holding:
    """What an account holds, cash in dollars."""
    positions = tuple(Position(symbol=symbol, lots=tuple(some)) for symbol, some in lots.items())
    return Holding(account=account, cash_settled=Usd.of(cash), cash_unsettled=Usd.of(unsettled), positions=positions)


HOLDINGS = (
    holding(
        "taxable",
        20_000,
        VTI=[lot(1_000, 100)],
        VXUS=[lot(500, 80, date(2019, 5, 1)), lot(500, 70, date(2020, 5, 1))],
    ),
    holding("ira", 15_000, VTI=[lot(700)], BND=[lot(1_000)]),
    holding("roth", 10_000, VTI=[lot(400)]),
    holding("hers", 10_000, BND=[lot(2_000)]),
    holding("joint", 30_000),
    holding("work", 0),
)


def snapshot(on: date, holdings: Iterable[Holding] = HOLDINGS, **rest: object) -> Snapshot:
    """The household on a day."""
    noun = Snapshot(as_of_on=on, holdings=tuple(holdings), prices=tuple(PRICES.items()))
    return replace(noun, **rest)  # type: ignore[arg-type]  # fields by name


def line(number: int, account: str, side: Side, symbol: str, count: int, lever: Lever = Lever.SHELTER) -> PlanLine:
    """One order of a plan."""
    return PlanLine(
        number=number,
        account=account,
        side=side,
        symbol=symbol,
        quantity=Shares.of(count),
        usd=Shares.of(count).value(PRICES[symbol]),
        price=PRICES[symbol],
        asset_class="stocks",
        lever=lever,
        reason="as drawn",
    )


SALE, SWAP, CASH, TAXABLE = 1, 2, 3, 4  # the plan's lines: a swap of $100,000, and two purchases with cash
LINES = (
    line(SALE, "ira", Side.SELL, "VTI", 333),
    line(SWAP, "ira", Side.BUY, "BND", 1_330),
    line(CASH, "roth", Side.BUY, "BND", 100, Lever.CASH),
    line(TAXABLE, "taxable", Side.BUY, "VTI", 60, Lever.CASH),
)
LOSS = 1
LOSS_LINES = (line(LOSS, "taxable", Side.SELL, "VXUS", 400, Lever.LOSS),)


def proposal_of(lines: Sequence[PlanLine], planned: Snapshot) -> Proposal:
    """The plan that was drawn, bound to its circumstances."""
    plan = Plan(
        household="home",
        as_of_on=planned.as_of_on,
        lines=tuple(lines),
        classes=(),
        pie=Usd.of(1_000_000),
        drift_before=Usd.of(200_000),
        drift_after=Usd(),
        drift_limit=Usd(),
        certificate=Certificate(),
        realized_gain=Usd(),
        tax=Usd(),
        tax_if_sold=Usd(),
        gain_if_sold=Usd(),
        cash_after=(),
    )
    return Proposal(
        plan=plan,
        plan_id="2026-02-27-1",
        environment=PAPER,
        created_at=NOW - timedelta(days=3),
        expires_at=NOW + timedelta(days=1),
        snapshot_fingerprint=planned.fingerprint,
        settings_fingerprint="settings",
        code_version="1.0",
        price_collar_pct=Decimal(1),
    )


def quote_of(symbol: str) -> Quote:
    """A cent on either side of the price, five seconds ago."""
    price = PRICES[symbol]
    edge = min(Decimal("0.01"), price / 1_000)
    return Quote(symbol=symbol, bid=price - edge, ask=price + edge, at=NOW - timedelta(seconds=5))


def intent_of(proposal: Proposal, number: int) -> Intent:
    """A line's order, at a limit a tenth of a percent past the quote."""
    wanted = next(one for one in proposal.plan.lines if one.number == number)
    quote, cent = quote_of(wanted.symbol), Decimal("0.01")
    if wanted.side is Side.BUY:
        limit = (quote.ask * Decimal("1.001")).quantize(cent, rounding=ROUND_CEILING)
    else:
        limit = (quote.bid * Decimal("0.999")).quantize(cent, rounding=ROUND_FLOOR)
    return Intent(
        plan=proposal.fingerprint,
        line=number,
        attempt=1,
        account=wanted.account,
        side=wanted.side,
        symbol=wanted.symbol,
        quantity=wanted.quantity,
        limit_price=limit,
    )


def record(
    intent: Intent, state: OrderState, filled: int | None = None, price: Decimal | None = None, **rest: object
) -> OrderRecord:
    """An order in the journal; a filled one has filled whole, at its limit."""
    full = intent.quantity if state is OrderState.FILLED else Shares()
    noun = OrderRecord(
        intent=intent,
        state=state,
        intended_at=NOW - timedelta(minutes=2),
        filled=full if filled is None else Shares.of(filled),
        average_price=intent.limit_price if price is None and (full or filled) else price,
    )
    return replace(noun, **rest)  # type: ignore[arg-type]  # fields by name


def reading_of(held: Holding) -> AccountReading:
    """An account just as a snapshot has it."""
    return AccountReading(
        account=held.account,
        cash_settled=held.cash_settled,
        cash_unsettled=held.cash_unsettled,
        held=tuple(
            HeldReading(
                symbol=one.symbol,
                quantity=one.quantity,
                available=one.quantity,
                cost_basis=None,
                price=PRICES[one.symbol],
            )
            for one in held.positions
        ),
        open_orders=held.open_orders,
    )


def case_of(
    number: int, lines: Sequence[PlanLine] = LINES, holdings: Iterable[Holding] = HOLDINGS, policy: Policy = POLICY
) -> Case:
    """The case of one line: everything as it should be, nothing sent yet."""
    held = tuple(holdings)
    planned = snapshot(PLANNED_ON, held, taken_at=NOW - timedelta(days=3))
    fresh = snapshot(TODAY, held, taken_at=NOW - timedelta(minutes=5))
    proposal = proposal_of(lines, planned)
    intent = intent_of(proposal, number)
    account = HOUSEHOLD.account(intent.account)
    return Case(
        intent=intent,
        proposal=proposal,
        approval=approval_of(proposal),
        household=HOUSEHOLD,
        policy=policy,
        limits=Limits(),
        planned=planned,
        fresh=fresh,
        reading=reading_of(fresh.holding(intent.account)),
        earlier=snapshot(EARLIER_ON, held),
        orders=(),
        kept=account.cash_buffer,
        quote=quote_of(intent.symbol),
        now=NOW,
        run_began_at=BEGAN,
        broker_at=NOW,
        wall_drift=timedelta(),
        last_fact_at=NOW - timedelta(seconds=10),
        session=SESSION,
        market_is_open=True,
        halted="",
        worlds=Worlds(url=PAPER, key=PAPER, settings=PAPER, plan=PAPER),
        capabilities=CAN,
        settings_fingerprint="settings",
        code_version="1.0",
        ticked=frozenset(),
    )


def approval_of(proposal: Proposal) -> Approval:
    """Somebody's yes to exactly this."""
    return Approval(plan=proposal.fingerprint, verdict=Verdict.APPROVED, at=NOW - timedelta(hours=1), by="terminal")


def sealed(case: Case, **changes: object) -> Case:
    """The same case with another proposal, approved anew; the plan's orders belong to the new one."""
    proposal = replace(case.proposal, **changes)  # type: ignore[arg-type]  # fields by name
    old, new = case.proposal.fingerprint, proposal.fingerprint
    orders = tuple(
        replace(order, intent=replace(order.intent, plan=new)) if order.intent.plan == old else order
        for order in case.orders
    )
    return replace(
        case,
        proposal=proposal,
        approval=approval_of(proposal),
        intent=replace(case.intent, plan=new),
        orders=orders,
    )


def planned_from(case: Case, planned: Snapshot) -> Case:
    """The same case with the plan drawn from other holdings."""
    return sealed(replace(case, planned=planned), snapshot_fingerprint=planned.fingerprint)


def with_lines(case: Case, *lines: PlanLine) -> Case:
    """The same case with other lines in its plan."""
    return sealed(case, plan=replace(case.proposal.plan, lines=lines))


def changed(where: Snapshot, account: str, **changes: object) -> Snapshot:
    """A snapshot with one account changed."""
    return replace(
        where,
        holdings=tuple(
            replace(one, **changes) if one.account == account else one  # type: ignore[arg-type]  # fields by name
            for one in where.holdings
        ),
    )


def without(where: Snapshot, account: str) -> Snapshot:
    """A snapshot that lacks an account."""
    return replace(where, holdings=tuple(one for one in where.holdings if one.account != account))


def priced(where: Snapshot, **prices: Decimal | int | None) -> Snapshot:
    """A snapshot with other prices."""
    told = {symbol: None if price is None else Decimal(price) for symbol, price in prices.items()}
    return replace(where, prices=tuple((dict(where.prices) | told).items()))


def reread(case: Case, **changes: object) -> Case:
    """The same case with something else in the last reading."""
    return replace(case, reading=replace(case.reading, **changes))  # type: ignore[arg-type]  # fields by name


def having(case: Case, account: str, *lots: TaxLot, symbol: str = "", cash: int | None = None) -> Case:
    """The same case in a household that holds these lots: then as now, in the books and just read."""
    wanted = symbol or case.intent.symbol

    def held(where: Snapshot) -> Snapshot:
        positions = tuple(one for one in where.holding(account).positions if one.symbol != wanted)
        mine = (*positions, Position(symbol=wanted, lots=lots)) if lots else positions
        now = changed(where, account, positions=mine)
        return now if cash is None else changed(now, account, cash_settled=Usd.of(cash))

    after = planned_from(case, held(case.planned))
    after = replace(after, fresh=held(case.fresh), earlier=None if case.earlier is None else held(case.earlier))
    if account != case.intent.account:
        return after
    now = reading_of(after.fresh.holding(account))
    return reread(after, held=now.held, cash_settled=now.cash_settled)


def asking(case: Case, **changes: object) -> Case:
    """The same case with something else in the order."""
    return replace(case, intent=replace(case.intent, **changes))  # type: ignore[arg-type]  # fields by name


def quoting(case: Case, **changes: object) -> Case:
    """The same case with something else in the quote."""
    assert case.quote is not None
    return replace(case, quote=replace(case.quote, **changes))  # type: ignore[arg-type]  # fields by name


def ordered(case: Case, *orders: OrderRecord) -> Case:
    """The same case with these orders in the journal besides."""
    return replace(case, orders=(*case.orders, *orders))


def stranger(
    account: str, side: Side, symbol: str, count: int | str, limit: Decimal | int = 1, line: int = 1
) -> Intent:
    """An order of another plan."""
    return Intent(
        plan="another",
        line=line,
        attempt=1,
        account=account,
        side=side,
        symbol=symbol,
        quantity=Shares.of(count),
        limit_price=Decimal(limit),
    )


@cache
def sale() -> Case:
    """The first leg of the swap, $100,000 of the household's million."""
    return case_of(SALE)


@cache
def swap(*, settled: bool = False) -> Case:
    """The second leg: the first has filled, and its proceeds are there."""
    case = case_of(SWAP)
    sold = record(intent_of(case.proposal, SALE), OrderState.FILLED)
    proceeds = sold.filled.value(sold.intent.limit_price)
    after = reading_of(changed(case.fresh, "ira", positions=_ira_after_the_sale()).holding("ira"))
    before = Usd.of(15_000)
    settled_cash, unsettled = (before + proceeds, Usd()) if settled else (before, proceeds)
    return ordered(replace(case, reading=replace(after, cash_settled=settled_cash, cash_unsettled=unsettled)), sold)


def _ira_after_the_sale() -> tuple[Position, ...]:
    return holding("ira", 0, VTI=[lot(700 - 333)], BND=[lot(1_000)]).positions


@cache
def purchase() -> Case:
    """A purchase with cash in the Roth account: at most $9,000."""
    return case_of(CASH)


@cache
def taxable_purchase() -> Case:
    """A purchase with cash in the taxable account."""
    return case_of(TAXABLE)


@cache
def loss_sale() -> Case:
    """An opted-in sale of taxable lots at a loss, the oldest of which the broker takes."""
    return case_of(LOSS, LOSS_LINES, policy=LOSSES)


@cache
def dearest_sale() -> Case:
    """The same, with the dearest lots named; the oldest one stands at a gain."""
    case = having(loss_sale(), "taxable", lot(500, 50, OLD), lot(500, 70, date(2020, 5, 1)))
    can = replace(case.capabilities, dearest_first=True)
    return reread(asking(replace(case, capabilities=can), dearest_first=True), lot_selection="FIFO")


@cache
def buying(symbol: str, count: int = 10) -> Case:
    """A purchase of this fund in the Roth account."""
    return case_of(CASH, (line(CASH, "roth", Side.BUY, symbol, count, Lever.CASH),))


SOUND = (sale, swap, purchase, taxable_purchase, loss_sale, dearest_sale)
