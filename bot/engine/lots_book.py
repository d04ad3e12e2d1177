"""The lots book: every account's tax lots and sales, rebuilt from what its keeper holds, remembers and wrote down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial

from bot.domain.household import Account
from bot.domain.lots import Position
from bot.domain.money import Shares
from bot.domain.readings import AccountReading, Activity, ActivityKind, HeldReading
from bot.domain.seeds import Seed
from bot.domain.snapshot import Remark, Side
from bot.engine.lots.compare import ROUNDING, Case, mismatches, unknowns
from bot.engine.lots.events import standing
from bot.engine.lots.members import RENAME
from bot.engine.lots.nouns import Book, Books, Choice, Method
from bot.engine.lots.on_demand import OnDemand
from bot.engine.lots.open_lot import OpenLot
from bot.engine.lots.opening import costed, fit, level, openings
from bot.engine.lots.rules import Arrival, Place, Rules
from bot.engine.lots.shelf import Shelf
from bot.engine.lots.uncollected import uncollected
from bot.engine.lots.views import arrivals_of, lot_of, sale_id, sale_of, tax_lot, written_on
from bot.engine.lots.walk import Told, Walk


def trades_of(activities: Iterable[Activity]) -> tuple[Activity, ...]:
    """The trades among the activities that still stand, in their order."""
    return tuple(a for a in activities if a.kind is ActivityKind.TRADE and not a.reversed and a.side is not None)


def swap_days(trades: Iterable[Activity]) -> frozenset[date]:
    """The days on which an account both sold and bought.

    What a cash account bought there was paid with money that had not settled; sold before that settlement it is a
    good-faith violation (Regulation T, 12 CFR 220.8).
    """
    seen = {(trade.on, trade.side) for trade in trades}
    return frozenset(on for on, side in seen if side is Side.BUY and (on, Side.SELL) in seen)


def keep_books(
    *,
    accounts: Iterable[Account],
    readings: Iterable[AccountReading],
    activities: Iterable[Activity],
    seeds: Sequence[Seed] = (),
    groups: Mapping[str, str] | None = None,
    locks: Mapping[str, Mapping[date, date]] | None = None,
    methods: Mapping[Place, Method] | None = None,
    choices: Mapping[str, Choice] | None = None,
) -> Books:
    """The books of a household, together: a wash sale may lie between any two of its accounts.

    Args:
        accounts: all accounts of both spouses; whether one is sheltered decides on its wash sales.
        readings: what each account's keeper reports; a keeper's own lots win in the position where they sum up.
        activities: the accounts' histories in any order; entries up to the day of a place's seed are passed over.
        seeds: lots as they were written down; the latest of an account and symbol counts.
        groups: symbol -> identical group; a symbol that is not in it is a group of its own.
        locks: account -> day of a swap -> the day on which it settles (see `swap_days`).
        methods: what a sale takes that names nothing, by account and symbol, or by account and ""; else the oldest.
        choices: what a sale named, by order id.

    Where nothing was written down, an opening remainder is what no entry explains, at the cost which makes the whole
    basis agree with the keeper's. Where lots were written down they must agree with the keeper by themselves; if they
    do not, those who plan do not know their cost any more (so no taxable account sells them), and a remark says why.
    """
    with uncollected():
        told = standing(activities)
        rules = Rules(
            sheltered=frozenset(account.id for account in accounts if account.kind.sheltered),
            groups=groups or {},
            methods=methods or {},
            choices=choices or {},
            locks=locks or {},
            since=written_on(seeds),
        )
        held = {(reading.account, one.symbol): one for reading in readings for one in reading.held}
        arrivals = sorted(arrivals_of(seeds) + openings(rules, held, told), key=_came)
        walk = Walk(rules, told, washing=True)
        walk.tell(costed(rules, held, told, arrivals))
        books = _written(walk, held, _strict(rules, told))
        walk.let_go()
        return books


def _written(walk: Walk, held: Mapping[Place, HeldReading], strict: frozenset[Place]) -> Books:
    """The books of every place that is held or was traded."""
    by_account: dict[str, dict[str, Book]] = {}
    remarks: list[Remark] = []
    for place in sorted({*held, *walk.shelves, *walk.sales}):
        account, symbol = place
        book, said = _book(walk, place, held.get(place) or _nothing(symbol), strict=place in strict)
        remarks += said
        if book.position.quantity or book.sales:
            by_account.setdefault(account, {})[symbol] = book
    return Books(by_account=by_account, remarks=tuple(remarks))


def _came(arrival: Arrival) -> tuple[date, str, str, str]:
    return arrival.acquired_on or date.min, arrival.account, arrival.symbol, arrival.lot_id


def _strict(rules: Rules, told: Sequence[Activity]) -> frozenset[Place]:
    """The places whose lots were written down, under any later name."""
    strict = set(rules.since)
    for one in told:
        if one.kind is RENAME and (one.account, one.symbol) in strict:
            strict.add((one.account, one.new_symbol))
    return frozenset(strict)


def _nothing(symbol: str) -> HeldReading:
    return HeldReading(symbol=symbol, quantity=Shares(), available=Shares(), cost_basis=None, price=None)


def _book(walk: Walk, place: Place, held: HeldReading, *, strict: bool) -> tuple[Book, list[Remark]]:
    told = walk.sales.get(place, ())
    shelf = walk.shelf(*place)
    sheltered = place[0] in walk.rules.sheltered
    lots = shelf.settle()
    remarks = _compared(shelf, lots, held, told, sheltered=sheltered) if strict else []
    frozen = not sheltered and any(remark.code == "lots_mismatch" for remark in remarks)
    if _adjusted(shelf, held, strict=strict):
        lots = shelf.settle()
    own = held.lots if held.lots and Shares.total(lot.quantity for lot in held.lots) == held.quantity else None
    position = Position(symbol=held.symbol, lots=own or tuple(tax_lot(lot, frozen=frozen) for lot in lots))
    written = OnDemand(lots, partial(lot_of, place))
    return Book(position=position, lots=written, sales=OnDemand(told, sale_of), frozen=frozen), remarks


def _compared(
    shelf: Shelf, lots: Sequence[OpenLot], held: HeldReading, told: Sequence[Told], *, sheltered: bool
) -> list[Remark]:
    """What the owner should know of lots that were written down."""
    case = Case(
        held=held,
        account=shelf.account,
        sheltered=sheltered,
        lots=lots,
        sales=frozenset(sale_id(n, one) for n, (one, _) in enumerate(told)),
        missing=shelf.missing,
    )
    return mismatches(case) or unknowns(case)


def _adjusted(shelf: Shelf, held: HeldReading, *, strict: bool) -> bool:
    """Bring a shelf to what its keeper holds, a rounding of its count first; whether anything had to change."""
    difference = held.quantity.count - shelf.quantity
    if strict and shelf.lots and 0 < abs(difference) <= ROUNDING:
        shelf.round_by(difference)
    fit(shelf, held.quantity.count)
    if strict or held.cost_basis is None:
        return difference != 0
    level(shelf, held.cost_basis.cents)
    return True
