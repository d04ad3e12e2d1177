"""The words of a household's files: policy, securities, accounts, positions, history."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from adapters.files.tree import shown
from adapters.files.words import (
    Allowance,
    Day,
    Money,
    NotNegative,
    Percent,
    Positive,
    Price,
    Rate,
    Symbol,
    TradeDay,
    Word,
    wrong,
)
from bot.domain.household import Kind
from bot.domain.money import Usd
from bot.domain.snapshot import Side
from bot.domain.targets import RebalanceTo, Routing, TaxableSells

Item = TypeVar("Item")


def _sums_to_100(targets: dict[str, Decimal]) -> dict[str, Decimal]:
    total = sum(targets.values(), Decimal(0))
    if total != 100:
        raise wrong(f"the targets add up to {total:f}, not 100", code="targets_sum")
    return targets


def _classes_sum_to_100(classes: dict[str, Decimal]) -> dict[str, Decimal]:
    total = sum(classes.values(), Decimal(0))
    if classes and total != 100:
        raise wrong(f"the classes add up to {total:f}, not 100")
    return classes


def _named_once(names: list[Item]) -> list[Item]:
    for index, name in enumerate(names):
        if name in names[:index]:
            raise wrong(f"{shown(str(name))} is named twice", at=(index,))
    return names


class Part(BaseModel):
    """A piece of a file in which every key must be known and every value has exactly its own type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class BandPart(Part):
    """How far a class may stray: points of the pie, percent of its target."""

    absolute_pp: NotNegative = Decimal(5)
    relative_pct: NotNegative = Decimal(25)


_Kind = Annotated[Kind, Field(strict=False)]
_Side = Annotated[Side, Field(strict=False)]


class PolicyPart(Part):
    """The owner's rules; percentages of 100, money in dollars."""

    targets_pct: Annotated[dict[Word, Percent], AfterValidator(_sums_to_100)]
    band: BandPart = BandPart()
    taxable_sells: Annotated[TaxableSells, Field(strict=False)] = TaxableSells.NEVER
    fractional_shares: bool = False
    min_trade_usd: Allowance = Usd()
    spend_unsettled_cash: bool = False
    routing: Annotated[Routing, Field(strict=False)] = Routing.LAGGING
    rebalance_to: Annotated[RebalanceTo, Field(strict=False)] = RebalanceTo.TARGET
    location_preference: dict[Word, Annotated[list[_Kind], AfterValidator(_named_once)]] = {}
    tax_rate_ltcg_pct: Rate = Decimal(15)
    tax_rate_short_pct: Rate = Decimal(32)
    deposit_usd: Allowance | None = None


class SecurityPart(Part):
    """A fund or a stock. Whether it has a class at all is judged with the whole household in view."""

    asset_class: Word | None = Field(default=None, alias="class")
    classes: Annotated[dict[Word, Percent], AfterValidator(_classes_sum_to_100)] | None = None
    price: Price | None = None
    tradable: bool = True
    identical_group: Word = ""
    taxable_only: bool = False


class PricedSecurityPart(SecurityPart):
    """A fund or a stock of a household file, where a price is named even if it is unknown (null)."""

    price: Price | None


class AccountPart(Part):
    """What is said of an account everywhere: by whom it is held, how it is taxed, what it may buy."""

    id: Word
    kind: _Kind
    owner: Word = "self"
    managed: bool = True
    cash_buffer: Allowance = Usd()
    menu: Annotated[list[Symbol], AfterValidator(_named_once)] = []


class LotPart(Part):
    """Shares bought together; an absent cost is unknown, an absent day of purchase long ago."""

    qty: NotNegative
    cost_per_share: NotNegative | None = None
    acquired: Day | None = None
    locked_until: Day | None = None


class PositionPart(Part):
    """All lots of one symbol."""

    symbol: Symbol
    lots: list[LotPart]


class PendingOrderPart(Part):
    """An order that already works at the broker."""

    side: _Side
    symbol: Symbol
    qty: Positive


def _symbols_once(positions: Sequence[PositionPart]) -> Sequence[PositionPart]:
    symbols = [position.symbol for position in positions]
    for index, symbol in enumerate(symbols):
        if symbol in symbols[:index]:
            raise wrong(f"{shown(symbol)} has a position already; list its lots there", at=(index, "symbol"))
    return positions


class HoldingPart(AccountPart):
    """An account of a household file, with what it holds."""

    cash_settled: Money = Usd()
    cash_unsettled: Money = Usd()
    positions: Annotated[list[PositionPart], AfterValidator(_symbols_once)] = []
    pending_orders: list[PendingOrderPart] = []


class TradePart(Part):
    """A trade of the past, of any account and either spouse."""

    on: Day = Field(alias="date")
    account: Word
    owner: Word = "self"
    side: _Side
    symbol: Symbol
    qty: NotNegative
    realized_gain_usd: Money = Usd()


class TopPart(Part):
    """The top of a household file; its larger pieces are read one by one, its notes not at all."""

    id: Word
    as_of: TradeDay
    policy: dict[str, object]
    securities: dict[str, object]
    accounts: list[object] = Field(min_length=1)
    history: list[object] = []
    title: object = None
    story: object = None
    hand_check: object = None
    expect: object = None
