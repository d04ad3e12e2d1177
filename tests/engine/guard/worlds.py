"""Households, plans and orders at random, most of them a little wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from bot.domain.approval import Approval, Verdict
from bot.domain.household import Account, Household, Kind
from bot.domain.lots import Position, TaxLot
from bot.domain.money import Shares, Usd
from bot.domain.orders import Intent, OrderRecord, OrderState
from bot.domain.plan import Lever, PlanLine, Proposal
from bot.domain.snapshot import Holding, OpenOrder, Side, Snapshot
from bot.domain.targets import Policy, TaxableSells
from bot.engine.guard.case import Case
from tests.engine.guard import cases

SYMBOLS = ("VTI", "VXUS", "IXUS", "BND", "BOTH")
WORDS = ("", "", "FIFO", "FIFO", "HIGH_COST", "AVERAGE_COST", "LIFO", "LOW_COST")
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed(Snapshot):
    """A snapshot whose fingerprint was taken once."""

    known: str = ""

    @property
    def fingerprint(self) -> str:
        """As it was taken."""
        return self.known


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed(Proposal):
    """A proposal whose fingerprint was taken once."""

    known: str = ""

    @property
    def fingerprint(self) -> str:
        """As it was taken."""
        return self.known


def world(rng: Random) -> list[Case]:
    """One household with its approved plan: the case of each line, as far as a random plan can be right."""
    accounts = tuple(_account(rng, n) for n in range(rng.randint(1, 3)))
    holdings = [_holding(rng, account) for account in accounts]
    holdings.append(cases.holding("rest", 2_000_000))
    household = Household(
        id="random",
        accounts=(*accounts, Account(id="rest", kind=Kind.WORKPLACE, automatic=False)),
        instruments=cases.INSTRUMENTS,
    )
    lines = tuple(_line(rng, number, rng.choice(holdings[:-1])) for number in range(1, rng.randint(2, 4)))
    policy = Policy(
        targets_pct=cases.POLICY.targets_pct,
        taxable_sells=rng.choice([TaxableSells.NEVER, TaxableSells.LOSSES_ONLY, TaxableSells.LOSSES_ONLY]),
        spend_unsettled_cash=rng.random() < 0.1,
        same_day_swaps=rng.random() < 0.8,
        fractional_shares=rng.random() < 0.3,
    )
    planned = Snapshot(as_of_on=cases.PLANNED_ON, holdings=tuple(holdings), prices=tuple(cases.PRICES.items()))
    proposal = cases.proposal_of(lines, planned)
    sealed = Sealed(**_fields(proposal), known=proposal.fingerprint)
    books = Printed(**_fields(planned), known=planned.fingerprint)
    selections = {account.id: rng.choice(WORDS) for account in accounts}
    return [_case(rng, sealed, books, household, policy, line, selections[line.account]) for line in lines]


def _fields(noun: Snapshot | Proposal) -> dict[str, Any]:
    return {name: getattr(noun, name) for name in noun.__dataclass_fields__}


def _account(rng: Random, n: int) -> Account:
    kind = rng.choice([Kind.TAXABLE, Kind.TRADITIONAL, Kind.ROTH])
    buffer = Usd.of(rng.choice([0, 0, 500]))
    return Account(id=f"a{n}", kind=kind, owner=rng.choice(["self", "spouse"]), menu=SYMBOLS, cash_buffer=buffer)


def _holding(rng: Random, account: Account) -> Holding:
    lots = {symbol: [_lot(rng, symbol) for _ in range(rng.randint(1, 3))] for symbol in rng.sample(SYMBOLS, 2)}
    return cases.holding(account.id, rng.choice([-2_000, 0, 3_000, 9_000, 40_000]), rng.choice([0, 0, 5_000]), **lots)


def _lot(rng: Random, symbol: str) -> TaxLot:
    cost = cases.PRICES[symbol] * rng.choice([50, 98, 100, 101, 120, 130, 140, 150, 160]) / 100
    on = rng.choice([None, *[date(2018, 1, 5), date(2021, 7, 1), date(2026, 1, 20)] * 4, date(2026, 2, 20)])
    locked = rng.choice([None] * 8 + [cases.TODAY, cases.TODAY + timedelta(days=1)])
    return TaxLot(
        quantity=Shares.of(rng.choice([5, 20, 60, 100]) + (Decimal("0.25") if rng.random() < 0.1 else 0)),
        cost_per_share=None if rng.random() < 0.04 else cost,
        acquired_on=on,
        locked_until_on=locked,
    )


def _line(rng: Random, number: int, held: Holding) -> PlanLine:
    side = rng.choice([Side.BUY, Side.SELL])
    symbol = rng.choice(SYMBOLS)
    if side is Side.SELL and rng.random() < 0.8:
        symbol = rng.choice(held.positions).symbol
    lever = rng.choice([Lever.LOSS, Lever.LOSS, Lever.SHELTER]) if side is Side.SELL else Lever.CASH
    return cases.line(number, held.account, side, symbol, rng.choice([1, 5, 20, 60, 100, 120]), lever)


def _case(
    rng: Random, proposal: Sealed, planned: Printed, household: Household, policy: Policy, line: PlanLine, word: str
) -> Case:
    fresh = Snapshot(
        as_of_on=cases.TODAY,
        holdings=planned.holdings,
        prices=planned.prices,
        taken_at=cases.NOW - timedelta(minutes=5),
    )
    model = cases.sale()
    can = replace(cases.CAN, dearest_first=rng.random() < 0.6, fractional=rng.random() < 0.5)
    intent = cases.intent_of(proposal, line.number)
    dearest = line.lever is Lever.LOSS and can.dearest_first and rng.random() < 0.8
    reading = cases.reading_of(fresh.holding(line.account))
    return replace(
        model,
        intent=replace(intent, dearest_first=dearest),
        proposal=proposal,
        approval=Approval(plan=proposal.known, verdict=Verdict.APPROVED, at=cases.NOW, by="terminal"),
        household=household,
        policy=policy,
        planned=planned,
        fresh=fresh,
        reading=replace(reading, lot_selection=word),
        earlier=None,
        kept=household.account(line.account).cash_buffer,
        quote=cases.quote_of(line.symbol),
        capabilities=can,
    )


def orders(rng: Random, count: int) -> Iterator[Case]:
    """So many orders of one household; two in three have something wrong about them, some of them more."""
    lines = world(rng)
    for _ in range(count):
        case = rng.choice(lines)
        for _ in range(rng.choice([0, 1, 1, 2])):
            case = rng.choice(WRONGS)(rng, case)
        yield case


def _asks_for_more(rng: Random, case: Case) -> Case:
    count = case.intent.quantity.count * rng.choice([2, 3, 10])
    return replace(case, intent=replace(case.intent, quantity=Shares(count)))


def _asks_for_less(rng: Random, case: Case) -> Case:
    count = case.intent.quantity.count / rng.choice([2, 4, 5])
    return replace(case, intent=replace(case.intent, quantity=Shares(count)))


def _another_limit(rng: Random, case: Case) -> Case:
    limit = (case.intent.limit_price * rng.choice([97, 99, 100, 101, 103]) / 100).quantize(CENT)
    return replace(case, intent=replace(case.intent, limit_price=limit + rng.choice([Decimal(0)] * 3 + [CENT / 10])))


def _another_account(rng: Random, case: Case) -> Case:
    account = rng.choice(case.household.accounts).id
    return replace(case, intent=replace(case.intent, account=rng.choice([account, account, "stranger"])))


def _other_side(_: Random, case: Case) -> Case:
    side = Side.BUY if case.intent.side is Side.SELL else Side.SELL
    return replace(case, intent=replace(case.intent, side=side))


def _open_at_the_broker(rng: Random, case: Case) -> Case:
    order = OpenOrder(
        side=rng.choice([case.intent.side, Side.BUY, Side.SELL]),
        symbol=rng.choice([case.intent.symbol, *SYMBOLS]),
        quantity=Shares.of(rng.choice([1, 10, 50])),
    )
    return replace(case, reading=replace(case.reading, open_orders=(*case.reading.open_orders, order)))


def _in_the_journal(rng: Random, case: Case) -> Case:
    """Another plan's order, whose shares and dollars are nowhere yet."""
    symbol = rng.choice([case.intent.symbol, *SYMBOLS])
    intent = Intent(
        plan="another",
        line=rng.randint(1, 9),
        attempt=1,
        account=rng.choice([case.intent.account, case.intent.account, "a0"]),
        side=rng.choice([case.intent.side, Side.BUY]),
        symbol=symbol,
        quantity=Shares.of(rng.choice([1, 10, 50])),
        limit_price=cases.PRICES[symbol],
    )
    state = rng.choice(list(OrderState))
    return replace(case, orders=(*case.orders, OrderRecord(intent=intent, state=state, intended_at=cases.NOW)))


def _own_sale(rng: Random, case: Case) -> Case:
    """A sale of the plan in the order's account has filled, and its proceeds are there, or others are."""
    lines = [
        one
        for one in case.proposal.plan.lines
        if one.side is Side.SELL and one.account == case.intent.account and one.number != case.intent.line
    ]
    if not lines or case.orders:
        return case
    line = rng.choice(lines)
    sold = cases.record(cases.intent_of(case.proposal, line.number), OrderState.FILLED)
    proceeds = sold.filled.value(sold.intent.limit_price)
    held = tuple(
        replace(one, quantity=one.quantity - line.quantity, available=one.available - line.quantity)
        if one.symbol == line.symbol
        else one
        for one in case.reading.held
    )
    unsettled = case.reading.cash_unsettled + proceeds
    return replace(case, orders=(sold,), reading=replace(case.reading, held=held, cash_unsettled=unsettled))


def _more_cash(rng: Random, case: Case) -> Case:
    more = Usd.of(rng.choice([-3_000, -50, 50, 3_000]))
    if rng.random() < 0.5:
        return replace(case, reading=replace(case.reading, cash_settled=case.reading.cash_settled + more))
    return replace(case, reading=replace(case.reading, cash_unsettled=case.reading.cash_unsettled + more))


def _other_shares(rng: Random, case: Case) -> Case:
    held = tuple(replace(one, quantity=Shares.of(rng.choice([0, 3, 400]))) for one in case.reading.held)
    return replace(case, reading=replace(case.reading, held=held))


def _fewer_free(rng: Random, case: Case) -> Case:
    held = tuple(replace(one, available=Shares.of(rng.choice([0, 3, 40]))) for one in case.reading.held)
    return replace(case, reading=replace(case.reading, held=held))


def _other_lots(rng: Random, case: Case) -> Case:
    """The lots are others than planned, and nobody has told the plan."""
    holdings = tuple(
        replace(
            one,
            positions=tuple(
                Position(symbol=p.symbol, lots=tuple(replace(lot, cost_per_share=Decimal(50)) for lot in p.lots))
                for p in one.positions
            ),
        )
        for one in case.fresh.holdings
    )
    return replace(case, fresh=replace(case.fresh, holdings=holdings))


def _another_word(rng: Random, case: Case) -> Case:
    intent = replace(case.intent, dearest_first=rng.random() < 0.5)
    return replace(case, intent=intent, reading=replace(case.reading, lot_selection=rng.choice(WORDS)))


def _another_quote(rng: Random, case: Case) -> Case:
    assert case.quote is not None
    by = Decimal(rng.choice([995, 998, 1002, 1005, 1050])) / 1000
    return replace(case, quote=replace(case.quote, bid=case.quote.bid * by, ask=case.quote.ask * by))


def _lossless(_: Random, case: Case) -> Case:
    return replace(case, policy=replace(case.policy, taxable_sells=TaxableSells.NEVER))


WRONGS = (
    _asks_for_more,
    _asks_for_less,
    _asks_for_less,
    _another_limit,
    _another_account,
    _other_side,
    _open_at_the_broker,
    _in_the_journal,
    _own_sale,
    _own_sale,
    _more_cash,
    _more_cash,
    _other_shares,
    _fewer_free,
    _other_lots,
    _another_word,
    _another_quote,
    _another_quote,
    _lossless,
)
