"""What goes of taxable lots and what it realises, where a lot was a gift with two bases."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from bot.domain.lots import TaxLot
from bot.domain.money import Shares
from bot.domain.snapshot import lot_order
from bot.engine.selling_order import Run, SellingOrder, by_shares, dearest_first

TODAY = date(2026, 3, 2)
GIFT = TaxLot(
    quantity=Shares.of(10), cost_per_share=Decimal(100), acquired_on=date(2020, 1, 6), basis_for_loss=Decimal(80)
)
BOUGHT = TaxLot(quantity=Shares.of(10), cost_per_share=Decimal(60), acquired_on=date(2020, 1, 6))


def order(price: int) -> SellingOrder:
    """The gift and ten bought shares, which go after it."""
    run = Run(account="taxable", symbol="VTI", lots=(BOUGHT, GIFT), price=Decimal(price), weight=Decimal(1))
    return SellingOrder([run], TODAY)


@pytest.mark.parametrize(("price", "gain"), [(120, 200), (100, 0), (90, 0), (80, 0), (70, -100)])
def test_a_gift_realises_what_its_two_bases_leave(price: int, gain: int) -> None:
    """Between them it is neither gain nor loss (Treas. Reg. 1.1015-1(a)(2))."""
    (sold,) = order(price).by_lot(10 * price * 100)

    assert (sold.cents, sold.gain) == (10 * price * 100, gain * 100)


@pytest.mark.parametrize(("price", "gain"), [(120, 800), (90, 300), (70, 0)])
def test_the_gains_of_a_run_are_those_of_its_lots(price: int, gain: int) -> None:
    (sold,) = order(price).in_all(20 * price * 100, {})

    assert (sold.cents, sold.gain) == (20 * price * 100, gain * 100)


def test_half_a_gift_realises_half_of_its_loss() -> None:
    (sold,) = order(70).in_all(5 * 70 * 100, {})

    assert sold.gain == -5000


@pytest.mark.parametrize("seed", range(10))
def test_so_many_shares_take_the_dearest_lots_whole_and_a_part_of_the_next(seed: int) -> None:
    rng = Random(seed)
    price, lots = Decimal(rng.randint(1_000, 60_000)).scaleb(-2), some_lots(rng, 5_000)
    run = Run(account="taxable", symbol="VTI", lots=lots, price=price, weight=Decimal(1))
    left, cents, gains = Shares.of(rng.randint(1, 20_000)), Counter[bool](), Counter[bool]()
    sold = by_shares(run, left, TODAY)

    for lot in sorted(lots, key=lambda lot: (-(lot.cost_per_share or 0), lot_order(lot))):
        part = min(lot.quantity, left)
        left -= part
        cents[lot.is_short_term(TODAY)] += part.value(price).cents
        gains[lot.is_short_term(TODAY)] += lot.gain(part, price).cents
    assert {part.short: part.cents for part in sold} == {short: c for short, c in cents.items() if c}
    assert {part.short: part.gain for part in sold} == {short: gains[short] for short, c in cents.items() if c}


def test_lots_of_equal_cost_go_the_oldest_first_however_many_are_asked_for_at_once() -> None:
    lots = some_lots(Random(1), 6_000)
    run = Run(account="taxable", symbol="VTI", lots=lots, price=Decimal(100), weight=Decimal(1))

    order = [lots[at] for places in dearest_first([run]) for at in places]

    assert order == sorted(lots, key=lambda lot: (-(lot.cost_per_share or 0), lot_order(lot)))


def test_a_lot_is_short_term_to_the_same_day_in_every_year() -> None:
    for today in (TODAY + timedelta(days=n) for n in range(1500)):
        for since in (today - timedelta(days=n) for n in range(363, 369)):
            lot = TaxLot(quantity=Shares.of(1), acquired_on=since)
            run = Run(account="taxable", symbol="VTI", lots=(lot,), price=Decimal(10), weight=Decimal(1))
            assert [part.short for part in by_shares(run, Shares.of(1), today)] == [lot.is_short_term(today)]


def some_lots(rng: Random, count: int) -> tuple[TaxLot, ...]:
    """Lots of few different costs, many of them short-term, now and then an unknown cost or a gift."""
    return tuple(
        TaxLot(
            quantity=Shares(Decimal(rng.randint(1, 9_999)).scaleb(-3)),
            cost_per_share=cost,
            acquired_on=TODAY - timedelta(days=rng.randint(1, 800)),
            basis_for_loss=cost / 2 if cost and rng.random() < 0.1 else None,
        )
        for cost in (Decimal(rng.randint(10, 600)) if rng.random() < 0.95 else None for _ in range(count))
    )
