"""The order in which taxable lots would go for a class, worked out once and only as far as it is asked for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from itertools import accumulate, chain, groupby
from math import prod

from bot.domain.lots import TaxLot
from bot.domain.snapshot import lot_order

DIGITS = 60  # of a product of shares, price and weight, and of sums of such products
FEW = 500  # lots that are sorted at once
SAMPLE = 32  # lots that are looked at to guess a middle
ZERO = Decimal(0)

Fund = tuple[str, str]  # account, symbol
Row = tuple[int, TaxLot]  # the number of its run, and the lot
Part = tuple[int, int, int]  # twice the number of its run, and one more where it is short-term; cents; gain


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The lots of one fund in one taxable account; `weight` of each of their dollars stands for the class."""

    account: str
    symbol: str
    lots: tuple[TaxLot, ...]
    price: Decimal
    weight: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """What goes of one lot, or of all lots of a run that are short-term, or long-term: cents and their gain."""

    run: Run
    cents: int
    gain: int
    short: bool
    acquired_on: date | None = None


class SellingOrder:
    """Lots by cost per dollar of price, the highest first; then by account and symbol, then the oldest."""

    def __init__(self, runs: Sequence[Run], on: date) -> None:
        self._runs = sorted(runs, key=lambda run: (run.account, run.symbol))
        self._on = on
        self._coming = dearest_first(self._runs)
        # what has been asked for so far, lot by lot:
        self._rows: list[Row] = []
        self._upto: list[Decimal] = [ZERO]  # cents, exact, before each lot and after the last
        self._cents: list[int] = []
        self._gains: list[int] = []
        self._kinds: list[int] = []  # the first of a `Part`

    def by_lot(self, cents: int) -> list[Slice]:
        """The lots that go for so many cents, as far as there are any; of the last one perhaps a part."""
        with localcontext(prec=DIGITS):
            whole = self._reach(cents)
            rows = zip(self._rows[:whole], self._cents, self._gains, self._kinds, strict=False)
            slices = [self._slice(kind, sold, gain, lot) for (_, lot), sold, gain, kind in rows]
            return slices + self._rest(cents, whole)

    def in_all(self, cents: int, made: Mapping[Fund, int]) -> list[Slice]:
        """The same, the lots of one run and one term together; the first `made` cents of a run are gone already."""
        with localcontext(prec=DIGITS):
            whole = self._reach(cents)
            rest = [(self._kinds[whole], part.cents, part.gain) for part in self._rest(cents, whole)]
        parts = chain(zip(self._kinds[:whole], self._cents, self._gains, strict=False), rest)
        sold, gains = [0] * (2 * len(self._runs)), [0] * (2 * len(self._runs))
        for kind, part, gain in self._beyond(parts, made) if made else parts:
            sold[kind] += part
            gains[kind] += gain
        kinds = [kind for kind, part in enumerate(sold) if part or gains[kind]]
        return [self._slice(kind, sold[kind], gains[kind]) for kind in kinds]

    def _beyond(self, parts: Iterable[Part], made: Mapping[Fund, int]) -> Iterator[Part]:
        left = [made.get((run.account, run.symbol), 0) for run in self._runs]
        for kind, part, gain in parts:
            done = min(part, left[kind // 2])
            left[kind // 2] -= done
            if part > done:
                yield kind, part - done, gain * (part - done) // part

    def _slice(self, kind: int, cents: int, gain: int, lot: TaxLot | None = None) -> Slice:
        since = None if lot is None else lot.acquired_on
        return Slice(run=self._runs[kind // 2], cents=cents, gain=gain, short=bool(kind % 2), acquired_on=since)

    def _rest(self, cents: int, whole: int) -> list[Slice]:
        """The part that goes of the first lot that does not go whole; nothing where all go, or nothing is left."""
        part = cents - self._upto[whole]
        if part <= 0 or whole == len(self._rows):
            return []
        worth, gain = self._worth(self._rows[whole])
        return [self._slice(self._kinds[whole], round(part), round(gain * part / worth), self._rows[whole][1])]

    def _reach(self, cents: int) -> int:
        """How many lots go whole for so many cents."""
        while self._upto[-1] < cents and (rows := next(self._coming, None)) is not None:
            worths = [self._worth(row) for row in rows]
            self._rows += rows
            self._upto += accumulate((worth for worth, _ in worths), initial=self._upto.pop())
            self._cents += [round(worth) for worth, _ in worths]
            self._gains += [round(gain) for _, gain in worths]
            self._kinds += [2 * number + lot.is_short_term(self._on) for number, lot in rows]
        return bisect_right(self._upto, cents) - 1

    def _worth(self, row: Row) -> tuple[Decimal, Decimal]:
        """What a whole lot is worth for the class, and its gain; in cents, exact."""
        number, lot = row
        run = self._runs[number]
        counted = lot.quantity.count * run.weight * 100
        if lot.basis_for_loss is not None:
            return counted * run.price, lot.gain(lot.quantity, run.price).cents * run.weight
        return counted * run.price, counted * (run.price - (lot.cost_per_share or 0))


def dearest_first(runs: Sequence[Run]) -> Iterator[list[Row]]:
    """The lots that hold anything in their order, some at a time; the next ones are sorted when they are asked for.

    Quicksort, always of the upper part first: the first k of n lots take n + k log k steps (Paredes, Navarro 2006).
    """
    starts = list(accumulate((len(run.lots) for run in runs), initial=0))
    lots, keys = [lot for run in runs for lot in run.lots], _keys(runs)
    parts: list[Sequence[int]] = [range(len(lots))]
    while parts:
        part = parts.pop()
        halves = _halves(part, keys) if len(part) > FEW else ()
        parts += halves
        if halves:
            continue
        ordered: list[Row] = []
        for _, tied in groupby(sorted(part, key=keys.__getitem__, reverse=True), key=keys.__getitem__):
            rows = [(bisect_right(starts, at) - 1, lots[at]) for at in tied if lots[at].quantity.count]
            ordered += rows if len(rows) == 1 else sorted(rows, key=lambda row: (row[0], lot_order(row[1])))
        yield ordered


def _halves(part: Sequence[int], keys: Sequence[Decimal]) -> tuple[Sequence[int], ...]:
    """The places with a low and those with a high key, about as many of each; nothing where all keys are equal."""
    sample = sorted(keys[at] for at in part[:: len(part) // SAMPLE])
    middle = sample[len(sample) // 2]
    low, high = [at for at in part if keys[at] < middle], [at for at in part if keys[at] >= middle]
    if not low:
        low, high = [at for at in part if keys[at] == middle], [at for at in part if keys[at] > middle]
    return (low, high) if high else ()


def _keys(runs: Sequence[Run]) -> list[Decimal]:
    """Costs per dollar of price, brought to the common denominator of all prices: exact, and quick to compare."""
    prices = {run.price for run in runs}
    if len(prices) == 1:
        return [lot.cost_per_share or ZERO for run in runs for lot in run.lots]
    with localcontext(prec=28 * (len(prices) + 1)):
        scales = [(run, prod(prices - {run.price}, start=Decimal(1))) for run in runs]
        return [lot.cost_per_share * scale if lot.cost_per_share else ZERO for run, scale in scales for lot in run.lots]
