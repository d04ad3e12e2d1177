"""Everything that the guard looks at: gathered just before one order would leave, and judged as it lies there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import TypeGuard
from zoneinfo import ZoneInfo

from bot.domain.approval import Approval
from bot.domain.household import Account, Household
from bot.domain.limits import Limits
from bot.domain.lots import TaxLot
from bot.domain.money import LARGEST, Shares, Usd
from bot.domain.orders import Intent, OrderRecord, OrderState
from bot.domain.plan import Environment, PlanLine, Proposal
from bot.domain.readings import AccountReading, Capabilities, Quote, Session
from bot.domain.snapshot import Holding, Snapshot
from bot.domain.targets import Policy
from bot.domain.violations import Violation

NEW_YORK = ZoneInfo("America/New_York")
LOST = frozenset({OrderState.SENDING, OrderState.UNKNOWN})  # the broker may hold it, and nobody knows
NEVER_TRADED = frozenset({OrderState.NOT_PLACED, OrderState.REJECTED})


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
        return tuple(order for order in self.orders if _key(order.intent) != _key(self.intent))

    @property
    def written(self) -> OrderRecord | None:
        """This very order as the journal has it; None when it is not written down yet."""
        return next((order for order in self.orders if _key(order.intent) == _key(self.intent)), None)

    @property
    def today(self) -> date:
        """The day in New York."""
        return self.now.astimezone(NEW_YORK).date()

    @property
    def lots(self) -> tuple[TaxLot, ...]:
        """The lots of the order's fund in its account; none where the account was not read."""
        holding = find(self.fresh, self.intent.account)
        return holding.position(self.intent.symbol).lots if holding is not None else ()

    def is_sheltered(self, account: str) -> bool:
        """Whether a sale in this account realises no gain; one that is not listed counts as taxable."""
        return any(one.id == account and one.kind.sheltered for one in self.household.accounts)

    def ask(self, symbol: str) -> Decimal | None:
        """For what the fund is offered just now; None where the quote does not say."""
        quote = self.quote
        return quote.ask if quote is not None and quote.symbol == symbol else None

    @property
    def has_sound_numbers(self) -> bool:
        """Whether one can reckon with count and limit. The rules on amounts and prices leave all others to G15."""
        return usable(self.intent.quantity.count) and usable(self.intent.limit_price)

    @property
    def group(self) -> frozenset[str]:
        """The symbols that are identical to the order's for the wash-sale rule, itself among them."""
        symbol = self.intent.symbol
        groups = {one.symbol: one.identical_group for one in self.household.instruments}
        name = groups.get(symbol, symbol)
        return frozenset({symbol, *(other for other, group in groups.items() if group == name)})

    @property
    def worth(self) -> Usd:
        """What the order can move at most, in dollars at its limit; nothing where its numbers are no numbers."""
        return at_most(self.intent.quantity, self.intent.limit_price) if self.has_sound_numbers else Usd()


def _key(intent: Intent) -> tuple[str, int, int]:
    """What its client order id is made of."""
    return intent.plan, intent.line, intent.attempt


def usable(number: Decimal | None) -> TypeGuard[Decimal]:
    """Whether it is a price or a count to reckon with: more than nothing, and not beyond any household."""
    return number is not None and number.is_finite() and 0 < number <= LARGEST


def find(snapshot: Snapshot, account: str) -> Holding | None:
    """What this account held; None where the snapshot does not know it."""
    return next((holding for holding in snapshot.holdings if holding.account == account), None)


def at_most(quantity: Shares, price: Decimal) -> Usd:
    """What shares can cost at this price a share, a part of a cent counted as one."""
    return Usd(int((quantity.count * price * 100).to_integral_value(rounding=ROUND_CEILING)))


def no(code: str, message: str) -> Violation:
    """A refusal."""
    return Violation(code=code, message=message)
