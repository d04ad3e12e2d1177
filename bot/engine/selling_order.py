"""The order in which taxable lots would go for a class, worked out once and only as far as it is asked for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, localcontext
from itertools import accumulate, chain, compress, repeat
from math import prod
from operator import eq

from bot.domain.lots import TaxLot, is_short
from bot.domain.money import Shares
from bot.domain.snapshot import lot_order

DIGITS = 60  # of a product of shares, price and weight, and of sums of such products
MANY = 4000  # lots that are halved rather than sorted at once
FEW = 500  # lots that are handed out at once
SAMPLE = 32  # lots that are looked at to guess a middle
ZERO = Decimal(0)

Fund = tuple[str, str]  # account, symbol


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
    """Lots by cost per dollar of price, the highest first; then by account and symbol, then the oldest.

    There may be very many lots, so each is known by its place alone: all runs one after the other.
    """

    def __init__(self, runs: Sequence[Run], on: date) -> None:
        self._runs = sorted(runs, key=lambda run: (run.account, run.symbol))
        self._lots = _lots_of(self._runs)
        self._numbers = list(chain.from_iterable(repeat(n, len(run.lots)) for n, run in enumerate(self._runs)))
        self._short_since = _short_since(on)
        self._coming = dearest_first(self._runs)
        # what has been asked for so far, lot by lot:
        self._places: list[int] = []
        self._upto: list[Decimal] = [ZERO]  # cents, exact, before each lot and after the last
        self._cents: list[int] = []
        self._gains: list[int] = []
        self._kinds: list[int] = []  # twice the number of its run, and one more where it is short-term

    def by_lot(self, cents: int) -> list[Slice]:
        """The lots that go for so many cents, as far as there are any; of the last one perhaps a part."""
        with localcontext(prec=DIGITS):
            whole = self._reach(cents)
            rows = zip(self._places[:whole], self._cents, self._gains, self._kinds, strict=False)
            slices = [self._slice(kind, sold, gain, self._lots[at]) for at, sold, gain, kind in rows]
            return slices + self._rest(cents, whole)

    def in_all(self, cents: int, made: Mapping[Fund, int]) -> list[Slice]:
        """The same, the lots of one run and one term together; the first `made` cents of a run are gone already."""
        with localcontext(prec=DIGITS):
            whole = self._reach(cents)
            rest = [(self._kinds[whole], part.cents, part.gain) for part in self._rest(cents, whole)]
        left = [made.get((run.account, run.symbol), 0) for run in self._runs]
        sold, gains = [0] * (2 * len(self._runs)), [0] * (2 * len(self._runs))
        for kind, part, gain in chain(zip(self._kinds[:whole], self._cents, self._gains, strict=False), rest):
            gone = left[kind // 2]
            if not gone:
                sold[kind] += part
                gains[kind] += gain
            elif gone < part:
                left[kind // 2] = 0
                sold[kind] += part - gone
                gains[kind] += gain * (part - gone) // part
            else:
                left[kind // 2] = gone - part
        kinds = [kind for kind, part in enumerate(sold) if part or gains[kind]]
        return [self._slice(kind, sold[kind], gains[kind]) for kind in kinds]

    def _slice(self, kind: int, cents: int, gain: int, lot: TaxLot | None = None) -> Slice:
        since = None if lot is None else lot.acquired_on
        return Slice(run=self._runs[kind // 2], cents=cents, gain=gain, short=bool(kind % 2), acquired_on=since)

    def _rest(self, cents: int, whole: int) -> list[Slice]:
        """The part that goes of the first lot that does not go whole; nothing where all go, or nothing is left."""
        part = cents - self._upto[whole]
        if part <= 0 or whole == len(self._places):
            return []
        at = self._places[whole]
        (worth,), (gain,) = self._worths([at])
        return [self._slice(self._kinds[whole], round(part), round(gain * part / worth), self._lots[at])]

    def _reach(self, cents: int) -> int:
        """How many lots go whole for so many cents."""
        while self._upto[-1] < cents and (places := next(self._coming, None)) is not None:
            worths, gains = self._worths(places)
            self._places += places
            self._upto += accumulate(worths, initial=self._upto.pop())
            self._cents += map(round, worths)
            self._gains += map(round, gains)
            lots, since = [self._lots[at] for at in places], self._short_since
            terms = [(held := lot.held_since_on or lot.acquired_on) is not None and held >= since for lot in lots]
            self._kinds += [2 * self._numbers[at] + short for at, short in zip(places, terms, strict=True)]
        return bisect_right(self._upto, cents) - 1

    def _worths(self, places: Sequence[int]) -> tuple[list[Decimal], list[Decimal]]:
        """What each whole lot is worth for the class, and its gain; in cents, exact."""
        per_share = [(run.price, run.weight * 100) for run in self._runs]
        worths, gains = [], []
        for at in places:
            lot, (price, cents) = self._lots[at], per_share[self._numbers[at]]
            counted = lot.quantity.count * cents
            worths.append(counted * price)
            if lot.basis_for_loss is None:
                gains.append(counted * (price - (lot.cost_per_share or 0)))
            else:
                gains.append(lot.gain(lot.quantity, price).cents * self._runs[self._numbers[at]].weight)
        return worths, gains


def by_shares(run: Run, shares: Shares, on: date) -> list[Slice]:
    """What goes of a run for so many shares, those of one term together; cents and gain are rounded for each lot."""
    left, price, since = shares.count, run.price, _short_since(on)
    cents, gains, terms = [0, 0], [0, 0], set[bool]()
    for at in chain.from_iterable(dearest_first([run])):
        if not left:
            break
        lot = run.lots[at]
        part = min(lot.quantity.count, left)
        left -= part
        held = lot.held_since_on or lot.acquired_on
        short = held is not None and held >= since
        terms.add(short)
        cents[short] += round(part * price * 100)
        if lot.basis_for_loss is None:
            gains[short] += round(part * (price - (lot.cost_per_share or 0)) * 100)
        else:
            gains[short] += lot.gain(Shares(part), price).cents
    return [Slice(run=run, cents=cents[short], gain=gains[short], short=short) for short in sorted(terms)]


def dearest_first(runs: Sequence[Run]) -> Iterator[list[int]]:
    """The places of lots that hold anything, in their order, some at a time; the next are sorted when asked for.

    Quicksort, always of the upper part first: the first k of n lots take n + k log k steps (Paredes, Navarro 2006).
    """
    lots, keys = _lots_of(runs), _keys(runs)
    parts: list[Sequence[int]] = [range(len(keys))]
    while parts:
        part = parts.pop()
        halves = _halves(part, keys) if len(part) > MANY else ()
        parts += halves
        places = [] if halves else sorted(part, key=keys.__getitem__, reverse=True)
        start = 0
        while start < len(places):
            end = start + FEW
            while end < len(places) and keys[places[end]] == keys[places[end - 1]]:
                end += 1
            some = _untied(places[start:end], runs, lots, keys)
            yield [at for at in some if lots[at].quantity.count]
            start = end


def _lots_of(runs: Sequence[Run]) -> Sequence[TaxLot]:
    """One run after the other; where there is but one, no copy is made of what may be very many."""
    return runs[0].lots if len(runs) == 1 else list(chain.from_iterable(run.lots for run in runs))


def _untied(places: list[int], runs: Sequence[Run], lots: Sequence[TaxLot], keys: Sequence[Decimal]) -> list[int]:
    """Sorted places, now with those of equal keys in order too: by run, then the oldest lot."""
    of_place = [keys[at] for at in places]
    like_next = list(compress(range(len(places)), map(eq, of_place, of_place[1:])))
    if not like_next:
        return places
    starts = list(accumulate((len(run.lots) for run in runs), initial=0))
    spots = sorted({*like_next, *(one + 1 for one in like_next)})
    tied = [places[spot] for spot in spots]
    tied.sort(key=lambda at: (keys[at].copy_negate(), bisect_right(starts, at), lot_order(lots[at])))
    for spot, at in zip(spots, tied, strict=True):
        places[spot] = at
    return places


def _halves(part: Sequence[int], keys: Sequence[Decimal]) -> tuple[Sequence[int], ...]:
    """The places with a low and those with a high key, about as many of each; nothing where all keys are equal."""
    sample = sorted(keys[at] for at in part[:: len(part) // SAMPLE])
    middle = sample[len(sample) // 2]
    low, high = [at for at in part if keys[at] < middle], [at for at in part if keys[at] >= middle]
    if not low:
        low, high = [at for at in part if keys[at] == middle], [at for at in part if keys[at] > middle]
    return (low, high) if high else ()


def _short_since(on: date) -> date:
    """The first day since which what is sold today was held a year or less; it was so since every later one too."""
    back = max(days for days in (364, 365, 366) if is_short(on - timedelta(days=days), on))
    return on - timedelta(days=back)


def _keys(runs: Sequence[Run]) -> list[Decimal]:
    """Costs per dollar of price, brought to the common denominator of all prices: exact, and quick to compare."""
    prices = {run.price for run in runs}
    if len(prices) == 1:
        return [lot.cost_per_share or ZERO for run in runs for lot in run.lots]
    with localcontext(prec=28 * (len(prices) + 1)):
        scales = [(run, prod(prices - {run.price}, start=Decimal(1))) for run in runs]
        return [lot.cost_per_share * scale if lot.cost_per_share else ZERO for run, scale in scales for lot in run.lots]
