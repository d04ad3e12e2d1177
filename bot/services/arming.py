"""The second of the two words that real money needs: who gave it, for what, and how far it reaches yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

import structlog

from bot.domain.errors import NotAllowed
from bot.domain.facts import Armed, Disarmed, LinesPutOff, Reconciled
from bot.domain.money import Usd
from bot.domain.orders import OrderState
from bot.domain.plan import Environment, Proposal
from bot.ports import Clock, Ledger
from bot.services.terms import new_york_date

CYCLES = 10  # sessions of paper trading, each with an order that filled and books that agree
SMALL_PLANS = 3  # live plans until the owner's own limits are all that holds
SMALL_ORDER = Usd.of(1000)  # the most that an order moves until then

_log = structlog.get_logger()


def clean_cycles(ledger: Ledger) -> tuple[date, ...]:
    """The sessions on which a paper plan was carried out and reconciled without a break, oldest first, each once.

    At least one of its orders has filled, all of them are over, and nobody had to be asked what became of one.
    """
    return tuple(sorted({new_york_date(at) for _, at in _reconciled(ledger, Environment.PAPER)}))


def standing(ledger: Ledger) -> Armed | None:
    """The word that holds: the newest, unless it was taken back since."""
    armed = next(iter(ledger.latest(Armed)), None)
    taken_back = next(iter(ledger.latest(Disarmed)), None)
    return None if armed is None or (taken_back is not None and taken_back.at >= armed.at) else armed


def why_not(ledger: Ledger, terms: str) -> str:
    """Why no real account may be traded under these terms, in a sentence; empty where it may.

    `terms` is the fingerprint of accounts, limits and rules of approval.
    """
    armed = standing(ledger)
    if armed is not None and armed.terms == terms:
        return ""
    if armed is not None:
        return "accounts, limits or rules of approval have changed since it was armed"
    done = len(clean_cycles(ledger))
    if done < CYCLES:
        return f"{done} of {CYCLES} clean paper cycles are in the books"
    taken_back = next(iter(ledger.latest(Disarmed)), None)
    return "it is not armed" if taken_back is None else f"it was disarmed on {new_york_date(taken_back.at)}"


def small_plans_left(ledger: Ledger, armed: Armed) -> int:
    """How many live plans still go with small orders alone: so many are to be reconciled since it was armed."""
    done = sum(proposal.created_at >= armed.at for proposal, _ in _reconciled(ledger, Environment.LIVE))
    return max(0, SMALL_PLANS - done)


def order_most(ledger: Ledger) -> Usd | None:
    """The most that an order to a real account may move now, beside the owner's limits; None where those are all."""
    armed = standing(ledger)
    return SMALL_ORDER if armed is None or small_plans_left(ledger, armed) else None


def check_cycles(ledger: Ledger) -> None:
    """NotAllowed where the books do not show enough clean paper cycles."""
    done = len(clean_cycles(ledger))
    if done < CYCLES:
        message = f"{done} of {CYCLES} clean paper cycles are in the books. Nothing is armed."
        raise NotAllowed(message, next_step="trade on paper first: one plan a session, filled and reconciled")


def arm(*, terms: str, by: str, clock: Clock, ledger: Ledger) -> None:
    """Write down that the owner has confirmed these terms.

    Raises:
        NotAllowed: where the books do not show enough clean paper cycles.
    """
    check_cycles(ledger)
    ledger.record(Armed(at=clock.now(), terms=terms, by=by))
    _log.warning("arm.armed")


def disarm(*, by: str, why: str, clock: Clock, ledger: Ledger) -> bool:
    """Take the word back; False where none held."""
    if standing(ledger) is None:
        return False
    ledger.record(Disarmed(at=clock.now(), by=by, why=why))
    _log.warning("arm.disarmed")
    return True


def _reconciled(ledger: Ledger, environment: Environment) -> Iterator[tuple[Proposal, datetime]]:
    """Every plan of this world that ended well, with the instant at which books and broker last agreed on it."""
    for proposal, _ in ledger.proposals():
        if proposal.environment is not environment:
            continue
        facts = tuple(ledger.facts(plan=proposal.fingerprint))
        compared = [fact for fact in facts if isinstance(fact, Reconciled)]
        put_off = [fact.lines for fact in facts if isinstance(fact, LinesPutOff)]
        goes_on = bool(put_off) and bool(put_off[-1])
        if compared and not compared[-1].breaks and not goes_on and _ended_well(ledger, proposal):
            yield proposal, compared[-1].at


def _ended_well(ledger: Ledger, proposal: Proposal) -> bool:
    orders: Sequence[OrderState] = [order.state for order in ledger.orders(plan=proposal.fingerprint)]
    return OrderState.FILLED in orders and all(one.is_final and one is not OrderState.HUMAN for one in orders)
