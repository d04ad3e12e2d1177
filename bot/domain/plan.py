"""What should be done and why: a plan, and the proposal that binds it to the circumstances it was drawn in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from bot.domain.canonical import Fingerprinted
from bot.domain.deferral import Deferral
from bot.domain.instruments import AssetClass, Exposure, look_through
from bot.domain.money import Shares, Usd
from bot.domain.snapshot import Side


class Lever(StrEnum):
    """What pulls the household towards its target."""

    CASH = "cash"  # new money goes to the lagging class
    SHELTER = "shelter"  # a swap inside an account where a sale costs no tax
    LOCATION = "location"  # new money goes where its class belongs
    LOSS = "loss"  # an opted-in sale of taxable lots that stand below their cost


class Environment(StrEnum):
    """Which world the orders reach."""

    DRY_RUN = "dry_run"
    PAPER = "paper"
    LIVE = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """One order of a plan; `number` counts from 1. `usd` is what it moves at the plan's price.

    `asset_class` is the fund's class; of a fund of several the one of the largest weight, and `exposure` has them all.

    `automatic` false: a person carries it out. `after_manual`: it would not lower drift on its own and waits until the
    manual legs of the plan are ticked off.
    """

    number: int
    account: str
    side: Side
    symbol: str
    quantity: Shares
    usd: Usd
    price: Decimal
    asset_class: AssetClass
    lever: Lever
    reason: str
    automatic: bool = True
    after_manual: bool = False
    exposure: Exposure = ()

    @property
    def by_class(self) -> list[tuple[AssetClass, int]]:
        """What it moves of each class, in cents."""
        return look_through(self.asset_class, self.exposure, self.usd.cents)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassLine:
    """One asset class of the pie: its goal and its dollars before and after the plan."""

    asset_class: AssetClass
    target_pct: Decimal
    goal: Usd
    before: Usd
    after: Usd
    out_of_band: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The proof that no tax-free plan can do better: a set of classes S and its cut.

    `goal` = T(S), `fixed` = G(S), `movable` = f(S): at most G(S) + f(S) can ever lie in S today, so that
    `shortfall` = T(S) - G(S) - f(S) is unavoidable and the least drift is twice that (max-flow min-cut). Where funds of
    several classes may trade, S may hold a class in part: `weights` then counts each of its classes in parts of
    `whole`, and goal, fixed and movable are sums so weighted, rounded to the cent (duality of linear programmes).
    """

    classes: tuple[AssetClass, ...] = ()
    goal: Usd = Usd()
    fixed: Usd = Usd()
    movable: Usd = Usd()
    weights: tuple[tuple[AssetClass, int], ...] = ()
    whole: int = 1

    @property
    def shortfall(self) -> Usd:
        """What S lacks in the best case."""
        return self.goal - self.fixed - self.movable if self.classes else Usd()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotProposed:
    """A taxable sale that was refused, and what it would have cost."""

    account: str
    symbol: str
    asset_class: AssetClass
    usd: Usd
    realized_gain: Usd
    tax: Usd
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something that the owner must be told, with a code for machines."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Residual:
    """The honest stop: drift that stays, why, and what would cure it."""

    drift: Usd
    reason: str
    cures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Headroom:
    """The largest sudden fall and rise of a class's price, in percent, that the shelters could absorb; None: any.

    `gradual_rise_pct` is the rise that they could follow if it came slowly, with swaps on the way: less than a jump of
    the same size, because every swap on the way makes the rest larger. None where no such figure is known.
    """

    asset_class: AssetClass
    fall_pct: Decimal
    rise_pct: Decimal | None
    gradual_rise_pct: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything the engine has to say about one household on one day."""

    household: str
    as_of_on: date
    lines: tuple[PlanLine, ...]
    classes: tuple[ClassLine, ...]
    pie: Usd
    drift_before: Usd
    drift_after: Usd
    drift_limit: Usd
    certificate: Certificate
    realized_gain: Usd
    tax: Usd
    tax_if_sold: Usd
    gain_if_sold: Usd
    cash_after: tuple[tuple[str, Usd], ...]
    not_proposed: tuple[NotProposed, ...] = ()
    notes: tuple[Note, ...] = ()
    residual: Residual | None = None
    headroom: tuple[Headroom, ...] = ()
    deferral: Deferral | None = None

    @property
    def tax_deferred(self) -> Usd:
        """What the same shift by taxable sales would have cost, less what this plan costs."""
        return self.tax_if_sold - self.tax


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal(Fingerprinted):
    """A plan with the circumstances that an approval binds to: change one and the approval is void."""

    plan: Plan
    plan_id: str
    environment: Environment
    created_at: datetime
    expires_at: datetime
    snapshot_fingerprint: str
    settings_fingerprint: str
    code_version: str
    price_collar_pct: Decimal

    @property
    def code(self) -> str:
        """Four letters that a person types to say yes to exactly this proposal."""
        digits = int(self.fingerprint[:12], 16)
        letters = []
        for _ in range(4):
            digits, index = divmod(digits, len(_LETTERS))
            letters.append(_LETTERS[index])
        return "".join(letters)


_LETTERS = "ACDEFGHJKLMNPQRTUVWXY"  # no B, I, O, S, Z: they look like digits on a phone
