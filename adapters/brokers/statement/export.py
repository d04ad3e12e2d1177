"""From the rows of a broker's export to a draft: positions, the core position as cash, and what cannot be read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from adapters.brokers.statement.draft import Cell, Draft, Line
from adapters.brokers.statement.printed import NOTHING
from adapters.brokers.statement.sheet import Row, Sheet, Table
from adapters.files.tree import Unfit, shown
from bot.domain.money import CENT

OPTION = re.compile(r"-[A-Z0-9.]+|[A-Z0-9./]+ [0-9]{2}/[0-9]{2}/[0-9]{4} [0-9.,]+ [CP]")
CUSIP = re.compile(r"[0-9]{3}[0-9A-Z]{5}[0-9]")  # nine characters, CUSIP Global Services; a bond, or a plan's own fund
MOVED = Decimal(
    "0.05"
)  # quantity times price may differ from the value by the moves of one day, not by a factor of 100
BY_HAND = "keep this account in a statement of your own: symbol,quantity,price,cost_basis (config/FORMAT.md)"
DAY_HINT = "write the day of the export into a first line of your own: # as_of: 2026-11-20"


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What a broker calls the columns that are read; all but `cost` are needed."""

    symbol: str = "symbol"
    quantity: str
    price: str
    value: str
    cost: str = ""

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns without which nothing can be read."""
        return (self.symbol, self.quantity, self.price, self.value)


@dataclass(slots=True, kw_only=True)
class Export:
    """One account's draft while its rows are read."""

    draft: Draft
    columns: Columns
    cash: list[Cell] = field(default_factory=list)
    pending: list[Cell] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, sheet: Sheet, at: Row, columns: Columns, *, cash: Decimal | None) -> Export:
        """An empty one; complaints about what is missing point at a row, and `cash` stands where no row tells it."""
        as_of = sheet.written_day or Cell(None, sheet.blame(at, 0, "as_of", DAY_HINT))
        untold = Cell(cash, sheet.blame(at, 0, "cash", "is it the whole file?"))
        return cls(draft=Draft(file=sheet.file, as_of=as_of, cash=untold), columns=columns)

    def take_position(self, table: Table, row: Row) -> None:
        """A row that should be a position; what was sold and still stands there as nothing is left out."""
        symbol = table.text(row, self.columns.symbol)
        line = Line(
            symbol=table.cell(row, self.columns.symbol, symbol),
            quantity=table.number(row, self.columns.quantity),
            price=table.number(row, self.columns.price),
            cost_basis=table.number(row, self.columns.cost),
        )
        value = table.number(row, self.columns.value)
        if line.quantity.value == 0 and not value.value and table.fits(row):
            return
        trouble = _misfit(table, row, symbol) or _contradiction(line, value)
        if trouble:
            self.draft.faults.append(table.cell(row, self.columns.symbol, symbol, BY_HAND).blame(trouble, "bad_input"))
        else:
            self.draft.lines.append(line)

    def take_cash(self, table: Table, row: Row) -> None:
        """A row whose value is cash: the core position, counted here and nowhere else."""
        value = table.number(row, self.columns.value)
        self.take_once(table, row)
        if table.fits(row) and isinstance(value.value, Decimal):
            self.cash.append(value)
        else:
            self.draft.faults.append(value.blame("the value of this cash cannot be read", "bad_input"))

    def take_once(self, table: Table, row: Row) -> None:
        """Cash of one name is told by one row."""
        name = table.text(row, self.columns.symbol)
        if name in self.seen:
            fault = table.cell(row, self.columns.symbol, name).blame(f"{shown(name)} stands here twice", "bad_input")
            self.draft.faults.append(fault)
        self.seen.add(name)

    def finish(self) -> Draft:
        """The draft with its cash; a payment that is pending leaves settled cash, a receipt is not settled yet."""
        settled, pending = _total(self.cash), _total(self.pending)
        if self.cash or self.pending:
            blame = (self.cash or self.pending)[0].blame
            self.draft.cash = Cell(settled + min(pending, Decimal(0)), blame)
            self.draft.unsettled = Cell(max(pending, Decimal(0)), blame)
        return self.draft


def _misfit(table: Table, row: Row, symbol: str) -> str:
    if not table.fits(row):
        return "this row has not as many cells as the header"
    if OPTION.fullmatch(symbol):
        return f"{shown(symbol)} is an option, which cannot be rebalanced"
    if symbol.casefold() in NOTHING:
        return "a position without a ticker cannot be read"
    return ""


def _contradiction(line: Line, value: Cell) -> str:
    """Why quantity, price and value do not belong together; bonds and contracts are priced per part of a unit."""
    quantity, price, worth = line.quantity.value, line.price.value, value.value
    if isinstance(worth, Unfit):
        return f"the value of this row cannot be read: {worth.why}"
    if not isinstance(quantity, Decimal) or isinstance(price, Unfit):
        return ""  # that is told of the cell
    if isinstance(price, Decimal) and isinstance(worth, Decimal):
        printed = Decimal(1).scaleb(int(price.as_tuple().exponent))
        room = abs(worth) * MOVED + abs(quantity) * printed + CENT
        far = abs(quantity * price - worth) > room
        return f"{quantity} x {price} is not {worth}: a bond or a contract cannot be read" if far else ""
    if isinstance(line.symbol.value, str) and CUSIP.fullmatch(line.symbol.value):
        return f"{shown(line.symbol.value)} is no ticker, and has no price and value that belong together"
    return "" if price is None and worth is None else "price or value of this row is missing"


def _total(cells: Sequence[Cell]) -> Decimal:
    return sum((cell.value for cell in cells if isinstance(cell.value, Decimal)), Decimal(0))
