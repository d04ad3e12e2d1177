"""Mistakes that others have made with orders, each planted in a copy of the stations, the adapter or the disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from adapters.store.ledger import SqliteLedger
from bot.domain.facts import OrderMoved
from bot.domain.orders import Answer, BrokerOrder, Intent, Submission
from tests.chaos.hazards import FAULTS, Post
from tests.chaos.keeper import Keeper
from tests.chaos.machine import Flavour
from tests.chaos.schedule import KEYED, UNKEYED
from tests.chaos.stations import Change, planted
from tests.chaos.truth import SECOND, Truth
from tests.chaos.verdict import DOUBLE, PHANTOM, STUCK, TWO_POSTS, UNTRACKED


class RepeatingKeeper(Keeper):
    """The client library sends a POST again when the first answer was no good."""

    def submit(self, intent: Intent) -> Submission:
        first = super().submit(intent)
        return super().submit(intent) if first.answer is Answer.UNKNOWN else first


class KeeperWithoutBaseline(Keeper):
    """Every order of that shape may be ours, however old it is."""

    def _shaped_like(self, truth: Truth, intent: Intent, *, late: bool = False) -> BrokerOrder | None:
        told = truth.told(late=late)
        return told if told.matches(intent) else None


class KeeperByOurClock(Keeper):
    """Ours is what came in since our clock said that we sent it."""

    def submit(self, intent: Intent) -> Submission:
        self.world.sent_at.setdefault(intent.client_order_id, self.world.now + self.clock.skew)
        return super().submit(intent)

    def _shaped_like(self, truth: Truth, intent: Intent, *, late: bool = False) -> BrokerOrder | None:
        sent_at = self.world.sent_at.get(intent.client_order_id, 0)
        told = truth.told(late=late)
        return told if told.matches(intent) and truth.at >= sent_at - SECOND else None


class KeeperOfTheFirst(Keeper):
    """Of several that fit the first is taken."""

    def _the_one(self, fits: Sequence[Truth], intent: Intent, *, late: bool) -> BrokerOrder | None:
        return fits[0].told(late=late) if fits else None


class TrustingKeeper(Keeper):
    """The order under the number of the answer is ours, whatever it is for."""

    def find(self, intent: Intent, broker_id: str = "") -> BrokerOrder | None:
        truth = next((one for one in self.world.orders if one.broker_id == broker_id), None)
        return truth.told() if truth else super().find(intent, broker_id)


class KeeperThatForgets(Keeper):
    """Keys are unique among open orders only, and not for ever."""

    def _take(self, intent: Intent) -> Truth | str:
        known = self.world.by_key(intent.client_order_id)
        if known is not None and not known.is_live:
            known.key, old = "", known.key
            taken = super()._take(intent)
            known.key = old
            return taken
        return super()._take(intent)


class LooseLedger(SqliteLedger):
    """Takes every step of an order's life, from wherever it stands; only what was written is checked by its file."""

    _next = ""

    def _move(self, fact: OrderMoved) -> None:
        self._next = fact.state.value
        super()._move(fact)

    def _rows(self, query: str, values: tuple[str | int, ...] = ()) -> list[sqlite3.Row]:
        rows: list[Any] = super()._rows(query, values)
        if query.startswith("SELECT plan, state FROM intent"):
            rows = [(plan, self._next) for plan, _ in rows]
        return rows


@dataclass(frozen=True, kw_only=True)
class Plant:
    """One mistake, the kind of broker that shows it, and what comes of it."""

    name: str
    kind: str
    signs: tuple[str, ...]
    changes: tuple[Change, ...] = ()
    keeper: type[Keeper] = Keeper
    triggers: bool = True
    locked: bool = True
    durable: bool = True
    ledger: type[SqliteLedger] = SqliteLedger
    crowd_pct: int = 12
    post_fates: tuple[Post, ...] = FAULTS
    twins_pct: int = 4
    owner_pct: int = 12

    @cache  # noqa: B019 - a few plants, each made once
    def flavour(self) -> Flavour:
        return Flavour(
            stations=planted(self.changes),
            keeper=self.keeper,
            triggers=self.triggers,
            locked=self.locked,
            durable=self.durable,
            ledger=self.ledger,
            crowd_pct=self.crowd_pct,
            post_fates=self.post_fates,
            twins_pct=self.twins_pct,
            owner_pct=self.owner_pct,
        )


ONLY_KEYED = (
    "\n        if line.number in lost and line.account in brokers and brokers[line.account].capabilities().keyed\n"
)
WRITE_FIRST = "    record = _written_down(run, case) if again is None else _noted_again(errand, again)\n    last_word"
UNSURE = "        return adopt_match(record, found, clock=desk.clock, ledger=desk.ledger)\n    proven"
NOBODY_LOOKS = Change("strangers", "if order.broker_id not in accepted and _is_twin(order, known):", "if not order:")
PLANTS = (
    Plant(
        name="sent again when unknown",
        kind=UNKEYED,
        signs=(DOUBLE, TWO_POSTS),
        changes=(
            Change("errand", ONLY_KEYED, "\n        if line.number in lost\n"),
            Change("tickets", "if lost is not None and not sight.capabilities.keyed:", "if not sight:"),
            Change("guard.standing", "written.state in LOST and case.capabilities.keyed", "written.state in LOST"),
        ),
    ),
    Plant(name="a power cut takes commits back", kind=UNKEYED, signs=(DOUBLE, UNTRACKED), durable=False),
    Plant(
        name="neither lock nor triggers",
        kind=UNKEYED,
        signs=(DOUBLE, UNTRACKED),
        locked=False,
        triggers=False,
        ledger=LooseLedger,
        crowd_pct=60,
    ),
    Plant(name="matched by our clock", kind=UNKEYED, signs=(UNTRACKED,), keeper=KeeperByOurClock),
    Plant(
        name="the number of the answer is trusted",
        kind=UNKEYED,
        signs=(PHANTOM, UNTRACKED),
        keeper=TrustingKeeper,
        post_fates=(Post.WRONG_ID,),
        owner_pct=70,
        changes=(
            Change("moves", "if not found.matches(record.intent):", "if record.broker_id == 'never':"),
            Change("moves", "if not record.filled <= found.filled <= record.intent.quantity:", "if not found:"),
        ),
    ),
    Plant(name="the library sends a POST again", kind=UNKEYED, signs=(DOUBLE, TWO_POSTS), keeper=RepeatingKeeper),
    Plant(
        name="posted before it is written down",
        kind=UNKEYED,
        signs=(UNTRACKED,),
        changes=(
            Change("execute", WRITE_FIRST, "    submission = broker.submit(case.intent)\n" + WRITE_FIRST),
            Change("execute", "    submission = broker.submit(case.intent)\n    reach", "    reach"),
        ),
    ),
    Plant(
        name="not seen is rejected",
        kind=UNKEYED,
        signs=(UNTRACKED,),
        changes=(
            Change("read_back", "refused = submission.answer is Answer.REFUSED", "refused = bool(submission.answer)"),
        ),
    ),
    Plant(
        name="the baseline is ignored",
        kind=UNKEYED,
        signs=(UNTRACKED, PHANTOM, STUCK),
        keeper=KeeperWithoutBaseline,
        post_fates=(Post.DROPPED_BEFORE,),
        owner_pct=70,
        changes=(
            Change(
                "tickets",
                "baseline=() if sight.capabilities.keyed else _baseline(run, line.account, broker)",
                "baseline=()",
            ),
        ),
    ),
    Plant(
        name="one of several is adopted",
        kind=UNKEYED,
        signs=(UNTRACKED,),
        keeper=KeeperOfTheFirst,
        twins_pct=40,
        changes=(NOBODY_LOOKS,),
    ),
    Plant(
        name="nobody looks for twins",
        kind=UNKEYED,
        signs=(UNTRACKED, PHANTOM),
        post_fates=(Post.WRONG_ID,),
        twins_pct=40,
        changes=(NOBODY_LOOKS,),
    ),
    Plant(
        name="fills are added up",
        kind=KEYED,
        signs=(UNTRACKED,),
        changes=(Change("moves", "filled=found.filled if found", "filled=record.filled + found.filled if found"),),
    ),
    Plant(
        name="a match is final before the close",
        kind=UNKEYED,
        signs=(PHANTOM, UNTRACKED),
        twins_pct=40,
        changes=(
            Change("settle", UNSURE, UNSURE.replace("adopt_match", "adopt")),
            Change("read_back", "return adopt_match(record, found, clock", "return adopt(record, found, clock"),
        ),
    ),
    Plant(
        name="not seen in the session is not placed",
        kind=UNKEYED,
        signs=(DOUBLE, UNTRACKED),
        changes=(
            Change(
                "settle",
                "    if over:\n        return desk.move(record",
                "    if desk:\n        return desk.move(record",
            ),
        ),
    ),
    Plant(
        name="a new key for what is unknown",
        kind=KEYED,
        signs=(DOUBLE,),
        changes=(
            Change(
                "settle",
                'OrderState.UNKNOWN, "The broker does not show it; it may be sent again under its key."',
                'OrderState.NOT_PLACED, "Gone."',
            ),
        ),
    ),
    Plant(
        name="silence is a proof at the close",
        kind=UNKEYED,
        signs=(UNTRACKED,),
        changes=(Change("barrier", "return session.closes_at + QUIET", "return session.opens_at"),),
    ),
    Plant(
        name="keys are forgotten",
        kind=KEYED,
        signs=(DOUBLE,),
        keeper=KeeperThatForgets,
        post_fates=(Post.LATE,),
    ),
)
