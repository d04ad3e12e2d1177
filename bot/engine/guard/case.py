"""Everything that the guard looks at: gathered just before one order would leave, and judged as it lies there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal

from bot.domain.approval import Approval
from bot.domain.household import Account, Household
from bot.domain.limits import Limits
from bot.domain.money import Shares, Usd
from bot.domain.orders import Intent, OrderRecord, OrderState
from bot.domain.plan import Environment, PlanLine, Proposal
from bot.domain.readings import AccountReading, Capabilities, Quote, Session
from bot.domain.snapshot import Snapshot
from bot.domain.targets import Policy
from bot.domain.violations import Violation

LOST = frozenset({OrderState.SENDING, OrderState.UNKNOWN})  # the broker may hold it, and nobody knows


@dataclass(frozen=True, slots=True, kw_only=True)
class Worlds:
    """Which world each part believes to be in: the address, the key, the settings, the plan."""

    url: Environment
    key: Environment
    settings: Environment
    plan: Environment
    live_enabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One order and its circumstances.

    Attributes:
        planned: the snapshot that the plan was drawn from.
        fresh: a snapshot taken in this run; `reading` is the order's account, read once more just now.
        earlier: the last snapshot of a day before the plan's; None at the beginning.
        orders: the journal's orders: all that are not final, this plan's, and all of the last day.
        kept: the account's buffer and what it sets aside: no purchase may touch it.
        broker_at: the instant by the broker's clock; `wall_drift`: how far our wall clock strayed from the steady one.
        last_fact_at: the newest entry of the journal.
        session: the exchange's session of today by the calendar; None when it stays shut.
        halted: why everything is halted; empty when nothing is.
    """

    intent: Intent
    proposal: Proposal
    approval: Approval | None
    household: Household
    policy: Policy
    limits: Limits
    planned: Snapshot
    fresh: Snapshot
    reading: AccountReading
    earlier: Snapshot | None
    orders: tuple[OrderRecord, ...]
    kept: Usd
    quote: Quote | None
    now: datetime
    run_began_at: datetime
    broker_at: datetime
    wall_drift: timedelta
    last_fact_at: datetime
    session: Session | None
    market_is_open: bool
    halted: str
    worlds: Worlds
    capabilities: Capabilities
    settings_fingerprint: str
    code_version: str
    ticked: frozenset[int]

    @property
    def account(self) -> Account | None:
        """The order's account; None when the household has none of this name."""
        return next((one for one in self.household.accounts if one.id == self.intent.account), None)

    @property
    def line(self) -> PlanLine | None:
        """The line of the approved plan that this order carries out; None when there is none."""
        wanted = (self.intent.line, self.intent.account, self.intent.side, self.intent.symbol)
        lines = self.proposal.plan.lines
        return next((one for one in lines if (one.number, one.account, one.side, one.symbol) == wanted), None)

    @property
    def others(self) -> tuple[OrderRecord, ...]:
        """The journal's orders but for the one that is about to leave."""
        own = self.intent.client_order_id
        return tuple(order for order in self.orders if order.intent.client_order_id != own)

    @property
    def group(self) -> frozenset[str]:
        """The symbols that are identical to the order's for the wash-sale rule, itself among them."""
        symbol = self.intent.symbol
        groups = {one.symbol: one.identical_group for one in self.household.instruments}
        name = groups.get(symbol, symbol)
        return frozenset({symbol, *(other for other, group in groups.items() if group == name)})

    @property
    def worth(self) -> Usd:
        """What the order can move at most, in dollars at its limit."""
        return at_most(self.intent.quantity, self.intent.limit_price)


def at_most(quantity: Shares, price: Decimal) -> Usd:
    """What shares can cost at this price a share, a part of a cent counted as one."""
    return Usd(int((quantity.count * price * 100).to_integral_value(rounding=ROUND_CEILING)))


def no(code: str, message: str) -> Violation:
    """A refusal."""
    return Violation(code=code, message=message)
