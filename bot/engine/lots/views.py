"""Lots as others see them: for good, for the engine that plans, and as somebody wrote them down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Context, Decimal

from bot.domain.lots import TaxLot, is_short
from bot.domain.money import Shares, Usd
from bot.domain.readings import Activity
from bot.domain.seeds import Origin, Seed, SeedLot
from bot.engine.lots.nouns import Lot, Sale, Sold, Wash
from bot.engine.lots.open_lot import ZERO, OpenLot
from bot.engine.lots.rules import Arrival, Place
from bot.engine.lots.walk import Told
from bot.engine.lots.washing import long_before

_COST_STEP = Decimal("0.0000000001")  # finer than any basis needs: a million shares stay exact to the cent
_WIDE = Context(prec=60)
_NONE = Usd()


def lot_of(place: Place, number: int, lot: OpenLot) -> Lot:  # noqa: ARG001 - its place in the list changes nothing
    """An open lot for good."""
    account, symbol = place
    return Lot(
        lot_id=lot.lot_id,
        account=account,
        symbol=symbol,
        quantity=Shares(lot.quantity),
        basis=_usd(lot.cents),
        acquired_on=lot.acquired_on,
        origin=lot.origin,
        place=lot.place,
        washes=tuple(Wash(sale=sale, amount=Usd(cents)) for sale, cents in lot.washes),
        basis_for_loss=_usd(lot.loss_cents),
        held_since_on=lot.held_since_on,
        locked_until_on=lot.locked_until_on,
        replaces=lot.replaces,
    )


def sale_of(number: int, told: Told) -> Sale:
    """A sale for good; `number` is its place among the sales of its symbol in its account."""
    one, parts = told
    return Sale(
        sale_id=sale_id(number, one),
        account=one.account,
        on=one.on,
        symbol=one.symbol,
        quantity=Shares(sum((part.quantity for part in parts), ZERO)),
        parts=tuple(map(_sold, parts)),
    )


def sale_id(number: int, one: Activity) -> str:
    """The id of the entry behind a sale, or what stands for it."""
    return one.activity_id or f"{one.symbol}:{one.on}:{number}"


def _sold(lot: OpenLot) -> Sold:
    basis = lot.basis
    return Sold(
        lot_id=lot.lot_id,
        quantity=Shares(lot.quantity),
        acquired_on=lot.acquired_on,
        proceeds=Usd(lot.proceeds),
        basis=_usd(basis),
        gain=Usd(lot.proceeds - (basis or 0)),
        short_term=is_short(lot.held_since_on, lot.sold_on),
        disallowed=Usd(lot.disallowed) if lot.disallowed else _NONE,
        forfeited=Usd(lot.forfeited) if lot.forfeited else _NONE,
    )


def tax_lot(lot: OpenLot, *, frozen: bool) -> TaxLot:
    """A lot as plans see it; a frozen one has no known cost."""
    return TaxLot(
        quantity=Shares(lot.quantity),
        cost_per_share=None if frozen else _each(lot.cents, lot.quantity),
        acquired_on=lot.acquired_on,
        locked_until_on=lot.locked_until_on,
        basis_for_loss=None if frozen or lot.loss_cents is None else _each(lot.loss_cents, lot.quantity),
        held_since_on=None if lot.held_since_on == lot.acquired_on else lot.held_since_on,
    )


def written_on(seeds: Iterable[Seed]) -> dict[Place, date]:
    """The latest day as of which the lots of a place were written down."""
    days: dict[Place, date] = {}
    for seed in seeds:
        for lot in seed.lots:
            place = seed.account, lot.symbol
            days[place] = max(seed.as_of_on, days.get(place, seed.as_of_on))
    return days


def arrivals_of(seeds: Sequence[Seed]) -> list[Arrival]:
    """The lots of the latest seed of each place."""
    latest = written_on(seeds)
    return [
        _arrival(seed.account, number, lot)
        for seed in seeds
        for number, lot in enumerate(seed.lots, 1)
        if latest[seed.account, lot.symbol] == seed.as_of_on and lot.quantity
    ]


def _arrival(account: str, number: int, lot: SeedLot) -> Arrival:
    """A gift without a basis for loss has none above zero: what it was worth when it was given is not known."""
    since = lot.acquired_on
    if lot.origin is Origin.INHERITED and since is not None:
        since = long_before(since)
    loss = lot.basis_for_loss
    if lot.origin is Origin.GIFT and loss is None:
        loss = Usd()
    return Arrival(
        account=account,
        symbol=lot.symbol,
        lot_id=lot.place or f"seed:{lot.symbol}:{number}",
        quantity=lot.quantity.count,
        cents=None if lot.cost is None else lot.cost.cents,
        acquired_on=lot.acquired_on,
        held_since_on=since,
        origin=lot.origin,
        place=lot.place,
        loss_cents=None if loss is None else loss.cents,
    )


def _usd(cents: int | None) -> Usd | None:
    return None if cents is None else Usd(cents)


def _each(cents: int | None, quantity: Decimal) -> Decimal | None:
    return None if cents is None else _WIDE.quantize(_WIDE.divide(cents, quantity * 100), _COST_STEP)
