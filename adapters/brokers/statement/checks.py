"""From what was written to what can be believed; every mistake of a file at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from adapters.brokers.statement.cells import read_cash, read_cost, read_day, read_price, read_quantity, read_symbol
from adapters.brokers.statement.draft import Cell, Draft, Line
from adapters.files.tree import shown
from bot.domain.errors import Fault, FixTheFile
from bot.domain.money import Usd
from bot.domain.readings import AccountReading, HeldReading

T = TypeVar("T")


def reading(draft: Draft, account: str, today: date) -> AccountReading:
    """What the statement says of the account; cash counts as settled unless the statement says otherwise.

    Raises:
        FixTheFile: with every mistake, where there is any.
    """
    checks = Checks(list(draft.faults))
    stated_on = checks.day(draft.as_of, today)
    cash = checks.value(draft.cash, "cash", read_cash)
    unsettled = checks.value(draft.unsettled, "unsettled cash", read_cash) if draft.unsettled else Usd()
    held = [one for one in (checks.position(line) for line in draft.lines) if one is not None]
    checks.refuse_twins(draft.lines)
    if checks.faults or cash is None or unsettled is None or stated_on is None:
        raise FixTheFile(draft.file, in_order(checks.faults))
    return AccountReading(
        account=account,
        cash_settled=cash,
        cash_unsettled=unsettled,
        held=tuple(sorted(held, key=lambda one: one.symbol)),
        stated_on=stated_on,
    )


def in_order(faults: list[Fault]) -> tuple[Fault, ...]:
    """Faults as a reader of the file meets them."""
    return tuple(sorted(faults, key=lambda fault: (fault.line, fault.column)))


@dataclass(frozen=True, slots=True)
class Checks:
    """Reads cells and collects what is wrong with them."""

    faults: list[Fault]

    def day(self, cell: Cell, today: date) -> date | None:
        """The day of the statement, which is not in the future."""
        on = self.value(cell, "as_of", read_day)
        if on is not None and on > today:
            self.faults.append(cell.blame(f"{on} is in the future", "bad_input"))
        return on

    def position(self, line: Line) -> HeldReading | None:
        """One position; None when any of it is wrong."""
        before = len(self.faults)
        symbol = self.value(line.symbol, "symbol", read_symbol)
        quantity = self.value(line.quantity, "quantity", read_quantity)
        price = self.optional(line.price, "price", read_price, code="bad_price")
        cost = self.optional(line.cost_basis, "cost_basis", read_cost)
        if len(self.faults) > before or symbol is None or quantity is None:
            return None
        return HeldReading(symbol=symbol, quantity=quantity, available=quantity, cost_basis=cost, price=price)

    def value(self, cell: Cell, name: str, read: Callable[[object], T], code: str = "bad_input") -> T | None:
        """What a cell says; None, and a fault, where it is blank or wrong."""
        if cell.is_blank:
            self.faults.append(cell.blame(f"{name} is missing", code))
            return None
        return self.optional(cell, name, read, code)

    def optional(self, cell: Cell, name: str, read: Callable[[object], T], code: str = "bad_input") -> T | None:
        """The same for a cell that may stay blank."""
        if cell.is_blank:
            return None
        try:
            return read(cell.value)
        except ValueError as problem:
            self.faults.append(cell.blame(f"{name} {problem}", code))
            return None

    def refuse_twins(self, lines: list[Line]) -> None:
        """A symbol stands in one line only."""
        seen: set[str] = set()
        for line in lines:
            symbol = line.symbol.value
            if not isinstance(symbol, str) or line.symbol.is_blank:
                continue  # that is another mistake, and told elsewhere
            if symbol in seen:
                self.faults.append(line.symbol.blame(f"{shown(symbol)} stands here twice", "bad_input"))
            seen.add(symbol)
