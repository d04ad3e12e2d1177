"""Orders that a broker had from a program like this one, and that the books do not know: one of the two is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NoReturn

from bot.domain.errors import Reconcile
from bot.domain.facts import AccountAccepted
from bot.domain.orders import BrokerOrder, OrderRecord, OrderState
from bot.ports import Brake, Broker, Clock, Ledger
from bot.services.barrier import MEMORY
from bot.services.halt import halt
from bot.services.moves import by_match

PREFIX = "rl-"  # of every client id that `Intent` makes


def stop_at_strangers(brokers: Mapping[str, Broker], ledger: Ledger, brake: Brake) -> None:
    """Pull the brake and stop where a broker shows such an order: the ledger may be an old copy.

    With client ids it is one under an id of ours that the ledger does not have. Without them it is one that a program
    placed, and that is neither an order of the ledger nor in a baseline of one, nor could be one of unknown fate.

    One that its owner has accepted is no stranger any more.

    Raises:
        Reconcile: for the first one that is found; nothing is sent until somebody says `resume`.
    """
    known = tuple(ledger.orders())
    accepted = _accepted(ledger)
    for account, broker in brokers.items():
        keyed = broker.capabilities().keyed
        for order in broker.recent(account):
            strange = _under_our_name(order, known) if keyed else _nobodys(order, known)
            if strange and order.broker_id not in accepted:
                why = "that the ledger does not know: the ledger is older than the account"
                _stop(f"The keeper of {account} has {_named(order)} from this program {why}", account, brake)


def stop_at_twins(*, brokers: Mapping[str, Broker], clock: Clock, ledger: Ledger, brake: Brake) -> None:
    """The same, of the last days, where a program's order that the ledger does not have is just like one that it has.

    A broker without client ids may answer with the number of an order that its owner placed by hand, the very same as
    ours. Then the ledger has the owner's, and ours is the stranger: nobody may take the one's fills for the other's.

    Raises:
        Reconcile: for the first one that is found; nothing is sent until somebody says `resume`.
    """
    since = clock.now() - MEMORY
    accounts = dict.fromkeys(one.intent.account for one in ledger.orders() if one.intended_at >= since)
    for account in accounts:
        broker = brokers.get(account)
        if broker is None or broker.capabilities().keyed:
            continue
        listed = broker.recent(account)
        known = [one for one in ledger.orders() if one.intended_at >= since]  # all that can be in the list by now
        accepted = _accepted(ledger)
        for order in listed:
            if order.broker_id not in accepted and _is_twin(order, known):
                why = "and the ledger has another one just like it: nobody can tell which of them is ours"
                _stop(f"The keeper of {account} has {_named(order)} from a program, {why}", account, brake)


def _stop(message: str, account: str, brake: Brake) -> NoReturn:
    if message not in brake.pulled():
        halt(why=message, by="reconcile", brake=brake)
    next_step = f"look at the account, then: rebaloop accept {account}; rebaloop resume"
    raise Reconcile(f"{message}. Everything is halted.", next_step=next_step)


def _named(order: BrokerOrder) -> str:
    return f"an order for {order.quantity} {order.symbol} ({order.broker_id})"


def _accepted(ledger: Ledger) -> set[str]:
    return {order for fact in ledger.latest(AccountAccepted) for order in fact.orders}


def _under_our_name(order: BrokerOrder, known: tuple[OrderRecord, ...]) -> bool:
    ours = order.client_order_id.startswith(PREFIX)
    return ours and all(one.intent.client_order_id != order.client_order_id for one in known)


def _nobodys(order: BrokerOrder, known: tuple[OrderRecord, ...]) -> bool:
    return not any(
        order.broker_id == one.broker_id
        or order.broker_id in one.intent.baseline
        or (not one.broker_id and order.matches(one.intent))
        for one in known
    )


def _is_twin(order: BrokerOrder, known: Iterable[OrderRecord]) -> bool:
    """Whether an order is like one of the ledger, came after it, and is none of them."""
    alike = [one for one in known if order.matches(one.intent) and order.broker_id not in one.intent.baseline]
    return bool(alike) and not any(order.broker_id == one.broker_id or _explains(one, order) for one in alike)


def _explains(record: OrderRecord, order: BrokerOrder) -> bool:
    """Whether it may yet turn out to be this order, or was told to a person, or neither of the two ever traded."""
    if not record.state.is_final:
        return not record.broker_id or by_match(record)
    rejected = order.state is OrderState.REJECTED and not record.broker_id
    return record.state is OrderState.HUMAN or rejected
