"""Turns the checked words of a file into nouns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from adapters.files.models import (
    AccountPart,
    EarmarkPart,
    HoldingPart,
    PolicyPart,
    SecurityPart,
    TradePart,
)
from bot.domain.household import Account, Earmark, Role
from bot.domain.instruments import Instrument
from bot.domain.lots import Position, TaxLot
from bot.domain.money import Shares
from bot.domain.snapshot import Holding, OpenOrder, Trade
from bot.domain.targets import Band, GlideStep, Policy, RebalanceTo, Routing

# Swaps half-way back leave a household its drift inside the band, which adaptive routing lives on.
_USUALLY = {
    Routing.LAGGING: RebalanceTo.TARGET,
    Routing.LOCATION: RebalanceTo.TARGET,
    Routing.ADAPTIVE: RebalanceTo.HALF_BAND,
}


def policy_of(part: PolicyPart) -> Policy:
    """The owner's rules; where a path was given, its first step's targets until a day is known."""
    path = tuple(
        GlideStep(from_on=step.from_on, targets_pct=tuple(step.targets_pct.items())) for step in part.glide_path
    )
    return Policy(
        targets_pct=path[0].targets_pct if path else tuple(part.targets_pct.items()),
        band=Band(absolute_pp=part.band.absolute_pp, relative_pct=part.band.relative_pct),
        taxable_sells=part.taxable_sells,
        fractional_shares=part.fractional_shares,
        min_trade=part.min_trade_usd,
        spend_unsettled_cash=part.spend_unsettled_cash,
        same_day_swaps=part.same_day_swaps,
        routing=part.routing,
        headroom_floor_pct=part.headroom_floor_pct,
        rebalance_to=part.rebalance_to or _USUALLY[part.routing],
        location_preference=tuple((name, tuple(kinds)) for name, kinds in part.location_preference.items()),
        tax_rate_ltcg_pct=part.tax_rate_ltcg_pct,
        tax_rate_short_pct=part.tax_rate_short_pct,
        deposit=part.deposit_usd,
        glide_path=path,
        earmark_lead_days=part.earmark_lead_days,
        after_tax_weights=tuple(part.after_tax_weights.items()),
    )


def instrument_of(symbol: str, part: SecurityPart) -> Instrument:
    """A fund or a stock; classes of 0 percent are left out."""
    percents = {part.asset_class: Decimal(100)} if part.asset_class is not None else part.classes or {}
    return Instrument(
        symbol=symbol,
        exposure=tuple((name, percent / 100) for name, percent in percents.items() if percent),
        identical_group=part.identical_group,
        tradable=part.tradable,
        taxable_only=part.taxable_only,
        type=part.type,
        hold=part.hold,
        no_rebuy_days=part.no_rebuy_days,
        min_hold_days=part.min_hold_days,
        fee=part.fee_usd,
        price_per=part.price_per,
    )


def account_of(part: AccountPart, *, automatic: bool = True) -> Account:
    """An account; not `automatic` where a person carries its orders out."""
    return Account(
        id=part.id,
        kind=part.kind,
        owner=part.owner,
        managed=part.managed if part.role is None else part.role in {Role.MANAGED, Role.INSTRUCTED},
        automatic=automatic and part.role is not Role.INSTRUCTED,
        menu=tuple(part.menu),
        cash_buffer=part.cash_buffer,
        holds=tuple(part.holds),
    )


def earmark_of(part: EarmarkPart) -> Earmark:
    """Cash set aside."""
    return Earmark(account=part.account, amount=part.amount_usd, purpose=part.purpose, due_on=part.due)


def price_of(part: SecurityPart) -> Decimal | None:
    """Dollars a share, where a price stands."""
    return None if part.price is None else part.price / part.price_per


def holding_of(part: HoldingPart, price_per: Mapping[str, int]) -> Holding:
    """What an account holds; lots without shares are left out. A cost is written as its security's price is."""
    return Holding(
        account=part.id,
        cash_settled=part.cash_settled,
        cash_unsettled=part.cash_unsettled,
        positions=tuple(
            Position(
                symbol=position.symbol,
                lots=_lots(position.lots, price_per[position.symbol]),
            )
            for position in part.positions
        ),
        open_orders=tuple(
            OpenOrder(side=order.side, symbol=order.symbol, quantity=Shares(order.qty)) for order in part.pending_orders
        ),
    )


def trade_of(part: TradePart) -> Trade:
    """A trade of the past."""
    return Trade(
        on=part.on,
        account=part.account,
        owner=part.owner,
        side=part.side,
        symbol=part.symbol,
        quantity=Shares(part.qty),
        realized_gain=part.realized_gain_usd,
    )


def _lots(lots: tuple[TaxLot, ...], price_per: int) -> tuple[TaxLot, ...]:
    held = lots if all(lot.quantity.count for lot in lots) else tuple(lot for lot in lots if lot.quantity)
    return held if price_per == 1 else tuple(_of_one(lot, price_per) for lot in held)


def _of_one(lot: TaxLot, price_per: int) -> TaxLot:
    """A lot whose cost was written per so many, at the cost of one."""
    return lot if lot.cost_per_share is None else replace(lot, cost_per_share=lot.cost_per_share / price_per)
