"""Whether an approved proposal may still be carried out: every reason against it, as a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from bot.domain.approval import Verdict
from bot.domain.facts import LegTicked, SnapshotTaken
from bot.domain.money import Shares, Usd
from bot.domain.orders import OrderRecord
from bot.domain.plan import Environment, PlanLine, Proposal
from bot.domain.readings import Quote
from bot.domain.snapshot import Holding, Side, Snapshot
from bot.domain.violations import Violation
from bot.ports import Broker, Ledger, MarketCalendar
from bot.services.moved import moved_prices
from bot.services.sizing import traded
from bot.services.terms import Terms, code_version, new_york_date

AFTERMATH = timedelta(hours=1)  # after the close a broker may still write down what became of an order
FRESH = timedelta(seconds=60)  # how old a quote may be by the broker's own clock
# SEC section 31 fee and FINRA trading activity fee are taken out of sales: together under a hundredth of a percent.
FEES_PCT = Decimal("0.01")


def circumstances(proposal: Proposal, terms: Terms, now: datetime, ledger: Ledger) -> list[Violation]:
    """What speaks against it before anybody is asked: the verdict, its time, the settings and the mode."""
    found = []
    entries = list(ledger.proposals())
    stored = next((entry for entry in entries if entry[0].plan_id == proposal.plan_id), None)
    if stored is None or stored[0].fingerprint != proposal.fingerprint:
        found.append(Violation(code="not_as_approved", message="The ledger holds another plan under this name."))
    elif stored[1] is None or stored[1].verdict is not Verdict.APPROVED or stored[1].plan != proposal.fingerprint:
        found.append(Violation(code="not_approved", message="Nobody has approved exactly this plan."))
    if now >= proposal.expires_at:
        found.append(Violation(code="expired", message="The approval has run out."))
    if entries and entries[-1][0].plan_id != proposal.plan_id:
        found.append(Violation(code="newer_plan", message="A newer plan was drawn meanwhile."))
    if terms.settings_fingerprint != proposal.settings_fingerprint:
        found.append(Violation(code="settings_changed", message="The settings have changed since it was drawn."))
    if proposal.code_version != code_version():
        found.append(Violation(code="program_changed", message="The program has changed since it was drawn."))
    if Environment.DRY_RUN in {proposal.environment, terms.environment}:
        found.append(Violation(code="dry_run", message="In dry run nothing is sent."))
    elif terms.environment is not proposal.environment:
        found.append(Violation(code="environment", message=f"It was drawn for {proposal.environment.value} trading."))
    return found


def open_market(
    proposal: Proposal, brokers: Mapping[str, Broker], calendar: MarketCalendar, now: datetime
) -> list[Violation]:
    """Whether calendar and brokers agree that the market is open, in the plan's world, with logins that last."""
    session = calendar.session(new_york_date(now))
    if session is None or not in_session(calendar, now):
        return [Violation(code="market_closed", message="The exchange is shut by the calendar.")]
    found = []
    for account, broker in brokers.items():
        can = broker.capabilities()
        if not can.sends_orders:
            found.append(Violation(code="no_orders", message=f"The keeper of {account} takes no orders from us."))
        elif can.environment is not proposal.environment:
            message = f"The keeper of {account} is a {can.environment.value} one, the plan is for "
            found.append(Violation(code="environment", message=f"{message}{proposal.environment.value}."))
        elif (login := broker.login()) is not None and login.expires_at < session.closes_at + AFTERMATH:
            message = f"The login {login.name} ends before the orders in {account} could be followed to their end."
            found.append(Violation(code="login", message=f"{message} Renew it with: rebaloop login {login.name}"))
        elif not broker.market().is_open:
            found.append(Violation(code="market_closed", message=f"The keeper of {account} says the market is shut."))
    return found


def in_session(calendar: MarketCalendar, now: datetime) -> bool:
    """Whether the regular session runs at that instant."""
    session = calendar.session(new_york_date(now))
    return session is not None and session.opens_at <= now < session.closes_at


def quoted_freshly(line: PlanLine, broker: Broker) -> tuple[Quote | None, str]:
    """A usable quote for a line, or why there is none."""
    asked_at = broker.market().at
    quote = next((quote for quote in broker.quotes([line.symbol]) if quote.symbol == line.symbol), None)
    why = usable(line.symbol, quote, asked_at)
    return (None, why) if why else (quote, "")


def usable(symbol: str, quote: Quote | None, asked_at: datetime) -> str:
    """Why a quote says nothing at that instant of its broker's clock; empty where it does."""
    if quote is None or quote.bid <= 0 or quote.ask < quote.bid:
        return f"There is no usable quote for {symbol}."
    return f"The quote for {symbol} is older than a minute." if asked_at - quote.at > FRESH else ""


def usable_quotes(lines: Iterable[PlanLine], brokers: Mapping[str, Broker], collar_pct: Decimal) -> list[Violation]:
    """Whether every line has a fresh quote within the collar around the plan's price."""
    found = []
    for line in lines:
        quote, why = quoted_freshly(line, brokers[line.account])
        if quote is None:
            found.append(Violation(code="quote", message=why))
        elif abs(quote.price - line.price) * 100 > collar_pct * line.price:
            message = (
                f"{line.symbol} stands at {quote.price:f}, more than {collar_pct}% from the plan's {line.price:f}."
            )
            found.append(Violation(code="collar", message=message))
    return found


def agreement(
    proposal: Proposal, planned: Snapshot, fresh: Snapshot, orders: Sequence[OrderRecord], ticked: frozenset[int]
) -> list[Violation]:
    """Whether what is held now is what the plan was drawn for, but for the plan's own fills and more cash."""
    by_hand = [line for line in proposal.plan.lines if line.number in ticked]
    found = []
    for holding in planned.holdings:
        mine = [order for order in orders if order.intent.account == holding.account]
        hands = {line.symbol for line in by_hand if line.account == holding.account}
        now = fresh.holding(holding.account)
        found += _positions(holding, now, mine, hands)
        if not hands and now.cash < _least_cash(holding, mine):
            found.append(Violation(code="less_cash", message=f"{holding.account} holds less cash than planned with."))
    return found + moved_prices(planned, fresh)


def _positions(planned: Holding, now: Holding, mine: Sequence[OrderRecord], hands: set[str]) -> list[Violation]:
    held = {position.symbol for position in (*planned.positions, *now.positions)}
    found = []
    for symbol in sorted((held | {order.intent.symbol for order in mine}) - hands):
        own = [order for order in mine if order.intent.symbol == symbol]
        least = planned.position(symbol).quantity + Shares.total(_signed(order, certain=False) for order in own)
        most = planned.position(symbol).quantity + Shares.total(_signed(order, certain=True) for order in own)
        quantity = now.position(symbol).quantity
        if not min(least, most) <= quantity <= max(least, most):
            message = f"{planned.account} holds {quantity} {symbol}; {most} were expected."
            found.append(Violation(code="positions_changed", message=message))
    return found


def _signed(order: OrderRecord, *, certain: bool) -> Shares:
    """What an order did to a position for certain, or will have done if what is open fills meanwhile."""
    open_too = not certain and order.state.may_be_live
    quantity = order.intent.quantity if open_too else order.filled
    return quantity if order.intent.side is Side.BUY else -quantity


def _least_cash(planned: Holding, mine: Sequence[OrderRecord]) -> Usd:
    """The cash that must be there: a cent of rounding for each order and the fees on sales are allowed."""
    sold = Usd.total(traded(order) for order in mine if order.intent.side is Side.SELL)
    bought = Usd.total(
        traded(order)
        if not order.state.may_be_live
        else max(traded(order), order.intent.quantity.value(order.intent.limit_price))
        for order in mine
        if order.intent.side is Side.BUY
    )
    return planned.cash + sold - bought - sold.percent(FEES_PCT) - Usd(len(mine))


def snapshot_of(proposal: Proposal, ledger: Ledger) -> Snapshot | None:
    """The snapshot that the proposal was drawn from, as the ledger remembers it."""
    taken = (fact.snapshot for fact in ledger.latest(SnapshotTaken))
    return next((one for one in taken if one.fingerprint == proposal.snapshot_fingerprint), None)


def ticked_legs(proposal: Proposal, ledger: Ledger) -> frozenset[int]:
    """The manual lines that a person says are done."""
    facts = ledger.facts(plan=proposal.fingerprint)
    return frozenset(fact.line for fact in facts if isinstance(fact, LegTicked))
