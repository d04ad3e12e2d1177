"""Why a line of an approved plan must wait, from what the ledger knows by now."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from bot.domain.facts import LinesPutOff
from bot.domain.orders import OrderRecord, OrderState
from bot.domain.plan import Lever, PlanLine
from bot.domain.snapshot import Side
from bot.domain.violations import Violation
from bot.services.errand import LOST, Errand, for_settled_cash, is_told, put_off, sendable
from bot.services.preconditions import in_session

# A wide or an old quote, a market that is shut or about to shut, a login to renew, the brake: all of them may be over
# by the next run, and what was agreed to is still the same.
PASSING = frozenset({"G6", "G8", "quote", "market_closed", "login", "halted"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """What stands in the way of a line, in a sentence (empty when nothing does), and whether it may pass by itself."""

    why: str = ""
    passes: bool = False


def held_back(errand: Errand, line: PlanLine, waiting: Container[int] = ()) -> Obstacle:
    """What the ledger and the clock say against a line; `waiting` are the lines that were put off in this run."""
    now = errand.clock.now()
    if now >= errand.proposal.expires_at or not in_session(errand.calendar, now):
        return Obstacle(why="the time for it is over.", passes=True)
    return _by_the_orders(errand, line, waiting)


def _by_the_orders(errand: Errand, line: PlanLine, waiting: Container[int]) -> Obstacle:
    """What other orders have to do with it; one that is not finished is news when it is, so nothing is put off."""
    lost = _lost(errand, line)
    if lost:
        return Obstacle(why=f"the fate of the order for {lost[0].intent.symbol} in this account is unknown.")
    sales = [sale for sale in errand.proposal.plan.lines if pays_for(sale, line)]
    return _by_its_sales(errand, line, sales, waiting) if sales else Obstacle()


def _by_its_sales(errand: Errand, line: PlanLine, sales: Sequence[PlanLine], waiting: Container[int]) -> Obstacle:
    orders = errand.orders()
    made = [orders[sale.number] for sale in sales if sale.number in orders]
    if any(not order.state.is_final for order in made):
        return Obstacle(why="the sale that pays for it is not finished.")
    if line.lever is Lever.CASH:
        return Obstacle()  # what there is to spend decides
    if any(sale.number in waiting for sale in sales):
        return Obstacle(why="the sale that pays for it has to wait.", passes=True)
    if any(order.filled for order in made):
        return Obstacle()
    return Obstacle(why="the sale that was to pay for it did not happen.")


def pays_for(sale: PlanLine, line: PlanLine) -> bool:
    """Whether a line is a purchase, and the other one a sale that it is paid with."""
    wanted = (line.account, line.lever, Side.SELL, Side.BUY)
    return (sale.account, sale.lever, sale.side, line.side) == wanted


def all_pass(refusals: Iterable[Violation]) -> bool:
    """Whether each of these may be over by the next run."""
    return all(refusal.code in PASSING for refusal in refusals)


def remember(errand: Errand, waiting: Iterable[int]) -> None:
    """Write down which lines were put off, where that is new; what waits for settled cash goes on without a word."""
    for_cash = for_settled_cash(errand.proposal, errand.household, errand.policy, errand.ledger)
    free = {line.number for line in sendable(errand.proposal, errand.ledger)}
    numbers = tuple(sorted(free.intersection(waiting) - {line.number for line in for_cash}))
    if numbers != tuple(line.number for line in put_off(errand.proposal, errand.ledger)):
        fact = LinesPutOff(at=errand.clock.now(), plan=errand.proposal.fingerprint, lines=numbers)
        errand.ledger.record(fact)


def remember_refused(errand: Errand, lines: Iterable[PlanLine], refusals: Iterable[Violation]) -> bool:
    """The same where the whole run was refused; whether what had been put off is over with that.

    A plan of which nothing was tried yet needs no word: it stays to be carried out while its approval holds. A line
    whose order was proved never to have arrived is planned anew.
    """
    refused = tuple(refusals)
    if any(refusal.voids for refusal in refused):
        return False
    if not all_pass(refused):
        waited = bool(put_off(errand.proposal, errand.ledger))
        remember(errand, ())
        return waited
    if errand.orders() and not is_told(errand.proposal, errand.ledger):
        waiting: set[int] = set()
        untried = [line for line in lines if line.number not in errand.orders()]
        for line in sorted(untried, key=lambda one: (one.side is Side.BUY, one.number)):
            against = _by_the_orders(errand, line, waiting)
            if not against.why or against.passes:
                waiting.add(line.number)
        remember(errand, waiting)
    return False


def _lost(errand: Errand, line: PlanLine) -> list[OrderRecord]:
    """Orders of the account that nobody knows the fate of, but for the line's own."""
    own = (errand.proposal.fingerprint, line.number)
    return [
        order
        for order in errand.ledger.orders()
        if order.intent.account == line.account
        and (order.intent.plan, order.intent.line) != own
        and (order.state in LOST or _is_stuck(order, errand))
    ]


def _is_stuck(order: OrderRecord, errand: Errand) -> bool:
    return order.state is OrderState.HUMAN and order.intent.plan == errand.proposal.fingerprint
