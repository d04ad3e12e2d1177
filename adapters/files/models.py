"""The words of a household's files: policy, securities, accounts, positions, history."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, Field, model_validator

from adapters.files.lots import Lots
from adapters.files.tree import shown
from adapters.files.words import (
    STRICT,
    Allowance,
    Amount,
    Day,
    Money,
    NotNegative,
    Percent,
    Positive,
    Price,
    Rate,
    Symbol,
    TradeDay,
    Weight,
    Word,
    to_100,
    wrong,
)
from bot.domain.household import Kind, Role
from bot.domain.instruments import InstrumentType
from bot.domain.money import Usd
from bot.domain.snapshot import Side
from bot.domain.targets import RebalanceTo, Routing, TaxableSells

Item = TypeVar("Item")
ORDER = "write the steps in the order of their days"
LONGEST_ROUND_TRIP = 60  # days; a live household's history reaches no further back
_WITH_A_PAR = {InstrumentType.BOND, InstrumentType.TBILL, InstrumentType.CD}


def _sums_to_100(targets: dict[str, Decimal]) -> dict[str, Decimal]:
    total = sum(targets.values(), Decimal(0))
    if total != 100:
        raise wrong(f"the targets add up to {total:f}, not 100", code="targets_sum", hint=to_100(total))
    return targets


def _classes_sum_to_100(classes: dict[str, Decimal]) -> dict[str, Decimal]:
    total = sum(classes.values(), Decimal(0))
    if classes and total != 100:
        raise wrong(f"the classes add up to {total:f}, not 100", hint=to_100(total))
    return classes


def _named_once(names: list[Item]) -> list[Item]:
    for index, name in enumerate(names):
        if name in names[:index]:
            raise wrong(f"{shown(str(name))} is named twice", at=(index,))
    return names


class Part(BaseModel):
    """A piece of a file in which every key must be known and every value has exactly its own type."""

    model_config = STRICT


class BandPart(Part):
    """How far a class may stray: points of the pie, percent of its target."""

    absolute_pp: NotNegative = Decimal(5)
    relative_pct: NotNegative = Decimal(25)


_Kind = Annotated[Kind, Field(strict=False)]
_Side = Annotated[Side, Field(strict=False)]


_Targets = Annotated[dict[Word, Percent], AfterValidator(_sums_to_100)]


class GlideStepPart(Part):
    """Targets that hold from a day on."""

    from_on: Day = Field(alias="from")
    targets_pct: _Targets


def _ascending(steps: list[GlideStepPart]) -> list[GlideStepPart]:
    for index, (before, after) in enumerate(pairwise(steps), start=1):
        if after.from_on <= before.from_on:
            raise wrong(f"{after.from_on} does not come after {before.from_on}", hint=ORDER, at=(index, "from"))
    return steps


def _before_tax(weights: dict[Kind, Decimal]) -> dict[Kind, Decimal]:
    for kind in weights:
        if kind in {Kind.TAXABLE, Kind.ROTH}:
            message = f"the dollars of a {kind} account are after tax already: they count in full"
            raise wrong(message, hint="take it out", at=(kind.value,))
    return weights


def _floor(percent: Decimal) -> Decimal:
    if percent > 1000:
        raise wrong(f"must be at most 1000 percent, got {percent}")
    return percent


class PolicyPart(Part):
    """The owner's rules; percentages of 100, money in dollars. Targets, or a path of them: judged beside this."""

    targets_pct: _Targets = {}
    glide_path: Annotated[list[GlideStepPart], Field(min_length=1), AfterValidator(_ascending)] = []
    band: BandPart = BandPart()
    taxable_sells: Annotated[TaxableSells, Field(strict=False)] = TaxableSells.NEVER
    fractional_shares: bool = False
    min_trade_usd: Allowance = Usd()
    spend_unsettled_cash: bool = False
    same_day_swaps: bool = True
    routing: Annotated[Routing, Field(strict=False)] = Routing.LAGGING
    headroom_floor_pct: Annotated[Percent, AfterValidator(_floor)] = Decimal(100)
    rebalance_to: Annotated[RebalanceTo, Field(strict=False)] | None = None
    location_preference: dict[Word, Annotated[list[_Kind], AfterValidator(_named_once)]] = {}
    tax_rate_ltcg_pct: Rate = Decimal(15)
    tax_rate_short_pct: Rate = Decimal(32)
    deposit_usd: Allowance | None = None
    earmark_lead_days: Annotated[int, Field(ge=0, le=366)] = 30
    after_tax_weights: Annotated[dict[_Kind, Weight], AfterValidator(_before_tax)] = {}


class SecurityPart(Part):
    """A fund or a stock. Whether it has a class at all is judged with the whole household in view."""

    asset_class: Word | None = Field(default=None, alias="class")
    classes: Annotated[dict[Word, Percent], AfterValidator(_classes_sum_to_100)] | None = None
    price: Price | None = None
    tradable: bool = True
    identical_group: Word = ""
    taxable_only: bool = False
    hold: bool = False
    type: Annotated[InstrumentType, Field(strict=False)] = InstrumentType.FUND
    price_per: Literal[1, 100] = 1
    no_rebuy_days: Annotated[int, Field(ge=0, le=LONGEST_ROUND_TRIP)] = 0
    min_hold_days: Annotated[int, Field(ge=0, le=366)] = 0
    fee_usd: Allowance = Usd()

    @model_validator(mode="after")
    def _fit_the_type(self) -> SecurityPart:
        for key in ("no_rebuy_days", "min_hold_days", "fee_usd"):
            if key in self.model_fields_set and self.type is not InstrumentType.MUTUAL_FUND:
                raise wrong("only a mutual fund has this rule", hint="add `type: mutual_fund`", at=(key,))
        if self.price_per != 1 and self.type not in _WITH_A_PAR:
            raise wrong("only a bond, tbill or cd is priced per 100 of par", hint="add `type: bond`", at=("price_per",))
        return self


class PricedSecurityPart(SecurityPart):
    """A fund or a stock of a household file, where a price is named even if it is unknown (null)."""

    price: Price | None


class AccountPart(Part):
    """What is said of an account everywhere: by whom it is held, how it is taxed, what it may buy."""

    id: Word
    kind: _Kind
    owner: Word = "self"
    managed: bool = True
    role: Annotated[Role, Field(strict=False)] | None = None
    cash_buffer: Allowance = Usd()
    menu: Annotated[list[Symbol], AfterValidator(_named_once)] = []
    holds: Annotated[list[Symbol], AfterValidator(_named_once)] = []

    @model_validator(mode="after")
    def _one_role(self) -> AccountPart:
        _check_role(self.role, self.managed if "managed" in self.model_fields_set else None)
        return self


def _check_role(role: Role | None, managed: bool | None) -> None:
    if role is not None and managed is not None and managed != (role in {Role.MANAGED, Role.INSTRUCTED}):
        raise wrong(f"`role: {role.value}` and `managed: {str(managed).lower()}` contradict each other", at=("role",))


class IgnoredPart(Part):
    """An account outside everything: what else is said of it is not read."""

    id: Word
    role: Literal["ignored"]
    managed: bool = False
    kind: Word = ""
    owner: Word = "self"
    cash_buffer: object = None
    menu: object = None
    holds: object = None
    cash_settled: object = None
    cash_unsettled: object = None
    positions: object = None
    pending_orders: object = None

    @model_validator(mode="after")
    def _one_role(self) -> IgnoredPart:
        _check_role(Role.IGNORED, self.managed)
        return self


class EarmarkPart(Part):
    """Cash set aside in one account; without `due` until its owner removes it."""

    account: Word
    amount_usd: Amount
    purpose: Word
    due: TradeDay | None = None


class PositionPart(Part):
    """All lots of one symbol, at the prices of the file."""

    symbol: Symbol
    lots: Lots


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
    earmarks: list[EarmarkPart] = []
    title: object = None
    story: object = None
    hand_check: object = None
    expect: object = None
