"""Writes a line of the plan out as the order that would leave now: how many shares, at which limit, under which key."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from bot.domain.money import Shares, Usd
from bot.domain.orders import Intent, OrderRecord
from bot.domain.plan import Lever, PlanLine
from bot.domain.snapshot import Side
from bot.ports import Broker
from bot.services.errand import LOST, for_settled_cash
from bot.services.evidence import Run, Sight, kept
from bot.services.preconditions import usable
from bot.services.sizing import buyable, limit_price, sellable, spendable


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """An order that is ready; `again` is the one of the ledger that it repeats under the same key."""

    intent: Intent
    again: OrderRecord | None = None


def write_out(run: Run, line: PlanLine, sight: Sight, broker: Broker) -> Ticket | str:
    """The order of a line, or why there is none.

    Raises:
        LogIn, TryLater: when a broker without client ids cannot say which orders it knows already.
    """
    errand = run.errand
    earlier = [
        order for order in errand.ledger.orders(plan=errand.proposal.fingerprint) if order.intent.line == line.number
    ]
    lost = next((order for order in earlier if order.state in LOST), None)
    if lost is not None and not sight.capabilities.keyed:
        # Written down by another run since this one looked: one POST for an intent, ever.
        return "an earlier order for it may be at the broker already."
    if lost is not None:
        return Ticket(intent=lost.intent, again=lost)
    limit, why = _limit(run, line, sight)
    if limit is None:
        return why
    quantity = _quantity(run, line, sight, limit)
    if quantity < line.quantity and _has_not_settled(run, line, sight):
        return "what the sale brought has not settled yet."
    if not quantity:
        return "nothing was left to sell." if line.side is Side.SELL else "the cash was too short."
    taxable_loss = line.side is Side.SELL and line.lever is Lever.LOSS
    return Ticket(
        intent=Intent(
            plan=errand.proposal.fingerprint,
            line=line.number,
            attempt=len(earlier) + 1,
            account=line.account,
            side=line.side,
            symbol=line.symbol,
            quantity=quantity,
            limit_price=limit,
            dearest_first=taxable_loss and sight.capabilities.dearest_first,
            baseline=() if sight.capabilities.keyed else _baseline(run, line.account, broker),
        )
    )


def _limit(run: Run, line: PlanLine, sight: Sight) -> tuple[Decimal | None, str]:
    """The limit price, or why there is none."""
    collar = run.errand.proposal.price_collar_pct
    why = usable(line.symbol, sight.quote, sight.market.at)
    if sight.quote is None or why:
        return None, why
    return limit_price(line, sight.quote, collar), f"{line.symbol} left the collar of {collar}% around its price."


def _baseline(run: Run, account: str, broker: Broker) -> tuple[str, ...]:
    """All that this order cannot be: what the broker knew before, and our own, which its list may not show yet."""
    own = [order.broker_id for order in run.errand.ledger.orders() if order.intent.account == account]
    return tuple(dict.fromkeys([*broker.order_ids(account), *(one for one in own if one)]))


def _quantity(run: Run, line: PlanLine, sight: Sight, limit: Decimal) -> Shares:
    errand, reading = run.errand, sight.reading
    whole = not (sight.capabilities.fractional and errand.policy.fractional_shares)
    most = errand.terms.limits.order_most
    if most is not None:
        line = replace(line, quantity=min(line.quantity, Shares.affordable(most, limit, whole=whole)))
    if line.side is Side.SELL:
        return sellable(line, reading, whole=whole)
    money = spendable(
        kept(errand, run.planned, line.account),
        run.planned.holding(line.account),
        reading,
        (order for order in errand.orders().values() if order.intent.account == line.account),
        unsettled_too=errand.policy.spend_unsettled_cash,
        own_proceeds=may_swap_today(run, line.account),
    )
    return buyable(line, money, limit, whole=whole)


def may_swap_today(run: Run, account: str) -> bool:
    """Whether the proceeds of a sale may be spent before they settle."""
    return run.errand.policy.same_day_swaps and run.errand.household.account(account).kind.sheltered


def _has_not_settled(run: Run, line: PlanLine, sight: Sight) -> bool:
    """Whether a purchase would be larger on the day on which the plan's own sales in the account have settled."""
    errand = run.errand
    waiting = for_settled_cash(errand.proposal, errand.household, errand.policy, errand.ledger)
    return line in waiting and sight.reading.cash_unsettled > Usd()
