"""Tax lots as tables for a person: account by account, symbol by symbol, then late sales and what does not add up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.cli.lot_lines import LotLine, Told, sale_id
from bot.cli.lots_rows import UNKNOWN, acquired
from bot.cli.view import console, heading
from bot.domain.household import Account
from bot.domain.money import Shares, Usd
from bot.domain.snapshot import Remark
from bot.engine.lots.nouns import Sale

HIDDEN = "•••"
INDENT = 11  # columns: what a lot has to tell stands below its figures
TAXED = ("Lot", "Shares", "Acquired", "Term", "Cost", "A share", "Value", "Gain", "")
SHELTERED = ("Lot", "Shares", "Acquired", "Value")
SALES = ("Sale", "Day", "Symbol", "Shares", "Proceeds", "Basis", "Gain", "Short", "Long")


@dataclass(frozen=True, slots=True)
class Figures:
    """How amounts are written: as they are, or hidden from whoever looks over a shoulder."""

    hidden: bool = False

    def usd(self, amount: Usd | None) -> str:
        """Dollars and cents."""
        return UNKNOWN if amount is None else HIDDEN if self.hidden else str(amount)

    def shares(self, count: Shares) -> str:
        """A count of shares."""
        return HIDDEN if self.hidden else f"{count.count:,.6f}".rstrip("0").rstrip(".")

    def price(self, each: Decimal | None) -> str:
        """Dollars a share, four decimals at most."""
        return UNKNOWN if each is None else HIDDEN if self.hidden else f"${each:,.4f}".removesuffix("00")


def show_lots(told: Told, figures: Figures) -> None:
    """Write lots, late sales and remarks to the terminal."""
    out = console()
    out.print(heading(told.household, f"  tax lots on {told.as_of_on}"))
    if not told.lines:
        out.print("No lot is held.")
    for account, mine in groupby(told.lines, key=lambda line: line.account):
        for part in _account(account, list(mine), figures):
            out.print(part)
    if told.sales:
        out.print(Text("\nLate sales in taxable accounts", style="bold"))
        out.print("Gain is before wash sales; short and long are what counts for tax.")
        out.print(_sales(told.sales, figures))
        for note in _sale_notes(told.sales, figures):
            out.print(Padding(note, (0, 0, 0, 2)))
    if told.remarks:
        out.print(Text("\nWhat does not add up, or needs your hand", style="bold"))
    for remark in told.remarks:
        out.print(Padding(_remark(remark, figures), (0, 0, 0, 2)))


def _account(account: Account, lines: Sequence[LotLine], figures: Figures) -> Iterator[RenderableType]:
    sheltered = account.kind.sheltered
    yield Text("")
    yield heading(account.id, f"  {account.kind.value}")
    if len({line.lot.symbol for line in lines}) > 1:
        yield f"  {_total(lines, figures, taxed=not sheltered)}"
    if sheltered:
        yield "  Nothing sold here is taxed: what a lot cost does not matter."
    rows = [_row(line, figures) for line in lines]
    widths = [max(map(len, column)) for column in zip(SHELTERED if sheltered else TAXED, *rows, strict=True)]
    by_symbol = groupby(zip(lines, rows, strict=True), key=lambda pair: pair[0].lot.symbol)
    for number, (symbol, pairs) in enumerate(by_symbol):
        mine = list(pairs)
        yield heading(f"  {symbol}", f"   {_total([line for line, _ in mine], figures, taxed=not sheltered)}")
        if not number:
            yield Text(_aligned(SHELTERED if sheltered else TAXED, widths), style="dim")
        for line, row in mine:
            yield Text(_aligned(row, widths), no_wrap=True)
            yield Padding(Text(" · ".join(_details(line, figures)), style="dim"), (0, 0, 0, INDENT), expand=False)


def _row(line: LotLine, figures: Figures) -> tuple[str, ...]:
    lot = line.lot
    first = line.short_id, figures.shares(lot.quantity), acquired(line)
    if line.account.kind.sheltered:
        return (*first, figures.usd(line.value))
    percent = "" if line.gain_pct is None else f"{line.gain_pct:+.1f}%"
    worth = figures.usd(line.value), _signed(line.gain, figures), percent
    return (*first, line.term, figures.usd(lot.basis), figures.price(line.cost_per_share), *worth)


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Cells in columns: figures to the right; names, days and terms to the left."""
    left = {0, 2, 3} if len(cells) == len(TAXED) else {0, 2}
    placed = (
        f"{cell:<{width}}" if at in left else f"{cell:>{width}}"
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return f"  {' '.join(placed)}".rstrip()


def _details(line: LotLine, figures: Figures) -> Iterator[str]:
    """What a lot has to tell beside its figures."""
    lot = line.lot
    yield lot.origin.value
    if line.source:
        yield line.source
    if not line.account.kind.sheltered:
        yield from _terms(line, figures)
    elif lot.replaces:
        yield "replaced shares that were sold at a loss: that loss is lost for good"
    if line.locked_until_on is not None:
        yield f"may be sold from {line.locked_until_on} on"


def _terms(line: LotLine, figures: Figures) -> Iterator[str]:
    if line.long_from_on is not None:
        yield f"long from {line.long_from_on} on"
    if line.held_since_on is not None:
        yield f"counts as held since {line.held_since_on}"
    for wash in line.washes:
        where = f" in {wash.account}" if wash.account else ""
        when = f" on {wash.on}" if wash.on else ""
        yield f"wash sale: {figures.usd(wash.amount)} of the loss of sale {wash.sale}{where}{when} is in its cost"
    if line.lot.basis_for_loss is not None:
        yield f"basis for a loss {figures.usd(line.lot.basis_for_loss)}"
    if not line.agrees:
        yield "the keeper's figures differ, see below"


def _total(lines: Sequence[LotLine], figures: Figures, *, taxed: bool) -> str:
    """Shares of one symbol and lots, cost, value and gain; what is unknown is told beside the sum of the rest."""
    symbols = {line.lot.symbol for line in lines}
    shares = (
        f"{figures.shares(Shares.total(line.lot.quantity for line in lines))} shares in " if len(symbols) == 1 else ""
    )
    parts = [f"{shares}{len(lines)} lot{'s' if len(lines) > 1 else ''}"]
    if taxed:
        parts.append(f"cost {_sum(lines, lambda line: line.lot.basis, figures.usd)}")
    parts.append(f"value {_sum(lines, lambda line: line.value, figures.usd)}")
    if taxed:
        parts.append(f"gain {_sum(lines, lambda line: line.gain, lambda amount: _signed(amount, figures))}")
    return "   ".join(parts)


def _sum(
    lines: Iterable[LotLine], amount_of: Callable[[LotLine], Usd | None], written: Callable[[Usd | None], str]
) -> str:
    amounts = [amount_of(line) for line in lines]
    known = [amount for amount in amounts if amount is not None]
    if not known:
        return UNKNOWN
    missing = len(amounts) - len(known)
    return written(Usd.total(known)) + (f" and {missing} {UNKNOWN}" if missing else "")


def _signed(amount: Usd | None, figures: Figures) -> str:
    return ("+" if amount is not None and amount.cents > 0 and not figures.hidden else "") + figures.usd(amount)


def _sales(sales: Sequence[Sale], figures: Figures) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="dim")
    table.add_column("")
    for name in SALES:
        left = name in {"Sale", "Day", "Symbol"}
        table.add_column(name, justify="left" if left else "right", no_wrap=True)
    for sale in sales:
        known = sale.basis is not None
        gains = sale.realized_gain, sale.recognized(short_term=True), sale.recognized(short_term=False)
        table.add_row(
            "",
            sale_id(sale),
            sale.on.isoformat(),
            sale.symbol,
            figures.shares(sale.quantity),
            figures.usd(sale.proceeds),
            figures.usd(sale.basis),
            *(_signed(gain, figures) if known else UNKNOWN for gain in gains),
        )
    return table


def _sale_notes(sales: Iterable[Sale], figures: Figures) -> Iterator[str]:
    """Where each sale was made, and what wash sales took of its loss."""
    for sale in sales:
        words = [f"{sale_id(sale)} in {sale.account}"]
        if not sale.quantity:
            words.append("capital that was returned beyond its basis")
        if sale.disallowed:
            words.append(f"{figures.usd(sale.disallowed)} of its loss is disallowed (wash sale)")
        if sale.forfeited:
            words.append(f"{figures.usd(sale.forfeited)} of that is lost for good: a shelter bought the replacement")
        yield ", ".join(words)


def _remark(remark: Remark, figures: Figures) -> str:
    """What is wrong and how to mend it; a hidden one by its name alone, for its words hold figures."""
    where = " ".join(part for part in (remark.account, remark.symbol) if part)
    what = f"{remark.code}: {where}" if figures.hidden else f"{remark.code}: {remark.message}"
    return f"{what}\n  mend: {remark.mend}" if remark.mend else what
