"""What the owner wants: target weights, bands, and the rules of trading."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bot.domain.errors import NotAllowed
from bot.domain.household import Kind
from bot.domain.instruments import CASH, ONE, AssetClass
from bot.domain.money import Usd
from bot.domain.taxes import Taxes

# What bonds pay where nobody said: US Treasury, ten years, June 2026 (Federal Reserve, series GS10).
INTEREST_PCT = (("bonds", Decimal("4.47")),)


class TaxableSells(StrEnum):
    """What may be sold in a taxable account; there is no value that permits a gain."""

    NEVER = "never"
    LOSSES_ONLY = "losses_only"


class Routing(StrEnum):
    """Where new money goes."""

    LAGGING = "lagging"
    LOCATION = "location"
    ADAPTIVE = "adaptive"

    @property
    def by_place(self) -> bool:
        """Whether new money goes where its class belongs, always or as long as there is headroom."""
        return self is not Routing.LAGGING


class RebalanceTo(StrEnum):
    """How far a swap goes once a band is broken."""

    TARGET = "target"
    HALF_BAND = "half_band"


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """How far a class may stray before sheltered swaps begin: points of the pie, or percent of its target."""

    absolute_pp: Decimal = Decimal(5)
    relative_pct: Decimal = Decimal(25)


def _check_sum(targets_pct: tuple[tuple[AssetClass, Decimal], ...]) -> None:
    if sum((pct for _, pct in targets_pct), Decimal(0)) != 100:
        raise ValueError("the targets do not sum to 100 percent")


@dataclass(frozen=True, slots=True, kw_only=True)
class GlideStep:
    """Targets that hold from a day on."""

    from_on: date
    targets_pct: tuple[tuple[AssetClass, Decimal], ...]

    def __post_init__(self) -> None:
        _check_sum(self.targets_pct)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The owner's rules. Percentages are of 100; rates are percent of a gain.

    With a `glide_path`, its steps by date, the day decides which targets hold: see `on`. Earmarks that fall due within
    `earmark_lead_days` are raised. `after_tax_weights` say what a dollar counts by the kind of its account: 1 where
    nothing is said, less where its withdrawal is income (IRC 408(d)(1), 402(a), 223(f)(2)). With `same_day_swaps` the
    proceeds of a sale inside a shelter may be spent before they settle; what they bought is then locked until they do
    (Regulation T, 12 CFR 220.8). Under `adaptive` routing a taxable account buys what belongs there as long as that
    could still rise by `headroom_floor_pct` overnight and trades in the shelters alone would answer.
    Estimates of tax use the household's own `taxes` where it told its income, else the flat rates; `interest_pct` is
    what a class pays in interest a year, in percent of its value.
    """

    targets_pct: tuple[tuple[AssetClass, Decimal], ...]
    band: Band = field(default_factory=Band)
    taxable_sells: TaxableSells = TaxableSells.NEVER
    fractional_shares: bool = False
    min_trade: Usd = Usd()
    spend_unsettled_cash: bool = False
    same_day_swaps: bool = True
    routing: Routing = Routing.LAGGING
    headroom_floor_pct: Decimal = Decimal(100)
    rebalance_to: RebalanceTo = RebalanceTo.TARGET
    location_preference: tuple[tuple[AssetClass, tuple[Kind, ...]], ...] = ()
    tax_rate_ltcg_pct: Decimal = Decimal(15)
    tax_rate_short_pct: Decimal = Decimal(32)
    deposit: Usd | None = None
    glide_path: tuple[GlideStep, ...] = ()
    earmark_lead_days: int = 30
    after_tax_weights: tuple[tuple[Kind, Decimal], ...] = ()
    taxes: Taxes | None = None
    interest_pct: tuple[tuple[AssetClass, Decimal], ...] = INTEREST_PCT

    def __post_init__(self) -> None:
        _check_sum(self.targets_pct)

    def on(self, day: date) -> Policy:
        """The policy with the targets that hold on that day; without a glide path they always do.

        Raises:
            NotAllowed: for a day before the first step.
        """
        if not self.glide_path:
            return self
        begun = [step for step in self.glide_path if step.from_on <= day]
        if not begun:
            raise NotAllowed(
                f"policy.glide_path begins on {self.glide_path[0].from_on}, and it is {day}",
                next_step="add a step that begins earlier",
            )
        return replace(self, targets_pct=begun[-1].targets_pct)

    def next_step(self, day: date) -> GlideStep | None:
        """The first step of the glide path after that day; None when there is none."""
        return next((step for step in self.glide_path if step.from_on > day), None)

    def target_pct(self, asset_class: AssetClass) -> Decimal:
        """The target of a class in percent; 0 for a class without one."""
        return dict(self.targets_pct).get(asset_class, Decimal(0))

    def weight(self, kind: Kind) -> Decimal:
        """What a dollar counts in an account of this kind: more than 0, at most 1."""
        return dict(self.after_tax_weights).get(kind, ONE)

    @property
    def classes(self) -> tuple[AssetClass, ...]:
        """The classes that have a target, and cash, by name."""
        return tuple(sorted({name for name, _ in self.targets_pct} | {CASH}))
