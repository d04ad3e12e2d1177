"""What holds of every past: no share and no cent is lost, and no order of the list changes anything."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from hypothesis import given, settings, strategies as st

from bot.domain.money import Usd
from bot.domain.readings import ActivityKind
from bot.domain.snapshot import Side
from bot.engine.lots.nouns import Books, Lot, Method, Sale
from tests.engine.past import Past

SHARES = st.decimals(min_value="0.001", max_value=200, places=3)
PRICES = st.decimals(min_value=1, max_value=300, places=2)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("buy", "buy", "sell", "split", "pay")),
        st.integers(min_value=0, max_value=40),
        st.sampled_from(("taxable", "spouse", "ira")),
        SHARES,
        PRICES,
    ),
    max_size=25,
)
everyday = settings(deadline=None)  # a busy machine is no failure
METHODS = st.sampled_from([Method.FIFO, Method.LIFO, Method.HIFO, Method.AVERAGE])


def past_of(steps: list[tuple[str, int, str, Decimal, Decimal]], *, price: str | None = None) -> Past:
    """A past in which nothing is sold that is not held, no two entries of an account tie, and no cost is unknown."""
    past, on, held = Past(), date(2024, 1, 2), dict[str, Decimal]()
    for what, days, account, shares, each in steps:
        on += timedelta(days=days)
        has = held.get(account, Decimal(0))
        paid = price or str(each)
        if what == "sell" and has:
            change = -min(shares, has)
            past.sell(on, str(-change), paid, account=account)
        elif what == "split" and has > 1:
            change = (has * (shares % 3)).quantize(Decimal("0.001")) + Decimal("0.001")
            on += timedelta(days=1)  # on the day of a purchase it would be told before it
            past.tell(ActivityKind.SPLIT, on, str(change), account=account)
        elif what == "pay" and has:
            change = Decimal(0)
            past.tell(ActivityKind.RETURN_OF_CAPITAL, on, account=account, usd=str(each))
        else:
            change = shares
            past.buy(on, str(shares), paid, account=account)
        held[account] = has + change
    return past


def lots(books: Books) -> list[Lot]:
    """All lots of the household."""
    return [lot for by_symbol in books.by_account.values() for book in by_symbol.values() for lot in book.lots]


def sales(books: Books) -> list[Sale]:
    """All sales of the household."""
    return [sale for by_symbol in books.by_account.values() for book in by_symbol.values() for sale in book.sales]


def paid(past: Past, side: Side) -> int:
    """The cents of all purchases, or of all sales."""
    return sum(one.quantity.value(one.price).cents for one in past.entries if one.side is side and one.price)


@everyday
@given(STEPS, METHODS)
def test_no_share_is_lost(steps: list[tuple[str, int, str, Decimal, Decimal]], method: Method) -> None:
    past = past_of(steps)
    books = past.books(method=method)

    left = {place: count for place, count in past.held().items() if count}
    for (account, symbol), count in left.items():
        assert books.book(account, symbol).position.quantity.count == count
    assert not any(lot.quantity.count <= 0 for lot in lots(books))
    assert not any(part.basis is None for sale in sales(books) for part in sale.parts)


@settings(max_examples=200, deadline=None)
@given(STEPS, METHODS)
def test_no_cent_is_lost(steps: list[tuple[str, int, str, Decimal, Decimal]], method: Method) -> None:
    """What counts for tax and what is left to be told one day are together what was earned, less what is forfeited."""
    past = past_of(steps)
    books = past.books(method=method)
    returned = sum(one.net.cents for one in past.entries if one.kind is ActivityKind.RETURN_OF_CAPITAL)

    basis = sum(lot.basis.cents for lot in lots(books) if lot.basis is not None)
    counted = sum(part.recognized.cents for sale in sales(books) for part in sale.parts)
    forfeited = sum(sale.forfeited.cents for sale in sales(books))
    assert counted - basis == paid(past, Side.SELL) + returned - paid(past, Side.BUY) + forfeited


@everyday
@given(STEPS, METHODS)
def test_a_wash_sale_takes_no_more_than_the_loss(
    steps: list[tuple[str, int, str, Decimal, Decimal]], method: Method
) -> None:
    books = past_of(steps).books(method=method)

    for sale in sales(books):
        for part in sale.parts:
            assert 0 <= part.forfeited.cents <= part.disallowed.cents <= max(0, -part.gain.cents)
    assert not any(sale.disallowed for sale in sales(books) if sale.account == "ira")


@everyday
@given(STEPS, st.randoms(use_true_random=False), METHODS)
def test_the_order_of_the_list_changes_nothing(
    steps: list[tuple[str, int, str, Decimal, Decimal]], rng: Random, method: Method
) -> None:
    past = past_of(steps)
    shuffled = list(past.entries)
    rng.shuffle(shuffled)

    assert past.books(method=method, entries=shuffled) == past.books(method=method)


@everyday
@given(STEPS)
def test_where_all_costs_are_equal_the_dearest_first_are_the_oldest_first(
    steps: list[tuple[str, int, str, Decimal, Decimal]],
) -> None:
    past = past_of([step for step in steps if step[0] in {"buy", "sell"}], price="100")

    assert past.books(method=Method.HIFO) == past.books(method=Method.FIFO)


@everyday
@given(STEPS)
def test_gains_of_all_methods_differ_only_by_what_is_left(
    steps: list[tuple[str, int, str, Decimal, Decimal]],
) -> None:
    """In a shelter, where no wash sale moves a basis."""
    past = past_of([step for step in steps if step[2] == "ira"])

    def total(method: Method) -> Usd:
        books = past.books(method=method)
        return Usd.total(sale.realized_gain for sale in sales(books)) - Usd.total(
            lot.basis for lot in lots(books) if lot.basis is not None
        )

    assert len({total(method) for method in (Method.FIFO, Method.LIFO, Method.HIFO, Method.AVERAGE)}) == 1
