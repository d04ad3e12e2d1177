"""From what was written to what can be believed; every mistake of a file at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from adapters.brokers.statement.draft import Cell, Draft, Line
from adapters.files.tree import Unfit, shown
from bot.domain.errors import Fault, FixTheFile
from bot.domain.money import Shares, Usd, exact
from bot.domain.readings import AccountReading, HeldReading

SYMBOL = re.compile(r"[A-Z0-9][A-Z0-9._/-]{0,39}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
T = TypeVar("T")


def reading(draft: Draft, account: str, today: date) -> AccountReading:
    """What the statement says of the account; all its cash counts as settled.

    Raises:
        FixTheFile: with every mistake, where there is any.
    """
    checks = Checks(list(draft.faults))
    stated_on = checks.day(draft.as_of, today)
    cash = checks.value(draft.cash, "cash", _cash)
    held = [one for one in (checks.position(line) for line in draft.lines) if one is not None]
    checks.refuse_twins(draft.lines)
    if checks.faults or cash is None or stated_on is None:
        raise FixTheFile(draft.file, tuple(sorted(checks.faults, key=lambda fault: (fault.line, fault.column))))
    return AccountReading(
        account=account,
        cash_settled=cash,
        cash_unsettled=Usd(),
        held=tuple(sorted(held, key=lambda one: one.symbol)),
        stated_on=stated_on,
    )


@dataclass(frozen=True, slots=True)
class Checks:
    """Reads cells and collects what is wrong with them."""

    faults: list[Fault]

    def day(self, cell: Cell, today: date) -> date | None:
        """The day of the statement, which is not in the future."""
        on = self.value(cell, "as_of", _day)
        if on is not None and on > today:
            self.faults.append(cell.blame(f"{on} is in the future", "bad_input"))
        return on

    def position(self, line: Line) -> HeldReading | None:
        """One position; None when any of it is wrong."""
        before = len(self.faults)
        symbol = self.value(line.symbol, "symbol", _symbol)
        quantity = self.value(line.quantity, "quantity", _quantity)
        price = self.optional(line.price, "price", _price, code="bad_price")
        cost = self.optional(line.cost_basis, "cost_basis", _cost)
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


def _number(value: object) -> Decimal:
    if isinstance(value, Unfit):
        raise ValueError(f"cannot be read: {value.why}")
    try:
        return exact(value)
    except ValueError:
        raise ValueError(f"is {shown(value)}, which is no plain number such as 1234.56") from None


def _dollars(value: object) -> Usd:
    try:
        return Usd.of(_number(value))
    except ValueError as problem:
        finer = str(problem).startswith("finer")
        raise ValueError(f"is {shown(value)}, which is finer than a cent" if finer else str(problem)) from None


def _cash(value: object) -> Usd:
    cash = _dollars(value)
    if cash < Usd():
        raise ValueError(f"is {shown(value)}: a debt cannot be rebalanced")
    return cash


def _cost(value: object) -> Usd:
    cost = _dollars(value)
    if cost < Usd():
        raise ValueError(f"is {shown(value)}: what was paid is never negative")
    return cost


def _quantity(value: object) -> Shares:
    number = _number(value)
    if number <= 0:
        raise ValueError(f"is {shown(value)}: only shares that are owned can be written down")
    return Shares(number)


def _price(value: object) -> Decimal:
    number = _number(value)
    if number <= 0:
        raise ValueError(f"is {shown(value)}: a price is above zero")
    return number


def _symbol(value: object) -> str:
    if not isinstance(value, str) or not SYMBOL.fullmatch(value):
        raise ValueError(f"is {shown(value)}, which is no ticker in capitals")
    return value


def _day(value: object) -> date:
    text = value if isinstance(value, str) and DAY.fullmatch(value) else ""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"is {shown(value)}, which is no day such as 2026-11-20") from None
