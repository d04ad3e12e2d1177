"""The tax that the same shift would have cost by selling in taxable: ira swaps 1500 of stocks for bonds."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

from bot.domain.lots import TaxLot
from bot.domain.money import Shares
from bot.domain.snapshot import Side, lot_order
from bot.engine.selling_order import Run, SellingOrder
from tests.engine.drawing import planned

TODAY = date(2026, 3, 2)

HOUSEHOLD = """Stocks stand at 75 of 60 percent; brokerage holds 20 of their 75 shares.

targets: stocks 60, bonds 40
VTI: stocks 100
BND: bonds 100
ira traditional: 55 VTI; 25 BND
brokerage taxable: {lots}
"""


def tax(lots: str) -> str:
    """The tax that selling 1500 of these lots would have cost; long gains 15 percent, short ones 32."""
    plan = planned(HOUSEHOLD.format(lots=lots))
    assert [line.usd.plain for line in plan.lines] == ["1500.00", "1500.00"]
    assert plan.tax.cents == 0
    return plan.tax_if_sold.plain


def test_the_lots_of_highest_cost_go_first() -> None:
    assert tax("15 VTI @50; 5 VTI @90") == "82.50"  # 5 x 10 + 10 x 50 = 550


def test_lots_of_unknown_cost_count_as_zero_cost_and_go_last() -> None:
    assert tax("10 VTI; 10 VTI @90") == "90.00"  # 10 x 10 + 5 x 100 = 600


def test_a_short_gain_pays_the_short_rate() -> None:
    assert tax("20 VTI @50 since 2025-06-01") == "240.00"  # 15 x 50 = 750


@pytest.mark.parametrize(("since", "rate"), [("2025-03-02", "240.00"), ("2025-03-01", "112.50")])
def test_exactly_one_year_is_short(since: str, rate: str) -> None:
    assert tax(f"20 VTI @50 since {since}") == rate


def test_a_loss_is_set_against_a_gain_of_its_kind() -> None:
    assert tax("5 VTI @120; 15 VTI @50") == "60.00"  # -100 + 500 = 400, all long


def test_a_short_loss_is_set_against_a_long_gain() -> None:
    assert tax("5 VTI @120 since 2026-01-01; 15 VTI @50") == "60.00"


def test_a_long_loss_is_set_against_a_short_gain() -> None:
    assert tax("5 VTI @120; 15 VTI @50 since 2026-01-01") == "128.00"  # 400 at 32 percent


def test_a_short_and_a_long_gain_are_taxed_each_at_its_rate() -> None:
    assert tax("5 VTI @90 since 2026-01-01; 15 VTI @50") == "91.00"  # 50 at 32, 500 at 15 percent


def test_a_loss_in_all_is_no_negative_tax() -> None:
    assert tax("20 VTI @120") == "0.00"


def test_no_more_is_sold_than_taxable_holds() -> None:
    plan = planned(HOUSEHOLD.format(lots="2 VTI @50").replace("55 VTI", "73 VTI"))

    assert plan.lines[0].usd.plain == "1500.00"
    assert plan.tax_if_sold.plain == "15.00"  # 2 x 50 at 15 percent


def test_a_class_that_only_changes_its_shelter_has_not_left() -> None:
    chain = """The Roth takes up the stocks that the 401k sells.

    targets: stocks 40, bonds 30, intl 30
    VTI: stocks 100
    BND: bonds 100
    VXUS: intl 100
    brokerage taxable: 10 VTI @10; 5 VXUS @50
    ira traditional: 35 VXUS; menu VTI
    work 401k: 30 VTI; 20 BND; menu BND
    """
    assert planned(chain).tax_if_sold.plain == "37.50"  # 5 x 50 of intl alone


def test_the_losses_that_a_plan_takes_are_its_own_gain() -> None:
    plan = planned(
        """Two lots stand below cost; the one of highest cost goes first.

        targets: stocks 60, bonds 40
        policy: taxable_sells losses_only
        VTI: stocks 100
        BND: bonds 100
        brokerage taxable: 70 VTI @110 since 2020-01-02; 30 VTI @150 since 2020-01-02
        """
    )

    assert plan.realized_gain.plain == "-1600.00"  # 30 x 50 + 10 x 10


# --- the order of many lots ------------------------------------------------------------------------------------------
def runs(rng: Random) -> list[Run]:
    """Lots of up to three funds, more than are handed out at once, of few costs, so that many are alike."""
    return [
        Run(account=f"a{n % 2}", symbol=f"S{n}", lots=_lots(rng), price=Decimal(rng.randint(1, 9)), weight=Decimal(w))
        for n, w in enumerate(rng.choices(["1", "0.6"], k=rng.randint(1, 3)))
    ]


def _lots(rng: Random) -> tuple[TaxLot, ...]:
    costs = [None, *(Decimal(rng.randint(1, 1200)).scaleb(-2) for _ in range(rng.choice([1, 40, 2000])))]
    return tuple(
        TaxLot(
            quantity=Shares(Decimal(rng.randint(1, 9999)).scaleb(-3)),
            cost_per_share=rng.choice(costs),
            acquired_on=rng.choice([None, TODAY - timedelta(days=rng.randint(1, 800))]),
        )
        for _ in range(rng.randint(1, 1500))
    )


def one_by_one(some: list[Run], cents: int) -> list[tuple[str, str, int, int, bool]]:
    """The same by sorting all lots and walking through them."""
    rows = [(run, lot) for run in some for lot in run.lots]
    rows.sort(
        key=lambda row: (
            -Fraction(row[1].cost_per_share or 0) / Fraction(row[0].price),
            row[0].account,
            row[0].symbol,
            lot_order(row[1]),
        )
    )
    sold, wanted = [], Fraction(cents)
    for run, lot in rows:
        count = Fraction(lot.quantity.count) * Fraction(run.weight) * 100
        worth, gain = count * Fraction(run.price), count * (Fraction(run.price) - Fraction(lot.cost_per_share or 0))
        part = min(worth, wanted)
        wanted -= part
        if part:
            short = lot.is_short_term(TODAY)
            sold.append((run.account, run.symbol, round(part), round(gain * part / worth), short))
    return sold


@pytest.mark.parametrize("seed", range(30))
def test_many_lots_go_in_the_same_order_as_few(seed: int) -> None:
    rng = Random(seed)
    some, asked = runs(rng), [rng.randint(1, 400_000) for _ in range(3)]
    order = SellingOrder(some, TODAY)
    for cents in asked:
        lots = order.by_lot(cents)
        assert [(s.run.account, s.run.symbol, s.cents, s.gain, s.short) for s in lots] == one_by_one(some, cents)


@pytest.mark.parametrize("seed", range(30))
def test_the_lots_of_a_fund_and_term_together_come_to_the_same_cents(seed: int) -> None:
    rng = Random(seed)
    order, cents = SellingOrder(runs(rng), TODAY), rng.randint(1, 400_000)
    single, together = Counter[tuple[str, bool, str]](), Counter[tuple[str, bool, str]]()
    for slices, into in ((order.by_lot(cents), single), (order.in_all(cents, {}), together)):
        for part in slices:
            into[part.run.symbol, part.short, "cents"] += part.cents
            into[part.run.symbol, part.short, "gain"] += part.gain

    assert {key: value for key, value in single.items() if value} == {k: v for k, v in together.items() if v}


def test_a_loss_that_may_not_be_taken_yet_is_no_part_of_the_plan_s_own_gain() -> None:
    plan = planned(
        """The dearest lot was bought three weeks before it may go; the older one is sold.

        targets: stocks 60, bonds 40
        policy: taxable_sells losses_only
        VTI: stocks 100
        BND: bonds 100
        brokerage taxable: 70 VTI @110 since 2020-01-02; 30 VTI @150 since 2026-01-22
        """
    )

    assert [line.usd.plain for line in plan.lines if line.side is Side.SELL] == ["4000.00"]
    assert plan.realized_gain.plain == "-400.00"  # 40 x 10
