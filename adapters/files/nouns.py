"""Turns the checked words of a file into nouns."""

from __future__ import annotations

from decimal import Decimal

from adapters.files.models import AccountPart, HoldingPart, LotPart, PolicyPart, SecurityPart, TradePart
from bot.domain.household import Account
from bot.domain.instruments import Instrument
from bot.domain.lots import Position, TaxLot
from bot.domain.money import Shares
from bot.domain.snapshot import Holding, OpenOrder, Trade
from bot.domain.targets import Band, Policy


def policy_of(part: PolicyPart) -> Policy:
    """The owner's rules."""
    return Policy(
        targets_pct=tuple(part.targets_pct.items()),
        band=Band(absolute_pp=part.band.absolute_pp, relative_pct=part.band.relative_pct),
        taxable_sells=part.taxable_sells,
        fractional_shares=part.fractional_shares,
        min_trade=part.min_trade_usd,
        spend_unsettled_cash=part.spend_unsettled_cash,
        routing=part.routing,
        rebalance_to=part.rebalance_to,
        location_preference=tuple((name, tuple(kinds)) for name, kinds in part.location_preference.items()),
        tax_rate_ltcg_pct=part.tax_rate_ltcg_pct,
        tax_rate_short_pct=part.tax_rate_short_pct,
        deposit=part.deposit_usd,
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
    )


def account_of(part: AccountPart, *, automatic: bool = True) -> Account:
    """An account; not `automatic` where a person carries its orders out."""
    return Account(
        id=part.id,
        kind=part.kind,
        owner=part.owner,
        managed=part.managed,
        automatic=automatic,
        menu=tuple(part.menu),
        cash_buffer=part.cash_buffer,
    )


def holding_of(part: HoldingPart) -> Holding:
    """What an account holds; lots without shares are left out."""
    return Holding(
        account=part.id,
        cash_settled=part.cash_settled,
        cash_unsettled=part.cash_unsettled,
        positions=tuple(
            Position(symbol=position.symbol, lots=tuple(_lot(lot) for lot in position.lots if lot.qty))
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


def _lot(part: LotPart) -> TaxLot:
    return TaxLot(
        quantity=Shares(part.qty),
        cost_per_share=part.cost_per_share,
        acquired_on=part.acquired,
        locked_until_on=part.locked_until,
    )
