"""A snapshot's lots and history come from the lots book of the whole household."""

from datetime import date
from decimal import Decimal

from bot.domain.facts import OrderIntended, OrderMoved
from bot.domain.money import Shares, Usd
from bot.domain.orders import Intent, OrderState
from bot.domain.seeds import Seed, SeedLot
from bot.domain.snapshot import Side, Snapshot
from bot.services.sync import take_snapshot
from tests.services.stage import Stage, line

LONG_AGO = date(2024, 3, 1)


def taken(stage: Stage, *seeds: Seed) -> Snapshot:
    """A snapshot with lots that were written down."""
    return take_snapshot(
        household=stage.household,
        brokers=stage.brokers,
        calendar=stage.calendar,
        clock=stage.clock,
        ledger=stage.ledger,
        fallback_prices={},
        seeds=seeds,
    )


def written(*lots: tuple[str, str]) -> Seed:
    """Shares of VTI in the brokerage and their cost."""
    return Seed(
        account="brokerage",
        as_of_on=date(2026, 2, 27),
        lots=tuple(
            SeedLot(symbol="VTI", quantity=Shares.of(shares), cost=Usd.of(cost), acquired_on=LONG_AGO)
            for shares, cost in lots
        ),
    )


def test_lots_that_were_written_down_are_the_positions() -> None:
    snapshot = taken(Stage(), written(("600", "48000"), ("400", "60000")))

    lots = snapshot.holding("brokerage").position("VTI").lots
    assert {(lot.quantity.plain, lot.cost_per_share) for lot in lots} == {("600", Decimal(80)), ("400", Decimal(150))}
    assert snapshot.remarks == ()


def test_lots_that_do_not_agree_are_told_and_have_no_cost() -> None:
    snapshot = taken(Stage(), written(("600", "48000")))

    assert [(remark.code, remark.account, remark.symbol) for remark in snapshot.remarks] == [
        ("lots_mismatch", "brokerage", "VTI")
    ]
    assert {lot.cost_per_share for lot in snapshot.holding("brokerage").position("VTI").lots} == {None}


def test_the_losses_of_a_sale_are_told_apart_from_its_gains() -> None:
    """600 shares of $80 and 100 of $150 go at $100: a gain of $12,000 does not hide the loss of $5,000."""
    stage = Stage()
    stage.broker.by_hand("brokerage", Side.SELL, "VTI", "700", "100")
    stage.broker.read("brokerage")

    history = taken(stage, written(("600", "48000"), ("400", "60000"))).history

    assert {(trade.quantity.plain, trade.realized_gain) for trade in history} == {
        ("600", Usd.of(12000)),
        ("100", Usd.of(-5000)),
    }


def sent(stage: Stage, *, dearest_first: bool) -> None:
    """Ten shares go by an order of ours, which is in the ledger."""
    proposal = stage.approved(line(1, Side.SELL, "VTI", "10", "100", account="brokerage"))
    intent = Intent(
        plan=proposal.fingerprint,
        line=1,
        attempt=1,
        account="brokerage",
        side=Side.SELL,
        symbol="VTI",
        quantity=Shares.of(10),
        limit_price=Decimal(100),
        dearest_first=dearest_first,
    )
    stage.ledger.record(OrderIntended(at=stage.clock.now(), intent=intent))
    for state in (OrderState.SENDING, OrderState.ACKED):
        broker_id = "" if state is OrderState.SENDING else stage.broker.submit(intent).broker_id
        moved = OrderMoved(
            at=stage.clock.now(), client_order_id=intent.client_order_id, state=state, broker_id=broker_id
        )
        stage.ledger.record(moved)
    stage.broker.read("brokerage")


def test_an_order_of_ours_took_the_lots_that_the_broker_was_told_to_take() -> None:
    """400 shares cost $150 each; the ten that our order sold were of them, though 600 for $80 are older."""
    stage = Stage()
    sent(stage, dearest_first=True)

    snapshot = taken(stage, written(("600", "48000"), ("400", "60000")))

    lots = snapshot.holding("brokerage").position("VTI").lots
    assert {(lot.quantity.plain, lot.cost_per_share) for lot in lots} == {("600", Decimal(80)), ("390", Decimal(150))}
    assert [trade.realized_gain for trade in snapshot.history] == [Usd.of(-500)]


def test_an_order_of_ours_that_named_no_lots_took_the_oldest() -> None:
    stage = Stage()
    sent(stage, dearest_first=False)

    history = taken(stage, written(("600", "48000"), ("400", "60000"))).history

    assert [trade.realized_gain for trade in history] == [Usd.of(200)]
