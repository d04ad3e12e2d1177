"""Orders that a broker had from a program like this one, and that the books do not know: the books may be too old."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.errors import Reconcile
from bot.domain.facts import AccountAccepted
from bot.domain.orders import BrokerOrder, OrderRecord
from bot.ports import Brake, Broker, Ledger
from bot.services.halt import halt

PREFIX = "rl-"  # of every client id that `Intent` makes


def stop_at_strangers(brokers: Mapping[str, Broker], ledger: Ledger, brake: Brake) -> None:
    """Pull the brake and stop where a broker shows such an order.

    With client ids it is one under an id of ours that the ledger does not have. Without them it is one that a program
    placed, and that is neither an order of the ledger nor in a baseline of one, nor could be one of unknown fate.

    One that its owner has accepted is no stranger any more.

    Raises:
        Reconcile: for the first one that is found; nothing is sent until somebody says `resume`.
    """
    known = tuple(ledger.orders())
    accepted = {order for fact in ledger.latest(AccountAccepted) for order in fact.orders}
    for account, broker in brokers.items():
        keyed = broker.capabilities().keyed
        for order in broker.recent(account):
            strange = _under_our_name(order, known) if keyed else _nobodys(order, known)
            if strange and order.broker_id not in accepted:
                message = (
                    f"The keeper of {account} has an order for {order.quantity} {order.symbol} from this program that "
                    "the ledger does not know: the ledger is older than the account"
                )
                halt(why=message, by="reconcile", brake=brake)
                raise Reconcile(
                    f"{message}. Everything is halted.",
                    next_step=f"look at the account, then: rebaloop accept {account}; rebaloop resume",
                )


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
