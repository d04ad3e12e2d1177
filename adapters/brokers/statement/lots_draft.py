"""A list of tax lots as it was written, and what of it can be believed; every mistake of a file at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from adapters.brokers.statement.cells import (
    read_cost,
    read_day,
    read_note,
    read_number,
    read_origin,
    read_quantity,
    read_symbol,
)
from adapters.brokers.statement.checks import Checks, in_order
from adapters.brokers.statement.draft import Cell
from bot.domain.errors import Fault, FixTheFile
from bot.domain.money import Shares, Usd
from bot.domain.seeds import Origin, Seed, SeedLot


@dataclass(frozen=True, slots=True, kw_only=True)
class LotLine:
    """One lot as it was written; `place` is its file and line."""

    symbol: Cell
    quantity: Cell
    cost_per_share: Cell
    cost: Cell
    acquired_on: Cell
    how: Cell
    basis_for_loss: Cell
    note: Cell
    place: str


COLUMNS = ("symbol", "quantity", "cost_per_share", "cost", "acquired_on", "how", "basis_for_loss", "note")


@dataclass(slots=True, kw_only=True)
class LotDraft:
    """A whole list as it was written, with the mistakes that were met on the way."""

    file: str
    as_of: Cell
    lines: list[LotLine] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def seed_of(draft: LotDraft, account: str, today: date) -> Seed:
    """The lots that an account's book begins with.

    Raises:
        FixTheFile: with every mistake, where there is any.
    """
    checks = Checks(list(draft.faults))
    as_of_on = checks.day(draft.as_of, today)
    lots = [_lot(checks, line, as_of_on or today) for line in draft.lines]
    if not draft.lines:
        checks.faults.append(draft.as_of.blame("there is no lot in this list", "bad_input"))
    if checks.faults or as_of_on is None:
        raise FixTheFile(draft.file, in_order(checks.faults))
    return Seed(account=account, as_of_on=as_of_on, lots=tuple(lot for lot in lots if lot is not None))


def _lot(checks: Checks, line: LotLine, as_of_on: date) -> SeedLot | None:
    before = len(checks.faults)
    symbol = checks.value(line.symbol, "symbol", read_symbol)
    quantity = checks.value(line.quantity, "quantity", read_quantity)
    origin = checks.optional(line.how, "how", read_origin) or Origin.BOUGHT
    acquired_on = checks.optional(line.acquired_on, "acquired_on", read_day)
    note = checks.optional(line.note, "note", read_note)
    cost = _cost(checks, line, quantity)
    basis_for_loss = checks.optional(line.basis_for_loss, "basis_for_loss", read_cost)
    if acquired_on is not None and acquired_on > as_of_on:
        checks.faults.append(line.acquired_on.blame(f"{acquired_on} is after the day of this list", "bad_input"))
    if symbol == "CASH":
        checks.faults.append(line.symbol.blame("cash has no lots", "bad_input"))
    if basis_for_loss is not None:
        _check_gift(checks, line, origin, cost, basis_for_loss)
    if len(checks.faults) > before or symbol is None or quantity is None:
        return None
    return SeedLot(
        symbol=symbol,
        quantity=quantity,
        cost=cost,
        acquired_on=acquired_on,
        origin=origin,
        basis_for_loss=basis_for_loss,
        note=note or "",
        place=line.place,
    )


def _cost(checks: Checks, line: LotLine, quantity: Shares | None) -> Usd | None:
    """The whole lot's cost to the cent; None where neither column tells it."""
    if line.cost_per_share.is_blank:
        return checks.optional(line.cost, "cost", read_cost)
    if not line.cost.is_blank:
        checks.faults.append(line.cost.blame("write either cost or cost_per_share", "bad_input"))
        return None
    each = checks.optional(line.cost_per_share, "cost_per_share", read_number)
    if each is None or quantity is None:
        return None
    if each < 0:
        checks.faults.append(line.cost_per_share.blame("what was paid is never negative", "bad_input"))
        return None
    return quantity.value(each)


def _check_gift(checks: Checks, line: LotLine, origin: Origin, cost: Usd | None, basis_for_loss: Usd) -> None:
    """A gift has a second basis where it was worth less than its giver's when it was given (IRC 1015(a))."""
    if origin is not Origin.GIFT:
        checks.faults.append(line.basis_for_loss.blame("only a gift has a basis_for_loss", "bad_input"))
    elif cost is None or basis_for_loss > cost:
        message = "basis_for_loss stands only where a gift was worth less than its cost to the giver"
        checks.faults.append(line.basis_for_loss.blame(message, "bad_input"))
