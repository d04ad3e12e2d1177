"""Judges a year: what was promised and is not so, and a table of what happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from adapters.simulator.books.activities import FillRow
from adapters.simulator.books.orders import Side as ServedSide
from adapters.store.due_book import SqliteDueBook
from bot.domain.approval import Approval, Verdict
from bot.domain.facts import PlanDecided, Reconciled
from bot.domain.money import Usd
from bot.domain.orders import OrderRecord, OrderState
from bot.domain.plan import Proposal
from bot.domain.schedule import DueKind, DueRecord, DueState
from bot.wiring import open_ledger
from tests.year import town as towns
from tests.year.life import Year
from tests.year.owner import DOOR

OPEN_STILL = 14 * towns.DAY  # what was due in the last days may wait for its money yet
LETTERS = {
    "Approve ": "plan",
    " filled": "receipt",
    "Not carried out": "receipt of nothing",
    "A login ": "login",
    "Your household in": "month",
    "Is this deposit": "unusual deposit",
    "has not come": "missing deposit",
    "Nobody approved": "nobody approved",
    "could not finish": "passing trouble",
}


class Judgement:
    """`complaints` is empty where everything was as promised; `rows` is the table."""

    def __init__(self, year: Year) -> None:
        self._year = year
        with open_ledger(year.settings) as ledger:
            self._orders: Sequence[OrderRecord] = ledger.orders()
            self._proposals: Sequence[tuple[Proposal, Approval | None]] = ledger.proposals()
            facts = tuple(ledger.facts())
        self._compared = [fact for fact in facts if isinstance(fact, Reconciled)]
        self._decided = [fact.approval for fact in facts if isinstance(fact, PlanDecided)]
        with SqliteDueBook(year.settings.ledger) as book:
            self._dues = book.records(date.min)
        self.complaints = [*year.complaints, *self._untaxed(), *self._allowed(), *self._paydays(), *self._in_band()]

    def _untaxed(self) -> Iterator[str]:
        books = self._year.town.broker.books
        for account in towns.TAXABLE:
            for row in books[towns.key_of(account)].rows:
                if isinstance(row, FillRow) and row.side is ServedSide.SELL:
                    yield f"{account} sold {row.qty} {row.symbol}"
        if self._tax():
            yield f"a tax of {self._tax()} was realised"

    def _tax(self) -> Usd:
        sent = {order.intent.plan for order in self._orders if order.filled}
        planned = Usd.total(one.plan.tax for one, _ in self._proposals if one.fingerprint in sent)
        return planned + Usd.total(fact.realized_gain for fact in self._compared)

    def _allowed(self) -> Iterator[str]:
        """Every order at the brokers is ours, and somebody had said yes before it was written down."""
        yes = {one.plan: one.at for one in self._decided if one.verdict is Verdict.APPROVED and one.by.startswith(DOOR)}
        known = {order.broker_id: order for order in self._orders if order.broker_id}
        for book in self._year.town.broker.books.values():
            for served in book.orders.values():
                order = known.get(served.order_id)
                if order is None:
                    yield f"{book.opening.name} has an order that our books do not know"
                elif order.filled.count != served.filled_qty:
                    yield f"{order.intent.account}: {order.filled} filled here, {served.filled_qty} there"
        for order in self._orders:
            if order.intent.plan not in yes or order.intended_at < yes[order.intent.plan]:
                yield f"{order.intent.client_order_id} was written down without a yes"
        yield from (f"{fact.at}: {found.message}" for fact in self._compared for found in fact.breaks)

    def _paydays(self) -> Iterator[str]:
        """Each payday stands in the due-date book once, and is over; only the one that never came was given up."""
        found = {row.due.on: row for row in self._of(DueKind.PAYDAY)}
        for on in towns.paydays(towns.OPENING, self._year.town.last - OPEN_STILL):
            row = found.get(on)
            if row is None or not row.state.is_final:
                yield f"the payday of {on} is not over"
            elif (row.state is DueState.GIVEN_UP) != (on == towns.LOST_PAY_ON):
                yield f"the payday of {on} was {row.state.value}: {row.note}"

    def _in_band(self) -> Iterator[str]:
        plan = self._year.plan
        outside = [one.asset_class for one in plan.classes if one.out_of_band]
        if outside and not plan.lines and plan.residual is None:
            yield f"{', '.join(outside)} out of band, and nothing says why"

    def _of(self, kind: DueKind) -> list[DueRecord]:
        return [row for row in self._dues if row.due.kind is kind]

    def _states(self, kind: DueKind) -> str:
        return _listed(Counter(row.state.value for row in self._of(kind)))

    def rows(self) -> list[tuple[str, str]]:
        """The table, a name and its words in each row."""
        year, owner = self._year, self._year.owner
        plan, faults = year.plan, Counter(fired.fault for fired in year.town.broker.faults.fired)
        verdicts = Counter("waiting" if given is None else given.verdict.value for _, given in self._proposals)
        states = Counter(order.state.value for order in self._orders)
        return [
            ("days", f"{(year.town.last - towns.OPENING).days + 1}, {year.rings} rings, {year.days_away} days down"),
            ("happened", _listed(Counter(year.town.happened))),
            ("paydays", self._states(DueKind.PAYDAY)),
            (
                "dividends",
                f"{year.books.dividends} paid; {self._states(DueKind.DIVIDEND)}",
            ),
            ("served", _listed(year.served)),
            ("runs", _listed(year.outcomes)),
            ("plans", f"{len(self._proposals)}: {_listed(verdicts)}"),
            ("orders", f"{len(self._orders)}: {_listed(states)}"),
            ("owner", _listed(owner.did)),
            ("letters", _listed(Counter(_kind(letter.subject) for letter in owner.mail))),
            ("faults", f"{sum(faults.values())}: {_listed(faults)}"),
            ("rings that failed", _listed(year.trouble)),
            ("drift at the end", f"{plan.drift_before} of {plan.pie}; {self._standing()}"),
            ("tax realised", str(self._tax())),
            ("books compared", f"{year.books.compared} figures, {len(self._compared)} reconciliations"),
            ("complaints", str(len(self.complaints))),
        ]

    def _standing(self) -> str:
        plan = self._year.plan
        outside = [one.asset_class for one in plan.classes if one.out_of_band]
        if not outside:
            return "in band"
        why = plan.residual.reason if plan.residual else f"{len(plan.lines)} orders of the next plan"
        return f"{', '.join(outside)} out of band: {why}"

    @property
    def filled(self) -> int:
        """How many orders were filled."""
        return sum(order.state is OrderState.FILLED for order in self._orders)


def _kind(subject: str) -> str:
    return next((kind for words, kind in LETTERS.items() if words in subject), subject)


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.most_common()) or "none"
