"""One tax lot as its owner reads it: what it is worth today, what a sale would realise, and where it came from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal, localcontext

from bot.domain.canonical import fingerprint
from bot.domain.household import Account, Household
from bot.domain.lots import is_short
from bot.domain.money import Usd
from bot.domain.seeds import Origin, Seed
from bot.domain.snapshot import Remark, Snapshot
from bot.engine.lots.nouns import Books, Lot, Sale

ID = 8  # characters of a lot's short name: a household of thousands has no two alike
COST_STEP = Decimal("0.0000000001")  # dollars a share, fine enough that a million shares stay exact to the cent
PERCENT_STEP = Decimal("0.01")
LATE = timedelta(days=62)  # 30 days before a sale and 30 after it (IRC 1091(a)), and a day for either end
LONG = 5  # digits; fewer are no account's number
SHOWN = 4  # the end of a number, by which its owner knows an account
FIGURES = re.compile(r"[0-9]+(?:[-_. ][0-9]+)*")
_MONTH, _DAY = "(?:0[1-9]|1[0-2])", "(?:0[1-9]|[12][0-9]|3[01])"
A_DAY = re.compile(rf"(?:19|20)[0-9]{{2}}(?:{_MONTH}{_DAY}|([-_. ]){_MONTH}(?:\1{_DAY})?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class WashLine:
    """A disallowed loss in a lot's basis, by the short name of the sale, its account and its day where it is known."""

    sale: str
    account: str
    on: date | None
    amount: Usd


@dataclass(frozen=True, slots=True, kw_only=True)
class LotLine:
    """One lot on one day; `agrees` is false where the keeper's own figures say something else.

    `source` is the activity or the file and line that brought it; empty where nobody remembers. `price` is dollars a
    share, None where nobody quotes it.
    """

    lot: Lot
    account: Account
    short_id: str
    source: str
    washes: tuple[WashLine, ...]
    price: Decimal | None
    today: date
    agrees: bool

    @property
    def value(self) -> Usd | None:
        """What it is worth."""
        return None if self.price is None else self.lot.quantity.value(self.price)

    @property
    def cost_per_share(self) -> Decimal | None:
        """Dollars a share, wash sales included."""
        if self.lot.basis is None or not self.lot.quantity:
            return None
        with localcontext(prec=60):
            return (self.lot.basis.dollars / self.lot.quantity.count).quantize(COST_STEP)

    @property
    def gain(self) -> Usd | None:
        """What a sale of all of it would realise today; of a gift's two bases the one that counts (IRC 1015(a))."""
        basis, value = self.lot.basis, self.value
        if basis is None or value is None:
            return None
        low = basis if self.lot.basis_for_loss is None else min(basis, self.lot.basis_for_loss)
        return value - min(basis, max(value, low))

    @property
    def gain_pct(self) -> Decimal | None:
        """The gain in percent of the cost; None of nothing."""
        gain, basis = self.gain, self.lot.basis
        if gain is None or not basis:
            return None
        return (gain.dollars * 100 / basis.dollars).quantize(PERCENT_STEP)

    @property
    def is_dateless(self) -> bool:
        """Whether nobody knows when it was acquired: it came from elsewhere, and was not simply there all along."""
        return self.lot.acquired_on is None and self.lot.origin is Origin.TRANSFERRED

    @property
    def term(self) -> str:
        """Short, long or unknown, as of today."""
        if self.is_dateless:
            return "unknown"
        return "short" if is_short(self._since, self.today) else "long"

    @property
    def long_from_on(self) -> date | None:
        """The first day on which a sale is long-term; None where it is already, or where nobody knows."""
        since = self._since
        if since is None or not is_short(since, self.today):
            return None
        return next(day for day in (since + timedelta(days=n) for n in range(365, 369)) if not is_short(since, day))

    @property
    def held_since_on(self) -> date | None:
        """The day from which its term counts, where another holding is tacked on; an inheritance needs none."""
        tacked = self._since != self.lot.acquired_on and self.lot.origin is not Origin.INHERITED
        return self._since if tacked else None

    @property
    def washed(self) -> Usd:
        """What wash sales have added to its basis."""
        return Usd.total(wash.amount for wash in self.lot.washes)

    @property
    def locked_until_on(self) -> date | None:
        """The day from which it may be sold, where that lies ahead."""
        until = self.lot.locked_until_on
        return until if until is not None and until > self.today else None

    @property
    def _since(self) -> date | None:
        return self.lot.held_since_on or self.lot.acquired_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """All that is told of a household's lots on one day: the lots, late sales, and what its owner should know."""

    household: str
    as_of_on: date
    lines: tuple[LotLine, ...]
    sales: tuple[Sale, ...]
    remarks: tuple[Remark, ...]

    def only(self, account: str, symbol: str) -> Told:
        """The part of it that is about this account and symbol; an empty word leaves nothing out."""
        return replace(
            self,
            lines=tuple(
                line for line in self.lines if account in {"", line.account.id} and symbol in {"", line.lot.symbol}
            ),
            sales=tuple(sale for sale in self.sales if account in {"", sale.account} and symbol in {"", sale.symbol}),
            remarks=tuple(
                one
                for one in self.remarks
                if account in {"", one.account} and (not symbol or one.symbol in {"", symbol})
            ),
        )


def tell(household: Household, snapshot: Snapshot, books: Books, seeds: Sequence[Seed]) -> Told:
    """Everything; files are told by their names alone, without folders and long numbers."""
    return Told(
        household=household.id,
        as_of_on=snapshot.as_of_on,
        lines=lot_lines(household, snapshot, books, seeds),
        sales=late_sales(household, books, snapshot.as_of_on),
        remarks=tuple(_without_folders(remark, places_of(seeds)) for remark in snapshot.remarks),
    )


def lot_lines(household: Household, snapshot: Snapshot, books: Books, seeds: Sequence[Seed]) -> tuple[LotLine, ...]:
    """Every lot of the household: taxable accounts first, then as the household names them; oldest lots first."""
    written, sold = places_of(seeds), {sale.sale_id: sale for sale in _all_sales(books)}
    prices = dict(snapshot.prices)
    return tuple(
        LotLine(
            lot=lot,
            account=account,
            short_id=short_id(account.id, symbol, _movable(lot, written)),
            source=written.get(lot.place, lot.place),
            washes=tuple(_wash(sold, wash.sale, wash.amount) for wash in lot.washes),
            price=prices.get(symbol),
            today=snapshot.as_of_on,
            agrees=not book.frozen,
        )
        for account in sorted(household.accounts, key=lambda one: one.kind.sheltered)
        for symbol, book in sorted(books.by_account.get(account.id, {}).items())
        for lot in book.lots
    )


def late_sales(household: Household, books: Books, today: date) -> tuple[Sale, ...]:
    """What taxable accounts sold since the year began, and in the window of the wash-sale rule; oldest first.

    No sale inside a shelter is among them: it realises nothing (IRC 408(e)).
    """
    since = min(today - LATE, today.replace(month=1, day=1))
    taxable = {account.id for account in household.accounts if not account.kind.sheltered}
    found = (sale for sale in _all_sales(books) if sale.on >= since and sale.account in taxable)
    return tuple(sorted(found, key=lambda sale: (sale.on, sale.account, sale.symbol, sale.sale_id)))


def sale_id(sale: Sale) -> str:
    """The short name of a sale."""
    return short_id(sale.account, sale.symbol, sale.sale_id)


def short_id(*parts: str) -> str:
    """A short name that stays the same, and tells nothing of what it was made from."""
    return fingerprint(list(parts))[:ID]


def places_of(seeds: Sequence[Seed]) -> dict[str, str]:
    """The places of lots that were written down, each as file and line, without folders."""
    places = {lot.place for seed in seeds for lot in seed.lots if lot.place}
    return {place: _file_and_line(place) for place in places}


def without_numbers(text: str) -> str:
    """The text with all but the last four characters of every long number starred; days are no such numbers."""
    return FIGURES.sub(lambda found: _starred(found[0]), text)


def _starred(figures: str) -> str:
    if A_DAY.fullmatch(figures) or sum(letter.isdigit() for letter in figures) < LONG:
        return figures
    return "*" * (len(figures) - SHOWN) + figures[-SHOWN:]


def _file_and_line(place: str) -> str:
    name, colon, line = place.replace("\\", "/").rpartition("/")[2].rpartition(":")
    return f"{without_numbers(name)}{colon}{line}" if colon and line.isdigit() else without_numbers(name + colon + line)


def _without_folders(remark: Remark, written: Mapping[str, str]) -> Remark:
    message, mend = remark.message, remark.mend
    for place, name in written.items():
        message, mend = message.replace(place, name), mend.replace(place, name)
    return replace(remark, message=message, mend=mend)


def _movable(lot: Lot, written: Mapping[str, str]) -> str:
    """The lot's id without the folder of its file, which may be moved."""
    return lot.lot_id.replace(lot.place, written[lot.place]) if lot.place in written else lot.lot_id


def _all_sales(books: Books) -> Iterator[Sale]:
    for symbols in books.by_account.values():
        for book in symbols.values():
            yield from book.sales


def _wash(sold: Mapping[str, Sale], name: str, amount: Usd) -> WashLine:
    sale = sold.get(name)
    if sale is None:
        return WashLine(sale=short_id(name), account="", on=None, amount=amount)
    return WashLine(sale=sale_id(sale), account=sale.account, on=sale.on, amount=amount)
