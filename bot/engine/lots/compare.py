"""Whether a book and the account's keeper agree, and what follows where they do not: no taxable sale of that symbol."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.money import Shares, Usd
from bot.domain.readings import HeldReading
from bot.domain.snapshot import Remark
from bot.engine.lots.open_lot import ZERO, OpenLot

ROUNDING = Decimal("0.0001")  # as far as a keeper's count may be rounded
_AVERAGE_STEP = Decimal("0.005")  # cents a share: half of the fourth decimal to which an average price is rounded


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A position to compare: the keeper's word, the lots, the sales of this book, and shares sold that nobody held."""

    held: HeldReading
    account: str
    sheltered: bool
    lots: Sequence[OpenLot]
    sales: frozenset[str]
    missing: Decimal

    @property
    def symbol(self) -> str:
        """The symbol of the position."""
        return self.held.symbol

    @property
    def place(self) -> str:
        """The first place where a lot was written down, for the person who mends it."""
        return next((lot.place for lot in self.lots if lot.place), "the lots of the account")


def mismatches(case: Case) -> list[Remark]:
    """Why the lots cannot be those of the keeper: their count, sold shares that they never had, or their basis.

    A shelter's basis decides nothing, so nobody is told of it.
    """
    counted = Shares(sum([lot.quantity for lot in case.lots], ZERO))
    if abs((counted - case.held.quantity).count) > ROUNDING:
        return [_count(case, f"its lots sum to {counted} shares where the keeper holds {case.held.quantity}")]
    if case.missing:
        return [_count(case, f"{Shares(case.missing)} shares more were sold than its lots ever had")]
    basis = case.held.cost_basis
    known = [lot.cents for lot in case.lots if lot.cents is not None]
    if case.sheltered or basis is None or len(known) < len(case.lots):
        return []
    ours = Usd(sum(known))
    allowed = len(case.lots) + int(counted.count * _AVERAGE_STEP)
    if any(abs((told - basis).cents) <= allowed for told in _as_told(case, ours)):
        return []
    return [
        _remark(
            case,
            f"its lots cost {ours} together where the keeper says {basis}",
            f"compare {case.place} with the keeper's lot details, lot by lot, and export them again as of today",
        )
    ]


def unknowns(case: Case) -> list[Remark]:
    """Lots of a taxable account whose cost nobody knows."""
    unknown = [lot for lot in case.lots if lot.cents is None]
    if case.sheltered or not unknown:
        return []
    shares = Shares(sum((lot.quantity for lot in unknown), ZERO))
    origins = " and ".join(sorted({lot.origin.value for lot in unknown}))
    return [
        Remark(
            code="lots_unknown",
            account=case.account,
            symbol=case.symbol,
            message=f"{case.account} {case.symbol}: nobody knows the cost of {shares} shares ({origins}); "
            "they count as no loss and are not sold",
            mend=f"write their cost and date into the lots of {case.account}, as of a day after they came",
        )
    ]


def _as_told(case: Case, ours: Usd) -> tuple[Usd, ...]:
    """The basis with all wash sales, with those that the keeper can see, and with none: it may not have booked them."""
    washes = [wash for lot in case.lots for wash in lot.washes]
    unseen = Usd(sum(cents for sale, cents in washes if sale not in case.sales))
    return ours, ours - unseen, ours - Usd(sum(cents for _, cents in washes))


def _count(case: Case, what: str) -> Remark:
    return _remark(case, what, f"write the lots of {case.symbol} down as of a later day (now {case.place})")


def _remark(case: Case, what: str, mend: str) -> Remark:
    effect = "" if case.sheltered else "; none of them is sold until they agree"
    return Remark(
        code="lots_mismatch",
        account=case.account,
        symbol=case.symbol,
        message=f"{case.account} {case.symbol}: {what}{effect}",
        mend=mend,
    )
